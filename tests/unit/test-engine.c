/* SPDX-License-Identifier: Apache-2.0 */
/* The engine between simulated extension points: what is asked for is answered once, what ran does not run again,
 * whatever stops in between. */
#include "config.h"

#include "core/engine/engine.h"
#include "core/engine/northbound.h"
#include "tests/support/vnfm-sim.h"
#include "tests/support/vnfm-test.h"

#include <string.h>

/* The generic handler's plugin is linked in. */
const VnfmPluginInfo *vnfm_plugin_entry (GError **error);

/* A manager's life. What outlives it (the store's rows, the machines' records, the ledger) is handed to the next. */
typedef struct {
  SimClock *clock;
  VnfmProfile *profile;
  VnfmContext *context;
  SimStore *store;
  SimTransport *transport;
  SimNegotiator *negotiator;
  SimEms *ems;
  VnfmEngine *engine;
  VnfmHandler *scripts;
  GPtrArray *ledger;
  GHashTable *records;
} World;

static void
recovered (GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr (GError) error = NULL;

  vnfm_engine_recover_finish (VNFM_ENGINE (source), result, &error);
  ck_assert_no_error (error);
  *(gboolean *)done = TRUE;
}

static gboolean
is_true (gpointer flag)
{
  return *(gboolean *)flag;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static World *
world_new (World *before)
{
  World *w = g_new0 (World, 1);
  g_autoptr (VnfmTypeSet) all = vnfm_type_set_new_all_but (NULL);
  gboolean done = FALSE;

  w->clock = before != NULL ? g_object_ref (before->clock) : sim_clock_new (1);
  w->ledger = before != NULL ? g_ptr_array_ref (before->ledger) : g_ptr_array_new_with_free_func (g_free);
  w->records = before != NULL
                   ? g_hash_table_ref (before->records)
                   : g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)vnfm_script_result_free);
  w->profile = vnfm_profile_new ();
  vnfm_profile_declare (w->profile, vnfm_engine_keys);
  vnfm_profile_declare (w->profile, vnfm_transport_keys);
  vnfm_profile_declare (w->profile, vnfm_plugin_entry (NULL)->keys);
  vnfm_profile_set (w->profile, "vnfmd", "log-dir", "/nonexistent/vnfm-test", "test");
  w->context = vnfm_context_new (w->profile, VNFM_CLOCK (w->clock));
  w->store = sim_store_new (w->context, before != NULL ? sim_store_get_rows (before->store) : NULL);
  w->transport = sim_transport_new (w->context);
  vnfm_context_set_store (w->context, VNFM_STORE (w->store));
  vnfm_context_set_nfvo_transport (w->context, VNFM_TRANSPORT (w->transport));
  vnfm_context_set_ems_transport (w->context, VNFM_TRANSPORT (w->transport));
  w->negotiator = sim_negotiator_new (w->context);
  w->ems = sim_ems_new (w->context, w->ledger, w->records);
  w->engine = vnfm_engine_new (w->context, VNFM_NEGOTIATOR (w->negotiator), VNFM_EMS (w->ems));
  w->scripts = g_object_new (vnfm_plugin_entry (NULL)->get_type (), "context", w->context, NULL);
  vnfm_handler_attach (w->scripts, vnfm_engine_get_lifecycle (w->engine), all);
  vnfm_transport_open (VNFM_TRANSPORT (w->transport));
  northbound_open (w->engine);
  vnfm_engine_recover_async (w->engine, recovered, &done);
  vnfm_test_wait_until (is_true, &done);
  return w;
}

static void
world_free (World *w)
{
  vnfm_handler_detach (w->scripts);
  g_clear_object (&w->scripts);
  g_object_run_dispose (G_OBJECT (w->engine));
  g_clear_object (&w->engine);
  g_clear_object (&w->ems);
  g_clear_object (&w->negotiator);
  g_clear_object (&w->transport);
  g_clear_object (&w->store);
  g_object_run_dispose (G_OBJECT (w->context));
  g_clear_object (&w->context);
  g_clear_object (&w->profile);
  g_clear_object (&w->clock);
  g_ptr_array_unref (w->ledger);
  g_hash_table_unref (w->records);
  g_free (w);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* ---- messages */

#define EVENT(name, ...) "{\"event\":\"" name "\",\"lifecycle_events\":[" __VA_ARGS__ "]}"
#define EVENTS                                                                                \
  "[" EVENT ("INSTANTIATE", "\"install.sh\"") "," EVENT ("START", "\"start.sh\"") "," EVENT ( \
      "TERMINATE", "\"stop.sh\"") "," EVENT ("ERROR", "\"error.sh\"") "]"

static char *
instantiate_message (const char *vnf)
{
  return g_strdup_printf (
      "{\"vnfd\":{\"id\":\"d1\",\"name\":\"%s\",\"type\":\"server\",\"endpoint\":\"generic\",\"lifecycle_"
      "event\":" EVENTS ",\"vdu\":[{\"id\":\"v1\",\"vimInstanceName\":[\"vim\"],\"vnfc\":[{\"connection_point\":[]},"
      "{\"connection_point\":[]}]}]},\"vimInstances\":{\"v1\":[{\"name\":\"vim\",\"type\":\"test\",\"id\":\"i1\"}]},"
      "\"vlrs\":[],\"extension\":{\"nsr-id\":\"nsr1\"},\"keys\":[],\"vnfPackage\":{\"name\":\"p\",\"scripts\":["
      "{\"name\":\"install.sh\",\"payload\":[35,33]}]},\"action\":\"INSTANTIATE\"}",
      vnf);
}

/* A VNFR as GRANT and ALLOCATE left it. */
static char *
record_message (const char *action, const char *member, const char *vnf)
{
  return g_strdup_printf (
      "{\"%s\":{\"id\":\"id-%s\",\"hbVersion\":7,\"name\":\"%s\",\"type\":\"server\",\"parent_ns_id\":\"nsr1\","
      "\"lifecycle_event\":" EVENTS ",\"vdu\":[{\"vnfc_instance\":[{\"id\":\"i-1\",\"hostname\":\"%s-1\"}]}]},"
      "\"message\":\"no more flavours\",\"action\":\"%s\"}",
      member, vnf, vnf, vnf, action);
}

static void
send_request (World *w, const char *body, const char *id)
{
  sim_transport_deliver (w->transport, VNFM_DESTINATION_NFVO_REQUESTS, body, id, "nfvo.answers", FALSE);
  settle ();
}

static void
send_instantiate (World *w, const char *vnf, const char *id)
{
  g_autofree char *body = instantiate_message (vnf);

  send_request (w, body, id);
}

static void
send_record (World *w, const char *action, const char *member, const char *vnf, const char *id)
{
  g_autofree char *body = record_message (action, member, vnf);

  send_request (w, body, id);
}

/* The answer to the request of that id: its text; the test fails if there is not exactly one. */
static char *
answer_to (World *w, const char *id)
{
  GPtrArray *sent = sim_transport_get_sent (w->transport);
  char *found = NULL;

  for (guint i = 0; i < sent->len; i++) {
    SimSent *one = g_ptr_array_index (sent, i);
    if (one->address == NULL || g_strcmp0 (one->envelope->correlation_id, id) != 0)
      continue;
    ck_assert_msg (found == NULL, "%s was answered twice", id);
    ck_assert_str_eq (one->address, "nfvo.answers");
    found = g_strndup (g_bytes_get_data (one->envelope->body, NULL), g_bytes_get_size (one->envelope->body));
  }
  ck_assert_msg (found != NULL, "%s was not answered", id);
  return found;
}

static gboolean
is_answered (World *w, const char *id)
{
  GPtrArray *sent = sim_transport_get_sent (w->transport);

  for (guint i = 0; i < sent->len; i++)
    if (g_strcmp0 (((SimSent *)g_ptr_array_index (sent, i))->envelope->correlation_id, id) == 0)
      return TRUE;
  return FALSE;
}

static void
assert_contains (const char *text, const char *part)
{
  ck_assert_msg (strstr (text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

static void
expect_warnings (void)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
}

/* ---- the main job */

START_TEST (instantiate_runs_its_stages)
{
  g_autoptr (World) w = world_new (NULL);

  send_instantiate (w, "web", "m1");
  g_autofree char *answer = answer_to (w, "m1");
  assert_contains (answer, "\"action\":\"INSTANTIATE\"");
  assert_contains (answer, "\"id-web\"");
  ck_assert_uint_eq (sim_transport_get_acks (w->transport), 1);
  ck_assert_uint_eq (sim_negotiator_get_asked (w->negotiator), 2);
  ck_assert_uint_eq (w->ledger->len, 2);
  ck_assert_str_eq (g_ptr_array_index (w->ledger, 0), "web-00 install.sh");
  ck_assert_str_eq (g_ptr_array_index (w->ledger, 1), "web-01 install.sh");
  g_autoptr (GPtrArray) left = vnfm_engine_get_operations (w->engine);
  ck_assert_uint_eq (left->len, 0);
}
END_TEST

START_TEST (the_record_is_echoed_byte_for_byte)
{
  g_autoptr (World) w = world_new (NULL);
  const char *record = "{\"vdu\":[ ],\"unknown\":1.50,\"name\":\"web\",\"id\":\"x\",\"hbVersion\":12345678901234567}";
  g_autofree char *body =
      g_strdup_printf ("{\"virtualNetworkFunctionRecord\": %s , \"vnfcInstance\":{\"id\":\"i\",\"hostname\":\"h\"},"
                       "\"action\":\"START\"}",
                       record);
  send_request (w, body, "m1");
  g_autofree char *answer = answer_to (w, "m1");
  assert_contains (answer, record);
  assert_contains (answer, "\"vnfcInstance\":{\"id\":\"i\",\"hostname\":\"h\"}");
}
END_TEST

START_TEST (start_of_one_instance_runs_on_that_one)
{
  g_autoptr (World) w = world_new (NULL);

  send_request (w,
                "{\"virtualNetworkFunctionRecord\":{\"id\":\"x\",\"name\":\"web\",\"type\":\"server\","
                "\"lifecycle_event\":" EVENTS ",\"vdu\":[{\"vnfc_instance\":[{\"id\":\"i-1\",\"hostname\":\"web-1\"},"
                "{\"id\":\"i-2\",\"hostname\":\"web-2\"}]}]},\"vnfcInstance\":{\"id\":\"i-2\",\"hostname\":\"web-2\"},"
                "\"action\":\"START\"}",
                "m1");
  g_free (answer_to (w, "m1"));
  ck_assert_uint_eq (w->ledger->len, 1);
  ck_assert_str_eq (g_ptr_array_index (w->ledger, 0), "web-2 start.sh");
}
END_TEST

/* Another back-end has the type: it alone is awaited, runs the scripts and is asked what is known. */
START_TEST (a_type_has_its_own_back_end)
{
  static const char *const types[] = { "router", "server", NULL };
  g_autoptr (World) w = world_new (NULL);
  g_autoptr (GPtrArray) ledger = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SimEms) other = sim_ems_new (w->context, ledger, w->records);
  g_autoptr (VnfmTypeSet) set = vnfm_type_set_new_of (types);

  sim_ems_set_dead (w->ems, TRUE); /* whoever waits for it waits for ever */
  vnfm_engine_add_ems (w->engine, VNFM_EMS (other), set);
  ck_assert_ptr_eq (vnfm_engine_get_ems (w->engine, "router"), other);
  ck_assert_ptr_eq (vnfm_engine_get_ems (w->engine, "client"), w->ems);
  ck_assert_ptr_eq (vnfm_engine_get_ems (w->engine, NULL), w->ems);
  send_instantiate (w, "web", "m1");
  g_free (answer_to (w, "m1"));
  ck_assert_uint_eq (w->ledger->len, 0);
  ck_assert_uint_eq (ledger->len, 2);
  ck_assert_str_eq (g_ptr_array_index (ledger, 0), "web-00 install.sh");
}
END_TEST

START_TEST (output_of_each_back_end_is_seen)
{
  static const char *const types[] = { "server", NULL };
  g_autoptr (World) w = world_new (NULL);
  g_autoptr (SimEms) other = sim_ems_new (w->context, w->ledger, w->records);
  g_autoptr (VnfmTypeSet) set = vnfm_type_set_new_of (types);

  vnfm_engine_add_ems (w->engine, VNFM_EMS (other), set);
  sim_ems_set_hanging (other, "install.sh");
  send_instantiate (w, "web", "m1");
  g_autoptr (GPtrArray) open = vnfm_engine_get_operations (w->engine);
  ck_assert_uint_eq (open->len, 1);
  EngineOperation *operation = g_ptr_array_index (open, 0);
  g_autofree char *step = g_strdup_printf ("%s/instantiate/web-01/0/-", operation->request->id);
  vnfm_ems_emit_output (VNFM_EMS (other), step, "stdout", 0, "half way");
  g_autofree char *text = engine_operation_describe (operation);
  assert_contains (text, "half way");
}
END_TEST

START_TEST (a_failing_script_ends_in_error)
{
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  sim_ems_set_failing (w->ems, "install.sh");
  send_instantiate (w, "web", "m1");
  g_autofree char *answer = answer_to (w, "m1");
  assert_contains (answer, "\"action\":\"ERROR\"");
  assert_contains (answer, "install.sh");
  assert_contains (answer, "web-00");
  assert_contains (answer, "on purpose");
  assert_contains (answer, "\"nsrId\":\"nsr1\"");
  assert_contains (answer, "\"id-web\"");
}
END_TEST

START_TEST (a_refusal_ends_in_error_with_the_record)
{
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  sim_negotiator_refuse (w->negotiator, "Not enough resources");
  send_instantiate (w, "web", "m1");
  g_autofree char *answer = answer_to (w, "m1");
  assert_contains (answer, "\"action\":\"ERROR\"");
  assert_contains (answer, "Not enough resources");
  assert_contains (answer, "\"id-web\"");
  ck_assert_uint_eq (w->ledger->len, 0);
}
END_TEST

START_TEST (a_withdrawn_service_is_answered_null)
{
  g_autoptr (World) w = world_new (NULL);

  sim_negotiator_refuse (w->negotiator, "null");
  send_instantiate (w, "web", "m1");
  g_autofree char *answer = answer_to (w, "m1");
  ck_assert_str_eq (answer, "null");
}
END_TEST

START_TEST (machines_that_never_come_are_named)
{
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  sim_ems_set_dead (w->ems, TRUE);
  send_instantiate (w, "web", "m1");
  ck_assert (!is_answered (w, "m1"));
  sim_clock_advance (w->clock, 501 * G_TIME_SPAN_SECOND);
  settle ();
  g_autofree char *answer = answer_to (w, "m1");
  assert_contains (answer, "start-timeout");
  assert_contains (answer, "web-00");
  assert_contains (answer, "agent never seen");
}
END_TEST

START_TEST (a_grant_that_never_comes_has_a_limit)
{
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  sim_negotiator_be_silent (w->negotiator, TRUE);
  send_instantiate (w, "web", "m1");
  sim_clock_advance (w->clock, 1001 * G_TIME_SPAN_SECOND);
  settle ();
  g_autofree char *answer = answer_to (w, "m1");
  assert_contains (answer, "grant-timeout");
  assert_contains (answer, "\"action\":\"ERROR\"");
}
END_TEST

/* ---- several at once */

START_TEST (operations_of_one_vnf_queue)
{
  g_autoptr (World) w = world_new (NULL);

  sim_ems_set_hanging (w->ems, "start.sh");
  send_record (w, "START", "virtualNetworkFunctionRecord", "web", "m1");
  send_record (w, "MODIFY", "vnfr", "web", "m2");
  send_record (w, "MODIFY", "vnfr", "client", "m3");
  ck_assert (!is_answered (w, "m1"));
  ck_assert (!is_answered (w, "m2"));
  ck_assert (is_answered (w, "m3"));
}
END_TEST

START_TEST (release_ends_what_runs)
{
  g_autoptr (World) w = world_new (NULL);

  sim_ems_set_hanging (w->ems, "start.sh");
  send_record (w, "START", "virtualNetworkFunctionRecord", "web", "m1");
  send_record (w, "MODIFY", "vnfr", "web", "m2");
  send_record (w, "RELEASE_RESOURCES", "vnfr", "web", "m3");
  g_autofree char *first = answer_to (w, "m1");
  g_autofree char *second = answer_to (w, "m2");
  g_autofree char *third = answer_to (w, "m3");
  ck_assert_str_eq (first, "null");
  ck_assert_str_eq (second, "null");
  assert_contains (third, "\"action\":\"RELEASE_RESOURCES\"");
  ck_assert_str_eq (g_ptr_array_index (w->ledger, w->ledger->len - 1), "web-1 stop.sh");
}
END_TEST

START_TEST (an_error_fails_the_open_question)
{
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  sim_negotiator_be_silent (w->negotiator, TRUE);
  send_instantiate (w, "web", "m1");
  send_record (w, "ERROR", "vnfr", "web", "m2");
  g_autofree char *first = answer_to (w, "m1");
  g_autofree char *second = answer_to (w, "m2");
  assert_contains (first, "no more flavours");
  assert_contains (first, "\"action\":\"ERROR\"");
  ck_assert_str_eq (second, "null");
  ck_assert_uint_eq (w->ledger->len, 0);
}
END_TEST

START_TEST (an_error_runs_its_scripts)
{
  g_autoptr (World) w = world_new (NULL);

  send_record (w, "ERROR", "vnfr", "web", "m1");
  g_autofree char *answer = answer_to (w, "m1");
  ck_assert_str_eq (answer, "null");
  ck_assert_str_eq (g_ptr_array_index (w->ledger, 0), "web-1 error.sh");
}
END_TEST

/* ---- input that cannot be carried out */

START_TEST (every_request_is_answered)
{
  static const struct {
    const char *body;
    const char *part;
  } rows[] = {
    { "not json", "not what an NFVO sends" },
    { "[1]", "not what an NFVO sends" },
    { "{}", "no action in the message" },
    { "{\"action\":\"FLY\"}", "no action FLY" },
    { "{\"action\":\"MODIFY\"}", "MODIFY has no VNFR" },
    { "{\"action\":\"INSTANTIATE\"}", "neither a vnfd nor a vnfr" },
    { "{\"action\":\"START\",\"virtualNetworkFunctionRecord\":[]}", "cannot be read" },
    { "{\"action\":\"SCALE_OUT\",\"virtualNetworkFunctionRecord\":{\"name\":\"web\",\"id\":\"x\"}}",
      "does not carry out SCALE_OUT" },
    { "{\"action\":\"INSTANTIATE\",\"vnfd\":{\"name\":\"web\",\"vdu\":[]},\"extension\":{\"nsr-id\":\"n\"}}",
      "cannot be made into a VNFR" },
  };
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *id = g_strdup_printf ("m%u", i);
    send_request (w, rows[i].body, id);
    g_autofree char *answer = answer_to (w, id);
    assert_contains (answer, "\"action\":\"ERROR\"");
    assert_contains (answer, rows[i].part);
  }
  ck_assert_uint_eq (sim_transport_get_acks (w->transport), G_N_ELEMENTS (rows));
}
END_TEST

START_TEST (an_unbuilt_action_is_answered_with_the_record)
{
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  send_record (w, "HEAL", "virtualNetworkFunctionRecord", "web", "m1");
  g_autofree char *answer = answer_to (w, "m1");
  assert_contains (answer, "\"hbVersion\":7");
}
END_TEST

START_TEST (logs_of_nobody_are_empty)
{
  g_autoptr (World) w = world_new (NULL);

  send_request (w, "{\"vnfrName\":\"../../etc\",\"hostname\":\"passwd\",\"action\":\"LOG_REQUEST\"}", "m1");
  for (int i = 0; i < 100 && !is_answered (w, "m1"); i++)
    g_main_context_iteration (NULL, TRUE);
  g_autofree char *answer = answer_to (w, "m1");
  ck_assert_str_eq (answer, "{\"outputLog\":[],\"errorLog\":[],\"action\":\"LOG_REQUEST\"}");
}
END_TEST

/* ---- again, and after a restart */

START_TEST (a_repeated_request_is_not_begun_twice)
{
  g_autoptr (World) w = world_new (NULL);
  g_autofree char *body = record_message ("START", "virtualNetworkFunctionRecord", "web");

  send_request (w, body, "m1");
  send_request (w, body, "m1");
  g_free (answer_to (w, "m1"));
  ck_assert_uint_eq (w->ledger->len, 1);
  ck_assert_uint_eq (sim_transport_get_acks (w->transport), 2);

  g_autoptr (World) next = world_new (w);
  send_request (next, body, "m1");
  ck_assert_uint_eq (w->ledger->len, 1);
}
END_TEST

START_TEST (without_a_message_id_the_flag_and_the_content_count)
{
  g_autoptr (World) w = world_new (NULL);
  g_autofree char *body = record_message ("START", "virtualNetworkFunctionRecord", "web");

  sim_transport_deliver (w->transport, VNFM_DESTINATION_NFVO_REQUESTS, body, NULL, "nfvo.answers", FALSE);
  settle ();
  sim_transport_deliver (w->transport, VNFM_DESTINATION_NFVO_REQUESTS, body, NULL, "nfvo.answers", TRUE);
  settle ();
  ck_assert_uint_eq (w->ledger->len, 1);
  sim_transport_deliver (w->transport, VNFM_DESTINATION_NFVO_REQUESTS, body, NULL, "nfvo.answers", FALSE);
  settle ();
  ck_assert_uint_eq (w->ledger->len, 2);
}
END_TEST

START_TEST (an_answer_is_sent_until_it_is_taken)
{
  g_autoptr (World) w = world_new (NULL);

  sim_transport_fail_next (w->transport, 3);
  send_record (w, "MODIFY", "vnfr", "web", "m1");
  ck_assert (!is_answered (w, "m1"));
  g_autoptr (GPtrArray) open = vnfm_engine_get_operations (w->engine);
  ck_assert_uint_eq (open->len, 1);
  g_autofree char *what = engine_operation_describe (g_ptr_array_index (open, 0));
  assert_contains (what, "not connected");
  for (int i = 0; i < 4; i++) {
    sim_clock_advance (w->clock, 2 * G_TIME_SPAN_SECOND);
    settle ();
  }
  g_free (answer_to (w, "m1"));
}
END_TEST

START_TEST (a_full_disk_delays_and_loses_nothing)
{
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  sim_store_fail_next (w->store, 2);
  send_record (w, "MODIFY", "vnfr", "web", "m1");
  send_record (w, "MODIFY", "vnfr", "web", "m1"); /* again: the first is not safe yet, so nor is this */
  ck_assert_uint_eq (sim_transport_get_acks (w->transport), 0);
  for (int i = 0; i < 4; i++) {
    sim_clock_advance (w->clock, 2 * G_TIME_SPAN_SECOND);
    settle ();
  }
  g_free (answer_to (w, "m1"));
  ck_assert_uint_eq (sim_transport_get_acks (w->transport), 2);
}
END_TEST

START_TEST (a_question_is_not_put_twice)
{
  g_autoptr (World) w = world_new (NULL);

  sim_negotiator_be_silent (w->negotiator, TRUE);
  send_instantiate (w, "web", "m1");
  ck_assert_uint_eq (sim_negotiator_get_asked (w->negotiator), 1);
  sim_store_stop_after (w->store, 0);

  g_autoptr (World) next = world_new (w);
  settle ();
  ck_assert_uint_eq (sim_negotiator_get_attached (next->negotiator), 1);
  g_free (answer_to (next, "m1"));
}
END_TEST

/* The machine stops after each possible number of commits; the next life finishes. */
START_TEST (nothing_is_lost_or_doubled_wherever_it_stops)
{
  guint commits = 0;

  for (guint stop = 0; commits == 0 || stop <= commits; stop++) {
    g_autoptr (World) w = world_new (NULL);
    sim_store_stop_after (w->store, commits == 0 ? G_MAXUINT : stop);
    send_instantiate (w, "web", "m1");
    sim_clock_advance (w->clock, G_TIME_SPAN_SECOND);
    settle ();
    if (commits == 0) {
      commits = sim_store_get_commits (w->store);
      stop = (guint)-1;
      continue;
    }
    gboolean taken = sim_transport_get_acks (w->transport) > 0;
    gboolean answered = is_answered (w, "m1");

    g_autoptr (World) next = world_new (w);
    settle ();
    if (!taken) /* the sender was told nothing, and sends again */
      send_instantiate (next, "web", "m1");
    sim_clock_advance (next->clock, G_TIME_SPAN_SECOND);
    settle ();
    ck_assert_msg (answered || is_answered (next, "m1"), "lost when stopped after %u commits", stop);
    ck_assert_msg (w->ledger->len == 2, "%u scripts ran when stopped after %u commits", w->ledger->len, stop);
    g_autoptr (GPtrArray) left = vnfm_engine_get_operations (next->engine);
    ck_assert_uint_eq (left->len, 0);
  }
}
END_TEST

/* ---- handlers */

static VnfmDeferral *taken;

static void
take_deferral (VnfmLifecycle *lifecycle, VnfmOperation *operation, gpointer name)
{
  ck_assert_int_eq (vnfm_operation_get_event (operation), VNFM_EVENT_START);
  taken = vnfm_operation_defer (operation, name, 5 * G_TIME_SPAN_SECOND);
}

START_TEST (a_deferral_is_awaited)
{
  g_autoptr (World) w = world_new (NULL);

  g_signal_connect (vnfm_engine_get_lifecycle (w->engine), "after-start::server", G_CALLBACK (take_deferral),
                    (gpointer) "vendor");
  g_signal_connect (vnfm_engine_get_lifecycle (w->engine), "after-start::other", G_CALLBACK (take_deferral),
                    (gpointer) "other");
  send_record (w, "START", "virtualNetworkFunctionRecord", "web", "m1");
  ck_assert_uint_eq (w->ledger->len, 1);
  ck_assert (!is_answered (w, "m1"));
  vnfm_deferral_complete (taken);
  settle ();
  g_autofree char *answer = answer_to (w, "m1");
  assert_contains (answer, "\"action\":\"START\"");
}
END_TEST

START_TEST (a_deferral_may_fail_or_come_too_late)
{
  g_autoptr (World) w = world_new (NULL);

  expect_warnings ();
  g_signal_connect (vnfm_engine_get_lifecycle (w->engine), "before-start", G_CALLBACK (take_deferral),
                    (gpointer) "vendor");
  send_record (w, "START", "virtualNetworkFunctionRecord", "web", "m1");
  vnfm_deferral_fail (taken, g_error_new (VNFM_ERROR, VNFM_ERROR_FAILED, "the licence is spent"));
  settle ();
  g_autofree char *first = answer_to (w, "m1");
  assert_contains (first, "the licence is spent");

  send_record (w, "START", "virtualNetworkFunctionRecord", "web", "m2");
  sim_clock_advance (w->clock, 6 * G_TIME_SPAN_SECOND);
  settle ();
  g_autofree char *second = answer_to (w, "m2");
  assert_contains (second, "vendor did not finish in time");
  vnfm_deferral_complete (taken);
  settle ();
  ck_assert_uint_eq (w->ledger->len, 0);
}
END_TEST

static void
late_step_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonNode) outcome = NULL;
  g_autofree char *step_id = NULL;
  VnfmStepState state;

  ck_assert (
      !vnfm_operation_step_begin_finish (VNFM_OPERATION (source), result, &state, &step_id, &outcome, user_data));
}

static void
late_step_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = vnfm_operation_step_end_finish (VNFM_OPERATION (source), result, NULL);
}

static void
journal_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GPtrArray **)user_data = journal_load_finish (NULL, result, NULL);
}

START_TEST (steps_of_a_handler_that_was_given_up_leave_nothing)
{
  g_autoptr (World) w = world_new (NULL);
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) outcome = json_node_init_int (json_node_alloc (), 0);
  gboolean ended = FALSE;

  expect_warnings ();
  g_signal_connect (vnfm_engine_get_lifecycle (w->engine), "before-start", G_CALLBACK (take_deferral),
                    (gpointer) "vendor");
  send_record (w, "START", "virtualNetworkFunctionRecord", "web", "m1");
  sim_clock_advance (w->clock, 6 * G_TIME_SPAN_SECOND);
  settle ();
  ck_assert (is_answered (w, "m1"));

  VnfmOperation *operation = taken->operation;
  g_autofree char *step_id = g_strconcat (vnfm_operation_get_id (operation), "/start/late", NULL);
  vnfm_operation_step_begin_async (operation, "late", NULL, late_step_begun, &error);
  vnfm_operation_step_end_async (operation, step_id, outcome, NULL, NULL, late_step_ended, &ended);
  settle ();
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_CANCELLED));
  ck_assert (ended);
  vnfm_deferral_complete (taken);
  sim_clock_advance (w->clock, G_TIME_SPAN_SECOND);
  settle ();
  journal_load_async (vnfm_engine_get_journal (w->engine), "op", NULL, journal_loaded, &left);
  settle ();
  ck_assert_ptr_nonnull (left);
  ck_assert_uint_eq (left->len, 0);
}
END_TEST

static Suite *
engine_suite (void)
{
  Suite *suite = suite_create ("engine");
  TCase *job = tcase_create ("main job");
  TCase *together = tcase_create ("several at once");
  TCase *bad = tcase_create ("bad input");
  TCase *again = tcase_create ("again");
  TCase *handlers = tcase_create ("handlers");

  tcase_add_test (job, instantiate_runs_its_stages);
  tcase_add_test (job, the_record_is_echoed_byte_for_byte);
  tcase_add_test (job, start_of_one_instance_runs_on_that_one);
  tcase_add_test (job, a_failing_script_ends_in_error);
  tcase_add_test (job, a_refusal_ends_in_error_with_the_record);
  tcase_add_test (job, a_withdrawn_service_is_answered_null);
  tcase_add_test (job, machines_that_never_come_are_named);
  tcase_add_test (job, a_grant_that_never_comes_has_a_limit);
  tcase_add_test (together, operations_of_one_vnf_queue);
  tcase_add_test (together, release_ends_what_runs);
  tcase_add_test (together, an_error_fails_the_open_question);
  tcase_add_test (together, an_error_runs_its_scripts);
  tcase_add_test (bad, every_request_is_answered);
  tcase_add_test (bad, an_unbuilt_action_is_answered_with_the_record);
  tcase_add_test (bad, logs_of_nobody_are_empty);
  tcase_add_test (again, a_repeated_request_is_not_begun_twice);
  tcase_add_test (again, without_a_message_id_the_flag_and_the_content_count);
  tcase_add_test (again, an_answer_is_sent_until_it_is_taken);
  tcase_add_test (again, a_full_disk_delays_and_loses_nothing);
  tcase_add_test (again, a_question_is_not_put_twice);
  tcase_add_test (again, nothing_is_lost_or_doubled_wherever_it_stops);
  tcase_add_test (handlers, a_type_has_its_own_back_end);
  tcase_add_test (handlers, output_of_each_back_end_is_seen);
  tcase_add_test (handlers, a_deferral_is_awaited);
  tcase_add_test (handlers, a_deferral_may_fail_or_come_too_late);
  tcase_add_test (handlers, steps_of_a_handler_that_was_given_up_leave_nothing);
  tcase_set_timeout (again, 60);
  suite_add_tcase (suite, job);
  suite_add_tcase (suite, together);
  suite_add_tcase (suite, bad);
  suite_add_tcase (suite, again);
  suite_add_tcase (suite, handlers);
  return suite;
}

VNFM_TEST_MAIN (engine_suite)
