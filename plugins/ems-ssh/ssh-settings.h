/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-poll.h>
#include <vnfm/vnfm-profile.h>

G_BEGIN_DECLS

#define SSH_GROUP "ssh"

/* The keys that the connections read, for the plugin's table of keys. */
#define SSH_SETTINGS_KEYS                                                                                              \
  { SSH_GROUP, "user", VNFM_KEY_STRING, "root", "login name on the machines" },                                        \
      { SSH_GROUP, "port", VNFM_KEY_INT, "22", "port of their SSH servers" },                                          \
      { SSH_GROUP, "identity", VNFM_KEY_PATH, NULL, "private key to log in with" },                                    \
      { SSH_GROUP, "passphrase", VNFM_KEY_STRING, NULL, "passphrase of that key", VNFM_KEY_SECRET },                   \
      { SSH_GROUP, "agent", VNFM_KEY_PATH, NULL, "socket of an ssh-agent to log in with" },                            \
      { SSH_GROUP, "password", VNFM_KEY_STRING, NULL, "password to log in with", VNFM_KEY_SECRET },                    \
      { SSH_GROUP,                                                                                                     \
        "host-keys",                                                                                                   \
        VNFM_KEY_CHOICE,                                                                                               \
        "accept-new",                                                                                                  \
        "which host keys are trusted",                                                                                 \
        .choices = "strict|accept-new|metadata" },                                                                     \
      { SSH_GROUP, "known-hosts", VNFM_KEY_PATH, NULL,                                                                 \
        "file of known host keys; default: ssh.known_hosts of the state directory" },                                  \
      { SSH_GROUP, "connect-timeout", VNFM_KEY_DURATION, "20s", "how long a connection and its login may take" },      \
      { SSH_GROUP, "keepalive", VNFM_KEY_DURATION, "15s",                                                              \
        "how long a connection may be silent before it is asked; 0: no asking" },                                      \
      { SSH_GROUP, "keepalive-count", VNFM_KEY_INT, "3", "questions without an answer before it is given up" },        \
      { SSH_GROUP, "max-sessions", VNFM_KEY_INT, "10", "commands at a time over one connection (sshd: MaxSessions)" }, \
      { SSH_GROUP, "max-connections", VNFM_KEY_INT, "1000", "connections at a time" },                                 \
      { SSH_GROUP, "max-opening", VNFM_KEY_INT, "16", "connections that are being opened at a time" },                 \
      { SSH_GROUP, "idle-timeout", VNFM_KEY_DURATION, "60s", "how long a connection without commands is kept" },       \
      { SSH_GROUP, "jump-host", VNFM_KEY_STRING, NULL, "[USER@]HOST[:PORT] through which the machines are reached" },

/**
 * SshHostKeys:
 * @SSH_HOST_KEYS_STRICT: what the file of known hosts says; the file is never written
 * @SSH_HOST_KEYS_ACCEPT_NEW: so, but the key of a machine seen for the first time is added to the file
 * @SSH_HOST_KEYS_METADATA: the keys that the target names (a jump host: the file, strictly)
 *
 * Under each of them a key other than the known one is refused.
 */
typedef enum {
  SSH_HOST_KEYS_STRICT,
  SSH_HOST_KEYS_ACCEPT_NEW,
  SSH_HOST_KEYS_METADATA,
} SshHostKeys;

/**
 * SshTarget:
 * @name: what log and errors call it: a machine's name
 * @host: address or host name to connect to
 * @port: 0: the settings'
 * @user: (nullable): NULL: the settings'
 * @key_name: (nullable): the name under which its host key is known (OpenSSH: HostKeyAlias); NULL: @host, with the port
 *   where it is not 22. Give the machine's id where addresses are used again
 * @host_keys: (nullable): lines "TYPE BASE64 [COMMENT]", for SSH_HOST_KEYS_METADATA
 *
 * Where to connect to. Borrowed during a call; ssh_target_copy() makes one that lives on.
 */
typedef struct {
  const char *name;
  const char *host;
  guint16 port;
  const char *user;
  const char *key_name;
  const char *const *host_keys;
} SshTarget;

SshTarget *ssh_target_copy (const SshTarget *target);
void ssh_target_free (SshTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SshTarget, ssh_target_free)

/**
 * SshSettings:
 *
 * What all connections share: credentials, limits, known hosts, the way through a jump host, clock and poll source.
 * Reference counted. Secrets stay inside.
 */
typedef struct _SshSettings SshSettings;

/* Reads the group "ssh" of @profile, and the private key. @state_dir: (nullable): where ssh.known_hosts is kept.
 * Errors: VNFM_ERROR_CONFIG (a key that cannot be read, no way to log in, a bad jump host). */
SshSettings *ssh_settings_new (VnfmProfile *profile, VnfmClock *clock, const char *state_dir,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
SshSettings *ssh_settings_ref (SshSettings *self);
void ssh_settings_unref (SshSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SshSettings, ssh_settings_unref)

/* Drops what the file of known hosts says of @key_name: the machine is gone. Not under SSH_HOST_KEYS_STRICT.
 * Errors: VNFM_ERROR_STORE. */
gboolean ssh_settings_forget_host (SshSettings *self, const char *key_name, GError **error);

G_END_DECLS
