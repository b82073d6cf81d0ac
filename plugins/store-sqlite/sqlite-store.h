/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-store.h>

G_BEGIN_DECLS

/**
 * SqliteStore:
 *
 * The store on one SQLite file. Its start takes the lock of the state folder (and of the file's own folder, where that
 * is another), so that there is one owner.
 */
#define SQLITE_TYPE_STORE (sqlite_store_get_type ())
G_DECLARE_FINAL_TYPE (SqliteStore, sqlite_store, SQLITE, STORE, VnfmStore)

extern const VnfmKey sqlite_store_keys[];

/* Of this run: commits, and the transactions that they went into. */
void sqlite_store_get_counters (SqliteStore *self, guint *commits, guint *transactions);

G_END_DECLS
