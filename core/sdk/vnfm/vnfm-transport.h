/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-envelope.h>
#include <vnfm/vnfm-extension.h>

G_BEGIN_DECLS

/**
 * VnfmTransportState:
 * @VNFM_TRANSPORT_CLOSED: not opened, or closed on purpose
 * @VNFM_TRANSPORT_CONNECTING: trying, or waiting for the next try
 * @VNFM_TRANSPORT_CONNECTED: up, with all subscriptions in place
 */
typedef enum {
  VNFM_TRANSPORT_CLOSED,
  VNFM_TRANSPORT_CONNECTING,
  VNFM_TRANSPORT_CONNECTED,
} VnfmTransportState;

#define VNFM_TYPE_TRANSPORT_STATE (vnfm_transport_state_get_type ())
GType vnfm_transport_state_get_type (void);

/**
 * VnfmAccess:
 * @VNFM_ACCESS_READ: to subscribe
 * @VNFM_ACCESS_WRITE: to send
 */
typedef enum {
  VNFM_ACCESS_READ,
  VNFM_ACCESS_WRITE,
} VnfmAccess;

#define VNFM_TYPE_ACCESS (vnfm_access_get_type ())
GType vnfm_access_get_type (void);

/**
 * VnfmVerdict:
 * @VNFM_VERDICT_NONE: whoever was asked does not know this login: somebody else's matter
 * @VNFM_VERDICT_REFUSED: no
 * @VNFM_VERDICT_PENDING: it cannot be said yet: a reader may wait, and gets nothing
 * @VNFM_VERDICT_GRANTED: yes
 */
typedef enum {
  VNFM_VERDICT_NONE,
  VNFM_VERDICT_REFUSED,
  VNFM_VERDICT_PENDING,
  VNFM_VERDICT_GRANTED,
} VnfmVerdict;

#define VNFM_TYPE_VERDICT (vnfm_verdict_get_type ())
GType vnfm_verdict_get_type (void);

/**
 * VnfmTransport:
 *
 * Moves envelopes between logical destinations. The base class keeps the wanted subscriptions, reconnects with back-off
 * and jitter and subscribes again; a subclass knows one protocol and one connection.
 *
 * Signals: "delivery" (#VnfmEnvelope), detailed by the destination's nick; a handler that takes the envelope returns
 * TRUE and settles it later; what nobody takes is logged and settled. "notify::state".
 *
 * A subclass that is the broker itself knows more. It may have, and others look for by name: the readable string
 * properties "broker-address" ("HOST:PORT": where it really listens), "login" and "passcode", which machines are told;
 * and the signal "reader-gone" (host name): nobody reads the commands of that host any more.
 *
 * Such a broker knows destinations, and not whose they are: it asks. The first handler that does not return
 * %VNFM_VERDICT_NONE decides. "peer-login" (login, passcode, address of the peer; returns #VnfmVerdict): may it come
 * in? %VNFM_VERDICT_GRANTED makes it a peer with no rights of its own. "peer-access" (login, #VnfmAccess,
 * #VnfmDestination, host or NULL; returns #VnfmVerdict): may such a peer read there, write there? It is asked at each
 * SUBSCRIBE and SEND, and for a reader again before each message. Handlers answer at once and do nothing else. Logins
 * that nobody knows are the broker's own: its [login] and [passcode], with full rights.
 */
#define VNFM_TYPE_TRANSPORT (vnfm_transport_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmTransport, vnfm_transport, VNFM, TRANSPORT, VnfmExtension)

/**
 * VnfmTransportClass:
 * @connect_async: one attempt; completes when the connection can carry messages
 * @close_async: says good-bye; completes when it is said or cannot be
 * @subscribe: on a live connection; the base class calls it after each connect
 * @unsubscribe: on a live connection
 * @publish_async: completes when the peer has the envelope safely (its receipt, confirm, acknowledgement). Errors:
 *   VNFM_ERROR_UNREACHABLE: surely not sent; VNFM_ERROR_UNKNOWN_OUTCOME: sent, and the connection broke before the
 *   confirmation; VNFM_ERROR_NOT_FOUND: nobody reads there; VNFM_ERROR_LIMIT: too large
 * @reply_async: the same to an address as it stood in reply_to; VNFM_ERROR_NOT_FOUND: the address is dead
 * @ack: settles a delivery
 * @request_async: one question and its answer on a reply address of its own, which need not outlive a restart:
 *   the registration of a manager
 * @dup_answer_address: what to put into reply_to so that answers come to VNFM_DESTINATION_ANSWERS
 * @is_broker: (nullable): it is the broker itself, and asks "peer-login" and "peer-access"
 * @review: (nullable): see vnfm_transport_review()
 * @drop: (nullable): see vnfm_transport_drop()
 * @count_connections: (nullable): as the broker itself: how many peers are connected; -1: not known
 * @count_readers: (nullable): as the broker itself: how many peers read there; -1: not known
 */
struct _VnfmTransportClass {
  VnfmExtensionClass parent_class;

  void (*connect_async) (VnfmTransport *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
  gboolean (*connect_finish) (VnfmTransport *self, GAsyncResult *result, GError **error);
  void (*close_async) (VnfmTransport *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*close_finish) (VnfmTransport *self, GAsyncResult *result, GError **error);
  void (*subscribe) (VnfmTransport *self, VnfmDestination destination, const char *host);
  void (*unsubscribe) (VnfmTransport *self, VnfmDestination destination, const char *host);
  void (*publish_async) (VnfmTransport *self, VnfmDestination destination, VnfmEnvelope *envelope,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*publish_finish) (VnfmTransport *self, GAsyncResult *result, GError **error);
  void (*reply_async) (VnfmTransport *self, const char *address, VnfmEnvelope *envelope, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*reply_finish) (VnfmTransport *self, GAsyncResult *result, GError **error);
  void (*ack) (VnfmTransport *self, guint64 token);
  void (*request_async) (VnfmTransport *self, VnfmDestination destination, VnfmEnvelope *envelope,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  VnfmEnvelope *(*request_finish) (VnfmTransport *self, GAsyncResult *result, GError **error);
  char *(*dup_answer_address) (VnfmTransport *self);
  gboolean (*is_broker) (VnfmTransport *self);
  void (*review) (VnfmTransport *self, const char *host);
  void (*drop) (VnfmTransport *self, const char *login, const char *host, const char *reason);
  int (*count_connections) (VnfmTransport *self);
  int (*count_readers) (VnfmTransport *self, VnfmDestination destination, const char *host);

  gpointer reserved[7];
};

/* The keys that every transport reads: [transport] reconnect-min, reconnect-max, and [destinations]. */
extern const VnfmKey vnfm_transport_keys[];

/* Opens it and keeps it open. */
void vnfm_transport_open (VnfmTransport *self);
void vnfm_transport_close_async (VnfmTransport *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean vnfm_transport_close_finish (VnfmTransport *self, GAsyncResult *result, GError **error);
VnfmTransportState vnfm_transport_get_state (VnfmTransport *self);
/* Why the last attempt failed or the connection was lost. Returns: (nullable): borrowed. */
const GError *vnfm_transport_get_last_error (VnfmTransport *self);
/* @host: for VNFM_DESTINATION_EMS_COMMANDS, else NULL. Remembered until unsubscribed. */
void vnfm_transport_subscribe (VnfmTransport *self, VnfmDestination destination, const char *host);
void vnfm_transport_unsubscribe (VnfmTransport *self, VnfmDestination destination, const char *host);
void vnfm_transport_publish_async (VnfmTransport *self, VnfmDestination destination, VnfmEnvelope *envelope,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_transport_publish_finish (VnfmTransport *self, GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_transport_reply_async (VnfmTransport *self, const char *address, VnfmEnvelope *envelope,
                                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_transport_reply_finish (VnfmTransport *self, GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_transport_request_async (VnfmTransport *self, VnfmDestination destination, VnfmEnvelope *envelope,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
VnfmEnvelope *vnfm_transport_request_finish (VnfmTransport *self, GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *vnfm_transport_dup_answer_address (VnfmTransport *self);
/* For the operator. Whether it is subscribed there, as soon as it is connected. */
gboolean vnfm_transport_is_subscribed (VnfmTransport *self, VnfmDestination destination, const char *host);
/* Peers of a transport that is the broker itself: all, and those that read at a destination. Returns: -1: not known. */
int vnfm_transport_count_connections (VnfmTransport *self);
int vnfm_transport_count_readers (VnfmTransport *self, VnfmDestination destination, const char *host);

/* For those who answer "peer-login" and "peer-access". */
/* It is the broker itself, once it has started: logins are asked for, and "broker-address" is its own. */
gboolean vnfm_transport_is_broker (VnfmTransport *self);
/* Who may read the commands of @host (NULL: of any host) has changed: readers that are refused now are told so and
 * ended, those that waited for it get what is there. From the main loop, soon after. */
void vnfm_transport_review (VnfmTransport *self, const char *host);
/* Ends the connections of peers that came in by "peer-login": with this @login (NULL: any), and reading the commands of
 * @host (NULL: or not). @reason: what they are told. From the main loop, soon after, after what was asked before. */
void vnfm_transport_drop (VnfmTransport *self, const char *login, const char *host, const char *reason);

/* For subclasses. */
/* Emits "peer-login". */
VnfmVerdict vnfm_transport_ask_login (VnfmTransport *self, const char *login, const char *passcode, const char *peer);
/* Emits "peer-access". @host: for VNFM_DESTINATION_EMS_COMMANDS, else NULL. */
VnfmVerdict vnfm_transport_ask_access (VnfmTransport *self, const char *login, VnfmAccess access,
                                       VnfmDestination destination, const char *host);
/* The host whose commands have this name: what vnfm_transport_dup_name() makes of it, backwards. Returns:
 * (transfer full) (nullable): NULL: no host's. */
char *vnfm_transport_dup_host (VnfmTransport *self, const char *name);
/* The broker's name of a destination, "{endpoint}" and "{host}" filled in. Returns: (transfer full). */
char *vnfm_transport_dup_name (VnfmTransport *self, VnfmDestination destination, const char *host);
/* Hands an envelope up; the transport fills in what makes vnfm_envelope_ack() come back to its ack vfunc as @token. */
void vnfm_transport_deliver (VnfmTransport *self, VnfmDestination destination, VnfmEnvelope *envelope, guint64 token);
/* The connection is gone: the base class connects again unless closed on purpose. */
void vnfm_transport_lost (VnfmTransport *self, const GError *error);

G_END_DECLS
