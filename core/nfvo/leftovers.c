/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/leftovers.h"

#include "core/nfvo/machines/ending.h"

#include <unistd.h>

static void
leftover_free (NfvoLeftover *leftover)
{
  close (leftover->lock);
  g_free (leftover->name);
  g_free (leftover->folder);
  g_free (leftover->marker);
  g_free (leftover->failure);
  g_array_unref (leftover->processes);
  g_free (leftover);
}

GPtrArray *
nfvo_leftovers_find (const char *base)
{
  GPtrArray *leftovers = g_ptr_array_new_with_free_func ((GDestroyNotify)leftover_free);
  g_autoptr (GPtrArray) names = nfvo_run_folder_list (base);

  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_autofree char *folder = g_build_filename (base, name, NULL);
    int lock = nfvo_run_folder_lock (folder);
    NfvoLeftover *leftover;
    if (lock < 0)
      continue;
    leftover = g_new0 (NfvoLeftover, 1);
    leftover->name = g_strdup (name);
    leftover->folder = g_steal_pointer (&folder);
    leftover->marker = g_strconcat ("VNFM_RUN=", name, NULL);
    leftover->processes = nfvo_find_processes (leftover->marker);
    leftover->lock = lock;
    g_ptr_array_add (leftovers, leftover);
  }
  return leftovers;
}

typedef struct {
  GTask *task;
  NfvoLeftover *leftover;
} Clearing;

/* The number of those under way is the task's data; one of it is the loop that begins them. */
static void
one_less (GTask *task)
{
  guint *open = g_task_get_task_data (task);

  if (--*open == 0)
    g_task_return_boolean (task, TRUE);
}

static void
cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Clearing *clearing = user_data;
  g_autoptr (GTask) task = clearing->task;
  g_autoptr (GError) error = NULL;

  if (!nfvo_run_folder_clear_finish (result, &error))
    clearing->leftover->failure = g_strdup (error->message);
  g_free (clearing);
  one_less (task);
}

void
nfvo_leftovers_clear_async (GPtrArray *leftovers, VnfmClock *clock, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  guint *open = g_new (guint, 1);

  *open = 1;
  g_task_set_source_tag (task, nfvo_leftovers_clear_async);
  g_task_set_task_data (task, open, g_free);
  for (guint i = 0; i < leftovers->len; i++) {
    Clearing *clearing = g_new0 (Clearing, 1);
    clearing->task = g_object_ref (task);
    clearing->leftover = g_ptr_array_index (leftovers, i);
    (*open)++;
    nfvo_run_folder_clear_other_async (clearing->leftover->marker, clearing->leftover->folder, clock, cleared,
                                       clearing);
  }
  one_less (task);
}

void
nfvo_leftovers_clear_finish (GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}
