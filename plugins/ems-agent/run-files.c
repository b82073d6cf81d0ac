/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/run-files.h"

#include "plugins/ems-agent/files.h"
#include "plugins/ems-agent/script-output.h"

#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-error.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a run consists of on the disk:
 *
 *   out, err   what the script writes; opened for appending, so that it may be cut while it is written to
 *   provides   name=value lines of the script ($VNFM_PROVIDES)
 *   process    who runs: pids and start times (EmsProcesses)
 *   outcome    a line of fixed length, blank and on the disk before the script begins: the supervisor can fill it in
 *              even when the disk is full by then
 *   alive      a FIFO: see script-runner.c
 *   copy/      a corrected copy of the script, if one was needed
 */

#define OUTCOME "outcome"
#define PROCESS "process"
#define ALIVE   "alive"

#define MAX_PROVIDES_BYTES (256 * 1024)
#define MAX_PROVIDES       1000

static int
make_file (EmsStep *step, const char *name, int flags)
{
  g_autofree char *path = ems_step_path (step, name);

  unlink (path);
  return open (path, O_CREAT | O_EXCL | O_CLOEXEC | flags, 0600);
}

static gboolean
make_outcome (EmsRunFiles *self, EmsStep *step)
{
  char blank[EMS_OUTCOME_SIZE];

  memset (blank, ' ', sizeof blank);
  self->outcome = make_file (step, OUTCOME, O_WRONLY);
  return self->outcome >= 0 && write (self->outcome, blank, sizeof blank) == (gssize)sizeof blank &&
         fdatasync (self->outcome) == 0;
}

static gboolean
make_alive (EmsRunFiles *self, EmsStep *step)
{
  g_autofree char *path = ems_step_path (step, ALIVE);

  unlink (path);
  if (mkfifo (path, 0600) != 0)
    return FALSE;
  self->alive_read = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  self->alive_write = open (path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  return self->alive_read >= 0 && self->alive_write >= 0;
}

static gboolean
make_all (EmsRunFiles *self, EmsStep *step)
{
  if (!make_outcome (self, step) || !make_alive (self, step))
    return FALSE;
  self->out = make_file (step, EMS_RUN_OUT, O_WRONLY | O_APPEND);
  self->err = make_file (step, EMS_RUN_ERR, O_WRONLY | O_APPEND);
  self->process = make_file (step, PROCESS, O_WRONLY);
  int provides = make_file (step, EMS_RUN_PROVIDES, O_WRONLY);
  if (provides >= 0)
    close (provides);
  return self->out >= 0 && self->err >= 0 && self->process >= 0 && provides >= 0;
}

gboolean
ems_run_files_make (EmsRunFiles *self, EmsStep *step, GError **error)
{
  *self = (EmsRunFiles){ -1, -1, -1, -1, -1, -1 };
  if (!ems_folder_make (step->folder, error))
    return FALSE;
  if (make_all (self, step))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make the files of the run in %s: %s", step->folder,
               g_strerror (errno));
  return FALSE;
}

void
ems_run_files_close (EmsRunFiles *self)
{
  int *files[] = { &self->out, &self->err, &self->outcome, &self->process, &self->alive_read, &self->alive_write };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    if (*files[i] >= 0)
      close (*files[i]);
    *files[i] = -1;
  }
}

int
ems_run_open_alive (EmsStep *step)
{
  g_autofree char *path = ems_step_path (step, ALIVE);
  int file = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  char byte;

  if (file < 0)
    return -1;
  /* End of file: nobody holds the other end. Somebody does: there is nothing to read. */
  if (read (file, &byte, 1) < 0 && errno == EAGAIN)
    return file;
  close (file);
  return -1;
}

gboolean
ems_run_read_outcome (EmsStep *step, EmsOutcome *outcome)
{
  g_autoptr (GBytes) text = ems_file_read (step->folder, OUTCOME, NULL);

  return text != NULL && ems_outcome_parse (g_bytes_get_data (text, NULL), g_bytes_get_size (text), outcome);
}

gboolean
ems_run_read_processes (EmsStep *step, EmsProcesses *processes)
{
  g_autofree char *path = ems_step_path (step, PROCESS);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && ems_processes_parse (text, processes);
}

/* The lines name=value of the script; whatever else stands there is said in the log and not taken. */
static GHashTable *
read_provides (EmsStep *step)
{
  g_autofree char *path = ems_step_path (step, EMS_RUN_PROVIDES);
  gint64 left_out = 0;
  g_autofree char *text = ems_output_read (path, MAX_PROVIDES_BYTES, &left_out);
  g_autoptr (GHashTable) provides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (left_out > 0) {
    g_warning ("step %s: what it wrote to $VNFM_PROVIDES is too long and not taken", step->id);
    return NULL;
  }
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *equals = strchr (*line, '=');
    if (equals != NULL)
      *equals++ = '\0';
    char *name = g_strstrip (*line);
    if (equals != NULL && *name != '\0' && g_hash_table_size (provides) < MAX_PROVIDES) {
      gsize length = strlen (equals);
      if (length > 0 && equals[length - 1] == '\r')
        equals[length - 1] = '\0';
      g_hash_table_replace (provides, g_strdup (name), g_strdup (equals));
    } else if (*name != '\0') {
      g_warning ("step %s: \"%s\" in $VNFM_PROVIDES is not taken: no name=value, or too many", step->id, name);
    }
  }
  return g_hash_table_size (provides) > 0 ? g_steal_pointer (&provides) : NULL;
}

/* Adds a line of the agent's own to what the script said. */
static char *
add_line (char *text, const char *line)
{
  gboolean separated = *text == '\0' || g_str_has_suffix (text, "\n");
  char *joined = g_strconcat (text, separated ? "" : "\n", "vnfm-ems: ", line, "\n", NULL);

  g_free (text);
  return joined;
}

VnfmScriptResult *
ems_run_make_result (EmsStep *step, const EmsOutcome *outcome, gint64 max_output, const char *why)
{
  VnfmScriptResult *result = vnfm_script_result_new (outcome != NULL ? outcome->status : -SIGKILL, NULL, NULL);
  g_autofree char *out = ems_step_path (step, EMS_RUN_OUT);
  g_autofree char *err = ems_step_path (step, EMS_RUN_ERR);

  g_free (result->output);
  g_free (result->err);
  result->output = ems_output_read (out, max_output, &result->truncated);
  result->err = ems_output_read (err, max_output, &result->truncated);
  if (why != NULL)
    result->err = add_line (result->err, why);
  result->known = outcome != NULL;
  if (step->begun > 0)
    result->started = vnfm_clock_format (step->begun);
  if (outcome != NULL)
    result->ended = vnfm_clock_format (outcome->ended);
  result->provides = read_provides (step);
  return result;
}

void
ems_run_drop_output (EmsStep *step)
{
  const char *const names[] = { EMS_RUN_OUT, EMS_RUN_ERR };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = ems_step_path (step, names[i]);
    if (truncate (path, 0) != 0 && errno != ENOENT)
      g_info ("%s: cannot be emptied: %s", path, g_strerror (errno));
  }
}

gboolean
ems_run_has_leftover (EmsStep *step, gint64 since)
{
  const char *const names[] = { EMS_RUN_OUT, EMS_RUN_ERR };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = ems_step_path (step, names[i]);
    GStatBuf status;
    if (g_stat (path, &status) == 0 && status.st_size > 0 && (gint64)status.st_mtime * G_USEC_PER_SEC >= since)
      return TRUE;
  }
  return FALSE;
}
