/* SPDX-License-Identifier: Apache-2.0 */
/* Says its ABI and has no entry point. */
#include "config.h"

#include <vnfm/vnfm-plugin.h>

VNFM_PLUGIN_EXPORT extern const int vnfm_plugin_abi_major;
VNFM_PLUGIN_EXPORT extern const int vnfm_plugin_abi_minor;
const int vnfm_plugin_abi_major = VNFM_ABI_MAJOR;
const int vnfm_plugin_abi_minor = VNFM_ABI_MINOR;
