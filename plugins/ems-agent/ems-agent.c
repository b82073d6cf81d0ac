/* SPDX-License-Identifier: Apache-2.0 */
/* The module's entry point. */
#include "config.h"

#include "plugins/ems-agent/agent-ems.h"

#include <vnfm/vnfm-plugin.h>

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (GError **error)
{
  static const VnfmPluginInfo info = {
    .kind = VNFM_PLUGIN_EMS,
    .name = "agent",
    .version = PACKAGE_VERSION,
    .summary = "runs scripts through an agent in each machine",
    .keys = agent_ems_keys,
    .get_type = agent_ems_get_type,
  };

  return &info;
}
