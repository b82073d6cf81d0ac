/* SPDX-License-Identifier: Apache-2.0 */
/* The module's entry point. */
#include "config.h"

#include "plugins/ems-ssh/ssh-ems.h"

#include <vnfm/vnfm-plugin.h>

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (GError **error)
{
  static const VnfmPluginInfo info = {
    .kind = VNFM_PLUGIN_EMS,
    .name = "ssh",
    .version = PACKAGE_VERSION,
    .summary = "runs scripts over SSH in machines without an agent",
    .keys = ssh_ems_keys,
    .get_type = ssh_ems_get_type,
  };

  return &info;
}
