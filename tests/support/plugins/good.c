/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is wrong with it. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

ZOO_DEFINE_HANDLER (ZooGood, zoo_good)

static void
zoo_good_class_init (G_GNUC_UNUSED ZooGoodClass *klass)
{
}

static const VnfmKey keys[] = {
  { "good", "size", VNFM_KEY_INT, "3", "a key in its own group", VNFM_KEY_NONE, NULL },
  { "good.more", "size", VNFM_KEY_INT, "4", "and one below it", VNFM_KEY_NONE, NULL },
  {},
};

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("good", keys, zoo_good_get_type)
