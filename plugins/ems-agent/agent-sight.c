/* SPDX-License-Identifier: Apache-2.0 */
/* One registration as it was seen, and how it stands in the store: of the token only a hash is kept. Pure. */
#include "config.h"

#include "plugins/ems-agent/agent-sight.h"

#include "plugins/ems-agent/agent-secret.h"

void
agent_sight_free (AgentSight *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->registration, ems_registration_free);
  g_free (self->token_hash);
  g_free (self);
}

AgentSight *
agent_sight_new (const EmsRegistration *registration, gint64 now)
{
  AgentSight *self = g_new0 (AgentSight, 1);

  self->registration = ems_registration_new (registration->hostname);
  self->registration->agent = g_strdup (registration->agent);
  self->registration->capabilities = registration->capabilities;
  self->registration->boot = g_strdup (registration->boot);
  self->registration->run = g_strdup (registration->run);
  if (registration->token != NULL)
    self->token_hash = agent_secret_hash (registration->token);
  self->at = now;
  return self;
}

gboolean
agent_sight_equal (const AgentSight *a, const AgentSight *b)
{
  return a != NULL && b != NULL && g_strcmp0 (a->registration->agent, b->registration->agent) == 0 &&
         a->registration->capabilities == b->registration->capabilities &&
         g_strcmp0 (a->registration->boot, b->registration->boot) == 0 &&
         g_strcmp0 (a->registration->run, b->registration->run) == 0 && g_strcmp0 (a->token_hash, b->token_hash) == 0;
}

void
agent_sight_write (JsonObject *object, const char *name, const AgentSight *sight)
{
  if (sight == NULL)
    return;

  g_autoptr (GBytes) text = ems_registration_encode (sight->registration);
  g_autoptr (GError) error = NULL;
  JsonNode *node = vnfm_json_parse (text, &error);
  if (node == NULL)
    return;

  JsonObject *member = json_object_new ();
  json_object_set_member (member, "registration", node);
  if (sight->token_hash != NULL)
    json_object_set_string_member (member, "token-sha256", sight->token_hash);
  json_object_set_int_member (member, "at", sight->at);
  json_object_set_object_member (object, name, member);
}

AgentSight *
agent_sight_read (JsonObject *object, const char *name, GError **error)
{
  JsonObject *member = vnfm_json_get_object (object, name);
  JsonObject *inner = vnfm_json_get_object (member, "registration");

  if (inner == NULL)
    return NULL;

  g_autoptr (GBytes) text = vnfm_json_write_object (inner);
  g_autoptr (EmsRegistration) registration = ems_registration_decode (text, error);
  if (registration == NULL)
    return NULL;
  g_clear_pointer (&registration->token, g_free);
  AgentSight *sight = agent_sight_new (registration, vnfm_json_get_int (member, "at", 0));
  sight->token_hash = g_strdup (vnfm_json_get_string (member, "token-sha256"));
  return sight;
}
