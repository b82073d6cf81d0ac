/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the scripts of one event over the VNFCs of an operation.
 *
 *   script_run_begin ──> next_script ──────────────────────────────────> settle (all done, a failure, cancelled)
 *                        │   ▲    └─ the first CONFIGURE script without a source: put the dependency everywhere
 *                        ▼   │
 *                      lanes, up to `parallel` at once ── all ended ──┘
 *
 * A lane is one VNFC. For one script it goes through the instances of the script's source, one after the other (two
 * copies of a script never run at once on a machine):
 *
 *   begin the step ─ NEW, OPEN ─> execute ──> write the outcome ──> next instance, or the lane has ended
 *                  └ DONE: take the journaled outcome ───────────┘
 *
 * After a failure no lane begins anything more; what is under way ends first. */
#include "config.h"

#include "plugins/handler-scripts/script-run.h"

#include "plugins/handler-scripts/script-environment.h"
#include "plugins/handler-scripts/script-report.h"

#include <vnfm/vnfm-error.h>

typedef struct _Lane Lane;

typedef struct {
  VnfmOperation *operation;
  VnfmDeferral *deferral;
  VnfmEms *ems;
  GCancellable *cancellable;
  VnfmEvent event;
  VnfmDependency *dependency; /* of CONFIGURE; nullable */
  ScriptInputs inputs;
  guint parallel;
  gint64 time_limit;
  gint64 max_output;

  GPtrArray *scripts;
  guint index;          /* of the current script */
  char *type;           /* its source; nullable */
  GPtrArray *instances; /* of the source, one run for each; NULL: one run without */

  GPtrArray *lanes;          /* one for each VNFC, in VNFR order */
  void (*work) (Lane *lane); /* what the lanes do now */
  guint next;                /* the lane to be started next */
  guint in_flight;
  gboolean stopped; /* a lane failed, or gave up because of the cancellable */
  gboolean dependency_put;
  GHashTable *providers; /* name -> number of the lane whose value stands in the record */
} ScriptRun;

struct _Lane {
  ScriptRun *run;
  guint number;
  VnfmVnfc *vnfc;
  guint position; /* in the run's instances */
  char *step_id;
  GError *failure;
};

static void pump (ScriptRun *run);
static void begin_step (Lane *lane);
static void execute_lane (Lane *lane);
static void prepare_script (ScriptRun *run);
static void next_script (ScriptRun *run);

/* ---- making and dropping */

static void
lane_free (gpointer data)
{
  Lane *lane = data;

  vnfm_vnfc_unref (lane->vnfc);
  g_free (lane->step_id);
  g_clear_error (&lane->failure);
  g_free (lane);
}

static void
script_run_free (ScriptRun *run)
{
  script_inputs_clear (&run->inputs);
  g_clear_pointer (&run->dependency, vnfm_dependency_unref);
  g_clear_pointer (&run->instances, g_ptr_array_unref);
  g_hash_table_unref (run->providers);
  g_ptr_array_unref (run->scripts);
  g_ptr_array_unref (run->lanes);
  g_free (run->type);
  g_object_unref (run->cancellable);
  g_object_unref (run->ems);
  g_object_unref (run->operation);
  g_free (run);
}

static GPtrArray *
make_lanes (ScriptRun *run, GPtrArray *vnfcs)
{
  GPtrArray *lanes = g_ptr_array_new_with_free_func (lane_free);

  for (guint i = 0; i < vnfcs->len; i++) {
    Lane *lane = g_new0 (Lane, 1);
    lane->run = run;
    lane->number = i;
    lane->vnfc = vnfm_vnfc_ref (vnfcs->pdata[i]);
    g_ptr_array_add (lanes, lane);
  }
  return lanes;
}

static const char *
current_script (ScriptRun *run)
{
  return run->scripts->pdata[run->index];
}

static const char *
current_instance (Lane *lane)
{
  return lane->run->instances != NULL ? lane->run->instances->pdata[lane->position] : NULL;
}

static const char *
vnf_name (ScriptRun *run)
{
  return vnfm_record_get_name (vnfm_operation_get_record (run->operation));
}

/* ---- the end */

static GError *
collect_failures (ScriptRun *run)
{
  g_autoptr (GPtrArray) failures = g_ptr_array_new ();

  for (guint i = 0; i < run->lanes->len; i++) {
    Lane *lane = run->lanes->pdata[i];
    if (lane->failure != NULL)
      g_ptr_array_add (failures, lane->failure);
  }
  if (g_cancellable_is_cancelled (run->cancellable))
    return g_error_new (VNFM_ERROR, VNFM_ERROR_CANCELLED, "cancelled at script %s (%u of %u)", current_script (run),
                        run->index + 1, run->scripts->len);
  return script_report_join (failures);
}

static void
settle (ScriptRun *run)
{
  VnfmDeferral *deferral = g_steal_pointer (&run->deferral);
  GError *error = run->stopped ? collect_failures (run) : NULL;

  /* Nobody waits for the scripts of ERROR to succeed: the operation has failed already. */
  if (error != NULL && run->event == VNFM_EVENT_ERROR) {
    g_warning ("VNF %s: event ERROR: %s", vnf_name (run), error->message);
    g_clear_error (&error);
  }
  script_run_free (run);
  if (error != NULL)
    vnfm_deferral_fail (deferral, error);
  else
    vnfm_deferral_complete (deferral);
}

/* ---- lanes */

static void
lane_ended (Lane *lane)
{
  lane->run->in_flight--;
  pump (lane->run);
}

static void
set_record (ScriptRun *run, VnfmRecord *record)
{
  vnfm_operation_set_record (run->operation, record);
  vnfm_record_unref (record);
}

/* @error: (transfer full). A script that was killed because the operation is to end is no fault of its VNFC. */
static void
lane_fail (Lane *lane, GError *error)
{
  ScriptRun *run = lane->run;

  lane->failure = error;
  run->stopped = TRUE;
  if (!g_cancellable_is_cancelled (run->cancellable))
    set_record (run, vnfm_record_with_vnfc_state (vnfm_operation_get_record (run->operation),
                                                  vnfm_vnfc_get_key (lane->vnfc), "error"));
}

static void
lane_next_instance (Lane *lane)
{
  ScriptRun *run = lane->run;

  lane->position++;
  if (lane->failure != NULL || run->instances == NULL || lane->position >= run->instances->len) {
    lane_ended (lane);
    return;
  }
  if (g_cancellable_is_cancelled (run->cancellable))
    run->stopped = TRUE;
  if (run->stopped)
    lane_ended (lane);
  else
    begin_step (lane);
}

static void
all_ended (ScriptRun *run)
{
  if (run->stopped) {
    settle (run);
  } else if (run->work == execute_lane) {
    run->index++;
    next_script (run);
  } else {
    run->dependency_put = TRUE;
    prepare_script (run);
  }
}

/* Starts lanes as long as it is allowed; goes on when the last one has ended. */
static void
pump (ScriptRun *run)
{
  while (run->in_flight < run->parallel && run->next < run->lanes->len && !run->stopped) {
    if (g_cancellable_is_cancelled (run->cancellable)) {
      run->stopped = TRUE;
      break;
    }
    run->in_flight++;
    run->work (run->lanes->pdata[run->next++]);
  }
  if (run->in_flight == 0)
    all_ended (run);
}

/* ---- what a script provides */

static void
warn_of_late_provides (Lane *lane, GHashTable *provides)
{
  g_autoptr (GString) names = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, provides);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", (char *)name);
  g_warning ("VNF %s: script %s on %s provides %s in event %s: kept, but only what INSTANTIATE provides is sure to "
             "reach others",
             vnf_name (lane->run), current_script (lane->run), lane->vnfc->hostname, names->str,
             vnfm_event_get_nick (lane->run->event));
}

/* Of several VNFCs the last in VNFR order wins, in whatever order they end. */
static void
take_provides (Lane *lane, GHashTable *provides)
{
  ScriptRun *run = lane->run;
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer name;
  gpointer value;
  gpointer holder;

  if (provides == NULL || g_hash_table_size (provides) == 0)
    return;
  if (run->event != VNFM_EVENT_INSTANTIATE)
    warn_of_late_provides (lane, provides);
  g_hash_table_iter_init (&iter, provides);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    if (g_hash_table_lookup_extended (run->providers, name, NULL, &holder) && GPOINTER_TO_UINT (holder) > lane->number)
      continue;
    g_hash_table_insert (run->providers, g_strdup (name), GUINT_TO_POINTER (lane->number));
    g_hash_table_insert (values, name, value);
  }
  if (g_hash_table_size (values) > 0)
    set_record (run, vnfm_record_with_provides (vnfm_operation_get_record (run->operation), values));
}

static void
take_result (Lane *lane, const VnfmScriptResult *result)
{
  GError *failure = script_report_failure (current_script (lane->run), lane->vnfc->hostname, result);

  if (failure != NULL)
    lane_fail (lane, failure);
  else
    take_provides (lane, result->provides);
}

/* ---- one execution */

static void
step_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  GError *error = NULL;

  if (!vnfm_operation_step_end_finish (VNFM_OPERATION (source), result, &error)) {
    g_clear_error (&lane->failure);
    lane_fail (lane, script_report_error (current_script (lane->run), lane->vnfc->hostname, error));
  }
  lane_next_instance (lane);
}

static void
executed (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  Lane *lane = user_data;
  ScriptRun *run = lane->run;
  GError *error = NULL;
  g_autoptr (VnfmScriptResult) result = vnfm_ems_execute_finish (VNFM_EMS (source), async_result, &error);

  /* The step stays open: whoever asks for it again attaches to what may have become of it. */
  if (result == NULL) {
    vnfm_operation_set_step_progress (run->operation, lane->step_id, lane->vnfc, NULL);
    lane_fail (lane, script_report_error (current_script (run), lane->vnfc->hostname, error));
    lane_ended (lane);
    return;
  }
  g_info ("VNF %s: script %s on %s ended with status %d", vnf_name (run), current_script (run), lane->vnfc->hostname,
          result->status);
  vnfm_operation_log_script (run->operation, lane->vnfc, current_script (run), result);
  take_result (lane, result);
  g_autoptr (JsonNode) outcome = vnfm_script_result_to_json (result);
  vnfm_operation_step_end_async (run->operation, lane->step_id, outcome, result->delivery, NULL, step_ended, lane);
}

static void
execute (Lane *lane, gboolean attach)
{
  ScriptRun *run = lane->run;
  VnfmRecord *record = vnfm_operation_get_record (run->operation);
  g_autoptr (VnfmEnvironment) environment =
      script_environment_new (record, lane->vnfc, &run->inputs, run->dependency, run->type, current_instance (lane));
  VnfmExecution execution = {
    .step_id = lane->step_id,
    .attach = attach,
    .script = current_script (run),
    .environment = environment,
    .time_limit = run->time_limit,
    .max_output = run->max_output,
  };
  g_autofree char *progress =
      g_strdup_printf ("script %s (%u of %u)", execution.script, run->index + 1, run->scripts->len);

  vnfm_operation_set_step_progress (run->operation, lane->step_id, lane->vnfc, progress);
  vnfm_ems_execute_async (run->ems, lane->vnfc, &execution, run->cancellable, executed, lane);
}

static void
step_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (JsonNode) outcome = NULL;
  VnfmStepState state = VNFM_STEP_NEW;
  GError *error = NULL;

  g_clear_pointer (&lane->step_id, g_free);
  if (!vnfm_operation_step_begin_finish (VNFM_OPERATION (source), result, &state, &lane->step_id, &outcome, &error)) {
    lane_fail (lane, script_report_error (current_script (lane->run), lane->vnfc->hostname, error));
    lane_ended (lane);
    return;
  }
  if (state != VNFM_STEP_DONE) {
    execute (lane, state == VNFM_STEP_OPEN);
    return;
  }
  JsonObject *object = outcome != NULL && JSON_NODE_HOLDS_OBJECT (outcome) ? json_node_get_object (outcome) : NULL;
  g_autoptr (VnfmScriptResult) journaled = vnfm_script_result_from_json (object);
  take_result (lane, journaled);
  lane_next_instance (lane);
}

static void
begin_step (Lane *lane)
{
  const char *instance = current_instance (lane);
  g_autofree char *name =
      g_strdup_printf ("%s/%u/%s", vnfm_vnfc_get_key (lane->vnfc), lane->run->index, instance != NULL ? instance : "-");

  vnfm_operation_step_begin_async (lane->run->operation, name, NULL, step_begun, lane);
}

static void
execute_lane (Lane *lane)
{
  lane->position = 0;
  begin_step (lane);
}

/* ---- the dependency, for scripts that read it from files */

static void
dependency_put (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lane *lane = user_data;
  GError *error = NULL;

  if (!vnfm_ems_put_dependency_finish (VNFM_EMS (source), result, &error)) {
    if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED)) {
      g_info ("VNF %s: the dependency is not stored on %s: %s", vnf_name (lane->run), lane->vnfc->hostname,
              error->message);
      g_clear_error (&error);
    } else {
      g_prefix_error (&error, "storing the dependency: ");
      lane_fail (lane, script_report_error (current_script (lane->run), lane->vnfc->hostname, error));
    }
  }
  lane_ended (lane);
}

/* Idempotent, so no step: after a restart it is simply put again. */
static void
put_dependency_lane (Lane *lane)
{
  ScriptRun *run = lane->run;

  vnfm_ems_put_dependency_async (run->ems, lane->vnfc, run->dependency, run->cancellable, dependency_put, lane);
}

/* ---- one script after the other */

/* An empty set of instances is none: the script runs once, with what is known of the VNF as a whole. */
static void
find_source (ScriptRun *run)
{
  const char *type =
      run->dependency != NULL ? vnfm_dependency_match_script (run->dependency, current_script (run)) : NULL;

  g_clear_pointer (&run->type, g_free);
  g_clear_pointer (&run->instances, g_ptr_array_unref);
  if (type == NULL)
    return;
  run->type = g_strdup (type);
  run->instances = vnfm_dependency_dup_instances (run->dependency, type);
  if (run->instances->len == 0)
    g_clear_pointer (&run->instances, g_ptr_array_unref);
}

static void
prepare_script (ScriptRun *run)
{
  gboolean reads_files = run->dependency != NULL && run->type == NULL;

  run->work = reads_files && !run->dependency_put ? put_dependency_lane : execute_lane;
  run->next = 0;
  pump (run);
}

static void
next_script (ScriptRun *run)
{
  if (run->index == run->scripts->len) {
    settle (run);
    return;
  }
  find_source (run);
  prepare_script (run);
}

void
script_run_begin (VnfmOperation *operation)
{
  VnfmEvent event = vnfm_operation_get_event (operation);
  VnfmRecord *record = vnfm_operation_get_record (operation);
  g_autoptr (GPtrArray) scripts = record != NULL ? vnfm_record_dup_scripts (record, event) : NULL;
  GPtrArray *vnfcs = vnfm_operation_get_vnfcs (operation);

  if (scripts == NULL || scripts->len == 0 || vnfcs->len == 0)
    return;
  VnfmProfile *profile = vnfm_operation_get_profile (operation);
  VnfmDependency *dependency = event == VNFM_EVENT_CONFIGURE ? vnfm_operation_get_dependency (operation) : NULL;
  ScriptRun *run = g_new0 (ScriptRun, 1);
  run->operation = g_object_ref (operation);
  run->ems = g_object_ref (vnfm_operation_get_ems (operation));
  run->cancellable = g_object_ref (vnfm_operation_get_cancellable (operation));
  run->event = event;
  run->dependency = dependency != NULL ? vnfm_dependency_ref (dependency) : NULL;
  script_inputs_read (&run->inputs, event, vnfm_operation_get_request (operation));
  run->parallel = (guint)CLAMP (vnfm_profile_get_int (profile, "scripts", "parallel"), 1, G_MAXUINT16);
  run->time_limit = vnfm_profile_get_duration (profile, "scripts", "time-limit");
  run->max_output = vnfm_profile_get_size (profile, "scripts", "max-output");
  run->scripts = g_steal_pointer (&scripts);
  run->lanes = make_lanes (run, vnfcs);
  run->providers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  run->deferral = vnfm_operation_defer (operation, "scripts", 0);
  next_script (run);
}
