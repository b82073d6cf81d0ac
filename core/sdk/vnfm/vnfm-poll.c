/* SPDX-License-Identifier: Apache-2.0 */
/* One epoll descriptor; a watch that is removed while events are being dispatched lives on until the turn is over,
 * because a later event of the same turn may still name it. */
#include "config.h"

#include <vnfm/vnfm-poll.h>

#include <vnfm/vnfm-error.h>

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

/* So many events are looked at in one turn of the main loop, so that timers have their turn too. */
#define EVENTS 64

struct _VnfmWatch {
  int fd;
  guint32 events;
  VnfmPollFunc func;
  gpointer user_data;
};

struct _VnfmPoll {
  int fd;
  GSource *source;
  gboolean dispatching;
  GPtrArray *removed; /* of VnfmWatch: freed when no event of this turn can name them any more */
};

static gboolean
dispatch (int fd, GIOCondition condition, gpointer user_data)
{
  VnfmPoll *self = vnfm_poll_ref (user_data);
  struct epoll_event events[EVENTS];
  int count = epoll_wait (self->fd, events, EVENTS, 0);

  self->dispatching = TRUE;
  for (int i = 0; i < count; i++) {
    VnfmWatch *watch = events[i].data.ptr;
    if (watch->func != NULL)
      watch->func (events[i].events, watch->user_data);
  }
  self->dispatching = FALSE;
  g_ptr_array_set_size (self->removed, 0);
  vnfm_poll_unref (self);
  return G_SOURCE_CONTINUE;
}

VnfmPoll *
vnfm_poll_new (GError **error)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);

  if (fd < 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "epoll: %s", g_strerror (errno));
    return NULL;
  }
  VnfmPoll *self = g_rc_box_new0 (VnfmPoll);
  self->fd = fd;
  self->removed = g_ptr_array_new_with_free_func (g_free);
  self->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_static_name (self->source, "VnfmPoll");
  g_source_set_callback (self->source, G_SOURCE_FUNC (dispatch), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

VnfmPoll *
vnfm_poll_ref (VnfmPoll *self)
{
  return g_rc_box_acquire (self);
}

static void
poll_clear (gpointer data)
{
  VnfmPoll *self = data;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_ptr_array_unref (self->removed);
  close (self->fd);
}

void
vnfm_poll_unref (VnfmPoll *self)
{
  g_rc_box_release_full (self, poll_clear);
}

VnfmWatch *
vnfm_poll_add (VnfmPoll *self, int fd, guint32 events, VnfmPollFunc func, gpointer user_data, GError **error)
{
  VnfmWatch *watch = g_new (VnfmWatch, 1);
  struct epoll_event event = { .events = events, .data = { .ptr = watch } };

  *watch = (VnfmWatch){ fd, events, func, user_data };
  if (epoll_ctl (self->fd, EPOLL_CTL_ADD, fd, &event) == 0)
    return watch;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "epoll: %s", g_strerror (errno));
  g_free (watch);
  return NULL;
}

void
vnfm_poll_change (VnfmPoll *self, VnfmWatch *watch, guint32 events)
{
  struct epoll_event event = { .events = events, .data = { .ptr = watch } };

  if (watch->events == events)
    return;
  watch->events = events;
  if (epoll_ctl (self->fd, EPOLL_CTL_MOD, watch->fd, &event) != 0)
    g_critical ("epoll: %s", g_strerror (errno));
}

void
vnfm_poll_remove (VnfmPoll *self, VnfmWatch *watch)
{
  if (epoll_ctl (self->fd, EPOLL_CTL_DEL, watch->fd, NULL) != 0)
    g_critical ("epoll: %s", g_strerror (errno));
  watch->func = NULL;
  if (self->dispatching)
    g_ptr_array_add (self->removed, watch);
  else
    g_free (watch);
}
