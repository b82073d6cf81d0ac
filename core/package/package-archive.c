/* SPDX-License-Identifier: Apache-2.0 */
/* A package as a tar archive, in an NFVO's form: Metadata.yaml, vnfd.json and scripts/ at its top. Archives that were
 * made of the folder, not in it, have all of that below one folder more; they are read too. Links lead to files of the
 * archive, or nowhere. */
#include "config.h"

#include "core/package/archive.h"
#include "core/package/package-private.h"

#include <string.h>

#define MAX_LINKS 8

typedef struct {
  NfvoPackage *package;
  GHashTable *entries;
  char *root; /* "", or the one folder with a "/" behind it */
} Archive;

/* ---- which contents are kept */

/* As scripts/ or Metadata.yaml may stand below a folder, which only the whole archive tells: both are kept. */
static gsize
limit_of (const char *path)
{
  const char *slash = strchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;

  if (g_str_has_prefix (path, "scripts/") || g_str_has_prefix (name, "scripts/"))
    return NFVO_MAX_SCRIPT;
  if (strchr (name, '/') != NULL)
    return 0;
  if (g_ascii_strcasecmp (name, "Metadata.yaml") == 0)
    return NFVO_MAX_METADATA;
  return g_str_has_suffix (name, ".json") ? NFVO_MAX_DESCRIPTOR : 0;
}

/* ---- the top */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The names in the folder @root, sorted, folders that have no entry of their own included. */
static GPtrArray *
list_names (Archive *self, const char *root)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  const char *path;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, (gpointer *)&path, NULL)) {
    if (!g_str_has_prefix (path, root))
      continue;
    const char *rest = path + strlen (root);
    g_autofree char *name = g_strndup (rest, strcspn (rest, "/"));
    if (name[0] != '\0' && g_hash_table_add (seen, g_strdup (name)))
      g_ptr_array_add (names, g_steal_pointer (&name));
  }
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* Goes one folder down where that is all there is. Returns: (transfer full): the names there. */
static GPtrArray *
find_root (Archive *self)
{
  GPtrArray *names = list_names (self, "");

  self->root = g_strdup ("");
  if (names->len != 1 || nfvo_package_find_metadata (names) != NULL)
    return names;
  g_autofree char *below = g_strconcat (names->pdata[0], "/", NULL);
  GPtrArray *inner = list_names (self, below);
  if (nfvo_package_find_metadata (inner) == NULL) {
    g_ptr_array_unref (inner);
    return names;
  }
  g_free (self->root);
  self->root = g_steal_pointer (&below);
  g_ptr_array_unref (names);
  return inner;
}

/* ---- files */

/* @path from the top, links followed. Returns: (nullable): borrowed: a file that was kept. */
static const NfvoEntry *
find_file (Archive *self, const char *path, GError **error)
{
  const NfvoEntry *entry = g_hash_table_lookup (self->entries, path);

  for (guint i = 0; entry != NULL && entry->kind == NFVO_ENTRY_LINK && i < MAX_LINKS; i++)
    entry = g_hash_table_lookup (self->entries, entry->target);
  if (entry != NULL && entry->kind == NFVO_ENTRY_FILE && entry->content != NULL)
    return entry;
  if (entry != NULL && entry->kind == NFVO_ENTRY_FOLDER)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s/%s: a link to a folder, or a folder", self->package->path,
                 path);
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s/%s: the link leads to no file of scripts/ or the top",
                 self->package->path, path);
  return NULL;
}

static gboolean
is_of_git (const char *name)
{
  return g_str_has_prefix (name, ".git/") || strstr (name, "/.git/") != NULL;
}

static gboolean
add_scripts (Archive *self, GError **error)
{
  g_autofree char *prefix = g_strconcat (self->root, "scripts/", NULL);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  GHashTableIter iter;
  NfvoEntry *entry;
  gboolean left_out = FALSE;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry)) {
    if (g_str_has_prefix (entry->path, prefix) && entry->kind != NFVO_ENTRY_FOLDER)
      g_ptr_array_add (paths, entry->path);
  }
  g_ptr_array_sort (paths, compare_names);
  for (guint i = 0; i < paths->len; i++) {
    const char *path = paths->pdata[i];
    const char *name = path + strlen (prefix);
    if (is_of_git (name)) {
      left_out = TRUE;
      continue;
    }
    const NfvoEntry *file = find_file (self, path, error);
    if (file == NULL || !nfvo_package_add_script (self->package, name, file->content, file->executable, error))
      return FALSE;
  }
  if (left_out)
    g_ptr_array_add (self->package->notes, g_strdup (".git is left out"));
  return TRUE;
}

static const NfvoEntry *
find_top_file (Archive *self, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat (self->root, name, NULL);

  return find_file (self, path, error);
}

static gboolean
is_tosca (GPtrArray *names)
{
  return g_ptr_array_find_with_equal_func (names, "TOSCA-Metadata", g_str_equal, NULL) ||
         g_ptr_array_find_with_equal_func (names, "Definitions", g_str_equal, NULL);
}

static gboolean
take_top (Archive *self, GPtrArray *names, GError **error)
{
  const char *metadata = nfvo_package_find_metadata (names);

  if (metadata == NULL) {
    if (is_tosca (names))
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "%s: TOSCA packages are not supported",
                   self->package->path);
    else
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "%s: no package: it has no Metadata.yaml at its top",
                   self->package->path);
    return FALSE;
  }
  g_autofree char *metadata_path = g_build_filename (self->package->path, metadata, NULL);
  const NfvoEntry *file = find_top_file (self, metadata, error);
  if (file == NULL || !nfvo_package_take_metadata (self->package, metadata_path, file->content, error))
    return FALSE;
  const char *descriptor = nfvo_package_choose_descriptor (self->package, names, error);
  file = descriptor != NULL ? find_top_file (self, descriptor, error) : NULL;
  if (file == NULL)
    return FALSE;
  self->package->descriptor_file = g_build_filename (self->package->path, descriptor, NULL);
  self->package->descriptor = g_bytes_ref (file->content);
  nfvo_package_note_left_out (self->package, names, metadata, descriptor);
  return TRUE;
}

gboolean
nfvo_package_is_archive (const char *path)
{
  return nfvo_archive_is_archive (path);
}

/* "dir/web.tar.gz": "web". Returns: (transfer full). */
static char *
name_of (const char *path)
{
  char *name = g_path_get_basename (path);
  static const char *const endings[] = { ".tar.gz", ".tgz", ".tar", NULL };

  for (guint i = 0; endings[i] != NULL; i++) {
    if (g_str_has_suffix (name, endings[i])) {
      name[strlen (name) - strlen (endings[i])] = '\0';
      break;
    }
  }
  return name;
}

NfvoPackage *
nfvo_package_load_archive (const char *path, GError **error)
{
  g_autofree char *name = name_of (path);
  g_autoptr (NfvoPackage) package = nfvo_package_new (path, name);
  g_autoptr (GHashTable) entries = nfvo_archive_read (path, limit_of, error);
  Archive self = { .package = package, .entries = entries };

  if (entries == NULL)
    return NULL;
  g_autoptr (GPtrArray) names = find_root (&self);
  gboolean good = take_top (&self, names, error) && add_scripts (&self, error);
  if (good && self.root[0] != '\0')
    g_ptr_array_add (package->notes,
                     g_strdup_printf ("all of it is below %s (an NFVO wants it at the top)", self.root));
  if (good && !nfvo_archive_has_end (path))
    g_ptr_array_add (package->notes, g_strdup ("the archive has no end mark: it may be cut off"));
  g_free (self.root);
  return good ? g_steal_pointer (&package) : NULL;
}
