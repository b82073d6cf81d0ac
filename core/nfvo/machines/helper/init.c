/* SPDX-License-Identifier: Apache-2.0 */
/* PID 1 of a machine:
 *
 *   network (with the host's ip) -> root -> /dev -> fewer capabilities -> "ready" -> user data
 *                                                                           |
 *        reap orphans, copy /dev/console to the file outside  <-------------+   until it is killed
 *
 * Nobody in the machine can end it. The kernel kills it with the helper, and with it all of the machine. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME          "vnfm-init"
#define USER_DATA     "/run/user-data.sh"
#define CONSOLE_LIMIT (16 * 1024 * 1024)

extern char **environ;

typedef struct {
  HelperFiles files;
  int status;
  int console; /* master */
  int signals;
  gsize written; /* to the file of the console */
  pid_t user_data;
} Init;

G_NORETURN static void
give_up (int status, const GError *error)
{
  g_autofree char *text = g_strdup (error->message);

  dprintf (status, "failed %s\n", g_strdelimit (text, "\n", ' '));
  _exit (1);
}

/* ---- becoming it */

/* The environment of who called is nothing that a machine should read in /proc/1/environ. */
static void
forget_environment (void)
{
  for (guint i = 0; environ[i] != NULL; i++)
    memset (environ[i], 0, strlen (environ[i]));
  clearenv ();
}

/* Nor is the command line, which "ps" in the machine would show: scripts look there for programs by name. The kernel
 * tells where it is in memory. */
static void
forget_command_line (void)
{
  g_autofree char *stat = NULL;
  const char *at;
  unsigned long begin;
  unsigned long end;

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL) || (at = strrchr (stat, ')')) == NULL)
    return;
  for (guint field = 2; field < 48 && at != NULL; field++)
    at = strchr (at + 1, ' ');
  if (at == NULL || sscanf (at, "%lu %lu", &begin, &end) != 2 || begin == 0 || end <= begin + strlen (NAME))
    return;
  memset (GSIZE_TO_POINTER (begin), 0, end - begin);
  memcpy (GSIZE_TO_POINTER (begin), NAME, strlen (NAME));
}

static gboolean
is_kept (const Init *self, int file)
{
  return file <= STDERR_FILENO || file == self->files.console || file == self->status || file == self->console ||
         file == self->signals;
}

/* Descriptors of the helper, of other machines among them, came along with its memory. The console's slave is open
 * once more as what /dev/console is. */
static void
close_files (const Init *self)
{
  g_autoptr (GArray) others = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    int file = (int)g_ascii_strtoll (name, NULL, 10);
    if (!is_kept (self, file))
      g_array_append_val (others, file);
  }
  for (guint i = 0; i < others->len; i++)
    close (g_array_index (others, int, i));
}

static gboolean
become (Init *self, const HelperCloud *cloud, const HelperOrder *order, guint number, GError **error)
{
  sigset_t all;
  int console;

  sigfillset (&all);
  sigprocmask (SIG_SETMASK, &all, NULL);
  umask (0);
  prctl (PR_SET_NAME, NAME);
  forget_command_line ();
  setsid ();
  if (sethostname (order->hostname, strlen (order->hostname)) != 0)
    return helper_fail (error, "set the host name", order->hostname);
  if (!helper_network_connect (cloud, order, number, error) || !helper_root_enter (cloud, order, &self->files, error) ||
      (self->console = helper_devices_make (error)) < 0 || !helper_write (USER_DATA, order->user_data, 0600, error) ||
      !helper_capabilities_drop (error))
    return FALSE;
  self->signals = signalfd (-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  console = open ("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (self->signals < 0 || console < 0)
    return helper_fail (error, "open", "/dev/console");
  dup2 (console, STDOUT_FILENO);
  dup2 (console, STDERR_FILENO);
  close (console);
  console = open ("/dev/null", O_RDONLY);
  dup2 (console, STDIN_FILENO);
  umask (022);
  close_files (self);
  return TRUE;
}

/* ---- user data */

static void
run_user_data (Init *self, const HelperOrder *order)
{
  sigset_t none;

  self->user_data = fork ();
  if (self->user_data != 0)
    return;
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  signal (SIGINT, SIG_DFL);
  signal (SIGQUIT, SIG_DFL);
  setsid ();
  execle ("/bin/sh", "sh", USER_DATA, NULL, order->environment);
  dprintf (STDERR_FILENO, "cannot run /bin/sh: %s\n", g_strerror (errno));
  _exit (127);
}

/* ---- being it */

static void
reap (Init *self)
{
  struct signalfd_siginfo information;
  pid_t pid;
  int status;

  while (read (self->signals, &information, sizeof information) > 0)
    ;
  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    if (pid == self->user_data)
      dprintf (self->status, "user-data %d\n", status);
}

static void
copy_console (Init *self)
{
  char block[4096];
  gssize length;

  while ((length = read (self->console, block, sizeof block)) > 0) {
    if (self->written >= CONSOLE_LIMIT)
      continue;
    self->written += (gsize)length;
    /* A full disk outside is no reason to stop. */
    if (write (self->files.console, block, (gsize)length) < 0)
      continue;
  }
}

G_NORETURN void
helper_init (const HelperCloud *cloud, const HelperOrder *order, guint number, int status)
{
  Init self = { .files = { -1, -1, -1 }, .status = status, .console = -1, .signals = -1 };
  struct pollfd parent = { .fd = status, .events = 0 };
  g_autoptr (GError) error = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  /* It may have died before: then nobody reads the pipe. */
  if (poll (&parent, 1, 0) > 0)
    _exit (1);
  if (!become (&self, cloud, order, number, &error))
    give_up (status, error);
  dprintf (status, "ready\n");
  run_user_data (&self, order);
  forget_environment ();
  for (;;) {
    struct pollfd waits[] = { { .fd = self.signals, .events = POLLIN }, { .fd = self.console, .events = POLLIN } };
    if (poll (waits, G_N_ELEMENTS (waits), -1) < 0)
      continue;
    reap (&self);
    copy_console (&self);
  }
}
