/* SPDX-License-Identifier: Apache-2.0 */
/* Steps: the journal's unit. A step is written as begun before its effect, and with its outcome after it. What an
 * earlier life of the operation wrote comes back at the start and is found here by name. */
#include "config.h"

#include "core/engine/operation-private.h"

#include <string.h>

static void
journaled_step_free (JournaledStep *step)
{
  g_clear_pointer (&step->outcome, json_node_unref);
  g_free (step);
}

void
engine_operation_add_journaled_step (EngineOperation *self, const char *name, JsonObject *object)
{
  JournaledStep *step = g_new0 (JournaledStep, 1);

  step->begun = vnfm_json_get_int (object, "begun", 0);
  step->ended = vnfm_json_get_int (object, "ended", 0);
  if (json_object_has_member (object, "outcome"))
    step->outcome = json_object_dup_member (object, "outcome");
  if (self->journaled == NULL)
    self->journaled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)journaled_step_free);
  g_hash_table_replace (self->journaled, g_strdup (name), step);
}

static JournaledStep *
find (EngineOperation *self, const char *name)
{
  return self->journaled != NULL ? g_hash_table_lookup (self->journaled, name) : NULL;
}

gint64
engine_operation_find_begin (EngineOperation *self, const char *name)
{
  JournaledStep *step = find (self, name);

  return step != NULL ? step->begun : 0;
}

gint64
engine_operation_find_end (EngineOperation *self, const char *name)
{
  JournaledStep *step = find (self, name);

  return step != NULL ? step->ended : 0;
}

JsonNode *
engine_operation_find_outcome (EngineOperation *self, const char *name)
{
  JournaledStep *step = find (self, name);

  return step != NULL ? step->outcome : NULL;
}

static GBytes *
compose_begin (EngineOperation *self)
{
  gint64 now = vnfm_clock_get_wall_time (vnfm_engine_get_clock (self->engine));
  g_autofree char *text = g_strdup_printf ("{\"begun\":%" G_GINT64_FORMAT "}", now);

  return g_bytes_new (text, strlen (text));
}

static GBytes *
compose_end (EngineOperation *self, GBytes *outcome)
{
  gint64 now = vnfm_clock_get_wall_time (vnfm_engine_get_clock (self->engine));
  GString *text = g_string_sized_new (g_bytes_get_size (outcome) + 64);

  g_string_append_printf (text, "{\"ended\":%" G_GINT64_FORMAT ",\"outcome\":", now);
  g_string_append_len (text, g_bytes_get_data (outcome, NULL), (gssize)g_bytes_get_size (outcome));
  g_string_append_c (text, '}');
  return g_string_free_to_bytes (text);
}

static void
put_step (EngineOperation *self, VnfmStoreBatch *batch, const char *name, GBytes *value)
{
  g_autofree char *key = g_strconcat ("op/", self->request->id, "/step/", name, NULL);

  vnfm_store_batch_put (batch, JOURNAL_SPACE, key, value);
}

void
engine_operation_note_begin (EngineOperation *self, const char *name)
{
  g_autoptr (GBytes) value = compose_begin (self);

  put_step (self, journal_get_notes (vnfm_engine_get_journal (self->engine)), name, value);
}

void
engine_operation_note_end (EngineOperation *self, const char *name, GBytes *outcome)
{
  g_autoptr (GBytes) value = compose_end (self, outcome);

  put_step (self, journal_get_notes (vnfm_engine_get_journal (self->engine)), name, value);
}

/* ---- as extensions see them: the step's id is ID/STAGE/NAME */

typedef struct {
  VnfmStepState state;
  char *step_id;
  JsonNode *outcome;
} Begin;

static void
begin_free (Begin *begin)
{
  g_free (begin->step_id);
  g_clear_pointer (&begin->outcome, json_node_unref);
  g_free (begin);
}

static void
begin_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (journal_commit_finish (NULL, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
operation_step_begin_async (VnfmOperation *operation, const char *name, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (operation);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  /* A handler that was given up may come this late: there is no stage any more, and nothing more is to be done. */
  if (self->state != OPERATION_RUNNING) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "%s is %s: step %s is not begun",
                             engine_operation_get_title (self), operation_state_get_nick (self->state), name);
    g_object_unref (task);
    return;
  }
  g_autofree char *full = g_strconcat (engine_operation_get_stage_name (self), "/", name, NULL);
  JournaledStep *step = find (self, full);
  Begin *begin = g_new0 (Begin, 1);

  /* What is written must be told as written, cancelled or not. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, begin, (GDestroyNotify)begin_free);
  begin->step_id = g_strconcat (self->request->id, "/", full, NULL);
  if (step != NULL) {
    begin->state = step->outcome != NULL ? VNFM_STEP_DONE : VNFM_STEP_OPEN;
    begin->outcome = step->outcome != NULL ? json_node_ref (step->outcome) : NULL;
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  begin->state = VNFM_STEP_NEW;
  Journal *journal = vnfm_engine_get_journal (self->engine);
  VnfmStoreBatch *batch = journal_begin (journal);
  g_autoptr (GBytes) value = compose_begin (self);
  put_step (self, batch, full, value);
  journal_commit_async (journal, batch, begin_written, task);
}

static gboolean
operation_step_begin_finish (VnfmOperation *operation, GAsyncResult *result, VnfmStepState *state, char **step_id,
                             JsonNode **outcome, GError **error)
{
  Begin *begin = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *state = begin->state;
  *step_id = g_steal_pointer (&begin->step_id);
  *outcome = g_steal_pointer (&begin->outcome);
  return TRUE;
}

static void
end_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!journal_commit_finish (NULL, result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  vnfm_envelope_ack (g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

static void
operation_step_end_async (VnfmOperation *operation, const char *step_id, JsonNode *outcome, VnfmEnvelope *delivery,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (operation);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  gsize id_length = strlen (self->request->id);

  g_task_set_check_cancellable (task, FALSE);
  if (!g_str_has_prefix (step_id, self->request->id) || step_id[id_length] != '/') {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_INVALID, "%s is no step of %s", step_id,
                             engine_operation_get_title (self));
    g_object_unref (task);
    return;
  }
  engine_operation_forget_running (self, step_id);
  /* The journal has forgotten the operation: what came this late would stay there for ever. */
  if (self->state == OPERATION_FINISHED) {
    vnfm_envelope_ack (delivery);
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  if (delivery != NULL)
    g_task_set_task_data (task, vnfm_envelope_ref (delivery), (GDestroyNotify)vnfm_envelope_unref);

  Journal *journal = vnfm_engine_get_journal (self->engine);
  VnfmStoreBatch *batch = journal_begin (journal);
  g_autoptr (GBytes) text = vnfm_json_write (outcome);
  g_autoptr (GBytes) value = compose_end (self, text);
  put_step (self, batch, step_id + id_length + 1, value);
  journal_commit_async (journal, batch, end_written, task);
}

static gboolean
operation_step_end_finish (VnfmOperation *operation, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
engine_operation_init_steps (VnfmOperationClass *klass)
{
  klass->step_begin_async = operation_step_begin_async;
  klass->step_begin_finish = operation_step_begin_finish;
  klass->step_end_async = operation_step_end_async;
  klass->step_end_finish = operation_step_end_finish;
}
