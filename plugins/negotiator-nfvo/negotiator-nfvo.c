/* SPDX-License-Identifier: Apache-2.0 */
/* The module's entry point. */
#include "config.h"

#include "plugins/negotiator-nfvo/nfvo-negotiator.h"

#include <vnfm/vnfm-plugin.h>

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (GError **error)
{
  static const VnfmPluginInfo info = {
    .kind = VNFM_PLUGIN_NEGOTIATOR,
    .name = "nfvo",
    .version = PACKAGE_VERSION,
    .summary = "asks the NFVO for permission and machines",
    .keys = nfvo_negotiator_keys,
    .get_type = nfvo_negotiator_get_type,
  };

  return &info;
}
