/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

typedef enum {
  NFVO_ENTRY_FILE,
  NFVO_ENTRY_FOLDER,
  NFVO_ENTRY_LINK,
} NfvoEntryKind;

/**
 * NfvoEntry:
 * @path: from the top of the archive, without "." and ".."
 * @target: (nullable): of a link: where it leads, as a path from the top
 * @content: (nullable): of a file; NULL: it was passed over
 */
typedef struct {
  NfvoEntryKind kind;
  char *path;
  char *target;
  GBytes *content;
  gboolean executable;
} NfvoEntry;

/* Whether the content of @path is wanted, and, if so, up to which size. 0: it is passed over. */
typedef gsize (*NfvoWantedFunc) (const char *path);

/* A tar archive, plain or packed with gzip, read into memory; nothing is unpacked onto a disk. Of several entries of
 * one path the last counts, as when tar unpacks it.
 * Returns: (transfer full): path -> NfvoEntry. Errors, prefixed with @file: VNFM_ERROR_STORE, VNFM_ERROR_NOT_SUPPORTED
 * (not an archive of this sort), VNFM_ERROR_INVALID (damaged or cut; paths or links that lead out; devices),
 * VNFM_ERROR_LIMIT. */
GHashTable *nfvo_archive_read (const char *file, NfvoWantedFunc wanted, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a file is an archive, by its first bytes, or its name. */
gboolean nfvo_archive_is_archive (const char *file);
/* Whether the last block is one of zeros, as at the end of each complete archive; TRUE for one that is packed. */
gboolean nfvo_archive_has_end (const char *file);

G_END_DECLS
