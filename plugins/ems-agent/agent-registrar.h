/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/agent-command.h"

#include <vnfm/vnfm-store.h>

G_BEGIN_DECLS

/**
 * AgentRegistrar:
 *
 * Takes registrations: into the registry, then into the store, then acknowledged. Tells the operator what is odd about
 * them, each thing once.
 */
typedef struct _AgentRegistrar AgentRegistrar;

/* @store: (nullable). */
AgentRegistrar *agent_registrar_new (AgentLink *link, VnfmStore *store, gint64 unknown_after, guint max_unknown);
/* Registrations that are not in the store by now stay unacknowledged. */
void agent_registrar_free (AgentRegistrar *self);
/* Reads the agents known before; sets the link's ready when done. Until then registrations wait. */
void agent_registrar_load (AgentRegistrar *self);
/* A registration came. */
void agent_registrar_take (AgentRegistrar *self, VnfmEnvelope *envelope);
/* The machine exists, which lets a parked registration in. Returns: borrowed. */
Agent *agent_registrar_expect (AgentRegistrar *self, VnfmVnfc *vnfc);
/* Its machine is released. It has no commands any more. */
void agent_registrar_release (AgentRegistrar *self, VnfmVnfc *vnfc);

G_END_DECLS
