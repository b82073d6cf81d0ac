/* SPDX-License-Identifier: Apache-2.0 */
/* One recursive copy by the tables of vnfd-fields.c; what these cannot say is done to the copy afterwards, member by
 * member. */
#include "config.h"

#include "core/package/vnfd-json.h"

#include "core/package/entity.h"
#include "core/package/vnfd-fields.h"

#include <string.h>

typedef struct {
  NfvoService *service;
  const char *object;
} Reader;

/* ---- members */

static const NfvoField *
find_field (const NfvoField *fields, const char *name)
{
  for (; fields->name != NULL; fields++) {
    if (g_str_equal (fields->name, name))
      return fields;
  }
  return NULL;
}

static void
tell_wrong_type (Reader *reader, const char *name, const char *wanted)
{
  g_autofree char *flag = g_strdup_printf ("%s of the wrong type", name);

  nfvo_service_tell (reader->service, NFVO_WARNING, flag, reader->object, "%s is not %s: left out", name, wanted);
}

static void
tell_as_string (Reader *reader, const char *name, const char *wanted)
{
  g_autofree char *flag = g_strdup_printf ("%s as string", name);

  nfvo_service_tell (reader->service, NFVO_HINT, flag, reader->object, "%s is a string, not %s: read all the same",
                     name, wanted);
}

static gboolean
is_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

static void
copy_text (Reader *reader, JsonObject *to, JsonObject *from, const char *name)
{
  g_autofree char *text = vnfm_json_dup_text (from, name);

  if (text != NULL)
    json_object_set_string_member (to, name, text);
  else
    tell_wrong_type (reader, name, "a string");
}

static void
copy_int (Reader *reader, JsonObject *to, JsonObject *from, const char *name)
{
  JsonNode *node = json_object_get_member (from, name);
  gint64 value = vnfm_json_get_int (from, name, G_MININT64);

  if (value == G_MININT64) {
    tell_wrong_type (reader, name, "a number");
    return;
  }
  if (is_string (node))
    tell_as_string (reader, name, "a number");
  json_object_set_int_member (to, name, value);
}

static void
copy_boolean (Reader *reader, JsonObject *to, JsonObject *from, const char *name)
{
  JsonNode *node = json_object_get_member (from, name);
  const char *text = vnfm_json_get_string (from, name);
  gboolean by_text = text != NULL && (g_str_equal (text, "true") || g_str_equal (text, "false"));

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    json_object_set_boolean_member (to, name, json_node_get_boolean (node));
  else if (by_text)
    json_object_set_boolean_member (to, name, text[0] == 't');
  else
    tell_wrong_type (reader, name, "true or false");
  if (by_text)
    tell_as_string (reader, name, "true or false");
}

/* The strings of the list @node, or the one that it is; an empty one stands for none. */
static JsonArray *
read_texts (Reader *reader, JsonNode *node, const char *name)
{
  JsonArray *texts = json_array_new ();
  JsonArray *from = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (is_string (node)) {
    tell_as_string (reader, name, "a list");
    if (json_node_get_string (node)[0] != '\0')
      json_array_add_string_element (texts, json_node_get_string (node));
  } else if (from == NULL) {
    tell_wrong_type (reader, name, "a list of strings");
  }
  for (guint i = 0; from != NULL && i < json_array_get_length (from); i++) {
    JsonNode *element = json_array_get_element (from, i);
    if (!is_string (element))
      tell_wrong_type (reader, name, "a list of strings only");
    else if (json_node_get_string (element)[0] != '\0')
      json_array_add_string_element (texts, json_node_get_string (element));
  }
  return texts;
}

/* ---- entities */

static JsonObject *copy_entity (Reader *reader, JsonObject *from, const NfvoField *fields);

static JsonObject *
new_entity (void)
{
  JsonObject *entity = nfvo_entity_new ();

  json_object_set_object_member (entity, "metadata", json_object_new ());
  return entity;
}

static JsonArray *
copy_entities (Reader *reader, JsonNode *node, const NfvoField *field)
{
  JsonArray *entities = json_array_new ();

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    nfvo_service_tell (reader->service, NFVO_HINT, "an object in place of a list", reader->object,
                       "%s is one object, not a list: read as a list of one", field->name);
    json_array_add_object_element (entities, copy_entity (reader, json_node_get_object (node), field->fields));
    return entities;
  }
  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    tell_wrong_type (reader, field->name, "a list");
    return entities;
  }
  JsonArray *from = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (from); i++) {
    JsonObject *element = vnfm_json_element_object (from, i);
    if (element == NULL)
      tell_wrong_type (reader, field->name, "a list of objects only");
    else
      json_array_add_object_element (entities, copy_entity (reader, element, field->fields));
  }
  return entities;
}

static void
copy_member (Reader *reader, JsonObject *to, JsonObject *from, const NfvoField *field)
{
  const char *name = field->name;
  JsonNode *node = json_object_get_member (from, name);

  switch (field->kind) {
  case NFVO_FIELD_TEXT:
    copy_text (reader, to, from, name);
    break;
  case NFVO_FIELD_INT:
    copy_int (reader, to, from, name);
    break;
  case NFVO_FIELD_BOOLEAN:
    copy_boolean (reader, to, from, name);
    break;
  case NFVO_FIELD_NUMBER:
    if (JSON_NODE_HOLDS_VALUE (node))
      json_object_set_member (to, name, json_node_copy (node));
    break;
  case NFVO_FIELD_TEXTS:
    json_object_set_array_member (to, name, read_texts (reader, node, name));
    break;
  case NFVO_FIELD_ENTITY:
    if (JSON_NODE_HOLDS_OBJECT (node))
      json_object_set_object_member (to, name, copy_entity (reader, json_node_get_object (node), field->fields));
    else
      tell_wrong_type (reader, name, "an object");
    break;
  case NFVO_FIELD_ENTITIES:
    json_object_set_array_member (to, name, copy_entities (reader, node, field));
    break;
  case NFVO_FIELD_AS_IT_IS:
    if (JSON_NODE_HOLDS_ARRAY (node))
      json_object_set_member (to, name, json_node_copy (node));
    else
      tell_wrong_type (reader, name, "a list");
    break;
  default:
    break;
  }
}

static void
copy_metadata (JsonObject *to, JsonObject *from)
{
  JsonObject *source = vnfm_json_get_object (from, "metadata");
  JsonObject *metadata = vnfm_json_get_object (to, "metadata");
  g_autoptr (GList) names = source != NULL ? json_object_get_members (source) : NULL;

  for (GList *l = names; l != NULL; l = l->next) {
    g_autofree char *value = vnfm_json_dup_text (source, l->data);
    if (value != NULL)
      json_object_set_string_member (metadata, l->data, value);
  }
}

/* What a member is where the source has none, or null. */
static void
set_default (JsonObject *to, const NfvoField *field)
{
  if (field->kind == NFVO_FIELD_INT)
    json_object_set_int_member (to, field->name, 0);
  else if (field->kind == NFVO_FIELD_BOOLEAN)
    json_object_set_boolean_member (to, field->name, FALSE);
  else if (field->kind == NFVO_FIELD_TEXTS || field->kind == NFVO_FIELD_ENTITIES || field->kind == NFVO_FIELD_AS_IT_IS)
    json_object_set_array_member (to, field->name, json_array_new ());
}

static void
tell_unknown (Reader *reader, JsonObject *from, const NfvoField *fields)
{
  g_autoptr (GList) names = json_object_get_members (from);

  for (GList *l = names; l != NULL; l = l->next) {
    g_autofree char *flag = NULL;
    if (find_field (fields, l->data) != NULL || find_field (nfvo_base_fields, l->data) != NULL)
      continue;
    flag = g_strdup_printf ("unknown key: %s", (char *)l->data);
    nfvo_service_tell (reader->service, NFVO_HINT, flag, reader->object, "the key \"%s\" is not known: left out",
                       (char *)l->data);
  }
}

static JsonObject *
copy_entity (Reader *reader, JsonObject *from, const NfvoField *fields)
{
  JsonObject *to = new_entity ();

  for (const NfvoField *field = fields; field->name != NULL; field++) {
    JsonNode *node = json_object_get_member (from, field->name);
    if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
      copy_member (reader, to, from, field);
    if (!json_object_has_member (to, field->name))
      set_default (to, field);
  }
  copy_metadata (to, from);
  tell_unknown (reader, from, fields);
  return to;
}

/* ---- requires, provides */

/* The keys of a Configuration, as "requires" and "provides" are in a VNFR. */
static JsonArray *
keys_of (JsonObject *configuration)
{
  JsonArray *keys = json_array_new ();
  JsonArray *parameters = vnfm_json_get_array (configuration, "configurationParameters");
  guint n = parameters != NULL ? json_array_get_length (parameters) : 0;

  for (guint i = 0; i < n; i++) {
    const char *key = vnfm_json_get_string (vnfm_json_element_object (parameters, i), "confKey");
    if (key != NULL)
      json_array_add_string_element (keys, key);
  }
  return keys;
}

static void
add_requirement (JsonObject *requires, const char *source, JsonArray *parameters)
{
  JsonObject *entity = vnfm_json_get_object (requires, source);

  if (entity == NULL) {
    entity = new_entity ();
    json_object_set_array_member (entity, "parameters", json_array_new ());
    json_object_set_object_member (requires, source, entity);
  }
  JsonArray *all = vnfm_json_get_array (entity, "parameters");
  for (guint i = 0; i < json_array_get_length (parameters); i++)
    json_array_add_string_element (all, json_array_get_string_element (parameters, i));
  json_array_unref (parameters);
}

/* A name alone says nothing of whom it is wanted from; "type.parameter" does. */
static void
add_named_requirement (Reader *reader, JsonObject *requires, const char *name)
{
  const char *dot = strchr (name, '.');

  if (dot == NULL || dot == name || dot[1] == '\0') {
    nfvo_service_tell (reader->service, NFVO_WARNING, "requires without a source", reader->object,
                       "requires \"%s\" does not say from which VNF: no dependency follows", name);
    return;
  }
  g_autofree char *source = g_strndup (name, (gsize)(dot - name));
  JsonArray *parameters = json_array_new ();
  json_array_add_string_element (parameters, dot + 1);
  add_requirement (requires, source, parameters);
}

static void
read_requires_list (Reader *reader, JsonObject *requires, JsonArray *list)
{
  nfvo_service_tell (reader->service, NFVO_HINT, "requires as list", reader->object,
                     "requires is a list, not an object by VNF: read as far as it says whom it means");
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *element = json_array_get_element (list, i);
    if (is_string (element))
      add_named_requirement (reader, requires, json_node_get_string (element));
    else
      tell_wrong_type (reader, "requires", "a list of strings only");
  }
}

static void
read_requires_map (Reader *reader, JsonObject *requires, JsonObject *map)
{
  g_autoptr (GList) names = json_object_get_members (map);

  for (GList *l = names; l != NULL; l = l->next) {
    JsonNode *node = json_object_get_member (map, l->data);
    JsonNode *parameters = node;
    if (JSON_NODE_HOLDS_OBJECT (node))
      parameters = json_object_get_member (json_node_get_object (node), "parameters");
    if (parameters == NULL || JSON_NODE_HOLDS_NULL (parameters))
      add_requirement (requires, l->data, json_array_new ());
    else
      add_requirement (requires, l->data, read_texts (reader, parameters, "requires"));
  }
}

/* Three shapes: an object by VNF, of objects with "parameters" or of lists; a list; a record's Configuration. */
static JsonObject *
read_requires (Reader *reader, JsonNode *node)
{
  JsonObject *requires = json_object_new ();
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (JSON_NODE_HOLDS_ARRAY (node)) {
    read_requires_list (reader, requires, json_node_get_array (node));
  } else if (object == NULL) {
    tell_wrong_type (reader, "requires", "an object");
  } else if (vnfm_json_get_array (object, "configurationParameters") != NULL) {
    g_autoptr (JsonArray) keys = keys_of (object);
    for (guint i = 0; i < json_array_get_length (keys); i++)
      add_named_requirement (reader, requires, json_array_get_string_element (keys, i));
  } else {
    read_requires_map (reader, requires, object);
  }
  return requires;
}

static JsonArray *
read_provides (Reader *reader, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return keys_of (json_node_get_object (node));
  return read_texts (reader, node, "provides");
}

static void
read_relations (Reader *reader, JsonObject *to, JsonObject *from)
{
  JsonNode *requires = json_object_get_member (from, "requires");
  JsonNode *provides = json_object_get_member (from, "provides");
  gboolean given = requires != NULL && !JSON_NODE_HOLDS_NULL (requires);

  json_object_set_object_member (to, "requires", given ? read_requires (reader, requires) : json_object_new ());
  if (given)
    nfvo_service_tell (reader->service, NFVO_HINT, "requires", reader->object,
                       "requires says what is wanted of which VNF: dependencies follow from it");
  given = provides != NULL && !JSON_NODE_HOLDS_NULL (provides);
  json_object_set_array_member (to, "provides", given ? read_provides (reader, provides) : json_array_new ());
  if (given)
    nfvo_service_tell (reader->service, NFVO_HINT, "provides", reader->object,
                       "provides names values that others may require");
}

/* ---- VDUs, flavours, names */

static void
finish_vdu (Reader *reader, JsonObject *to, JsonObject *from, const char *vnf, guint number)
{
  const char *name = vnfm_json_get_string (to, "name");
  guint n_vnfcs = json_array_get_length (vnfm_json_get_array (to, "vnfc"));
  g_autofree char *made = g_strdup_printf ("%s-%u", vnf, number);

  if (name == NULL || name[0] == '\0')
    json_object_set_string_member (to, "name", made);
  json_object_set_array_member (to, "vnfc_instance", json_array_new ());
  if (json_object_has_member (from, "scale_in_out"))
    copy_int (reader, to, from, "scale_in_out");
  if (vnfm_json_get_int (to, "scale_in_out", 0) < 1)
    json_object_set_int_member (to, "scale_in_out", MAX (n_vnfcs, 1));
}

static void
finish_vdus (Reader *reader, JsonObject *to, JsonObject *from)
{
  const char *vnf = vnfm_json_get_string (to, "name");
  JsonArray *vdus = vnfm_json_get_array (to, "vdu");
  JsonArray *sources = vnfm_json_get_array (from, "vdu");
  JsonObject *single = vnfm_json_get_object (from, "vdu");
  guint taken = 0;

  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    JsonObject *source = single;
    while (sources != NULL && source == NULL) /* what is no object was left out */
      source = vnfm_json_element_object (sources, taken++);
    finish_vdu (reader, json_array_get_object_element (vdus, i), source, vnf != NULL ? vnf : "vdu", i + 1);
  }
}

/* A VNFR has the key of its flavour only. */
static void
finish_flavours (JsonObject *to, JsonObject *from)
{
  JsonArray *flavours = vnfm_json_get_array (to, "deployment_flavour");
  const char *key = vnfm_json_get_string (from, "deployment_flavour_key");
  Reader nobody = { NULL, NULL };
  g_autoptr (JsonObject) source = NULL;

  if (key == NULL || json_array_get_length (flavours) > 0)
    return;
  source = json_object_new ();
  json_object_set_string_member (source, "flavour_key", key);
  json_array_add_object_element (flavours, copy_entity (&nobody, source, nfvo_flavour_fields));
}

static void
finish_names (JsonObject *to)
{
  const char *name = vnfm_json_get_string (to, "name");
  const char *type = vnfm_json_get_string (to, "type");
  const char *endpoint = vnfm_json_get_string (to, "endpoint");
  JsonObject *configurations = vnfm_json_get_object (to, "configurations");

  if (type == NULL || type[0] == '\0')
    json_object_set_string_member (to, "type", name != NULL ? name : "");
  if (endpoint == NULL || endpoint[0] == '\0')
    json_object_set_string_member (to, "endpoint", vnfm_json_get_string (to, "type"));
  if (configurations == NULL) {
    configurations = new_entity ();
    json_object_set_array_member (configurations, "configurationParameters", json_array_new ());
    json_object_set_object_member (to, "configurations", configurations);
  }
  if (vnfm_json_get_string (configurations, "name") == NULL && name != NULL)
    json_object_set_string_member (configurations, "name", name);
}

JsonObject *
nfvo_vnfd_normalise (NfvoService *service, const char *object, JsonObject *vnfd)
{
  Reader reader = { service, object };
  JsonObject *to = copy_entity (&reader, vnfd, nfvo_vnfd_fields);

  finish_names (to);
  read_relations (&reader, to, vnfd);
  finish_vdus (&reader, to, vnfd);
  finish_flavours (to, vnfd);
  return to;
}
