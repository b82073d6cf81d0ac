/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a root a machine of its own: its name, its /proc and /sys, folders, and nothing of what was this host's
 * identity. Paths are those of the machine: "/" is its root already. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  const char *path;
  mode_t mode;
} Folder;

static const Folder folders[] = {
  { "/proc", 0555 },        { "/sys", 0555 }, { "/dev", 0755 }, { "/run/lock", 01777 }, { "/run/screen", 01777 },
  { "/home/ubuntu", 0755 }, { "/etc", 0755 }, { "/var", 0755 }, { "/var/log", 0755 },
};

static gboolean
make_folders (GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (mkdir (folders[i].path, folders[i].mode) != 0 && errno != EEXIST)
      return helper_fail (error, "make the folder", folders[i].path);
  return TRUE;
}

/* ---- identity */

static char *
hosts_text (const HelperOrder *order)
{
  GString *text = g_string_new ("127.0.0.1 localhost\n"
                                "::1 localhost ip6-localhost ip6-loopback\n"
                                "ff02::1 ip6-allnodes\n"
                                "ff02::2 ip6-allrouters\n");

  if (order->nics->len == 0) {
    g_string_append_printf (text, "127.0.1.1 %s\n", order->hostname);
  } else {
    const HelperNic *nic = g_ptr_array_index (order->nics, 0);
    g_string_append_printf (text, "%.*s %s\n", (int)strcspn (nic->address4, "/"), nic->address4, order->hostname);
    g_string_append_printf (text, "%.*s %s\n", (int)strcspn (nic->address6, "/"), nic->address6, order->hostname);
  }
  return g_string_free (text, FALSE);
}

/* Anew, because it may be a symbolic link to somewhere. */
static gboolean
replace (const char *path, const char *text, mode_t mode, GError **error)
{
  if (unlink (path) != 0 && errno != ENOENT)
    return helper_fail (error, "replace", path);
  return helper_write (path, text, mode, error);
}

/* A cloud's image has no host keys either. */
static gboolean
remove_host_keys (GError **error)
{
  glob_t found = { 0 };
  gboolean good = TRUE;

  if (glob ("/etc/ssh/ssh_host_*_key*", 0, NULL, &found) == 0)
    for (gsize i = 0; good && i < found.gl_pathc; i++)
      good = unlink (found.gl_pathv[i]) == 0 || helper_fail (error, "remove", found.gl_pathv[i]);
  globfree (&found);
  return good;
}

static gboolean
write_identity (const HelperOrder *order, GError **error)
{
  g_autofree char *hosts = hosts_text (order);
  g_autofree char *hostname = g_strconcat (order->hostname, "\n", NULL);
  g_auto (GStrv) parts = g_strsplit (order->id, "-", -1);
  g_autofree char *joined = g_strjoinv ("", parts);
  g_autofree char *machine_id = g_strconcat (joined, "\n", NULL);

  return replace ("/etc/hosts", hosts, 0644, error) && replace ("/etc/hostname", hostname, 0644, error) &&
         replace ("/etc/machine-id", machine_id, 0444, error) && replace ("/etc/resolv.conf", "", 0644, error) &&
         remove_host_keys (error);
}

/* ---- what the kernel shows */

static gboolean
bind_read_only (const char *path, GError **error)
{
  return helper_mount (path, path, NULL, MS_BIND, NULL, error) &&
         helper_mount (NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL, error);
}

/* Each boot has its id: an agent tells by it whether what it began can still run. */
static gboolean
give_boot_id (GError **error)
{
  static const char file[] = "/run/.boot-id";
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *text = g_strconcat (uuid, "\n", NULL);

  if (!helper_write (file, text, 0444, error) ||
      !helper_mount (file, "/proc/sys/kernel/random/boot_id", NULL, MS_BIND, NULL, error))
    return FALSE;
  return unlink (file) == 0 || helper_fail (error, "remove", file);
}

/* Settings of the network are the machine's own, all others this host's. */
static gboolean
mount_kernel (GError **error)
{
  return helper_mount ("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, error) &&
         helper_mount ("sysfs", "/sys", "sysfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, error) &&
         bind_read_only ("/proc/sys", error) &&
         helper_mount ("/proc/sys/net", "/proc/sys/net", NULL, MS_BIND, NULL, error) &&
         helper_mount (NULL, "/proc/sys/net", NULL, MS_BIND | MS_REMOUNT, NULL, error) && give_boot_id (error) &&
         (access ("/proc/sysrq-trigger", F_OK) != 0 || bind_read_only ("/proc/sysrq-trigger", error));
}

gboolean
helper_places_fill (const HelperOrder *order, GError **error)
{
  return make_folders (error) && mount_kernel (error) && write_identity (order, error);
}
