/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's door and its books: which requests were taken, which operations there are, whose turn it is. */
#include "config.h"

#include "core/engine/engine.h"
#include "core/engine/finished.h"
#include "core/engine/operation-private.h"
#include "core/engine/vnf-queues.h"

#define RETRY_DELAY (1 * G_TIME_SPAN_SECOND)

/* A back-end and the VNF types it was added for. */
typedef struct {
  VnfmEms *ems;
  VnfmTypeSet *types;
} BackEnd;

struct _VnfmEngine {
  GObject parent_instance;

  VnfmContext *context;
  VnfmNegotiator *negotiator;
  VnfmEms *ems;   /* of all types that no other back-end has */
  GArray *others; /* of BackEnd */
  VnfmLifecycle *lifecycle;
  Journal *journal;
  ScriptLog *script_log;
  GBytes *settings; /* the configuration that operations begin with, frozen */

  GHashTable *operations; /* id -> EngineOperation: not finished */
  GHashTable *taken;      /* message id, and reply address + correlation id + digest -> id: not finished */
  Finished *finished;
  VnfQueues *queues;
  EngineCounters counters;
};

G_DEFINE_FINAL_TYPE (VnfmEngine, vnfm_engine, G_TYPE_OBJECT)

const VnfmKey vnfm_engine_keys[] = {
  { "vnfmd", "grant-timeout", VNFM_KEY_DURATION, "1000s", "how long the NFVO may take to answer GRANT_OPERATION",
    VNFM_KEY_OPERATION, NULL },
  { "vnfmd", "allocate-timeout", VNFM_KEY_DURATION, "1000s", "how long the NFVO may take to answer ALLOCATE_RESOURCES",
    VNFM_KEY_OPERATION, NULL },
  { "vnfmd", "start-timeout", VNFM_KEY_DURATION, "500s", "how long a VNF's machines may take to be reachable",
    VNFM_KEY_OPERATION, NULL },
  { "vnfmd", "deliver-timeout", VNFM_KEY_DURATION, "300s", "how long the delivery of a package's files may take",
    VNFM_KEY_OPERATION, NULL },
  { "vnfmd", "release-timeout", VNFM_KEY_DURATION, "25s",
    "how long TERMINATE scripts may take; the NFVO deletes the machines after 30 s", VNFM_KEY_OPERATION, NULL },
  { "vnfmd", "remind-after", VNFM_KEY_DURATION, "60s",
    "after how long the log says what an operation waits for, then each time after twice as long; 0: never",
    VNFM_KEY_OPERATION, NULL },
  { "vnfmd", "cancel-budget", VNFM_KEY_DURATION, "15s", "how long the end of a cancelled script is awaited",
    VNFM_KEY_OPERATION, NULL },
  { "vnfmd", "keep-finished", VNFM_KEY_INT, "1000", "how many finished operations stay visible", VNFM_KEY_NONE, NULL },
  { "vnfmd", "log-dir", VNFM_KEY_PATH, NULL,
    "folder of the scripts' output by VNF and host; default: scripts-log in the state directory", VNFM_KEY_NONE, NULL },
  { "vnfmd", "script-record", VNFM_KEY_PATH, NULL,
    "file to which the outcome of each script is added as a line of JSON; default: none", VNFM_KEY_NONE, NULL },
  {},
};

/* The lifecycle's only concrete class: signals and nothing else. */
#define ENGINE_TYPE_LIFECYCLE (engine_lifecycle_get_type ())
G_DECLARE_FINAL_TYPE (EngineLifecycle, engine_lifecycle, ENGINE, LIFECYCLE, VnfmLifecycle)
struct _EngineLifecycle {
  VnfmLifecycle parent_instance;
};
G_DEFINE_FINAL_TYPE (EngineLifecycle, engine_lifecycle, VNFM_TYPE_LIFECYCLE)

static void
engine_lifecycle_class_init (EngineLifecycleClass *klass)
{
}

static void
engine_lifecycle_init (EngineLifecycle *self)
{
}

/* ---- what was taken */

static char *
make_content_key (Request *request)
{
  return g_strdup_printf ("content %s %s %s", request->reply_to != NULL ? request->reply_to : "-",
                          request->correlation_id != NULL ? request->correlation_id : "-", request->digest);
}

static void
remember (VnfmEngine *self, EngineOperation *operation)
{
  Request *request = operation->request;

  g_hash_table_insert (self->operations, request->id, operation);
  g_hash_table_insert (self->taken, make_content_key (request), request->id);
  if (request->message_id != NULL)
    g_hash_table_insert (self->taken, g_strdup_printf ("message %s", request->message_id), request->id);
}

static void
forget (VnfmEngine *self, EngineOperation *operation)
{
  g_autofree char *content = make_content_key (operation->request);
  g_autofree char *message = g_strdup_printf ("message %s", operation->request->message_id);

  if (g_strcmp0 (g_hash_table_lookup (self->taken, content), operation->request->id) == 0)
    g_hash_table_remove (self->taken, content);
  if (g_strcmp0 (g_hash_table_lookup (self->taken, message), operation->request->id) == 0)
    g_hash_table_remove (self->taken, message);
  g_hash_table_remove (self->operations, operation->request->id);
}

/* The same message again: by its id, or, where the broker says that it delivered it before, by what it is. */
static const char *
find_taken (VnfmEngine *self, Request *request, gboolean redelivered)
{
  const char *id = NULL;

  if (request->message_id != NULL) {
    g_autofree char *message = g_strdup_printf ("message %s", request->message_id);
    id = g_hash_table_lookup (self->taken, message);
    if (id == NULL)
      id = finished_find_message (self->finished, request->message_id);
  }
  if (id == NULL && redelivered) {
    g_autofree char *content = make_content_key (request);
    id = g_hash_table_lookup (self->taken, content);
    if (id == NULL)
      id = finished_find_content (self->finished, content);
  }
  return id;
}

/* ---- the queue of each VNF */

static void
enqueue (VnfmEngine *self, EngineOperation *operation)
{
  Request *request = operation->request;

  if (operation->flow->queueing == QUEUE_NOT) {
    engine_operation_run (operation);
    return;
  }
  gboolean first = vnf_queues_add (self->queues, operation, request->nsr_id, request->vnf_name, request->vnfr_id);
  if (operation->flow->queueing == QUEUE_CANCELS) {
    g_autofree char *reason = g_strdup_printf ("%s came", engine_operation_get_title (operation));
    g_autoptr (GPtrArray) others = vnf_queues_get_others (self->queues, operation);
    for (guint i = 0; i < others->len; i++)
      engine_operation_withdraw (g_ptr_array_index (others, i), reason);
  }
  if (first)
    engine_operation_run (operation);
  else if (operation->state == OPERATION_QUEUED)
    engine_operation_rest (operation);
}

void
vnfm_engine_leave_queue (VnfmEngine *self, EngineOperation *operation)
{
  EngineOperation *next = vnf_queues_remove (self->queues, operation);

  if (next != NULL && next->state == OPERATION_QUEUED)
    engine_operation_run (next);
}

EngineOperation *
vnfm_engine_find_running (VnfmEngine *self, EngineOperation *operation)
{
  Request *request = operation->request;

  return vnf_queues_find_first (self->queues, request->nsr_id, request->vnf_name, request->vnfr_id);
}

EngineOperation *
vnfm_engine_find_first (VnfmEngine *self, EngineOperation *operation, guint *earlier)
{
  return vnf_queues_get_first (self->queues, operation, earlier);
}

void
vnfm_engine_learn_vnfr_id (VnfmEngine *self, EngineOperation *operation)
{
  const char *id = vnfm_record_get_id (operation->record);

  if (id == NULL || operation->request->vnfr_id != NULL)
    return;
  operation->request->vnfr_id = g_strdup (id);
  vnf_queues_learn_id (self->queues, operation, id);
}

/* ---- taking a request */

typedef struct {
  VnfmEngine *engine;
  EngineOperation *operation;
  GBytes *body;
} Acceptance;

static void
acceptance_free (Acceptance *acceptance)
{
  g_bytes_unref (acceptance->body);
  g_object_unref (acceptance->operation);
  g_object_unref (acceptance->engine);
  g_free (acceptance);
}

static void write_acceptance (gpointer acceptance);

/* Not acknowledged, so it is not lost: the journal is tried again until it takes the request. */
static void
acceptance_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Acceptance *acceptance = user_data;
  VnfmEngine *self = acceptance->engine;
  EngineOperation *operation = acceptance->operation;
  g_autoptr (GError) error = NULL;

  if (!journal_commit_finish (self->journal, result, &error)) {
    g_warning ("%s: not taken yet: %s", engine_operation_get_title (operation), error->message);
    operation->retry = vnfm_clock_add_timer (vnfm_engine_get_clock (self), RETRY_DELAY, write_acceptance, acceptance);
    return;
  }
  g_autoptr (GPtrArray) deliveries = g_steal_pointer (&operation->unacknowledged);
  for (guint i = 0; i < deliveries->len; i++)
    vnfm_envelope_ack (g_ptr_array_index (deliveries, i));
  enqueue (self, operation);
  acceptance_free (acceptance);
}

static void
write_acceptance (gpointer user_data)
{
  Acceptance *acceptance = user_data;
  Request *request = acceptance->operation->request;
  VnfmStoreBatch *batch = journal_begin (acceptance->engine->journal);
  g_autoptr (GBytes) header = request_to_text (request, acceptance->engine->settings);
  g_autofree char *header_key = journal_key ("op", request->id, NULL);
  g_autofree char *body_key = journal_key ("op", request->id, "request");

  acceptance->operation->retry = NULL;
  vnfm_store_batch_put (batch, JOURNAL_SPACE, header_key, header);
  vnfm_store_batch_put (batch, JOURNAL_SPACE, body_key, acceptance->body);
  journal_commit_async (acceptance->engine->journal, batch, acceptance_written, acceptance);
}

/* The journal may not have taken the first delivery yet. */
static void
acknowledge_repeat (VnfmEngine *self, const char *id, VnfmEnvelope *delivery)
{
  EngineOperation *operation = g_hash_table_lookup (self->operations, id);

  if (operation != NULL && operation->unacknowledged != NULL)
    g_ptr_array_add (operation->unacknowledged, vnfm_envelope_ref (delivery));
  else
    vnfm_envelope_ack (delivery);
}

void
vnfm_engine_accept (VnfmEngine *self, Request *request, VnfmMessage *message, VnfmRecord *record,
                    VnfmEnvelope *delivery)
{
  const char *taken = find_taken (self, request, delivery->redelivered);

  if (taken != NULL) {
    g_message ("%s of %s: delivered again, and not begun again (operation %.8s)",
               request->action_name != NULL ? request->action_name : "request",
               request->vnf_name != NULL ? request->vnf_name : "an unnamed VNF", taken);
    self->counters.repeated++;
    acknowledge_repeat (self, taken, delivery);
    request_free (request);
    return;
  }
  request->id = vnfm_clock_new_uuid (vnfm_engine_get_clock (self));
  EngineOperation *operation = engine_operation_new (self, request, vnfm_context_get_profile (self->context));
  operation->message = message != NULL ? vnfm_message_ref (message) : NULL;
  operation->record = record != NULL ? vnfm_record_ref (record) : NULL;
  remember (self, operation);
  self->counters.accepted++;

  Acceptance *acceptance = g_new (Acceptance, 1);
  *acceptance = (Acceptance){ g_object_ref (self), g_object_ref (operation), g_bytes_ref (delivery->body) };
  operation->unacknowledged = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_envelope_unref);
  g_ptr_array_add (operation->unacknowledged, vnfm_envelope_ref (delivery));
  write_acceptance (acceptance);
}

void
vnfm_engine_finish (VnfmEngine *self, EngineOperation *operation)
{
  VnfmStoreBatch *notes = journal_get_notes (self->journal);
  g_autofree char *key = journal_key ("op", operation->request->id, NULL);
  g_autofree char *content = make_content_key (operation->request);
  g_autoptr (GBytes) summary = finished_summarise (operation);

  operation->state = OPERATION_FINISHED;
  vnfm_store_batch_delete_prefix (notes, JOURNAL_SPACE, key);
  finished_add (self->finished, operation->request->id, operation->request->message_id, content, summary, notes);
  self->counters.answered++;
  g_message ("%s: finished%s%s", engine_operation_get_title (operation),
             operation->withdrawn         ? ", withdrawn"
             : operation->failure != NULL ? " with an error: "
                                          : "",
             operation->failure != NULL && !operation->withdrawn ? operation->failure->message : "");
  forget (self, operation);
}

/* ---- coming back */

static gint
by_arrival (gconstpointer a, gconstpointer b)
{
  const EngineOperation *first = *(EngineOperation *const *)a;
  const EngineOperation *second = *(EngineOperation *const *)b;

  return (first->request->received > second->request->received) -
         (first->request->received < second->request->received);
}

/* One key under op/ID/. */
static gboolean
restore_part (EngineOperation *operation, const char *part, GBytes *value, GError **error)
{
  if (strcmp (part, "request") == 0) {
    operation->message = vnfm_message_decode (value, NULL);
    return TRUE;
  }
  if (strcmp (part, "answer") == 0) {
    operation->answer = g_bytes_ref (value);
    return TRUE;
  }
  if (!g_str_has_prefix (part, "step/"))
    return TRUE;
  g_autoptr (JsonNode) node = vnfm_json_parse (value, error);
  if (node == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (node))
    engine_operation_add_journaled_step (operation, part + strlen ("step/"), json_node_get_object (node));
  return TRUE;
}

static EngineOperation *
restore_operation (VnfmEngine *self, VnfmStoreItem *item, GError **error)
{
  g_autoptr (GBytes) settings = NULL;
  Request *request = request_from_text (item->value, &settings, error);
  VnfmProfile *profile = vnfm_context_get_profile (self->context);
  g_autoptr (VnfmProfile) thawed = NULL;

  if (request == NULL)
    return NULL;
  if (settings != NULL && !g_bytes_equal (settings, self->settings) &&
      (thawed = vnfm_profile_thaw (profile, settings, error)) == NULL) {
    request_free (request);
    return NULL;
  }
  EngineOperation *operation = engine_operation_new (self, request, thawed != NULL ? thawed : profile);
  remember (self, operation);
  return operation;
}

/* The items come sorted: an operation's own key stands before its parts. */
static GPtrArray *
restore_all (VnfmEngine *self, GPtrArray *items, GError **error)
{
  g_autoptr (GPtrArray) operations = g_ptr_array_new ();
  EngineOperation *operation = NULL;

  for (guint i = 0; i < items->len; i++) {
    VnfmStoreItem *item = g_ptr_array_index (items, i);
    const char *id = item->key + strlen ("op/");
    const char *slash = strchr (id, '/');
    gboolean restored = TRUE;

    if (slash == NULL) {
      operation = restore_operation (self, item, error);
      restored = operation != NULL;
      if (restored)
        g_ptr_array_add (operations, operation);
    } else if (operation != NULL && strncmp (id, operation->request->id, slash - id) == 0)
      restored = restore_part (operation, slash + 1, item->value, error);
    if (!restored) {
      g_prefix_error (error, "%s: ", item->key);
      return NULL;
    }
  }
  g_ptr_array_sort (operations, by_arrival);
  return g_steal_pointer (&operations);
}

static void
resume (VnfmEngine *self, EngineOperation *operation)
{
  g_autoptr (GBytes) text = operation->message != NULL ? vnfm_message_dup_record_text (operation->message) : NULL;

  if (text != NULL)
    operation->record = vnfm_record_new (text, NULL);
  if (operation->answer != NULL)
    engine_operation_decide (operation);
  else
    enqueue (self, operation);
}

static void
operations_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VnfmEngine *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) items = journal_load_finish (self->journal, result, &error);
  g_autoptr (GPtrArray) operations = items != NULL ? restore_all (self, items, &error) : NULL;

  if (operations == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (operations->len > 0)
    g_message ("the journal holds %u operation%s under way", operations->len, operations->len == 1 ? "" : "s");
  for (guint i = 0; i < operations->len; i++)
    resume (self, g_ptr_array_index (operations, i));
  g_task_return_boolean (task, TRUE);
}

static void
finished_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  VnfmEngine *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) items = journal_load_finish (self->journal, result, &error);

  if (items == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  finished_restore (self->finished, items, journal_get_notes (self->journal));
  journal_load_async (self->journal, "op", NULL, operations_loaded, task);
}

void
vnfm_engine_recover_async (VnfmEngine *self, GAsyncReadyCallback callback, gpointer user_data)
{
  journal_load_async (self->journal, "done", NULL, finished_loaded, g_task_new (self, NULL, callback, user_data));
}

gboolean
vnfm_engine_recover_finish (VnfmEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the object */

/* Step ids begin with the operation's id. */
static void
script_wrote (VnfmEms *ems, const char *step_id, const char *stream, gint64 offset, const char *text, VnfmEngine *self)
{
  const char *slash = strchr (step_id, '/');
  g_autofree char *id = slash != NULL ? g_strndup (step_id, slash - step_id) : NULL;
  EngineOperation *operation = id != NULL ? g_hash_table_lookup (self->operations, id) : NULL;

  if (operation != NULL)
    engine_operation_add_output (operation, step_id, text);
}

static char *
choose_log_dir (VnfmContext *context)
{
  const char *configured = vnfm_profile_get_string (vnfm_context_get_profile (context), "vnfmd", "log-dir");

  if (configured != NULL)
    return g_strdup (configured);
  return g_build_filename (vnfm_context_get_state_dir (context), "scripts-log", NULL);
}

VnfmEngine *
vnfm_engine_new (VnfmContext *context, VnfmNegotiator *negotiator, VnfmEms *ems)
{
  VnfmEngine *self = g_object_new (VNFM_TYPE_ENGINE, NULL);
  VnfmProfile *profile = vnfm_context_get_profile (context);
  g_autofree char *log_dir = choose_log_dir (context);

  self->context = g_object_ref (context);
  self->negotiator = g_object_ref (negotiator);
  self->ems = g_object_ref (ems);
  self->journal = journal_new (vnfm_context_get_store (context), vnfm_context_get_clock (context));
  self->settings = vnfm_profile_freeze (profile);
  self->finished = finished_new ((guint)MAX (vnfm_profile_get_int (profile, "vnfmd", "keep-finished"), 0));
  self->script_log = script_log_new (log_dir, vnfm_profile_get_string (profile, "vnfmd", "script-record"));
  g_signal_connect_object (ems, "output", G_CALLBACK (script_wrote), self, 0);
  return self;
}

static void
back_end_clear (gpointer data)
{
  BackEnd *back_end = data;

  g_object_unref (back_end->ems);
  vnfm_type_set_unref (back_end->types);
}

void
vnfm_engine_add_ems (VnfmEngine *self, VnfmEms *ems, VnfmTypeSet *types)
{
  BackEnd back_end = { g_object_ref (ems), vnfm_type_set_ref (types) };

  g_array_append_val (self->others, back_end);
  g_signal_connect_object (ems, "output", G_CALLBACK (script_wrote), self, 0);
}

/* The operations hold the engine, so that what they have begun may end in peace; the program breaks the circle by
 * running dispose when it ends. */
static void
vnfm_engine_dispose (GObject *object)
{
  VnfmEngine *self = VNFM_ENGINE (object);

  g_hash_table_remove_all (self->taken);
  g_hash_table_remove_all (self->operations);
  G_OBJECT_CLASS (vnfm_engine_parent_class)->dispose (object);
}

static void
vnfm_engine_finalize (GObject *object)
{
  VnfmEngine *self = VNFM_ENGINE (object);

  vnf_queues_free (self->queues);
  g_hash_table_unref (self->taken);
  g_hash_table_unref (self->operations);
  g_clear_pointer (&self->finished, finished_free);
  g_clear_pointer (&self->journal, journal_free);
  g_clear_pointer (&self->script_log, script_log_free);
  g_clear_pointer (&self->settings, g_bytes_unref);
  g_clear_object (&self->lifecycle);
  g_clear_object (&self->negotiator);
  g_clear_object (&self->ems);
  g_array_unref (self->others);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (vnfm_engine_parent_class)->finalize (object);
}

static void
vnfm_engine_class_init (VnfmEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vnfm_engine_dispose;
  G_OBJECT_CLASS (klass)->finalize = vnfm_engine_finalize;
}

static void
vnfm_engine_init (VnfmEngine *self)
{
  self->lifecycle = g_object_new (ENGINE_TYPE_LIFECYCLE, NULL);
  self->operations = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->queues = vnf_queues_new ();
  self->others = g_array_new (FALSE, FALSE, sizeof (BackEnd));
  g_array_set_clear_func (self->others, back_end_clear);
}

VnfmLifecycle *
vnfm_engine_get_lifecycle (VnfmEngine *self)
{
  return self->lifecycle;
}

VnfmContext *
vnfm_engine_get_context (VnfmEngine *self)
{
  return self->context;
}

VnfmClock *
vnfm_engine_get_clock (VnfmEngine *self)
{
  return vnfm_context_get_clock (self->context);
}

Journal *
vnfm_engine_get_journal (VnfmEngine *self)
{
  return self->journal;
}

VnfmNegotiator *
vnfm_engine_get_negotiator (VnfmEngine *self)
{
  return self->negotiator;
}

VnfmEms *
vnfm_engine_get_ems (VnfmEngine *self, const char *type)
{
  for (guint i = 0; i < self->others->len; i++) {
    const BackEnd *back_end = &g_array_index (self->others, BackEnd, i);
    if (vnfm_type_set_contains (back_end->types, type))
      return back_end->ems;
  }
  return self->ems;
}

ScriptLog *
vnfm_engine_get_script_log (VnfmEngine *self)
{
  return self->script_log;
}

const EngineCounters *
vnfm_engine_get_counters (VnfmEngine *self)
{
  return &self->counters;
}

void
vnfm_engine_count_failure (VnfmEngine *self)
{
  self->counters.failed++;
}

GPtrArray *
vnfm_engine_get_operations (VnfmEngine *self)
{
  g_autoptr (GPtrArray) operations = g_ptr_array_sized_new (g_hash_table_size (self->operations));
  GHashTableIter iter;
  gpointer operation;

  g_hash_table_iter_init (&iter, self->operations);
  while (g_hash_table_iter_next (&iter, NULL, &operation))
    g_ptr_array_add (operations, operation);

  g_ptr_array_sort (operations, by_arrival);
  return g_steal_pointer (&operations);
}

GPtrArray *
vnfm_engine_get_finished (VnfmEngine *self)
{
  return finished_get_summaries (self->finished);
}
