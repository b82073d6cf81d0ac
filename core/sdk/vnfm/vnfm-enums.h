/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VnfmAction:
 * @VNFM_ACTION_NONE: no or an unknown action
 *
 * What an NFVO asks for and is answered with. The nick of each value is its name on the wire
 * ("GRANT_OPERATION"); protocol/openbaton.md, B.0.
 */
typedef enum {
  VNFM_ACTION_NONE,
  VNFM_ACTION_GRANT_OPERATION,
  VNFM_ACTION_ALLOCATE_RESOURCES,
  VNFM_ACTION_SCALE_IN,
  VNFM_ACTION_SCALE_OUT,
  VNFM_ACTION_SCALING,
  VNFM_ACTION_ERROR,
  VNFM_ACTION_RELEASE_RESOURCES,
  VNFM_ACTION_INSTANTIATE,
  VNFM_ACTION_MODIFY,
  VNFM_ACTION_HEAL,
  VNFM_ACTION_UPDATEVNFR,
  VNFM_ACTION_UPDATE,
  VNFM_ACTION_SCALED,
  VNFM_ACTION_RELEASE_RESOURCES_FINISH,
  VNFM_ACTION_INSTANTIATE_FINISH,
  VNFM_ACTION_CONFIGURE,
  VNFM_ACTION_START,
  VNFM_ACTION_STOP,
  VNFM_ACTION_LOG_REQUEST,
  VNFM_ACTION_RESUME,
  VNFM_ACTION_EXECUTE,
} VnfmAction;

#define VNFM_TYPE_ACTION (vnfm_action_get_type ())
GType vnfm_action_get_type (void);
const char *vnfm_action_get_nick (VnfmAction action);
VnfmAction vnfm_action_from_nick (const char *nick);

/**
 * VnfmEvent:
 * @VNFM_EVENT_NONE: no or an unknown event
 *
 * What scripts are attached to in a descriptor. The nick is the name in the descriptor ("INSTANTIATE");
 * protocol/openbaton.md, C.1. The signals of #VnfmLifecycle use the same names in lower case with "-" for "_".
 */
typedef enum {
  VNFM_EVENT_NONE,
  VNFM_EVENT_GRANTED,
  VNFM_EVENT_ALLOCATE,
  VNFM_EVENT_SCALE,
  VNFM_EVENT_RELEASE,
  VNFM_EVENT_ERROR,
  VNFM_EVENT_INSTANTIATE,
  VNFM_EVENT_TERMINATE,
  VNFM_EVENT_CONFIGURE,
  VNFM_EVENT_START,
  VNFM_EVENT_STOP,
  VNFM_EVENT_HEAL,
  VNFM_EVENT_SCALE_OUT,
  VNFM_EVENT_SCALE_IN,
  VNFM_EVENT_SCALE_UP,
  VNFM_EVENT_SCALE_DOWN,
  VNFM_EVENT_UPDATE,
  VNFM_EVENT_UPDATE_ROLLBACK,
  VNFM_EVENT_UPGRADE,
  VNFM_EVENT_UPGRADE_ROLLBACK,
  VNFM_EVENT_RESET,
} VnfmEvent;

#define VNFM_TYPE_EVENT (vnfm_event_get_type ())
GType vnfm_event_get_type (void);
const char *vnfm_event_get_nick (VnfmEvent event);
/* "RELEASE_RESOURCES" in a descriptor means TERMINATE (the founding document's name for it). */
VnfmEvent vnfm_event_from_nick (const char *nick);

G_END_DECLS
