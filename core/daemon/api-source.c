/* SPDX-License-Identifier: Apache-2.0 */
/* Looks into the engine for the local API: nothing is kept for it, everything is taken when it is asked for. */
#include "config.h"

#include "core/daemon/api-source.h"

#include "core/daemon/api-doctor.h"
#include "core/daemon/api-json.h"

#include <string.h>
#include <unistd.h>

struct _ApiSource {
  GObject parent_instance;

  Wiring *wiring;
  VnfmContext *context;
  char *profile_name;
  gint64 started;
};

static void api_source_iface_init (LocalApiSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ApiSource, api_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LOCAL_API_TYPE_SOURCE, api_source_iface_init))

/* ---- status */

static JsonObject *
get_counters (VnfmEngine *engine)
{
  const EngineCounters *counters = vnfm_engine_get_counters (engine);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "accepted", (gint64)counters->accepted);
  json_object_set_int_member (object, "repeated", (gint64)counters->repeated);
  json_object_set_int_member (object, "answered", (gint64)counters->answered);
  json_object_set_int_member (object, "failed", (gint64)counters->failed);
  return object;
}

static JsonNode *
api_source_get_status (LocalApiSource *source)
{
  ApiSource *self = DAEMON_API_SOURCE (source);
  VnfmEngine *engine = wiring_get_engine (self->wiring);
  VnfmProfile *profile = vnfm_context_get_profile (self->context);
  VnfmTransport *nfvo = vnfm_context_get_nfvo_transport (self->context);
  VnfmTransport *ems = vnfm_context_get_ems_transport (self->context);
  g_autofree char *store = vnfm_store_describe (vnfm_context_get_store (self->context));
  JsonObject *object = json_object_new ();
  JsonArray *transports = json_array_new ();
  gboolean connected = vnfm_transport_get_state (nfvo) == VNFM_TRANSPORT_CONNECTED &&
                       vnfm_transport_get_state (ems) == VNFM_TRANSPORT_CONNECTED;

  api_json_set_text (object, "version", PACKAGE_VERSION);
  api_json_set_text (object, "profile", self->profile_name);
  api_json_set_text (object, "state", connected ? "ready" : "connecting");
  json_object_set_int_member (object, "pid", getpid ());
  api_json_set_time (object, "started", self->started);
  api_json_set_text (object, "store", store);
  json_array_add_object_element (
      transports, api_json_transport ("nfvo", vnfm_profile_get_string (profile, "vnfmd", "nfvo-transport"), nfvo));
  json_array_add_object_element (
      transports, api_json_transport ("ems", vnfm_profile_get_string (profile, "vnfmd", "ems-transport"), ems));
  json_object_set_array_member (object, "transports", transports);
  json_object_set_object_member (object, "operations", api_json_count_operations (engine));
  json_object_set_object_member (object, "since-start", get_counters (engine));
  return api_json_node (object);
}

/* ---- operations */

static JsonNode *
api_source_get_operations (LocalApiSource *source, LocalApiFilter filter, guint limit, guint *left_out)
{
  VnfmEngine *engine = wiring_get_engine (DAEMON_API_SOURCE (source)->wiring);
  g_autoptr (GPtrArray) open = vnfm_engine_get_operations (engine);
  g_autoptr (GPtrArray) finished = vnfm_engine_get_finished (engine);
  JsonArray *array = json_array_new ();

  *left_out = 0;
  for (guint i = open->len; i > 0; i--) {
    EngineOperation *operation = g_ptr_array_index (open, i - 1);
    if ((filter & (operation->state == OPERATION_QUEUED ? LOCAL_API_WAITING : LOCAL_API_RUNNING)) == 0)
      continue;
    if (json_array_get_length (array) < limit)
      json_array_add_object_element (array, api_json_operation (operation));
    else
      ++*left_out;
  }
  for (guint i = 0; (filter & LOCAL_API_FINISHED) != 0 && i < finished->len; i++) {
    if (json_array_get_length (array) < limit)
      json_array_add_object_element (array, api_json_summary (g_ptr_array_index (finished, i)));
    else
      ++*left_out;
  }
  return api_json_array_node (array);
}

/* ---- one operation, with its steps from the journal */

static void
add_stages (JsonObject *object, EngineOperation *operation)
{
  JsonArray *stages = json_array_new ();

  for (guint i = 0; i < operation->times->len; i++) {
    const OperationTime *time = &g_array_index (operation->times, OperationTime, i);
    JsonObject *stage = json_object_new ();
    api_json_set_text (stage, "stage", time->stage);
    api_json_set_time (stage, "started", time->started);
    api_json_set_time (stage, "ended", time->ended);
    json_array_add_object_element (stages, stage);
  }
  json_object_set_array_member (object, "stages", stages);
}

/* In one line: what a script ended with, or that there is an answer. */
static char *
describe_outcome (JsonObject *outcome)
{
  const char *refusal = vnfm_json_get_string (outcome, "refusal");

  if (refusal != NULL)
    return g_strdup_printf ("refused: %s", refusal);
  if (json_object_has_member (outcome, "status"))
    return g_strdup_printf ("status %" G_GINT64_FORMAT, vnfm_json_get_int (outcome, "status", 0));
  return g_strdup ("done");
}

static void
add_step (JsonArray *steps, const char *name, GBytes *value)
{
  g_autoptr (JsonNode) node = vnfm_json_parse (value, NULL);
  JsonObject *record = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *outcome = vnfm_json_get_object (record, "outcome");
  JsonObject *step = json_object_new ();

  api_json_set_text (step, "name", name);
  api_json_set_time (step, "began", vnfm_json_get_int (record, "begun", 0));
  api_json_set_time (step, "ended", vnfm_json_get_int (record, "ended", 0));
  if (outcome != NULL) {
    g_autofree char *text = describe_outcome (outcome);
    api_json_set_text (step, "outcome", text);
  }
  json_array_add_object_element (steps, step);
}

static void
steps_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  JsonObject *object = g_task_get_task_data (task);
  g_autofree char *prefix = g_strdup_printf ("op/%s/step/", vnfm_json_get_string (object, "id"));
  GError *error = NULL;
  ApiSource *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) items =
      journal_load_finish (vnfm_engine_get_journal (wiring_get_engine (self->wiring)), result, &error);

  if (items == NULL) {
    g_task_return_error (task, error);
    return;
  }
  JsonArray *steps = json_array_new ();
  for (guint i = 0; i < items->len; i++) {
    VnfmStoreItem *item = g_ptr_array_index (items, i);
    if (g_str_has_prefix (item->key, prefix))
      add_step (steps, item->key + strlen (prefix), item->value);
  }
  json_object_set_array_member (object, "steps", steps);
  g_task_return_pointer (task, api_json_node (json_object_ref (object)), (GDestroyNotify)json_node_unref);
}

static EngineOperation *
find_open (GPtrArray *open, const char *id)
{
  for (guint i = 0; i < open->len; i++) {
    EngineOperation *operation = g_ptr_array_index (open, i);
    if (strcmp (operation->request->id, id) == 0)
      return operation;
  }
  return NULL;
}

static void
api_source_get_operation_async (LocalApiSource *source, const char *wanted, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  ApiSource *self = DAEMON_API_SOURCE (source);
  VnfmEngine *engine = wiring_get_engine (self->wiring);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) open = vnfm_engine_get_operations (engine);
  g_autoptr (GPtrArray) finished = vnfm_engine_get_finished (engine);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) summaries = g_ptr_array_new_with_free_func ((GDestroyNotify)json_object_unref);
  GError *error = NULL;

  for (guint i = 0; i < open->len; i++)
    g_ptr_array_add (ids, g_strdup (((EngineOperation *)g_ptr_array_index (open, i))->request->id));
  for (guint i = 0; i < finished->len; i++) {
    JsonObject *summary = api_json_summary (g_ptr_array_index (finished, i));
    if (vnfm_json_get_string (summary, "id") == NULL) {
      json_object_unref (summary);
      continue;
    }
    g_ptr_array_add (summaries, summary);
    g_ptr_array_add (ids, g_strdup (vnfm_json_get_string (summary, "id")));
  }
  const char *id = local_api_find_id (ids, wanted, &error);
  if (id == NULL) {
    g_task_return_error (task, error);
    return;
  }
  EngineOperation *operation = find_open (open, id);
  if (operation != NULL) {
    JsonObject *object = api_json_operation (operation);
    add_stages (object, operation);
    api_json_add_waits (object, operation);
    g_task_set_task_data (task, object, (GDestroyNotify)json_object_unref);
    journal_load_async (vnfm_engine_get_journal (engine), "op", id, steps_loaded, g_steal_pointer (&task));
    return;
  }
  for (guint i = 0; i < summaries->len; i++) {
    JsonObject *summary = g_ptr_array_index (summaries, i);
    if (g_strcmp0 (vnfm_json_get_string (summary, "id"), id) == 0) {
      g_task_return_pointer (task, api_json_node (json_object_ref (summary)), (GDestroyNotify)json_node_unref);
      return;
    }
  }
}

static JsonNode *
api_source_get_operation_finish (LocalApiSource *source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- VNFs: those that operations are under way for */

static JsonArray *
describe_machines (EngineOperation *operation)
{
  JsonArray *machines = json_array_new ();
  g_autoptr (GPtrArray) vnfcs = operation->record != NULL ? vnfm_record_dup_vnfcs (operation->record, NULL) : NULL;

  for (guint i = 0; vnfcs != NULL && i < vnfcs->len; i++) {
    VnfmVnfc *vnfc = g_ptr_array_index (vnfcs, i);
    g_autofree char *state = vnfm_ems_describe (vnfm_operation_get_ems (VNFM_OPERATION (operation)), vnfc);
    JsonObject *machine = json_object_new ();
    api_json_set_text (machine, "host", vnfc->hostname);
    api_json_set_text (machine, "state", state);
    json_array_add_object_element (machines, machine);
  }
  return machines;
}

static JsonNode *
api_source_get_vnfs (LocalApiSource *source)
{
  VnfmEngine *engine = wiring_get_engine (DAEMON_API_SOURCE (source)->wiring);
  g_autoptr (GPtrArray) open = vnfm_engine_get_operations (engine);
  g_autoptr (GHashTable) by_vnf = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < open->len; i++) {
    EngineOperation *operation = g_ptr_array_index (open, i);
    Request *request = operation->request;
    char *key = g_strdup_printf ("%s %s", request->nsr_id, request->vnf_name);
    JsonObject *vnf = g_hash_table_lookup (by_vnf, key);
    if (vnf == NULL) {
      vnf = json_object_new ();
      api_json_set_text (vnf, "vnf", request->vnf_name);
      api_json_set_text (vnf, "type", request->vnf_type);
      api_json_set_text (vnf, "nsr", request->nsr_id);
      json_object_set_int_member (vnf, "waiting", 0);
      json_object_set_array_member (vnf, "machines", describe_machines (operation));
      json_array_add_object_element (array, vnf);
      g_hash_table_insert (by_vnf, g_strdup (key), vnf);
    }
    g_free (key);
    api_json_set_text (vnf, "vnfr", request->vnfr_id);
    if (operation->state == OPERATION_QUEUED)
      json_object_set_int_member (vnf, "waiting", json_object_get_int_member (vnf, "waiting") + 1);
    else {
      api_json_set_text (vnf, "running", request->id);
      api_json_set_text (vnf, "action", request->action_name);
    }
  }
  return api_json_array_node (array);
}

static JsonNode *
api_source_get_plugins (LocalApiSource *source)
{
  HostPlugins *plugins = wiring_get_plugins (DAEMON_API_SOURCE (source)->wiring);
  g_autoptr (GPtrArray) all = host_plugins_get_all (plugins);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < all->len; i++) {
    const HostPlugin *plugin = g_ptr_array_index (all, i);
    JsonObject *object = json_object_new ();
    api_json_set_text (object, "kind", vnfm_plugin_kind_get_nick (plugin->kind));
    api_json_set_text (object, "name", plugin->name);
    api_json_set_text (object, "version", plugin->info != NULL ? plugin->info->version : NULL);
    api_json_set_text (object, "state", host_plugin_state_get_nick (plugin->state));
    api_json_set_text (object, "reason", plugin->reason);
    api_json_set_text (object, "path", plugin->path);
    api_json_set_text (object, "summary", plugin->info != NULL ? plugin->info->summary : NULL);
    json_array_add_object_element (array, object);
  }
  return api_json_array_node (array);
}

/* ---- doctor */

static void
api_source_get_doctor_async (LocalApiSource *source, const char *vnf, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  ApiSource *self = DAEMON_API_SOURCE (source);

  api_doctor_examine_async (self->context, wiring_get_engine (self->wiring), api_source_get_status (source), vnf,
                            callback, user_data);
}

static JsonNode *
api_source_get_doctor_finish (LocalApiSource *source, GAsyncResult *result, GError **error)
{
  return api_doctor_examine_finish (result, error);
}

/* ---- the object */

static void
api_source_iface_init (LocalApiSourceInterface *iface)
{
  iface->get_status = api_source_get_status;
  iface->get_operations = api_source_get_operations;
  iface->get_operation_async = api_source_get_operation_async;
  iface->get_operation_finish = api_source_get_operation_finish;
  iface->get_vnfs = api_source_get_vnfs;
  iface->get_doctor_async = api_source_get_doctor_async;
  iface->get_doctor_finish = api_source_get_doctor_finish;
  iface->get_plugins = api_source_get_plugins;
}

static void
api_source_finalize (GObject *object)
{
  ApiSource *self = DAEMON_API_SOURCE (object);

  g_object_unref (self->context);
  g_free (self->profile_name);
  G_OBJECT_CLASS (api_source_parent_class)->finalize (object);
}

static void
api_source_class_init (ApiSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = api_source_finalize;
}

static void
api_source_init (ApiSource *self)
{
}

ApiSource *
api_source_new (Wiring *wiring, VnfmContext *context, const char *profile_name)
{
  ApiSource *self = g_object_new (DAEMON_TYPE_API_SOURCE, NULL);

  self->wiring = wiring;
  self->context = g_object_ref (context);
  self->profile_name = g_strdup (profile_name);
  self->started = vnfm_clock_get_wall_time (vnfm_context_get_clock (context));
  return self;
}
