/* SPDX-License-Identifier: Apache-2.0 */
/* An NFVO message as the places of its members in the received bytes. */
#include "config.h"

#include <vnfm/vnfm-message.h>

#include <vnfm/vnfm-error.h>

#include <string.h>

struct _VnfmMessage {
  gatomicrefcount references;
  GBytes *body;
  GArray *members;
  VnfmAction action;
  char *action_name;
};

G_DEFINE_BOXED_TYPE (VnfmScript, vnfm_script, vnfm_script_copy, vnfm_script_free)
G_DEFINE_BOXED_TYPE (VnfmMessage, vnfm_message, vnfm_message_ref, vnfm_message_unref)

VnfmScript *
vnfm_script_new (const char *name, GBytes *content)
{
  VnfmScript *script = g_new0 (VnfmScript, 1);

  script->name = g_strdup (name);
  script->content = g_bytes_ref (content);
  return script;
}

VnfmScript *
vnfm_script_copy (const VnfmScript *script)
{
  return vnfm_script_new (script->name, script->content);
}

void
vnfm_script_free (VnfmScript *script)
{
  if (script == NULL)
    return;
  g_free (script->name);
  g_bytes_unref (script->content);
  g_free (script);
}

/* ---- decoding */

VnfmMessage *
vnfm_message_decode (GBytes *body, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  GArray *members = vnfm_json_scan (text, length, error);

  if (members == NULL)
    return NULL;
  VnfmMessage *self = g_new0 (VnfmMessage, 1);
  g_atomic_ref_count_init (&self->references);
  self->body = g_bytes_ref (body);
  self->members = members;
  self->action_name = vnfm_message_dup_string (self, "action");
  self->action = vnfm_action_from_nick (self->action_name);
  return self;
}

VnfmMessage *
vnfm_message_ref (VnfmMessage *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
vnfm_message_unref (VnfmMessage *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_bytes_unref (self->body);
  g_array_unref (self->members);
  g_free (self->action_name);
  g_free (self);
}

VnfmAction
vnfm_message_get_action (VnfmMessage *self)
{
  return self->action;
}

const char *
vnfm_message_get_action_name (VnfmMessage *self)
{
  return self->action_name;
}

GBytes *
vnfm_message_get_body (VnfmMessage *self)
{
  return self->body;
}

GBytes *
vnfm_message_dup_member (VnfmMessage *self, const char *name)
{
  const VnfmJsonSpan *span = vnfm_json_find (self->members, name);
  const char *text = g_bytes_get_data (self->body, NULL);

  if (span == NULL || (span->length == strlen ("null") && memcmp (text + span->offset, "null", span->length) == 0))
    return NULL;
  return g_bytes_new_from_bytes (self->body, span->offset, span->length);
}

char *
vnfm_message_dup_string (VnfmMessage *self, const char *name)
{
  const VnfmJsonSpan *span = vnfm_json_find (self->members, name);
  const char *text = g_bytes_get_data (self->body, NULL);

  return span != NULL ? vnfm_json_unquote (text + span->offset, span->length) : NULL;
}

/* The first of @names that is there. */
static GBytes *
dup_first_member (VnfmMessage *self, const char *const *names)
{
  GBytes *member = NULL;

  for (; member == NULL && *names != NULL; names++)
    member = vnfm_message_dup_member (self, *names);
  return member;
}

GBytes *
vnfm_message_dup_record_text (VnfmMessage *self)
{
  static const char *const names[] = { "vnfr", "virtualNetworkFunctionRecord", NULL };

  return dup_first_member (self, names);
}

GBytes *
vnfm_message_dup_dependency_text (VnfmMessage *self)
{
  static const char *const names[] = { "vnfrd", "dependency", "vnfrDependency", NULL };

  return dup_first_member (self, names);
}

/* ---- the package's files */

/* No name leads out of the folder that the files go to. */
static gboolean
is_inside (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  return name[0] != '\0' && name[0] != '/' && !g_str_has_suffix (name, "/") &&
         !g_strv_contains ((const char *const *)parts, "..");
}

static VnfmScript *
read_script (JsonObject *object, GPtrArray *payloads, GError **error)
{
  const char *name = vnfm_json_get_string (object, "name");
  JsonNode *payload = object != NULL ? json_object_get_member (object, "payload") : NULL;

  if (name == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a script has no name");
    return NULL;
  }
  if (!is_inside (name)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "script \"%s\": the name leads out of the package", name);
    return NULL;
  }
  if (payload == NULL || !JSON_NODE_HOLDS_VALUE (payload) || json_node_get_value_type (payload) != G_TYPE_INT64 ||
      json_node_get_int (payload) < 0 || json_node_get_int (payload) >= payloads->len) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "script \"%s\" has no payload of bytes", name);
    return NULL;
  }
  return vnfm_script_new (name, payloads->pdata[json_node_get_int (payload)]);
}

static gboolean
read_scripts (JsonArray *array, GPtrArray *payloads, GPtrArray *scripts, GError **error)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++) {
    VnfmScript *script = read_script (vnfm_json_element_object (array, i), payloads, error);
    if (script == NULL)
      return FALSE;
    g_ptr_array_add (scripts, script);
  }
  return TRUE;
}

/* Parses @text with its payloads taken out. Returns: (transfer full): NULL also if it is no object. */
static JsonNode *
parse_lifted (GBytes *text, GPtrArray **payloads, GError **error)
{
  g_autoptr (GBytes) lifted = vnfm_json_lift_payloads (text, payloads, error);
  g_autoptr (JsonNode) node = lifted != NULL ? vnfm_json_parse (lifted, error) : NULL;

  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "it is no object");
    return NULL;
  }
  return g_steal_pointer (&node);
}

static gboolean
read_package (GBytes *text, GPtrArray *scripts, char **scripts_link, GError **error)
{
  g_autoptr (GPtrArray) payloads = NULL;
  g_autoptr (JsonNode) node = parse_lifted (text, &payloads, error);

  if (node == NULL)
    return FALSE;
  JsonObject *package = json_node_get_object (node);
  if (!read_scripts (vnfm_json_get_array (package, "scripts"), payloads, scripts, error))
    return FALSE;
  const char *link = vnfm_json_get_string (package, "scriptsLink");
  if (scripts_link != NULL && link != NULL && link[0] != '\0')
    *scripts_link = g_strdup (link);
  return TRUE;
}

static gboolean
read_single_script (GBytes *text, GPtrArray *scripts, GError **error)
{
  g_autoptr (GPtrArray) payloads = NULL;
  g_autoptr (JsonNode) node = parse_lifted (text, &payloads, error);
  VnfmScript *script = node != NULL ? read_script (json_node_get_object (node), payloads, error) : NULL;

  if (script == NULL)
    return FALSE;
  g_ptr_array_add (scripts, script);
  return TRUE;
}

GPtrArray *
vnfm_message_dup_scripts (VnfmMessage *self, char **scripts_link, GError **error)
{
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_script_free);
  g_autoptr (GBytes) package = vnfm_message_dup_member (self, "vnfPackage");
  g_autoptr (GBytes) script = vnfm_message_dup_member (self, "script");

  if (scripts_link != NULL)
    *scripts_link = NULL;
  if (package != NULL && !read_package (package, scripts, scripts_link, error)) {
    g_prefix_error (error, "vnfPackage: ");
    return NULL;
  }
  if (package == NULL && script != NULL && !read_single_script (script, scripts, error)) {
    g_prefix_error (error, "script: ");
    return NULL;
  }
  return g_steal_pointer (&scripts);
}

/* ---- composing */

static void
append_member (GString *out, const char *name, const char *text, gsize length)
{
  g_string_append_c (out, out->len == 0 ? '{' : ',');
  vnfm_json_append_string (out, name);
  g_string_append_c (out, ':');
  g_string_append_len (out, text, (gssize)length);
}

GBytes *
vnfm_message_compose (VnfmAction action, ...)
{
  GString *out = g_string_new (NULL);
  const char *name;
  va_list members;

  va_start (members, action);
  while ((name = va_arg (members, const char *)) != NULL) {
    GBytes *text = va_arg (members, GBytes *);
    if (text != NULL)
      append_member (out, name, g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  }
  va_end (members);
  if (action != VNFM_ACTION_NONE) {
    g_autoptr (GBytes) nick = vnfm_message_string (vnfm_action_get_nick (action));
    append_member (out, "action", g_bytes_get_data (nick, NULL), g_bytes_get_size (nick));
  }
  if (out->len == 0)
    g_string_append_c (out, '{');
  g_string_append_c (out, '}');
  return g_string_free_to_bytes (out);
}

GBytes *
vnfm_message_string (const char *value)
{
  if (value == NULL)
    return NULL;
  GString *out = g_string_new (NULL);
  vnfm_json_append_string (out, value);
  return g_string_free_to_bytes (out);
}
