/* SPDX-License-Identifier: Apache-2.0 */
/* The extension: start opens the file, the worker does the rest, stop waits for what is queued. */
#include "config.h"

#include "plugins/store-sqlite/sqlite-store.h"
#include "plugins/store-sqlite/state-lock.h"
#include "plugins/store-sqlite/store-worker.h"

#include <glib/gstdio.h>

#define GROUP "sqlite"

const VnfmKey sqlite_store_keys[] = {
  { GROUP, "path", VNFM_KEY_PATH, NULL, "the file (default: journal.db in the state folder)", VNFM_KEY_NONE, NULL },
  { GROUP, "synchronous", VNFM_KEY_CHOICE, "full",
    "full: a commit is on the disk; off: with the kernel only, so that a crash of the machine may lose the last ones",
    VNFM_KEY_NONE, "full|off" },
  { 0 },
};

struct _SqliteStore {
  VnfmStore parent_instance;

  StoreWorker *worker; /* nullable: not started */
  char *path;
  int locks[2]; /* state folder, the file's folder; -1: none */
};

G_DEFINE_FINAL_TYPE (SqliteStore, sqlite_store, VNFM_TYPE_STORE)

static void
drop_locks (SqliteStore *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->locks); i++) {
    if (self->locks[i] >= 0)
      g_close (self->locks[i], NULL);
    self->locks[i] = -1;
  }
}

static gboolean
take_locks (SqliteStore *self, const char *state_dir, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (state_dir != NULL && (self->locks[0] = state_lock_take (state_dir, error)) < 0)
    return FALSE;
  g_autofree char *own = g_canonicalize_filename (folder, NULL);
  g_autofree char *state = state_dir != NULL ? g_canonicalize_filename (state_dir, NULL) : NULL;
  if (g_strcmp0 (own, state) == 0)
    return TRUE;
  self->locks[1] = state_lock_take (folder, error);
  return self->locks[1] >= 0;
}

static gboolean
sqlite_store_start (VnfmExtension *extension, GError **error)
{
  SqliteStore *self = SQLITE_STORE (extension);
  VnfmProfile *profile = vnfm_extension_get_profile (extension);
  const char *state_dir = vnfm_context_get_state_dir (vnfm_extension_get_context (extension));
  const char *path = vnfm_profile_get_string (profile, GROUP, "path");
  gboolean synchronous = g_strcmp0 (vnfm_profile_get_string (profile, GROUP, "synchronous"), "off") != 0;

  if (self->worker != NULL)
    return TRUE;
  if (path == NULL && state_dir == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "no state folder: [" GROUP "] path must be given");
    return FALSE;
  }
  g_free (self->path);
  self->path = path != NULL ? g_strdup (path) : g_build_filename (state_dir, "journal.db", NULL);
  Database *database = take_locks (self, state_dir, error) ? database_open (self->path, synchronous, error) : NULL;
  if (database == NULL) {
    drop_locks (self);
    return FALSE;
  }
  if (!synchronous)
    g_message ("store: %s: a crash of the machine may lose the last commits (synchronous=off)", self->path);
  self->worker = store_worker_new (database);
  return TRUE;
}

static void
sqlite_store_stop (VnfmExtension *extension)
{
  SqliteStore *self = SQLITE_STORE (extension);

  g_clear_pointer (&self->worker, store_worker_stop);
  drop_locks (self);
}

/* Returns: FALSE if @task was completed with an error. */
static gboolean
is_started (SqliteStore *self, GTask *task)
{
  if (self->worker != NULL)
    return TRUE;
  g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_STORE, "the store is not open");
  return FALSE;
}

static void
sqlite_store_load_async (VnfmStore *store, const char *space, const char *prefix, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  SqliteStore *self = SQLITE_STORE (store);
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, sqlite_store_load_async);
  g_task_set_check_cancellable (task, FALSE);
  if (is_started (self, task))
    store_worker_load (self->worker, space, prefix, g_steal_pointer (&task));
}

static GPtrArray *
sqlite_store_load_finish (VnfmStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What was asked for is not taken back: later commits may stand on it. Only one that is cancelled already is not
 * begun. */
static void
sqlite_store_commit_async (VnfmStore *store, VnfmStoreBatch *batch, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  SqliteStore *self = SQLITE_STORE (store);
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  g_autoptr (VnfmStoreBatch) taken = batch;

  g_task_set_source_tag (task, sqlite_store_commit_async);
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_is_cancelled (cancellable))
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "the commit was cancelled");
  else if (is_started (self, task))
    store_worker_commit (self->worker, g_steal_pointer (&taken), g_steal_pointer (&task));
}

static gboolean
sqlite_store_commit_finish (VnfmStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static char *
sqlite_store_describe (VnfmStore *store)
{
  SqliteStore *self = SQLITE_STORE (store);
  guint commits, transactions;
  GStatBuf st;

  if (self->worker == NULL || g_stat (self->path, &st) != 0)
    return g_strdup ("not open");
  g_autofree char *size = g_format_size_full ((guint64)st.st_size, G_FORMAT_SIZE_IEC_UNITS);
  sqlite_store_get_counters (self, &commits, &transactions);
  return g_strdup_printf ("%s, schema %d, %s; since the start %u commits in %u transactions", self->path,
                          DATABASE_VERSION, size, commits, transactions);
}

void
sqlite_store_get_counters (SqliteStore *self, guint *commits, guint *transactions)
{
  StoreWorkerCounters counters = { 0 };

  if (self->worker != NULL)
    counters = store_worker_get_counters (self->worker);
  *commits = counters.commits;
  *transactions = counters.transactions;
}

static void
sqlite_store_dispose (GObject *object)
{
  sqlite_store_stop (VNFM_EXTENSION (object));
  G_OBJECT_CLASS (sqlite_store_parent_class)->dispose (object);
}

static void
sqlite_store_finalize (GObject *object)
{
  g_free (SQLITE_STORE (object)->path);
  G_OBJECT_CLASS (sqlite_store_parent_class)->finalize (object);
}

static void
sqlite_store_class_init (SqliteStoreClass *klass)
{
  VnfmExtensionClass *extension_class = VNFM_EXTENSION_CLASS (klass);
  VnfmStoreClass *store_class = VNFM_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sqlite_store_dispose;
  G_OBJECT_CLASS (klass)->finalize = sqlite_store_finalize;
  extension_class->start = sqlite_store_start;
  extension_class->stop = sqlite_store_stop;
  store_class->load_async = sqlite_store_load_async;
  store_class->load_finish = sqlite_store_load_finish;
  store_class->commit_async = sqlite_store_commit_async;
  store_class->commit_finish = sqlite_store_commit_finish;
  store_class->describe = sqlite_store_describe;
}

static void
sqlite_store_init (SqliteStore *self)
{
  self->locks[0] = self->locks[1] = -1;
}
