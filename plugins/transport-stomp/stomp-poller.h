/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Many sockets under one GSource. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _StompPoller StompPoller;
typedef struct _StompWatch StompWatch;

/* @ready: of EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR. */
typedef void (*StompWatchFunc) (guint32 ready, gpointer user_data);
typedef void (*StompWorkFunc) (gpointer user_data);

/**
 * StompWork:
 *
 * Something to be done soon, from the main loop: once, however often it was asked for. Part of the struct of whoever
 * wants it done; zeroed to begin with.
 */
typedef struct {
  StompWorkFunc func;
  gpointer user_data;
  GList link;
  gboolean queued;
} StompWork;

/* The one of this thread and its thread-default main context; made when first asked for.
 * Returns: (nullable) (transfer full): NULL when no descriptor is left. */
StompPoller *stomp_poller_get (GError **error);
StompPoller *stomp_poller_ref (StompPoller *self);
void stomp_poller_unref (StompPoller *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StompPoller, stomp_poller_unref)

/* Calls @func when @fd is ready for one of @events, level-triggered. The descriptor stays the caller's, who removes the
 * watch before he closes it. Returns: (nullable): NULL with VNFM_ERROR_LIMIT when the kernel has no room. */
StompWatch *stomp_poller_add (StompPoller *self, int fd, guint32 events, StompWatchFunc func, gpointer user_data,
                              GError **error);
void stomp_watch_set_events (StompWatch *self, guint32 events);
/* No call comes afterwards, not even for what was found ready already. */
void stomp_watch_remove (StompWatch *self);

void stomp_poller_queue_work (StompPoller *self, StompWork *work);
void stomp_poller_cancel_work (StompPoller *self, StompWork *work);

G_END_DECLS
