/* SPDX-License-Identifier: Apache-2.0 */
/* A private vnfmd:
 *
 *   spawned -READY=1 on the notify socket-> address read -> ready -stop-> SIGTERM -exit-> gone
 *      | exit, or patience over: failed                                     | patience over: SIGKILL */
#include "config.h"

#include "core/nfvo/daemon.h"

#include "core/nfvo/steps.h"

#include <gio/gunixsocketaddress.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STOP_PATIENCE (10 * G_TIME_SPAN_SECOND)
#define LOG_LINES     15
#define LOG_BYTES     4096

struct _NfvoDaemon {
  GObject parent_instance;

  NfvoRunFolder *folder;
  VnfmClock *clock;
  GSubprocess *process;
  GSocket *notify;
  GSource *notify_source;
  GTask *starting;
  GTask *stopping;
  VnfmTimer *timer;
  gint64 began;
  gint64 start_time;
  char *state_dir;
  char *log_file;
  char *passcode_file;
  char *host;
  guint port;
};

G_DEFINE_FINAL_TYPE (NfvoDaemon, nfvo_daemon, G_TYPE_OBJECT)

enum {
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- finding things */

gboolean
nfvo_parse_address (const char *text, char **host, guint *port, GError **error)
{
  g_autoptr (GSocketConnectable) address = g_network_address_parse (text, 0, NULL);
  guint16 number = address != NULL ? g_network_address_get_port (G_NETWORK_ADDRESS (address)) : 0;

  if (number == 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "\"%s\" is not HOST:PORT", text);
    return FALSE;
  }
  *host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  *port = number;
  return TRUE;
}

static char *
if_executable (char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return path;
  g_free (path);
  return NULL;
}

char *
nfvo_find_program (const char *name, const char *in_tree, GError **error)
{
  static const char *const places[] = { "", "../sbin", "../libexec" };
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *here = self != NULL ? g_path_get_dirname (self) : g_strdup (".");
  gboolean in_build_tree = g_str_has_prefix (here, VNFM_BUILDDIR "/");
  char *found = NULL;

  if (in_build_tree)
    found = if_executable (g_build_filename (VNFM_BUILDDIR, in_tree, NULL));
  for (guint i = 0; !in_build_tree && found == NULL && i < G_N_ELEMENTS (places); i++)
    found = if_executable (g_build_filename (here, places[i], name, NULL));
  if (found == NULL && !in_build_tree)
    found = if_executable (g_build_filename (VNFM_LIBEXECDIR, name, NULL));
  if (found == NULL)
    found = g_find_program_in_path (name);
  if (found == NULL)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "the program %s is neither beside this one nor in PATH",
                 name);
  return found;
}

/* ---- becoming ready */

static void
stop_listening (NfvoDaemon *self)
{
  if (self->notify_source != NULL) {
    g_source_destroy (self->notify_source);
    g_clear_pointer (&self->notify_source, g_source_unref);
  }
  g_clear_object (&self->notify);
}

static void
finish_starting (NfvoDaemon *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->starting);

  vnfm_clock_clear_timer (self->clock, &self->timer);
  stop_listening (self);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static GError *
error_with_log (NfvoDaemon *self, int code, const char *what)
{
  g_autofree char *log = NULL;
  g_autofree char *tail = NULL;

  if (g_file_get_contents (self->log_file, &log, NULL, NULL)) {
    g_autofree char *valid = g_utf8_make_valid (log, -1);
    tail = nfvo_last_lines (valid, LOG_LINES, LOG_BYTES);
  }
  if (tail == NULL || tail[0] == '\0')
    return g_error_new (VNFM_ERROR, code, "vnfmd %s", what);
  return g_error_new (VNFM_ERROR, code, "vnfmd %s; it said:\n%s", what, tail);
}

static gboolean
read_address (NfvoDaemon *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_dir, "stomp.address", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) inner = NULL;

  if (!g_file_get_contents (path, &text, NULL, &inner)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "vnfmd does not say where its broker listens: %s",
                 inner->message);
    return FALSE;
  }
  return nfvo_parse_address (g_strstrip (text), &self->host, &self->port, error);
}

static gboolean
notified (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  NfvoDaemon *self = user_data;
  char message[4096];
  gssize length = g_socket_receive (socket, message, sizeof message - 1, NULL, NULL);
  GError *error = NULL;

  if (length <= 0)
    return G_SOURCE_CONTINUE;
  message[length] = '\0';
  g_auto (GStrv) lines = g_strsplit (message, "\n", -1);
  if (!g_strv_contains ((const char *const *)lines, "READY=1"))
    return G_SOURCE_CONTINUE;
  self->start_time = vnfm_clock_get_monotonic_time (self->clock) - self->began;
  read_address (self, &error);
  finish_starting (self, error);
  return G_SOURCE_REMOVE;
}

/* An abstract socket: no length limit of the folder's path applies. Returns: (transfer full): its name. */
static char *
listen_for_readiness (NfvoDaemon *self, GError **error)
{
  g_autofree char *uuid = vnfm_clock_new_uuid (self->clock);
  g_autofree char *name = g_strconcat ("vnfm-nfvo/", uuid, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);

  self->notify = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (self->notify == NULL || !g_socket_bind (self->notify, address, FALSE, error))
    return NULL;
  self->notify_source = g_socket_create_source (self->notify, G_IO_IN, NULL);
  g_source_set_callback (self->notify_source, G_SOURCE_FUNC (notified), self, NULL);
  g_source_attach (self->notify_source, g_main_context_get_thread_default ());
  return g_strconcat ("@", name, NULL);
}

static void
start_patience_over (gpointer user_data)
{
  NfvoDaemon *self = user_data;

  self->timer = NULL;
  finish_starting (self, error_with_log (self, VNFM_ERROR_TIMEOUT, "was not ready in time"));
}

/* ---- the process */

static void
process_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *process = G_SUBPROCESS (source);
  g_autoptr (NfvoDaemon) self = user_data;
  g_autofree char *what = NULL;
  g_autoptr (GTask) stopping = NULL;

  g_subprocess_wait_finish (process, result, NULL);
  what = g_subprocess_get_if_exited (process)
             ? g_strdup_printf ("ended with status %d", g_subprocess_get_exit_status (process))
             : g_strdup_printf ("was ended by signal %d", g_subprocess_get_term_sig (process));
  g_clear_object (&self->process);
  stopping = g_steal_pointer (&self->stopping);
  if (self->starting != NULL) {
    finish_starting (self, error_with_log (self, VNFM_ERROR_FAILED, what));
  } else if (stopping == NULL) {
    g_autoptr (GError) error = error_with_log (self, VNFM_ERROR_FAILED, what);
    g_signal_emit (self, signals[ENDED], 0, error->message);
  }
  if (stopping != NULL) {
    vnfm_clock_clear_timer (self->clock, &self->timer);
    g_task_return_boolean (stopping, TRUE);
  }
}

/* A session of its own, so that a Ctrl-C is not for it; and it does not outlive the orchestrator. */
static void
prepare_child (gpointer user_data)
{
  setsid ();
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static void
add_settings (GStrvBuilder *builder, const char *const *settings)
{
  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    g_strv_builder_add_many (builder, "--set", settings[i], NULL);
}

static GStrv
make_arguments (NfvoDaemon *self, const NfvoDaemonOptions *options)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *control =
      g_strconcat ("vnfmd.control-socket=", nfvo_run_folder_get_path (self->folder), "/control.sock", NULL);
  g_autofree char *scripts = nfvo_run_folder_dup_path (self->folder, NFVO_SCRIPT_RECORD);
  g_autofree char *record = g_strconcat ("vnfmd.script-record=", scripts, NULL);

  g_strv_builder_add_many (builder, options->program, "--profile", options->profile, "--state-dir", self->state_dir,
                           "--set", "stomp.listen=127.0.0.1:0", "--set", control, "--set", record, NULL);
  for (guint i = 0; options->plugin_dirs != NULL && options->plugin_dirs[i] != NULL; i++)
    g_strv_builder_add_many (builder, "--plugin-dir", options->plugin_dirs[i], NULL);
  add_settings (builder, options->machine_settings);
  add_settings (builder, options->settings);
  return g_strv_builder_end (builder);
}

static gboolean
spawn (NfvoDaemon *self, const NfvoDaemonOptions *options, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_auto (GStrv) arguments = make_arguments (self, options);
  g_auto (GStrv) marker = g_strsplit (nfvo_run_folder_get_marker (self->folder), "=", 2);
  g_autofree char *address = listen_for_readiness (self, error);

  if (address == NULL)
    return FALSE;
  g_subprocess_launcher_set_stdout_file_path (launcher, self->log_file);
  g_subprocess_launcher_set_stdin_file_path (launcher, "/dev/null");
  g_subprocess_launcher_set_child_setup (launcher, prepare_child, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "NOTIFY_SOCKET", address, TRUE);
  g_subprocess_launcher_setenv (launcher, marker[0], marker[1], TRUE);
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *)arguments, error);
  if (self->process == NULL)
    return FALSE;
  g_subprocess_wait_async (self->process, NULL, process_ended, g_object_ref (self));
  return TRUE;
}

void
nfvo_daemon_start_async (NfvoDaemon *self, const NfvoDaemonOptions *options, gint64 patience,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  GError *error = NULL;

  g_return_if_fail (self->starting == NULL && self->process == NULL);
  self->starting = g_task_new (self, NULL, callback, user_data);
  self->began = vnfm_clock_get_monotonic_time (self->clock);
  self->timer = vnfm_clock_add_timer (self->clock, patience, start_patience_over, self);
  if (!spawn (self, options, &error)) {
    g_prefix_error (&error, "cannot start %s: ", options->program);
    finish_starting (self, error);
  }
}

gboolean
nfvo_daemon_start_finish (NfvoDaemon *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stop_patience_over (gpointer user_data)
{
  NfvoDaemon *self = user_data;

  self->timer = NULL;
  if (self->process != NULL) {
    g_warning ("vnfmd does not end: it is killed");
    g_subprocess_force_exit (self->process);
  }
}

void
nfvo_daemon_stop_async (NfvoDaemon *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->process == NULL) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  self->stopping = g_steal_pointer (&task);
  vnfm_clock_clear_timer (self->clock, &self->timer);
  self->timer = vnfm_clock_add_timer (self->clock, STOP_PATIENCE, stop_patience_over, self);
  g_subprocess_send_signal (self->process, SIGTERM);
}

void
nfvo_daemon_stop_finish (NfvoDaemon *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/* ---- the object */

const char *
nfvo_daemon_get_host (NfvoDaemon *self)
{
  return self->host;
}

guint
nfvo_daemon_get_port (NfvoDaemon *self)
{
  return self->port;
}

const char *
nfvo_daemon_get_passcode_file (NfvoDaemon *self)
{
  return self->passcode_file;
}

const char *
nfvo_daemon_get_log_file (NfvoDaemon *self)
{
  return self->log_file;
}

int
nfvo_daemon_get_pid (NfvoDaemon *self)
{
  const char *identifier = self->process != NULL ? g_subprocess_get_identifier (self->process) : NULL;

  return identifier != NULL ? atoi (identifier) : 0;
}

gint64
nfvo_daemon_get_start_time (NfvoDaemon *self)
{
  return self->start_time;
}

NfvoDaemon *
nfvo_daemon_new (NfvoRunFolder *folder, VnfmClock *clock)
{
  NfvoDaemon *self = g_object_new (NFVO_TYPE_DAEMON, NULL);

  self->folder = folder;
  self->clock = g_object_ref (clock);
  self->state_dir = nfvo_run_folder_dup_path (folder, "vnfmd");
  self->log_file = nfvo_run_folder_dup_path (folder, "vnfmd.log");
  self->passcode_file = g_build_filename (self->state_dir, "stomp.passcode", NULL);
  return self;
}

static void
finalize (GObject *object)
{
  NfvoDaemon *self = NFVO_DAEMON (object);

  vnfm_clock_clear_timer (self->clock, &self->timer);
  stop_listening (self);
  g_free (self->state_dir);
  g_free (self->log_file);
  g_free (self->passcode_file);
  g_free (self->host);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (nfvo_daemon_parent_class)->finalize (object);
}

static void
nfvo_daemon_class_init (NfvoDaemonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[ENDED] =
      g_signal_new ("ended", NFVO_TYPE_DAEMON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
nfvo_daemon_init (NfvoDaemon *self)
{
}
