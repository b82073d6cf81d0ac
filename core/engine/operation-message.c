/* SPDX-License-Identifier: Apache-2.0 */
/* The NFVO's message of an operation: dropped while the operation waits, brought back from the journal when something
 * is done with it. */
#include "config.h"

#include "core/engine/operation-private.h"

static void
loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  EngineOperation *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) items = journal_load_finish (vnfm_engine_get_journal (self->engine), result, &error);

  if (items != NULL && items->len == 0)
    g_set_error (&error, VNFM_ERROR, VNFM_ERROR_STORE, "the journal has lost the request's body");
  if (error == NULL) {
    VnfmStoreItem *item = g_ptr_array_index (items, 0);
    g_clear_pointer (&self->message, vnfm_message_unref);
    self->message = vnfm_message_decode (item->value, &error);
  }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
engine_operation_need_message_async (EngineOperation *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *key = NULL;

  if (self->message != NULL) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  key = g_strconcat (self->request->id, "/request", NULL);
  journal_load_async (vnfm_engine_get_journal (self->engine), "op", key, loaded, task);
}

gboolean
engine_operation_need_message_finish (EngineOperation *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
