/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in broker: listeners, connections, queues. What one connection says and hears is stomp-session.c's, how
 * messages wait is stomp-queue.c's. */
#include "config.h"

#include "plugins/transport-stomp/stomp-broker.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vnfm/vnfm-error.h>

/* A listener takes so many connections in one turn of the main loop. */
#define ACCEPTS 64
/* How long none is taken when descriptors or memory ran out. */
#define ACCEPT_PAUSE G_TIME_SPAN_SECOND

typedef struct {
  StompBroker *broker;
  GSocket *socket;
  StompWatch *watch;
  VnfmTimer *pause;
} Listener;

/* A queue that the program reads itself. */
typedef struct {
  StompReader reader;
  StompBroker *broker;
  gpointer tag;
} InnerReader;

typedef struct {
  StompReader *reader;
  StompMessage *message;
} Held;

struct _StompBroker {
  VnfmClock *clock;
  StompPoll *poll;
  const StompBrokerSettings *settings;
  const StompBrokerFuncs *funcs;
  gpointer owner;

  GPtrArray *listeners; /* of Listener */
  GHashTable *sessions; /* set of StompSession */
  GHashTable *queues;   /* name -> StompQueue */
  GHashTable *inner;    /* name of queue -> InnerReader */
  GHashTable *held;     /* token -> Held: handed to the program */
  guint64 last_id;
  gboolean closing;
};

static void
listener_free (Listener *listener)
{
  vnfm_clock_clear_timer (listener->broker->clock, &listener->pause);
  if (listener->watch != NULL)
    stomp_poll_remove (listener->broker->poll, listener->watch);
  g_object_unref (listener->socket);
  g_free (listener);
}

StompBroker *
stomp_broker_new (VnfmClock *clock, const StompBrokerSettings *settings, const StompBrokerFuncs *funcs, gpointer owner,
                  GError **error)
{
  StompPoll *poll = stomp_poll_new (error);

  if (poll == NULL)
    return NULL;
  StompBroker *self = g_new0 (StompBroker, 1);
  self->clock = g_object_ref (clock);
  /* Ids of messages do not repeat when a broker follows another, in this process or the next. */
  self->last_id = (guint64)vnfm_clock_get_wall_time (clock);
  self->poll = poll;
  self->settings = settings;
  self->funcs = funcs;
  self->owner = owner;
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify)listener_free);
  self->sessions = g_hash_table_new (NULL, NULL);
  self->queues = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)stomp_queue_free);
  self->inner = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->held = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
stomp_broker_free (StompBroker *self)
{
  if (self == NULL)
    return;
  self->closing = TRUE;
  g_ptr_array_unref (self->listeners);
  g_autoptr (GList) sessions = g_hash_table_get_keys (self->sessions);
  g_list_foreach (sessions, (GFunc)(void (*) (void))stomp_session_free, NULL);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->held);
  g_autoptr (GList) inner = g_hash_table_get_values (self->inner);
  for (GList *link = inner; link != NULL; link = link->next) {
    InnerReader *reader = link->data;
    reader->reader.prefetch = 0;
    stomp_queue_remove_reader (reader->reader.queue, &reader->reader);
  }
  g_hash_table_unref (self->inner);
  g_hash_table_unref (self->queues);
  stomp_poll_unref (self->poll);
  g_object_unref (self->clock);
  g_free (self);
}

const StompBrokerSettings *
stomp_broker_get_settings (StompBroker *self)
{
  return self->settings;
}

VnfmClock *
stomp_broker_get_clock (StompBroker *self)
{
  return self->clock;
}

StompPoll *
stomp_broker_get_poll (StompBroker *self)
{
  return self->poll;
}

gboolean
stomp_broker_is_closing (StompBroker *self)
{
  return self->closing;
}

guint64
stomp_broker_next_id (StompBroker *self)
{
  return ++self->last_id;
}

guint
stomp_broker_get_connections (StompBroker *self)
{
  return g_hash_table_size (self->sessions);
}

/* ---- connections */

static void
refuse (int fd)
{
  static const char text[] = "ERROR\nmessage:too many connections\ncontent-length:0\n\n";

  if (send (fd, text, sizeof text, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    g_debug ("STOMP: a refused peer was gone already");
  close (fd);
}

static void
pause_is_over (gpointer user_data)
{
  Listener *listener = user_data;

  listener->pause = NULL;
  stomp_poll_change (listener->broker->poll, listener->watch, EPOLLIN);
}

/* The peer still waits in the backlog, and the listener stays readable: looking again at once would spin. */
static void
cannot_accept (Listener *listener, int number)
{
  StompBroker *self = listener->broker;

  if (number == EAGAIN || number == EWOULDBLOCK || number == EINTR || number == ECONNABORTED)
    return;
  g_warning ("STOMP: a connection cannot be taken: %s", g_strerror (number));
  stomp_poll_change (self->poll, listener->watch, 0);
  listener->pause = vnfm_clock_add_timer (self->clock, ACCEPT_PAUSE, pause_is_over, listener);
}

static void
accept_some (guint32 events, gpointer user_data)
{
  Listener *listener = user_data;
  StompBroker *self = listener->broker;

  for (int i = 0; i < ACCEPTS; i++) {
    g_autoptr (GError) error = NULL;
    int fd = accept4 (g_socket_get_fd (listener->socket), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    int yes = 1;
    if (fd < 0) {
      cannot_accept (listener, errno);
      return;
    }
    if (g_hash_table_size (self->sessions) >= self->settings->max_connections) {
      g_warning ("STOMP: more than %u connections: one is refused", self->settings->max_connections);
      refuse (fd);
      continue;
    }
    /* Else a small frame waits for the acknowledgement of the one before it: 40 ms for each question and answer. */
    if (setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
      g_debug ("STOMP: the socket keeps its defaults");
    StompSession *session = stomp_session_new (self, fd, "peer", &error);
    if (session != NULL)
      g_hash_table_add (self->sessions, session);
    else
      g_warning ("STOMP: a connection cannot be taken: %s", error->message);
  }
}

void
stomp_broker_forget_session (StompBroker *self, StompSession *session)
{
  g_hash_table_remove (self->sessions, session);
}

static GSocketAddress *
parse_address (const char *text, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse (text, 61613, &cause);
  GInetAddress *inet = NULL;

  if (connectable != NULL) {
    const char *host = g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable));
    inet = strcmp (host, "localhost") == 0 ? g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4)
                                           : g_inet_address_new_from_string (host);
  }
  if (inet == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "\"%s\" is no ADDRESS:PORT to listen on", text);
    return NULL;
  }
  GSocketAddress *address =
      g_inet_socket_address_new (inet, g_network_address_get_port (G_NETWORK_ADDRESS (connectable)));
  g_object_unref (inet);
  return address;
}

static char *
describe_address (GSocket *socket)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  GInetSocketAddress *inet = G_INET_SOCKET_ADDRESS (local);
  g_autofree char *host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  const char *format = strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u";
  guint port = g_inet_socket_address_get_port (inet);

  return format[0] == '[' ? g_strdup_printf ("[%s]:%u", host, port) : g_strdup_printf ("%s:%u", host, port);
}

gboolean
stomp_broker_listen (StompBroker *self, const char *text, char **bound, GError **error)
{
  g_autoptr (GSocketAddress) address = parse_address (text, error);
  g_autoptr (GSocket) socket = NULL;

  if (address == NULL)
    return FALSE;
  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL || !g_socket_bind (socket, address, TRUE, error)) {
    g_prefix_error (error, "cannot listen on %s: ", text);
    return FALSE;
  }
  g_socket_set_listen_backlog (socket, 1024);
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_listen (socket, error)) {
    g_prefix_error (error, "cannot listen on %s: ", text);
    return FALSE;
  }
  Listener *listener = g_new0 (Listener, 1);
  listener->broker = self;
  listener->socket = g_object_ref (socket);
  g_ptr_array_add (self->listeners, listener);
  listener->watch = stomp_poll_add (self->poll, g_socket_get_fd (socket), EPOLLIN, accept_some, listener, error);
  *bound = describe_address (socket);
  return listener->watch != NULL;
}

/* ---- queues */

static gboolean
drop_if_idle (gpointer name, gpointer queue, gpointer keep)
{
  return queue != keep && stomp_queue_is_idle (queue);
}

/* Idle queues are swept when one more is made and there are many: names come from outside. */
StompQueue *
stomp_broker_get_queue (StompBroker *self, const char *name)
{
  StompQueue *queue = g_hash_table_lookup (self->queues, name);

  if (queue != NULL)
    return queue;
  if (g_hash_table_size (self->queues) % 1024 == 1023)
    g_hash_table_foreach_remove (self->queues, drop_if_idle, NULL);
  queue = stomp_queue_new (name);
  g_hash_table_insert (self->queues, (gpointer)stomp_queue_get_name (queue), queue);
  return queue;
}

gboolean
stomp_broker_holds_commands (StompBroker *self, const char *queue)
{
  gsize length = strlen (queue);

  return length > strlen (self->settings->commands_prefix) + strlen (self->settings->commands_suffix) &&
         g_str_has_prefix (queue, self->settings->commands_prefix) &&
         g_str_has_suffix (queue, self->settings->commands_suffix);
}

/* Called by a session when a reader of a queue is gone. */
void
stomp_broker_reader_left (StompBroker *self, StompQueue *queue)
{
  const char *name = stomp_queue_get_name (queue);

  if (self->closing || stomp_queue_has_readers (queue) || !stomp_broker_holds_commands (self, name))
    return;
  gsize skip = strlen (self->settings->commands_prefix);
  g_autofree char *host = g_strndup (name + skip, strlen (name) - skip - strlen (self->settings->commands_suffix));
  self->funcs->reader_gone (host, self->owner);
}

static gboolean
inner_is_ready (StompReader *reader)
{
  return TRUE;
}

static gboolean
hand_to_program (StompReader *reader, StompMessage *message)
{
  InnerReader *inner = reader->owner;
  StompBroker *self = inner->broker;
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (message->body);
  guint64 *token = g_new (guint64, 1);
  Held *held = g_new (Held, 1);

  envelope->message_id = message->vnfm_id != NULL ? g_strdup (message->vnfm_id) : NULL;
  envelope->correlation_id = g_strdup (message->correlation_id);
  envelope->reply_to = g_strdup (message->reply_to);
  envelope->content_type = g_strdup (message->content_type);
  envelope->redelivered = message->redelivered;
  *token = message->id;
  *held = (Held){ reader, message };
  g_hash_table_insert (self->held, token, held);
  self->funcs->deliver (inner->tag, envelope, *token, self->owner);
  return FALSE;
}

void
stomp_broker_ack (StompBroker *self, guint64 token)
{
  Held *held = g_hash_table_lookup (self->held, &token);

  if (held == NULL)
    return;
  StompReader *reader = held->reader;
  StompMessage *message = held->message;
  g_hash_table_remove (self->held, &token);
  stomp_queue_acknowledge (reader->queue, reader, message);
}

void
stomp_broker_subscribe (StompBroker *self, const char *queue, gpointer tag)
{
  InnerReader *inner = g_hash_table_lookup (self->inner, queue);

  if (inner != NULL) {
    inner->tag = tag;
    return;
  }
  inner = g_new0 (InnerReader, 1);
  inner->broker = self;
  inner->tag = tag;
  inner->reader.hand = hand_to_program;
  inner->reader.is_ready = inner_is_ready;
  inner->reader.prefetch = self->settings->queue_limit;
  inner->reader.owner = inner;
  g_hash_table_insert (self->inner, g_strdup (queue), inner);
  stomp_queue_add_reader (stomp_broker_get_queue (self, queue), &inner->reader);
}

static gboolean
is_of_reader (gpointer token, gpointer held, gpointer reader)
{
  return ((Held *)held)->reader == reader;
}

void
stomp_broker_unsubscribe (StompBroker *self, const char *queue)
{
  InnerReader *inner = g_hash_table_lookup (self->inner, queue);

  if (inner == NULL)
    return;
  g_hash_table_foreach_remove (self->held, is_of_reader, &inner->reader);
  stomp_queue_remove_reader (inner->reader.queue, &inner->reader);
  g_hash_table_remove (self->inner, queue);
}

static void
publication_settled (const GError *error, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME, "%s", error->message);
}

void
stomp_broker_publish (StompBroker *self, const char *name, VnfmEnvelope *envelope, GTask *task)
{
  StompQueue *queue = stomp_broker_get_queue (self, name);
  const StompBrokerSettings *settings = self->settings;

  if (stomp_broker_holds_commands (self, name) && !stomp_queue_has_readers (queue)) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "nobody reads %s", name);
    g_object_unref (task);
    return;
  }
  if (stomp_queue_get_length (queue) >= settings->queue_limit ||
      stomp_queue_get_bytes (queue) > settings->queue_bytes) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_REFUSED, "the queue %s is full", name);
    g_object_unref (task);
    return;
  }
  StompMessage *message = stomp_message_new (stomp_broker_next_id (self), envelope->body);
  message->vnfm_id = g_strdup (envelope->message_id);
  message->correlation_id = g_strdup (envelope->correlation_id);
  message->reply_to = g_strdup (envelope->reply_to);
  message->content_type = g_strdup (envelope->content_type);
  message->settled = publication_settled;
  message->settled_data = task;
  stomp_queue_put (queue, message);
}
