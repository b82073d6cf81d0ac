/* SPDX-License-Identifier: Apache-2.0 */
/* "vnfm-machine cloud": a network and a mount namespace for a whole run, the program in it, and this process beside it
 * as the one that keeps the rights:
 *
 *   read options -> look whether it can be done -> unshare -> fork --+-- serve (root)
 *                                                                    +-- as the calling user: the program
 *
 * Neither namespace has a name anywhere: both are gone with the last process in them. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_SIZE "2g"

typedef struct {
  char *root;
  char *base;
  char *size;
  GStrv environment;
  GStrv program;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->root);
  g_free (options->base);
  g_free (options->size);
  g_strfreev (options->environment);
  g_strfreev (options->program);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
read_options (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &options->root, "what machines are made of (/)", "DIR" },
    { "base", 0, 0, G_OPTION_ARG_FILENAME, &options->base, "image laid over it", "FILE" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &options->size, "limit of what a machine writes (" DEFAULT_SIZE ")", "SIZE" },
    { "env", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->environment, "set in the program's environment", "NAME=VALUE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->program, NULL, "PROGRAM" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- run a program beside a network of its machines");

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_strict_posix (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (options->program != NULL && g_str_equal (options->program[0], "--")) {
    g_free (options->program[0]);
    memmove (options->program, options->program + 1, g_strv_length (options->program) * sizeof (char *));
  }
  if (options->size == NULL)
    options->size = g_strdup (DEFAULT_SIZE);
  if (options->program == NULL || options->program[0] == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "name a program");
    return FALSE;
  }
  if (strspn (options->size, "0123456789kKmMgG%") == strlen (options->size) && options->size[0] != '\0')
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "--size: \"%s\" is no size", options->size);
  return FALSE;
}

/* ---- whether it can be done */

G_NORETURN static void
probe (const HelperCloud *cloud, int answer)
{
  g_autoptr (GError) error = NULL;

  if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    helper_fail (&error, "make", "a mount namespace");
  else if (!helper_root_probe (cloud, &error))
    g_prefix_error (&error, "an overlay over %s: ", cloud->root);
  if (error != NULL)
    dprintf (answer, "%s", error->message);
  _exit (error != NULL);
}

/* Everything in a child, so that a refusal has changed nothing. */
static gboolean
can_do (const HelperCloud *cloud, GError **error)
{
  char text[1024];
  int ends[2];
  gssize length;
  pid_t child;

  if (pipe2 (ends, O_CLOEXEC) != 0 || (child = fork ()) < 0)
    return helper_fail (error, "start", "a process");
  if (child == 0)
    probe (cloud, ends[1]);
  close (ends[1]);
  length = read (ends[0], text, sizeof text - 1);
  close (ends[0]);
  waitpid (child, NULL, 0);
  if (length <= 0)
    return TRUE;
  text[length] = '\0';
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, text);
  return FALSE;
}

static gboolean
open_cloud (HelperCloud *cloud, GError **error)
{
  g_autofree char *ip = g_find_program_in_path ("ip");

  if (geteuid () != 0) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_DENIED, "they are made by root only; call it as root");
    return FALSE;
  }
  if (ip == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "the program ip is not there; install iproute2");
    return FALSE;
  }
  if (!can_do (cloud, error)) {
    g_prefix_error_literal (error, "this kernel or container does not allow them; run it where mounting is allowed: ");
    return FALSE;
  }
  if (unshare (CLONE_NEWNS | CLONE_NEWNET) != 0) {
    helper_fail (error, "make", "a network namespace");
    g_prefix_error_literal (error, "this kernel or container does not allow them; run it where that is allowed: ");
    return FALSE;
  }
  if (!helper_mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL, error) || !helper_network_open (error))
    return FALSE;
  cloud->network = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  return cloud->network >= 0 || helper_fail (error, "open", "/proc/self/ns/net");
}

/* ---- the program */

/* Returns: FALSE: the calling user is not to be had. */
static gboolean
become_caller (void)
{
  const char *uid_text = g_getenv ("SUDO_UID");
  const char *gid_text = g_getenv ("SUDO_GID");
  guint64 uid = 0, gid = 0;
  struct passwd *user;

  if (uid_text == NULL)
    return TRUE;
  if (gid_text == NULL || !g_ascii_string_to_unsigned (uid_text, 10, 0, G_MAXINT32, &uid, NULL) ||
      !g_ascii_string_to_unsigned (gid_text, 10, 0, G_MAXINT32, &gid, NULL))
    return FALSE;
  user = getpwuid ((uid_t)uid);
  if (user != NULL) {
    g_setenv ("HOME", user->pw_dir, TRUE);
    g_setenv ("USER", user->pw_name, TRUE);
    g_setenv ("LOGNAME", user->pw_name, TRUE);
  }
  return (user != NULL ? initgroups (user->pw_name, (gid_t)gid) : setgroups (0, NULL)) == 0 &&
         setresgid ((gid_t)gid, (gid_t)gid, (gid_t)gid) == 0 && setresuid ((uid_t)uid, (uid_t)uid, (uid_t)uid) == 0;
}

G_NORETURN static void
run_program (const Options *options, int socket, const sigset_t *mask)
{
  g_autofree char *number = g_strdup_printf ("%d", socket);

  /* A process group of its own: Ctrl-C reaches it once, by way of this process's parent. */
  setpgid (0, 0);
  sigprocmask (SIG_SETMASK, mask, NULL);
  fcntl (socket, F_SETFD, 0);
  /* First: who called chooses the settings, and must not choose by SUDO_UID whom the program runs as. */
  if (!become_caller ()) {
    g_printerr ("vnfm-machine: cannot become the user who called\n");
    _exit (126);
  }
  for (guint i = 0; options->environment != NULL && options->environment[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (options->environment[i], "=", 2);
    if (parts[0] != NULL && parts[1] != NULL)
      g_setenv (parts[0], parts[1], TRUE);
  }
  g_setenv (HELPER_SOCKET_VARIABLE, number, TRUE);
  execvp (options->program[0], options->program);
  g_printerr ("vnfm-machine: cannot run %s: %s\n", options->program[0], g_strerror (errno));
  _exit (127);
}

static int
run_in_cloud (const HelperCloud *cloud, const Options *options)
{
  sigset_t forwarded, mask;
  int ends[2];
  int status;
  pid_t child;

  sigemptyset (&forwarded);
  sigaddset (&forwarded, SIGINT);
  sigaddset (&forwarded, SIGTERM);
  sigaddset (&forwarded, SIGHUP);
  sigaddset (&forwarded, SIGQUIT);
  sigprocmask (SIG_BLOCK, &forwarded, &mask);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 || (child = fork ()) < 0) {
    g_printerr ("vnfm-machine: cannot start a process: %s\n", g_strerror (errno));
    return 1;
  }
  if (child == 0) {
    close (ends[0]);
    run_program (options, ends[1], &mask);
  }
  close (ends[1]);
  status = helper_serve (cloud, ends[0], child);
  close (ends[0]);
  return helper_exit_status (status);
}

int
helper_cloud_main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  HelperCloud cloud = { .network = -1 };
  g_autofree char *device = NULL;
  g_autofree char *root = NULL;
  g_autoptr (GError) error = NULL;
  int image = -1;
  int status = 1;

  if (!read_options (&options, argc, argv, &error)) {
    g_printerr ("vnfm-machine cloud: %s\n", error->message);
    return 2;
  }
  root = realpath (options.root != NULL ? options.root : "/", NULL);
  cloud.root = root;
  cloud.size = options.size;
  if (root == NULL)
    helper_fail (&error, "open the root", options.root);
  else if (geteuid () == 0 && options.base != NULL)
    image = helper_image_attach (options.base, &device, &error);
  cloud.base_device = device;
  if (error == NULL && open_cloud (&cloud, &error))
    status = run_in_cloud (&cloud, &options);
  else
    g_printerr ("vnfm-nfvo: no namespace machines here: %s\n", error->message);
  if (image >= 0)
    close (image);
  return status;
}
