/* SPDX-License-Identifier: Apache-2.0 */
/* What the NFVO's entities have (protocol/openbaton.md, C.1), one table for each. */
#include "config.h"

#include "core/package/vnfd-fields.h"

/* What every entity may have. */
const NfvoField nfvo_base_fields[] = {
  { "id", NFVO_FIELD_IGNORED, NULL },
  { "hbVersion", NFVO_FIELD_IGNORED, NULL },
  { "hb_version", NFVO_FIELD_IGNORED, NULL },
  { "shared", NFVO_FIELD_IGNORED, NULL },
  { "projectId", NFVO_FIELD_IGNORED, NULL },
  { "metadata", NFVO_FIELD_SPECIAL, NULL },
  { NULL, 0, NULL },
};

static const NfvoField event_fields[] = {
  { "event", NFVO_FIELD_TEXT, NULL },
  { "lifecycle_events", NFVO_FIELD_TEXTS, NULL },
  { NULL, 0, NULL },
};

static const NfvoField parameter_fields[] = {
  { "description", NFVO_FIELD_TEXT, NULL },
  { "confKey", NFVO_FIELD_TEXT, NULL },
  { "value", NFVO_FIELD_TEXT, NULL },
  { NULL, 0, NULL },
};

static const NfvoField configuration_fields[] = {
  { "configurationParameters", NFVO_FIELD_ENTITIES, parameter_fields },
  { "name", NFVO_FIELD_TEXT, NULL },
  { NULL, 0, NULL },
};

static const NfvoField connection_point_fields[] = {
  { "virtual_link_reference", NFVO_FIELD_TEXT, NULL },
  { "floatingIp", NFVO_FIELD_TEXT, NULL },
  { "virtual_link_reference_id", NFVO_FIELD_IGNORED, NULL },
  { "fixedIp", NFVO_FIELD_TEXT, NULL },
  { "chosenPool", NFVO_FIELD_TEXT, NULL },
  { "interfaceId", NFVO_FIELD_INT, NULL },
  { "type", NFVO_FIELD_TEXT, NULL },
  { NULL, 0, NULL },
};

static const NfvoField vnfc_fields[] = {
  { "connection_point", NFVO_FIELD_ENTITIES, connection_point_fields },
  { NULL, 0, NULL },
};

static const NfvoField availability_fields[] = {
  { "resiliencyLevel", NFVO_FIELD_TEXT, NULL },
  { "redundancyScheme", NFVO_FIELD_TEXT, NULL },
  { "geoRedundancy", NFVO_FIELD_BOOLEAN, NULL },
  { NULL, 0, NULL },
};

static const NfvoField criterion_fields[] = {
  { "name", NFVO_FIELD_TEXT, NULL },
  { "parameter_ref", NFVO_FIELD_TEXT, NULL },
  { "function", NFVO_FIELD_TEXT, NULL },
  { "vnfc_selector", NFVO_FIELD_TEXT, NULL },
  { "threshold", NFVO_FIELD_TEXT, NULL },
  { "comparison_operator", NFVO_FIELD_TEXT, NULL },
  { NULL, 0, NULL },
};

static const NfvoField fault_policy_fields[] = {
  { "name", NFVO_FIELD_TEXT, NULL },
  { "isVNFAlarm", NFVO_FIELD_BOOLEAN, NULL },
  { "criteria", NFVO_FIELD_ENTITIES, criterion_fields },
  { "period", NFVO_FIELD_INT, NULL },
  { "action", NFVO_FIELD_TEXT, NULL },
  { "severity", NFVO_FIELD_TEXT, NULL },
  { NULL, 0, NULL },
};

static const NfvoField vdu_fields[] = {
  { "name", NFVO_FIELD_TEXT, NULL },
  { "vm_image", NFVO_FIELD_TEXTS, NULL },
  { "parent_vdu", NFVO_FIELD_IGNORED, NULL },
  { "computation_requirement", NFVO_FIELD_TEXT, NULL },
  { "virtual_memory_resource_element", NFVO_FIELD_TEXT, NULL },
  { "virtual_network_bandwidth_resource", NFVO_FIELD_TEXT, NULL },
  { "lifecycle_event", NFVO_FIELD_ENTITIES, event_fields },
  { "vdu_constraint", NFVO_FIELD_TEXT, NULL },
  { "high_availability", NFVO_FIELD_ENTITY, availability_fields },
  { "fault_management_policy", NFVO_FIELD_ENTITIES, fault_policy_fields },
  { "scale_in_out", NFVO_FIELD_SPECIAL, NULL },
  { "vnfc", NFVO_FIELD_ENTITIES, vnfc_fields },
  { "vnfc_instance", NFVO_FIELD_IGNORED, NULL },
  { "monitoring_parameter", NFVO_FIELD_TEXTS, NULL },
  { "hostname", NFVO_FIELD_TEXT, NULL },
  { "vimInstanceName", NFVO_FIELD_TEXTS, NULL },
  { NULL, 0, NULL },
};

static const NfvoField link_fields[] = {
  { "connection_points_references", NFVO_FIELD_TEXTS, NULL },
  { "qos", NFVO_FIELD_TEXTS, NULL },
  { "test_access", NFVO_FIELD_TEXTS, NULL },
  { "name", NFVO_FIELD_TEXT, NULL },
  { "extId", NFVO_FIELD_IGNORED, NULL },
  { "root_requirement", NFVO_FIELD_TEXT, NULL },
  { "leaf_requirement", NFVO_FIELD_TEXT, NULL },
  { "connectivity_type", NFVO_FIELD_TEXT, NULL },
  { "cidr", NFVO_FIELD_TEXT, NULL },
  { NULL, 0, NULL },
};

const NfvoField nfvo_flavour_fields[] = {
  { "df_constraint", NFVO_FIELD_TEXTS, NULL },
  { "costituent_vdu", NFVO_FIELD_AS_IT_IS, NULL },
  { "flavour_key", NFVO_FIELD_TEXT, NULL },
  { "extId", NFVO_FIELD_TEXT, NULL },
  { "ram", NFVO_FIELD_INT, NULL },
  { "disk", NFVO_FIELD_INT, NULL },
  { "vcpus", NFVO_FIELD_INT, NULL },
  { NULL, 0, NULL },
};

static const NfvoField alarm_fields[] = {
  { "metric", NFVO_FIELD_TEXT, NULL },
  { "statistic", NFVO_FIELD_TEXT, NULL },
  { "comparisonOperator", NFVO_FIELD_TEXT, NULL },
  { "threshold", NFVO_FIELD_NUMBER, NULL },
  { "weight", NFVO_FIELD_NUMBER, NULL },
  { NULL, 0, NULL },
};

static const NfvoField scale_action_fields[] = {
  { "type", NFVO_FIELD_TEXT, NULL },
  { "value", NFVO_FIELD_TEXT, NULL },
  { "target", NFVO_FIELD_TEXT, NULL },
  { NULL, 0, NULL },
};

static const NfvoField scale_policy_fields[] = {
  { "name", NFVO_FIELD_TEXT, NULL },
  { "threshold", NFVO_FIELD_NUMBER, NULL },
  { "comparisonOperator", NFVO_FIELD_TEXT, NULL },
  { "period", NFVO_FIELD_INT, NULL },
  { "cooldown", NFVO_FIELD_INT, NULL },
  { "mode", NFVO_FIELD_TEXT, NULL },
  { "type", NFVO_FIELD_TEXT, NULL },
  { "alarms", NFVO_FIELD_ENTITIES, alarm_fields },
  { "actions", NFVO_FIELD_ENTITIES, scale_action_fields },
  { NULL, 0, NULL },
};

static const NfvoField outer_point_fields[] = {
  { "type", NFVO_FIELD_TEXT, NULL },
  { NULL, 0, NULL },
};

/* A VNFR read as a VNFD has the members at the end. */
const NfvoField nfvo_vnfd_fields[] = {
  { "lifecycle_event", NFVO_FIELD_ENTITIES, event_fields },
  { "configurations", NFVO_FIELD_ENTITY, configuration_fields },
  { "vdu", NFVO_FIELD_ENTITIES, vdu_fields },
  { "virtual_link", NFVO_FIELD_ENTITIES, link_fields },
  { "vdu_dependency", NFVO_FIELD_AS_IT_IS, NULL },
  { "deployment_flavour", NFVO_FIELD_ENTITIES, nfvo_flavour_fields },
  { "manifest_file", NFVO_FIELD_TEXT, NULL },
  { "manifest_file_security", NFVO_FIELD_AS_IT_IS, NULL },
  { "type", NFVO_FIELD_TEXT, NULL },
  { "endpoint", NFVO_FIELD_TEXT, NULL },
  { "vnfPackageLocation", NFVO_FIELD_TEXT, NULL },
  { "requires", NFVO_FIELD_SPECIAL, NULL },
  { "provides", NFVO_FIELD_SPECIAL, NULL },
  { "cyclicDependency", NFVO_FIELD_BOOLEAN, NULL },
  { "createdAt", NFVO_FIELD_IGNORED, NULL },
  { "updatedAt", NFVO_FIELD_IGNORED, NULL },
  { "nfvo_version", NFVO_FIELD_TEXT, NULL },
  { "name", NFVO_FIELD_TEXT, NULL },
  { "vendor", NFVO_FIELD_TEXT, NULL },
  { "version", NFVO_FIELD_TEXT, NULL },
  { "vnffgd", NFVO_FIELD_AS_IT_IS, NULL },
  { "vld", NFVO_FIELD_AS_IT_IS, NULL },
  { "monitoring_parameter", NFVO_FIELD_TEXTS, NULL },
  { "service_deployment_flavour", NFVO_FIELD_AS_IT_IS, NULL },
  { "auto_scale_policy", NFVO_FIELD_ENTITIES, scale_policy_fields },
  { "connection_point", NFVO_FIELD_ENTITIES, outer_point_fields },
  { "deployment_flavour_key", NFVO_FIELD_SPECIAL, NULL },
  { "lifecycle_event_history", NFVO_FIELD_IGNORED, NULL },
  { "localization", NFVO_FIELD_IGNORED, NULL },
  { "parent_ns_id", NFVO_FIELD_IGNORED, NULL },
  { "descriptor_reference", NFVO_FIELD_IGNORED, NULL },
  { "vnfm_id", NFVO_FIELD_IGNORED, NULL },
  { "connected_external_virtual_link", NFVO_FIELD_IGNORED, NULL },
  { "vnf_address", NFVO_FIELD_IGNORED, NULL },
  { "status", NFVO_FIELD_IGNORED, NULL },
  { "notification", NFVO_FIELD_IGNORED, NULL },
  { "audit_log", NFVO_FIELD_IGNORED, NULL },
  { "runtime_policy_info", NFVO_FIELD_IGNORED, NULL },
  { "task", NFVO_FIELD_IGNORED, NULL },
  { "packageId", NFVO_FIELD_IGNORED, NULL },
  { NULL, 0, NULL },
};
