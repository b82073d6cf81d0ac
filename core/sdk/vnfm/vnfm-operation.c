/* SPDX-License-Identifier: Apache-2.0 */
/* An operation as extensions see it. The engine's subclass does the work. */
#include "config.h"

#include <vnfm/vnfm-operation.h>

G_DEFINE_ABSTRACT_TYPE (VnfmOperation, vnfm_operation, G_TYPE_OBJECT)

static void
vnfm_operation_class_init (VnfmOperationClass *klass)
{
}

static void
vnfm_operation_init (VnfmOperation *self)
{
}

const char *
vnfm_operation_get_id (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  return VNFM_OPERATION_GET_CLASS (self)->get_id (self);
}

VnfmAction
vnfm_operation_get_action (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), VNFM_ACTION_NONE);
  return VNFM_OPERATION_GET_CLASS (self)->get_action (self);
}

VnfmEvent
vnfm_operation_get_event (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), VNFM_EVENT_NONE);
  return VNFM_OPERATION_GET_CLASS (self)->get_event (self);
}

VnfmRecord *
vnfm_operation_get_record (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  return VNFM_OPERATION_GET_CLASS (self)->get_record (self);
}

void
vnfm_operation_set_record (VnfmOperation *self, VnfmRecord *record)
{
  g_return_if_fail (VNFM_IS_OPERATION (self));
  g_return_if_fail (record != NULL);
  VNFM_OPERATION_GET_CLASS (self)->set_record (self, record);
}

VnfmMessage *
vnfm_operation_get_request (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  return VNFM_OPERATION_GET_CLASS (self)->get_request (self);
}

VnfmDependency *
vnfm_operation_get_dependency (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  return VNFM_OPERATION_GET_CLASS (self)->get_dependency (self);
}

GPtrArray *
vnfm_operation_get_vnfcs (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  return VNFM_OPERATION_GET_CLASS (self)->get_vnfcs (self);
}

VnfmEms *
vnfm_operation_get_ems (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  return VNFM_OPERATION_GET_CLASS (self)->get_ems (self);
}

VnfmProfile *
vnfm_operation_get_profile (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  return VNFM_OPERATION_GET_CLASS (self)->get_profile (self);
}

GCancellable *
vnfm_operation_get_cancellable (VnfmOperation *self)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  return VNFM_OPERATION_GET_CLASS (self)->get_cancellable (self);
}

void
vnfm_operation_set_progress (VnfmOperation *self, const char *text)
{
  g_return_if_fail (VNFM_IS_OPERATION (self));
  VNFM_OPERATION_GET_CLASS (self)->set_progress (self, text);
}

void
vnfm_operation_set_step_progress (VnfmOperation *self, const char *step_id, VnfmVnfc *vnfc, const char *what)
{
  g_return_if_fail (VNFM_IS_OPERATION (self));
  g_return_if_fail (step_id != NULL && vnfc != NULL);

  VnfmOperationClass *klass = VNFM_OPERATION_GET_CLASS (self);
  if (klass->set_step_progress != NULL)
    klass->set_step_progress (self, step_id, vnfc, what);
}

void
vnfm_operation_log_script (VnfmOperation *self, VnfmVnfc *vnfc, const char *script, const VnfmScriptResult *result)
{
  g_return_if_fail (VNFM_IS_OPERATION (self));

  VnfmOperationClass *klass = VNFM_OPERATION_GET_CLASS (self);
  if (klass->log_script != NULL)
    klass->log_script (self, vnfc, script, result);
}

VnfmDeferral *
vnfm_operation_defer (VnfmOperation *self, const char *name, gint64 limit)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  return VNFM_OPERATION_GET_CLASS (self)->defer (self, name, limit);
}

void
vnfm_deferral_complete (VnfmDeferral *deferral)
{
  g_return_if_fail (deferral != NULL);
  VNFM_OPERATION_GET_CLASS (deferral->operation)->settle (deferral, NULL);
}

void
vnfm_deferral_fail (VnfmDeferral *deferral, GError *error)
{
  g_return_if_fail (deferral != NULL);
  g_return_if_fail (error != NULL);
  VNFM_OPERATION_GET_CLASS (deferral->operation)->settle (deferral, error);
}

void
vnfm_operation_step_begin_async (VnfmOperation *self, const char *name, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_OPERATION (self));
  g_return_if_fail (name != NULL);
  VNFM_OPERATION_GET_CLASS (self)->step_begin_async (self, name, cancellable, callback, user_data);
}

gboolean
vnfm_operation_step_begin_finish (VnfmOperation *self, GAsyncResult *result, VnfmStepState *state, char **step_id,
                                  JsonNode **outcome, GError **error)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), FALSE);
  return VNFM_OPERATION_GET_CLASS (self)->step_begin_finish (self, result, state, step_id, outcome, error);
}

void
vnfm_operation_step_end_async (VnfmOperation *self, const char *step_id, JsonNode *outcome, VnfmEnvelope *delivery,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_OPERATION (self));
  g_return_if_fail (step_id != NULL && outcome != NULL);
  VNFM_OPERATION_GET_CLASS (self)->step_end_async (self, step_id, outcome, delivery, cancellable, callback, user_data);
}

gboolean
vnfm_operation_step_end_finish (VnfmOperation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_OPERATION (self), FALSE);
  return VNFM_OPERATION_GET_CLASS (self)->step_end_finish (self, result, error);
}
