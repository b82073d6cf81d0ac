/* SPDX-License-Identifier: Apache-2.0 */
/* The facts for `vnfmctl doctor`: what is known is written down, what can be tried is tried (a commit to the store, a
 * harmless question to each machine), all at the same time and within a few seconds. Nothing is judged here. */
#include "config.h"

#include "core/daemon/api-doctor.h"

#include "core/daemon/api-json.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#define PATIENCE      (5 * G_TIME_SPAN_SECOND)
#define MOST_LISTED   20
#define MOST_MACHINES 100
#define SPACE         "doctor"

typedef struct {
  VnfmContext *context;
  VnfmEngine *engine;
  JsonObject *facts;
  guint pending;
  GCancellable *cancellable; /* of the questions to machines */
  VnfmTimer *timer;
} Examination;

static void
examination_free (Examination *self)
{
  vnfm_clock_clear_timer (vnfm_context_get_clock (self->context), &self->timer);
  g_object_unref (self->cancellable);
  json_object_unref (self->facts);
  g_object_unref (self->engine);
  g_object_unref (self->context);
  g_free (self);
}

/* @task: a reference. The last one returns. */
static void
one_done (GTask *task)
{
  Examination *self = g_task_get_task_data (task);

  if (--self->pending == 0)
    g_task_return_pointer (task, api_json_node (json_object_ref (self->facts)), (GDestroyNotify)json_node_unref);
  g_object_unref (task);
}

static GTask *
one_more (GTask *task)
{
  ((Examination *)g_task_get_task_data (task))->pending++;
  return g_object_ref (task);
}

/* ---- this machine */

static void
add_folder (JsonArray *folders, const char *use, const char *path)
{
  JsonObject *folder = json_object_new ();
  struct statvfs status;

  api_json_set_text (folder, "use", use);
  api_json_set_text (folder, "path", path);
  if (statvfs (path, &status) == 0) {
    json_object_set_int_member (folder, "free", (gint64)(status.f_bavail * status.f_frsize));
    json_object_set_int_member (folder, "size", (gint64)(status.f_blocks * status.f_frsize));
  } else
    api_json_set_text (folder, "error", g_strerror (errno));
  json_array_add_object_element (folders, folder);
}

static void
add_machine_facts (Examination *self)
{
  VnfmProfile *profile = vnfm_context_get_profile (self->context);
  const char *log_dir = vnfm_profile_get_string (profile, "vnfmd", "log-dir");
  JsonArray *folders = json_array_new ();
  JsonObject *clock = json_object_new ();
  struct timex timex = { 0 };
  int time_state = adjtimex (&timex);

  api_json_set_time (self->facts, "now", vnfm_clock_get_wall_time (vnfm_context_get_clock (self->context)));
  add_folder (folders, "state", vnfm_context_get_state_dir (self->context));
  if (log_dir != NULL)
    add_folder (folders, "scripts' output", log_dir);
  json_object_set_array_member (self->facts, "folders", folders);
  if (time_state >= 0) /* a sandbox may forbid even to ask */
    json_object_set_boolean_member (clock, "synchronized", time_state != TIME_ERROR);
  json_object_set_object_member (self->facts, "clock", clock);
}

static void
committed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Examination *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!vnfm_store_commit_finish (VNFM_STORE (source), result, &error))
    api_json_set_text (self->facts, "store-error", error->message);
  one_done (task);
}

/* As a request would be written, and gone again. */
static void
try_store (Examination *self, GTask *task)
{
  VnfmStoreBatch *batch = vnfm_store_batch_new ();
  g_autoptr (GBytes) value = g_bytes_new_static ("{}", 2);

  vnfm_store_batch_put (batch, SPACE, "trial", value);
  vnfm_store_batch_delete (batch, SPACE, "trial");
  vnfm_store_commit_async (vnfm_context_get_store (self->context), batch, NULL, committed, one_more (task));
}

/* ---- the transports and their queues */

/* What a manager must read, and what others must read for it. */
static const struct {
  VnfmDestination destination;
  gboolean ems_leg;
  gboolean wanted;
} queues[] = {
  { VNFM_DESTINATION_NFVO_REQUESTS, FALSE, TRUE },
  { VNFM_DESTINATION_ANSWERS, FALSE, TRUE },
  { VNFM_DESTINATION_NFVO_QUESTIONS, FALSE, FALSE },
  { VNFM_DESTINATION_EMS_REGISTRATION, TRUE, TRUE },
};

static JsonArray *
describe_queues (VnfmTransport *transport, gboolean nfvo_leg, gboolean ems_leg)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (queues); i++) {
    VnfmDestination destination = queues[i].destination;
    g_autofree char *name = vnfm_transport_dup_name (transport, destination, NULL);
    int readers = vnfm_transport_count_readers (transport, destination, NULL);
    if (!(queues[i].ems_leg ? ems_leg : nfvo_leg))
      continue;
    if (queues[i].ems_leg && !vnfm_transport_is_subscribed (transport, destination, NULL))
      continue; /* no back-end has agents */
    JsonObject *queue = json_object_new ();
    api_json_set_text (queue, "destination", vnfm_destination_get_nick (destination));
    api_json_set_text (queue, "name", name);
    json_object_set_boolean_member (queue, "wanted", queues[i].wanted);
    json_object_set_boolean_member (queue, "subscribed", vnfm_transport_is_subscribed (transport, destination, NULL));
    if (readers >= 0)
      json_object_set_int_member (queue, "readers", readers);
    json_array_add_object_element (array, queue);
  }
  return array;
}

static char *
dup_address (VnfmTransport *transport)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (transport), "broker-address");
  char *address = NULL;

  if (pspec != NULL && pspec->value_type == G_TYPE_STRING)
    g_object_get (transport, "broker-address", &address, NULL);
  return address;
}

static JsonObject *
describe_leg (const char *name, VnfmTransport *transport, gboolean nfvo_leg, gboolean ems_leg)
{
  JsonObject *leg = api_json_transport (NULL, name, transport);
  JsonArray *legs = json_array_new ();
  const GError *error = vnfm_transport_get_last_error (transport);
  int connections = vnfm_transport_count_connections (transport);
  g_autofree char *address = dup_address (transport);

  if (nfvo_leg)
    json_array_add_string_element (legs, "nfvo");
  if (ems_leg)
    json_array_add_string_element (legs, "ems");
  json_object_set_array_member (leg, "legs", legs);
  if (error != NULL && error->domain == VNFM_ERROR)
    api_json_set_text (leg, "error-code", vnfm_error_code_get_nick (error->code));
  api_json_set_text (leg, "address", address);
  if (connections >= 0)
    json_object_set_int_member (leg, "connections", connections);
  json_object_set_array_member (leg, "queues", describe_queues (transport, nfvo_leg, ems_leg));
  return leg;
}

static void
add_legs (Examination *self)
{
  VnfmProfile *profile = vnfm_context_get_profile (self->context);
  VnfmTransport *nfvo = vnfm_context_get_nfvo_transport (self->context);
  VnfmTransport *ems = vnfm_context_get_ems_transport (self->context);
  JsonArray *legs = json_array_new ();

  json_array_add_object_element (
      legs, describe_leg (vnfm_profile_get_string (profile, "vnfmd", "nfvo-transport"), nfvo, TRUE, ems == nfvo));
  if (ems != nfvo)
    json_array_add_object_element (
        legs, describe_leg (vnfm_profile_get_string (profile, "vnfmd", "ems-transport"), ems, FALSE, TRUE));
  json_object_set_array_member (self->facts, "legs", legs);
}

static void
add_operations (Examination *self)
{
  g_autoptr (GPtrArray) open = vnfm_engine_get_operations (self->engine);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < MIN (open->len, MOST_LISTED); i++)
    json_array_add_object_element (array, api_json_operation (g_ptr_array_index (open, i)));
  json_object_set_array_member (self->facts, "operations", array);
}

/* ---- one VNF */

/* What is meant by a name or by the beginning of an id. */
typedef struct {
  EngineOperation *operation; /* nullable: the one that runs, else the first that waits */
  JsonObject *last;           /* nullable: the newest that has finished */
  const char *vnfr_id;
  const char *vnf;
  const char *type;
} Patient;

static gboolean
is_meant (const char *wanted, const char *vnf, const char *vnfr_id)
{
  return g_strcmp0 (wanted, vnf) == 0 ||
         (vnfr_id != NULL && strlen (wanted) >= 4 && g_str_has_prefix (vnfr_id, wanted));
}

static gboolean
find_open (GPtrArray *open, const char *wanted, Patient *patient, GError **error)
{
  for (guint i = 0; i < open->len; i++) {
    EngineOperation *operation = g_ptr_array_index (open, i);
    Request *request = operation->request;
    if (!is_meant (wanted, request->vnf_name, request->vnfr_id))
      continue;
    EngineOperation *found = patient->operation;
    if (found != NULL && (g_strcmp0 (found->request->nsr_id, request->nsr_id) != 0 ||
                          g_strcmp0 (found->request->vnf_name, request->vnf_name) != 0)) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID,
                   "several VNFs are called %s: give the id of the VNFR, for instance %s", wanted,
                   request->vnfr_id != NULL ? request->vnfr_id : "(not known yet)");
      return FALSE;
    }
    if (found == NULL || (found->state == OPERATION_QUEUED && operation->state != OPERATION_QUEUED))
      patient->operation = operation;
  }
  return TRUE;
}

static JsonObject *
find_finished (VnfmEngine *engine, const char *wanted)
{
  g_autoptr (GPtrArray) finished = vnfm_engine_get_finished (engine);

  for (guint i = 0; i < finished->len; i++) {
    g_autoptr (JsonObject) summary = api_json_summary (g_ptr_array_index (finished, i));
    if (is_meant (wanted, vnfm_json_get_string (summary, "vnf"), vnfm_json_get_string (summary, "vnfr")))
      return g_steal_pointer (&summary);
  }
  return NULL;
}

static gboolean
find_patient (Examination *self, GPtrArray *open, const char *wanted, Patient *patient, GError **error)
{
  if (!find_open (open, wanted, patient, error))
    return FALSE;
  patient->last = find_finished (self->engine, wanted);
  if (patient->operation != NULL) {
    patient->vnfr_id = patient->operation->request->vnfr_id;
    patient->vnf = patient->operation->request->vnf_name;
    patient->type = patient->operation->request->vnf_type;
  } else if (patient->last != NULL) {
    patient->vnfr_id = vnfm_json_get_string (patient->last, "vnfr");
    patient->vnf = vnfm_json_get_string (patient->last, "vnf");
    patient->type = vnfm_json_get_string (patient->last, "type");
  } else {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND,
                 "no VNF %s is known here: no operation is under way for it, and none is among the finished ones",
                 wanted);
    return FALSE;
  }
  return TRUE;
}

typedef struct {
  GTask *task;
  JsonObject *machine; /* owned */
} Question;

static void
probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (GError) error = NULL;
  JsonObject *probe = vnfm_ems_probe_finish (VNFM_EMS (source), result, &error);

  if (probe != NULL)
    json_object_set_object_member (question->machine, "probe", probe);
  else {
    api_json_set_text (question->machine, "probe-error", error->message);
    if (error->domain == VNFM_ERROR)
      api_json_set_text (question->machine, "probe-error-code", vnfm_error_code_get_nick (error->code));
  }
  one_done (question->task);
  json_object_unref (question->machine);
  g_free (question);
}

static void
add_machine (Examination *self, GTask *task, JsonArray *machines, VnfmEms *ems, VnfmVnfc *vnfc)
{
  VnfmTransport *transport = vnfm_context_get_ems_transport (self->context);
  int readers = vnfm_transport_count_readers (transport, VNFM_DESTINATION_EMS_COMMANDS, vnfc->hostname);
  g_autofree char *state = vnfm_ems_describe (ems, vnfc);
  g_autofree char *advice = vnfm_ems_advise (ems, vnfc);
  JsonObject *machine = json_object_new ();
  JsonArray *addresses = json_array_new ();
  g_autoptr (Wait) wait = wait_new (WAIT_MACHINE, NULL, 0);
  Question *question = g_new (Question, 1);

  wait_set_machine (wait, vnfc);
  for (char **address = wait->addresses; *address != NULL; address++)
    json_array_add_string_element (addresses, *address);
  api_json_set_text (machine, "host", vnfc->hostname);
  json_object_set_array_member (machine, "addresses", addresses);
  api_json_set_text (machine, "state", state);
  api_json_set_text (machine, "advice", advice);
  if (readers >= 0)
    json_object_set_boolean_member (machine, "reads-commands", readers > 0);
  json_array_add_object_element (machines, machine);
  *question = (Question){ one_more (task), json_object_ref (machine) };
  vnfm_ems_probe_async (ems, vnfc, self->cancellable, probed, question);
}

static void
add_vnf (Examination *self, GTask *task, const Patient *patient)
{
  VnfmEms *ems = vnfm_engine_get_ems (self->engine, patient->type);
  VnfmRecord *record = patient->operation != NULL ? patient->operation->record : NULL;
  const char *last = vnfm_json_get_string (patient->last, "action");
  gboolean released = patient->operation == NULL && g_strcmp0 (last, "RELEASE_RESOURCES") == 0;
  g_autoptr (GPtrArray) vnfcs = NULL;
  JsonObject *vnf = json_object_new ();
  JsonArray *machines = json_array_new ();

  api_json_set_text (vnf, "vnf", patient->vnf);
  api_json_set_text (vnf, "vnfr", patient->vnfr_id);
  api_json_set_text (vnf, "type", patient->type);
  json_object_set_boolean_member (vnf, "released", released);
  if (patient->operation != NULL) {
    JsonObject *operation = api_json_operation (patient->operation);
    api_json_add_waits (operation, patient->operation);
    json_object_set_object_member (vnf, "operation", operation);
  }
  if (patient->last != NULL)
    json_object_set_object_member (vnf, "last", json_object_ref (patient->last));
  if (record != NULL)
    vnfcs = vnfm_record_dup_vnfcs (record, NULL);
  else if (patient->vnfr_id != NULL)
    vnfcs = vnfm_ems_dup_vnfcs (ems, patient->vnfr_id);
  for (guint i = 0; vnfcs != NULL && i < MIN (vnfcs->len, MOST_MACHINES); i++)
    add_machine (self, task, machines, ems, g_ptr_array_index (vnfcs, i));
  json_object_set_array_member (vnf, "machines", machines);
  json_object_set_object_member (self->facts, "vnf", vnf);
}

/* ---- all of it */

static void
patience_ends (gpointer user_data)
{
  Examination *self = user_data;

  self->timer = NULL;
  g_cancellable_cancel (self->cancellable);
}

void
api_doctor_examine_async (VnfmContext *context, VnfmEngine *engine, JsonNode *status, const char *vnf,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  Examination *self = g_new0 (Examination, 1);
  g_autoptr (GPtrArray) open = vnfm_engine_get_operations (engine);
  Patient patient = { 0 };
  GError *error = NULL;

  self->context = g_object_ref (context);
  self->engine = g_object_ref (engine);
  self->facts = json_object_new ();
  self->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, self, (GDestroyNotify)examination_free);
  json_object_set_member (self->facts, "status", status);
  if (vnf != NULL && !find_patient (self, open, vnf, &patient, &error)) {
    g_task_return_error (task, error);
    return;
  }
  GTask *whole = one_more (task); /* until all is begun */
  self->timer = vnfm_clock_add_timer (vnfm_context_get_clock (context), PATIENCE, patience_ends, self);
  add_machine_facts (self);
  add_legs (self);
  add_operations (self);
  try_store (self, task);
  if (vnf != NULL)
    add_vnf (self, task, &patient);
  g_clear_pointer (&patient.last, json_object_unref);
  one_done (whole);
}

JsonNode *
api_doctor_examine_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
