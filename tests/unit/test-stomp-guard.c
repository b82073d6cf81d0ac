/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what at the built-in broker. The policy is a table here: the logins "a" and "b" with the passcodes "pa"
 * and "pb", and whose a host is. */
#include "config.h"

#include "tests/support/stomp-peers.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

static char owner; /* of the host "h": 'a', 'b', or 0: not known yet */
static gboolean b_is_out;

static VnfmVerdict
judge_login (const char *login, const char *passcode, const char *peer, gpointer data)
{
  if (strlen (login) != 1)
    return VNFM_VERDICT_NONE;
  ck_assert (g_str_has_prefix (peer, "127.0.0.1:"));
  if (b_is_out && *login == 'b')
    return VNFM_VERDICT_REFUSED;
  return passcode[0] == 'p' && passcode[1] == *login && passcode[2] == '\0' ? VNFM_VERDICT_GRANTED
                                                                            : VNFM_VERDICT_REFUSED;
}

static VnfmVerdict
judge_access (const char *login, VnfmAccess access, const StompPlace *place, gpointer data)
{
  if (place->destination == VNFM_DESTINATION_ANSWERS)
    return access == VNFM_ACCESS_WRITE ? VNFM_VERDICT_GRANTED : VNFM_VERDICT_REFUSED;
  if (place->destination != VNFM_DESTINATION_EMS_COMMANDS || access != VNFM_ACCESS_READ)
    return VNFM_VERDICT_REFUSED;
  ck_assert_str_eq (place->host, "h");
  return owner == 0 ? VNFM_VERDICT_PENDING : *login == owner ? VNFM_VERDICT_GRANTED : VNFM_VERDICT_REFUSED;
}

static gboolean
find_place (const char *queue, StompPlace *place, gpointer data)
{
  if (g_str_equal (queue, "answers"))
    place->destination = VNFM_DESTINATION_ANSWERS;
  else if (g_str_equal (queue, "generic"))
    place->destination = VNFM_DESTINATION_NFVO_REQUESTS;
  else if (g_str_equal (queue, "vnfm.h.actions")) {
    place->destination = VNFM_DESTINATION_EMS_COMMANDS;
    place->host = g_strdup ("h");
  } else
    return FALSE;
  return TRUE;
}

static void
set_up_policy (void)
{
  static const StompGuardFuncs guard = { judge_login, judge_access, find_place };

  owner = 0;
  b_is_out = FALSE;
  set_up_guarded (&guard);
}

static Peer *
come_in_as (const char *login)
{
  Peer *peer = peer_new ();
  g_autofree char *frame = g_strdup_printf ("CONNECT\naccept-version:1.2\nlogin:%s\npasscode:p%s\n\n", login, login);

  peer_say (peer, frame);
  peer_hear (peer, "CONNECTED\n");
  return peer;
}

static void
publish (const char *text, VnfmTestCall *call)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);

  stomp_broker_publish (broker, "vnfm.h.actions", envelope, g_task_new (NULL, NULL, vnfm_test_got_result, call));
}

static void
expect_published (VnfmTestCall *call)
{
  g_autoptr (GAsyncResult) result = vnfm_test_wait (call);
  g_autoptr (GError) error = NULL;

  ck_assert (g_task_propagate_boolean (G_TASK (result), &error));
}

static void
expect_unread (const char *text)
{
  VnfmTestCall call = {};

  publish (text, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  g_autoptr (GError) error = NULL;
  ck_assert (!g_task_propagate_boolean (G_TASK (result), &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND);
}

/* A frame, and the words of the ERROR that ends the connection. */
static const struct {
  const char *frame;
  const char *error;
} forbidden[] = {
  { "SUBSCRIBE\nid:1\ndestination:/queue/generic\n\n", "message:a may not read /queue/generic\n" },
  { "SUBSCRIBE\nid:1\ndestination:/queue/answers\n\n", "message:a may not read /queue/answers\n" },
  { "SUBSCRIBE\nid:1\ndestination:/queue/anything\n\n", "message:a may not read /queue/anything\n" },
  { "SUBSCRIBE\nid:1\ndestination:/topic/answers\n\n", "that is a queue here\\c /topic/answers\n" },
  { "SEND\ndestination:/queue/generic\n\nx", "message:a may not write to /queue/generic\n" },
  { "SEND\ndestination:/queue/vnfm.h.actions\n\nx", "message:a may not write to /queue/vnfm.h.actions\n" },
  { "SEND\ndestination:/queue/anything\nreceipt:r\n\nx", "message:a may not write to /queue/anything\n" },
  { "SEND\ndestination:answers\n\nx", "that is a queue here\\c answers\n" },
};

START_TEST (test_forbidden)
{
  Peer *peer = come_in_as ("a");

  peer_say (peer, forbidden[_i].frame);
  expect_end (peer, forbidden[_i].error);
}
END_TEST

START_TEST (test_logins)
{
  Peer *peer = peer_new ();

  peer_say (peer, "CONNECT\naccept-version:1.2\nlogin:a\npasscode:pb\n\n");
  expect_end (peer, "message:login or passcode is wrong\n");
  peer = peer_new ();
  peer_say (peer, "CONNECT\naccept-version:1.2\nlogin:a\npasscode:secret\n\n"); /* the broker's own */
  expect_end (peer, "message:login or passcode is wrong\n");
  peer = peer_new ();
  peer_say (peer, "CONNECT\naccept-version:1.2\nlogin:a\n\n");
  expect_end (peer, "message:login or passcode is wrong\n");

  /* The broker's own login may do all. */
  peer = peer_new_logged_in ();
  stomp_broker_subscribe (broker, "generic", NULL);
  peer_say (peer, "SEND\ndestination:/queue/generic\n\nhello");
  vnfm_test_wait_until (is_taken, (gpointer) "hello.");
  ck_assert_ptr_null (last_sender);
  peer_free (peer);
}
END_TEST

/* Whoever reads it knows who wrote it, whatever the headers say; the same text with the same id is not the same message
 * if another has sent it. */
START_TEST (test_sender)
{
  Peer *a = come_in_as ("a"), *b = come_in_as ("b");

  stomp_broker_subscribe (broker, "answers", NULL);
  peer_say (a, "SEND\ndestination:/queue/answers\nvnfm-message-id:1\nsender:b\nlogin:b\nreceipt:r\n\nx");
  vnfm_test_wait_until (is_taken, (gpointer) "x.");
  ck_assert_str_eq (last_sender, "a");
  peer_say (b, "SEND\ndestination:/queue/answers\nvnfm-message-id:1\nreceipt:r\n\nx");
  vnfm_test_wait_until (is_taken, (gpointer) "x.x.");
  ck_assert_str_eq (last_sender, "b");
  stomp_broker_ack (broker, last_token);
  peer_hear (b, "receipt-id:r\n");
  ck_assert_ptr_null (strstr (a->input->str, "receipt-id:r\n"));
  peer_free (a);
  peer_free (b);
}
END_TEST

/* One that may not read yet is no reader: it gets nothing, keeps nothing from the right one, and goes when it is known
 * whose the host is. */
START_TEST (test_squatter)
{
  VnfmTestCall first = {}, second = {};
  Peer *b = come_in_as ("b");

  peer_subscribe (b, "vnfm.h.actions", "client-individual");
  expect_unread ("one");
  Peer *a = come_in_as ("a");
  peer_subscribe (a, "vnfm.h.actions", "client-individual");
  expect_unread ("two");
  ck_assert_ptr_null (gone_host);

  owner = 'a'; /* and nobody has looked yet */
  publish ("three", &first);
  peer_hear (a, "\n\nthree^");
  stomp_broker_review (broker, "vnfm.h.actions");
  peer_hear (b, "message:b may not read /queue/vnfm.h.actions\n");
  vnfm_test_wait_until (has_ended, b);
  ck_assert_ptr_null (strstr (b->input->str, "three"));
  publish ("four", &second);
  peer_hear (a, "\n\nfour^");
  ck_assert_ptr_null (gone_host);
  peer_free (a);
  peer_free (b);

  Peer *again = come_in_as ("a");
  peer_subscribe (again, "vnfm.h.actions", "auto");
  expect_published (&first);
  expect_published (&second);
  peer_free (again);
}
END_TEST

/* What waits for a reader goes to the one that may read from now on. */
START_TEST (test_waiting_command)
{
  VnfmTestCall call = {};
  Peer *a = come_in_as ("a"), *b = come_in_as ("b");

  owner = 'a';
  peer_subscribe (a, "vnfm.h.actions", "client-individual");
  publish ("one", &call);
  peer_hear (a, "\n\none^");
  owner = 0;
  peer_subscribe (b, "vnfm.h.actions", "auto");
  owner = 'b'; /* the machine is another's by now */
  stomp_broker_review (broker, NULL);
  peer_hear (b, "redelivered:true");
  peer_hear (b, "\n\none^");
  expect_published (&call);
  vnfm_test_wait_until (has_ended, a);
  peer_free (a);
  peer_free (b);
}
END_TEST

START_TEST (test_reader_of_another)
{
  Peer *b = come_in_as ("b");

  owner = 'a';
  peer_say (b, "SUBSCRIBE\nid:1\ndestination:/queue/vnfm.h.actions\n\n");
  expect_end (b, "message:b may not read /queue/vnfm.h.actions\n");
}
END_TEST

START_TEST (test_dropped)
{
  Peer *a = come_in_as ("a"), *b = come_in_as ("b"), *other = come_in_as ("b"), *own = peer_new_logged_in ();

  owner = 'b';
  peer_subscribe (b, "vnfm.h.actions", "auto");
  peer_subscribe (own, "vnfm.h.actions", "auto");
  stomp_broker_drop (broker, NULL, "vnfm.h.actions", "the machine is released");
  peer_hear (b, "message:the machine is released\n");
  vnfm_test_wait_until (has_ended, b);
  b_is_out = TRUE;
  stomp_broker_drop (broker, "b", NULL, "the VNFR is released");
  peer_hear (other, "message:the VNFR is released\n");
  vnfm_test_wait_until (has_ended, other);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (2));
  ck_assert (!a->ended && !own->ended);
  peer_free (b);
  b = peer_new ();
  peer_say (b, "CONNECT\naccept-version:1.2\nlogin:b\npasscode:pb\n\n");
  peer_hear (b, "message:login or passcode is wrong\n");
  peer_free (a);
  peer_free (b);
  peer_free (other);
  peer_free (own);
}
END_TEST

/* No VNFR's agents can take all connections, or make a queue slow. */
START_TEST (test_bounded)
{
  Peer *peers[] = { come_in_as ("a"), come_in_as ("a"), come_in_as ("a") };
  Peer *more = peer_new (), *b = come_in_as ("b");

  peer_say (more, "CONNECT\naccept-version:1.2\nlogin:a\npasscode:pa\n\n");
  peer_hear (more, "message:a has 3 connections, and may have no more\n");
  for (guint i = 0; i < 9; i++) {
    g_autofree char *frame = g_strdup_printf ("SUBSCRIBE\nid:%u\ndestination:/queue/vnfm.h.actions\n\n", i);
    peer_say (b, frame);
  }
  peer_hear (b, "message:too many subscriptions\n");
  peer_free (more);
  peer_free (b);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peer_free (peers[i]);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (0));
  peer_free (come_in_as ("a"));
}
END_TEST

static guint lines;

static GLogWriterOutput
count_lines (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (level == G_LOG_LEVEL_MESSAGE && g_str_equal (fields[i].key, "MESSAGE") &&
        strstr (fields[i].value, "login or passcode is wrong") != NULL)
      lines++;
  return G_LOG_WRITER_HANDLED;
}

/* A peer that tries and tries is told of, and does not fill the log. */
START_TEST (test_log)
{
  g_log_set_writer_func (count_lines, NULL, NULL);
  for (guint i = 0; i < 40; i++) {
    Peer *peer = peer_new ();
    peer_say (peer, "CONNECT\naccept-version:1.2\nlogin:a\npasscode:guess\n\n");
    peer_hear (peer, "login or passcode is wrong");
    peer_free (peer);
  }
  ck_assert_uint_eq (lines, 20);
}
END_TEST

static Suite *
stomp_guard_suite (void)
{
  Suite *suite = suite_create ("stomp-guard");
  TCase *tcase = tcase_create ("guard");

  tcase_set_timeout (tcase, 60);
  tcase_add_checked_fixture (tcase, set_up_policy, tear_down);
  tcase_add_loop_test (tcase, test_forbidden, 0, G_N_ELEMENTS (forbidden));
  tcase_add_test (tcase, test_logins);
  tcase_add_test (tcase, test_sender);
  tcase_add_test (tcase, test_squatter);
  tcase_add_test (tcase, test_waiting_command);
  tcase_add_test (tcase, test_reader_of_another);
  tcase_add_test (tcase, test_dropped);
  tcase_add_test (tcase, test_bounded);
  tcase_add_test (tcase, test_log);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (stomp_guard_suite)
