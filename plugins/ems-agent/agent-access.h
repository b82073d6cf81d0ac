/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/agent-logins.h"

#include <vnfm/vnfm-store.h>

G_BEGIN_DECLS

/**
 * AgentAccess:
 *
 * Answers the questions of a transport that is the broker itself (VnfmTransport::peer-login, ::peer-access), tells it
 * what has changed, and keeps the VNFRs that are released. With any other transport it does nothing.
 */
typedef struct _AgentAccess AgentAccess;

/* @registry: borrowed. @store: (nullable). */
AgentAccess *agent_access_new (VnfmTransport *transport, AgentRegistry *registry, VnfmStore *store, VnfmClock *clock);
void agent_access_free (AgentAccess *self);
/* The registry is complete. */
void agent_access_set_ready (AgentAccess *self);
/* The VNFR is about to get machines. @login, @passcode: (out) (transfer full) (nullable): what its agents say. Returns:
 * FALSE: they say what the transport's keys are: it asks nobody. */
gboolean agent_access_admit (AgentAccess *self, const char *vnfr_id, char **login, char **passcode);
/* It is known now whose this host is. */
void agent_access_host_known (AgentAccess *self, const Agent *agent);
/* The machine is released, and with the last one the VNFR. @hostname: (nullable): NULL: the host is another's by now. */
void agent_access_released (AgentAccess *self, const char *hostname, const char *vnfr_id);
/* Takes the word of the broker for who registers: @registration gets the token that its sender has shown. */
void agent_access_vouch (AgentAccess *self, EmsRegistration *registration, const char *sender);
/* See agent_logins_describe(). */
char *agent_access_describe (AgentAccess *self, const char *vnfr_id);

G_END_DECLS
