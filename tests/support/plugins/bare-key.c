/* SPDX-License-Identifier: Apache-2.0 */
/* Declares a choice and does not say between what. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

ZOO_DEFINE_HANDLER (ZooBareKey, zoo_bare_key)

static void
zoo_bare_key_class_init (G_GNUC_UNUSED ZooBareKeyClass *klass)
{
}

static const VnfmKey keys[] = {
  { "bare-key", "colour", VNFM_KEY_CHOICE, "red", "of what colour it is", VNFM_KEY_NONE, NULL },
  {},
};

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("bare-key", keys, zoo_bare_key_get_type)
