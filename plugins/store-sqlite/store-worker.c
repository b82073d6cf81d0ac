/* SPDX-License-Identifier: Apache-2.0 */
/* Commits that wait together go into one transaction: while the disk syncs one, the next gather.
 *
 * A later commit must not become durable without the earlier. So when one fails, all that were asked for before its
 * caller was told fail with it: each carries how many failures had been told when it was asked for, and the thread
 * takes it only if that is all of them.
 *
 *   caller            thread
 *   A  (told 0) ----> fails: failed 1
 *   B  (told 0) ----> 0 < 1: fails too: failed 2
 *   told 1, told 2 <--
 *   A' (told 2) ----> taken
 */
#include "config.h"

#include "plugins/store-sqlite/store-worker.h"

/* No transaction gathers more than this, so that those in it do not wait for too many others. */
#define GROUP_MOST 1000

typedef enum {
  JOB_COMMIT,
  JOB_LOAD,
  JOB_STOP,
} JobKind;

typedef struct {
  JobKind kind;
  GTask *task;           /* nullable: stop */
  VnfmStoreBatch *batch; /* commit */
  guint told;            /* commit */
  char *space, *prefix;  /* load */
  GPtrArray *items;      /* load: the result */
  GError *error;         /* nullable: the result */
} Job;

struct _StoreWorker {
  GThread *thread;
  GAsyncQueue *jobs;
  guint told;                  /* commits whose failure was told; atomic */
  guint commits, transactions; /* atomic */

  /* The thread's own. */
  Database *database;
  Job *next; /* nullable: taken from the queue, and not for the group before it */
  guint failed;
  GError *damage; /* nullable: found in the file when it was opened */
};

static void
job_free (Job *self)
{
  g_clear_object (&self->task);
  g_clear_pointer (&self->batch, vnfm_store_batch_free);
  g_free (self->space);
  g_free (self->prefix);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* Back to the callers: one source for a whole group, and no reference is dropped in the thread. */

typedef struct {
  StoreWorker *worker;
  GPtrArray *jobs;
} Delivery;

static void
worker_clear (gpointer data)
{
  StoreWorker *self = data;

  g_async_queue_unref (self->jobs);
  g_clear_error (&self->damage);
}

static void
delivery_free (gpointer data)
{
  Delivery *self = data;

  g_ptr_array_unref (self->jobs);
  g_atomic_rc_box_release_full (self->worker, worker_clear);
  g_free (self);
}

static gboolean
deliver_now (gpointer data)
{
  Delivery *self = data;

  for (guint i = 0; i < self->jobs->len; i++) {
    Job *job = self->jobs->pdata[i];
    if (job->error != NULL) {
      if (job->kind == JOB_COMMIT)
        g_atomic_int_inc (&self->worker->told);
      g_task_return_error (job->task, g_steal_pointer (&job->error));
    } else if (job->kind == JOB_COMMIT)
      g_task_return_boolean (job->task, TRUE);
    else
      g_task_return_pointer (job->task, g_steal_pointer (&job->items), (GDestroyNotify)g_ptr_array_unref);
  }
  return G_SOURCE_REMOVE;
}

/* @jobs: (transfer full). */
static void
deliver (StoreWorker *self, GPtrArray *jobs)
{
  GMainContext *context = g_task_get_context (((Job *)jobs->pdata[0])->task);
  g_autoptr (GSource) source = g_idle_source_new ();
  Delivery *delivery = g_new (Delivery, 1);

  delivery->worker = g_atomic_rc_box_acquire (self);
  delivery->jobs = jobs;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "store-sqlite");
  g_source_set_callback (source, deliver_now, delivery, delivery_free);
  g_source_attach (source, context);
}

/* The thread */

static gboolean
write_group (StoreWorker *self, GPtrArray *group, GError **error)
{
  if (!database_begin (self->database, error))
    return FALSE;
  for (guint i = 0; i < group->len; i++)
    if (!database_apply (self->database, ((Job *)group->pdata[i])->batch, error))
      return FALSE;
  return database_commit (self->database, error);
}

static void
commit_group (StoreWorker *self, GPtrArray *group)
{
  g_autoptr (GError) error = NULL;
  Job *first = group->pdata[0];

  if (first->told != self->failed)
    error = g_error_new (VNFM_ERROR, VNFM_ERROR_STORE, "cannot write %s: an earlier commit failed",
                         database_get_path (self->database));
  else if (write_group (self, group, &error)) {
    g_atomic_int_add (&self->commits, group->len);
    g_atomic_int_inc (&self->transactions);
    return;
  }
  for (guint i = 0; i < group->len; i++)
    ((Job *)group->pdata[i])->error = g_error_copy (error);
  self->failed += group->len;
}

static void
load (StoreWorker *self, Job *job)
{
  if (g_cancellable_is_cancelled (g_task_get_cancellable (job->task)))
    job->error = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_CANCELLED, "the load was cancelled");
  else if (self->damage != NULL)
    job->error = g_error_copy (self->damage);
  else
    job->items = database_load (self->database, job->space, job->prefix, &job->error);
}

/* Those of a group have one fate and go to one main context. */
static gboolean
belongs_to (Job *job, GPtrArray *group)
{
  Job *first = group->pdata[0];

  return first->kind == JOB_COMMIT && job->kind == JOB_COMMIT && job->told == first->told &&
         g_task_get_context (job->task) == g_task_get_context (first->task) && group->len < GROUP_MOST;
}

/* The next job, and the commits behind it that wait already. Returns: (transfer full). */
static GPtrArray *
take_group (StoreWorker *self)
{
  GPtrArray *group = g_ptr_array_new_with_free_func ((GDestroyNotify)job_free);
  Job *job = self->next != NULL ? g_steal_pointer (&self->next) : g_async_queue_pop (self->jobs);

  g_ptr_array_add (group, job);
  while (job->kind == JOB_COMMIT && (self->next = g_async_queue_try_pop (self->jobs)) != NULL &&
         belongs_to (self->next, group))
    g_ptr_array_add (group, g_steal_pointer (&self->next));
  return group;
}

static gpointer
work (gpointer data)
{
  StoreWorker *self = data;

  /* Before anyone reads: every row, for a row with a damaged key is where no one looks for it. */
  if (!database_verify (self->database, &self->damage))
    g_debug ("store: %s", self->damage->message);
  for (;;) {
    GPtrArray *group = take_group (self);
    Job *first = group->pdata[0];

    if (first->kind == JOB_STOP) {
      g_ptr_array_unref (group);
      break;
    }
    if (first->kind == JOB_COMMIT)
      commit_group (self, group);
    else
      load (self, first);
    deliver (self, group);
    database_tidy (self->database);
  }
  g_clear_pointer (&self->database, database_close);
  return NULL;
}

/* The caller's side */

StoreWorker *
store_worker_new (Database *database)
{
  StoreWorker *self = g_atomic_rc_box_new0 (StoreWorker);

  self->database = database;
  self->jobs = g_async_queue_new_full ((GDestroyNotify)job_free);
  self->thread = g_thread_new ("store-sqlite", work, self);
  return self;
}

void
store_worker_stop (StoreWorker *self)
{
  Job *job = g_new0 (Job, 1);

  job->kind = JOB_STOP;
  g_async_queue_push (self->jobs, job);
  g_thread_join (self->thread);
  g_atomic_rc_box_release_full (self, worker_clear);
}

void
store_worker_commit (StoreWorker *self, VnfmStoreBatch *batch, GTask *task)
{
  Job *job = g_new0 (Job, 1);

  job->kind = JOB_COMMIT;
  job->task = task;
  job->batch = batch;
  job->told = (guint)g_atomic_int_get (&self->told);
  g_async_queue_push (self->jobs, job);
}

void
store_worker_load (StoreWorker *self, const char *space, const char *prefix, GTask *task)
{
  Job *job = g_new0 (Job, 1);

  job->kind = JOB_LOAD;
  job->task = task;
  job->space = g_strdup (space);
  job->prefix = g_strdup (prefix);
  g_async_queue_push (self->jobs, job);
}

StoreWorkerCounters
store_worker_get_counters (StoreWorker *self)
{
  return (StoreWorkerCounters){
    .commits = (guint)g_atomic_int_get (&self->commits),
    .transactions = (guint)g_atomic_int_get (&self->transactions),
  };
}
