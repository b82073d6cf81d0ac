/* SPDX-License-Identifier: Apache-2.0 */
/* One epoll descriptor under one GSource, because poll(2) over thousands of sockets costs milliseconds a message.
 * Beside it a list of work to be done soon: what many callers ask of one connection in one turn of the main loop
 * (write, look at the queue) is done once. */
#include "config.h"

#include "plugins/transport-stomp/stomp-poller.h"

#include <vnfm/vnfm-error.h>

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Of one turn; what is ready beyond that is so at the next turn too. */
#define MAX_EVENTS 64

typedef struct {
  GSource source;
  StompPoller *poller;
  gpointer tag; /* of the descriptor in the main context */
} PollerSource;

struct _StompPoller {
  GSource *source;
  GMainContext *context; /* borrowed, and only compared */
  int epoll;
  guint refs;
  GQueue work;        /* of StompWork */
  GPtrArray *removed; /* of StompWatch, freed when no event can point to them any more */
};

struct _StompWatch {
  StompPoller *poller;
  int fd;
  guint32 events;
  StompWatchFunc func; /* NULL: removed */
  gpointer user_data;
};

static GPrivate current_poller = G_PRIVATE_INIT (NULL); /* borrowed */

/* ---- the source */

static gboolean
poller_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return ((PollerSource *)source)->poller->work.length > 0;
}

static gboolean
poller_check (GSource *source)
{
  PollerSource *self = (PollerSource *)source;

  return self->poller->work.length > 0 || g_source_query_unix_fd (source, self->tag) != 0;
}

static void
handle_events (StompPoller *self)
{
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait (self->epoll, events, MAX_EVENTS, 0);

  for (int i = 0; i < n; i++) {
    StompWatch *watch = events[i].data.ptr;
    if (watch->func != NULL)
      watch->func (events[i].events, watch->user_data);
  }
  g_ptr_array_set_size (self->removed, 0);
}

/* Work that is asked for meanwhile waits for the next turn: other sources want theirs too. */
static void
do_work (StompPoller *self)
{
  for (guint left = self->work.length; left > 0 && self->work.length > 0; left--) {
    StompWork *work = g_queue_pop_head_link (&self->work)->data;
    work->queued = FALSE;
    work->func (work->user_data);
  }
}

static gboolean
poller_dispatch (GSource *source, GSourceFunc func, gpointer user_data)
{
  g_autoptr (StompPoller) self = stomp_poller_ref (((PollerSource *)source)->poller);

  handle_events (self);
  do_work (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poller_funcs = { .prepare = poller_prepare, .check = poller_check, .dispatch = poller_dispatch };

/* ---- the object */

static StompPoller *
poller_new (GMainContext *context, GError **error)
{
  int epoll = epoll_create1 (EPOLL_CLOEXEC);

  if (epoll < 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "no epoll descriptor: %s", g_strerror (errno));
    return NULL;
  }
  StompPoller *self = g_new0 (StompPoller, 1);
  self->refs = 1;
  self->epoll = epoll;
  self->context = context;
  self->removed = g_ptr_array_new_with_free_func (g_free);
  self->source = g_source_new (&poller_funcs, sizeof (PollerSource));
  g_source_set_static_name (self->source, "vnfm-stomp");
  ((PollerSource *)self->source)->poller = self;
  ((PollerSource *)self->source)->tag = g_source_add_unix_fd (self->source, epoll, G_IO_IN);
  g_source_attach (self->source, context);
  return self;
}

StompPoller *
stomp_poller_get (GError **error)
{
  GMainContext *context = g_main_context_get_thread_default ();
  StompPoller *current = g_private_get (&current_poller);

  if (current != NULL && current->context == context)
    return stomp_poller_ref (current);
  StompPoller *self = poller_new (context, error);
  if (self != NULL)
    g_private_set (&current_poller, self);
  return self;
}

StompPoller *
stomp_poller_ref (StompPoller *self)
{
  self->refs++;
  return self;
}

void
stomp_poller_unref (StompPoller *self)
{
  if (--self->refs > 0)
    return;
  if (g_private_get (&current_poller) == self)
    g_private_set (&current_poller, NULL);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->epoll);
  g_ptr_array_unref (self->removed);
  g_free (self);
}

/* ---- watches and work */

StompWatch *
stomp_poller_add (StompPoller *self, int fd, guint32 events, StompWatchFunc func, gpointer user_data, GError **error)
{
  StompWatch *watch = g_new (StompWatch, 1);
  struct epoll_event event = { .events = events, .data.ptr = watch };

  *watch = (StompWatch){ stomp_poller_ref (self), fd, events, func, user_data };
  if (epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
    return watch;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "cannot watch one more descriptor: %s", g_strerror (errno));
  stomp_poller_unref (self);
  g_free (watch);
  return NULL;
}

void
stomp_watch_set_events (StompWatch *self, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = self };

  if (self->events == events)
    return;
  self->events = events;
  if (epoll_ctl (self->poller->epoll, EPOLL_CTL_MOD, self->fd, &event) != 0)
    g_warning ("epoll: cannot change what is watched of descriptor %d: %s", self->fd, g_strerror (errno));
}

void
stomp_watch_remove (StompWatch *self)
{
  StompPoller *poller = self->poller;

  epoll_ctl (poller->epoll, EPOLL_CTL_DEL, self->fd, NULL);
  self->func = NULL;
  g_ptr_array_add (poller->removed, self);
  stomp_poller_unref (poller);
}

void
stomp_poller_queue_work (StompPoller *self, StompWork *work)
{
  if (work->queued)
    return;
  work->queued = TRUE;
  work->link = (GList){ .data = work };
  g_queue_push_tail_link (&self->work, &work->link);
}

void
stomp_poller_cancel_work (StompPoller *self, StompWork *work)
{
  if (!work->queued)
    return;
  work->queued = FALSE;
  g_queue_unlink (&self->work, &work->link);
}
