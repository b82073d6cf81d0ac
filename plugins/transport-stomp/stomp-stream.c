/* SPDX-License-Identifier: Apache-2.0 */
/* One socket.
 *
 *   OPEN ---- bytes that make no frame ----> DEAF (writes, reads nothing)
 *    |  \______________ finish _______________/ |
 *    |                    v                     |
 *    |     FINISHING (writes the rest, then     |
 *    |     drops what comes until the peer ends)|
 *    |                    v                     |
 *    +-- the peer is gone, close --> CLOSED <---+
 *
 * A socket closed with unread input resets the connection, and the peer may lose the last words that were written. */
#include "config.h"

#include "plugins/transport-stomp/stomp-stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vnfm/vnfm-error.h>

#define READ_BYTES  (64 * 1024)
#define WRITE_PARTS 64
/* How long a peer may take to read the last words and to end the connection. */
#define FINISH_TIME (5 * G_TIME_SPAN_SECOND)

struct _StompStream {
  VnfmPoll *poll;
  VnfmWatch *watch; /* NULL: closed */
  VnfmClock *clock;
  int fd;
  StompParser *parser;
  const StompStreamFuncs *funcs;
  gpointer owner;

  GQueue output; /* of GBytes */
  gsize written; /* of the first */
  gsize pending;
  guint64 queued;   /* ever */
  gsize unfinished; /* as told to the owner */
  gsize pause_at;   /* 0: never */
  gint64 patience;
  gboolean deaf;
  gboolean finishing;

  gint64 send_every;
  gint64 expect_within;
  gint64 last_sent;
  gint64 last_heard;
  VnfmTimer *send_timer;
  VnfmTimer *expect_timer;
  VnfmTimer *finish_timer;
  VnfmTimer *stall_timer;
};

static void ready (guint32 events, gpointer user_data);

static void
set_option (int fd, int level, int name, int value)
{
  if (setsockopt (fd, level, name, &value, sizeof value) != 0)
    g_debug ("STOMP: the socket keeps its default for option %d: %s", name, g_strerror (errno));
}

/* Without Nagle, else a small frame waits for the acknowledgement of the one before it: 40 ms for each question and
 * answer. A peer without heart-beats that is gone without a word is found in a minute and a half. */
static void
set_options (int fd)
{
  set_option (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option (fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set_option (fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set_option (fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

StompStream *
stomp_stream_new (VnfmPoll *poll, VnfmClock *clock, int fd, const StompLimits *limits, const StompStreamFuncs *funcs,
                  gpointer owner, GError **error)
{
  StompStream *self = g_rc_box_new0 (StompStream);

  self->poll = vnfm_poll_ref (poll);
  self->clock = g_object_ref (clock);
  self->fd = fd;
  self->parser = stomp_parser_new (limits);
  self->funcs = funcs;
  self->owner = owner;
  g_queue_init (&self->output);
  self->watch = vnfm_poll_add (poll, fd, EPOLLIN, ready, self, error);
  if (self->watch != NULL) {
    set_options (fd);
    return self;
  }
  close (fd);
  self->fd = -1;
  stomp_stream_unref (self);
  return NULL;
}

StompStream *
stomp_stream_ref (StompStream *self)
{
  return g_rc_box_acquire (self);
}

void
stomp_stream_close (StompStream *self)
{
  if (self->watch == NULL)
    return;
  vnfm_clock_clear_timer (self->clock, &self->stall_timer);
  vnfm_clock_clear_timer (self->clock, &self->send_timer);
  vnfm_clock_clear_timer (self->clock, &self->expect_timer);
  vnfm_clock_clear_timer (self->clock, &self->finish_timer);
  vnfm_poll_remove (self->poll, g_steal_pointer (&self->watch));
  close (self->fd);
  self->fd = -1;
  if (self->finishing)
    stomp_stream_unref (self);
}

static void
stream_clear (gpointer data)
{
  StompStream *self = data;

  self->finishing = FALSE;
  stomp_stream_close (self);
  stomp_parser_free (self->parser);
  g_queue_clear_full (&self->output, (GDestroyNotify)g_bytes_unref);
  g_object_unref (self->clock);
  vnfm_poll_unref (self->poll);
}

void
stomp_stream_unref (StompStream *self)
{
  g_rc_box_release_full (self, stream_clear);
}

/* What a peer sends that does not read stays in its own socket. */
static gboolean
is_paused (StompStream *self)
{
  return self->pause_at > 0 && self->pending >= self->pause_at;
}

static void
watch_events (StompStream *self)
{
  guint32 in = self->deaf || is_paused (self) ? 0 : EPOLLIN;

  vnfm_poll_change (self->poll, self->watch, in | (self->pending > 0 ? EPOLLOUT : 0));
}

/* ---- ends */

static void
fail (StompStream *self, GError *error)
{
  gboolean told = self->finishing;

  if (!self->deaf)
    stomp_stream_close (self);
  if (!told)
    self->funcs->closed (self, error, self->owner);
  g_error_free (error);
}

static void
finish_time_is_over (gpointer user_data)
{
  StompStream *self = user_data;

  self->finish_timer = NULL;
  stomp_stream_close (self);
}

static void
await_peers_end (StompStream *self)
{
  if (shutdown (self->fd, SHUT_WR) == 0)
    vnfm_poll_change (self->poll, self->watch, EPOLLIN);
  else
    stomp_stream_close (self);
}

void
stomp_stream_finish (StompStream *self)
{
  if (self->watch == NULL || self->finishing)
    return;
  vnfm_clock_clear_timer (self->clock, &self->send_timer);
  vnfm_clock_clear_timer (self->clock, &self->expect_timer);
  vnfm_clock_clear_timer (self->clock, &self->stall_timer);
  self->deaf = TRUE;
  self->finishing = TRUE;
  g_clear_pointer (&self->parser, stomp_parser_free); /* and what it holds of a frame */
  stomp_stream_ref (self);                            /* its own, until it is closed */
  self->finish_timer = vnfm_clock_add_timer (self->clock, FINISH_TIME, finish_time_is_over, self);
  if (self->pending == 0)
    await_peers_end (self);
  else
    vnfm_poll_change (self->poll, self->watch, EPOLLOUT);
}

/* ---- writing */

static void
drop_written (StompStream *self, gsize count)
{
  self->pending -= count;
  while (count > 0) {
    GBytes *first = g_queue_peek_head (&self->output);
    gsize rest = g_bytes_get_size (first) - self->written;
    if (count < rest) {
      self->written += count;
      return;
    }
    count -= rest;
    self->written = 0;
    g_bytes_unref (g_queue_pop_head (&self->output));
  }
}

static void
nothing_leaves (gpointer user_data)
{
  StompStream *self = user_data;
  gint64 idle = vnfm_clock_get_monotonic_time (self->clock) - self->last_sent;

  self->stall_timer = NULL;
  if (self->pending == 0)
    return;
  if (idle < self->patience) {
    self->stall_timer = vnfm_clock_add_timer (self->clock, self->patience - idle, nothing_leaves, self);
    return;
  }
  self->deaf = FALSE;
  fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "the peer has read nothing for %.1f s",
                           (double)idle / G_TIME_SPAN_SECOND));
}

/* Returns: FALSE if the peer is gone. */
static gboolean
flush (StompStream *self, GError **error)
{
  while (self->pending > 0) {
    struct iovec parts[WRITE_PARTS];
    struct msghdr message = { .msg_iov = parts };
    gsize skip = self->written;

    for (GList *link = self->output.head; link != NULL && message.msg_iovlen < WRITE_PARTS; link = link->next) {
      gsize length = 0;
      const char *data = g_bytes_get_data (link->data, &length);
      parts[message.msg_iovlen++] = (struct iovec){ (char *)data + skip, length - skip };
      skip = 0;
    }
    gssize count = sendmsg (self->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      break;
    if (count < 0) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the connection broke: %s", g_strerror (errno));
      return FALSE;
    }
    self->last_sent = vnfm_clock_get_monotonic_time (self->clock);
    drop_written (self, (gsize)count);
  }
  if (self->pending > 0 && self->patience > 0 && self->stall_timer == NULL && !self->finishing)
    self->stall_timer = vnfm_clock_add_timer (self->clock, self->patience, nothing_leaves, self);
  watch_events (self);
  return TRUE;
}

static void
queue_bytes (StompStream *self, GBytes *bytes)
{
  self->pending += g_bytes_get_size (bytes);
  self->queued += g_bytes_get_size (bytes);
  g_queue_push_tail (&self->output, bytes);
}

/* Errors show when the socket is looked at next: nobody is called back from within a write. */
void
stomp_stream_write (StompStream *self, GString *head, GBytes *body)
{
  gboolean idle = self->pending == 0;

  if (self->watch == NULL || self->finishing) {
    g_string_free (head, TRUE);
    return;
  }
  if (body != NULL && g_bytes_get_size (body) > 0) {
    queue_bytes (self, g_string_free_to_bytes (head));
    queue_bytes (self, g_bytes_ref (body));
    queue_bytes (self, g_bytes_new_static ("\0", 1));
  } else {
    g_string_append_c (head, '\0');
    queue_bytes (self, g_string_free_to_bytes (head));
  }
  if (idle) {
    self->last_sent = vnfm_clock_get_monotonic_time (self->clock);
    if (!flush (self, NULL))
      vnfm_poll_change (self->poll, self->watch, EPOLLIN | EPOLLOUT);
  } else if (is_paused (self)) {
    watch_events (self);
  }
}

gsize
stomp_stream_get_pending (StompStream *self)
{
  return self->pending;
}

guint64
stomp_stream_get_queued (StompStream *self)
{
  return self->queued;
}

guint64
stomp_stream_get_written (StompStream *self)
{
  return self->queued - self->pending;
}

void
stomp_stream_set_patience (StompStream *self, gsize pending, gint64 patience)
{
  self->pause_at = pending;
  self->patience = patience;
}

/* ---- reading */

static void
tell_unfinished (StompStream *self, gsize bytes)
{
  gssize change = (gssize)bytes - (gssize)self->unfinished;

  self->unfinished = bytes;
  if (change != 0 && self->funcs->unfinished != NULL)
    self->funcs->unfinished (self, change, self->owner);
}

static void
feed (StompStream *self, const guint8 *data, gsize length)
{
  GError *error = NULL;

  while (length > 0 && self->watch != NULL && !self->deaf) {
    StompFrame *frame = NULL;
    gsize consumed = 0;
    if (!stomp_parser_feed (self->parser, data, length, &consumed, &frame, &error)) {
      self->deaf = TRUE;
      watch_events (self);
      fail (self, error);
      return;
    }
    data += consumed;
    length -= consumed;
    tell_unfinished (self, stomp_parser_get_held (self->parser));
    if (frame != NULL && self->watch != NULL && !self->deaf)
      self->funcs->frame (self, frame, self->owner);
    else
      stomp_frame_free (frame);
  }
}

static void
read_some (StompStream *self)
{
  static guint8 buffer[READ_BYTES]; /* one thread, and nothing of it is kept */
  gssize count = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (count > 0) {
    self->last_heard = vnfm_clock_get_monotonic_time (self->clock);
    /* A frame's owner may end up in here again by way of the main loop, but not from within: the buffer is safe. */
    feed (self, buffer, (gsize)count);
  } else if (count == 0)
    fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the peer closed the connection"));
  else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
    fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the connection broke: %s", g_strerror (errno)));
}

static void
drop_some (StompStream *self)
{
  static guint8 buffer[READ_BYTES];
  gssize count = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
    stomp_stream_close (self);
}

static void
ready (guint32 events, gpointer user_data)
{
  StompStream *self = stomp_stream_ref (user_data);
  gsize before = self->pending;
  GError *error = NULL;

  if (self->watch != NULL && (events & EPOLLOUT) != 0) {
    if (!flush (self, &error)) {
      self->deaf = FALSE;
      fail (self, error);
    } else if (self->pending == 0 && self->finishing)
      await_peers_end (self);
    else if (self->pending < before && !self->finishing && self->funcs->written != NULL)
      self->funcs->written (self, self->owner);
  }
  if (self->watch != NULL && !self->deaf && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
    read_some (self);
  else if (self->watch != NULL && self->finishing && self->pending == 0)
    drop_some (self);
  else if (self->watch != NULL && self->deaf && (events & (EPOLLHUP | EPOLLERR)) != 0) {
    self->deaf = FALSE;
    fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the connection broke"));
  }
  stomp_stream_unref (self);
}

void
stomp_stream_set_max_body (StompStream *self, gsize bytes)
{
  stomp_parser_set_max_body (self->parser, bytes);
}

const StompFrame *
stomp_stream_peek_frame (StompStream *self)
{
  return stomp_parser_peek_frame (self->parser);
}

/* ---- heart-beats */

static void
send_beat (gpointer user_data)
{
  StompStream *self = user_data;
  gint64 idle = vnfm_clock_get_monotonic_time (self->clock) - self->last_sent;

  self->send_timer = NULL;
  if (idle >= self->send_every / 2 && self->pending == 0) {
    queue_bytes (self, g_bytes_new_static ("\n", 1));
    flush (self, NULL);
  }
  self->send_timer = vnfm_clock_add_timer (self->clock, self->send_every / 2, send_beat, self);
}

/* What came while this program was busy or stopped is no silence, and neither is what was not listened to. */
static gboolean
is_heard_now (StompStream *self)
{
  guint8 byte;

  return is_paused (self) || recv (self->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* A peer may be late by as much again. */
static void
look_for_beat (gpointer user_data)
{
  StompStream *self = user_data;
  gint64 now = vnfm_clock_get_monotonic_time (self->clock);
  gint64 borne = 2 * self->expect_within;

  self->expect_timer = NULL;
  if (now - self->last_heard >= borne && is_heard_now (self))
    self->last_heard = now;
  gint64 silence = now - self->last_heard;
  if (silence >= borne) {
    self->deaf = FALSE;
    fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "nothing was heard from the peer for %.1f s",
                             (double)silence / G_TIME_SPAN_SECOND));
    return;
  }
  self->expect_timer = vnfm_clock_add_timer (self->clock, borne - silence, look_for_beat, self);
}

void
stomp_stream_set_heartbeat (StompStream *self, gint64 send, gint64 expect)
{
  if (self->watch == NULL)
    return;
  vnfm_clock_clear_timer (self->clock, &self->send_timer);
  vnfm_clock_clear_timer (self->clock, &self->expect_timer);
  self->send_every = send;
  self->expect_within = expect;
  self->last_sent = self->last_heard = vnfm_clock_get_monotonic_time (self->clock);
  if (send > 0)
    self->send_timer = vnfm_clock_add_timer (self->clock, send / 2, send_beat, self);
  if (expect > 0)
    self->expect_timer = vnfm_clock_add_timer (self->clock, 2 * expect, look_for_beat, self);
}
