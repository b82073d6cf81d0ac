/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/ctl/client.h"

#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-json.h>

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/un.h>

#define PATIENCE_SECONDS 10
#define ANSWER_MOST      (64 * 1024 * 1024)

/* What the operator can do about it. */
static void
explain (const char *path, const GError *cause, GError **error)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE,
                 "there is no vnfmd at %s: start it, or name its control-socket with --socket", path);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "vnfmd at %s does not run any more: start it", path);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE,
                 "you may not use %s: ask as root, as the user of vnfmd, or as a member of its control-group", path);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_TIMEOUT, "vnfmd at %s has not answered for %d seconds", path,
                 PATIENCE_SECONDS);
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "cannot talk to vnfmd at %s: %s", path, cause->message);
}

/* (transfer full): at most as much as an answer may be. */
static GBytes *
read_all (GInputStream *stream, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 buffer[16384];
  gssize length;

  while ((length = g_input_stream_read (stream, buffer, sizeof buffer, NULL, error)) > 0) {
    if (all->len + (gsize)length > ANSWER_MOST) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "the answer is longer than %d MiB",
                   ANSWER_MOST / 1024 / 1024);
      return NULL;
    }
    g_byte_array_append (all, buffer, (guint)length);
  }
  return length == 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&all)) : NULL;
}

/* The error that vnfmd reports. */
static void
take_error (JsonObject *answer, guint status, GError **error)
{
  JsonObject *member = vnfm_json_get_object (answer, "error");
  const char *text = member != NULL ? vnfm_json_get_string (member, "message") : NULL;
  int code = status == SOUP_STATUS_NOT_FOUND   ? VNFM_ERROR_NOT_FOUND
             : status == SOUP_STATUS_FORBIDDEN ? VNFM_ERROR_DENIED
                                               : VNFM_ERROR_FAILED;

  if (text != NULL)
    g_set_error_literal (error, VNFM_ERROR, code, text);
  else
    g_set_error (error, VNFM_ERROR, code, "vnfmd answered with HTTP status %u", status);
}

JsonObject *
client_get (const char *path, const char *resource, char **text, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *uri = g_strconcat ("http://localhost", resource, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, uri);

  if (strlen (path) >= sizeof ((struct sockaddr_un){ 0 }.sun_path)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s is too long for the path of a socket", path);
    return NULL;
  }
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (SoupSession) session =
      soup_session_new_with_options ("remote-connectable", address, "timeout", PATIENCE_SECONDS, NULL);
  g_autoptr (GInputStream) stream = soup_session_send (session, message, NULL, &cause);
  g_autoptr (GBytes) body = stream != NULL ? read_all (stream, &cause) : NULL;
  if (body == NULL) {
    explain (path, cause, error);
    return NULL;
  }
  g_autoptr (JsonNode) node = vnfm_json_parse (body, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "what answers at %s is not vnfmd", path);
    return NULL;
  }
  if (soup_message_get_status (message) != SOUP_STATUS_OK) {
    take_error (json_node_get_object (node), soup_message_get_status (message), error);
    return NULL;
  }
  if (text != NULL)
    *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  return json_node_dup_object (node);
}
