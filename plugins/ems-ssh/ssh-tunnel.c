/* SPDX-License-Identifier: Apache-2.0 */
/* A forwarded ("direct-tcpip") channel of the jump host with a socket pair at this end, because the session that goes
 * through it needs a descriptor. At most one piece waits in each direction; what is more waits in the socket, or behind
 * the channel's window. A jump host may have a thousand of these: one that has nothing to do costs no system call. */
#include "config.h"

#include "plugins/ems-ssh/ssh-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vnfm/vnfm-error.h>

#define PIECE 32768

typedef struct {
  guint8 *bytes; /* nullable */
  gsize begin;
  gsize end;
} Piece;

struct _SshTunnel {
  SshLink *link; /* whose it is */
  char *host;
  guint16 port;
  GTask *task; /* nullable: until it is open */
  gulong cancelled_handler;
  gboolean given_up;
  gboolean hung_up; /* the session at this end is over */
  ssh_channel channel;
  struct ssh_channel_callbacks_struct callbacks;
  gboolean can_read; /* the socket has something */
  gboolean has_data; /* the channel has, or its end */
  int fd;
  VnfmWatch *watch;
  Piece up;   /* socket to channel */
  Piece down; /* channel to socket */
};

static void
return_result (SshTunnel *self, int fd, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  if (self->cancelled_handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), self->cancelled_handler);
  self->cancelled_handler = 0;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, fd);
}

void
ssh_tunnel_free (SshTunnel *self)
{
  SshLink *link = self->link;

  if (self->task != NULL)
    return_result (self, -1,
                   g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s",
                                link->reason != NULL ? link->reason->message : "the jump host is gone"));
  if (self->watch != NULL)
    vnfm_poll_remove (link->settings->poll, self->watch);
  if (self->fd >= 0)
    close (self->fd);
  /* With the session gone, so is the channel. */
  if (link->state != SSH_LINK_CLOSED) {
    ssh_remove_channel_callbacks (self->channel, &self->callbacks);
    ssh_channel_free (self->channel);
  }
  g_free (self->up.bytes);
  g_free (self->down.bytes);
  g_free (self->host);
  g_free (self);
}

/* What libssh tells: noted only. The bytes stay in its buffer, which holds back the peer. */

static int
got_data (ssh_session session, ssh_channel channel, void *data, uint32_t length, int is_stderr, void *user_data)
{
  ((SshTunnel *)user_data)->has_data = TRUE;
  return 0;
}

static void
got_end (ssh_session session, ssh_channel channel, void *user_data)
{
  ((SshTunnel *)user_data)->has_data = TRUE;
}

static void
socket_ready (guint32 events, gpointer data)
{
  SshTunnel *self = data;

  self->can_read = TRUE;
  self->hung_up |= (events & EPOLLHUP) != 0;
  ssh_link_drive (self->link);
}

static gboolean
opened (SshTunnel *self)
{
  GError *error = NULL;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
    return_result (self, -1, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s", g_strerror (errno)));
    return FALSE;
  }
  self->fd = ends[0];
  self->watch = vnfm_poll_add (self->link->settings->poll, self->fd, EPOLLIN, socket_ready, self, &error);
  if (self->watch == NULL) {
    close (ends[1]);
    return_result (self, -1, error);
    return FALSE;
  }
  return_result (self, ends[1], NULL);
  return TRUE;
}

static gboolean
advance_opening (SshTunnel *self)
{
  int rc = ssh_channel_open_forward (self->channel, self->host, self->port, "127.0.0.1", 0);

  if (rc == SSH_AGAIN)
    return TRUE;
  if (self->given_up)
    return FALSE;
  if (rc == SSH_OK)
    return opened (self);
  return_result (self, -1,
                 g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s cannot reach it: %s", self->link->label,
                              ssh_get_error (self->link->session)));
  return FALSE;
}

/* FALSE: the end of what the socket has to say. */
static gboolean
move_up (SshTunnel *self)
{
  Piece *up = &self->up;

  if (up->bytes == NULL)
    up->bytes = g_malloc (PIECE);
  for (;;) {
    if ((ssh_get_poll_flags (self->link->session) & SSH_WRITE_PENDING) != 0 ||
        ssh_channel_window_size (self->channel) == 0)
      return TRUE;
    if (up->begin == up->end) {
      ssize_t count = recv (self->fd, up->bytes, PIECE, 0);
      if (count <= 0) {
        self->can_read = FALSE;
        return count < 0 && (errno == EAGAIN || errno == EINTR);
      }
      up->begin = 0;
      up->end = (gsize)count;
    }
    int count = ssh_channel_write (self->channel, up->bytes + up->begin, (guint32)(up->end - up->begin));
    if (count < 0)
      return FALSE;
    up->begin += (gsize)count;
  }
}

/* FALSE: the end of what the channel has to say. */
static gboolean
move_down (SshTunnel *self)
{
  Piece *down = &self->down;

  if (down->bytes == NULL)
    down->bytes = g_malloc (PIECE);
  for (;;) {
    if (down->begin == down->end) {
      int count = ssh_channel_read_nonblocking (self->channel, down->bytes, PIECE, 0);
      if (count < 0 || (count == 0 && ssh_channel_is_eof (self->channel)))
        return FALSE;
      if (count == 0) {
        self->has_data = FALSE;
        return TRUE;
      }
      down->begin = 0;
      down->end = (gsize)count;
    }
    ssize_t count = send (self->fd, down->bytes + down->begin, down->end - down->begin, MSG_NOSIGNAL);
    if (count < 0)
      return errno == EAGAIN || errno == EINTR;
    down->begin += (gsize)count;
  }
}

gboolean
ssh_tunnel_advance (SshTunnel *self)
{
  if (self->fd < 0 && !advance_opening (self))
    return FALSE;
  if (self->fd < 0)
    return TRUE;
  if (self->can_read && !move_up (self))
    return FALSE;
  if (self->has_data && !move_down (self))
    return FALSE;
  if (self->hung_up)
    return FALSE;
  /* A socket that cannot be emptied now is not watched: the link moves this on when it can. */
  vnfm_poll_change (self->link->settings->poll, self->watch,
                    (self->can_read ? 0 : (guint32)EPOLLIN) |
                        (self->down.begin < self->down.end ? (guint32)EPOLLOUT : 0));
  return TRUE;
}

/* The channel waits for its answer, so that it can be closed in order. */
static void
cancelled (GCancellable *cancellable, gpointer data)
{
  SshTunnel *self = data;

  self->given_up = TRUE;
  return_result (self, -1, g_error_new (VNFM_ERROR, VNFM_ERROR_CANCELLED, "the connecting was cancelled"));
  ssh_link_wake (self->link);
}

void
ssh_tunnel_open_async (SshLink *link, const char *host, guint16 port, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, ssh_tunnel_open_async);
  g_task_set_check_cancellable (task, FALSE);
  ssh_channel channel = link->state == SSH_LINK_OPEN ? ssh_channel_new (link->session) : NULL;
  if (channel == NULL || g_cancellable_is_cancelled (cancellable)) {
    g_clear_pointer (&channel, ssh_channel_free);
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s is gone", link->label);
    return;
  }
  SshTunnel *self = g_new0 (SshTunnel, 1);
  self->link = link;
  self->host = g_strdup (host);
  self->port = port;
  self->channel = channel;
  self->fd = -1;
  self->callbacks = (struct ssh_channel_callbacks_struct){
    .userdata = self,
    .channel_data_function = got_data,
    .channel_eof_function = got_end,
    .channel_close_function = got_end,
  };
  ssh_callbacks_init (&self->callbacks);
  ssh_set_channel_callbacks (channel, &self->callbacks);
  self->task = g_steal_pointer (&task);
  if (cancellable != NULL)
    self->cancelled_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled), self);
  g_ptr_array_add (link->tunnels, self);
  ssh_link_wake (link);
}

int
ssh_tunnel_open_finish (GAsyncResult *result, GError **error)
{
  return (int)g_task_propagate_int (G_TASK (result), error);
}
