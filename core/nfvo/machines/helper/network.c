/* SPDX-License-Identifier: Apache-2.0 */
/* Links, addresses and routes, by ip(8) in batches: one inside a machine, one outside.
 *
 *   machine                         cloud
 *   eth0 10.1.0.7/16 -- m3n0 ------ br0 10.1.0.1/16
 *   eth1 10.2.0.7/16 -- m3n1 ------ br1 10.2.0.1/16
 *   lo   10.255.0.7/32   <- a route to it by 10.1.0.7
 *
 * A floating address stands on the machine's loopback: it answers from everywhere by way of the cloud's routes, and a
 * script that looks for the machine's own addresses does not meet it, as in a cloud with translated addresses. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_COMPLAINT 500

/* ---- texts */

/* "10.1.0.7/16" without its length. */
static char *
without_length (const char *address)
{
  return g_strndup (address, strcspn (address, "/"));
}

/* With a link address of its own: else it has that of one of its ports, and another when that machine goes, and the
 * other machines speak for seconds to one that is not there any more. */
char *
helper_network_bridge (const char *name, const char *address4, const char *address6)
{
  guint hash = g_str_hash (name);

  return g_strdup_printf ("link add %s address 02:00:%02x:%02x:%02x:%02x type bridge mcast_snooping 0\n"
                          "address add %s dev %s\n"
                          "address add %s dev %s nodad\n"
                          "link set %s up\n",
                          name, hash >> 24, hash >> 16 & 0xff, hash >> 8 & 0xff, hash & 0xff, address4, name, address6,
                          name, name);
}

char *
helper_network_inside (const HelperOrder *order, guint number, const char *cloud)
{
  GString *text = g_string_new ("link set lo up\n");

  for (guint i = 0; i < order->nics->len; i++) {
    const HelperNic *nic = g_ptr_array_index (order->nics, i);
    g_string_append_printf (text, "link add eth%u type veth peer name m%un%u netns %s\n", i, number, i, cloud);
    g_string_append_printf (text, "address add %s dev eth%u\n", nic->address4, i);
    g_string_append_printf (text, "address add %s dev eth%u nodad\n", nic->address6, i);
    if (nic->floating[0] != '\0')
      g_string_append_printf (text, "address add %s/32 dev lo\n", nic->floating);
    g_string_append_printf (text, "link set eth%u up\n", i);
  }
  for (guint i = 0; i < order->nics->len; i++) {
    const HelperNic *nic = g_ptr_array_index (order->nics, i);
    if (nic->gateway4[0] != '\0')
      g_string_append_printf (text, "route add default via %s dev eth%u\n", nic->gateway4, i);
    if (nic->gateway6[0] != '\0')
      g_string_append_printf (text, "route add default via %s dev eth%u\n", nic->gateway6, i);
  }
  return g_string_free (text, FALSE);
}

char *
helper_network_outside (const HelperOrder *order, guint number)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < order->nics->len; i++) {
    const HelperNic *nic = g_ptr_array_index (order->nics, i);
    g_string_append_printf (text, "link set m%un%u master %s up\n", number, i, nic->bridge);
    if (nic->floating[0] != '\0') {
      g_autofree char *address = without_length (nic->address4);
      g_string_append_printf (text, "route replace %s/32 via %s dev %s\n", nic->floating, address, nic->bridge);
    }
  }
  return g_string_free (text, FALSE);
}

/* ---- running */

/* An unnamed file that holds @text, read from its begin. */
static int
make_input (const char *text)
{
  int file = memfd_create ("ip", MFD_CLOEXEC);

  if (file < 0)
    return -1;
  if (write (file, text, strlen (text)) == (gssize)strlen (text) && lseek (file, 0, SEEK_SET) == 0)
    return file;
  close (file);
  return -1;
}

G_NORETURN static void
exec_ip (int input, int output, int network)
{
  if ((network >= 0 && setns (network, CLONE_NEWNET) != 0) || dup2 (input, STDIN_FILENO) < 0 ||
      dup2 (output, STDOUT_FILENO) < 0 || dup2 (output, STDERR_FILENO) < 0)
    _exit (126);
  execlp ("ip", "ip", "-batch", "-", NULL);
  dprintf (STDERR_FILENO, "the program ip of iproute2 is not there: %s\n", g_strerror (errno));
  _exit (127);
}

static char *
read_complaint (int output)
{
  char text[MAX_COMPLAINT + 1];
  gssize length = pread (output, text, MAX_COMPLAINT, 0);

  text[MAX (length, 0)] = '\0';
  g_strdelimit (g_strstrip (text), "\n", ' ');
  return g_utf8_make_valid (text, -1);
}

gboolean
helper_network_run (const char *text, int network, GError **error)
{
  int input = make_input (text);
  int output = memfd_create ("ip", MFD_CLOEXEC);
  pid_t child = input >= 0 && output >= 0 ? fork () : -1;
  int status = -1;
  gboolean good;

  if (child == 0)
    exec_ip (input, output, network);
  if (child > 0)
    while (waitpid (child, &status, 0) < 0 && errno == EINTR)
      ;
  good = child > 0 && WIFEXITED (status) && WEXITSTATUS (status) == 0;
  if (child < 0) {
    helper_fail (error, "run", "ip");
  } else if (!good) {
    g_autofree char *complaint = read_complaint (output);
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "ip failed: %s", complaint);
  }
  if (input >= 0)
    close (input);
  if (output >= 0)
    close (output);
  return good;
}

gboolean
helper_network_open (GError **error)
{
  /* A kernel without IPv6 lacks some of them. */
  static const char *const settings[][2] = {
    { "/proc/sys/net/ipv4/ip_forward", "1" },
    { "/proc/sys/net/ipv4/conf/all/rp_filter", "0" },
    { "/proc/sys/net/ipv4/conf/default/rp_filter", "0" },
    { "/proc/sys/net/ipv6/conf/all/forwarding", "1" },
    { "/proc/sys/net/ipv6/conf/default/forwarding", "1" },
    { "/proc/sys/net/ipv6/conf/default/accept_dad", "0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (access (settings[i][0], F_OK) == 0 && !helper_write (settings[i][0], settings[i][1], 0, error))
      return FALSE;
  return helper_network_run ("link set lo up\n", -1, error);
}

gboolean
helper_network_connect (const HelperCloud *cloud, const HelperOrder *order, guint number, GError **error)
{
  int handed_on = fcntl (cloud->network, F_DUPFD, 3); /* without close-on-exec: ip opens it by its number */
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", handed_on);
  g_autofree char *inside = helper_network_inside (order, number, path);
  g_autofree char *outside = helper_network_outside (order, number);
  gboolean good;

  if (handed_on < 0)
    return helper_fail (error, "hand on", "the network namespace");
  good = helper_write ("/proc/sys/net/ipv6/conf/default/accept_dad", "0", 0, NULL) || errno == ENOENT;
  good = helper_network_run (inside, -1, error) &&
         (outside[0] == '\0' || helper_network_run (outside, cloud->network, error));
  close (handed_on);
  return good;
}
