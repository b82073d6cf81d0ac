/* SPDX-License-Identifier: Apache-2.0 */
/* The agent between a transport that is only a few lists and real scripts: each command gets its answer, once, and no
 * script runs twice, whoever asks again, restarts or loses the connection. */
#include "config.h"

#include "plugins/ems-agent/agent.h"
#include "plugins/ems-agent/ems-codec.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* The transport. */

typedef struct {
  VnfmTransport parent_instance;
  GPtrArray *published; /* of VnfmEnvelope */
  GPtrArray *replies;   /* likewise; "host" holds the address */
  GPtrArray *held;      /* of GTask: replies without a receipt */
  GArray *acked;        /* of guint64 */
  gboolean hold;
  int fail_with; /* code of VNFM_ERROR; -1: none */
} FakeTransport;

typedef VnfmTransportClass FakeTransportClass;

GType fake_transport_get_type (void);
G_DEFINE_TYPE (FakeTransport, fake_transport, VNFM_TYPE_TRANSPORT)

static void
complete (VnfmTransport *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
finish (VnfmTransport *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
do_nothing (VnfmTransport *self, VnfmDestination destination, const char *host)
{
}

static void
fake_publish (VnfmTransport *transport, VnfmDestination destination, VnfmEnvelope *envelope, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
  ck_assert_int_eq (destination, VNFM_DESTINATION_EMS_REGISTRATION);
  g_ptr_array_add (((FakeTransport *)transport)->published, vnfm_envelope_ref (envelope));
  complete (transport, cancellable, callback, user_data);
}

static void
fake_reply (VnfmTransport *transport, const char *address, VnfmEnvelope *envelope, GCancellable *cancellable,
            GAsyncReadyCallback callback, gpointer user_data)
{
  FakeTransport *self = (FakeTransport *)transport;
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);
  VnfmEnvelope *copy = vnfm_envelope_new (envelope->body);

  copy->message_id = g_strdup (envelope->message_id);
  copy->correlation_id = g_strdup (envelope->correlation_id);
  copy->host = g_strdup (address);
  g_ptr_array_add (self->replies, copy);
  if (self->hold)
    g_ptr_array_add (self->held, g_steal_pointer (&task));
  else if (self->fail_with >= 0)
    g_task_return_new_error (task, VNFM_ERROR, self->fail_with, "as the test wants");
  else
    g_task_return_boolean (task, TRUE);
}

static void
fake_ack (VnfmTransport *transport, guint64 token)
{
  g_array_append_val (((FakeTransport *)transport)->acked, token);
}

static void
fake_transport_finalize (GObject *object)
{
  FakeTransport *self = (FakeTransport *)object;

  g_ptr_array_unref (self->published);
  g_ptr_array_unref (self->replies);
  g_ptr_array_unref (self->held);
  g_array_unref (self->acked);
  G_OBJECT_CLASS (fake_transport_parent_class)->finalize (object);
}

static void
fake_transport_class_init (FakeTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_transport_finalize;
  klass->connect_async = complete;
  klass->connect_finish = finish;
  klass->close_async = complete;
  klass->close_finish = finish;
  klass->subscribe = do_nothing;
  klass->unsubscribe = do_nothing;
  klass->publish_async = fake_publish;
  klass->publish_finish = finish;
  klass->reply_async = fake_reply;
  klass->reply_finish = finish;
  klass->ack = fake_ack;
}

static void
fake_transport_init (FakeTransport *self)
{
  self->published = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_envelope_unref);
  self->replies = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_envelope_unref);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->acked = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->fail_with = -1;
}

/* The fixture. */

static char *folder;
static VnfmContext *context;
static FakeTransport *transport;
static EmsAgent *agent;
static guint64 next_token;

static gboolean
is_connected (gpointer unused)
{
  return vnfm_transport_get_state (VNFM_TRANSPORT (transport)) == VNFM_TRANSPORT_CONNECTED;
}

static void
start_agent (void)
{
  g_autoptr (GError) error = NULL;

  transport = g_object_new (fake_transport_get_type (), "context", context, NULL);
  agent = ems_agent_new (context, VNFM_TRANSPORT (transport), &error);
  ck_assert_no_error (error);
  ems_agent_open (agent);
  vnfm_test_wait_until (is_connected, NULL);
}

static void
stop_agent (void)
{
  g_clear_pointer (&agent, ems_agent_free);
  vnfm_transport_close_async (VNFM_TRANSPORT (transport), NULL, NULL, NULL);
  g_clear_object (&transport);
}

static void
set_key (VnfmProfile *profile, const char *key, const char *below)
{
  g_autofree char *path = g_build_filename (folder, below, NULL);

  vnfm_profile_set (profile, "ems", key, path, "test");
}

static void
set_up (void)
{
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();

  folder = vnfm_test_make_folder ();
  vnfm_profile_declare (profile, ems_agent_keys);
  vnfm_profile_declare (profile, vnfm_transport_keys);
  vnfm_profile_set (profile, "transport", "reconnect-min", "1ms", "test");
  vnfm_profile_set (profile, "ems", "hostname", "vnf-1", "test");
  vnfm_profile_set (profile, "ems", "token", "secret", "test");
  set_key (profile, "script-root", "scripts");
  set_key (profile, "state-dir", "state");
  set_key (profile, "working-directory", "");
  set_key (profile, "boot-id-file", "boot");
  g_autofree char *boot = g_build_filename (folder, "boot", NULL);
  ck_assert (g_file_set_contents (boot, "boot-1\n", -1, NULL));
  context = vnfm_context_new (profile, clock);
  vnfm_test_warnings_begin ();
  start_agent ();
}

static void
tear_down (void)
{
  stop_agent ();
  g_free (vnfm_test_warnings_end ());
  g_clear_object (&context);
  vnfm_test_remove_folder (folder);
  g_free (folder);
}

static guint64
deliver_with (const char *body, const char *reply_to, const char *correlation_id, const char *message_id,
              gboolean redelivered)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (bytes);

  envelope->reply_to = g_strdup (reply_to);
  envelope->correlation_id = g_strdup (correlation_id);
  envelope->message_id = g_strdup (message_id);
  envelope->redelivered = redelivered;
  vnfm_transport_deliver (VNFM_TRANSPORT (transport), VNFM_DESTINATION_EMS_COMMANDS, envelope, ++next_token);
  return next_token;
}

static guint64
deliver (const char *body)
{
  return deliver_with (body, "/queue/answers", "c", NULL, FALSE);
}

static gboolean
is_acked (guint64 token)
{
  for (guint i = 0; i < transport->acked->len; i++) {
    if (g_array_index (transport->acked, guint64, i) == token)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_replies (gpointer n)
{
  return transport->replies->len >= GPOINTER_TO_UINT (n);
}

static VnfmEnvelope *
wait_for_reply (guint n)
{
  vnfm_test_wait_until (has_replies, GUINT_TO_POINTER (n));
  return g_ptr_array_index (transport->replies, n - 1);
}

static EmsAnswer *
wait_for_answer (guint n)
{
  VnfmEnvelope *reply = wait_for_reply (n);
  EmsAnswer *answer = NULL;
  g_autoptr (EmsOutput) output = NULL;
  g_autoptr (GError) error = NULL;

  ck_assert (ems_reply_decode (reply->body, &answer, &output, &error));
  ck_assert_no_error (error);
  ck_assert_ptr_nonnull (answer);
  return answer;
}

static char *
text_of (GBytes *bytes)
{
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* A script that leaves a line in "ran" each time that it runs. */
static void
put_script (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, "scripts", name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *whole = g_strconcat ("echo x >> ran\n", text, NULL);

  ck_assert_int_eq (g_mkdir_with_parents (parent, 0755), 0);
  ck_assert (g_file_set_contents (path, whole, -1, NULL));
}

static guint
count_runs (void)
{
  g_autofree char *path = g_build_filename (folder, "ran", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? (guint)strlen (text) / 2 : 0;
}

static gboolean
look_again (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
has_run (gpointer n)
{
  return count_runs () >= GPOINTER_TO_UINT (n);
}

static void
wait_for_runs (guint n)
{
  guint source = g_timeout_add (10, look_again, NULL);

  vnfm_test_wait_until (has_run, GUINT_TO_POINTER (n));
  g_source_remove (source);
}

static gboolean
is_outbox_empty (gpointer unused)
{
  g_autofree char *path = g_build_filename (folder, "state", "outbox", NULL);
  g_autoptr (GDir) outbox = g_dir_open (path, 0, NULL);

  return g_dir_read_name (outbox) == NULL;
}

/* All answers are confirmed: a receipt comes later than its message. */
static void
wait_for_receipts (void)
{
  guint source = g_timeout_add (10, look_again, NULL);

  vnfm_test_wait_until (is_outbox_empty, NULL);
  g_source_remove (source);
}

static void
touch (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  ck_assert (g_file_set_contents (path, "", 0, NULL));
}

#define WAIT_FOR_GO "while [ ! -e go ]; do sleep 0.01; done\n"

/* Commands and answers. */

START_TEST (it_registers_after_each_connect)
{
  g_autoptr (GError) error = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "broken");

  ck_assert_uint_eq (transport->published->len, 1);
  VnfmEnvelope *envelope = g_ptr_array_index (transport->published, 0);
  g_autoptr (EmsRegistration) registration = ems_registration_decode (envelope->body, NULL);
  ck_assert_str_eq (registration->hostname, "vnf-1");
  ck_assert_str_eq (registration->token, "secret");
  ck_assert_str_eq (registration->agent, "vnfm-ems/" PACKAGE_VERSION);
  ck_assert_int_eq (registration->capabilities, EMS_CAPABILITIES_ALL);
  ck_assert_str_eq (registration->boot, "boot-1");
  ck_assert_ptr_nonnull (registration->run);

  vnfm_transport_lost (VNFM_TRANSPORT (transport), error);
  ck_assert (!is_connected (NULL));
  vnfm_test_wait_until (is_connected, NULL);
  ck_assert_uint_eq (transport->published->len, 2);
  envelope = g_ptr_array_index (transport->published, 1);
  g_autoptr (EmsRegistration) again = ems_registration_decode (envelope->body, NULL);
  ck_assert_str_eq (again->run, registration->run);
  stop_agent ();
  start_agent ();
  envelope = g_ptr_array_index (transport->published, 0);
  g_autoptr (EmsRegistration) other = ems_registration_decode (envelope->body, NULL);
  ck_assert_str_ne (other->run, registration->run);
  ck_assert_str_eq (other->boot, registration->boot);
}
END_TEST

START_TEST (commands_of_the_old_manager)
{
  guint64 token = deliver ("{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"IyEvYmluL2Jhc2gKZWNobyAkcHJpdmF0ZSAkMQo=\","
                           "\"name\":\"install.sh\",\"script-path\":\"/opt/openbaton/scripts\"}");
  VnfmEnvelope *reply = wait_for_reply (1);
  g_autofree char *saved = text_of (reply->body);

  ck_assert_str_eq (saved, "{\"status\":0,\"output\":\"install.sh\\n\",\"err\":\"\"}");
  ck_assert_str_eq (reply->host, "/queue/answers");
  ck_assert_str_eq (reply->correlation_id, "c");
  ck_assert (is_acked (token));
  g_autofree char *first_id = g_strdup (reply->message_id);

  token = deliver ("{\"action\":\"EXECUTE\",\"payload\":\"install.sh x\",\"env\":{\"private\":\"10.2.0.12\"}}");
  ck_assert (is_acked (token));
  reply = wait_for_reply (2);
  g_autofree char *ran = text_of (reply->body);
  ck_assert_str_eq (ran, "{\"status\":0,\"output\":\"10.2.0.12 x\\n\",\"err\":\"\"}");
  ck_assert_str_ne (reply->message_id, first_id);

  deliver ("{\"action\":\"EXECUTE\",\"payload\":\"nothing.sh\",\"env\":{}}");
  g_autoptr (EmsAnswer) missing = wait_for_answer (3);
  ck_assert_int_eq (missing->result->status, 127);

  deliver ("{\"action\":\"SCRIPTS_UPDATE\",\"payload\":\"ZWNobyBuZXcK\",\"name\":\"install.sh\","
           "\"script-path\":\"/opt/openbaton/scripts\"}");
  g_autoptr (EmsAnswer) updated = wait_for_answer (4);
  ck_assert_int_eq (updated->result->status, 0);
  deliver ("{\"action\":\"EXECUTE\",\"payload\":\"install.sh\"}");
  g_autoptr (EmsAnswer) fresh = wait_for_answer (5);
  ck_assert_str_eq (fresh->result->output, "new\n");
}
END_TEST

START_TEST (what_cannot_be_carried_out_is_answered)
{
  const struct {
    const char *body;
    const char *err;
  } rows[] = {
    { "no json", "cannot be read" },
    { "[1,2]", "JSON object" },
    { "\377\376", "cannot be read" },
    { "{}", "\"action\" is missing" },
    { "{\"action\":\"EXECUTE\"}", "\"payload\" is missing" },
    { "{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"!\",\"name\":\"a\"}", "no base64" },
    { "{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"YQ==\",\"name\":\"../a\"}", "leads out" },
    { "{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"YQ==\",\"name\":\"../a\",\"step\":\"s\"}", "leads out" },
    { "{\"action\":\"DANCE\"}", "unknown action DANCE" },
    { "{\"action\":\"REPO_SCRIPTS_UPDATE\",\"payload\":\"x\"}", "unknown action REPO_SCRIPTS_UPDATE" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint64 token = deliver (rows[i].body);
    g_autoptr (EmsAnswer) answer = wait_for_answer (i + 1);
    ck_assert_int_eq (answer->result->status, 1);
    ck_assert_str_eq (answer->result->output, "");
    ck_assert_msg (strstr (answer->result->err, rows[i].err) != NULL, "%s", answer->result->err);
    ck_assert (is_acked (token));
    guint64 silent = deliver_with (rows[i].body, NULL, NULL, NULL, FALSE);
    ck_assert (is_acked (silent));
  }
  ck_assert_uint_eq (transport->replies->len, G_N_ELEMENTS (rows));
}
END_TEST

START_TEST (a_command_that_wants_no_answer_is_carried_out)
{
  put_script ("a.sh", "");
  ck_assert (is_acked (deliver_with ("{\"action\":\"EXECUTE\",\"payload\":\"a.sh\"}", NULL, NULL, NULL, FALSE)));
  ck_assert (is_acked (deliver_with ("{\"action\":\"EXECUTE\",\"payload\":\"a.sh\"}", "", NULL, NULL, FALSE)));
  wait_for_runs (2);
  ck_assert_uint_eq (transport->replies->len, 0);
}
END_TEST

/* Steps. */

#define STEP_1 "{\"action\":\"EXECUTE\",\"payload\":\"a.sh\",\"step\":\"op/1\"}"

START_TEST (a_step_is_run_once)
{
  put_script ("a.sh", WAIT_FOR_GO "echo done; exit 3\n");
  ck_assert (is_acked (deliver (STEP_1)));
  wait_for_runs (1);
  ck_assert (is_acked (deliver (STEP_1)));
  ck_assert (is_acked (deliver_with (STEP_1, "/queue/answers", "another", NULL, FALSE)));
  touch ("go");

  /* The one that asked twice is answered once; so is the other. */
  g_autoptr (EmsAnswer) one = wait_for_answer (1);
  g_autoptr (EmsAnswer) other = wait_for_answer (2);
  ck_assert_str_eq (one->step, "op/1");
  ck_assert_int_eq (one->result->status, 3);
  ck_assert_str_eq (one->result->output, "done\n");
  ck_assert_ptr_nonnull (one->result->started);
  ck_assert_ptr_nonnull (one->result->ended);
  ck_assert_str_eq (other->result->output, "done\n");
  deliver (STEP_1);
  g_autoptr (EmsAnswer) kept = wait_for_answer (3);
  ck_assert_int_eq (kept->result->status, 3);
  ck_assert_str_eq (kept->result->ended, one->result->ended);
  wait_for_receipts ();
  stop_agent ();
  start_agent ();
  deliver (STEP_1);
  g_autoptr (EmsAnswer) later = wait_for_answer (1);
  ck_assert_str_eq (later->result->ended, one->result->ended);
  ck_assert_uint_eq (count_runs (), 1);

  deliver ("{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"YQ==\",\"name\":\"a\",\"step\":\"op/1\"}");
  g_autoptr (EmsAnswer) mixed = wait_for_answer (2);
  ck_assert_int_eq (mixed->result->status, 1);
  ck_assert_ptr_nonnull (strstr (mixed->result->err, "is a EXECUTE, not a SAVE_SCRIPTS"));
}
END_TEST

START_TEST (storing_is_a_step_too)
{
  const char *save = "{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"b25l\",\"name\":\"a\",\"step\":\"s\"}";
  ck_assert (is_acked (deliver (save)));
  g_autoptr (EmsAnswer) answer = wait_for_answer (1);
  ck_assert_int_eq (answer->result->status, 0);
  ck_assert_str_eq (answer->step, "s");
  ck_assert_ptr_nonnull (answer->result->started);
  ck_assert_ptr_nonnull (answer->result->ended);
  g_autofree char *path = g_build_filename (folder, "scripts", "a", NULL);
  ck_assert_int_eq (g_remove (path), 0);
  deliver (save);
  g_autoptr (EmsAnswer) again = wait_for_answer (2);
  ck_assert_str_eq (again->result->ended, answer->result->ended);
  ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (status_and_cancel)
{
  put_script ("a.sh", "echo begun\nsleep 1000\n");
  deliver ("{\"action\":\"STATUS\",\"step\":\"op/1\"}");
  g_autoptr (EmsAnswer) unknown = wait_for_answer (1);
  ck_assert_int_eq (unknown->state, EMS_STATE_UNKNOWN);
  ck_assert_int_eq (unknown->result->status, 0);
  ck_assert_str_eq (unknown->step, "op/1");
  deliver ("{\"action\":\"CANCEL\",\"step\":\"op/1\"}");
  g_autoptr (EmsAnswer) nothing = wait_for_answer (2);
  ck_assert_int_eq (nothing->state, EMS_STATE_UNKNOWN);

  deliver (STEP_1);
  wait_for_runs (1);
  deliver ("{\"action\":\"STATUS\",\"step\":\"op/1\"}");
  g_autoptr (EmsAnswer) running = wait_for_answer (3);
  ck_assert_int_eq (running->state, EMS_STATE_RUNNING);
  deliver_with ("{\"action\":\"CANCEL\",\"step\":\"op/1\"}", "/queue/answers", "cancel", NULL, FALSE);
  g_autoptr (EmsAnswer) cancelled = wait_for_answer (4);
  ck_assert_int_eq (cancelled->state, EMS_STATE_RUNNING);
  g_autoptr (EmsAnswer) ended = wait_for_answer (5);
  VnfmEnvelope *reply = wait_for_reply (5);
  ck_assert_str_eq (reply->correlation_id, "c");
  ck_assert_int_eq (ended->result->status, -SIGTERM);
  ck_assert_int_eq (ended->state, EMS_STATE_NONE);

  deliver ("{\"action\":\"STATUS\",\"step\":\"op/1\"}");
  g_autoptr (EmsAnswer) done = wait_for_answer (6);
  ck_assert_int_eq (done->state, EMS_STATE_DONE);
  ck_assert_int_eq (done->result->status, -SIGTERM);
  ck_assert_str_eq (done->result->output, "begun\n");
  ck_assert_str_eq (done->result->ended, ended->result->ended);
}
END_TEST

START_TEST (what_died_is_told_as_such)
{
  put_script ("a.sh", "kill -KILL $PPID\nsleep 1000\n");
  deliver (STEP_1);
  g_autoptr (EmsAnswer) died = wait_for_answer (1);
  ck_assert_int_eq (died->state, EMS_STATE_DIED);
  ck_assert_int_ne (died->result->status, 0);
  deliver ("{\"action\":\"STATUS\",\"step\":\"op/1\"}");
  g_autoptr (EmsAnswer) state = wait_for_answer (2);
  ck_assert_int_eq (state->state, EMS_STATE_DIED);
  deliver (STEP_1);
  g_autoptr (EmsAnswer) again = wait_for_answer (3);
  ck_assert_int_eq (again->state, EMS_STATE_DIED);
  ck_assert_uint_eq (count_runs (), 1);
}
END_TEST

START_TEST (a_delivery_that_comes_again_is_run_once)
{
  const char *command = "{\"action\":\"EXECUTE\",\"payload\":\"a.sh\"}";
  put_script ("a.sh", "");
  deliver_with (command, "/queue/answers", "c", "m-1", FALSE);
  wait_for_reply (1);
  deliver_with (command, "/queue/answers", "c", "m-1", TRUE);
  wait_for_reply (2);
  ck_assert_uint_eq (count_runs (), 1);
  /* A broker may use an id again after its restart: only what it calls redelivered is. */
  deliver_with (command, "/queue/answers", "c", "m-1", FALSE);
  wait_for_reply (3);
  ck_assert_uint_eq (count_runs (), 2);
}
END_TEST

START_TEST (live_output_goes_to_the_same_address)
{
  put_script ("a.sh", "echo one\n" WAIT_FOR_GO);
  deliver ("{\"action\":\"EXECUTE\",\"payload\":\"a.sh\",\"step\":\"s\",\"stream\":true}");
  VnfmEnvelope *reply = wait_for_reply (1);
  g_autofree char *text = text_of (reply->body);

  ck_assert_str_eq (text, "{\"step\":\"s\",\"stream\":\"stdout\",\"offset\":0,\"text\":\"one\\n\"}");
  ck_assert_ptr_null (reply->correlation_id);
  ck_assert_str_eq (reply->host, "/queue/answers");
  touch ("go");
  g_autoptr (EmsAnswer) answer = wait_for_answer (2);
  ck_assert_str_eq (answer->result->output, "one\n");
}
END_TEST

START_TEST (without_a_record_nothing_is_run)
{
  g_autofree char *steps = g_build_filename (folder, "state", "steps", NULL);
  put_script ("a.sh", "");
  vnfm_test_remove_folder (steps);
  ck_assert (g_file_set_contents (steps, "", 0, NULL));

  ck_assert (is_acked (deliver (STEP_1)));
  g_autoptr (EmsAnswer) answer = wait_for_answer (1);
  ck_assert_int_eq (answer->result->status, 1);
  ck_assert_ptr_nonnull (strstr (answer->result->err, "cannot be recorded"));
  deliver ("{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"YQ==\",\"name\":\"b\",\"step\":\"s\"}");
  g_autoptr (EmsAnswer) other = wait_for_answer (2);
  ck_assert_int_eq (other->result->status, 1);
  g_autofree char *path = g_build_filename (folder, "scripts", "b", NULL);
  ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
  ck_assert_uint_eq (count_runs (), 0);
}
END_TEST

/* The way of an answer. */

static void
lose_connection (void)
{
  g_autoptr (GError) error = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "broken");

  vnfm_transport_lost (VNFM_TRANSPORT (transport), error);
  for (guint i = 0; i < transport->held->len; i++)
    g_task_return_new_error (g_ptr_array_index (transport->held, i), VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME, "broken");
  g_ptr_array_set_size (transport->held, 0);
}

START_TEST (an_answer_is_sent_until_it_is_confirmed)
{
  put_script ("a.sh", "echo out\n");
  transport->hold = TRUE;
  deliver (STEP_1);
  VnfmEnvelope *first = wait_for_reply (1);
  g_autofree char *id = g_strdup (first->message_id);
  g_autofree char *body = text_of (first->body);
  lose_connection ();
  VnfmEnvelope *second = wait_for_reply (2);
  ck_assert_str_eq (second->message_id, id);

  /* Another agent sends it too, and no other. */
  stop_agent ();
  start_agent ();
  VnfmEnvelope *third = wait_for_reply (1);
  g_autofree char *same = text_of (third->body);
  ck_assert_str_eq (third->message_id, id);
  ck_assert_str_eq (third->correlation_id, "c");
  ck_assert_str_eq (third->host, "/queue/answers");
  ck_assert_str_eq (same, body);

  /* Confirmed: nobody sends it any more. */
  deliver ("{\"action\":\"STATUS\",\"step\":\"x\"}");
  wait_for_reply (2);
  wait_for_receipts ();
  stop_agent ();
  start_agent ();
  deliver ("{\"action\":\"STATUS\",\"step\":\"y\"}");
  g_autoptr (EmsAnswer) next = wait_for_answer (1);
  ck_assert_str_eq (next->step, "y");
  ck_assert_uint_eq (count_runs (), 1);
}
END_TEST

START_TEST (an_outcome_without_an_agent_is_answered_by_the_next)
{
  put_script ("a.sh", WAIT_FOR_GO "echo late\n");
  deliver (STEP_1);
  wait_for_runs (1);
  stop_agent ();
  touch ("go");
  start_agent ();
  VnfmEnvelope *reply = wait_for_reply (1);
  g_autoptr (EmsAnswer) answer = wait_for_answer (1);

  ck_assert_str_eq (reply->correlation_id, "c");
  ck_assert_str_eq (answer->step, "op/1");
  ck_assert_str_eq (answer->result->output, "late\n");
  ck_assert_uint_eq (count_runs (), 1);
}
END_TEST

START_TEST (an_answer_to_nobody_is_dropped)
{
  transport->fail_with = VNFM_ERROR_NOT_FOUND;
  deliver ("{\"action\":\"STATUS\",\"step\":\"gone\"}");
  wait_for_reply (1);
  transport->fail_with = -1;
  deliver ("{\"action\":\"STATUS\",\"step\":\"next\"}");
  wait_for_reply (2);
  wait_for_receipts ();
  stop_agent ();
  start_agent ();
  deliver ("{\"action\":\"STATUS\",\"step\":\"last\"}");
  g_autoptr (EmsAnswer) answer = wait_for_answer (1);
  ck_assert_str_eq (answer->step, "last");
}
END_TEST

START_TEST (an_answer_that_is_too_large_is_cut)
{
  put_script ("a.sh", "for i in {1..30000}; do echo ä; done; echo end; echo e >&2; exit 7\n");
  transport->fail_with = VNFM_ERROR_LIMIT;
  deliver (STEP_1);
  VnfmEnvelope *whole = wait_for_reply (1);
  gsize size = g_bytes_get_size (whole->body);
  VnfmEnvelope *less = wait_for_reply (2);
  g_autoptr (EmsAnswer) answer = wait_for_answer (2);

  ck_assert_uint_gt (size, 90000);
  ck_assert_uint_lt (g_bytes_get_size (less->body), 24000);
  ck_assert_str_eq (less->message_id, whole->message_id);
  ck_assert_int_eq (answer->result->status, 7);
  ck_assert_str_eq (answer->result->err, "e\n");
  ck_assert (g_str_has_suffix (answer->result->output, "ä\nend\n"));
  ck_assert_int_gt (answer->result->truncated, 70000);
  /* And if that is too large as well, it is gone. */
  transport->fail_with = -1;
  deliver ("{\"action\":\"STATUS\",\"step\":\"x\"}");
  g_autoptr (EmsAnswer) next = wait_for_answer (3);
  ck_assert_str_eq (next->step, "x");
}
END_TEST

static Suite *
agent_suite (void)
{
  Suite *suite = suite_create ("agent");
  TCase *commands = tcase_create ("commands");
  TCase *steps = tcase_create ("steps");
  TCase *answers = tcase_create ("answers");
  TCase *cases[] = { commands, steps, answers };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    tcase_set_timeout (cases[i], 60);
    tcase_add_checked_fixture (cases[i], set_up, tear_down);
    suite_add_tcase (suite, cases[i]);
  }
  tcase_add_test (commands, it_registers_after_each_connect);
  tcase_add_test (commands, commands_of_the_old_manager);
  tcase_add_test (commands, what_cannot_be_carried_out_is_answered);
  tcase_add_test (commands, a_command_that_wants_no_answer_is_carried_out);
  tcase_add_test (steps, a_step_is_run_once);
  tcase_add_test (steps, storing_is_a_step_too);
  tcase_add_test (steps, status_and_cancel);
  tcase_add_test (steps, what_died_is_told_as_such);
  tcase_add_test (steps, a_delivery_that_comes_again_is_run_once);
  tcase_add_test (steps, live_output_goes_to_the_same_address);
  tcase_add_test (steps, without_a_record_nothing_is_run);
  tcase_add_test (answers, an_answer_is_sent_until_it_is_confirmed);
  tcase_add_test (answers, an_outcome_without_an_agent_is_answered_by_the_next);
  tcase_add_test (answers, an_answer_to_nobody_is_dropped);
  tcase_add_test (answers, an_answer_that_is_too_large_is_cut);
  return suite;
}

VNFM_TEST_MAIN (agent_suite)
