/* SPDX-License-Identifier: Apache-2.0 */
/* Its entry point finds that it cannot be used here. */
#include "config.h"

#include <vnfm/vnfm-plugin.h>

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (GError **error)
{
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "this machine has no such device");
  return NULL;
}
