/* SPDX-License-Identifier: Apache-2.0 */
/* Built for the next major ABI. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

ZOO_DEFINE_HANDLER (ZooOtherMajor, zoo_other_major)

static void
zoo_other_major_class_init (G_GNUC_UNUSED ZooOtherMajorClass *klass)
{
}

ZOO_DECLARE_ABI (VNFM_ABI_MAJOR + 1, 0);
ZOO_DEFINE_ENTRY ("other-major", NULL, zoo_other_major_get_type)
