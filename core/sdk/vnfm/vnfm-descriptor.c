/* SPDX-License-Identifier: Apache-2.0 */
/* VNFD -> VNFR: tables say which members each entity keeps, functions what is computed. protocol/openbaton.md, C.2. */
#include "config.h"

#include <vnfm/vnfm-descriptor.h>

#include "vnfm-descriptor-request.h"
#include "vnfm-json-copy.h"

static const CopyField record_fields[] = {
  { "name", COPY_TEXT },
  { "type", COPY_TEXT },
  { "vendor", COPY_TEXT },
  { "version", COPY_TEXT },
  { "cyclicDependency", COPY_BOOLEAN },
  { "monitoring_parameter", COPY_TEXTS },
  { NULL, 0 },
};

static const CopyField vdu_fields[] = {
  { "name", COPY_TEXT },
  { "hostname", COPY_TEXT },
  { "computation_requirement", COPY_TEXT },
  { "scale_in_out", COPY_INT },
  { "vdu_constraint", COPY_TEXT },
  { "virtual_network_bandwidth_resource", COPY_TEXT },
  { "virtual_memory_resource_element", COPY_TEXT },
  { "vm_image", COPY_TEXTS },
  { "monitoring_parameter", COPY_TEXTS },
  { NULL, 0 },
};

static const CopyField connection_point_fields[] = {
  { "virtual_link_reference", COPY_TEXT },
  { "virtual_link_reference_id", COPY_TEXT },
  { "chosenPool", COPY_TEXT },
  { "type", COPY_TEXT },
  { "floatingIp", COPY_TEXT },
  { "fixedIp", COPY_TEXT },
  { "interfaceId", COPY_INT },
  { "metadata", COPY_MAP },
  { NULL, 0 },
};

static const CopyField high_availability_fields[] = {
  { "resiliencyLevel", COPY_TEXT },
  { "redundancyScheme", COPY_TEXT },
  { NULL, 0 },
};

static const CopyField fault_policy_fields[] = {
  { "name", COPY_TEXT },   { "isVNFAlarm", COPY_BOOLEAN }, { "period", COPY_INT },
  { "action", COPY_TEXT }, { "severity", COPY_TEXT },      { NULL, 0 },
};

static const CopyField criterion_fields[] = {
  { "name", COPY_TEXT },
  { "parameter_ref", COPY_TEXT },
  { "function", COPY_TEXT },
  { "vnfc_selector", COPY_TEXT },
  { "comparison_operator", COPY_TEXT },
  { "threshold", COPY_TEXT },
  { NULL, 0 },
};

static const CopyField scale_policy_fields[] = {
  { "name", COPY_TEXT },
  { "threshold", COPY_NUMBER },
  { "comparisonOperator", COPY_TEXT },
  { "period", COPY_INT },
  { "cooldown", COPY_INT },
  { "mode", COPY_TEXT },
  { "type", COPY_TEXT },
  { NULL, 0 },
};

static const CopyField alarm_fields[] = {
  { "metric", COPY_TEXT },      { "statistic", COPY_TEXT }, { "comparisonOperator", COPY_TEXT },
  { "threshold", COPY_NUMBER }, { "weight", COPY_NUMBER },  { NULL, 0 },
};

static const CopyField scale_action_fields[] = {
  { "type", COPY_TEXT },
  { "value", COPY_TEXT },
  { "target", COPY_TEXT },
  { NULL, 0 },
};

static const CopyField virtual_link_fields[] = {
  { "name", COPY_TEXT },
  { "cidr", COPY_TEXT },
  { "leaf_requirement", COPY_TEXT },
  { "root_requirement", COPY_TEXT },
  { "connectivity_type", COPY_TEXT },
  { "connection_points_references", COPY_TEXTS },
  { "qos", COPY_TEXTS },
  { "test_access", COPY_TEXTS },
  { NULL, 0 },
};

static const CopyField parameter_fields[] = {
  { "confKey", COPY_TEXT },
  { "value", COPY_TEXT },
  { NULL, 0 },
};

static const CopyField no_fields[] = { { NULL, 0 } };

/* ---- lifecycle events, parameters */

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

/* A known event gets the one name that the NFVO knows for it. */
static void
add_event (JsonObject *to, JsonObject *from, G_GNUC_UNUSED gpointer user_data)
{
  const char *name = vnfm_json_get_string (from, "event");
  VnfmEvent event = vnfm_event_from_nick (name);

  set_text (to, "event", event != VNFM_EVENT_NONE ? vnfm_event_get_nick (event) : name);
  json_object_set_array_member (to, "lifecycle_events", json_copy_texts (from, "lifecycle_events"));
}

static JsonArray *
copy_lifecycle_events (JsonObject *from)
{
  return json_copy_entities (vnfm_json_get_array (from, "lifecycle_event"), no_fields, add_event, NULL);
}

static JsonObject *
new_configuration (const char *name, JsonArray *parameters)
{
  JsonObject *configuration = json_new_entity ();

  set_text (configuration, "name", name);
  json_object_set_array_member (configuration, "configurationParameters", parameters);
  return configuration;
}

static JsonObject *
copy_configurations (JsonObject *vnfd)
{
  JsonObject *from = vnfm_json_get_object (vnfd, "configurations");
  const char *name = vnfm_json_get_string (from, "name");
  JsonArray *parameters = vnfm_json_get_array (from, "configurationParameters");

  return new_configuration (name != NULL ? name : vnfm_json_get_string (vnfd, "name"),
                            json_copy_entities (parameters, parameter_fields, NULL, NULL));
}

/* Adds a parameter without a value for each of @keys (taken). */
static void
add_keys (JsonArray *parameters, JsonArray *keys)
{
  for (guint i = 0; i < json_array_get_length (keys); i++) {
    JsonObject *parameter = json_new_entity ();
    json_object_set_string_member (parameter, "confKey", json_array_get_string_element (keys, i));
    json_array_add_object_element (parameters, parameter);
  }
  json_array_unref (keys);
}

static JsonObject *
copy_requires (JsonObject *vnfd)
{
  JsonArray *parameters = json_array_new ();
  JsonObject *requires = vnfm_json_get_object (vnfd, "requires");
  JsonObjectIter iter;
  const char *source;

  if (requires != NULL) {
    json_object_iter_init_ordered (&iter, requires);
    while (json_object_iter_next_ordered (&iter, &source, NULL))
      add_keys (parameters, json_copy_texts (vnfm_json_get_object (requires, source), "parameters"));
  }
  return new_configuration ("requires", parameters);
}

static JsonObject *
copy_provides (JsonObject *vnfd)
{
  JsonArray *parameters = json_array_new ();

  add_keys (parameters, json_copy_texts (vnfd, "provides"));
  return new_configuration ("provides", parameters);
}

/* ---- policies */

static void
add_criteria (JsonObject *to, JsonObject *from, G_GNUC_UNUSED gpointer user_data)
{
  json_object_set_array_member (
      to, "criteria", json_copy_entities (vnfm_json_get_array (from, "criteria"), criterion_fields, NULL, NULL));
}

static void
default_target (JsonObject *to, G_GNUC_UNUSED JsonObject *from, gpointer vnf_type)
{
  const char *target = vnfm_json_get_string (to, "target");

  if (target == NULL || target[0] == '\0')
    set_text (to, "target", vnf_type);
}

static void
add_alarms_and_actions (JsonObject *to, JsonObject *from, gpointer vnf_type)
{
  JsonArray *alarms = vnfm_json_get_array (from, "alarms");
  JsonArray *actions = vnfm_json_get_array (from, "actions");

  json_object_set_array_member (to, "alarms", json_copy_entities (alarms, alarm_fields, NULL, NULL));
  json_object_set_array_member (to, "actions",
                                json_copy_entities (actions, scale_action_fields, default_target, vnf_type));
}

/* ---- virtual links */

/* Where there is a virtual link record of the same name, it knows better. */
static void
add_link_record (JsonObject *to, G_GNUC_UNUSED JsonObject *from, gpointer vlrs)
{
  const char *name = vnfm_json_get_string (to, "name");
  guint n = vlrs != NULL ? json_array_get_length (vlrs) : 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *vlr = vnfm_json_element_object (vlrs, i);
    if (name == NULL || g_strcmp0 (vnfm_json_get_string (vlr, "name"), name) != 0)
      continue;
    const char *connectivity = vnfm_json_get_string (vlr, "connectivity_type");
    if (connectivity != NULL)
      set_text (to, "connectivity_type", connectivity);
    else if (json_object_has_member (to, "connectivity_type"))
      json_object_remove_member (to, "connectivity_type");
    set_text (to, "extId", vnfm_json_get_string (vlr, "extId"));
    return;
  }
}

/* ---- VDUs */

static void
add_connection_points (JsonObject *to, JsonObject *from, G_GNUC_UNUSED gpointer user_data)
{
  JsonArray *points = vnfm_json_get_array (from, "connection_point");

  json_object_set_array_member (to, "connection_point",
                                json_copy_entities (points, connection_point_fields, NULL, NULL));
}

static void
add_vdu_parts (JsonObject *to, JsonObject *from, gpointer data)
{
  DescriptorRequest *request = data;
  JsonArray *vims = descriptor_request_find_vims (request, from);
  JsonArray *names = json_array_new ();
  JsonArray *policies = vnfm_json_get_array (from, "fault_management_policy");
  JsonArray *vnfcs = vnfm_json_get_array (from, "vnfc");
  JsonObject *availability = vnfm_json_get_object (from, "high_availability");

  for (guint i = 0; i < json_array_get_length (vims); i++)
    json_array_add_string_element (names, vnfm_json_get_string (vnfm_json_element_object (vims, i), "name"));
  json_object_set_array_member (to, "vimInstanceName", names);
  set_text (to, "parent_vdu", vnfm_json_get_string (from, "id"));
  json_object_set_object_member (to, "metadata", json_copy_map (from, "metadata"));
  json_object_set_array_member (to, "lifecycle_event", copy_lifecycle_events (from));
  if (availability != NULL)
    json_object_set_object_member (to, "high_availability", json_copy_entity (availability, high_availability_fields));
  json_object_set_array_member (to, "fault_management_policy",
                                json_copy_entities (policies, fault_policy_fields, add_criteria, NULL));
  json_object_set_array_member (to, "vnfc", json_copy_entities (vnfcs, no_fields, add_connection_points, NULL));
  json_object_set_array_member (to, "vnfc_instance", json_array_new ());
}

/* ---- the record */

/* What both kinds of record have. */
static void
set_identity (JsonObject *record, DescriptorRequest *request)
{
  const char *endpoint = vnfm_json_get_string (request->vnfd, "endpoint");

  set_text (record, "endpoint", endpoint != NULL ? endpoint : vnfm_json_get_string (request->vnfd, "type"));
  set_text (record, "parent_ns_id", vnfm_json_get_string (request->extension, "nsr-id"));
  json_object_set_array_member (record, "lifecycle_event_history", json_array_new ());
}

static void
set_parts (JsonObject *record, DescriptorRequest *request)
{
  JsonObject *vnfd = request->vnfd;
  const char *type = vnfm_json_get_string (vnfd, "type");
  JsonArray *points = vnfm_json_get_array (vnfd, "connection_point");

  set_text (record, "packageId", vnfm_json_get_string (vnfd, "vnfPackageLocation"));
  set_text (record, "descriptor_reference", vnfm_json_get_string (vnfd, "id"));
  set_text (record, "deployment_flavour_key", vnfm_json_get_string (request->flavour, "flavour_key"));
  json_object_set_array_member (record, "vnf_address", json_array_new ());
  json_object_set_string_member (record, "status", "NULL");
  json_object_set_object_member (record, "configurations", copy_configurations (vnfd));
  json_object_set_object_member (record, "requires", copy_requires (vnfd));
  json_object_set_object_member (record, "provides", copy_provides (vnfd));
  json_object_set_array_member (record, "auto_scale_policy",
                                json_copy_entities (vnfm_json_get_array (vnfd, "auto_scale_policy"),
                                                    scale_policy_fields, add_alarms_and_actions, (gpointer)type));
  /* The descriptor's own objects, ids included. */
  json_object_set_array_member (record, "connection_point",
                                points != NULL ? json_array_ref (points) : json_array_new ());
  json_object_set_array_member (record, "lifecycle_event", copy_lifecycle_events (vnfd));
  json_object_set_array_member (record, "virtual_link",
                                json_copy_entities (vnfm_json_get_array (vnfd, "virtual_link"), virtual_link_fields,
                                                    add_link_record, request->vlrs));
  json_object_set_array_member (
      record, "vdu", json_copy_entities (vnfm_json_get_array (vnfd, "vdu"), vdu_fields, add_vdu_parts, request));
}

VnfmRecord *
vnfm_descriptor_to_record (VnfmMessage *instantiate, GError **error)
{
  g_auto (DescriptorRequest) request = { 0 };

  descriptor_request_read (&request, instantiate);
  if (!descriptor_request_check (&request, error))
    return NULL;
  g_autoptr (JsonObject) record = json_copy_entity (request.vnfd, record_fields);
  set_identity (record, &request);
  set_parts (record, &request);
  g_autoptr (GBytes) text = vnfm_json_write_object (record);
  return vnfm_record_new (text, error);
}

VnfmRecord *
vnfm_descriptor_to_minimal_record (VnfmMessage *instantiate)
{
  g_auto (DescriptorRequest) request = { 0 };
  g_autoptr (JsonObject) record = json_new_entity ();

  descriptor_request_read (&request, instantiate);
  const char *name = vnfm_json_get_string (request.vnfd, "name");
  if (name == NULL || name[0] == '\0')
    name = request.instance_name != NULL && request.instance_name[0] != '\0' ? request.instance_name : "unnamed";
  json_object_set_string_member (record, "name", name);
  set_text (record, "type", vnfm_json_get_string (request.vnfd, "type"));
  set_identity (record, &request);
  json_object_set_array_member (record, "vdu", json_array_new ());
  g_autoptr (GBytes) text = vnfm_json_write_object (record);
  return vnfm_record_new (text, NULL);
}
