/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/transport-stomp/stomp-queue.h"

#include <vnfm/vnfm-error.h>

struct _StompQueue {
  char *name;
  GQueue waiting;     /* of StompMessage */
  gsize bytes;        /* of messages that wait or are held */
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
  g_bytes_unref (self->body);
  g_free (self);
}

void
stomp_message_settle (StompMessage *self, const GError *error)
{
  if (self->settled != NULL)
    self->settled (error, self->settled_data);
  stomp_message_free (self);
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
  GError error = { VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME, (char *)"the broker was closed" };
  StompMessage *message;

  g_hash_table_unref (self->by_vnfm_id);
  while ((message = g_queue_pop_head (&self->waiting)) != NULL)
    stomp_message_settle (message, &error);
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
  return self->readers->len == 0 && self->waiting.length == 0 && !self->dispatching;
}

gboolean
stomp_queue_has_readers (StompQueue *self)
{
  return self->readers->len > 0;
}

guint
stomp_queue_get_length (StompQueue *self)
{
  return self->waiting.length;
}

gsize
stomp_queue_get_bytes (StompQueue *self)
{
  return self->bytes;
}

static void
forget (StompQueue *self, StompMessage *message)
{
  if (message->vnfm_id != NULL && g_hash_table_lookup (self->by_vnfm_id, message->vnfm_id) == message)
    g_hash_table_remove (self->by_vnfm_id, message->vnfm_id);
}

void
stomp_queue_put (StompQueue *self, StompMessage *message)
{
  StompMessage *same = message->vnfm_id != NULL ? g_hash_table_lookup (self->by_vnfm_id, message->vnfm_id) : NULL;

  if (same != NULL) {
    GError error = { VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME, (char *)"it was sent again" };
    StompSettled settled = same->settled;
    gpointer settled_data = same->settled_data;
    same->settled = g_steal_pointer (&message->settled);
    same->settled_data = message->settled_data;
    stomp_message_settle (message, NULL);
    if (settled != NULL)
      settled (&error, settled_data);
    return;
  }
  if (message->vnfm_id != NULL)
    g_hash_table_insert (self->by_vnfm_id, message->vnfm_id, message);
  g_queue_push_tail (&self->waiting, message);
  self->bytes += g_bytes_get_size (message->body);
  stomp_queue_dispatch (self);
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
stomp_queue_remove_reader (StompQueue *self, StompReader *reader)
{
  StompMessage *message;

  g_ptr_array_remove (self->readers, reader);
  while ((message = g_queue_pop_tail (&reader->held)) != NULL) {
    message->redelivered = TRUE;
    g_queue_push_head (&self->waiting, message);
  }
  stomp_queue_dispatch (self);
}

static StompReader *
find_ready (StompQueue *self)
{
  for (guint i = 0; i < self->readers->len; i++) {
    StompReader *reader = g_ptr_array_index (self->readers, (self->turn + i) % self->readers->len);
    if (reader->held.length < reader->prefetch && reader->is_ready (reader)) {
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
  self->bytes -= g_bytes_get_size (message->body);
  forget (self, message);
  stomp_message_settle (message, NULL);
  stomp_queue_dispatch (self);
}
