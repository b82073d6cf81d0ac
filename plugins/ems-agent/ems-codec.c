/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/ems-codec.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

/* Commands, answers, registrations and live output as JSON text. Texts are written straight into a string (an answer
 * may carry megabytes of output: no tree for it) and read through json-glib's tree. Which members an action needs is
 * one table. */

typedef struct {
  const char *nick;
  gboolean content; /* "payload" is base64 */
  gboolean payload; /* "payload" is text */
  gboolean name;
  gboolean step; /* must be there */
} ActionInfo;

static const ActionInfo actions[] = {
  [EMS_ACTION_SAVE_SCRIPTS] = { "SAVE_SCRIPTS", .content = TRUE, .name = TRUE },
  [EMS_ACTION_SCRIPTS_UPDATE] = { "SCRIPTS_UPDATE", .content = TRUE, .name = TRUE },
  [EMS_ACTION_CLONE_SCRIPTS] = { "CLONE_SCRIPTS", .payload = TRUE },
  [EMS_ACTION_SAVE_VNFR_DEPENDENCY] = { "SAVE_VNFR_DEPENDENCY", .payload = TRUE },
  [EMS_ACTION_EXECUTE] = { "EXECUTE", .payload = TRUE },
  [EMS_ACTION_STATUS] = { "STATUS", .step = TRUE },
  [EMS_ACTION_CANCEL] = { "CANCEL", .step = TRUE },
};

static const char *const states[] = {
  [EMS_STATE_UNKNOWN] = "unknown",
  [EMS_STATE_RUNNING] = "running",
  [EMS_STATE_DONE] = "done",
  [EMS_STATE_DIED] = "died",
};

/* By bit of EmsCapability. */
static const char *const capabilities[] = { "step", "timeout", "cancel", "stream", "exact-env", "provides", "capped" };

/* Writing. */

static void
begin_member (GString *out, const char *name)
{
  g_string_append_c (out, out->len == 0 ? '{' : ',');
  vnfm_json_append_string (out, name);
  g_string_append_c (out, ':');
}

static void
write_string (GString *out, const char *name, const char *value)
{
  if (value == NULL)
    return;
  begin_member (out, name);
  vnfm_json_append_string (out, value);
}

static void
write_int (GString *out, const char *name, gint64 value)
{
  begin_member (out, name);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

static GBytes *
end_object (GString *out)
{
  if (out->len == 0)
    g_string_append_c (out, '{');
  g_string_append_c (out, '}');
  return g_string_free_to_bytes (out);
}

/* Reading. */

static JsonNode *
parse_object (GBytes *body, JsonObject **object, GError **error)
{
  g_autoptr (JsonNode) node = vnfm_json_parse (body, error);

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a JSON object was expected, not %s",
                 json_node_type_name (node));
    return NULL;
  }
  *object = json_node_get_object (node);
  return g_steal_pointer (&node);
}

/* Registration. */

EmsRegistration *
ems_registration_new (const char *hostname)
{
  EmsRegistration *self = g_new0 (EmsRegistration, 1);

  self->hostname = g_strdup (hostname);
  return self;
}

void
ems_registration_free (EmsRegistration *self)
{
  g_free (self->hostname);
  g_free (self->token);
  g_free (self->agent);
  g_free (self->boot);
  g_free (self->run);
  g_free (self);
}

GBytes *
ems_registration_encode (const EmsRegistration *self)
{
  GString *out = g_string_new (NULL);

  write_string (out, "hostname", self->hostname);
  write_string (out, "token", self->token);
  write_string (out, "agent", self->agent);
  if (self->capabilities != 0) {
    begin_member (out, "capabilities");
    char separator = '[';
    for (guint bit = 0; bit < G_N_ELEMENTS (capabilities); bit++) {
      if ((self->capabilities & (1u << bit)) == 0)
        continue;
      g_string_append_c (out, separator);
      vnfm_json_append_string (out, capabilities[bit]);
      separator = ',';
    }
    g_string_append_c (out, ']');
  }
  write_string (out, "boot", self->boot);
  write_string (out, "run", self->run);
  return end_object (out);
}

static EmsCapability
read_capabilities (JsonArray *array)
{
  EmsCapability found = 0;
  guint length = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < length; i++) {
    JsonNode *element = json_array_get_element (array, i);
    if (json_node_get_value_type (element) != G_TYPE_STRING)
      continue;
    for (guint bit = 0; bit < G_N_ELEMENTS (capabilities); bit++) {
      if (g_str_equal (json_node_get_string (element), capabilities[bit]))
        found |= 1u << bit;
    }
  }
  return found;
}

EmsRegistration *
ems_registration_decode (GBytes *body, GError **error)
{
  JsonObject *object = NULL;
  g_autoptr (JsonNode) node = parse_object (body, &object, error);

  if (node == NULL)
    return NULL;
  const char *hostname = vnfm_json_get_string (object, "hostname");
  if (hostname == NULL || *hostname == '\0') {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "member \"hostname\" is missing");
    return NULL;
  }
  EmsRegistration *self = ems_registration_new (hostname);
  self->token = g_strdup (vnfm_json_get_string (object, "token"));
  self->agent = g_strdup (vnfm_json_get_string (object, "agent"));
  self->capabilities = read_capabilities (vnfm_json_get_array (object, "capabilities"));
  self->boot = g_strdup (vnfm_json_get_string (object, "boot"));
  self->run = g_strdup (vnfm_json_get_string (object, "run"));
  return self;
}

/* Commands. */

const char *
ems_action_get_nick (EmsAction action)
{
  return (guint)action < G_N_ELEMENTS (actions) ? actions[action].nick : NULL;
}

static EmsAction
action_from_nick (const char *nick)
{
  for (guint i = 1; i < G_N_ELEMENTS (actions); i++) {
    if (g_str_equal (nick, actions[i].nick))
      return (EmsAction)i;
  }
  return EMS_ACTION_NONE;
}

EmsCommand *
ems_command_new (EmsAction action)
{
  EmsCommand *self = g_new0 (EmsCommand, 1);

  self->action = action;
  return self;
}

void
ems_command_free (EmsCommand *self)
{
  g_free (self->action_name);
  g_clear_pointer (&self->content, g_bytes_unref);
  g_free (self->payload);
  g_free (self->name);
  g_free (self->script_path);
  g_clear_pointer (&self->environment, json_object_unref);
  g_free (self->step);
  g_free (self);
}

static void
write_environment (GString *out, JsonObject *environment)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  char separator = '{';

  begin_member (out, "env");
  json_object_iter_init_ordered (&iter, environment);
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    if (json_node_get_value_type (value) != G_TYPE_STRING)
      continue;
    g_string_append_c (out, separator);
    vnfm_json_append_string (out, name);
    g_string_append_c (out, ':');
    vnfm_json_append_string (out, json_node_get_string (value));
    separator = ',';
  }
  g_string_append (out, separator == '{' ? "{}" : "}");
}

static void
write_seconds (GString *out, const char *name, gint64 microseconds)
{
  if (microseconds <= 0)
    return;
  gint64 fraction = microseconds % G_USEC_PER_SEC;
  write_int (out, name, microseconds / G_USEC_PER_SEC);
  if (fraction != 0)
    g_string_append_printf (out, ".%06" G_GINT64_FORMAT, fraction);
}

GBytes *
ems_command_encode (const EmsCommand *self)
{
  GString *out = g_string_new (NULL);

  write_string (out, "action", ems_action_get_nick (self->action));
  if (self->content != NULL) {
    gsize length = 0;
    const guchar *bytes = g_bytes_get_data (self->content, &length);
    g_autofree char *text = length > 0 ? g_base64_encode (bytes, length) : g_strdup ("");
    begin_member (out, "payload");
    g_string_append_printf (out, "\"%s\"", text);
  } else {
    write_string (out, "payload", self->payload);
  }
  write_string (out, "name", self->name);
  write_string (out, "script-path", self->script_path);
  if (self->environment != NULL)
    write_environment (out, self->environment);
  write_string (out, "step", self->step);
  write_seconds (out, "timeout", self->timeout);
  if (self->max_output > 0)
    write_int (out, "max-output", self->max_output);
  if (self->stream) {
    begin_member (out, "stream");
    g_string_append (out, "true");
  }
  return end_object (out);
}

/* RFC 4648 with blanks and line ends allowed; GLib's decoder would skip whatever it does not know. */
static GBytes *
decode_base64 (const char *text)
{
  gsize length = strlen (text);
  g_autofree char *clean = g_malloc (length + 1);
  gsize used = 0;
  gsize padding = 0;

  for (const char *c = text; *c != '\0'; c++) {
    if (g_ascii_isspace (*c))
      continue;
    if (*c == '=')
      padding++;
    else if (padding > 0 || !(g_ascii_isalnum (*c) || *c == '+' || *c == '/'))
      return NULL;
    clean[used++] = *c;
  }
  clean[used] = '\0';
  if (used % 4 != 0 || padding > 2)
    return NULL;
  if (used > 0)
    g_base64_decode_inplace (clean, &used);
  return g_bytes_new (clean, used);
}

static gboolean
missing (const EmsCommand *self, const char *member, GError **error)
{
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: member \"%s\" is missing or no string",
               ems_action_get_nick (self->action), member);
  return FALSE;
}

/* An object of strings; other scalars as their text, as a lenient reader of what people put into descriptors. */
static gboolean
read_environment (EmsCommand *self, JsonObject *object, GError **error)
{
  JsonNode *member = json_object_get_member (object, "env");

  if (member == NULL || JSON_NODE_HOLDS_NULL (member))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (member)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: member \"env\" is no object",
                 ems_action_get_nick (self->action));
    return FALSE;
  }

  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  self->environment = json_object_new ();
  json_object_iter_init_ordered (&iter, json_node_get_object (member));
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    if (JSON_NODE_HOLDS_NULL (value))
      continue;
    if (!JSON_NODE_HOLDS_VALUE (value)) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: member \"env\": the value of \"%s\" is no string",
                   ems_action_get_nick (self->action), name);
      return FALSE;
    }
    g_autofree char *text = vnfm_json_dup_text (json_node_get_object (member), name);
    json_object_set_string_member (self->environment, name, text);
  }
  return TRUE;
}

static gboolean
read_seconds (EmsCommand *self, JsonObject *object, GError **error)
{
  JsonNode *member = json_object_get_member (object, "timeout");

  if (member == NULL || JSON_NODE_HOLDS_NULL (member))
    return TRUE;
  GType type = json_node_get_value_type (member);
  double seconds = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (member) : -1;
  if (!(seconds >= 0 && seconds <= G_MAXINT32)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: member \"timeout\" is no number of seconds",
                 ems_action_get_nick (self->action));
    return FALSE;
  }
  self->timeout = (gint64)(seconds * G_USEC_PER_SEC + 0.5);
  return TRUE;
}

static gboolean
read_members (EmsCommand *self, JsonObject *object, GError **error)
{
  const ActionInfo *info = &actions[self->action];
  const char *payload = vnfm_json_get_string (object, "payload");

  self->name = g_strdup (vnfm_json_get_string (object, "name"));
  self->script_path = g_strdup (vnfm_json_get_string (object, "script-path"));
  self->step = g_strdup (vnfm_json_get_string (object, "step"));
  self->stream = vnfm_json_get_boolean (object, "stream", FALSE);
  self->max_output = MAX (vnfm_json_get_int (object, "max-output", 0), 0);
  if (self->step != NULL && *self->step == '\0')
    g_clear_pointer (&self->step, g_free);

  if (info->step && self->step == NULL)
    return missing (self, "step", error);
  if (info->name && (self->name == NULL || *self->name == '\0'))
    return missing (self, "name", error);
  if ((info->payload || info->content) && payload == NULL)
    return missing (self, "payload", error);
  if (info->payload) {
    self->payload = g_strdup (payload);
  } else if (info->content) {
    self->content = decode_base64 (payload);
    if (self->content == NULL) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s of \"%s\": member \"payload\" is no base64", info->nick,
                   self->name);
      return FALSE;
    }
  }
  return read_environment (self, object, error) && read_seconds (self, object, error);
}

/* A NUL would silently end a name or a script in the middle. No JSON text needs one for anything else. */
static gboolean
holds_nul (GBytes *body)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);
  const char *end = text + length;

  for (const char *at = text; (at = memchr (at, '\\', (gsize)(end - at))) != NULL; at += 2) {
    if (end - at >= 6 && memcmp (at + 1, "u0000", 5) == 0)
      return TRUE;
    if (end - at < 2)
      break;
  }
  return FALSE;
}

EmsCommand *
ems_command_decode (GBytes *body, GError **error)
{
  JsonObject *object = NULL;
  g_autoptr (JsonNode) node = parse_object (body, &object, error);

  if (node == NULL)
    return NULL;
  if (holds_nul (body)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a string holds a NUL");
    return NULL;
  }
  const char *action = vnfm_json_get_string (object, "action");
  if (action == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "member \"action\" is missing or no string");
    return NULL;
  }
  g_autoptr (EmsCommand) self = ems_command_new (action_from_nick (action));
  self->action_name = g_strdup (action);
  if (self->action == EMS_ACTION_NONE) {
    self->step = g_strdup (vnfm_json_get_string (object, "step"));
    return g_steal_pointer (&self);
  }
  return read_members (self, object, error) ? g_steal_pointer (&self) : NULL;
}

/* Answers and live output. */

const char *
ems_state_get_nick (EmsState state)
{
  return (guint)state < G_N_ELEMENTS (states) ? states[state] : NULL;
}

static EmsState
state_from_nick (const char *nick)
{
  for (guint i = 1; nick != NULL && i < G_N_ELEMENTS (states); i++) {
    if (g_str_equal (nick, states[i]))
      return (EmsState)i;
  }
  return EMS_STATE_NONE;
}

EmsAnswer *
ems_answer_new (VnfmScriptResult *result, const char *step)
{
  EmsAnswer *self = g_new0 (EmsAnswer, 1);

  self->result = result;
  self->step = g_strdup (step);
  return self;
}

void
ems_answer_free (EmsAnswer *self)
{
  g_clear_pointer (&self->result, vnfm_script_result_free);
  g_clear_pointer (&self->machine, json_object_unref);
  g_free (self->step);
  g_free (self);
}

static void
write_provides (GString *out, GHashTable *provides)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (provides), (GCompareFunc)strcmp);
  char separator = '{';

  begin_member (out, "provides");
  for (GList *l = names; l != NULL; l = l->next) {
    g_string_append_c (out, separator);
    vnfm_json_append_string (out, l->data);
    g_string_append_c (out, ':');
    vnfm_json_append_string (out, g_hash_table_lookup (provides, l->data));
    separator = ',';
  }
  g_string_append (out, separator == '{' ? "{}" : "}");
}

GBytes *
ems_answer_encode (const EmsAnswer *self)
{
  const VnfmScriptResult *result = self->result;
  GString *out = g_string_new (NULL);

  write_int (out, "status", result->status);
  write_string (out, "output", result->output);
  write_string (out, "err", result->err);
  write_string (out, "step", self->step);
  write_string (out, "state", ems_state_get_nick (self->state));
  write_string (out, "started", result->started);
  write_string (out, "ended", result->ended);
  if (result->provides != NULL && g_hash_table_size (result->provides) > 0)
    write_provides (out, result->provides);
  if (result->truncated > 0)
    write_int (out, "truncated", result->truncated);
  if (self->machine != NULL) {
    g_autoptr (GBytes) text = vnfm_json_write_object (self->machine);
    begin_member (out, "machine");
    g_string_append_len (out, g_bytes_get_data (text, NULL), (gssize)g_bytes_get_size (text));
  }
  return end_object (out);
}

EmsOutput *
ems_output_new (const char *step, const char *stream, gint64 offset, const char *text)
{
  EmsOutput *self = g_new0 (EmsOutput, 1);

  self->step = g_strdup (step);
  self->stream = g_str_equal (stream, "stderr") ? "stderr" : "stdout";
  self->offset = offset;
  self->text = g_strdup (text);
  return self;
}

void
ems_output_free (EmsOutput *self)
{
  g_free (self->step);
  g_free (self->text);
  g_free (self);
}

GBytes *
ems_output_encode (const EmsOutput *self)
{
  GString *out = g_string_new (NULL);

  write_string (out, "step", self->step);
  write_string (out, "stream", self->stream);
  write_int (out, "offset", self->offset);
  write_string (out, "text", self->text);
  return end_object (out);
}

gboolean
ems_reply_decode (GBytes *body, EmsAnswer **answer, EmsOutput **output, GError **error)
{
  JsonObject *object = NULL;
  g_autoptr (JsonNode) node = parse_object (body, &object, error);

  *answer = NULL;
  *output = NULL;
  if (node == NULL)
    return FALSE;

  const char *step = vnfm_json_get_string (object, "step");
  const char *stream = vnfm_json_get_string (object, "stream");
  const char *text = vnfm_json_get_string (object, "text");
  if (step != NULL && stream != NULL && text != NULL && !json_object_has_member (object, "status")) {
    *output = ems_output_new (step, stream, vnfm_json_get_int (object, "offset", 0), text);
    return TRUE;
  }

  *answer = ems_answer_new (vnfm_script_result_from_json (object), step);
  (*answer)->state = state_from_nick (vnfm_json_get_string (object, "state"));
  if ((*answer)->state != EMS_STATE_NONE && (*answer)->state != EMS_STATE_DONE)
    (*answer)->result->known = FALSE;
  JsonObject *machine = vnfm_json_get_object (object, "machine");
  if (machine != NULL)
    (*answer)->machine = json_object_ref (machine);
  VnfmScriptResult *result = (*answer)->result;
  if ((*answer)->state == EMS_STATE_NONE && !json_object_has_member (object, "status") && *result->err == '\0') {
    g_free (result->err);
    result->err = g_strdup ("the agent's answer has no status");
  }
  return TRUE;
}
