/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* The process number of the init of the machine that is called @hostname, or of the only machine of the VNF @hostname,
 * in a run below @base. Returns: 0 with an error. Errors: VNFM_ERROR_NOT_FOUND: there is none, with those that are;
 * VNFM_ERROR_INVALID: there are several. */
int nfvo_enter_find (const char *base, const char *hostname, GError **error);

/* "vnfm-nfvo enter"; returns the exit status, or becomes the command. */
int nfvo_enter_main (int argc, char **argv);

G_END_DECLS
