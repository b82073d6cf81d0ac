/* SPDX-License-Identifier: Apache-2.0 */
/* Which host keys are trusted. The file has the format of OpenSSH's known_hosts; libssh understands a line of it, the
 * rest is done here, because an error must name the line. */
#include "config.h"

#include "plugins/ems-ssh/ssh-host-key.h"

#include "plugins/ems-ssh/ssh-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vnfm/vnfm-error.h>

#define ALL_ALGORITHMS \
  "ssh-ed25519,ecdsa-sha2-nistp521,ecdsa-sha2-nistp384,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256"

/* Of what is read as a file of known hosts. */
#define MAX_FILE (64 * 1024 * 1024)

static void
known_key_free (gpointer data)
{
  SshKnownKey *self = data;

  ssh_key_free (self->key);
  g_free (self->origin);
  g_free (self);
}

static void
add_known (GPtrArray *known, ssh_key key, char *origin, gboolean revoked)
{
  SshKnownKey *entry = g_new (SshKnownKey, 1);

  *entry = (SshKnownKey){ key, origin, revoked };
  g_ptr_array_add (known, entry);
}

char *
ssh_host_key_fingerprint (ssh_key key)
{
  unsigned char *hash = NULL;
  size_t length = 0;

  if (ssh_get_publickey_hash (key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != SSH_OK)
    return g_strdup (ssh_key_type_to_char (ssh_key_type (key)));
  char *print = ssh_get_fingerprint_hash (SSH_PUBLICKEY_HASH_SHA256, hash, length);
  char *text = g_strdup_printf ("%s %s", ssh_key_type_to_char (ssh_key_type (key)), print);
  ssh_string_free_char (print);
  ssh_clean_pubkey_hash (&hash);
  return text;
}

/* One line: FALSE if it says nothing of @name. */
static gboolean
read_line (const char *line, const char *name, ssh_key *key, gboolean *revoked)
{
  struct ssh_knownhosts_entry *entry = NULL;

  while (*line == ' ' || *line == '\t')
    line++;
  *revoked = g_str_has_prefix (line, "@revoked ");
  if (*revoked)
    line += strlen ("@revoked ");
  /* Certificates of hosts are not understood here. */
  if (*line == '\0' || *line == '#' || *line == '@')
    return FALSE;
  if (ssh_known_hosts_parse_line (name, line, &entry) != SSH_OK)
    return FALSE;
  *key = g_steal_pointer (&entry->publickey);
  ssh_knownhosts_entry_free (entry);
  return *key != NULL;
}

GPtrArray *
ssh_known_hosts_find (const char *text, const char *path, const char *name)
{
  GPtrArray *known = g_ptr_array_new_with_free_func (known_key_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    ssh_key key = NULL;
    gboolean revoked;
    g_strchomp (lines[i]);
    if (read_line (lines[i], name, &key, &revoked))
      add_known (known, key, g_strdup_printf ("%s:%u", path, i + 1), revoked);
  }
  return known;
}

char *
ssh_known_hosts_without (const char *text, const char *name)
{
  g_autoptr (GString) rest = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *prefix = g_strconcat (name, " ", NULL);
  gboolean found = FALSE;

  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], prefix)) {
      found = TRUE;
      continue;
    }
    g_string_append (rest, lines[i]);
    if (lines[i + 1] != NULL)
      g_string_append_c (rest, '\n');
  }
  return found ? g_string_free (g_steal_pointer (&rest), FALSE) : NULL;
}

char *
ssh_host_key_name (const SshSettings *settings, const SshTarget *target)
{
  guint16 port = target->port != 0 ? target->port : settings->port;

  if (target->key_name != NULL)
    return g_strdup (target->key_name);
  g_autofree char *host = g_ascii_strdown (target->host, -1);
  return port == 22 ? g_steal_pointer (&host) : g_strdup_printf ("[%s]:%u", host, port);
}

static char *
read_file (const char *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  struct stat info;
  char *text = NULL;

  if (stat (path, &info) == 0 && info.st_size > MAX_FILE) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "%s is larger than %d bytes", path, MAX_FILE);
    return NULL;
  }
  if (g_file_get_contents (path, &text, NULL, &cause))
    return text;
  if (g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_strdup ("");
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "the known host keys cannot be read: %s", cause->message);
  return NULL;
}

static GPtrArray *
from_metadata (const SshTarget *target, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new_with_free_func (known_key_free);

  for (guint i = 0; target->host_keys != NULL && target->host_keys[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit_set (target->host_keys[i], " \t", 3);
    enum ssh_keytypes_e type = words[0] != NULL ? ssh_key_type_from_name (words[0]) : SSH_KEYTYPE_UNKNOWN;
    ssh_key key = NULL;
    if (type == SSH_KEYTYPE_UNKNOWN || words[1] == NULL ||
        ssh_pki_import_pubkey_base64 (words[1], type, &key) != SSH_OK) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "line %u of the host keys in its metadata is no public key",
                   i + 1);
      return NULL;
    }
    add_known (known, key, g_strdup_printf ("line %u of its metadata", i + 1), FALSE);
  }
  return g_steal_pointer (&known);
}

/* The metadata speaks of machines, not of the jump host. */
static gboolean
asks_metadata (const SshSettings *settings, const SshTarget *target)
{
  return settings->host_keys == SSH_HOST_KEYS_METADATA && target != settings->jump;
}

GPtrArray *
ssh_host_key_known (const SshSettings *settings, const SshTarget *target, GError **error)
{
  if (asks_metadata (settings, target))
    return from_metadata (target, error);
  if (settings->known_hosts == NULL)
    return g_ptr_array_new_with_free_func (known_key_free);

  g_autofree char *name = ssh_host_key_name (settings, target);
  g_autofree char *text = read_file (settings->known_hosts, error);
  return text != NULL ? ssh_known_hosts_find (text, settings->known_hosts, name) : NULL;
}

char *
ssh_host_key_preference (GPtrArray *known)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_auto (GStrv) all = g_strsplit (ALL_ALGORITHMS, ",", -1);

  for (int wanted = 1; wanted >= 0; wanted--) {
    for (guint i = 0; all[i] != NULL; i++) {
      const char *type = g_str_has_prefix (all[i], "rsa-") ? "ssh-rsa" : all[i];
      gboolean is_known = FALSE;
      for (guint k = 0; k < known->len; k++) {
        SshKnownKey *entry = g_ptr_array_index (known, k);
        is_known |= !entry->revoked && g_strcmp0 (ssh_key_type_to_char (ssh_key_type (entry->key)), type) == 0;
      }
      if (is_known == wanted)
        g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", all[i]);
    }
  }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* A name that is a pattern, or several, would let one machine speak for others. */
static gboolean
is_plain_name (const char *name)
{
  return *name != '\0' && *name != '#' && *name != '@' && *name != '|' && strpbrk (name, " \t\r\n,*?!") == NULL;
}

static gboolean
append_line (const char *path, const char *line, GError **error)
{
  int fd = open (path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  gsize length = strlen (line);
  struct stat info;
  char last = '\n';

  if (fd < 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s: %s", path, g_strerror (errno));
    return FALSE;
  }
  /* A torn line at the end must not swallow this one. */
  if (fstat (fd, &info) == 0 && info.st_size > 0 && pread (fd, &last, 1, info.st_size - 1) != 1)
    last = '\n';
  gboolean good = (last == '\n' || write (fd, "\n", 1) == 1) && write (fd, line, length) == (gssize)length;
  if (!good)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s: %s", path, g_strerror (errno));
  close (fd);
  return good;
}

static gboolean
remember (const SshSettings *settings, const SshTarget *target, const char *name, ssh_key key, GError **error)
{
  char *base64 = NULL;

  if (settings->known_hosts == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "there is no file for new host keys: set known-hosts in [ssh]");
    return FALSE;
  }
  if (!is_plain_name (name)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "\"%s\" is no name for a line of %s", name,
                 settings->known_hosts);
    return FALSE;
  }
  if (ssh_pki_export_pubkey_base64 (key, &base64) != SSH_OK) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "its host key cannot be written as text");
    return FALSE;
  }
  g_autofree char *line = g_strdup_printf ("%s %s %s\n", name, ssh_key_type_to_char (ssh_key_type (key)), base64);
  ssh_string_free_char (base64);
  if (!append_line (settings->known_hosts, line, error))
    return FALSE;
  g_autofree char *print = ssh_host_key_fingerprint (key);
  g_message ("SSH: %s is new: its host key %s is now in %s as %s", target->name != NULL ? target->name : target->host,
             print, settings->known_hosts, name);
  return TRUE;
}

gboolean
ssh_host_key_check (const SshSettings *settings, const SshTarget *target, ssh_key key, GError **error)
{
  g_autoptr (GPtrArray) known = ssh_host_key_known (settings, target, error);
  g_autofree char *print = ssh_host_key_fingerprint (key);
  g_autofree char *name = ssh_host_key_name (settings, target);
  SshKnownKey *match = NULL;

  if (known == NULL)
    return FALSE;
  for (guint i = 0; i < known->len; i++) {
    SshKnownKey *entry = g_ptr_array_index (known, i);
    gboolean same = ssh_key_cmp (entry->key, key, SSH_KEY_CMP_PUBLIC) == 0;
    if (same && entry->revoked) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "its host key %s is revoked by %s", print, entry->origin);
      return FALSE;
    }
    if (same)
      match = entry;
  }
  if (match != NULL)
    return TRUE;
  for (guint i = 0; i < known->len; i++) {
    SshKnownKey *entry = g_ptr_array_index (known, i);
    if (entry->revoked)
      continue;
    g_autofree char *old = ssh_host_key_fingerprint (entry->key);
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED,
                 "its host key has changed: it shows %s, %s has %s; if the machine was made anew, remove that line; "
                 "else somebody stands between",
                 print, entry->origin, old);
    return FALSE;
  }
  if (asks_metadata (settings, target)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "its host key %s is not known: its metadata has no host key",
                 print);
    return FALSE;
  }
  if (settings->host_keys == SSH_HOST_KEYS_ACCEPT_NEW)
    return remember (settings, target, name, key, error);
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "its host key %s is not known: %s has no line for %s", print,
               settings->known_hosts != NULL ? settings->known_hosts : "(no file)", name);
  return FALSE;
}

gboolean
ssh_settings_forget_host (SshSettings *self, const char *key_name, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *text = NULL;

  if (self->host_keys != SSH_HOST_KEYS_ACCEPT_NEW || self->known_hosts == NULL)
    return TRUE;
  text = read_file (self->known_hosts, &cause);
  g_autofree char *rest = text != NULL ? ssh_known_hosts_without (text, key_name) : NULL;
  if (text != NULL && (rest == NULL || g_file_set_contents_full (self->known_hosts, rest, -1,
                                                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, &cause)))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s", cause->message);
  return FALSE;
}
