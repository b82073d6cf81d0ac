/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a handler of which no object can be made. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("abstract-type", NULL, vnfm_handler_get_type)
