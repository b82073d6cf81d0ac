/* SPDX-License-Identifier: Apache-2.0 */
/* The questions to the negotiator: grant and allocate. Each is a step: journaled as begun before it is put, and with
 * its answer before that is acknowledged. A question that was put in an earlier life is not put again: its answer is
 * awaited. */
#include "config.h"

#include "core/engine/operation-private.h"
#include "core/engine/stages.h"

/* Their steps, as the journal calls them: stage and step. */
#define STEP     "question"
#define GRANT    "grant/" STEP
#define ALLOCATE "allocate/" STEP

typedef struct {
  gboolean is_grant;
  char *step_id;
  VnfmResources *answer;
} Question;

static void
question_free (Question *question)
{
  g_free (question->step_id);
  vnfm_resources_free (question->answer);
  g_free (question);
}

/* A time of an earlier life, or, without one, this moment. */
static gint64
or_now (EngineOperation *self, gint64 time)
{
  return time != 0 ? time : vnfm_clock_get_wall_time (vnfm_engine_get_clock (self->engine));
}

/* What the answer says becomes the operation's state. */
static void
apply_answer (EngineOperation *self, GTask *task)
{
  Question *question = g_task_get_task_data (task);
  VnfmResources *answer = question->answer;
  const char *what = question->is_grant ? "the grant" : "the allocation";

  if (answer->record != NULL)
    engine_operation_take_record (self, g_steal_pointer (&answer->record));
  if (answer->placement != NULL) {
    g_clear_pointer (&self->placement, g_bytes_unref);
    self->placement = g_steal_pointer (&answer->placement);
  }
  if (answer->withdrawn) {
    self->withdrawn = TRUE;
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "the NFVO answered null: the service is gone");
  } else if (answer->refusal != NULL)
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_REFUSED, "the NFVO refused %s: %s", what, answer->refusal);
  else {
    vnfm_engine_learn_vnfr_id (self->engine, self);
    if (!question->is_grant) {
      g_clear_pointer (&self->placement, g_bytes_unref);
      self->allocated = or_now (self, engine_operation_find_end (self, ALLOCATE));
    }
    g_task_return_boolean (task, TRUE);
  }
}

static void
answer_journaled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (vnfm_operation_step_end_finish (VNFM_OPERATION (self), result, &error))
    apply_answer (self, task);
  else
    g_task_return_error (task, error);
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VnfmNegotiator *negotiator = VNFM_NEGOTIATOR (source);
  g_autoptr (GTask) task = user_data;
  EngineOperation *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  GError *error = NULL;

  self->question_open = FALSE;
  question->answer = question->is_grant ? vnfm_negotiator_grant_finish (negotiator, result, &error)
                                        : vnfm_negotiator_allocate_finish (negotiator, result, &error);
  if (question->answer == NULL) {
    g_prefix_error (&error, "%s: ", question->is_grant ? "the grant" : "the allocation");
    g_task_return_error (task, error);
    return;
  }
  g_autoptr (JsonNode) outcome = vnfm_resources_to_json (question->answer);
  vnfm_operation_step_end_async (VNFM_OPERATION (self), question->step_id, outcome, question->answer->delivery, NULL,
                                 answer_journaled, g_steal_pointer (&task));
}

static void
begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  VnfmNegotiator *negotiator = vnfm_engine_get_negotiator (self->engine);
  g_autoptr (JsonNode) outcome = NULL;
  VnfmStepState state;
  GError *error = NULL;

  if (!vnfm_operation_step_begin_finish (VNFM_OPERATION (self), result, &state, &question->step_id, &outcome, &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (state == VNFM_STEP_DONE) {
    question->answer = vnfm_resources_from_json (outcome, &error);
    if (question->answer != NULL)
      apply_answer (self, task);
    else
      g_task_return_error (task, error);
    return;
  }
  self->question_open = TRUE;
  self->question = question->is_grant ? "GRANT_OPERATION" : "ALLOCATE_RESOURCES";
  self->asked = or_now (self, engine_operation_find_begin (self, question->is_grant ? GRANT : ALLOCATE));
  if (question->is_grant)
    vnfm_negotiator_grant_async (negotiator, VNFM_OPERATION (self), question->step_id, state == VNFM_STEP_OPEN,
                                 self->cancellable, answered, g_steal_pointer (&task));
  else
    vnfm_negotiator_allocate_async (negotiator, VNFM_OPERATION (self), self->placement, question->step_id,
                                    state == VNFM_STEP_OPEN, self->cancellable, answered, g_steal_pointer (&task));
}

static void
have_message (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (engine_operation_need_message_finish (self, result, &error))
    vnfm_operation_step_begin_async (VNFM_OPERATION (self), STEP, self->cancellable, begun, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static void
ask (EngineOperation *self, GTask *task, gboolean is_grant)
{
  Question *question = g_new0 (Question, 1);

  question->is_grant = is_grant;
  g_task_set_task_data (task, question, (GDestroyNotify)question_free);
  engine_operation_need_message_async (self, have_message, task);
}

void
stage_grant (EngineOperation *self, GTask *task)
{
  ask (self, task, TRUE);
}

void
stage_allocate (EngineOperation *self, GTask *task)
{
  ask (self, task, FALSE);
}
