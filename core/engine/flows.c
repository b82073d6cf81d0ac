/* SPDX-License-Identifier: Apache-2.0 */
/* What each action does, and nothing else.
 *
 * An action is a row of stages, run from left to right. A stage is a lifecycle event (EVENT: the handlers connected to
 * its three signals do the work, generic ones run the VNF package's scripts), a question to the negotiator (grant,
 * allocate), or the engine's own work. A guard skips a stage, a limit is the configuration key that bounds its time,
 * and its failure path says what its first error means. After the last stage the answer goes to the NFVO. */
#include "config.h"

#include "core/engine/flows.h"
#include "core/engine/stages.h"

#define EVENT(event_) .run = stage_event, .event = VNFM_EVENT_##event_

static const FlowStage instantiate[] = {
  { "create", stage_create, .guard = when_no_vnfr_given },
  { "grant", stage_grant, .guard = when_no_vnfr_given, .limit = "grant-timeout" },
  { "allocate", stage_allocate, .guard = when_machines_are_wanted, .limit = "allocate-timeout" },
  { "await", stage_await, .limit = "start-timeout" },
  { "deliver", stage_deliver, .limit = "deliver-timeout" },
  { "instantiate", EVENT (INSTANTIATE) },
  {},
};

static const FlowStage modify[] = {
  { "configure", EVENT (CONFIGURE) },
  {},
};

/* Of the whole VNF, or of the one instance that the request names. */
static const FlowStage start[] = {
  { "start", EVENT (START) },
  {},
};

/* Ends what runs for the VNF first (QUEUE_CANCELS); the NFVO deletes the machines whatever comes of the scripts. */
static const FlowStage release[] = {
  { "terminate", EVENT (TERMINATE), .limit = "release-timeout", .failure = FAILURE_AT_THE_END },
  { "forget", stage_forget },
  {},
};

/* The NFVO tells of an error of its own: that may be all the answer that an open question ever gets. */
static const FlowStage error[] = {
  { "fail-question", stage_fail_question },
  { "error", EVENT (ERROR), .guard = when_no_question_was_open, .failure = FAILURE_IGNORED },
  {},
};

static const FlowStage log_request[] = {
  { "read-logs", stage_read_logs },
  {},
};

static const FlowStage refuse[] = {
  { "refuse", stage_refuse },
  {},
};

static const Flow flows[] = {
  { VNFM_ACTION_INSTANTIATE, QUEUE_BEHIND, ANSWER_RECORD, instantiate },
  { VNFM_ACTION_MODIFY, QUEUE_BEHIND, ANSWER_RECORD, modify },
  { VNFM_ACTION_START, QUEUE_BEHIND, ANSWER_INSTANCE, start },
  { VNFM_ACTION_RELEASE_RESOURCES, QUEUE_CANCELS, ANSWER_RECORD, release },
  { VNFM_ACTION_ERROR, QUEUE_NOT, ANSWER_NULL, error },
  { VNFM_ACTION_LOG_REQUEST, QUEUE_NOT, ANSWER_LOGS, log_request },
};

static const Flow refusal = { VNFM_ACTION_NONE, QUEUE_NOT, ANSWER_NULL, refuse };

const Flow *
flow_of_action (VnfmAction action)
{
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++)
    if (flows[i].action == action)
      return &flows[i];
  return &refusal;
}
