/* SPDX-License-Identifier: Apache-2.0 */
/* Which image is it? The answer stands in the image itself, as the UUID of its file system: it can be read without
 * mounting anything and without being root. It is a version 8 UUID (of a private scheme) from the SHA-256 of all that
 * goes into the image. */
#include "config.h"

#include "core/nfvo/machines/base.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* To be raised when images are made in another way. */
#define SCHEME "vnfm-nfvo base 1"

#define MAX_STATUS (256 * 1024 * 1024)
#define MAX_FILE   (64 * 1024 * 1024)
#define MAX_DEPTH  32
#define MAX_FILES  10000

/* Of ext4's superblock. */
#define SUPERBLOCK   1024
#define MAGIC_OFFSET 0x38
#define UUID_OFFSET  0x68
#define NAME_OFFSET  0x78
#define NAME         "vnfm-base"

/* With its length before it, so that no two lists of parts read alike. */
static void
add_part (GChecksum *sum, const void *data, gsize length)
{
  guint64 size = GUINT64_TO_LE ((guint64)length);

  g_checksum_update (sum, (const guchar *)&size, sizeof size);
  g_checksum_update (sum, data, (gssize)length);
}

static void
add_text (GChecksum *sum, const char *text)
{
  add_part (sum, text, strlen (text));
}

static gboolean
add_file (GChecksum *sum, const char *path, gsize limit, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) problem = NULL;

  file = g_mapped_file_new (path, FALSE, &problem);
  if (file == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s", problem->message);
    return FALSE;
  }
  if (g_mapped_file_get_length (file) > limit) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s has more than %" G_GSIZE_FORMAT " bytes", path, limit);
    return FALSE;
  }
  add_part (sum, g_mapped_file_get_length (file) > 0 ? g_mapped_file_get_contents (file) : "",
            g_mapped_file_get_length (file));
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_folder (const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &problem);
  const char *name;

  if (folder == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s", problem->message);
    return NULL;
  }
  while ((name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean add_folder (GChecksum *sum, const char *path, guint depth, guint *files, GError **error);

static gboolean
add_entry (GChecksum *sum, const char *path, const char *name, guint depth, guint *files, GError **error)
{
  GStatBuf status;
  g_autofree char *target = NULL;

  if (g_lstat (path, &status) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s: %s", path, g_strerror (errno));
    return FALSE;
  }
  if (++*files > MAX_FILES) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s: more than %d files", path, MAX_FILES);
    return FALSE;
  }
  add_text (sum, name);
  add_part (sum, &status.st_mode, sizeof status.st_mode);
  if (S_ISDIR (status.st_mode))
    return add_folder (sum, path, depth + 1, files, error);
  if (S_ISREG (status.st_mode))
    return add_file (sum, path, MAX_FILE, error);
  if (S_ISLNK (status.st_mode) && (target = g_file_read_link (path, NULL)) != NULL) {
    add_text (sum, target);
    return TRUE;
  }
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s is neither a file nor a folder nor a link", path);
  return FALSE;
}

static gboolean
add_folder (GChecksum *sum, const char *path, guint depth, guint *files, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (depth > MAX_DEPTH) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s: folders within more than %d folders", path, MAX_DEPTH);
    return FALSE;
  }
  names = list_folder (path, error);
  if (names == NULL)
    return FALSE;
  add_part (sum, &names->len, sizeof names->len);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_autofree char *entry = g_build_filename (path, name, NULL);
    if (!add_entry (sum, entry, name, depth, files, error))
      return FALSE;
  }
  return TRUE;
}

static void
add_packages (GChecksum *sum, GStrv packages)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (guint i = 0; packages != NULL && packages[i] != NULL; i++)
    g_ptr_array_add (sorted, packages[i]);
  g_ptr_array_sort (sorted, compare_names);
  for (guint i = 0; i < sorted->len; i++)
    if (i == 0 || !g_str_equal (g_ptr_array_index (sorted, i), g_ptr_array_index (sorted, i - 1)))
      add_text (sum, g_ptr_array_index (sorted, i));
  add_text (sum, "");
}

static char *
uuid_from_bytes (const guint8 *bytes)
{
  GString *text = g_string_sized_new (36);

  for (guint i = 0; i < 16; i++)
    g_string_append_printf (text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  return g_string_free (text, FALSE);
}

char *
nfvo_base_dup_identity (const NfvoBaseOrder *order, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *status = g_build_filename (order->root, "var/lib/dpkg/status", NULL);
  guint8 digest[32];
  gsize length = sizeof digest;
  guint files = 0;

  add_text (sum, SCHEME);
  add_packages (sum, order->packages);
  add_text (sum, order->root);
  if (!add_file (sum, status, MAX_STATUS, error)) {
    g_prefix_error (error, "%s is no root of a Debian system: ", order->root);
    return NULL;
  }
  if (order->overlay != NULL && !add_folder (sum, order->overlay, 0, &files, error)) {
    g_prefix_error (error, "--overlay: ");
    return NULL;
  }
  g_checksum_get_digest (sum, digest, &length);
  digest[6] = (digest[6] & 0x0f) | 0x80;
  digest[8] = (digest[8] & 0x3f) | 0x80;
  return uuid_from_bytes (digest);
}

char *
nfvo_base_read_identity (const char *image)
{
  guint8 block[0x100];
  gssize got;
  int fd = open (image, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return NULL;
  got = pread (fd, block, sizeof block, SUPERBLOCK);
  close (fd);
  if (got != sizeof block || block[MAGIC_OFFSET] != 0x53 || block[MAGIC_OFFSET + 1] != 0xef ||
      strncmp ((const char *)block + NAME_OFFSET, NAME, 16) != 0)
    return NULL;
  return uuid_from_bytes (block + UUID_OFFSET);
}
