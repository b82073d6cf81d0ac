/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/run-folder.h"

#include "core/nfvo/machines/ending.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define GRACE       (3 * G_TIME_SPAN_SECOND)
#define OPEN_FDS    16
#define ATTEMPTS    5
#define NAME_LENGTH 13

struct _NfvoRunFolder {
  VnfmClock *clock;
  char *base;
  char *name;
  char *path;
  char *marker;
  int lock;
};

static int
open_up (const char *path, const struct stat *status, int kind, struct FTW *where)
{
  if (kind == FTW_DNR || (kind == FTW_D && (status->st_mode & 0700) != 0700))
    g_chmod (path, 0700);
  return 0;
}

static int
remove_one (const char *path, const struct stat *status, int kind, struct FTW *where)
{
  return remove (path) == 0 || errno == ENOENT ? 0 : -1;
}

gboolean
nfvo_remove_tree (const char *path, GError **error)
{
  /* Folders that the first pass could not enter are open for the second; three cover what scripts do by accident. */
  for (guint i = 0; i < 3; i++) {
    nftw (path, open_up, OPEN_FDS, FTW_PHYS);
    if (nftw (path, remove_one, OPEN_FDS, FTW_PHYS | FTW_DEPTH) == 0 || errno == ENOENT)
      return TRUE;
  }
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot remove %s: %s", path, g_strerror (errno));
  return FALSE;
}

static char *
default_base (void)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *name = NULL;

  if (runtime != NULL && g_path_is_absolute (runtime) && g_access (runtime, W_OK | X_OK) == 0)
    return g_build_filename (runtime, "vnfm-nfvo", NULL);
  name = g_strdup_printf ("vnfm-nfvo-%u", (unsigned)getuid ());
  return g_build_filename (g_get_tmp_dir (), name, NULL);
}

/* In a folder that all may write to, somebody else may have been there first. */
static gboolean
prepare_base (const char *base, gboolean is_default, GError **error)
{
  struct stat status;

  if (g_mkdir_with_parents (base, 0700) != 0 || lstat (base, &status) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make the folder %s: %s", base, g_strerror (errno));
    return FALSE;
  }
  if (is_default && (!S_ISDIR (status.st_mode) || status.st_uid != getuid () || (status.st_mode & 0077) != 0)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "the folder %s is not this user's alone", base);
    return FALSE;
  }
  return TRUE;
}

char *
nfvo_run_folder_dup_base (const char *base)
{
  return base != NULL ? g_canonicalize_filename (base, NULL) : default_base ();
}

int
nfvo_run_folder_lock (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  int lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) != 0) {
    close (lock);
    lock = -1;
  }
  return lock;
}

static void
make_folder (NfvoRunFolder *self)
{
  g_autofree char *uuid = vnfm_clock_new_uuid (self->clock);

  g_free (self->name);
  g_free (self->path);
  self->name = g_strndup (uuid, NAME_LENGTH); /* short: sockets stand below it, and their paths are limited */
  self->path = g_build_filename (self->base, self->name, NULL);
  if (g_mkdir (self->path, 0700) == 0)
    self->lock = nfvo_run_folder_lock (self->path);
}

NfvoRunFolder *
nfvo_run_folder_new (const char *base, VnfmClock *clock, GError **error)
{
  g_autoptr (NfvoRunFolder) self = g_new0 (NfvoRunFolder, 1);

  self->lock = -1;
  self->clock = g_object_ref (clock);
  self->base = nfvo_run_folder_dup_base (base);
  if (!prepare_base (self->base, base == NULL, error))
    return NULL;
  /* Another run that sweeps may take the new folder for a killed one's before it is locked. */
  for (guint i = 0; i < ATTEMPTS && self->lock < 0; i++)
    make_folder (self);
  if (self->lock < 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make the folder %s: %s", self->path, g_strerror (errno));
    return NULL;
  }
  self->marker = g_strconcat ("VNFM_RUN=", self->name, NULL);
  return g_steal_pointer (&self);
}

void
nfvo_run_folder_free (NfvoRunFolder *self)
{
  if (self->lock >= 0)
    close (self->lock);
  g_clear_object (&self->clock);
  g_free (self->base);
  g_free (self->name);
  g_free (self->path);
  g_free (self->marker);
  g_free (self);
}

const char *
nfvo_run_folder_get_path (NfvoRunFolder *self)
{
  return self->path;
}

const char *
nfvo_run_folder_get_marker (NfvoRunFolder *self)
{
  return self->marker;
}

char *
nfvo_run_folder_dup_path (NfvoRunFolder *self, const char *name)
{
  return g_build_filename (self->path, name, NULL);
}

/* ---- all of them */

static gboolean
is_run_name (const char *name)
{
  return strlen (name) == NAME_LENGTH && name[8] == '-' && strspn (name, "0123456789abcdef-") == NAME_LENGTH;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Only what looks like a run is one: the base may be a folder that holds other things too. */
GPtrArray *
nfvo_run_folder_list (const char *base)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *lock = g_build_filename (base, name, "lock", NULL);
    if (is_run_name (name) && g_file_test (lock, G_FILE_TEST_IS_REGULAR))
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, by_name);
  return names;
}

/* ---- clearing */

static void
processes_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *path = g_task_get_task_data (task);
  GError *error = NULL;

  if (!nfvo_end_processes_finish (result, &error) || (path != NULL && !nfvo_remove_tree (path, &error)))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
nfvo_run_folder_clear_other_async (const char *marker, const char *path, VnfmClock *clock, GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, nfvo_run_folder_clear_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  nfvo_end_processes_async (marker, GRACE, clock, processes_ended, task);
}

void
nfvo_run_folder_clear_async (NfvoRunFolder *self, gboolean remove_it, GAsyncReadyCallback callback, gpointer user_data)
{
  nfvo_run_folder_clear_other_async (self->marker, remove_it ? self->path : NULL, self->clock, callback, user_data);
}

gboolean
nfvo_run_folder_clear_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
