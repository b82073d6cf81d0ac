/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/script-root.h"

#include "plugins/ems-agent/ems-codec.h"

#include <vnfm/vnfm-error.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that come over the wire, turned into files below one folder and never outside it. For writing, the way down is
 * walked folder by folder with O_NOFOLLOW, so that neither ".." nor a symlink leads anywhere else, whoever races. For
 * reading, a symlink is fine as long as it ends inside: packages that were cloned have them.
 *
 * The wire's script path is "/opt/openbaton/scripts" or what the manager's operator made of it; the agent's own root
 * stands in its place, because EXECUTE carries no path: what was saved must be found there. A folder below the default
 * is kept as a folder below the root. */

#define MAX_LISTED 1000

struct _EmsScriptRoot {
  char *path;
};

EmsScriptRoot *
ems_script_root_new (const char *path)
{
  EmsScriptRoot *self = g_new0 (EmsScriptRoot, 1);

  self->path = g_strdup (path);
  return self;
}

void
ems_script_root_free (EmsScriptRoot *self)
{
  g_free (self->path);
  g_free (self);
}

const char *
ems_script_root_get_path (EmsScriptRoot *self)
{
  return self->path;
}

/* The part of the wire's path below the default one; "" for the root itself. */
static const char *
map_script_path (const char *script_path)
{
  const char *rest = "";

  if (script_path != NULL && g_str_has_prefix (script_path, EMS_SCRIPT_PATH "/"))
    rest = script_path + strlen (EMS_SCRIPT_PATH "/");
  return rest;
}

/* Appends the parts of @name to @parts; "." and doubled slashes say nothing, ".." is refused even where it would stay
 * inside. */
static gboolean
split_name (const char *name, GPtrArray *parts, GError **error)
{
  g_auto (GStrv) split = g_strsplit (name, "/", -1);

  if (strlen (name) >= PATH_MAX / 2) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "a name of %zu bytes is too long", strlen (name));
    return FALSE;
  }
  if (*name == '/') {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "\"%s\" is an absolute path", name);
    return FALSE;
  }
  for (char **part = split; *part != NULL; part++) {
    if (g_str_equal (*part, "..")) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "\"%s\" leads out of the script root", name);
      return FALSE;
    }
    if (**part != '\0' && !g_str_equal (*part, "."))
      g_ptr_array_add (parts, g_strdup (*part));
  }
  return TRUE;
}

static int
fail (GError **error, const char *what, const char *name)
{
  int code = errno;
  gboolean symlink = code == ELOOP || code == ENOTDIR;

  g_set_error (error, VNFM_ERROR, symlink ? VNFM_ERROR_DENIED : VNFM_ERROR_STORE, "%s \"%s\": %s", what, name,
               symlink ? "not a folder, or a symbolic link" : g_strerror (code));
  return -1;
}

/* Opens the folder that the first @n_parts parts name, making what is missing. */
static int
open_folder (EmsScriptRoot *self, GPtrArray *parts, guint n_parts, GError **error)
{
  if (g_mkdir_with_parents (self->path, 0755) != 0)
    return fail (error, "cannot make the script root", self->path);
  int folder = open (self->path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  if (folder < 0)
    return fail (error, "cannot open the script root", self->path);

  for (guint i = 0; i < n_parts; i++) {
    const char *part = g_ptr_array_index (parts, i);
    int made = mkdirat (folder, part, 0755);
    int next = -1;
    if (made == 0 || errno == EEXIST)
      next = openat (folder, part, O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0)
      fail (error, "cannot use folder", part);
    close (folder);
    if (next < 0)
      return -1;
    folder = next;
  }
  return folder;
}

int
ems_script_root_open (EmsScriptRoot *self, const char *script_path, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  return split_name (map_script_path (script_path), parts, error) ? open_folder (self, parts, parts->len, error) : -1;
}

static gboolean
write_all (int file, GBytes *content)
{
  gsize length = 0;
  const char *bytes = g_bytes_get_data (content, &length);

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

/* What the file's mode shall be: that of a regular file that stands there already, or 0644, executable if wanted. */
static mode_t
choose_mode (int folder, const char *leaf, gboolean executable)
{
  struct stat old;
  mode_t mode = 0644;

  if (fstatat (folder, leaf, &old, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (old.st_mode))
    mode = old.st_mode & 0777;
  return executable ? mode | 0111 : mode;
}

static gboolean
replace_file (int folder, const char *leaf, GBytes *content, gboolean executable)
{
  g_autofree char *temporary = g_strdup_printf (".vnfm-ems.%d.tmp", getpid ());
  mode_t mode = choose_mode (folder, leaf, executable);

  unlinkat (folder, temporary, 0);
  int file = openat (folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0)
    return FALSE;
  gboolean good = write_all (file, content) && fchmod (file, mode) == 0 && fsync (file) == 0;
  int code = errno;
  close (file);
  if (good) {
    good = renameat (folder, temporary, folder, leaf) == 0 && fsync (folder) == 0;
    code = errno;
  }
  if (!good)
    unlinkat (folder, temporary, 0);
  errno = code;
  return good;
}

gboolean
ems_script_root_write (EmsScriptRoot *self, const char *script_path, const char *name, GBytes *content,
                       gboolean executable, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (!split_name (map_script_path (script_path), parts, error))
    return FALSE;
  guint n_folders = parts->len;
  if (!split_name (name, parts, error))
    return FALSE;
  if (parts->len == n_folders || g_str_has_suffix (name, "/")) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "\"%s\" names no file", name);
    return FALSE;
  }

  int folder = open_folder (self, parts, parts->len - 1, error);
  if (folder < 0)
    return FALSE;
  gboolean good = replace_file (folder, g_ptr_array_index (parts, parts->len - 1), content, executable);
  if (!good)
    fail (error, "cannot write", name);
  close (folder);
  return good;
}

static gboolean
is_inside (const char *root, const char *path)
{
  gsize length = strlen (root);

  return strncmp (path, root, length) == 0 && (path[length] == '/' || g_str_equal (root, "/"));
}

char *
ems_script_root_find (EmsScriptRoot *self, const char *name, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  struct stat status;

  if (!split_name (name, parts, error))
    return NULL;
  g_ptr_array_insert (parts, 0, g_strdup (self->path));
  g_ptr_array_add (parts, NULL);
  g_autofree char *path = g_build_filenamev ((char **)parts->pdata);
  /* realpath() and not a GLib function: it resolves the whole chain. */
  char *root = realpath (self->path, NULL);
  char *target = realpath (path, NULL);
  gboolean found = root != NULL && target != NULL && !g_str_has_suffix (name, "/") && stat (target, &status) == 0;
  gboolean inside = found && is_inside (root, target);
  free (root);
  free (target);

  if (found && !inside && parts->len > 2)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "\"%s\" leads out of the script root", name);
  else if (!inside)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "script \"%s\" not found in %s", name, self->path);
  else if (!S_ISREG (status.st_mode))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "\"%s\" in %s is no regular file", name, self->path);
  else
    return g_steal_pointer (&path);
  return NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char *
ems_script_root_list (EmsScriptRoot *self, const char *script_path)
{
  g_autofree char *path = g_build_filename (self->path, map_script_path (script_path), NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  gboolean inside = split_name (map_script_path (script_path), parts, NULL);
  g_autoptr (GDir) folder = inside ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (folder != NULL && names->len < MAX_LISTED && (name = g_dir_read_name (folder)) != NULL) {
    if (*name != '.')
      g_ptr_array_add (names, g_strdup (name));
  }
  g_ptr_array_sort (names, compare_names);
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (out, "%s\n", (const char *)g_ptr_array_index (names, i));
  return g_string_free (out, FALSE);
}
