/* SPDX-License-Identifier: Apache-2.0 */
/* A shared object that is no plugin at all. */
#include "config.h"

#include <gmodule.h>

G_MODULE_EXPORT int zoo_answer (void);

int
zoo_answer (void)
{
  return 42;
}
