/* SPDX-License-Identifier: Apache-2.0 */
/* A VNF package, be it a folder (package-folder.c) or a tar archive (package-archive.c):
 *
 *   Metadata.yaml   what it is (vnfm-nfvo needs only "name")
 *   vnfd.json       the VNFD; any single *.json will do
 *   scripts/        all files below it go to the machines, under their path from here
 *
 * Here is what both have in common: what a package consists of, and how large it may be. */
#include "config.h"

#include "core/package/package-private.h"

#include "core/package/metadata.h"

#include <string.h>

gboolean
nfvo_package_is_good_name (const char *name)
{
  if (!g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p)) {
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  }
  return TRUE;
}

gboolean
nfvo_package_add_script (NfvoPackage *self, const char *name, GBytes *content, gboolean executable, GError **error)
{
  if (self->scripts->len >= NFVO_MAX_FILES) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s: more than %d files", self->path, NFVO_MAX_FILES);
    return FALSE;
  }
  self->bytes += g_bytes_get_size (content);
  if (self->bytes > NFVO_MAX_SCRIPTS) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s: the scripts have more than %d bytes", self->path,
                 NFVO_MAX_SCRIPTS);
    return FALSE;
  }
  g_ptr_array_add (self->scripts, vnfm_script_new (name, content));
  if (!executable)
    g_ptr_array_add (self->not_executable, g_strdup (name));
  return TRUE;
}

/* What of the top @names is neither read nor delivered. */
void
nfvo_package_note_left_out (NfvoPackage *self, GPtrArray *names, const char *metadata, const char *descriptor)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    if (name[0] != '.' && !g_str_equal (name, metadata) && !g_str_equal (name, descriptor) &&
        !g_str_equal (name, "scripts"))
      g_ptr_array_add (self->left_out, g_strdup (name));
  }
}

const char *
nfvo_package_find_metadata (GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++) {
    if (g_ascii_strcasecmp (names->pdata[i], "Metadata.yaml") == 0)
      return names->pdata[i];
  }
  return NULL;
}

static void
take_metadata (NfvoPackage *self, JsonObject *metadata)
{
  char *name = nfvo_metadata_dup_text (metadata, "name");

  if (name != NULL) {
    g_free (self->name);
    self->name = name;
  } else {
    g_ptr_array_add (self->notes, g_strdup ("Metadata.yaml has no name: the folder's is used"));
  }
  self->vendor = nfvo_metadata_dup_text (metadata, "vendor");
  if (self->vendor == NULL)
    self->vendor = nfvo_metadata_dup_text (metadata, "provider");
  self->version = nfvo_metadata_dup_text (metadata, "version");
  self->description = nfvo_metadata_dup_text (metadata, "description");
  self->nfvo_version = nfvo_metadata_dup_text (metadata, "nfvo_version");
  self->scripts_link = nfvo_metadata_dup_text (metadata, "scripts-link");
  g_ptr_array_unref (self->vim_types);
  self->vim_types = nfvo_metadata_dup_texts (metadata, "vim_types");
  g_ptr_array_unref (self->image_names);
  self->image_names = nfvo_metadata_dup_texts (vnfm_json_get_object (metadata, "image"), "names");
}

gboolean
nfvo_package_take_metadata (NfvoPackage *self, const char *path, GBytes *text, GError **error)
{
  g_autoptr (JsonObject) metadata = nfvo_metadata_parse (text, error);

  if (metadata == NULL) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  take_metadata (self, metadata);
  return TRUE;
}

const char *
nfvo_package_choose_descriptor (NfvoPackage *self, GPtrArray *names, GError **error)
{
  const char *found = NULL;

  for (guint i = 0; i < names->len; i++) {
    if (g_str_equal (names->pdata[i], "vnfd.json"))
      return names->pdata[i];
  }
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    if (!g_str_has_suffix (name, ".json"))
      continue;
    if (found != NULL) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: which one is the VNFD, %s or %s?", self->path, found,
                   name);
      return NULL;
    }
    found = name;
  }
  if (found == NULL)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "%s: the package has no vnfd.json", self->path);
  return found;
}

NfvoPackage *
nfvo_package_new (const char *path, const char *name)
{
  NfvoPackage *self = g_new0 (NfvoPackage, 1);

  g_atomic_ref_count_init (&self->references);
  self->path = g_strdup (path);
  self->name = g_strdup (name);
  self->image_names = g_ptr_array_new_with_free_func (g_free);
  self->vim_types = g_ptr_array_new_with_free_func (g_free);
  self->scripts = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_script_free);
  self->not_executable = g_ptr_array_new_with_free_func (g_free);
  self->left_out = g_ptr_array_new_with_free_func (g_free);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  return self;
}

NfvoPackage *
nfvo_package_load (const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return nfvo_package_load_archive (path, error);
  return nfvo_package_load_folder (path, error);
}

gboolean
nfvo_package_is_package (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? nfvo_package_is_archive (path) : nfvo_package_is_folder (path);
}

NfvoPackage *
nfvo_package_ref (NfvoPackage *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
nfvo_package_unref (NfvoPackage *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->path);
  g_free (self->name);
  g_free (self->vendor);
  g_free (self->version);
  g_free (self->description);
  g_free (self->nfvo_version);
  g_free (self->scripts_link);
  g_ptr_array_unref (self->image_names);
  g_ptr_array_unref (self->vim_types);
  g_free (self->descriptor_file);
  g_clear_pointer (&self->descriptor, g_bytes_unref);
  g_ptr_array_unref (self->scripts);
  g_ptr_array_unref (self->not_executable);
  g_ptr_array_unref (self->left_out);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

GBytes *
nfvo_package_find_script (NfvoPackage *self, const char *name)
{
  for (guint i = 0; i < self->scripts->len; i++) {
    const VnfmScript *script = self->scripts->pdata[i];
    if (g_str_equal (script->name, name))
      return script->content;
  }
  return NULL;
}

gboolean
nfvo_package_has_script (NfvoPackage *self, const char *name)
{
  return nfvo_package_find_script (self, name) != NULL;
}

char *
nfvo_package_dup_script_path (NfvoPackage *self, const char *name)
{
  return g_build_filename (self->path, self->descriptor_file != NULL ? "scripts" : "", name, NULL);
}
