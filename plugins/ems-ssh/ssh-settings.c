/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-ssh/ssh-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <vnfm/vnfm-error.h>

/* A private key is small. */
#define MAX_KEY (64 * 1024)

SshTarget *
ssh_target_copy (const SshTarget *target)
{
  SshTarget *copy = g_new (SshTarget, 1);

  *copy = (SshTarget){
    .name = g_strdup (target->name),
    .host = g_strdup (target->host),
    .port = target->port,
    .user = g_strdup (target->user),
    .key_name = g_strdup (target->key_name),
    .host_keys = (const char *const *)g_strdupv ((GStrv)target->host_keys),
  };
  return copy;
}

void
ssh_target_free (SshTarget *target)
{
  g_free ((char *)target->name);
  g_free ((char *)target->host);
  g_free ((char *)target->user);
  g_free ((char *)target->key_name);
  g_strfreev ((GStrv)target->host_keys);
  g_free (target);
}

/* [USER@]HOST[:PORT]; an IPv6 address in brackets where a port follows. */
static SshTarget *
parse_jump (const char *text, GError **error)
{
  const char *at = strrchr (text, '@');
  g_autofree char *user = at != NULL ? g_strndup (text, (gsize)(at - text)) : NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (GSocketConnectable) address = g_network_address_parse (at != NULL ? at + 1 : text, 22, &cause);

  if (address == NULL || (user != NULL && *user == '\0')) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "jump-host in [ssh]: \"%s\" is not [USER@]HOST[:PORT]", text);
    return NULL;
  }
  g_autofree char *name =
      g_strdup_printf ("jump host %s", g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  SshTarget target = {
    .name = name,
    .host = g_network_address_get_hostname (G_NETWORK_ADDRESS (address)),
    .port = g_network_address_get_port (G_NETWORK_ADDRESS (address)),
    .user = user,
  };
  return ssh_target_copy (&target);
}

static gboolean
load_identity (SshCredentials *self, const char *path, const char *passphrase, GError **error)
{
  g_autoptr (GError) cause = NULL;
  struct stat info;
  char *text = NULL;

  if (stat (path, &info) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "identity in [ssh]: %s: %s", path, g_strerror (errno));
    return FALSE;
  }
  if (!S_ISREG (info.st_mode) || info.st_size > MAX_KEY || (info.st_mode & 077) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG,
                 "identity in [ssh]: %s must be a private key that only its owner may read (mode 0600)", path);
    return FALSE;
  }
  if (!g_file_get_contents (path, &text, NULL, &cause)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "identity in [ssh]: %s", cause->message);
    return FALSE;
  }
  int rc = ssh_pki_import_privkey_base64 (text, passphrase, NULL, NULL, &self->key);
  explicit_bzero (text, strlen (text));
  g_free (text);
  if (rc != SSH_OK) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG,
                 "identity in [ssh]: %s is no private key, or its passphrase is %s", path,
                 passphrase != NULL ? "another" : "missing");
    return FALSE;
  }
  self->identity = g_strdup (path);
  return TRUE;
}

static gboolean
load_credentials (SshCredentials *self, VnfmProfile *profile, GError **error)
{
  const char *identity = vnfm_profile_get_string (profile, SSH_GROUP, "identity");

  if (identity != NULL &&
      !load_identity (self, identity, vnfm_profile_get_string (profile, SSH_GROUP, "passphrase"), error))
    return FALSE;
  self->agent = g_strdup (vnfm_profile_get_string (profile, SSH_GROUP, "agent"));
  self->password = g_strdup (vnfm_profile_get_string (profile, SSH_GROUP, "password"));
  if (self->key == NULL && self->agent == NULL && self->password == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG,
                 "nothing to log in with: set identity, agent or password-file in [ssh]");
    return FALSE;
  }
  return TRUE;
}

/* A whole number in a range; @name is a key. */
static gboolean
load_number (VnfmProfile *profile, const char *name, gint64 most, guint *number, GError **error)
{
  gint64 value = vnfm_profile_get_int (profile, SSH_GROUP, name);

  if (value < 1 || value > most) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s in [ssh] must be from 1 to %" G_GINT64_FORMAT, name, most);
    return FALSE;
  }
  *number = (guint)value;
  return TRUE;
}

static SshHostKeys
parse_policy (const char *text)
{
  if (strcmp (text, "strict") == 0)
    return SSH_HOST_KEYS_STRICT;
  return strcmp (text, "metadata") == 0 ? SSH_HOST_KEYS_METADATA : SSH_HOST_KEYS_ACCEPT_NEW;
}

static gboolean
load (SshSettings *self, VnfmProfile *profile, const char *state_dir, GError **error)
{
  const char *file = vnfm_profile_get_string (profile, SSH_GROUP, "known-hosts");
  const char *jump = vnfm_profile_get_string (profile, SSH_GROUP, "jump-host");
  guint port = 0;

  self->user = g_strdup (vnfm_profile_get_string (profile, SSH_GROUP, "user"));
  self->host_keys = parse_policy (vnfm_profile_get_string (profile, SSH_GROUP, "host-keys"));
  if (file != NULL)
    self->known_hosts = g_strdup (file);
  else if (state_dir != NULL)
    self->known_hosts = g_build_filename (state_dir, "ssh.known_hosts", NULL);
  self->connect_timeout = vnfm_profile_get_duration (profile, SSH_GROUP, "connect-timeout");
  self->keepalive = vnfm_profile_get_duration (profile, SSH_GROUP, "keepalive");
  self->idle_timeout = vnfm_profile_get_duration (profile, SSH_GROUP, "idle-timeout");
  if (!load_number (profile, "port", G_MAXUINT16, &port, error) ||
      !load_number (profile, "keepalive-count", 1000, &self->keepalive_count, error) ||
      !load_number (profile, "max-sessions", 1000, &self->max_sessions, error) ||
      !load_number (profile, "max-connections", 20000, &self->max_connections, error) ||
      !load_number (profile, "max-opening", 1000, &self->max_opening, error))
    return FALSE;
  self->port = (guint16)port;
  if (self->connect_timeout <= 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "connect-timeout in [ssh] must be more than 0");
    return FALSE;
  }
  if (jump != NULL) {
    self->jump = parse_jump (jump, error);
    if (self->jump == NULL)
      return FALSE;
  }
  self->poll = vnfm_poll_new (error);
  return self->poll != NULL && load_credentials (&self->credentials, profile, error);
}

static void
log_line (int priority, const char *function, const char *text, void *user_data)
{
  g_debug ("libssh: %s", text);
}

SshSettings *
ssh_settings_new (VnfmProfile *profile, VnfmClock *clock, const char *state_dir, GError **error)
{
  g_autoptr (SshSettings) self = g_rc_box_new0 (SshSettings);

  /* Warnings only: what comes below them may hold what is sent. */
  ssh_set_log_callback (log_line);
  ssh_set_log_level (SSH_LOG_WARN);
  self->clock = g_object_ref (clock);
  self->jump_waiting = g_ptr_array_new_with_free_func (g_object_unref);
  return load (self, profile, state_dir, error) ? g_steal_pointer (&self) : NULL;
}

SshSettings *
ssh_settings_ref (SshSettings *self)
{
  return g_rc_box_acquire (self);
}

static void
settings_clear (gpointer data)
{
  SshSettings *self = data;

  if (self->jump_link != NULL)
    g_object_remove_weak_pointer (G_OBJECT (self->jump_link), (gpointer *)&self->jump_link);
  g_ptr_array_unref (self->jump_waiting);
  g_clear_pointer (&self->jump, ssh_target_free);
  g_clear_pointer (&self->poll, vnfm_poll_unref);
  ssh_credentials_clear (&self->credentials);
  g_free (self->known_hosts);
  g_free (self->user);
  g_object_unref (self->clock);
}

void
ssh_settings_unref (SshSettings *self)
{
  g_rc_box_release_full (self, settings_clear);
}
