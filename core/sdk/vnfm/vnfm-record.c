/* SPDX-License-Identifier: Apache-2.0 */
/* The text is the record; the tree is a view on it that comes and goes. What changes is written anew as a whole, from
 * a tree of its own: the NFVO compares ids and versions, not the layout. */
#include "config.h"

#include <vnfm/vnfm-record.h>

#include <vnfm/vnfm-error.h>

#include <string.h>

struct _VnfmRecord {
  gatomicrefcount references;
  GBytes *text;
  JsonNode *tree;
  char *id;
  char *name;
  char *vnf_type;
  char *nsr_id;
};

G_DEFINE_BOXED_TYPE (VnfmRecord, vnfm_record, vnfm_record_ref, vnfm_record_unref)

static char *
dup_member (GBytes *text, GArray *members, const char *name)
{
  const VnfmJsonSpan *span = vnfm_json_find (members, name);
  const char *data = g_bytes_get_data (text, NULL);

  return span != NULL ? vnfm_json_unquote (data + span->offset, span->length) : NULL;
}

VnfmRecord *
vnfm_record_new (GBytes *text, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (text, &length);
  g_autoptr (GArray) members = vnfm_json_scan (data, length, error);

  if (members == NULL) {
    g_prefix_error (error, "VNFR: ");
    return NULL;
  }
  g_autofree char *name = dup_member (text, members, "name");
  if (name == NULL || name[0] == '\0') {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR has no name");
    return NULL;
  }
  const VnfmJsonSpan *vdu = vnfm_json_find (members, "vdu");
  if (vdu != NULL && data[vdu->offset] != '[' && data[vdu->offset] != 'n') {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VNFR %s: \"vdu\" is no array", name);
    return NULL;
  }
  VnfmRecord *self = g_new0 (VnfmRecord, 1);
  g_atomic_ref_count_init (&self->references);
  self->text = g_bytes_ref (text);
  self->id = dup_member (text, members, "id");
  self->name = g_steal_pointer (&name);
  self->vnf_type = dup_member (text, members, "type");
  self->nsr_id = dup_member (text, members, "parent_ns_id");
  return self;
}

VnfmRecord *
vnfm_record_ref (VnfmRecord *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
vnfm_record_unref (VnfmRecord *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  vnfm_record_forget_tree (self);
  g_bytes_unref (self->text);
  g_free (self->id);
  g_free (self->name);
  g_free (self->vnf_type);
  g_free (self->nsr_id);
  g_free (self);
}

GBytes *
vnfm_record_get_text (VnfmRecord *self)
{
  return self->text;
}

JsonObject *
vnfm_record_get_object (VnfmRecord *self)
{
  /* What was scanned can be parsed. */
  if (self->tree == NULL)
    self->tree = vnfm_json_parse (self->text, NULL);
  return json_node_get_object (self->tree);
}

void
vnfm_record_forget_tree (VnfmRecord *self)
{
  g_clear_pointer (&self->tree, json_node_unref);
}

const char *
vnfm_record_get_id (VnfmRecord *self)
{
  return self->id;
}

const char *
vnfm_record_get_name (VnfmRecord *self)
{
  return self->name;
}

const char *
vnfm_record_get_vnf_type (VnfmRecord *self)
{
  return self->vnf_type;
}

const char *
vnfm_record_get_nsr_id (VnfmRecord *self)
{
  return self->nsr_id;
}

/* ---- instances and scripts */

/* Calls @func for the JSON of each instance in VNFR order, until it returns FALSE. */
static void
foreach_instance (JsonObject *record, gboolean (*func) (JsonObject *instance, gpointer data), gpointer data)
{
  JsonArray *vdus = vnfm_json_get_array (record, "vdu");
  guint n_vdus = vdus != NULL ? json_array_get_length (vdus) : 0;

  for (guint i = 0; i < n_vdus; i++) {
    JsonArray *instances = vnfm_json_get_array (vnfm_json_element_object (vdus, i), "vnfc_instance");
    guint n = instances != NULL ? json_array_get_length (instances) : 0;
    for (guint k = 0; k < n; k++) {
      if (!func (vnfm_json_element_object (instances, k), data))
        return;
    }
  }
}

typedef struct {
  VnfmRecord *record;
  GPtrArray *vnfcs;
  GError *error;
} Collection;

static gboolean
collect_vnfc (JsonObject *instance, gpointer data)
{
  Collection *collection = data;
  VnfmVnfc *vnfc = vnfm_vnfc_new_from_json (instance, collection->record->id, &collection->error);

  if (vnfc == NULL)
    return FALSE;
  vnfm_vnfc_default_host_keys (vnfc, vnfm_record_get_object (collection->record));
  g_ptr_array_add (collection->vnfcs, vnfc);
  return TRUE;
}

GPtrArray *
vnfm_record_dup_vnfcs (VnfmRecord *self, GError **error)
{
  Collection collection = { self, g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_vnfc_unref), NULL };

  foreach_instance (vnfm_record_get_object (self), collect_vnfc, &collection);
  if (collection.error != NULL) {
    g_propagate_prefixed_error (error, collection.error, "VNFR %s: ", self->name);
    g_ptr_array_unref (collection.vnfcs);
    return NULL;
  }
  return collection.vnfcs;
}

/* Returns: (nullable): the names of the first lifecycle event that means @event. */
static JsonArray *
find_event (VnfmRecord *self, VnfmEvent event)
{
  JsonArray *events = vnfm_json_get_array (vnfm_record_get_object (self), "lifecycle_event");
  guint n = events != NULL ? json_array_get_length (events) : 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *candidate = vnfm_json_element_object (events, i);
    if (vnfm_event_from_nick (vnfm_json_get_string (candidate, "event")) == event)
      return vnfm_json_get_array (candidate, "lifecycle_events");
  }
  return NULL;
}

GPtrArray *
vnfm_record_dup_scripts (VnfmRecord *self, VnfmEvent event)
{
  GPtrArray *scripts = g_ptr_array_new_with_free_func (g_free);
  JsonArray *names = event != VNFM_EVENT_NONE ? find_event (self, event) : NULL;
  guint n = names != NULL ? json_array_get_length (names) : 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (names, i);
    const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
    if (name != NULL && name[0] != '\0')
      g_ptr_array_add (scripts, g_strdup (name));
  }
  return scripts;
}

/* ---- changed copies */

/* @tree: (transfer full): of a record, changed where neither its name nor "vdu" as a whole is. */
static VnfmRecord *
record_of_tree (VnfmRecord *origin, JsonNode *tree)
{
  VnfmRecord *self = g_new0 (VnfmRecord, 1);

  g_atomic_ref_count_init (&self->references);
  self->text = vnfm_json_write (tree);
  self->tree = tree;
  self->id = g_strdup (origin->id);
  self->name = g_strdup (origin->name);
  self->vnf_type = g_strdup (origin->vnf_type);
  self->nsr_id = g_strdup (origin->nsr_id);
  return self;
}

/* The member's object or array, made where it is missing. */
static JsonObject *
need_object (JsonObject *object, const char *name)
{
  if (vnfm_json_get_object (object, name) == NULL)
    json_object_set_object_member (object, name, json_object_new ());
  return vnfm_json_get_object (object, name);
}

static JsonArray *
need_array (JsonObject *object, const char *name)
{
  if (vnfm_json_get_array (object, name) == NULL)
    json_object_set_array_member (object, name, json_array_new ());
  return vnfm_json_get_array (object, name);
}

static JsonObject *
find_parameter (JsonArray *parameters, const char *key)
{
  for (guint i = 0; i < json_array_get_length (parameters); i++) {
    JsonObject *parameter = vnfm_json_element_object (parameters, i);
    if (g_strcmp0 (vnfm_json_get_string (parameter, "confKey"), key) == 0)
      return parameter;
  }
  return NULL;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

VnfmRecord *
vnfm_record_with_provides (VnfmRecord *self, GHashTable *values)
{
  JsonNode *tree = vnfm_json_parse (self->text, NULL);
  JsonObject *provides = need_object (json_node_get_object (tree), "provides");
  JsonArray *parameters = need_array (provides, "configurationParameters");
  GList *keys = g_list_sort (g_hash_table_get_keys (values), compare_strings);

  if (!json_object_has_member (provides, "name"))
    json_object_set_string_member (provides, "name", "provides");
  for (GList *key = keys; key != NULL; key = key->next) {
    JsonObject *parameter = find_parameter (parameters, key->data);
    if (parameter == NULL) {
      parameter = json_object_new ();
      json_object_set_string_member (parameter, "confKey", key->data);
      json_array_add_object_element (parameters, parameter);
    }
    json_object_set_string_member (parameter, "value", g_hash_table_lookup (values, key->data));
  }
  g_list_free (keys);
  return record_of_tree (self, tree);
}

typedef struct {
  const char *key;
  const char *state;
} NewState;

static gboolean
set_state (JsonObject *instance, gpointer data)
{
  const NewState *change = data;

  if (g_strcmp0 (vnfm_json_get_string (instance, "id"), change->key) != 0 &&
      g_strcmp0 (vnfm_json_get_string (instance, "hostname"), change->key) != 0)
    return TRUE;
  json_object_set_string_member (instance, "state", change->state);
  return FALSE;
}

VnfmRecord *
vnfm_record_with_vnfc_state (VnfmRecord *self, const char *vnfc_key, const char *state)
{
  NewState change = { vnfc_key, state };
  JsonNode *tree = vnfm_json_parse (self->text, NULL);

  foreach_instance (json_node_get_object (tree), set_state, &change);
  return record_of_tree (self, tree);
}
