/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-plugin.h>

G_BEGIN_DECLS

/* Opens a module: checks owner and mode of the file and its folder, binds now and locally, keeps it for ever, checks
 * the ABI, and calls the entry point. Errors: VNFM_ERROR_PLUGIN. */
const VnfmPluginInfo *plugin_file_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
