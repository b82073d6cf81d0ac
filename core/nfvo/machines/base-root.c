/* SPDX-License-Identifier: Apache-2.0 */
/* The root that apt-get works in while a base image is made: an overlay, with folders of its own where the host's must
 * not be touched, and two files that are there for apt-get's sake only. */
#include "config.h"

#include "core/nfvo/machines/base-private.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLICY "usr/sbin/policy-rc.d"
#define RESOLV "etc/resolv.conf"

gboolean
nfvo_base_failed (GError **error, const char *what, const char *path)
{
  int number = errno;

  g_set_error (error, VNFM_ERROR, number == EPERM || number == EACCES ? VNFM_ERROR_DENIED : VNFM_ERROR_STORE,
               "cannot %s %s: %s", what, path, g_strerror (number));
  return FALSE;
}

/* For mount options, where a comma, a colon and a backslash mean something. */
static char *
escape_option (const char *path)
{
  GString *text = g_string_new (NULL);

  for (const char *at = path; *at != '\0'; at++) {
    if (strchr (",:\\", *at) != NULL)
      g_string_append_c (text, '\\');
    g_string_append_c (text, *at);
  }
  return g_string_free (text, FALSE);
}

/* Without redirect_dir and metacopy a layer says all by itself, to any kernel and to whoever mounts it. */
static gboolean
mount_overlay (const NfvoBaseOrder *order, const NfvoBasePlaces *places, GError **error)
{
  g_autofree char *lower = escape_option (order->root);
  g_autofree char *options = g_strdup_printf (
      "lowerdir=%s,upperdir=%s,workdir=%s,index=off,redirect_dir=off,metacopy=off", lower, places->upper, places->work);

  if (g_mkdir (places->upper, 0755) != 0 || g_mkdir (places->work, 0755) != 0)
    return nfvo_base_failed (error, "make folders in", places->image);
  if (mount ("overlay", places->root, "overlay", 0, options) != 0)
    return nfvo_base_failed (error, "mount an overlay over", order->root);
  return TRUE;
}

static gboolean
mount_in (const NfvoBasePlaces *places, const char *name, const char *type, unsigned long flags, const char *options,
          GError **error)
{
  g_autofree char *path = g_build_filename (places->root, name, NULL);

  if (g_mkdir (path, 0755) != 0 && errno != EEXIST)
    return nfvo_base_failed (error, "make", path);
  if (mount (type, path, type, flags, options) != 0)
    return nfvo_base_failed (error, "mount", path);
  return TRUE;
}

static gboolean
make_devices (const NfvoBasePlaces *places, GError **error)
{
  static const struct {
    const char *name;
    unsigned minor;
  } devices[] = { { "null", 3 }, { "zero", 5 }, { "full", 7 }, { "random", 8 }, { "urandom", 9 } };
  static const char *const links[][2] = {
    { "/proc/self/fd", "fd" }, { "fd/0", "stdin" }, { "fd/1", "stdout" }, { "fd/2", "stderr" }
  };

  if (!mount_in (places, "dev", "tmpfs", MS_NOSUID, "mode=0755,size=1m", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++) {
    g_autofree char *path = g_build_filename (places->root, "dev", devices[i].name, NULL);
    if (mknod (path, S_IFCHR | 0666, makedev (1, devices[i].minor)) != 0 || chmod (path, 0666) != 0)
      return nfvo_base_failed (error, "make", path);
  }
  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    g_autofree char *path = g_build_filename (places->root, "dev", links[i][1], NULL);
    if (symlink (links[i][0], path) != 0)
      return nfvo_base_failed (error, "make", path);
  }
  return TRUE;
}

static gboolean
write_file (const NfvoBasePlaces *places, const char *name, const char *text, mode_t mode, GError **error)
{
  g_autofree char *path = g_build_filename (places->root, name, NULL);
  g_autoptr (GError) problem = NULL;

  /* It may be a link to where nothing is. */
  g_unlink (path);
  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, (int)mode, &problem))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s", problem->message);
  return FALSE;
}

/* No service starts where packages are only put on a disk; names are resolved as on this host. */
static gboolean
furnish (const NfvoBasePlaces *places, GError **error)
{
  g_autofree char *resolv = NULL;

  if (!g_file_get_contents ("/" RESOLV, &resolv, NULL, NULL))
    resolv = g_strdup ("");
  return mount_in (places, "sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, error) &&
         mount_in (places, "run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755", error) &&
         mount_in (places, "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777", error) && make_devices (places, error) &&
         write_file (places, RESOLV, resolv, 0644, error) &&
         write_file (places, POLICY, "#!/bin/sh\nexit 101\n", 0755, error);
}

/* In the child that becomes apt-get: only what is safe between fork and exec. It forks once more, because only a child
 * is inside a new PID namespace; the one in the middle waits. A failure shows as its output. */
void
nfvo_base_root_enter (gpointer data)
{
  const NfvoBasePlaces *places = data;
  int status = 0;
  pid_t child = -1;

  if (prctl (PR_SET_PDEATHSIG, SIGKILL) == 0 && unshare (CLONE_NEWPID) == 0)
    child = fork ();
  if (child > 0) {
    while (waitpid (child, &status, 0) < 0 && errno == EINTR)
      ;
    _exit (WIFEXITED (status) ? WEXITSTATUS (status) : 125);
  }
  if (child == 0 && prctl (PR_SET_PDEATHSIG, SIGKILL) == 0 && chroot (places->root) == 0 && chdir ("/") == 0 &&
      (mkdir ("/proc", 0755) == 0 || errno == EEXIST) &&
      mount ("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
    return;
  perror ("entering the new root");
  _exit (126);
}

static gboolean
unmount_all (const NfvoBasePlaces *places, GError **error)
{
  static const char *const names[] = { "proc", "tmp", "run", "dev", "sys", "" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (places->root, names[i], NULL);
    /* /proc went with the process that mounted it, or not. */
    if (umount2 (path, 0) != 0 && !g_str_equal (names[i], "proc"))
      return nfvo_base_failed (error, "unmount", path);
  }
  return TRUE;
}

/* Only ours: the root's own file, if it has one, shows again. */
static gboolean
remove_policy (const NfvoBasePlaces *places, GError **error)
{
  g_autofree char *path = g_build_filename (places->upper, POLICY, NULL);

  return g_unlink (path) == 0 || errno == ENOENT ? TRUE : nfvo_base_failed (error, "remove", path);
}

static gboolean
empty_resolver (const NfvoBasePlaces *places, GError **error)
{
  g_autofree char *path = g_build_filename (places->upper, RESOLV, NULL);

  return truncate (path, 0) == 0 ? TRUE : nfvo_base_failed (error, "empty", path);
}

gboolean
nfvo_base_root_mount (const NfvoBaseOrder *order, const NfvoBasePlaces *places, GError **error)
{
  return mount_overlay (order, places, error) && furnish (places, error);
}

gboolean
nfvo_base_root_unmount (const NfvoBasePlaces *places, GError **error)
{
  return unmount_all (places, error) && remove_policy (places, error) && empty_resolver (places, error);
}
