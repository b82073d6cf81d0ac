/* SPDX-License-Identifier: Apache-2.0 */
/* The tables, and how an older file comes to have them. A new version is a row at the end of the table of migrations.
 */
#include "config.h"

#include "plugins/store-sqlite/database.h"
#include "plugins/store-sqlite/schema.h"

#include <vnfm/vnfm-error.h>

/* Row N makes version N + 1 from version N; 0 is the empty file. */
static const char *const migrations[] = {
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
  "CREATE TABLE item ("
  "  space TEXT NOT NULL,"
  "  key BLOB NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  checksum BLOB NOT NULL,"
  "  value BLOB NOT NULL,"
  "  PRIMARY KEY (space, key)) STRICT, WITHOUT ROWID",
};
G_STATIC_ASSERT (G_N_ELEMENTS (migrations) == DATABASE_VERSION);

static gboolean
fail (sqlite3 *db, const char *what, const char *path, GError **error)
{
  int code = sqlite3_errcode (db);

  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE,
                 "cannot %s %s: the file is damaged, or not a journal (%s): "
                 "bring back a copy, or move it away to begin anew",
                 what, path, sqlite3_errmsg (db));
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot %s %s: %s", what, path, sqlite3_errmsg (db));
  return FALSE;
}

/* The number in the first row; @fallback if there is no row. */
static gboolean
query_number (sqlite3 *db, const char *path, const char *text, gint64 fallback, gint64 *number, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, text, -1, &statement, NULL) != SQLITE_OK)
    return fail (db, "read", path, error);
  int code = sqlite3_step (statement);
  *number = code == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : fallback;
  gboolean ok = code == SQLITE_ROW || code == SQLITE_DONE || fail (db, "read", path, error);
  sqlite3_finalize (statement);
  return ok;
}

gboolean
schema_check (sqlite3 *db, const char *path, GError **error)
{
  gint64 application, version, tables;

  if (!query_number (db, path, "PRAGMA application_id", 0, &application, error) ||
      !query_number (db, path, "PRAGMA user_version", 0, &version, error) ||
      !query_number (db, path, "SELECT count(*) FROM sqlite_schema", 0, &tables, error))
    return FALSE;
  if (application == 0 && version == 0 && tables == 0)
    return TRUE;
  if (application != SCHEMA_APPLICATION_ID) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "%s is another program's database: name another file", path);
    return FALSE;
  }
  if (version < 1 || version > DATABASE_VERSION) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE,
                 "%s has schema version %" G_GINT64_FORMAT ", this program knows versions 1 to %d: "
                 "run the version that wrote it or a newer one, or move the file away to begin anew",
                 path, version, DATABASE_VERSION);
    return FALSE;
  }
  return TRUE;
}

static gboolean
migrate (sqlite3 *db, gint64 version)
{
  g_autofree char *end = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                                          SCHEMA_APPLICATION_ID, DATABASE_VERSION);

  if (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
    return FALSE;
  for (; version < DATABASE_VERSION; version++)
    if (sqlite3_exec (db, migrations[version], NULL, NULL, NULL) != SQLITE_OK)
      return FALSE;
  return sqlite3_exec (db, end, NULL, NULL, NULL) == SQLITE_OK;
}

gboolean
schema_bring_up (sqlite3 *db, const char *path, gint64 *sequence, GError **error)
{
  gint64 version;

  if (!query_number (db, path, "PRAGMA user_version", 0, &version, error))
    return FALSE;
  if (version < DATABASE_VERSION && !migrate (db, version))
    return fail (db, "set up", path, error);
  return query_number (db, path, "SELECT value FROM meta WHERE name = 'sequence'", 1, sequence, error);
}
