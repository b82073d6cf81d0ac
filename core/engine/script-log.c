/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/engine/script-log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file larger than this is begun anew. LOG_REQUEST answers with at most the last MAX_LINES lines of it. */
#define MAX_FILE  (4 * 1024 * 1024)
#define MAX_LINES 10000
#define MAX_NAME  200

struct _ScriptLog {
  char *folder;
  char *record; /* nullable */
};

ScriptLog *
script_log_new (const char *folder, const char *record)
{
  ScriptLog *self = g_new0 (ScriptLog, 1);

  self->folder = g_strdup (folder);
  self->record = g_strdup (record);
  return self;
}

void
script_log_free (ScriptLog *self)
{
  g_free (self->folder);
  g_free (self->record);
  g_free (self);
}

/* Names come from outside: no name leads out of the folder. */
static char *
make_component (const char *name)
{
  char *component = g_strndup (name, MAX_NAME);

  for (char *c = component; *c != '\0'; c++)
    if (*c == '/' || g_ascii_iscntrl (*c))
      *c = '_';
  if (component[0] == '.')
    component[0] = '_';
  return component;
}

static char *
make_path (ScriptLog *self, const char *vnf_name, const char *hostname, const char *suffix)
{
  g_autofree char *vnf = make_component (vnf_name);
  g_autofree char *host = make_component (hostname);
  g_autofree char *file = g_strconcat (host, suffix, NULL);

  return g_build_filename (self->folder, vnf, file, NULL);
}

static gboolean
append (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat status;

  if (g_mkdir_with_parents (folder, 0750) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s: %s", folder, g_strerror (errno));
    return FALSE;
  }
  if (g_stat (path, &status) == 0 && status.st_size > MAX_FILE) {
    g_autofree char *old = g_strconcat (path, ".1", NULL);
    g_rename (path, old);
  }
  int fd = g_open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  gsize length = strlen (text);
  gboolean written = fd >= 0 && write (fd, text, length) == (gssize)length;
  if (!written)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return written;
}

/* What it provides is left out: those values may be secret. */
static gboolean
append_record (ScriptLog *self, const char *vnf_name, const char *hostname, const char *event, const char *script,
               const VnfmScriptResult *result, GError **error)
{
  g_autoptr (JsonNode) node = vnfm_script_result_to_json (result);
  JsonObject *object = json_node_get_object (node);

  json_object_remove_member (object, "provides");
  json_object_set_string_member (object, "vnf", vnf_name);
  json_object_set_string_member (object, "host", hostname);
  json_object_set_string_member (object, "event", event);
  json_object_set_string_member (object, "script", script);
  g_autoptr (GBytes) json = vnfm_json_write_object (object);
  g_autofree char *line =
      g_strdup_printf ("%.*s\n", (int)g_bytes_get_size (json), (const char *)g_bytes_get_data (json, NULL));
  return append (self->record, line, error);
}

void
script_log_add (ScriptLog *self, const char *vnf_name, const char *hostname, const char *event, const char *script,
                const VnfmScriptResult *result)
{
  gboolean failed = !result->known || result->status != 0;
  g_autofree char *when = result->ended != NULL ? g_strdup (result->ended) : g_strdup ("-");
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 2; i++) {
    const char *text = i == 0 ? result->output : result->err;
    if (*text == '\0' && !(i == 1 && failed))
      continue;
    g_autofree char *path = make_path (self, vnf_name, hostname, i == 0 ? ".log" : "-error.log");
    g_autofree char *entry = g_strdup_printf ("%s %s, status %d:\n%s%s", when, script, result->status, text,
                                              g_str_has_suffix (text, "\n") ? "" : "\n");
    if (!append (path, entry, &error)) {
      g_warning ("output of %s on %s is not logged: %s", script, hostname, error->message);
      g_clear_error (&error);
    }
  }
  if (self->record != NULL && !append_record (self, vnf_name, hostname, event, script, result, &error))
    g_warning ("the outcome of %s on %s is not recorded: %s", script, hostname, error->message);
}

/* ---- reading */

typedef struct {
  GFile *files[2];
  GStrv lines[2];
  guint next;
} Reading;

static void
reading_free (Reading *reading)
{
  for (int i = 0; i < 2; i++) {
    g_clear_object (&reading->files[i]);
    g_clear_pointer (&reading->lines[i], g_strfreev);
  }
  g_free (reading);
}

static GStrv
split_lines (const char *contents, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (contents, (gssize)length);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  guint count = g_strv_length (lines);

  if (count > 0 && *lines[count - 1] == '\0') {
    g_clear_pointer (&lines[--count], g_free);
  }
  if (count <= MAX_LINES)
    return g_steal_pointer (&lines);
  return g_strdupv (lines + count - MAX_LINES);
}

static void
file_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Reading *reading = g_task_get_task_data (task);
  g_autofree char *contents = NULL;
  gsize length = 0;
  GError *error = NULL;

  if (g_file_load_contents_finish (G_FILE (source), result, &contents, &length, NULL, &error))
    reading->lines[reading->next] = split_lines (contents, length);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
    reading->lines[reading->next] = g_new0 (char *, 1);
    g_clear_error (&error);
  } else {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  if (++reading->next < 2) {
    g_file_load_contents_async (reading->files[reading->next], NULL, file_read, task);
    return;
  }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
script_log_read_async (ScriptLog *self, const char *vnf_name, const char *hostname, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  g_task_set_task_data (task, reading, (GDestroyNotify)reading_free);
  if (vnf_name == NULL || hostname == NULL) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_INVALID, "the request names no %s",
                             vnf_name == NULL ? "vnfrName" : "hostname");
    g_object_unref (task);
    return;
  }
  g_autofree char *output = make_path (self, vnf_name, hostname, ".log");
  g_autofree char *errors = make_path (self, vnf_name, hostname, "-error.log");
  reading->files[0] = g_file_new_for_path (output);
  reading->files[1] = g_file_new_for_path (errors);
  g_file_load_contents_async (reading->files[0], NULL, file_read, task);
}

gboolean
script_log_read_finish (GAsyncResult *result, GStrv *output, GStrv *errors, GError **error)
{
  Reading *reading = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *output = g_steal_pointer (&reading->lines[0]);
  *errors = g_steal_pointer (&reading->lines[1]);
  return TRUE;
}
