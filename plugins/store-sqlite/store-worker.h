/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/store-sqlite/database.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The thread that owns the database. Jobs are done in the order in which they came; their tasks complete in the main
 * context in which each was made. */
typedef struct _StoreWorker StoreWorker;

/* @database: (transfer full). */
StoreWorker *store_worker_new (Database *database);
/* Does what is queued, then closes the database. Tasks still complete afterwards, when their main context runs. */
void store_worker_stop (StoreWorker *self);

/* @batch, @task: (transfer full). The task returns TRUE, or an error. */
void store_worker_commit (StoreWorker *self, VnfmStoreBatch *batch, GTask *task);
/* @task: (transfer full). It returns a GPtrArray of VnfmStoreItem, or an error. */
void store_worker_load (StoreWorker *self, const char *space, const char *prefix, GTask *task);

typedef struct {
  guint commits;
  guint transactions;
} StoreWorkerCounters;
StoreWorkerCounters store_worker_get_counters (StoreWorker *self);

G_END_DECLS
