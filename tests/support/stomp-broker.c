/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in broker alone, on 127.0.0.1:PORT, so that a test can stand in the manager's place: vnfmd reads the queues
 * of agents itself. Runs until it is killed; further arguments set keys of the group [stomp]. */
#include "config.h"

#include "plugins/transport-stomp/stomp-transport.h"

#include <stdlib.h>

int
main (int argc, char **argv)
{
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  if (argc < 2) {
    g_printerr ("usage: stomp-broker PORT [KEY=VALUE...]\n");
    return 2;
  }
  g_autofree char *address = g_strconcat ("127.0.0.1:", argv[1], NULL);
  vnfm_profile_declare (profile, vnfm_transport_keys);
  vnfm_profile_declare (profile, vnfm_stomp_keys);
  vnfm_profile_set (profile, "stomp", "listen", address, "command line");
  for (int i = 2; i < argc; i++) {
    g_auto (GStrv) pair = g_strsplit (argv[i], "=", 2);
    if (g_strv_length (pair) == 2)
      vnfm_profile_set (profile, "stomp", pair[0], pair[1], "command line");
  }
  g_autoptr (VnfmContext) context = vnfm_context_new (profile, clock);
  g_autoptr (VnfmTransport) transport = g_object_new (VNFM_TYPE_STOMP_TRANSPORT, "context", context, NULL);
  if (!vnfm_extension_start (VNFM_EXTENSION (transport), &error)) {
    g_printerr ("stomp-broker: %s\n", error->message);
    return EXIT_FAILURE;
  }
  vnfm_transport_open (transport);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
