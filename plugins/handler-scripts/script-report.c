/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/handler-scripts/script-report.h"

#include <vnfm/vnfm-error.h>

#include <gio/gio.h>
#include <string.h>

/* Bytes of a script's last words, and of all failures of a run together. */
#define MAX_TAIL   1024
#define MAX_REPORT 8192
/* What every failure gets of a long report: its script, host and status. */
#define MIN_SHARE 200

/* The last lines of @text, without blanks around them. */
static char *
dup_tail (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  const char *start = g_strchomp (valid);
  gsize length = strlen (start);

  if (length > MAX_TAIL) {
    start += length - MAX_TAIL;
    const char *line = strchr (start, '\n');
    if (line != NULL)
      start = line + 1;
    while (((guchar)*start & 0xC0) == 0x80)
      start++;
  }
  while (g_ascii_isspace (*start))
    start++;
  return g_strdup (start);
}

GError *
script_report_failure (const char *script, const char *hostname, const VnfmScriptResult *result)
{
  g_autofree char *err = dup_tail (result->err);
  g_autofree char *tail = err[0] != '\0' ? g_steal_pointer (&err) : dup_tail (result->output);
  const char *colon = tail[0] != '\0' ? ": " : "";

  if (!result->known)
    return g_error_new (VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME,
                        "script %s on %s was begun, and nobody can say what came of it%s%s", script, hostname, colon,
                        tail);
  if (result->status < 0)
    return g_error_new (VNFM_ERROR, VNFM_ERROR_SCRIPT, "script %s on %s was ended by signal %d%s%s", script, hostname,
                        -result->status, colon, tail);
  if (result->status > 0)
    return g_error_new (VNFM_ERROR, VNFM_ERROR_SCRIPT, "script %s on %s ended with status %d%s%s", script, hostname,
                        result->status, colon, tail);
  return NULL;
}

GError *
script_report_error (const char *script, const char *hostname, GError *error)
{
  if (error->domain != VNFM_ERROR) {
    gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    GError *own =
        g_error_new_literal (VNFM_ERROR, cancelled ? VNFM_ERROR_CANCELLED : VNFM_ERROR_FAILED, error->message);
    g_error_free (error);
    error = own;
  }
  g_prefix_error (&error, "script %s on %s: ", script, hostname);
  return error;
}

static void
append_share (GString *text, const char *message, gsize share)
{
  gsize length = strlen (message);

  if (length <= share) {
    g_string_append (text, message);
    return;
  }
  const char *end = g_utf8_find_prev_char (message, message + share);
  g_string_append_len (text, message, end != NULL ? end - message : 0);
  g_string_append (text, "...");
}

GError *
script_report_join (GPtrArray *errors)
{
  const GError *first = errors->pdata[0];
  gsize share = MAX (MIN_SHARE, MAX_REPORT / errors->len);
  g_autoptr (GString) text = g_string_new (NULL);

  if (errors->len == 1)
    return g_error_copy (first);
  g_string_append_printf (text, "%u failures: ", errors->len);
  for (guint i = 0; i < errors->len; i++) {
    if (i > 0)
      g_string_append (text, "; ");
    append_share (text, ((GError *)errors->pdata[i])->message, share);
  }
  return g_error_new_literal (VNFM_ERROR, first->code, text->str);
}
