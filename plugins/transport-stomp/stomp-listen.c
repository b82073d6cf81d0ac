/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that listen. A port that another process has is a mistake, and said at once; an address that is not there may
 * come later (an interface that is not up yet), and is bound all the same. */
#include "config.h"

#include "plugins/transport-stomp/stomp-listen.h"

#include <netinet/in.h>
#include <string.h>
#include <vnfm/vnfm-error.h>

#define DEFAULT_PORT 61613
#define BACKLOG      1024

static GSocketAddress *
parse_address (const char *text, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (text, DEFAULT_PORT, NULL);
  g_autoptr (GInetAddress) inet = NULL;

  if (connectable != NULL) {
    const char *host = g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable));
    inet = strcmp (host, "localhost") == 0 ? g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4)
                                           : g_inet_address_new_from_string (host);
  }
  if (inet == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "\"%s\" is no ADDRESS:PORT to listen on", text);
    return NULL;
  }
  return g_inet_socket_address_new (inet, g_network_address_get_port (G_NETWORK_ADDRESS (connectable)));
}

/* IP_FREEBIND works for sockets of IPv6, too. */
static gboolean
bind_early (GSocket *socket, GSocketAddress *address, const char *text, GError **error)
{
  if (!g_socket_set_option (socket, IPPROTO_IP, IP_FREEBIND, 1, error) || !g_socket_bind (socket, address, TRUE, error))
    return FALSE;
  g_message ("STOMP: %s is no address of this machine yet: peers get through when it is", text);
  return TRUE;
}

static gboolean
bind_and_listen (GSocket *socket, GSocketAddress *address, const char *text, GError **error)
{
  g_autoptr (GError) local = NULL;

  /* Where both families are wanted, both are named; one that takes the other's port along would be in its way. */
  if (g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6 &&
      !g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, error))
    return FALSE;
  if (!g_socket_bind (socket, address, TRUE, &local)) {
    /* GIO has no code of its own for an address that is not there. */
    if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_FAILED)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    if (!bind_early (socket, address, text, error))
      return FALSE;
  }
  g_socket_set_listen_backlog (socket, BACKLOG);
  g_socket_set_blocking (socket, FALSE);
  return g_socket_listen (socket, error);
}

GSocket *
stomp_listen (const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = parse_address (text, error);
  g_autoptr (GError) local = NULL;

  if (address == NULL)
    return NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &local);
  if (socket != NULL && bind_and_listen (socket, address, text, &local))
    return g_steal_pointer (&socket);
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED,
                 "cannot listen on %s ([stomp] listen): another process has this port", text);
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "cannot listen on %s ([stomp] listen): %s", text,
                 local->message);
  return NULL;
}

char *
stomp_listen_describe (GSocket *socket)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (local);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  guint port = g_inet_socket_address_get_port (inet);

  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]:%u", host, port) : g_strdup_printf ("%s:%u", host, port);
}
