/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "vnfm-descriptor-request.h"

#include <vnfm/vnfm-error.h>

#include "vnfm-json-copy.h"

#include <string.h>

/* What was scanned can be parsed. */
static JsonNode *
parse_member (VnfmMessage *message, const char *name)
{
  g_autoptr (GBytes) text = vnfm_message_dup_member (message, name);

  return text != NULL ? vnfm_json_parse (text, NULL) : NULL;
}

static JsonObject *
object_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

void
descriptor_request_read (DescriptorRequest *self, VnfmMessage *message)
{
  static const char *const names[] = { "vnfd", "vnfdf", "vlrs", "vimInstances", "extension" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    self->nodes[i] = parse_member (message, names[i]);
  self->vnfd = object_of (self->nodes[0]);
  self->flavour = object_of (self->nodes[1]);
  if (self->flavour == NULL)
    self->flavour = vnfm_json_element_object (vnfm_json_get_array (self->vnfd, "deployment_flavour"), 0);
  self->vlrs =
      self->nodes[2] != NULL && JSON_NODE_HOLDS_ARRAY (self->nodes[2]) ? json_node_get_array (self->nodes[2]) : NULL;
  self->vims = object_of (self->nodes[3]);
  self->extension = object_of (self->nodes[4]);
  self->instance_name = vnfm_message_dup_string (message, "vnfInstanceName");
}

void
descriptor_request_clear (DescriptorRequest *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->nodes); i++)
    g_clear_pointer (&self->nodes[i], json_node_unref);
  g_free (self->instance_name);
}

JsonArray *
descriptor_request_find_vims (DescriptorRequest *request, JsonObject *vdu)
{
  const char *id = vnfm_json_get_string (vdu, "id");
  const char *name = vnfm_json_get_string (vdu, "name");
  JsonArray *vims = id != NULL ? vnfm_json_get_array (request->vims, id) : NULL;

  return vims == NULL && name != NULL ? vnfm_json_get_array (request->vims, name) : vims;
}

/* ---- what cannot be meant */

static gboolean
is_openstack (JsonObject *vim)
{
  const char *type = vnfm_json_get_string (vim, "type");

  return type != NULL && g_ascii_strncasecmp (type, "openstack", strlen ("openstack")) == 0 &&
         (type[strlen ("openstack")] == '\0' || type[strlen ("openstack")] == '.');
}

static gboolean
has_flavour (JsonObject *vim, const char *key)
{
  static const char *const names[] = { "flavour_key", "extId", "id" };
  JsonArray *flavours = vnfm_json_get_array (vim, "flavours");
  guint n = flavours != NULL ? json_array_get_length (flavours) : 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *flavour = vnfm_json_element_object (flavours, i);
    for (guint k = 0; k < G_N_ELEMENTS (names); k++) {
      if (key != NULL && g_strcmp0 (vnfm_json_get_string (flavour, names[k]), key) == 0)
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean
names_contain (JsonArray *names, const char *name)
{
  for (guint i = 0; i < json_array_get_length (names); i++) {
    if (g_strcmp0 (json_array_get_string_element (names, i), name) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_vdu (DescriptorRequest *request, JsonObject *vdu, const char *vdu_name, GError **error)
{
  JsonArray *vims = descriptor_request_find_vims (request, vdu);
  const char *key = vnfm_json_get_string (request->flavour, "flavour_key");
  g_autoptr (JsonArray) wanted = json_copy_texts (vdu, "vimInstanceName");
  guint n = vims != NULL ? json_array_get_length (vims) : 0;

  if (n == 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VDU %s has no VIM instance", vdu_name);
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    JsonObject *vim = vnfm_json_element_object (vims, i);
    const char *name = vnfm_json_get_string (vim, "name");
    if (name == NULL) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VDU %s: VIM instance %u has no name", vdu_name, i + 1);
      return FALSE;
    }
    if (names_contain (wanted, name) && is_openstack (vim) && !has_flavour (vim, key)) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VDU %s: no key %s found in vim instance: %s", vdu_name,
                   key != NULL ? key : "(no flavour)", name);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
descriptor_request_check (DescriptorRequest *request, GError **error)
{
  JsonArray *vdus = vnfm_json_get_array (request->vnfd, "vdu");
  const char *name = vnfm_json_get_string (request->vnfd, "name");
  guint n = vdus != NULL ? json_array_get_length (vdus) : 0;

  if (request->vnfd == NULL || name == NULL || name[0] == '\0') {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID,
                         request->vnfd == NULL ? "the request has no VNFD" : "the VNFD has no name");
    return FALSE;
  }
  if (n == 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VNFD %s has no VDU", name);
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    JsonObject *vdu = vnfm_json_element_object (vdus, i);
    const char *vdu_name = vnfm_json_get_string (vdu, "name");
    g_autofree char *number = g_strdup_printf ("%u", i + 1);
    if (!check_vdu (request, vdu, vdu_name != NULL ? vdu_name : number, error)) {
      g_prefix_error (error, "VNFD %s: ", name);
      return FALSE;
    }
  }
  return TRUE;
}
