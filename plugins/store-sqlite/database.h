/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-store.h>

G_BEGIN_DECLS

/* The file: rows of (space, key, value), each with a sequence number and a checksum. Used by one thread at a time. All
 * errors are VNFM_ERROR_STORE and name the file. */
typedef struct _Database Database;

/* The schema that this program reads and writes. */
#define DATABASE_VERSION 1

/* Opens or makes the file (mode 0600). @synchronous: a commit is on the disk, not only with the kernel. */
Database *database_open (const char *path, gboolean synchronous, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void database_close (Database *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Database, database_close)
const char *database_get_path (Database *self);

/* One transaction: begin, any number of apply, then commit, which returns when all is on the disk. Whichever fails
 * takes the whole transaction back. */
gboolean database_begin (Database *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean database_apply (Database *self, VnfmStoreBatch *batch, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean database_commit (Database *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The rows of @space whose key begins with @prefix, in order of keys. A damaged one is an error that names it.
 * Returns: (transfer full) (element-type VnfmStoreItem). */
GPtrArray *database_load (Database *self, const char *space, const char *prefix,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Reads every row: a damaged key may hide a row from a load. */
gboolean database_verify (Database *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Moves what the write-ahead log has gathered into the file, if that is much. */
void database_tidy (Database *self);

G_END_DECLS
