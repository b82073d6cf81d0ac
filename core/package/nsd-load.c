/* SPDX-License-Identifier: Apache-2.0 */
/* Files: finds the descriptor that a path means, and the packages that its VNFs need. A VNF gets, in this order: the
 * package that --package ID=DIR names for it; among the other packages (those of --package DIR, then those beside the
 * descriptor) the one whose VNFD has its vendor, name and version; the folder of --scripts. */
#include "config.h"

#include "core/package/nsd-private.h"

#include <string.h>

/* A package with what its VNFD calls itself. @id: (nullable): of ID=DIR, the only VNF that it is for. */
typedef struct {
  char *id;
  NfvoPackage *package;
  JsonNode *vnfd;
  gboolean used;
} Known;

typedef struct {
  NfvoService *service;
  GPtrArray *known;
  NfvoPackage *scripts;
} Loader;

static void
known_free (gpointer data)
{
  Known *known = data;

  g_free (known->id);
  nfvo_package_unref (known->package);
  g_clear_pointer (&known->vnfd, json_node_unref);
  g_free (known);
}

/* ---- collecting packages */

/* Takes @package. */
static gboolean
add_known (Loader *self, const char *id, NfvoPackage *package, GError **error)
{
  Known *known = g_new0 (Known, 1);

  known->id = g_strdup (id);
  known->package = package;
  known->vnfd = package->descriptor != NULL ? vnfm_json_parse (package->descriptor, error) : NULL;
  if (known->vnfd == NULL || !JSON_NODE_HOLDS_OBJECT (known->vnfd)) {
    if (known->vnfd != NULL)
      g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "JSON, but no object");
    g_prefix_error (error, "%s: ", package->descriptor_file);
    known_free (known);
    return FALSE;
  }
  g_ptr_array_add (self->known, known);
  return TRUE;
}

static gboolean
add_package (Loader *self, const char *id, const char *path, GError **error)
{
  NfvoPackage *package = nfvo_package_load (path, error);

  return package != NULL && add_known (self, id, package, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Of files only those that are called archives: others in the folder are none of our business. */
static gboolean
may_be_package (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR) || g_str_has_suffix (path, ".tar") ||
         g_str_has_suffix (path, ".tar.gz") || g_str_has_suffix (path, ".tgz");
}

/* The folders and archives in @path that are packages, by name. @lenient: one that cannot be read is told, not an
 * error. */
static gboolean
add_packages_in (Loader *self, const char *path, gboolean lenient, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL && folders->len < NFVO_MAX_FILES) {
    char *folder = g_build_filename (path, name, NULL);
    if (may_be_package (folder) && nfvo_package_is_package (folder))
      g_ptr_array_add (folders, folder);
    else
      g_free (folder);
  }
  g_ptr_array_sort (folders, compare_names);
  for (guint i = 0; i < folders->len; i++) {
    g_autoptr (GError) cause = NULL;
    if (add_package (self, NULL, folders->pdata[i], &cause))
      continue;
    if (!lenient) {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
    nfvo_service_tell (self->service, NFVO_HINT, "unreadable package", NULL, "%s", cause->message);
  }
  return TRUE;
}

/* A file that is no archive is tried all the same: reading it says what it is. */
static gboolean
is_whole_package (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) || nfvo_package_is_package (path);
}

/* A folder of scripts and nothing else will do for a VNF whose VNFD is known. */
static gboolean
add_named (Loader *self, const char *id, const char *path, GError **error)
{
  NfvoPackage *package;

  if (is_whole_package (path))
    return add_package (self, id, path, error);
  package = nfvo_package_load_scripts (path, id, error);
  if (package == NULL)
    return FALSE;
  Known *known = g_new0 (Known, 1);
  known->id = g_strdup (id);
  known->package = package;
  g_ptr_array_add (self->known, known);
  return TRUE;
}

static gboolean
add_option (Loader *self, const char *option, GError **error)
{
  const char *equals = strchr (option, '=');

  if (equals != NULL) {
    g_autofree char *id = g_strndup (option, (gsize)(equals - option));
    return add_named (self, id, equals + 1, error);
  }
  if (is_whole_package (option))
    return add_package (self, NULL, option, error);
  guint before = self->known->len;
  if (!add_packages_in (self, option, FALSE, error))
    return FALSE;
  if (self->known->len == before) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "%s: neither a package nor a folder of packages", option);
    return FALSE;
  }
  return TRUE;
}

static gboolean
collect_packages (Loader *self, const char *file, const NfvoLoadOptions *options, GError **error)
{
  const char *const *packages = options != NULL ? options->packages : NULL;
  g_autofree char *folder = g_path_get_dirname (file);
  g_autofree char *below = g_build_filename (folder, "packages", NULL);

  for (guint i = 0; packages != NULL && packages[i] != NULL; i++) {
    if (!add_option (self, packages[i], error)) {
      g_prefix_error (error, "--package: ");
      return FALSE;
    }
  }
  if (options != NULL && options->scripts != NULL) {
    self->scripts = nfvo_package_load_scripts (options->scripts, "scripts", error);
    if (self->scripts == NULL) {
      g_prefix_error (error, "--scripts: ");
      return FALSE;
    }
  }
  return add_packages_in (self, folder, TRUE, NULL) && add_packages_in (self, below, TRUE, NULL);
}

/* ---- matching */

static gboolean
has_identity (JsonNode *vnfd, const char *vendor, const char *name, const char *version)
{
  JsonObject *object = vnfd != NULL ? json_node_get_object (vnfd) : NULL;
  g_autofree char *own_version = vnfm_json_dup_text (object, "version");

  return object != NULL && g_strcmp0 (vnfm_json_get_string (object, "name"), name) == 0 &&
         g_strcmp0 (vnfm_json_get_string (object, "vendor"), vendor) == 0 && g_strcmp0 (own_version, version) == 0;
}

/* "vendor/name/version", or the VNFD's own id. */
static gboolean
is_meant (const Known *known, const char *reference)
{
  g_auto (GStrv) parts = g_strsplit (reference, "/", 4);

  if (known->id != NULL)
    return g_str_equal (known->id, reference);
  if (g_strcmp0 (vnfm_json_get_string (json_node_get_object (known->vnfd), "id"), reference) == 0)
    return TRUE;
  return g_strv_length (parts) == 3 && has_identity (known->vnfd, parts[0], parts[1], parts[2]);
}

/* What --package ID=DIR names comes first, wherever it stands. */
static Known *
find_for_reference (Loader *self, const char *reference)
{
  Known *found = NULL;

  for (guint i = 0; i < self->known->len; i++) {
    Known *known = self->known->pdata[i];
    if (known->vnfd != NULL && is_meant (known, reference) && (found == NULL || known->id != NULL)) {
      found = known;
      if (known->id != NULL)
        break;
    }
  }
  return found;
}

static Known *
find_for_vnf (Loader *self, const NfvoVnf *vnf)
{
  for (guint i = 0; i < self->known->len; i++) {
    Known *known = self->known->pdata[i];
    if (known->id != NULL && g_str_equal (known->id, vnf->name))
      return known;
  }
  for (guint i = 0; i < self->known->len; i++) {
    Known *known = self->known->pdata[i];
    if (known->id == NULL && has_identity (known->vnfd, vnf->vendor, vnf->name, vnf->version))
      return known;
  }
  return NULL;
}

/* VDUs without an image get the package's, as at an NFVO. */
static void
take_images (NfvoVnf *vnf)
{
  JsonArray *vdus = vnfm_json_get_array (vnf->vnfd, "vdu");

  for (guint i = 0; i < vnf->vdus->len; i++) {
    NfvoVdu *vdu = vnf->vdus->pdata[i];
    JsonArray *images = vnfm_json_get_array (json_array_get_object_element (vdus, i), "vm_image");
    if (vdu->images->len > 0)
      continue;
    for (guint j = 0; j < vnf->package->image_names->len; j++) {
      const char *name = vnf->package->image_names->pdata[j];
      g_ptr_array_add (vdu->images, g_strdup (name));
      json_array_add_string_element (images, name);
    }
  }
}

/* Where a package has both, an NFVO takes the link and drops the files. */
static void
take_link (Loader *self, NfvoVnf *vnf)
{
  const char *link = vnf->package->scripts_link;
  g_autofree char *object = g_strdup_printf ("VNF %s", vnf->name);

  if (link == NULL)
    return;
  g_free (vnf->scripts_link);
  vnf->scripts_link = g_strdup (link);
  nfvo_service_tell (self->service, NFVO_HINT, "scripts from git URL", object, "its scripts come from %s", link);
  if (vnf->package->scripts->len > 0)
    nfvo_service_tell (self->service, NFVO_WARNING, "scripts and scripts-link", object,
                       "Metadata.yaml has a scripts-link, so the files of scripts/ are not delivered");
}

static void
attach (Loader *self, NfvoVnf *vnf, NfvoPackage *package)
{
  g_autofree char *object = g_strdup_printf ("VNF %s", vnf->name);

  vnf->package = nfvo_package_ref (package);
  g_clear_pointer (&vnf->scripts_link, g_free); /* the package is what is known of the scripts now */
  take_link (self, vnf);
  take_images (vnf);
  for (guint i = 0; i < package->notes->len; i++)
    nfvo_service_tell (self->service, NFVO_HINT, "package", object, "%s: %s", package->path,
                       (const char *)package->notes->pdata[i]);
}

static void
find_package (Loader *self, NfvoVnf *vnf)
{
  Known *known = vnf->reference != NULL ? find_for_reference (self, vnf->reference) : NULL;

  if (known != NULL)
    nfvo_service_fill_vnf (self->service, vnf, json_node_get_object (known->vnfd));
  if (vnf->vnfd == NULL)
    return;
  if (known == NULL)
    known = find_for_vnf (self, vnf);
  if (known != NULL)
    known->used = TRUE;
  if (known != NULL)
    attach (self, vnf, known->package);
  else if (vnf->package == NULL && self->scripts != NULL)
    attach (self, vnf, self->scripts);
}

static void
tell_unused (Loader *self)
{
  for (guint i = 0; i < self->known->len; i++) {
    const Known *known = self->known->pdata[i];
    if (known->id != NULL && !known->used)
      nfvo_service_tell (self->service, NFVO_WARNING, "package for nobody", NULL, "--package %s=%s: no VNF has that id",
                         known->id, known->package->path);
  }
}

/* ---- the descriptor */

/* nsd.json, or the only JSON file of the folder. Returns: (transfer full) (nullable). */
static char *
find_nsd (const char *folder, GError **error)
{
  g_autofree char *usual = g_build_filename (folder, "nsd.json", NULL);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autofree char *found = NULL;
  const char *name;

  if (g_file_test (usual, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&usual);
  dir = g_dir_open (folder, 0, &cause);
  if (dir == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_STORE, cause->message);
    return NULL;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (name, ".json"))
      continue;
    if (found != NULL) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: it has several JSON files: name the one that is meant",
                   folder);
      return NULL;
    }
    found = g_build_filename (folder, name, NULL);
  }
  if (found == NULL)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "%s: it has no nsd.json and no Metadata.yaml", folder);
  return g_steal_pointer (&found);
}

/* Parses the descriptor that @path means. @package: (out): the package that it lies in, if it is a VNFD of one. */
static NfvoService *
load_descriptor (const char *path, NfvoPackage **package, GError **error)
{
  g_autofree char *file = g_strdup (path);
  g_autofree char *folder = NULL;
  g_autoptr (GBytes) text = NULL;
  NfvoService *service;

  if (nfvo_package_is_package (path)) {
    *package = nfvo_package_load (path, error);
    return *package != NULL ? nfvo_service_parse ((*package)->descriptor_file, (*package)->descriptor, error) : NULL;
  }
  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_free (file);
    file = find_nsd (path, error);
  }
  text = file != NULL ? nfvo_read_file (file, NFVO_MAX_DESCRIPTOR, error) : NULL;
  service = text != NULL ? nfvo_service_parse (file, text, error) : NULL;
  folder = file != NULL ? g_path_get_dirname (file) : NULL;
  if (service == NULL || !g_str_equal (service->kind, "VNFD") || !nfvo_package_is_package (folder))
    return service;
  *package = nfvo_package_load (folder, error);
  if (*package == NULL)
    g_clear_pointer (&service, nfvo_service_free);
  return service;
}

NfvoService *
nfvo_service_load (const char *path, const NfvoLoadOptions *options, GError **error)
{
  g_autoptr (NfvoPackage) package = NULL;
  g_autoptr (NfvoService) service = load_descriptor (path, &package, error);
  Loader loader = { .service = service };

  if (service == NULL)
    return NULL;
  loader.known = g_ptr_array_new_with_free_func (known_free);
  if (package != NULL)
    attach (&loader, service->vnfs->pdata[0], package);
  gboolean good = collect_packages (&loader, service->file, options, error);
  for (guint i = 0; good && i < service->vnfs->len; i++) {
    NfvoVnf *vnf = service->vnfs->pdata[i];
    if (vnf->package == NULL)
      find_package (&loader, vnf);
  }
  tell_unused (&loader);
  g_ptr_array_unref (loader.known);
  g_clear_pointer (&loader.scripts, nfvo_package_unref);
  if (!good)
    return NULL;
  nfvo_service_link (service);
  nfvo_service_check (service);
  return g_steal_pointer (&service);
}
