/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/agent-registry.h"

#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/**
 * AgentLogins:
 *
 * By which login the agents of a VNFR come to the manager's own broker, and what they may do there. No I/O and no
 * clock.
 */
typedef struct _AgentLogins AgentLogins;

/* "ems.<VNFR id>". Returns: (transfer full). */
char *agent_login_new (const char *vnfr_id);
/* Returns: (nullable): borrowed from @login: the VNFR whose login it is; NULL: no agent's login. */
const char *agent_login_get_vnfr (const char *login);
/* Whether what came from @sender (nullable: it is not known who that is) may be @vnfr_id's agent's word. */
gboolean agent_login_fits (const char *sender, const char *vnfr_id);

/* @registry: borrowed. @max_released: how many VNFRs are remembered that are released. */
AgentLogins *agent_logins_new (AgentRegistry *registry, guint max_released);
void agent_logins_free (AgentLogins *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AgentLogins, agent_logins_free)

/* Until the registry is complete it is not known whose a host is. */
void agent_logins_set_ready (AgentLogins *self);
gboolean agent_logins_is_ready (AgentLogins *self);
/* The verdicts that VnfmTransport::peer-login and ::peer-access ask for. */
VnfmVerdict agent_logins_check (AgentLogins *self, const char *login, const char *passcode, const char *peer,
                                gint64 now);
VnfmVerdict agent_logins_check_access (AgentLogins *self, const char *login, VnfmAccess access,
                                       VnfmDestination destination, const char *host);
/* The VNFR has machines, or is about to. Returns: it was released: remove that from the store. */
gboolean agent_logins_admit (AgentLogins *self, const char *vnfr_id);
/* Its machines are released: nobody comes in by its login any more. @forgotten: (out) (transfer full) (nullable): the
 * one that had to make room: remove it from the store. Returns: store it. */
gboolean agent_logins_release (AgentLogins *self, const char *vnfr_id, char **forgotten);
/* Who tried to come in as the VNFR's agent since the last one that might: one line. Returns: (transfer full)
 * (nullable): nobody. */
char *agent_logins_describe (AgentLogins *self, const char *vnfr_id);

G_END_DECLS
