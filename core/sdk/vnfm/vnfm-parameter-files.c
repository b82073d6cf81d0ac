/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <vnfm/vnfm-environment.h>
#include <vnfm/vnfm-json.h>
#include <vnfm/vnfm-parameter-files.h>

#include <string.h>

/* The files ob_parameters.* of a VNFR's dependency (protocol/openbaton.md, E.3), with the defects of the old ones
 * mended: values are quoted for the shell, names are made ones that a shell can read, and whatever is missing in the
 * dependency is missing in the files. */

/* YAML. */

/* What YAML 1.1 readers take for something else than a string. */
static gboolean
is_reserved (const char *text)
{
  static const char *const words[] = { "null", "true", "false", "yes", "no", "on", "off", "y", "n" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_ascii_strcasecmp (text, words[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Three or more numbers with dots between them: an address is a string, "1.5" is none. */
static gboolean
is_dotted (const char *text)
{
  guint dots = 0;

  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '.' && c > text && c[-1] != '.')
      dots++;
    else if (!g_ascii_isdigit (*c))
      return FALSE;
  }
  return dots >= 2;
}

static gboolean
is_plain (const char *text)
{
  if (!g_ascii_isalpha (*text) && *text != '_' && *text != '/')
    return is_dotted (text);
  return strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == strlen (text) &&
         !is_reserved (text);
}

static void
append_yaml_string (GString *out, const char *text)
{
  gboolean printable = TRUE;

  for (const char *c = text; *c != '\0' && printable; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);
    /* U+2028, U+2029 and U+0085 are line ends to YAML. */
    printable = g_unichar_isprint (character) && character != 0x2028 && character != 0x2029;
  }
  if (is_plain (text)) {
    g_string_append (out, text);
  } else if (printable) {
    g_auto (GStrv) parts = g_strsplit (text, "'", -1);
    g_autofree char *doubled = g_strjoinv ("''", parts);
    g_string_append_printf (out, "'%s'", doubled);
  } else {
    g_string_append_c (out, '"');
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
      gunichar character = g_utf8_get_char (c);
      if (character == '"' || character == '\\')
        g_string_append_c (out, '\\');
      if (g_unichar_isprint (character) && character != 0x2028 && character != 0x2029)
        g_string_append_unichar (out, character);
      else
        g_string_append_printf (out, "\\U%08x", character);
    }
    g_string_append_c (out, '"');
  }
}

static void append_yaml_object (GString *out, JsonObject *object, guint depth);
static void append_yaml_array (GString *out, JsonArray *array, guint depth);

static void
append_indent (GString *out, guint depth)
{
  for (guint i = 0; i < depth; i++)
    g_string_append (out, "  ");
}

/* What follows a "name:" or a "-": a blank and a scalar, or a block of its own. */
static void
append_yaml_value (GString *out, JsonNode *node, guint depth)
{
  if (JSON_NODE_HOLDS_OBJECT (node) && json_object_get_size (json_node_get_object (node)) > 0) {
    g_string_append_c (out, '\n');
    append_yaml_object (out, json_node_get_object (node), depth + 1);
    return;
  }
  if (JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) > 0) {
    g_string_append_c (out, '\n');
    append_yaml_array (out, json_node_get_array (node), depth + 1);
    return;
  }
  g_string_append_c (out, ' ');
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    g_string_append (out, "{}");
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    g_string_append (out, "[]");
  } else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING) {
    append_yaml_string (out, json_node_get_string (node));
  } else {
    /* Numbers, true, false and null are written alike. */
    g_autoptr (GBytes) text = vnfm_json_write (node);
    g_string_append_len (out, g_bytes_get_data (text, NULL), (gssize)g_bytes_get_size (text));
  }
  g_string_append_c (out, '\n');
}

static void
append_yaml_object (GString *out, JsonObject *object, guint depth)
{
  g_autoptr (GList) names = g_list_sort (json_object_get_members (object), (GCompareFunc)strcmp);

  for (GList *l = names; l != NULL; l = l->next) {
    append_indent (out, depth);
    append_yaml_string (out, l->data);
    g_string_append_c (out, ':');
    append_yaml_value (out, json_object_get_member (object, l->data), depth);
  }
}

static void
append_yaml_array (GString *out, JsonArray *array, guint depth)
{
  for (guint i = 0; i < json_array_get_length (array); i++) {
    append_indent (out, depth);
    g_string_append_c (out, '-');
    append_yaml_value (out, json_array_get_element (array, i), depth);
  }
}

char *
vnfm_parameter_files_to_yaml (JsonObject *dependency)
{
  GString *out = g_string_new (NULL);

  append_yaml_object (out, dependency, 0);
  if (out->len == 0)
    g_string_append (out, "{}\n");
  return g_string_free (out, FALSE);
}

/* The shell. */

/* Names are sanitised, so that there is nothing to quote in them; the prefix makes sure that none begins with a digit.
 */
static void
append_export (GString *out, const char *type, const char *kind, const char *name, const char *value)
{
  g_autofree char *safe_type = vnfm_environment_safe_name (type);
  g_autofree char *safe_name = vnfm_environment_safe_name (name);
  g_autofree char *quoted = g_shell_quote (value);

  g_string_append_printf (out, "export OB_%s_%s_%s=%s\n", safe_type, kind, safe_name, quoted);
}

static GList *
list_types (JsonObject *dependency, const char *member)
{
  JsonObject *types = vnfm_json_get_object (dependency, member);

  return types != NULL ? g_list_sort (json_object_get_members (types), (GCompareFunc)strcmp) : NULL;
}

/* Returns: (nullable): borrowed: the object "parameters" of one source type. */
static JsonObject *
get_parameters (JsonObject *dependency, const char *member, const char *type)
{
  return vnfm_json_get_object (vnfm_json_get_object (vnfm_json_get_object (dependency, member), type), "parameters");
}

static void
append_vnf_type (GString *out, JsonObject *dependency, const char *type)
{
  JsonObject *parameters = get_parameters (dependency, "parameters", type);
  g_autoptr (GList) names =
      parameters != NULL ? g_list_sort (json_object_get_members (parameters), (GCompareFunc)strcmp) : NULL;

  for (GList *l = names; l != NULL; l = l->next) {
    g_autofree char *value = vnfm_json_dup_text (parameters, l->data);
    append_export (out, type, "VNF", l->data, value != NULL ? value : "");
  }
}

/* One line for each name that any instance has; every line has the instances in the same order. */
static void
append_vnfc_type (GString *out, JsonObject *dependency, const char *type)
{
  JsonObject *instances = get_parameters (dependency, "vnfcParameters", type);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  if (instances == NULL)
    return;
  g_autoptr (GList) ids = g_list_sort (json_object_get_members (instances), (GCompareFunc)strcmp);
  for (GList *l = ids; l != NULL; l = l->next) {
    JsonObject *own = vnfm_json_get_object (vnfm_json_get_object (instances, l->data), "parameters");
    g_autoptr (GList) names = own != NULL ? json_object_get_members (own) : NULL;
    for (GList *name = names; name != NULL; name = name->next)
      g_hash_table_add (known, name->data);
  }

  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (known), (GCompareFunc)strcmp);
  for (GList *name = names; name != NULL; name = name->next) {
    g_autoptr (GString) joined = g_string_new (NULL);
    for (GList *l = ids; l != NULL; l = l->next) {
      JsonObject *own = vnfm_json_get_object (vnfm_json_get_object (instances, l->data), "parameters");
      g_autofree char *value = own != NULL ? vnfm_json_dup_text (own, name->data) : NULL;
      g_string_append_printf (joined, "%s%s", l != ids ? ":" : "", value != NULL ? value : "NA");
    }
    append_export (out, type, "VNFC", name->data, joined->str);
  }
}

char *
vnfm_parameter_files_to_shell (JsonObject *dependency)
{
  GString *out = g_string_new ("# VNF Parameters\n");
  g_autoptr (GList) vnf_types = list_types (dependency, "parameters");
  g_autoptr (GList) vnfc_types = list_types (dependency, "vnfcParameters");

  for (GList *l = vnf_types; l != NULL; l = l->next)
    append_vnf_type (out, dependency, l->data);
  g_string_append (out, "\n# VNFC Parameters\n");
  for (GList *l = vnfc_types; l != NULL; l = l->next)
    append_vnfc_type (out, dependency, l->data);
  return g_string_free (out, FALSE);
}
