/* SPDX-License-Identifier: Apache-2.0 */
/* "vnfm-nfvo run", from the command line to the exit status:
 *
 *   read the NSD -> folder -> sweep -> networks -> own vnfmd -> connect -> deploy -> keep -> release -> wind up
 *                     |                   |           |            |          |        |        |
 *                     +---- a failure, a time-out or Ctrl-C goes straight to release (if anything was deployed)
 *                           and wind up; a second Ctrl-C ends the machines without waiting for vnfmd
 *
 * Winding up: say good-bye to the broker, stop vnfmd, end what still carries the run's marker, remove the folder. */
#include "config.h"

#include "core/nfvo/run.h"

#include "core/host/log.h"
#include "core/nfvo/client.h"
#include "core/nfvo/leftovers.h"
#include "core/nfvo/machines/cloud.h"
#include "core/nfvo/machines/namespace.h"
#include "core/nfvo/machines/process.h"
#include "core/nfvo/steps.h"
#include "core/nfvo/view.h"

#include <glib-unix.h>

#include <stdlib.h>
#include <unistd.h>

#define READY_PATIENCE   (30 * G_TIME_SPAN_SECOND)
#define CONNECT_PATIENCE (5 * G_TIME_SPAN_SECOND)
#define LOG_LINES        20
#define LOG_BYTES        8192

typedef enum {
  RUN_PREPARING,
  RUN_DEPLOYING,
  RUN_KEEPING,
  RUN_RELEASING,
  RUN_WINDING_UP,
} RunPhase;

typedef struct {
  NfvoRunOptions options;
  RunPhase phase;
  gboolean interrupted;
  int status;
  char *failure;
  GMainLoop *loop;
  VnfmClock *clock;
  VnfmTimer *timer;
  NfvoView *view;
  NfvoService *service;
  NfvoRunFolder *folder;
  GPtrArray *leftovers; /* of killed runs, while they are cleared up */
  NfvoDaemon *daemon;
  char *host;
  guint port;
  NfvoClient *client;
  NfvoLink *link;
  NfvoMachines *machines;
  NfvoDeployment *deployment;
} Run;

static void wind_up (Run *run);
static void begin_release (Run *run);

/* Keeps the first failure: later ones follow from it. */
static void
fail (Run *run, int status, const char *text)
{
  if (run->status != NFVO_EXIT_OK)
    return;
  run->status = status;
  run->failure = g_strdup (text);
}

static void
fail_and_wind_up (Run *run, int status, const GError *error)
{
  fail (run, status, error->message);
  wind_up (run);
}

/* ---- what is shown of a failure */

static void
show_file (Run *run, const char *vnf, const char *what, const char *path)
{
  g_autoptr (GBytes) bytes = nfvo_read_file (path, 64 * 1024 * 1024, NULL);
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;
  g_autofree char *tail = NULL;

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  valid = g_utf8_make_valid (text, -1);
  tail = nfvo_last_lines (valid, LOG_LINES, LOG_BYTES);
  if (tail[0] != '\0')
    nfvo_view_tell (run->view, vnf, "%s:\n%s", what, tail);
}

/* Returns: (nullable): another's vnfmd keeps none for us. */
static char *
dup_script_record (Run *run)
{
  return run->daemon != NULL ? nfvo_run_folder_dup_path (run->folder, NFVO_SCRIPT_RECORD) : NULL;
}

static gboolean
has_failed_script (Run *run, NfvoMember *member)
{
  g_autofree char *record = dup_script_record (run);
  g_autoptr (GPtrArray) runs = nfvo_script_runs_read (member, record, NULL);

  for (guint i = 0; i < runs->len; i++) {
    NfvoScriptRun *script = g_ptr_array_index (runs, i);
    if (script->known && script->status != 0)
      return TRUE;
  }
  return FALSE;
}

/* A machine that never became an agent has no script to tell of: its console has. */
static void
show_consoles (Run *run)
{
  GPtrArray *members = nfvo_deployment_get_members (run->deployment);

  for (guint i = 0; i < members->len; i++) {
    NfvoMember *member = g_ptr_array_index (members, i);
    if (member->state != NFVO_INSTANTIATING && (member->state != NFVO_FAILED || has_failed_script (run, member)))
      continue;
    for (guint j = 0; j < member->machines->len; j++) {
      static const char *const files[] = { NFVO_MACHINE_CONSOLE, NFVO_NAMESPACE_CONSOLE, "vnfm-ems.log", NULL };
      NfvoMachine *machine = g_ptr_array_index (member->machines, j);
      for (guint k = 0; machine->folder != NULL && files[k] != NULL; k++) {
        g_autofree char *path = g_build_filename (machine->folder, files[k], NULL);
        g_autofree char *what = g_strdup_printf ("%s, %s", machine->hostname, files[k]);
        show_file (run, member->vnf->name, what, path);
      }
    }
  }
}

/* ---- winding up */

static void
finish (Run *run)
{
  nfvo_view_show_timeline (run->view);
  nfvo_view_show_result (run->view, run->service->name != NULL ? run->service->name : run->service->file, run->failure);
  g_main_loop_quit (run->loop);
}

static void
folder_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (!nfvo_run_folder_clear_finish (result, &error)) {
    nfvo_view_complain (run->view, NULL, "%s", error->message);
    fail (run, NFVO_EXIT_FAILED, error->message);
  }
  if (run->options.keep_files)
    nfvo_view_tell (run->view, NULL, "the files of the run are in %s", nfvo_run_folder_get_path (run->folder));
  finish (run);
}

static void
daemon_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  nfvo_daemon_stop_finish (NFVO_DAEMON (source), result);
  if ((run->status == NFVO_EXIT_MANAGER && nfvo_daemon_get_start_time (run->daemon) > 0) ||
      run->status == NFVO_EXIT_TIMEOUT || (run->status != NFVO_EXIT_OK && run->options.verbose))
    show_file (run, NULL, "vnfmd's log", nfvo_daemon_get_log_file (run->daemon));
  nfvo_run_folder_clear_async (run->folder, !run->options.keep_files, folder_cleared, run);
}

static void
stop_daemon (Run *run)
{
  if (run->daemon != NULL)
    nfvo_daemon_stop_async (run->daemon, daemon_stopped, run);
  else if (run->folder != NULL)
    nfvo_run_folder_clear_async (run->folder, !run->options.keep_files, folder_cleared, run);
  else
    finish (run);
}

static void
transport_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!vnfm_transport_close_finish (VNFM_TRANSPORT (source), result, &error))
    g_info ("closing the connection: %s", error->message);
  stop_daemon (user_data);
}

static void
wind_up (Run *run)
{
  if (run->phase == RUN_WINDING_UP)
    return;
  run->phase = RUN_WINDING_UP;
  vnfm_clock_clear_timer (run->clock, &run->timer);
  if (run->client != NULL)
    vnfm_transport_close_async (run->client->transport, NULL, transport_closed, run);
  else
    stop_daemon (run);
}

/* ---- the service's life */

static void
released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (!nfvo_deployment_release_finish (run->deployment, result, &error)) {
    g_prefix_error (&error, "releasing: ");
    fail (run, NFVO_EXIT_FAILED, error->message);
  }
  wind_up (run);
}

static void
begin_release (Run *run)
{
  if (run->phase >= RUN_RELEASING)
    return;
  run->phase = RUN_RELEASING;
  vnfm_clock_clear_timer (run->clock, &run->timer);
  if (run->status != NFVO_EXIT_OK && run->status != NFVO_EXIT_INTERRUPTED)
    show_consoles (run);
  nfvo_deployment_release_async (run->deployment, released, run);
}

static void
keep_over (gpointer user_data)
{
  Run *run = user_data;

  run->timer = NULL;
  begin_release (run);
}

static void
show_machines (Run *run)
{
  GPtrArray *members = nfvo_deployment_get_members (run->deployment);

  for (guint i = 0; i < members->len; i++) {
    NfvoMember *member = g_ptr_array_index (members, i);
    for (guint j = 0; j < member->machines->len; j++) {
      NfvoMachine *machine = g_ptr_array_index (member->machines, j);
      g_autoptr (GString) addresses = g_string_new (NULL);
      for (guint k = 0; k < machine->addresses->len; k++) {
        NfvoAddress *address = g_ptr_array_index (machine->addresses, k);
        g_string_append_printf (addresses, " %s=%s", address->network, address->ip);
        if (address->floating_ip != NULL)
          g_string_append_printf (addresses, " %s_floatingIp=%s", address->network, address->floating_ip);
      }
      nfvo_view_tell (run->view, member->vnf->name, "machine %s%s in %s", machine->hostname, addresses->str,
                      machine->folder != NULL ? machine->folder : "-");
    }
  }
}

static void
deployed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (nfvo_deployment_deploy_finish (run->deployment, result, &error)) {
    nfvo_view_tell (run->view, NULL, "the service is ACTIVE");
  } else {
    if (run->phase == RUN_DEPLOYING) {
      fail (run, NFVO_EXIT_FAILED, error->message);
      begin_release (run);
    }
    return;
  }
  vnfm_clock_clear_timer (run->clock, &run->timer);
  if (!run->options.keep) {
    begin_release (run);
    return;
  }
  run->phase = RUN_KEEPING;
  show_machines (run);
  if (run->options.keep_for > 0)
    run->timer = vnfm_clock_add_timer (run->clock, run->options.keep_for, keep_over, run);
  else
    nfvo_view_tell (run->view, NULL, "it stays up until Ctrl-C");
}

static void
timed_out (gpointer user_data)
{
  Run *run = user_data;
  GPtrArray *members = nfvo_deployment_get_members (run->deployment);
  g_autoptr (GString) text = g_string_new (NULL);

  run->timer = NULL;
  g_string_append_printf (text, "not ACTIVE within %.1f s:", (double)run->options.timeout / G_TIME_SPAN_SECOND);
  for (guint i = 0; i < members->len; i++) {
    NfvoMember *member = g_ptr_array_index (members, i);
    if (member->state != NFVO_ACTIVE)
      g_string_append_printf (text, " %s is %s%s%s;", member->vnf->name, nfvo_state_get_nick (member->state),
                              member->activity != NULL ? ", " : "", member->activity != NULL ? member->activity : "");
  }
  g_string_truncate (text, text->len - 1);
  nfvo_view_complain (run->view, NULL, "%s", text->str);
  fail (run, NFVO_EXIT_TIMEOUT, text->str);
  begin_release (run);
}

static void
deploy (Run *run)
{
  g_autoptr (GError) error = NULL;

  run->options.deployment.broker_host = run->host;
  run->options.deployment.broker_port = run->port;
  run->deployment =
      nfvo_deployment_new (run->service, run->link, run->machines, run->clock, &run->options.deployment, &error);
  if (run->deployment == NULL) {
    fail_and_wind_up (run, NFVO_EXIT_FAILED, error);
    return;
  }
  run->phase = RUN_DEPLOYING;
  g_autofree char *record = dup_script_record (run);
  nfvo_view_follow (run->view, run->deployment, record);
  if (run->options.timeout > 0)
    run->timer = vnfm_clock_add_timer (run->clock, run->options.timeout, timed_out, run);
  nfvo_deployment_deploy_async (run->deployment, deployed, run);
}

/* ---- reaching vnfmd */

static void
connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (!nfvo_link_open_finish (run->link, result, &error)) {
    g_prefix_error (&error, "no connection to the broker of vnfmd at %s:%u: ", run->host, run->port);
    fail_and_wind_up (run, NFVO_EXIT_MANAGER, error);
  } else if (run->interrupted) {
    wind_up (run);
  } else {
    deploy (run);
  }
}

static void
connect_to_manager (Run *run)
{
  g_autofree char *uuid = vnfm_clock_new_uuid (run->clock);
  g_autofree char *answers = g_strdup_printf ("nfvo.%s.answers", uuid);
  g_autoptr (GError) error = NULL;
  NfvoClientOptions options = {
    .profile = run->options.profile,
    .plugin_dirs = (const char *const *)run->options.plugin_dirs,
    .host = run->host,
    .port = run->port,
    .login = run->options.login,
    .passcode_file = run->daemon != NULL ? nfvo_daemon_get_passcode_file (run->daemon) : run->options.passcode_file,
    .answers = answers,
  };

  run->client = nfvo_client_new (&options, run->clock, &error);
  if (run->client == NULL) {
    fail_and_wind_up (run, NFVO_EXIT_MANAGER, error);
    return;
  }
  run->link = nfvo_link_new (run->client->transport, run->clock);
  nfvo_link_open_async (run->link, CONNECT_PATIENCE, connected, run);
}

static void
daemon_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (!nfvo_daemon_start_finish (run->daemon, result, &error)) {
    fail_and_wind_up (run, NFVO_EXIT_MANAGER, error);
    return;
  }
  run->host = g_strdup (nfvo_daemon_get_host (run->daemon));
  run->port = nfvo_daemon_get_port (run->daemon);
  nfvo_view_tell (run->view, NULL, "vnfmd is ready after %.0f ms",
                  (double)nfvo_daemon_get_start_time (run->daemon) / G_TIME_SPAN_MILLISECOND);
  if (run->interrupted)
    wind_up (run);
  else
    connect_to_manager (run);
}

/* The run cannot go on, and nobody is left to release anything in good order. */
static void
break_off (Run *run)
{
  if (run->phase == RUN_PREPARING) {
    wind_up (run);
    return;
  }
  begin_release (run);
  if (run->phase == RUN_RELEASING)
    nfvo_deployment_abandon (run->deployment);
}

static void
daemon_ended (NfvoDaemon *daemon, const char *text, gpointer user_data)
{
  Run *run = user_data;

  nfvo_view_complain (run->view, NULL, "%s", text);
  fail (run, NFVO_EXIT_MANAGER, "vnfmd ended");
  break_off (run);
}

static void
start_daemon (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = nfvo_find_program ("vnfmd", "core/daemon/vnfmd", &error);
  g_auto (GStrv) machine_settings = nfvo_machines_dup_settings (run->machines);
  NfvoDaemonOptions options = {
    .program = program,
    .profile = run->options.profile,
    .machine_settings = (const char *const *)machine_settings,
    .settings = (const char *const *)run->options.settings,
    .plugin_dirs = (const char *const *)run->options.plugin_dirs,
  };

  if (program == NULL) {
    fail_and_wind_up (run, NFVO_EXIT_MANAGER, error);
    return;
  }
  run->daemon = nfvo_daemon_new (run->folder, run->clock);
  g_signal_connect (run->daemon, "ended", G_CALLBACK (daemon_ended), run);
  nfvo_daemon_start_async (run->daemon, &options, READY_PATIENCE, daemon_started, run);
}

/* ---- machines */

static void
prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (!nfvo_machines_prepare_finish (run->machines, result, &error)) {
    g_prefix_error (&error, "the networks of the machines: ");
    fail_and_wind_up (run, NFVO_EXIT_FAILED, error);
  } else if (run->interrupted) {
    wind_up (run);
  } else if (run->options.connect == NULL) {
    start_daemon (run);
  } else if (!nfvo_parse_address (run->options.connect, &run->host, &run->port, &error)) {
    fail_and_wind_up (run, NFVO_EXIT_USAGE, error);
  } else {
    connect_to_manager (run);
  }
}

static void
machines_lost (NfvoMachines *machines, const char *text, gpointer user_data)
{
  Run *run = user_data;

  nfvo_view_complain (run->view, NULL, "%s", text);
  fail (run, NFVO_EXIT_FAILED, text);
  break_off (run);
}

static gboolean
make_machines (Run *run, GError **error)
{
  g_autofree char *folder = nfvo_run_folder_dup_path (run->folder, "machines");
  g_autofree char *agent = nfvo_find_program ("vnfm-ems", "plugins/ems-agent/vnfm-ems", error);
  const char *marker = nfvo_run_folder_get_marker (run->folder);

  if (agent == NULL)
    return FALSE;
  if (!run->options.namespaces) {
    run->machines = nfvo_process_machines_new (run->clock, folder, agent, marker);
    return TRUE;
  }
  run->machines = nfvo_namespace_machines_new (run->clock, folder, agent, marker, error);
  if (run->machines != NULL)
    g_signal_connect (run->machines, "lost", G_CALLBACK (machines_lost), run);
  return run->machines != NULL;
}

static void
swept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  nfvo_leftovers_clear_finish (result);
  for (guint i = 0; i < run->leftovers->len; i++) {
    NfvoLeftover *leftover = g_ptr_array_index (run->leftovers, i);
    if (leftover->failure != NULL)
      g_warning ("what run %s left behind: %s", leftover->name, leftover->failure);
  }
  g_clear_pointer (&run->leftovers, g_ptr_array_unref);
  if (run->interrupted)
    wind_up (run);
  else if (!make_machines (run, &error))
    fail_and_wind_up (run, NFVO_EXIT_FAILED, error);
  else
    nfvo_machines_prepare_async (run->machines, run->service->networks, prepared, run);
}

/* ---- from the command line */

static gboolean
interrupted (gpointer user_data)
{
  Run *run = user_data;

  run->interrupted = TRUE;
  switch (run->phase) {
  case RUN_PREPARING:
    fail (run, NFVO_EXIT_INTERRUPTED, "interrupted");
    break;
  case RUN_DEPLOYING:
    nfvo_view_tell (run->view, NULL, "interrupted: releasing; once more ends it at once");
    fail (run, NFVO_EXIT_INTERRUPTED, "interrupted");
    begin_release (run);
    break;
  case RUN_KEEPING:
    begin_release (run);
    break;
  case RUN_RELEASING:
    nfvo_view_tell (run->view, NULL, "interrupted again: ending the machines");
    fail (run, NFVO_EXIT_INTERRUPTED, "interrupted");
    nfvo_deployment_abandon (run->deployment);
    break;
  case RUN_WINDING_UP:
    break;
  }
  return G_SOURCE_CONTINUE;
}

static NfvoViewKind
choose_view (const NfvoRunOptions *options)
{
  const char *terminal = g_getenv ("TERM");

  if (options->json)
    return NFVO_VIEW_JSON;
  return isatty (STDOUT_FILENO) && terminal != NULL && !g_str_equal (terminal, "dumb") ? NFVO_VIEW_TABLE
                                                                                       : NFVO_VIEW_LINES;
}

static void
tell_findings (Run *run)
{
  for (guint i = 0; i < run->service->findings->len; i++) {
    const NfvoFinding *finding = g_ptr_array_index (run->service->findings, i);
    g_autofree char *text = nfvo_finding_describe (finding);
    if (finding->level == NFVO_ERROR)
      nfvo_view_complain (run->view, NULL, "error: %s", text);
    else if (finding->level == NFVO_WARNING)
      nfvo_view_tell (run->view, NULL, "warning: %s", text);
  }
}

/* Returns: FALSE with run->status set. */
static gboolean
read_service (Run *run)
{
  NfvoLoadOptions options = {
    .packages = (const char *const *)run->options.packages,
    .scripts = run->options.scripts,
  };
  g_autoptr (GError) error = NULL;

  run->service = nfvo_service_load (run->options.descriptor, &options, &error);
  if (run->service == NULL) {
    g_printerr ("vnfm-nfvo: %s\n", error->message);
    run->status = NFVO_EXIT_FAILED;
    return FALSE;
  }
  tell_findings (run);
  if (nfvo_service_has_errors (run->service)) {
    g_printerr ("vnfm-nfvo: %s has errors and is not run\n", run->options.descriptor);
    run->status = NFVO_EXIT_FAILED;
    return FALSE;
  }
  return TRUE;
}

static void
sweep (Run *run)
{
  g_autofree char *base = nfvo_run_folder_dup_base (run->options.state_dir);

  run->leftovers = nfvo_leftovers_find (base);
  for (guint i = 0; i < run->leftovers->len; i++)
    g_message ("clearing up what run %s left behind", ((NfvoLeftover *)g_ptr_array_index (run->leftovers, i))->name);
  nfvo_leftovers_clear_async (run->leftovers, run->clock, swept, run);
}

static void
run_service (Run *run)
{
  g_autoptr (GError) error = NULL;
  guint sources[2];

  run->folder = nfvo_run_folder_new (run->options.state_dir, run->clock, &error);
  if (run->folder == NULL) {
    g_printerr ("vnfm-nfvo: %s\n", error->message);
    run->status = NFVO_EXIT_FAILED;
    return;
  }
  sources[0] = g_unix_signal_add (SIGINT, interrupted, run);
  sources[1] = g_unix_signal_add (SIGTERM, interrupted, run);
  run->loop = g_main_loop_new (NULL, FALSE);
  sweep (run);
  g_main_loop_run (run->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  g_main_loop_unref (run->loop);
}

static void
run_clear (Run *run)
{
  vnfm_clock_clear_timer (run->clock, &run->timer);
  g_clear_pointer (&run->view, nfvo_view_free);
  g_clear_object (&run->deployment);
  g_clear_object (&run->machines);
  g_clear_object (&run->link);
  g_clear_pointer (&run->client, nfvo_client_free);
  g_clear_object (&run->daemon);
  g_clear_pointer (&run->folder, nfvo_run_folder_free);
  g_clear_pointer (&run->service, nfvo_service_free);
  g_clear_object (&run->clock);
  g_free (run->host);
  g_free (run->failure);
  nfvo_run_options_clear (&run->options);
}

int
nfvo_run_main (int argc, char **argv)
{
  Run run = { .phase = RUN_PREPARING };
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autoptr (GError) error = NULL;

  if (!nfvo_run_options_parse (&run.options, argc, argv, &error)) {
    g_printerr ("vnfm-nfvo run: %s; see vnfm-nfvo run --help\n", error->message);
    nfvo_run_options_clear (&run.options);
    return NFVO_EXIT_USAGE;
  }
  if (run.options.namespaces && !nfvo_cloud_is_around ()) {
    nfvo_cloud_enter (&run.options, arguments, &error);
    g_printerr ("vnfm-nfvo: no namespace machines here: %s\n", error->message);
    nfvo_run_options_clear (&run.options);
    return NFVO_EXIT_FAILED;
  }
  host_log_init ("vnfm-nfvo", run.options.verbose ? 1 : 0);
  run.clock = vnfm_clock_new ();
  run.view = nfvo_view_new (choose_view (&run.options), run.options.show_output, stdout, run.clock);
  if (read_service (&run))
    run_service (&run);
  run_clear (&run);
  return run.status;
}
