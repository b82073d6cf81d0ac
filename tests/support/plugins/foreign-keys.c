/* SPDX-License-Identifier: Apache-2.0 */
/* Declares a key of the daemon as its own. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

ZOO_DEFINE_HANDLER (ZooForeignKeys, zoo_foreign_keys)

static void
zoo_foreign_keys_class_init (G_GNUC_UNUSED ZooForeignKeysClass *klass)
{
}

static const VnfmKey keys[] = {
  { "foreign-keys", "size", VNFM_KEY_INT, "3", "a key of its own", VNFM_KEY_NONE, NULL },
  { "vnfmd", "endpoint", VNFM_KEY_STRING, "mine", "a key that is not", VNFM_KEY_NONE, NULL },
  {},
};

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("foreign-keys", keys, zoo_foreign_keys_get_type)
