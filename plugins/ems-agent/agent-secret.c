/* SPDX-License-Identifier: Apache-2.0 */
/* The site secret: one file, made once, readable by its owner only. */
#include "config.h"

#include "plugins/ems-agent/agent-secret.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <vnfm/vnfm-error.h>

#define SECRET_BYTES   32
#define SECRET_LEAST   32 /* characters: an operator may bring another one */
#define SECRET_AT_MOST 4096

static char *
make (const char *path, VnfmClock *clock, GError **error)
{
  guint8 bytes[SECRET_BYTES];
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) local = NULL;

  vnfm_clock_fill_random (clock, bytes, sizeof bytes);
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  if (!g_file_set_contents_full (path, text->str, (gssize)text->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &local)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot write the site secret: %s", local->message);
    return NULL;
  }
  g_message ("made a new site secret in %s", path);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
agent_secret_load (const char *folder, VnfmClock *clock, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "secret", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  GStatBuf status;

  if (g_stat (path, &status) != 0) {
    if (errno == ENOENT)
      return make (path, clock, error);
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "the site secret %s: %s", path, g_strerror (errno));
    return NULL;
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "the site secret %s is open to others (mode %04o, wanted 0600)",
                 path, (guint)status.st_mode & 07777);
    return NULL;
  }
  if (status.st_size > SECRET_AT_MOST) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "the site secret %s is longer than %d bytes", path,
                 SECRET_AT_MOST);
    return NULL;
  }
  if (!g_file_get_contents (path, &text, NULL, &local)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot read the site secret: %s", local->message);
    return NULL;
  }
  g_strstrip (text);
  if (strlen (text) < SECRET_LEAST) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "the site secret %s is shorter than %d characters", path,
                 SECRET_LEAST);
    return NULL;
  }
  return g_steal_pointer (&text);
}

char *
agent_secret_token (const char *secret, const char *vnfr_id)
{
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *)secret, strlen (secret), vnfr_id, -1);
}

gboolean
agent_secret_equal (const char *token, const char *shown)
{
  gsize length = strlen (token);
  guint8 difference = 0;

  if (strlen (shown) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    difference |= (guint8)(token[i] ^ shown[i]);
  return difference == 0;
}

char *
agent_secret_hash (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}
