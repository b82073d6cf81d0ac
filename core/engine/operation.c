/* SPDX-License-Identifier: Apache-2.0 */
/* An operation on its way through the stages of its flow.
 *
 *        run                    stage done
 *   QUEUED ---> begin stage --------------> next stage ... ---> decide the answer ---> ANSWERING
 *                  |   ^                                          ^
 *                  |   | guard says no                            |
 *                  +---+                    first error, withdrawn, or past the last stage
 *
 * Steps, deferrals and emissions are in operation-steps.c and operation-emission.c. */
#include "config.h"

#include "core/engine/operation-private.h"

G_DEFINE_FINAL_TYPE (EngineOperation, engine_operation, VNFM_TYPE_OPERATION)

static void begin_next_stage (EngineOperation *self);

const char *
operation_state_get_nick (OperationState state)
{
  static const char *const nicks[] = { "queued", "running", "answering", "finished" };

  return nicks[state];
}

EngineOperation *
engine_operation_new (VnfmEngine *engine, Request *request, VnfmProfile *profile)
{
  EngineOperation *self = g_object_new (ENGINE_TYPE_OPERATION, NULL);

  self->engine = g_object_ref (engine);
  self->request = request;
  self->profile = g_object_ref (profile);
  self->flow = flow_of_action (request->refusal != NULL ? VNFM_ACTION_NONE : request->action);
  return self;
}

static VnfmClock *
get_clock (EngineOperation *self)
{
  return vnfm_engine_get_clock (self->engine);
}

const char *
engine_operation_get_title (EngineOperation *self)
{
  if (self->title == NULL)
    self->title = g_strdup_printf (
        "%s of %s (operation %.8s)", self->request->action_name != NULL ? self->request->action_name : "request",
        self->request->vnf_name != NULL ? self->request->vnf_name : "an unnamed VNF", self->request->id);
  return self->title;
}

static const FlowStage *
current_stage (EngineOperation *self)
{
  return &self->flow->stages[self->stage];
}

const char *
engine_operation_get_stage_name (EngineOperation *self)
{
  return current_stage (self)->name;
}

gint64
engine_operation_get_stage_start (EngineOperation *self)
{
  return self->times->len > 0 ? g_array_index (self->times, OperationTime, self->times->len - 1).started : 0;
}

void
engine_operation_take_record (EngineOperation *self, VnfmRecord *record)
{
  g_clear_pointer (&self->record, vnfm_record_unref);
  self->record = record;
  g_clear_pointer (&self->vnfcs, g_ptr_array_unref);
}

void
engine_operation_rest (EngineOperation *self)
{
  g_clear_pointer (&self->message, vnfm_message_unref);
  g_clear_pointer (&self->dependency, vnfm_dependency_unref);
  if (self->record != NULL)
    vnfm_record_forget_tree (self->record);
}

/* ---- the stages */

static void
end_stage (EngineOperation *self)
{
  vnfm_clock_clear_timer (get_clock (self), &self->limit);
  vnfm_clock_clear_timer (get_clock (self), &self->budget);
  g_clear_pointer (&self->progress, g_free);
  g_clear_pointer (&self->waited_for, g_free);
  g_ptr_array_set_size (self->running, 0);
  g_clear_pointer (&self->vnfcs, g_ptr_array_unref);
  g_clear_pointer (&self->awaited, g_ptr_array_unref);
  self->event = VNFM_EVENT_NONE;
  if (self->times->len > 0)
    g_array_index (self->times, OperationTime, self->times->len - 1).ended =
        vnfm_clock_get_wall_time (get_clock (self));
}

static void
fail_stage (EngineOperation *self, const FlowStage *stage, GError *error)
{
  switch (stage->failure) {
  case FAILURE_IGNORED:
    g_message ("%s: %s, and the operation goes on: %s", engine_operation_get_title (self), stage->name, error->message);
    g_error_free (error);
    break;
  case FAILURE_ANSWER_ERROR:
    self->stopped = TRUE;
    G_GNUC_FALLTHROUGH;
  case FAILURE_AT_THE_END:
    if (self->failure == NULL)
      self->failure = error;
    else
      g_error_free (error);
    break;
  }
}

static void
stage_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  const FlowStage *stage = current_stage (self);
  g_autoptr (GError) error = NULL;

  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);
  if (!done && self->timed_out && !self->withdrawn) {
    g_info ("%s: ended by the time limit: %s", engine_operation_get_title (self), error->message);
    g_clear_error (&error);
    g_set_error (&error, VNFM_ERROR, VNFM_ERROR_TIMEOUT, "%s passed: %s", stage->limit, self->waited_for);
  }
  end_stage (self);
  if (!done && !self->withdrawn)
    fail_stage (self, stage, g_steal_pointer (&error));
  self->stage++;
  begin_next_stage (self);
}

/* The handlers did not let go after they were asked to: go on without them. */
static void
budget_spent (gpointer user_data)
{
  EngineOperation *self = user_data;

  self->budget = NULL;
  engine_operation_abandon_deferrals (self);
}

static void
cancel_stage (EngineOperation *self)
{
  if (self->state != OPERATION_RUNNING || self->cancellable == NULL)
    return;
  if (self->budget == NULL)
    self->budget = vnfm_clock_add_timer (
        get_clock (self), vnfm_profile_get_duration (self->profile, "vnfmd", "cancel-budget"), budget_spent, self);
  g_cancellable_cancel (self->cancellable);
}

static void
limit_passed (gpointer user_data)
{
  EngineOperation *self = user_data;

  self->limit = NULL;
  self->timed_out = TRUE;
  g_free (self->waited_for);
  self->waited_for = engine_operation_describe (self); /* cancelled, it waits for nothing */
  cancel_stage (self);
}

/* A limit is kept as the wall time at which the stage began, so that a restart does not start it anew. */
static void
arm_limit (EngineOperation *self, const FlowStage *stage)
{
  gint64 limit = vnfm_profile_get_duration (self->profile, "vnfmd", stage->limit);
  gint64 now = vnfm_clock_get_wall_time (get_clock (self));
  gint64 began = engine_operation_find_begin (self, stage->name);

  if (began == 0) {
    began = now;
    engine_operation_note_begin (self, stage->name);
  }
  self->limit = vnfm_clock_add_timer (get_clock (self), CLAMP (began + limit - now, 0, limit), limit_passed, self);
}

static void
begin_next_stage (EngineOperation *self)
{
  const FlowStage *stage = current_stage (self);

  while (!self->stopped && stage->name != NULL && stage->guard != NULL && !stage->guard (self)) {
    self->stage++;
    stage = current_stage (self);
  }
  if (stage->name == NULL || self->stopped || self->withdrawn) {
    engine_operation_decide (self);
    return;
  }

  OperationTime time = { stage->name, vnfm_clock_get_wall_time (get_clock (self)), 0 };
  g_array_append_val (self->times, time);
  self->event = stage->event;
  self->timed_out = FALSE;
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (stage->limit != NULL)
    arm_limit (self, stage);
  g_info ("%s: %s", engine_operation_get_title (self), stage->name);
  stage->run (self, g_task_new (self, self->cancellable, stage_done, NULL));
}

static void arm_reminder (EngineOperation *self, gint64 patience);

/* Who looks into the log sees at its end what is missing, and a long wait does not fill it. */
static void
remind (gpointer user_data)
{
  EngineOperation *self = user_data;

  self->reminder = NULL;
  if (self->state != OPERATION_RUNNING)
    return;
  g_autofree char *what = engine_operation_describe (self);
  g_message ("%s: still under way: %s", engine_operation_get_title (self), what);
  arm_reminder (self, 2 * self->patience);
}

static void
arm_reminder (EngineOperation *self, gint64 patience)
{
  self->patience = patience;
  if (patience > 0)
    self->reminder = vnfm_clock_add_timer (get_clock (self), patience, remind, self);
}

void
engine_operation_run (EngineOperation *self)
{
  g_return_if_fail (self->state == OPERATION_QUEUED);

  self->state = OPERATION_RUNNING;
  arm_reminder (self, vnfm_profile_get_duration (self->profile, "vnfmd", "remind-after"));
  begin_next_stage (self);
}

void
engine_operation_withdraw (EngineOperation *self, const char *reason)
{
  if (self->withdrawn || self->state >= OPERATION_ANSWERING)
    return;
  g_message ("%s: ended early: %s", engine_operation_get_title (self), reason);
  self->withdrawn = TRUE;
  if (self->state == OPERATION_QUEUED)
    engine_operation_decide (self);
  else
    cancel_stage (self);
}

gboolean
engine_operation_fail_question (EngineOperation *self, const char *message, VnfmRecord *record)
{
  if (!self->question_open)
    return FALSE;
  if (self->failure == NULL)
    g_set_error (&self->failure, VNFM_ERROR, VNFM_ERROR_REFUSED, "the NFVO reports: %s",
                 message != NULL ? message : "an error");
  if (record != NULL)
    engine_operation_take_record (self, vnfm_record_ref (record));
  cancel_stage (self);
  return TRUE;
}

/* ---- the object, as extensions see it */

static const char *
operation_get_id (VnfmOperation *operation)
{
  return ENGINE_OPERATION (operation)->request->id;
}

static VnfmAction
operation_get_action (VnfmOperation *operation)
{
  return ENGINE_OPERATION (operation)->request->action;
}

static VnfmEvent
operation_get_event (VnfmOperation *operation)
{
  return ENGINE_OPERATION (operation)->event;
}

static VnfmRecord *
operation_get_record (VnfmOperation *operation)
{
  return ENGINE_OPERATION (operation)->record;
}

/* The instances in scope stay as they are until the stage ends: handlers have borrowed them. */
static void
operation_set_record (VnfmOperation *operation, VnfmRecord *record)
{
  EngineOperation *self = ENGINE_OPERATION (operation);

  vnfm_record_ref (record);
  g_clear_pointer (&self->record, vnfm_record_unref);
  self->record = record;
}

static VnfmMessage *
operation_get_request (VnfmOperation *operation)
{
  return ENGINE_OPERATION (operation)->message;
}

static VnfmDependency *
operation_get_dependency (VnfmOperation *operation)
{
  EngineOperation *self = ENGINE_OPERATION (operation);

  if (self->dependency == NULL && self->message != NULL) {
    g_autoptr (GBytes) text = vnfm_message_dup_dependency_text (self->message);
    g_autoptr (GError) error = NULL;
    if (text != NULL && (self->dependency = vnfm_dependency_new (text, &error)) == NULL)
      g_warning ("%s: its dependency cannot be read: %s", engine_operation_get_title (self), error->message);
  }
  return self->dependency;
}

/* The instance that a request names: the VNFR's own where it has it, else the message's. */
static VnfmVnfc *
find_named_instance (EngineOperation *self, GPtrArray *all)
{
  g_autoptr (GBytes) text = self->message != NULL ? vnfm_message_dup_member (self->message, "vnfcInstance") : NULL;
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return NULL;
  g_autoptr (JsonNode) node = vnfm_json_parse (text, &error);
  g_autoptr (VnfmVnfc) named = NULL;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    named = vnfm_vnfc_new_from_json (json_node_get_object (node), vnfm_record_get_id (self->record), &error);
  if (named == NULL) {
    g_warning ("%s: the instance it names cannot be read: %s", engine_operation_get_title (self),
               error != NULL ? error->message : "no JSON object");
    return NULL;
  }
  for (guint i = 0; i < all->len; i++) {
    VnfmVnfc *vnfc = g_ptr_array_index (all, i);
    if (g_strcmp0 (vnfm_vnfc_get_key (vnfc), vnfm_vnfc_get_key (named)) == 0)
      return vnfm_vnfc_ref (vnfc);
  }
  return g_steal_pointer (&named);
}

/* A VIM that failed to make a machine leaves an instance with state ERROR (protocol/openbaton.md, 0.2 item 11): there
 * is nothing to run the last scripts on. (A script that failed leaves "error".) */
static void
drop_stillborn (GPtrArray *vnfcs)
{
  for (guint i = vnfcs->len; i > 0; i--)
    if (g_strcmp0 (((VnfmVnfc *)g_ptr_array_index (vnfcs, i - 1))->state, "ERROR") == 0)
      g_ptr_array_remove_index (vnfcs, i - 1);
}

static GPtrArray *
operation_get_vnfcs (VnfmOperation *operation)
{
  EngineOperation *self = ENGINE_OPERATION (operation);
  g_autoptr (GError) error = NULL;

  if (self->vnfcs != NULL)
    return self->vnfcs;
  if (self->record != NULL && (self->vnfcs = vnfm_record_dup_vnfcs (self->record, &error)) == NULL)
    g_warning ("%s: its instances cannot be read: %s", engine_operation_get_title (self), error->message);
  if (self->vnfcs == NULL)
    self->vnfcs = g_ptr_array_new ();
  if (self->event == VNFM_EVENT_TERMINATE || self->event == VNFM_EVENT_ERROR)
    drop_stillborn (self->vnfcs);

  g_autoptr (VnfmVnfc) named = self->record != NULL ? find_named_instance (self, self->vnfcs) : NULL;
  if (named != NULL) {
    g_ptr_array_unref (self->vnfcs);
    self->vnfcs = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_vnfc_unref);
    g_ptr_array_add (self->vnfcs, g_steal_pointer (&named));
  }
  return self->vnfcs;
}

static VnfmEms *
operation_get_ems (VnfmOperation *operation)
{
  EngineOperation *self = ENGINE_OPERATION (operation);

  return vnfm_engine_get_ems (self->engine, self->request->vnf_type);
}

static VnfmProfile *
operation_get_profile (VnfmOperation *operation)
{
  return ENGINE_OPERATION (operation)->profile;
}

static GCancellable *
operation_get_cancellable (VnfmOperation *operation)
{
  return ENGINE_OPERATION (operation)->cancellable;
}

static void
operation_set_progress (VnfmOperation *operation, const char *text)
{
  EngineOperation *self = ENGINE_OPERATION (operation);

  g_free (self->progress);
  self->progress = g_strdup (text);
  if (text != NULL)
    g_info ("%s: %s", engine_operation_get_title (self), text);
}

static void
operation_log_script (VnfmOperation *operation, VnfmVnfc *vnfc, const char *script, const VnfmScriptResult *result)
{
  EngineOperation *self = ENGINE_OPERATION (operation);
  const char *name = self->request->vnf_name;

  script_log_add (vnfm_engine_get_script_log (self->engine), name != NULL ? name : "unnamed", vnfc->hostname,
                  vnfm_event_get_nick (self->event), script, result);
}

static void
engine_operation_dispose (GObject *object)
{
  EngineOperation *self = ENGINE_OPERATION (object);

  vnfm_clock_clear_timer (get_clock (self), &self->limit);
  vnfm_clock_clear_timer (get_clock (self), &self->budget);
  vnfm_clock_clear_timer (get_clock (self), &self->retry);
  vnfm_clock_clear_timer (get_clock (self), &self->reminder);
  G_OBJECT_CLASS (engine_operation_parent_class)->dispose (object);
}

static void
engine_operation_finalize (GObject *object)
{
  EngineOperation *self = ENGINE_OPERATION (object);

  g_clear_pointer (&self->request, request_free);
  g_clear_pointer (&self->message, vnfm_message_unref);
  g_clear_pointer (&self->record, vnfm_record_unref);
  g_clear_pointer (&self->dependency, vnfm_dependency_unref);
  g_clear_pointer (&self->vnfcs, g_ptr_array_unref);
  g_clear_pointer (&self->awaited, g_ptr_array_unref);
  g_clear_pointer (&self->placement, g_bytes_unref);
  g_clear_pointer (&self->unacknowledged, g_ptr_array_unref);
  g_clear_pointer (&self->log_lines[0], g_strfreev);
  g_clear_pointer (&self->log_lines[1], g_strfreev);
  g_clear_object (&self->profile);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->journaled, g_hash_table_unref);
  g_clear_pointer (&self->deferrals, g_ptr_array_unref);
  g_clear_error (&self->deferral_error);
  g_clear_pointer (&self->answer, g_bytes_unref);
  g_free (self->undelivered);
  g_free (self->title);
  g_free (self->progress);
  g_free (self->waited_for);
  g_ptr_array_unref (self->running);
  g_array_unref (self->times);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (engine_operation_parent_class)->finalize (object);
}

static void
engine_operation_class_init (EngineOperationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  VnfmOperationClass *operation_class = VNFM_OPERATION_CLASS (klass);

  object_class->dispose = engine_operation_dispose;
  object_class->finalize = engine_operation_finalize;

  operation_class->get_id = operation_get_id;
  operation_class->get_action = operation_get_action;
  operation_class->get_event = operation_get_event;
  operation_class->get_record = operation_get_record;
  operation_class->set_record = operation_set_record;
  operation_class->get_request = operation_get_request;
  operation_class->get_dependency = operation_get_dependency;
  operation_class->get_vnfcs = operation_get_vnfcs;
  operation_class->get_ems = operation_get_ems;
  operation_class->get_profile = operation_get_profile;
  operation_class->get_cancellable = operation_get_cancellable;
  operation_class->set_progress = operation_set_progress;
  operation_class->log_script = operation_log_script;
  engine_operation_init_steps (operation_class);
  engine_operation_init_waits_class (operation_class);
  engine_operation_init_emission (operation_class);
}

static void
engine_operation_init (EngineOperation *self)
{
  self->times = g_array_new (FALSE, FALSE, sizeof (OperationTime));
  engine_operation_init_waits (self);
}
