/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/transport-stomp/stomp-guard.h"
#include "plugins/transport-stomp/stomp-queue.h"

#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-envelope.h>

G_BEGIN_DECLS

/**
 * StompBrokerSettings:
 * @prefix: what stands before a queue's name in a destination: "/queue/"
 * @login: (nullable): NULL: anybody
 * @passcode: (nullable)
 * @commands_prefix: a queue whose name begins so ...
 * @commands_suffix: ... and ends so holds commands for the agent of the host between: one that nobody reads is refused
 * @heartbeat: microseconds, both ways
 * @connect_timeout: microseconds, for the login
 * @limits: of frames
 * @max_connections: at a time
 * @login_connections: of one login that is not the broker's own
 * @queue_limit: messages that wait in one queue
 * @queue_bytes: bytes that wait in one queue
 * @connection_limit: messages of one connection that wait for their readers
 * @connection_bytes: their bytes
 * @memory: bytes of all connections' messages, and as many of frames that are not complete
 * @output_bytes: output that waits for one connection before it gets no further message, and is not listened to
 * @patience: microseconds that output may wait without moving
 * @reader_timeout: microseconds that is kept what nobody reads: commands, and messages whose sender is gone
 * @prefetch: messages that one subscription may hold unacknowledged
 */
typedef struct {
  char *prefix;
  char *login;
  char *passcode;
  char *commands_prefix;
  char *commands_suffix;
  char *names[VNFM_N_DESTINATIONS]; /* nullable: of the other destinations: they may look so and hold none */
  gint64 heartbeat;
  gint64 connect_timeout;
  StompLimits limits;
  guint max_connections;
  guint login_connections;
  guint queue_limit;
  gsize queue_bytes;
  guint connection_limit;
  gsize connection_bytes;
  gsize memory;
  gsize output_bytes;
  gint64 patience;
  gint64 reader_timeout;
  guint prefetch;
} StompBrokerSettings;

/**
 * StompBrokerFuncs:
 * @deliver: a message for a queue that the program reads itself; settled by stomp_broker_ack()
 * @reader_gone: nobody reads the commands of this host any more
 * @guard: who may do what
 */
typedef struct {
  void (*deliver) (gpointer tag, VnfmEnvelope *envelope, guint64 token, gpointer owner);
  void (*reader_gone) (const char *host, gpointer owner);
  StompGuardFuncs guard;
} StompBrokerFuncs;

/* The broker inside the manager. It keeps nothing on disk: its RECEIPT for a SEND means that a reader has the message
 * safely. */
typedef struct _StompBroker StompBroker;

/* @settings: borrowed for as long as the broker lives. */
StompBroker *stomp_broker_new (VnfmClock *clock, const StompBrokerSettings *settings, const StompBrokerFuncs *funcs,
                               gpointer owner, GError **error);
void stomp_broker_free (StompBroker *self);
/* @socket: from stomp_listen(). */
gboolean stomp_broker_listen (StompBroker *self, GSocket *socket, GError **error);

void stomp_broker_subscribe (StompBroker *self, const char *queue, gpointer tag);
void stomp_broker_unsubscribe (StompBroker *self, const char *queue);
void stomp_broker_ack (StompBroker *self, guint64 token);
/* Completes @task (taken) when a reader has it: TRUE, or VNFM_ERROR_NOT_FOUND, VNFM_ERROR_REFUSED (the queue is full,
 * or readers do not want it), VNFM_ERROR_UNREACHABLE (the broker is closed), VNFM_ERROR_UNKNOWN_OUTCOME. */
void stomp_broker_publish (StompBroker *self, const char *queue, VnfmEnvelope *envelope, GTask *task);

guint stomp_broker_get_connections (StompBroker *self);
/* Who may read this queue (NULL: any queue) has changed. Guarded readers that may not are ended, from the main loop. */
void stomp_broker_review (StompBroker *self, const char *queue);
/* Ends guarded peers with this login (NULL: any) that read this queue (NULL: or do not), from the main loop. */
void stomp_broker_drop (StompBroker *self, const char *login, const char *queue, const char *reason);
guint stomp_broker_count_readers (StompBroker *self, const char *queue);

/* For stomp-session.c. */
typedef struct _StompSession StompSession;
const StompBrokerSettings *stomp_broker_get_settings (StompBroker *self);
VnfmClock *stomp_broker_get_clock (StompBroker *self);
VnfmPoll *stomp_broker_get_poll (StompBroker *self);
StompGuard *stomp_broker_get_guard (StompBroker *self);
StompQueue *stomp_broker_get_queue (StompBroker *self, const char *name);
/* Of messages that came from peers, and of frames of which the rest has not come. */
StompAccount *stomp_broker_get_account (StompBroker *self);
StompAccount *stomp_broker_get_unfinished (StompBroker *self);
/* Whether a queue can take one more message; @size: what it adds to the memory that is counted, else 0. Errors:
 * VNFM_ERROR_NOT_FOUND (nobody reads these commands), VNFM_ERROR_REFUSED (full). */
gboolean stomp_broker_check_room (StompBroker *self, StompQueue *queue, gsize size, GError **error);
void stomp_broker_put (StompBroker *self, StompQueue *queue, StompMessage *message);
void stomp_broker_add_reader (StompBroker *self, StompQueue *queue, StompReader *reader);
/* Nobody waits for the last words. */
gboolean stomp_broker_is_closing (StompBroker *self);
void stomp_broker_reader_left (StompBroker *self, StompQueue *queue);
void stomp_broker_forget_session (StompBroker *self, StompSession *session);
guint64 stomp_broker_next_id (StompBroker *self);

/* stomp-session.c: one connection. @fd: (transfer full). */
StompSession *stomp_session_new (StompBroker *broker, int fd, const char *peer, GError **error);
void stomp_session_free (StompSession *self);
/* Whose subscription it is. Returns: (nullable): the program's. */
StompSession *stomp_session_of_reader (StompReader *reader);
/* Returns: (nullable): a peer with full rights. */
const StompLogin *stomp_session_get_login (StompSession *self);
/* It asks again whether @reader may read; if not, ends the session and says so. Returns: FALSE: it is gone. */
gboolean stomp_session_review (StompSession *self, StompReader *reader);
void stomp_session_drop (StompSession *self, const char *reason);

G_END_DECLS
