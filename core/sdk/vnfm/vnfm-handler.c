/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <vnfm/vnfm-handler.h>

G_DEFINE_ABSTRACT_TYPE (VnfmHandler, vnfm_handler, VNFM_TYPE_EXTENSION)

static void
vnfm_handler_class_init (VnfmHandlerClass *klass)
{
}

static void
vnfm_handler_init (VnfmHandler *self)
{
}

void
vnfm_handler_attach (VnfmHandler *self, VnfmLifecycle *lifecycle, VnfmTypeSet *types)
{
  g_return_if_fail (VNFM_IS_HANDLER (self));
  g_return_if_fail (VNFM_IS_LIFECYCLE (lifecycle));
  g_return_if_fail (types != NULL);
  VNFM_HANDLER_GET_CLASS (self)->attach (self, lifecycle, types);
}

void
vnfm_handler_detach (VnfmHandler *self)
{
  g_return_if_fail (VNFM_IS_HANDLER (self));
  VNFM_HANDLER_GET_CLASS (self)->detach (self);
}
