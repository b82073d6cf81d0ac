/* SPDX-License-Identifier: Apache-2.0 */
/* One network service's records, saved as the NFVO saves them. Its versions follow what was seen on the wire:
 *
 *                      GRANT  ALLOCATE  INSTANTIATE  MODIFY  START
 *   VNFR and its parts   3       4          5          6       7      each save counts
 *   their leaves         2       3          4          4       4      counted until read back from the database,
 *   VDU                  1       2          3          4       5      which is also when "metadata" appears
 *   instance             -       1          2          3       4
 *
 * A manager never interprets them; it must hand them back as they are. */
#include "config.h"

#include "core/nfvo/records.h"

#include "core/nfvo/entity.h"

#include <string.h>

#define HISTORY_LIMIT 1024

struct _NfvoRecords {
  VnfmClock *clock;
  char *nsr_id;
  char *ns_descriptor_id;
  char *project_id;
  JsonObject *vim;
  JsonArray *links;
  GHashTable *records; /* VNF name -> JsonObject */
};

typedef struct {
  VnfmAction action;
  const char *status; /* NULL: as it was */
  const char *event;
  const char *description;
} Outcome;

static const Outcome outcomes[] = {
  { VNFM_ACTION_GRANT_OPERATION, "NULL", "GRANTED",
    "All the resources that are contained in this VNFR were granted to be deployed in the chosen VIM(s)" },
  { VNFM_ACTION_ALLOCATE_RESOURCES, "NULL", "ALLOCATE",
    "All the resources that are contained in this VNFR were instantiated in the chosen VIM(s)" },
  { VNFM_ACTION_INSTANTIATE, "INITIALIZED", "INSTANTIATE",
    "The instantiate lifecycle event was executed in this VNFR, this includes GRANT_OPERATION and ALLOCATE_RESOURCES" },
  { VNFM_ACTION_MODIFY, "INACTIVE", "CONFIGURE",
    "All the configuration scripts setting up dependencies were correctly executed" },
  { VNFM_ACTION_START, "ACTIVE", "START", "The start scripts were executed correctly on this VNFR" },
  { VNFM_ACTION_RELEASE_RESOURCES, "TERMINATED", "RELEASE", "All the resources of this VNFR were released" },
  { VNFM_ACTION_ERROR, "ERROR", "ERROR", NULL },
};

NfvoAddress *
nfvo_address_new (const char *network, const char *ip, const char *floating_ip)
{
  NfvoAddress *self = g_new0 (NfvoAddress, 1);

  self->network = g_strdup (network);
  self->ip = g_strdup (ip);
  self->floating_ip = g_strdup (floating_ip);
  return self;
}

void
nfvo_address_free (NfvoAddress *self)
{
  g_free (self->network);
  g_free (self->ip);
  g_free (self->floating_ip);
  g_free (self);
}

static JsonObject *
make_vim (NfvoRecords *self)
{
  JsonObject *vim = json_object_new ();

  json_object_set_array_member (vim, "images", json_array_new ());
  json_object_set_array_member (vim, "networks", json_array_new ());
  json_object_set_string_member (vim, "name", NFVO_VIM_NAME);
  json_object_set_string_member (vim, "authUrl", "local");
  json_object_set_string_member (vim, "type", "test");
  json_object_set_boolean_member (vim, "active", TRUE);
  nfvo_entity_store (vim, "vim", self->clock);
  json_object_set_int_member (vim, "hbVersion", 1);
  json_object_set_string_member (vim, "projectId", self->project_id);
  return vim;
}

NfvoRecords *
nfvo_records_new (VnfmClock *clock)
{
  NfvoRecords *self = g_new0 (NfvoRecords, 1);

  self->clock = g_object_ref (clock);
  self->nsr_id = vnfm_clock_new_uuid (clock);
  self->ns_descriptor_id = vnfm_clock_new_uuid (clock);
  self->project_id = vnfm_clock_new_uuid (clock);
  self->vim = make_vim (self);
  self->links = json_array_new ();
  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_object_unref);
  return self;
}

void
nfvo_records_free (NfvoRecords *self)
{
  g_hash_table_unref (self->records);
  json_array_unref (self->links);
  json_object_unref (self->vim);
  g_free (self->project_id);
  g_free (self->ns_descriptor_id);
  g_free (self->nsr_id);
  g_object_unref (self->clock);
  g_free (self);
}

const char *
nfvo_records_get_nsr_id (NfvoRecords *self)
{
  return self->nsr_id;
}

JsonObject *
nfvo_records_get_vim (NfvoRecords *self)
{
  return self->vim;
}

JsonArray *
nfvo_records_get_links (NfvoRecords *self)
{
  return self->links;
}

void
nfvo_records_add_link (NfvoRecords *self, const char *name)
{
  static const char *const lists[] = { "vnffgr_reference",
                                       "allocated_capacity",
                                       "notification",
                                       "lifecycle_event_history",
                                       "audit_log",
                                       "connection",
                                       "dns",
                                       "qos",
                                       NULL };
  JsonObject *link;
  g_autofree char *id = NULL;

  for (guint i = 0; i < json_array_get_length (self->links); i++)
    if (g_strcmp0 (vnfm_json_get_string (json_array_get_object_element (self->links, i), "name"), name) == 0)
      return;
  id = vnfm_clock_new_uuid (self->clock);
  link = json_object_new ();
  json_object_set_int_member (link, "number_of_endpoints", 0);
  json_object_set_string_member (link, "parent_ns", self->ns_descriptor_id);
  json_object_set_string_member (link, "descriptor_reference", id);
  json_object_set_string_member (link, "status", "LINKDOWN");
  nfvo_entity_ensure_arrays (link, lists);
  json_object_set_string_member (link, "name", name);
  nfvo_entity_store (link, "vlr", self->clock);
  json_object_set_int_member (link, "hbVersion", 1);
  json_array_add_object_element (self->links, link);
}

JsonObject *
nfvo_records_get_record (NfvoRecords *self, const char *vnf)
{
  return g_hash_table_lookup (self->records, vnf);
}

const char *
nfvo_records_get_status (NfvoRecords *self, const char *vnf)
{
  return vnfm_json_get_string (nfvo_records_get_record (self, vnf), "status");
}

static const Outcome *
outcome_of (VnfmAction action)
{
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    if (outcomes[i].action == action)
      return &outcomes[i];
  return NULL;
}

static void
add_history (NfvoRecords *self, JsonObject *vnfr, const char *event, const char *description)
{
  JsonObject *entry = json_object_new ();
  JsonArray *history = vnfm_json_get_array (vnfr, "lifecycle_event_history");
  g_autofree char *when = nfvo_time_of_history (vnfm_clock_get_wall_time (self->clock));
  g_autofree char *cut = g_utf8_make_valid (description, MIN (strlen (description), HISTORY_LIMIT));

  json_object_set_string_member (entry, "event", event);
  json_object_set_string_member (entry, "description", cut);
  json_object_set_string_member (entry, "executedAt", when);
  json_object_set_int_member (entry, "hbVersion", 0);
  json_object_set_boolean_member (entry, "shared", FALSE);
  if (history == NULL) {
    history = json_array_new ();
    json_object_set_array_member (vnfr, "lifecycle_event_history", history);
  }
  json_array_add_object_element (history, entry);
}

/* What every task of the NFVO does to a VNFR. */
static void
note_outcome (NfvoRecords *self, JsonObject *vnfr, VnfmAction action, const char *message)
{
  const Outcome *outcome = outcome_of (action);
  const char *nick = vnfm_action_get_nick (action);
  g_autofree char *now = nfvo_time_of_record (vnfm_clock_get_wall_time (self->clock));
  g_autofree char *task = g_ascii_strdown (nick, -1);
  g_auto (GStrv) words = g_strsplit (task, "_", -1);
  g_autofree char *joined = g_strjoinv (NULL, words);

  json_object_set_string_member (vnfr, "task", joined);
  json_object_set_string_member (vnfr, "projectId", self->project_id);
  if (vnfm_json_get_string (vnfr, "createdAt") == NULL)
    json_object_set_string_member (vnfr, "createdAt", now);
  json_object_set_string_member (vnfr, "updatedAt", now);
  if (outcome == NULL)
    return;
  if (outcome->status != NULL)
    json_object_set_string_member (vnfr, "status", outcome->status);
  if (action == VNFM_ACTION_ERROR || message == NULL)
    add_history (self, vnfr, outcome->event, message != NULL ? message : outcome->description);
}

static gboolean
holds_entities (JsonObject *entity)
{
  g_autoptr (GList) values = json_object_get_values (entity);

  for (GList *l = values; l != NULL; l = l->next) {
    JsonNode *node = l->data;
    if (JSON_NODE_HOLDS_ARRAY (node) || (JSON_NODE_HOLDS_OBJECT (node)))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_one_of (const char *name, const char *const *names)
{
  return g_strv_contains (names, name);
}

static void
number_granted (JsonObject *entity, const char *member, gpointer user_data)
{
  int version = holds_entities (entity) ? 3 : 2;

  if (g_str_equal (member, "lifecycle_event_history"))
    version = 0;
  else if (g_str_equal (member, "vdu"))
    version = 1;
  json_object_set_int_member (entity, "hbVersion", version);
}

typedef struct {
  NfvoRecords *records;
  gboolean read_back; /* from INSTANTIATE's result on, records come from the database */
} Bump;

/* One entity's part in a save. */
static void
bump (JsonObject *entity, const char *member, gpointer user_data)
{
  static const char *const counted[] = { "vnfr", "configurations", "lifecycle_event", "vdu",
                                         "vnfc", "vnfComponent",   "vnfc_instance",   NULL };
  Bump *how = user_data;
  gint64 version = vnfm_json_get_int (entity, "hbVersion", 0);
  gboolean is_new = vnfm_json_get_string (entity, "id") == NULL;

  if (is_new) {
    g_autofree char *id = vnfm_clock_new_uuid (how->records->clock);
    json_object_set_string_member (entity, "id", id);
    json_object_set_int_member (entity, "hbVersion", g_str_equal (member, "vnfc_instance") ? 1 : 0);
    json_object_set_boolean_member (entity, "shared", FALSE);
    return;
  }
  if (is_one_of (member, counted) || !json_object_has_member (entity, "metadata"))
    json_object_set_int_member (entity, "hbVersion", version + 1);
  if (how->read_back && !json_object_has_member (entity, "metadata"))
    json_object_set_object_member (entity, "metadata", json_object_new ());
}

static void
bump_all (NfvoRecords *self, JsonObject *vnfr, gboolean read_back)
{
  static const char *const lists[] = { "connected_external_virtual_link", "notification", "runtime_policy_info", NULL };
  Bump how = { self, read_back };

  nfvo_entity_foreach (vnfr, "vnfr", bump, &how);
  if (read_back)
    nfvo_entity_ensure_arrays (vnfr, lists);
}

static void
remember (NfvoRecords *self, JsonObject *vnfr)
{
  g_hash_table_replace (self->records, g_strdup (vnfm_json_get_string (vnfr, "name")), json_object_ref (vnfr));
}

/* ---- the optimistic lock */

typedef struct {
  GHashTable *versions; /* id -> version + 1 */
  GError *error;
} Lock;

static void
learn_version (JsonObject *entity, const char *member, gpointer user_data)
{
  Lock *lock = user_data;
  const char *id = vnfm_json_get_string (entity, "id");

  if (id != NULL)
    g_hash_table_insert (lock->versions, g_strdup (id),
                         GINT_TO_POINTER ((int)vnfm_json_get_int (entity, "hbVersion", 0) + 1));
}

static void
check_version (JsonObject *entity, const char *member, gpointer user_data)
{
  static const char *const needed[] = { "vnfr", "vdu", "vnfc_instance", NULL };
  Lock *lock = user_data;
  const char *id = vnfm_json_get_string (entity, "id");
  gint64 version = vnfm_json_get_int (entity, "hbVersion", 0);
  int known = id != NULL ? GPOINTER_TO_INT (g_hash_table_lookup (lock->versions, id)) : 0;

  if (lock->error != NULL)
    return;
  if (known == 0 && is_one_of (member, needed))
    lock->error = g_error_new (VNFM_ERROR, VNFM_ERROR_INVALID, "%s %s is not in the NFVO's database", member,
                               id != NULL ? id : "without an id");
  else if (known != 0 && version != known - 1)
    lock->error =
        g_error_new (VNFM_ERROR, VNFM_ERROR_INVALID, "stale %s %s: hbVersion is %" G_GINT64_FORMAT ", the NFVO's is %d",
                     member, id, version, known - 1);
  else if (known == 0 && id != NULL)
    json_object_remove_member (entity, "id"); /* replaced when it is stored */
}

static gboolean
check_lock (JsonObject *stored, JsonObject *vnfr, GError **error)
{
  Lock lock = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), NULL };

  nfvo_entity_foreach (stored, "vnfr", learn_version, &lock);
  nfvo_entity_foreach (vnfr, "vnfr", check_version, &lock);
  g_hash_table_unref (lock.versions);
  if (lock.error != NULL)
    g_propagate_error (error, lock.error);
  return lock.error == NULL;
}

static gboolean
check_service (NfvoRecords *self, JsonObject *vnfr, GError **error)
{
  const char *nsr_id = vnfm_json_get_string (vnfr, "parent_ns_id");

  if (vnfm_json_get_string (vnfr, "name") == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR has no name");
    return FALSE;
  }
  if (g_strcmp0 (nsr_id, self->nsr_id) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "no network service %s", nsr_id != NULL ? nsr_id : "(none)");
    return FALSE;
  }
  if (vnfm_json_get_array (vnfr, "vdu") == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR has no array vdu");
    return FALSE;
  }
  return TRUE;
}

static gboolean
need_arrays (JsonObject *object, const char *const *names, const char *where, GError **error)
{
  for (guint i = 0; names[i] != NULL; i++) {
    if (vnfm_json_get_array (object, names[i]) == NULL) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s has no array %s", where, names[i]);
      return FALSE;
    }
  }
  return TRUE;
}

/* ---- GRANT_OPERATION */

static gboolean
check_grant (NfvoRecords *self, JsonObject *vnfr, GError **error)
{
  static const char *const of_vnfr[] = { "vdu", "lifecycle_event_history", "vnf_address", NULL };
  static const char *const of_vdu[] = { "vm_image", "vimInstanceName", "vnfc", "vnfc_instance", NULL };
  static const char *const of_vnfc[] = { "connection_point", NULL };
  JsonArray *vdus;

  if (!check_service (self, vnfr, error) || !need_arrays (vnfr, of_vnfr, "the VNFR", error))
    return FALSE;
  if (vnfm_json_get_string (vnfr, "descriptor_reference") == NULL || vnfm_json_get_string (vnfr, "endpoint") == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR has no descriptor_reference or endpoint");
    return FALSE;
  }
  if (vnfm_json_get_string (vnfr, "id") != NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR of a GRANT_OPERATION has an id already");
    return FALSE;
  }
  vdus = vnfm_json_get_array (vnfr, "vdu");
  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    JsonObject *vdu = vnfm_json_element_object (vdus, i);
    JsonArray *vnfcs = vnfm_json_get_array (vdu, "vnfc");
    if (vnfm_json_get_string (vdu, "id") != NULL) {
      g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a VDU of a GRANT_OPERATION has an id already");
      return FALSE;
    }
    if (!need_arrays (vdu, of_vdu, "a VDU", error))
      return FALSE;
    for (guint j = 0; j < json_array_get_length (vnfcs); j++)
      if (!need_arrays (vnfm_json_element_object (vnfcs, j), of_vnfc, "a VNFC", error))
        return FALSE;
  }
  return TRUE;
}

/* The network that each connection point is plugged into. */
static void
choose_network (JsonObject *entity, const char *member, gpointer user_data)
{
  const char *network = vnfm_json_get_string (entity, "virtual_link_reference");
  g_autofree char *id = NULL;

  if (!g_str_equal (member, "connection_point") || network == NULL)
    return;
  id = g_strconcat ("net-", network, NULL);
  json_object_set_string_member (entity, "virtual_link_reference_id", id);
}

JsonObject *
nfvo_records_grant (NfvoRecords *self, JsonObject *vnfr, GError **error)
{
  const char *name = vnfm_json_get_string (vnfr, "name");

  if (!check_grant (self, vnfr, error))
    return NULL;
  if (nfvo_records_get_record (self, name) != NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VNF %s was granted already", name);
    return NULL;
  }
  nfvo_entity_foreach (vnfr, "vnfr", choose_network, NULL);
  nfvo_entity_store (vnfr, "vnfr", self->clock);
  nfvo_entity_foreach (vnfr, "vnfr", number_granted, NULL);
  note_outcome (self, vnfr, VNFM_ACTION_GRANT_OPERATION, NULL);
  remember (self, vnfr);
  return vnfr;
}

/* ---- ALLOCATE_RESOURCES */

static gboolean
check_vims (NfvoRecords *self, JsonObject *question, JsonObject *vnfr, GError **error)
{
  JsonObject *vims = vnfm_json_get_object (question, "vimInstances");
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");

  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    const char *id = vnfm_json_get_string (vnfm_json_element_object (vdus, i), "id");
    JsonObject *vim = id != NULL ? vnfm_json_get_object (vims, id) : NULL;
    const char *vim_id = vnfm_json_get_string (vim, "id");
    if (vim == NULL || vnfm_json_get_string (vim, "type") == NULL ||
        g_strcmp0 (vim_id, vnfm_json_get_string (self->vim, "id")) != 0) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VDU %s has no VIM of this NFVO in vimInstances",
                   id != NULL ? id : "without an id");
      return FALSE;
    }
  }
  return TRUE;
}

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
  if (!check_service (self, vnfr, error))
    return NULL;
  stored = nfvo_records_get_record (self, vnfm_json_get_string (vnfr, "name"));
  if (stored == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VNF %s was never granted",
                 vnfm_json_get_string (vnfr, "name"));
    return NULL;
  }
  if (!check_lock (stored, vnfr, error) || !check_vims (self, question, vnfr, error))
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
    add_history (self, vnfr, "ERROR", failure);
  note_outcome (self, vnfr, VNFM_ACTION_ALLOCATE_RESOURCES, failure);
  bump_all (self, vnfr, FALSE);
  remember (self, vnfr);
}

/* ---- results */

/* An instance that INSTANTIATE hands back must be usable as a source of dependencies. */
static gboolean
check_instances (JsonObject *vnfr, GError **error)
{
  static const char *const needed[] = { "ips", "floatingIps", NULL };
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");

  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    JsonArray *instances = vnfm_json_get_array (vnfm_json_element_object (vdus, i), "vnfc_instance");
    if (instances == NULL) {
      g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a VDU has no array vnfc_instance");
      return FALSE;
    }
    for (guint j = 0; j < json_array_get_length (instances); j++)
      if (!need_arrays (vnfm_json_element_object (instances, j), needed, "a VNFC instance", error))
        return FALSE;
  }
  return TRUE;
}

static void
set_instance_states (JsonObject *vnfr, const char *state)
{
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");

  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    JsonArray *instances = vnfm_json_get_array (vnfm_json_element_object (vdus, i), "vnfc_instance");
    guint n = instances != NULL ? json_array_get_length (instances) : 0;
    for (guint j = 0; j < n; j++)
      json_object_set_string_member (vnfm_json_element_object (instances, j), "state", state);
  }
}

JsonObject *
nfvo_records_save (NfvoRecords *self, JsonObject *vnfr, VnfmAction action, const char *message, GError **error)
{
  JsonObject *stored;

  if (!check_service (self, vnfr, error))
    return NULL;
  stored = nfvo_records_get_record (self, vnfm_json_get_string (vnfr, "name"));
  if (stored == NULL && action != VNFM_ACTION_ERROR) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "no VNFR of VNF %s", vnfm_json_get_string (vnfr, "name"));
    return NULL;
  }
  if (stored != NULL && !check_lock (stored, vnfr, error))
    return NULL;
  if (action != VNFM_ACTION_ERROR && !check_instances (vnfr, error))
    return NULL;
  if (action == VNFM_ACTION_START)
    set_instance_states (vnfr, "ACTIVE");
  note_outcome (self, vnfr, action, action == VNFM_ACTION_ERROR ? (message != NULL ? message : "") : NULL);
  bump_all (self, vnfr, action != VNFM_ACTION_ERROR);
  remember (self, vnfr);
  return vnfr;
}
