/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ATTEMPTS 20

/* Returns: the device's descriptor, or -1 with errno. */
static int
attach_to (int image, const char *device)
{
  struct loop_info64 information = { .lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR };
  int loop = open (device, O_RDONLY | O_CLOEXEC);
  int saved;

  if (loop < 0)
    return -1;
  if (ioctl (loop, LOOP_SET_FD, image) == 0) {
    if (ioctl (loop, LOOP_SET_STATUS64, &information) == 0)
      return loop;
    saved = errno;
    ioctl (loop, LOOP_CLR_FD, 0);
    errno = saved;
  }
  saved = errno;
  close (loop);
  errno = saved;
  return -1;
}

int
helper_image_attach (const char *file, char **device, GError **error)
{
  int image = open (file, O_RDONLY | O_CLOEXEC);
  int control = -1;
  int loop = -1;

  if (image < 0) {
    helper_fail (error, "open", file);
    return -1;
  }
  control = open ("/dev/loop-control", O_RDWR | O_CLOEXEC);
  /* Somebody else may take the free one first. */
  for (guint i = 0; control >= 0 && loop < 0 && i < ATTEMPTS; i++) {
    int number = ioctl (control, LOOP_CTL_GET_FREE);
    g_free (*device);
    *device = g_strdup_printf ("/dev/loop%d", number);
    if (number < 0 || ((loop = attach_to (image, *device)) < 0 && errno != EBUSY))
      break;
  }
  if (loop < 0)
    helper_fail (error, "attach to a loop device", file);
  if (control >= 0)
    close (control);
  close (image);
  return loop;
}
