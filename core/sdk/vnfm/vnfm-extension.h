/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-context.h>

G_BEGIN_DECLS

/**
 * VnfmExtension:
 *
 * Base of all that a plugin brings. Constructed inert with the construct-only property "context" (#VnfmContext), then
 * started: one that fails to start disables its plugin, with the error as the reason.
 */
#define VNFM_TYPE_EXTENSION (vnfm_extension_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmExtension, vnfm_extension, VNFM, EXTENSION, GObject)

/**
 * VnfmExtensionClass:
 * @start: (nullable): checks the configuration and opens what can be opened at once; must not block on a peer
 * @stop: (nullable): the counterpart; safe to call when not started
 */
struct _VnfmExtensionClass {
  GObjectClass parent_class;

  gboolean (*start) (VnfmExtension *self, GError **error);
  void (*stop) (VnfmExtension *self);

  gpointer reserved[8];
};

gboolean vnfm_extension_start (VnfmExtension *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_extension_stop (VnfmExtension *self);
VnfmContext *vnfm_extension_get_context (VnfmExtension *self);
/* Shorthands for what nearly every extension needs. Borrowed. */
VnfmProfile *vnfm_extension_get_profile (VnfmExtension *self);
VnfmClock *vnfm_extension_get_clock (VnfmExtension *self);

G_END_DECLS
