/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/engine/vnf-queues.h"

typedef struct {
  GQueue items;
  char *name_key; /* nullable */
  char *id_key;   /* nullable */
} VnfQueue;

struct _VnfQueues {
  GHashTable *by_key;  /* borrowed key of the queue -> VnfQueue, borrowed */
  GHashTable *by_item; /* item -> VnfQueue, borrowed */
};

static void
vnf_queue_free (VnfQueue *queue)
{
  g_queue_clear (&queue->items);
  g_free (queue->name_key);
  g_free (queue->id_key);
  g_free (queue);
}

VnfQueues *
vnf_queues_new (void)
{
  VnfQueues *self = g_new0 (VnfQueues, 1);

  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_item = g_hash_table_new (NULL, NULL);
  return self;
}

void
vnf_queues_free (VnfQueues *self)
{
  if (self == NULL)
    return;
  g_autoptr (GHashTable) queues = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer queue;

  /* Each once, however many items it holds. */
  g_hash_table_iter_init (&iter, self->by_item);
  while (g_hash_table_iter_next (&iter, NULL, &queue))
    g_hash_table_add (queues, queue);
  g_hash_table_iter_init (&iter, queues);
  while (g_hash_table_iter_next (&iter, &queue, NULL))
    vnf_queue_free (queue);
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->by_item);
  g_free (self);
}

static void
adopt_key (VnfQueues *self, VnfQueue *queue, char **slot, const char *key)
{
  if (key == NULL || *slot != NULL || g_hash_table_contains (self->by_key, key))
    return;
  *slot = g_strdup (key);
  g_hash_table_insert (self->by_key, *slot, queue);
}

static char *
make_name_key (const char *nsr_id, const char *vnf_name)
{
  return nsr_id != NULL && vnf_name != NULL ? g_strdup_printf ("nsr %s %s", nsr_id, vnf_name) : NULL;
}

static char *
make_id_key (const char *vnfr_id)
{
  return vnfr_id != NULL ? g_strdup_printf ("vnfr %s", vnfr_id) : NULL;
}

static VnfQueue *
find_queue (VnfQueues *self, const char *name_key, const char *id_key)
{
  VnfQueue *queue = id_key != NULL ? g_hash_table_lookup (self->by_key, id_key) : NULL;

  return queue == NULL && name_key != NULL ? g_hash_table_lookup (self->by_key, name_key) : queue;
}

gpointer
vnf_queues_find_first (VnfQueues *self, const char *nsr_id, const char *vnf_name, const char *vnfr_id)
{
  g_autofree char *name_key = make_name_key (nsr_id, vnf_name);
  g_autofree char *id_key = make_id_key (vnfr_id);
  VnfQueue *queue = find_queue (self, name_key, id_key);

  return queue != NULL ? g_queue_peek_head (&queue->items) : NULL;
}

gboolean
vnf_queues_add (VnfQueues *self, gpointer item, const char *nsr_id, const char *vnf_name, const char *vnfr_id)
{
  g_autofree char *name_key = make_name_key (nsr_id, vnf_name);
  g_autofree char *id_key = make_id_key (vnfr_id);
  VnfQueue *queue = find_queue (self, name_key, id_key);

  g_return_val_if_fail (!g_hash_table_contains (self->by_item, item), FALSE);

  if (queue == NULL)
    queue = g_new0 (VnfQueue, 1);
  adopt_key (self, queue, &queue->id_key, id_key);
  adopt_key (self, queue, &queue->name_key, name_key);

  g_queue_push_tail (&queue->items, item);
  g_hash_table_insert (self->by_item, item, queue);
  return g_queue_peek_head (&queue->items) == item;
}

void
vnf_queues_learn_id (VnfQueues *self, gpointer item, const char *vnfr_id)
{
  VnfQueue *queue = g_hash_table_lookup (self->by_item, item);
  g_autofree char *id_key = make_id_key (vnfr_id);

  if (queue != NULL)
    adopt_key (self, queue, &queue->id_key, id_key);
}

gpointer
vnf_queues_remove (VnfQueues *self, gpointer item)
{
  VnfQueue *queue = g_hash_table_lookup (self->by_item, item);

  if (queue == NULL)
    return NULL;
  gboolean was_first = g_queue_peek_head (&queue->items) == item;
  g_queue_remove (&queue->items, item);
  g_hash_table_remove (self->by_item, item);

  if (!g_queue_is_empty (&queue->items))
    return was_first ? g_queue_peek_head (&queue->items) : NULL;
  if (queue->id_key != NULL)
    g_hash_table_remove (self->by_key, queue->id_key);
  if (queue->name_key != NULL)
    g_hash_table_remove (self->by_key, queue->name_key);
  vnf_queue_free (queue);
  return NULL;
}

GPtrArray *
vnf_queues_get_others (VnfQueues *self, gpointer item)
{
  VnfQueue *queue = g_hash_table_lookup (self->by_item, item);
  GPtrArray *others = g_ptr_array_new ();

  if (queue != NULL)
    for (GList *link = queue->items.head; link != NULL; link = link->next)
      if (link->data != item)
        g_ptr_array_add (others, link->data);
  return others;
}

gpointer
vnf_queues_get_first (VnfQueues *self, gpointer item, guint *earlier)
{
  VnfQueue *queue = g_hash_table_lookup (self->by_item, item);

  *earlier = 0;
  if (queue == NULL)
    return NULL;
  *earlier = (guint)g_queue_index (&queue->items, item);
  return g_queue_peek_head (&queue->items);
}
