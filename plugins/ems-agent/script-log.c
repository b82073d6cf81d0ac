/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/script-log.h"

#include "plugins/ems-agent/files.h"

#include <vnfm/vnfm-clock.h>

#include <string.h>
#include <unistd.h>

/* One file for each run, written when it has ended:
 *
 *   script:    install.sh one two
 *   step:      ...
 *   begun:     2026-01-01T00:00:00.000Z
 *   ended:     ...
 *   status:    3
 *   --- stdout
 *   ...
 *   --- stderr
 *   ...
 *
 * What the script's environment held is not in it: that is where passwords are. */

#define MAX_NAME 80
#define MAX_LINE 4096

struct _EmsScriptLog {
  char *folder;
  guint max_files;
  gint64 max_bytes;
};

EmsScriptLog *
ems_script_log_new (const char *folder, guint max_files, gint64 max_bytes, GError **error)
{
  if (max_files > 0 && !ems_folder_make (folder, error))
    return NULL;
  EmsScriptLog *self = g_new0 (EmsScriptLog, 1);
  self->folder = g_strdup (folder);
  self->max_files = max_files;
  self->max_bytes = max_bytes;
  return self;
}

void
ems_script_log_free (EmsScriptLog *self)
{
  g_free (self->folder);
  g_free (self);
}

static void
append_safe (GString *out, const char *text, gsize length)
{
  for (gsize i = 0; i < MIN (length, MAX_NAME); i++)
    g_string_append_c (out, g_ascii_isalnum (text[i]) || strchr (".-_", text[i]) != NULL ? text[i] : '_');
}

char *
ems_script_log_dup_name (gint64 begun, const char *line, const char *step)
{
  g_autofree char *time = vnfm_clock_format (begun);
  GString *name = g_string_new (NULL);

  /* 2026-01-02T03:04:05.678Z -> 20260102T030405.678Z */
  for (const char *c = time; *c != '\0'; c++) {
    if (*c != '-' && *c != ':')
      g_string_append_c (name, *c);
  }
  g_string_append_c (name, '-');
  append_safe (name, line, strcspn (line, " \t\r\n"));
  g_string_append_c (name, '-');
  append_safe (name, step, strlen (step));
  g_string_append (name, ".log");
  return g_string_free (name, FALSE);
}

static void
append_output (EmsScriptLog *self, GString *out, const char *title, const char *text)
{
  gsize length = strlen (text);
  gsize max = (gsize)MAX (self->max_bytes, 2);

  g_string_append_printf (out, "--- %s\n", title);
  if (length <= max) {
    g_string_append (out, text);
  } else {
    /* Not through a character. */
    const char *head_end = g_utf8_find_prev_char (text, text + max / 2 + 1);
    const char *tail = g_utf8_find_next_char (text + length - max / 2 - 1, NULL);
    g_string_append_len (out, text, head_end - text);
    g_string_append_printf (out, "\n[vnfm-ems: %zu bytes left out]\n", (gsize)(tail - head_end));
    g_string_append (out, tail);
  }
  if (out->str[out->len - 1] != '\n')
    g_string_append_c (out, '\n');
}

static GBytes *
format_run (EmsScriptLog *self, EmsStep *step, const char *line, gint64 ended, const VnfmScriptResult *result)
{
  GString *out = g_string_new (NULL);
  g_autofree char *cut = g_strndup (line, MAX_LINE);
  g_autofree char *shown = g_strescape (cut, NULL);
  g_autofree char *cut_id = g_strndup (step->id, MAX_LINE);
  g_autofree char *id = g_strescape (cut_id, NULL);
  g_autofree char *begin_time = vnfm_clock_format (step->begun > 0 ? step->begun : ended);
  g_autofree char *end_time = vnfm_clock_format (ended);

  g_string_append_printf (out, "script:    %s\nstep:      %s\nbegun:     %s\nended:     %s\n", shown, id, begin_time,
                          end_time);
  if (result->known)
    g_string_append_printf (out, "status:    %d\n", result->status);
  else
    g_string_append (out, "status:    not known\n");
  append_output (self, out, "stdout", result->output);
  append_output (self, out, "stderr", result->err);
  return g_string_free_to_bytes (out);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
make_room (EmsScriptLog *self, const char *newest)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    /* Whatever the clock says. */
    if (g_str_has_suffix (name, ".log") && !g_str_equal (name, newest))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i + self->max_files < names->len + 1; i++) {
    g_autofree char *path = g_build_filename (self->folder, g_ptr_array_index (names, i), NULL);
    unlink (path);
  }
}

void
ems_script_log_write (EmsScriptLog *self, EmsStep *step, const char *line, gint64 ended, const VnfmScriptResult *result)
{
  g_autoptr (GError) error = NULL;

  if (self->max_files == 0)
    return;
  g_autofree char *name = ems_script_log_dup_name (step->begun > 0 ? step->begun : ended, line, step->id);
  g_autoptr (GBytes) text = format_run (self, step, line, ended, result);
  if (!ems_file_replace (self->folder, name, text, FALSE, &error))
    g_info ("step %s: no log of it: %s", step->id, error->message);
  make_room (self, name);
}
