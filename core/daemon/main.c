/* SPDX-License-Identifier: Apache-2.0 */
/* vnfmd: reads the command line and the configuration, wires the parts together, and runs the main loop until it is
 * told to stop. */
#include "config.h"

#include "core/daemon/api-source.h"
#include "core/daemon/notify.h"
#include "core/daemon/settings.h"
#include "core/daemon/wiring.h"
#include "core/host/log.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>

#define EXIT_USAGE 2

typedef struct {
  GMainLoop *loop;
  Wiring *wiring;
  gboolean open;
  gboolean stopping;
  int status;
} Daemon;

typedef struct {
  HostOptions host;
  gboolean check;
  gboolean print_config;
  gboolean list_plugins;
  gboolean json;
  gboolean version;
  int verbose;
} Options;

static gboolean
count_verbose (const char *option, const char *value, gpointer data, GError **error)
{
  ((Options *)data)->verbose++;
  return TRUE;
}

static gboolean
parse_options (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "check", 0, 0, G_OPTION_ARG_NONE, &options->check, "Check the configuration and exit", NULL },
    { "print-config", 0, 0, G_OPTION_ARG_NONE, &options->print_config,
      "Print every key, its value and where it came from, and exit", NULL },
    { "list-plugins", 0, 0, G_OPTION_ARG_NONE, &options->list_plugins,
      "Print kind, version, state and reason of each plugin, and exit", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print JSON", NULL },
    { "verbose", 'v', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, count_verbose, "Log each step; twice: log all",
      NULL },
    { "version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new ("vnfmd", NULL, NULL, options, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context,
                                "The manager of VNFs: takes an orchestrator's requests, and runs the scripts of "
                                "VNF packages in their machines.");
  host_options_add (&options->host, context);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc == 1)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "unexpected argument: %s", argv[1]);
  return FALSE;
}

/* ---- running */

static void
closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Daemon *daemon = user_data;
  g_autoptr (GError) error = NULL;

  if (!wiring_close_finish (daemon->wiring, result, &error))
    g_warning ("%s", error->message);
  g_main_loop_quit (daemon->loop);
}

/* What is under way stands in the journal and goes on at the next start. A second signal does not wait. */
static gboolean
stop (gpointer user_data)
{
  Daemon *daemon = user_data;

  if (daemon->stopping || !daemon->open) {
    g_main_loop_quit (daemon->loop);
    return G_SOURCE_CONTINUE;
  }
  daemon->stopping = TRUE;
  daemon_notify ("STOPPING=1");
  g_message ("stopping");
  wiring_close_async (daemon->wiring, closed, daemon);
  return G_SOURCE_CONTINUE;
}

static void
opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Daemon *daemon = user_data;
  g_autoptr (GError) error = NULL;

  if (!wiring_open_finish (daemon->wiring, result, &error)) {
    g_printerr ("vnfmd: %s\n", error->message);
    daemon->status = EXIT_FAILURE;
    g_main_loop_quit (daemon->loop);
    return;
  }
  daemon->open = TRUE;
  g_message ("ready");
  daemon_notify ("READY=1");
}

static void
tell_warnings (GPtrArray *warnings)
{
  for (guint i = 0; i < warnings->len; i++)
    g_warning ("%s", (const char *)g_ptr_array_index (warnings, i));
}

/* Where a plugin is gone that the profile needs, that is all there is to say: the warnings wait until all are there. */
static int
run (HostPlugins *plugins, VnfmProfile *profile, const char *profile_name, GPtrArray *warnings)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (VnfmContext) context = vnfm_context_new (profile, clock);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (ApiSource) source = NULL;
  g_autoptr (LocalApi) api = NULL;
  Daemon daemon = { .loop = loop };

  if (!settings_make_state_dir (context, &error) || (daemon.wiring = wiring_new (plugins, context, &error)) == NULL) {
    g_printerr ("vnfmd: %s\n", error->message);
    return EXIT_FAILURE;
  }
  tell_warnings (warnings);
  source = api_source_new (daemon.wiring, context, profile_name);
  api = local_api_new (vnfm_profile_get_string (profile, "vnfmd", "control-socket"),
                       vnfm_profile_get_string (profile, "vnfmd", "control-group"), LOCAL_API_SOURCE (source));
  if (!local_api_start (api, &error)) { /* a manager that cannot be looked at still does its work */
    g_warning ("vnfmctl will not reach this vnfmd: %s", error->message);
    g_clear_error (&error);
  }
  guint terminate = g_unix_signal_add (SIGTERM, stop, &daemon);
  guint interrupt = g_unix_signal_add (SIGINT, stop, &daemon);
  wiring_open_async (daemon.wiring, opened, &daemon);
  g_main_loop_run (loop);
  g_source_remove (terminate);
  g_source_remove (interrupt);
  g_clear_pointer (&api, local_api_free);
  g_clear_object (&source);
  wiring_free (daemon.wiring);
  return daemon.status;
}

/* The questions about the configuration that need no running manager. */
static int
answer_question (const Options *options, HostPlugins *plugins, VnfmProfile *profile, GPtrArray *warnings)
{
  g_autoptr (GError) error = NULL;

  tell_warnings (warnings);
  if (options->list_plugins) {
    host_plugins_scan (plugins, TRUE);
    host_plugins_print (plugins, options->json);
  } else if (options->print_config)
    host_configuration_print (profile, options->json);
  else if (host_plugins_check (plugins, &error))
    g_print ("The configuration is good.\n");
  else {
    g_printerr ("vnfmd: %s\n", error->message);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HostPlugins) plugins = NULL;
  g_autoptr (VnfmProfile) profile = NULL;
  g_autoptr (GPtrArray) warnings = NULL;
  Options options = { 0 };
  int status;

  setlocale (LC_ALL, "");
  if (!parse_options (&options, argc, argv, &error)) {
    g_printerr ("vnfmd: %s\nTry vnfmd --help.\n", error->message);
    return EXIT_USAGE;
  }
  if (options.version) {
    g_print ("vnfmd %s\n", PACKAGE_VERSION);
    return EXIT_SUCCESS;
  }
  host_log_init ("vnfmd", options.verbose);
  plugins = host_plugins_new ((const char *const *)options.host.plugin_dirs);
  profile = settings_load (plugins, &options.host, &warnings, &error);
  if (profile == NULL) {
    g_printerr ("vnfmd: %s\n", error->message);
    status = EXIT_FAILURE;
  } else if (options.check || options.print_config || options.list_plugins)
    status = answer_question (&options, plugins, profile, warnings);
  else
    status = run (plugins, profile, options.host.profile != NULL ? options.host.profile : "local", warnings);
  host_options_clear (&options.host);
  return status;
}
