/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/transport-stomp/stomp-stream.h"

#include <vnfm/vnfm-envelope.h>

G_BEGIN_DECLS

/**
 * StompConnectionSettings:
 * @host: name or address
 * @port: TCP
 * @virtual_host: of the broker; "/" is RabbitMQ's default
 * @login: (nullable)
 * @passcode: (nullable)
 * @heartbeat: microseconds, both ways
 * @timeout: microseconds, for the connection and the login together
 * @prefetch: messages of one subscription that are not acknowledged yet
 * @limits: of frames
 */
typedef struct {
  const char *host;
  guint16 port;
  const char *virtual_host;
  const char *login;
  const char *passcode;
  gint64 heartbeat;
  gint64 timeout;
  guint prefetch;
  StompLimits limits;
} StompConnectionSettings;

/**
 * StompConnectionFuncs:
 * @deliver: a message of the subscription with @tag; settled by stomp_connection_ack()
 * @lost: it ended by itself
 */
typedef struct {
  void (*deliver) (gpointer tag, VnfmEnvelope *envelope, guint64 token, gpointer owner);
  void (*lost) (const GError *error, gpointer owner);
} StompConnectionFuncs;

/* A client's connection to a broker. */
typedef struct _StompConnection StompConnection;

/* Connects and logs in. Errors: VNFM_ERROR_UNREACHABLE, VNFM_ERROR_DENIED (what the broker said), VNFM_ERROR_TIMEOUT.
 */
void stomp_connection_open_async (VnfmClock *clock, const StompConnectionSettings *settings,
                                  const StompConnectionFuncs *funcs, gpointer owner, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
StompConnection *stomp_connection_open_finish (GAsyncResult *result, GError **error);
void stomp_connection_free (StompConnection *self);

void stomp_connection_subscribe (StompConnection *self, const char *destination, gpointer tag);
void stomp_connection_unsubscribe (StompConnection *self, const char *destination);
/* Completes @task (taken) with the broker's receipt. Errors: VNFM_ERROR_UNREACHABLE (the connection broke before a byte
 * of it had left), VNFM_ERROR_UNKNOWN_OUTCOME (it broke later), VNFM_ERROR_NOT_FOUND, VNFM_ERROR_LIMIT,
 * VNFM_ERROR_REFUSED (what the broker said). */
void stomp_connection_send (StompConnection *self, const char *destination, VnfmEnvelope *envelope, GTask *task);
void stomp_connection_ack (StompConnection *self, guint64 token);
/* Says good-bye and completes @task (taken) with the receipt, or when the connection ends. */
void stomp_connection_disconnect (StompConnection *self, GTask *task);

G_END_DECLS
