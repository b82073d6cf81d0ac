/* SPDX-License-Identifier: Apache-2.0 */
/* The manager's own key pair: made once, kept in the state directory. */
#include "config.h"

#include "plugins/ems-ssh/ssh-key.h"

#include <vnfm/vnfm-error.h>

#include <libssh/libssh.h>

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (ssh_key, ssh_key_free, NULL)

static gboolean
make_key (const char *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_auto (ssh_key) key = NULL;
  char *text = NULL;

  if (ssh_pki_generate (SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK ||
      ssh_pki_export_privkey_base64 (key, NULL, NULL, NULL, &text) != SSH_OK) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "libssh could not make a key");
    return FALSE;
  }
  gboolean written = g_file_set_contents_full (
      path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause);
  ssh_string_free_char (text);
  if (!written)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "the new key: %s", cause->message);
  return written;
}

gboolean
ssh_key_ensure (const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!make_key (path, error))
    return FALSE;
  g_message ("made a key to log in to machines with: %s", path);
  return TRUE;
}

char *
ssh_key_dup_public (const char *path, const char *passphrase, const char *comment, GError **error)
{
  g_auto (ssh_key) private_key = NULL;
  g_auto (ssh_key) public_key = NULL;
  char *text = NULL;

  if (ssh_pki_import_privkey_file (path, passphrase, NULL, NULL, &private_key) != SSH_OK ||
      ssh_pki_export_privkey_to_pubkey (private_key, &public_key) != SSH_OK ||
      ssh_pki_export_pubkey_base64 (public_key, &text) != SSH_OK) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s is no private key, or its passphrase is another", path);
    return NULL;
  }
  char *line = g_strdup_printf ("%s %s %s", ssh_key_type_to_char (ssh_key_type (public_key)), text, comment);
  ssh_string_free_char (text);
  return line;
}
