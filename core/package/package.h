/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* A folder is a package if it has a Metadata.yaml; so is a tar archive, plain or packed with gzip. Limits on what is
 * read from it: */
#define NFVO_MAX_DESCRIPTOR (8 * 1024 * 1024)
#define NFVO_MAX_METADATA   (256 * 1024)
#define NFVO_MAX_SCRIPT     (8 * 1024 * 1024)
#define NFVO_MAX_SCRIPTS    (16 * 1024 * 1024)
#define NFVO_MAX_FILES      1000
/* Of an archive, with what is not read from it (images): its entries, and their bytes unpacked. */
#define NFVO_MAX_ENTRIES 4000
#define NFVO_MAX_ARCHIVE (2 * (gint64)1024 * 1024 * 1024)

/**
 * NfvoPackage:
 * @path: the folder or archive
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
 * @not_executable: (element-type utf8): those of @scripts that are not
 * @left_out: (element-type utf8): what else stands beside the descriptor, neither read nor delivered
 * @bytes: of all @scripts
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
  GPtrArray *not_executable;
  GPtrArray *left_out;
  gsize bytes;
  GPtrArray *notes;
} NfvoPackage;

/* Whether it looks like a package: a folder with a Metadata.yaml, or a tar archive. */
gboolean nfvo_package_is_package (const char *path);
/* Errors, prefixed with the path: VNFM_ERROR_STORE, VNFM_ERROR_INVALID (Metadata.yaml with its line; a file that leads
 * out of the package; two descriptors), VNFM_ERROR_LIMIT, VNFM_ERROR_NOT_SUPPORTED (TOSCA, other archives). */
NfvoPackage *nfvo_package_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A folder of scripts without metadata and descriptor, called @name. */
NfvoPackage *nfvo_package_load_scripts (const char *path, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
NfvoPackage *nfvo_package_ref (NfvoPackage *self);
void nfvo_package_unref (NfvoPackage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoPackage, nfvo_package_unref)

/* Returns: (nullable): borrowed. */
GBytes *nfvo_package_find_script (NfvoPackage *self, const char *name);
/* Where a script of the package lies. Returns: (transfer full). */
char *nfvo_package_dup_script_path (NfvoPackage *self, const char *name);
gboolean nfvo_package_has_script (NfvoPackage *self, const char *name);
/* Reads a file of at most @limit bytes; nothing but a regular file. Errors: VNFM_ERROR_STORE, VNFM_ERROR_LIMIT. */
GBytes *nfvo_read_file (const char *path, gsize limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
