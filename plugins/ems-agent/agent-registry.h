/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/agent-sight.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * Agent:
 * @hostname: by which it registers: never anything but exactly this
 * @vnfr_id: (nullable): the VNFR that expects it; NULL: nobody does
 * @expected_at: wall time when it was first expected, 0: never
 * @accepted: (nullable): the registration that counts
 * @parked: (nullable): the last one that does not: nobody expects the host yet, or the token was wrong
 * @told: @parked was told to the operator
 * @released: its machine is gone; what it may still say is of no interest
 * @lost_at: wall time when it was found that nobody reads its commands, 0: reachable as far as is known
 * @generation: counts its accepted registrations since this process began
 * @unkept: what is known of it is not in the store yet
 * @keep_serial: counts the attempts to put it there
 * @commands: (element-type AgentCommand): those under way, in order of their start; kept by agent-command.c
 *
 * What is known of one host's agent.
 */
typedef struct {
  char *hostname;
  char *vnfr_id;
  gint64 expected_at;
  AgentSight *accepted;
  AgentSight *parked;
  gboolean told;
  gboolean released;
  gint64 lost_at;
  guint generation;
  gboolean unkept;
  guint keep_serial;
  GQueue commands;
  /*< private >*/
  GList stranger_link;
  gboolean stranger;
} Agent;

/* An agent that registered is there, and reachable as far as is known. */
gboolean agent_is_up (const Agent *self);
EmsCapability agent_get_capabilities (const Agent *self);
/* As it stands in the store. Returns: (transfer full) (nullable): NULL if nothing of it needs to be kept. */
GBytes *agent_to_bytes (const Agent *self);

/**
 * AgentRegistry:
 *
 * The agents that are known, by host name. No I/O and no clock: times are given, and what must be stored or told is
 * returned. Hosts that nobody expects (quicker than the allocation's answer, foreign, or released) are bounded in
 * number, the oldest is forgotten first.
 */
typedef struct _AgentRegistry AgentRegistry;

typedef enum {
  AGENT_VERDICT_ACCEPTED,
  AGENT_VERDICT_UNEXPECTED,
  AGENT_VERDICT_WRONG_TOKEN,
  AGENT_VERDICT_RELEASED,
} AgentVerdict;

/* @secret: (nullable): without one no token can be right. */
AgentRegistry *agent_registry_new (const char *secret, gboolean token_required, guint max_unknown);
void agent_registry_free (AgentRegistry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AgentRegistry, agent_registry_free)

Agent *agent_registry_lookup (AgentRegistry *self, const char *hostname);
/* @vnfr_id's machine of this name exists or is about to. A parked registration is checked now.
 * @changed: (out): it must be stored anew, and commands may go now. Returns: borrowed until forgotten. */
Agent *agent_registry_expect (AgentRegistry *self, const char *hostname, const char *vnfr_id, gint64 now,
                              gboolean *changed);
/* A registration came. @agent: (out): borrowed. @changed: (out): it must be stored anew (a repetition need not).
 * @forgotten: (out) (transfer full) (nullable): the host that had to make room: remove it from the store. */
AgentVerdict agent_registry_register (AgentRegistry *self, const EmsRegistration *registration, gint64 now,
                                      Agent **agent, gboolean *changed, char **forgotten);
/* How many hosts are @vnfr_id's. */
guint agent_registry_count_hosts (AgentRegistry *self, const char *vnfr_id);
void agent_registry_mark_lost (AgentRegistry *self, Agent *agent, gint64 now);
/* The machine is released. Does nothing if the host is another VNFR's by now. @forgotten: as above.
 * Returns: remove it from the store. */
gboolean agent_registry_release (AgentRegistry *self, const char *hostname, const char *vnfr_id, char **forgotten);
/* Parked registrations that are due for a word to the operator, each once: those seen before @now - @after.
 * @next: (out): wall time when the next one will be, 0: none. Returns: (element-type Agent) (transfer container). */
GPtrArray *agent_registry_take_untold (AgentRegistry *self, gint64 now, gint64 after, gint64 *next);
/* One line for the operator. Returns: (transfer full). */
char *agent_registry_describe (AgentRegistry *self, const char *hostname);
/* What the operator can do about what agent_registry_describe() says. @refused: the broker has refused an agent's
 * login. Returns: (transfer full) (nullable): nothing is wrong. */
char *agent_registry_advise (AgentRegistry *self, const char *hostname, gboolean refused);
/* The token that machines of @vnfr_id show. Returns: (transfer full) (nullable): NULL without a secret. */
char *agent_registry_dup_token (AgentRegistry *self, const char *vnfr_id);
/* Reads back agent_to_bytes(). Errors: VNFM_ERROR_STORE. */
gboolean agent_registry_load (AgentRegistry *self, const char *hostname, GBytes *value,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef void (*AgentFunc) (Agent *agent, gpointer user_data);
/* @func may change agents, not add or remove any. */
void agent_registry_foreach (AgentRegistry *self, AgentFunc func, gpointer user_data);

G_END_DECLS
