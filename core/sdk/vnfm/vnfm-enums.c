/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <vnfm/vnfm-enums.h>

#include <string.h>

static const GEnumValue action_values[] = {
  { VNFM_ACTION_NONE, "VNFM_ACTION_NONE", "NONE" },
  { VNFM_ACTION_GRANT_OPERATION, "VNFM_ACTION_GRANT_OPERATION", "GRANT_OPERATION" },
  { VNFM_ACTION_ALLOCATE_RESOURCES, "VNFM_ACTION_ALLOCATE_RESOURCES", "ALLOCATE_RESOURCES" },
  { VNFM_ACTION_SCALE_IN, "VNFM_ACTION_SCALE_IN", "SCALE_IN" },
  { VNFM_ACTION_SCALE_OUT, "VNFM_ACTION_SCALE_OUT", "SCALE_OUT" },
  { VNFM_ACTION_SCALING, "VNFM_ACTION_SCALING", "SCALING" },
  { VNFM_ACTION_ERROR, "VNFM_ACTION_ERROR", "ERROR" },
  { VNFM_ACTION_RELEASE_RESOURCES, "VNFM_ACTION_RELEASE_RESOURCES", "RELEASE_RESOURCES" },
  { VNFM_ACTION_INSTANTIATE, "VNFM_ACTION_INSTANTIATE", "INSTANTIATE" },
  { VNFM_ACTION_MODIFY, "VNFM_ACTION_MODIFY", "MODIFY" },
  { VNFM_ACTION_HEAL, "VNFM_ACTION_HEAL", "HEAL" },
  { VNFM_ACTION_UPDATEVNFR, "VNFM_ACTION_UPDATEVNFR", "UPDATEVNFR" },
  { VNFM_ACTION_UPDATE, "VNFM_ACTION_UPDATE", "UPDATE" },
  { VNFM_ACTION_SCALED, "VNFM_ACTION_SCALED", "SCALED" },
  { VNFM_ACTION_RELEASE_RESOURCES_FINISH, "VNFM_ACTION_RELEASE_RESOURCES_FINISH", "RELEASE_RESOURCES_FINISH" },
  { VNFM_ACTION_INSTANTIATE_FINISH, "VNFM_ACTION_INSTANTIATE_FINISH", "INSTANTIATE_FINISH" },
  { VNFM_ACTION_CONFIGURE, "VNFM_ACTION_CONFIGURE", "CONFIGURE" },
  { VNFM_ACTION_START, "VNFM_ACTION_START", "START" },
  { VNFM_ACTION_STOP, "VNFM_ACTION_STOP", "STOP" },
  { VNFM_ACTION_LOG_REQUEST, "VNFM_ACTION_LOG_REQUEST", "LOG_REQUEST" },
  { VNFM_ACTION_RESUME, "VNFM_ACTION_RESUME", "RESUME" },
  { VNFM_ACTION_EXECUTE, "VNFM_ACTION_EXECUTE", "EXECUTE" },
  { 0, NULL, NULL },
};

static const GEnumValue event_values[] = {
  { VNFM_EVENT_NONE, "VNFM_EVENT_NONE", "NONE" },
  { VNFM_EVENT_GRANTED, "VNFM_EVENT_GRANTED", "GRANTED" },
  { VNFM_EVENT_ALLOCATE, "VNFM_EVENT_ALLOCATE", "ALLOCATE" },
  { VNFM_EVENT_SCALE, "VNFM_EVENT_SCALE", "SCALE" },
  { VNFM_EVENT_RELEASE, "VNFM_EVENT_RELEASE", "RELEASE" },
  { VNFM_EVENT_ERROR, "VNFM_EVENT_ERROR", "ERROR" },
  { VNFM_EVENT_INSTANTIATE, "VNFM_EVENT_INSTANTIATE", "INSTANTIATE" },
  { VNFM_EVENT_TERMINATE, "VNFM_EVENT_TERMINATE", "TERMINATE" },
  { VNFM_EVENT_CONFIGURE, "VNFM_EVENT_CONFIGURE", "CONFIGURE" },
  { VNFM_EVENT_START, "VNFM_EVENT_START", "START" },
  { VNFM_EVENT_STOP, "VNFM_EVENT_STOP", "STOP" },
  { VNFM_EVENT_HEAL, "VNFM_EVENT_HEAL", "HEAL" },
  { VNFM_EVENT_SCALE_OUT, "VNFM_EVENT_SCALE_OUT", "SCALE_OUT" },
  { VNFM_EVENT_SCALE_IN, "VNFM_EVENT_SCALE_IN", "SCALE_IN" },
  { VNFM_EVENT_SCALE_UP, "VNFM_EVENT_SCALE_UP", "SCALE_UP" },
  { VNFM_EVENT_SCALE_DOWN, "VNFM_EVENT_SCALE_DOWN", "SCALE_DOWN" },
  { VNFM_EVENT_UPDATE, "VNFM_EVENT_UPDATE", "UPDATE" },
  { VNFM_EVENT_UPDATE_ROLLBACK, "VNFM_EVENT_UPDATE_ROLLBACK", "UPDATE_ROLLBACK" },
  { VNFM_EVENT_UPGRADE, "VNFM_EVENT_UPGRADE", "UPGRADE" },
  { VNFM_EVENT_UPGRADE_ROLLBACK, "VNFM_EVENT_UPGRADE_ROLLBACK", "UPGRADE_ROLLBACK" },
  { VNFM_EVENT_RESET, "VNFM_EVENT_RESET", "RESET" },
  { 0, NULL, NULL },
};

GType
vnfm_action_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("VnfmAction", action_values));
  return type;
}

GType
vnfm_event_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("VnfmEvent", event_values));
  return type;
}

/* The values are numbered from 0 without gaps, so a table's index is its value. */
static int
value_from_nick (const GEnumValue *values, const char *nick)
{
  if (nick != NULL)
    for (int i = 1; values[i].value_name != NULL; i++)
      if (strcmp (values[i].value_nick, nick) == 0)
        return i;
  return 0;
}

const char *
vnfm_action_get_nick (VnfmAction action)
{
  g_return_val_if_fail ((guint)action < G_N_ELEMENTS (action_values) - 1, NULL);
  return action_values[action].value_nick;
}

VnfmAction
vnfm_action_from_nick (const char *nick)
{
  return (VnfmAction)value_from_nick (action_values, nick);
}

const char *
vnfm_event_get_nick (VnfmEvent event)
{
  g_return_val_if_fail ((guint)event < G_N_ELEMENTS (event_values) - 1, NULL);
  return event_values[event].value_nick;
}

VnfmEvent
vnfm_event_from_nick (const char *nick)
{
  if (g_strcmp0 (nick, "RELEASE_RESOURCES") == 0)
    return VNFM_EVENT_TERMINATE;
  return (VnfmEvent)value_from_nick (event_values, nick);
}
