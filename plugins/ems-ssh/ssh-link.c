/* SPDX-License-Identifier: Apache-2.0 */
/* One connection. All work happens in ssh_link_drive(), which the poll source and timers call, nobody else:
 *
 *   opening: REACHING -> KEYS -> LOGIN -> OPEN        (ssh-open.c)
 *   open:    libssh reads and writes what it can, then every channel is moved on (ssh-command.c, ssh-tunnel.c)
 *   then:    output is shown and results are delivered, with libssh off the stack: who is called may do anything here
 *
 * libssh's callbacks only note what came, since libssh is not to be entered again from inside. Whatever libssh took
 * from the socket is in its buffers without the socket being readable any more; therefore every channel is looked at,
 * whatever happened. */
#include "config.h"

#include "plugins/ems-ssh/ssh-private.h"

#include <libssh/server.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vnfm/vnfm-error.h>

/* Of one turn: how often libssh is let to the socket, 4 KB each, and how often the channels are looked at. */
#define MAX_READS  16
#define MAX_ROUNDS 8

G_DEFINE_FINAL_TYPE (SshLink, ssh_link, G_TYPE_OBJECT)

enum {
  SIGNAL_CLOSED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* Working on an open connection. */

/* Returns FALSE with @error if the connection has broken. */
static gboolean
pump (SshLink *self, GError **error)
{
  for (int i = 0; i < MAX_READS; i++) {
    if (ssh_event_dopoll (self->event, 0) != SSH_OK)
      break;
  }
  if (ssh_is_connected (self->session) && (ssh_get_status (self->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0)
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s: the connection has ended: %s", self->label,
               ssh_get_error (self->session));
  return FALSE;
}

/* Channels whose opening was awaited by nobody any more: closed as soon as the server has opened them. */
static void
advance_orphans (SshLink *self)
{
  for (GList *item = self->orphans.head; item != NULL;) {
    GList *next = item->next;
    ssh_channel channel = item->data;
    if (ssh_channel_open_session (channel) != SSH_AGAIN) {
      ssh_channel_free (channel);
      g_queue_delete_link (&self->orphans, item);
      self->sessions--;
    }
    item = next;
  }
}

static void
advance_channels (SshLink *self)
{
  advance_orphans (self);
  for (GList *item = self->commands.head; item != NULL;) {
    GList *next = item->next;
    ssh_command_advance (item->data);
    item = next;
  }
  for (guint i = self->tunnels->len; i-- > 0;)
    if (!ssh_tunnel_advance (g_ptr_array_index (self->tunnels, i)))
      g_ptr_array_remove_index_fast (self->tunnels, i);
}

/* Every call into libssh may read packets for any channel, also for one that had its turn before: while something was
 * read, all are looked at again, since nothing else would tell. */
static gboolean
work (SshLink *self, GError **error)
{
  for (int round = 0; round < MAX_ROUNDS; round++) {
    if (!pump (self, error))
      return FALSE;
    uint64_t read = self->counter.in_bytes;
    advance_channels (self);
    if (read == self->counter.in_bytes && (ssh_get_poll_flags (self->session) & SSH_WRITE_PENDING) == 0)
      return TRUE;
  }
  ssh_link_wake (self);
  return TRUE;
}

/* Calling back. */

static void
complete_opening (SshLink *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->opening);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (self->cancelled_handler != 0)
    g_signal_handler_disconnect (cancellable, self->cancelled_handler);
  self->cancelled_handler = 0;
  if (self->state == SSH_LINK_OPEN)
    g_task_return_pointer (task, g_object_ref (self), g_object_unref);
  else
    g_task_return_error (task, g_error_copy (self->reason));
}

static void
deliver (SshLink *self)
{
  SshCommand *command;

  while ((command = g_queue_pop_head (&self->lively)) != NULL)
    ssh_command_show (command);
  while ((command = g_queue_pop_head (&self->done)) != NULL)
    ssh_command_complete (command);
  if (self->opening != NULL && self->state >= SSH_LINK_OPEN)
    complete_opening (self);
  if (self->state == SSH_LINK_CLOSED && !self->told) {
    self->told = TRUE;
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
  }
}

static void
update_events (SshLink *self)
{
  gboolean write = (ssh_get_poll_flags (self->session) & SSH_WRITE_PENDING) != 0;

  for (GList *item = self->commands.head; item != NULL && !write; item = item->next)
    write = ssh_command_wants_write (item->data);
  vnfm_poll_change (self->settings->poll, self->watch, write ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void
ssh_link_drive (SshLink *self)
{
  g_autoptr (SshLink) hold = g_object_ref (self);
  GError *error = NULL;

  if (self->state == SSH_LINK_OPEN ? !work (self, &error)
                                   : self->state != SSH_LINK_CLOSED && !ssh_open_step (self, &error))
    ssh_link_end (self, error);
  deliver (self);
  if (self->watch != NULL)
    update_events (self);
}

static void
wakes (gpointer data)
{
  SshLink *self = data;

  self->wake = NULL;
  ssh_link_drive (self);
}

void
ssh_link_wake (SshLink *self)
{
  if (self->wake == NULL)
    self->wake = vnfm_clock_add_timer (self->settings->clock, 0, wakes, self);
}

static void
socket_ready (guint32 events, gpointer data)
{
  SshLink *self = data;

  if ((events & EPOLLIN) != 0) {
    self->last_input = vnfm_clock_get_monotonic_time (self->settings->clock);
    self->questions = 0;
  }
  ssh_link_drive (self);
}

void
ssh_link_take_socket (SshLink *self, int fd)
{
  GError *error = NULL;

  self->fd = fd;
  self->watch = vnfm_poll_add (self->settings->poll, fd, EPOLLIN, socket_ready, self, &error);
  if (self->watch == NULL)
    ssh_link_end (self, error);
  else
    self->state = SSH_LINK_KEYS;
  ssh_link_wake (self);
}

/* Is the peer still there? Asked after each silent interval; any byte is an answer. */

static void
keepalive_due (gpointer data)
{
  SshLink *self = data;
  SshSettings *settings = self->settings;
  gint64 silence = vnfm_clock_get_monotonic_time (settings->clock) - self->last_input;
  gint64 delay = settings->keepalive;

  self->timer = NULL;
  if (silence < settings->keepalive) {
    delay -= silence;
  } else if (self->questions >= settings->keepalive_count) {
    ssh_link_end (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s: no sign of life for %.0f s", self->label,
                                     (double)silence / G_USEC_PER_SEC));
    ssh_link_drive (self);
    return;
  } else {
    /* The first call takes the answer to the last question, if that is still open; only then does another go out. */
    if (self->asked)
      ssh_send_keepalive (self->session);
    ssh_send_keepalive (self->session);
    self->asked = TRUE;
    self->questions++;
  }
  self->timer = vnfm_clock_add_timer (settings->clock, delay, keepalive_due, self);
  ssh_link_drive (self);
}

void
ssh_link_start_keepalive (SshLink *self)
{
  if (self->settings->keepalive > 0)
    self->timer = vnfm_clock_add_timer (self->settings->clock, self->settings->keepalive, keepalive_due, self);
}

/* The end. */

static void
close_session (SshLink *self)
{
  g_clear_pointer (&self->event, ssh_event_free);
  /* Not ssh_disconnect() before: that would leave its descriptor open. */
  g_clear_pointer (&self->session, ssh_free);
  if (self->watch != NULL)
    vnfm_poll_remove (self->settings->poll, g_steal_pointer (&self->watch));
  if (self->fd >= 0) {
    shutdown (self->fd, SHUT_RDWR);
    close (self->fd);
  }
  if (self->given_fd >= 0)
    close (self->given_fd);
  self->fd = self->given_fd = -1;
}

void
ssh_link_end (SshLink *self, GError *reason)
{
  SshCommand *command;

  if (self->state == SSH_LINK_CLOSED) {
    g_clear_error (&reason);
    return;
  }
  if (self->state == SSH_LINK_OPEN)
    g_debug ("%s", reason->message);
  self->state = SSH_LINK_CLOSED;
  self->reason = reason;
  g_cancellable_cancel (self->attempt);
  vnfm_clock_clear_timer (self->settings->clock, &self->timer);
  vnfm_clock_clear_timer (self->settings->clock, &self->patience);
  g_ptr_array_set_size (self->tunnels, 0);
  while ((command = g_queue_pop_head (&self->commands)) != NULL)
    ssh_command_abort (command, reason);
  /* libssh frees what channels there are. */
  g_queue_clear (&self->orphans);
  close_session (self);
  ssh_auth_clear (&self->auth);
  g_clear_object (&self->via);
}

void
ssh_link_close (SshLink *self)
{
  if (self->state == SSH_LINK_CLOSED)
    return;
  ssh_link_end (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s: the connection was closed", self->label));
  ssh_link_wake (self);
}

gboolean
ssh_link_is_open (SshLink *self)
{
  return self->state == SSH_LINK_OPEN;
}

const GError *
ssh_link_get_reason (SshLink *self)
{
  return self->reason;
}

guint
ssh_link_get_load (SshLink *self)
{
  return self->commands.length;
}

const char *
ssh_link_get_name (SshLink *self)
{
  return self->target->name;
}

static void
ssh_link_dispose (GObject *object)
{
  SshLink *self = SSH_LINK (object);

  if (self->state != SSH_LINK_CLOSED)
    ssh_link_end (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s: nobody uses it", self->label));
  if (self->settings != NULL)
    vnfm_clock_clear_timer (self->settings->clock, &self->wake);
  G_OBJECT_CLASS (ssh_link_parent_class)->dispose (object);
}

static void
ssh_link_finalize (GObject *object)
{
  SshLink *self = SSH_LINK (object);

  g_clear_error (&self->reason);
  g_object_unref (self->attempt);
  g_ptr_array_unref (self->tunnels);
  if (self->target != NULL && self->target != self->settings->jump)
    ssh_target_free (self->target);
  g_free (self->label);
  g_clear_pointer (&self->settings, ssh_settings_unref);
  G_OBJECT_CLASS (ssh_link_parent_class)->finalize (object);
}

static void
ssh_link_class_init (SshLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ssh_link_dispose;
  G_OBJECT_CLASS (klass)->finalize = ssh_link_finalize;
  signals[SIGNAL_CLOSED] =
      g_signal_new ("closed", SSH_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ssh_link_init (SshLink *self)
{
  self->fd = self->given_fd = -1;
  self->attempt = g_cancellable_new ();
  self->tunnels = g_ptr_array_new_with_free_func ((GDestroyNotify)ssh_tunnel_free);
  g_queue_init (&self->commands);
  g_queue_init (&self->lively);
  g_queue_init (&self->done);
  g_queue_init (&self->orphans);
}
