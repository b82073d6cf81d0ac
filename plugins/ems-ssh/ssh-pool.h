/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-ssh/ssh-link.h"

G_BEGIN_DECLS

/**
 * SshPool:
 *
 * The connections of the process, bounded: so many open, so many being opened at a time; who asks for more waits, first
 * come first served. Users of one machine share its connection; one that nobody uses is closed after a while, or at
 * once when somebody else waits for its place.
 */
#define SSH_TYPE_POOL (ssh_pool_get_type ())
G_DECLARE_FINAL_TYPE (SshPool, ssh_pool, SSH, POOL, GObject)

SshPool *ssh_pool_new (SshSettings *settings);

/* A connection to @target: the one that is open, or a new one. Give it back with ssh_pool_release(), also if it was
 * closed meanwhile. Errors: of ssh_link_open_finish(). A failure is told to all who wait for this machine; when to try
 * again is the caller's matter. */
void ssh_pool_acquire_async (SshPool *self, const SshTarget *target, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full). */
SshLink *ssh_pool_acquire_finish (SshPool *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @link: (transfer full). */
void ssh_pool_release (SshPool *self, SshLink *link);

/* Closes all connections; who waits gets VNFM_ERROR_CANCELLED. */
void ssh_pool_close (SshPool *self);

typedef struct {
  guint open;    /* connections, the idle ones among them */
  guint idle;    /* that nobody uses */
  guint opening; /* being opened */
  guint waiting; /* callers without a connection */
} SshPoolCounts;
SshPoolCounts ssh_pool_get_counts (SshPool *self);

G_END_DECLS
