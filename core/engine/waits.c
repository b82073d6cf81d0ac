/* SPDX-License-Identifier: Apache-2.0 */
/* What an operation waits for, as facts and in words. Pure. */
#include "config.h"

#include "core/engine/waits.h"

#include <string.h>
#include <vnfm/vnfm-clock.h>

/* In one sentence: an NFVO's log and a terminal take no more. */
#define MOST_WAITS  8
#define MOST_OUTPUT 500 /* bytes */

const char *
wait_kind_get_nick (WaitKind kind)
{
  static const char *const nicks[] = { "operation", "question", "machine", "step", "stage", "delivery" };

  return nicks[kind];
}

Wait *
wait_new (WaitKind kind, const char *what, gint64 since)
{
  Wait *self = g_new0 (Wait, 1);

  self->kind = kind;
  self->what = g_strdup (what);
  self->since = since;
  return self;
}

void
wait_free (Wait *self)
{
  if (self == NULL)
    return;
  g_free (self->what);
  g_free (self->host);
  g_strfreev (self->addresses);
  g_free (self->state);
  g_free (self->output);
  g_free (self);
}

static void
add_addresses (GStrvBuilder *builder, const char *prefix, GPtrArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++) {
    const VnfmAddress *address = g_ptr_array_index (addresses, i);
    g_autofree char *text = g_strdup_printf ("%s%s%s%s", prefix, address->network != NULL ? address->network : "",
                                             address->network != NULL ? " " : "", address->address);
    g_strv_builder_add (builder, text);
  }
}

void
wait_set_machine (Wait *self, const VnfmVnfc *vnfc)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_free (self->host);
  self->host = g_strdup (vnfc->hostname);
  add_addresses (builder, "", vnfc->ips);
  add_addresses (builder, "floating ", vnfc->floating_ips);
  g_strfreev (self->addresses);
  self->addresses = g_strv_builder_end (builder);
}

static void
append_time (GString *out, const char *before, gint64 time)
{
  if (time == 0)
    return;
  g_autofree char *text = vnfm_clock_format (time);
  g_string_append_printf (out, "%s%s", before, text);
}

static void
append_machine (GString *out, const Wait *wait)
{
  g_string_append_printf (out, "machine %s (", wait->host);
  if (wait->addresses == NULL || wait->addresses[0] == NULL)
    g_string_append (out, "no address");
  else {
    g_autofree char *addresses = g_strjoinv (", ", wait->addresses);
    g_string_append (out, addresses);
  }
  append_time (out, "; allocated at ", wait->allocated);
  g_string_append_c (out, ')');
}

/* The end of it, without half a character, in one line. */
static void
append_output (GString *out, const char *output)
{
  gsize length = strlen (output);
  const char *from = length > MOST_OUTPUT ? output + length - MOST_OUTPUT : output;

  while ((*from & 0xc0) == 0x80)
    from++;
  g_autofree char *text = g_strdup (from);
  g_strstrip (text);
  if (*text == '\0')
    return;
  g_string_append (out, "; it wrote last: ");
  for (const char *c = text; *c != '\0'; c++)
    g_string_append (out, *c == '\n' ? " | " : (char[]){ *c, '\0' });
}

static void
append_wait (GString *out, const Wait *wait)
{
  switch (wait->kind) {
  case WAIT_OPERATION:
    g_string_append_printf (out, "queued behind %s", wait->what);
    append_time (out, " since ", wait->since);
    break;
  case WAIT_QUESTION:
    g_string_append_printf (out, "%s asked", wait->what);
    append_time (out, " at ", wait->since);
    g_string_append (out, ", and the NFVO has not answered");
    break;
  case WAIT_MACHINE:
    g_string_append (out, "waits for ");
    append_machine (out, wait);
    break;
  case WAIT_STEP:
    g_string_append_printf (out, "%s on %s runs", wait->what, wait->host);
    append_time (out, " since ", wait->since);
    break;
  case WAIT_STAGE:
    g_string_append (out, wait->what);
    append_time (out, " since ", wait->since);
    break;
  case WAIT_DELIVERY:
    g_string_append (out, "its answer waits for the NFVO to take it");
    append_time (out, " since ", wait->since);
    break;
  }
  if (wait->state != NULL)
    g_string_append_printf (out, ": %s", wait->state);
  if (wait->output != NULL)
    append_output (out, wait->output);
}

char *
waits_to_text (GPtrArray *waits)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < MIN (waits->len, MOST_WAITS); i++) {
    if (i > 0)
      g_string_append (out, "; ");
    append_wait (out, g_ptr_array_index (waits, i));
  }
  if (waits->len > MOST_WAITS)
    g_string_append_printf (out, "; and %u more", waits->len - MOST_WAITS);
  return g_string_free (out, FALSE);
}
