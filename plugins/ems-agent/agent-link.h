/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/agent-access.h"

#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

typedef struct _AgentCommand AgentCommand;

/**
 * AgentLink:
 * @ems: whose commands these are; borrowed
 * @transport: to the agents
 * @commands: correlation id -> #AgentCommand: those under way
 * @access: who may speak for which host
 * @early_answers: sender and correlation id -> #VnfmEnvelope: answers that came before a restarted operation asked for
 *   them; see agent_link_keep_early()
 * @ready: the store's agents are known
 * @hold: how long a command waits for its agent, microseconds, 0: as long as its caller
 * @cancel_budget: how long the end of a cancelled script is awaited
 * @answer_timeout: of every command but EXECUTE, 0: none
 *
 * What all commands of one back-end share.
 */
typedef struct {
  VnfmEms *ems;
  VnfmTransport *transport;
  VnfmClock *clock;
  AgentRegistry *registry;
  AgentAccess *access;
  GHashTable *commands;
  GHashTable *early_answers;
  gboolean ready;
  gint64 hold;
  gint64 cancel_budget;
  gint64 answer_timeout;
} AgentLink;

/* Asks the agent for the end of @step_id's run. @task: (nullable) (transfer full): completes when the agent has it. */
void agent_link_send_cancel (AgentLink *self, Agent *agent, const char *step_id, GTask *task);
/* Copies of a queue's commands, to walk while they end. Returns: (element-type AgentCommand) (transfer full). */
GPtrArray *agent_link_dup_commands (Agent *agent);
/* Nobody reads the agent's commands any more. */
void agent_link_mark_lost (AgentLink *self, Agent *agent);
/* Keeps an answer for whoever asks for it later. @max: so many in all. */
void agent_link_keep_early (AgentLink *self, VnfmEnvelope *envelope, guint max);
/* The answer to @id that an agent of @vnfr_id may have given. Returns: (transfer full) (nullable). */
VnfmEnvelope *agent_link_take_early (AgentLink *self, const char *id, const char *vnfr_id);
/* Something that all held commands wait for has come. */
void agent_link_wake_all (AgentLink *self);

G_END_DECLS
