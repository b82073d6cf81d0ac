/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/script-merge.h"

#include <vnfm/vnfm-error.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A fetched folder becomes part of the script root, file by file, so that what was stored there before stays, and that
 * fetching it again changes nothing. Both sides are walked by open folders with O_NOFOLLOW: nothing that a repository
 * contains leads the agent out of either. */

#define MAX_FILES 20000
#define MAX_DEPTH 32

typedef struct {
  GString *notes;
  guint n_files;
  GError **error;
} Merge;

static gboolean
fail (Merge *self, const char *name)
{
  int code = errno;
  gboolean in_the_way = code == ELOOP || code == ENOTDIR || code == EISDIR;

  g_set_error (self->error, VNFM_ERROR, in_the_way ? VNFM_ERROR_DENIED : VNFM_ERROR_STORE, "cannot store \"%s\": %s",
               name, in_the_way ? "something of another kind has this name" : g_strerror (code));
  return FALSE;
}

/* A link at @depth folders below the top: by its text alone, does it go above the top? What a chain of links does is
 * looked at when a script is run. */
static gboolean
leads_out (const char *target, guint depth)
{
  g_auto (GStrv) parts = g_strsplit (target, "/", -1);
  int level = (int)depth;

  if (*target == '/')
    return TRUE;
  for (char **part = parts; *part != NULL; part++) {
    if (g_str_equal (*part, ".."))
      level--;
    else if (**part != '\0' && !g_str_equal (*part, "."))
      level++;
    if (level < 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
merge_link (Merge *self, int from, int to, const char *name, guint depth)
{
  char target[PATH_MAX];
  gssize length = readlinkat (from, name, target, sizeof target - 1);

  if (length < 0)
    return fail (self, name);
  target[length] = '\0';
  if (leads_out (target, depth)) {
    g_string_append_printf (self->notes, "vnfm-ems: \"%s\" left out: a symbolic link that leads out\n", name);
    return TRUE;
  }
  return renameat (from, name, to, name) == 0 || fail (self, name);
}

static gboolean
merge_file (Merge *self, int from, int to, const char *name, mode_t mode, guint depth)
{
  mode_t wanted = (mode & 0777) | 0600 | (depth == 0 ? 0111 : 0);

  if (wanted != (mode & 07777) && fchmodat (from, name, wanted, 0) != 0)
    return fail (self, name);
  return renameat (from, name, to, name) == 0 || fail (self, name);
}

static gboolean merge_content (Merge *self, int from, int to, guint depth);

static gboolean
merge_folder (Merge *self, int from, int to, const char *name, guint depth)
{
  if (mkdirat (to, name, 0755) != 0 && errno != EEXIST)
    return fail (self, name);
  int source = openat (from, name, O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  int target = openat (to, name, O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  gboolean good = source >= 0 && target >= 0 ? merge_content (self, source, target, depth + 1) : fail (self, name);

  if (source >= 0)
    close (source);
  if (target >= 0)
    close (target);
  return good;
}

static gboolean
merge_entry (Merge *self, int from, int to, const char *name, guint depth)
{
  struct stat status;

  if (++self->n_files > MAX_FILES || depth > MAX_DEPTH) {
    g_set_error (self->error, VNFM_ERROR, VNFM_ERROR_LIMIT, "more than %u files, or more than %u folders deep",
                 MAX_FILES, MAX_DEPTH);
    return FALSE;
  }
  if (fstatat (from, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return fail (self, name);
  if (S_ISDIR (status.st_mode))
    return merge_folder (self, from, to, name, depth);
  if (S_ISREG (status.st_mode))
    return merge_file (self, from, to, name, status.st_mode, depth);
  if (S_ISLNK (status.st_mode))
    return merge_link (self, from, to, name, depth);
  g_string_append_printf (self->notes, "vnfm-ems: \"%s\" left out: no file\n", name);
  return TRUE;
}

static gboolean
merge_content (Merge *self, int from, int to, guint depth)
{
  int own = fcntl (from, F_DUPFD_CLOEXEC, 3);
  DIR *folder = own >= 0 ? fdopendir (own) : NULL;
  gboolean good = TRUE;
  const struct dirent *entry;

  if (folder == NULL) {
    good = fail (self, ".");
    if (own >= 0)
      close (own);
    return good;
  }
  while (good && (entry = readdir (folder)) != NULL) {
    const char *name = entry->d_name;
    gboolean skipped =
        g_str_equal (name, ".") || g_str_equal (name, "..") || (depth == 0 && g_str_equal (name, ".git"));
    if (!skipped)
      good = merge_entry (self, from, to, name, depth);
  }
  closedir (folder);
  return good;
}

gboolean
ems_script_root_merge (EmsScriptRoot *root, const char *script_path, const char *from, GString *notes, GError **error)
{
  Merge self = { .notes = notes, .error = error };
  int target = ems_script_root_open (root, script_path, error);

  if (target < 0)
    return FALSE;
  int source = open (from, O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  gboolean good = source >= 0 ? merge_content (&self, source, target, 0) : fail (&self, from);
  if (source >= 0)
    close (source);
  close (target);
  return good;
}
