/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* A folder is a package if it has a Metadata.yaml. Limits on what is read from it: */
#define NFVO_MAX_DESCRIPTOR (8 * 1024 * 1024)
#define NFVO_MAX_METADATA   (256 * 1024)
#define NFVO_MAX_SCRIPT     (8 * 1024 * 1024)
#define NFVO_MAX_SCRIPTS    (16 * 1024 * 1024)
#define NFVO_MAX_FILES      1000

/**
 * NfvoPackage:
 * @path: the folder
 * @name: of Metadata.yaml, or the folder's name
 * @vendor: (nullable): "vendor" or "provider"
 * @version: (nullable)
 * @description: (nullable)
 * @nfvo_version: (nullable)
 * @scripts_link: (nullable): git URL, not fetched
 * @image_names: (element-type utf8): for VDUs that name no image
 * @vim_types: (element-type utf8)
 * @descriptor_file: (nullable): path of the VNFD; NULL: a folder of scripts only
 * @descriptor: (nullable): its text
 * @scripts: (element-type VnfmScript): all files below scripts/, by name
 * @notes: (element-type utf8): what is odd about the package, one line each
 */
typedef struct {
  gatomicrefcount references;
  char *path;
  char *name;
  char *vendor;
  char *version;
  char *description;
  char *nfvo_version;
  char *scripts_link;
  GPtrArray *image_names;
  GPtrArray *vim_types;
  char *descriptor_file;
  GBytes *descriptor;
  GPtrArray *scripts;
  GPtrArray *notes;
} NfvoPackage;

/* Whether the folder looks like a package: it has a Metadata.yaml. */
gboolean nfvo_package_is_package (const char *path);
/* Errors, prefixed with the path: VNFM_ERROR_STORE, VNFM_ERROR_INVALID (Metadata.yaml with its line; a file that leads
 * out of the package; two descriptors), VNFM_ERROR_LIMIT, VNFM_ERROR_NOT_SUPPORTED (TOSCA, archives). */
NfvoPackage *nfvo_package_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A folder of scripts without metadata and descriptor, called @name. */
NfvoPackage *nfvo_package_load_scripts (const char *path, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
NfvoPackage *nfvo_package_ref (NfvoPackage *self);
void nfvo_package_unref (NfvoPackage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoPackage, nfvo_package_unref)

gboolean nfvo_package_has_script (NfvoPackage *self, const char *name);
/* Reads a file of at most @limit bytes; nothing but a regular file. Errors: VNFM_ERROR_STORE, VNFM_ERROR_LIMIT. */
GBytes *nfvo_read_file (const char *path, gsize limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
