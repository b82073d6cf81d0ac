/* SPDX-License-Identifier: Apache-2.0 */
/* Calls a function that nobody has: it must be refused when it is loaded, not when it gets there. */
#include "config.h"

#include "tests/support/plugins/zoo.h"

void zoo_function_that_nobody_has (gpointer klass);

ZOO_DEFINE_HANDLER (ZooUndefined, zoo_undefined)

static void
zoo_undefined_class_init (ZooUndefinedClass *klass)
{
  zoo_function_that_nobody_has (klass);
}

VNFM_PLUGIN_DECLARE_ABI;
ZOO_DEFINE_ENTRY ("undefined", NULL, zoo_undefined_get_type)
