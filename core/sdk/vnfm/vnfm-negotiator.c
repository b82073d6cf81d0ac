/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about resources, and how their answers stand in the journal. */
#include "config.h"

#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-negotiator.h>

#include <string.h>

G_DEFINE_ABSTRACT_TYPE (VnfmNegotiator, vnfm_negotiator, VNFM_TYPE_EXTENSION)

static void
vnfm_negotiator_class_init (VnfmNegotiatorClass *klass)
{
}

static void
vnfm_negotiator_init (VnfmNegotiator *self)
{
}

void
vnfm_resources_free (VnfmResources *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->record, vnfm_record_unref);
  g_clear_pointer (&self->placement, g_bytes_unref);
  g_clear_pointer (&self->delivery, vnfm_envelope_unref);
  g_free (self->refusal);
  g_free (self);
}

/* Texts are kept as strings: the record's must come back byte for byte. */
static void
set_text (JsonObject *object, const char *name, GBytes *text)
{
  if (text == NULL)
    return;
  gsize length = 0;
  const char *data = g_bytes_get_data (text, &length);
  g_autofree char *string = g_strndup (data, length);
  json_object_set_string_member (object, name, string);
}

static GBytes *
get_text (JsonObject *object, const char *name)
{
  const char *text = vnfm_json_get_string (object, name);

  return text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
}

JsonNode *
vnfm_resources_to_json (VnfmResources *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  JsonObject *object = json_object_new ();
  set_text (object, "record", self->record != NULL ? vnfm_record_get_text (self->record) : NULL);
  set_text (object, "placement", self->placement);
  if (self->refusal != NULL)
    json_object_set_string_member (object, "refusal", self->refusal);
  if (self->withdrawn)
    json_object_set_boolean_member (object, "withdrawn", TRUE);

  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return node;
}

VnfmResources *
vnfm_resources_from_json (JsonNode *node, GError **error)
{
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (object == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the journaled answer is no JSON object");
    return NULL;
  }
  g_autoptr (VnfmResources) self = g_new0 (VnfmResources, 1);
  g_autoptr (GBytes) text = get_text (object, "record");
  if (text != NULL && (self->record = vnfm_record_new (text, error)) == NULL) {
    g_prefix_error (error, "the journaled answer's VNFR: ");
    return NULL;
  }
  self->placement = get_text (object, "placement");
  self->refusal = g_strdup (vnfm_json_get_string (object, "refusal"));
  self->withdrawn = vnfm_json_get_boolean (object, "withdrawn", FALSE);
  return g_steal_pointer (&self);
}

void
vnfm_negotiator_grant_async (VnfmNegotiator *self, VnfmOperation *operation, const char *step_id, gboolean attach,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_NEGOTIATOR (self));
  g_return_if_fail (VNFM_IS_OPERATION (operation) && step_id != NULL);

  VnfmNegotiatorClass *klass = VNFM_NEGOTIATOR_GET_CLASS (self);
  if (klass->grant_async != NULL)
    klass->grant_async (self, operation, step_id, attach, cancellable, callback, user_data);
  else
    g_task_report_new_error (self, callback, user_data, vnfm_negotiator_grant_async, VNFM_ERROR,
                             VNFM_ERROR_NOT_SUPPORTED, "%s cannot ask for a grant", G_OBJECT_TYPE_NAME (self));
}

VnfmResources *
vnfm_negotiator_grant_finish (VnfmNegotiator *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_NEGOTIATOR (self), NULL);

  if (g_async_result_is_tagged (result, vnfm_negotiator_grant_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  return VNFM_NEGOTIATOR_GET_CLASS (self)->grant_finish (self, result, error);
}

void
vnfm_negotiator_allocate_async (VnfmNegotiator *self, VnfmOperation *operation, GBytes *placement, const char *step_id,
                                gboolean attach, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (VNFM_IS_NEGOTIATOR (self));
  g_return_if_fail (VNFM_IS_OPERATION (operation) && step_id != NULL);

  VnfmNegotiatorClass *klass = VNFM_NEGOTIATOR_GET_CLASS (self);
  if (klass->allocate_async != NULL)
    klass->allocate_async (self, operation, placement, step_id, attach, cancellable, callback, user_data);
  else
    g_task_report_new_error (self, callback, user_data, vnfm_negotiator_allocate_async, VNFM_ERROR,
                             VNFM_ERROR_NOT_SUPPORTED, "%s cannot allocate", G_OBJECT_TYPE_NAME (self));
}

VnfmResources *
vnfm_negotiator_allocate_finish (VnfmNegotiator *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_NEGOTIATOR (self), NULL);

  if (g_async_result_is_tagged (result, vnfm_negotiator_allocate_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  return VNFM_NEGOTIATOR_GET_CLASS (self)->allocate_finish (self, result, error);
}

void
vnfm_negotiator_scale_async (VnfmNegotiator *self, VnfmOperation *operation, const char *step_id, gboolean attach,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_NEGOTIATOR (self));
  g_return_if_fail (VNFM_IS_OPERATION (operation) && step_id != NULL);

  VnfmNegotiatorClass *klass = VNFM_NEGOTIATOR_GET_CLASS (self);
  if (klass->scale_async != NULL)
    klass->scale_async (self, operation, step_id, attach, cancellable, callback, user_data);
  else
    g_task_report_new_error (self, callback, user_data, vnfm_negotiator_scale_async, VNFM_ERROR,
                             VNFM_ERROR_NOT_SUPPORTED, "%s cannot ask for another instance", G_OBJECT_TYPE_NAME (self));
}

VnfmResources *
vnfm_negotiator_scale_finish (VnfmNegotiator *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_NEGOTIATOR (self), NULL);

  if (g_async_result_is_tagged (result, vnfm_negotiator_scale_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  return VNFM_NEGOTIATOR_GET_CLASS (self)->scale_finish (self, result, error);
}

void
vnfm_negotiator_release (VnfmNegotiator *self, VnfmOperation *operation)
{
  g_return_if_fail (VNFM_IS_NEGOTIATOR (self));

  VnfmNegotiatorClass *klass = VNFM_NEGOTIATOR_GET_CLASS (self);
  if (klass->release != NULL)
    klass->release (self, operation);
}

gboolean
vnfm_negotiator_wants_allocation (VnfmNegotiator *self, VnfmOperation *operation)
{
  g_return_val_if_fail (VNFM_IS_NEGOTIATOR (self), FALSE);

  VnfmNegotiatorClass *klass = VNFM_NEGOTIATOR_GET_CLASS (self);
  return klass->wants_allocation == NULL || klass->wants_allocation (self, operation);
}
