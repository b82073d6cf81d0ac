/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of a user, seen by a machine as root's: what root of the machine writes there belongs to the user outside.
 * The mapping is that of a user namespace which is made for nothing else: a child makes it, is given the mapping, and
 * ends when the mount has it. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

G_NORETURN static void
hold_namespace (int told)
{
  char done = unshare (CLONE_NEWUSER) == 0 ? 'y' : 'n';

  if (write (told, &done, 1) != 1)
    _exit (1);
  for (;;)
    pause ();
}

static gboolean
give_mapping (pid_t child, const char *name, unsigned outside)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int)child, name);
  g_autofree char *text = g_strdup_printf ("%u 0 1\n", outside);

  return helper_write (path, text, 0, NULL);
}

/* Returns: a descriptor of the namespace, or -1. */
static int
make_namespace (uid_t uid, gid_t gid)
{
  int ends[2];
  int namespace = -1;
  char done = 'n';
  pid_t child;

  if (pipe2 (ends, O_CLOEXEC) != 0)
    return -1;
  child = fork ();
  if (child == 0)
    hold_namespace (ends[1]);
  close (ends[1]);
  if (child > 0 && read (ends[0], &done, 1) == 1 && done == 'y' && give_mapping (child, "uid_map", uid) &&
      give_mapping (child, "gid_map", gid)) {
    g_autofree char *path = g_strdup_printf ("/proc/%d/ns/user", (int)child);
    namespace = open (path, O_RDONLY | O_CLOEXEC);
  }
  close (ends[0]);
  if (child > 0) {
    kill (child, SIGKILL);
    waitpid (child, NULL, 0);
  }
  return namespace;
}

gboolean
helper_bind_as_root (int source, const char *target)
{
  struct mount_attr attributes = { .attr_set = MOUNT_ATTR_IDMAP };
  struct stat owner;
  gboolean good = FALSE;
  int namespace;
  int tree;

  if (fstat (source, &owner) != 0)
    return FALSE;
  tree = open_tree (source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
  if (tree < 0)
    return FALSE;
  namespace = make_namespace (owner.st_uid, owner.st_gid);
  if (namespace >= 0) {
    attributes.userns_fd = (guint64) namespace;
    good = mount_setattr (tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0 &&
           move_mount (tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) == 0;
    close (namespace);
  }
  close (tree);
  return good;
}
