/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

gboolean
helper_fail (GError **error, const char *what, const char *object)
{
  int saved = errno;

  g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "cannot %s %s: %s", what, object, g_strerror (saved));
  return FALSE;
}

gboolean
helper_mount (const char *source, const char *target, const char *type, unsigned long flags, const char *options,
              GError **error)
{
  g_autofree char *what = NULL;
  int saved;

  if (mount (source, target, type, flags, options) == 0)
    return TRUE;
  saved = errno;
  what = g_strdup_printf ("mount %s at", type != NULL ? type : source);
  errno = saved;
  return helper_fail (error, what, target);
}

gboolean
helper_write (const char *path, const char *text, mode_t mode, GError **error)
{
  gsize length = strlen (text);
  int file = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
  gssize written;

  if (file < 0)
    return helper_fail (error, "open", path);
  while (length > 0) {
    written = write (file, text, length);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      break;
    text += written;
    length -= (gsize)written;
  }
  if (length > 0)
    helper_fail (error, "write", path);
  close (file);
  return length == 0;
}

int
helper_exit_status (int wait_status)
{
  return WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 128 + WTERMSIG (wait_status);
}
