/* SPDX-License-Identifier: Apache-2.0 */
/* The root of a machine. All of it lives in the mount namespace of the machine, so the kernel takes it back with the
 * machine's last process:
 *
 *   FOLDER/root          tmpfs, limited: all that the machine writes
 *     upper, work          of the overlay; folders that shall be fresh are opaque in upper
 *     base                 the base image, if there is one
 *     merged               overlay: upper over base over the lower root; becomes "/"
 *
 * The lower root may consist of several file systems (/usr, /var); an overlay sees one, so each gets one of its own. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define OUTSIDE   "/.outside"
#define STATE_DIR "/var/lib/vnfm-ems"

/* Parts of a root that may be file systems of their own. */
static const char *const parts[] = { "usr", "var", "opt", "srv" };

typedef struct {
  const char *path;
  mode_t mode;
  gboolean wanted; /* made even if the lower root has none */
} Fresh;

static const Fresh fresh[] = {
  { "tmp", 01777, TRUE },
  { "run", 0755, TRUE },
  { "home", 0755, TRUE },
  { "root", 0700, TRUE },
  { "mnt", 0755, TRUE },
  { "media", 0755, FALSE },
  { "var/tmp", 01777, TRUE },
  { "opt/openbaton", 0755, FALSE },
  { "etc/vnfmd", 0755, FALSE },
  { "var/lib/vnfmd", 0755, FALSE },
  { "var/lib/vnfm-ems", 0700, TRUE },
};

/* ---- files outside */

static int
open_file (int folder, const char *name, const struct stat *owner)
{
  int file = openat (folder, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (file >= 0 && fchown (file, owner->st_uid, owner->st_gid) != 0) {
    close (file);
    file = -1;
  }
  return file;
}

static int
open_folder (int parent, const char *name, const struct stat *owner)
{
  int folder;

  if (mkdirat (parent, name, 0700) != 0 && errno != EEXIST)
    return -1;
  folder = openat (parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (folder >= 0 && fchown (folder, owner->st_uid, owner->st_gid) != 0) {
    close (folder);
    folder = -1;
  }
  return folder;
}

static gboolean
open_files (const HelperOrder *order, HelperFiles *files, GError **error)
{
  int folder = open (order->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  struct stat owner;
  int root;

  if (folder < 0 || fstat (folder, &owner) != 0)
    return helper_fail (error, "open", order->folder);
  files->console = open_file (folder, "console", &owner);
  files->log = open_file (folder, "vnfm-ems.log", &owner);
  files->state = open_folder (folder, "state", &owner);
  root = open_folder (folder, "root", &owner);
  close (folder);
  if (files->console < 0 || files->log < 0 || files->state < 0 || root < 0)
    return helper_fail (error, "make the files in", order->folder);
  close (root);
  return TRUE;
}

static GArray *
open_binds (const HelperOrder *order, GError **error)
{
  g_autoptr (GArray) binds = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; order->binds != NULL && order->binds[i] != NULL; i++) {
    int bind = open (order->binds[i], O_PATH | O_CLOEXEC);
    if (bind < 0) {
      helper_fail (error, "open", order->binds[i]);
      return NULL;
    }
    g_array_append_val (binds, bind);
  }
  return g_steal_pointer (&binds);
}

/* ---- the overlay; the working directory is the tmpfs */

static gboolean
is_part (const HelperCloud *cloud, const char *name)
{
  g_autofree char *path = g_build_filename (cloud->root, name, NULL);
  struct stat root, part;

  return stat (cloud->root, &root) == 0 && lstat (path, &part) == 0 && S_ISDIR (part.st_mode) &&
         part.st_dev != root.st_dev;
}

static gboolean
make_folder (const char *path, mode_t mode, GError **error)
{
  return mkdir (path, mode) == 0 || errno == EEXIST || helper_fail (error, "make the folder", path);
}

/* Where @path of the machine stands in the upper layers. */
static char *
upper_path (const HelperCloud *cloud, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", 2);

  if (names[1] != NULL && is_part (cloud, names[0]))
    return g_strdup_printf ("upper-%s/%s", names[0], names[1]);
  return g_strconcat ("upper/", path, NULL);
}

static gboolean
make_fresh (const HelperCloud *cloud, const Fresh *folder, GError **error)
{
  g_autofree char *lower = g_build_filename (cloud->root, folder->path, NULL);
  g_autofree char *path = upper_path (cloud, folder->path);

  if (!folder->wanted && access (lower, F_OK) != 0)
    return TRUE;
  for (char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
    gboolean good;
    *slash = '\0';
    good = make_folder (path, 0755, error);
    *slash = '/';
    if (!good)
      return FALSE;
  }
  if (!make_folder (path, folder->mode, error))
    return FALSE;
  return setxattr (path, "trusted.overlay.opaque", "y", 1, 0) == 0 || helper_fail (error, "hide what is below", path);
}

/* In the options of an overlay "," ends one and ":" separates layers. */
static char *
escape (const char *path)
{
  GString *text = g_string_new (NULL);

  for (; *path != '\0'; path++) {
    if (strchr (",:\\", *path) != NULL)
      g_string_append_c (text, '\\');
    g_string_append_c (text, *path);
  }
  return g_string_free (text, FALSE);
}

/* @part: "" for the root itself. */
static gboolean
mount_overlay (const HelperCloud *cloud, const char *part, GError **error)
{
  g_autofree char *suffix = part[0] != '\0' ? g_strconcat ("-", part, NULL) : g_strdup ("");
  g_autofree char *upper = g_strconcat ("upper", suffix, NULL);
  g_autofree char *work = g_strconcat ("work", suffix, NULL);
  g_autofree char *base = g_build_filename ("base", part, NULL);
  g_autofree char *target = g_build_filename ("merged", part, NULL);
  g_autofree char *path = g_build_filename (cloud->root, part, NULL);
  g_autofree char *lower = escape (path);
  gboolean with_base = cloud->base_device != NULL && access (base, F_OK) == 0;
  g_autofree char *options = g_strdup_printf ("lowerdir=%s%s%s,upperdir=%s,workdir=%s", with_base ? base : "",
                                              with_base ? ":" : "", lower, upper, work);

  if (!make_folder (upper, 0755, error) || !make_folder (work, 0755, error))
    return FALSE;
  /* No devices but those of the machine's own /dev. */
  return helper_mount ("overlay", target, "overlay", MS_NODEV, options, error);
}

static gboolean
mount_overlays (const HelperCloud *cloud, GError **error)
{
  if (!mount_overlay (cloud, "", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (is_part (cloud, parts[i]) && !mount_overlay (cloud, parts[i], error))
      return FALSE;
  return TRUE;
}

/* Leaves the calling process in the tmpfs, with a complete root in "merged". */
static gboolean
build (const HelperCloud *cloud, const char *folder, GError **error)
{
  g_autofree char *options = g_strdup_printf ("mode=0700,size=%s", cloud->size);

  if (!helper_mount ("tmpfs", folder, "tmpfs", MS_NODEV, options, error))
    return FALSE;
  if (chdir (folder) != 0)
    return helper_fail (error, "go to", folder);
  if (!make_folder ("base", 0755, error) || !make_folder ("merged", 0755, error) ||
      !make_folder ("upper", 0755, error) || !make_folder ("upper" OUTSIDE, 0700, error))
    return FALSE;
  /* A log that was not closed well is not replayed: others may hold the image too. */
  if (cloud->base_device != NULL &&
      !helper_mount (cloud->base_device, "base", "ext4", MS_RDONLY | MS_NODEV, "noload", error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (fresh); i++)
    if (!make_fresh (cloud, &fresh[i], error))
      return FALSE;
  return mount_overlays (cloud, error);
}

/* ---- going there */

static gboolean
make_target (int source, const char *target, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (target);
  struct stat status;
  int file;

  if (fstat (source, &status) != 0 || g_mkdir_with_parents (parent, 0755) != 0)
    return helper_fail (error, "make a place for", target);
  if (S_ISDIR (status.st_mode))
    return make_folder (target, 0755, error);
  file = open (target, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0)
    return helper_fail (error, "make a place for", target);
  close (file);
  return TRUE;
}

gboolean
helper_bind (int source, const char *target, gboolean read_only, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", source);

  return make_target (source, target, error) && helper_mount (path, target, NULL, MS_BIND, NULL, error) &&
         (!read_only || helper_mount (NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL, error));
}

/* The agent's records, for those who look on. Where they cannot be the calling user's, they stay in the machine: left
 * outside as root's they could neither be read nor removed. */
static gboolean
bind_state (int state, GError **error)
{
  struct stat owner;

  if (fstat (state, &owner) != 0)
    return helper_fail (error, "look at", "the folder of the machine");
  if (owner.st_uid == 0)
    return helper_bind (state, STATE_DIR, FALSE, error);
  if (!helper_bind_as_root (state, STATE_DIR))
    g_printerr ("vnfm-machine: this kernel cannot show what scripts print to a user who is not root\n");
  return TRUE;
}

static gboolean
bind_all (const HelperOrder *order, GArray *binds, const HelperFiles *files, GError **error)
{
  for (guint i = 0; i < binds->len; i++)
    if (!helper_bind (g_array_index (binds, int, i), order->binds[i], TRUE, error))
      return FALSE;
  return helper_bind (files->log, "/var/log/vnfm-ems.log", FALSE, error) && bind_state (files->state, error);
}

static gboolean
pivot (GError **error)
{
  if (chdir ("merged") != 0 || syscall (SYS_pivot_root, ".", "." OUTSIDE) != 0 || chdir ("/") != 0)
    return helper_fail (error, "change to", "the root of the machine");
  return TRUE;
}

gboolean
helper_root_enter (const HelperCloud *cloud, const HelperOrder *order, HelperFiles *files, GError **error)
{
  g_autofree char *folder = g_build_filename (order->folder, "root", NULL);
  g_autoptr (GArray) binds = open_binds (order, error);

  if (binds == NULL || !open_files (order, files, error) || !build (cloud, folder, error) || !pivot (error) ||
      !helper_places_fill (order, error) || !bind_all (order, binds, files, error))
    return FALSE;
  if (umount2 (OUTSIDE, MNT_DETACH) != 0 || rmdir (OUTSIDE) != 0)
    return helper_fail (error, "leave", "the old root");
  return TRUE;
}

/* It is only hidden for the calling process; but the lower root must stay in sight. */
gboolean
helper_root_probe (const HelperCloud *cloud, GError **error)
{
  static const char *const places[] = { "/mnt", "/media", "/tmp" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (!g_str_has_prefix (cloud->root, places[i]) && g_file_test (places[i], G_FILE_TEST_IS_DIR))
      return build (cloud, places[i], error);
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "there is neither /mnt nor /media nor /tmp");
  return FALSE;
}
