/* SPDX-License-Identifier: Apache-2.0 */
/* vnfmctl COMMAND: one question to a running vnfmd, and its answer as a table or as JSON. */
#include "config.h"

#include "core/ctl/check-package.h"
#include "core/ctl/client.h"
#include "core/ctl/doctor.h"
#include "core/ctl/format.h"

#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-json.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SOCKET_PATH "/run/vnfmd/control.sock"

enum {
  EXIT_FAILED = 1,
  EXIT_USAGE = 2,
  EXIT_UNREACHABLE = 3,
};

/* What the command line says. */
static struct {
  char *socket;
  gboolean json;
  gboolean version;
  gboolean all;
  int limit;
  char *scripts;
  gboolean strict;
} options = { .limit = 100 };

static const GOptionEntry common_entries[] = {
  { "socket", 's', 0, G_OPTION_ARG_FILENAME, &options.socket, "The control socket of vnfmd [" SOCKET_PATH "]", "PATH" },
  { "json", 'j', 0, G_OPTION_ARG_NONE, &options.json, "Print what vnfmd answers as JSON", NULL },
  { NULL },
};

static const GOptionEntry main_entries[] = {
  { "version", 'V', 0, G_OPTION_ARG_NONE, &options.version, "Print the version", NULL },
  { NULL },
};

static const GOptionEntry operations_entries[] = {
  { "all", 'a', 0, G_OPTION_ARG_NONE, &options.all, "Finished ones too", NULL },
  { "limit", 'n', 0, G_OPTION_ARG_INT, &options.limit, "At most N, the newest first [100]", "N" },
  { NULL },
};

static const GOptionEntry check_package_entries[] = {
  { "scripts", 0, 0, G_OPTION_ARG_FILENAME, &options.scripts, "Scripts of descriptors that lie in no package", "DIR" },
  { "strict", 0, 0, G_OPTION_ARG_NONE, &options.strict, "Warnings count as errors", NULL },
  { NULL },
};

static char *
status_resource (const char *argument)
{
  return g_strdup ("/v1/status");
}

static char *
operations_resource (const char *argument)
{
  return g_strdup_printf ("/v1/operations?state=%s&limit=%d", options.all ? "all" : "open", options.limit);
}

/* (nullable): what is no id, nor the beginning of one, is not asked for. */
static char *
operation_resource (const char *id)
{
  if (*id == '\0' || id[strspn (id, "0123456789abcdefABCDEF-")] != '\0')
    return NULL;
  return g_strconcat ("/v1/operations/", id, NULL);
}

static char *
vnfs_resource (const char *argument)
{
  return g_strdup ("/v1/vnfs");
}

static char *
plugins_resource (const char *argument)
{
  return g_strdup ("/v1/plugins");
}

/* (nullable). */
static char *
doctor_resource (const char *vnf)
{
  g_autofree char *escaped = vnf != NULL ? g_uri_escape_string (vnf, NULL, FALSE) : NULL;

  if (vnf != NULL && *vnf == '\0')
    return NULL;
  return escaped != NULL ? g_strconcat ("/v1/doctor?vnf=", escaped, NULL) : g_strdup ("/v1/doctor");
}

typedef struct {
  const char *name;
  const char *argument; /* nullable: it takes exactly one; in brackets: at most one */
  const char *summary;
  const GOptionEntry *entries; /* nullable */
  char *(*make_resource) (const char *argument);
  CommandFormat *format;     /* NULL: what it is told is judged: doctor */
  int (*run) (char **paths); /* nullable: it asks nobody; it takes one or more arguments */
} Command;

static int
run_check_package (char **paths)
{
  return check_package (paths, options.scripts, options.json, options.strict);
}

static const Command commands[] = {
  { "status", NULL, "Is it ready, to whom is it connected, how much has it done", NULL, status_resource,
    format_status },
  { "operations", NULL, "What runs and what waits", operations_entries, operations_resource, format_operations },
  { "show", "ID", "One operation: where it is, what it waits for, its stages and steps", NULL, operation_resource,
    format_operation },
  { "vnfs", NULL, "The VNFs it works for, and their machines", NULL, vnfs_resource, format_vnfs },
  { "doctor", "[VNF]", "Which link of the chain is broken, and what to do: to a VNF's machines, if one is named", NULL,
    doctor_resource, NULL },
  { "plugins", NULL, "Kind, name, version and state of each plugin, and why one is disabled", NULL, plugins_resource,
    format_plugins },
  { "check-package", "PATH...", "What is wrong with VNF packages and descriptors; needs no vnfmd",
    check_package_entries, NULL, NULL, run_check_package },
};

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];
  return NULL;
}

static int
complain (int status, const char *text)
{
  g_autofree char *clean = text_clean (text, FALSE);

  fprintf (stderr, "vnfmctl: %s\n", clean);
  return status;
}

static TableStyle
get_style (void)
{
  TableStyle style = { 0 };
  const char *term = g_getenv ("TERM");
  const char *no_colour = g_getenv ("NO_COLOR");
  struct winsize size;

  if (!isatty (STDOUT_FILENO))
    return style;
  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    style.width = size.ws_col;
  style.colour = term != NULL && strcmp (term, "dumb") != 0 && (no_colour == NULL || *no_colour == '\0');
  return style;
}

static int
print (int status, const char *text)
{
  if (fputs (text, stdout) == EOF || fflush (stdout) == EOF)
    return complain (EXIT_FAILED, "cannot write the answer");
  return status;
}

/* No answer is a finding, too. */
static int
run_doctor (const char *path, const char *resource, const char *vnf)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) facts = client_get (path, resource, NULL, &error);
  g_autoptr (GPtrArray) findings = facts != NULL ? doctor_judge (facts) : doctor_judge_silence (error, vnf);
  TableStyle style = get_style ();
  int status = doctor_count_failed (findings) == 0 ? EXIT_SUCCESS : EXIT_FAILED;

  if (!options.json) {
    g_autofree char *text = format_findings (findings, &style);
    return print (status, text);
  }
  g_autoptr (JsonObject) object = doctor_to_json (findings, facts);
  g_autoptr (GBytes) body = vnfm_json_write_object (object);
  g_autofree char *text =
      g_strdup_printf ("%.*s\n", (int)g_bytes_get_size (body), (const char *)g_bytes_get_data (body, NULL));
  return print (status, text);
}

static int
run (const Command *command, const char *argument)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *resource = command->make_resource (argument);
  const char *path = options.socket != NULL ? options.socket : SOCKET_PATH;

  if (resource == NULL) {
    text = command->format != NULL ? g_strdup_printf ("\"%s\" is not the id of an operation", argument)
                                   : g_strdup ("the VNF has no name");
    return complain (EXIT_USAGE, text);
  }
  if (command->format == NULL)
    return run_doctor (path, resource, argument);
  g_autoptr (JsonObject) answer = client_get (path, resource, &text, &error);
  if (answer == NULL) {
    gboolean there = !g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE) &&
                     !g_error_matches (error, VNFM_ERROR, VNFM_ERROR_TIMEOUT);
    return complain (there ? EXIT_FAILED : EXIT_UNREACHABLE, error->message);
  }
  if (!options.json) {
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();
    TableStyle style = get_style ();
    g_free (text);
    text = command->format (answer, now, &style);
  }
  return print (EXIT_SUCCESS, text);
}

static GOptionContext *
make_command_context (const Command *command)
{
  g_autofree char *parameters = g_strdup_printf ("%s%s%s", command->name, command->argument != NULL ? " " : "",
                                                 command->argument != NULL ? command->argument : "");
  GOptionContext *context = g_option_context_new (parameters);

  g_option_context_set_summary (context, command->summary);
  if (command->entries != NULL)
    g_option_context_add_main_entries (context, command->entries, NULL);
  g_option_context_add_main_entries (context, common_entries, NULL);
  return context;
}

/* @argv: the command and what follows. */
static int
run_command (int argc, char **argv)
{
  const Command *command = find_command (argv[0]);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (command == NULL) {
    text = g_strdup_printf ("unknown command \"%s\": see vnfmctl --help", argv[0]);
    return complain (EXIT_USAGE, text);
  }
  g_autoptr (GOptionContext) context = make_command_context (command);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return complain (EXIT_USAGE, error->message);
  if (command->run != NULL)
    return argc > 1 ? command->run (argv + 1) : complain (EXIT_USAGE, "name a package or a descriptor");
  gboolean optional = command->argument != NULL && command->argument[0] == '[';
  if (argc != (command->argument != NULL ? 2 : 1) && !(optional && argc == 1)) {
    text = optional                    ? g_strdup_printf ("%s takes at most one VNF", command->name)
           : command->argument != NULL ? g_strdup_printf ("%s takes one %s", command->name, command->argument)
                                       : g_strdup_printf ("%s takes no argument", command->name);
    return complain (EXIT_USAGE, text);
  }
  if (options.limit < 1)
    return complain (EXIT_USAGE, "--limit must be 1 or more");
  return run (command, argc > 1 ? argv[1] : NULL);
}

static GOptionContext *
make_main_context (void)
{
  GOptionContext *context = g_option_context_new ("COMMAND [OPTION...]");
  g_autoptr (GString) text = g_string_new ("Commands:\n");

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *name =
        g_strdup_printf ("%s %s", commands[i].name, commands[i].argument != NULL ? commands[i].argument : "");
    g_string_append_printf (text, "  %-22s %s\n", name, commands[i].summary);
  }
  g_string_append (text, "\nvnfmctl COMMAND --help tells the options of a command. See vnfmctl(1).");
  g_option_context_set_summary (context, "Looks at a running vnfmd.");
  g_option_context_set_description (context, text->str);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, common_entries, NULL);
  g_option_context_add_main_entries (context, main_entries, NULL);
  return context;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_set_prgname ("vnfmctl");
  g_autoptr (GOptionContext) context = make_main_context ();
  /* Stops at the command: what follows is the command's. */
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return complain (EXIT_USAGE, error->message);
  if (options.version) {
    puts ("vnfmctl " PACKAGE_VERSION);
    return EXIT_SUCCESS;
  }
  if (argc < 2)
    return complain (EXIT_USAGE, "a command is missing: see vnfmctl --help");
  return run_command (argc - 1, argv + 1);
}
