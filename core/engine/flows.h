/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/operation.h"

G_BEGIN_DECLS

/* Runs one stage and returns TRUE or an error on @task, of which it takes ownership. */
typedef void (*StageFunc) (EngineOperation *operation, GTask *task);
typedef gboolean (*StageGuard) (EngineOperation *operation);

/**
 * StageFailure:
 * @FAILURE_ANSWER_ERROR: the action ends, and its answer is ERROR
 * @FAILURE_AT_THE_END: the following stages run all the same, then the answer is ERROR
 * @FAILURE_IGNORED: logged, and that is all
 */
typedef enum {
  FAILURE_ANSWER_ERROR,
  FAILURE_AT_THE_END,
  FAILURE_IGNORED,
} StageFailure;

/**
 * FlowStage:
 * @name: how the journal and the operator know it; unique in its flow
 * @run: what it does
 * @event: for a lifecycle event: which
 * @guard: (nullable): skip the stage unless it returns TRUE
 * @limit: (nullable): key in [vnfmd] of the time it may take
 * @failure: what its error means
 */
typedef struct {
  const char *name;
  StageFunc run;
  VnfmEvent event;
  StageGuard guard;
  const char *limit;
  StageFailure failure;
} FlowStage;

/**
 * FlowQueueing:
 * @QUEUE_BEHIND: waits for the operations of its VNF that came before
 * @QUEUE_CANCELS: the same, and ends them early
 * @QUEUE_NOT: runs at once
 */
typedef enum {
  QUEUE_BEHIND,
  QUEUE_CANCELS,
  QUEUE_NOT,
} FlowQueueing;

/**
 * FlowAnswer:
 * @ANSWER_RECORD: the same action with the VNFR
 * @ANSWER_INSTANCE: the same, and the instance that the request named, if any
 * @ANSWER_LOGS: LOG_REQUEST with the lines
 * @ANSWER_NULL: the JSON text null
 */
typedef enum {
  ANSWER_RECORD,
  ANSWER_INSTANCE,
  ANSWER_LOGS,
  ANSWER_NULL,
} FlowAnswer;

struct _Flow {
  VnfmAction action;
  FlowQueueing queueing;
  FlowAnswer answer;
  const FlowStage *stages; /* ends with a zeroed one */
};

/* Never NULL: what is not an action of ours has the flow of one stage that says so. */
const Flow *flow_of_action (VnfmAction action);

G_END_DECLS
