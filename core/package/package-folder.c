/* SPDX-License-Identifier: Apache-2.0 */
/* A package as a folder. Nothing outside the folder is read: a symbolic link is followed only to a file inside. */
#include "config.h"

#include "core/package/package-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  NfvoPackage *package;
  char *root; /* the folder that no link leads out of, without links itself */
} Collector;

/* ---- files */

static gboolean
fail_errno (const char *path, GError **error)
{
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s: %s", path, g_strerror (errno));
  return FALSE;
}

static gboolean
read_all (int fd, GByteArray *content, gsize limit, const char *path, GError **error)
{
  guint8 buffer[16384];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return fail_errno (path, error);
    g_byte_array_append (content, buffer, (guint)n);
    if (content->len > limit) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s: larger than %zu bytes", path, limit);
      return FALSE;
    }
  }
  return TRUE;
}

GBytes *
nfvo_read_file (const char *path, gsize limit, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  /* Not blocking: opening a FIFO would wait for ever. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat info;
  gboolean good = FALSE;

  if (fd < 0 || fstat (fd, &info) != 0)
    fail_errno (path, error);
  else if (!S_ISREG (info.st_mode))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s: not a regular file", path);
  else
    good = read_all (fd, content, limit, path, error);
  if (fd >= 0)
    close (fd);
  return good ? g_byte_array_free_to_bytes (g_steal_pointer (&content)) : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Returns: (nullable): the names in @path, sorted. */
static GPtrArray *
list_folder (const char *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &cause);
  const char *name;

  if (dir == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_STORE, cause->message);
    return NULL;
  }
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)) != NULL && names->len <= NFVO_MAX_FILES)
    g_ptr_array_add (names, g_strdup (name));
  if (names->len > NFVO_MAX_FILES) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s: more than %d files", path, NFVO_MAX_FILES);
    g_ptr_array_unref (names);
    return NULL;
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* ---- scripts */

static gboolean
leads_inside (Collector *self, const char *path, GError **error)
{
  char *target = realpath (path, NULL);
  gsize length = strlen (self->root);

  if (target == NULL)
    return fail_errno (path, error);
  gboolean inside = strncmp (target, self->root, length) == 0 && target[length] == '/';
  free (target);
  if (!inside)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: the link leads out of the package", path);
  return inside;
}

static gboolean
add_file (Collector *self, const char *path, const char *name, gboolean executable, GError **error)
{
  g_autoptr (GBytes) content = NULL;

  content = nfvo_read_file (path, NFVO_MAX_SCRIPT, error);
  return content != NULL && nfvo_package_add_script (self->package, name, content, executable, error);
}

static gboolean collect (Collector *self, const char *folder, const char *prefix, guint depth, GError **error);

static gboolean
collect_entry (Collector *self, const char *path, const char *name, guint depth, GError **error)
{
  struct stat info;

  if (!nfvo_package_is_good_name (name)) {
    g_autofree char *shown = g_strescape (path, NULL);
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID,
                 "\"%s\": a file's name must be UTF-8 without control characters", shown);
    return FALSE;
  }
  if (lstat (path, &info) != 0)
    return fail_errno (path, error);
  if (S_ISLNK (info.st_mode)) {
    if (!leads_inside (self, path, error))
      return FALSE;
    if (stat (path, &info) != 0)
      return fail_errno (path, error);
    if (S_ISDIR (info.st_mode)) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: a link to a folder", path);
      return FALSE;
    }
  }
  if (S_ISDIR (info.st_mode)) {
    g_autofree char *prefix = g_strconcat (name, "/", NULL);
    return collect (self, path, prefix, depth + 1, error);
  }
  return add_file (self, path, name, (info.st_mode & S_IXUSR) != 0, error);
}

static gboolean
collect (Collector *self, const char *folder, const char *prefix, guint depth, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (depth > NFVO_MAX_DEPTH) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s: folders nested more than %d deep", folder, NFVO_MAX_DEPTH);
    return FALSE;
  }
  names = list_folder (folder, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *entry = names->pdata[i];
    g_autofree char *path = g_build_filename (folder, entry, NULL);
    g_autofree char *name = g_strconcat (prefix, entry, NULL);
    if (g_str_equal (entry, ".git")) {
      g_ptr_array_add (self->package->notes, g_strdup_printf ("%s is left out", name));
      continue;
    }
    if (!collect_entry (self, path, name, depth, error))
      return FALSE;
  }
  return TRUE;
}

/* @self->root is freed with free(). */
static gboolean
collector_init (Collector *self, NfvoPackage *package, GError **error)
{
  self->package = package;
  self->root = realpath (package->path, NULL);
  return self->root != NULL || fail_errno (package->path, error);
}

/* Whether a part of the package is inside it, links followed. */
static gboolean
is_inside (NfvoPackage *self, const char *path, GError **error)
{
  Collector collector;

  if (!collector_init (&collector, self, error))
    return FALSE;
  gboolean inside = leads_inside (&collector, path, error);
  free (collector.root);
  return inside;
}

static gboolean
load_scripts (NfvoPackage *self, const char *folder, GError **error)
{
  Collector collector;

  if (!collector_init (&collector, self, error))
    return FALSE;
  gboolean good = collect (&collector, folder, "", 0, error);
  free (collector.root);
  return good;
}

/* ---- the top folder */

static gboolean
is_tosca (const char *path)
{
  static const char *const names[] = { "TOSCA-Metadata", "Definitions", NULL };
  gboolean found = FALSE;

  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *folder = g_build_filename (path, names[i], NULL);
    found = found || g_file_test (folder, G_FILE_TEST_IS_DIR);
  }
  return found;
}

gboolean
nfvo_package_is_folder (const char *path)
{
  g_autoptr (GPtrArray) names = list_folder (path, NULL);

  return names != NULL && (nfvo_package_find_metadata (names) != NULL || is_tosca (path));
}

static gboolean
load_metadata (NfvoPackage *self, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (self->path, name, NULL);
  g_autoptr (GBytes) text = NULL;

  if (!is_inside (self, path, error))
    return FALSE;
  text = nfvo_read_file (path, NFVO_MAX_METADATA, error);
  return text != NULL && nfvo_package_take_metadata (self, path, text, error);
}

static gboolean
load_descriptor (NfvoPackage *self, const char *name, GError **error)
{
  self->descriptor_file = g_build_filename (self->path, name, NULL);
  if (!is_inside (self, self->descriptor_file, error))
    return FALSE;
  self->descriptor = nfvo_read_file (self->descriptor_file, NFVO_MAX_DESCRIPTOR, error);
  return self->descriptor != NULL;
}

static gboolean
load_parts (NfvoPackage *self, GError **error)
{
  g_autoptr (GPtrArray) names = list_folder (self->path, error);
  g_autofree char *scripts = g_build_filename (self->path, "scripts", NULL);

  if (names == NULL)
    return FALSE;
  const char *metadata = nfvo_package_find_metadata (names);
  if (metadata == NULL && is_tosca (self->path)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "%s: TOSCA packages are not supported", self->path);
    return FALSE;
  }
  if (metadata == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "%s: no package: it has no Metadata.yaml", self->path);
    return FALSE;
  }
  if (!load_metadata (self, metadata, error))
    return FALSE;
  const char *descriptor = nfvo_package_choose_descriptor (self, names, error);
  if (descriptor == NULL || !load_descriptor (self, descriptor, error))
    return FALSE;
  nfvo_package_note_left_out (self, names, metadata, descriptor);
  if (!g_file_test (scripts, G_FILE_TEST_IS_DIR))
    return TRUE;
  return is_inside (self, scripts, error) && load_scripts (self, scripts, error);
}

NfvoPackage *
nfvo_package_load_folder (const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (NfvoPackage) self = nfvo_package_new (path, name);

  return load_parts (self, error) ? g_steal_pointer (&self) : NULL;
}

NfvoPackage *
nfvo_package_load_scripts (const char *path, const char *name, GError **error)
{
  g_autoptr (NfvoPackage) self = nfvo_package_new (path, name);

  return load_scripts (self, path, error) ? g_steal_pointer (&self) : NULL;
}
