/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-extension.h>
#include <vnfm/vnfm-lifecycle.h>

G_BEGIN_DECLS

/**
 * VnfmHandler:
 *
 * Behaviour of VNFs: connects to the lifecycle's signals for the VNF types that the wiring computed for it from the
 * profile ([handlers], mode beside or instead). handler-scripts is the generic one.
 */
#define VNFM_TYPE_HANDLER (vnfm_handler_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmHandler, vnfm_handler, VNFM, HANDLER, VnfmExtension)

/**
 * VnfmHandlerClass:
 * @attach: connects, for exactly @types
 * @detach: disconnects
 */
struct _VnfmHandlerClass {
  VnfmExtensionClass parent_class;

  void (*attach) (VnfmHandler *self, VnfmLifecycle *lifecycle, VnfmTypeSet *types);
  void (*detach) (VnfmHandler *self);

  gpointer reserved[8];
};

void vnfm_handler_attach (VnfmHandler *self, VnfmLifecycle *lifecycle, VnfmTypeSet *types);
void vnfm_handler_detach (VnfmHandler *self);

G_END_DECLS
