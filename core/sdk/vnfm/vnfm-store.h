/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-extension.h>

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VnfmStoreItem:
 * @key: unique in its space
 * @value: the bytes
 */
typedef struct {
  char *key;
  GBytes *value;
} VnfmStoreItem;

/**
 * VnfmStoreBatch:
 *
 * Changes that become durable together or not at all. Each names a space (one for each user: "journal", a plugin's
 * name) and a key. Made, filled, handed to vnfm_store_commit_async().
 */
typedef struct _VnfmStoreBatch VnfmStoreBatch;

VnfmStoreBatch *vnfm_store_batch_new (void);
void vnfm_store_batch_free (VnfmStoreBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmStoreBatch, vnfm_store_batch_free)
void vnfm_store_batch_put (VnfmStoreBatch *self, const char *space, const char *key, GBytes *value);
void vnfm_store_batch_delete (VnfmStoreBatch *self, const char *space, const char *key);
/* Deletes all keys that begin with @prefix. */
void vnfm_store_batch_delete_prefix (VnfmStoreBatch *self, const char *space, const char *prefix);
guint vnfm_store_batch_get_length (VnfmStoreBatch *self);

/**
 * VnfmStoreOp:
 * @value: NULL for a deletion
 * @prefix: the deletion is of all keys that begin with @key
 */
typedef struct {
  char *space;
  char *key;
  GBytes *value;
  gboolean prefix;
} VnfmStoreOp;
/* For stores: the changes in order. */
const VnfmStoreOp *vnfm_store_batch_get_ops (VnfmStoreBatch *self, guint *length);

/**
 * VnfmStore:
 *
 * Durable key-value spaces under the journal. commit completes when the batch is on stable storage; commits complete in
 * the order in which they were asked for, and a later one never becomes durable without the earlier.
 */
#define VNFM_TYPE_STORE (vnfm_store_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmStore, vnfm_store, VNFM, STORE, VnfmExtension)

/**
 * VnfmStoreClass:
 * @load_async: all items of @space whose key begins with @prefix ("" for all), sorted by key; sees every commit that
 *   was asked for before it
 * @load_finish: Returns: (element-type VnfmStoreItem) (transfer full)
 * @commit_async: see above; takes a reference to nothing: @batch is the store's from here on
 * @describe: (nullable): one line for the operator (path, schema version, size)
 *
 * Errors: VNFM_ERROR_STORE. A store's start opens the file, checks its schema version and takes its lock: one owner.
 */
struct _VnfmStoreClass {
  VnfmExtensionClass parent_class;

  void (*load_async) (VnfmStore *self, const char *space, const char *prefix, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data);
  GPtrArray *(*load_finish) (VnfmStore *self, GAsyncResult *result, GError **error);
  void (*commit_async) (VnfmStore *self, VnfmStoreBatch *batch, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*commit_finish) (VnfmStore *self, GAsyncResult *result, GError **error);
  char *(*describe) (VnfmStore *self);

  gpointer reserved[8];
};

void vnfm_store_load_async (VnfmStore *self, const char *space, const char *prefix, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *vnfm_store_load_finish (VnfmStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @batch: (transfer full). */
void vnfm_store_commit_async (VnfmStore *self, VnfmStoreBatch *batch, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_store_commit_finish (VnfmStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *vnfm_store_describe (VnfmStore *self);
void vnfm_store_item_free (VnfmStoreItem *item);

G_END_DECLS
