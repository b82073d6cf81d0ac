/* SPDX-License-Identifier: Apache-2.0 */
/* The one log writer: filters by level, masks secrets, and writes lines that text from outside can neither forge nor
 * colour. */
#include "config.h"

#include "core/host/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEAST_SECRET 6

static GPtrArray *secrets;
static GLogLevelFlags wanted;
static const char *name;
static gboolean to_journal;
/* What stands before a line on stderr: nothing where a reader adds the time himself, the time for who sits before a
 * terminal, date and time (UTC) in a file. */
static const char *time_format;
static gboolean in_file;

static GMutex lock;

/* The longest first: one secret may be a part of another. */
static gint
by_length (gconstpointer a, gconstpointer b)
{
  gsize first = strlen (*(char *const *)a);
  gsize second = strlen (*(char *const *)b);

  return (second > first) - (second < first);
}

void
host_log_mask (const char *secret)
{
  if (secret == NULL || strlen (secret) < LEAST_SECRET)
    return;
  g_mutex_lock (&lock);
  if (secrets == NULL)
    secrets = g_ptr_array_new_with_free_func (g_free);
  if (!g_ptr_array_find_with_equal_func (secrets, secret, g_str_equal, NULL)) {
    g_ptr_array_add (secrets, g_strdup (secret));
    g_ptr_array_sort (secrets, by_length);
  }
  g_mutex_unlock (&lock);
}

/* Returns: (transfer full). */
static char *
mask (const GLogField *field)
{
  g_autoptr (GString) masked = g_string_new_len (field->value, field->length);

  g_mutex_lock (&lock);
  for (guint i = 0; secrets != NULL && i < secrets->len; i++)
    g_string_replace (masked, g_ptr_array_index (secrets, i), "********", 0);
  g_mutex_unlock (&lock);
  return g_string_free (g_steal_pointer (&masked), FALSE);
}

/* Names and output from outside stand in messages: a further line is indented, other control characters are spelt. */
static char *
make_plain (const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  GString *plain = g_string_new (NULL);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);
    if (character == '\n')
      g_string_append (plain, "\n    ");
    else if (g_unichar_iscntrl (character) && character != '\t')
      g_string_append_printf (plain, "\\x%02x", character);
    else
      g_string_append_unichar (plain, character);
  }
  return g_string_free (plain, FALSE);
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
  g_autofree char *plain = make_plain (message);

  if (time_format == NULL) {
    fprintf (stderr, "%s: %s%s\n", name, level_word (level), plain);
    return;
  }
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) here = in_file ? g_date_time_ref (now) : g_date_time_to_local (now);
  g_autofree char *time = g_date_time_format (here, time_format);
  fprintf (stderr, "%s.%03d%s %s: %s%s\n", time, g_date_time_get_microsecond (now) / 1000, in_file ? "Z" : "", name,
           level_word (level), plain);
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  gsize at = 0;

  if ((level & wanted) == 0)
    return G_LOG_WRITER_HANDLED;
  while (at < n_fields && strcmp (fields[at].key, "MESSAGE") != 0)
    at++;
  if (at == n_fields)
    return to_journal ? g_log_writer_journald (level, fields, n_fields, user_data) : G_LOG_WRITER_HANDLED;

  g_autofree char *message = mask (&fields[at]);
  if (!to_journal) {
    write_line (level, message);
    return G_LOG_WRITER_HANDLED;
  }
  g_autofree GLogField *copy = g_memdup2 (fields, n_fields * sizeof *fields);
  copy[at].value = message;
  copy[at].length = -1;
  return g_log_writer_journald (level, copy, n_fields, user_data);
}

/* Programs that others start are told by the environment how much they shall say. Returns: -1 for what it cannot mean.
 */
static int
parse_level (const char *level)
{
  static const char *const levels[] = { "message", "info", "debug" };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (strcmp (level, levels[i]) == 0)
      return (int)i;
  return *level == '\0' ? 0 : -1;
}

void
host_log_init (const char *program, int verbose)
{
  static gboolean installed; /* GLib takes one writer for all its life */
  const char *level = g_getenv ("VNFM_LOG");
  struct stat target;
  int asked = level != NULL ? parse_level (level) : 0;

  verbose = MAX (verbose, asked);
  name = program;
  wanted = G_LOG_FLAG_FATAL | G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE;
  if (verbose >= 1)
    wanted |= G_LOG_LEVEL_INFO;
  if (verbose >= 2)
    wanted |= G_LOG_LEVEL_DEBUG;
  to_journal = g_log_writer_is_journald (fileno (stderr));
  in_file = fstat (fileno (stderr), &target) == 0 && S_ISREG (target.st_mode);
  time_format = in_file ? "%Y-%m-%dT%H:%M:%S" : isatty (fileno (stderr)) ? "%H:%M:%S" : NULL;
  if (!installed)
    g_log_set_writer_func (write_log, NULL, NULL);
  installed = TRUE;
  if (asked < 0)
    g_warning ("VNFM_LOG=%s is not one of message, info, debug", level);
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
