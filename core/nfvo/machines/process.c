/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/machines/process.h"

#include "core/nfvo/machines/ending.h"
#include "core/nfvo/machines/loopback.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define GRACE (2 * G_TIME_SPAN_SECOND)

struct _NfvoProcessMachines {
  NfvoMachines parent_instance;

  VnfmClock *clock;
  char *folder;
  char *agent;
  char *marker;
  NfvoLoopback *loopback;
};

G_DEFINE_FINAL_TYPE (NfvoProcessMachines, nfvo_process_machines, NFVO_TYPE_MACHINES)

static gboolean
make_folder (NfvoProcessMachines *self, NfvoMachine *machine, GError **error)
{
  static const char *const parts[] = { "scripts", "state", NULL };

  if (g_mkdir_with_parents (machine->folder, 0700) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make the folder %s: %s", machine->folder,
                 g_strerror (errno));
    return FALSE;
  }
  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (machine->folder, parts[i], NULL);
    if (g_mkdir_with_parents (path, 0700) != 0) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make the folder %s: %s", path, g_strerror (errno));
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
give_addresses (NfvoProcessMachines *self, NfvoMachine *machine, const NfvoMachineOrder *order, GError **error)
{
  for (guint i = 0; i < order->ports->len; i++) {
    NfvoPort *port = &g_array_index (order->ports, NfvoPort, i);
    g_autofree char *ip = nfvo_loopback_claim (self->loopback, error);
    g_autofree char *floating = NULL;
    if (ip == NULL)
      return FALSE;
    if (port->floating && (floating = nfvo_loopback_claim (self->loopback, error)) == NULL)
      return FALSE;
    g_ptr_array_add (machine->addresses, nfvo_address_new (port->network, ip, floating));
  }
  return TRUE;
}

static void
set_path (GSubprocessLauncher *launcher, const char *variable, NfvoMachine *machine, const char *name)
{
  g_autofree char *path = g_build_filename (machine->folder, name, NULL);

  g_subprocess_launcher_setenv (launcher, variable, path, TRUE);
}

/* A session of its own: a Ctrl-C at the terminal is for the orchestrator alone. */
static void
leave_session (gpointer user_data)
{
  setsid ();
}

static GSubprocessLauncher *
prepare_launcher (NfvoProcessMachines *self, NfvoMachine *machine)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autofree char *console = g_build_filename (machine->folder, NFVO_MACHINE_CONSOLE, NULL);

  g_subprocess_launcher_set_cwd (launcher, machine->folder);
  g_subprocess_launcher_set_stdout_file_path (launcher, console);
  g_subprocess_launcher_set_stdin_file_path (launcher, "/dev/null");
  g_subprocess_launcher_set_child_setup (launcher, leave_session, NULL, NULL);
  g_subprocess_launcher_unsetenv (launcher, "NOTIFY_SOCKET");
  g_subprocess_launcher_setenv (launcher, "VNFM_MACHINE", machine->id, TRUE);
  g_subprocess_launcher_setenv (launcher, "VNFM_MACHINE_DIR", machine->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "VNFM_EMS_PROGRAM", self->agent, TRUE);
  set_path (launcher, "VNFM_EMS_CONF", machine, "vnfm-ems.conf");
  set_path (launcher, "VNFM_EMS_PID_FILE", machine, "vnfm-ems.pid");
  if (self->marker != NULL) {
    g_auto (GStrv) parts = g_strsplit (self->marker, "=", 2);
    g_subprocess_launcher_setenv (launcher, parts[0], parts[1], TRUE);
  }
  return launcher;
}

typedef struct {
  NfvoProcessMachines *machines;
  NfvoMachine *machine;
} Boot;

static void
boot_free (Boot *boot)
{
  g_object_unref (boot->machines);
  nfvo_machine_unref (boot->machine);
  g_free (boot);
}

static void
user_data_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *shell = G_SUBPROCESS (source);
  Boot *boot = user_data;

  if (g_subprocess_wait_finish (shell, result, NULL) && g_subprocess_get_if_exited (shell) &&
      g_subprocess_get_exit_status (shell) != 0) {
    g_autofree char *text =
        g_strdup_printf ("its user data ended with status %d", g_subprocess_get_exit_status (shell));
    nfvo_machines_trouble (NFVO_MACHINES (boot->machines), boot->machine, text);
  }
  boot_free (boot);
}

static gboolean
boot (NfvoProcessMachines *self, NfvoMachine *machine, const char *user_data, GError **error)
{
  g_autofree char *path = g_build_filename (machine->folder, "user-data.sh", NULL);
  g_autoptr (GSubprocessLauncher) launcher = prepare_launcher (self, machine);
  g_autoptr (GSubprocess) shell = NULL;
  Boot *watched;

  /* It holds a token. */
  if (!g_file_set_contents_full (path, user_data, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error) ||
      (shell = g_subprocess_launcher_spawn (launcher, error, "/bin/sh", path, NULL)) == NULL) {
    g_prefix_error (error, "machine %s: ", machine->hostname);
    return FALSE;
  }
  watched = g_new0 (Boot, 1);
  watched->machines = g_object_ref (self);
  watched->machine = nfvo_machine_ref (machine);
  g_subprocess_wait_async (shell, NULL, user_data_ended, watched);
  return TRUE;
}

static void
allocate_async (NfvoMachines *machines, const NfvoMachineOrder *order, GCancellable *cancellable,
                GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoProcessMachines *self = NFVO_PROCESS_MACHINES (machines);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *id = vnfm_clock_new_uuid (self->clock);
  g_autofree char *name = nfvo_machines_file_name (order->hostname);
  g_autofree char *folder = g_build_filename (self->folder, name, NULL);
  g_autoptr (NfvoMachine) machine = nfvo_machine_new (id, order->vnf, order->hostname, folder);
  GError *error = NULL;

  g_task_set_source_tag (task, allocate_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!make_folder (self, machine, &error) || !give_addresses (self, machine, order, &error) ||
      !boot (self, machine, order->user_data, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&machine), (GDestroyNotify)nfvo_machine_unref);
}

static NfvoMachine *
allocate_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
machine_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (nfvo_end_processes_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
release_async (NfvoMachines *machines, NfvoMachine *machine, GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoProcessMachines *self = NFVO_PROCESS_MACHINES (machines);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *marker = g_strconcat ("VNFM_MACHINE=", machine->id, NULL);

  g_task_set_source_tag (task, release_async);
  nfvo_end_processes_async (marker, GRACE, self->clock, machine_ended, task);
}

static gboolean
release_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
finalize (GObject *object)
{
  NfvoProcessMachines *self = NFVO_PROCESS_MACHINES (object);

  nfvo_loopback_free (self->loopback);
  g_free (self->marker);
  g_free (self->agent);
  g_free (self->folder);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (nfvo_process_machines_parent_class)->finalize (object);
}

static void
nfvo_process_machines_class_init (NfvoProcessMachinesClass *klass)
{
  NfvoMachinesClass *machines_class = NFVO_MACHINES_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  machines_class->allocate_async = allocate_async;
  machines_class->allocate_finish = allocate_finish;
  machines_class->release_async = release_async;
  machines_class->release_finish = release_finish;
}

static void
nfvo_process_machines_init (NfvoProcessMachines *self)
{
}

NfvoMachines *
nfvo_process_machines_new (VnfmClock *clock, const char *folder, const char *agent, const char *marker)
{
  NfvoProcessMachines *self = g_object_new (NFVO_TYPE_PROCESS_MACHINES, NULL);

  self->clock = g_object_ref (clock);
  self->folder = g_strdup (folder);
  self->agent = g_strdup (agent);
  self->marker = g_strdup (marker);
  self->loopback = nfvo_loopback_new (clock);
  return NFVO_MACHINES (self);
}
