/* SPDX-License-Identifier: Apache-2.0 */
/* A state folder has one owner: flock(2) on a file in it. The file stays when the owner goes: removing it would let two
 * processes lock two files of the same name. */
#include "config.h"

#include "plugins/store-sqlite/state-lock.h"

#include <vnfm/vnfm-error.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
check_folder (const char *folder, GError **error)
{
  struct stat st;

  if (g_mkdir_with_parents (folder, 0700) != 0 || stat (folder, &st) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make the state folder %s: %s", folder,
                 g_strerror (errno));
    return FALSE;
  }
  if (!S_ISDIR (st.st_mode)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "the state folder %s is not a folder", folder);
    return FALSE;
  }
  if (st.st_uid != geteuid ()) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE,
                 "the state folder %s belongs to user %u, not to the user %u that runs this program", folder,
                 (guint)st.st_uid, (guint)geteuid ());
    return FALSE;
  }
  if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "others may write to the state folder %s: chmod go-w it", folder);
    return FALSE;
  }
  return TRUE;
}

/* (transfer full): " by process 123", or nothing if the owner did not tell. */
static char *
read_owner (int fd)
{
  char text[32] = "";
  ssize_t length = pread (fd, text, sizeof text - 1, 0);

  if (length <= 0 || !g_ascii_isdigit (text[0]))
    return g_strdup ("");
  text[strspn (text, "0123456789")] = '\0';
  return g_strconcat (" by process ", text, NULL);
}

static void
write_owner (int fd)
{
  g_autofree char *text = g_strdup_printf ("%d\n", (int)getpid ());

  /* Only a help for whoever finds it locked. */
  if (ftruncate (fd, 0) != 0 || pwrite (fd, text, strlen (text), 0) < 0)
    g_debug ("lock: cannot write the process id: %s", g_strerror (errno));
}

int
state_lock_take (const char *folder, GError **error)
{
  if (!check_folder (folder, error))
    return -1;

  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot open %s: %s", path, g_strerror (errno));
    return -1;
  }
  if (flock (fd, LOCK_EX | LOCK_NB) == 0) {
    write_owner (fd);
    return fd;
  }
  if (errno == EWOULDBLOCK) {
    g_autofree char *owner = read_owner (fd);
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "the state folder %s is in use%s", folder, owner);
  } else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot lock %s: %s", path, g_strerror (errno));
  close (fd);
  return -1;
}
