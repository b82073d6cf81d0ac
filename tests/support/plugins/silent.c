/* SPDX-License-Identifier: Apache-2.0 */
/* Its entry point fails and does not say why. */
#include "config.h"

#include <vnfm/vnfm-plugin.h>

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (G_GNUC_UNUSED GError **error)
{
  return NULL;
}
