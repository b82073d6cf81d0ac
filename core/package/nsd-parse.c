/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON text -> the model. What sort of text it is, its members tell:
 *
 *   action, payload   event: an NFVO's notification; its payload is read in its place
 *   vnfd              NSD
 *   vnfr              NSR, read as the NSD that it was made of
 *   vdu, ...          VNFD, or, with a record's members, VNFR: a service of this one VNF
 *
 * Here dependencies still bear the names that the file has for VNFs; nsd-link.c resolves them. */
#include "config.h"

#include "core/package/nsd-private.h"

#include "core/package/vnfd-json.h"

#include <string.h>

/* ---- a VNF */

static NfvoVnfc *
read_vnfc (JsonObject *from)
{
  JsonArray *points = vnfm_json_get_array (from, "connection_point");
  NfvoVnfc *vnfc = nfvo_vnfc_new ();

  for (guint i = 0; i < json_array_get_length (points); i++) {
    JsonObject *point = json_array_get_object_element (points, i);
    const char *floating = vnfm_json_get_string (point, "floatingIp");
    NfvoConnectionPoint *made = g_new0 (NfvoConnectionPoint, 1);
    made->network = g_strdup (vnfm_json_get_string (point, "virtual_link_reference"));
    made->floating_ip = floating != NULL && floating[0] != '\0' ? g_strdup (floating) : NULL;
    g_ptr_array_add (vnfc->connection_points, made);
  }
  return vnfc;
}

static void
read_vdus (NfvoVnf *vnf, JsonArray *vdus)
{
  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    JsonObject *from = json_array_get_object_element (vdus, i);
    JsonArray *vnfcs = vnfm_json_get_array (from, "vnfc");
    NfvoVdu *vdu = nfvo_vdu_new (vnfm_json_get_string (from, "name"));
    g_ptr_array_add (vnf->vdus, vdu);
    nfvo_texts_add_array (vdu->images, vnfm_json_get_array (from, "vm_image"));
    nfvo_texts_add_array (vdu->vims, vnfm_json_get_array (from, "vimInstanceName"));
    for (guint j = 0; j < json_array_get_length (vnfcs); j++)
      g_ptr_array_add (vdu->vnfcs, read_vnfc (json_array_get_object_element (vnfcs, j)));
  }
}

static void
read_events (NfvoVnf *vnf, JsonArray *events)
{
  for (guint i = 0; i < json_array_get_length (events); i++) {
    JsonObject *from = json_array_get_object_element (events, i);
    JsonArray *scripts = vnfm_json_get_array (from, "lifecycle_events");
    const char *name = vnfm_json_get_string (from, "event");
    NfvoEvent *event = nfvo_event_new (name != NULL ? name : "(no event)");
    g_ptr_array_add (vnf->events, event);
    for (guint j = 0; j < json_array_get_length (scripts); j++) /* a script may stand there twice */
      g_ptr_array_add (event->scripts, g_strdup (json_array_get_string_element (scripts, j)));
  }
}

static void
read_relations (NfvoVnf *vnf, JsonObject *vnfd)
{
  JsonArray *parameters =
      vnfm_json_get_array (vnfm_json_get_object (vnfd, "configurations"), "configurationParameters");
  JsonObject *requires = vnfm_json_get_object (vnfd, "requires");
  g_autoptr (GList) sources = json_object_get_members (requires);

  for (guint i = 0; i < json_array_get_length (parameters); i++) {
    JsonObject *from = json_array_get_object_element (parameters, i);
    const char *key = vnfm_json_get_string (from, "confKey");
    NfvoParameter *parameter = g_new0 (NfvoParameter, 1);
    parameter->key = g_strdup (key != NULL ? key : "");
    parameter->value = g_strdup (vnfm_json_get_string (from, "value"));
    g_ptr_array_add (vnf->configurations, parameter);
  }
  for (GList *l = sources; l != NULL; l = l->next) {
    NfvoRequirement *requirement = nfvo_requirement_new (l->data);
    nfvo_texts_add_array (requirement->parameters,
                          vnfm_json_get_array (vnfm_json_get_object (requires, l->data), "parameters"));
    g_ptr_array_add (vnf->requires, requirement);
  }
  nfvo_texts_add_array (vnf->provides, vnfm_json_get_array (vnfd, "provides"));
}

static void
read_networks (NfvoService *self, NfvoVnf *vnf, JsonArray *links, const char *object)
{
  for (guint i = 0; i < json_array_get_length (links); i++) {
    const char *name = vnfm_json_get_string (json_array_get_object_element (links, i), "name");
    if (name != NULL)
      nfvo_texts_add_once (vnf->networks, name);
    else
      nfvo_service_tell (self, NFVO_WARNING, "network without a name", object, "a virtual link has no name");
  }
  for (guint i = 0; i < vnf->networks->len; i++)
    nfvo_texts_add_once (self->networks, vnf->networks->pdata[i]);
}

static gboolean
is_link (const char *location)
{
  return location != NULL && (strstr (location, "://") != NULL || g_str_has_prefix (location, "git@") ||
                              g_str_has_suffix (location, ".git"));
}

/* A VNF's name becomes part of host names and folders. */
static void
check_name (NfvoService *self, NfvoVnf *vnf, const char *object)
{
  if (vnf->name[0] == '\0')
    nfvo_service_tell (self, NFVO_ERROR, "vnfd without a name", object, "the VNFD has no name");
  else if (nfvo_text_has_control (vnf->name) || strchr (vnf->name, '/') != NULL || vnf->name[0] == '.')
    nfvo_service_tell (self, NFVO_ERROR, "impossible name", object,
                       "a VNF's name must not begin with \".\" nor hold \"/\" or control characters");
  else if (strlen (vnf->name) > NFVO_MAX_NAME)
    nfvo_service_tell (self, NFVO_ERROR, "impossible name", object, "the name has more than %d bytes", NFVO_MAX_NAME);
  if (nfvo_text_has_control (vnf->type))
    nfvo_service_tell (self, NFVO_ERROR, "impossible name", object, "the type holds control characters");
}

void
nfvo_service_fill_vnf (NfvoService *self, NfvoVnf *vnf, JsonObject *vnfd)
{
  const char *name = vnfm_json_get_string (vnfd, "name");
  g_autofree char *object = NULL;

  if (name != NULL && name[0] != '\0')
    object = g_strdup_printf ("VNF %s", name);
  else
    object = g_strdup_printf ("VNF number %u", self->vnfs->len + 1);
  nfvo_service_tell_vnfd (self, object, vnfd);
  vnf->vnfd = nfvo_vnfd_normalise (self, object, vnfd);
  g_free (vnf->name);
  vnf->name = g_strdup (name != NULL ? name : "");
  vnf->type = g_strdup (vnfm_json_get_string (vnf->vnfd, "type"));
  vnf->vendor = g_strdup (vnfm_json_get_string (vnf->vnfd, "vendor"));
  vnf->version = g_strdup (vnfm_json_get_string (vnf->vnfd, "version"));
  vnf->endpoint = g_strdup (vnfm_json_get_string (vnf->vnfd, "endpoint"));
  check_name (self, vnf, object);
  read_vdus (vnf, vnfm_json_get_array (vnf->vnfd, "vdu"));
  read_events (vnf, vnfm_json_get_array (vnf->vnfd, "lifecycle_event"));
  read_relations (vnf, vnf->vnfd);
  read_networks (self, vnf, vnfm_json_get_array (vnf->vnfd, "virtual_link"), object);
  if (vnf->vdus->len == 0)
    nfvo_service_tell (self, NFVO_ERROR, "vnfd without vdu", object, "the VNFD has no VDU");
  const char *location = vnfm_json_get_string (vnf->vnfd, "vnfPackageLocation");
  if (is_link (location)) {
    vnf->scripts_link = g_strdup (location);
    nfvo_service_tell (self, NFVO_HINT, "scripts from git URL", object, "its scripts come from %s", location);
  }
}

/* "id" and nothing that a VNFD consists of. */
static gboolean
is_reference (JsonObject *vnfd)
{
  return vnfm_json_get_string (vnfd, "id") != NULL && !json_object_has_member (vnfd, "vdu") &&
         !json_object_has_member (vnfd, "lifecycle_event");
}

static void
add_vnf (NfvoService *self, JsonObject *vnfd)
{
  NfvoVnf *vnf = nfvo_vnf_new ();

  if (is_reference (vnfd)) {
    vnf->reference = g_strdup (vnfm_json_get_string (vnfd, "id"));
    vnf->name = g_strdup (vnf->reference);
    nfvo_service_tell (self, NFVO_HINT, "vnfd referenced by id only", NULL,
                       "VNFDs are named by id only: they are looked for among the packages");
  } else {
    nfvo_service_fill_vnf (self, vnf, vnfd);
  }
  g_ptr_array_add (self->vnfs, vnf);
}

/* ---- dependencies, still by the names in the file */

/* Returns: (transfer full) (nullable). */
static char *
read_end (NfvoService *self, JsonObject *dependency, const char *name)
{
  const char *text = vnfm_json_get_string (dependency, name);
  JsonObject *object = vnfm_json_get_object (dependency, name);

  if (text != NULL)
    nfvo_service_tell (self, NFVO_HINT, "dependency source/target as plain string", NULL,
                       "vnf_dependency names its ends as plain strings");
  else
    text = vnfm_json_get_string (object, "name");
  if (text == NULL)
    text = vnfm_json_get_string (object, "id");
  return text != NULL && text[0] != '\0' ? g_strdup (text) : NULL;
}

static void
read_parameters (NfvoService *self, NfvoDependency *dependency, JsonObject *from)
{
  JsonArray *list = vnfm_json_get_array (from, "parameters");
  const char *single = vnfm_json_get_string (from, "parameters");

  nfvo_texts_add_array (dependency->parameters, list);
  if (single != NULL && single[0] != '\0')
    g_ptr_array_add (dependency->parameters, g_strdup (single));
  if (dependency->parameters->len == 0)
    nfvo_service_tell (self, NFVO_WARNING, "dependency without parameters", NULL,
                       "the dependency of %s on %s asks for no parameter (an NFVO refuses that)", dependency->target,
                       dependency->source);
}

/* A record has one entry for each target: what it asks by the type of the source, and whose type that is. */
static void
add_record_dependency (NfvoService *self, JsonObject *from)
{
  const char *target = vnfm_json_get_string (from, "target");
  JsonObject *by_type = vnfm_json_get_object (from, "parameters");
  JsonObject *types = vnfm_json_get_object (from, "idType");
  g_autoptr (GList) sources = json_object_get_members (types != NULL ? types : by_type);

  if (target == NULL) {
    nfvo_service_tell (self, NFVO_ERROR, "dependency without an end", NULL, "an entry of vnf_dependency has no target");
    return;
  }
  for (GList *l = sources; l != NULL; l = l->next) {
    const char *type = types != NULL ? vnfm_json_get_string (types, l->data) : l->data;
    NfvoDependency *dependency = nfvo_dependency_new (l->data, target);
    JsonObject *asked = type != NULL ? vnfm_json_get_object (by_type, type) : NULL;
    JsonObject *parameters = vnfm_json_get_object (asked, "parameters");
    g_autoptr (GList) keys = parameters != NULL ? json_object_get_members (parameters) : NULL;
    for (GList *k = keys; k != NULL; k = k->next)
      nfvo_texts_add_once (dependency->parameters, k->data);
    g_ptr_array_add (self->dependencies, dependency);
  }
}

static void
add_dependency (NfvoService *self, JsonObject *from)
{
  g_autofree char *source = NULL;
  g_autofree char *target = NULL;

  if (vnfm_json_get_object (from, "parameters") != NULL) {
    add_record_dependency (self, from);
    return;
  }
  source = read_end (self, from, "source");
  target = read_end (self, from, "target");
  if (source == NULL || target == NULL) {
    nfvo_service_tell (self, NFVO_ERROR, "dependency without an end", NULL, "an entry of vnf_dependency has no %s",
                       source == NULL ? "source" : "target");
    return;
  }
  NfvoDependency *dependency = nfvo_dependency_new (source, target);
  read_parameters (self, dependency, from);
  g_ptr_array_add (self->dependencies, dependency);
}

static gboolean
read_dependencies (NfvoService *self, JsonObject *root, GError **error)
{
  JsonArray *list = vnfm_json_get_array (root, "vnf_dependency");
  guint n = list != NULL ? json_array_get_length (list) : 0;

  self->stated_dependencies = n;
  if (n > NFVO_MAX_DEPENDENCIES) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "the %s has %u dependencies, more than %d", self->kind, n,
                 NFVO_MAX_DEPENDENCIES);
    return FALSE;
  }
  if (n == 0)
    nfvo_service_tell (self, NFVO_HINT, "no vnf_dependency", NULL,
                       "there is no vnf_dependency: dependencies come from requires, if at all");
  for (guint i = 0; i < n; i++) {
    JsonObject *from = vnfm_json_element_object (list, i);
    if (from != NULL)
      add_dependency (self, from);
    else
      nfvo_service_tell (self, NFVO_ERROR, "dependency without an end", NULL,
                         "an entry of vnf_dependency is no object");
  }
  return TRUE;
}

/* ---- the service */

static void
read_service_networks (NfvoService *self, JsonObject *root)
{
  static const char *const names[] = { "vld", "vlr", NULL };

  for (guint i = 0; names[i] != NULL; i++) {
    JsonArray *links = vnfm_json_get_array (root, names[i]);
    guint n = links != NULL ? json_array_get_length (links) : 0;
    for (guint j = 0; j < n; j++) {
      const char *name = vnfm_json_get_string (vnfm_json_element_object (links, j), "name");
      if (name != NULL)
        nfvo_texts_add_once (self->networks, name);
    }
  }
}

static gboolean
read_vnfs (NfvoService *self, JsonObject *root, const char *member, GError **error)
{
  JsonArray *vnfs = vnfm_json_get_array (root, member);
  guint n = vnfs != NULL ? json_array_get_length (vnfs) : 0;

  if (n == 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the %s has no VNF: \"%s\" is %s", self->kind, member,
                 vnfs != NULL ? "empty" : "no list");
    return FALSE;
  }
  if (n > NFVO_MAX_VNFS) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "the %s has %u VNFs, more than %d", self->kind, n, NFVO_MAX_VNFS);
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    JsonObject *vnfd = vnfm_json_element_object (vnfs, i);
    if (vnfd == NULL) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s number %u is no object", member, i + 1);
      return FALSE;
    }
    add_vnf (self, vnfd);
  }
  return TRUE;
}

static void
take_names (NfvoService *self, JsonObject *root)
{
  const char *name = vnfm_json_get_string (root, "name");

  self->name = g_strdup (name != NULL ? name : "unnamed");
  self->vendor = vnfm_json_dup_text (root, "vendor");
  self->version = vnfm_json_dup_text (root, "version");
}

static gboolean
has_any (JsonObject *root, const char *const *names)
{
  for (; *names != NULL; names++) {
    if (json_object_has_member (root, *names))
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_root (NfvoService *self, JsonObject *root, GError **error)
{
  static const char *const vnfd_members[] = { "vdu", "lifecycle_event", "virtual_link", "deployment_flavour", NULL };
  static const char *const record_members[] = { "parent_ns_id", "lifecycle_event_history", "vnf_address", NULL };
  gboolean wrapped = g_strcmp0 (self->kind, "event") == 0;
  JsonObject *payload = vnfm_json_get_object (root, "payload");
  gboolean is_nsr = json_object_has_member (root, "vnfr");

  if (!wrapped && payload != NULL && json_object_has_member (root, "action")) {
    self->kind = "event";
    return read_root (self, payload, error);
  }
  if (is_nsr || json_object_has_member (root, "vnfd")) {
    if (!wrapped)
      self->kind = is_nsr ? "NSR" : "NSD";
    take_names (self, root);
    read_service_networks (self, root);
    return read_vnfs (self, root, is_nsr ? "vnfr" : "vnfd", error) && read_dependencies (self, root, error);
  }
  if (has_any (root, vnfd_members)) {
    if (!wrapped)
      self->kind = has_any (root, record_members) ? "VNFR" : "VNFD";
    take_names (self, root);
    add_vnf (self, root);
    return TRUE;
  }
  if (json_object_has_member (root, "authUrl"))
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "a VIM instance, not a network service or a VNF");
  else
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID,
                         "neither a network service (it has no \"vnfd\") nor a VNF (no \"vdu\")");
  return FALSE;
}

/* What is no JSON, but often in its place. */
static gboolean
refuse_other_formats (const char *text, gsize length, GError **error)
{
  const char *what = NULL;

  if (length == 0)
    return TRUE;
  if (length >= 4 && memcmp (text, "PK\x03\x04", 4) == 0)
    what = "a zip or CSAR archive: TOSCA is not supported, pack it as tar or tar.gz";
  else if (g_strstr_len (text, (gssize)length, "tosca_definitions_version") != NULL)
    what = "a TOSCA template: only JSON descriptors are supported";
  else if (g_strstr_len (text, (gssize)length, "```") != NULL)
    what = "text around JSON (Markdown): put the JSON into a file of its own";
  if (what != NULL)
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, what);
  return what == NULL;
}

static JsonNode *
parse_json (GBytes *text, GError **error)
{
  g_autoptr (GError) cause = NULL;
  JsonNode *node = NULL;
  gsize length;
  const char *data = g_bytes_get_data (text, &length);

  if (length > NFVO_MAX_DESCRIPTOR)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "larger than %d bytes", NFVO_MAX_DESCRIPTOR);
  else if ((node = vnfm_json_parse (text, &cause)) == NULL && refuse_other_formats (data, length, error))
    g_propagate_error (error, g_steal_pointer (&cause));
  return node;
}

NfvoService *
nfvo_service_parse (const char *file, GBytes *text, GError **error)
{
  g_autoptr (NfvoService) self = nfvo_service_new (file);
  g_autoptr (JsonNode) node = parse_json (text, error);

  if (node == NULL) {
    g_prefix_error (error, "%s: ", file);
    return NULL;
  }
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: JSON, but no object", file);
    return NULL;
  }
  nfvo_service_tell_text (self, text);
  if (!read_root (self, json_node_get_object (node), error)) {
    g_prefix_error (error, "%s: ", file);
    return NULL;
  }
  return g_steal_pointer (&self);
}
