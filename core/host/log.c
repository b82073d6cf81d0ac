/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/host/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LEAST_SECRET 6

static GPtrArray *secrets;
static GLogLevelFlags wanted;
static const char *name;
static gboolean to_journal;
static gboolean to_terminal;

static GMutex lock;

void
host_log_mask (const char *secret)
{
  if (secret == NULL || strlen (secret) < LEAST_SECRET)
    return;
  g_mutex_lock (&lock);
  if (secrets == NULL)
    secrets = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (secrets, g_strdup (secret));
  g_mutex_unlock (&lock);
}

/* Returns: (transfer full) (nullable): NULL where there is nothing to mask. */
static char *
mask (const char *message)
{
  g_autoptr (GString) masked = NULL;

  g_mutex_lock (&lock);
  for (guint i = 0; secrets != NULL && i < secrets->len; i++) {
    const char *secret = g_ptr_array_index (secrets, i);
    if (strstr (masked != NULL ? masked->str : message, secret) == NULL)
      continue;
    if (masked == NULL)
      masked = g_string_new (message);
    g_string_replace (masked, secret, "********", 0);
  }
  g_mutex_unlock (&lock);
  return masked != NULL ? g_string_free (g_steal_pointer (&masked), FALSE) : NULL;
}

static const char *
level_word (GLogLevelFlags level)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    return "error: ";
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return "warning: ";
  return "";
}

static void
write_line (GLogLevelFlags level, const char *message)
{
  if (!to_terminal) {
    fprintf (stderr, "%s: %s%s\n", name, level_word (level), message);
    return;
  }
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
  fprintf (stderr, "%s.%03d %s: %s%s\n", time, g_date_time_get_microsecond (now) / 1000, name, level_word (level),
           message);
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  g_autofree GLogField *copy = NULL;
  g_autofree char *masked = NULL;

  if ((level & wanted) == 0)
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++) {
    if (strcmp (fields[i].key, "MESSAGE") != 0 || fields[i].length >= 0)
      continue;
    masked = mask (fields[i].value);
    if (!to_journal) {
      write_line (level, masked != NULL ? masked : fields[i].value);
      return G_LOG_WRITER_HANDLED;
    }
    copy = g_memdup2 (fields, n_fields * sizeof *fields);
    if (masked != NULL)
      copy[i].value = masked;
    break;
  }
  return g_log_writer_journald (level, copy != NULL ? copy : fields, n_fields, user_data);
}

void
host_log_init (const char *program, int verbose)
{
  name = program;
  wanted = G_LOG_FLAG_FATAL | G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE;
  if (verbose >= 1)
    wanted |= G_LOG_LEVEL_INFO;
  if (verbose >= 2)
    wanted |= G_LOG_LEVEL_DEBUG;
  to_journal = g_log_writer_is_journald (fileno (stderr));
  to_terminal = isatty (fileno (stderr));
  g_log_set_writer_func (write_log, NULL, NULL);
}

void
host_complaint_tell (HostComplaint *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  if (g_strcmp0 (text, self->last) == 0)
    return;
  g_warning ("%s", text);
  g_free (self->last);
  self->last = g_steal_pointer (&text);
}

void
host_complaint_end (HostComplaint *self, const char *format, ...)
{
  va_list args;

  if (self->last == NULL)
    return;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_message ("%s", text);
  g_clear_pointer (&self->last, g_free);
}

void
host_complaint_clear (HostComplaint *self)
{
  g_clear_pointer (&self->last, g_free);
}
