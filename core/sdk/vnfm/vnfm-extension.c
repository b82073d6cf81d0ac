/* SPDX-License-Identifier: Apache-2.0 */
/* Base of all that a plugin brings: constructed inert, started later. */
#include "config.h"

#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-extension.h>

typedef struct {
  VnfmContext *context;
} VnfmExtensionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (VnfmExtension, vnfm_extension, G_TYPE_OBJECT)

enum { PROP_0, PROP_CONTEXT, N_PROPS };

static GParamSpec *props[N_PROPS];

static void
vnfm_extension_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VnfmExtensionPrivate *priv = vnfm_extension_get_instance_private (VNFM_EXTENSION (object));

  if (id == PROP_CONTEXT)
    g_value_set_object (value, priv->context);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vnfm_extension_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  VnfmExtensionPrivate *priv = vnfm_extension_get_instance_private (VNFM_EXTENSION (object));

  if (id == PROP_CONTEXT)
    priv->context = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vnfm_extension_finalize (GObject *object)
{
  VnfmExtensionPrivate *priv = vnfm_extension_get_instance_private (VNFM_EXTENSION (object));

  g_clear_object (&priv->context);
  G_OBJECT_CLASS (vnfm_extension_parent_class)->finalize (object);
}

static void
vnfm_extension_class_init (VnfmExtensionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vnfm_extension_get_property;
  object_class->set_property = vnfm_extension_set_property;
  object_class->finalize = vnfm_extension_finalize;

  props[PROP_CONTEXT] = g_param_spec_object ("context", NULL, NULL, VNFM_TYPE_CONTEXT,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vnfm_extension_init (VnfmExtension *self)
{
}

gboolean
vnfm_extension_start (VnfmExtension *self, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EXTENSION (self), FALSE);

  VnfmExtensionClass *klass = VNFM_EXTENSION_GET_CLASS (self);
  return klass->start == NULL || klass->start (self, error);
}

void
vnfm_extension_stop (VnfmExtension *self)
{
  g_return_if_fail (VNFM_IS_EXTENSION (self));

  VnfmExtensionClass *klass = VNFM_EXTENSION_GET_CLASS (self);
  if (klass->stop != NULL)
    klass->stop (self);
}

VnfmContext *
vnfm_extension_get_context (VnfmExtension *self)
{
  VnfmExtensionPrivate *priv = vnfm_extension_get_instance_private (self);

  g_return_val_if_fail (VNFM_IS_EXTENSION (self), NULL);
  return priv->context;
}

VnfmProfile *
vnfm_extension_get_profile (VnfmExtension *self)
{
  return vnfm_context_get_profile (vnfm_extension_get_context (self));
}

VnfmClock *
vnfm_extension_get_clock (VnfmExtension *self)
{
  return vnfm_context_get_clock (vnfm_extension_get_context (self));
}
