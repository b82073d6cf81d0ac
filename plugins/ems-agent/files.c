/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/files.h"

#include <vnfm/vnfm-error.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Files that are replaced whole: a reader, or an agent that starts after a crash, sees the old content or the new. */

static gboolean
write_all (int file, const char *bytes, gsize length)
{
  while (length > 0) {
    gssize written = write (file, bytes, length);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return FALSE;
    bytes += written;
    length -= (gsize)written;
  }
  return TRUE;
}

gboolean
ems_folder_sync (const char *path)
{
  int folder = open (path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  gboolean good = folder >= 0 && fsync (folder) == 0;

  if (folder >= 0)
    close (folder);
  return good;
}

gboolean
ems_file_replace (const char *folder, const char *name, GBytes *content, gboolean durable, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  gsize length = 0;
  const char *bytes = g_bytes_get_data (content, &length);
  int file = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean good = file >= 0 && write_all (file, bytes, length) && (!durable || fdatasync (file) == 0);
  int code = errno;

  if (file >= 0 && close (file) != 0 && good) {
    good = FALSE;
    code = errno;
  }
  if (good) {
    good = rename (temporary, path) == 0 && (!durable || ems_folder_sync (folder));
    code = errno;
  }
  if (!good) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot write %s: %s", path, g_strerror (code));
    if (file >= 0)
      unlink (temporary);
  }
  return good;
}

GBytes *
ems_file_read (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) cause = NULL;
  char *bytes = NULL;
  gsize length = 0;

  if (g_file_get_contents (path, &bytes, &length, &cause))
    return g_bytes_new_take (bytes, length);
  gboolean absent = g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_set_error (error, VNFM_ERROR, absent ? VNFM_ERROR_NOT_FOUND : VNFM_ERROR_STORE, "cannot read %s: %s", path,
               cause->message);
  return NULL;
}

gboolean
ems_folder_make (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);

  if (g_mkdir_with_parents (parent, 0755) == 0 && (mkdir (path, 0700) == 0 || errno == EEXIST) &&
      g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make folder %s: %s", path, g_strerror (errno));
  return FALSE;
}

void
ems_folder_remove (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (unlink (child) != 0 && errno == EISDIR)
      ems_folder_remove (child);
  }
  rmdir (path);
}
