/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/engine.h"

G_BEGIN_DECLS

/* The translation between an orchestrator's messages and operations (protocol/openbaton.md, B). */

/* Takes the requests that come over the context's NFVO transport. */
void northbound_open (VnfmEngine *engine);

/* Reads what a delivery asks for; @message and @record are NULL where there is none. Never fails: what cannot be meant
 * becomes a request with a refusal, so that it is answered too. */
Request *northbound_read_request (VnfmEnvelope *delivery, gint64 now, VnfmMessage **message, VnfmRecord **record);

/* The answer to a decided operation: the action with the VNFR, ERROR with the VNFR and why, logs, or null. */
GBytes *northbound_compose_answer (EngineOperation *operation);

G_END_DECLS
