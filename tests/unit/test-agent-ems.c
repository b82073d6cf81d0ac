/* SPDX-License-Identifier: Apache-2.0 */
/* The back-end for agents against a transport whose far end is the test: registration, commands and what becomes of
 * them when agents and connections come and go. */
#include "config.h"

#include "plugins/ems-agent/agent-ems.h"
#include "plugins/ems-agent/ems-codec.h"
#include "tests/support/test-peers.h"
#include "tests/support/vnfm-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <vnfm/vnfm-error.h>

#define HOST "web-12"
#define VNFR "11111111-2222-4333-8444-555555555555"
#define STEP "op/instantiate/web-12/0"

typedef struct {
  char *folder;
  SimClock *clock;
  VnfmContext *context;
  TestTransport *transport;
  SimStore *store;
  VnfmEms *ems;
  VnfmVnfc *vnfc;
  char *token;
  GString *events; /* "registered HOST;", "lost HOST;", "output ...;" */
} Site;

static void
on_registered (VnfmEms *ems, const char *hostname, gpointer data)
{
  g_string_append_printf (((Site *)data)->events, "registered %s;", hostname);
}

static void
on_lost (VnfmEms *ems, const char *hostname, gpointer data)
{
  g_string_append_printf (((Site *)data)->events, "lost %s;", hostname);
}

static void
on_output (VnfmEms *ems, const char *step, const char *stream, gint64 offset, const char *text, gpointer data)
{
  g_string_append_printf (((Site *)data)->events, "output %s %s %d %s;", step, stream, (int)offset, text);
}

static VnfmVnfc *
new_vnfc (const char *hostname, const char *vnfr_id)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (object, "hostname", hostname);
  VnfmVnfc *vnfc = vnfm_vnfc_new_from_json (object, vnfr_id, &error);
  ck_assert_no_error (error);
  return vnfc;
}

static VnfmRecord *
new_record (void)
{
  const char *text = "{\"id\":\"" VNFR "\",\"name\":\"web\",\"vdu\":[]}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  VnfmRecord *record = vnfm_record_new (bytes, &error);

  ck_assert_no_error (error);
  return record;
}

/* A back-end as the manager's wiring makes it. Also what comes after a restart: the same store and state directory. */
static void
site_start (Site *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (VnfmRecord) record = new_record ();

  self->ems = g_object_new (AGENT_TYPE_EMS, "context", self->context, NULL);
  g_signal_connect (self->ems, "registered", G_CALLBACK (on_registered), self);
  g_signal_connect (self->ems, "lost", G_CALLBACK (on_lost), self);
  g_signal_connect (self->ems, "output", G_CALLBACK (on_output), self);
  ck_assert (vnfm_extension_start (VNFM_EXTENSION (self->ems), &error));
  ck_assert_no_error (error);
  test_pump ();
  vnfm_ems_add_variables (self->ems, record, variables);
  g_free (self->token);
  self->token = g_strdup (g_hash_table_lookup (variables, "TOKEN"));
}

static void
site_stop (Site *self)
{
  vnfm_extension_stop (VNFM_EXTENSION (self->ems));
  test_pump ();
  g_clear_object (&self->ems);
}

static Site *
site_new (const char *key, const char *value)
{
  Site *self = g_new0 (Site, 1);
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();

  self->folder = vnfm_test_make_folder ();
  self->events = g_string_new (NULL);
  self->clock = sim_clock_new (1);
  self->context = vnfm_context_new (profile, VNFM_CLOCK (self->clock));
  vnfm_profile_declare (profile, agent_ems_keys);
  if (key != NULL)
    vnfm_profile_set (profile, "agent", key, value, "test");
  vnfm_context_set_state_dir (self->context, self->folder);
  self->store = sim_store_new (self->context, NULL);
  vnfm_context_set_store (self->context, VNFM_STORE (self->store));
  self->transport = test_transport_new (self->context);
  vnfm_context_set_ems_transport (self->context, VNFM_TRANSPORT (self->transport));
  self->vnfc = new_vnfc (HOST, VNFR);
  site_start (self);
  return self;
}

static void
site_free (Site *self)
{
  site_stop (self);
  vnfm_vnfc_unref (self->vnfc);
  g_object_run_dispose (G_OBJECT (self->context));
  g_object_unref (self->transport);
  g_object_unref (self->store);
  g_object_unref (self->context);
  g_object_unref (self->clock);
  vnfm_test_remove_folder (self->folder);
  g_string_free (self->events, TRUE);
  g_free (self->folder);
  g_free (self->token);
  g_free (self);
}

static guint64
site_register_as (Site *self, const char *hostname, const char *token, EmsCapability capabilities, const char *run)
{
  g_autoptr (EmsRegistration) registration = ems_registration_new (hostname);

  registration->token = g_strdup (token);
  registration->agent = capabilities != 0 ? g_strdup ("vnfm-ems/1") : NULL;
  registration->capabilities = capabilities;
  registration->boot = run != NULL ? g_strdup ("boot") : NULL;
  registration->run = g_strdup (run);
  g_autoptr (GBytes) body = ems_registration_encode (registration);
  return test_transport_deliver (self->transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, body);
}

/* vnfm-ems, and the Python EMS. */
static guint64
site_register (Site *self)
{
  return site_register_as (self, HOST, self->token, EMS_CAPABILITIES_ALL, "run-1");
}

static guint64
site_register_old (Site *self)
{
  return test_transport_deliver_text (self->transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL,
                                      "{\"hostname\":\"" HOST "\"}");
}

static void
await (Site *self, VnfmTestCall *call)
{
  vnfm_ems_await_async (self->ems, self->vnfc, NULL, vnfm_test_got_result, call);
  test_pump ();
}

static void
check_awaited (Site *self, VnfmTestCall *call)
{
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_nonnull (call->result);
  ck_assert (vnfm_ems_await_finish (self->ems, call->result, &error));
  ck_assert_no_error (error);
  g_clear_object (&call->result);
}

/* The agent is known, and nothing is under way. */
static void
site_make_ready (Site *self, gboolean old)
{
  VnfmTestCall call = { NULL };

  await (self, &call);
  if (old)
    site_register_old (self);
  else
    site_register (self);
  check_awaited (self, &call);
}

static void
execute_with (Site *self, VnfmTestCall *call, GCancellable *cancellable, gboolean attach, gint64 time_limit)
{
  g_autoptr (VnfmEnvironment) environment = vnfm_environment_new ();
  VnfmExecution execution = { .step_id = STEP,
                              .attach = attach,
                              .script = "install.sh a b",
                              .environment = environment,
                              .time_limit = time_limit,
                              .max_output = 1000 };

  vnfm_environment_set (environment, "server.address", "10.0.0.1");
  vnfm_ems_execute_async (self->ems, self->vnfc, &execution, cancellable, vnfm_test_got_result, call);
  test_pump ();
}

static void
execute (Site *self, VnfmTestCall *call)
{
  execute_with (self, call, NULL, FALSE, 0);
}

static VnfmScriptResult *
get_executed (Site *self, VnfmTestCall *call)
{
  g_autoptr (GError) error = NULL;

  test_pump ();
  ck_assert_ptr_nonnull (call->result);
  VnfmScriptResult *result = vnfm_ems_execute_finish (self->ems, call->result, &error);
  ck_assert_no_error (error);
  g_clear_object (&call->result);
  return result;
}

static void
check_unknown (Site *self, VnfmTestCall *call, const char *part)
{
  g_autoptr (VnfmScriptResult) result = get_executed (self, call);

  ck_assert (!result->known);
  ck_assert_int_ne (result->status, 0);
  ck_assert_msg (strstr (result->err, part) != NULL, "\"%s\" does not say \"%s\"", result->err, part);
}

static void
check_execute_error (Site *self, VnfmTestCall *call, int code)
{
  g_autoptr (GError) error = NULL;

  test_pump ();
  ck_assert_ptr_nonnull (call->result);
  ck_assert_ptr_null (vnfm_ems_execute_finish (self->ems, call->result, &error));
  ck_assert_msg (g_error_matches (error, VNFM_ERROR, code), "%s", error->message);
  ck_assert_ptr_nonnull (strstr (error->message, HOST));
  g_clear_object (&call->result);
}

static guint64
answer (Site *self, const char *correlation_id, const char *body)
{
  return test_transport_deliver_text (self->transport, VNFM_DESTINATION_ANSWERS, correlation_id, body);
}

#define DONE "{\"status\":0,\"output\":\"hello\",\"err\":\"\"}"

/* The command is the latest publication; it completes by its answer. */
static void
check_answered (Site *self, VnfmTestCall *call)
{
  guint64 token = answer (self, STEP, DONE);
  g_autoptr (VnfmScriptResult) result = get_executed (self, call);

  ck_assert_int_eq (result->status, 0);
  ck_assert (result->known);
  ck_assert_str_eq (result->output, "hello");
  ck_assert (!test_transport_is_settled (self->transport, token));
  vnfm_envelope_ack (result->delivery);
  ck_assert (test_transport_is_settled (self->transport, token));
}

static void
check_describe (Site *self, const char *part)
{
  g_autofree char *text = vnfm_ems_describe (self->ems, self->vnfc);

  ck_assert_msg (strstr (text, part) != NULL, "\"%s\" does not say \"%s\"", text, part);
}

/* One warning was given, and it is like @pattern. */
static void
check_warning (const char *pattern)
{
  g_autofree char *warnings = vnfm_test_warnings_end ();

  ck_assert_msg (g_pattern_match_simple (pattern, g_strchomp (warnings)) && strchr (warnings, '\n') == NULL,
                 "not like \"%s\": %s", pattern, warnings);
}

/* ---- registration */

START_TEST (machine_first)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  await (site, &call);
  ck_assert_ptr_null (call.result);
  check_describe (site, "never seen since");
  guint64 token = site_register (site);
  check_awaited (site, &call);
  ck_assert (test_transport_is_settled (site->transport, token));
  ck_assert_str_eq (site->events->str, "registered " HOST ";");
  check_describe (site, "vnfm-ems/1, registered at");
  await (site, &call);
  check_awaited (site, &call);
  site_free (site);
}
END_TEST

START_TEST (agent_first)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  guint64 token = site_register (site);
  ck_assert (test_transport_is_settled (site->transport, token));
  ck_assert_uint_eq (g_hash_table_size (sim_store_get_rows (site->store)), 1);
  await (site, &call);
  check_awaited (site, &call);
  site_free (site);
}
END_TEST

/* What could not be kept is not acknowledged, and kept the next time, though nothing about it is new then. */
START_TEST (acknowledged_when_kept)
{
  Site *site = site_new (NULL, NULL);

  sim_store_fail_next (site->store, 1);
  vnfm_test_warnings_begin ();
  guint64 first = site_register (site);
  check_warning ("*could not be kept: no space left*");
  ck_assert (!test_transport_is_settled (site->transport, first));
  guint64 second = site_register (site);
  ck_assert (test_transport_is_settled (site->transport, second));
  ck_assert_uint_eq (g_hash_table_size (sim_store_get_rows (site->store)), 1);
  guint64 third = site_register (site);
  ck_assert (test_transport_is_settled (site->transport, third));
  ck_assert_uint_eq (sim_store_get_commits (site->store), 1);
  site_free (site);
}
END_TEST

START_TEST (wrong_token_is_told_once)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  await (site, &call);
  vnfm_test_warnings_begin ();
  guint64 token = site_register_as (site, HOST, "beef", EMS_CAPABILITIES_ALL, "run-1");
  check_warning ("*" HOST "*wrong token*");
  site_register_as (site, HOST, "beef", EMS_CAPABILITIES_ALL, "run-2");
  ck_assert (test_transport_is_settled (site->transport, token));
  ck_assert_ptr_null (call.result);
  check_describe (site, "wrong token");
  site_register (site);
  check_awaited (site, &call);
  site_free (site);
}
END_TEST

START_TEST (parked_with_a_wrong_token)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_register_as (site, HOST, NULL, 0, NULL);
  vnfm_test_warnings_begin ();
  await (site, &call);
  check_warning ("*" HOST "*no token*");
  ck_assert_ptr_null (call.result);
  site_register (site);
  check_awaited (site, &call);
  site_free (site);
}
END_TEST

START_TEST (unexpected_is_told_once_and_kept)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_register (site);
  test_advance (site->clock, 59 * G_USEC_PER_SEC);
  vnfm_test_warnings_begin ();
  test_advance (site->clock, 2 * G_USEC_PER_SEC);
  check_warning ("*" HOST "*no VNFR here expects it*");
  site_register (site);
  test_advance (site->clock, 1000 * G_USEC_PER_SEC);
  await (site, &call);
  check_awaited (site, &call);
  site_free (site);
}
END_TEST

START_TEST (unexpected_are_bounded)
{
  Site *site = site_new ("max-unknown", "2");

  site_register_as (site, "a", "x", 0, NULL);
  site_register_as (site, "b", "x", 0, NULL);
  site_register_as (site, "c", "x", 0, NULL);
  ck_assert_uint_eq (g_hash_table_size (sim_store_get_rows (site->store)), 2);
  site_free (site);
}
END_TEST

START_TEST (unreadable_registrations)
{
  static const char *const bodies[] = {
    "", "None", "[]", "{}", "{\"hostname\":\"\"}", "{\"hostname\":7}", "{\"hostname\":\"a\\nb\"}"
  };
  Site *site = site_new (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    vnfm_test_warnings_begin ();
    guint64 token = test_transport_deliver_text (site->transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, bodies[i]);
    check_warning ("*registration cannot be read*");
    ck_assert (test_transport_is_settled (site->transport, token));
  }
  g_autofree char *name = g_strnfill (300, 'x');
  vnfm_test_warnings_begin ();
  site_register_as (site, name, NULL, 0, NULL);
  check_warning ("*host name is too long*");
  ck_assert_uint_eq (g_hash_table_size (sim_store_get_rows (site->store)), 0);
  site_free (site);
}
END_TEST

START_TEST (restart_knows_its_agents)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };
  g_autofree char *token = NULL;

  site_make_ready (site, FALSE);
  token = g_strdup (site->token);
  site_stop (site);
  site_start (site);
  ck_assert_str_eq (site->token, token);
  await (site, &call);
  check_awaited (site, &call);
  execute (site, &call);
  g_autoptr (JsonObject) body = test_transport_dup_body (site->transport, -1);
  ck_assert_str_eq (vnfm_json_get_string (body, "step"), STEP);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (await_can_be_cancelled)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  vnfm_ems_await_async (site->ems, site->vnfc, cancellable, vnfm_test_got_result, &call);
  g_cancellable_cancel (cancellable);
  test_advance (site->clock, 0);
  ck_assert_ptr_nonnull (call.result);
  ck_assert (!vnfm_ems_await_finish (site->ems, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  g_clear_object (&call.result);
  site_register (site);
  site_free (site);
}
END_TEST

START_TEST (forgotten_with_its_machine)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  ck_assert_uint_eq (g_hash_table_size (sim_store_get_rows (site->store)), 1);
  execute (site, &call);
  vnfm_ems_forget (site->ems, site->vnfc);
  check_execute_error (site, &call, VNFM_ERROR_CANCELLED);
  ck_assert_uint_eq (g_hash_table_size (sim_store_get_rows (site->store)), 0);
  site_register (site);
  test_advance (site->clock, 1000 * G_USEC_PER_SEC);
  check_describe (site, "released");
  site_free (site);
}
END_TEST

START_TEST (secret_is_private)
{
  Site *site = site_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (site->folder, "secret", NULL);
  GStatBuf status;

  ck_assert_int_eq (g_stat (path, &status), 0);
  ck_assert_int_eq (status.st_mode & 07777, 0600);
  ck_assert_int_eq (status.st_size, 64);
  site_stop (site);
  g_chmod (path, 0640);
  g_autoptr (AgentEms) other = g_object_new (AGENT_TYPE_EMS, "context", site->context, NULL);
  ck_assert (!vnfm_extension_start (VNFM_EXTENSION (other), &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
  g_chmod (path, 0600);
  site_start (site);
  site_free (site);
}
END_TEST

START_TEST (variables_for_the_user_data)
{
  Site *site = site_new (NULL, NULL);
  g_autoptr (GHashTable) variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (VnfmRecord) record = new_record ();

  vnfm_ems_add_variables (site->ems, record, variables);
  ck_assert_str_eq (g_hash_table_lookup (variables, "BROKER_HOST"), "127.0.0.1");
  ck_assert_str_eq (g_hash_table_lookup (variables, "BROKER_PORT"), "61613");
  ck_assert_str_eq (g_hash_table_lookup (variables, "LOGIN"), "vnfm");
  ck_assert_str_eq (g_hash_table_lookup (variables, "PASSCODE"), "sesame");
  ck_assert_uint_eq (strlen (g_hash_table_lookup (variables, "TOKEN")), 64);
  ck_assert_str_eq (g_hash_table_lookup (variables, "EMS_COMMANDS"), "vnfm.{host}.actions");
  ck_assert_str_eq (g_hash_table_lookup (variables, "EMS_REGISTRATION"), "ems.{endpoint}.register");
  ck_assert_str_eq (g_hash_table_lookup (variables, "ENDPOINT"), "generic");

  vnfm_profile_set (vnfm_context_get_profile (site->context), "agent", "broker-address", "[fd00::1]:7000", "test");
  vnfm_ems_add_variables (site->ems, record, variables);
  ck_assert_str_eq (g_hash_table_lookup (variables, "BROKER_HOST"), "fd00::1");
  ck_assert_str_eq (g_hash_table_lookup (variables, "BROKER_PORT"), "7000");
  site_free (site);
}
END_TEST

/* ---- commands */

START_TEST (execute_and_answer)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  execute (site, &call);
  const TestPublication *published = test_transport_get_published (site->transport, -1);
  ck_assert_int_eq (published->destination, VNFM_DESTINATION_EMS_COMMANDS);
  ck_assert_str_eq (published->envelope->host, HOST);
  ck_assert_str_eq (published->envelope->correlation_id, STEP);
  ck_assert_str_eq (published->envelope->reply_to, "answers-go-here");
  g_autoptr (JsonObject) body = test_transport_dup_body (site->transport, -1);
  ck_assert_str_eq (vnfm_json_get_string (body, "action"), "EXECUTE");
  ck_assert_str_eq (vnfm_json_get_string (body, "payload"), "install.sh a b");
  JsonObject *env = vnfm_json_get_object (body, "env");
  ck_assert_str_eq (vnfm_json_get_string (env, "server_address"), "10.0.0.1");
  ck_assert_str_eq (vnfm_json_get_string (env, "server.address"), "10.0.0.1");
  ck_assert_int_eq (vnfm_json_get_int (body, "max-output", 0), 1000);
  check_describe (site, "EXECUTE install.sh a b sent at");
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (old_agents_see_what_they_always_saw)
{
  Site *site = site_new ("token", "optional");
  VnfmTestCall call = { NULL };

  site_make_ready (site, TRUE);
  execute_with (site, &call, NULL, FALSE, 5 * G_USEC_PER_SEC);
  g_autoptr (GBytes) body = g_bytes_ref (test_transport_get_published (site->transport, -1)->envelope->body);
  const char *expected =
      "{\"action\":\"EXECUTE\",\"payload\":\"install.sh a b\",\"env\":{\"server_address\":\"10.0.0.1\"}}";
  ck_assert_uint_eq (g_bytes_get_size (body), strlen (expected));
  ck_assert (memcmp (g_bytes_get_data (body, NULL), expected, strlen (expected)) == 0);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

/* Real commands of the Java manager, byte for byte. */
START_TEST (files_as_captured)
{
  Site *site = site_new ("token", "optional");
  VnfmTestCall call = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = g_bytes_new_static ("#!/bin/bash\necho install.sh\n", 28);
  g_autoptr (VnfmScript) script = vnfm_script_new ("install.sh", content);

  site_make_ready (site, TRUE);
  vnfm_ems_put_script_async (site->ems, site->vnfc, script, NULL, vnfm_test_got_result, &call);
  test_pump ();
  const TestPublication *put = test_transport_get_published (site->transport, -1);
  if (vnfm_test_have_material ()) {
    g_autoptr (GBytes) captured = vnfm_test_captured_body ("generic-vnfm/010-vnfm-to-ems-SAVE_SCRIPTS-install.sh.json");
    ck_assert (g_bytes_equal (put->envelope->body, captured));
  }
  guint64 token = answer (site, put->envelope->correlation_id, "{\"output\":\"[u'a.sh']\",\"err\":\"\",\"status\":0}");
  ck_assert (test_transport_is_settled (site->transport, token));
  ck_assert (vnfm_ems_put_script_finish (site->ems, call.result, &error));
  g_clear_object (&call.result);

  vnfm_ems_clone_scripts_async (site->ems, site->vnfc, "https://example.org/x.git", NULL, vnfm_test_got_result, &call);
  test_pump ();
  const TestPublication *clone = test_transport_get_published (site->transport, -1);
  answer (site, clone->envelope->correlation_id, "{\"output\":\"\",\"err\":\"no route\",\"status\":128}");
  ck_assert (!vnfm_ems_clone_scripts_finish (site->ems, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_SCRIPT);
  ck_assert_ptr_nonnull (strstr (error->message, "no route"));
  g_clear_object (&call.result);
  g_clear_error (&error);

  vnfm_ems_update_script_async (site->ems, site->vnfc, script, NULL, vnfm_test_got_result, &call);
  test_pump ();
  const TestPublication *update = test_transport_get_published (site->transport, -1);
  answer (site, update->envelope->correlation_id,
          "{\"status\":1,\"err\":\"unknown action SCRIPTS_UPDATE\",\"output\":\"\"}");
  ck_assert (!vnfm_ems_update_script_finish (site->ems, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED);
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

START_TEST (unreadable_answers)
{
  static const char *const bodies[] = { "None", "", "[1]", "7", "\"x\"", "{\"status\":", "null" };
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    execute (site, &call);
    guint64 token = answer (site, STEP, bodies[i]);
    g_autoptr (VnfmScriptResult) result = get_executed (site, &call);
    ck_assert_int_ne (result->status, 0);
    ck_assert_ptr_nonnull (strstr (result->err, "cannot be read"));
    ck_assert_ptr_nonnull (strstr (result->err, bodies[i]));
    vnfm_envelope_ack (result->delivery);
    ck_assert (test_transport_is_settled (site->transport, token));
  }

  execute (site, &call);
  answer (site, STEP, "{}");
  g_autoptr (VnfmScriptResult) result = get_executed (site, &call);
  ck_assert_int_eq (result->status, 1);
  ck_assert_str_ne (result->err, "");
  site_free (site);
}
END_TEST

static gboolean
count_answer (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer data)
{
  ++*(guint *)data;
  return FALSE;
}

START_TEST (answers_to_nothing)
{
  Site *site = site_new (NULL, NULL);
  guint foreign = 0;

  g_signal_connect (site->transport, "delivery::answers", G_CALLBACK (count_answer), &foreign);
  test_advance (site->clock, 61 * G_USEC_PER_SEC);
  guint64 late = answer (site, "gone", DONE);
  ck_assert (test_transport_is_settled (site->transport, late));
  ck_assert_uint_eq (foreign, 0);
  answer (site, "question", "{\"vnfr\":{},\"action\":\"ALLOCATE_RESOURCES\"}");
  answer (site, "question", "null");
  ck_assert_uint_eq (foreign, 2);
  site_free (site);
}
END_TEST

START_TEST (live_output)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  execute (site, &call);
  g_string_truncate (site->events, 0);
  guint64 token = answer (site, NULL, "{\"step\":\"" STEP "\",\"stream\":\"stderr\",\"offset\":7,\"text\":\"oh\"}");
  answer (site, NULL, "{\"step\":\"other\",\"stream\":\"stdout\",\"offset\":0,\"text\":\"not ours\"}");
  ck_assert (test_transport_is_settled (site->transport, token));
  ck_assert_str_eq (site->events->str, "output " STEP " stderr 7 oh;");
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (one_run_of_a_step)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall first = { NULL }, second = { NULL };
  g_autoptr (GError) error = NULL;

  site_make_ready (site, FALSE);
  execute (site, &first);
  execute (site, &second);
  ck_assert_ptr_null (vnfm_ems_execute_finish (site->ems, second.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  g_clear_object (&second.result);
  check_answered (site, &first);
  site_free (site);
}
END_TEST

/* ---- agents and connections come and go */

START_TEST (nobody_reads_held_until_registered)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  test_advance (site->clock, 60 * G_USEC_PER_SEC);
  test_transport_set_outcome (site->transport, VNFM_ERROR_NOT_FOUND);
  execute (site, &call);
  ck_assert_ptr_null (call.result);
  check_describe (site, "agent lost since");
  check_describe (site, "EXECUTE install.sh a b not sent yet");
  ck_assert_str_eq (site->events->str, "registered " HOST ";lost " HOST ";");
  test_transport_set_outcome (site->transport, TEST_CONFIRM);
  test_advance (site->clock, 60 * G_USEC_PER_SEC);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  site_register (site);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (registered_a_moment_before_it_reads)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  test_transport_set_outcome (site->transport, VNFM_ERROR_NOT_FOUND);
  site_make_ready (site, FALSE);
  execute (site, &call);
  test_transport_set_outcome (site->transport, TEST_CONFIRM);
  test_advance (site->clock, 2 * G_USEC_PER_SEC);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (registered_while_refused)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  test_advance (site->clock, 60 * G_USEC_PER_SEC);
  test_transport_set_outcome (site->transport, TEST_PENDING);
  execute (site, &call);
  site_register (site);
  test_transport_set_outcome (site->transport, TEST_CONFIRM);
  test_transport_settle (site->transport, -1, VNFM_ERROR_NOT_FOUND);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (held_in_vain)
{
  Site *site = site_new ("hold", "30s");
  VnfmTestCall call = { NULL };

  execute (site, &call);
  test_advance (site->clock, 31 * G_USEC_PER_SEC);
  check_execute_error (site, &call, VNFM_ERROR_UNREACHABLE);
  site_free (site);
}
END_TEST

START_TEST (not_sent_waits_for_the_connection)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  test_transport_break (site->transport);
  execute (site, &call);
  ck_assert_ptr_null (call.result);
  test_transport_mend (site->transport);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (unreachable_though_connected)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  test_transport_set_outcome (site->transport, VNFM_ERROR_UNREACHABLE);
  execute (site, &call);
  test_transport_set_outcome (site->transport, TEST_CONFIRM);
  test_advance (site->clock, 2 * G_USEC_PER_SEC);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (perhaps_sent_with_record_is_sent_again)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  test_transport_set_outcome (site->transport, VNFM_ERROR_UNKNOWN_OUTCOME);
  execute (site, &call);
  test_transport_set_outcome (site->transport, TEST_CONFIRM);
  test_advance (site->clock, 2 * G_USEC_PER_SEC);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  g_autoptr (JsonObject) first = test_transport_dup_body (site->transport, 0);
  g_autoptr (JsonObject) second = test_transport_dup_body (site->transport, 1);
  ck_assert_str_eq (vnfm_json_get_string (second, "step"), vnfm_json_get_string (first, "step"));
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (perhaps_sent_without_record_is_awaited)
{
  Site *site = site_new ("token", "optional");
  VnfmTestCall call = { NULL };

  site_make_ready (site, TRUE);
  test_transport_set_outcome (site->transport, VNFM_ERROR_UNKNOWN_OUTCOME);
  execute (site, &call);
  test_transport_set_outcome (site->transport, TEST_CONFIRM);
  test_advance (site->clock, 100 * G_USEC_PER_SEC);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  check_answered (site, &call);

  execute (site, &call);
  site_register_old (site);
  check_unknown (site, &call, "registered again");
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  site_free (site);
}
END_TEST

START_TEST (registered_again_with_record)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  execute (site, &call);
  site_register_as (site, HOST, site->token, EMS_CAPABILITIES_ALL, "run-2");
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  ck_assert_ptr_null (call.result);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (lost_while_a_script_runs)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL }, second = { NULL };

  site_make_ready (site, FALSE);
  execute (site, &call);
  test_transport_lose_reader (site->transport, "somebody else");
  test_transport_lose_reader (site->transport, HOST);
  ck_assert_str_eq (site->events->str, "registered " HOST ";lost " HOST ";");
  check_describe (site, "agent lost since");
  check_describe (site, "EXECUTE install.sh a b sent at");
  await (site, &second);
  ck_assert_ptr_null (second.result);
  site_register (site);
  check_awaited (site, &second);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (registered_again_by_another_program)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  /* Begun without a step: the new one, which keeps steps, knows nothing of it. */
  await (site, &call);
  site_register_as (site, HOST, site->token, EMS_CAPABILITY_CANCEL, "run-1");
  check_awaited (site, &call);
  execute (site, &call);
  site_register_as (site, HOST, site->token, EMS_CAPABILITY_CANCEL, "run-1");
  ck_assert_ptr_null (call.result); /* the same run, only connected again */
  site_register_as (site, HOST, site->token, EMS_CAPABILITIES_ALL, "run-2");
  check_unknown (site, &call, "registered again");
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  site_free (site);
}
END_TEST

START_TEST (files_are_sent_again_to_old_agents)
{
  Site *site = site_new ("token", "optional");
  VnfmTestCall call = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = g_bytes_new_static ("x", 1);
  g_autoptr (VnfmScript) script = vnfm_script_new ("x.sh", content);

  site_make_ready (site, TRUE);
  vnfm_ems_put_script_async (site->ems, site->vnfc, script, NULL, vnfm_test_got_result, &call);
  site_register_old (site);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 2);
  answer (site, test_transport_get_published (site->transport, -1)->envelope->correlation_id, DONE);
  ck_assert (vnfm_ems_put_script_finish (site->ems, call.result, &error));
  g_clear_object (&call.result);

  vnfm_ems_clone_scripts_async (site->ems, site->vnfc, "url", NULL, vnfm_test_got_result, &call);
  test_pump ();
  site_register_old (site);
  ck_assert (!vnfm_ems_clone_scripts_finish (site->ems, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME);
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

/* What a machine says beside the facts goes nowhere. */
START_TEST (probe_takes_known_facts_only)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };
  g_autoptr (GError) error = NULL;

  site_make_ready (site, FALSE);
  vnfm_ems_probe_async (site->ems, site->vnfc, NULL, vnfm_test_got_result, &call);
  test_pump ();
  answer (site, test_transport_get_published (site->transport, -1)->envelope->correlation_id,
          "{\"status\":0,\"state\":\"unknown\",\"machine\":{\"time\":\"2026-05-03T12:00:00.000Z\",\"script-root\":{},"
          "\"script-root-free\":7,\"state-dir-free\":-3,\"round-trip\":\"x\",\"more\":[1]}}");
  g_autoptr (JsonObject) facts = vnfm_ems_probe_finish (site->ems, call.result, &error);
  ck_assert_no_error (error);
  g_clear_object (&call.result);
  ck_assert_uint_eq (json_object_get_size (facts), 3);
  ck_assert_str_eq (vnfm_json_get_string (facts, "time"), "2026-05-03T12:00:00.000Z");
  ck_assert_int_eq (vnfm_json_get_int (facts, "script-root-free", -1), 7);
  ck_assert_int_eq (vnfm_json_get_int (facts, "round-trip", -1), 0);
  site_free (site);
}
END_TEST

START_TEST (probe_of_a_silent_agent)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  site_make_ready (site, FALSE);
  vnfm_ems_probe_async (site->ems, site->vnfc, cancellable, vnfm_test_got_result, &call);
  test_pump ();
  ck_assert_ptr_null (call.result);
  g_cancellable_cancel (cancellable);
  test_advance (site->clock, 0);
  ck_assert_ptr_nonnull (call.result);
  ck_assert_ptr_null (vnfm_ems_probe_finish (site->ems, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_TIMEOUT);
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

START_TEST (too_large_is_an_error)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  test_transport_set_outcome (site->transport, VNFM_ERROR_LIMIT);
  execute (site, &call);
  check_execute_error (site, &call, VNFM_ERROR_LIMIT);
  site_free (site);
}
END_TEST

/* ---- limits and cancelling */

START_TEST (agent_keeps_the_time_limit)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  execute_with (site, &call, NULL, FALSE, 30 * G_USEC_PER_SEC);
  g_autoptr (JsonObject) body = test_transport_dup_body (site->transport, -1);
  ck_assert_int_eq (vnfm_json_get_int (body, "timeout", 0), 30);
  test_advance (site->clock, 35 * G_USEC_PER_SEC);
  ck_assert_ptr_null (call.result);
  test_advance (site->clock, 60 * G_USEC_PER_SEC);
  check_unknown (site, &call, "time limit");
  site_free (site);
}
END_TEST

START_TEST (own_time_limit_for_old_agents)
{
  Site *site = site_new ("token", "optional");
  VnfmTestCall call = { NULL };

  site_make_ready (site, TRUE);
  execute_with (site, &call, NULL, FALSE, 30 * G_USEC_PER_SEC);
  test_advance (site->clock, 31 * G_USEC_PER_SEC);
  check_unknown (site, &call, "time limit");
  guint64 late = answer (site, STEP, DONE);
  test_advance (site->clock, 60 * G_USEC_PER_SEC);
  ck_assert (test_transport_is_settled (site->transport, late));
  site_free (site);
}
END_TEST

START_TEST (answer_timeout_of_other_commands)
{
  Site *site = site_new ("answer-timeout", "20s");
  VnfmTestCall call = { NULL };
  g_autoptr (GError) error = NULL;

  site_make_ready (site, FALSE);
  vnfm_ems_clone_scripts_async (site->ems, site->vnfc, "https://me:sesame@example.org/x.git", NULL,
                                vnfm_test_got_result, &call);
  test_advance (site->clock, 21 * G_USEC_PER_SEC);
  ck_assert_ptr_nonnull (call.result);
  ck_assert (!vnfm_ems_clone_scripts_finish (site->ems, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_TIMEOUT);
  ck_assert_ptr_nonnull (strstr (error->message, "CLONE_SCRIPTS https://me:***@example.org/x.git"));
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

START_TEST (cancel_kills_and_awaits)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  site_make_ready (site, FALSE);
  execute_with (site, &call, cancellable, FALSE, 0);
  g_cancellable_cancel (cancellable);
  test_advance (site->clock, 0);
  g_autoptr (JsonObject) body = test_transport_dup_body (site->transport, -1);
  ck_assert_str_eq (vnfm_json_get_string (body, "action"), "CANCEL");
  ck_assert_str_eq (vnfm_json_get_string (body, "step"), STEP);
  ck_assert_ptr_null (call.result);
  answer (site, STEP, "{\"status\":-15,\"output\":\"half\",\"err\":\"cancelled\"}");
  g_autoptr (VnfmScriptResult) result = get_executed (site, &call);
  ck_assert_int_eq (result->status, -15);
  ck_assert_str_eq (result->output, "half");
  ck_assert (result->known);
  site_free (site);
}
END_TEST

START_TEST (cancel_has_a_budget)
{
  Site *site = site_new ("cancel-budget", "5s");
  VnfmTestCall call = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  site_make_ready (site, FALSE);
  execute_with (site, &call, cancellable, FALSE, 0);
  g_cancellable_cancel (cancellable);
  test_advance (site->clock, 4 * G_USEC_PER_SEC);
  ck_assert_ptr_null (call.result);
  check_describe (site, "cancelled");
  test_advance (site->clock, 2 * G_USEC_PER_SEC);
  check_unknown (site, &call, "cancelled");
  site_free (site);
}
END_TEST

START_TEST (cancel_before_it_was_begun)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  execute_with (site, &call, cancellable, FALSE, 0);
  g_cancellable_cancel (cancellable);
  test_advance (site->clock, 0);
  check_execute_error (site, &call, VNFM_ERROR_CANCELLED);
  site_register (site);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 0);

  site_make_ready (site, FALSE);
  execute_with (site, &call, cancellable, FALSE, 0); /* cancelled already */
  test_advance (site->clock, 0);
  check_execute_error (site, &call, VNFM_ERROR_CANCELLED);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 0);
  site_free (site);
}
END_TEST

START_TEST (cancel_is_not_sent_to_old_agents)
{
  Site *site = site_new ("token", "optional");
  VnfmTestCall call = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  site_make_ready (site, TRUE);
  execute_with (site, &call, cancellable, FALSE, 0);
  g_cancellable_cancel (cancellable);
  test_advance (site->clock, G_USEC_PER_SEC);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  check_answered (site, &call);

  vnfm_ems_cancel_async (site->ems, site->vnfc, STEP, NULL, vnfm_test_got_result, &call);
  test_pump ();
  ck_assert (!vnfm_ems_cancel_finish (site->ems, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED);
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

START_TEST (cancel_of_a_lost_agent_asks_when_it_is_back)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  site_make_ready (site, FALSE);
  execute_with (site, &call, cancellable, FALSE, 0);
  g_cancellable_cancel (cancellable);
  test_advance (site->clock, G_USEC_PER_SEC);
  site_register (site);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 3);
  g_autoptr (JsonObject) body = test_transport_dup_body (site->transport, -1);
  ck_assert_str_eq (vnfm_json_get_string (body, "action"), "CANCEL");
  check_answered (site, &call);
  site_free (site);
}
END_TEST

/* ---- after a restart */

START_TEST (attach_with_record_sends_again)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  site_stop (site);
  site_start (site);
  execute_with (site, &call, NULL, TRUE, 0);
  g_autoptr (JsonObject) body = test_transport_dup_body (site->transport, -1);
  ck_assert_str_eq (vnfm_json_get_string (body, "action"), "EXECUTE");
  ck_assert_str_eq (vnfm_json_get_string (body, "step"), STEP);
  check_answered (site, &call);
  site_free (site);
}
END_TEST

START_TEST (attach_without_record_waits)
{
  Site *site = site_new ("token", "optional");
  VnfmTestCall call = { NULL };

  site_make_ready (site, TRUE);
  site_stop (site);
  site_start (site);
  execute_with (site, &call, NULL, TRUE, 0);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 0);
  check_describe (site, "begun before a restart");
  check_answered (site, &call);

  execute_with (site, &call, NULL, TRUE, 0);
  site_register_old (site);
  check_unknown (site, &call, "registered again");
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 0);
  site_free (site);
}
END_TEST

START_TEST (answer_before_the_operation_asks)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  site_stop (site);
  site_start (site);
  guint64 token = answer (site, STEP, DONE);
  guint64 nobodys = answer (site, "nobody's", DONE);
  ck_assert (!test_transport_is_settled (site->transport, token));
  execute_with (site, &call, NULL, TRUE, 0);
  g_autoptr (VnfmScriptResult) result = get_executed (site, &call);
  ck_assert_str_eq (result->output, "hello");
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 0);
  vnfm_envelope_ack (result->delivery);
  ck_assert (test_transport_is_settled (site->transport, token));
  test_advance (site->clock, 61 * G_USEC_PER_SEC);
  ck_assert (test_transport_is_settled (site->transport, nobodys));
  site_free (site);
}
END_TEST

START_TEST (died_is_unknown)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };

  site_make_ready (site, FALSE);
  execute (site, &call);
  answer (site, STEP, "{\"status\":1,\"output\":\"\",\"err\":\"the machine was booted\",\"state\":\"died\"}");
  check_unknown (site, &call, "booted");
  site_free (site);
}
END_TEST

START_TEST (stop_is_no_outcome)
{
  Site *site = site_new (NULL, NULL);
  VnfmTestCall call = { NULL };
  g_autoptr (GError) error = NULL;

  site_make_ready (site, FALSE);
  execute (site, &call);
  vnfm_extension_stop (VNFM_EXTENSION (site->ems));
  check_execute_error (site, &call, VNFM_ERROR_CANCELLED);
  await (site, &call);
  ck_assert (!vnfm_ems_await_finish (site->ems, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

static Suite *
agent_ems_suite (void)
{
  Suite *suite = suite_create ("agent-ems");
  TCase *registration = tcase_create ("registration");
  TCase *commands = tcase_create ("commands");
  TCase *weather = tcase_create ("weather");
  TCase *limits = tcase_create ("limits");
  TCase *restart = tcase_create ("restart");

  tcase_add_test (registration, machine_first);
  tcase_add_test (registration, agent_first);
  tcase_add_test (registration, acknowledged_when_kept);
  tcase_add_test (registration, wrong_token_is_told_once);
  tcase_add_test (registration, parked_with_a_wrong_token);
  tcase_add_test (registration, unexpected_is_told_once_and_kept);
  tcase_add_test (registration, unexpected_are_bounded);
  tcase_add_test (registration, unreadable_registrations);
  tcase_add_test (registration, restart_knows_its_agents);
  tcase_add_test (registration, await_can_be_cancelled);
  tcase_add_test (registration, forgotten_with_its_machine);
  tcase_add_test (registration, secret_is_private);
  tcase_add_test (registration, variables_for_the_user_data);
  suite_add_tcase (suite, registration);

  tcase_add_test (commands, execute_and_answer);
  tcase_add_test (commands, old_agents_see_what_they_always_saw);
  tcase_add_test (commands, files_as_captured);
  tcase_add_test (commands, unreadable_answers);
  tcase_add_test (commands, answers_to_nothing);
  tcase_add_test (commands, live_output);
  tcase_add_test (commands, one_run_of_a_step);
  suite_add_tcase (suite, commands);

  tcase_add_test (weather, nobody_reads_held_until_registered);
  tcase_add_test (weather, registered_a_moment_before_it_reads);
  tcase_add_test (weather, registered_while_refused);
  tcase_add_test (weather, held_in_vain);
  tcase_add_test (weather, not_sent_waits_for_the_connection);
  tcase_add_test (weather, unreachable_though_connected);
  tcase_add_test (weather, perhaps_sent_with_record_is_sent_again);
  tcase_add_test (weather, perhaps_sent_without_record_is_awaited);
  tcase_add_test (weather, registered_again_with_record);
  tcase_add_test (weather, lost_while_a_script_runs);
  tcase_add_test (weather, registered_again_by_another_program);
  tcase_add_test (weather, files_are_sent_again_to_old_agents);
  tcase_add_test (weather, probe_takes_known_facts_only);
  tcase_add_test (weather, probe_of_a_silent_agent);
  tcase_add_test (weather, too_large_is_an_error);
  suite_add_tcase (suite, weather);

  tcase_add_test (limits, agent_keeps_the_time_limit);
  tcase_add_test (limits, own_time_limit_for_old_agents);
  tcase_add_test (limits, answer_timeout_of_other_commands);
  tcase_add_test (limits, cancel_kills_and_awaits);
  tcase_add_test (limits, cancel_has_a_budget);
  tcase_add_test (limits, cancel_before_it_was_begun);
  tcase_add_test (limits, cancel_is_not_sent_to_old_agents);
  tcase_add_test (limits, cancel_of_a_lost_agent_asks_when_it_is_back);
  suite_add_tcase (suite, limits);

  tcase_add_test (restart, attach_with_record_sends_again);
  tcase_add_test (restart, attach_without_record_waits);
  tcase_add_test (restart, answer_before_the_operation_asks);
  tcase_add_test (restart, died_is_unknown);
  tcase_add_test (restart, stop_is_no_outcome);
  suite_add_tcase (suite, restart);
  return suite;
}

VNFM_TEST_MAIN (agent_ems_suite)
