/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to the jump host: opened for the first that needs it, kept by those who go through it. */
#include "config.h"

#include "plugins/ems-ssh/ssh-private.h"

#include <vnfm/vnfm-error.h>

static void
jump_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SshSettings) settings = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SshLink) link = ssh_link_open_finish (result, &error);
  g_autoptr (GPtrArray) waiting = settings->jump_waiting;

  settings->jump_opening = FALSE;
  settings->jump_waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_set_weak_pointer (&settings->jump_link, link);
  for (guint i = 0; i < waiting->len; i++) {
    GTask *task = g_ptr_array_index (waiting, i);
    if (link != NULL)
      g_task_return_pointer (task, g_object_ref (link), g_object_unref);
    else
      g_task_return_error (task, g_error_copy (error));
  }
}

void
ssh_jump_get_async (SshSettings *settings, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, ssh_jump_get_async);
  if (settings->jump_link != NULL && ssh_link_is_open (settings->jump_link)) {
    g_task_return_pointer (task, g_object_ref (settings->jump_link), g_object_unref);
    return;
  }
  g_ptr_array_add (settings->jump_waiting, g_steal_pointer (&task));
  if (settings->jump_opening)
    return;
  settings->jump_opening = TRUE;
  ssh_link_open_async (settings, settings->jump, NULL, jump_opened, ssh_settings_ref (settings));
}

SshLink *
ssh_jump_get_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
