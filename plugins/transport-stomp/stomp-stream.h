/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/transport-stomp/stomp-parser.h"

#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-poll.h>

G_BEGIN_DECLS

/**
 * StompStream:
 *
 * Frames in and out of one socket, for client and broker alike: never blocks, sends and expects heart-beats, tells when
 * the peer is gone. Reference counted; after it was closed it calls nobody any more.
 */
typedef struct _StompStream StompStream;

/**
 * StompStreamFuncs:
 * @frame: a frame has come; the owner takes it. It may close the stream
 * @closed: it has ended by itself: what went wrong, never NULL. Bytes that make no frame are VNFM_ERROR_INVALID or
 *   VNFM_ERROR_LIMIT and leave the stream open for writing: the owner may say so to the peer, and closes it
 * @written: (nullable): some of the output that waited is written
 * @unfinished: (nullable): frames that are not complete hold so many bytes more, or less. May close the stream
 */
typedef struct {
  void (*frame) (StompStream *self, StompFrame *frame, gpointer owner);
  void (*closed) (StompStream *self, const GError *error, gpointer owner);
  void (*written) (StompStream *self, gpointer owner);
  void (*unfinished) (StompStream *self, gssize change, gpointer owner);
} StompStreamFuncs;

/* @fd: (transfer full): a connected socket that does not block. Returns: (nullable): errors: VNFM_ERROR_FAILED. */
StompStream *stomp_stream_new (VnfmPoll *poll, VnfmClock *clock, int fd, const StompLimits *limits,
                               const StompStreamFuncs *funcs, gpointer owner, GError **error);
StompStream *stomp_stream_ref (StompStream *self);
void stomp_stream_unref (StompStream *self);

/* @head: (transfer full): ended by stomp_head_end(). @body: (nullable). */
void stomp_stream_write (StompStream *self, GString *head, GBytes *body);
/* Bytes that wait to be written. */
gsize stomp_stream_get_pending (StompStream *self);
/* Bytes that were ever given to stomp_stream_write(), and of those the bytes that have left. */
guint64 stomp_stream_get_queued (StompStream *self);
guint64 stomp_stream_get_written (StompStream *self);
/* A peer that does not read is not listened to while @pending bytes wait, and is lost when none leaves for @patience
 * microseconds. */
void stomp_stream_set_patience (StompStream *self, gsize pending, gint64 patience);
/* Microseconds, 0 for none: how often at least something is sent, and how long silence is borne. */
void stomp_stream_set_heartbeat (StompStream *self, gint64 send, gint64 expect);
void stomp_stream_set_max_body (StompStream *self, gsize bytes);
/* What is written goes out first, and the peer may end the connection, for a while; what it sends is dropped, and the
 * owner is not told of the end. */
void stomp_stream_finish (StompStream *self);
void stomp_stream_close (StompStream *self);
const StompFrame *stomp_stream_peek_frame (StompStream *self);

G_END_DECLS
