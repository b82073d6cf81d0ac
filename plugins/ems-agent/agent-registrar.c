/* SPDX-License-Identifier: Apache-2.0 */
/* Registrations and the store. One is acknowledged when it is in the store, be it accepted or parked: after a restart
 * the manager knows its agents and what they can do, and one whose allocation is not answered yet is not lost. */
#include "config.h"

#include "plugins/ems-agent/agent-registrar.h"

#include "plugins/ems-agent/agent-wire.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

#define SPACE            "agent"
#define REGISTRATION_MAX (64 * 1024) /* bytes */
#define HOSTNAME_MAX     255         /* bytes */

struct _AgentRegistrar {
  AgentLink *link;  /* NULL: freed, only a call of the store still holds it */
  VnfmStore *store; /* nullable */
  GQueue early;     /* of VnfmEnvelope: before the store's agents are known */
  gint64 unknown_after;
  guint max_unknown;
  VnfmTimer *untold_timer;
};

AgentRegistrar *
agent_registrar_new (AgentLink *link, VnfmStore *store, gint64 unknown_after, guint max_unknown)
{
  AgentRegistrar *self = g_rc_box_new0 (AgentRegistrar);

  self->link = link;
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->unknown_after = unknown_after;
  self->max_unknown = max_unknown;
  g_queue_init (&self->early);
  return self;
}

static void
clear (gpointer data)
{
  AgentRegistrar *self = data;

  g_clear_object (&self->store);
  g_queue_clear_full (&self->early, (GDestroyNotify)vnfm_envelope_unref);
}

static void
unref (AgentRegistrar *self)
{
  g_rc_box_release_full (self, clear);
}

void
agent_registrar_free (AgentRegistrar *self)
{
  if (self == NULL)
    return;
  vnfm_clock_clear_timer (self->link->clock, &self->untold_timer);
  self->link = NULL;
  unref (self);
}

static gint64
wall_time (AgentRegistrar *self)
{
  return vnfm_clock_get_wall_time (self->link->clock);
}

/* Keeping. */

typedef struct {
  AgentRegistrar *registrar;
  char *hostname;
  guint serial;
  VnfmEnvelope *envelope; /* nullable */
} Keeping;

static void
keeping_free (Keeping *keeping)
{
  unref (keeping->registrar);
  g_clear_pointer (&keeping->envelope, vnfm_envelope_unref);
  g_free (keeping->hostname);
  g_free (keeping);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keeping, keeping_free)

static void
kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Keeping) keeping = data;
  g_autoptr (GError) error = NULL;
  AgentLink *link = keeping->registrar->link;

  if (!vnfm_store_commit_finish (VNFM_STORE (source), result, &error)) {
    g_warning ("agent of %s: its registration could not be kept: %s", keeping->hostname, error->message);
    return;
  }
  Agent *agent = link != NULL ? agent_registry_lookup (link->registry, keeping->hostname) : NULL;
  if (agent != NULL && agent->keep_serial == keeping->serial)
    agent->unkept = FALSE;
  vnfm_envelope_ack (keeping->envelope);
}

/* Stores what is known of @agent, drops @gone (nullable), then acknowledges @envelope (nullable). */
static void
keep (AgentRegistrar *self, Agent *agent, const char *gone, VnfmEnvelope *envelope)
{
  if (self->store == NULL) {
    vnfm_envelope_ack (envelope);
    return;
  }

  VnfmStoreBatch *batch = vnfm_store_batch_new ();
  g_autoptr (GBytes) value = agent_to_bytes (agent);
  if (value != NULL)
    vnfm_store_batch_put (batch, SPACE, agent->hostname, value);
  else
    vnfm_store_batch_delete (batch, SPACE, agent->hostname);
  if (gone != NULL)
    vnfm_store_batch_delete (batch, SPACE, gone);

  Keeping *keeping = g_new0 (Keeping, 1);
  keeping->registrar = g_rc_box_acquire (self);
  keeping->hostname = g_strdup (agent->hostname);
  keeping->serial = ++agent->keep_serial;
  keeping->envelope = envelope != NULL ? vnfm_envelope_ref (envelope) : NULL;
  agent->unkept = TRUE;
  vnfm_store_commit_async (self->store, batch, NULL, kept, keeping);
}

/* Telling. */

static void tell_strangers (gpointer data);

static void
arm_untold (AgentRegistrar *self, gint64 next)
{
  if (self->untold_timer == NULL && next != 0)
    self->untold_timer =
        vnfm_clock_add_timer (self->link->clock, MAX (next - wall_time (self), 1), tell_strangers, self);
}

static void
tell_strangers (gpointer data)
{
  AgentRegistrar *self = data;
  gint64 next = 0;

  self->untold_timer = NULL;
  g_autoptr (GPtrArray) due =
      agent_registry_take_untold (self->link->registry, wall_time (self), self->unknown_after, &next);
  for (guint i = 0; i < due->len; i++) {
    Agent *agent = g_ptr_array_index (due, i);
    g_autofree char *at = vnfm_clock_format (agent->parked->at);
    g_warning ("agent of %s registered at %s, and no VNFR here expects it; kept", agent->hostname, at);
  }
  arm_untold (self, next);
}

static void
tell_wrong_token (Agent *agent)
{
  if (agent->told)
    return;
  agent->told = TRUE;
  g_warning ("agent of %s registered with %s: refused", agent->hostname,
             agent->parked->token_hash != NULL ? "a wrong token" : "no token ([agent] token=required)");
}

static void
tell_forgotten (AgentRegistrar *self, const char *forgotten)
{
  if (forgotten != NULL)
    g_message ("agent of %s: forgotten, more than %u hosts have registered that nobody expects", forgotten,
               self->max_unknown);
}

static void
wake_agent (AgentRegistrar *self, Agent *agent)
{
  g_autoptr (GPtrArray) commands = agent_link_dup_commands (agent);

  vnfm_ems_emit_registered (self->link->ems, agent->hostname);
  for (guint i = 0; i < commands->len; i++)
    agent_command_agent_registered (g_ptr_array_index (commands, i));
}

/* Taking. */

static void
take (AgentRegistrar *self, const EmsRegistration *registration, VnfmEnvelope *envelope)
{
  Agent *agent = NULL;
  gboolean changed = FALSE;
  g_autofree char *forgotten = NULL;
  gint64 now = wall_time (self);
  AgentVerdict verdict =
      agent_registry_register (self->link->registry, registration, now, &agent, &changed, &forgotten);

  tell_forgotten (self, forgotten);
  if (changed || agent->unkept || forgotten != NULL)
    keep (self, agent, forgotten, envelope);
  else
    vnfm_envelope_ack (envelope);

  switch (verdict) {
  case AGENT_VERDICT_ACCEPTED:
    g_info ("agent of %s registered (%s)", agent->hostname,
            registration->agent != NULL ? registration->agent : "no version told");
    wake_agent (self, agent);
    break;
  case AGENT_VERDICT_UNEXPECTED:
    g_info ("agent of %s registered, and nobody expects it yet", agent->hostname);
    arm_untold (self, now + self->unknown_after);
    break;
  case AGENT_VERDICT_WRONG_TOKEN:
    tell_wrong_token (agent);
    break;
  case AGENT_VERDICT_RELEASED:
    g_debug ("agent of %s registered, but its machine is released", agent->hostname);
    break;
  }
}

static gboolean
check_hostname (const char *hostname)
{
  if (strlen (hostname) > HOSTNAME_MAX || !g_utf8_validate (hostname, -1, NULL))
    return FALSE;
  for (const char *c = hostname; *c != '\0'; c++) {
    if (g_ascii_iscntrl (*c))
      return FALSE;
  }
  return TRUE;
}

static void
read_registration (AgentRegistrar *self, VnfmEnvelope *envelope)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsRegistration) registration = NULL;

  if (g_bytes_get_size (envelope->body) > REGISTRATION_MAX)
    g_set_error (&error, VNFM_ERROR, VNFM_ERROR_LIMIT, "longer than %d bytes", REGISTRATION_MAX);
  else
    registration = ems_registration_decode (envelope->body, &error);
  if (registration != NULL && !check_hostname (registration->hostname))
    g_set_error (&error, VNFM_ERROR, VNFM_ERROR_INVALID, "the host name is too long or not printable");
  if (error != NULL) {
    g_autofree char *excerpt = agent_wire_excerpt (envelope->body);
    g_warning ("a registration cannot be read: %s: %s", error->message, excerpt);
    vnfm_envelope_ack (envelope);
    return;
  }
  agent_access_vouch (self->link->access, registration, envelope->sender);
  take (self, registration, envelope);
}

void
agent_registrar_take (AgentRegistrar *self, VnfmEnvelope *envelope)
{
  if (self->link->ready)
    read_registration (self, envelope);
  else
    g_queue_push_tail (&self->early, vnfm_envelope_ref (envelope));
}

/* Loading. */

static void
become_ready (AgentRegistrar *self)
{
  self->link->ready = TRUE;
  agent_access_set_ready (self->link->access);
  agent_link_wake_all (self->link);
  while (self->link != NULL && !g_queue_is_empty (&self->early)) {
    g_autoptr (VnfmEnvelope) envelope = g_queue_pop_head (&self->early);
    read_registration (self, envelope);
  }
}

static void
loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  AgentRegistrar *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = vnfm_store_load_finish (VNFM_STORE (source), result, &error);
  guint known = 0;

  if (self->link == NULL) {
    unref (self);
    return;
  }
  if (items == NULL)
    g_warning ("the agents known before cannot be loaded: %s", error->message);
  for (guint i = 0; items != NULL && i < items->len; i++) {
    const VnfmStoreItem *item = g_ptr_array_index (items, i);
    g_autoptr (GError) broken = NULL;
    if (agent_registry_load (self->link->registry, item->key, item->value, &broken))
      known++;
    else
      g_warning ("%s", broken->message);
  }
  g_info ("%u agents were known before", known);
  arm_untold (self, wall_time (self) + self->unknown_after);
  become_ready (self);
  unref (self);
}

void
agent_registrar_load (AgentRegistrar *self)
{
  if (self->store != NULL)
    vnfm_store_load_async (self->store, SPACE, "", NULL, loaded, g_rc_box_acquire (self));
  else
    become_ready (self);
}

/* Machines. */

Agent *
agent_registrar_expect (AgentRegistrar *self, VnfmVnfc *vnfc)
{
  gboolean changed = FALSE;
  const Agent *before = agent_registry_lookup (self->link->registry, vnfc->hostname);
  gboolean known = before != NULL && vnfc->vnfr_id != NULL && g_strcmp0 (before->vnfr_id, vnfc->vnfr_id) == 0;
  Agent *agent =
      agent_registry_expect (self->link->registry, vnfc->hostname, vnfc->vnfr_id, wall_time (self), &changed);

  if (!known)
    agent_access_host_known (self->link->access, agent);
  if (!changed)
    return agent;
  keep (self, agent, NULL, NULL);
  if (agent->accepted != NULL)
    wake_agent (self, agent);
  else
    tell_wrong_token (agent);
  return agent;
}

void
agent_registrar_release (AgentRegistrar *self, VnfmVnfc *vnfc)
{
  g_autofree char *forgotten = NULL;

  if (!agent_registry_release (self->link->registry, vnfc->hostname, vnfc->vnfr_id, &forgotten))
    return;
  tell_forgotten (self, forgotten);
  keep (self, agent_registry_lookup (self->link->registry, vnfc->hostname), forgotten, NULL);
}
