/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "vnfmctl check-package": needs no running vnfmd. @scripts: (nullable): folder of the scripts of descriptors that lie
 * in no package. Returns: the exit status. */
int check_package (char **paths, const char *scripts, gboolean json, gboolean strict);

G_END_DECLS
