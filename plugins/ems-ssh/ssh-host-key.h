/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-ssh/ssh-settings.h"

#include <libssh/libssh.h>

G_BEGIN_DECLS

/**
 * SshKnownKey:
 * @key: the public key
 * @origin: where that is said: FILE:LINE, or which line of the metadata
 * @revoked: it must never be trusted
 */
typedef struct {
  ssh_key key;
  char *origin;
  gboolean revoked;
} SshKnownKey;

/* Pure: what @text, the content of the file @path, says of the host @name.
 * Returns: (element-type SshKnownKey) (transfer full). */
GPtrArray *ssh_known_hosts_find (const char *text, const char *path, const char *name);
/* Pure: @text without the lines of which @name is the only host. Returns: (transfer full): NULL: it has none. */
char *ssh_known_hosts_without (const char *text, const char *name);

/* The name under which the key of @target is known. Returns: (transfer full). */
char *ssh_host_key_name (const SshSettings *settings, const SshTarget *target);
/* All that is known of @target. Errors: VNFM_ERROR_REFUSED (a file that cannot be read, bad metadata).
 * Returns: (element-type SshKnownKey) (transfer full). */
GPtrArray *ssh_host_key_known (const SshSettings *settings, const SshTarget *target, GError **error);
/* The algorithms to ask the server for, those of known keys first: a server shows one of its keys only.
 * Returns: (transfer full). */
char *ssh_host_key_preference (GPtrArray *known);
/* Whether the policy trusts @key; may note it in the file. Errors: VNFM_ERROR_REFUSED (another one is known),
 * VNFM_ERROR_DENIED (none is known), VNFM_ERROR_STORE. */
gboolean ssh_host_key_check (const SshSettings *settings, const SshTarget *target, ssh_key key, GError **error);

/* Returns: (transfer full): "ssh-ed25519 SHA256:...". */
char *ssh_host_key_fingerprint (ssh_key key);

G_END_DECLS
