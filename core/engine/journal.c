/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/engine/journal.h"

/* A note waits this long for a commit to ride with. */
#define NOTE_DELAY (100 * G_TIME_SPAN_MILLISECOND)

struct _Journal {
  VnfmStore *store;
  VnfmClock *clock;
  VnfmStoreBatch *notes; /* nullable */
  VnfmTimer *note_timer;
};

Journal *
journal_new (VnfmStore *store, VnfmClock *clock)
{
  Journal *self = g_new0 (Journal, 1);

  self->store = g_object_ref (store);
  self->clock = g_object_ref (clock);
  return self;
}

static void
notes_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!vnfm_store_commit_finish (VNFM_STORE (source), result, &error))
    g_warning ("journal: cannot note what is finished: %s", error->message);
}

static void
write_notes (gpointer user_data)
{
  Journal *self = user_data;

  self->note_timer = NULL;
  if (self->notes != NULL)
    vnfm_store_commit_async (self->store, g_steal_pointer (&self->notes), NULL, notes_written, NULL);
}

void
journal_free (Journal *self)
{
  if (self == NULL)
    return;
  vnfm_clock_clear_timer (self->clock, &self->note_timer);
  write_notes (self);
  g_object_unref (self->store);
  g_object_unref (self->clock);
  g_free (self);
}

VnfmStoreBatch *
journal_get_notes (Journal *self)
{
  if (self->notes == NULL)
    self->notes = vnfm_store_batch_new ();
  if (self->note_timer == NULL)
    self->note_timer = vnfm_clock_add_timer (self->clock, NOTE_DELAY, write_notes, self);
  return self->notes;
}

VnfmStoreBatch *
journal_begin (Journal *self)
{
  vnfm_clock_clear_timer (self->clock, &self->note_timer);
  return self->notes != NULL ? g_steal_pointer (&self->notes) : vnfm_store_batch_new ();
}

static void
committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (vnfm_store_commit_finish (VNFM_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else {
    g_prefix_error (&error, "journal: ");
    g_task_return_error (task, error);
  }
}

void
journal_commit_async (Journal *self, VnfmStoreBatch *batch, GAsyncReadyCallback callback, gpointer user_data)
{
  vnfm_store_commit_async (self->store, batch, NULL, committed, g_task_new (NULL, NULL, callback, user_data));
}

gboolean
journal_commit_finish (Journal *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
journal_put_async (Journal *self, const char *kind, const char *id, const char *part, GBytes *value,
                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *key = journal_key (kind, id, part);
  VnfmStoreBatch *batch = journal_begin (self);

  vnfm_store_batch_put (batch, JOURNAL_SPACE, key, value);
  journal_commit_async (self, batch, callback, user_data);
}

gboolean
journal_put_finish (Journal *self, GAsyncResult *result, GError **error)
{
  return journal_commit_finish (self, result, error);
}

static void
loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *items = vnfm_store_load_finish (VNFM_STORE (source), result, &error);

  if (items != NULL)
    g_task_return_pointer (task, items, (GDestroyNotify)g_ptr_array_unref);
  else {
    g_prefix_error (&error, "journal: ");
    g_task_return_error (task, error);
  }
}

void
journal_load_async (Journal *self, const char *kind, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *prefix = id != NULL ? journal_key (kind, id, NULL) : g_strconcat (kind, "/", NULL);

  vnfm_store_load_async (self->store, JOURNAL_SPACE, prefix, NULL, loaded,
                         g_task_new (NULL, NULL, callback, user_data));
}

GPtrArray *
journal_load_finish (Journal *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
journal_key (const char *kind, const char *id, const char *part)
{
  return part != NULL ? g_strconcat (kind, "/", id, "/", part, NULL) : g_strconcat (kind, "/", id, NULL);
}
