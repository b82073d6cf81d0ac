/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VnfmError:
 * @VNFM_ERROR_FAILED: none of the others; avoid
 * @VNFM_ERROR_INVALID: data from outside that cannot be meant (JSON, frame, descriptor)
 * @VNFM_ERROR_NOT_FOUND: the named object does not exist
 * @VNFM_ERROR_NOT_SUPPORTED: known, but this program or this peer cannot do it
 * @VNFM_ERROR_DENIED: credentials or permissions
 * @VNFM_ERROR_REFUSED: the NFVO said no (grant, allocation)
 * @VNFM_ERROR_TIMEOUT: a deadline passed
 * @VNFM_ERROR_CANCELLED: somebody asked for the end of it
 * @VNFM_ERROR_UNREACHABLE: no connection to the peer
 * @VNFM_ERROR_LIMIT: larger or more than the configuration allows
 * @VNFM_ERROR_SCRIPT: a script ended with another status than 0
 * @VNFM_ERROR_UNKNOWN_OUTCOME: it was begun, and nobody can say what came of it
 * @VNFM_ERROR_STORE: the journal or another file could not be read or written
 * @VNFM_ERROR_CONFIG: a key-file or a command line is wrong
 * @VNFM_ERROR_PLUGIN: a plugin could not be loaded or started
 *
 * Codes of %VNFM_ERROR, the one error domain. They are stable: append only.
 * The leaf says what failed, each caller prefixes where.
 */
typedef enum {
  VNFM_ERROR_FAILED,
  VNFM_ERROR_INVALID,
  VNFM_ERROR_NOT_FOUND,
  VNFM_ERROR_NOT_SUPPORTED,
  VNFM_ERROR_DENIED,
  VNFM_ERROR_REFUSED,
  VNFM_ERROR_TIMEOUT,
  VNFM_ERROR_CANCELLED,
  VNFM_ERROR_UNREACHABLE,
  VNFM_ERROR_LIMIT,
  VNFM_ERROR_SCRIPT,
  VNFM_ERROR_UNKNOWN_OUTCOME,
  VNFM_ERROR_STORE,
  VNFM_ERROR_CONFIG,
  VNFM_ERROR_PLUGIN,
} VnfmError;

#define VNFM_ERROR (vnfm_error_quark ())
GQuark vnfm_error_quark (void);

const char *vnfm_error_code_get_nick (int code);

G_END_DECLS
