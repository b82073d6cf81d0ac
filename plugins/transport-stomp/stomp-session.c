/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to the built-in broker, and what it may say.
 *
 *   NEW -- CONNECT with the right passcode --> OPEN -- DISCONNECT --> the last words, closed
 *     \________________ anything else ________________\ an ERROR frame that says what was wrong, closed
 *
 * A guarded peer (stomp-guard.c) is asked about at each SUBSCRIBE and SEND, and again before each message that it gets:
 * whom a host belongs to may be known only after its agent has subscribed. One that may not read yet does not count as
 * a reader.
 *
 * STOMP knows no "no" but ERROR, which ends the connection. A SEND that the broker cannot take, by no fault of the
 * frame's, is therefore answered with a RECEIPT that has the header "vnfm-refused: CODE TEXT"; without a receipt asked
 * for it is dropped with a line in the log. */
#include "config.h"

#include "plugins/transport-stomp/stomp-broker.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

#define MAX_SUBSCRIPTIONS 1000
/* Of a guarded peer: an agent needs one. */
#define MAX_GUARDED 8
/* Of what a peer calls itself, in the log. */
#define MAX_NAME 80
/* Of a body, until the login: who is not known yet gets no memory. */
#define BODY_BEFORE_LOGIN 4096

typedef enum {
  ACK_AUTO,
  ACK_CLIENT,
  ACK_INDIVIDUAL,
} AckMode;

typedef struct {
  StompReader reader;
  StompSession *session;
  char *id;
  AckMode mode;
  StompPlace place; /* of a guarded peer's */
} Subscription;

struct _StompSession {
  StompBroker *broker;
  StompStream *stream;
  char *peer;
  StompLogin *login; /* nullable: full rights */
  VnfmTimer *login_timer;
  gboolean open;
  GHashTable *subscriptions; /* id -> Subscription */
  GPtrArray *retired;        /* of Subscription: unsubscribed, what they hold may still be acknowledged */
  GQueue leaving;            /* of Leaving, in order */
  GHashTable *owed;          /* set of Owed: messages of this peer that wait */
  gsize owed_bytes;
  gsize unfinished; /* bytes of a frame that is not complete */
};

/* A message of mode auto, until its last byte is written. */
typedef struct {
  guint64 end;
  Subscription *subscription;
  StompMessage *message;
} Leaving;

/* A message that this peer sent and no reader has yet. */
typedef struct {
  StompSession *session;
  StompMessage *message;
  char *receipt; /* nullable */
  gsize size;
} Owed;

static void login_is_late (gpointer user_data);
static void got_frame (StompStream *stream, StompFrame *frame, gpointer owner);
static void was_closed (StompStream *stream, const GError *error, gpointer owner);
static void was_written (StompStream *stream, gpointer owner);
static void is_unfinished (StompStream *stream, gssize change, gpointer owner);

static const StompStreamFuncs funcs = { got_frame, was_closed, was_written, is_unfinished };

static void
subscription_free (Subscription *subscription)
{
  g_free (subscription->id);
  g_free (subscription->place.host);
  g_free (subscription);
}

static void
owed_free (Owed *owed)
{
  owed->session->owed_bytes -= owed->size;
  g_free (owed->receipt);
  g_free (owed);
}

static void
leave (StompSession *self, Subscription *subscription)
{
  StompQueue *queue = subscription->reader.queue;

  stomp_queue_remove_reader (queue, &subscription->reader);
  stomp_broker_reader_left (self->broker, queue);
}

void
stomp_session_free (StompSession *self)
{
  GHashTableIter iter;
  gpointer key, value;

  stomp_broker_forget_session (self->broker, self);
  vnfm_clock_clear_timer (stomp_broker_get_clock (self->broker), &self->login_timer);
  g_hash_table_iter_init (&iter, self->owed);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    stomp_message_remove_waiter (((Owed *)key)->message, key);
  stomp_broker_get_unfinished (self->broker)->used -= self->unfinished;
  g_queue_clear_full (&self->leaving, g_free);
  self->open = FALSE;
  g_autoptr (GHashTable) subscriptions = g_steal_pointer (&self->subscriptions);
  g_hash_table_iter_init (&iter, subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    leave (self, value);
  for (guint i = 0; i < self->retired->len; i++)
    leave (self, g_ptr_array_index (self->retired, i));
  g_ptr_array_unref (self->retired);
  g_hash_table_unref (self->owed);
  stomp_guard_leave (stomp_broker_get_guard (self->broker), self, self->login);
  if (stomp_broker_is_closing (self->broker))
    stomp_stream_close (self->stream);
  else
    stomp_stream_finish (self->stream);
  stomp_stream_unref (self->stream);
  g_free (self->peer);
  g_free (self);
}

StompSession *
stomp_session_new (StompBroker *broker, int fd, const char *peer, GError **error)
{
  StompSession *self = g_new0 (StompSession, 1);
  const StompBrokerSettings *settings = stomp_broker_get_settings (broker);

  self->broker = broker;
  self->stream = stomp_stream_new (stomp_broker_get_poll (broker), stomp_broker_get_clock (broker), fd,
                                   &settings->limits, &funcs, self, error);
  if (self->stream == NULL) {
    g_free (self);
    return NULL;
  }
  self->peer = g_strdup (peer);
  stomp_stream_set_patience (self->stream, settings->output_bytes, settings->patience);
  stomp_stream_set_max_body (self->stream, MIN (settings->limits.body, BODY_BEFORE_LOGIN));
  self->subscriptions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)subscription_free);
  self->retired = g_ptr_array_new_with_free_func ((GDestroyNotify)subscription_free);
  self->owed = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)owed_free, NULL);
  self->login_timer =
      vnfm_clock_add_timer (stomp_broker_get_clock (broker), settings->connect_timeout, login_is_late, self);
  return self;
}

/* ---- what is said */

/* "CODE TEXT" */
static void
add_refusal (GString *head, const GError *error)
{
  g_autofree char *text = g_strdup_printf ("%s %s", vnfm_error_code_get_nick (error->code), error->message);

  stomp_head_add (head, "vnfm-refused", text);
}

static void
send_receipt (StompSession *self, const char *receipt, const GError *refusal)
{
  if (receipt == NULL)
    return;
  GString *head = stomp_head_new (STOMP_RECEIPT);
  stomp_head_add (head, "receipt-id", receipt);
  if (refusal != NULL)
    add_refusal (head, refusal);
  stomp_head_end (head);
  stomp_stream_write (self->stream, head, NULL);
}

/* Says what was wrong and ends the connection: the session is gone then. */
static void
say_error (StompSession *self, const StompFrame *frame, const GError *error)
{
  GString *head = stomp_head_new (STOMP_ERROR);
  const char *text = error->message;
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  stomp_head_add (head, "message", text);
  add_refusal (head, error);
  stomp_head_add (head, "receipt-id", frame != NULL ? stomp_frame_get (frame, "receipt") : NULL);
  stomp_head_add (head, "content-type", "text/plain");
  if (!self->open)
    stomp_head_add (head, "version", "1.2");
  stomp_head_add_number (head, "content-length", g_bytes_get_size (body));
  stomp_head_end (head);
  stomp_stream_write (self->stream, head, body);
  stomp_session_free (self);
}

/* @name: (nullable): what the peer calls itself. */
static void
end_peer (StompSession *self, const StompFrame *frame, const char *name, const GError *error)
{
  g_autofree char *known = name != NULL ? g_strdup_printf (" (%.*s)", MAX_NAME, name) : g_strdup ("");
  g_autofree char *line = g_strdup_printf ("the connection of %s%s is ended: %s", self->peer, known, error->message);

  stomp_guard_tell (stomp_broker_get_guard (self->broker), line);
  say_error (self, frame, error);
}

static void
end_with (StompSession *self, const StompFrame *frame, const GError *error)
{
  end_peer (self, frame, self->login != NULL ? self->login->name : NULL, error);
}

static void
end_with_error (StompSession *self, const StompFrame *frame, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_INVALID, text);

  end_with (self, frame, error);
}

static void
login_is_late (gpointer user_data)
{
  StompSession *self = user_data;

  self->login_timer = NULL;
  end_with_error (self, NULL, "CONNECT did not come in time");
}

static void
was_closed (StompStream *stream, const GError *error, gpointer owner)
{
  StompSession *self = owner;

  if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_INVALID) || g_error_matches (error, VNFM_ERROR, VNFM_ERROR_LIMIT))
    end_with (self, stomp_stream_peek_frame (stream), error);
  else {
    g_info ("STOMP: the connection of %s ended: %s", self->peer, error->message);
    stomp_session_free (self);
  }
}

/* What is never completed takes memory as well. */
static void
is_unfinished (StompStream *stream, gssize change, gpointer owner)
{
  StompSession *self = owner;
  StompAccount *account = stomp_broker_get_unfinished (self->broker);

  self->unfinished = (gsize)((gssize)self->unfinished + change);
  account->used = (gsize)((gssize)account->used + change);
  if (change <= 0 || account->used <= account->limit)
    return;
  g_autoptr (GError) error =
      g_error_new_literal (VNFM_ERROR, VNFM_ERROR_REFUSED, "the broker has no room for the rest of this frame");
  end_with (self, stomp_stream_peek_frame (stream), error);
}

/* ---- handing out messages */

static gboolean
is_ready (StompReader *reader)
{
  StompSession *session = ((Subscription *)reader->owner)->session;

  return session->open &&
         stomp_stream_get_pending (session->stream) < stomp_broker_get_settings (session->broker)->output_bytes;
}

static gboolean
hand (StompReader *reader, StompMessage *message)
{
  Subscription *subscription = reader->owner;
  StompSession *self = subscription->session;
  const StompBrokerSettings *settings = stomp_broker_get_settings (self->broker);
  g_autofree char *destination = g_strconcat (settings->prefix, stomp_queue_get_name (reader->queue), NULL);
  GString *head = stomp_head_new (STOMP_MESSAGE);

  stomp_head_add (head, "subscription", subscription->id);
  stomp_head_add_number (head, "message-id", message->id);
  stomp_head_add (head, "destination", destination);
  if (subscription->mode != ACK_AUTO)
    stomp_head_add_number (head, "ack", message->id);
  stomp_head_add (head, "content-type", message->content_type);
  stomp_head_add (head, "correlation-id", message->correlation_id);
  stomp_head_add (head, "reply-to", message->reply_to);
  stomp_head_add (head, "vnfm-message-id", message->vnfm_id);
  if (message->extra != NULL)
    g_string_append (head, message->extra);
  if (message->redelivered)
    stomp_head_add (head, "redelivered", "true");
  stomp_head_add_number (head, "content-length", g_bytes_get_size (message->body));
  stomp_head_end (head);
  stomp_stream_write (self->stream, head, message->body);
  if (subscription->mode != ACK_AUTO)
    return FALSE;
  guint64 end = stomp_stream_get_queued (self->stream);
  if (stomp_stream_get_written (self->stream) >= end)
    return TRUE;
  Leaving *leaving = g_new (Leaving, 1);
  *leaving = (Leaving){ end, subscription, message };
  g_queue_push_tail (&self->leaving, leaving);
  return FALSE;
}

static void
forget_if_done (StompSession *self, Subscription *subscription)
{
  if (subscription->reader.held.length == 0)
    g_ptr_array_remove_fast (self->retired, subscription);
}

/* Some has left: those messages are with their reader, and the connection may have room again. A queue's dispatch may
 * end subscriptions: look them up one by one. */
static void
was_written (StompStream *stream, gpointer owner)
{
  StompSession *self = owner;
  guint64 written = stomp_stream_get_written (stream);
  Leaving *first;

  while ((first = g_queue_peek_head (&self->leaving)) != NULL && first->end <= written) {
    g_autofree Leaving *leaving = g_queue_pop_head (&self->leaving);
    stomp_queue_acknowledge (leaving->subscription->reader.queue, &leaving->subscription->reader, leaving->message);
    forget_if_done (self, leaving->subscription);
  }
  g_autoptr (GList) ids = g_hash_table_get_keys (self->subscriptions);

  for (GList *link = ids; link != NULL; link = link->next) {
    Subscription *subscription = g_hash_table_lookup (self->subscriptions, link->data);
    if (subscription != NULL)
      stomp_queue_dispatch (subscription->reader.queue);
  }
}

/* ---- frames */

static void
agree_on_heartbeat (StompSession *self, const StompFrame *frame)
{
  const char *wanted = stomp_frame_get (frame, "heart-beat");
  gint64 ours = stomp_broker_get_settings (self->broker)->heartbeat;
  char *end = NULL;
  guint64 can = 0, wants = 0;

  if (wanted != NULL) {
    can = g_ascii_strtoull (wanted, &end, 10);
    wants = *end == ',' ? g_ascii_strtoull (end + 1, NULL, 10) : 0;
  }
  can = MIN (can, 86400000) * G_TIME_SPAN_MILLISECOND;
  wants = MIN (wants, 86400000) * G_TIME_SPAN_MILLISECOND;
  stomp_stream_set_heartbeat (self->stream, wants > 0 && ours > 0 ? MAX (ours, (gint64)wants) : 0,
                              can > 0 && ours > 0 ? MAX (ours, (gint64)can) : 0);
}

/* Returns: FALSE: the session is gone. */
static gboolean
let_in (StompSession *self, const StompFrame *frame)
{
  StompGuard *guard = stomp_broker_get_guard (self->broker);
  const char *name = stomp_frame_get (frame, "login");
  g_autoptr (GError) error = NULL;

  if (stomp_guard_enter (guard, self, name, stomp_frame_get (frame, "passcode"), self->peer, &self->login, &error))
    return TRUE;
  end_peer (self, frame, name, error);
  return FALSE;
}

static void
on_connect (StompSession *self, const StompFrame *frame)
{
  const StompBrokerSettings *settings = stomp_broker_get_settings (self->broker);
  const char *versions = stomp_frame_get (frame, "accept-version");
  g_auto (GStrv) words = g_strsplit (versions != NULL ? versions : "1.0", ",", -1);
  gint64 beat = settings->heartbeat / G_TIME_SPAN_MILLISECOND;

  if (self->open)
    end_with_error (self, frame, "CONNECT on a connection that is open");
  else if (!g_strv_contains ((const char *const *)words, "1.2"))
    end_with_error (self, frame, "only STOMP 1.2 is spoken here");
  else if (let_in (self, frame)) {
    GString *head = stomp_head_new (STOMP_CONNECTED);
    g_autofree char *beats = g_strdup_printf ("%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, beat, beat);
    self->open = TRUE;
    stomp_stream_set_max_body (self->stream, settings->limits.body);
    vnfm_clock_clear_timer (stomp_broker_get_clock (self->broker), &self->login_timer);
    stomp_head_add_verbatim (head, "version", "1.2");
    stomp_head_add_verbatim (head, "server", "vnfmd/" PACKAGE_VERSION);
    stomp_head_add_verbatim (head, "heart-beat", beats);
    stomp_head_add_number (head, "vnfm-max-message", settings->limits.body);
    stomp_head_end (head);
    stomp_stream_write (self->stream, head, NULL);
    agree_on_heartbeat (self, frame);
  }
}

/* Returns: (nullable): the name of the queue, borrowed from the frame. */
static const char *
find_queue_name (StompSession *self, const StompFrame *frame)
{
  const char *prefix = stomp_broker_get_settings (self->broker)->prefix;
  const char *destination = stomp_frame_get (frame, "destination");

  if (destination == NULL || !g_str_has_prefix (destination, prefix) || destination[strlen (prefix)] == '\0')
    return NULL;
  return destination + strlen (prefix);
}

static void
end_with_no_queue (StompSession *self, const StompFrame *frame)
{
  const char *destination = stomp_frame_get (frame, "destination");
  g_autofree char *text =
      g_strdup_printf ("%s without a destination that is a queue here: %.200s", stomp_command_get_name (frame->command),
                       destination != NULL ? destination : "none");

  end_with_error (self, frame, text);
}

static void
receipt_falls_due (const GError *error, gpointer user_data)
{
  Owed *owed = user_data;
  StompSession *self = owed->session;
  g_autofree char *receipt = g_steal_pointer (&owed->receipt);

  g_hash_table_remove (self->owed, owed);
  send_receipt (self, receipt, error);
}

static gboolean
check_owed (StompSession *self, gsize size, GError **error)
{
  const StompBrokerSettings *settings = stomp_broker_get_settings (self->broker);
  guint count = g_hash_table_size (self->owed);

  if (count < settings->connection_limit && (count == 0 || self->owed_bytes + size <= settings->connection_bytes))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "%u messages of this connection wait for their readers", count);
  return FALSE;
}

/* Headers of the sender's own are passed on. */
static char *
dup_extra (const StompFrame *frame)
{
  static const char *const known[] = { "destination",
                                       "receipt",
                                       "content-length",
                                       "content-type",
                                       "correlation-id",
                                       "reply-to",
                                       "vnfm-message-id",
                                       "message-id",
                                       "subscription",
                                       "redelivered",
                                       "ack",
                                       NULL };
  GString *extra = NULL;

  for (guint i = 0; i < frame->n_headers; i++)
    if (!g_strv_contains (known, frame->headers[i].name)) {
      extra = extra != NULL ? extra : g_string_new (NULL);
      stomp_head_add (extra, frame->headers[i].name, frame->headers[i].value);
    }
  return extra != NULL ? g_string_free (extra, FALSE) : NULL;
}

static StompMessage *
make_message (StompSession *self, const StompFrame *frame)
{
  StompMessage *message = stomp_message_new (stomp_broker_next_id (self->broker), frame->body);

  message->vnfm_id = g_strdup (stomp_frame_get (frame, "vnfm-message-id"));
  message->correlation_id = g_strdup (stomp_frame_get (frame, "correlation-id"));
  message->reply_to = g_strdup (stomp_frame_get (frame, "reply-to"));
  message->content_type = g_strdup (stomp_frame_get (frame, "content-type"));
  message->sender = self->login != NULL ? g_strdup (self->login->name) : NULL;
  message->extra = dup_extra (frame);
  stomp_message_measure (message, stomp_broker_get_account (self->broker));
  return message;
}

/* Whether a guarded peer may. @place: (out): of the queue; not to be freed if FALSE. */
static gboolean
check_access (StompSession *self, VnfmAccess access, const char *queue, StompPlace *place, GError **error)
{
  StompGuard *guard = stomp_broker_get_guard (self->broker);

  *place = (StompPlace){ 0 };
  if (self->login == NULL)
    return TRUE;
  VnfmVerdict verdict = stomp_guard_find_place (guard, queue, place)
                            ? stomp_guard_ask (guard, self->login, access, place)
                            : VNFM_VERDICT_REFUSED;
  if (verdict == VNFM_VERDICT_GRANTED || (verdict == VNFM_VERDICT_PENDING && access == VNFM_ACCESS_READ))
    return TRUE;
  g_clear_pointer (&place->host, g_free);
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "%s may not %s %s%s", self->login->name,
               access == VNFM_ACCESS_READ ? "read" : "write to", stomp_broker_get_settings (self->broker)->prefix,
               queue);
  return FALSE;
}

static void
on_send (StompSession *self, const StompFrame *frame)
{
  const char *name = find_queue_name (self, frame);
  g_autoptr (GError) refusal = NULL;

  if (name == NULL) {
    end_with_no_queue (self, frame);
    return;
  }
  StompPlace place;
  if (!check_access (self, VNFM_ACCESS_WRITE, name, &place, &refusal)) {
    end_with (self, frame, refusal);
    return;
  }
  g_free (place.host);
  StompQueue *queue = stomp_broker_get_queue (self->broker, name);
  StompMessage *same = stomp_queue_find (queue, stomp_frame_get (frame, "vnfm-message-id"),
                                         self->login != NULL ? self->login->name : NULL, frame->body);
  if (!check_owed (self, frame->size, &refusal) ||
      (same == NULL && !stomp_broker_check_room (self->broker, queue, frame->size, &refusal))) {
    g_info ("STOMP: a message of %s for %s is refused: %s", self->peer, name, refusal->message);
    send_receipt (self, stomp_frame_get (frame, "receipt"), refusal);
    return;
  }
  StompMessage *message = same != NULL ? same : make_message (self, frame);
  Owed *owed = g_new (Owed, 1);
  *owed = (Owed){ self, message, g_strdup (stomp_frame_get (frame, "receipt")), frame->size };
  self->owed_bytes += owed->size;
  g_hash_table_add (self->owed, owed);
  stomp_message_add_waiter (message, receipt_falls_due, owed);
  if (same == NULL)
    stomp_broker_put (self->broker, queue, message);
}

static gboolean
may_read (StompReader *reader)
{
  Subscription *subscription = reader->owner;
  StompSession *self = subscription->session;

  return stomp_guard_ask (stomp_broker_get_guard (self->broker), self->login, VNFM_ACCESS_READ, &subscription->place) ==
         VNFM_VERDICT_GRANTED;
}

/* Returns: (nullable): what is wrong with a SUBSCRIBE. */
static const char *
find_fault (StompSession *self, const StompFrame *frame)
{
  const char *id = stomp_frame_get (frame, "id");
  const char *ack = stomp_frame_get (frame, "ack");
  guint count = g_hash_table_size (self->subscriptions) + self->retired->len;

  if (id == NULL || *id == '\0')
    return "SUBSCRIBE without an id";
  if (g_hash_table_contains (self->subscriptions, id))
    return "SUBSCRIBE with an id that is in use";
  if (count >= (self->login != NULL ? MAX_GUARDED : MAX_SUBSCRIPTIONS))
    return "too many subscriptions";
  if (ack != NULL && strcmp (ack, "auto") != 0 && strcmp (ack, "client") != 0 && strcmp (ack, "client-individual") != 0)
    return "SUBSCRIBE with an unknown ack mode";
  return NULL;
}

static Subscription *
make_subscription (StompSession *self, const StompFrame *frame, StompPlace place)
{
  const char *ack = stomp_frame_get (frame, "ack");
  Subscription *subscription = g_new0 (Subscription, 1);

  subscription->session = self;
  subscription->id = g_strdup (stomp_frame_get (frame, "id"));
  subscription->mode = ack == NULL || strcmp (ack, "auto") == 0 ? ACK_AUTO
                       : strcmp (ack, "client") == 0            ? ACK_CLIENT
                                                                : ACK_INDIVIDUAL;
  subscription->place = place;
  subscription->reader.hand = hand;
  subscription->reader.is_ready = is_ready;
  subscription->reader.may_read = self->login != NULL ? may_read : NULL;
  subscription->reader.prefetch = stomp_broker_get_settings (self->broker)->prefetch;
  subscription->reader.owner = subscription;
  return subscription;
}

static void
on_subscribe (StompSession *self, const StompFrame *frame)
{
  const char *name = find_queue_name (self, frame);
  const char *wrong = find_fault (self, frame);
  g_autoptr (GError) refusal = NULL;
  StompPlace place;

  if (wrong != NULL) {
    end_with_error (self, frame, wrong);
    return;
  }
  if (name == NULL) {
    end_with_no_queue (self, frame);
    return;
  }
  if (!check_access (self, VNFM_ACCESS_READ, name, &place, &refusal)) {
    end_with (self, frame, refusal);
    return;
  }
  Subscription *subscription = make_subscription (self, frame, place);
  g_hash_table_insert (self->subscriptions, subscription->id, subscription);
  stomp_broker_add_reader (self->broker, stomp_broker_get_queue (self->broker, name), &subscription->reader);
}

/* An ACK of what it holds may be on its way. */
static void
retire (StompSession *self, Subscription *subscription)
{
  StompQueue *queue = subscription->reader.queue;

  stomp_queue_stop_reader (queue, &subscription->reader);
  g_ptr_array_add (self->retired, subscription);
  forget_if_done (self, subscription);
  stomp_broker_reader_left (self->broker, queue);
}

static void
on_unsubscribe (StompSession *self, const StompFrame *frame)
{
  const char *id = stomp_frame_get (frame, "id");
  gpointer subscription = id != NULL ? g_hash_table_lookup (self->subscriptions, id) : NULL;

  if (subscription == NULL) {
    end_with_error (self, frame, "UNSUBSCRIBE without the id of a subscription");
    return;
  }
  g_hash_table_steal (self->subscriptions, id);
  retire (self, subscription);
}

static StompMessage *
find_in (Subscription *subscription, guint64 id)
{
  for (GList *link = subscription->reader.held.head; link != NULL; link = link->next)
    if (((StompMessage *)link->data)->id == id && subscription->mode != ACK_AUTO)
      return link->data;
  return NULL;
}

/* The message that a frame acknowledges. */
static StompMessage *
find_held (StompSession *self, const StompFrame *frame, Subscription **found)
{
  StompMessage *message = NULL;
  GHashTableIter iter;
  gpointer value;
  guint64 id = 0;

  if (!stomp_frame_get_number (frame, "id", G_MAXUINT64, 0, &id, NULL))
    return NULL;
  g_hash_table_iter_init (&iter, self->subscriptions);
  while (message == NULL && g_hash_table_iter_next (&iter, NULL, &value))
    message = find_in (*found = value, id);
  for (guint i = 0; message == NULL && i < self->retired->len; i++)
    message = find_in (*found = g_ptr_array_index (self->retired, i), id);
  return message;
}

/* One that is held, and in the mode "client" all before it, the first one first. */
static void
on_ack (StompSession *self, const StompFrame *frame)
{
  Subscription *subscription = NULL;
  StompMessage *last = find_held (self, frame, &subscription);
  StompMessage *message = NULL;

  if (last == NULL) {
    end_with_error (self, frame, "ACK or NACK without the id of a message that waits for it");
    return;
  }
  StompReader *reader = &subscription->reader;
  GQueue settled = G_QUEUE_INIT;
  for (GList *link = reader->held.head; subscription->mode == ACK_CLIENT && link->data != last; link = link->next)
    g_queue_push_tail (&settled, link->data);
  g_queue_push_tail (&settled, last);
  while ((message = g_queue_pop_head (&settled)) != NULL)
    if (frame->command == STOMP_ACK)
      stomp_queue_acknowledge (reader->queue, reader, message);
    else
      stomp_queue_refuse (reader->queue, reader, message);
  if (frame->command == STOMP_NACK)
    stomp_broker_reader_left (self->broker, reader->queue);
  forget_if_done (self, subscription);
}

static void
on_disconnect (StompSession *self, const StompFrame *frame)
{
  const char *receipt = stomp_frame_get (frame, "receipt");

  send_receipt (self, receipt, NULL);
  stomp_session_free (self);
}

/* Returns: TRUE if the session is still there to give a receipt for the frame. */
static gboolean
carry_out (StompSession *self, const StompFrame *frame)
{
  StompBroker *broker = self->broker;
  guint before = stomp_broker_get_connections (broker);

  switch (frame->command) {
  case STOMP_SUBSCRIBE:
    on_subscribe (self, frame);
    break;
  case STOMP_UNSUBSCRIBE:
    on_unsubscribe (self, frame);
    break;
  case STOMP_ACK:
  case STOMP_NACK:
    on_ack (self, frame);
    break;
  default: {
    g_autofree char *text = g_strdup_printf ("%s is not understood here", stomp_command_get_name (frame->command));
    end_with_error (self, frame, text);
    break;
  }
  }
  return stomp_broker_get_connections (broker) == before;
}

static void
got_frame (StompStream *stream, StompFrame *taken, gpointer owner)
{
  StompSession *self = owner;
  g_autoptr (StompFrame) frame = taken;
  const char *receipt = stomp_frame_get (frame, "receipt");

  if (frame->command == STOMP_CONNECT || frame->command == STOMP_STOMP)
    on_connect (self, frame);
  else if (!self->open)
    end_with_error (self, frame, "CONNECT comes first");
  else if (stomp_frame_get (frame, "transaction") != NULL)
    end_with_error (self, frame, "transactions are not spoken here");
  else if (frame->command == STOMP_SEND)
    on_send (self, frame);
  else if (frame->command == STOMP_DISCONNECT)
    on_disconnect (self, frame);
  else if (carry_out (self, frame) && receipt != NULL)
    send_receipt (self, receipt, NULL);
}

/* ---- what has changed for a guarded peer */

StompSession *
stomp_session_of_reader (StompReader *reader)
{
  return reader->hand == hand ? ((Subscription *)reader->owner)->session : NULL;
}

const StompLogin *
stomp_session_get_login (StompSession *self)
{
  return self->login;
}

gboolean
stomp_session_review (StompSession *self, StompReader *reader)
{
  const Subscription *subscription = reader->owner;
  g_autoptr (GError) error = NULL;

  if (stomp_guard_ask (stomp_broker_get_guard (self->broker), self->login, VNFM_ACCESS_READ, &subscription->place) !=
      VNFM_VERDICT_REFUSED)
    return TRUE;
  g_set_error (&error, VNFM_ERROR, VNFM_ERROR_REFUSED, "%s may not read %s%s", self->login->name,
               stomp_broker_get_settings (self->broker)->prefix, stomp_queue_get_name (reader->queue));
  end_with (self, NULL, error);
  return FALSE;
}

void
stomp_session_drop (StompSession *self, const char *reason)
{
  g_autoptr (GError) error = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_REFUSED, reason);

  g_info ("STOMP: the connection of %s (%s) is ended: %s", self->peer, self->login->name, reason);
  say_error (self, NULL, error);
}
