/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-operation.h>
#include <vnfm/vnfm-type-set.h>

G_BEGIN_DECLS

/**
 * VnfmPhase:
 * @VNFM_PHASE_BEFORE: signal "before-X"
 * @VNFM_PHASE_ON: signal "X"
 * @VNFM_PHASE_AFTER: signal "after-X"
 */
typedef enum {
  VNFM_PHASE_BEFORE,
  VNFM_PHASE_ON,
  VNFM_PHASE_AFTER,
} VnfmPhase;

/**
 * VnfmLifecycle:
 *
 * Where everything meets: three signals for each lifecycle event X (instantiate, configure, start, stop, heal,
 * scale-in, scale-out, update, terminate, error, ...): "before-X", "X", "after-X", each with the #VnfmOperation it
 * belongs to and detailed by the VNF's type: "after-configure::client". A handler that needs time takes a deferral; all
 * deferrals of one emission are awaited before the next emission.
 */
#define VNFM_TYPE_LIFECYCLE (vnfm_lifecycle_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmLifecycle, vnfm_lifecycle, VNFM, LIFECYCLE, GObject)

struct _VnfmLifecycleClass {
  GObjectClass parent_class;

  gpointer reserved[8];
};

typedef void (*VnfmLifecycleFunc) (VnfmLifecycle *lifecycle, VnfmOperation *operation, gpointer user_data);

/* Connects @func to @signal (without a detail) for exactly the types of @types. Returns: a handler id for
 * g_signal_handler_disconnect() for each connection made (element-type gulong). */
GArray *vnfm_lifecycle_connect_types (VnfmLifecycle *self, const char *signal, VnfmTypeSet *types,
                                      VnfmLifecycleFunc func, gpointer user_data);
/* Emits. With a detail only where somebody connected one (type names come from outside, and quarks are never freed). */
void vnfm_lifecycle_emit (VnfmLifecycle *self, VnfmPhase phase, VnfmEvent event, const char *vnf_type,
                          VnfmOperation *operation);
/* "before-start". Returns: (nullable): static; NULL for VNFM_EVENT_NONE. */
const char *vnfm_lifecycle_get_signal_name (VnfmPhase phase, VnfmEvent event);

G_END_DECLS
