/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's own stages, small ones first; the questions to the negotiator are in stage-questions.c, the machines
 * (await, deliver) in stage-machines.c, the lifecycle events in stage-event.c. */
#include "config.h"

#include "core/engine/operation-private.h"
#include "core/engine/stages.h"

/* ---- guards */

gboolean
when_no_vnfr_given (EngineOperation *operation)
{
  return operation->request->vnfr_id == NULL || operation->negotiated;
}

gboolean
when_machines_are_wanted (EngineOperation *operation)
{
  return when_no_vnfr_given (operation) &&
         vnfm_negotiator_wants_allocation (vnfm_engine_get_negotiator (operation->engine), VNFM_OPERATION (operation));
}

gboolean
when_no_question_was_open (EngineOperation *operation)
{
  return !operation->question_failed && operation->record != NULL;
}

/* ---- create: VNFD -> VNFR */

static void
create (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!engine_operation_need_message_finish (self, result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  self->negotiated = TRUE;
  VnfmRecord *record = vnfm_descriptor_to_record (self->message, &error);
  if (record == NULL) {
    engine_operation_take_record (self, vnfm_descriptor_to_minimal_record (self->message));
    g_prefix_error (&error, "the descriptor cannot be made into a VNFR: ");
    g_task_return_error (task, error);
    return;
  }
  engine_operation_take_record (self, record);
  g_task_return_boolean (task, TRUE);
}

void
stage_create (EngineOperation *self, GTask *task)
{
  engine_operation_need_message_async (self, create, task);
}

/* ---- forget: the machines are going */

void
stage_forget (EngineOperation *self, GTask *task)
{
  GPtrArray *vnfcs = vnfm_operation_get_vnfcs (VNFM_OPERATION (self));

  for (guint i = 0; i < vnfcs->len; i++)
    vnfm_ems_forget (vnfm_operation_get_ems (VNFM_OPERATION (self)), g_ptr_array_index (vnfcs, i));
  vnfm_negotiator_release (vnfm_engine_get_negotiator (self->engine), VNFM_OPERATION (self));
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* ---- fail-question: the NFVO's ERROR may be the only answer that an open question gets */

static void
fail_question (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  g_autoptr (GTask) task = user_data;
  EngineOperation *running = vnfm_engine_find_running (self->engine, self);
  GError *error = NULL;

  if (!engine_operation_need_message_finish (self, result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_autofree char *message = vnfm_message_dup_string (self->message, "message");
  g_message ("%s: the NFVO reports: %s", engine_operation_get_title (self), message != NULL ? message : "(no text)");
  if (running != NULL)
    self->question_failed = engine_operation_fail_question (running, message, self->record);
  g_task_return_boolean (task, TRUE);
}

void
stage_fail_question (EngineOperation *self, GTask *task)
{
  engine_operation_need_message_async (self, fail_question, task);
}

/* ---- read-logs */

static void
logs_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  EngineOperation *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!script_log_read_finish (result, &self->log_lines[0], &self->log_lines[1], &error)) {
    g_auto (GStrv) line = g_new0 (char *, 2);
    line[0] = g_strdup_printf ("Unable to retrieve logs: %s", error->message);
    g_message ("%s: %s", engine_operation_get_title (self), line[0]);
    self->log_lines[0] = g_new0 (char *, 1);
    self->log_lines[1] = g_steal_pointer (&line);
  }
  g_task_return_boolean (task, TRUE);
}

static void
read_logs (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!engine_operation_need_message_finish (self, result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_autofree char *vnf = vnfm_message_dup_string (self->message, "vnfrName");
  g_autofree char *host = vnfm_message_dup_string (self->message, "hostname");
  script_log_read_async (vnfm_engine_get_script_log (self->engine), vnf, host, logs_read, g_steal_pointer (&task));
}

void
stage_read_logs (EngineOperation *self, GTask *task)
{
  engine_operation_need_message_async (self, read_logs, task);
}

/* ---- refuse: no action of ours, or one that cannot be meant */

void
stage_refuse (EngineOperation *self, GTask *task)
{
  Request *request = self->request;

  if (request->refusal != NULL)
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_INVALID, "%s", request->refusal);
  else if (request->action != VNFM_ACTION_NONE)
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "this manager does not carry out %s",
                             request->action_name);
  else
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_INVALID, "there is no action %s",
                             request->action_name != NULL ? request->action_name : "in the message");
  g_object_unref (task);
}
