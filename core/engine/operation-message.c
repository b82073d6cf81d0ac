/* SPDX-License-Identifier: Apache-2.0 */
/* The NFVO's message of an operation: dropped while the operation waits, brought back from the journal when something
 * is done with it. And what an operation waits for, in words. */
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

static void
append_awaited (EngineOperation *self, GString *out)
{
  for (guint i = 0; i < self->awaited->len; i++) {
    VnfmVnfc *vnfc = g_ptr_array_index (self->awaited, i);
    g_autofree char *state = vnfm_ems_describe (vnfm_operation_get_ems (VNFM_OPERATION (self)), vnfc);

    g_string_append_printf (out, "%smachine %s (", i > 0 ? "; " : "waits for ", vnfc->hostname);
    for (guint j = 0; j < vnfc->ips->len; j++) {
      VnfmAddress *address = g_ptr_array_index (vnfc->ips, j);
      g_string_append_printf (out, "%s%s %s", j > 0 ? ", " : "", address->network, address->address);
    }
    g_string_append_printf (out, "): %s", state);
  }
}

static void
append_running (EngineOperation *self, GString *out)
{
  if (self->question_open)
    g_string_append (out, "waits for the NFVO's answer");
  else if (self->awaited != NULL && self->awaited->len > 0)
    append_awaited (self, out);
  else
    g_string_append (out, self->progress != NULL ? self->progress : engine_operation_get_stage_name (self));
  if (self->tail != NULL && self->tail->len > 0)
    g_string_append_printf (out, "; it wrote last: %s", self->tail->str);
}

char *
engine_operation_describe (EngineOperation *self)
{
  GString *out = g_string_new (NULL);

  switch (self->state) {
  case OPERATION_QUEUED:
    g_string_append (out, "waits for an earlier operation of its VNF");
    break;
  case OPERATION_RUNNING:
    append_running (self, out);
    break;
  case OPERATION_ANSWERING:
    g_string_append (out, "its answer waits for the NFVO to take it");
    if (self->undelivered != NULL)
      g_string_append_printf (out, ": %s", self->undelivered);
    break;
  case OPERATION_FINISHED:
    g_string_append (out, "finished");
    break;
  }
  return g_string_free (out, FALSE);
}
