/* SPDX-License-Identifier: Apache-2.0 */
/* Values come in two sorts. Those of the VNF, "provides" and over them "configurations", stand in parameters[type];
 * those of an instance, its addresses and host name, in vnfcParameters[type].parameters[instance id]. A key that the
 * VNF has no value for stays "" there, also where each instance has one; a key that it declares without a value
 * ("provides" that nobody set) is left out, as Gson leaves out a null.
 *
 * vnfcParameters begins with an empty entry for the last VNF of the NSD, be it a source or not: the real NFVO does so
 * by mistake (openbaton.md, 0.2 item 18), and a manager must live with it. */
#include "config.h"

#include "core/nfvo/dependencies.h"

#include "core/package/entity.h"

typedef struct {
  char *name;
  char *type;
  GPtrArray *sources; /* Vnf, borrowed */
  GHashTable *asked;  /* type of a source -> set of the keys asked of it */
  JsonObject *dependency;
} Vnf;

struct _NfvoDependencies {
  VnfmClock *clock;
  GPtrArray *vnfs;
};

static void
vnf_free (Vnf *vnf)
{
  g_free (vnf->name);
  g_free (vnf->type);
  g_ptr_array_unref (vnf->sources);
  g_hash_table_unref (vnf->asked);
  g_clear_pointer (&vnf->dependency, json_object_unref);
  g_free (vnf);
}

NfvoDependencies *
nfvo_dependencies_new (VnfmClock *clock)
{
  NfvoDependencies *self = g_new0 (NfvoDependencies, 1);

  self->clock = g_object_ref (clock);
  self->vnfs = g_ptr_array_new_with_free_func ((GDestroyNotify)vnf_free);
  return self;
}

void
nfvo_dependencies_free (NfvoDependencies *self)
{
  g_ptr_array_unref (self->vnfs);
  g_object_unref (self->clock);
  g_free (self);
}

void
nfvo_dependencies_add_vnf (NfvoDependencies *self, const char *name, const char *type)
{
  Vnf *vnf = g_new0 (Vnf, 1);

  vnf->name = g_strdup (name);
  vnf->type = g_strdup (type);
  vnf->sources = g_ptr_array_new ();
  vnf->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  g_ptr_array_add (self->vnfs, vnf);
}

static Vnf *
find (NfvoDependencies *self, const char *name)
{
  for (guint i = 0; i < self->vnfs->len; i++) {
    Vnf *vnf = g_ptr_array_index (self->vnfs, i);
    if (g_strcmp0 (vnf->name, name) == 0)
      return vnf;
  }
  return NULL;
}

/* The object under @key of @map, made with an empty "parameters" where it is missing. */
static JsonObject *
ensure_parameters (NfvoDependencies *self, JsonObject *map, const char *key)
{
  JsonObject *holder = vnfm_json_get_object (map, key);
  g_autofree char *id = NULL;

  if (holder == NULL) {
    id = vnfm_clock_new_uuid (self->clock);
    holder = json_object_new ();
    json_object_set_object_member (holder, "parameters", json_object_new ());
    json_object_set_string_member (holder, "id", id);
    json_object_set_int_member (holder, "hbVersion", 1);
    json_object_set_boolean_member (holder, "shared", FALSE);
    json_object_set_object_member (holder, "metadata", json_object_new ());
    json_object_set_object_member (map, key, holder);
  }
  return vnfm_json_get_object (holder, "parameters");
}

static JsonObject *
make_dependency (NfvoDependencies *self, Vnf *target)
{
  JsonObject *dependency = json_object_new ();
  JsonObject *of_instances = json_object_new ();
  Vnf *last = g_ptr_array_index (self->vnfs, self->vnfs->len - 1);
  g_autofree char *id = vnfm_clock_new_uuid (self->clock);

  json_object_set_string_member (dependency, "target", target->name);
  json_object_set_object_member (dependency, "parameters", json_object_new ());
  json_object_set_object_member (dependency, "vnfcParameters", of_instances);
  json_object_set_object_member (dependency, "idType", json_object_new ());
  json_object_set_string_member (dependency, "id", id);
  json_object_set_int_member (dependency, "hbVersion", 1);
  json_object_set_boolean_member (dependency, "shared", FALSE);
  json_object_set_object_member (dependency, "metadata", json_object_new ());
  ensure_parameters (self, of_instances, last->type);
  return dependency;
}

static GHashTable *
ensure_keys (Vnf *target, const char *type)
{
  GHashTable *keys = g_hash_table_lookup (target->asked, type);

  if (keys == NULL) {
    keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (target->asked, g_strdup (type), keys);
  }
  return keys;
}

gboolean
nfvo_dependencies_add (NfvoDependencies *self, const char *source_name, const char *target_name, GPtrArray *parameters,
                       GError **error)
{
  Vnf *source = find (self, source_name);
  Vnf *target = find (self, target_name);
  GHashTable *keys;
  JsonObject *asked;

  if (source == NULL || target == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "the dependency of %s on %s names a VNF that is not there",
                 target_name, source_name);
    return FALSE;
  }
  if (target->dependency == NULL)
    target->dependency = make_dependency (self, target);
  if (!g_ptr_array_find (target->sources, source, NULL))
    g_ptr_array_add (target->sources, source);
  json_object_set_string_member (vnfm_json_get_object (target->dependency, "idType"), source->name, source->type);
  asked = ensure_parameters (self, vnfm_json_get_object (target->dependency, "parameters"), source->type);
  keys = ensure_keys (target, source->type);
  for (guint i = 0; parameters != NULL && i < parameters->len; i++) {
    json_object_set_string_member (asked, g_ptr_array_index (parameters, i), "");
    g_hash_table_add (keys, g_strdup (g_ptr_array_index (parameters, i)));
  }
  return TRUE;
}

static gboolean
reaches (Vnf *from, Vnf *to, GHashTable *seen)
{
  for (guint i = 0; i < from->sources->len; i++) {
    Vnf *source = g_ptr_array_index (from->sources, i);
    if (source == to || (g_hash_table_add (seen, source) && reaches (source, to, seen)))
      return TRUE;
  }
  return FALSE;
}

gboolean
nfvo_dependencies_is_cyclic (NfvoDependencies *self, const char *name)
{
  Vnf *vnf = find (self, name);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  return vnf != NULL && reaches (vnf, vnf, seen);
}

static void
visit (Vnf *vnf, GHashTable *seen, GPtrArray *order)
{
  if (!g_hash_table_add (seen, vnf))
    return;
  for (guint i = 0; i < vnf->sources->len; i++)
    visit (g_ptr_array_index (vnf->sources, i), seen, order);
  g_ptr_array_add (order, vnf->name);
}

GPtrArray *
nfvo_dependencies_dup_order (NfvoDependencies *self)
{
  GPtrArray *order = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < self->vnfs->len; i++)
    visit (g_ptr_array_index (self->vnfs, i), seen, order);
  return order;
}

JsonObject *
nfvo_dependencies_get (NfvoDependencies *self, const char *name)
{
  Vnf *vnf = find (self, name);

  return vnf != NULL ? vnf->dependency : NULL;
}

GPtrArray *
nfvo_dependencies_dup_sources (NfvoDependencies *self, const char *name)
{
  GPtrArray *names = g_ptr_array_new ();
  Vnf *vnf = find (self, name);

  for (guint i = 0; vnf != NULL && i < vnf->sources->len; i++)
    g_ptr_array_add (names, ((Vnf *)g_ptr_array_index (vnf->sources, i))->name);
  return names;
}

GPtrArray *
nfvo_dependencies_dup_targets (NfvoDependencies *self, const char *name)
{
  GPtrArray *names = g_ptr_array_new ();
  Vnf *source = find (self, name);

  for (guint i = 0; source != NULL && i < self->vnfs->len; i++) {
    Vnf *vnf = g_ptr_array_index (self->vnfs, i);
    if (g_ptr_array_find (vnf->sources, source, NULL))
      g_ptr_array_add (names, vnf->name);
  }
  return names;
}

/* ---- filling */

static void
count_change (JsonObject *entity)
{
  json_object_set_int_member (entity, "hbVersion", vnfm_json_get_int (entity, "hbVersion", 0) + 1);
}

/* Sets each asked key that the Configuration @name of @vnfr declares, or takes it away where that has no value. */
static void
fill_from (JsonObject *asked, GHashTable *keys, JsonObject *vnfr, const char *name)
{
  JsonArray *parameters = vnfm_json_get_array (vnfm_json_get_object (vnfr, name), "configurationParameters");
  guint n = parameters != NULL ? json_array_get_length (parameters) : 0;

  for (guint i = n; i > 0; i--) { /* of a repeated key the first counts */
    JsonObject *parameter = vnfm_json_element_object (parameters, i - 1);
    const char *key = vnfm_json_get_string (parameter, "confKey");
    g_autofree char *value = vnfm_json_dup_text (parameter, "value");
    if (key == NULL || !g_hash_table_contains (keys, key))
      continue;
    if (value != NULL)
      json_object_set_string_member (asked, key, value);
    else if (json_object_has_member (asked, key))
      json_object_remove_member (asked, key);
  }
}

static void
fill_addresses (JsonObject *values, GHashTable *keys, JsonObject *instance, const char *list, const char *suffix)
{
  JsonArray *ips = vnfm_json_get_array (instance, list);
  guint n = ips != NULL ? json_array_get_length (ips) : 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *ip = vnfm_json_element_object (ips, i);
    const char *network = vnfm_json_get_string (ip, "netName");
    const char *address = vnfm_json_get_string (ip, "ip");
    g_autofree char *key = g_strconcat (network != NULL ? network : "", suffix, NULL);
    if (network != NULL && address != NULL && g_hash_table_contains (keys, key))
      json_object_set_string_member (values, key, address);
  }
}

static void
fill_instances (NfvoDependencies *self, JsonObject *dependency, const char *type, GHashTable *keys, JsonObject *vnfr)
{
  JsonObject *of_types = vnfm_json_get_object (dependency, "vnfcParameters");
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");
  guint n_vdus = vdus != NULL ? json_array_get_length (vdus) : 0;

  for (guint i = 0; i < n_vdus; i++) {
    JsonArray *instances = vnfm_json_get_array (vnfm_json_element_object (vdus, i), "vnfc_instance");
    guint n = instances != NULL ? json_array_get_length (instances) : 0;
    for (guint j = 0; j < n; j++) {
      JsonObject *instance = vnfm_json_element_object (instances, j);
      const char *id = vnfm_json_get_string (instance, "id");
      const char *hostname = vnfm_json_get_string (instance, "hostname");
      JsonObject *values;
      if (id == NULL)
        continue;
      values = ensure_parameters (self, ensure_parameters (self, of_types, type), id);
      fill_addresses (values, keys, instance, "ips", "");
      fill_addresses (values, keys, instance, "floatingIps", "_floatingIp");
      if (hostname != NULL && g_hash_table_contains (keys, "hostname"))
        json_object_set_string_member (values, "hostname", hostname);
    }
  }
}

void
nfvo_dependencies_fill (NfvoDependencies *self, JsonObject *vnfr)
{
  Vnf *source = find (self, vnfm_json_get_string (vnfr, "name"));

  for (guint i = 0; source != NULL && i < self->vnfs->len; i++) {
    Vnf *target = g_ptr_array_index (self->vnfs, i);
    GHashTable *keys;
    JsonObject *holder;
    JsonObject *asked;
    if (!g_ptr_array_find (target->sources, source, NULL))
      continue;
    holder = vnfm_json_get_object (vnfm_json_get_object (target->dependency, "parameters"), source->type);
    asked = vnfm_json_get_object (holder, "parameters");
    keys = ensure_keys (target, source->type);
    fill_from (asked, keys, vnfr, "provides");
    fill_from (asked, keys, vnfr, "configurations");
    if (target != source)
      fill_instances (self, target->dependency, source->type, keys, vnfr);
    count_change (holder);
    count_change (target->dependency);
  }
}
