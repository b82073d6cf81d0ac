/* SPDX-License-Identifier: Apache-2.0 */
/* ALLOCATE_RESOURCES: each VNFC gets an instance, as the VIM's answer is booked. */
#include "config.h"

#include "core/nfvo/records-private.h"

#include "core/package/entity.h"

JsonObject *
nfvo_records_begin_allocation (NfvoRecords *self, JsonObject *question, GError **error)
{
  JsonObject *vnfr = vnfm_json_get_object (question, "virtualNetworkFunctionRecord");
  JsonObject *stored;

  if (vnfr == NULL || vnfm_json_get_array (question, "keyPairs") == NULL ||
      vnfm_json_get_string (question, "userdata") == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID,
                         "ALLOCATE_RESOURCES needs virtualNetworkFunctionRecord, keyPairs and userdata");
    return NULL;
  }
  if (!records_check_service (self, vnfr, error))
    return NULL;
  stored = nfvo_records_get_record (self, vnfm_json_get_string (vnfr, "name"));
  if (stored == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VNF %s was never granted",
                 vnfm_json_get_string (vnfr, "name"));
    return NULL;
  }
  if (!records_check_lock (stored, vnfr, error) || !records_check_vims (self, question, vnfr, error))
    return NULL;
  return vnfr;
}

GArray *
nfvo_records_list_components (JsonObject *vnfr)
{
  GArray *components = g_array_new (FALSE, FALSE, sizeof (NfvoComponent));
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");
  guint n_vdus = vdus != NULL ? json_array_get_length (vdus) : 0;

  for (guint i = 0; i < n_vdus; i++) {
    JsonObject *vdu = vnfm_json_element_object (vdus, i);
    JsonArray *vnfcs = vnfm_json_get_array (vdu, "vnfc");
    guint n_vnfcs = vnfcs != NULL ? json_array_get_length (vnfcs) : 0;
    for (guint j = 0; j < n_vnfcs; j++) {
      NfvoComponent component = { vdu, vnfm_json_element_object (vnfcs, j) };
      if (component.vnfc != NULL)
        g_array_append_val (components, component);
    }
  }
  return components;
}

static JsonObject *
copy_object (JsonObject *object)
{
  g_autoptr (GBytes) text = vnfm_json_write_object (object);
  g_autoptr (JsonNode) node = vnfm_json_parse (text, NULL);

  return node != NULL ? json_node_dup_object (node) : json_object_new ();
}

static JsonObject *
new_ip (const char *network, const char *ip)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "netName", network);
  json_object_set_string_member (object, "ip", ip);
  return object;
}

static JsonObject *
new_connection_point (NfvoAddress *address)
{
  JsonObject *point = json_object_new ();

  json_object_set_string_member (point, "virtual_link_reference", address->network);
  if (address->floating_ip != NULL)
    json_object_set_string_member (point, "floatingIp", address->floating_ip);
  json_object_set_int_member (point, "interfaceId", 0);
  return point;
}

void
nfvo_records_add_instance (NfvoRecords *self, JsonObject *vnfr, const NfvoComponent *component, const char *hostname,
                           const char *vc_id, const char *state, GPtrArray *addresses)
{
  JsonObject *instance = json_object_new ();
  JsonArray *floating = json_array_new ();
  JsonArray *ips = json_array_new ();
  JsonArray *points = json_array_new ();
  JsonArray *instances = vnfm_json_get_array (component->vdu, "vnfc_instance");
  JsonArray *vnf_address = vnfm_json_get_array (vnfr, "vnf_address");

  json_object_set_string_member (instance, "vim_id", vnfm_json_get_string (self->vim, "id"));
  json_object_set_string_member (instance, "vc_id", vc_id);
  json_object_set_string_member (instance, "hostname", hostname);
  json_object_set_string_member (instance, "state", state);
  json_object_set_object_member (instance, "vnfComponent", copy_object (component->vnfc));
  for (guint i = 0; i < addresses->len; i++) {
    NfvoAddress *address = g_ptr_array_index (addresses, i);
    if (address->floating_ip != NULL)
      json_array_add_object_element (floating, new_ip (address->network, address->floating_ip));
    json_array_add_object_element (ips, new_ip (address->network, address->ip));
    json_array_add_object_element (points, new_connection_point (address));
    if (vnf_address != NULL)
      json_array_add_string_element (vnf_address, address->ip);
  }
  json_object_set_array_member (instance, "floatingIps", floating);
  json_object_set_array_member (instance, "ips", ips);
  json_object_set_array_member (instance, "connection_point", points);
  if (instances == NULL) {
    instances = json_array_new ();
    json_object_set_array_member (component->vdu, "vnfc_instance", instances);
  }
  json_array_add_object_element (instances, instance);
  json_object_set_string_member (component->vdu, "hostname", vnfm_json_get_string (vnfr, "name"));
}

void
nfvo_records_end_allocation (NfvoRecords *self, JsonObject *vnfr, const char *failure)
{
  if (failure != NULL)
    records_add_history (self, vnfr, "ERROR", failure);
  records_note_outcome (self, vnfr, VNFM_ACTION_ALLOCATE_RESOURCES, failure);
  records_bump (self, vnfr, FALSE);
  records_remember (self, vnfr);
}
