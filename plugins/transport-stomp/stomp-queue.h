/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/transport-stomp/stomp-stream.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _StompQueue StompQueue;
typedef struct _StompMessage StompMessage;
typedef struct _StompReader StompReader;

/* Told once what became of a message: NULL: a reader has it; else why not. */
typedef void (*StompSettled) (const GError *error, gpointer user_data);

/**
 * StompMessage:
 * @id: the broker's number
 * @vnfm_id: (nullable): the sender's id, the same when it is sent again
 * @redelivered: a reader had it and is gone
 * @settled: (nullable): whom to tell
 */
struct _StompMessage {
  guint64 id;
  char *vnfm_id;
  char *correlation_id;
  char *reply_to;
  char *content_type;
  GBytes *body;
  gboolean redelivered;
  StompSettled settled;
  gpointer settled_data;
};

StompMessage *stomp_message_new (guint64 id, GBytes *body);
/* Tells whom it may concern and frees it. */
void stomp_message_settle (StompMessage *self, const GError *error);

/**
 * StompReader:
 * @hand: takes a message and gets it to the reader. Returns: TRUE if it is settled with that (ack:auto)
 * @is_ready: whether the reader can take one more
 * @held: of StompMessage: handed out, not acknowledged
 * @prefetch: how many of them at most
 */
struct _StompReader {
  StompQueue *queue;
  gboolean (*hand) (StompReader *self, StompMessage *message);
  gboolean (*is_ready) (StompReader *self);
  GQueue held;
  guint prefetch;
  gpointer owner;
};

/* A queue: messages wait in order for readers, who get them in turn. Freed by its broker when it is empty and unread.
 */
StompQueue *stomp_queue_new (const char *name);
void stomp_queue_free (StompQueue *self);
const char *stomp_queue_get_name (StompQueue *self);
gboolean stomp_queue_is_idle (StompQueue *self);
gboolean stomp_queue_has_readers (StompQueue *self);
guint stomp_queue_get_length (StompQueue *self);
gsize stomp_queue_get_bytes (StompQueue *self);

/* Takes the message. One with the vnfm_id of a message that still waits, or that a reader holds, is kept once: the new
 * sender is told in place of the old one. */
void stomp_queue_put (StompQueue *self, StompMessage *message);
void stomp_queue_add_reader (StompQueue *self, StompReader *reader);
/* What it holds goes back to the front, marked as redelivered. */
void stomp_queue_remove_reader (StompQueue *self, StompReader *reader);
/* Hands out what can be handed out. */
void stomp_queue_dispatch (StompQueue *self);
/* The reader has acknowledged @message, which is gone then. */
void stomp_queue_acknowledge (StompQueue *self, StompReader *reader, StompMessage *message);

G_END_DECLS
