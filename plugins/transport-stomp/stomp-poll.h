/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Many sockets under one GSource: an epoll descriptor that the main loop watches. A main loop that watched each socket
 * itself would look at all of them for every message. */
typedef struct _StompPoll StompPoll;
typedef struct _StompWatch StompWatch;

/* @events: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR. */
typedef void (*StompPollFunc) (guint32 events, gpointer user_data);

/* Errors: VNFM_ERROR_FAILED (no more descriptors). The source belongs to the thread's default main context. */
StompPoll *stomp_poll_new (GError **error);
StompPoll *stomp_poll_ref (StompPoll *self);
void stomp_poll_unref (StompPoll *self);

/* @fd: borrowed, until the watch is removed. Errors: VNFM_ERROR_FAILED. */
StompWatch *stomp_poll_add (StompPoll *self, int fd, guint32 events, StompPollFunc func, gpointer user_data,
                            GError **error);
void stomp_poll_change (StompPoll *self, StompWatch *watch, guint32 events);
/* The function is not called any more, also not for what has happened already. */
void stomp_poll_remove (StompPoll *self, StompWatch *watch);

G_END_DECLS
