/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/ems-codec.h"

#include <vnfm/vnfm-environment.h>

G_BEGIN_DECLS

/* A command as an agent with @capabilities understands it: @wanted holds all that is wanted, and what the agent did not
 * declare is left out. @environment: (nullable): for EXECUTE. An agent that keeps no steps is taken for the Python EMS:
 * its environment is only shell identifiers and ASCII, and a command that would wedge it (openbaton.md, 0.3 item 2) is
 * VNFM_ERROR_NOT_SUPPORTED. */
GBytes *agent_wire_encode (const EmsCommand *wanted, VnfmEnvironment *environment, EmsCapability capabilities,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Sent again, it does no harm: the agent keeps steps, or the action only writes the same file again. */
gboolean agent_wire_is_repeatable (EmsAction action, EmsCapability capabilities);
/* The beginning of something that could not be read, printable, for an error message. Returns: (transfer full). */
char *agent_wire_excerpt (GBytes *body);
/* Without parsing all of it: does @body look like an agent's answer, or what it says of a running script? An NFVO's
 * answers have an action. */
gboolean agent_wire_is_reply (GBytes *body);

G_END_DECLS
