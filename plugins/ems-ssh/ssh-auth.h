/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <libssh/libssh.h>

G_BEGIN_DECLS

/* What we can log in with; each may be missing. */
typedef struct {
  char *identity; /* the key's file */
  ssh_key key;
  char *agent; /* socket */
  char *password;
} SshCredentials;

void ssh_credentials_clear (SshCredentials *self);

/* How far a login has come. Zeroed at the beginning. */
typedef struct {
  guint step;
  gboolean answered; /* keyboard-interactive: the password was given */
  GString *tried;    /* for the message */
} SshAuth;

void ssh_auth_clear (SshAuth *self);

/* Goes on with the login. Returns SSH_OK (logged in), SSH_AGAIN, or SSH_ERROR with
 * VNFM_ERROR_DENIED (everything was refused) or VNFM_ERROR_UNREACHABLE (the connection broke). */
int ssh_auth_step (SshAuth *self, ssh_session session, const SshCredentials *credentials, const char *user,
                   GError **error);

G_END_DECLS
