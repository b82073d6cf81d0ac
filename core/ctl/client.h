/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Asks the local API of a running vnfmd at the socket @path for @resource ("/v1/status") and waits for the answer.
 * @text: (out) (optional) (transfer full): the answer as it came.
 * Returns: (transfer full): errors: VNFM_ERROR_UNREACHABLE (nobody there: the message says what to do),
 * VNFM_ERROR_TIMEOUT (no answer), VNFM_ERROR_INVALID (that is no vnfmd), or what vnfmd says. */
JsonObject *client_get (const char *path, const char *resource, char **text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
