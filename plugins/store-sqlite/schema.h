/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* Whose file this is and of which version: SQLite's header has a number for each, application_id and user_version. */
#define SCHEMA_APPLICATION_ID 0x766e666d /* "vnfm" */

/* Refuses another program's file and a newer version. Changes nothing. Errors: VNFM_ERROR_STORE. */
gboolean schema_check (sqlite3 *db, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Brings an empty or older file to today's version, one version after the other, all in one transaction.
 * @sequence: (out): the first unused sequence number. */
gboolean schema_bring_up (sqlite3 *db, const char *path, gint64 *sequence, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
