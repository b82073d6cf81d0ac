/* SPDX-License-Identifier: Apache-2.0 */
/* What every extension is given: a bag that the wiring fills before anything starts. */
#include "config.h"

#include <vnfm/vnfm-context.h>
#include <vnfm/vnfm-store.h>
#include <vnfm/vnfm-transport.h>

struct _VnfmContext {
  GObject parent_instance;

  VnfmProfile *profile;
  VnfmClock *clock;
  VnfmStore *store;
  VnfmTransport *nfvo_transport;
  VnfmTransport *ems_transport;
  char *state_dir;
};

G_DEFINE_FINAL_TYPE (VnfmContext, vnfm_context, G_TYPE_OBJECT)

/* The extensions hold the context and the context holds some of them: the program breaks the circle by running
 * dispose when it ends. */
static void
vnfm_context_dispose (GObject *object)
{
  VnfmContext *self = VNFM_CONTEXT (object);

  g_clear_object (&self->store);
  g_clear_object (&self->nfvo_transport);
  g_clear_object (&self->ems_transport);
  G_OBJECT_CLASS (vnfm_context_parent_class)->dispose (object);
}

static void
vnfm_context_finalize (GObject *object)
{
  VnfmContext *self = VNFM_CONTEXT (object);

  g_clear_object (&self->profile);
  g_clear_object (&self->clock);
  g_free (self->state_dir);
  G_OBJECT_CLASS (vnfm_context_parent_class)->finalize (object);
}

static void
vnfm_context_class_init (VnfmContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vnfm_context_dispose;
  object_class->finalize = vnfm_context_finalize;
}

static void
vnfm_context_init (VnfmContext *self)
{
}

VnfmContext *
vnfm_context_new (VnfmProfile *profile, VnfmClock *clock)
{
  g_return_val_if_fail (VNFM_IS_PROFILE (profile), NULL);
  g_return_val_if_fail (VNFM_IS_CLOCK (clock), NULL);

  VnfmContext *self = g_object_new (VNFM_TYPE_CONTEXT, NULL);
  self->profile = g_object_ref (profile);
  self->clock = g_object_ref (clock);
  return self;
}

VnfmProfile *
vnfm_context_get_profile (VnfmContext *self)
{
  g_return_val_if_fail (VNFM_IS_CONTEXT (self), NULL);
  return self->profile;
}

VnfmClock *
vnfm_context_get_clock (VnfmContext *self)
{
  g_return_val_if_fail (VNFM_IS_CONTEXT (self), NULL);
  return self->clock;
}

VnfmStore *
vnfm_context_get_store (VnfmContext *self)
{
  g_return_val_if_fail (VNFM_IS_CONTEXT (self), NULL);
  return self->store;
}

VnfmTransport *
vnfm_context_get_nfvo_transport (VnfmContext *self)
{
  g_return_val_if_fail (VNFM_IS_CONTEXT (self), NULL);
  return self->nfvo_transport;
}

VnfmTransport *
vnfm_context_get_ems_transport (VnfmContext *self)
{
  g_return_val_if_fail (VNFM_IS_CONTEXT (self), NULL);
  return self->ems_transport;
}

const char *
vnfm_context_get_state_dir (VnfmContext *self)
{
  g_return_val_if_fail (VNFM_IS_CONTEXT (self), NULL);
  return self->state_dir;
}

void
vnfm_context_set_store (VnfmContext *self, VnfmStore *store)
{
  g_return_if_fail (VNFM_IS_CONTEXT (self));
  g_set_object (&self->store, store);
}

void
vnfm_context_set_nfvo_transport (VnfmContext *self, VnfmTransport *transport)
{
  g_return_if_fail (VNFM_IS_CONTEXT (self));
  g_set_object (&self->nfvo_transport, transport);
}

void
vnfm_context_set_ems_transport (VnfmContext *self, VnfmTransport *transport)
{
  g_return_if_fail (VNFM_IS_CONTEXT (self));
  g_set_object (&self->ems_transport, transport);
}

void
vnfm_context_set_state_dir (VnfmContext *self, const char *path)
{
  g_return_if_fail (VNFM_IS_CONTEXT (self));
  g_free (self->state_dir);
  self->state_dir = g_strdup (path);
}
