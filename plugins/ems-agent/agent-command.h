/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/agent-link.h"

G_BEGIN_DECLS

/* AgentCommand: one command to one agent, from the call to its answer: see the drawing in agent-command.c. */

/* Starts a command; @task returns, for EXECUTE, a #VnfmScriptResult, for STATUS a
 * JsonObject (what the agent tells of its machine), otherwise a boolean. Its cancellable cancels.
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
/* Returns: (transfer full) (nullable): "EXECUTE install.sh sent at T, no answer yet"; NULL: it only waits. */
char *agent_command_describe (AgentCommand *self);
/* Whether what @sender (nullable) says may be the answer to it. */
gboolean agent_command_is_from (AgentCommand *self, const char *sender);

G_END_DECLS
