/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/agent-link.h"

#include <vnfm/vnfm-vnfc.h>

G_BEGIN_DECLS

/* Asks the agent of @hostname for its machine, with a STATUS of a step that it cannot know: that changes nothing there.
 * @task: (transfer full): returns a JsonObject, see VnfmEms' probe. Errors: VNFM_ERROR_UNREACHABLE (it is not there),
 * VNFM_ERROR_NOT_SUPPORTED (it knows no STATUS), VNFM_ERROR_TIMEOUT (its cancellable was cancelled: no answer). */
void agent_probe_start (AgentLink *link, const char *hostname, GTask *task);
/* The machines of a VNFR, as far as their agents are known: names only. Returns: (transfer full). */
GPtrArray *agent_probe_dup_vnfcs (AgentRegistry *registry, const char *vnfr_id);

G_END_DECLS
