/* SPDX-License-Identifier: Apache-2.0 */
/* vnfm-nfvo: picks the sub-command. Exit status: 0 all is well, 1 it failed or a descriptor is bad, 2 wrong usage. */
#include "config.h"

#include "core/nfvo/enter.h"
#include "core/nfvo/leftovers.h"
#include "core/nfvo/machines/base.h"
#include "core/nfvo/run.h"
#include "core/package/check.h"

#include <locale.h>

typedef struct {
  const char *name;
  int (*main) (int argc, char **argv);
  const char *help;
} Command;

static const Command commands[] = {
  { "base", nfvo_base_main, "make the base image of namespace machines, with packages installed" },
  { "check", nfvo_check_main, "read descriptors and packages, and say what they mean" },
  { "clean", nfvo_clean_main, "clear up what killed runs left behind" },
  { "enter", nfvo_enter_main, "run a command in a namespace machine of a running service" },
  { "run", nfvo_run_main, "play a service's whole life with machines of its own, and show it" },
};

static void
print_help (void)
{
  g_print ("Usage: vnfm-nfvo COMMAND [OPTION...] FILE...\n\n"
           "A small orchestrator for one machine: plays the NFVO's side for a network service.\n\nCommands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-8s %s\n", commands[i].name, commands[i].help);
  g_print ("\n\"vnfm-nfvo COMMAND --help\" tells a command's options; vnfm-nfvo(1) all of it.\n");
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : NULL;

  setlocale (LC_ALL, "");
  if (g_strcmp0 (name, "--help") == 0 || g_strcmp0 (name, "-h") == 0) {
    print_help ();
    return 0;
  }
  if (g_strcmp0 (name, "--version") == 0) {
    g_print ("vnfm-nfvo %s\n", PACKAGE_VERSION);
    return 0;
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_strcmp0 (name, commands[i].name) == 0) {
      g_autofree char *program = g_strdup_printf ("vnfm-nfvo %s", name);
      g_set_prgname (program);
      return commands[i].main (argc - 1, argv + 1);
    }
  }
  if (name == NULL)
    g_printerr ("vnfm-nfvo: name a command; see vnfm-nfvo --help\n");
  else
    g_printerr ("vnfm-nfvo: no command \"%s\"; see vnfm-nfvo --help\n", name);
  return 2;
}
