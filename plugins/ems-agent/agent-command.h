/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/agent-registry.h"

#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/**
 * AgentLink:
 * @ems: whose commands these are; borrowed
 * @transport: to the agents
 * @commands: correlation id -> #AgentCommand: those under way
 * @early_answers: correlation id -> #VnfmEnvelope: answers that came before a restarted operation asked for them
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
  GHashTable *commands;
  GHashTable *early_answers;
  gboolean ready;
  gint64 hold;
  gint64 cancel_budget;
  gint64 answer_timeout;
} AgentLink;

/**
 * AgentCommand:
 *
 * One command to one agent, from the call to its answer: see the drawing in agent-command.c.
 */
typedef struct _AgentCommand AgentCommand;

/* Starts a command; @task returns, for EXECUTE, a #VnfmScriptResult, otherwise a boolean. Its cancellable cancels.
 * @command: (transfer full) (nullable): NULL: only wait until commands can be carried out. @execution: (nullable): for
 * EXECUTE, borrowed. */
void agent_command_start (AgentLink *link, Agent *agent, GTask *task, EmsCommand *command,
                          const VnfmExecution *execution);
AgentCommand *agent_command_ref (AgentCommand *self);
void agent_command_unref (AgentCommand *self);

/* An answer came; settles the envelope, or hands it to the caller with the result. */
void agent_command_answer (AgentCommand *self, VnfmEnvelope *envelope);
/* Its agent registered, or registered again. */
void agent_command_agent_registered (AgentCommand *self);
/* The transport is up, or the store's agents are known. */
void agent_command_wake (AgentCommand *self);
/* It ends without an answer, with VNFM_ERROR_CANCELLED: never with a result, which would be journaled. */
void agent_command_abandon (AgentCommand *self, const char *why);
/* Returns: (transfer full): "EXECUTE install.sh sent at T, no answer yet". */
char *agent_command_describe (AgentCommand *self);

/* Asks the agent for the end of @step_id's run. @task: (nullable) (transfer full): completes when the agent has that.
 */
void agent_link_send_cancel (AgentLink *self, Agent *agent, const char *step_id, GTask *task);
/* Copies of a queue's commands, to walk while they end. Returns: (element-type AgentCommand) (transfer full). */
GPtrArray *agent_link_dup_commands (Agent *agent);
/* Nobody reads the agent's commands any more. */
void agent_link_mark_lost (AgentLink *self, Agent *agent);
/* Something that all held commands wait for has come. */
void agent_link_wake_all (AgentLink *self);

G_END_DECLS
