/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Many sockets under one GSource: an epoll descriptor that the main loop watches. A main loop that watched each socket
 * itself would look at all of them for every message. */
typedef struct _VnfmPoll VnfmPoll;
typedef struct _VnfmWatch VnfmWatch;

/* @events: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR. */
typedef void (*VnfmPollFunc) (guint32 events, gpointer user_data);

/* Errors: VNFM_ERROR_FAILED (no more descriptors). The source belongs to the thread's default main context. */
VnfmPoll *vnfm_poll_new (GError **error);
VnfmPoll *vnfm_poll_ref (VnfmPoll *self);
void vnfm_poll_unref (VnfmPoll *self);

/* @fd: borrowed, until the watch is removed. Errors: VNFM_ERROR_FAILED. */
VnfmWatch *vnfm_poll_add (VnfmPoll *self, int fd, guint32 events, VnfmPollFunc func, gpointer user_data,
                          GError **error);
void vnfm_poll_change (VnfmPoll *self, VnfmWatch *watch, guint32 events);
/* The function is not called any more, also not for what has happened already. */
void vnfm_poll_remove (VnfmPoll *self, VnfmWatch *watch);

G_END_DECLS
