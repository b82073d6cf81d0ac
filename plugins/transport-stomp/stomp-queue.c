/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/transport-stomp/stomp-queue.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

/* What a message takes beside its texts. */
#define OVERHEAD 300
/* A message that readers refuse as often is given up: one that refuses all would get it for ever. */
#define MAX_REFUSALS 5

typedef struct {
  StompSettled settled;
  gpointer user_data;
} Waiter;

struct _StompQueue {
  char *name;
  GQueue waiting;     /* of StompMessage, by id */
  guint length;       /* messages that wait or are held */
  gsize bytes;        /* theirs */
  GPtrArray *readers; /* of StompReader */
  guint turn;
  GHashTable *by_vnfm_id; /* of messages that wait or are held */
  gboolean dispatching;
};

StompMessage *
stomp_message_new (guint64 id, GBytes *body)
{
  StompMessage *self = g_new0 (StompMessage, 1);

  self->id = id;
  self->body = g_bytes_ref (body);
  return self;
}

static void
stomp_message_free (StompMessage *self)
{
  g_free (self->vnfm_id);
  g_free (self->correlation_id);
  g_free (self->reply_to);
  g_free (self->content_type);
  g_free (self->sender);
  g_free (self->extra);
  g_bytes_unref (self->body);
  if (self->account != NULL)
    self->account->used -= self->size;
  g_free (self);
}

static gsize
measure (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

void
stomp_message_measure (StompMessage *self, StompAccount *account)
{
  self->size = OVERHEAD + measure (self->vnfm_id) + measure (self->correlation_id) + measure (self->reply_to) +
               measure (self->content_type) + measure (self->sender) + measure (self->extra) +
               g_bytes_get_size (self->body);
  self->account = account;
  if (account != NULL)
    account->used += self->size;
}

void
stomp_message_add_waiter (StompMessage *self, StompSettled settled, gpointer user_data)
{
  Waiter *waiter = g_new (Waiter, 1);

  *waiter = (Waiter){ settled, user_data };
  g_queue_push_tail (&self->waiters, waiter);
}

void
stomp_message_remove_waiter (StompMessage *self, gpointer user_data)
{
  for (GList *link = self->waiters.head; link != NULL; link = link->next)
    if (((Waiter *)link->data)->user_data == user_data) {
      g_free (link->data);
      g_queue_delete_link (&self->waiters, link);
      return;
    }
}

void
stomp_message_settle (StompMessage *self, const GError *error)
{
  Waiter *waiter;

  while ((waiter = g_queue_pop_head (&self->waiters)) != NULL) {
    waiter->settled (error, waiter->user_data);
    g_free (waiter);
  }
  stomp_message_free (self);
}

/* Of a message that no reader gets any more. */
static void
settle_undelivered (StompMessage *message, int code, const char *why)
{
  g_autoptr (GError) error =
      g_error_new_literal (VNFM_ERROR, message->redelivered ? VNFM_ERROR_UNKNOWN_OUTCOME : code, why);

  stomp_message_settle (message, error);
}

StompQueue *
stomp_queue_new (const char *name)
{
  StompQueue *self = g_new0 (StompQueue, 1);

  self->name = g_strdup (name);
  self->readers = g_ptr_array_new ();
  self->by_vnfm_id = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
stomp_queue_free (StompQueue *self)
{
  StompMessage *message;

  g_hash_table_unref (self->by_vnfm_id);
  while ((message = g_queue_pop_head (&self->waiting)) != NULL)
    settle_undelivered (message, VNFM_ERROR_UNREACHABLE, "the broker was closed");
  g_ptr_array_unref (self->readers);
  g_free (self->name);
  g_free (self);
}

const char *
stomp_queue_get_name (StompQueue *self)
{
  return self->name;
}

gboolean
stomp_queue_is_idle (StompQueue *self)
{
  return self->readers->len == 0 && self->length == 0 && !self->dispatching;
}

static gboolean
may_read (StompReader *reader)
{
  return reader->may_read == NULL || reader->may_read (reader);
}

gboolean
stomp_queue_has_readers (StompQueue *self)
{
  for (guint i = 0; i < self->readers->len; i++)
    if (may_read (g_ptr_array_index (self->readers, i)))
      return TRUE;
  return FALSE;
}

GPtrArray *
stomp_queue_dup_readers (StompQueue *self)
{
  return g_ptr_array_copy (self->readers, NULL, NULL);
}

gboolean
stomp_queue_has_reader (StompQueue *self, StompReader *reader)
{
  return g_ptr_array_find (self->readers, reader, NULL);
}

guint
stomp_queue_count_readers (StompQueue *self)
{
  return self->readers->len;
}

guint
stomp_queue_get_length (StompQueue *self)
{
  return self->length;
}

guint
stomp_queue_get_waiting (StompQueue *self)
{
  return self->waiting.length;
}

gsize
stomp_queue_get_bytes (StompQueue *self)
{
  return self->bytes;
}

/* It is neither waiting nor held any more. */
static void
forget (StompQueue *self, StompMessage *message)
{
  self->length--;
  self->bytes -= message->size;
  if (message->vnfm_id != NULL && g_hash_table_lookup (self->by_vnfm_id, message->vnfm_id) == message)
    g_hash_table_remove (self->by_vnfm_id, message->vnfm_id);
}

StompMessage *
stomp_queue_find (StompQueue *self, const char *vnfm_id, const char *sender, GBytes *body)
{
  StompMessage *same = vnfm_id != NULL ? g_hash_table_lookup (self->by_vnfm_id, vnfm_id) : NULL;

  return same != NULL && g_strcmp0 (same->sender, sender) == 0 && g_bytes_equal (same->body, body) ? same : NULL;
}

void
stomp_queue_put (StompQueue *self, StompMessage *message)
{
  if (message->vnfm_id != NULL)
    g_hash_table_replace (self->by_vnfm_id, message->vnfm_id, message);
  g_queue_push_tail (&self->waiting, message);
  self->length++;
  self->bytes += message->size;
  stomp_queue_dispatch (self);
}

static void
put_back (StompQueue *self, StompMessage *message)
{
  GList *before = self->waiting.head;

  message->redelivered = TRUE;
  while (before != NULL && ((StompMessage *)before->data)->id < message->id)
    before = before->next;
  g_queue_insert_before (&self->waiting, before, message);
}

void
stomp_queue_add_reader (StompQueue *self, StompReader *reader)
{
  reader->queue = self;
  g_queue_init (&reader->held);
  g_ptr_array_add (self->readers, reader);
  stomp_queue_dispatch (self);
}

void
stomp_queue_stop_reader (StompQueue *self, StompReader *reader)
{
  g_ptr_array_remove (self->readers, reader);
}

void
stomp_queue_remove_reader (StompQueue *self, StompReader *reader)
{
  StompMessage *message;

  g_ptr_array_remove (self->readers, reader);
  while ((message = g_queue_pop_tail (&reader->held)) != NULL)
    put_back (self, message);
  stomp_queue_dispatch (self);
}

static StompReader *
find_ready (StompQueue *self)
{
  for (guint i = 0; i < self->readers->len; i++) {
    StompReader *reader = g_ptr_array_index (self->readers, (self->turn + i) % self->readers->len);
    if (reader->held.length < reader->prefetch && reader->is_ready (reader) && may_read (reader)) {
      self->turn = (self->turn + i + 1) % self->readers->len;
      return reader;
    }
  }
  return NULL;
}

/* A reader may acknowledge, subscribe or send from within: the outer call goes on with what that leaves. */
void
stomp_queue_dispatch (StompQueue *self)
{
  StompReader *reader;

  if (self->dispatching)
    return;
  self->dispatching = TRUE;
  while (self->waiting.length > 0 && (reader = find_ready (self)) != NULL) {
    StompMessage *message = g_queue_pop_head (&self->waiting);
    g_queue_push_tail (&reader->held, message);
    if (reader->hand (reader, message))
      stomp_queue_acknowledge (self, reader, message);
  }
  self->dispatching = FALSE;
}

void
stomp_queue_acknowledge (StompQueue *self, StompReader *reader, StompMessage *message)
{
  g_queue_remove (&reader->held, message);
  forget (self, message);
  stomp_message_settle (message, NULL);
  stomp_queue_dispatch (self);
}

void
stomp_queue_refuse (StompQueue *self, StompReader *reader, StompMessage *message)
{
  guint index = 0;

  g_queue_remove (&reader->held, message);
  if (g_ptr_array_find (self->readers, reader, &index))
    self->turn = index + 1; /* the others first */
  if (++message->refusals < MAX_REFUSALS) {
    put_back (self, message);
  } else {
    g_autoptr (GError) error = g_error_new (VNFM_ERROR, VNFM_ERROR_REFUSED, "the readers of %s refuse it", self->name);
    forget (self, message);
    stomp_message_settle (message, error);
  }
  stomp_queue_dispatch (self);
}

guint
stomp_queue_give_up (StompQueue *self, gboolean all)
{
  g_autofree char *why = g_strconcat ("nobody reads ", self->name, NULL);
  GQueue given_up = G_QUEUE_INIT;
  GList *next = NULL;

  for (GList *link = self->waiting.head; link != NULL; link = next) {
    next = link->next;
    if (!all && ((StompMessage *)link->data)->waiters.length > 0)
      continue;
    g_queue_unlink (&self->waiting, link);
    g_queue_push_tail_link (&given_up, link);
    forget (self, link->data);
  }
  guint count = given_up.length;
  while (given_up.length > 0)
    settle_undelivered (g_queue_pop_head (&given_up), VNFM_ERROR_NOT_FOUND, why);
  return count;
}
