/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of what the local API tells; local-api.h says what is in them. */
#include "config.h"

#include "core/daemon/api-json.h"

void
api_json_set_text (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
}

void
api_json_set_time (JsonObject *object, const char *name, gint64 time)
{
  g_autofree char *text = time > 0 ? vnfm_clock_format (time) : NULL;

  api_json_set_text (object, name, text);
}

JsonNode *
api_json_node (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

JsonNode *
api_json_array_node (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}

JsonObject *
api_json_transport (const char *leg, const char *name, VnfmTransport *transport)
{
  static const char *const states[] = { "closed", "connecting", "connected" };
  JsonObject *object = json_object_new ();
  const GError *error = vnfm_transport_get_last_error (transport);

  api_json_set_text (object, "leg", leg);
  api_json_set_text (object, "name", name);
  api_json_set_text (object, "state", states[vnfm_transport_get_state (transport)]);
  if (error != NULL)
    api_json_set_text (object, "error", error->message);
  return object;
}

JsonObject *
api_json_count_operations (VnfmEngine *engine)
{
  g_autoptr (GPtrArray) operations = vnfm_engine_get_operations (engine);
  gint64 counts[OPERATION_FINISHED + 1] = { 0 };
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < operations->len; i++)
    counts[((EngineOperation *)g_ptr_array_index (operations, i))->state]++;
  json_object_set_int_member (object, "waiting", counts[OPERATION_QUEUED]);
  json_object_set_int_member (object, "running", counts[OPERATION_RUNNING]);
  json_object_set_int_member (object, "answering", counts[OPERATION_ANSWERING]);
  return object;
}

JsonObject *
api_json_operation (EngineOperation *operation)
{
  Request *request = operation->request;
  g_autofree char *doing = engine_operation_describe (operation);
  JsonObject *object = json_object_new ();

  api_json_set_text (object, "id", request->id);
  api_json_set_text (object, "action", request->action_name);
  api_json_set_text (object, "vnf", request->vnf_name);
  api_json_set_text (object, "type", request->vnf_type);
  api_json_set_text (object, "nsr", request->nsr_id);
  api_json_set_text (object, "vnfr", request->vnfr_id);
  api_json_set_text (object, "state", operation_state_get_nick (operation->state));
  api_json_set_text (object, "stage", engine_operation_get_stage_name (operation));
  api_json_set_text (object, "doing", doing);
  api_json_set_time (object, "received", request->received);
  if (operation->failure != NULL)
    api_json_set_text (object, "error", operation->failure->message);
  return object;
}

JsonObject *
api_json_summary (GBytes *summary)
{
  g_autoptr (JsonNode) node = vnfm_json_parse (summary, NULL);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return json_object_new ();
  JsonObject *object = json_node_dup_object (node);
  json_object_set_string_member (object, "state", operation_state_get_nick (OPERATION_FINISHED));
  return object;
}

void
api_json_add_waits (JsonObject *object, EngineOperation *operation)
{
  g_autoptr (GPtrArray) waits = engine_operation_get_waits (operation);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < waits->len; i++) {
    const Wait *wait = g_ptr_array_index (waits, i);
    JsonObject *member = json_object_new ();
    api_json_set_text (member, "for", wait_kind_get_nick (wait->kind));
    api_json_set_text (member, "what", wait->what);
    api_json_set_text (member, "host", wait->host);
    if (wait->addresses != NULL) {
      JsonArray *addresses = json_array_new ();
      for (char **address = wait->addresses; *address != NULL; address++)
        json_array_add_string_element (addresses, *address);
      json_object_set_array_member (member, "addresses", addresses);
    }
    api_json_set_time (member, "allocated", wait->allocated);
    api_json_set_time (member, "since", wait->since);
    api_json_set_text (member, "state", wait->state);
    api_json_set_text (member, "output", wait->output);
    json_array_add_object_element (array, member);
  }
  json_object_set_array_member (object, "waits", array);
}
