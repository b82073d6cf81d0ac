/* SPDX-License-Identifier: Apache-2.0 */
/* Loads, and then cannot start. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

ZOO_DEFINE_HANDLER (ZooFailingStart, zoo_failing_start)

static gboolean
zoo_failing_start_start (G_GNUC_UNUSED VnfmExtension *extension, GError **error)
{
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "the licence is not there");
  return FALSE;
}

static void
zoo_failing_start_class_init (ZooFailingStartClass *klass)
{
  VNFM_EXTENSION_CLASS (klass)->start = zoo_failing_start_start;
}

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("failing-start", NULL, zoo_failing_start_get_type)
