/* SPDX-License-Identifier: Apache-2.0 */
/* VNF packages and descriptors are checked by core/package, where that is built. */
#include "config.h"

#include "core/ctl/check-package.h"

#include <stdio.h>

#ifdef HAVE_PACKAGES

#include "core/package/check.h"

int
check_package (char **paths, const char *scripts, gboolean json, gboolean strict)
{
  const NfvoLoadOptions load = { NULL, scripts };

  return nfvo_check_files (paths, &load, json, strict);
}

#else

int
check_package (char **paths, const char *scripts, gboolean json, gboolean strict)
{
  fputs ("vnfmctl: it was built without the reading of packages (configure --enable-packages)\n", stderr);
  return 1;
}

#endif
