/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/transport-stomp/stomp-transport.h"

#include <vnfm/vnfm-plugin.h>

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (GError **error)
{
  static const VnfmPluginInfo info = {
    .kind = VNFM_PLUGIN_TRANSPORT,
    .name = "stomp",
    .version = PACKAGE_VERSION,
    .summary = "STOMP 1.2, as client or as built-in broker",
    .keys = vnfm_stomp_keys,
    .get_type = vnfm_stomp_transport_get_type,
  };

  return &info;
}
