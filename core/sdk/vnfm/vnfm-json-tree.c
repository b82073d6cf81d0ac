/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text to json-glib's tree, and looking into that. The tree is built from our own scanner: json-glib's parser
 * recurses without limit and asserts on what it reads. Integers stay 64 bits wide; a larger one becomes a double. */
#include "config.h"

#include <vnfm/vnfm-json.h>

#include "vnfm-json-scanner.h"

#include <errno.h>
#include <math.h>
#include <string.h>

typedef struct {
  JsonNode *root;
  JsonNode *open[JSON_MAX_DEPTH];
  guint depth;
  char *name;
} Builder;

static JsonNode *
number_node (const JsonScanner *scanner)
{
  char small[64];
  g_autofree char *large = NULL;
  gsize length = (gsize)(scanner->end - scanner->start);
  const char *text = small;

  if (length < sizeof small) {
    memcpy (small, scanner->start, length);
    small[length] = '\0';
  } else {
    text = large = g_strndup (scanner->start, length);
  }
  if (scanner->token == JSON_TOKEN_INTEGER) {
    errno = 0;
    gint64 value = g_ascii_strtoll (text, NULL, 10);
    if (errno == 0)
      return json_node_init_int (json_node_alloc (), value);
  }
  return json_node_init_double (json_node_alloc (), g_ascii_strtod (text, NULL));
}

static JsonNode *
node_of_token (const JsonScanner *scanner)
{
  switch (scanner->token) {
  case JSON_TOKEN_OBJECT: {
    g_autoptr (JsonObject) object = json_object_new ();
    return json_node_init_object (json_node_alloc (), object);
  }
  case JSON_TOKEN_ARRAY: {
    g_autoptr (JsonArray) array = json_array_new ();
    return json_node_init_array (json_node_alloc (), array);
  }
  case JSON_TOKEN_STRING: {
    g_autofree char *string = json_scanner_unescape (scanner->start, scanner->end);
    return json_node_init_string (json_node_alloc (), string);
  }
  case JSON_TOKEN_INTEGER:
  case JSON_TOKEN_DOUBLE:
    return number_node (scanner);
  case JSON_TOKEN_TRUE:
  case JSON_TOKEN_FALSE:
    return json_node_init_boolean (json_node_alloc (), scanner->token == JSON_TOKEN_TRUE);
  default:
    return json_node_init_null (json_node_alloc ());
  }
}

/* Puts @node where it belongs: into the innermost open container, or as the root. */
static void
attach (Builder *builder, JsonNode *node)
{
  if (builder->depth == 0) {
    builder->root = node;
    return;
  }
  JsonNode *parent = builder->open[builder->depth - 1];
  if (JSON_NODE_HOLDS_OBJECT (parent)) {
    json_object_set_member (json_node_get_object (parent), builder->name, node);
    g_clear_pointer (&builder->name, g_free);
  } else {
    json_array_add_element (json_node_get_array (parent), node);
  }
}

static void
take_token (Builder *builder, const JsonScanner *scanner)
{
  switch (scanner->token) {
  case JSON_TOKEN_NAME:
    builder->name = json_scanner_unescape (scanner->start, scanner->end);
    break;
  case JSON_TOKEN_END_OBJECT:
  case JSON_TOKEN_END_ARRAY:
    builder->depth--;
    break;
  case JSON_TOKEN_END:
    break;
  default: {
    JsonNode *node = node_of_token (scanner);
    attach (builder, node);
    if (scanner->token == JSON_TOKEN_OBJECT || scanner->token == JSON_TOKEN_ARRAY)
      builder->open[builder->depth++] = node;
    break;
  }
  }
}

JsonNode *
vnfm_json_parse (GBytes *text, GError **error)
{
  JsonScanner scanner;
  Builder builder = { .root = NULL };
  gsize length;
  const char *data = g_bytes_get_data (text, &length);

  if (!json_scanner_init (&scanner, data, length, error))
    return NULL;
  do {
    if (!json_scanner_next (&scanner, error)) {
      g_free (builder.name);
      g_clear_pointer (&builder.root, json_node_unref);
      return NULL;
    }
    take_token (&builder, &scanner);
  } while (scanner.token != JSON_TOKEN_END);
  return builder.root;
}

/* ---- getters */

/* Returns: (nullable): the member's node, if it is a plain value. */
static JsonNode *
value_member (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

const char *
vnfm_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = value_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

char *
vnfm_json_dup_text (JsonObject *object, const char *name)
{
  JsonNode *node = value_member (object, name);

  if (node == NULL)
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  g_autoptr (GBytes) text = vnfm_json_write (node);
  return g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

gint64
vnfm_json_get_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = value_member (object, name);
  gint64 value;

  if (node == NULL)
    return fallback;
  switch (json_node_get_value_type (node)) {
  case G_TYPE_INT64:
    return json_node_get_int (node);
  case G_TYPE_DOUBLE: {
    double number = trunc (json_node_get_double (node));
    return number >= -0x1p63 && number < 0x1p63 ? (gint64)number : fallback;
  }
  case G_TYPE_STRING:
    return g_ascii_string_to_signed (json_node_get_string (node), 10, G_MININT64, G_MAXINT64, &value, NULL) ? value
                                                                                                            : fallback;
  default:
    return fallback;
  }
}

gboolean
vnfm_json_get_boolean (JsonObject *object, const char *name, gboolean fallback)
{
  JsonNode *node = value_member (object, name);

  if (node == NULL)
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  const char *text = vnfm_json_get_string (object, name);
  if (g_strcmp0 (text, "true") == 0)
    return TRUE;
  return g_strcmp0 (text, "false") == 0 ? FALSE : fallback;
}

JsonObject *
vnfm_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
vnfm_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
vnfm_json_element_object (JsonArray *array, guint index)
{
  if (array == NULL || index >= json_array_get_length (array))
    return NULL;
  JsonNode *node = json_array_get_element (array, index);
  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}
