/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <vnfm/vnfm-error.h>

G_DEFINE_QUARK (vnfm - error - quark, vnfm_error)

const char *
vnfm_error_code_get_nick (int code)
{
  static const char *const nicks[] = {
    "failed",      "invalid", "not-found", "not-supported",   "denied", "refused", "timeout", "cancelled",
    "unreachable", "limit",   "script",    "unknown-outcome", "store",  "config",  "plugin",
  };

  return code >= 0 && code < (int)G_N_ELEMENTS (nicks) ? nicks[code] : nicks[VNFM_ERROR_FAILED];
}
