/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive hands out one entry after the other; each is looked at before a byte of it is taken: its sort, its path,
 * its size. What cannot be in an honest package ends the reading. */
#include "config.h"

#include "core/package/archive.h"

#include "core/package/package-private.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK          10240
#define MAX_PATH_BYTES 4096

typedef struct {
  const char *file;
  NfvoWantedFunc wanted;
  GHashTable *entries;
  guint seen;
  gint64 bytes; /* as the entries say, those that are passed over included */
} Reader;

static void
entry_free (gpointer data)
{
  NfvoEntry *entry = data;

  g_free (entry->path);
  g_free (entry->target);
  g_clear_pointer (&entry->content, g_bytes_unref);
  g_free (entry);
}

static gboolean G_GNUC_PRINTF (4, 5) fail (Reader *self, VnfmError code, GError **error, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, VNFM_ERROR, (int)code, "%s: %s", self->file, text);
  return FALSE;
}

/* ---- what sort of file it is */

static gsize
read_beginning (const char *file, guint8 *bytes, gsize length)
{
  int fd = open (file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gssize n = fd >= 0 ? read (fd, bytes, length) : -1;

  if (fd >= 0)
    close (fd);
  return n > 0 ? (gsize)n : 0;
}

gboolean
nfvo_archive_is_archive (const char *file)
{
  guint8 bytes[262];
  gsize length = read_beginning (file, bytes, sizeof bytes);

  return (length >= 2 && memcmp (bytes, "\x1F\x8B", 2) == 0) ||
         (length >= 262 && memcmp (bytes + 257, "ustar", 5) == 0) || g_str_has_suffix (file, ".tar") ||
         g_str_has_suffix (file, ".tar.gz") || g_str_has_suffix (file, ".tgz");
}

gboolean
nfvo_archive_has_end (const char *file)
{
  static const guint8 zeros[512];
  guint8 block[512];
  guint8 magic[2];
  gboolean has_end = TRUE;

  if (read_beginning (file, magic, 2) == 2 && memcmp (magic, "\x1F\x8B", 2) == 0)
    return TRUE;
  int fd = open (file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd >= 0 && lseek (fd, -(off_t)sizeof block, SEEK_END) >= 0)
    has_end = read (fd, block, sizeof block) == sizeof block && memcmp (block, zeros, sizeof block) == 0;
  if (fd >= 0)
    close (fd);
  return has_end;
}

static const char *
name_format (const char *file)
{
  static const struct {
    const char *magic;
    gsize length;
    const char *text;
  } formats[] = {
    { "PK\x03\x04", 4, "a zip or CSAR archive: TOSCA is not supported, pack it as tar or tar.gz" },
    { "\xFD"
      "7zXZ",
      5, "packed with xz: only tar and tar.gz are read" },
    { "BZh", 3, "packed with bzip2: only tar and tar.gz are read" },
    { "\x28\xB5\x2F\xFD", 4, "packed with zstd: only tar and tar.gz are read" },
    { "\x1F\x8B", 2, "packed with gzip, but no tar archive is inside" },
  };
  guint8 bytes[8];
  gsize length = read_beginning (file, bytes, sizeof bytes);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (length >= formats[i].length && memcmp (bytes, formats[i].magic, formats[i].length) == 0)
      return formats[i].text;
  }
  return length == 0 ? "an empty file, no tar archive" : "no tar archive, nor one packed with gzip";
}

/* ---- paths */

/* @path joined to @folder (nullable), both from the top, with "." and ".." resolved. Returns: (transfer full)
 * (nullable): NULL: it leads out; "": the top. */
static char *
resolve (const char *folder, const char *path)
{
  g_autofree char *joined = folder != NULL ? g_strconcat (folder, "/", path, NULL) : g_strdup (path);
  g_auto (GStrv) parts = g_strsplit (joined, "/", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  if (path[0] == '/')
    return NULL;
  for (guint i = 0; parts[i] != NULL; i++) {
    if (parts[i][0] == '\0' || g_str_equal (parts[i], "."))
      continue;
    if (!g_str_equal (parts[i], ".."))
      g_ptr_array_add (kept, parts[i]);
    else if (kept->len == 0)
      return NULL;
    else
      g_ptr_array_set_size (kept, (int)kept->len - 1);
  }
  g_ptr_array_add (kept, NULL);
  return g_strjoinv ("/", (char **)kept->pdata);
}

static const char *
get_path (struct archive_entry *from)
{
  const char *path = archive_entry_pathname_utf8 (from);

  return path != NULL ? path : archive_entry_pathname (from);
}

static guint
count_parts (const char *path)
{
  guint n = 1;

  for (const char *p = path; *p != '\0'; p++)
    n += *p == '/';
  return n;
}

/* Returns: (transfer full) (nullable): "" for the top folder itself. */
static char *
take_path (Reader *self, const char *raw, GError **error)
{
  g_autofree char *shown = raw != NULL ? g_strescape (raw, NULL) : NULL;
  g_auto (GStrv) parts = raw != NULL ? g_strsplit (raw, "/", -1) : NULL;

  if (raw == NULL || raw[0] == '\0')
    fail (self, VNFM_ERROR_INVALID, error, "an entry has no name");
  else if (raw[0] == '/')
    fail (self, VNFM_ERROR_INVALID, error, "\"%s\": an absolute path", shown);
  else if (g_strv_contains ((const char *const *)parts, ".."))
    fail (self, VNFM_ERROR_INVALID, error, "\"%s\": the path leads out of the package", shown);
  else if (!nfvo_package_is_good_name (raw))
    fail (self, VNFM_ERROR_INVALID, error, "\"%s\": a file's name must be UTF-8 without control characters", shown);
  else if (strlen (raw) > MAX_PATH_BYTES || count_parts (raw) > NFVO_MAX_DEPTH + 3)
    fail (self, VNFM_ERROR_LIMIT, error, "\"%.100s\": the path is too long, or nested too deep", shown);
  else
    return resolve (NULL, raw);
  return NULL;
}

/* ---- entries */

static gboolean
read_content (Reader *self, struct archive *archive, NfvoEntry *entry, gsize limit, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  guint8 buffer[16384];
  la_ssize_t n;

  while ((n = archive_read_data (archive, buffer, sizeof buffer)) > 0) {
    g_byte_array_append (content, buffer, (guint)n);
    if (content->len > limit)
      return fail (self, VNFM_ERROR_LIMIT, error, "%s: larger than %zu bytes", entry->path, limit);
  }
  if (n < 0)
    return fail (self, VNFM_ERROR_INVALID, error, "%s: the archive is damaged or cut off: %s", entry->path,
                 archive_error_string (archive));
  entry->content = g_byte_array_free_to_bytes (g_steal_pointer (&content));
  return TRUE;
}

static gboolean
take_file (Reader *self, struct archive *archive, struct archive_entry *from, NfvoEntry *entry, GError **error)
{
  gsize limit = self->wanted (entry->path);
  gint64 size = archive_entry_size (from);

  if (size < 0)
    return fail (self, VNFM_ERROR_INVALID, error, "%s: its size is negative", entry->path);
  self->bytes += size;
  if (limit > 0 && size > (gint64)limit)
    return fail (self, VNFM_ERROR_LIMIT, error, "%s: larger than %zu bytes", entry->path, limit);
  if (size > NFVO_MAX_ARCHIVE || self->bytes > NFVO_MAX_ARCHIVE)
    return fail (self, VNFM_ERROR_LIMIT, error, "its files have more than %" G_GINT64_FORMAT " bytes",
                 NFVO_MAX_ARCHIVE);
  entry->kind = NFVO_ENTRY_FILE;
  entry->executable = (archive_entry_perm (from) & S_IXUSR) != 0;
  return limit == 0 || read_content (self, archive, entry, limit, error);
}

static gboolean
take_link (Reader *self, NfvoEntry *entry, const char *target, gboolean symbolic, GError **error)
{
  g_autofree char *folder = symbolic && strchr (entry->path, '/') != NULL ? g_path_get_dirname (entry->path) : NULL;

  entry->kind = NFVO_ENTRY_LINK;
  entry->target =
      nfvo_package_is_good_name (target) && strlen (target) <= MAX_PATH_BYTES ? resolve (folder, target) : NULL;
  return entry->target != NULL ||
         fail (self, VNFM_ERROR_INVALID, error, "%s: the link leads out of the package", entry->path);
}

static gboolean
take_kind (Reader *self, struct archive *archive, struct archive_entry *from, NfvoEntry *entry, GError **error)
{
  const char *hard = archive_entry_hardlink (from);
  const char *symbolic = archive_entry_symlink (from);

  if (hard != NULL)
    return take_link (self, entry, hard, FALSE, error);
  switch (archive_entry_filetype (from)) {
  case AE_IFREG:
    return take_file (self, archive, from, entry, error);
  case AE_IFDIR:
    entry->kind = NFVO_ENTRY_FOLDER;
    return TRUE;
  case AE_IFLNK:
    return take_link (self, entry, symbolic != NULL ? symbolic : "/", TRUE, error);
  default:
    return fail (self, VNFM_ERROR_INVALID, error, "%s: a device, FIFO or socket", entry->path);
  }
}

static gboolean
take_entry (Reader *self, struct archive *archive, struct archive_entry *from, GError **error)
{
  g_autofree char *path = take_path (self, get_path (from), error);

  if (path == NULL)
    return FALSE;
  if (++self->seen > NFVO_MAX_ENTRIES)
    return fail (self, VNFM_ERROR_LIMIT, error, "more than %d entries", NFVO_MAX_ENTRIES);
  if (path[0] == '\0')
    return archive_entry_filetype (from) == AE_IFDIR || fail (self, VNFM_ERROR_INVALID, error, "an entry has no name");
  NfvoEntry *entry = g_new0 (NfvoEntry, 1);
  entry->path = g_steal_pointer (&path);
  g_hash_table_replace (self->entries, entry->path, entry);
  return take_kind (self, archive, from, entry, error);
}

/* Nothing lies below a file or a link. */
static gboolean
check_parents (Reader *self, GError **error)
{
  GHashTableIter iter;
  const char *path;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, (gpointer *)&path, NULL)) {
    for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/')) {
      g_autofree char *parent = g_strndup (path, (gsize)(slash - path));
      const NfvoEntry *entry = g_hash_table_lookup (self->entries, parent);
      if (entry != NULL && entry->kind != NFVO_ENTRY_FOLDER)
        return fail (self, VNFM_ERROR_INVALID, error, "%s: it lies below %s, which is no folder", path, parent);
    }
  }
  return TRUE;
}

static gboolean
read_entries (Reader *self, struct archive *archive, GError **error)
{
  struct archive_entry *entry;
  int status;

  while ((status = archive_read_next_header (archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
    if (!take_entry (self, archive, entry, error))
      return FALSE;
  }
  if (status == ARCHIVE_EOF && self->seen > 0)
    return check_parents (self, error);
  if (status == ARCHIVE_EOF)
    return fail (self, VNFM_ERROR_INVALID, error, "an archive without files");
  const char *cause = archive_error_string (archive);
  if (self->seen == 0 && (cause == NULL || g_str_has_prefix (cause, "Unrecognized")))
    return fail (self, VNFM_ERROR_NOT_SUPPORTED, error, "%s", name_format (self->file));
  return fail (self, VNFM_ERROR_INVALID, error, "the archive is damaged or cut off: %s", cause);
}

static gboolean
read_fd (Reader *self, int fd, GError **error)
{
  struct archive *archive = archive_read_new ();

  if (archive == NULL)
    return fail (self, VNFM_ERROR_LIMIT, error, "no memory");
  archive_read_support_filter_gzip (archive);
  archive_read_support_format_tar (archive);
  gboolean good = archive_read_open_fd (archive, fd, BLOCK) == ARCHIVE_OK
                      ? read_entries (self, archive, error)
                      : fail (self, VNFM_ERROR_NOT_SUPPORTED, error, "%s", name_format (self->file));
  archive_read_free (archive);
  return good;
}

GHashTable *
nfvo_archive_read (const char *file, NfvoWantedFunc wanted, GError **error)
{
  g_autoptr (GHashTable) entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  Reader reader = { .file = file, .wanted = wanted, .entries = entries };
  int fd = open (file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat info;
  gboolean good = FALSE;

  if (fd < 0 || fstat (fd, &info) != 0)
    fail (&reader, VNFM_ERROR_STORE, error, "%s", g_strerror (errno));
  else if (!S_ISREG (info.st_mode))
    fail (&reader, VNFM_ERROR_STORE, error, "not a regular file");
  else
    good = read_fd (&reader, fd, error);
  if (fd >= 0)
    close (fd);
  return good ? g_steal_pointer (&entries) : NULL;
}
