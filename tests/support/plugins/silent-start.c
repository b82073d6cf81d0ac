/* SPDX-License-Identifier: Apache-2.0 */
/* Cannot start and does not say why. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

ZOO_DEFINE_HANDLER (ZooSilentStart, zoo_silent_start)

static gboolean
zoo_silent_start_start (G_GNUC_UNUSED VnfmExtension *extension, G_GNUC_UNUSED GError **error)
{
  return FALSE;
}

static void
zoo_silent_start_class_init (ZooSilentStartClass *klass)
{
  VNFM_EXTENSION_CLASS (klass)->start = zoo_silent_start_start;
}

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("silent-start", NULL, zoo_silent_start_get_type)
