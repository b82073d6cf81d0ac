/* SPDX-License-Identifier: Apache-2.0 */
/* Built for a newer minor ABI: it may call what is not there. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

ZOO_DEFINE_HANDLER (ZooNewerMinor, zoo_newer_minor)

static void
zoo_newer_minor_class_init (G_GNUC_UNUSED ZooNewerMinorClass *klass)
{
}

ZOO_DECLARE_ABI (VNFM_ABI_MAJOR, VNFM_ABI_MINOR + 1);
ZOO_DEFINE_ENTRY ("newer-minor", NULL, zoo_newer_minor_get_type)
