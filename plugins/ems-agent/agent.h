/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/**
 * EmsAgent:
 *
 * The agent of one machine: takes commands from a transport, carries them out, and answers.
 */
typedef struct _EmsAgent EmsAgent;

/* The group [ems] of its key-file. */
extern const VnfmKey ems_agent_keys[];

/* What the types of the keys do not say. Errors: VNFM_ERROR_CONFIG. */
gboolean ems_agent_check (VnfmProfile *profile, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Reads what an earlier agent left and takes over what it began; opens nothing yet. @transport is started.
 * Errors: VNFM_ERROR_CONFIG, VNFM_ERROR_STORE. */
EmsAgent *ems_agent_new (VnfmContext *context, VnfmTransport *transport, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Scripts go on running; the next agent takes them over. */
void ems_agent_free (EmsAgent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsAgent, ems_agent_free)
/* Subscribes and opens the transport; registers whenever it is connected. */
void ems_agent_open (EmsAgent *self);

G_END_DECLS
