/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "vnfm-json-copy.h"

#include <vnfm/vnfm-json.h>

JsonObject *
json_new_entity (void)
{
  JsonObject *entity = json_object_new ();

  json_object_set_int_member (entity, "hbVersion", 0);
  json_object_set_boolean_member (entity, "shared", FALSE);
  return entity;
}

JsonArray *
json_copy_texts (JsonObject *from, const char *name)
{
  JsonArray *texts = json_array_new ();
  JsonArray *array = vnfm_json_get_array (from, name);
  g_autofree char *single = vnfm_json_dup_text (from, name);
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
      json_array_add_string_element (texts, json_node_get_string (node));
  }
  if (single != NULL && single[0] != '\0')
    json_array_add_string_element (texts, single);
  return texts;
}

JsonObject *
json_copy_map (JsonObject *from, const char *name)
{
  JsonObject *map = json_object_new ();
  JsonObject *source = vnfm_json_get_object (from, name);
  JsonObjectIter iter;
  const char *key;

  if (source == NULL)
    return map;
  json_object_iter_init_ordered (&iter, source);
  while (json_object_iter_next_ordered (&iter, &key, NULL)) {
    g_autofree char *value = vnfm_json_dup_text (source, key);
    if (value != NULL)
      json_object_set_string_member (map, key, value);
  }
  return map;
}

static void
copy_map_unless_empty (JsonObject *to, JsonObject *from, const char *name)
{
  g_autoptr (JsonObject) map = json_copy_map (from, name);

  if (json_object_get_size (map) > 0)
    json_object_set_object_member (to, name, g_steal_pointer (&map));
}

static void
copy_number (JsonObject *to, JsonObject *from, const char *name)
{
  JsonNode *node = from != NULL ? json_object_get_member (from, name) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
    json_object_set_member (to, name, json_node_copy (node));
  else
    json_object_set_int_member (to, name, 0);
}

JsonObject *
json_copy_entity (JsonObject *from, const CopyField *fields)
{
  JsonObject *to = json_new_entity ();

  for (const CopyField *field = fields; field->name != NULL; field++) {
    const char *name = field->name;
    g_autofree char *text = field->kind == COPY_TEXT ? vnfm_json_dup_text (from, name) : NULL;

    if (text != NULL)
      json_object_set_string_member (to, name, text);
    if (field->kind == COPY_INT)
      json_object_set_int_member (to, name, vnfm_json_get_int (from, name, 0));
    if (field->kind == COPY_BOOLEAN)
      json_object_set_boolean_member (to, name, vnfm_json_get_boolean (from, name, FALSE));
    if (field->kind == COPY_NUMBER)
      copy_number (to, from, name);
    if (field->kind == COPY_TEXTS)
      json_object_set_array_member (to, name, json_copy_texts (from, name));
    if (field->kind == COPY_MAP)
      copy_map_unless_empty (to, from, name);
  }
  return to;
}

JsonArray *
json_copy_entities (JsonArray *from, const CopyField *fields, CopyMore more, gpointer user_data)
{
  JsonArray *entities = json_array_new ();
  guint n = from != NULL ? json_array_get_length (from) : 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *source = vnfm_json_element_object (from, i);
    if (source == NULL)
      continue;
    JsonObject *entity = json_copy_entity (source, fields);
    if (more != NULL)
      more (entity, source, user_data);
    json_array_add_object_element (entities, entity);
  }
  return entities;
}
