/* SPDX-License-Identifier: Apache-2.0 */
/* The agents that are known, by host name.
 *
 *                     register, nobody expects it
 *        (unknown) ───────────────────────────────► parked ──┐
 *            │ expect                                        │ expect, token right
 *            ▼            register, token right              ▼
 *        expected ───────────────────────────────────────► accepted ──► released
 *            │  ▲  register, token wrong: the sight is kept beside it
 *            └──┘
 *
 * The two ways to "accepted" are the same check, made when both the registration and the VNFR are known: an agent may
 * be quicker than the answer to the allocation. */
#include "config.h"

#include "plugins/ems-agent/agent-registry.h"

#include "plugins/ems-agent/agent-name.h"
#include "plugins/ems-agent/agent-secret.h"

#include <string.h>
#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-error.h>

/* A machine may be up that long before the answer to the allocation says that it is there. */
#define BOOT_TIME (10 * G_TIME_SPAN_MINUTE)

struct _AgentRegistry {
  GHashTable *agents; /* host name -> Agent */
  GHashTable *vnfrs;  /* VNFR id -> number of its hosts */
  GQueue strangers;   /* those that nobody expects, oldest first; through Agent.stranger_link */
  char *secret;
  gboolean token_required;
  guint max_unknown;
};

static void
set_sight (AgentSight **place, AgentSight *sight)
{
  agent_sight_free (*place);
  *place = sight;
}

static void
agent_free (gpointer data)
{
  Agent *self = data;

  set_sight (&self->accepted, NULL);
  set_sight (&self->parked, NULL);
  g_free (self->hostname);
  g_free (self->vnfr_id);
  g_free (self);
}

gboolean
agent_is_up (const Agent *self)
{
  /* A stranger may have been another VNFR's before; it can be forgotten at any time, so nothing is sent to it. */
  return self->accepted != NULL && self->vnfr_id != NULL && !self->released && self->lost_at == 0;
}

EmsCapability
agent_get_capabilities (const Agent *self)
{
  return self->accepted != NULL ? self->accepted->registration->capabilities : 0;
}

AgentRegistry *
agent_registry_new (const char *secret, gboolean token_required, guint max_unknown)
{
  AgentRegistry *self = g_new0 (AgentRegistry, 1);

  self->agents = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, agent_free);
  self->vnfrs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->secret = g_strdup (secret);
  self->token_required = token_required;
  self->max_unknown = MAX (max_unknown, 1);
  return self;
}

void
agent_registry_free (AgentRegistry *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->agents);
  g_hash_table_unref (self->vnfrs);
  g_free (self->secret);
  g_free (self);
}

guint
agent_registry_count_hosts (AgentRegistry *self, const char *vnfr_id)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->vnfrs, vnfr_id));
}

static void
add_hosts (AgentRegistry *self, const char *vnfr_id, int change)
{
  guint count = (guint)((int)agent_registry_count_hosts (self, vnfr_id) + change);

  if (count > 0)
    g_hash_table_replace (self->vnfrs, g_strdup (vnfr_id), GUINT_TO_POINTER (count));
  else
    g_hash_table_remove (self->vnfrs, vnfr_id);
}

/* @vnfr_id: (nullable): nobody's any more. */
static void
set_owner (AgentRegistry *self, Agent *agent, const char *vnfr_id)
{
  char *owner = g_strdup (vnfr_id);

  if (agent->vnfr_id != NULL)
    add_hosts (self, agent->vnfr_id, -1);
  if (owner != NULL)
    add_hosts (self, owner, 1);
  g_free (agent->vnfr_id);
  agent->vnfr_id = owner;
}

Agent *
agent_registry_lookup (AgentRegistry *self, const char *hostname)
{
  return g_hash_table_lookup (self->agents, hostname);
}

void
agent_registry_foreach (AgentRegistry *self, AgentFunc func, gpointer user_data)
{
  GHashTableIter iter;
  gpointer agent;

  g_hash_table_iter_init (&iter, self->agents);
  while (g_hash_table_iter_next (&iter, NULL, &agent))
    func (agent, user_data);
}

static Agent *
add (AgentRegistry *self, const char *hostname)
{
  Agent *agent = g_new0 (Agent, 1);

  agent->hostname = g_strdup (hostname);
  agent->stranger_link.data = agent;
  g_queue_init (&agent->commands);
  g_hash_table_insert (self->agents, agent->hostname, agent);
  return agent;
}

static void
set_stranger (AgentRegistry *self, Agent *agent, gboolean stranger)
{
  if (agent->stranger)
    g_queue_unlink (&self->strangers, &agent->stranger_link);
  if (stranger)
    g_queue_push_tail_link (&self->strangers, &agent->stranger_link);
  agent->stranger = stranger;
}

/* Room for one more. Returns: (transfer full) (nullable): the host that had to go. */
static char *
make_room (AgentRegistry *self)
{
  if (g_queue_get_length (&self->strangers) <= self->max_unknown)
    return NULL;

  Agent *oldest = g_queue_peek_head (&self->strangers);
  char *hostname = g_strdup (oldest->hostname);
  set_stranger (self, oldest, FALSE);
  g_hash_table_remove (self->agents, hostname);
  return hostname;
}

char *
agent_registry_dup_token (AgentRegistry *self, const char *vnfr_id)
{
  return self->secret != NULL && vnfr_id != NULL && *vnfr_id != '\0' ? agent_secret_token (self->secret, vnfr_id)
                                                                     : NULL;
}

/* A wrong token is wrong even where none is required. */
static gboolean
token_is_right (AgentRegistry *self, const char *vnfr_id, const AgentSight *sight)
{
  if (sight->token_hash == NULL)
    return !self->token_required;

  g_autofree char *token = agent_registry_dup_token (self, vnfr_id);
  g_autofree char *hash = token != NULL ? agent_secret_hash (token) : NULL;
  return hash != NULL && g_str_equal (hash, sight->token_hash);
}

/* Takes the parked registration if it is the right one for the VNFR. */
static gboolean
try_accept (AgentRegistry *self, Agent *agent)
{
  if (agent->parked == NULL || !token_is_right (self, agent->vnfr_id, agent->parked))
    return FALSE;
  set_sight (&agent->accepted, g_steal_pointer (&agent->parked));
  agent->told = FALSE;
  agent->lost_at = 0;
  agent->generation++;
  return TRUE;
}

Agent *
agent_registry_expect (AgentRegistry *self, const char *hostname, const char *vnfr_id, gint64 now, gboolean *changed)
{
  Agent *agent = agent_registry_lookup (self, hostname);
  const char *owner = vnfr_id != NULL ? vnfr_id : "";

  *changed = FALSE;
  if (agent == NULL)
    agent = add (self, hostname);
  else if (g_strcmp0 (agent->vnfr_id, owner) == 0)
    return agent;

  /* A new machine that has the name of one that was never released: what is known is the old one's, unless its token
   * says otherwise. */
  if (agent->accepted != NULL && !agent->released && agent->parked == NULL)
    agent->parked = g_steal_pointer (&agent->accepted);
  set_sight (&agent->accepted, NULL);
  set_owner (self, agent, owner);
  agent->expected_at = now;
  agent->released = FALSE;
  agent->lost_at = 0;
  set_stranger (self, agent, FALSE);
  *changed = agent->parked != NULL;
  try_accept (self, agent);
  return agent;
}

AgentVerdict
agent_registry_register (AgentRegistry *self, const EmsRegistration *registration, gint64 now, Agent **agent_out,
                         gboolean *changed, char **forgotten)
{
  Agent *agent = agent_registry_lookup (self, registration->hostname);
  AgentSight *sight = agent_sight_new (registration, now);

  *changed = TRUE;
  *forgotten = NULL;
  if (agent == NULL || (agent->vnfr_id == NULL && !agent->released)) {
    if (agent == NULL)
      agent = add (self, registration->hostname);
    *changed = !agent_sight_equal (agent->parked, sight);
    set_sight (&agent->parked, sight);
    if (!agent->stranger) {
      set_stranger (self, agent, TRUE);
      *forgotten = make_room (self);
    }
    *agent_out = agent;
    return AGENT_VERDICT_UNEXPECTED;
  }

  *agent_out = agent;
  if (agent->released) {
    gboolean same = agent->accepted != NULL && g_strcmp0 (agent->accepted->token_hash, sight->token_hash) == 0;
    set_sight (&agent->parked, sight);
    agent->told = same;
    agent->released = same;
    return same ? AGENT_VERDICT_RELEASED : AGENT_VERDICT_UNEXPECTED;
  }
  if (!token_is_right (self, agent->vnfr_id, sight)) {
    *changed = !agent_sight_equal (agent->parked, sight);
    set_sight (&agent->parked, sight);
    return AGENT_VERDICT_WRONG_TOKEN;
  }
  *changed = agent->parked != NULL || !agent_sight_equal (agent->accepted, sight);
  set_sight (&agent->parked, sight);
  try_accept (self, agent);
  return AGENT_VERDICT_ACCEPTED;
}

void
agent_registry_mark_lost (AgentRegistry *self, Agent *agent, gint64 now)
{
  if (agent->lost_at == 0)
    agent->lost_at = now;
}

gboolean
agent_registry_release (AgentRegistry *self, const char *hostname, const char *vnfr_id, char **forgotten)
{
  Agent *agent = agent_registry_lookup (self, hostname);

  *forgotten = NULL;
  if (agent == NULL || agent->vnfr_id == NULL || g_strcmp0 (agent->vnfr_id, vnfr_id != NULL ? vnfr_id : "") != 0)
    return FALSE;
  set_owner (self, agent, NULL);
  set_sight (&agent->parked, NULL);
  agent->released = TRUE;
  agent->told = TRUE;
  set_stranger (self, agent, TRUE);
  *forgotten = make_room (self);
  return TRUE;
}

GPtrArray *
agent_registry_take_untold (AgentRegistry *self, gint64 now, gint64 after, gint64 *next)
{
  GPtrArray *due = g_ptr_array_new ();

  *next = 0;
  for (GList *l = self->strangers.head; l != NULL; l = l->next) {
    Agent *agent = l->data;

    if (agent->parked == NULL || agent->told)
      continue;
    if (agent->parked->at + after <= now) {
      agent->told = TRUE;
      g_ptr_array_add (due, agent);
    } else if (*next == 0 || agent->parked->at + after < *next) {
      *next = agent->parked->at + after;
    }
  }
  return due;
}

/* How likely it is that a stranger is the agent of the machine, by another name. */
typedef enum { UNLIKELY, CAME_THEN, SIMILAR, SHOWS_TOKEN } Likeness;

static Likeness
compare (AgentRegistry *self, const Agent *agent, const Agent *other)
{
  if (other->parked == NULL || other->released)
    return UNLIKELY;
  if (other->parked->token_hash != NULL && token_is_right (self, agent->vnfr_id, other->parked))
    return SHOWS_TOKEN;
  if (agent_name_is_similar (agent->hostname, other->hostname))
    return SIMILAR;
  return other->parked->at >= agent->expected_at - BOOT_TIME ? CAME_THEN : UNLIKELY;
}

/* The likeliest; of those that are alike the one that was seen last. @count: (out): how many are as likely. */
static const Agent *
find_other_name (AgentRegistry *self, const Agent *agent, Likeness *likeness, guint *count)
{
  const Agent *found = NULL;

  *likeness = UNLIKELY;
  *count = 0;
  for (GList *l = self->strangers.head; l != NULL; l = l->next) {
    const Agent *other = l->data;
    Likeness likely = compare (self, agent, other);

    if (likely == UNLIKELY || likely < *likeness)
      continue;
    *count = likely > *likeness ? 1 : *count + 1;
    if (found == NULL || likely > *likeness || other->parked->at >= found->parked->at)
      found = other;
    *likeness = likely;
  }
  return found;
}

/* It is what people look for in vain: a machine whose agent calls itself by another name than the NFVO does. */
static char *
describe_other_name (AgentRegistry *self, const Agent *agent)
{
  static const char *const words[] = {
    [CAME_THEN] = "but one that nobody expects registered",
    [SIMILAR] = "but one of a similar name registered",
    [SHOWS_TOKEN] = "but one with this VNF's token registered under another name",
  };
  Likeness likeness;
  guint count;
  const Agent *other = find_other_name (self, agent, &likeness, &count);

  if (other == NULL)
    return g_strdup ("");
  g_autofree char *at = vnfm_clock_format (other->parked->at);
  g_autofree char *more = count > 1 ? g_strdup_printf (" (and %u more like it)", count - 1) : g_strdup ("");
  return g_strdup_printf (", %s: %s at %s%s", words[likeness], other->hostname, at, more);
}

static char *
describe_unaccepted (AgentRegistry *self, const Agent *agent)
{
  g_autofree char *since = vnfm_clock_format (agent->expected_at);

  if (agent->parked != NULL) {
    g_autofree char *at = vnfm_clock_format (agent->parked->at);
    return g_strdup_printf ("agent seen with %s token at %s, and refused",
                            agent->parked->token_hash != NULL ? "a wrong" : "no", at);
  }
  g_autofree char *other = describe_other_name (self, agent);
  return g_strdup_printf ("agent never seen since %s%s", since, other);
}

char *
agent_registry_describe (AgentRegistry *self, const char *hostname)
{
  Agent *agent = agent_registry_lookup (self, hostname);

  if (agent == NULL)
    return g_strdup ("agent never seen");
  if (agent->released)
    return g_strdup ("machine released");
  if (agent->vnfr_id == NULL)
    return g_strdup ("agent seen, but no VNFR expects it");
  if (agent->accepted == NULL)
    return describe_unaccepted (self, agent);

  const EmsRegistration *registration = agent->accepted->registration;
  const char *program = registration->agent != NULL ? registration->agent : "an agent without a version";
  g_autofree char *at = vnfm_clock_format (agent->accepted->at);
  if (agent->lost_at != 0) {
    g_autofree char *lost = vnfm_clock_format (agent->lost_at);
    return g_strdup_printf ("agent lost since %s (%s, registered at %s)", lost, program, at);
  }
  return g_strdup_printf ("%s, registered at %s", program, at);
}

char *
agent_registry_advise (AgentRegistry *self, const char *hostname, gboolean refused)
{
  const Agent *agent = agent_registry_lookup (self, hostname);
  Likeness likeness;
  guint count;

  if (agent != NULL && (agent->released || agent_is_up (agent)))
    return NULL;
  if (agent != NULL && agent->accepted != NULL)
    return g_strdup ("see whether the machine runs and reaches the broker; inside it: systemctl status vnfm-ems, "
                     "vnfm-ems --check");
  if (refused || (agent != NULL && agent->vnfr_id != NULL && agent->parked != NULL))
    return g_strdup (
        "its user data is of another VNFR or of another vnfmd: make the machine anew, or set token= of its "
        "vnfm-ems.conf ([ems]) to the one in the user data of this VNFR");
  const Agent *other =
      agent != NULL && agent->vnfr_id != NULL ? find_other_name (self, agent, &likeness, &count) : NULL;
  if (other != NULL && likeness != CAME_THEN)
    return g_strdup_printf (
        "set hostname=%s in [ems] of the machine's vnfm-ems.conf and restart vnfm-ems; the NFVO must "
        "fill in \"export #Hostname=\" of the user data",
        hostname);
  return g_strdup ("look at the machine's console: did the user data run, is vnfm-ems installed? Inside the machine, "
                   "vnfm-ems --check tells which link is broken");
}

GBytes *
agent_to_bytes (const Agent *self)
{
  if (self->released || (self->accepted == NULL && self->parked == NULL))
    return NULL;

  g_autoptr (JsonObject) object = json_object_new ();
  if (self->vnfr_id != NULL) {
    json_object_set_string_member (object, "vnfr", self->vnfr_id);
    json_object_set_int_member (object, "expected", self->expected_at);
  }
  agent_sight_write (object, "accepted", self->accepted);
  agent_sight_write (object, "parked", self->parked);
  return vnfm_json_write_object (object);
}

gboolean
agent_registry_load (AgentRegistry *self, const char *hostname, GBytes *value, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) node = vnfm_json_parse (value, &local);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  AgentSight *accepted = object != NULL ? agent_sight_read (object, "accepted", &local) : NULL;
  AgentSight *parked = object != NULL && local == NULL ? agent_sight_read (object, "parked", &local) : NULL;

  Agent *agent = agent_registry_lookup (self, hostname);

  if (local != NULL || (accepted == NULL && parked == NULL) ||
      (agent != NULL && (agent->accepted != NULL || agent->parked != NULL))) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "the stored agent %s cannot be read: %s", hostname,
                 local != NULL ? local->message : "it says nothing, or twice");
    agent_sight_free (accepted);
    agent_sight_free (parked);
    return FALSE;
  }

  const char *vnfr_id = vnfm_json_get_string (object, "vnfr");
  if (agent != NULL && g_strcmp0 (agent->vnfr_id, vnfr_id) != 0) { /* expected by now, by another VNFR */
    set_sight (&agent->parked, parked != NULL ? parked : g_steal_pointer (&accepted));
    agent_sight_free (accepted);
    try_accept (self, agent);
    return TRUE;
  }
  if (agent == NULL)
    agent = add (self, hostname);
  agent->accepted = accepted;
  agent->parked = parked;
  if (agent->vnfr_id == NULL)
    set_owner (self, agent, vnfr_id);
  agent->expected_at = vnfm_json_get_int (object, "expected", agent->expected_at);
  set_stranger (self, agent, agent->vnfr_id == NULL);
  return TRUE;
}
