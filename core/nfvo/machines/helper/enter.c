/* SPDX-License-Identifier: Apache-2.0 */
/* "vnfm-machine enter PID -- COMMAND": a process more in a machine, with what its other processes may do and no more.
 */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

static int
usage (void)
{
  g_printerr ("Usage: vnfm-machine enter PID [COMMAND...]\n");
  return 2;
}

/* Only the init of a machine is entered: it is the first in its PID namespace, and has another one than this process.
 */
static gboolean
is_machine (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int)pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !g_str_has_prefix (text, "Name:\tvnfm-init\n") ||
      (line = strstr (text, "\nNSpid:\t")) == NULL)
    return FALSE;
  line += strlen ("\nNSpid:\t");
  line += strcspn (line, "\t\n");
  for (const char *next = line; *next == '\t'; next += 1 + strcspn (next + 1, "\t\n"))
    line = next;
  return g_str_has_prefix (line, "\t1\n");
}

G_NORETURN static void
run (char **command)
{
  char *shell[] = { (char *)"/bin/sh", (char *)"-l", NULL };
  const char *terminal = g_getenv ("TERM");
  g_autofree char *kept = g_strdup (terminal != NULL ? terminal : "dumb");
  g_autoptr (GError) error = NULL;

  clearenv ();
  g_setenv ("TERM", kept, TRUE);
  g_setenv ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", TRUE);
  g_setenv ("HOME", "/root", TRUE);
  g_setenv ("USER", "root", TRUE);
  if (!helper_capabilities_drop (&error)) {
    g_printerr ("vnfm-machine: %s\n", error->message);
    _exit (126);
  }
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (command[0] == NULL)
    command = shell;
  execvp (command[0], command);
  g_printerr ("vnfm-machine: cannot run %s: %s\n", command[0], g_strerror (errno));
  _exit (127);
}

int
helper_enter_main (int argc, char **argv)
{
  char **command = argv + 2;
  guint64 pid;
  int pidfd;
  int status;
  pid_t child;

  if (argc < 2 || !g_ascii_string_to_unsigned (argv[1], 10, 1, G_MAXINT32, &pid, NULL))
    return usage ();
  if (command[0] != NULL && g_str_equal (command[0], "--"))
    command++;
  pidfd = (int)syscall (SYS_pidfd_open, (pid_t)pid, 0);
  if (pidfd < 0 || !is_machine ((pid_t)pid)) {
    g_printerr ("vnfm-machine: process %d is no machine\n", (int)pid);
    return 1;
  }
  if (setns (pidfd, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) != 0 || chdir ("/") != 0) {
    g_printerr ("vnfm-machine: cannot enter the machine: %s\n", g_strerror (errno));
    return 1;
  }
  child = fork (); /* only a child is in the new PID namespace */
  if (child == 0)
    run (command);
  if (child < 0) {
    g_printerr ("vnfm-machine: cannot start a process: %s\n", g_strerror (errno));
    return 1;
  }
  /* Ctrl-C reaches the command itself; its end is what counts. */
  signal (SIGINT, SIG_IGN);
  signal (SIGQUIT, SIG_IGN);
  while (waitpid (child, &status, 0) < 0 && errno == EINTR)
    ;
  return helper_exit_status (status);
}
