/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <vnfm/vnfm-plugin.h>

static const GEnumValue plugin_kind_values[] = {
  { VNFM_PLUGIN_TRANSPORT, "VNFM_PLUGIN_TRANSPORT", "transport" },
  { VNFM_PLUGIN_EMS, "VNFM_PLUGIN_EMS", "ems" },
  { VNFM_PLUGIN_NEGOTIATOR, "VNFM_PLUGIN_NEGOTIATOR", "negotiator" },
  { VNFM_PLUGIN_STORE, "VNFM_PLUGIN_STORE", "store" },
  { VNFM_PLUGIN_HANDLER, "VNFM_PLUGIN_HANDLER", "handler" },
  { 0, NULL, NULL },
};

GType
vnfm_plugin_kind_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("VnfmPluginKind", plugin_kind_values));
  return type;
}

const char *
vnfm_plugin_kind_get_nick (VnfmPluginKind kind)
{
  g_return_val_if_fail ((guint)kind < G_N_ELEMENTS (plugin_kind_values) - 1, NULL);
  return plugin_kind_values[kind].value_nick;
}
