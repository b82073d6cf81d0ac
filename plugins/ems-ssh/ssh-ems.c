/* SPDX-License-Identifier: Apache-2.0 */
/* The back-end: what it is asked (the calls of VnfmEms). Machines are ssh-host.c's, commands ssh-call.c's and
 * ssh-run.c's, connections ssh-link.c's. */
#include "config.h"

#include "plugins/ems-ssh/ssh-ems.h"

#include "plugins/ems-ssh/ssh-call.h"
#include "plugins/ems-ssh/ssh-dependency.h"
#include "plugins/ems-ssh/ssh-key.h"
#include "plugins/ems-ssh/ssh-run.h"

#include <vnfm/vnfm-error.h>

#define GROUP       SSH_GROUP
#define KEY_FILE    "ssh.key"
#define FORGET_HOLD (5 * G_USEC_PER_SEC) /* the machine may be gone already */

const VnfmKey ssh_ems_keys[] = {
  { GROUP, "address", VNFM_KEY_LIST, "floating,any",
    "which address of a machine is used, in order of preference: floating, floating:NETWORK, any, hostname, NETWORK" },
  { GROUP, "sudo", VNFM_KEY_BOOLEAN, "false", "commands run as root by sudo(8), without a password" },
  { GROUP, "script-root", VNFM_KEY_PATH, "/opt/openbaton/scripts", "where scripts are stored and run from" },
  { GROUP, "spool-dir", VNFM_KEY_PATH, "/var/lib/vnfm-ssh",
    "where a machine keeps what was begun and what came of it" },
  { GROUP, "working-directory", VNFM_KEY_PATH, "/", "where scripts run" },
  { GROUP, "user-data", VNFM_KEY_STRING, "user-data-ssh.sh",
    "template of the machines' user data: a path, or the name of one that was installed" },
  { GROUP, "retry-min", VNFM_KEY_DURATION, "200ms",
    "rest after a first attempt to reach a machine; random, and growing" },
  { GROUP, "retry-max", VNFM_KEY_DURATION, "15s", "longest rest between two attempts" },
  { GROUP, "hold", VNFM_KEY_DURATION, "10m", "how long a command waits for its machine; 0: as long as the operation" },
  { GROUP, "answer-timeout", VNFM_KEY_DURATION, "10m", "how long a command other than a script may take; 0: no limit" },
  { GROUP, "cancel-budget", VNFM_KEY_DURATION, "10s", "how long the end of a cancelled script is awaited" },
  { GROUP, "kill-grace", VNFM_KEY_DURATION, "5s", "between TERM and KILL" },
  { GROUP, "max-output", VNFM_KEY_SIZE, "1M", "kept of stdout and of stderr of a script, each" },
  { GROUP, "keep-days", VNFM_KEY_INT, "7", "how long a machine keeps the outcome of a step" },
  { GROUP, "clone-schemes", VNFM_KEY_LIST, "https,http,git,ssh", "kinds of URLs that scripts may be fetched from" },
  SSH_SETTINGS_KEYS{ 0 },
};

struct _SshEms {
  VnfmEms parent_instance;

  SshShared *shared; /* NULL while it does not run */
  GHashTable *hosts; /* VNFR id "/" host name -> SshHost */
  char *user_data;
  char *public_key; /* (nullable): the line for authorized_keys */
  char *user;
};

G_DEFINE_FINAL_TYPE (SshEms, ssh_ems, VNFM_TYPE_EMS)

/* Start and stop. */

/* Without any way to log in, a key pair of the manager's own. */
static gboolean
choose_key (SshEms *self, VnfmProfile *profile, const char *folder, GError **error)
{
  const char *path = vnfm_profile_get_string (profile, GROUP, "identity");

  if (path == NULL && (vnfm_profile_get_string (profile, GROUP, "agent") != NULL ||
                       vnfm_profile_get_string (profile, GROUP, "password") != NULL))
    return TRUE;
  if (path == NULL && folder == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "the back-end ssh needs a state directory or [ssh] identity");
    return FALSE;
  }
  if (path == NULL) {
    g_autofree char *own = g_build_filename (folder, KEY_FILE, NULL);
    if (!ssh_key_ensure (own, error))
      return FALSE;
    vnfm_profile_set (profile, GROUP, "identity", own, "generated");
    path = vnfm_profile_get_string (profile, GROUP, "identity");
  }
  g_free (self->public_key);
  self->public_key = ssh_key_dup_public (path, vnfm_profile_get_string (profile, GROUP, "passphrase"), "vnfmd", error);
  return self->public_key != NULL;
}

static void
read_keys (SshEms *self, SshShared *shared, VnfmProfile *profile)
{
  g_auto (GStrv) protocols = vnfm_profile_get_list (profile, GROUP, "clone-schemes");

  shared->rules = vnfm_profile_get_list (profile, GROUP, "address");
  shared->key_by_id = g_str_equal (vnfm_profile_get_string (profile, GROUP, "host-keys"), "accept-new");
  shared->keep_days = (guint)CLAMP (vnfm_profile_get_int (profile, GROUP, "keep-days"), 1, 3650);
  shared->retry_min = MAX (vnfm_profile_get_duration (profile, GROUP, "retry-min"), G_USEC_PER_SEC / 100);
  shared->retry_max = MAX (vnfm_profile_get_duration (profile, GROUP, "retry-max"), shared->retry_min);
  shared->hold = vnfm_profile_get_duration (profile, GROUP, "hold");
  shared->answer_timeout = vnfm_profile_get_duration (profile, GROUP, "answer-timeout");
  shared->cancel_budget = vnfm_profile_get_duration (profile, GROUP, "cancel-budget");
  shared->grace = vnfm_profile_get_duration (profile, GROUP, "kill-grace");
  shared->max_output = vnfm_profile_get_size (profile, GROUP, "max-output");
  shared->working_directory = g_strdup (vnfm_profile_get_string (profile, GROUP, "working-directory"));
  shared->clone_protocols = g_strjoinv (":", protocols);
  shared->spool = ssh_spool_new (vnfm_profile_get_string (profile, GROUP, "spool-dir"),
                                 vnfm_profile_get_string (profile, GROUP, "script-root"),
                                 vnfm_profile_get_boolean (profile, GROUP, "sudo"));
  g_free (self->user);
  self->user = g_strdup (vnfm_profile_get_string (profile, GROUP, "user"));
}

static gboolean
ssh_ems_start (VnfmExtension *extension, GError **error)
{
  SshEms *self = SSH_EMS (extension);
  VnfmProfile *profile = vnfm_extension_get_profile (extension);
  VnfmClock *clock = vnfm_extension_get_clock (extension);
  const char *folder = vnfm_context_get_state_dir (vnfm_extension_get_context (extension));

  g_free (self->user_data);
  self->user_data = vnfm_ems_read_user_data (vnfm_profile_get_string (profile, GROUP, "user-data"), error);
  if (self->user_data == NULL || !choose_key (self, profile, folder, error))
    return FALSE;
  SshSettings *settings = ssh_settings_new (profile, clock, folder, error);
  if (settings == NULL)
    return FALSE;

  self->shared = ssh_shared_new ();
  self->shared->ems = VNFM_EMS (self);
  self->shared->clock = g_object_ref (clock);
  self->shared->settings = settings;
  self->shared->pool = ssh_pool_new (settings);
  read_keys (self, self->shared, profile);
  return TRUE;
}

/* Scripts run on; whoever asks for their steps again after the next start follows them. */
static void
ssh_ems_stop (VnfmExtension *extension)
{
  SshEms *self = SSH_EMS (extension);
  SshShared *shared = g_steal_pointer (&self->shared);
  GHashTableIter iter;
  gpointer host;

  if (shared == NULL)
    return;
  shared->stopped = TRUE;
  shared->ems = NULL;
  g_hash_table_iter_init (&iter, self->hosts);
  while (g_hash_table_iter_next (&iter, NULL, &host))
    ssh_host_abandon (host, "the back-end stops");
  g_hash_table_remove_all (self->hosts);
  ssh_pool_close (shared->pool);
  ssh_shared_unref (shared);
}

/* Calls. */

static char *
host_key (VnfmVnfc *vnfc)
{
  return g_strconcat (vnfc->vnfr_id != NULL ? vnfc->vnfr_id : "", "/", vnfc->hostname, NULL);
}

/* Returns: (nullable): borrowed. */
static SshHost *
lookup_host (SshEms *self, VnfmVnfc *vnfc)
{
  g_autofree char *key = host_key (vnfc);

  return g_hash_table_lookup (self->hosts, key);
}

/* A task and the machine that it is for. Returns: (transfer full) (nullable): NULL: @task was refused. */
static GTask *
begin (SshEms *self, VnfmVnfc *vnfc, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
       gpointer user_data, SshHost **host)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE); /* what came of it counts */
  if (self->shared == NULL) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "the back-end ssh does not run");
    return NULL;
  }
  *host = lookup_host (self, vnfc);
  if (*host != NULL) {
    ssh_host_update (*host, vnfc);
  } else {
    *host = ssh_host_new (self->shared, vnfc);
    g_hash_table_insert (self->hosts, host_key (vnfc), *host);
  }
  return g_steal_pointer (&task);
}

static gboolean
finish_boolean (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, ems), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
ssh_ems_await_async (VnfmEms *ems, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  SshHost *host = NULL;
  GTask *task = begin (SSH_EMS (ems), vnfc, ssh_ems_await_async, cancellable, callback, user_data, &host);

  if (task != NULL)
    ssh_call_await (host, task);
}

static void
start_file (SshEms *self, VnfmVnfc *vnfc, VnfmScript *script, gboolean executable, gpointer tag,
            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  SshHost *host = NULL;
  GError *error = NULL;
  g_autoptr (GTask) task = begin (self, vnfc, tag, cancellable, callback, user_data, &host);

  if (task == NULL)
    return;
  g_autofree char *name = ssh_spool_clean_name (script->name, &error);
  if (name == NULL) {
    g_task_return_error (task, error);
    return;
  }
  g_autofree char *command = ssh_spool_put (self->shared->spool, name, g_bytes_get_size (script->content), executable);
  g_autofree char *title = g_strdup_printf ("%s %s", executable ? "storing" : "updating", name);
  ssh_call_start (host, g_steal_pointer (&task), title, command, script->content, self->shared->hold, VNFM_ERROR_STORE);
}

static void
ssh_ems_put_script_async (VnfmEms *ems, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  start_file (SSH_EMS (ems), vnfc, script, TRUE, ssh_ems_put_script_async, cancellable, callback, user_data);
}

static void
ssh_ems_update_script_async (VnfmEms *ems, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  start_file (SSH_EMS (ems), vnfc, script, FALSE, ssh_ems_update_script_async, cancellable, callback, user_data);
}

static void
ssh_ems_clone_scripts_async (VnfmEms *ems, VnfmVnfc *vnfc, const char *url, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  SshEms *self = SSH_EMS (ems);
  SshHost *host = NULL;
  GTask *task = begin (self, vnfc, ssh_ems_clone_scripts_async, cancellable, callback, user_data, &host);

  if (task == NULL)
    return;
  g_autofree char *command = ssh_spool_clone (self->shared->spool, url, self->shared->clone_protocols);
  g_autofree char *shown = vnfm_ems_hide_password (url, url);
  g_autofree char *title = g_strdup_printf ("cloning %s", shown);
  ssh_call_start (host, task, title, command, NULL, self->shared->hold, VNFM_ERROR_SCRIPT);
}

static void
ssh_ems_put_dependency_async (VnfmEms *ems, VnfmVnfc *vnfc, VnfmDependency *dependency, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  SshHost *host = NULL;
  GTask *task = begin (SSH_EMS (ems), vnfc, ssh_ems_put_dependency_async, cancellable, callback, user_data, &host);

  if (task != NULL)
    ssh_dependency_put (host, task, dependency);
}

static void
ssh_ems_execute_async (VnfmEms *ems, VnfmVnfc *vnfc, const VnfmExecution *execution, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  SshHost *host = NULL;
  GTask *task = begin (SSH_EMS (ems), vnfc, ssh_ems_execute_async, cancellable, callback, user_data, &host);

  if (task != NULL)
    ssh_run_start (host, task, execution);
}

static VnfmScriptResult *
ssh_ems_execute_finish (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, ems), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
ssh_ems_cancel_async (VnfmEms *ems, VnfmVnfc *vnfc, const char *step_id, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  SshEms *self = SSH_EMS (ems);
  SshHost *host = NULL;
  GTask *task = begin (self, vnfc, ssh_ems_cancel_async, cancellable, callback, user_data, &host);

  if (task == NULL)
    return;
  g_autofree char *command = ssh_spool_cancel (self->shared->spool, vnfc->vnfr_id, step_id);
  g_autofree char *title = g_strdup_printf ("cancelling step %s", step_id);
  ssh_call_start (host, task, title, command, NULL, self->shared->cancel_budget, VNFM_ERROR_FAILED);
}

/* Forgetting. */

static void
forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_debug ("%s", error->message);
}

/* The machine is about to be deleted: it is asked only where that costs nothing. */
static void
ssh_ems_forget (VnfmEms *ems, VnfmVnfc *vnfc)
{
  SshEms *self = SSH_EMS (ems);
  g_autofree char *key = host_key (vnfc);
  g_autofree char *kept_key = NULL;
  g_autoptr (GError) error = NULL;
  gpointer found = NULL;

  if (self->shared == NULL || !g_hash_table_steal_extended (self->hosts, key, (gpointer *)&kept_key, &found))
    return;
  g_autoptr (SshHost) host = found;
  ssh_host_abandon (host, "the machine is released");
  ssh_host_set_released (host);
  if (ssh_host_is_connected (host)) {
    g_autofree char *command = ssh_spool_forget (self->shared->spool, vnfc->vnfr_id);
    ssh_call_start (host, g_task_new (self, NULL, forgotten, NULL), "forgetting its steps", command, NULL, FORGET_HOLD,
                    VNFM_ERROR_FAILED);
  }
  if (self->shared->key_by_id && !ssh_settings_forget_host (self->shared->settings, vnfm_vnfc_get_key (vnfc), &error))
    g_warning ("machine %s: its host key is not forgotten: %s", vnfc->hostname, error->message);
}

static void
ssh_ems_add_variables (VnfmEms *ems, VnfmRecord *record, GHashTable *variables)
{
  SshEms *self = SSH_EMS (ems);

  if (self->shared == NULL)
    return;
  g_hash_table_replace (variables, g_strdup ("SSH_USER"), g_strdup (self->user));
  if (self->public_key != NULL)
    g_hash_table_replace (variables, g_strdup ("SSH_AUTHORIZED_KEY"), g_strdup (self->public_key));
}

static const char *
ssh_ems_get_user_data (VnfmEms *ems)
{
  return SSH_EMS (ems)->user_data;
}

static char *
ssh_ems_describe (VnfmEms *ems, VnfmVnfc *vnfc)
{
  SshEms *self = SSH_EMS (ems);
  SshHost *host = lookup_host (self, vnfc);

  if (self->shared == NULL)
    return g_strdup ("the back-end does not run");
  return host != NULL ? ssh_host_describe (host) : g_strdup ("not asked for yet");
}

static void
ssh_ems_finalize (GObject *object)
{
  SshEms *self = SSH_EMS (object);

  ssh_ems_stop (VNFM_EXTENSION (self));
  g_hash_table_unref (self->hosts);
  g_free (self->user_data);
  g_free (self->public_key);
  g_free (self->user);
  G_OBJECT_CLASS (ssh_ems_parent_class)->finalize (object);
}

static void
ssh_ems_class_init (SshEmsClass *klass)
{
  VnfmExtensionClass *extension_class = VNFM_EXTENSION_CLASS (klass);
  VnfmEmsClass *ems_class = VNFM_EMS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ssh_ems_finalize;
  extension_class->start = ssh_ems_start;
  extension_class->stop = ssh_ems_stop;
  ems_class->await_async = ssh_ems_await_async;
  ems_class->await_finish = finish_boolean;
  ems_class->put_script_async = ssh_ems_put_script_async;
  ems_class->put_script_finish = finish_boolean;
  ems_class->update_script_async = ssh_ems_update_script_async;
  ems_class->update_script_finish = finish_boolean;
  ems_class->clone_scripts_async = ssh_ems_clone_scripts_async;
  ems_class->clone_scripts_finish = finish_boolean;
  ems_class->put_dependency_async = ssh_ems_put_dependency_async;
  ems_class->put_dependency_finish = finish_boolean;
  ems_class->execute_async = ssh_ems_execute_async;
  ems_class->execute_finish = ssh_ems_execute_finish;
  ems_class->cancel_async = ssh_ems_cancel_async;
  ems_class->cancel_finish = finish_boolean;
  ems_class->forget = ssh_ems_forget;
  ems_class->add_variables = ssh_ems_add_variables;
  ems_class->get_user_data = ssh_ems_get_user_data;
  ems_class->describe = ssh_ems_describe;
}

static void
ssh_ems_init (SshEms *self)
{
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)ssh_host_unref);
}
