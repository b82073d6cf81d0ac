/* SPDX-License-Identifier: Apache-2.0 */
/* The socket file and who may use it. The file's mode keeps most away; the kernel's word on the peer decides. */
#include "config.h"

#include "core/daemon/local-socket.h"

#include <vnfm/vnfm-error.h>

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 32

/* More groups than that no user is in. */
#define GROUPS_MOST 65536

gboolean
local_socket_find_group (const char *name, gid_t *group, GError **error)
{
  struct group entry, *found = NULL;
  g_autofree char *buffer = g_malloc (1024 * 1024);

  if (getgrnam_r (name, &entry, buffer, 1024 * 1024, &found) != 0 || found == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "[vnfmd] control-group: there is no group \"%s\"", name);
    return FALSE;
  }
  *group = entry.gr_gid;
  return TRUE;
}

/* A dead process leaves its socket: nobody accepts there. */
static gboolean
remove_stale (const char *path, GSocketAddress *address, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GSocket) probe = NULL;
  GStatBuf st;

  if (g_lstat (path, &st) != 0)
    return TRUE;
  if (!S_ISSOCK (st.st_mode)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "control socket %s: there is a file of this name", path);
    return FALSE;
  }
  probe = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &cause);
  if (probe != NULL && g_socket_connect (probe, address, NULL, &cause)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "control socket %s: another process listens there", path);
    return FALSE;
  }
  if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "control socket %s: cannot see who owns it: %s", path,
                 cause->message);
    return FALSE;
  }
  if (g_unlink (path) == 0)
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "control socket %s: cannot remove the old one: %s", path,
               g_strerror (errno));
  return FALSE;
}

GSocket *
local_socket_listen (const char *path, gid_t group, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) self = NULL;

  /* GLib would cut a longer one. */
  if (strlen (path) >= sizeof ((struct sockaddr_un){ 0 }.sun_path)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "control socket %s: the path is too long (%d bytes at most)",
                 path, (int)sizeof ((struct sockaddr_un){ 0 }.sun_path) - 1);
    return NULL;
  }
  if (g_mkdir_with_parents (folder, 0755) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "control socket %s: cannot make its folder: %s", path,
                 g_strerror (errno));
    return NULL;
  }
  if (!remove_stale (path, address, error))
    return NULL;
  self = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  mode_t old = umask (0117);
  gboolean ok = self != NULL && g_socket_bind (self, address, TRUE, error);
  umask (old);
  /* Nobody gets in before it listens. */
  if (ok && group != (gid_t)-1 && chown (path, (uid_t)-1, group) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "cannot give it to the group %u: %s", (guint)group,
                 g_strerror (errno));
    g_unlink (path);
    ok = FALSE;
  }
  if (ok) {
    g_socket_set_listen_backlog (self, BACKLOG);
    ok = g_socket_listen (self, error);
  }
  if (ok)
    return g_steal_pointer (&self);
  g_prefix_error (error, "control socket %s: ", path);
  return NULL;
}

static gboolean
is_in_group (int fd, gid_t primary, gid_t group)
{
  g_autofree gid_t *groups = NULL;
  socklen_t length = 0;

  if (primary == group)
    return TRUE;
  /* The first call tells the length. */
  if (getsockopt (fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &length) == 0 || errno != ERANGE ||
      length > GROUPS_MOST * sizeof (gid_t))
    return FALSE;
  groups = g_malloc (length);
  if (getsockopt (fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0)
    return FALSE;
  for (guint i = 0; i < length / sizeof (gid_t); i++)
    if (groups[i] == group)
      return TRUE;
  return FALSE;
}

gboolean
local_socket_may_ask (GSocket *connection, gid_t group)
{
  int fd = g_socket_get_fd (connection);
  struct ucred peer;
  socklen_t length = sizeof peer;

  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || length != sizeof peer)
    return FALSE;
  if (peer.uid == 0 || peer.uid == geteuid ())
    return TRUE;
  return group != (gid_t)-1 && is_in_group (fd, peer.gid, group);
}
