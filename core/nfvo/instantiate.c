/* SPDX-License-Identifier: Apache-2.0 */
/* The model -> what an INSTANTIATE carries (protocol/openbaton.md, B.1): the VNFD with the ids that storing gave it,
 * the package with the bytes of its files. */
#include "config.h"

#include "core/nfvo/instantiate.h"

#include "core/package/entity.h"

#include <string.h>

JsonObject *
nfvo_vnf_dup_vnfd_json (NfvoVnf *vnf, VnfmClock *clock)
{
  g_autoptr (GBytes) text = vnfm_json_write_object (vnf->vnfd);
  g_autoptr (JsonNode) node = vnfm_json_parse (text, NULL);
  JsonObject *vnfd = json_object_ref (json_node_get_object (node));
  g_autofree char *now = nfvo_time_of_record (vnfm_clock_get_wall_time (clock));
  g_autofree char *package_id = vnfm_clock_new_uuid (clock);

  if (vnf->package != NULL || vnf->scripts_link != NULL)
    json_object_set_string_member (vnfd, "vnfPackageLocation", package_id);
  else if (json_object_has_member (vnfd, "vnfPackageLocation"))
    json_object_remove_member (vnfd, "vnfPackageLocation");
  json_object_set_string_member (vnfd, "createdAt", now);
  json_object_set_string_member (vnfd, "updatedAt", now);
  nfvo_entity_store (vnfd, "vnfd", clock);
  return vnfd;
}

JsonObject *
nfvo_vnfd_dup_flavour (JsonObject *vnfd, VnfmClock *clock)
{
  static const char *const lists[] = { "df_constraint", "costituent_vdu", NULL };
  JsonArray *flavours = vnfm_json_get_array (vnfd, "deployment_flavour");
  JsonArray *vdus = vnfm_json_get_array (vnfd, "vdu");
  guint n = vdus != NULL ? json_array_get_length (vdus) : 0;
  JsonObject *flavour = vnfm_json_element_object (flavours, 0);

  if (flavour != NULL)
    return json_object_ref (flavour);
  flavour = nfvo_entity_new ();
  nfvo_entity_ensure_arrays (flavour, lists);
  const char *key =
      n > 0 ? vnfm_json_get_string (vnfm_json_element_object (vdus, n - 1), "computation_requirement") : NULL;
  if (key != NULL)
    json_object_set_string_member (flavour, "flavour_key", key);
  nfvo_entity_store (flavour, "vnfdf", clock);
  return flavour;
}

/* ---- the package */

static void
append_texts (GString *out, GPtrArray *texts)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < texts->len; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    vnfm_json_append_string (out, texts->pdata[i]);
  }
  g_string_append_c (out, ']');
}

/* "-128,35,33": signed, as Java's bytes are. */
static void
append_payload (GString *out, GBytes *content)
{
  gsize length;
  const gint8 *bytes = g_bytes_get_data (content, &length);

  for (gsize i = 0; i < length; i++) {
    char digits[8];
    int value = bytes[i];
    char *p = digits + sizeof digits;
    *--p = '\0';
    for (int rest = ABS (value); rest > 0 || *p == '\0'; rest /= 10)
      *--p = (char)('0' + rest % 10);
    if (value < 0)
      *--p = '-';
    if (i > 0)
      *--p = ',';
    g_string_append (out, p);
  }
}

static void
append_base (GString *out, const char *id)
{
  g_string_append (out, ",\"id\":");
  vnfm_json_append_string (out, id);
  g_string_append (out, ",\"hbVersion\":0,\"shared\":false,\"metadata\":{}}");
}

static void
append_script (GString *out, const VnfmScript *script, VnfmClock *clock)
{
  g_autofree char *id = vnfm_clock_new_uuid (clock);

  g_string_append (out, "{\"name\":");
  vnfm_json_append_string (out, script->name);
  g_string_append (out, ",\"payload\":[");
  append_payload (out, script->content);
  g_string_append_c (out, ']');
  append_base (out, id);
}

static void
append_member (GString *out, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (out, ",\"%s\":", name);
  vnfm_json_append_string (out, value);
}

GBytes *
nfvo_vnf_dup_package_text (NfvoVnf *vnf, JsonObject *vnfd, VnfmClock *clock)
{
  const NfvoPackage *package = vnf->package;
  GString *out;

  if (package == NULL && vnf->scripts_link == NULL)
    return NULL;
  out = g_string_new ("{\"name\":");
  vnfm_json_append_string (out, package != NULL ? package->name : vnf->name);
  append_member (out, "nfvo_version", package != NULL ? package->nfvo_version : NULL);
  append_member (out, "scriptsLink", vnf->scripts_link);
  g_string_append (out, ",\"vimTypes\":");
  if (package != NULL)
    append_texts (out, package->vim_types);
  else
    g_string_append (out, "[]");
  g_string_append (out, ",\"scripts\":[");
  for (guint i = 0; vnf->scripts_link == NULL && i < package->scripts->len; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    append_script (out, package->scripts->pdata[i], clock);
  }
  g_string_append_c (out, ']');
  append_base (out, vnfm_json_get_string (vnfd, "vnfPackageLocation"));
  return g_string_free_to_bytes (out);
}

/* ---- the message */

static GBytes *
write_vims (JsonObject *vnfd, JsonObject *vim)
{
  g_autoptr (JsonObject) by_vdu = json_object_new ();
  JsonArray *vdus = vnfm_json_get_array (vnfd, "vdu");

  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    JsonArray *vims = json_array_new ();
    json_array_add_object_element (vims, json_object_ref (vim));
    json_object_set_array_member (by_vdu, vnfm_json_get_string (json_array_get_object_element (vdus, i), "id"), vims);
  }
  return vnfm_json_write_object (by_vdu);
}

/* The links of the service that the VNF is connected to. */
static GBytes *
write_links (NfvoVnf *vnf, JsonArray *links)
{
  g_autoptr (JsonArray) own = json_array_new ();
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), own);

  for (guint i = 0; i < json_array_get_length (links); i++) {
    JsonObject *link = vnfm_json_element_object (links, i);
    const char *name = vnfm_json_get_string (link, "name");
    if (name != NULL && g_ptr_array_find_with_equal_func (vnf->networks, name, g_str_equal, NULL))
      json_array_add_object_element (own, json_object_ref (link));
  }
  return vnfm_json_write (node);
}

GBytes *
nfvo_vnf_dup_instantiate (NfvoVnf *vnf, JsonArray *links, JsonObject *vim, JsonObject *extension, VnfmClock *clock)
{
  g_autoptr (JsonObject) vnfd = nfvo_vnf_dup_vnfd_json (vnf, clock);
  g_autoptr (JsonObject) flavour = nfvo_vnfd_dup_flavour (vnfd, clock);
  g_autoptr (GBytes) package = nfvo_vnf_dup_package_text (vnf, vnfd, clock);
  g_autoptr (GBytes) vnfd_text = vnfm_json_write_object (vnfd);
  g_autoptr (GBytes) flavour_text = vnfm_json_write_object (flavour);
  g_autoptr (GBytes) name = vnfm_message_string (vnf->name);
  g_autoptr (GBytes) links_text = write_links (vnf, links);
  g_autoptr (GBytes) extension_text = vnfm_json_write_object (extension);
  g_autoptr (GBytes) vims = write_vims (vnfd, vim);
  g_autoptr (GBytes) keys = g_bytes_new_static ("[]", 2);

  return vnfm_message_compose (VNFM_ACTION_INSTANTIATE, "vnfd", vnfd_text, "vnfdf", flavour_text, "vnfInstanceName",
                               name, "vlrs", links_text, "extension", extension_text, "vimInstances", vims,
                               "vnfPackage", package, "keys", keys, NULL);
}
