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

#include "core/nfvo/records-private.h"

#include "core/package/entity.h"

#include <string.h>

#define HISTORY_LIMIT 1024

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

void
records_add_history (NfvoRecords *self, JsonObject *vnfr, const char *event, const char *description)
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
void
records_note_outcome (NfvoRecords *self, JsonObject *vnfr, VnfmAction action, const char *message)
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
    records_add_history (self, vnfr, outcome->event, message != NULL ? message : outcome->description);
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
  if (g_strv_contains (counted, member) || !json_object_has_member (entity, "metadata"))
    json_object_set_int_member (entity, "hbVersion", version + 1);
  if (how->read_back && !json_object_has_member (entity, "metadata"))
    json_object_set_object_member (entity, "metadata", json_object_new ());
}

void
records_bump (NfvoRecords *self, JsonObject *vnfr, gboolean read_back)
{
  static const char *const lists[] = { "connected_external_virtual_link", "notification", "runtime_policy_info", NULL };
  Bump how = { self, read_back };

  nfvo_entity_foreach (vnfr, "vnfr", bump, &how);
  if (read_back)
    nfvo_entity_ensure_arrays (vnfr, lists);
}

void
records_remember (NfvoRecords *self, JsonObject *vnfr)
{
  g_hash_table_replace (self->records, g_strdup (vnfm_json_get_string (vnfr, "name")), json_object_ref (vnfr));
}

/* ---- GRANT_OPERATION */

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

  if (!records_check_grant (self, vnfr, error))
    return NULL;
  if (nfvo_records_get_record (self, name) != NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VNF %s was granted already", name);
    return NULL;
  }
  nfvo_entity_foreach (vnfr, "vnfr", choose_network, NULL);
  nfvo_entity_store (vnfr, "vnfr", self->clock);
  nfvo_entity_foreach (vnfr, "vnfr", number_granted, NULL);
  records_note_outcome (self, vnfr, VNFM_ACTION_GRANT_OPERATION, NULL);
  records_remember (self, vnfr);
  return vnfr;
}

/* ---- results */

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

  if (!records_check_service (self, vnfr, error))
    return NULL;
  stored = nfvo_records_get_record (self, vnfm_json_get_string (vnfr, "name"));
  if (stored == NULL && action != VNFM_ACTION_ERROR) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "no VNFR of VNF %s", vnfm_json_get_string (vnfr, "name"));
    return NULL;
  }
  if (stored != NULL && !records_check_lock (stored, vnfr, error))
    return NULL;
  if (action != VNFM_ACTION_ERROR && !records_check_instances (vnfr, error))
    return NULL;
  if (action == VNFM_ACTION_START)
    set_instance_states (vnfr, "ACTIVE");
  records_note_outcome (self, vnfr, action, action == VNFM_ACTION_ERROR ? (message != NULL ? message : "") : NULL);
  records_bump (self, vnfr, action != VNFM_ACTION_ERROR);
  records_remember (self, vnfr);
  return vnfr;
}
