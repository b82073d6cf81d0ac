/* SPDX-License-Identifier: Apache-2.0 */
/* The login of a VNFR's agents is "ems.<VNFR id>", its passcode the VNFR's token: both are in the user data of its
 * machines. The token is made of the VNFR's id, so that nothing needs to be kept of those that may come in; those that
 * may not any more are kept.
 *
 *   destination             read                                    write
 *   commands of a host      granted: the host is the VNFR's         no
 *                           pending: nobody's as far as is known
 *   registration, answers   no                                      granted
 *   any other               no                                      no
 */
#include "config.h"

#include "plugins/ems-agent/agent-logins.h"

#include "plugins/ems-agent/agent-secret.h"

#include <string.h>

#define PREFIX   "ems."
#define VNFR_MAX 128 /* bytes of an id */

/* One that tried in vain. */
typedef struct {
  char *peer;
  gint64 at;
} Attempt;

struct _AgentLogins {
  AgentRegistry *registry;
  GHashTable *released; /* VNFR id -> its link in order */
  GQueue order;         /* of VNFR id, the oldest first; owns them */
  guint max_released;
  GHashTable *attempts; /* VNFR id -> Attempt; of those that have hosts */
  gboolean ready;
};

char *
agent_login_new (const char *vnfr_id)
{
  return g_strconcat (PREFIX, vnfr_id, NULL);
}

const char *
agent_login_get_vnfr (const char *login)
{
  const char *id = login != NULL && g_str_has_prefix (login, PREFIX) ? login + strlen (PREFIX) : NULL;

  return id != NULL && *id != '\0' && strlen (id) <= VNFR_MAX ? id : NULL;
}

gboolean
agent_login_fits (const char *sender, const char *vnfr_id)
{
  return sender == NULL || g_strcmp0 (agent_login_get_vnfr (sender), vnfr_id) == 0;
}

static void
attempt_free (Attempt *attempt)
{
  g_free (attempt->peer);
  g_free (attempt);
}

AgentLogins *
agent_logins_new (AgentRegistry *registry, guint max_released)
{
  AgentLogins *self = g_new0 (AgentLogins, 1);

  self->registry = registry;
  self->max_released = MAX (max_released, 1);
  self->released = g_hash_table_new (g_str_hash, g_str_equal);
  self->attempts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)attempt_free);
  return self;
}

void
agent_logins_free (AgentLogins *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->released);
  g_hash_table_unref (self->attempts);
  g_queue_clear_full (&self->order, g_free);
  g_free (self);
}

void
agent_logins_set_ready (AgentLogins *self)
{
  self->ready = TRUE;
}

gboolean
agent_logins_is_ready (AgentLogins *self)
{
  return self->ready;
}

/* Only of VNFRs that an operator may ask about: names come from outside. */
static void
note_attempt (AgentLogins *self, const char *vnfr_id, const char *peer, gint64 now)
{
  if (agent_registry_count_hosts (self->registry, vnfr_id) == 0)
    return;
  Attempt *attempt = g_new (Attempt, 1);
  *attempt = (Attempt){ g_strdup (peer), now };
  g_hash_table_replace (self->attempts, g_strdup (vnfr_id), attempt);
}

VnfmVerdict
agent_logins_check (AgentLogins *self, const char *login, const char *passcode, const char *peer, gint64 now)
{
  const char *vnfr_id = agent_login_get_vnfr (login);

  if (vnfr_id == NULL)
    return VNFM_VERDICT_NONE;
  g_autofree char *token = agent_registry_dup_token (self->registry, vnfr_id);
  if (token == NULL || !agent_secret_equal (token, passcode)) {
    note_attempt (self, vnfr_id, peer, now);
    return VNFM_VERDICT_REFUSED;
  }
  if (g_hash_table_contains (self->released, vnfr_id))
    return VNFM_VERDICT_REFUSED;
  g_hash_table_remove (self->attempts, vnfr_id);
  return VNFM_VERDICT_GRANTED;
}

static VnfmVerdict
check_host (AgentLogins *self, const char *vnfr_id, const char *host)
{
  const Agent *agent = self->ready ? agent_registry_lookup (self->registry, host) : NULL;

  if (agent == NULL || agent->vnfr_id == NULL)
    return VNFM_VERDICT_PENDING;
  return strcmp (agent->vnfr_id, vnfr_id) == 0 ? VNFM_VERDICT_GRANTED : VNFM_VERDICT_REFUSED;
}

VnfmVerdict
agent_logins_check_access (AgentLogins *self, const char *login, VnfmAccess access, VnfmDestination destination,
                           const char *host)
{
  const char *vnfr_id = agent_login_get_vnfr (login);

  if (vnfr_id == NULL)
    return VNFM_VERDICT_NONE;
  if (g_hash_table_contains (self->released, vnfr_id))
    return VNFM_VERDICT_REFUSED;
  if (access == VNFM_ACCESS_READ && destination == VNFM_DESTINATION_EMS_COMMANDS)
    return check_host (self, vnfr_id, host);
  if (access == VNFM_ACCESS_WRITE &&
      (destination == VNFM_DESTINATION_EMS_REGISTRATION || destination == VNFM_DESTINATION_ANSWERS))
    return VNFM_VERDICT_GRANTED;
  return VNFM_VERDICT_REFUSED;
}

gboolean
agent_logins_admit (AgentLogins *self, const char *vnfr_id)
{
  GList *link = g_hash_table_lookup (self->released, vnfr_id);

  if (link == NULL)
    return FALSE;
  g_hash_table_remove (self->released, vnfr_id);
  g_free (link->data);
  g_queue_delete_link (&self->order, link);
  return TRUE;
}

gboolean
agent_logins_release (AgentLogins *self, const char *vnfr_id, char **forgotten)
{
  *forgotten = NULL;
  g_hash_table_remove (self->attempts, vnfr_id);
  if (g_hash_table_contains (self->released, vnfr_id))
    return FALSE;
  g_queue_push_tail (&self->order, g_strdup (vnfr_id));
  g_hash_table_insert (self->released, self->order.tail->data, self->order.tail);
  if (self->order.length > self->max_released) {
    *forgotten = g_queue_pop_head (&self->order);
    g_hash_table_remove (self->released, *forgotten);
  }
  return TRUE;
}

char *
agent_logins_describe (AgentLogins *self, const char *vnfr_id)
{
  const Attempt *attempt = vnfr_id != NULL ? g_hash_table_lookup (self->attempts, vnfr_id) : NULL;

  if (attempt == NULL)
    return NULL;
  g_autofree char *at = vnfm_clock_format (attempt->at);
  return g_strdup_printf ("an agent came with wrong credentials at %s (from %s)", at, attempt->peer);
}
