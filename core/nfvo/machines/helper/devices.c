/* SPDX-License-Identifier: Apache-2.0 */
/* A small /dev: what programs expect, terminals of the machine's own, and a console that is one of them. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

typedef struct {
  const char *path;
  unsigned major;
  unsigned minor;
  mode_t mode;
} Device;

static const Device devices[] = {
  { "/dev/null", 1, 3, 0666 },       { "/dev/zero", 1, 5, 0666 },    { "/dev/full", 1, 7, 0666 },
  { "/dev/random", 1, 8, 0666 },     { "/dev/urandom", 1, 9, 0666 }, { "/dev/tty", 5, 0, 0666 },
  { "/dev/net/tun", 10, 200, 0666 },
};

static const char *const links[][2] = {
  { "/proc/self/fd", "/dev/fd" },       { "/proc/self/fd/0", "/dev/stdin" }, { "/proc/self/fd/1", "/dev/stdout" },
  { "/proc/self/fd/2", "/dev/stderr" }, { "pts/ptmx", "/dev/ptmx" },
};

static gboolean
make_nodes (GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++) {
    const Device *device = &devices[i];
    if (mknod (device->path, S_IFCHR | device->mode, makedev (device->major, device->minor)) != 0)
      return helper_fail (error, "make", device->path);
  }
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    if (symlink (links[i][0], links[i][1]) != 0)
      return helper_fail (error, "make", links[i][1]);
  return TRUE;
}

/* A terminal, as a console is, but one that changes nothing of what is written to it. */
static int
open_console (GError **error)
{
  struct termios settings;
  char name[64];
  int master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  int slave = -1;

  if (master < 0 || unlockpt (master) != 0 || ptsname_r (master, name, sizeof name) != 0 ||
      (slave = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 || tcgetattr (slave, &settings) != 0) {
    helper_fail (error, "open", "a terminal for the console");
    return -1;
  }
  cfmakeraw (&settings);
  /* The slave stays open for good, or the master would see an end whenever nobody else has it. */
  if (tcsetattr (slave, TCSANOW, &settings) != 0 || fchmod (slave, 0600) != 0) {
    helper_fail (error, "set up", "the console");
    return -1;
  }
  return helper_bind (slave, "/dev/console", FALSE, error) ? master : -1;
}

int
helper_devices_make (GError **error)
{
  if (!helper_mount ("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k", error))
    return -1;
  if (mkdir ("/dev/pts", 0755) != 0 || mkdir ("/dev/shm", 0755) != 0 || mkdir ("/dev/net", 0755) != 0) {
    helper_fail (error, "make", "folders in /dev");
    return -1;
  }
  if (!helper_mount ("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5",
                     error) ||
      !helper_mount ("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777", error) || !make_nodes (error))
    return -1;
  return open_console (error);
}
