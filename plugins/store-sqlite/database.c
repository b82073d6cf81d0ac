/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite has no checksums of its own, so each row brings one: SHA-256, cut to 16 bytes, over space, key, sequence
 * number and value. (A CRC would catch nearly as much; SHA-256 leaves no "nearly", is in GLib, and its 5 us a KB vanish
 * beside one fdatasync.) Keys are blobs: compared byte by byte, so that a prefix is a range.
 *
 * After a failed fsync nobody knows what the kernel still holds: no further commit is taken until the file is opened
 * anew. The write-ahead log is checkpointed here and not by SQLite, which would hide such a failure. */
#include "config.h"

#include "plugins/store-sqlite/database.h"
#include "plugins/store-sqlite/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECKSUM_LENGTH 16

/* Sequence numbers are taken from the meta table in such portions. */
#define SEQUENCE_PORTION 1000000

/* Pages of 4 KB in the write-ahead log. */
#define TIDY_PAGES 1000

/* Another process that looks into the file. */
#define BUSY_MILLISECONDS 5000

typedef enum {
  STATEMENT_BEGIN,
  STATEMENT_COMMIT,
  STATEMENT_PUT,
  STATEMENT_DELETE,
  STATEMENT_DELETE_RANGE,
  STATEMENT_DELETE_FROM,
  STATEMENT_LOAD_RANGE,
  STATEMENT_LOAD_FROM,
  STATEMENT_ALL,
  N_STATEMENTS,
} Statement;

#define COLUMNS "space, key, seq, checksum, value"

static const char *const statements[] = {
  [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
  [STATEMENT_COMMIT] = "COMMIT",
  [STATEMENT_PUT] = "INSERT OR REPLACE INTO item (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5)",
  [STATEMENT_DELETE] = "DELETE FROM item WHERE space = ?1 AND key = ?2",
  [STATEMENT_DELETE_RANGE] = "DELETE FROM item WHERE space = ?1 AND key >= ?2 AND key < ?3",
  [STATEMENT_DELETE_FROM] = "DELETE FROM item WHERE space = ?1 AND key >= ?2",
  [STATEMENT_LOAD_RANGE] = "SELECT " COLUMNS " FROM item WHERE space = ?1 AND key >= ?2 AND key < ?3 ORDER BY key",
  [STATEMENT_LOAD_FROM] = "SELECT " COLUMNS " FROM item WHERE space = ?1 AND key >= ?2 ORDER BY key",
  [STATEMENT_ALL] = "SELECT " COLUMNS " FROM item",
};

struct _Database {
  char *path;
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS]; /* made on first use */
  GChecksum *checksum;
  gint64 sequence;     /* the next number */
  gint64 sequence_end; /* of the portion */
  int log_pages;       /* in the write-ahead log */
  gboolean broken;     /* an fsync failed */
};

/* Says what went wrong at SQLite's last call, and keeps in mind that an fsync failed. */
static gboolean
fail (Database *self, const char *what, GError **error)
{
  int code = sqlite3_extended_errcode (self->db);
  int number = sqlite3_system_errno (self->db);

  switch (code & 0xff) {
  case SQLITE_FULL:
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot %s %s: the disk is full", what, self->path);
    break;
  case SQLITE_IOERR:
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
      self->broken = TRUE;
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot %s %s: %s (%s)", what, self->path,
                 sqlite3_errmsg (self->db), number != 0 ? g_strerror (number) : "no further reason known");
    break;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE,
                 "cannot %s %s: the file is damaged (%s): bring back a copy, or move it away to begin anew", what,
                 self->path, sqlite3_errmsg (self->db));
    break;
  default:
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot %s %s: %s", what, self->path, sqlite3_errmsg (self->db));
  }
  return FALSE;
}

/* (nullable): ready for new values. */
static sqlite3_stmt *
get_statement (Database *self, Statement statement, GError **error)
{
  sqlite3_stmt **place = &self->statements[statement];

  if (*place == NULL &&
      sqlite3_prepare_v3 (self->db, statements[statement], -1, SQLITE_PREPARE_PERSISTENT, place, NULL) != SQLITE_OK) {
    fail (self, "use", error);
    return NULL;
  }
  return *place;
}

/* Runs a statement that yields no rows. */
static gboolean
run (Database *self, sqlite3_stmt *statement, const char *what, GError **error)
{
  gboolean ok = sqlite3_step (statement) == SQLITE_DONE || fail (self, what, error);

  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return ok;
}

static void
take_back (Database *self)
{
  if (!sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  /* The portion may have been noted in the same transaction. */
  self->sequence_end = self->sequence;
}

/* The values of a row */

static void
digest_row (Database *self, const char *space, gsize space_length, const void *key, gsize key_length, gint64 sequence,
            const void *value, gsize value_length, guint8 digest[32])
{
  guint64 number = GUINT64_TO_BE ((guint64)sequence);
  gsize digest_length = 32;

  /* Neither space nor key has a NUL. */
  g_checksum_reset (self->checksum);
  g_checksum_update (self->checksum, (const guchar *)space, (gssize)space_length);
  g_checksum_update (self->checksum, (const guchar *)"", 1);
  g_checksum_update (self->checksum, key, (gssize)key_length);
  g_checksum_update (self->checksum, (const guchar *)"", 1);
  g_checksum_update (self->checksum, (const guchar *)&number, sizeof number);
  g_checksum_update (self->checksum, value, (gssize)value_length);
  g_checksum_get_digest (self->checksum, digest, &digest_length);
}

/* The row where @statement stands. */
static gboolean
check_row (Database *self, sqlite3_stmt *statement, GError **error)
{
  guint8 digest[32];
  const char *space = sqlite3_column_blob (statement, 0);
  const void *key = sqlite3_column_blob (statement, 1);
  const void *checksum = sqlite3_column_blob (statement, 3);
  const void *value = sqlite3_column_blob (statement, 4);
  gsize key_length = (gsize)sqlite3_column_bytes (statement, 1);
  gsize space_length = (gsize)sqlite3_column_bytes (statement, 0);

  /* SQLite has NULL for an empty blob. */
  digest_row (self, space != NULL ? space : "", space_length, key != NULL ? key : "", key_length,
              sqlite3_column_int64 (statement, 2), value != NULL ? value : "",
              (gsize)sqlite3_column_bytes (statement, 4), digest);
  if (sqlite3_column_bytes (statement, 3) == CHECKSUM_LENGTH && memcmp (checksum, digest, CHECKSUM_LENGTH) == 0)
    return TRUE;

  g_autofree char *space_text = g_utf8_make_valid (space != NULL ? space : "", (gssize)space_length);
  g_autofree char *key_text = g_utf8_make_valid (key != NULL ? key : "", (gssize)key_length);
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE,
               "%s: table item, space %s, key %s: the row is damaged (its checksum does not match): "
               "bring back a copy of the file, or move it away to begin anew",
               self->path, space_text, key_text);
  return FALSE;
}

/* The first key behind all that begin with @prefix: the prefix with its last byte raised. Returns: its length; 0 if
 * there is none. */
static gsize
end_of_prefix (const char *prefix, guint8 *end)
{
  gsize length = strlen (prefix);

  memcpy (end, prefix, length);
  while (length > 0 && end[length - 1] == 0xff)
    length--;
  if (length > 0)
    end[length - 1]++;
  return length;
}

/* (nullable): the statement for a range, or where the range has no end the other one, with the range's values. */
static sqlite3_stmt *
get_range (Database *self, Statement range, Statement from, const char *space, const char *prefix, GError **error)
{
  g_autofree guint8 *end = g_malloc (strlen (prefix) + 1);
  gsize end_length = end_of_prefix (prefix, end);
  sqlite3_stmt *statement = get_statement (self, end_length > 0 ? range : from, error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, space, -1, SQLITE_TRANSIENT);
  sqlite3_bind_blob (statement, 2, prefix, (int)strlen (prefix), SQLITE_TRANSIENT);
  if (end_length > 0)
    sqlite3_bind_blob (statement, 3, end, (int)end_length, SQLITE_TRANSIENT);
  return statement;
}

/* Changes */

static gboolean
take_sequence_portion (Database *self, GError **error)
{
  static const char text[] = "INSERT OR REPLACE INTO meta (name, value) VALUES ('sequence', ?1)";
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, text, -1, &statement, NULL) != SQLITE_OK)
    return fail (self, "write", error);
  sqlite3_bind_int64 (statement, 1, self->sequence + SEQUENCE_PORTION);
  gboolean ok = run (self, statement, "write", error);
  sqlite3_finalize (statement);
  if (ok)
    self->sequence_end = self->sequence + SEQUENCE_PORTION;
  return ok;
}

static gboolean
put (Database *self, const VnfmStoreOp *op, GError **error)
{
  guint8 digest[32];
  gsize length;
  const void *value = g_bytes_get_data (op->value, &length);
  sqlite3_stmt *statement = get_statement (self, STATEMENT_PUT, error);

  if (statement == NULL || (self->sequence == self->sequence_end && !take_sequence_portion (self, error)))
    return FALSE;
  if (value == NULL)
    value = "";
  digest_row (self, op->space, strlen (op->space), op->key, strlen (op->key), self->sequence, value, length, digest);
  sqlite3_bind_text (statement, 1, op->space, -1, SQLITE_STATIC);
  sqlite3_bind_blob (statement, 2, op->key, (int)strlen (op->key), SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 3, self->sequence++);
  sqlite3_bind_blob (statement, 4, digest, CHECKSUM_LENGTH, SQLITE_STATIC);
  if (sqlite3_bind_blob64 (statement, 5, value, length, SQLITE_STATIC) != SQLITE_OK)
    return fail (self, "write", error);
  return run (self, statement, "write", error);
}

static gboolean
apply (Database *self, const VnfmStoreOp *op, GError **error)
{
  sqlite3_stmt *statement;

  if (op->value != NULL)
    return put (self, op, error);
  if (op->prefix) {
    statement = get_range (self, STATEMENT_DELETE_RANGE, STATEMENT_DELETE_FROM, op->space, op->key, error);
    return statement != NULL && run (self, statement, "write", error);
  }
  statement = get_statement (self, STATEMENT_DELETE, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, op->space, -1, SQLITE_STATIC);
  sqlite3_bind_blob (statement, 2, op->key, (int)strlen (op->key), SQLITE_STATIC);
  return run (self, statement, "write", error);
}

gboolean
database_begin (Database *self, GError **error)
{
  if (self->broken) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE,
                 "cannot write %s: the disk failed to keep what was written before: "
                 "see to the disk and restart this program",
                 self->path);
    return FALSE;
  }
  sqlite3_stmt *statement = get_statement (self, STATEMENT_BEGIN, error);
  return statement != NULL && run (self, statement, "write", error);
}

gboolean
database_apply (Database *self, VnfmStoreBatch *batch, GError **error)
{
  guint length = 0;
  const VnfmStoreOp *ops = vnfm_store_batch_get_ops (batch, &length);

  for (guint i = 0; i < length; i++)
    if (!apply (self, &ops[i], error)) {
      take_back (self);
      return FALSE;
    }
  return TRUE;
}

gboolean
database_commit (Database *self, GError **error)
{
  sqlite3_stmt *statement = get_statement (self, STATEMENT_COMMIT, error);

  if (statement != NULL && run (self, statement, "write", error))
    return TRUE;
  take_back (self);
  return FALSE;
}

static int
log_has_grown (void *user_data, sqlite3 *db, const char *name, int pages)
{
  ((Database *)user_data)->log_pages = pages;
  return SQLITE_OK;
}

void
database_tidy (Database *self)
{
  g_autoptr (GError) error = NULL;

  if (self->log_pages < TIDY_PAGES || self->broken)
    return;
  self->log_pages = 0;
  int code = sqlite3_wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  /* Someone who reads the file holds it back: the next time. */
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
    return;
  fail (self, "move the log into", &error);
  g_warning ("store: %s", error->message);
}

/* Reading */

GPtrArray *
database_load (Database *self, const char *space, const char *prefix, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_store_item_free);
  sqlite3_stmt *statement = get_range (self, STATEMENT_LOAD_RANGE, STATEMENT_LOAD_FROM, space, prefix, error);
  gboolean ok = TRUE;
  int code;

  if (statement == NULL)
    return NULL;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW) {
    ok = check_row (self, statement, error);
    if (!ok)
      break;
    const char *key = sqlite3_column_blob (statement, 1);
    VnfmStoreItem *item = g_new (VnfmStoreItem, 1);
    item->key = g_strndup (key != NULL ? key : "", (gsize)sqlite3_column_bytes (statement, 1));
    item->value = g_bytes_new (sqlite3_column_blob (statement, 4), (gsize)sqlite3_column_bytes (statement, 4));
    g_ptr_array_add (items, item);
  }
  if (ok && code != SQLITE_DONE) {
    ok = fail (self, "read", error);
    g_prefix_error (error, "space %s, keys %s...: ", space, prefix);
  }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return ok ? g_steal_pointer (&items) : NULL;
}

/* Space and key of a row, a NUL behind each: the order of such texts is that of the rows. */
static GBytes *
get_place (sqlite3_stmt *statement)
{
  g_autoptr (GByteArray) place = g_byte_array_new ();

  g_byte_array_append (place, sqlite3_column_blob (statement, 0), (guint)sqlite3_column_bytes (statement, 0));
  g_byte_array_append (place, (const guint8 *)"", 1);
  g_byte_array_append (place, sqlite3_column_blob (statement, 1), (guint)sqlite3_column_bytes (statement, 1));
  g_byte_array_append (place, (const guint8 *)"", 1);
  return g_byte_array_free_to_bytes (g_steal_pointer (&place));
}

gboolean
database_verify (Database *self, GError **error)
{
  g_autoptr (GBytes) last = NULL;
  sqlite3_stmt *statement = get_statement (self, STATEMENT_ALL, error);
  gboolean ok = statement != NULL;
  int code = SQLITE_DONE;

  while (ok && (code = sqlite3_step (statement)) == SQLITE_ROW) {
    g_autoptr (GBytes) place = get_place (statement);
    ok = check_row (self, statement, error);
    if (ok && last != NULL && g_bytes_compare (last, place) >= 0) {
      const char *space = g_bytes_get_data (place, NULL);
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE,
                   "%s: table item, space %s, key %s: the row is out of order: the file is damaged", self->path, space,
                   space + strlen (space) + 1);
      ok = FALSE;
    }
    g_clear_pointer (&last, g_bytes_unref);
    last = g_steal_pointer (&place);
  }
  if (ok && code != SQLITE_DONE)
    ok = fail (self, "read", error);
  if (statement != NULL)
    sqlite3_reset (statement);
  return ok;
}

/* Opening */

/* SQLite gives its side files the mode of this one. */
static gboolean
make_file (const char *path, GError **error)
{
  struct stat st;
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0 || fstat (fd, &st) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot open %s: %s", path, g_strerror (errno));
    if (fd >= 0)
      close (fd);
    return FALSE;
  }
  gboolean ok = S_ISREG (st.st_mode) && st.st_uid == geteuid ();
  if (!ok)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s is not a file of the user %u that runs this program", path,
                 (guint)geteuid ());
  else if ((st.st_mode & 077) != 0 && fchmod (fd, 0600) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot keep others from reading %s: %s", path,
                 g_strerror (errno));
    ok = FALSE;
  }
  close (fd);
  return ok;
}

static gboolean
sync_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;

  if (!ok)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot sync %s: %s", folder, g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
configure (Database *self, gboolean synchronous, GError **error)
{
  g_autofree char *text =
      g_strdup_printf ("PRAGMA journal_mode = WAL; PRAGMA synchronous = %s; PRAGMA wal_autocheckpoint = 0;"
                       "PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY;"
                       "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF",
                       synchronous ? "FULL" : "OFF");

  if (sqlite3_exec (self->db, text, NULL, NULL, NULL) != SQLITE_OK)
    return fail (self, "open", error);
  sqlite3_wal_hook (self->db, log_has_grown, self);
  return TRUE;
}

Database *
database_open (const char *path, gboolean synchronous, GError **error)
{
  g_autoptr (Database) self = NULL;

  if (!make_file (path, error))
    return NULL;
  self = g_new0 (Database, 1);
  self->path = g_strdup (path);
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  if (sqlite3_open_v2 (path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    fail (self, "open", error);
    return NULL;
  }
  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_MILLISECONDS);
  if (!schema_check (self->db, path, error) || !configure (self, synchronous, error) ||
      !schema_bring_up (self->db, path, &self->sequence, error) || !sync_folder (path, error))
    return NULL;
  self->sequence_end = self->sequence;
  return g_steal_pointer (&self);
}

void
database_close (Database *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->db);
  g_checksum_free (self->checksum);
  g_free (self->path);
  g_free (self);
}

const char *
database_get_path (Database *self)
{
  return self->path;
}
