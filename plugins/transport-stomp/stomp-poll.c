/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/transport-stomp/stomp-poll.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <vnfm/vnfm-error.h>

/* So many events are looked at in one turn of the main loop, so that timers have their turn too. */
#define EVENTS 64

struct _StompWatch {
  int fd;
  guint32 events;
  StompPollFunc func;
  gpointer user_data;
};

struct _StompPoll {
  int fd;
  GSource *source;
  gboolean dispatching;
  GPtrArray *removed; /* of StompWatch: freed when no event of this turn can name them any more */
};

static gboolean
dispatch (int fd, GIOCondition condition, gpointer user_data)
{
  StompPoll *self = stomp_poll_ref (user_data);
  struct epoll_event events[EVENTS];
  int count = epoll_wait (self->fd, events, EVENTS, 0);

  self->dispatching = TRUE;
  for (int i = 0; i < count; i++) {
    StompWatch *watch = events[i].data.ptr;
    if (watch->func != NULL)
      watch->func (events[i].events, watch->user_data);
  }
  self->dispatching = FALSE;
  g_ptr_array_set_size (self->removed, 0);
  stomp_poll_unref (self);
  return G_SOURCE_CONTINUE;
}

StompPoll *
stomp_poll_new (GError **error)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);

  if (fd < 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "epoll: %s", g_strerror (errno));
    return NULL;
  }
  StompPoll *self = g_rc_box_new0 (StompPoll);
  self->fd = fd;
  self->removed = g_ptr_array_new_with_free_func (g_free);
  self->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_static_name (self->source, "StompPoll");
  g_source_set_callback (self->source, G_SOURCE_FUNC (dispatch), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

StompPoll *
stomp_poll_ref (StompPoll *self)
{
  return g_rc_box_acquire (self);
}

static void
poll_clear (gpointer data)
{
  StompPoll *self = data;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_ptr_array_unref (self->removed);
  close (self->fd);
}

void
stomp_poll_unref (StompPoll *self)
{
  g_rc_box_release_full (self, poll_clear);
}

StompWatch *
stomp_poll_add (StompPoll *self, int fd, guint32 events, StompPollFunc func, gpointer user_data, GError **error)
{
  StompWatch *watch = g_new (StompWatch, 1);
  struct epoll_event event = { .events = events, .data = { .ptr = watch } };

  *watch = (StompWatch){ fd, events, func, user_data };
  if (epoll_ctl (self->fd, EPOLL_CTL_ADD, fd, &event) == 0)
    return watch;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "epoll: %s", g_strerror (errno));
  g_free (watch);
  return NULL;
}

void
stomp_poll_change (StompPoll *self, StompWatch *watch, guint32 events)
{
  struct epoll_event event = { .events = events, .data = { .ptr = watch } };

  if (watch->events == events)
    return;
  watch->events = events;
  if (epoll_ctl (self->fd, EPOLL_CTL_MOD, watch->fd, &event) != 0)
    g_critical ("epoll: %s", g_strerror (errno));
}

void
stomp_poll_remove (StompPoll *self, StompWatch *watch)
{
  if (epoll_ctl (self->fd, EPOLL_CTL_DEL, watch->fd, NULL) != 0)
    g_critical ("epoll: %s", g_strerror (errno));
  watch->func = NULL;
  if (self->dispatching)
    g_ptr_array_add (self->removed, watch);
  else
    g_free (watch);
}
