/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/agent.h"
#include "plugins/ems-agent/check.h"
#include "plugins/ems-agent/presence.h"
#include "plugins/transport-stomp/stomp-transport.h"

#include <vnfm/vnfm-error.h>

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* vnfm-ems: the agent inside a VNF's machine. One key-file, one connection, no plugins. It runs until SIGTERM; scripts
 * that run then go on, and the next agent takes them over. */

#define DEFAULT_CONFIG VNFM_SYSCONFDIR "/vnfm-ems.conf"
/* To say good-bye to the broker. */
#define CLOSE_BUDGET (2 * G_USEC_PER_SEC)

#define EXIT_CONFIG 2

typedef struct {
  char *config;
  char *pid_file;
  gboolean check;
  gboolean json;
  gboolean version;
  gboolean verbose;
} Options;

typedef struct {
  GMainLoop *loop;
  VnfmContext *context;
  VnfmTransport *transport;
  EmsAgent *agent;
  VnfmTimer *budget;
} Program;

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config, "Key-file [" DEFAULT_CONFIG "]", "FILE" },
    { "check", 0, 0, G_OPTION_ARG_NONE, &options->check,
      "Look at all that lies between this machine and its manager, say what is wrong, and exit", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "With --check: print JSON", NULL },
    { "pid-file", 0, 0, G_OPTION_ARG_FILENAME, &options->pid_file, "Write the process id to FILE", "FILE" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Tell every step", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- run the commands of a VNF manager on this machine");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "unexpected word on the command line: %s", (*argv)[1]);
    return FALSE;
  }
  if (options->config == NULL)
    options->config = g_strdup (DEFAULT_CONFIG);
  return TRUE;
}

static void
options_clear (Options *options)
{
  g_clear_pointer (&options->config, g_free);
  g_clear_pointer (&options->pid_file, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static VnfmProfile *
load_profile (const char *path, GError **error)
{
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (GPtrArray) warnings = NULL;

  vnfm_profile_declare (profile, ems_agent_keys);
  vnfm_profile_declare (profile, vnfm_transport_keys);
  vnfm_profile_declare (profile, vnfm_stomp_keys);
  if (!vnfm_profile_load_file (profile, path, error))
    return NULL;
  gboolean good = vnfm_profile_check (profile, &warnings, error);
  for (guint i = 0; warnings != NULL && i < warnings->len; i++)
    g_warning ("%s", (const char *)g_ptr_array_index (warnings, i));
  if (!good)
    return NULL;
  if (!ems_agent_check (profile, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&profile);
}

static gboolean
write_pid_file (const char *path, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%d\n", getpid ());
  g_autoptr (GError) cause = NULL;

  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &cause))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "cannot write pid file: %s", cause->message);
  return FALSE;
}

/* The end. */

static void
budget_spent (gpointer user_data)
{
  Program *program = user_data;

  program->budget = NULL;
  g_main_loop_quit (program->loop);
}

static void
closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;
  g_autoptr (GError) error = NULL;

  if (!vnfm_transport_close_finish (VNFM_TRANSPORT (source), result, &error))
    g_debug ("closing: %s", error->message);
  g_main_loop_quit (program->loop);
}

static gboolean
asked_to_end (gpointer user_data)
{
  Program *program = user_data;

  if (program->budget != NULL)
    return G_SOURCE_CONTINUE;
  g_message ("ends; scripts go on running");
  g_clear_pointer (&program->agent, ems_agent_free);
  program->budget =
      vnfm_clock_add_timer (vnfm_context_get_clock (program->context), CLOSE_BUDGET, budget_spent, program);
  vnfm_transport_close_async (program->transport, NULL, closed, program);
  return G_SOURCE_CONTINUE;
}

static gboolean
run (VnfmProfile *profile, const Options *options, GError **error)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (VnfmContext) context = vnfm_context_new (profile, clock);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (VnfmTransport) transport = g_object_new (VNFM_TYPE_STOMP_TRANSPORT, "context", context, NULL);
  Program program = { .loop = loop, .context = context, .transport = transport };

  if (!vnfm_extension_start (VNFM_EXTENSION (transport), error))
    return FALSE;
  program.agent = ems_agent_new (context, transport, error);
  if (program.agent == NULL)
    return FALSE;
  if (options->pid_file != NULL && !write_pid_file (options->pid_file, error)) {
    ems_agent_free (program.agent);
    return FALSE;
  }
  guint on_term = g_unix_signal_add (SIGTERM, asked_to_end, &program);
  guint on_int = g_unix_signal_add (SIGINT, asked_to_end, &program);
  ems_agent_open (program.agent);
  g_main_loop_run (loop);

  g_source_remove (on_term);
  g_source_remove (on_int);
  vnfm_clock_clear_timer (clock, &program.budget);
  vnfm_extension_stop (VNFM_EXTENSION (transport));
  if (options->pid_file != NULL)
    g_unlink (options->pid_file);
  return TRUE;
}

/* The check. */

typedef struct {
  GMainLoop *loop;
  GPtrArray *findings;
} Checking;

static void
checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Checking *checking = user_data;

  checking->findings = ems_check_finish (result, NULL);
  g_main_loop_quit (checking->loop);
}

static int
print_findings (GPtrArray *findings, const Options *options)
{
  g_autofree char *text = options->json ? ems_findings_to_json (findings) : ems_findings_to_text (findings);

  g_print ("%s%s", text, options->json ? "\n" : "");
  return ems_findings_are_good (findings) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
check (VnfmProfile *profile, const Options *options)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (VnfmContext) context = vnfm_context_new (profile, clock);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Checking checking = { .loop = loop };

  ems_check_async (context, VNFM_TYPE_STOMP_TRANSPORT, options->config, NULL, checked, &checking);
  g_main_loop_run (loop);
  g_autoptr (GPtrArray) findings = checking.findings;
  return print_findings (findings, options);
}

/* Without a key-file nothing further can be looked at. */
static int
tell_bad_config (const Options *options, const GError *error)
{
  g_autoptr (GPtrArray) findings = ems_findings_new ();

  if (options->check) {
    ems_findings_add (findings, EMS_FINDING_FAILED, "key-file", g_strdup (error->message),
                      g_strdup ("the machine's user data writes it: see on the console what came of that"));
    print_findings (findings, options);
  } else {
    g_printerr ("vnfm-ems: %s\n", error->message);
  }
  return EXIT_CONFIG;
}

/* Where nobody sits before a terminal, only the machine's console may ever be seen. */
static void
tell_console (const char *path, const GError *error)
{
  g_autofree char *text =
      g_strdup_printf ("cannot start: %s. \"vnfm-ems --check\" in this machine tells more.", error->message);

  if (!isatty (STDERR_FILENO))
    ems_console_tell (path, text);
}

/* The console's name out of a key-file that is wrong elsewhere. */
static char *
read_console (const char *config)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  char *console = NULL;

  if (g_key_file_load_from_file (file, config, G_KEY_FILE_NONE, NULL))
    console = g_key_file_get_string (file, "ems", "console", NULL);
  return console != NULL ? console : g_strdup ("/dev/console");
}

/* Started without them, a file of the agent's would get one of their numbers. */
static void
take_standard_files (void)
{
  int file;

  do
    file = open ("/dev/null", O_RDWR);
  while (file >= 0 && file <= 2);
  if (file > 2)
    close (file);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) error = NULL;

  take_standard_files ();
  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN);
  g_log_writer_default_set_use_stderr (TRUE);
  if (!parse_options (&options, &argc, &argv, &error)) {
    g_printerr ("vnfm-ems: %s\n", error->message);
    return EXIT_CONFIG;
  }
  if (options.version) {
    g_print ("vnfm-ems %s\n", PACKAGE_VERSION);
    return EXIT_SUCCESS;
  }
  /* Of this program, not of the libraries; read at the first line that is logged. */
  if (options.verbose)
    g_setenv ("G_MESSAGES_DEBUG", G_LOG_DOMAIN, FALSE);
  g_autoptr (VnfmProfile) profile = load_profile (options.config, &error);
  if (profile == NULL) {
    g_autofree char *console = read_console (options.config);
    if (!options.check)
      tell_console (console, error);
    return tell_bad_config (&options, error);
  }
  if (options.check)
    return check (profile, &options);
  if (!run (profile, &options, &error)) {
    g_printerr ("vnfm-ems: %s\n", error->message);
    tell_console (vnfm_profile_get_string (profile, "ems", "console"), error);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
