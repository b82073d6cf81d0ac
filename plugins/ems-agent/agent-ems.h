/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-ems.h>

G_BEGIN_DECLS

/**
 * AgentEms:
 *
 * The EMS back-end "agent": commands go over the context's EMS transport to an agent inside each machine.
 */
#define AGENT_TYPE_EMS (agent_ems_get_type ())
G_DECLARE_FINAL_TYPE (AgentEms, agent_ems, AGENT, EMS, VnfmEms)

/* The keys of the group [agent]. */
extern const VnfmKey agent_ems_keys[];

G_END_DECLS
