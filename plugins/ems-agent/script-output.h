/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What scripts write: files that the agent reads behind them. */

/* @bytes as text: what is not UTF-8, and NUL, becomes U+FFFD. Returns: (transfer full). */
char *ems_text_clean (const char *bytes, gsize length);

/* The content of the file @path; of one longer than @max bytes (0: no limit) the first and the last half of that, with
 * a line in between that says how much is missing. A file that cannot be read is "".
 * @left_out: raised by the bytes left out. Returns: (transfer full). */
char *ems_output_read (const char *path, gint64 max, gint64 *left_out);

/**
 * EmsTail:
 * @path: the file
 * @seen: how much of it was handed on
 * @looked: its size when it was last looked at; kept by the caller
 * @freed: up to where its middle was given back to the file system
 *
 * One output file of a running script.
 */
typedef struct {
  char *path;
  gint64 seen;
  gint64 looked;
  gint64 freed;
} EmsTail;

void ems_tail_clear (EmsTail *self);
gint64 ems_tail_get_size (EmsTail *self);
/* The next lines, at most @max bytes in all of the file and a few KiB at once, whole characters only.
 * @offset: (out): where they stand. Returns: (transfer full) (nullable): NULL if there is nothing more by now. */
char *ems_tail_read (EmsTail *self, gint64 max, gboolean final, gint64 *offset);
/* Gives the disk space of what ems_output_read() would leave out back, without moving anything: the script goes on
 * appending at the same offsets. */
void ems_tail_free_middle (EmsTail *self, gint64 max);

/**
 * EmsOutputWatch:
 *
 * Tells which output files grow, without looking at those that do not (inotify).
 */
typedef struct _EmsOutputWatch EmsOutputWatch;
typedef void (*EmsOutputWatchFunc) (gpointer user_data);

/* @func is called in the thread's default context when something has grown; it is not called again before
 * ems_output_watch_take(). Never fails: where the system has no inotify left, see ems_output_watch_is_blind(). */
EmsOutputWatch *ems_output_watch_new (EmsOutputWatchFunc func, gpointer user_data);
void ems_output_watch_free (EmsOutputWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsOutputWatch, ems_output_watch_free)
gboolean ems_output_watch_is_blind (EmsOutputWatch *self);
/* Returns: FALSE if it cannot be watched. */
gboolean ems_output_watch_add (EmsOutputWatch *self, const char *path);
/* The files that have grown, and listens again. Returns: (element-type utf8) (transfer full): a set of paths. */
GHashTable *ems_output_watch_take (EmsOutputWatch *self);

G_END_DECLS
