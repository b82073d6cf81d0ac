/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/request.h"
#include "core/engine/waits.h"

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

typedef struct _VnfmEngine VnfmEngine;
typedef struct _Flow Flow;
typedef struct _RunningStep RunningStep;

/**
 * OperationState:
 * @OPERATION_QUEUED: an earlier operation of its VNF runs
 * @OPERATION_RUNNING: in a stage
 * @OPERATION_ANSWERING: decided; the answer is on its way to the NFVO
 * @OPERATION_FINISHED: the NFVO has the answer
 *
 *   (request journaled) -> QUEUED -> RUNNING -> ANSWERING -> FINISHED
 *                             \__________________^  cancelled while it waited
 */
typedef enum {
  OPERATION_QUEUED,
  OPERATION_RUNNING,
  OPERATION_ANSWERING,
  OPERATION_FINISHED,
} OperationState;

const char *operation_state_get_nick (OperationState state);

/* A stage as the operator sees it. */
typedef struct {
  const char *stage;
  gint64 started; /* wall time, microseconds */
  gint64 ended;   /* 0 while it runs */
} OperationTime;

/**
 * EngineOperation:
 *
 * One request on one VNF, on its way through the stages of its flow. What only one part of the engine needs stands in
 * that part; the fields here are the operation's state, written by the engine alone.
 */
#define ENGINE_TYPE_OPERATION (engine_operation_get_type ())
G_DECLARE_FINAL_TYPE (EngineOperation, engine_operation, ENGINE, OPERATION, VnfmOperation)

struct _EngineOperation {
  VnfmOperation parent_instance;

  VnfmEngine *engine; /* which holds its operations: see vnfm_engine_dispose() */
  Request *request;   /* where it came from, what it is about */
  const Flow *flow;
  OperationState state;

  VnfmMessage *message;       /* nullable: dropped while nothing is done with it */
  VnfmRecord *record;         /* nullable before "create" */
  VnfmDependency *dependency; /* nullable */
  GPtrArray *vnfcs;           /* nullable: of the record, in scope; made on demand */
  GBytes *placement;          /* nullable: from grant to allocate */
  GStrv log_lines[2];         /* nullable: LOG_REQUEST: output, errors */
  VnfmProfile *profile;

  guint stage;               /* index in the flow */
  VnfmEvent event;           /* while in a lifecycle event */
  GCancellable *cancellable; /* of the stage */
  VnfmTimer *limit;          /* of the stage */
  gboolean timed_out;        /* the stage's limit passed */
  gboolean withdrawn;        /* cancelled, or the NFVO took the service back: the answer is null */
  gboolean stopped;          /* no further stage is run */
  GPtrArray *awaited;        /* nullable: VNFCs whose machines are not ready yet */
  gboolean negotiated;       /* the VNFR is made here, not given */
  gboolean question_open;
  const char *question;     /* its name: static */
  gint64 asked;             /* wall time at which it was put */
  gint64 allocated;         /* wall time of the allocation's answer, 0: none here */
  gboolean question_failed; /* of an ERROR: it was the answer to another operation's question */
  GError *failure;          /* nullable: the first error */

  GHashTable *journaled; /* nullable: step name -> JournaledStep, of an earlier life */
  GPtrArray *deferrals;  /* nullable: of the emission under way */
  GError *deferral_error;
  GTask *emission; /* nullable: completes with the last deferral */

  gboolean emitting; /* the signal's handlers run: deferrals may be taken */
  VnfmTimer *budget; /* how long handlers may take to let go of a cancelled stage */

  GBytes *answer; /* nullable: decided */
  gint64 answered;
  VnfmTimer *retry;          /* of journaling or sending the answer */
  GPtrArray *unacknowledged; /* of VnfmEnvelope: how the request came; NULL when the journal has it */

  char *undelivered; /* nullable: why the answer is not with the NFVO yet, as it was told */

  char *title;         /* nullable: made on demand */
  char *progress;      /* nullable */
  GPtrArray *running;  /* of RunningStep: what runs on machines */
  VnfmTimer *reminder; /* until the log says again what it waits for */
  gint64 patience;     /* until then */
  char *waited_for;    /* nullable: when the stage's limit passed */
  GArray *times;       /* of OperationTime */
};

EngineOperation *engine_operation_new (VnfmEngine *engine, Request *request, VnfmProfile *profile);

/* Begins at the first stage. */
void engine_operation_run (EngineOperation *self);
/* Ends it early; its answer is null. What runs on machines is ended first. */
void engine_operation_withdraw (EngineOperation *self, const char *reason);
/* The NFVO's ERROR came while a question was open: that is its answer. Returns: FALSE if none is open. */
gboolean engine_operation_fail_question (EngineOperation *self, const char *message, VnfmRecord *record);

/* Emits a signal of the lifecycle and completes when all deferrals taken in it are settled. */
void engine_operation_emit_async (EngineOperation *self, VnfmPhase phase, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean engine_operation_emit_finish (EngineOperation *self, GAsyncResult *result, GError **error);

/* Brings the NFVO's message back from the journal if it was dropped. */
void engine_operation_need_message_async (EngineOperation *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean engine_operation_need_message_finish (EngineOperation *self, GAsyncResult *result, GError **error);
/* Nothing is done with it for a while: keep texts, no trees, and the message in the journal only. */
void engine_operation_rest (EngineOperation *self);

void engine_operation_take_record (EngineOperation *self, VnfmRecord *record);
/* "INSTANTIATE of web (VNFR 12ab...)": how every log line about it begins. Borrowed. */
const char *engine_operation_get_title (EngineOperation *self);
/* What it waits for or does, in words. Returns: (transfer full). */
char *engine_operation_describe (EngineOperation *self);
/* Returns: (transfer full) (element-type Wait). */
GPtrArray *engine_operation_get_waits (EngineOperation *self);
/* A live line of a script of this operation. */
void engine_operation_add_output (EngineOperation *self, const char *step_id, const char *text);
const char *engine_operation_get_stage_name (EngineOperation *self);
/* Wall time at which the stage began, 0: none has. */
gint64 engine_operation_get_stage_start (EngineOperation *self);

G_END_DECLS
