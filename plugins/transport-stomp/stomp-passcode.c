/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/transport-stomp/stomp-passcode.h"

#include <gio/gio.h>
#include <string.h>
#include <vnfm/vnfm-error.h>

#define FILE_NAME    "stomp.passcode"
#define SECRET_BYTES 24

gboolean
stomp_passcode_write (const char *folder, const char *name, const char *line, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  g_autoptr (GError) cause = NULL;

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &cause))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s", cause->message);
  return FALSE;
}

char *
stomp_passcode_get (VnfmClock *clock, const char *folder, GError **error)
{
  g_autofree char *path = folder != NULL ? g_build_filename (folder, FILE_NAME, NULL) : NULL;
  g_autoptr (GError) cause = NULL;
  char *text = NULL;
  guint8 bytes[SECRET_BYTES];

  if (path == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "[stomp] passcode-generate needs a state directory");
    return NULL;
  }
  if (g_file_get_contents (path, &text, NULL, &cause) && *g_strchomp (text) != '\0')
    return text;
  if (cause != NULL && !g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s", cause->message);
    return NULL;
  }
  g_free (text);
  vnfm_clock_fill_random (clock, bytes, sizeof bytes);
  GString *hex = g_string_new (NULL);
  for (gsize i = 0; i < sizeof bytes; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  text = g_string_free (hex, FALSE);
  if (stomp_passcode_write (folder, FILE_NAME, text, error))
    return text;
  g_free (text);
  return NULL;
}
