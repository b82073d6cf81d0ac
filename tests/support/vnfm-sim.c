/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/vnfm-sim.h"

#include <string.h>

/* ---- clock */

struct _SimClock {
  VnfmClock parent_instance;

  gint64 now;
  gint64 due;
  GRand *rand;
};

G_DEFINE_FINAL_TYPE (SimClock, sim_clock, VNFM_TYPE_CLOCK)

static gint64
sim_clock_wall_time (VnfmClock *clock)
{
  return SIM_CLOCK (clock)->now + G_GINT64_CONSTANT (1700000000000000);
}

static gint64
sim_clock_monotonic_time (VnfmClock *clock)
{
  return SIM_CLOCK (clock)->now;
}

static void
sim_clock_fill_random (VnfmClock *clock, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8)g_rand_int_range (SIM_CLOCK (clock)->rand, 0, 256);
}

static void
sim_clock_arm (VnfmClock *clock, gint64 due)
{
  SIM_CLOCK (clock)->due = due;
}

static void
sim_clock_finalize (GObject *object)
{
  g_rand_free (SIM_CLOCK (object)->rand);
  G_OBJECT_CLASS (sim_clock_parent_class)->finalize (object);
}

static void
sim_clock_class_init (SimClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sim_clock_finalize;
  VNFM_CLOCK_CLASS (klass)->wall_time = sim_clock_wall_time;
  VNFM_CLOCK_CLASS (klass)->monotonic_time = sim_clock_monotonic_time;
  VNFM_CLOCK_CLASS (klass)->fill_random = sim_clock_fill_random;
  VNFM_CLOCK_CLASS (klass)->arm = sim_clock_arm;
}

static void
sim_clock_init (SimClock *self)
{
  self->due = -1;
}

SimClock *
sim_clock_new (guint64 seed)
{
  SimClock *self = g_object_new (SIM_TYPE_CLOCK, NULL);

  self->rand = g_rand_new_with_seed ((guint32)seed);
  return self;
}

void
sim_clock_advance (SimClock *self, gint64 microseconds)
{
  gint64 end = self->now + microseconds;

  while (self->due >= 0 && self->due <= end) {
    self->now = MAX (self->now, self->due);
    vnfm_clock_dispatch (VNFM_CLOCK (self));
  }
  self->now = end;
}

/* ---- store */

struct _SimStore {
  VnfmStore parent_instance;

  GHashTable *rows; /* "space\nkey" -> GBytes */
  guint commits;
  guint left;
  guint failing;
};

G_DEFINE_FINAL_TYPE (SimStore, sim_store, VNFM_TYPE_STORE)

static gint
by_key (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(VnfmStoreItem *const *)a)->key, (*(VnfmStoreItem *const *)b)->key);
}

static void
sim_store_load_async (VnfmStore *store, const char *space, const char *prefix, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  SimStore *self = SIM_STORE (store);
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_store_item_free);
  g_autofree char *full = g_strconcat (space, "\n", prefix, NULL);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (!g_str_has_prefix (key, full))
      continue;
    VnfmStoreItem *item = g_new (VnfmStoreItem, 1);
    item->key = g_strdup ((char *)key + strlen (space) + 1);
    item->value = g_bytes_ref (value);
    g_ptr_array_add (items, item);
  }
  g_ptr_array_sort (items, by_key);
  g_task_return_pointer (task, items, (GDestroyNotify)g_ptr_array_unref);
}

static GPtrArray *
sim_store_load_finish (VnfmStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
key_has_prefix (gpointer key, gpointer value, gpointer prefix)
{
  return g_str_has_prefix (key, prefix);
}

static void
apply (SimStore *self, VnfmStoreBatch *batch)
{
  guint length = 0;
  const VnfmStoreOp *ops = vnfm_store_batch_get_ops (batch, &length);

  for (guint i = 0; i < length; i++) {
    char *key = g_strconcat (ops[i].space, "\n", ops[i].key, NULL);
    if (ops[i].value != NULL) {
      g_hash_table_replace (self->rows, key, g_bytes_ref (ops[i].value));
      continue;
    }
    if (ops[i].prefix)
      g_hash_table_foreach_remove (self->rows, key_has_prefix, key);
    else
      g_hash_table_remove (self->rows, key);
    g_free (key);
  }
}

/* Tasks that a stopped machine left. */
static GPtrArray *never;

static void
sim_store_commit_async (VnfmStore *store, VnfmStoreBatch *batch, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  SimStore *self = SIM_STORE (store);
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  g_autoptr (VnfmStoreBatch) taken = batch;

  if (self->left == 0) { /* the machine has stopped: this task is never completed */
    g_ptr_array_add (never, task);
    return;
  }
  if (self->failing > 0) {
    self->failing--;
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_STORE, "no space left on device");
    g_object_unref (task);
    return;
  }
  apply (self, taken);
  self->commits++;
  if (self->left != G_MAXUINT)
    self->left--;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static gboolean
sim_store_commit_finish (VnfmStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sim_store_finalize (GObject *object)
{
  g_hash_table_unref (SIM_STORE (object)->rows);
  G_OBJECT_CLASS (sim_store_parent_class)->finalize (object);
}

static void
sim_store_class_init (SimStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sim_store_finalize;
  VNFM_STORE_CLASS (klass)->load_async = sim_store_load_async;
  VNFM_STORE_CLASS (klass)->load_finish = sim_store_load_finish;
  VNFM_STORE_CLASS (klass)->commit_async = sim_store_commit_async;
  VNFM_STORE_CLASS (klass)->commit_finish = sim_store_commit_finish;
}

static void
sim_store_init (SimStore *self)
{
  self->left = G_MAXUINT;
  if (never == NULL)
    never = g_ptr_array_new ();
}

SimStore *
sim_store_new (VnfmContext *context, GHashTable *rows)
{
  SimStore *self = g_object_new (SIM_TYPE_STORE, "context", context, NULL);

  self->rows = rows != NULL ? g_hash_table_ref (rows)
                            : g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  return self;
}

GHashTable *
sim_store_get_rows (SimStore *self)
{
  return self->rows;
}

guint
sim_store_get_commits (SimStore *self)
{
  return self->commits;
}

void
sim_store_stop_after (SimStore *self, guint commits)
{
  self->left = commits;
}

gboolean
sim_store_has_stopped (SimStore *self)
{
  return self->left == 0;
}

void
sim_store_fail_next (SimStore *self, guint commits)
{
  self->failing = commits;
}

/* ---- transport */

struct _SimTransport {
  VnfmTransport parent_instance;

  GPtrArray *sent;
  guint acks;
  guint64 token;
  guint failing;
};

G_DEFINE_FINAL_TYPE (SimTransport, sim_transport, VNFM_TYPE_TRANSPORT)

static void
sim_sent_free (SimSent *sent)
{
  g_free (sent->address);
  vnfm_envelope_unref (sent->envelope);
  g_free (sent);
}

static void
succeed (gpointer object, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (object, NULL, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static void
sim_transport_connect_async (VnfmTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  succeed (transport, callback, user_data);
}

static gboolean
sim_transport_finish (VnfmTransport *transport, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
keep (SimTransport *self, VnfmDestination destination, const char *address, VnfmEnvelope *envelope,
      GAsyncReadyCallback callback, gpointer user_data)
{
  SimSent *sent = g_new (SimSent, 1);

  if (self->failing > 0) {
    self->failing--;
    g_free (sent);
    g_task_report_new_error (self, callback, user_data, NULL, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "not connected");
    return;
  }
  *sent = (SimSent){ destination, g_strdup (address), vnfm_envelope_ref (envelope) };
  g_ptr_array_add (self->sent, sent);
  succeed (self, callback, user_data);
}

static void
sim_transport_publish_async (VnfmTransport *transport, VnfmDestination destination, VnfmEnvelope *envelope,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  keep (SIM_TRANSPORT (transport), destination, NULL, envelope, callback, user_data);
}

static void
sim_transport_reply_async (VnfmTransport *transport, const char *address, VnfmEnvelope *envelope,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  keep (SIM_TRANSPORT (transport), VNFM_DESTINATION_NFVO_RESULTS, address, envelope, callback, user_data);
}

static void
sim_transport_subscribe (VnfmTransport *transport, VnfmDestination destination, const char *host)
{
}

static void
sim_transport_ack (VnfmTransport *transport, guint64 token)
{
  SIM_TRANSPORT (transport)->acks++;
}

static void
sim_transport_finalize (GObject *object)
{
  g_ptr_array_unref (SIM_TRANSPORT (object)->sent);
  G_OBJECT_CLASS (sim_transport_parent_class)->finalize (object);
}

static void
sim_transport_class_init (SimTransportClass *klass)
{
  VnfmTransportClass *transport_class = VNFM_TRANSPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sim_transport_finalize;
  transport_class->connect_async = sim_transport_connect_async;
  transport_class->connect_finish = sim_transport_finish;
  transport_class->close_async = sim_transport_connect_async;
  transport_class->close_finish = sim_transport_finish;
  transport_class->subscribe = sim_transport_subscribe;
  transport_class->unsubscribe = sim_transport_subscribe;
  transport_class->publish_async = sim_transport_publish_async;
  transport_class->publish_finish = sim_transport_finish;
  transport_class->reply_async = sim_transport_reply_async;
  transport_class->reply_finish = sim_transport_finish;
  transport_class->ack = sim_transport_ack;
}

static void
sim_transport_init (SimTransport *self)
{
  self->sent = g_ptr_array_new_with_free_func ((GDestroyNotify)sim_sent_free);
}

SimTransport *
sim_transport_new (VnfmContext *context)
{
  return g_object_new (SIM_TYPE_TRANSPORT, "context", context, NULL);
}

GPtrArray *
sim_transport_get_sent (SimTransport *self)
{
  return self->sent;
}

guint
sim_transport_get_acks (SimTransport *self)
{
  return self->acks;
}

void
sim_transport_fail_next (SimTransport *self, guint replies)
{
  self->failing = replies;
}

void
sim_transport_deliver (SimTransport *self, VnfmDestination destination, const char *body, const char *message_id,
                       const char *reply_to, gboolean redelivered)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (bytes);

  envelope->message_id = g_strdup (message_id);
  envelope->reply_to = g_strdup (reply_to);
  envelope->correlation_id = g_strdup (message_id);
  envelope->redelivered = redelivered;
  vnfm_transport_deliver (VNFM_TRANSPORT (self), destination, envelope, ++self->token);
}

/* ---- negotiator */

struct _SimNegotiator {
  VnfmNegotiator parent_instance;

  char *refusal;
  gboolean silent;
  guint asked;
  guint attached;
};

G_DEFINE_FINAL_TYPE (SimNegotiator, sim_negotiator, VNFM_TYPE_NEGOTIATOR)

static void
end_silence (GCancellable *cancellable, GTask *task)
{
  g_task_return_error_if_cancelled (task);
}

/* A VNFR with an id, and, when @allocated, with an instance for each VNFComponent. */
static VnfmRecord *
make_answer (VnfmRecord *record, gboolean allocated)
{
  g_autoptr (JsonNode) root = vnfm_json_parse (vnfm_record_get_text (record), NULL);
  JsonObject *object = json_node_get_object (root);
  g_autofree char *id = g_strdup_printf ("id-%s", vnfm_record_get_name (record));
  JsonArray *vdus = vnfm_json_get_array (object, "vdu");

  json_object_set_string_member (object, "id", id);
  for (guint i = 0; allocated && vdus != NULL && i < json_array_get_length (vdus); i++) {
    JsonObject *vdu = json_array_get_object_element (vdus, i);
    JsonArray *instances = json_array_new ();
    guint count = json_array_get_length (vnfm_json_get_array (vdu, "vnfc"));
    for (guint j = 0; j < count; j++) {
      JsonObject *instance = json_object_new ();
      g_autofree char *host = g_strdup_printf ("%s-%u%u", vnfm_record_get_name (record), i, j);
      json_object_set_string_member (instance, "id", host);
      json_object_set_string_member (instance, "hostname", host);
      json_array_add_object_element (instances, instance);
    }
    json_object_set_array_member (vdu, "vnfc_instance", instances);
  }
  g_autoptr (GBytes) text = vnfm_json_write (root);
  return vnfm_record_new (text, NULL);
}

static void
question (SimNegotiator *self, VnfmOperation *operation, gboolean is_grant, gboolean attach, GCancellable *cancellable,
          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  VnfmResources *answer = g_new0 (VnfmResources, 1);

  if (attach)
    self->attached++;
  else
    self->asked++;
  if (self->silent) {
    vnfm_resources_free (answer);
    g_cancellable_connect (cancellable, G_CALLBACK (end_silence), g_object_ref (task), g_object_unref);
    return;
  }
  if (is_grant && g_strcmp0 (self->refusal, "null") == 0)
    answer->withdrawn = TRUE;
  else if (is_grant && self->refusal != NULL)
    answer->refusal = g_strdup (self->refusal);
  answer->record = answer->withdrawn ? NULL : make_answer (vnfm_operation_get_record (operation), !is_grant);
  g_task_return_pointer (task, answer, (GDestroyNotify)vnfm_resources_free);
}

static void
sim_negotiator_grant_async (VnfmNegotiator *negotiator, VnfmOperation *operation, const char *step_id, gboolean attach,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  question (SIM_NEGOTIATOR (negotiator), operation, TRUE, attach, cancellable, callback, user_data);
}

static void
sim_negotiator_allocate_async (VnfmNegotiator *negotiator, VnfmOperation *operation, GBytes *placement,
                               const char *step_id, gboolean attach, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  question (SIM_NEGOTIATOR (negotiator), operation, FALSE, attach, cancellable, callback, user_data);
}

static VnfmResources *
sim_negotiator_finish (VnfmNegotiator *negotiator, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sim_negotiator_finalize (GObject *object)
{
  g_free (SIM_NEGOTIATOR (object)->refusal);
  G_OBJECT_CLASS (sim_negotiator_parent_class)->finalize (object);
}

static void
sim_negotiator_class_init (SimNegotiatorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sim_negotiator_finalize;
  VNFM_NEGOTIATOR_CLASS (klass)->grant_async = sim_negotiator_grant_async;
  VNFM_NEGOTIATOR_CLASS (klass)->grant_finish = sim_negotiator_finish;
  VNFM_NEGOTIATOR_CLASS (klass)->allocate_async = sim_negotiator_allocate_async;
  VNFM_NEGOTIATOR_CLASS (klass)->allocate_finish = sim_negotiator_finish;
}

static void
sim_negotiator_init (SimNegotiator *self)
{
}

SimNegotiator *
sim_negotiator_new (VnfmContext *context)
{
  return g_object_new (SIM_TYPE_NEGOTIATOR, "context", context, NULL);
}

void
sim_negotiator_refuse (SimNegotiator *self, const char *refusal)
{
  g_free (self->refusal);
  self->refusal = g_strdup (refusal);
}

void
sim_negotiator_be_silent (SimNegotiator *self, gboolean silent)
{
  self->silent = silent;
}

guint
sim_negotiator_get_asked (SimNegotiator *self)
{
  return self->asked;
}

guint
sim_negotiator_get_attached (SimNegotiator *self)
{
  return self->attached;
}

/* ---- EMS */

struct _SimEms {
  VnfmEms parent_instance;

  GPtrArray *ledger;
  GHashTable *records;
  gboolean dead;
  char *failing;
  char *hanging;
};

G_DEFINE_FINAL_TYPE (SimEms, sim_ems, VNFM_TYPE_EMS)

static void
sim_ems_await_async (VnfmEms *ems, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (ems, cancellable, callback, user_data);

  if (SIM_EMS (ems)->dead)
    g_cancellable_connect (cancellable, G_CALLBACK (end_silence), g_object_ref (task), g_object_unref);
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
sim_ems_finish_boolean (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sim_ems_put_script_async (VnfmEms *ems, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  succeed (ems, callback, user_data);
}

static void
killed (GCancellable *cancellable, GTask *task)
{
  g_task_return_pointer (task, vnfm_script_result_new (-15, "", "cancelled"), (GDestroyNotify)vnfm_script_result_free);
}

static void
sim_ems_execute_async (VnfmEms *ems, VnfmVnfc *vnfc, const VnfmExecution *execution, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  SimEms *self = SIM_EMS (ems);
  g_autoptr (GTask) task = g_task_new (ems, cancellable, callback, user_data);
  VnfmScriptResult *result = g_hash_table_lookup (self->records, execution->step_id);

  g_task_set_check_cancellable (task, FALSE);
  if (result == NULL) {
    gboolean fails = g_strcmp0 (execution->script, self->failing) == 0;
    g_ptr_array_add (self->ledger, g_strdup_printf ("%s %s", vnfc->hostname, execution->script));
    if (g_strcmp0 (execution->script, self->hanging) == 0) {
      g_cancellable_connect (cancellable, G_CALLBACK (killed), g_object_ref (task), g_object_unref);
      return;
    }
    result = vnfm_script_result_new (fails ? 1 : 0, "", fails ? "on purpose" : "");
    g_hash_table_insert (self->records, g_strdup (execution->step_id), result);
  }
  g_task_return_pointer (task, vnfm_script_result_copy (result), (GDestroyNotify)vnfm_script_result_free);
}

static VnfmScriptResult *
sim_ems_execute_finish (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static char *
sim_ems_describe (VnfmEms *ems, VnfmVnfc *vnfc)
{
  return g_strdup ("agent never seen");
}

static void
sim_ems_finalize (GObject *object)
{
  SimEms *self = SIM_EMS (object);

  g_ptr_array_unref (self->ledger);
  g_hash_table_unref (self->records);
  g_free (self->failing);
  g_free (self->hanging);
  G_OBJECT_CLASS (sim_ems_parent_class)->finalize (object);
}

static void
sim_ems_class_init (SimEmsClass *klass)
{
  VnfmEmsClass *ems_class = VNFM_EMS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sim_ems_finalize;
  ems_class->await_async = sim_ems_await_async;
  ems_class->await_finish = sim_ems_finish_boolean;
  ems_class->put_script_async = sim_ems_put_script_async;
  ems_class->put_script_finish = sim_ems_finish_boolean;
  ems_class->execute_async = sim_ems_execute_async;
  ems_class->execute_finish = sim_ems_execute_finish;
  ems_class->describe = sim_ems_describe;
}

static void
sim_ems_init (SimEms *self)
{
}

SimEms *
sim_ems_new (VnfmContext *context, GPtrArray *ledger, GHashTable *records)
{
  SimEms *self = g_object_new (SIM_TYPE_EMS, "context", context, NULL);

  self->ledger = g_ptr_array_ref (ledger);
  self->records = g_hash_table_ref (records);
  return self;
}

void
sim_ems_set_dead (SimEms *self, gboolean dead)
{
  self->dead = dead;
}

void
sim_ems_set_failing (SimEms *self, const char *script)
{
  g_free (self->failing);
  self->failing = g_strdup (script);
}

void
sim_ems_set_hanging (SimEms *self, const char *script)
{
  g_free (self->hanging);
  self->hanging = g_strdup (script);
}
