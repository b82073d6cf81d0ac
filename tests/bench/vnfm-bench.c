/* SPDX-License-Identifier: Apache-2.0 */
/* Measures a real vnfmd with its built-in broker, real journal and all, against an orchestrator and agents that answer
 * at once. A service here is one VNF with one machine, two files and a script for INSTANTIATE and for START: its life
 * is three operations (INSTANTIATE, START, RELEASE_RESOURCES). Prints tables, never fails a build.
 *
 *   vnfm-bench [--sizes 1,100,1000] [--waiting 1000,10000] [--starts 7] [--state-dir DIR] */
#include "config.h"

#include "core/host/log.h"
#include "core/nfvo/client.h"
#include "core/nfvo/daemon.h"
#include "core/nfvo/deployment.h"
#include "tests/bench/bench-agents.h"
#include "tests/bench/bench-measure.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE (300 * G_TIME_SPAN_SECOND)
#define READY    (30 * G_TIME_SPAN_SECOND)

typedef struct {
  VnfmClock *clock;
  NfvoRunFolder *folder;
  NfvoDaemon *daemon;
  NfvoClient *orchestrator;
  NfvoClient *agents_client;
  NfvoLink *link;
  BenchAgents *agents;
} Bench;

/* ---- waiting for an asynchronous call */

static void
got_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* ---- a vnfmd with an orchestrator and agents */

static gboolean
start_daemon (Bench *bench, GError **error)
{
  g_autofree char *program = nfvo_find_program ("vnfmd", "core/daemon/vnfmd", error);
  const char *settings[] = { "vnfmd.start-timeout=1h", NULL };
  NfvoDaemonOptions options = { .program = program, .profile = "local", .settings = settings };
  g_autoptr (GAsyncResult) result = NULL;

  if (program == NULL)
    return FALSE;
  bench->daemon = nfvo_daemon_new (bench->folder, bench->clock);
  nfvo_daemon_start_async (bench->daemon, &options, READY, got_result, &result);
  return nfvo_daemon_start_finish (bench->daemon, wait_for (&result), error);
}

static void
stop_daemon (Bench *bench)
{
  g_autoptr (GAsyncResult) result = NULL;

  nfvo_daemon_stop_async (bench->daemon, got_result, &result);
  nfvo_daemon_stop_finish (bench->daemon, wait_for (&result));
  g_clear_object (&bench->daemon);
  g_autofree char *state = nfvo_run_folder_dup_path (bench->folder, "vnfmd");
  g_autoptr (GError) error = NULL;
  if (!nfvo_remove_tree (state, &error))
    g_warning ("%s", error->message);
}

static NfvoClient *
connect_client (Bench *bench, const char *answers, GError **error)
{
  NfvoClientOptions options = {
    .profile = "local",
    .host = nfvo_daemon_get_host (bench->daemon),
    .port = nfvo_daemon_get_port (bench->daemon),
    .passcode_file = nfvo_daemon_get_passcode_file (bench->daemon),
    .answers = answers,
  };

  return nfvo_client_new (&options, bench->clock, error);
}

static gboolean
wait_connected (NfvoClient *client)
{
  gint64 end = g_get_monotonic_time () + READY;

  while (vnfm_transport_get_state (client->transport) != VNFM_TRANSPORT_CONNECTED && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  return vnfm_transport_get_state (client->transport) == VNFM_TRANSPORT_CONNECTED;
}

static gboolean
connect_all (Bench *bench, gboolean silent, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bench->orchestrator = connect_client (bench, "nfvo.bench.answers", error);
  if (bench->orchestrator == NULL)
    return FALSE;
  bench->agents_client = connect_client (bench, "agents.bench.answers", error);
  if (bench->agents_client == NULL)
    return FALSE;
  bench->link = nfvo_link_new (bench->orchestrator->transport, bench->clock);
  bench->agents = bench_agents_new (bench->agents_client->transport, bench->clock, silent);
  vnfm_transport_open (bench->agents_client->transport);
  nfvo_link_open_async (bench->link, READY, got_result, &result);
  if (!nfvo_link_open_finish (bench->link, wait_for (&result), error))
    return FALSE;
  if (!wait_connected (bench->agents_client)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_TIMEOUT, "the agents have no connection");
    return FALSE;
  }
  return TRUE;
}

static void
close_client (NfvoClient **client)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (*client == NULL)
    return;
  vnfm_transport_close_async ((*client)->transport, NULL, got_result, &result);
  if (!vnfm_transport_close_finish ((*client)->transport, wait_for (&result), NULL))
    g_info ("a connection was not closed in order");
  g_clear_pointer (client, nfvo_client_free);
}

static void
disconnect_all (Bench *bench)
{
  g_clear_object (&bench->agents);
  g_clear_object (&bench->link);
  close_client (&bench->orchestrator);
  close_client (&bench->agents_client);
}

/* ---- services */

static const char nsd[] =
    "{\"name\":\"bench\",\"vendor\":\"v\",\"version\":\"1\",\"vld\":[{\"name\":\"private\"}],\"vnfd\":[{\"name\":"
    "\"bench%u\",\"type\":\"bench\",\"vendor\":\"v\",\"version\":\"1\",\"endpoint\":\"generic\",\"configurations\":"
    "{\"name\":\"c\",\"configurationParameters\":[{\"confKey\":\"port\",\"value\":\"8080\"}]},\"lifecycle_event\":["
    "{\"event\":\"INSTANTIATE\",\"lifecycle_events\":[\"install.sh\"]},{\"event\":\"START\",\"lifecycle_events\":["
    "\"start.sh\"]}],\"virtual_link\":[{\"name\":\"private\"}],\"vdu\":[{\"vm_image\":[\"i\"],\"scale_in_out\":1,"
    "\"vnfc\":[{\"connection_point\":[{\"virtual_link_reference\":\"private\",\"floatingIp\":\"random\"}]}]}],"
    "\"deployment_flavour\":[{\"flavour_key\":\"m1.small\"}]}]}";

static NfvoPackage *
make_package (Bench *bench, GError **error)
{
  static const char *const names[] = { "install.sh", "start.sh" };
  g_autofree char *folder = nfvo_run_folder_dup_path (bench->folder, "scripts");

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    if (!g_file_set_contents (path, "#!/bin/sh\necho a script of usual length does a little more than this\n", -1,
                              error))
      return NULL;
  }
  return nfvo_package_load_scripts (folder, "bench", error);
}

static NfvoService *
make_service (NfvoPackage *package, guint number, GError **error)
{
  g_autofree char *text = g_strdup_printf (nsd, number);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  NfvoService *service = nfvo_service_parse ("bench", bytes, error);

  if (service == NULL)
    return NULL;
  ((NfvoVnf *)g_ptr_array_index (service->vnfs, 0))->package = nfvo_package_ref (package);
  nfvo_service_link (service);
  return service;
}

typedef struct {
  Bench *bench;
  GPtrArray *services;
  GPtrArray *deployments;
  guint open;
  guint failed;
} Load;

static void
load_clear (Load *load)
{
  g_ptr_array_unref (load->deployments);
  g_ptr_array_unref (load->services);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Load, load_clear)

static gboolean
load_init (Load *load, Bench *bench, NfvoPackage *package, guint n, GError **error)
{
  NfvoDeploymentOptions options = { .release_patience = PATIENCE };

  load->bench = bench;
  load->services = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_service_free);
  load->deployments = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++) {
    NfvoService *service = make_service (package, i, error);
    NfvoDeployment *deployment;
    if (service == NULL)
      return FALSE;
    g_ptr_array_add (load->services, service);
    deployment =
        nfvo_deployment_new (service, bench->link, NFVO_MACHINES (bench->agents), bench->clock, &options, error);
    if (deployment == NULL)
      return FALSE;
    g_ptr_array_add (load->deployments, deployment);
  }
  return TRUE;
}

static void
load_one_less (Load *load, gboolean well, GError *error)
{
  load->open--;
  if (well)
    return;
  if (load->failed++ == 0)
    g_printerr ("the first failure: %s\n", error->message);
}

static void
deployed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean well = nfvo_deployment_deploy_finish (NFVO_DEPLOYMENT (source), result, &error);

  load_one_less (user_data, well, error);
}

static void
released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean well = nfvo_deployment_release_finish (NFVO_DEPLOYMENT (source), result, &error);

  load_one_less (user_data, well, error);
}

/* Returns: microseconds that it took. */
static gint64
load_wait (Load *load, gint64 begin)
{
  while (load->open > 0 && g_get_monotonic_time () - begin < PATIENCE)
    g_main_context_iteration (NULL, TRUE);
  if (load->open > 0)
    g_printerr ("%u services were not done in time\n", load->open);
  load->failed += load->open;
  return g_get_monotonic_time () - begin;
}

static gint64
load_deploy (Load *load)
{
  gint64 begin = g_get_monotonic_time ();

  load->open = load->deployments->len;
  for (guint i = 0; i < load->deployments->len; i++)
    nfvo_deployment_deploy_async (g_ptr_array_index (load->deployments, i), deployed, load);
  return load_wait (load, begin);
}

static gint64
load_release (Load *load)
{
  gint64 begin = g_get_monotonic_time ();

  load->open = load->deployments->len;
  for (guint i = 0; i < load->deployments->len; i++)
    nfvo_deployment_release_async (g_ptr_array_index (load->deployments, i), released, load);
  return load_wait (load, begin);
}

/* ---- what is measured */

static void
measure_start (Bench *bench, guint times)
{
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 idle = 0;

  for (guint i = 0; i < times; i++) {
    g_autoptr (GError) error = NULL;
    if (!start_daemon (bench, &error)) {
      g_printerr ("%s\n", error->message);
      return;
    }
    gint64 took = nfvo_daemon_get_start_time (bench->daemon);
    g_array_append_val (starts, took);
    idle = bench_memory (nfvo_daemon_get_pid (bench->daemon), "RssAnon");
    stop_daemon (bench);
  }
  gint64 median = bench_median (starts);
  printf ("start-up to ready      %.0f ms (median of %u, best %.0f)\n", (double)median / 1000, times,
          (double)g_array_index (starts, gint64, 0) / 1000);
  printf ("anonymous memory idle  %.1f MB\n\n", (double)idle / 1024);
  fflush (stdout);
}

static void
measure_load (Bench *bench, NfvoPackage *package, guint n)
{
  g_auto (Load) load = { NULL };
  g_autoptr (GError) error = NULL;

  if (!start_daemon (bench, &error) || !connect_all (bench, FALSE, &error) ||
      !load_init (&load, bench, package, n, &error)) {
    g_printerr ("%u services: %s\n", n, error->message);
  } else {
    int pid = nfvo_daemon_get_pid (bench->daemon);
    gint64 cpu = bench_cpu_time (pid);
    gint64 up = load_deploy (&load);
    gint64 memory = bench_memory (pid, "RssAnon");
    gint64 down = load_release (&load);
    gint64 peak = bench_memory (pid, "VmHWM");
    double operations = 3.0 * n;
    cpu = bench_cpu_time (pid) - cpu;
    printf ("%8u  %9.2f  %10.0f  %9.2f  %8.0f  %8.2f  %9.1f  %9.1f  %6u\n", n, (double)up / 1e6, n / ((double)up / 1e6),
            (double)down / 1e6, operations / ((double)(up + down) / 1e6), (double)cpu / 1e3 / operations,
            (double)memory / 1024, (double)peak / 1024, load.failed);
    fflush (stdout);
  }
  disconnect_all (bench);
  if (bench->daemon != NULL)
    stop_daemon (bench);
}

static gboolean
tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* All machines are allocated, none registers. */
static void
measure_waiting (Bench *bench, NfvoPackage *package, guint n)
{
  g_auto (Load) load = { NULL };
  g_autoptr (GError) error = NULL;

  if (!start_daemon (bench, &error) || !connect_all (bench, TRUE, &error) ||
      !load_init (&load, bench, package, n, &error)) {
    g_printerr ("%u waiting operations: %s\n", n, error->message);
  } else {
    int pid = nfvo_daemon_get_pid (bench->daemon);
    gint64 before = bench_memory (pid, "RssAnon");
    gint64 begin = g_get_monotonic_time ();
    guint ticking = g_timeout_add (100, tick, NULL);
    load.open = n;
    for (guint i = 0; i < n; i++)
      nfvo_deployment_deploy_async (g_ptr_array_index (load.deployments, i), deployed, &load);
    while (bench_agents_get_machines (bench->agents) < n && g_get_monotonic_time () - begin < PATIENCE)
      g_main_context_iteration (NULL, TRUE);
    gint64 took = g_get_monotonic_time () - begin;
    gint64 settled = g_get_monotonic_time () + 2 * G_TIME_SPAN_SECOND; /* the last answers are journaled */
    while (g_get_monotonic_time () < settled)
      g_main_context_iteration (NULL, TRUE);
    gint64 cpu = bench_cpu_time (pid);
    gint64 until = g_get_monotonic_time () + 2 * G_TIME_SPAN_SECOND;
    while (g_get_monotonic_time () < until)
      g_main_context_iteration (NULL, TRUE);
    cpu = bench_cpu_time (pid) - cpu;
    gint64 after = bench_memory (pid, "RssAnon");
    g_source_remove (ticking);
    printf ("%8u  %9.2f  %9.1f  %9.1f  %12.1f  %12.2f\n", n, (double)took / 1e6, (double)before / 1024,
            (double)after / 1024, (double)(after - before) / n, (double)cpu / 2e4);
    fflush (stdout);
    for (guint i = 0; i < load.deployments->len; i++)
      g_signal_handlers_disconnect_by_data (g_ptr_array_index (load.deployments, i), &load);
  }
  disconnect_all (bench);
  if (bench->daemon != NULL)
    stop_daemon (bench);
}

/* ---- the program */

static GArray *
parse_numbers (const char *text)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    guint number = (guint)g_ascii_strtoull (parts[i], NULL, 10);
    if (number > 0)
      g_array_append_val (numbers, number);
  }
  return numbers;
}

static void
measure_all (Bench *bench, const char *sizes, const char *waiting, int starts)
{
  g_autoptr (GArray) loads = parse_numbers (sizes);
  g_autoptr (GArray) waits = parse_numbers (waiting);
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoPackage) package = make_package (bench, &error);

  if (package == NULL) {
    g_printerr ("%s\n", error != NULL ? error->message : "no folder for scripts");
    return;
  }
  printf ("cores                  %ld\n", sysconf (_SC_NPROCESSORS_ONLN));
  printf ("4 KiB with fdatasync   %.2f ms\n", bench_fdatasync (nfvo_run_folder_get_path (bench->folder)) / 1000);
  measure_start (bench, (guint)MAX (starts, 1));
  if (loads->len > 0)
    printf ("services  ACTIVE s    services/s  released s     ops/s  ms CPU/op  MB active    MB peak  failed\n");
  for (guint i = 0; i < loads->len; i++)
    measure_load (bench, package, g_array_index (loads, guint, i));
  if (waits->len > 0)
    printf ("\n waiting    begun s    MB idle  MB waiting  KB/operation  CPU%% waiting\n");
  for (guint i = 0; i < waits->len; i++)
    measure_waiting (bench, package, g_array_index (waits, guint, i));
}

int
main (int argc, char **argv)
{
  g_autofree char *sizes = NULL;
  g_autofree char *waiting = NULL;
  g_autofree char *state_dir = NULL;
  int starts = 7;
  const GOptionEntry entries[] = {
    { "sizes", 0, 0, G_OPTION_ARG_STRING, &sizes, "services at once (1,100,1000)", "N,..." },
    { "waiting", 0, 0, G_OPTION_ARG_STRING, &waiting, "operations that wait for a machine (1000,10000)", "N,..." },
    { "starts", 0, 0, G_OPTION_ARG_INT, &starts, "starts of vnfmd (7)", "N" },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &state_dir, "where the journal is kept", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- measure vnfmd");
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) cleared = NULL;
  Bench bench = { NULL };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("vnfm-bench: %s\n", error->message);
    return 2;
  }
  host_log_init ("vnfm-bench", 0);
  bench.clock = vnfm_clock_new ();
  bench.folder = nfvo_run_folder_new (state_dir, bench.clock, &error);
  if (bench.folder == NULL) {
    g_printerr ("vnfm-bench: %s\n", error->message);
    return 1;
  }
  measure_all (&bench, sizes != NULL ? sizes : "1,100,1000", waiting != NULL ? waiting : "1000,10000", starts);
  nfvo_run_folder_clear_async (bench.folder, TRUE, got_result, &cleared);
  if (!nfvo_run_folder_clear_finish (wait_for (&cleared), &error))
    g_printerr ("vnfm-bench: %s\n", error->message);
  nfvo_run_folder_free (bench.folder);
  g_object_unref (bench.clock);
  return 0;
}
