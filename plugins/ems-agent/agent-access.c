/* SPDX-License-Identifier: Apache-2.0 */
/* Between the broker, which asks, and agent-logins.c, which knows. What is kept in the store is only which VNFRs are
 * released; the rest follows from the registry and the site secret. */
#include "config.h"

#include "plugins/ems-agent/agent-access.h"

#include <vnfm/vnfm-error.h>

#define SPACE        "agent-released"
#define MAX_RELEASED 4096

struct _AgentAccess {
  VnfmTransport *transport;
  AgentRegistry *registry;
  AgentLogins *logins; /* NULL: freed, only a call of the store still holds it */
  VnfmStore *store;    /* nullable */
  VnfmClock *clock;
  gulong handlers[2];
};

static VnfmVerdict
login_asked (VnfmTransport *transport, const char *login, const char *passcode, const char *peer, gpointer data)
{
  AgentAccess *self = data;

  return agent_logins_check (self->logins, login, passcode, peer, vnfm_clock_get_wall_time (self->clock));
}

static VnfmVerdict
access_asked (VnfmTransport *transport, const char *login, VnfmAccess access, VnfmDestination destination,
              const char *host, gpointer data)
{
  AgentAccess *self = data;

  return agent_logins_check_access (self->logins, login, access, destination, host);
}

static void
clear (gpointer data)
{
  AgentAccess *self = data;

  g_clear_object (&self->store);
  g_clear_object (&self->transport);
  g_clear_object (&self->clock);
}

static void
unref (AgentAccess *self)
{
  g_rc_box_release_full (self, clear);
}

static void
drop_released (AgentAccess *self, const char *vnfr_id)
{
  g_autofree char *login = agent_login_new (vnfr_id);

  vnfm_transport_drop (self->transport, login, NULL, "the VNFR is released");
}

static void
kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!vnfm_store_commit_finish (VNFM_STORE (source), result, &error))
    g_warning ("which VNFRs are released could not be kept: %s", error->message);
}

/* @added, @removed: (nullable). */
static void
keep (AgentAccess *self, const char *added, const char *removed)
{
  if (self->store == NULL)
    return;
  VnfmStoreBatch *batch = vnfm_store_batch_new ();
  g_autoptr (GBytes) value = g_bytes_new_static ("{}", 2);
  if (added != NULL)
    vnfm_store_batch_put (batch, SPACE, added, value);
  if (removed != NULL)
    vnfm_store_batch_delete (batch, SPACE, removed);
  vnfm_store_commit_async (self->store, batch, NULL, kept, NULL);
}

static void
loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  AgentAccess *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = vnfm_store_load_finish (VNFM_STORE (source), result, &error);

  if (items == NULL && self->logins != NULL)
    g_warning ("the VNFRs released before cannot be loaded: %s", error->message);
  for (guint i = 0; items != NULL && self->logins != NULL && i < items->len; i++) {
    const VnfmStoreItem *item = g_ptr_array_index (items, i);
    g_autofree char *forgotten = NULL;
    if (agent_registry_count_hosts (self->registry, item->key) > 0)
      keep (self, NULL, item->key);
    else if (agent_logins_release (self->logins, item->key, &forgotten))
      drop_released (self, item->key);
  }
  unref (self);
}

AgentAccess *
agent_access_new (VnfmTransport *transport, AgentRegistry *registry, VnfmStore *store, VnfmClock *clock)
{
  AgentAccess *self = g_rc_box_new0 (AgentAccess);

  self->transport = g_object_ref (transport);
  self->registry = registry;
  self->logins = agent_logins_new (registry, MAX_RELEASED);
  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->clock = g_object_ref (clock);
  if (!vnfm_transport_is_broker (transport))
    return self;
  self->handlers[0] = g_signal_connect (transport, "peer-login", G_CALLBACK (login_asked), self);
  self->handlers[1] = g_signal_connect (transport, "peer-access", G_CALLBACK (access_asked), self);
  if (store != NULL)
    vnfm_store_load_async (store, SPACE, "", NULL, loaded, g_rc_box_acquire (self));
  return self;
}

void
agent_access_free (AgentAccess *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    g_clear_signal_handler (&self->handlers[i], self->transport);
  g_clear_pointer (&self->logins, agent_logins_free);
  unref (self);
}

void
agent_access_set_ready (AgentAccess *self)
{
  agent_logins_set_ready (self->logins);
  vnfm_transport_review (self->transport, NULL);
}

static void
admit (AgentAccess *self, const char *vnfr_id)
{
  if (agent_logins_admit (self->logins, vnfr_id))
    keep (self, NULL, vnfr_id);
}

gboolean
agent_access_admit (AgentAccess *self, const char *vnfr_id, char **login, char **passcode)
{
  *login = *passcode = NULL;
  if (!vnfm_transport_is_broker (self->transport) || vnfr_id == NULL)
    return FALSE;
  g_autofree char *own = agent_login_new (vnfr_id);
  if (agent_login_get_vnfr (own) == NULL) /* too long, or empty */
    return FALSE;
  *login = g_steal_pointer (&own);
  *passcode = agent_registry_dup_token (self->registry, vnfr_id);
  admit (self, vnfr_id);
  return TRUE;
}

/* Others may have subscribed while it was nobody's: they go. What its own agent has said by then may have been pushed
 * out by them: if it is there and does not count as registered, it says it again when it connects again. */
void
agent_access_host_known (AgentAccess *self, const Agent *agent)
{
  if (!vnfm_transport_is_broker (self->transport))
    return;
  admit (self, agent->vnfr_id);
  vnfm_transport_review (self->transport, agent->hostname);
  if (agent->accepted != NULL || !agent_logins_is_ready (self->logins))
    return;
  g_autofree char *login = agent_login_new (agent->vnfr_id);
  vnfm_transport_drop (self->transport, login, agent->hostname, "register again");
}

void
agent_access_released (AgentAccess *self, const char *hostname, const char *vnfr_id)
{
  g_autofree char *forgotten = NULL;

  if (!vnfm_transport_is_broker (self->transport))
    return;
  if (hostname != NULL)
    vnfm_transport_drop (self->transport, NULL, hostname, "the machine is released");
  if (vnfr_id == NULL || agent_registry_count_hosts (self->registry, vnfr_id) > 0 ||
      !agent_logins_release (self->logins, vnfr_id, &forgotten))
    return;
  drop_released (self, vnfr_id);
  keep (self, vnfr_id, forgotten);
}

void
agent_access_vouch (AgentAccess *self, EmsRegistration *registration, const char *sender)
{
  const char *vnfr_id = agent_login_get_vnfr (sender);

  if (vnfr_id == NULL)
    return;
  g_free (registration->token);
  registration->token = agent_registry_dup_token (self->registry, vnfr_id);
}

char *
agent_access_describe (AgentAccess *self, const char *vnfr_id)
{
  return agent_logins_describe (self->logins, vnfr_id);
}
