/* SPDX-License-Identifier: Apache-2.0 */
/* The default of a key is no value of its type. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

ZOO_DEFINE_HANDLER (ZooBadDefault, zoo_bad_default)

static void
zoo_bad_default_class_init (G_GNUC_UNUSED ZooBadDefaultClass *klass)
{
}

static const VnfmKey keys[] = {
  { "bad-default", "patience", VNFM_KEY_DURATION, "30 seconds", "how long it waits", VNFM_KEY_NONE, NULL },
  {},
};

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("bad-default", keys, zoo_bad_default_get_type)
