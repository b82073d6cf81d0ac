/* SPDX-License-Identifier: Apache-2.0 */
/* libyaml's events become a JSON tree; nothing recurses, and no alias is followed, so that a small file stays small. */
#include "config.h"

#include "core/package/metadata.h"

#include <string.h>
#include <yaml.h>

#define MAX_DEPTH 16

typedef struct {
  JsonNode *root;
  JsonNode *open[MAX_DEPTH];
  guint depth;
  char *key; /* of the value to come, where a mapping is open */
} Builder;

static gboolean
fail (const yaml_mark_t *mark, GError **error, const char *what)
{
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "line %zu: %s", mark->line + 1, what);
  return FALSE;
}

static gboolean
attach (Builder *self, JsonNode *node, const yaml_mark_t *mark, GError **error)
{
  JsonNode *parent = self->depth > 0 ? self->open[self->depth - 1] : NULL;

  if (parent == NULL) {
    self->root = node;
    return TRUE;
  }
  if (JSON_NODE_HOLDS_ARRAY (parent)) {
    json_array_add_element (json_node_get_array (parent), node);
    return TRUE;
  }
  if (self->key == NULL) {
    json_node_unref (node);
    return fail (mark, error, "a key is no plain text");
  }
  if (json_object_has_member (json_node_get_object (parent), self->key)) {
    g_autofree char *what = g_strdup_printf ("the key \"%s\" stands there twice", self->key);
    json_node_unref (node);
    return fail (mark, error, what);
  }
  json_object_set_member (json_node_get_object (parent), self->key, node);
  g_clear_pointer (&self->key, g_free);
  return TRUE;
}

static gboolean
take_scalar (Builder *self, const yaml_event_t *event, GError **error)
{
  const char *text = (const char *)event->data.scalar.value;
  gboolean plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  JsonNode *parent = self->depth > 0 ? self->open[self->depth - 1] : NULL;

  if (strlen (text) != event->data.scalar.length)
    return fail (&event->start_mark, error, "a NUL character");
  if (parent != NULL && JSON_NODE_HOLDS_OBJECT (parent) && self->key == NULL) {
    self->key = g_strdup (text);
    return TRUE;
  }
  if (plain && (text[0] == '\0' || g_str_equal (text, "~") || g_ascii_strcasecmp (text, "null") == 0))
    return attach (self, json_node_init_null (json_node_alloc ()), &event->start_mark, error);
  return attach (self, json_node_init_string (json_node_alloc (), text), &event->start_mark, error);
}

static gboolean
open_collection (Builder *self, const yaml_event_t *event, GError **error)
{
  JsonNode *node;

  if (self->depth == MAX_DEPTH)
    return fail (&event->start_mark, error, "nested too deeply");
  if (event->type == YAML_MAPPING_START_EVENT) {
    g_autoptr (JsonObject) object = json_object_new ();
    node = json_node_init_object (json_node_alloc (), object);
  } else {
    g_autoptr (JsonArray) array = json_array_new ();
    node = json_node_init_array (json_node_alloc (), array);
  }
  if (!attach (self, node, &event->start_mark, error))
    return FALSE;
  self->open[self->depth++] = node;
  return TRUE;
}

static gboolean
take_event (Builder *self, const yaml_event_t *event, GError **error)
{
  switch (event->type) {
  case YAML_ALIAS_EVENT:
    return fail (&event->start_mark, error, "aliases (*) are not supported");
  case YAML_SCALAR_EVENT:
    return take_scalar (self, event, error);
  case YAML_MAPPING_START_EVENT:
  case YAML_SEQUENCE_START_EVENT:
    return open_collection (self, event, error);
  case YAML_MAPPING_END_EVENT:
  case YAML_SEQUENCE_END_EVENT:
    self->depth--;
    return TRUE;
  case YAML_DOCUMENT_START_EVENT:
    return self->root == NULL || fail (&event->start_mark, error, "a second document");
  default:
    return TRUE;
  }
}

static gboolean
read_events (Builder *self, yaml_parser_t *parser, GError **error)
{
  gboolean ended = FALSE;

  while (!ended) {
    yaml_event_t event;
    if (!yaml_parser_parse (parser, &event)) {
      const yaml_mark_t *mark = parser->problem_mark.line > 0 ? &parser->problem_mark : &parser->mark;
      return fail (mark, error, parser->problem != NULL ? parser->problem : "no YAML");
    }
    gboolean good = take_event (self, &event, error);
    ended = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete (&event);
    if (!good)
      return FALSE;
  }
  return TRUE;
}

JsonObject *
nfvo_metadata_parse (GBytes *text, GError **error)
{
  Builder builder = { .root = NULL };
  JsonObject *metadata = NULL;
  yaml_parser_t parser;
  gsize length;
  const guchar *data = g_bytes_get_data (text, &length);

  if (!yaml_parser_initialize (&parser)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_FAILED, "libyaml cannot be set up");
    return NULL;
  }
  yaml_parser_set_input_string (&parser, data != NULL ? data : (const guchar *)"", length);
  if (read_events (&builder, &parser, error)) {
    if (builder.root != NULL && JSON_NODE_HOLDS_OBJECT (builder.root))
      metadata = json_object_ref (json_node_get_object (builder.root));
    else
      g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "it is no mapping of keys to values");
  }
  yaml_parser_delete (&parser);
  g_clear_pointer (&builder.root, json_node_unref);
  g_free (builder.key);
  return metadata;
}

/* ---- reading the mapping */

static JsonNode *
find (JsonObject *metadata, const char *name)
{
  g_autofree char *other = g_strdup (name);

  if (metadata == NULL || json_object_has_member (metadata, name))
    return metadata != NULL ? json_object_get_member (metadata, name) : NULL;
  if (strchr (name, '_') != NULL)
    g_strdelimit (other, "_", '-');
  else
    g_strdelimit (other, "-", '_');
  return json_object_get_member (metadata, other);
}

char *
nfvo_metadata_dup_text (JsonObject *metadata, const char *name)
{
  JsonNode *node = find (metadata, name);
  const char *text = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

  return text != NULL && text[0] != '\0' ? g_strdup (text) : NULL;
}

GPtrArray *
nfvo_metadata_dup_texts (JsonObject *metadata, const char *name)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  JsonNode *node = find (metadata, name);
  char *single = nfvo_metadata_dup_text (metadata, name);

  if (single != NULL)
    g_ptr_array_add (texts, single);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return texts;
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    if (JSON_NODE_HOLDS_VALUE (element))
      g_ptr_array_add (texts, g_strdup (json_node_get_string (element)));
  }
  return texts;
}
