/* SPDX-License-Identifier: Apache-2.0 */
/* What an operation waits for: collected when it is asked for, from what the stages and the handlers have noted, and
 * from the EMS back-end, which knows its machines. */
#include "config.h"

#include "core/engine/operation-private.h"

#include <string.h>

/* What runs on a machine under one step. */
struct _RunningStep {
  char *id;
  VnfmVnfc *vnfc;
  char *what;
  gint64 since;
  GString *tail; /* nullable: its last lines */
};

static void
running_step_free (gpointer data)
{
  RunningStep *step = data;

  g_free (step->id);
  vnfm_vnfc_unref (step->vnfc);
  g_free (step->what);
  if (step->tail != NULL)
    g_string_free (step->tail, TRUE);
  g_free (step);
}

static RunningStep *
find_running (EngineOperation *self, const char *id)
{
  for (guint i = 0; i < self->running->len; i++) {
    RunningStep *step = g_ptr_array_index (self->running, i);
    if (strcmp (step->id, id) == 0)
      return step;
  }
  return NULL;
}

void
engine_operation_forget_running (EngineOperation *self, const char *id)
{
  RunningStep *step = find_running (self, id);

  if (step != NULL)
    g_ptr_array_remove (self->running, step);
}

/* One that was begun before a restart runs since then. */
static gint64
find_since (EngineOperation *self, const char *id)
{
  gsize length = strlen (self->request->id);
  gint64 begun = strncmp (id, self->request->id, length) == 0 && id[length] == '/'
                     ? engine_operation_find_begin (self, id + length + 1)
                     : 0;

  return begun != 0 ? begun : vnfm_clock_get_wall_time (vnfm_engine_get_clock (self->engine));
}

void
engine_operation_set_running (EngineOperation *self, const char *id, VnfmVnfc *vnfc, const char *what)
{
  RunningStep *step = find_running (self, id);

  if (step == NULL) {
    step = g_new0 (RunningStep, 1);
    step->id = g_strdup (id);
    step->vnfc = vnfm_vnfc_ref (vnfc);
    step->since = find_since (self, id);
    g_ptr_array_add (self->running, step);
  }
  g_free (step->what);
  step->what = g_strdup (what);
}

static void
operation_set_step_progress (VnfmOperation *operation, const char *step_id, VnfmVnfc *vnfc, const char *what)
{
  EngineOperation *self = ENGINE_OPERATION (operation);

  if (what == NULL) {
    engine_operation_forget_running (self, step_id);
    return;
  }
  if (self->state != OPERATION_RUNNING)
    return;
  g_info ("%s: %s on %s", engine_operation_get_title (self), what, vnfc->hostname);
  engine_operation_set_running (self, step_id, vnfc, what);
}

void
engine_operation_add_output (EngineOperation *self, const char *step_id, const char *text)
{
  RunningStep *step = find_running (self, step_id);

  if (step == NULL)
    return;
  if (step->tail == NULL)
    step->tail = g_string_new (NULL);
  g_string_append (step->tail, text);
  if (step->tail->len > 2 * TAIL_LENGTH) {
    const char *cut = g_utf8_find_next_char (step->tail->str + step->tail->len - TAIL_LENGTH, NULL);
    g_string_erase (step->tail, 0, cut - step->tail->str);
  }
}

/* ---- collecting */

static void
add_queued (EngineOperation *self, GPtrArray *waits)
{
  guint earlier = 0;
  EngineOperation *first = vnfm_engine_find_first (self->engine, self, &earlier);

  if (first == NULL || first == self) /* it is being journaled */
    return;
  g_autofree char *others = earlier > 1 ? g_strdup_printf (" and %u more", earlier - 1) : g_strdup ("");
  g_autofree char *what = g_strconcat (engine_operation_get_title (first), others, NULL);
  Wait *wait = wait_new (WAIT_OPERATION, what, self->request->received);
  if (first->state != OPERATION_QUEUED)
    wait->state = engine_operation_describe (first);
  g_ptr_array_add (waits, wait);
}

static void
add_machines (EngineOperation *self, GPtrArray *waits)
{
  for (guint i = 0; i < self->awaited->len; i++) {
    VnfmVnfc *vnfc = g_ptr_array_index (self->awaited, i);
    Wait *wait = wait_new (WAIT_MACHINE, NULL, engine_operation_get_stage_start (self));
    wait_set_machine (wait, vnfc);
    wait->allocated = self->allocated;
    wait->state = vnfm_ems_describe (vnfm_operation_get_ems (VNFM_OPERATION (self)), vnfc);
    g_ptr_array_add (waits, wait);
  }
}

static void
add_running (EngineOperation *self, GPtrArray *waits)
{
  for (guint i = 0; i < self->running->len; i++) {
    RunningStep *step = g_ptr_array_index (self->running, i);
    Wait *wait = wait_new (WAIT_STEP, step->what, step->since);
    wait_set_machine (wait, step->vnfc);
    wait->state = vnfm_ems_describe (vnfm_operation_get_ems (VNFM_OPERATION (self)), step->vnfc);
    if (step->tail != NULL)
      wait->output = g_strdup (step->tail->str);
    g_ptr_array_add (waits, wait);
  }
}

static void
add_in_stage (EngineOperation *self, GPtrArray *waits)
{
  if (self->question_open)
    g_ptr_array_add (waits, wait_new (WAIT_QUESTION, self->question, self->asked));
  else if (self->awaited != NULL && self->awaited->len > 0)
    add_machines (self, waits);
  else if (self->running->len > 0)
    add_running (self, waits);
  else
    g_ptr_array_add (waits, wait_new (WAIT_STAGE,
                                      self->progress != NULL ? self->progress : engine_operation_get_stage_name (self),
                                      engine_operation_get_stage_start (self)));
}

GPtrArray *
engine_operation_get_waits (EngineOperation *self)
{
  GPtrArray *waits = g_ptr_array_new_with_free_func ((GDestroyNotify)wait_free);

  switch (self->state) {
  case OPERATION_QUEUED:
    add_queued (self, waits);
    break;
  case OPERATION_RUNNING:
    add_in_stage (self, waits);
    break;
  case OPERATION_ANSWERING: {
    Wait *wait = wait_new (WAIT_DELIVERY, NULL, self->answered);
    wait->state = g_strdup (self->undelivered);
    g_ptr_array_add (waits, wait);
    break;
  }
  case OPERATION_FINISHED:
    break;
  }
  return waits;
}

char *
engine_operation_describe (EngineOperation *self)
{
  g_autoptr (GPtrArray) waits = engine_operation_get_waits (self);

  if (waits->len == 0)
    return g_strdup (operation_state_get_nick (self->state));
  return waits_to_text (waits);
}

void
engine_operation_init_waits (EngineOperation *self)
{
  self->running = g_ptr_array_new_with_free_func (running_step_free);
}

void
engine_operation_init_waits_class (VnfmOperationClass *klass)
{
  klass->set_step_progress = operation_set_step_progress;
}
