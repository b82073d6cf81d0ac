/* SPDX-License-Identifier: Apache-2.0 */
/* Emissions of the lifecycle's signals, and the deferrals that handlers take in them.
 *
 * While the signal's handlers run, each may take deferrals; the emission is complete when the last one is settled. A
 * deferral whose deadline passes, or that is abandoned because its stage was cancelled and its handler does not let go,
 * counts as failed; it stays valid memory until its handler settles it, which then changes nothing. */
#include "config.h"

#include "core/engine/operation-private.h"

typedef struct {
  VnfmDeferral base;
  VnfmTimer *deadline;
  gboolean dead;
} Deferral;

static VnfmClock *
get_clock (EngineOperation *self)
{
  return vnfm_engine_get_clock (self->engine);
}

static void
finish_emission (EngineOperation *self)
{
  GTask *task = g_steal_pointer (&self->emission);

  g_clear_pointer (&self->deferrals, g_ptr_array_unref);
  if (self->deferral_error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->deferral_error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
add_deferral_error (EngineOperation *self, GError *error)
{
  if (self->deferral_error == NULL) {
    self->deferral_error = error;
    return;
  }
  g_warning ("%s: beside the first error: %s", engine_operation_get_title (self), error->message);
  g_error_free (error);
}

/* It counts no longer; the emission may be complete with that. */
static void
drop_deferral (Deferral *deferral, GError *error)
{
  EngineOperation *self = ENGINE_OPERATION (deferral->base.operation);

  vnfm_clock_clear_timer (get_clock (self), &deferral->deadline);
  deferral->dead = TRUE;
  if (error != NULL)
    add_deferral_error (self, error);
  g_ptr_array_remove_fast (self->deferrals, deferral);
  if (self->deferrals->len == 0 && !self->emitting)
    finish_emission (self);
}

static void
deadline_passed (gpointer user_data)
{
  Deferral *deferral = user_data;

  deferral->deadline = NULL;
  drop_deferral (deferral,
                 g_error_new (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "%s did not finish in time", deferral->base.name));
}

void
engine_operation_abandon_deferrals (EngineOperation *self)
{
  g_autoptr (EngineOperation) alive = g_object_ref (self);

  while (alive->deferrals != NULL && alive->deferrals->len > 0) {
    Deferral *deferral = g_ptr_array_index (alive->deferrals, 0);
    drop_deferral (deferral, g_error_new (VNFM_ERROR, VNFM_ERROR_CANCELLED, "%s did not let go when it was asked to",
                                          deferral->base.name));
  }
}

static VnfmDeferral *
operation_defer (VnfmOperation *operation, const char *name, gint64 limit)
{
  EngineOperation *self = ENGINE_OPERATION (operation);

  g_return_val_if_fail (self->emitting, NULL);

  Deferral *deferral = g_new0 (Deferral, 1);
  deferral->base.operation = g_object_ref (operation);
  deferral->base.name = g_strdup (name);
  if (limit > 0)
    deferral->deadline = vnfm_clock_add_timer (get_clock (self), limit, deadline_passed, deferral);
  g_ptr_array_add (self->deferrals, deferral);
  return &deferral->base;
}

static void
operation_settle (VnfmDeferral *base, GError *error)
{
  Deferral *deferral = (Deferral *)base;

  if (deferral->dead) {
    g_info ("%s: %s finished after it was given up", engine_operation_get_title (ENGINE_OPERATION (base->operation)),
            base->name);
    g_clear_error (&error);
  } else
    drop_deferral (deferral, error);
  g_object_unref (base->operation);
  g_free (base->name);
  g_free (deferral);
}

void
engine_operation_emit_async (EngineOperation *self, VnfmPhase phase, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->emission == NULL);

  self->emission = g_task_new (self, NULL, callback, user_data);
  self->deferrals = g_ptr_array_new ();
  self->emitting = TRUE;
  vnfm_lifecycle_emit (vnfm_engine_get_lifecycle (self->engine), phase, self->event, self->request->vnf_type,
                       VNFM_OPERATION (self));
  self->emitting = FALSE;
  if (self->deferrals->len == 0)
    finish_emission (self);
}

gboolean
engine_operation_emit_finish (EngineOperation *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
engine_operation_init_emission (VnfmOperationClass *klass)
{
  klass->defer = operation_defer;
  klass->settle = operation_settle;
}
