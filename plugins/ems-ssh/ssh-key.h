/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The private key in the file @path; makes an Ed25519 one if there is none. Errors: VNFM_ERROR_STORE. */
gboolean ssh_key_ensure (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The line for authorized_keys that belongs to the private key @path. Returns: (transfer full). Errors:
 * VNFM_ERROR_CONFIG. */
char *ssh_key_dup_public (const char *path, const char *passphrase, const char *comment,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
