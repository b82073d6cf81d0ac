/* SPDX-License-Identifier: Apache-2.0 */
/* The opening of a connection, all of it within one time limit:
 *
 *   REACHING --socket, or channel of the jump host--> KEYS --host key trusted--> LOGIN --> OPEN
 *       `------------------------ failure, limit, cancelled: CLOSED -----------------'
 */
#include "config.h"

#include "plugins/ems-ssh/ssh-host-key.h"
#include "plugins/ems-ssh/ssh-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vnfm/vnfm-error.h>

static const char *
user_of (SshLink *self)
{
  return self->target->user != NULL ? self->target->user : self->settings->user;
}

static guint16
port_of (SshLink *self)
{
  return self->target->port != 0 ? self->target->port : self->settings->port;
}

static void
fail (SshLink *self, GError *error)
{
  g_prefix_error (&error, "%s: ", self->label);
  ssh_link_end (self, error);
  ssh_link_wake (self);
}

static void
time_is_up (gpointer data)
{
  SshLink *self = data;
  const char *what = "it does not answer";

  self->timer = NULL;
  if (self->state == SSH_LINK_KEYS)
    what = ssh_get_serverbanner (self->session) != NULL ? "the key exchange is not finished"
                                                        : "it accepts connections but does not speak SSH";
  else if (self->state == SSH_LINK_LOGIN)
    what = "the login is not finished";
  fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s after %.0f s", what,
                           (double)self->settings->connect_timeout / G_USEC_PER_SEC));
}

static void
cancelled (GCancellable *cancellable, gpointer data)
{
  fail (data, g_error_new (VNFM_ERROR, VNFM_ERROR_CANCELLED, "the connecting was cancelled"));
}

/* The session that will speak over given_fd. */
static gboolean
prepare (SshLink *self, GError **error)
{
  g_autoptr (GPtrArray) known = ssh_host_key_known (self->settings, self->target, error);
  const char *user = user_of (self);
  bool no = false;

  if (known == NULL)
    return FALSE;
  g_autofree char *algorithms = ssh_host_key_preference (known);
  ssh_session session = self->session = ssh_new ();
  if (session == NULL || ssh_options_set (session, SSH_OPTIONS_PROCESS_CONFIG, &no) != SSH_OK ||
      /* A name is needed, but we connect; it is for nothing but the file of known hosts, which is not libssh's matter.
       */
      ssh_options_set (session, SSH_OPTIONS_HOST, "machine") != SSH_OK ||
      ssh_options_set (session, SSH_OPTIONS_USER, user) != SSH_OK ||
      /* No file of the user that we run as has a say: what is known is ssh-host-key.c's matter. */
      ssh_options_set (session, SSH_OPTIONS_SSH_DIR, "/nonexistent") != SSH_OK ||
      ssh_options_set (session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null") != SSH_OK ||
      ssh_options_set (session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") != SSH_OK ||
      ssh_options_set (session, SSH_OPTIONS_HOSTKEYS, algorithms) != SSH_OK ||
      (self->settings->credentials.agent != NULL &&
       ssh_options_set (session, SSH_OPTIONS_IDENTITY_AGENT, self->settings->credentials.agent) != SSH_OK) ||
      ssh_options_set (session, SSH_OPTIONS_FD, &self->given_fd) != SSH_OK) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "libssh does not take host \"%s\", user \"%s\": %s",
                 self->target->host, user, session != NULL ? ssh_get_error (session) : "no memory");
    return FALSE;
  }
  ssh_set_blocking (session, 0);
  ssh_set_counters (session, &self->counter, NULL);
  return TRUE;
}

/* @fd: (transfer full). */
static void
got_socket (SshLink *self, int fd)
{
  GError *error = NULL;

  self->given_fd = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (self->given_fd < 0) {
    fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s", g_strerror (errno)));
    close (fd);
    return;
  }
  if (prepare (self, &error)) {
    ssh_link_take_socket (self, fd);
    return;
  }
  close (fd);
  fail (self, error);
}

/* Reaching it. */

static void
connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SshLink) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (self->state != SSH_LINK_REACHING)
    return;
  if (connection == NULL) {
    fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s", error->message));
    return;
  }
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  int fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);
  if (fd < 0)
    fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s", g_strerror (errno)));
  else
    got_socket (self, fd);
}

static void
tunnel_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SshLink) self = data;
  GError *error = NULL;
  int fd = ssh_tunnel_open_finish (result, &error);

  if (self->state != SSH_LINK_REACHING) {
    g_clear_error (&error);
    if (fd >= 0)
      close (fd);
  } else if (fd < 0) {
    fail (self, error);
  } else {
    got_socket (self, fd);
  }
}

static void
got_jump (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SshLink) self = data;
  GError *error = NULL;
  g_autoptr (SshLink) via = ssh_jump_get_finish (result, &error);

  if (self->state != SSH_LINK_REACHING) {
    g_clear_error (&error);
  } else if (via == NULL) {
    fail (self, error);
  } else {
    self->via = g_steal_pointer (&via);
    ssh_tunnel_open_async (self->via, self->target->host, port_of (self), self->attempt, tunnel_opened,
                           g_object_ref (self));
  }
}

static void
reach (SshLink *self)
{
  if (self->settings->jump != NULL && self->target != self->settings->jump) {
    ssh_jump_get_async (self->settings, self->attempt, got_jump, g_object_ref (self));
    return;
  }
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = g_network_address_new (self->target->host, port_of (self));
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, address, self->attempt, connected, g_object_ref (self));
}

void
ssh_link_open_async (SshSettings *settings, const SshTarget *target, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  SshLink *self = g_object_new (SSH_TYPE_LINK, NULL);
  const char *host = target->host;

  self->settings = ssh_settings_ref (settings);
  self->max_sessions = settings->max_sessions;
  self->target = target == settings->jump ? settings->jump : ssh_target_copy (target);
  self->label = g_strdup_printf (strchr (host, ':') != NULL ? "%s ([%s]:%u)" : "%s (%s:%u)",
                                 target->name != NULL ? target->name : host, host, port_of (self));
  self->opening = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (self->opening, ssh_link_open_async);
  g_task_set_task_data (self->opening, self, g_object_unref);
  g_task_set_check_cancellable (self->opening, FALSE);
  self->timer = vnfm_clock_add_timer (settings->clock, settings->connect_timeout, time_is_up, self);
  if (cancellable != NULL)
    self->cancelled_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled), self);
  if (g_cancellable_is_cancelled (cancellable))
    cancelled (cancellable, self);
  else
    reach (self);
}

SshLink *
ssh_link_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Speaking. */

static gboolean
check_host (SshLink *self, GError **error)
{
  ssh_key key = NULL;

  if (ssh_get_server_publickey (self->session, &key) != SSH_OK) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "it has no host key");
    return FALSE;
  }
  gboolean good = ssh_host_key_check (self->settings, self->target, key, error);
  ssh_key_free (key);
  return good;
}

static gboolean
step_keys (SshLink *self, GError **error)
{
  int rc = ssh_connect (self->session);

  self->given_fd = -1;
  /* libssh makes it blocking when it sees that it is connected. */
  g_unix_set_fd_nonblocking (self->fd, TRUE, NULL);
  if (rc == SSH_OK) {
    if (!check_host (self, error))
      return FALSE;
    self->state = SSH_LINK_LOGIN;
  } else if (rc == SSH_ERROR) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s", ssh_get_error (self->session));
    return FALSE;
  }
  return TRUE;
}

static gboolean
step_login (SshLink *self, GError **error)
{
  SshSettings *settings = self->settings;
  int rc = ssh_auth_step (&self->auth, self->session, &settings->credentials, user_of (self), error);

  if (rc != SSH_OK)
    return rc == SSH_AGAIN;
  ssh_auth_clear (&self->auth);
  self->event = ssh_event_new ();
  if (self->event == NULL || ssh_event_add_session (self->event, self->session) != SSH_OK) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "libssh: %s", ssh_get_error (self->session));
    return FALSE;
  }
  self->state = SSH_LINK_OPEN;
  vnfm_clock_clear_timer (settings->clock, &self->timer);
  self->last_input = vnfm_clock_get_monotonic_time (settings->clock);
  ssh_link_start_keepalive (self);
  g_debug ("%s: logged in as %s", self->label, user_of (self));
  return TRUE;
}

gboolean
ssh_open_step (SshLink *self, GError **error)
{
  SshLinkState before;

  do {
    gboolean good = TRUE;
    before = self->state;
    if (self->state == SSH_LINK_KEYS)
      good = step_keys (self, error);
    else if (self->state == SSH_LINK_LOGIN)
      good = step_login (self, error);
    if (!good) {
      g_prefix_error (error, "%s: ", self->label);
      return FALSE;
    }
  } while (self->state != before && self->state != SSH_LINK_OPEN);
  return TRUE;
}
