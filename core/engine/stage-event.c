/* SPDX-License-Identifier: Apache-2.0 */
/* A lifecycle event: "before-X", "X", "after-X", each with all its deferrals awaited before the next. Each emission is
 * a step, noted with the VNFR as the handlers left it; one that was complete in an earlier life is not emitted again.
 */
#include "config.h"

#include "core/engine/operation-private.h"
#include "core/engine/stages.h"

#include <string.h>

typedef struct {
  VnfmPhase phase;
  VnfmRecord *before; /* the record when the emission began */
} Event;

static void
event_free (Event *event)
{
  g_clear_pointer (&event->before, vnfm_record_unref);
  g_free (event);
}

static void emit_next (GTask *task);

static char *
step_name (EngineOperation *self, VnfmPhase phase)
{
  static const char *const phases[] = { "before", "on", "after" };

  return g_strconcat (engine_operation_get_stage_name (self), "/", phases[phase], NULL);
}

/* The outcome of an emission is the VNFR, where the handlers changed it. */
static void
note_emitted (EngineOperation *self, Event *event)
{
  g_autofree char *name = step_name (self, event->phase);
  GString *text = g_string_new ("{");

  if (self->record != event->before) {
    gsize length = 0;
    const char *record = g_bytes_get_data (vnfm_record_get_text (self->record), &length);
    g_autofree char *copy = g_strndup (record, length);
    g_string_append (text, "\"record\":");
    vnfm_json_append_string (text, copy);
  }
  g_string_append_c (text, '}');
  g_autoptr (GBytes) outcome = g_string_free_to_bytes (text);
  engine_operation_note_end (self, name, outcome);
}

static gboolean
was_emitted (EngineOperation *self, VnfmPhase phase)
{
  g_autofree char *name = step_name (self, phase);
  JsonNode *outcome = engine_operation_find_outcome (self, name);
  const char *record;

  if (outcome == NULL || !JSON_NODE_HOLDS_OBJECT (outcome))
    return FALSE;
  record = vnfm_json_get_string (json_node_get_object (outcome), "record");
  if (record != NULL) {
    g_autoptr (GBytes) text = g_bytes_new (record, strlen (record));
    g_autoptr (GError) error = NULL;
    VnfmRecord *restored = vnfm_record_new (text, &error);
    if (restored == NULL) {
      g_warning ("%s: the VNFR that %s left: %s", engine_operation_get_title (self), name, error->message);
      return FALSE;
    }
    engine_operation_take_record (self, restored);
  }
  return TRUE;
}

/* Connected for this VNF type, or for all. */
static gboolean
has_handlers (EngineOperation *self, VnfmPhase phase)
{
  VnfmLifecycle *lifecycle = vnfm_engine_get_lifecycle (self->engine);
  guint id = g_signal_lookup (vnfm_lifecycle_get_signal_name (phase, self->event), VNFM_TYPE_LIFECYCLE);
  GQuark type = self->request->vnf_type != NULL ? g_quark_try_string (self->request->vnf_type) : 0;

  return g_signal_has_handler_pending (lifecycle, id, 0, FALSE) ||
         (type != 0 && g_signal_has_handler_pending (lifecycle, id, type, FALSE));
}

static void
emitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  GTask *task = user_data;
  Event *event = g_task_get_task_data (task);
  GError *error = NULL;

  if (!engine_operation_emit_finish (self, result, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  note_emitted (self, event);
  event->phase++;
  emit_next (task);
}

static void
emit_next (GTask *task)
{
  EngineOperation *self = g_task_get_source_object (task);
  Event *event = g_task_get_task_data (task);

  while (event->phase <= VNFM_PHASE_AFTER && (!has_handlers (self, event->phase) || was_emitted (self, event->phase)))
    event->phase++;
  if (event->phase > VNFM_PHASE_AFTER || g_task_return_error_if_cancelled (task)) {
    if (event->phase > VNFM_PHASE_AFTER)
      g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  g_autofree char *name = step_name (self, event->phase);
  g_clear_pointer (&event->before, vnfm_record_unref);
  event->before = vnfm_record_ref (self->record);
  engine_operation_note_begin (self, name);
  engine_operation_emit_async (self, event->phase, emitted, task);
}

static void
have_message (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  GTask *task = user_data;
  GError *error = NULL;

  if (engine_operation_need_message_finish (self, result, &error)) {
    emit_next (task);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
stage_event (EngineOperation *self, GTask *task)
{
  /* What the handlers did must be told, cancelled or not. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_new0 (Event, 1), (GDestroyNotify)event_free);
  engine_operation_need_message_async (self, have_message, task);
}
