/* SPDX-License-Identifier: Apache-2.0 */
/* What all transports share, tried with a subclass whose connection the test holds in its hand and a clock that it
 * moves; then two STOMP transports that talk to each other over a real socket, one of them as the broker. */
#include "config.h"

#include "plugins/transport-stomp/stomp-transport.h"
#include "tests/support/vnfm-sim.h"
#include "tests/support/vnfm-test.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

/* ---- a transport in the test's hand */

#define FAKE_TYPE_TRANSPORT (fake_transport_get_type ())
G_DECLARE_FINAL_TYPE (FakeTransport, fake_transport, FAKE, TRANSPORT, VnfmTransport)

struct _FakeTransport {
  VnfmTransport parent_instance;

  GTask *connecting; /* nullable */
  guint attempts;
  guint closes;
  GString *calls;
  GArray *acks; /* of guint64 */
};

G_DEFINE_FINAL_TYPE (FakeTransport, fake_transport, VNFM_TYPE_TRANSPORT)

static void
fake_connect_async (VnfmTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  FakeTransport *self = FAKE_TRANSPORT (transport);

  self->attempts++;
  self->connecting = g_task_new (self, NULL, callback, user_data);
}

static gboolean
fake_finish (VnfmTransport *transport, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
fake_close_async (VnfmTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);

  FAKE_TRANSPORT (transport)->closes++;
  g_task_return_boolean (task, TRUE);
}

static void
fake_subscribe (VnfmTransport *transport, VnfmDestination destination, const char *host)
{
  g_string_append_printf (FAKE_TRANSPORT (transport)->calls, "+%s%s ", vnfm_destination_get_nick (destination),
                          host != NULL ? host : "");
}

static void
fake_unsubscribe (VnfmTransport *transport, VnfmDestination destination, const char *host)
{
  g_string_append_printf (FAKE_TRANSPORT (transport)->calls, "-%s ", vnfm_destination_get_nick (destination));
}

static void
fake_ack (VnfmTransport *transport, guint64 token)
{
  g_array_append_val (FAKE_TRANSPORT (transport)->acks, token);
}

static void
fake_transport_finalize (GObject *object)
{
  FakeTransport *self = FAKE_TRANSPORT (object);

  g_clear_object (&self->connecting);
  g_string_free (self->calls, TRUE);
  g_array_unref (self->acks);
  G_OBJECT_CLASS (fake_transport_parent_class)->finalize (object);
}

static void
fake_transport_class_init (FakeTransportClass *klass)
{
  VnfmTransportClass *transport_class = VNFM_TRANSPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fake_transport_finalize;
  transport_class->connect_async = fake_connect_async;
  transport_class->connect_finish = fake_finish;
  transport_class->close_async = fake_close_async;
  transport_class->close_finish = fake_finish;
  transport_class->subscribe = fake_subscribe;
  transport_class->unsubscribe = fake_unsubscribe;
  transport_class->ack = fake_ack;
}

static void
fake_transport_init (FakeTransport *self)
{
  self->calls = g_string_new (NULL);
  self->acks = g_array_new (FALSE, FALSE, sizeof (guint64));
}

static SimClock *sim;
static VnfmProfile *profile;
static VnfmContext *context;
static FakeTransport *fake;
static VnfmTransport *transport; /* the same */

static void
set_up (void)
{
  sim = sim_clock_new (1);
  profile = vnfm_profile_new ();
  vnfm_profile_declare (profile, vnfm_transport_keys);
  context = vnfm_context_new (profile, VNFM_CLOCK (sim));
  fake = g_object_new (FAKE_TYPE_TRANSPORT, "context", context, NULL);
  transport = VNFM_TRANSPORT (fake);
}

static void
tear_down (void)
{
  g_clear_object (&fake);
  g_clear_object (&context);
  g_clear_object (&profile);
  g_clear_object (&sim);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
end_attempt (const char *failure)
{
  g_autoptr (GTask) task = g_steal_pointer (&fake->connecting);

  ck_assert_ptr_nonnull (task);
  if (failure == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s", failure);
  g_clear_object (&task);
  settle ();
}

static void
lose (void)
{
  g_autoptr (GError) error = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "pulled");

  vnfm_transport_lost (transport, error);
}

/* Microseconds until the next attempt, found to a millisecond. */
static gint64
measure_pause (void)
{
  guint before = fake->attempts;
  gint64 pause = 0;

  for (; fake->attempts == before; pause += 1000) {
    ck_assert_int_lt (pause, 120 * G_USEC_PER_SEC);
    sim_clock_advance (sim, 1000);
    settle ();
  }
  return pause;
}

START_TEST (pauses_grow_and_are_blurred)
{
  gint64 shortest = 250 * 1000, longest = 30 * G_USEC_PER_SEC, expected = shortest;

  vnfm_transport_open (transport);
  ck_assert_int_eq (vnfm_transport_get_state (transport), VNFM_TRANSPORT_CONNECTING);
  for (guint i = 0; i < 10; i++, expected = MIN (2 * expected, longest)) {
    end_attempt ("no");
    ck_assert_str_eq (vnfm_transport_get_last_error (transport)->message, "no");
    gint64 pause = measure_pause ();
    ck_assert_int_ge (pause, expected / 2 - 1000);
    ck_assert_int_le (pause, expected + expected / 2 + 1000);
  }
  end_attempt (NULL);
  ck_assert_int_eq (vnfm_transport_get_state (transport), VNFM_TRANSPORT_CONNECTED);
  ck_assert_ptr_null (vnfm_transport_get_last_error (transport));

  /* Lost at once it counts as one more failure; after a long time it begins anew. */
  lose ();
  ck_assert_int_ge (measure_pause (), longest / 2 - 1000);
  end_attempt (NULL);
  sim_clock_advance (sim, 10 * longest);
  lose ();
  ck_assert_int_le (measure_pause (), 2 * shortest);
  end_attempt (NULL);
}
END_TEST

START_TEST (subscriptions_outlive_connections)
{
  vnfm_transport_subscribe (transport, VNFM_DESTINATION_ANSWERS, NULL);
  vnfm_transport_subscribe (transport, VNFM_DESTINATION_EMS_COMMANDS, "h1");
  ck_assert_str_eq (fake->calls->str, "");
  vnfm_transport_open (transport);
  end_attempt (NULL);
  ck_assert_str_eq (fake->calls->str, "+answers +ems-commandsh1 ");
  g_string_truncate (fake->calls, 0);
  vnfm_transport_subscribe (transport, VNFM_DESTINATION_ANSWERS, NULL); /* another wants it too */
  vnfm_transport_subscribe (transport, VNFM_DESTINATION_NFVO_REQUESTS, NULL);
  vnfm_transport_unsubscribe (transport, VNFM_DESTINATION_ANSWERS, NULL);
  vnfm_transport_unsubscribe (transport, VNFM_DESTINATION_EMS_COMMANDS, "h1");
  ck_assert_str_eq (fake->calls->str, "+nfvo-requests -ems-commands ");
  g_string_truncate (fake->calls, 0);
  lose ();
  measure_pause ();
  end_attempt (NULL);
  ck_assert_str_eq (fake->calls->str, "+answers +nfvo-requests ");
}
END_TEST

static gboolean
take (VnfmTransport *from, VnfmEnvelope *envelope, gpointer kept)
{
  *(VnfmEnvelope **)kept = vnfm_envelope_ref (envelope);
  return TRUE;
}

static void
deliver (VnfmDestination destination, guint64 token)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("x", 1);
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);

  vnfm_transport_deliver (transport, destination, envelope, token);
}

START_TEST (what_nobody_takes_is_settled)
{
  g_autoptr (VnfmEnvelope) kept = NULL;

  vnfm_transport_open (transport);
  end_attempt (NULL);
  gulong handler = g_signal_connect (transport, "delivery::answers", G_CALLBACK (take), &kept);
  deliver (VNFM_DESTINATION_NFVO_REQUESTS, 7);
  ck_assert_uint_eq (fake->acks->len, 1);
  ck_assert_uint_eq (g_array_index (fake->acks, guint64, 0), 7);
  deliver (VNFM_DESTINATION_ANSWERS, 8);
  ck_assert_ptr_nonnull (kept);
  ck_assert_uint_eq (fake->acks->len, 1);
  vnfm_envelope_ack (kept);
  vnfm_envelope_ack (kept);
  ck_assert_uint_eq (fake->acks->len, 2);
  ck_assert_uint_eq (g_array_index (fake->acks, guint64, 1), 8);

  g_clear_pointer (&kept, vnfm_envelope_unref);
  deliver (VNFM_DESTINATION_ANSWERS, 9);
  g_clear_signal_handler (&handler, transport);
  g_clear_object (&fake);
  vnfm_envelope_ack (kept); /* its transport is gone */
  vnfm_envelope_ack (NULL);
}
END_TEST

static void
expect_result (VnfmTransport *from, VnfmTestCall *call, int code)
{
  g_autoptr (GAsyncResult) result = vnfm_test_wait (call);
  g_autoptr (GError) error = NULL;
  gboolean good = vnfm_transport_publish_finish (from, result, &error);

  if (code < 0)
    ck_assert_no_error (error);
  else
    ck_assert_error (error, VNFM_ERROR, code);
  ck_assert (good == (code < 0));
}

static void
publish (VnfmTransport *from, VnfmDestination destination, const char *host, const char *id, GBytes *body,
         VnfmTestCall *call)
{
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);

  envelope->host = g_strdup (host);
  envelope->message_id = g_strdup (id);
  vnfm_transport_publish_async (from, destination, envelope, NULL, vnfm_test_got_result, call);
}

START_TEST (without_a_connection_nothing_is_sent)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("x", 1);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);
  VnfmTestCall calls[3] = {};

  publish (transport, VNFM_DESTINATION_ANSWERS, NULL, NULL, body, &calls[0]);
  expect_result (transport, &calls[0], VNFM_ERROR_NOT_SUPPORTED);
  vnfm_transport_request_async (transport, VNFM_DESTINATION_REGISTRATION, envelope, NULL, vnfm_test_got_result,
                                &calls[1]);
  g_autoptr (GAsyncResult) asked = vnfm_test_wait (&calls[1]);
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (vnfm_transport_request_finish (transport, asked, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED);
}
END_TEST

/* Closed while an attempt is under way: what comes of that is put away. */
START_TEST (closed_while_connecting)
{
  VnfmTestCall closed = {};

  vnfm_transport_open (transport);
  vnfm_transport_close_async (transport, NULL, vnfm_test_got_result, &closed);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&closed);
  ck_assert (vnfm_transport_close_finish (transport, result, NULL));
  ck_assert_int_eq (vnfm_transport_get_state (transport), VNFM_TRANSPORT_CLOSED);
  end_attempt (NULL);
  ck_assert_uint_eq (fake->closes, 1);
  ck_assert_int_eq (vnfm_transport_get_state (transport), VNFM_TRANSPORT_CLOSED);
  sim_clock_advance (sim, 3600 * (gint64)G_USEC_PER_SEC);
  settle ();
  ck_assert_uint_eq (fake->attempts, 1);
}
END_TEST

static const struct {
  VnfmDestination destination;
  const char *host;
  const char *name;
} names[] = {
  { VNFM_DESTINATION_NFVO_REQUESTS, NULL, "generic" },
  { VNFM_DESTINATION_ANSWERS, NULL, "vnfm.generic.answers" },
  { VNFM_DESTINATION_EMS_COMMANDS, "server-1", "vnfm.server-1.actions" },
  { VNFM_DESTINATION_EMS_COMMANDS, "two words", "vnfm.two words.actions" },
  { VNFM_DESTINATION_EMS_COMMANDS, "{host}", "vnfm.{host}.actions" },
  { VNFM_DESTINATION_EMS_COMMANDS, "{endpoint}", "vnfm.{endpoint}.actions" },
  { VNFM_DESTINATION_EMS_COMMANDS, "../a,b>*#?%\n", "vnfm...%2Fa%2Cb%3E%2A%23%3F%25%0A.actions" },
  { VNFM_DESTINATION_EMS_COMMANDS, "nfvo", "vnfm.%6Efvo.actions" }, /* that is the queue of the results */
};

START_TEST (names_from_outside_break_nothing)
{
  g_autofree char *name = vnfm_transport_dup_name (transport, names[_i].destination, names[_i].host);

  ck_assert_str_eq (name, names[_i].name);
}
END_TEST

START_TEST (the_endpoint_of_destinations_counts_first)
{
  vnfm_profile_set (profile, "vnfmd", "endpoint", "one", "test");
  g_autofree char *one = vnfm_transport_dup_name (transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL);
  vnfm_profile_set (profile, "destinations", "endpoint", "two", "test");
  g_autofree char *two = vnfm_transport_dup_name (transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL);

  ck_assert_str_eq (one, "ems.one.register");
  ck_assert_str_eq (two, "ems.two.register");
}
END_TEST

/* ---- client and broker */

typedef struct {
  VnfmTransport *transport;
  VnfmEnvelope *last; /* nullable */
  guint count;
} Side;

static VnfmClock *test_clock;
static Side manager;
static Side agent;

static gboolean
keep_last (VnfmTransport *from, VnfmEnvelope *envelope, gpointer user_data)
{
  Side *side = user_data;

  g_clear_pointer (&side->last, vnfm_envelope_unref);
  side->last = vnfm_envelope_ref (envelope);
  side->count++;
  return TRUE;
}

static gboolean
is_connected (gpointer side)
{
  return vnfm_transport_get_state (((Side *)side)->transport) == VNFM_TRANSPORT_CONNECTED;
}

static gboolean
is_not_connected (gpointer side)
{
  return !is_connected (side);
}

static gboolean
has_message (gpointer side)
{
  return ((Side *)side)->last != NULL;
}

static void
side_open (Side *side, const char *key, const char *value, const char *max_message)
{
  g_autoptr (VnfmProfile) keys = vnfm_profile_new ();
  g_autoptr (GError) error = NULL;

  vnfm_profile_declare (keys, vnfm_transport_keys);
  vnfm_profile_declare (keys, vnfm_stomp_keys);
  vnfm_profile_set (keys, "stomp", key, value, "test");
  vnfm_profile_set (keys, "stomp", "login", "me", "test");
  vnfm_profile_set (keys, "stomp", "passcode", "secret", "test");
  vnfm_profile_set (keys, "stomp", "max-message", max_message, "test");
  vnfm_profile_set (keys, "stomp", "reader-timeout", "100ms", "test");
  vnfm_profile_set (keys, "transport", "reconnect-min", "5ms", "test");
  vnfm_profile_set (keys, "transport", "reconnect-max", "50ms", "test");
  g_autoptr (VnfmContext) of_side = vnfm_context_new (keys, test_clock);
  side->transport = g_object_new (VNFM_TYPE_STOMP_TRANSPORT, "context", of_side, NULL);
  ck_assert (vnfm_extension_start (VNFM_EXTENSION (side->transport), &error));
  ck_assert_no_error (error);
  g_signal_connect (side->transport, "delivery", G_CALLBACK (keep_last), side);
  vnfm_transport_open (side->transport);
}

static void
side_close (Side *side)
{
  VnfmTestCall closed = {};

  g_clear_pointer (&side->last, vnfm_envelope_unref);
  vnfm_transport_close_async (side->transport, NULL, vnfm_test_got_result, &closed);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&closed);
  ck_assert (vnfm_transport_close_finish (side->transport, result, NULL));
  g_clear_object (&result);
  g_assert_finalize_object (g_steal_pointer (&side->transport));
}

static char *address;

static void
open_manager (void)
{
  side_open (&manager, "listen", address != NULL ? address : "127.0.0.1:0", "4K");
  vnfm_test_wait_until (is_connected, &manager);
  vnfm_transport_subscribe (manager.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL);
  g_free (address);
  g_object_get (manager.transport, "broker-address", &address, NULL);
}

/* What the agent said before has arrived with this. */
static void
register_agent (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("here", 4);
  VnfmTestCall call = {};

  publish (agent.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, NULL, body, &call);
  vnfm_test_wait_until (has_message, &manager);
  vnfm_envelope_ack (manager.last);
  expect_result (agent.transport, &call, -1);
  g_clear_pointer (&manager.last, vnfm_envelope_unref);
}

static void
set_up_pair (void)
{
  test_clock = vnfm_clock_new ();
  manager = agent = (Side){};
  open_manager ();
  side_open (&agent, "port", strrchr (address, ':') + 1, "64K");
  vnfm_transport_subscribe (agent.transport, VNFM_DESTINATION_EMS_COMMANDS, "h");
  vnfm_test_wait_until (is_connected, &agent);
  register_agent ();
}

static void
tear_down_pair (void)
{
  side_close (&agent);
  if (manager.transport != NULL)
    side_close (&manager);
  g_clear_pointer (&address, g_free);
  g_clear_object (&test_clock);
}

START_TEST (both_ways)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("body", 4);
  VnfmTestCall up = {}, down = {}, nobody = {};

  publish (agent.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, "id/1:\\", body, &up);
  vnfm_test_wait_until (has_message, &manager);
  ck_assert_ptr_null (up.result); /* not before it is settled */
  ck_assert_str_eq (manager.last->message_id, "id/1:\\");
  ck_assert (g_bytes_equal (manager.last->body, body));
  vnfm_envelope_ack (manager.last);
  expect_result (agent.transport, &up, -1);

  publish (manager.transport, VNFM_DESTINATION_EMS_COMMANDS, "h", NULL, body, &down);
  vnfm_test_wait_until (has_message, &agent);
  ck_assert_str_eq (agent.last->host, "h");
  ck_assert_ptr_nonnull (agent.last->message_id); /* the broker's */
  ck_assert_ptr_null (down.result);
  vnfm_envelope_ack (agent.last);
  expect_result (manager.transport, &down, -1);

  publish (manager.transport, VNFM_DESTINATION_EMS_COMMANDS, "other", NULL, body, &nobody);
  expect_result (manager.transport, &nobody, VNFM_ERROR_NOT_FOUND);
  nobody = (VnfmTestCall){};
  publish (agent.transport, VNFM_DESTINATION_EMS_COMMANDS, "other", NULL, body, &nobody);
  expect_result (agent.transport, &nobody, VNFM_ERROR_NOT_FOUND);
}
END_TEST

/* The broker's limit is smaller than the client's: the client learns it, and the connection stays. */
START_TEST (too_large)
{
  g_autofree char *text = g_strnfill (5000, 'x');
  g_autoptr (GBytes) large = g_bytes_new_static (text, 5000);
  g_autoptr (GBytes) small = g_bytes_new_static (text, 4000);
  VnfmTestCall calls[3] = {};

  publish (agent.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, NULL, large, &calls[0]);
  expect_result (agent.transport, &calls[0], VNFM_ERROR_LIMIT);
  publish (manager.transport, VNFM_DESTINATION_EMS_COMMANDS, "h", NULL, large, &calls[1]);
  expect_result (manager.transport, &calls[1], VNFM_ERROR_LIMIT);
  publish (agent.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, NULL, small, &calls[2]);
  vnfm_test_wait_until (has_message, &manager);
  vnfm_envelope_ack (manager.last);
  expect_result (agent.transport, &calls[2], -1);
}
END_TEST

START_TEST (the_broker_goes_and_comes_back)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("body", 4);
  VnfmTestCall sent = {}, down = {}, later = {}, again = {};

  publish (agent.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, "id", body, &sent);
  publish (manager.transport, VNFM_DESTINATION_EMS_COMMANDS, "h", "step", body, &down);
  vnfm_test_wait_until (has_message, &manager);
  vnfm_test_wait_until (has_message, &agent);
  g_autoptr (VnfmEnvelope) old = vnfm_envelope_ref (agent.last);
  vnfm_transport_close_async (manager.transport, NULL, NULL, NULL);
  expect_result (manager.transport, &down, VNFM_ERROR_UNKNOWN_OUTCOME); /* the agent has it, and did not say so */
  expect_result (agent.transport, &sent, VNFM_ERROR_UNKNOWN_OUTCOME);
  vnfm_test_wait_until (is_not_connected, &agent);
  publish (agent.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, "id", body, &later);
  expect_result (agent.transport, &later, VNFM_ERROR_UNREACHABLE);
  side_close (&manager);

  open_manager ();
  vnfm_test_wait_until (is_connected, &agent);
  publish (agent.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL, "id", body, &again);
  vnfm_test_wait_until (has_message, &manager);
  vnfm_envelope_ack (old); /* of the connection before: it must not meet a message of this one */
  ck_assert_str_eq (manager.last->message_id, "id");
  vnfm_envelope_ack (manager.last);
  expect_result (agent.transport, &again, -1);
}
END_TEST

/* An agent that is away for a moment gets its command again; one that stays away does not get it later. */
START_TEST (the_agent_goes_and_comes_back)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("body", 4);
  VnfmTestCall call = {}, closed = {};

  publish (manager.transport, VNFM_DESTINATION_EMS_COMMANDS, "h", "step", body, &call);
  vnfm_test_wait_until (has_message, &agent);
  ck_assert (!agent.last->redelivered);
  g_clear_pointer (&agent.last, vnfm_envelope_unref);
  vnfm_transport_close_async (agent.transport, NULL, vnfm_test_got_result, &closed);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&closed);
  if (_i == 0)
    vnfm_transport_open (agent.transport);
  else
    expect_result (manager.transport, &call, VNFM_ERROR_UNKNOWN_OUTCOME);
  if (_i == 0) {
    vnfm_test_wait_until (has_message, &agent);
    ck_assert (agent.last->redelivered);
    ck_assert_str_eq (agent.last->message_id, "step");
    vnfm_envelope_ack (agent.last);
    expect_result (manager.transport, &call, -1);
  }
  ck_assert_uint_eq (agent.count, _i == 0 ? 2 : 1);
}
END_TEST

static Suite *
transport_suite (void)
{
  Suite *suite = suite_create ("transport");
  TCase *base = tcase_create ("base");
  TCase *pair = tcase_create ("pair");

  tcase_add_checked_fixture (base, set_up, tear_down);
  tcase_add_test (base, pauses_grow_and_are_blurred);
  tcase_add_test (base, subscriptions_outlive_connections);
  tcase_add_test (base, what_nobody_takes_is_settled);
  tcase_add_test (base, without_a_connection_nothing_is_sent);
  tcase_add_test (base, closed_while_connecting);
  tcase_add_loop_test (base, names_from_outside_break_nothing, 0, G_N_ELEMENTS (names));
  tcase_add_test (base, the_endpoint_of_destinations_counts_first);
  suite_add_tcase (suite, base);
  tcase_set_timeout (pair, 60);
  tcase_add_checked_fixture (pair, set_up_pair, tear_down_pair);
  tcase_add_test (pair, both_ways);
  tcase_add_test (pair, too_large);
  tcase_add_test (pair, the_broker_goes_and_comes_back);
  tcase_add_loop_test (pair, the_agent_goes_and_comes_back, 0, 2);
  suite_add_tcase (suite, pair);
  return suite;
}

VNFM_TEST_MAIN (transport_suite)
