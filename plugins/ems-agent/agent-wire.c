/* SPDX-License-Identifier: Apache-2.0 */
/* What goes to an agent, by what it can do. Pure. */
#include "config.h"

#include "plugins/ems-agent/agent-wire.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

#define EXCERPT_BYTES 80

/* A character that is not ASCII becomes "_": the agent would never answer again. */
static char *
to_ascii (const char *value)
{
  GString *clean = g_string_new (NULL);

  for (const char *c = value; *c != '\0';) {
    gunichar character = g_utf8_get_char_validated (c, -1);
    gboolean valid = character != (gunichar)-1 && character != (gunichar)-2;

    g_string_append_c (clean, valid && character < 0x80 ? *c : '_');
    c = valid ? g_utf8_next_char (c) : c + 1;
  }
  return g_string_free (clean, FALSE);
}

static JsonObject *
make_environment (VnfmEnvironment *environment, EmsCapability capabilities)
{
  JsonObject *object = vnfm_environment_to_json (environment, (capabilities & EMS_CAPABILITY_EXACT_ENV) != 0);

  if ((capabilities & EMS_CAPABILITY_EXACT_ENV) != 0)
    return object;

  g_autoptr (GList) names = json_object_get_members (object);
  for (GList *l = names; l != NULL; l = l->next) {
    const char *value = json_object_get_string_member (object, l->data);
    if (g_str_is_ascii (value))
      continue;
    g_autofree char *clean = to_ascii (value);
    g_message ("the value of %s is not ASCII, which this agent cannot take: sent as \"%s\"", (const char *)l->data,
               clean);
    json_object_set_string_member (object, l->data, clean);
  }
  return object;
}

static gboolean
check_plain (const EmsCommand *command, GError **error)
{
  const char *what = command->name != NULL ? command->name : command->payload;

  if (command->action != EMS_ACTION_SAVE_VNFR_DEPENDENCY && what != NULL && !g_str_is_ascii (what)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED,
                 "the agent is of the old kind and cannot take a name that is not ASCII: \"%s\"", what);
    return FALSE;
  }
  if (command->name != NULL && strchr (command->name, '/') != NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED,
                 "the agent is of the old kind and has no sub-directories: \"%s\"", command->name);
    return FALSE;
  }
  return TRUE;
}

GBytes *
agent_wire_encode (const EmsCommand *wanted, VnfmEnvironment *environment, EmsCapability capabilities, GError **error)
{
  EmsCommand wire = *wanted;

  if ((capabilities & EMS_CAPABILITY_STEP) == 0) {
    wire.step = NULL;
    if (!check_plain (wanted, error))
      return NULL;
  }
  if ((capabilities & EMS_CAPABILITY_TIMEOUT) == 0)
    wire.timeout = 0;
  if ((capabilities & EMS_CAPABILITY_STREAM) == 0)
    wire.stream = FALSE;
  if ((capabilities & EMS_CAPABILITY_CAPPED) == 0)
    wire.max_output = 0;

  g_autoptr (JsonObject) env = environment != NULL ? make_environment (environment, capabilities) : NULL;
  if (env != NULL)
    wire.environment = env;
  return ems_command_encode (&wire);
}

gboolean
agent_wire_is_repeatable (EmsAction action, EmsCapability capabilities)
{
  return (capabilities & EMS_CAPABILITY_STEP) != 0 || action == EMS_ACTION_SAVE_SCRIPTS ||
         action == EMS_ACTION_SCRIPTS_UPDATE || action == EMS_ACTION_SAVE_VNFR_DEPENDENCY;
}

char *
agent_wire_excerpt (GBytes *body)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);
  GString *excerpt = g_string_new (NULL);

  for (gsize i = 0; i < MIN (length, EXCERPT_BYTES); i++)
    g_string_append_c (excerpt, g_ascii_isprint (text[i]) ? text[i] : '?');
  if (length > EXCERPT_BYTES)
    g_string_append (excerpt, "...");
  return g_string_free (excerpt, FALSE);
}

gboolean
agent_wire_is_reply (GBytes *body)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) members = text != NULL ? vnfm_json_scan (text, length, &error) : NULL;
  gboolean reply = FALSE;

  for (guint i = 0; members != NULL && i < members->len; i++) {
    const char *name = g_array_index (members, VnfmJsonSpan, i).name;

    if (g_str_equal (name, "action"))
      return FALSE;
    reply = reply || g_str_equal (name, "status") || g_str_equal (name, "output") || g_str_equal (name, "stream");
  }
  return reply;
}
