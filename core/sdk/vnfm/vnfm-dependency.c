/* SPDX-License-Identifier: Apache-2.0 */
/* {"parameters": {TYPE: {"parameters": {K: V}}}, "vnfcParameters": {TYPE: {"parameters": {ID: {"parameters": {K:
 * V}}}}}} */
#include "config.h"

#include <vnfm/vnfm-dependency.h>

#include <vnfm/vnfm-error.h>

#include <string.h>

struct _VnfmDependency {
  gatomicrefcount references;
  GBytes *text;
  JsonNode *tree;
};

G_DEFINE_BOXED_TYPE (VnfmDependency, vnfm_dependency, vnfm_dependency_ref, vnfm_dependency_unref)

VnfmDependency *
vnfm_dependency_new (GBytes *text, GError **error)
{
  g_autoptr (JsonNode) tree = vnfm_json_parse (text, error);

  if (tree == NULL) {
    g_prefix_error (error, "dependency: ");
    return NULL;
  }
  if (!JSON_NODE_HOLDS_OBJECT (tree)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the dependency is no object");
    return NULL;
  }
  VnfmDependency *self = g_new0 (VnfmDependency, 1);
  g_atomic_ref_count_init (&self->references);
  self->text = g_bytes_ref (text);
  self->tree = g_steal_pointer (&tree);
  return self;
}

VnfmDependency *
vnfm_dependency_ref (VnfmDependency *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
vnfm_dependency_unref (VnfmDependency *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_bytes_unref (self->text);
  json_node_unref (self->tree);
  g_free (self);
}

GBytes *
vnfm_dependency_get_text (VnfmDependency *self)
{
  return self->text;
}

static JsonObject *
get_member (VnfmDependency *self, const char *name)
{
  return vnfm_json_get_object (json_node_get_object (self->tree), name);
}

/* Returns: (nullable): borrowed: the longest member name of @types that @script begins with, followed by "_". */
static const char *
longest_match (JsonObject *types, const char *script)
{
  JsonObjectIter iter;
  const char *type;
  const char *best = NULL;
  gsize best_length = 0;

  if (types == NULL)
    return NULL;
  json_object_iter_init (&iter, types);
  while (json_object_iter_next (&iter, &type, NULL)) {
    gsize length = strlen (type);
    if (length > best_length && g_str_has_prefix (script, type) && script[length] == '_') {
      best = type;
      best_length = length;
    }
  }
  return best;
}

const char *
vnfm_dependency_match_script (VnfmDependency *self, const char *script)
{
  const char *type = longest_match (get_member (self, "vnfcParameters"), script);

  return type != NULL ? type : longest_match (get_member (self, "parameters"), script);
}

/* Returns: (nullable): the object of a source type's instances by id. */
static JsonObject *
get_instances (VnfmDependency *self, const char *type)
{
  return vnfm_json_get_object (vnfm_json_get_object (get_member (self, "vnfcParameters"), type), "parameters");
}

GPtrArray *
vnfm_dependency_dup_instances (VnfmDependency *self, const char *type)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  JsonObject *instances = get_instances (self, type);
  JsonObjectIter iter;
  const char *id;

  if (instances == NULL)
    return ids;
  json_object_iter_init_ordered (&iter, instances);
  while (json_object_iter_next_ordered (&iter, &id, NULL))
    g_ptr_array_add (ids, g_strdup (id));
  return ids;
}

/* Adds the values of @parameters; an empty one only where there is none of its name. */
static void
add_parameters (GHashTable *values, JsonObject *parameters)
{
  JsonObjectIter iter;
  const char *name;

  if (parameters == NULL)
    return;
  json_object_iter_init (&iter, parameters);
  while (json_object_iter_next (&iter, &name, NULL)) {
    g_autofree char *value = vnfm_json_dup_text (parameters, name);
    if (value != NULL && (value[0] != '\0' || !g_hash_table_contains (values, name)))
      g_hash_table_insert (values, g_strdup (name), g_steal_pointer (&value));
  }
}

GHashTable *
vnfm_dependency_dup_parameters (VnfmDependency *self, const char *type, const char *instance)
{
  GHashTable *values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonObject *of_vnf = vnfm_json_get_object (get_member (self, "parameters"), type);

  add_parameters (values, vnfm_json_get_object (of_vnf, "parameters"));
  if (instance != NULL) {
    JsonObject *of_instance = vnfm_json_get_object (get_instances (self, type), instance);
    add_parameters (values, vnfm_json_get_object (of_instance, "parameters"));
  }
  return values;
}
