/* SPDX-License-Identifier: Apache-2.0 */
/* handler-scripts between an operation and an EMS back-end of the test's own: what it runs, in which order, with which
 * environment, and what it makes of the results. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <string.h>

const VnfmPluginInfo *vnfm_plugin_entry (GError **error);

/* ---- an EMS back-end that notes each command and completes it when the test says so */

typedef struct {
  char *line; /* "HOST SCRIPT STEP" and " attach" where it is one */
  char *host;
  JsonObject *environment;
  gint64 time_limit;
  gint64 max_output;
  GTask *task;
} Command;

struct _TestEms {
  VnfmEms parent_instance;
  GPtrArray *commands; /* Command: executions that are under way */
  GPtrArray *history;  /* lines of all that was asked for, in order */
  guint most_at_once;
  GError *dependency_error; /* what put_dependency answers; NULL: success */
};

#define TEST_TYPE_EMS (test_ems_get_type ())
G_DECLARE_FINAL_TYPE (TestEms, test_ems, TEST, EMS, VnfmEms)
G_DEFINE_FINAL_TYPE (TestEms, test_ems, VNFM_TYPE_EMS)

static void
command_free (gpointer data)
{
  Command *command = data;

  g_free (command->line);
  g_free (command->host);
  json_object_unref (command->environment);
  g_clear_object (&command->task);
  g_free (command);
}

static void
test_ems_execute_async (VnfmEms *ems, VnfmVnfc *vnfc, const VnfmExecution *execution, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  TestEms *self = TEST_EMS (ems);
  Command *command = g_new0 (Command, 1);

  command->line = g_strconcat (vnfc->hostname, " ", execution->script, " ", execution->step_id,
                               execution->attach ? " attach" : "", NULL);
  command->host = g_strdup (vnfc->hostname);
  command->environment = vnfm_environment_to_json (execution->environment, TRUE);
  command->time_limit = execution->time_limit;
  command->max_output = execution->max_output;
  command->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (command->task, FALSE);
  g_ptr_array_add (self->commands, command);
  g_ptr_array_add (self->history, g_strdup (command->line));
  self->most_at_once = MAX (self->most_at_once, self->commands->len);
}

static VnfmScriptResult *
test_ems_execute_finish (G_GNUC_UNUSED VnfmEms *ems, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_ems_put_dependency_async (VnfmEms *ems, VnfmVnfc *vnfc, VnfmDependency *dependency, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  TestEms *self = TEST_EMS (ems);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  ck_assert_ptr_nonnull (dependency);
  g_ptr_array_add (self->history, g_strconcat (vnfc->hostname, " dependency", NULL));
  if (self->dependency_error != NULL)
    g_task_return_error (task, g_error_copy (self->dependency_error));
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
test_ems_put_dependency_finish (G_GNUC_UNUSED VnfmEms *ems, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_ems_finalize (GObject *object)
{
  TestEms *self = TEST_EMS (object);

  g_ptr_array_unref (self->commands);
  g_ptr_array_unref (self->history);
  g_clear_error (&self->dependency_error);
  G_OBJECT_CLASS (test_ems_parent_class)->finalize (object);
}

static void
test_ems_class_init (TestEmsClass *klass)
{
  VnfmEmsClass *ems = VNFM_EMS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_ems_finalize;
  ems->execute_async = test_ems_execute_async;
  ems->execute_finish = test_ems_execute_finish;
  ems->put_dependency_async = test_ems_put_dependency_async;
  ems->put_dependency_finish = test_ems_put_dependency_finish;
}

static void
test_ems_init (TestEms *self)
{
  self->commands = g_ptr_array_new_with_free_func (command_free);
  self->history = g_ptr_array_new_with_free_func (g_free);
}

/* ---- an operation whose journal is a table that may outlive it */

struct _TestOperation {
  VnfmOperation parent_instance;
  VnfmEvent event;
  VnfmRecord *record;
  VnfmMessage *request;
  VnfmDependency *dependency;
  GPtrArray *vnfcs;
  VnfmEms *ems;
  VnfmProfile *profile;
  GCancellable *cancellable;
  GHashTable *journal; /* step id -> JsonNode, or NULL while it is open */
  char *progress;
  guint logged;
  guint deferrals;
  gboolean settled;
  GError *error;
  gboolean broken_store;
};

#define TEST_TYPE_OPERATION (test_operation_get_type ())
G_DECLARE_FINAL_TYPE (TestOperation, test_operation, TEST, OPERATION, VnfmOperation)
G_DEFINE_FINAL_TYPE (TestOperation, test_operation, VNFM_TYPE_OPERATION)

static VnfmEvent
test_operation_get_event (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->event;
}

static VnfmRecord *
test_operation_get_record (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->record;
}

static void
test_operation_set_record (VnfmOperation *operation, VnfmRecord *record)
{
  TestOperation *self = TEST_OPERATION (operation);

  vnfm_record_ref (record);
  vnfm_record_unref (self->record);
  self->record = record;
}

static VnfmMessage *
test_operation_get_request (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->request;
}

static VnfmDependency *
test_operation_get_dependency (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->dependency;
}

static GPtrArray *
test_operation_get_vnfcs (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->vnfcs;
}

static VnfmEms *
test_operation_get_ems (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->ems;
}

static VnfmProfile *
test_operation_get_profile (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->profile;
}

static GCancellable *
test_operation_get_cancellable (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->cancellable;
}

static void
test_operation_set_step_progress (VnfmOperation *operation, const char *step_id, VnfmVnfc *vnfc, const char *what)
{
  TestOperation *self = TEST_OPERATION (operation);

  ck_assert_ptr_nonnull (step_id);
  g_free (self->progress);
  self->progress = what != NULL ? g_strdup_printf ("%s on %s", what, vnfc->hostname) : NULL;
}

static void
test_operation_log_script (VnfmOperation *operation, VnfmVnfc *vnfc, const char *script, const VnfmScriptResult *result)
{
  ck_assert (vnfc != NULL && script != NULL && result != NULL);
  TEST_OPERATION (operation)->logged++;
}

static VnfmDeferral *
test_operation_defer (VnfmOperation *operation, const char *name, gint64 limit)
{
  VnfmDeferral *deferral = g_new0 (VnfmDeferral, 1);

  ck_assert_int_eq (limit, 0);
  TEST_OPERATION (operation)->deferrals++;
  deferral->operation = g_object_ref (operation);
  deferral->name = g_strdup (name);
  return deferral;
}

static void
test_operation_settle (VnfmDeferral *deferral, GError *error)
{
  TestOperation *self = TEST_OPERATION (deferral->operation);

  ck_assert (!self->settled);
  self->settled = TRUE;
  self->error = error;
  g_free (deferral->name);
  g_free (deferral);
  g_object_unref (self);
}

static void
test_operation_step_begin_async (VnfmOperation *operation, const char *name, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (operation, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strconcat ("op:", name, NULL), g_free);
  if (TEST_OPERATION (operation)->broken_store)
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_STORE, "disk full");
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
test_operation_step_begin_finish (VnfmOperation *operation, GAsyncResult *result, VnfmStepState *state, char **step_id,
                                  JsonNode **outcome, GError **error)
{
  TestOperation *self = TEST_OPERATION (operation);
  const char *id = g_task_get_task_data (G_TASK (result));
  gpointer found = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *step_id = g_strdup (id);
  *state = VNFM_STEP_NEW;
  if (g_hash_table_lookup_extended (self->journal, id, NULL, &found))
    *state = found != NULL ? VNFM_STEP_DONE : VNFM_STEP_OPEN;
  else
    g_hash_table_insert (self->journal, g_strdup (id), NULL);
  *outcome = found != NULL ? json_node_ref (found) : NULL;
  return TRUE;
}

static void
test_operation_step_end_async (VnfmOperation *operation, const char *step_id, JsonNode *outcome, VnfmEnvelope *delivery,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  TestOperation *self = TEST_OPERATION (operation);
  g_autoptr (GTask) task = g_task_new (operation, cancellable, callback, user_data);

  ck_assert_ptr_null (delivery);
  ck_assert (g_hash_table_contains (self->journal, step_id));
  g_hash_table_insert (self->journal, g_strdup (step_id), json_node_ref (outcome));
  g_task_return_boolean (task, TRUE);
}

static gboolean
test_operation_step_end_finish (G_GNUC_UNUSED VnfmOperation *operation, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_operation_finalize (GObject *object)
{
  TestOperation *self = TEST_OPERATION (object);

  vnfm_record_unref (self->record);
  g_clear_pointer (&self->request, vnfm_message_unref);
  g_clear_pointer (&self->dependency, vnfm_dependency_unref);
  g_ptr_array_unref (self->vnfcs);
  g_object_unref (self->ems);
  g_object_unref (self->profile);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->journal);
  g_free (self->progress);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (test_operation_parent_class)->finalize (object);
}

static void
test_operation_class_init (TestOperationClass *klass)
{
  VnfmOperationClass *operation = VNFM_OPERATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_operation_finalize;
  operation->get_event = test_operation_get_event;
  operation->get_record = test_operation_get_record;
  operation->set_record = test_operation_set_record;
  operation->get_request = test_operation_get_request;
  operation->get_dependency = test_operation_get_dependency;
  operation->get_vnfcs = test_operation_get_vnfcs;
  operation->get_ems = test_operation_get_ems;
  operation->get_profile = test_operation_get_profile;
  operation->get_cancellable = test_operation_get_cancellable;
  operation->set_step_progress = test_operation_set_step_progress;
  operation->log_script = test_operation_log_script;
  operation->defer = test_operation_defer;
  operation->settle = test_operation_settle;
  operation->step_begin_async = test_operation_step_begin_async;
  operation->step_begin_finish = test_operation_step_begin_finish;
  operation->step_end_async = test_operation_step_end_async;
  operation->step_end_finish = test_operation_step_end_finish;
}

static void
test_operation_init (G_GNUC_UNUSED TestOperation *self)
{
}

struct _TestLifecycle {
  VnfmLifecycle parent_instance;
};

#define TEST_TYPE_LIFECYCLE (test_lifecycle_get_type ())
G_DECLARE_FINAL_TYPE (TestLifecycle, test_lifecycle, TEST, LIFECYCLE, VnfmLifecycle)
G_DEFINE_FINAL_TYPE (TestLifecycle, test_lifecycle, VNFM_TYPE_LIFECYCLE)

static void
test_lifecycle_class_init (G_GNUC_UNUSED TestLifecycleClass *klass)
{
}

static void
test_lifecycle_init (G_GNUC_UNUSED TestLifecycle *self)
{
}

/* ---- a bench: the handler attached to a lifecycle, an operation, an EMS back-end */

typedef struct {
  VnfmLifecycle *lifecycle;
  VnfmHandler *handler;
  TestEms *ems;
  TestOperation *operation;
  GHashTable *journal;
} Bench;

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
node_unref (gpointer node)
{
  if (node != NULL)
    json_node_unref (node);
}

/* VNF web with @n instances web-1, web-2, ... and, for @event, the scripts of the JSON array @scripts. */
static VnfmRecord *
make_record (guint n, VnfmEvent event, const char *scripts)
{
  g_autoptr (GError) error = NULL;
  GString *text = g_string_new ("{\"id\":\"v\",\"name\":\"web\",\"type\":\"web\",\"vdu\":[{\"vnfc_instance\":[");

  for (guint i = 1; i <= n; i++)
    g_string_append_printf (
        text, "%s{\"id\":\"i%u\",\"hostname\":\"web-%u\",\"ips\":[{\"netName\":\"net\",\"ip\":\"10.0.0.%u\"}]}",
        i > 1 ? "," : "", i, i, i);
  g_string_append_printf (text, "]}],\"lifecycle_event\":[{\"event\":\"%s\",\"lifecycle_events\":%s}]}",
                          vnfm_event_get_nick (event), scripts);
  g_autoptr (GBytes) record_text = g_string_free_to_bytes (text);
  VnfmRecord *record = vnfm_record_new (record_text, &error);
  ck_assert_no_error (error);
  return record;
}

static VnfmProfile *
make_profile (guint parallel)
{
  VnfmProfile *profile = vnfm_profile_new ();
  g_autofree char *value = g_strdup_printf ("%u", parallel);

  vnfm_profile_declare (profile, vnfm_plugin_entry (NULL)->keys);
  if (parallel > 0)
    vnfm_profile_set (profile, "scripts", "parallel", value, "test");
  return profile;
}

static TestOperation *
make_operation (Bench *bench, guint n, VnfmEvent event, const char *scripts, guint parallel)
{
  TestOperation *operation = g_object_new (TEST_TYPE_OPERATION, NULL);
  g_autoptr (GError) error = NULL;

  operation->event = event;
  operation->record = make_record (n, event, scripts);
  operation->vnfcs = vnfm_record_dup_vnfcs (operation->record, &error);
  ck_assert_no_error (error);
  operation->ems = g_object_ref (VNFM_EMS (bench->ems));
  operation->profile = make_profile (parallel);
  operation->cancellable = g_cancellable_new ();
  operation->journal = g_hash_table_ref (bench->journal);
  return operation;
}

static void
bench_open (Bench *bench, guint n, VnfmEvent event, const char *scripts, guint parallel)
{
  static const char *const types[] = { "web", NULL };
  g_autoptr (VnfmTypeSet) set = vnfm_type_set_new_of (types);

  bench->lifecycle = g_object_new (TEST_TYPE_LIFECYCLE, NULL);
  bench->handler = g_object_new (vnfm_plugin_entry (NULL)->get_type (), NULL);
  bench->ems = g_object_new (TEST_TYPE_EMS, NULL);
  bench->journal = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, node_unref);
  bench->operation = make_operation (bench, n, event, scripts, parallel);
  vnfm_handler_attach (bench->handler, bench->lifecycle, set);
}

static void
bench_close (Bench *bench)
{
  vnfm_handler_detach (bench->handler);
  g_object_unref (bench->handler);
  g_object_unref (bench->lifecycle);
  g_object_unref (bench->operation);
  g_object_unref (bench->ems);
  g_hash_table_unref (bench->journal);
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
emit (Bench *bench)
{
  vnfm_lifecycle_emit (bench->lifecycle, VNFM_PHASE_ON, bench->operation->event, "web",
                       VNFM_OPERATION (bench->operation));
  iterate ();
}

static Command *
find_command (Bench *bench, const char *host)
{
  for (guint i = 0; i < bench->ems->commands->len; i++) {
    Command *command = bench->ems->commands->pdata[i];
    if (strcmp (command->host, host) == 0)
      return command;
  }
  ck_abort_msg ("nothing runs on %s", host);
}

static void
take_task (Bench *bench, const char *host, GTask **task)
{
  Command *command = find_command (bench, host);

  *task = g_steal_pointer (&command->task);
  g_ptr_array_remove (bench->ems->commands, command);
}

/* The script on @host ends. @result: (transfer full). */
static void
end_with (Bench *bench, const char *host, VnfmScriptResult *result)
{
  g_autoptr (GTask) task = NULL;

  take_task (bench, host, &task);
  g_task_return_pointer (task, result, (GDestroyNotify)vnfm_script_result_free);
  iterate ();
}

static void
end (Bench *bench, const char *host, int status, const char *err)
{
  end_with (bench, host, vnfm_script_result_new (status, "out", err));
}

static void
end_with_error (Bench *bench, const char *host, int code, const char *message)
{
  g_autoptr (GTask) task = NULL;

  take_task (bench, host, &task);
  g_task_return_new_error (task, VNFM_ERROR, code, "%s", message);
  iterate ();
}

/* All that runs, and runs then, ends well. */
static void
end_all (Bench *bench)
{
  while (bench->ems->commands->len > 0) {
    g_autofree char *host = g_strdup (((Command *)bench->ems->commands->pdata[0])->host);
    end (bench, host, 0, "");
  }
}

/* The commands so far, one a line. */
static void
check_history (Bench *bench, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < bench->ems->history->len; i++)
    g_string_append_printf (text, "%s\n", (char *)bench->ems->history->pdata[i]);
  ck_assert_str_eq (text->str, expected);
}

static void
check_success (Bench *bench)
{
  ck_assert (bench->operation->settled);
  ck_assert_no_error (bench->operation->error);
}

static const char *
state_of (Bench *bench, guint number)
{
  static char state[64];
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (bench->operation->record, NULL);
  VnfmVnfc *vnfc = vnfcs->pdata[number - 1];

  g_strlcpy (state, vnfc->state != NULL ? vnfc->state : "", sizeof state);
  return state;
}

/* ---- order */

START_TEST (a_script_ends_everywhere_before_the_next_begins)
{
  Bench bench = { 0 };

  bench_open (&bench, 3, VNFM_EVENT_INSTANTIATE, "[\"install.sh -y\",\"sub/setup.sh\"]", 0);
  emit (&bench);
  check_history (&bench,
                 "web-1 install.sh -y op:i1/0/-\nweb-2 install.sh -y op:i2/0/-\nweb-3 install.sh -y op:i3/0/-\n");
  end (&bench, "web-3", 0, "");
  end (&bench, "web-1", 0, "warning");
  ck_assert_uint_eq (bench.ems->history->len, 3);
  end (&bench, "web-2", 0, "");
  ck_assert_uint_eq (bench.ems->history->len, 6);
  ck_assert_str_eq (bench.ems->history->pdata[3], "web-1 sub/setup.sh op:i1/1/-");
  ck_assert_str_eq (bench.operation->progress, "script sub/setup.sh (2 of 2) on web-3");
  ck_assert (!bench.operation->settled);
  end_all (&bench);
  check_success (&bench);
  ck_assert_uint_eq (bench.operation->deferrals, 1);
  ck_assert_uint_eq (bench.operation->logged, 6);
  ck_assert_uint_eq (g_hash_table_size (bench.journal), 6);
  bench_close (&bench);
}
END_TEST

START_TEST (no_more_than_parallel_run_at_once)
{
  Bench bench = { 0 };

  bench_open (&bench, 7, VNFM_EVENT_START, "[\"a.sh\",\"b.sh\"]", 3);
  emit (&bench);
  ck_assert_uint_eq (bench.ems->commands->len, 3);
  end (&bench, "web-2", 0, "");
  ck_assert_uint_eq (bench.ems->commands->len, 3);
  ck_assert_str_eq (bench.ems->history->pdata[3], "web-4 a.sh op:i4/0/-");
  end_all (&bench);
  check_success (&bench);
  ck_assert_uint_eq (bench.ems->most_at_once, 3);
  ck_assert_uint_eq (bench.ems->history->len, 14);
  bench_close (&bench);
}
END_TEST

START_TEST (one_after_the_other_in_vnfr_order)
{
  Bench bench = { 0 };

  bench_open (&bench, 3, VNFM_EVENT_STOP, "[\"a.sh\",\"b.sh\"]", 1);
  emit (&bench);
  end_all (&bench);
  check_success (&bench);
  check_history (&bench, "web-1 a.sh op:i1/0/-\nweb-2 a.sh op:i2/0/-\nweb-3 a.sh op:i3/0/-\n"
                         "web-1 b.sh op:i1/1/-\nweb-2 b.sh op:i2/1/-\nweb-3 b.sh op:i3/1/-\n");
  bench_close (&bench);
}
END_TEST

START_TEST (limits_are_handed_on)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_START, "[\"a.sh\"]", 0);
  vnfm_profile_set (bench.operation->profile, "scripts", "time-limit", "90s", "test");
  vnfm_profile_set (bench.operation->profile, "scripts", "max-output", "2K", "test");
  emit (&bench);
  Command *command = find_command (&bench, "web-1");
  ck_assert_int_eq (command->time_limit, 90 * G_USEC_PER_SEC);
  ck_assert_int_eq (command->max_output, 2048);
  end_all (&bench);
  bench_close (&bench);
}
END_TEST

START_TEST (nothing_to_run_is_done_at_once)
{
  static const struct {
    VnfmEvent event;
    guint vnfcs;
    const char *scripts;
  } cases[] = {
    { VNFM_EVENT_START, 2, "[]" },
    { VNFM_EVENT_START, 2, "null" },
    { VNFM_EVENT_START, 0, "[\"a.sh\"]" },
    { VNFM_EVENT_ALLOCATE, 1, "[\"allocation of vdu\"]" },
    { VNFM_EVENT_RELEASE, 1, "[\"release of vdu\"]" },
    { VNFM_EVENT_GRANTED, 1, "[\"prose\"]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Bench bench = { 0 };
    bench_open (&bench, cases[i].vnfcs, cases[i].event, cases[i].scripts, 0);
    emit (&bench);
    ck_assert_uint_eq (bench.operation->deferrals, 0);
    ck_assert_uint_eq (g_hash_table_size (bench.journal), 0);
    ck_assert_uint_eq (bench.ems->history->len, 0);
    bench_close (&bench);
  }
}
END_TEST

START_TEST (each_event_with_scripts_is_served)
{
  static const VnfmEvent events[] = { VNFM_EVENT_INSTANTIATE, VNFM_EVENT_CONFIGURE, VNFM_EVENT_START,
                                      VNFM_EVENT_STOP,        VNFM_EVENT_TERMINATE, VNFM_EVENT_ERROR,
                                      VNFM_EVENT_HEAL,        VNFM_EVENT_UPDATE,    VNFM_EVENT_SCALE_IN };
  Bench bench = { 0 };

  bench_open (&bench, 1, events[_i], "[\"a.sh\"]", 0);
  emit (&bench);
  end_all (&bench);
  check_success (&bench);
  check_history (&bench, "web-1 a.sh op:i1/0/-\n");
  bench_close (&bench);
}
END_TEST

START_TEST (other_types_and_a_detached_handler_are_left_alone)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_START, "[\"a.sh\"]", 0);
  vnfm_lifecycle_emit (bench.lifecycle, VNFM_PHASE_ON, VNFM_EVENT_START, "other", VNFM_OPERATION (bench.operation));
  vnfm_lifecycle_emit (bench.lifecycle, VNFM_PHASE_AFTER, VNFM_EVENT_START, "web", VNFM_OPERATION (bench.operation));
  vnfm_handler_detach (bench.handler);
  emit (&bench);
  ck_assert_uint_eq (bench.operation->deferrals, 0);
  bench_close (&bench);
}
END_TEST

/* ---- failures */

START_TEST (a_failure_lets_end_what_runs_and_begins_nothing_more)
{
  Bench bench = { 0 };

  bench_open (&bench, 4, VNFM_EVENT_INSTANTIATE, "[\"install.sh\",\"never.sh\"]", 2);
  emit (&bench);
  end (&bench, "web-2", 1, "E: no such package\n\n");
  ck_assert (!bench.operation->settled);
  end (&bench, "web-1", 0, "");
  ck_assert (bench.operation->settled);
  ck_assert_uint_eq (bench.ems->history->len, 2);
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_SCRIPT);
  ck_assert_str_eq (bench.operation->error->message,
                    "script install.sh on web-2 ended with status 1: E: no such package");
  ck_assert_str_eq (state_of (&bench, 2), "error");
  ck_assert_str_eq (state_of (&bench, 1), "");
  ck_assert_ptr_nonnull (g_hash_table_lookup (bench.journal, "op:i2/0/-"));
  bench_close (&bench);
}
END_TEST

START_TEST (several_failures_are_all_named)
{
  Bench bench = { 0 };

  bench_open (&bench, 3, VNFM_EVENT_START, "[\"a.sh\"]", 3);
  emit (&bench);
  end (&bench, "web-3", -9, "");
  end (&bench, "web-1", 2, "first");
  end (&bench, "web-2", 0, "");
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_SCRIPT);
  ck_assert_str_eq (bench.operation->error->message, "2 failures: script a.sh on web-1 ended with status 2: first; "
                                                     "script a.sh on web-3 was ended by signal 9: out");
  ck_assert_str_eq (state_of (&bench, 1), "error");
  ck_assert_str_eq (state_of (&bench, 3), "error");
  bench_close (&bench);
}
END_TEST

START_TEST (the_last_lines_of_a_long_text_are_told)
{
  Bench bench = { 0 };
  GString *err = g_string_new (NULL);

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (err, "line %u of \xC3\xA9\xC3\xA9\n", i);
  bench_open (&bench, 1, VNFM_EVENT_START, "[\"a.sh\"]", 0);
  emit (&bench);
  end (&bench, "web-1", 1, err->str);
  const char *message = bench.operation->error->message;
  ck_assert (g_utf8_validate (message, -1, NULL));
  ck_assert_uint_le (strlen (message), 1024 + 100);
  ck_assert_uint_ge (strlen (message), 900);
  ck_assert (g_str_has_suffix (message, "\nline 999 of \xC3\xA9\xC3\xA9"));
  ck_assert (strstr (message, "status 1: line ") != NULL);
  g_string_free (err, TRUE);
  bench_close (&bench);
}
END_TEST

START_TEST (a_report_of_many_failures_is_bounded)
{
  Bench bench = { 0 };
  g_autofree char *err = g_strnfill (2000, 'x');

  bench_open (&bench, 100, VNFM_EVENT_START, "[\"a.sh\"]", 100);
  emit (&bench);
  while (bench.ems->commands->len > 0) {
    g_autofree char *host = g_strdup (((Command *)bench.ems->commands->pdata[0])->host);
    end (&bench, host, 1, err);
  }
  ck_assert_uint_lt (strlen (bench.operation->error->message), 30000);
  ck_assert_ptr_nonnull (strstr (bench.operation->error->message, "on web-100 ended with status 1"));
  bench_close (&bench);
}
END_TEST

START_TEST (an_unknown_outcome_is_told_as_such)
{
  Bench bench = { 0 };
  VnfmScriptResult *result = vnfm_script_result_new (0, "", "agent restarted");

  result->known = FALSE;
  bench_open (&bench, 1, VNFM_EVENT_START, "[\"a.sh\",\"b.sh\"]", 0);
  emit (&bench);
  end_with (&bench, "web-1", result);
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME);
  ck_assert_ptr_nonnull (strstr (bench.operation->error->message, "script a.sh on web-1 was begun"));
  ck_assert_ptr_nonnull (strstr (bench.operation->error->message, "agent restarted"));
  ck_assert_uint_eq (bench.ems->history->len, 1);
  bench_close (&bench);
}
END_TEST

START_TEST (an_unreachable_machine_leaves_the_step_open)
{
  Bench bench = { 0 };
  gpointer outcome = &bench;

  bench_open (&bench, 2, VNFM_EVENT_START, "[\"a.sh\",\"b.sh\"]", 0);
  emit (&bench);
  end_with_error (&bench, "web-1", VNFM_ERROR_UNREACHABLE, "agent never seen");
  end (&bench, "web-2", 0, "");
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE);
  ck_assert_str_eq (bench.operation->error->message, "script a.sh on web-1: agent never seen");
  ck_assert (g_hash_table_lookup_extended (bench.journal, "op:i1/0/-", NULL, &outcome));
  ck_assert_ptr_null (outcome);
  ck_assert_ptr_nonnull (g_hash_table_lookup (bench.journal, "op:i2/0/-"));
  ck_assert_str_eq (state_of (&bench, 1), "error");
  bench_close (&bench);
}
END_TEST

START_TEST (a_journal_that_fails_fails_the_run)
{
  Bench bench = { 0 };

  bench_open (&bench, 2, VNFM_EVENT_START, "[\"a.sh\"]", 1);
  bench.operation->broken_store = TRUE;
  emit (&bench);
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert_str_eq (bench.operation->error->message, "script a.sh on web-1: disk full");
  ck_assert_uint_eq (bench.ems->history->len, 0);
  bench_close (&bench);
}
END_TEST

START_TEST (failures_in_error_are_logged_and_swallowed)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_ERROR, "[\"a.sh\",\"b.sh\"]", 0);
  emit (&bench);
  vnfm_test_warnings_begin ();
  end (&bench, "web-1", 3, "");
  g_autofree char *warnings = vnfm_test_warnings_end ();
  ck_assert_str_eq (warnings, "VNF web: event ERROR: script a.sh on web-1 ended with status 3: out\n");
  check_success (&bench);
  ck_assert_uint_eq (bench.ems->history->len, 1);
  bench_close (&bench);
}
END_TEST

START_TEST (cancelling_waits_for_what_runs)
{
  Bench bench = { 0 };

  bench_open (&bench, 3, VNFM_EVENT_INSTANTIATE, "[\"a.sh\",\"b.sh\"]", 2);
  emit (&bench);
  g_cancellable_cancel (bench.operation->cancellable);
  iterate ();
  ck_assert (!bench.operation->settled);
  ck_assert_ptr_eq (g_task_get_cancellable (find_command (&bench, "web-1")->task), bench.operation->cancellable);
  end (&bench, "web-1", -15, "cancelled");
  ck_assert (!bench.operation->settled);
  end (&bench, "web-2", 0, "");
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  ck_assert_str_eq (bench.operation->error->message, "cancelled at script a.sh (1 of 2)");
  ck_assert_uint_eq (bench.ems->history->len, 2);
  ck_assert_str_eq (state_of (&bench, 1), "");
  ck_assert_ptr_nonnull (g_hash_table_lookup (bench.journal, "op:i1/0/-"));
  bench_close (&bench);
}
END_TEST

START_TEST (cancelled_before_it_began_runs_nothing)
{
  Bench bench = { 0 };

  bench_open (&bench, 2, VNFM_EVENT_START, "[\"a.sh\"]", 0);
  g_cancellable_cancel (bench.operation->cancellable);
  emit (&bench);
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  ck_assert_uint_eq (bench.ems->history->len, 0);
  bench_close (&bench);
}
END_TEST

/* ---- after a restart */

START_TEST (after_a_restart_what_is_done_stays_done)
{
  Bench bench = { 0 };

  bench_open (&bench, 3, VNFM_EVENT_INSTANTIATE, "[\"a.sh\",\"b.sh\"]", 2);
  emit (&bench);
  end (&bench, "web-1", 0, "");
  ck_assert_uint_eq (bench.ems->commands->len, 2);
  /* The first life ends here, with web-2 and web-3 under way. */
  g_autoptr (TestOperation) first = g_steal_pointer (&bench.operation);
  g_autoptr (TestEms) first_ems = g_steal_pointer (&bench.ems);
  bench.ems = g_object_new (TEST_TYPE_EMS, NULL);
  bench.operation = make_operation (&bench, 3, VNFM_EVENT_INSTANTIATE, "[\"a.sh\",\"b.sh\"]", 2);
  emit (&bench);
  check_history (&bench, "web-2 a.sh op:i2/0/- attach\nweb-3 a.sh op:i3/0/- attach\n");
  end_all (&bench);
  check_success (&bench);
  ck_assert_uint_eq (bench.ems->history->len, 5);
  ck_assert_str_eq (bench.ems->history->pdata[2], "web-1 b.sh op:i1/1/-");
  ck_assert_uint_eq (bench.operation->logged, 5);

  /* A third life finds all of it done. */
  g_object_unref (bench.operation);
  bench.operation = make_operation (&bench, 3, VNFM_EVENT_INSTANTIATE, "[\"a.sh\",\"b.sh\"]", 2);
  emit (&bench);
  check_success (&bench);
  ck_assert_uint_eq (bench.ems->history->len, 5);
  bench_close (&bench);

  /* Let go of the first. */
  Bench old = { .ems = first_ems, .operation = first };
  g_cancellable_cancel (first->cancellable);
  while (first_ems->commands->len > 0)
    end_with_error (&old, ((Command *)first_ems->commands->pdata[0])->host, VNFM_ERROR_CANCELLED, "over");
  ck_assert (first->settled);
}
END_TEST

START_TEST (a_journaled_failure_and_its_value_count_again)
{
  Bench bench = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) good = bytes ("{\"status\":0,\"provides\":{\"url\":\"x\"}}");
  g_autoptr (GBytes) bad = bytes ("{\"status\":4,\"err\":\"broken\"}");

  bench_open (&bench, 2, VNFM_EVENT_INSTANTIATE, "[\"a.sh\",\"b.sh\"]", 0);
  g_hash_table_insert (bench.journal, g_strdup ("op:i1/0/-"), vnfm_json_parse (good, &error));
  g_hash_table_insert (bench.journal, g_strdup ("op:i2/0/-"), vnfm_json_parse (bad, &error));
  emit (&bench);
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_SCRIPT);
  ck_assert_str_eq (bench.operation->error->message, "script a.sh on web-2 ended with status 4: broken");
  ck_assert_uint_eq (bench.ems->history->len, 0);
  ck_assert_str_eq (state_of (&bench, 2), "error");
  ck_assert_ptr_nonnull (vnfm_json_get_object (vnfm_record_get_object (bench.operation->record), "provides"));
  bench_close (&bench);
}
END_TEST

/* ---- environments */

#define TWO_SOURCES                                                                                                   \
  "{\"parameters\":{\"db\":{\"parameters\":{\"net\":\"\",\"port\":\"5432\"}},\"lone\":{\"parameters\":{\"net\":\"\"," \
  "\"port\":\"7\"}}},\"vnfcParameters\":{\"db\":{\"parameters\":{\"d1\":{\"parameters\":{\"net\":\"10.1.0.1\"}},"     \
  "\"d2\":{\"parameters\":{\"net\":\"10.1.0.2\",\"port\":\"5433\"}}}},\"lone\":{\"parameters\":{}}}}"

static void
set_dependency (Bench *bench, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) dependency = bytes (text);

  bench->operation->dependency = vnfm_dependency_new (dependency, &error);
  ck_assert_no_error (error);
}

static void
check_variable (Bench *bench, const char *host, const char *name, const char *expected)
{
  const char *value = vnfm_json_get_string (find_command (bench, host)->environment, name);

  ck_assert_msg (g_strcmp0 (value, expected) == 0, "%s on %s is %s", name, host, value);
}

START_TEST (a_configure_script_runs_for_each_instance_of_its_source)
{
  Bench bench = { 0 };

  bench_open (&bench, 2, VNFM_EVENT_CONFIGURE, "[\"db_setup.sh\"]", 0);
  set_dependency (&bench, TWO_SOURCES);
  emit (&bench);
  check_history (&bench, "web-1 db_setup.sh op:i1/0/d1\nweb-2 db_setup.sh op:i2/0/d1\n");
  check_variable (&bench, "web-1", "db_net", "10.1.0.1");
  check_variable (&bench, "web-1", "db_port", "5432");
  check_variable (&bench, "web-1", "db.net", "10.1.0.1");
  check_variable (&bench, "web-1", "net", "10.0.0.1");
  check_variable (&bench, "web-2", "net", "10.0.0.2");
  check_variable (&bench, "web-2", "hostname", "web-2");
  end (&bench, "web-2", 0, "");
  check_variable (&bench, "web-2", "db_net", "10.1.0.2");
  check_variable (&bench, "web-2", "db_port", "5433");
  end_all (&bench);
  check_success (&bench);
  ck_assert_uint_eq (bench.ems->history->len, 4);
  ck_assert_uint_eq (bench.ems->most_at_once, 2);
  bench_close (&bench);
}
END_TEST

START_TEST (a_failure_ends_the_run_through_the_instances)
{
  Bench bench = { 0 };

  bench_open (&bench, 2, VNFM_EVENT_CONFIGURE, "[\"db_setup.sh\"]", 0);
  set_dependency (&bench, TWO_SOURCES);
  emit (&bench);
  end (&bench, "web-1", 1, "no");
  end (&bench, "web-2", 0, "");
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_SCRIPT);
  ck_assert_uint_eq (bench.ems->history->len, 2);
  bench_close (&bench);
}
END_TEST

START_TEST (an_empty_set_of_instances_runs_once)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_CONFIGURE, "[\"lone_setup.sh\"]", 0);
  set_dependency (&bench, TWO_SOURCES);
  emit (&bench);
  check_history (&bench, "web-1 lone_setup.sh op:i1/0/-\n");
  check_variable (&bench, "web-1", "lone_port", "7");
  check_variable (&bench, "web-1", "lone_net", "");
  end_all (&bench);
  check_success (&bench);
  bench_close (&bench);
}
END_TEST

START_TEST (the_dependency_is_stored_before_the_first_script_without_a_source)
{
  Bench bench = { 0 };

  bench_open (&bench, 2, VNFM_EVENT_CONFIGURE, "[\"lone_a.sh\",\"plain.sh\",\"other_b.sh\"]", 1);
  set_dependency (&bench, TWO_SOURCES);
  emit (&bench);
  end_all (&bench);
  check_success (&bench);
  check_history (&bench, "web-1 lone_a.sh op:i1/0/-\nweb-2 lone_a.sh op:i2/0/-\nweb-1 dependency\nweb-2 dependency\n"
                         "web-1 plain.sh op:i1/1/-\nweb-2 plain.sh op:i2/1/-\nweb-1 other_b.sh op:i1/2/-\n"
                         "web-2 other_b.sh op:i2/2/-\n");
  bench_close (&bench);
}
END_TEST

START_TEST (a_back_end_may_be_unable_to_store_it)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_CONFIGURE, "[\"plain.sh\"]", 0);
  set_dependency (&bench, TWO_SOURCES);
  bench.ems->dependency_error = g_error_new (VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "no files here");
  emit (&bench);
  check_history (&bench, "web-1 dependency\nweb-1 plain.sh op:i1/0/-\n");
  check_variable (&bench, "web-1", "db_port", NULL);
  end_all (&bench);
  check_success (&bench);
  bench_close (&bench);
}
END_TEST

START_TEST (a_dependency_that_cannot_be_stored_fails_the_run)
{
  Bench bench = { 0 };

  bench_open (&bench, 2, VNFM_EVENT_CONFIGURE, "[\"plain.sh\"]", 1);
  set_dependency (&bench, TWO_SOURCES);
  bench.ems->dependency_error = g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "agent lost");
  emit (&bench);
  ck_assert_error (bench.operation->error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE);
  ck_assert_str_eq (bench.operation->error->message, "script plain.sh on web-1: storing the dependency: agent lost");
  check_history (&bench, "web-1 dependency\n");
  bench_close (&bench);
}
END_TEST

START_TEST (without_a_dependency_configure_is_plain)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_CONFIGURE, "[\"db_setup.sh\"]", 0);
  emit (&bench);
  check_history (&bench, "web-1 db_setup.sh op:i1/0/-\n");
  end_all (&bench);
  check_success (&bench);
  bench_close (&bench);
}
END_TEST

/* Only CONFIGURE looks at a script's name. */
START_TEST (other_events_know_no_sources)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_START, "[\"db_setup.sh\"]", 0);
  set_dependency (&bench, TWO_SOURCES);
  emit (&bench);
  check_history (&bench, "web-1 db_setup.sh op:i1/0/-\n");
  check_variable (&bench, "web-1", "db_port", NULL);
  end_all (&bench);
  bench_close (&bench);
}
END_TEST

static void
set_request (Bench *bench, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = bytes (text);

  bench->operation->request = vnfm_message_decode (body, &error);
  ck_assert_no_error (error);
}

START_TEST (heal_is_told_the_cause)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_HEAL, "[\"heal.sh\"]", 0);
  set_request (&bench, "{\"cause\":\"serviceDown\",\"action\":\"HEAL\"}");
  emit (&bench);
  check_variable (&bench, "web-1", "cause", "serviceDown");
  end_all (&bench);
  bench_close (&bench);
}
END_TEST

START_TEST (scale_in_is_told_who_goes)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_SCALE_IN, "[\"bye.sh\"]", 0);
  set_request (&bench, "{\"vnfcInstance\":{\"hostname\":\"db-2\",\"ips\":[{\"netName\":\"a-b\",\"ip\":\"10.1.0.2\"}],"
                       "\"floatingIps\":[{\"netName\":\"a-b\",\"ip\":\"192.0.2.2\"}]},\"action\":\"SCALE_IN\"}");
  emit (&bench);
  check_variable (&bench, "web-1", "removing_hostname", "db-2");
  check_variable (&bench, "web-1", "removing_a_b", "10.1.0.2");
  check_variable (&bench, "web-1", "removing_a-b", "10.1.0.2");
  check_variable (&bench, "web-1", "removing_a_b_floatingIp", "192.0.2.2");
  end_all (&bench);
  bench_close (&bench);
}
END_TEST

/* ---- provides */

static VnfmScriptResult *
providing (const char *name, const char *value)
{
  VnfmScriptResult *result = vnfm_script_result_new (0, "", "");

  result->provides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (result->provides, g_strdup (name), g_strdup (value));
  return result;
}

static void
check_provided (Bench *bench, const char *name, const char *expected)
{
  JsonObject *provides = vnfm_json_get_object (vnfm_record_get_object (bench->operation->record), "provides");
  JsonArray *parameters = vnfm_json_get_array (provides, "configurationParameters");
  const char *found = NULL;

  for (guint i = 0; parameters != NULL && i < json_array_get_length (parameters); i++) {
    JsonObject *parameter = vnfm_json_element_object (parameters, i);
    if (g_strcmp0 (vnfm_json_get_string (parameter, "confKey"), name) == 0)
      found = vnfm_json_get_string (parameter, "value");
  }
  ck_assert_msg (g_strcmp0 (found, expected) == 0, "%s is %s", name, found);
}

START_TEST (of_several_vnfcs_the_last_one_provides)
{
  Bench bench = { 0 };

  bench_open (&bench, 3, VNFM_EVENT_INSTANTIATE, "[\"a.sh\",\"b.sh\"]", 0);
  emit (&bench);
  end_with (&bench, "web-3", vnfm_script_result_new (0, "", ""));
  end_with (&bench, "web-2", providing ("url", "second"));
  end_with (&bench, "web-1", providing ("url", "first"));
  check_provided (&bench, "url", "second");
  end_with (&bench, "web-1", providing ("other", "1"));
  check_provided (&bench, "other", "1");
  /* Its values reach the scripts that come after. */
  end_with (&bench, "web-2", providing ("url", "second again"));
  end_all (&bench);
  check_success (&bench);
  check_provided (&bench, "url", "second again");
  bench_close (&bench);
}
END_TEST

START_TEST (a_failing_script_provides_nothing)
{
  Bench bench = { 0 };
  VnfmScriptResult *result = providing ("url", "x");

  result->status = 1;
  bench_open (&bench, 1, VNFM_EVENT_INSTANTIATE, "[\"a.sh\"]", 0);
  emit (&bench);
  end_with (&bench, "web-1", result);
  check_provided (&bench, "url", NULL);
  bench_close (&bench);
}
END_TEST

START_TEST (values_of_other_events_are_kept_and_warned_about)
{
  Bench bench = { 0 };

  bench_open (&bench, 1, VNFM_EVENT_START, "[\"a.sh\"]", 0);
  emit (&bench);
  vnfm_test_warnings_begin ();
  end_with (&bench, "web-1", providing ("url", "late"));
  g_autofree char *warnings = vnfm_test_warnings_end ();
  ck_assert (g_str_has_prefix (warnings, "VNF web: script a.sh on web-1 provides url in event START: kept"));
  check_success (&bench);
  check_provided (&bench, "url", "late");
  bench_close (&bench);
}
END_TEST

static Suite *
handler_scripts_suite (void)
{
  Suite *suite = suite_create ("handler-scripts");
  TCase *order = tcase_create ("order");
  TCase *failures = tcase_create ("failures");
  TCase *restart = tcase_create ("restart");
  TCase *environments = tcase_create ("environments");

  tcase_add_test (order, a_script_ends_everywhere_before_the_next_begins);
  tcase_add_test (order, no_more_than_parallel_run_at_once);
  tcase_add_test (order, one_after_the_other_in_vnfr_order);
  tcase_add_test (order, limits_are_handed_on);
  tcase_add_test (order, nothing_to_run_is_done_at_once);
  tcase_add_loop_test (order, each_event_with_scripts_is_served, 0, 9);
  tcase_add_test (order, other_types_and_a_detached_handler_are_left_alone);
  suite_add_tcase (suite, order);
  tcase_add_test (failures, a_failure_lets_end_what_runs_and_begins_nothing_more);
  tcase_add_test (failures, several_failures_are_all_named);
  tcase_add_test (failures, the_last_lines_of_a_long_text_are_told);
  tcase_add_test (failures, a_report_of_many_failures_is_bounded);
  tcase_add_test (failures, an_unknown_outcome_is_told_as_such);
  tcase_add_test (failures, an_unreachable_machine_leaves_the_step_open);
  tcase_add_test (failures, a_journal_that_fails_fails_the_run);
  tcase_add_test (failures, failures_in_error_are_logged_and_swallowed);
  tcase_add_test (failures, cancelling_waits_for_what_runs);
  tcase_add_test (failures, cancelled_before_it_began_runs_nothing);
  suite_add_tcase (suite, failures);
  tcase_add_test (restart, after_a_restart_what_is_done_stays_done);
  tcase_add_test (restart, a_journaled_failure_and_its_value_count_again);
  suite_add_tcase (suite, restart);
  tcase_add_test (environments, a_configure_script_runs_for_each_instance_of_its_source);
  tcase_add_test (environments, a_failure_ends_the_run_through_the_instances);
  tcase_add_test (environments, an_empty_set_of_instances_runs_once);
  tcase_add_test (environments, the_dependency_is_stored_before_the_first_script_without_a_source);
  tcase_add_test (environments, a_back_end_may_be_unable_to_store_it);
  tcase_add_test (environments, a_dependency_that_cannot_be_stored_fails_the_run);
  tcase_add_test (environments, without_a_dependency_configure_is_plain);
  tcase_add_test (environments, other_events_know_no_sources);
  tcase_add_test (environments, heal_is_told_the_cause);
  tcase_add_test (environments, scale_in_is_told_who_goes);
  tcase_add_test (environments, of_several_vnfcs_the_last_one_provides);
  tcase_add_test (environments, a_failing_script_provides_nothing);
  tcase_add_test (environments, values_of_other_events_are_kept_and_warned_about);
  suite_add_tcase (suite, environments);
  return suite;
}

VNFM_TEST_MAIN (handler_scripts_suite)
