/* SPDX-License-Identifier: Apache-2.0 */
/* Says that it is a handler and brings an object that is none. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("other-type", NULL, g_object_get_type)
