/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in broker: listeners, connections, queues. What one connection says and hears is stomp-session.c's, how
 * messages wait is stomp-queue.c's. */
#include "config.h"

#include "plugins/transport-stomp/stomp-broker.h"

#include <errno.h>
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
  VnfmWatch *watch;
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

/* A publication of the program: told when its message is settled. */
typedef struct {
  StompBroker *broker;
  GTask *task;
  GError *error; /* nullable: its outcome */
} Publication;

/* A queue in which messages wait and that nobody reads. */
typedef struct {
  StompBroker *broker;
  char *queue;
  VnfmTimer *timer;
} Unread;

/* What was asked for while frames may be under way: done from the main loop. */
typedef struct {
  char *login;  /* nullable */
  char *queue;  /* nullable */
  char *reason; /* nullable: review, do not drop */
} Errand;

struct _StompBroker {
  VnfmClock *clock;
  VnfmPoll *poll;
  const StompBrokerSettings *settings;
  const StompBrokerFuncs *funcs;
  gpointer owner;

  GPtrArray *listeners; /* of Listener */
  GHashTable *sessions; /* set of StompSession */
  GHashTable *queues;   /* name -> StompQueue */
  GHashTable *inner;    /* name of queue -> InnerReader */
  GHashTable *held;     /* token -> Held: handed to the program */
  GHashTable *unread;   /* name of queue -> Unread */
  GQueue outcomes;      /* of Publication: settled, to be told */
  VnfmTimer *tell_timer;
  StompGuard *guard;
  GQueue errands; /* of Errand */
  VnfmTimer *errand_timer;
  StompAccount account;
  StompAccount unfinished;
  guint64 last_id;
  gboolean out_of_descriptors;
  gboolean closing;
};

static void
unread_free (Unread *unread)
{
  vnfm_clock_clear_timer (unread->broker->clock, &unread->timer);
  g_free (unread->queue);
  g_free (unread);
}

static void
errand_free (Errand *errand)
{
  g_free (errand->login);
  g_free (errand->queue);
  g_free (errand->reason);
  g_free (errand);
}

static void
listener_free (Listener *listener)
{
  vnfm_clock_clear_timer (listener->broker->clock, &listener->pause);
  if (listener->watch != NULL)
    vnfm_poll_remove (listener->broker->poll, listener->watch);
  g_object_unref (listener->socket);
  g_free (listener);
}

StompBroker *
stomp_broker_new (VnfmClock *clock, const StompBrokerSettings *settings, const StompBrokerFuncs *funcs, gpointer owner,
                  GError **error)
{
  VnfmPoll *poll = vnfm_poll_new (error);

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
  self->unread = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)unread_free);
  self->guard =
      stomp_guard_new (clock, settings->login, settings->passcode, settings->login_connections, &funcs->guard, owner);
  self->account.limit = settings->memory;
  self->unfinished.limit = settings->memory;
  return self;
}

/* Outcomes are told from the main loop, not from within a queue: whoever hears of one may publish, or close us. */
static void
tell_outcomes (GQueue outcomes)
{
  Publication *publication;

  while ((publication = g_queue_pop_head (&outcomes)) != NULL) {
    g_autoptr (GTask) task = publication->task;
    if (publication->error != NULL)
      g_task_return_error (task, publication->error);
    else
      g_task_return_boolean (task, TRUE);
    g_free (publication);
  }
}

static void
time_to_tell (gpointer user_data)
{
  StompBroker *self = user_data;
  GQueue outcomes = self->outcomes;

  self->tell_timer = NULL;
  g_queue_init (&self->outcomes);
  tell_outcomes (outcomes);
}

static void
publication_settled (const GError *error, gpointer user_data)
{
  Publication *publication = user_data;
  StompBroker *self = publication->broker;

  publication->error = error != NULL ? g_error_copy (error) : NULL;
  g_queue_push_tail (&self->outcomes, publication);
  if (self->tell_timer == NULL)
    self->tell_timer = vnfm_clock_add_timer (self->clock, 0, time_to_tell, self);
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
  g_hash_table_unref (self->unread);
  g_hash_table_unref (self->queues);
  vnfm_clock_clear_timer (self->clock, &self->tell_timer);
  vnfm_clock_clear_timer (self->clock, &self->errand_timer);
  g_queue_clear_full (&self->errands, (GDestroyNotify)errand_free);
  stomp_guard_free (self->guard);
  GQueue outcomes = self->outcomes;
  vnfm_poll_unref (self->poll);
  g_object_unref (self->clock);
  g_free (self);
  tell_outcomes (outcomes);
}

StompAccount *
stomp_broker_get_account (StompBroker *self)
{
  return &self->account;
}

StompAccount *
stomp_broker_get_unfinished (StompBroker *self)
{
  return &self->unfinished;
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

VnfmPoll *
stomp_broker_get_poll (StompBroker *self)
{
  return self->poll;
}

StompGuard *
stomp_broker_get_guard (StompBroker *self)
{
  return self->guard;
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

guint
stomp_broker_count_readers (StompBroker *self, const char *name)
{
  StompQueue *queue = g_hash_table_lookup (self->queues, name);

  return queue != NULL ? stomp_queue_count_readers (queue) : 0;
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
  vnfm_poll_change (listener->broker->poll, listener->watch, EPOLLIN);
}

/* The peer still waits in the backlog, and the listener stays readable: looking again at once would spin. */
static void
cannot_accept (Listener *listener, int number)
{
  StompBroker *self = listener->broker;

  if (number == EAGAIN || number == EWOULDBLOCK || number == EINTR || number == ECONNABORTED)
    return;
  if (!self->out_of_descriptors)
    g_warning ("STOMP: connections cannot be taken: %s", g_strerror (number));
  self->out_of_descriptors = TRUE;
  vnfm_poll_change (self->poll, listener->watch, 0);
  listener->pause = vnfm_clock_add_timer (self->clock, ACCEPT_PAUSE, pause_is_over, listener);
}

static char *
describe_peer (int fd)
{
  struct sockaddr_storage native = { 0 };
  socklen_t size = sizeof native;
  g_autoptr (GSocketAddress) address = NULL;

  if (getpeername (fd, (struct sockaddr *)&native, &size) == 0)
    address = g_socket_address_new_from_native (&native, size);
  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : g_strdup ("a peer");
}

static void
accept_some (guint32 events, gpointer user_data)
{
  Listener *listener = user_data;
  StompBroker *self = listener->broker;

  for (int i = 0; i < ACCEPTS; i++) {
    g_autoptr (GError) error = NULL;
    int fd = accept4 (g_socket_get_fd (listener->socket), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      cannot_accept (listener, errno);
      return;
    }
    if (g_hash_table_size (self->sessions) >= self->settings->max_connections) {
      g_message ("STOMP: more than %u connections: one is refused", self->settings->max_connections);
      refuse (fd);
      continue;
    }
    g_autofree char *peer = describe_peer (fd);
    StompSession *session = stomp_session_new (self, fd, peer, &error);
    self->out_of_descriptors = FALSE;
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

gboolean
stomp_broker_listen (StompBroker *self, GSocket *socket, GError **error)
{
  Listener *listener = g_new0 (Listener, 1);

  listener->broker = self;
  listener->socket = g_object_ref (socket);
  g_ptr_array_add (self->listeners, listener);
  listener->watch = vnfm_poll_add (self->poll, g_socket_get_fd (socket), EPOLLIN, accept_some, listener, error);
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

static gboolean
holds_commands (StompBroker *self, const char *queue)
{
  const StompBrokerSettings *settings = self->settings;

  if (strlen (queue) <= strlen (settings->commands_prefix) + strlen (settings->commands_suffix) ||
      !g_str_has_prefix (queue, settings->commands_prefix) || !g_str_has_suffix (queue, settings->commands_suffix))
    return FALSE;
  for (guint i = 0; i < VNFM_N_DESTINATIONS; i++)
    if (g_strcmp0 (settings->names[i], queue) == 0)
      return FALSE;
  return TRUE;
}

/* What nobody reads is kept for a while only: a command must not meet another machine that gets the same name later,
 * and what came from a peer that is gone must not fill the memory. */
static void
nobody_came (gpointer user_data)
{
  Unread *unread = user_data;
  StompBroker *self = unread->broker;
  StompQueue *queue = g_hash_table_lookup (self->queues, unread->queue);

  unread->timer = NULL;
  guint count = stomp_queue_give_up (queue, holds_commands (self, unread->queue));
  if (count > 0)
    g_message ("STOMP: nobody reads %s: %u messages are given up", unread->queue, count);
  if (stomp_queue_get_waiting (queue) > 0)
    unread->timer = vnfm_clock_add_timer (self->clock, self->settings->reader_timeout, nobody_came, unread);
  else
    g_hash_table_remove (self->unread, unread->queue);
}

/* Messages or readers came or went. */
static void
watch_readers (StompBroker *self, StompQueue *queue)
{
  const char *name = stomp_queue_get_name (queue);
  gboolean watched = g_hash_table_contains (self->unread, name);
  gboolean needed = !self->closing && !stomp_queue_has_readers (queue) && stomp_queue_get_waiting (queue) > 0;

  if (needed && !watched) {
    Unread *unread = g_new (Unread, 1);
    *unread = (Unread){ self, g_strdup (name), NULL };
    unread->timer = vnfm_clock_add_timer (self->clock, self->settings->reader_timeout, nobody_came, unread);
    g_hash_table_insert (self->unread, unread->queue, unread);
  } else if (!needed && watched) {
    g_hash_table_remove (self->unread, name);
  }
}

gboolean
stomp_broker_check_room (StompBroker *self, StompQueue *queue, gsize size, GError **error)
{
  const StompBrokerSettings *settings = self->settings;
  const char *name = stomp_queue_get_name (queue);

  if (holds_commands (self, name) && !stomp_queue_has_readers (queue))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "nobody reads %s", name);
  else if (stomp_queue_get_length (queue) >= settings->queue_limit ||
           stomp_queue_get_bytes (queue) > settings->queue_bytes)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "the queue %s is full", name);
  else if (size > 0 && self->account.used + size > self->account.limit)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "the broker is full");
  else
    return TRUE;
  return FALSE;
}

void
stomp_broker_put (StompBroker *self, StompQueue *queue, StompMessage *message)
{
  stomp_queue_put (queue, message);
  watch_readers (self, queue);
}

void
stomp_broker_add_reader (StompBroker *self, StompQueue *queue, StompReader *reader)
{
  stomp_queue_add_reader (queue, reader);
  watch_readers (self, queue);
}

/* A reader of a queue is gone. */
void
stomp_broker_reader_left (StompBroker *self, StompQueue *queue)
{
  const char *name = stomp_queue_get_name (queue);

  watch_readers (self, queue);
  if (self->closing || stomp_queue_has_readers (queue) || !holds_commands (self, name))
    return;
  gsize skip = strlen (self->settings->commands_prefix);
  g_autofree char *host = g_strndup (name + skip, strlen (name) - skip - strlen (self->settings->commands_suffix));
  StompPlace place = { 0 };
  stomp_guard_find_place (self->guard, name, &place); /* which undoes what is masked in a host's name */
  self->funcs->reader_gone (place.host != NULL ? place.host : host, self->owner);
  g_free (place.host);
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

  envelope->message_id =
      message->vnfm_id != NULL ? g_strdup (message->vnfm_id) : g_strdup_printf ("%" G_GUINT64_FORMAT, message->id);
  envelope->correlation_id = g_strdup (message->correlation_id);
  envelope->reply_to = g_strdup (message->reply_to);
  envelope->content_type = g_strdup (message->content_type);
  envelope->sender = g_strdup (message->sender);
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
  stomp_broker_add_reader (self, stomp_broker_get_queue (self, queue), &inner->reader);
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
  watch_readers (self, inner->reader.queue);
  g_hash_table_remove (self->inner, queue);
}

void
stomp_broker_publish (StompBroker *self, const char *name, VnfmEnvelope *envelope, GTask *task)
{
  StompQueue *queue = stomp_broker_get_queue (self, name);
  StompMessage *message = stomp_queue_find (queue, envelope->message_id, NULL, envelope->body);
  Publication *publication = g_new (Publication, 1);
  g_autoptr (GError) error = NULL;

  *publication = (Publication){ self, task, NULL };
  if (message != NULL) {
    stomp_message_add_waiter (message, publication_settled, publication);
    return;
  }
  if (!stomp_broker_check_room (self, queue, 0, &error)) {
    publication_settled (error, publication);
    return;
  }
  message = stomp_message_new (stomp_broker_next_id (self), envelope->body);
  message->vnfm_id = g_strdup (envelope->message_id);
  message->correlation_id = g_strdup (envelope->correlation_id);
  message->reply_to = g_strdup (envelope->reply_to);
  message->content_type = g_strdup (envelope->content_type);
  stomp_message_measure (message, NULL);
  stomp_message_add_waiter (message, publication_settled, publication);
  stomp_broker_put (self, queue, message);
}

/* ---- what has changed for guarded peers */

static void
review_reader (StompReader *reader, const Errand *errand)
{
  StompSession *session = stomp_session_of_reader (reader);
  const StompLogin *login = session != NULL ? stomp_session_get_login (session) : NULL;

  if (login == NULL || (errand->login != NULL && strcmp (errand->login, login->name) != 0))
    return;
  if (errand->reason != NULL)
    stomp_session_drop (session, errand->reason);
  else
    stomp_session_review (session, reader);
}

/* Ending one reader may end others, and the queue: each is looked for again. */
static void
review_queue (StompBroker *self, const char *name, const Errand *errand)
{
  StompQueue *queue = g_hash_table_lookup (self->queues, name);
  g_autoptr (GPtrArray) readers = queue != NULL ? stomp_queue_dup_readers (queue) : g_ptr_array_new ();

  for (guint i = 0; queue != NULL && i < readers->len; i++) {
    StompReader *reader = g_ptr_array_index (readers, i);
    if (stomp_queue_has_reader (queue, reader))
      review_reader (reader, errand);
    queue = g_hash_table_lookup (self->queues, name);
  }
  if (queue == NULL)
    return;
  stomp_queue_dispatch (queue);
  watch_readers (self, queue);
}

static void
review_all (StompBroker *self, const Errand *errand)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->queues);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (holds_commands (self, name))
      g_ptr_array_add (names, g_strdup (name));
  for (guint i = 0; i < names->len; i++)
    review_queue (self, g_ptr_array_index (names, i), errand);
}

static void
drop_login (StompBroker *self, const Errand *errand)
{
  StompLogin *login;

  while ((login = stomp_guard_find_login (self->guard, errand->login)) != NULL)
    stomp_session_drop (g_ptr_array_index (login->sessions, 0), errand->reason);
}

static void
run_errand (StompBroker *self, const Errand *errand)
{
  if (errand->queue != NULL)
    review_queue (self, errand->queue, errand);
  else if (errand->login != NULL)
    drop_login (self, errand);
  else
    review_all (self, errand);
}

static void
time_for_errands (gpointer user_data)
{
  StompBroker *self = user_data;
  Errand *errand;

  self->errand_timer = NULL;
  while ((errand = g_queue_pop_head (&self->errands)) != NULL) {
    run_errand (self, errand);
    errand_free (errand);
  }
}

static void
add_errand (StompBroker *self, const char *login, const char *queue, const char *reason)
{
  Errand *errand = g_new (Errand, 1);

  *errand = (Errand){ g_strdup (login), g_strdup (queue), g_strdup (reason) };
  g_queue_push_tail (&self->errands, errand);
  if (self->errand_timer == NULL)
    self->errand_timer = vnfm_clock_add_timer (self->clock, 0, time_for_errands, self);
}

void
stomp_broker_review (StompBroker *self, const char *queue)
{
  add_errand (self, NULL, queue, NULL);
}

void
stomp_broker_drop (StompBroker *self, const char *login, const char *queue, const char *reason)
{
  add_errand (self, login, queue, reason);
}
