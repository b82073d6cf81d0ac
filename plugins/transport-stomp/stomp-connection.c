/* SPDX-License-Identifier: Apache-2.0 */
/* A client's connection: TCP, CONNECT, then subscriptions, messages and receipts. */
#include "config.h"

#include "plugins/transport-stomp/stomp-connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <vnfm/vnfm-error.h>

typedef struct {
  char *id;
  char *destination;
  gpointer tag;
} Subscription;

/* What a receipt is awaited for. */
typedef struct {
  GTask *task;
  guint64 start; /* where it begins in the stream of output */
} Awaited;

struct _StompConnection {
  VnfmClock *clock;
  VnfmPoll *poll;
  StompStream *stream;
  const StompConnectionFuncs *funcs;
  gpointer owner;
  gint64 heartbeat;

  gint64 timeout;

  GTask *opening;     /* nullable: until CONNECTED */
  VnfmTimer *timer;   /* of the opening, or of the good-bye */
  char *connect_head; /* nullable: what is said first */

  GPtrArray *subscriptions;
  GHashTable *receipts; /* id -> Awaited */
  GHashTable *acks;     /* token -> value of the header "ack" */
  guint64 last_id;
  guint prefetch;
  guint64 max_message; /* the broker says so; 0: it does not, and is none of ours */
  gpointer good_bye;   /* nullable: the GTask of the disconnect, in @receipts */
};

static void got_frame (StompStream *stream, StompFrame *frame, gpointer owner);
static void was_closed (StompStream *stream, const GError *error, gpointer owner);

static const StompStreamFuncs stream_funcs = { got_frame, was_closed, NULL };

static void
subscription_free (Subscription *subscription)
{
  g_free (subscription->id);
  g_free (subscription->destination);
  g_free (subscription);
}

static void
awaited_free (Awaited *awaited)
{
  g_object_unref (awaited->task);
  g_free (awaited);
}

static GHashTable *
receipts_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)awaited_free);
}

static int
compare_starts (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const Awaited *)a)->start;
  guint64 second = ((const Awaited *)b)->start;

  return first < second ? -1 : first > second;
}

/* @receipts: taken, and from the connection before: whoever is told may free that. */
static void
fail_receipts (GHashTable *receipts, gpointer good_bye, guint64 written, const char *text)
{
  g_autoptr (GList) all = g_list_sort (g_hash_table_get_values (receipts), compare_starts);

  for (GList *link = all; link != NULL; link = link->next) {
    const Awaited *awaited = link->data;
    if (awaited->task == good_bye)
      g_task_return_boolean (awaited->task, TRUE);
    else if (awaited->start >= written)
      g_task_return_new_error (awaited->task, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "it was not sent: %s", text);
    else
      g_task_return_new_error (awaited->task, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME,
                               "it was sent, and not confirmed: %s", text);
  }
  g_hash_table_unref (receipts);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Awaited, awaited_free)

/* The connection has ended by itself. Its owner, who is told first, frees it. */
static void
end (StompConnection *self, const GError *error)
{
  GHashTable *receipts = g_steal_pointer (&self->receipts);
  gpointer good_bye = self->good_bye;
  guint64 written = stomp_stream_get_written (self->stream);

  self->receipts = receipts_new ();
  self->funcs->lost (error, self->owner);
  fail_receipts (receipts, good_bye, written, error->message);
}

void
stomp_connection_free (StompConnection *self)
{
  if (self == NULL)
    return;
  vnfm_clock_clear_timer (self->clock, &self->timer);
  guint64 written = self->stream != NULL ? stomp_stream_get_written (self->stream) : 0;
  if (self->stream != NULL) {
    stomp_stream_close (self->stream);
    stomp_stream_unref (self->stream);
  }
  vnfm_poll_unref (self->poll);
  g_ptr_array_unref (self->subscriptions);
  g_hash_table_unref (self->acks);
  g_free (self->connect_head);
  g_object_unref (self->clock);
  GHashTable *receipts = self->receipts;
  gpointer good_bye = self->good_bye;
  g_free (self);
  fail_receipts (receipts, good_bye, written, "the connection was closed");
}

/* ---- opening */

static void
fail_opening (StompConnection *self, GError *error)
{
  GTask *task = g_steal_pointer (&self->opening);

  g_task_set_task_data (task, NULL, NULL);
  stomp_connection_free (self);
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
opening_is_late (gpointer user_data)
{
  StompConnection *self = user_data;

  self->timer = NULL;
  fail_opening (self, g_error_new (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "the broker did not answer in time"));
}

static void
say_connect (StompConnection *self, GSocketConnection *connection)
{
  int fd = fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)), F_DUPFD_CLOEXEC, 3);
  const StompLimits *limits = g_object_get_data (G_OBJECT (self->opening), "limits");
  GError *error = NULL;

  if (fd < 0) {
    fail_opening (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "no descriptor: %s", g_strerror (errno)));
    return;
  }
  self->stream = stomp_stream_new (self->poll, self->clock, fd, limits, &stream_funcs, self, &error);
  if (self->stream == NULL) {
    fail_opening (self, error);
    return;
  }
  stomp_stream_write (self->stream, g_string_new (self->connect_head), NULL);
}

static void
tcp_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  StompConnection *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  if (self == NULL) { /* it was late: all is cleared up */
    g_clear_error (&error);
    return;
  }
  if (connection != NULL) {
    say_connect (self, connection);
    return;
  }
  fail_opening (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s", error->message));
  g_error_free (error);
}

static char *
compose_connect (const StompConnectionSettings *settings)
{
  GString *head = stomp_head_new (STOMP_CONNECT);
  gint64 beat = settings->heartbeat / G_TIME_SPAN_MILLISECOND;
  g_autofree char *beats = g_strdup_printf ("%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, beat, beat);

  stomp_head_add_verbatim (head, "accept-version", "1.2");
  stomp_head_add_verbatim (head, "host", settings->virtual_host);
  stomp_head_add_verbatim (head, "heart-beat", beats);
  if (settings->login != NULL)
    stomp_head_add_verbatim (head, "login", settings->login);
  if (settings->passcode != NULL)
    stomp_head_add_verbatim (head, "passcode", settings->passcode);
  stomp_head_end (head);
  return g_string_free (head, FALSE);
}

void
stomp_connection_open_async (VnfmClock *clock, const StompConnectionSettings *settings,
                             const StompConnectionFuncs *funcs, gpointer owner, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GError *error = NULL;
  VnfmPoll *poll = vnfm_poll_new (&error);

  if (poll == NULL) {
    g_task_return_error (task, error);
    return;
  }
  StompConnection *self = g_new0 (StompConnection, 1);
  self->clock = g_object_ref (clock);
  self->poll = poll;
  self->funcs = funcs;
  self->owner = owner;
  self->heartbeat = settings->heartbeat;
  self->timeout = settings->timeout;
  self->connect_head = compose_connect (settings);
  self->subscriptions = g_ptr_array_new_with_free_func ((GDestroyNotify)subscription_free);
  self->prefetch = settings->prefetch;
  self->receipts = receipts_new ();
  self->acks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->opening = g_object_ref (task);
  self->timer = vnfm_clock_add_timer (clock, settings->timeout, opening_is_late, self);
  g_task_set_task_data (task, self, NULL);
  g_object_set_data_full (G_OBJECT (task), "limits", g_memdup2 (&settings->limits, sizeof settings->limits), g_free);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, settings->host, settings->port, cancellable, tcp_connected,
                                         g_steal_pointer (&task));
}

StompConnection *
stomp_connection_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
agree_on_heartbeat (StompConnection *self, const StompFrame *frame)
{
  const char *theirs = stomp_frame_get (frame, "heart-beat");
  const char *comma = theirs != NULL ? strchr (theirs, ',') : NULL;
  gint64 can = theirs != NULL ? (gint64)MIN (g_ascii_strtoull (theirs, NULL, 10), 86400000) : 0;
  gint64 wants = comma != NULL ? (gint64)MIN (g_ascii_strtoull (comma + 1, NULL, 10), 86400000) : 0;

  if (self->heartbeat == 0)
    return;
  stomp_stream_set_heartbeat (self->stream, wants > 0 ? MAX (self->heartbeat, wants * G_TIME_SPAN_MILLISECOND) : 0,
                              can > 0 ? MAX (self->heartbeat, can * G_TIME_SPAN_MILLISECOND) : 0);
}

static void
on_opening (StompConnection *self, const StompFrame *frame)
{
  const char *message = stomp_frame_get (frame, "message");

  if (frame->command == STOMP_CONNECTED && g_strcmp0 (stomp_frame_get (frame, "version"), "1.2") != 0) {
    fail_opening (self, g_error_new (VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "the broker does not speak STOMP 1.2"));
    return;
  }
  if (frame->command == STOMP_CONNECTED) {
    stomp_frame_get_number (frame, "vnfm-max-message", G_MAXUINT64, 0, &self->max_message, NULL);
    GTask *task = g_steal_pointer (&self->opening);
    vnfm_clock_clear_timer (self->clock, &self->timer);
    g_clear_pointer (&self->connect_head, g_free);
    agree_on_heartbeat (self, frame);
    g_task_return_pointer (task, self, (GDestroyNotify)stomp_connection_free);
    g_object_unref (task);
    return;
  }
  fail_opening (self, g_error_new (VNFM_ERROR, VNFM_ERROR_DENIED, "the broker says: %s",
                                   message != NULL ? message : stomp_command_get_name (frame->command)));
}

/* ---- frames */

/* Not of one connection: the late acknowledgement of what an earlier one brought must not meet another message. */
static guint64 last_token;

static void
say_ack (StompConnection *self, StompCommand command, const char *ack)
{
  GString *head = stomp_head_new (command);

  stomp_head_add (head, "id", ack);
  stomp_head_end (head);
  stomp_stream_write (self->stream, head, NULL);
}

static void
on_message (StompConnection *self, const StompFrame *frame)
{
  const char *id = stomp_frame_get (frame, "subscription");
  const char *ack = stomp_frame_get (frame, "ack");
  const char *message_id = stomp_frame_get (frame, "vnfm-message-id");
  Subscription *subscription = NULL;

  for (guint i = 0; i < self->subscriptions->len && subscription == NULL; i++) {
    Subscription *one = g_ptr_array_index (self->subscriptions, i);
    if (g_strcmp0 (one->id, id) == 0)
      subscription = one;
  }
  if (subscription == NULL) { /* it was on its way when that ended: somebody else may have it */
    if (ack != NULL)
      say_ack (self, STOMP_NACK, ack);
    return;
  }
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (frame->body);
  guint64 *token = g_new (guint64, 1);
  *token = ++last_token;
  envelope->message_id = g_strdup (message_id != NULL ? message_id : stomp_frame_get (frame, "message-id"));
  envelope->correlation_id = g_strdup (stomp_frame_get (frame, "correlation-id"));
  envelope->reply_to = g_strdup (stomp_frame_get (frame, "reply-to"));
  envelope->content_type = g_strdup (stomp_frame_get (frame, "content-type"));
  envelope->redelivered = g_strcmp0 (stomp_frame_get (frame, "redelivered"), "true") == 0;
  guint64 number = *token;
  g_hash_table_insert (self->acks, token, g_strdup (ack != NULL ? ack : stomp_frame_get (frame, "message-id")));
  self->funcs->deliver (subscription->tag, envelope, number, self->owner);
}

/* "CODE TEXT", of brokers like ours. */
static GError *
read_refusal (const char *refused, const char *otherwise)
{
  const char *blank = refused != NULL ? strchr (refused, ' ') : NULL;
  int code = VNFM_ERROR_REFUSED;

  if (blank == NULL)
    return g_error_new (VNFM_ERROR, code, "the broker says: %s", otherwise);
  g_autofree char *nick = g_strndup (refused, (gsize)(blank - refused));
  for (int i = VNFM_ERROR_FAILED; i <= VNFM_ERROR_PLUGIN; i++)
    if (g_str_equal (vnfm_error_code_get_nick (i), nick))
      code = i;
  return g_error_new (VNFM_ERROR, code, "the broker says: %s", blank + 1);
}

static Awaited *
take_awaited (StompConnection *self, const char *id)
{
  gpointer key = NULL, value = NULL;

  if (id != NULL && g_hash_table_steal_extended (self->receipts, id, &key, &value))
    g_free (key);
  return value;
}

static void
on_receipt (StompConnection *self, const StompFrame *frame)
{
  const char *refused = stomp_frame_get (frame, "vnfm-refused");
  g_autoptr (Awaited) awaited = take_awaited (self, stomp_frame_get (frame, "receipt-id"));

  if (awaited == NULL)
    return;
  if (refused != NULL)
    g_task_return_error (awaited->task, read_refusal (refused, refused));
  else
    g_task_return_boolean (awaited->task, TRUE);
}

static void
on_error (StompConnection *self, const StompFrame *frame)
{
  const char *message = stomp_frame_get (frame, "message");
  g_autoptr (Awaited) awaited = take_awaited (self, stomp_frame_get (frame, "receipt-id"));

  if (message == NULL)
    message = "an error";
  g_autoptr (GError) refusal = read_refusal (stomp_frame_get (frame, "vnfm-refused"), message);
  g_autoptr (GError) error =
      g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the broker ended the connection: %s", message);
  end (self, error);
  if (awaited != NULL)
    g_task_return_error (awaited->task, g_steal_pointer (&refusal));
}

static void
got_frame (StompStream *stream, StompFrame *taken, gpointer owner)
{
  StompConnection *self = owner;
  g_autoptr (StompFrame) frame = taken;

  if (self->opening != NULL)
    on_opening (self, frame);
  else if (frame->command == STOMP_MESSAGE)
    on_message (self, frame);
  else if (frame->command == STOMP_RECEIPT)
    on_receipt (self, frame);
  else if (frame->command == STOMP_ERROR)
    on_error (self, frame);
  else
    g_message ("STOMP: the broker sent %s, which is nothing for a client", stomp_command_get_name (frame->command));
}

static void
was_closed (StompStream *stream, const GError *error, gpointer owner)
{
  StompConnection *self = owner;

  if (self->opening != NULL) {
    fail_opening (self, g_error_copy (error));
    return;
  }
  end (self, error);
}

/* ---- what is said */

void
stomp_connection_subscribe (StompConnection *self, const char *destination, gpointer tag)
{
  Subscription *subscription = g_new (Subscription, 1);
  GString *head = stomp_head_new (STOMP_SUBSCRIBE);

  *subscription =
      (Subscription){ g_strdup_printf ("%" G_GUINT64_FORMAT, ++self->last_id), g_strdup (destination), tag };
  g_ptr_array_add (self->subscriptions, subscription);
  stomp_head_add (head, "id", subscription->id);
  stomp_head_add (head, "destination", destination);
  stomp_head_add (head, "ack", "client-individual");
  stomp_head_add_number (head, "prefetch-count", self->prefetch);        /* RabbitMQ's word */
  stomp_head_add_number (head, "activemq.prefetchSize", self->prefetch); /* ActiveMQ's */
  stomp_head_end (head);
  stomp_stream_write (self->stream, head, NULL);
}

void
stomp_connection_unsubscribe (StompConnection *self, const char *destination)
{
  for (guint i = 0; i < self->subscriptions->len; i++) {
    Subscription *subscription = g_ptr_array_index (self->subscriptions, i);
    if (strcmp (subscription->destination, destination) != 0)
      continue;
    GString *head = stomp_head_new (STOMP_UNSUBSCRIBE);
    stomp_head_add (head, "id", subscription->id);
    stomp_head_end (head);
    stomp_stream_write (self->stream, head, NULL);
    g_ptr_array_remove_index (self->subscriptions, i);
    return;
  }
}

static const char *
await_receipt (StompConnection *self, GTask *task)
{
  char *id = g_strdup_printf ("r%" G_GUINT64_FORMAT, ++self->last_id);
  Awaited *awaited = g_new (Awaited, 1);

  *awaited = (Awaited){ task, stomp_stream_get_queued (self->stream) };
  g_hash_table_insert (self->receipts, id, awaited);
  return id;
}

void
stomp_connection_send (StompConnection *self, const char *destination, VnfmEnvelope *envelope, GTask *task)
{
  gsize size = g_bytes_get_size (envelope->body);

  if (self->max_message > 0 && size > self->max_message) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_LIMIT,
                             "the broker takes messages of %" G_GUINT64_FORMAT " bytes, this one has %zu",
                             self->max_message, size);
    g_object_unref (task);
    return;
  }
  GString *head = stomp_head_new (STOMP_SEND);
  stomp_head_add (head, "destination", destination);
  stomp_head_add (head, "receipt", await_receipt (self, task));
  stomp_head_add (head, "content-type", envelope->content_type);
  stomp_head_add (head, "correlation-id", envelope->correlation_id);
  stomp_head_add (head, "reply-to", envelope->reply_to);
  stomp_head_add (head, "vnfm-message-id", envelope->message_id);
  if (self->max_message == 0) {
    stomp_head_add (head, "persistent", "true");
    stomp_head_add (head, "amq-msg-type", "text"); /* ActiveMQ: else a content-length makes bytes of it */
  }
  stomp_head_add_number (head, "content-length", size);
  stomp_head_end (head);
  stomp_stream_write (self->stream, head, envelope->body);
}

void
stomp_connection_ack (StompConnection *self, guint64 token)
{
  const char *ack = g_hash_table_lookup (self->acks, &token);

  if (ack == NULL)
    return;
  say_ack (self, STOMP_ACK, ack);
  g_hash_table_remove (self->acks, &token);
}

static void
good_bye_is_late (gpointer user_data)
{
  StompConnection *self = user_data;
  g_autoptr (GError) error = g_error_new (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "the broker did not say good-bye in time");

  self->timer = NULL;
  end (self, error);
}

void
stomp_connection_disconnect (StompConnection *self, GTask *task)
{
  GString *head = stomp_head_new (STOMP_DISCONNECT);

  self->good_bye = task;
  self->timer = vnfm_clock_add_timer (self->clock, self->timeout, good_bye_is_late, self);
  stomp_head_add (head, "receipt", await_receipt (self, task));
  stomp_head_end (head);
  stomp_stream_write (self->stream, head, NULL);
}
