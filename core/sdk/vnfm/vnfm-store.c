/* SPDX-License-Identifier: Apache-2.0 */
/* A batch is a list of changes that nobody looks into until a store applies them. The class is its vfuncs and the
 * checks in front of them. */
#include "config.h"

#include <vnfm/vnfm-store.h>

struct _VnfmStoreBatch {
  GArray *ops;
};

G_DEFINE_ABSTRACT_TYPE (VnfmStore, vnfm_store, VNFM_TYPE_EXTENSION)

static void
clear_op (gpointer data)
{
  VnfmStoreOp *op = data;

  g_free (op->space);
  g_free (op->key);
  g_clear_pointer (&op->value, g_bytes_unref);
}

VnfmStoreBatch *
vnfm_store_batch_new (void)
{
  VnfmStoreBatch *self = g_new0 (VnfmStoreBatch, 1);

  self->ops = g_array_new (FALSE, FALSE, sizeof (VnfmStoreOp));
  g_array_set_clear_func (self->ops, clear_op);
  return self;
}

void
vnfm_store_batch_free (VnfmStoreBatch *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->ops);
  g_free (self);
}

static void
append (VnfmStoreBatch *self, const char *space, const char *key, GBytes *value, gboolean prefix)
{
  VnfmStoreOp op = {
    .space = g_strdup (space),
    .key = g_strdup (key),
    .value = value != NULL ? g_bytes_ref (value) : NULL,
    .prefix = prefix,
  };

  g_array_append_val (self->ops, op);
}

void
vnfm_store_batch_put (VnfmStoreBatch *self, const char *space, const char *key, GBytes *value)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (space != NULL && *space != '\0');
  g_return_if_fail (key != NULL);
  g_return_if_fail (value != NULL);
  append (self, space, key, value, FALSE);
}

void
vnfm_store_batch_delete (VnfmStoreBatch *self, const char *space, const char *key)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (space != NULL && *space != '\0');
  g_return_if_fail (key != NULL);
  append (self, space, key, NULL, FALSE);
}

void
vnfm_store_batch_delete_prefix (VnfmStoreBatch *self, const char *space, const char *prefix)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (space != NULL && *space != '\0');
  g_return_if_fail (prefix != NULL);
  append (self, space, prefix, NULL, TRUE);
}

guint
vnfm_store_batch_get_length (VnfmStoreBatch *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->ops->len;
}

const VnfmStoreOp *
vnfm_store_batch_get_ops (VnfmStoreBatch *self, guint *length)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (length != NULL, NULL);
  *length = self->ops->len;
  return (const VnfmStoreOp *)(gpointer)self->ops->data;
}

void
vnfm_store_item_free (VnfmStoreItem *item)
{
  if (item == NULL)
    return;
  g_free (item->key);
  g_clear_pointer (&item->value, g_bytes_unref);
  g_free (item);
}

static void
vnfm_store_class_init (VnfmStoreClass *klass)
{
}

static void
vnfm_store_init (VnfmStore *self)
{
}

void
vnfm_store_load_async (VnfmStore *self, const char *space, const char *prefix, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_STORE (self));
  g_return_if_fail (space != NULL && *space != '\0');
  g_return_if_fail (prefix != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  VNFM_STORE_GET_CLASS (self)->load_async (self, space, prefix, cancellable, callback, user_data);
}

GPtrArray *
vnfm_store_load_finish (VnfmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_STORE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  return VNFM_STORE_GET_CLASS (self)->load_finish (self, result, error);
}

void
vnfm_store_commit_async (VnfmStore *self, VnfmStoreBatch *batch, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_STORE (self));
  g_return_if_fail (batch != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  VNFM_STORE_GET_CLASS (self)->commit_async (self, batch, cancellable, callback, user_data);
}

gboolean
vnfm_store_commit_finish (VnfmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_STORE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return VNFM_STORE_GET_CLASS (self)->commit_finish (self, result, error);
}

char *
vnfm_store_describe (VnfmStore *self)
{
  g_return_val_if_fail (VNFM_IS_STORE (self), NULL);

  VnfmStoreClass *klass = VNFM_STORE_GET_CLASS (self);
  return klass->describe != NULL ? klass->describe (self) : NULL;
}
