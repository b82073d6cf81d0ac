/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a base image. From then on the process sees mounts that nobody else sees, and the kernel undoes them when it
 * ends, however it ends:
 *
 *   image (ext4, by loop) --upper/--+
 *                                   +-- overlay --+-- /proc /sys /dev /run /tmp of its own
 *   root ---------------------------+             +-- apt-get, as process 1 of a PID namespace
 *
 * Afterwards what is in upper/ becomes the root folder of the image: the layer that machines lay over the same root. */
#include "config.h"

#include "core/nfvo/machines/base-private.h"

#include "core/nfvo/run-folder.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define IMAGE_SIZE ((off_t)8 * 1024 * 1024 * 1024) /* sparse */
#define TOLD_LINES 15

/* In the new root; the arguments are the packages. What a script installs later must not ask the network: there are no
 * sources any more, and what is installed already needs none. Keys and ids that tell machines apart are no image's. */
static const char install_script[] =
    "set -eu\n"
    "export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
    "if [ $# -gt 0 ]; then\n"
    "  apt-get -q update || echo 'apt-get update failed; trying with the package lists of the root'\n"
    "  apt-get -q -y -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold --no-install-recommends install -- \"$@\"\n"
    "fi\n"
    "apt-get clean\n"
    "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*\n"
    "printf '#clear %s;\\n' Acquire::http::Proxy Acquire::https::Proxy Acquire::ftp::Proxy \\\n"
    "  Acquire::http::Proxy-Auto-Detect Acquire::http::ProxyAutoDetect > /etc/apt/apt.conf.d/zz-no-proxy\n"
    "if [ -f /etc/environment ]; then sed -i '/^[[:space:]]*[a-zA-Z]*_proxy[[:space:]]*=/Id' /etc/environment; fi\n"
    "rm -f /etc/ssh/ssh_host_*\n"
    "if [ -e /etc/machine-id ]; then : > /etc/machine-id; fi\n";

static void
places_clear (NfvoBasePlaces *places)
{
  g_free (places->folder);
  g_free (places->image);
  g_free (places->upper);
  g_free (places->work);
  g_free (places->root);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NfvoBasePlaces, places_clear)

/* The end of a program's output; what it said last is why it failed. */
static char *
last_lines (const char *output)
{
  g_autofree char *text = g_strchomp (g_utf8_make_valid (output, -1));
  const char *at = text + strlen (text);

  for (guint lines = 0; at > text; at--)
    if (at[-1] == '\n' && ++lines == TOLD_LINES)
      break;
  return g_strdup (at);
}

static gboolean
run (const char *const *argv, GError **error)
{
  g_autofree char *output = NULL;
  g_autoptr (GError) problem = NULL;
  int status;

  if (!g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                     &output, &status, &problem)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "%s", problem->message);
    return FALSE;
  }
  if (!g_spawn_check_wait_status (status, &problem)) {
    g_autofree char *told = last_lines (output);
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "%s: %s", argv[0], told[0] != '\0' ? told : problem->message);
    return FALSE;
  }
  return TRUE;
}

/* ---- the image */

static gboolean
make_file_system (const char *image, const char *identity, GError **error)
{
  const char *argv[] = { "mkfs.ext4", "-q",     "-F", "-m",        "0",   "-O", "^has_journal", "-L", "vnfm-base",
                         "-U",        identity, "-E", "nodiscard", image, NULL };
  int fd = open (image, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  int status;

  if (fd < 0)
    return nfvo_base_failed (error, "make", image);
  status = ftruncate (fd, IMAGE_SIZE);
  close (fd);
  if (status != 0)
    return nfvo_base_failed (error, "make", image);
  g_print ("making the file system\n");
  return run (argv, error);
}

/* By mount(8), which finds a free loop device and lets it go with the mount. */
static gboolean
mount_image (const char *image, const NfvoBasePlaces *places, GError **error)
{
  const char *argv[] = { "mount", "-t", "ext4", "-o", "loop,noatime,noinit_itable", image, places->image, NULL };

  if (access ("/dev/loop-control", F_OK) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED,
                 "no loop device: there is no /dev/loop-control (in a container: give it the loop devices; else: "
                 "modprobe loop)");
    return FALSE;
  }
  if (run (argv, error))
    return TRUE;
  g_prefix_error (error, "the image cannot be mounted by a loop device: ");
  return FALSE;
}

static gboolean
make_places (NfvoBasePlaces *places, GError **error)
{
  places->image = g_build_filename (places->folder, "image", NULL);
  places->upper = g_build_filename (places->image, ".vnfm-upper", NULL);
  places->work = g_build_filename (places->image, ".vnfm-work", NULL);
  places->root = g_build_filename (places->folder, "root", NULL);
  if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    return nfvo_base_failed (error, "make", "a mount namespace");
  if (mount ("tmpfs", places->folder, "tmpfs", 0, "mode=0755,size=1m") != 0)
    return nfvo_base_failed (error, "mount a tmpfs on", places->folder);
  if (g_mkdir (places->image, 0755) != 0 || g_mkdir (places->root, 0755) != 0)
    return nfvo_base_failed (error, "make folders in", places->folder);
  return TRUE;
}

static gboolean
explain (const NfvoBaseOrder *order, const char *output, const GError *problem, GError **error)
{
  g_autofree char *told = output != NULL ? last_lines (output) : g_strdup ("");
  g_autofree char *folder = g_path_get_dirname (order->output);
  struct statvfs status;
  gboolean full = statvfs (folder, &status) == 0 && (guint64)status.f_bavail * status.f_frsize < 16 * 1024 * 1024;

  if (full)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "no space left in %s while apt-get ran%s%s", folder,
                 told[0] != '\0' ? "; it said last:\n" : "", told);
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "apt-get failed (%s)%s%s", problem->message,
                 told[0] != '\0' ? "; it said last:\n" : "", told);
  return FALSE;
}

static gboolean
install (const NfvoBaseOrder *order, const NfvoBasePlaces *places, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *output = NULL;
  g_autoptr (GError) problem = NULL;
  int status = 0;
  gboolean started;

  g_ptr_array_add (argv, (char *)"/bin/sh");
  g_ptr_array_add (argv, (char *)"-c");
  g_ptr_array_add (argv, g_strconcat ("exec 2>&1\n", install_script, NULL));
  g_ptr_array_add (argv, (char *)"install");
  for (guint i = 0; order->packages[i] != NULL; i++)
    g_ptr_array_add (argv, order->packages[i]);
  g_ptr_array_add (argv, NULL);
  g_print ("installing %u packages\n", g_strv_length (order->packages));
  started =
      g_spawn_sync (NULL, (char **)argv->pdata, NULL, order->verbose ? G_SPAWN_CHILD_INHERITS_STDOUT : 0,
                    nfvo_base_root_enter, (gpointer)places, order->verbose ? NULL : &output, NULL, &status, &problem);
  g_free (g_ptr_array_index (argv, 2));
  if (!started || !g_spawn_check_wait_status (status, &problem))
    return explain (order, output, problem, error);
  return TRUE;
}

/* By tar, which leaves folders (and links to folders) that are there already as they are. */
static gboolean
copy_overlay (const NfvoBaseOrder *order, const NfvoBasePlaces *places, GError **error)
{
  static const char script[] =
      "tar -C \"$1\" --owner=0 --group=0 -cf - . | tar -C \"$2\" --no-overwrite-dir --keep-directory-symlink -xpf -";
  const char *argv[] = { "/bin/sh", "-c", script, "tar", order->overlay, places->root, NULL };

  if (order->overlay == NULL)
    return TRUE;
  g_print ("copying the files of %s\n", order->overlay);
  return run (argv, error);
}

/* ---- the layer becomes the image's root */

static gboolean
lift (const NfvoBasePlaces *places, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (places->upper, 0, NULL);
  g_autofree char *lost = g_build_filename (places->image, "lost+found", NULL);
  const char *name;

  g_rmdir (lost);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *from = g_build_filename (places->upper, name, NULL);
    g_autofree char *to = g_build_filename (places->image, name, NULL);
    if (g_rename (from, to) != 0)
      return nfvo_base_failed (error, "move", from);
  }
  return (g_rmdir (places->upper) == 0 || nfvo_base_failed (error, "remove", places->upper)) &&
         nfvo_remove_tree (places->work, error);
}

static gboolean
build (const NfvoBaseOrder *order, const char *identity, const char *image, NfvoBasePlaces *places, GError **error)
{
  return make_places (places, error) && make_file_system (image, identity, error) &&
         mount_image (image, places, error) && nfvo_base_root_mount (order, places, error) &&
         install (order, places, error) && copy_overlay (order, places, error) &&
         nfvo_base_root_unmount (places, error) && lift (places, error) &&
         (umount2 (places->image, 0) == 0 || nfvo_base_failed (error, "unmount", places->image));
}

gboolean
nfvo_base_build (const NfvoBaseOrder *order, const char *identity, const char *image, const char *place, GError **error)
{
  g_auto (NfvoBasePlaces) places = { .folder = g_strdup (place) };

  return build (order, identity, image, &places, error);
}
