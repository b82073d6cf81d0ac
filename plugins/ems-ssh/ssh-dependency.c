/* SPDX-License-Identifier: Apache-2.0 */
/* A dependency as files, stored side by side. */
#include "config.h"

#include "plugins/ems-ssh/ssh-dependency.h"

#include "plugins/ems-ssh/ssh-call.h"

#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-parameter-files.h>

#include <string.h>

typedef struct {
  guint pending;
  GError *error; /* (nullable): the first one */
} Files;

static void
files_free (gpointer data)
{
  Files *files = data;

  g_clear_error (&files->error);
  g_free (files);
}

static void
file_ended (Files *files, GTask *task)
{
  if (--files->pending > 0)
    return;
  if (files->error != NULL)
    g_task_return_error (task, g_steal_pointer (&files->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Files *files = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && files->error == NULL)
    files->error = g_steal_pointer (&error);
  file_ended (files, task);
}

static void
store (SshHost *host, GTask *task, const char *name, GBytes *content)
{
  SshShared *shared = ssh_host_get_shared (host);
  Files *files = g_task_get_task_data (task);
  g_autofree char *command = ssh_spool_put (shared->spool, name, g_bytes_get_size (content), FALSE);
  g_autofree char *title = g_strdup_printf ("storing %s", name);

  files->pending++;
  ssh_call_start (
      host, g_task_new (g_task_get_source_object (task), g_task_get_cancellable (task), stored, g_object_ref (task)),
      title, command, content, shared->hold, VNFM_ERROR_STORE);
}

void
ssh_dependency_put (SshHost *host, GTask *task, VnfmDependency *dependency)
{
  g_autoptr (GTask) own = task;
  GBytes *text = vnfm_dependency_get_text (dependency);
  GError *error = NULL;
  g_autoptr (JsonNode) node = vnfm_json_parse (text, &error);

  if (node == NULL) {
    g_task_return_error (own, error);
    return;
  }
  Files *files = g_new0 (Files, 1);
  char *yaml = vnfm_parameter_files_to_yaml (json_node_get_object (node));
  char *shell = vnfm_parameter_files_to_shell (json_node_get_object (node));
  g_autoptr (GBytes) yaml_bytes = g_bytes_new_take (yaml, strlen (yaml));
  g_autoptr (GBytes) shell_bytes = g_bytes_new_take (shell, strlen (shell));

  g_task_set_task_data (own, files, files_free);
  files->pending = 1; /* until all are begun */
  store (host, own, VNFM_PARAMETER_FILE_JSON, text);
  store (host, own, VNFM_PARAMETER_FILE_YAML, yaml_bytes);
  store (host, own, VNFM_PARAMETER_FILE_SH, shell_bytes);
  file_ended (files, own);
}
