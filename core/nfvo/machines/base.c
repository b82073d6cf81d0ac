/* SPDX-License-Identifier: Apache-2.0 */
/* "vnfm-nfvo base", from the command line to the exit status: a good image is used again, another one is made beside
 * it and takes its name when it is complete. Two that make the same image wait for each other. */
#include "config.h"

#include "core/nfvo/machines/base.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_OUTPUT "vnfm-base.img"
#define LEAST_SPACE    ((guint64)512 * 1024 * 1024)

void
nfvo_base_order_clear (NfvoBaseOrder *order)
{
  g_strfreev (order->packages);
  g_free (order->output);
  g_free (order->root);
  g_free (order->overlay);
}

/* As Debian's policy has it, with what apt-get takes behind it: an architecture or a version. */
static gboolean
is_package_name (const char *name)
{
  return g_ascii_isalnum (name[0]) &&
         strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.:=~") == strlen (name);
}

/* "a,b" and several --packages are the same; blanks between names do no harm. */
static gboolean
take_packages (NfvoBaseOrder *order, GStrv lists, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; lists != NULL && lists[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit_set (lists[i], ", \t\n", -1);
    for (guint j = 0; words[j] != NULL; j++) {
      if (words[j][0] == '\0')
        continue;
      if (!is_package_name (words[j])) {
        g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "--packages: \"%s\" is no name of a package", words[j]);
        return FALSE;
      }
      g_strv_builder_add (names, words[j]);
    }
  }
  order->packages = g_strv_builder_end (names);
  return TRUE;
}

static char *
absolute (const char *path)
{
  return path != NULL ? g_canonicalize_filename (path, NULL) : NULL;
}

static gboolean
take_folder (char **place, const char *option, const char *path, GError **error)
{
  *place = absolute (path);
  if (*place != NULL && !g_file_test (*place, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s: %s is no folder", option, *place);
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse (NfvoBaseOrder *order, int argc, char **argv, GError **error)
{
  g_auto (GStrv) lists = NULL;
  g_autofree char *output = NULL;
  g_autofree char *root = NULL;
  g_autofree char *overlay = NULL;
  const GOptionEntry entries[] = {
    { "packages", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &lists, "what apt-get installs in it", "NAME,..." },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "the image (" DEFAULT_OUTPUT ")", "FILE" },
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &root, "the system it is laid over (/)", "DIR" },
    { "overlay", 0, 0, G_OPTION_ARG_FILENAME, &overlay, "put the files of this folder into it", "DIR" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &order->verbose, "show what apt-get prints", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- make the base image of namespace machines");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc > 1) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "what is \"%s\"?", argv[1]);
    return FALSE;
  }
  order->output = absolute (output != NULL ? output : DEFAULT_OUTPUT);
  return take_packages (order, lists, error) &&
         take_folder (&order->root, "--root", root != NULL ? root : "/", error) &&
         take_folder (&order->overlay, "--overlay", overlay, error);
}

static gboolean
is_made (const NfvoBaseOrder *order, const char *identity)
{
  g_autofree char *found = nfvo_base_read_identity (order->output);

  return g_strcmp0 (found, identity) == 0;
}

static gboolean
check_space (const char *folder, GError **error)
{
  struct statvfs status;
  guint64 space;

  if (statvfs (folder, &status) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s: %s", folder, g_strerror (errno));
    return FALSE;
  }
  space = (guint64)status.f_bavail * status.f_frsize;
  if (space < LEAST_SPACE) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE,
                 "no space: %s has %" G_GUINT64_FORMAT " MB left, an image wants %d", folder, space >> 20,
                 (int)(LEAST_SPACE >> 20));
    return FALSE;
  }
  return TRUE;
}

/* The folder is what is locked, so that no lock file stays behind. Returns: the lock, held until it is closed, or -1.
 */
static int
lock_folder (const char *folder, GError **error)
{
  int lock = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) == 0)
    return lock;
  if (lock >= 0 && errno == EWOULDBLOCK) {
    g_print ("another one makes an image in %s: waiting for it\n", folder);
    if (flock (lock, LOCK_EX) == 0)
      return lock;
  }
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot lock %s: %s", folder, g_strerror (errno));
  if (lock >= 0)
    close (lock);
  return -1;
}

/* What the child does; it tells a failure itself. */
G_NORETURN static void
build_and_exit (const NfvoBaseOrder *order, const char *identity, const char *image, const char *place)
{
  g_autoptr (GError) error = NULL;
  gboolean good = nfvo_base_build (order, identity, image, place, &error);

  if (!good)
    g_printerr ("vnfm-nfvo base: %s: %s\n", order->output, error->message);
  fflush (NULL);
  _exit (good ? 0 : 1);
}

/* Until it ended by itself, or somebody wants it ended: then all it started and mounted goes with it.
 * Returns: the exit status. */
static int
await_child (pid_t child, const sigset_t *signals)
{
  int number = 0;
  int status = 0;

  while (sigwait (signals, &number) == 0 && number == SIGCHLD)
    if (waitpid (child, &status, WNOHANG) == child)
      return WIFEXITED (status) ? WEXITSTATUS (status) : 1;
  g_printerr ("vnfm-nfvo base: interrupted\n");
  kill (child, SIGKILL);
  waitpid (child, &status, 0);
  return 128 + number;
}

/* In a child, so that the mounts are its own and this process can clear up behind it. */
static int
build_in_child (const NfvoBaseOrder *order, const char *identity, const char *image, const char *place)
{
  sigset_t signals;
  sigset_t before;
  pid_t child;
  int status;

  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGHUP);
  sigprocmask (SIG_BLOCK, &signals, &before);
  fflush (NULL);
  child = fork ();
  if (child == 0) {
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask (SIG_SETMASK, &before, NULL);
    build_and_exit (order, identity, image, place);
  }
  if (child > 0) {
    status = await_child (child, &signals);
  } else {
    g_printerr ("vnfm-nfvo base: cannot start a process: %s\n", g_strerror (errno));
    status = 1;
  }
  sigprocmask (SIG_SETMASK, &before, NULL);
  return status;
}

/* Returns: the exit status; with an error if nothing was told yet. */
static int
make_locked (const NfvoBaseOrder *order, const char *identity, const char *folder, GError **error)
{
  g_autofree char *part = g_strconcat (order->output, ".part", NULL);
  g_autofree char *place = NULL;
  gint64 begin = g_get_monotonic_time ();
  int status;

  if (!check_space (folder, error))
    return 1;
  place = g_dir_make_tmp ("vnfm-base-XXXXXX", error);
  if (place == NULL)
    return 1;
  status = build_in_child (order, identity, part, place);
  g_rmdir (place);
  if (status == 0 && g_rename (part, order->output) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot name it %s: %s", order->output, g_strerror (errno));
    status = 1;
  }
  if (status != 0)
    g_unlink (part);
  else
    g_print ("%s is ready after %.1f s\n", order->output,
             (double)(g_get_monotonic_time () - begin) / G_TIME_SPAN_SECOND);
  return status;
}

/* The same. */
static int
make (const NfvoBaseOrder *order, const char *identity, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (order->output);
  int status = 0;
  int lock;

  if (geteuid () != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "only root can make it: call it through sudo");
    return 1;
  }
  if (g_mkdir_with_parents (folder, 0755) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make the folder %s: %s", folder, g_strerror (errno));
    return 1;
  }
  lock = lock_folder (folder, error);
  if (lock < 0)
    return 1;
  if (is_made (order, identity))
    g_print ("%s is made from this already\n", order->output);
  else
    status = make_locked (order, identity, folder, error);
  close (lock);
  return status;
}

int
nfvo_base_main (int argc, char **argv)
{
  NfvoBaseOrder order = { NULL };
  g_autofree char *identity = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!parse (&order, argc, argv, &error)) {
    g_printerr ("vnfm-nfvo base: %s; see vnfm-nfvo base --help\n", error->message);
    status = 2;
  } else if ((identity = nfvo_base_dup_identity (&order, &error)) == NULL) {
    g_printerr ("vnfm-nfvo base: %s\n", error->message);
    status = 1;
  } else if (is_made (&order, identity)) {
    g_print ("%s is made from this already\n", order.output);
  } else {
    status = make (&order, identity, &error);
    if (error != NULL)
      g_printerr ("vnfm-nfvo base: %s: %s\n", order.output, error->message);
  }
  nfvo_base_order_clear (&order);
  return status;
}
