/* SPDX-License-Identifier: Apache-2.0 */
/* A machine has an entry as long as somebody wants it or a connection to it is kept; the connection and its users are
 * a place, because users may still hold a closed connection while another has taken its part.
 *
 *   entry: in line (for a place) -> opening -> has a place (used <-> idle) -> gone
 */
#include "config.h"

#include "plugins/ems-ssh/ssh-pool.h"

#include "plugins/ems-ssh/ssh-private.h"

#include <vnfm/vnfm-error.h>

typedef struct _Entry Entry;

typedef struct {
  SshPool *pool;
  SshLink *link;
  Entry *entry; /* NULL: closed */
  guint users;
  VnfmTimer *idle; /* closes it */
  gulong closed_handler;
} Place;

struct _Entry {
  SshPool *pool;
  char *key;
  SshTarget *target;
  Place *place;          /* nullable */
  GQueue waiting;        /* of Waiter */
  GCancellable *attempt; /* nullable: it is being opened */
  gboolean in_line;
};

typedef struct {
  Entry *entry;
  GTask *task;
  gulong cancelled_handler;
} Waiter;

struct _SshPool {
  GObject parent_instance;

  SshSettings *settings;
  GHashTable *entries; /* key -> Entry */
  GHashTable *places;  /* SshLink -> Place */
  GQueue line;         /* of Entry */
  GQueue idle;         /* of Place, longest idle first */
  guint open;
  guint opening;
  guint waiting;
  VnfmTimer *turn;      /* somebody in line may go on, or has gone */
  GPtrArray *cancelled; /* of GTask: to be told by the next turn */
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (SshPool, ssh_pool, G_TYPE_OBJECT)

static void attempt_ended (GObject *source, GAsyncResult *result, gpointer data);

/* Entries. */

static char *
key_of (const SshTarget *target)
{
  return g_strdup_printf ("%s@%s:%u/%s", target->user != NULL ? target->user : "", target->host, target->port,
                          target->key_name != NULL ? target->key_name : "");
}

static void
entry_free (gpointer data)
{
  Entry *self = data;

  g_clear_object (&self->attempt);
  ssh_target_free (self->target);
  g_free (self->key);
  g_free (self);
}

static Entry *
ensure_entry (SshPool *self, const SshTarget *target)
{
  g_autofree char *key = key_of (target);
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL) {
    entry = g_new0 (Entry, 1);
    entry->pool = self;
    entry->key = g_steal_pointer (&key);
    entry->target = ssh_target_copy (target);
    g_queue_init (&entry->waiting);
    g_hash_table_insert (self->entries, entry->key, entry);
  }
  return entry;
}

static void
drop_if_unused (Entry *entry)
{
  if (entry->place == NULL && entry->attempt == NULL && !entry->in_line && entry->waiting.length == 0)
    g_hash_table_remove (entry->pool->entries, entry->key);
}

/* The line. */

static void
advance (SshPool *self)
{
  SshSettings *settings = self->settings;

  while (self->line.length > 0 && self->opening < settings->max_opening) {
    if (self->open + self->opening >= settings->max_connections) {
      Place *oldest = g_queue_peek_head (&self->idle);
      if (oldest == NULL)
        return;
      /* Its signal takes it out of the books. */
      ssh_link_close (oldest->link);
      return;
    }
    Entry *entry = g_queue_pop_head (&self->line);
    entry->in_line = FALSE;
    entry->attempt = g_cancellable_new ();
    self->opening++;
    ssh_link_open_async (settings, entry->target, entry->attempt, attempt_ended, g_object_ref (self));
    /* The result finds its entry by the cancellable. */
  }
}

static void
tell_cancelled (GPtrArray *tasks)
{
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_new_error (g_ptr_array_index (tasks, i), VNFM_ERROR, VNFM_ERROR_CANCELLED,
                             "the wait for a connection was cancelled");
  g_ptr_array_unref (tasks);
}

static void
turn_comes (gpointer data)
{
  g_autoptr (SshPool) self = g_object_ref (data);
  GPtrArray *cancelled = g_steal_pointer (&self->cancelled);

  self->turn = NULL;
  self->cancelled = g_ptr_array_new_with_free_func (g_object_unref);
  advance (self);
  tell_cancelled (cancelled);
}

static void
take_turns (SshPool *self)
{
  if (self->turn == NULL && !self->closed)
    self->turn = vnfm_clock_add_timer (self->settings->clock, 0, turn_comes, self);
}

static void
stand_in_line (Entry *entry)
{
  if (entry->in_line || entry->attempt != NULL)
    return;
  entry->in_line = TRUE;
  g_queue_push_tail (&entry->pool->line, entry);
  take_turns (entry->pool);
}

static void
leave_line (Entry *entry)
{
  if (entry->in_line)
    g_queue_remove (&entry->pool->line, entry);
  entry->in_line = FALSE;
}

/* Waiters. */

/* Takes @waiter, which is in no queue any more. */
static GTask *
waiter_end (Waiter *waiter)
{
  GTask *task = waiter->task;

  if (waiter->cancelled_handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), waiter->cancelled_handler);
  waiter->entry->pool->waiting--;
  g_free (waiter);
  return task;
}

/* Not inside g_cancellable_cancel(): the callback of the task may want to leave the cancellable. */
static void
waiter_cancelled (GCancellable *cancellable, gpointer data)
{
  Waiter *waiter = data;
  Entry *entry = waiter->entry;

  g_queue_remove (&entry->waiting, waiter);
  g_ptr_array_add (entry->pool->cancelled, waiter_end (waiter));
  take_turns (entry->pool);
  if (entry->waiting.length == 0) {
    leave_line (entry);
    if (entry->attempt != NULL)
      g_cancellable_cancel (entry->attempt);
    drop_if_unused (entry);
  }
}

/* Places. */

static void
place_free (Place *place)
{
  SshPool *pool = place->pool;

  vnfm_clock_clear_timer (pool->settings->clock, &place->idle);
  g_queue_remove (&pool->idle, place);
  g_signal_handler_disconnect (place->link, place->closed_handler);
  g_hash_table_remove (pool->places, place->link);
  g_object_unref (place->link);
  g_free (place);
}

static void
idle_for_long (gpointer data)
{
  Place *place = data;

  place->idle = NULL;
  ssh_link_close (place->link);
}

static void
become_idle (Place *place)
{
  SshPool *pool = place->pool;

  g_queue_push_tail (&pool->idle, place);
  place->idle = vnfm_clock_add_timer (pool->settings->clock, pool->settings->idle_timeout, idle_for_long, place);
  if (pool->line.length > 0)
    take_turns (pool);
}

static void
use (Place *place)
{
  if (place->users++ > 0)
    return;
  g_queue_remove (&place->pool->idle, place);
  vnfm_clock_clear_timer (place->pool->settings->clock, &place->idle);
}

static void
link_closed (SshLink *link, Place *place)
{
  SshPool *self = place->pool;
  Entry *entry = g_steal_pointer (&place->entry);

  self->open--;
  entry->place = NULL;
  if (place->users == 0)
    place_free (place);
  drop_if_unused (entry);
  if (self->line.length > 0)
    take_turns (self);
}

static Place *
make_place (Entry *entry, SshLink *link)
{
  SshPool *self = entry->pool;
  Place *place = g_new0 (Place, 1);

  place->pool = self;
  place->link = g_object_ref (link);
  place->entry = entry;
  place->closed_handler = g_signal_connect (link, "closed", G_CALLBACK (link_closed), place);
  entry->place = place;
  g_hash_table_insert (self->places, link, place);
  self->open++;
  return place;
}

static Entry *
find_attempt (SshPool *self, GCancellable *attempt)
{
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (((Entry *)entry)->attempt == attempt)
      return entry;
  return NULL;
}

static void
attempt_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SshPool) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SshLink) link = ssh_link_open_finish (result, &error);
  Entry *entry = find_attempt (self, g_task_get_cancellable (G_TASK (result)));
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  Waiter *waiter;

  self->opening--;
  g_clear_object (&entry->attempt);
  take_turns (self);
  /* The one who was given up for has gone, and another has come. */
  if (link == NULL && g_error_matches (error, VNFM_ERROR, VNFM_ERROR_CANCELLED) && entry->waiting.length > 0 &&
      !self->closed) {
    stand_in_line (entry);
    return;
  }
  while ((waiter = g_queue_pop_head (&entry->waiting)) != NULL)
    g_ptr_array_add (tasks, waiter_end (waiter));
  if (link != NULL && !self->closed) {
    Place *place = make_place (entry, link);
    if (tasks->len > 0)
      place->users = tasks->len;
    else
      become_idle (place);
  } else {
    drop_if_unused (entry);
  }
  for (guint i = 0; i < tasks->len; i++) {
    if (link != NULL)
      g_task_return_pointer (g_ptr_array_index (tasks, i), g_object_ref (link), g_object_unref);
    else
      g_task_return_error (g_ptr_array_index (tasks, i), g_error_copy (error));
  }
}

/* What is asked of it. */

SshPool *
ssh_pool_new (SshSettings *settings)
{
  SshPool *self = g_object_new (SSH_TYPE_POOL, NULL);

  self->settings = ssh_settings_ref (settings);
  return self;
}

void
ssh_pool_acquire_async (SshPool *self, const SshTarget *target, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, ssh_pool_acquire_async);
  g_task_set_check_cancellable (task, FALSE);
  if (self->closed || g_cancellable_is_cancelled (cancellable)) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "the wait for a connection was cancelled");
    return;
  }
  Entry *entry = ensure_entry (self, target);
  if (entry->place != NULL && ssh_link_is_open (entry->place->link)) {
    use (entry->place);
    g_task_return_pointer (task, g_object_ref (entry->place->link), g_object_unref);
    return;
  }
  Waiter *waiter = g_new0 (Waiter, 1);
  waiter->entry = entry;
  waiter->task = g_steal_pointer (&task);
  if (cancellable != NULL)
    waiter->cancelled_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (waiter_cancelled), waiter);
  g_queue_push_tail (&entry->waiting, waiter);
  self->waiting++;
  stand_in_line (entry);
}

SshLink *
ssh_pool_acquire_finish (SshPool *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ssh_pool_release (SshPool *self, SshLink *link)
{
  Place *place = g_hash_table_lookup (self->places, link);

  g_return_if_fail (place != NULL && place->users > 0);
  place->users--;
  if (place->users == 0) {
    if (place->entry == NULL)
      place_free (place);
    else
      become_idle (place);
  }
  g_object_unref (link);
}

void
ssh_pool_close (SshPool *self)
{
  g_autoptr (GList) entries = g_hash_table_get_values (self->entries);
  GPtrArray *tasks = g_steal_pointer (&self->cancelled);

  self->closed = TRUE;
  self->cancelled = g_ptr_array_new_with_free_func (g_object_unref);
  vnfm_clock_clear_timer (self->settings->clock, &self->turn);
  for (GList *item = entries; item != NULL; item = item->next) {
    Entry *entry = item->data;
    Waiter *waiter;
    while ((waiter = g_queue_pop_head (&entry->waiting)) != NULL)
      g_ptr_array_add (tasks, waiter_end (waiter));
    leave_line (entry);
    if (entry->attempt != NULL)
      g_cancellable_cancel (entry->attempt);
    if (entry->place != NULL)
      ssh_link_close (entry->place->link);
    drop_if_unused (entry);
  }
  tell_cancelled (tasks);
}

SshPoolCounts
ssh_pool_get_counts (SshPool *self)
{
  return (SshPoolCounts){ self->open, self->idle.length, self->opening, self->waiting };
}

static void
ssh_pool_dispose (GObject *object)
{
  SshPool *self = SSH_POOL (object);
  g_autoptr (GList) places = g_hash_table_get_values (self->places);

  if (!self->closed)
    ssh_pool_close (self);
  for (GList *item = places; item != NULL; item = item->next)
    place_free (item->data);
  G_OBJECT_CLASS (ssh_pool_parent_class)->dispose (object);
}

static void
ssh_pool_finalize (GObject *object)
{
  SshPool *self = SSH_POOL (object);

  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->places);
  g_ptr_array_unref (self->cancelled);
  ssh_settings_unref (self->settings);
  G_OBJECT_CLASS (ssh_pool_parent_class)->finalize (object);
}

static void
ssh_pool_class_init (SshPoolClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ssh_pool_dispose;
  G_OBJECT_CLASS (klass)->finalize = ssh_pool_finalize;
}

static void
ssh_pool_init (SshPool *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->places = g_hash_table_new (NULL, NULL);
  self->cancelled = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->line);
  g_queue_init (&self->idle);
}
