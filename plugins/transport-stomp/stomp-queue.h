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
 * StompAccount:
 *
 * Bytes that came from outside and wait.
 */
typedef struct {
  gsize used;
  gsize limit;
} StompAccount;

/**
 * StompMessage:
 * @id: the broker's number
 * @vnfm_id: (nullable): the sender's id, the same when it is sent again
 * @sender: (nullable): login of a peer without full rights
 * @extra: (nullable): header lines of the sender's own, as they are written
 * @redelivered: a reader had it and is gone, or refused it
 * @refusals: how often readers refused it
 * @size: bytes that it takes, roughly; see stomp_message_measure()
 * @account: (nullable): where @size is counted
 * @waiters: whom to tell
 */
struct _StompMessage {
  guint64 id;
  char *vnfm_id;
  char *correlation_id;
  char *reply_to;
  char *content_type;
  char *sender;
  char *extra;
  GBytes *body;
  gboolean redelivered;
  guint refusals;
  gsize size;
  StompAccount *account;
  GQueue waiters; /* of Waiter */
};

StompMessage *stomp_message_new (guint64 id, GBytes *body);
/* When all is filled in. */
void stomp_message_measure (StompMessage *self, StompAccount *account);
void stomp_message_add_waiter (StompMessage *self, StompSettled settled, gpointer user_data);
/* He is not told any more. */
void stomp_message_remove_waiter (StompMessage *self, gpointer user_data);
/* Tells whom it may concern and frees it. */
void stomp_message_settle (StompMessage *self, const GError *error);

/**
 * StompReader:
 * @hand: takes a message and gets it to the reader. Returns: TRUE if it is settled with that (ack:auto)
 * @is_ready: whether the reader can take one more
 * @may_read: (nullable): whether it is let read at present; one that is not does not count as a reader
 * @held: of StompMessage: handed out, not acknowledged
 * @prefetch: how many of them at most
 */
struct _StompReader {
  StompQueue *queue;
  gboolean (*hand) (StompReader *self, StompMessage *message);
  gboolean (*is_ready) (StompReader *self);
  gboolean (*may_read) (StompReader *self);
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
/* Some that may read. */
gboolean stomp_queue_has_readers (StompQueue *self);
/* Whoever has subscribed, and whether @reader still has. Returns: (transfer container). */
GPtrArray *stomp_queue_dup_readers (StompQueue *self);
gboolean stomp_queue_has_reader (StompQueue *self, StompReader *reader);
guint stomp_queue_count_readers (StompQueue *self);
/* Messages that wait or are held, and those that wait. */
guint stomp_queue_get_length (StompQueue *self);
guint stomp_queue_get_waiting (StompQueue *self);
gsize stomp_queue_get_bytes (StompQueue *self);

/* The message with this vnfm_id, sender and body that waits or is held: a repeat is not put, its sender waits for the
 * same. @vnfm_id: (nullable). @sender: (nullable). Returns: (nullable). */
StompMessage *stomp_queue_find (StompQueue *self, const char *vnfm_id, const char *sender, GBytes *body);
/* Takes the message. */
void stomp_queue_put (StompQueue *self, StompMessage *message);
void stomp_queue_add_reader (StompQueue *self, StompReader *reader);
/* It gets no more, and keeps what it holds. */
void stomp_queue_stop_reader (StompQueue *self, StompReader *reader);
/* What it holds goes back to its place, marked as redelivered. */
void stomp_queue_remove_reader (StompQueue *self, StompReader *reader);
/* Hands out what can be handed out. */
void stomp_queue_dispatch (StompQueue *self);
/* The reader has acknowledged @message, which is gone then. */
void stomp_queue_acknowledge (StompQueue *self, StompReader *reader, StompMessage *message);
/* The reader does not want it: it goes back to its place, for the next one in turn. What is refused time and again is
 * given up, and its senders are told. */
void stomp_queue_refuse (StompQueue *self, StompReader *reader, StompMessage *message);
/* Nobody reads: gives up what nobody waits for, or @all. Returns: how many messages that were. */
guint stomp_queue_give_up (StompQueue *self, gboolean all);

G_END_DECLS
