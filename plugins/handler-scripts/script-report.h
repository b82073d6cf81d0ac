/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-script-result.h>

/* How a failure is told: "script install.sh on web-7 ended with status 1: " and the last lines of what it wrote.
 * Returns: (transfer full) (nullable): NULL for a success; VNFM_ERROR_SCRIPT or VNFM_ERROR_UNKNOWN_OUTCOME. */
GError *script_report_failure (const char *script, const char *hostname, const VnfmScriptResult *result);
/* Prefixes with the script and the host, and turns what is no VNFM_ERROR into one. @error: (transfer full). */
GError *script_report_error (const char *script, const char *hostname, GError *error);
/* One error for several: all are named, the code is the first one's. @errors: (element-type GError): at least one. */
GError *script_report_join (GPtrArray *errors);
