/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-clock.h>

G_BEGIN_DECLS

/* The site secret and what is made of it: the token by which a VNFR's machines prove that they got their user data
 * from this manager. No state but the secret itself. protocol/ems-extensions.md (registration). */

/* Reads @folder/secret; where there is none, makes one (32 random bytes in hex, mode 0600). Errors: VNFM_ERROR_STORE
 * (not readable, not writable), VNFM_ERROR_CONFIG (others can read it, too short). Returns: (transfer full). */
char *agent_secret_load (const char *folder, VnfmClock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HMAC-SHA256 (@secret, @vnfr_id) in hex. Returns: (transfer full). */
char *agent_secret_token (const char *secret, const char *vnfr_id);
/* Takes as long for a right token as for a wrong one of its length. */
gboolean agent_secret_equal (const char *token, const char *shown);
/* What is kept of a token: its SHA-256 in hex. Returns: (transfer full). */
char *agent_secret_hash (const char *token);

G_END_DECLS
