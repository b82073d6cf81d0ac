/* SPDX-License-Identifier: Apache-2.0 */
/* vnfm-machine: the part of vnfm-nfvo that needs root. It is started by vnfm-nfvo; nobody else needs to. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <locale.h>

int
main (int argc, char **argv)
{
  const char *command = argc > 1 ? argv[1] : "";

  setlocale (LC_ALL, "");
  if (g_str_equal (command, "cloud"))
    return helper_cloud_main (argc - 1, argv + 1);
  if (g_str_equal (command, "enter"))
    return helper_enter_main (argc - 1, argv + 1);
  g_printerr ("Usage: vnfm-machine cloud [--root DIR] [--base FILE] [--size SIZE] [--env NAME=VALUE...] -- PROGRAM...\n"
              "       vnfm-machine enter PID [COMMAND...]\n\n"
              "The part of vnfm-nfvo that needs root; vnfm-nfvo starts it.\n");
  return g_str_equal (command, "--help") ? 0 : 2;
}
