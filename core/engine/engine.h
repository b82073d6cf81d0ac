/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/journal.h"
#include "core/engine/operation.h"
#include "core/engine/script-log.h"

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * VnfmEngine:
 *
 * Takes requests into the journal, runs them as operations, and sees to it that each gets its one answer.
 *
 * The way of a request: transport -> northbound (decode) -> vnfm_engine_accept() (journal, then acknowledge) -> queue
 * of its VNF -> flow (operation.c, flows.c) -> answer (answer.c: journal, publish, confirm) -> finished.
 */
#define VNFM_TYPE_ENGINE (vnfm_engine_get_type ())
G_DECLARE_FINAL_TYPE (VnfmEngine, vnfm_engine, VNFM, ENGINE, GObject)

/* The keys of the group [vnfmd] that the engine reads. */
extern const VnfmKey vnfm_engine_keys[];

/* @ems: the back-end of all VNF types that no other is added for. */
VnfmEngine *vnfm_engine_new (VnfmContext *context, VnfmNegotiator *negotiator, VnfmEms *ems);
/* Another back-end, for VNFs of these @types. To be added before anything runs. */
void vnfm_engine_add_ems (VnfmEngine *self, VnfmEms *ems, VnfmTypeSet *types);

/* Brings back what the journal holds. Requests may be accepted when it has completed. */
void vnfm_engine_recover_async (VnfmEngine *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_engine_recover_finish (VnfmEngine *self, GAsyncResult *result, GError **error);

VnfmLifecycle *vnfm_engine_get_lifecycle (VnfmEngine *self);
VnfmContext *vnfm_engine_get_context (VnfmEngine *self);
VnfmClock *vnfm_engine_get_clock (VnfmEngine *self);
Journal *vnfm_engine_get_journal (VnfmEngine *self);
VnfmNegotiator *vnfm_engine_get_negotiator (VnfmEngine *self);
/* The back-end for VNFs of @type (nullable: not known). Operations ask with vnfm_operation_get_ems(). */
VnfmEms *vnfm_engine_get_ems (VnfmEngine *self, const char *type);
ScriptLog *vnfm_engine_get_script_log (VnfmEngine *self);

/* Journals the request, acknowledges @delivery, and runs it. One that was accepted before is only acknowledged.
 * @request: (transfer full); @record: (nullable): the VNFR it carries. */
void vnfm_engine_accept (VnfmEngine *self, Request *request, VnfmMessage *message, VnfmRecord *record,
                         VnfmEnvelope *delivery);
/* The operation that now runs for the VNF of @operation. Returns: (nullable). */
EngineOperation *vnfm_engine_find_running (VnfmEngine *self, EngineOperation *operation);
/* The operation at the head of the queue of @operation's VNF. @earlier: (out): how many stand before @operation.
 * Returns: (nullable): it stands in no queue. */
EngineOperation *vnfm_engine_find_first (VnfmEngine *self, EngineOperation *operation, guint *earlier);
/* GRANT's answer told the VNFR's id. */
void vnfm_engine_learn_vnfr_id (VnfmEngine *self, EngineOperation *operation);
/* The answer is decided: the next operation of its VNF may run. */
void vnfm_engine_leave_queue (VnfmEngine *self, EngineOperation *operation);
/* The NFVO has the answer. */
void vnfm_engine_finish (VnfmEngine *self, EngineOperation *operation);

/* For the local API. */
/* Operations that are not finished, oldest first. Returns: (transfer container) (element-type EngineOperation). */
GPtrArray *vnfm_engine_get_operations (VnfmEngine *self);
/* The summaries of finished ones, newest first: JSON text. Returns: (transfer container) (element-type GBytes). */
GPtrArray *vnfm_engine_get_finished (VnfmEngine *self);
/* How many were accepted, answered, answered with ERROR, since the start. */
typedef struct {
  guint64 accepted;
  guint64 repeated;
  guint64 answered;
  guint64 failed;
} EngineCounters;
const EngineCounters *vnfm_engine_get_counters (VnfmEngine *self);
void vnfm_engine_count_failure (VnfmEngine *self);

G_END_DECLS
