/* SPDX-License-Identifier: Apache-2.0 */
/* A tree to compact JSON text. Not by json-glib's generator, which writes the double 1e55 as "1e+55.0". */
#include "config.h"

#include <vnfm/vnfm-json.h>

#include "vnfm-json-scanner.h"

#include <math.h>
#include <string.h>

static void append_node (GString *out, JsonNode *node, guint depth);

static void
append_escaped (GString *out, char c)
{
  switch (c) {
  case '"':
  case '\\':
    g_string_append_c (out, '\\');
    g_string_append_c (out, c);
    break;
  case '\n':
    g_string_append (out, "\\n");
    break;
  case '\r':
    g_string_append (out, "\\r");
    break;
  case '\t':
    g_string_append (out, "\\t");
    break;
  default:
    g_string_append_printf (out, "\\u%04x", (guint)(guchar)c);
    break;
  }
}

void
vnfm_json_append_string (GString *out, const char *value)
{
  g_autofree char *valid = g_utf8_validate (value, -1, NULL) ? NULL : g_utf8_make_valid (value, -1);
  const char *p = valid != NULL ? valid : value;

  g_string_append_c (out, '"');
  while (*p != '\0') {
    const char *plain = p;
    while ((guchar)*p >= 0x20 && *p != '"' && *p != '\\')
      p++;
    g_string_append_len (out, plain, p - plain);
    if (*p != '\0')
      append_escaped (out, *p++);
  }
  g_string_append_c (out, '"');
}

/* The shorter of two forms, if it is read back equal. What JSON cannot hold becomes null. */
static void
append_double (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value)) {
    g_string_append (out, "null");
    return;
  }
  g_ascii_formatd (text, sizeof text, "%.15g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_formatd (text, sizeof text, "%.17g", value);
  g_string_append (out, text);
  if (strpbrk (text, ".e") == NULL)
    g_string_append (out, ".0");
}

static void
append_value (GString *out, JsonNode *node)
{
  switch (json_node_get_value_type (node)) {
  case G_TYPE_STRING:
    vnfm_json_append_string (out, json_node_get_string (node));
    break;
  case G_TYPE_BOOLEAN:
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
    break;
  case G_TYPE_DOUBLE:
    append_double (out, json_node_get_double (node));
    break;
  default:
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
    break;
  }
}

static void
append_object (GString *out, JsonObject *object, guint depth)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  gboolean first = TRUE;

  g_string_append_c (out, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node)) {
    if (!first)
      g_string_append_c (out, ',');
    first = FALSE;
    vnfm_json_append_string (out, name);
    g_string_append_c (out, ':');
    append_node (out, node, depth);
  }
  g_string_append_c (out, '}');
}

static void
append_array (GString *out, JsonArray *array, guint depth)
{
  guint n = json_array_get_length (array);

  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    append_node (out, json_array_get_element (array, i), depth);
  }
  g_string_append_c (out, ']');
}

/* What could not be read again is not written: deeper than JSON_MAX_DEPTH can only be of our own making. */
static void
append_node (GString *out, JsonNode *node, guint depth)
{
  switch (JSON_NODE_TYPE (node)) {
  case JSON_NODE_OBJECT:
    g_return_if_fail (depth < JSON_MAX_DEPTH);
    append_object (out, json_node_get_object (node), depth + 1);
    break;
  case JSON_NODE_ARRAY:
    g_return_if_fail (depth < JSON_MAX_DEPTH);
    append_array (out, json_node_get_array (node), depth + 1);
    break;
  case JSON_NODE_VALUE:
    append_value (out, node);
    break;
  case JSON_NODE_NULL:
  default:
    g_string_append (out, "null");
    break;
  }
}

GBytes *
vnfm_json_write (JsonNode *node)
{
  GString *out = g_string_new (NULL);

  append_node (out, node, 0);
  return g_string_free_to_bytes (out);
}

GBytes *
vnfm_json_write_object (JsonObject *object)
{
  GString *out = g_string_new (NULL);

  append_object (out, object, 1);
  return g_string_free_to_bytes (out);
}
