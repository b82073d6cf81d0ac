/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in broker over real sockets. Who may do what is test-stomp-guard.c's. */
#include "config.h"

#include "plugins/transport-stomp/stomp-connection.h"
#include "tests/support/stomp-peers.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

/* ---- tests */

START_TEST (test_login)
{
  Peer *peer = peer_new ();

  peer_say (peer, "CONNECT\naccept-version:1.2\nlogin:me\npasscode:secreT\n\n");
  expect_end (peer, "login or passcode is wrong");
  peer = peer_new ();
  peer_say (peer, "CONNECT\naccept-version:1.0,1.1\nlogin:me\npasscode:secret\n\n");
  expect_end (peer, "only STOMP 1.2");
  peer = peer_new ();
  peer_say (peer, "SEND\ndestination:/queue/q\n\nx");
  expect_end (peer, "CONNECT comes first");
}
END_TEST

/* Who has not logged in gets no memory for a body, even if it would be taken later. */
START_TEST (test_body_before_login)
{
  Peer *peer = peer_new ();

  peer_say (peer, "SEND\ndestination:/queue/q\ncontent-length:100000\n\n");
  expect_end (peer, "a body of 100000 bytes, of at most 4096");
}
END_TEST

START_TEST (test_receipt_after_ack)
{
  Peer *peer = peer_new_logged_in ();

  stomp_broker_subscribe (broker, "generic", NULL);
  peer_say (peer, "SEND\ndestination:/queue/generic\nreceipt:r1\n\nhello");
  vnfm_test_wait_until (is_taken, (gpointer) "hello.");
  peer_say (peer, "SUBSCRIBE\nid:other\ndestination:/queue/other\nreceipt:r2\n\n");
  peer_hear (peer, "receipt-id:r2\n");
  ck_assert_ptr_null (strstr (peer->input->str, "receipt-id:r1"));
  stomp_broker_ack (broker, last_token);
  stomp_broker_ack (broker, last_token); /* harmless */
  peer_hear (peer, "receipt-id:r1\n");
  peer_free (peer);
}
END_TEST

/* One is kept, and both receipts wait for its reader. */
START_TEST (test_sent_again)
{
  Peer *peer = peer_new_logged_in ();

  peer_say (peer, "SEND\ndestination:/queue/q\nreceipt:r1\nvnfm-message-id:m\n\nx");
  peer_say (peer, "SEND\ndestination:/queue/q\nreceipt:r2\nvnfm-message-id:m\n\nx");
  peer_say (peer, "SEND\ndestination:/queue/q\nvnfm-message-id:m\n\nanother");
  peer_subscribe (peer, "other", "auto");
  ck_assert_ptr_null (strstr (peer->input->str, "receipt-id:r"));
  stomp_broker_subscribe (broker, "q", NULL);
  ck_assert_str_eq (taken->str, "x.another.");
  stomp_broker_ack (broker, last_token - 1);
  peer_hear (peer, "receipt-id:r1\n\n");
  peer_hear (peer, "receipt-id:r2\n\n");
  peer_free (peer);
}
END_TEST

START_TEST (test_redelivery)
{
  Peer *sender = peer_new_logged_in ();
  Peer *first = peer_new_logged_in ();

  peer_subscribe (first, "q", "client-individual");
  peer_say (sender, "SEND\ndestination:/queue/q\nreceipt:r1\n\none");
  peer_say (sender, "SEND\ndestination:/queue/q\nreceipt:r2\n\ntwo");
  peer_hear (first, "\n\none^");
  peer_hear (first, "\n\ntwo^");
  peer_free (first);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (1));

  Peer *second = peer_new_logged_in ();
  peer_subscribe (second, "q", "client");
  peer_hear (second, "\n\ntwo^");
  ck_assert (strstr (second->input->str, "\n\none^") < strstr (second->input->str, "\n\ntwo^"));
  ck_assert_ptr_nonnull (strstr (second->input->str, "redelivered:true\n"));
  ck_assert_ptr_null (strstr (sender->input->str, "RECEIPT"));
  g_autofree char *ack = peer_dup_ack (second);
  g_autofree char *frame = g_strdup_printf ("ACK\nid:%s\n\n", ack);
  peer_say (second, frame);
  peer_hear (sender, "receipt-id:r1\n");
  peer_hear (sender, "receipt-id:r2\n");
  peer_free (second);
  peer_free (sender);
}
END_TEST

/* Of two subscriptions of one connection that dies, one must not take what the other gives back. */
START_TEST (test_two_subscriptions_die)
{
  Peer *sender = peer_new_logged_in ();
  Peer *reader = peer_new_logged_in ();

  peer_subscribe (reader, "q", "client-individual");
  peer_say (sender, "SEND\ndestination:/queue/q\nreceipt:r1\n\nkept");
  peer_hear (reader, "\n\nkept^");
  peer_say (reader, "SUBSCRIBE\nid:auto\ndestination:/queue/q\nack:auto\nreceipt:auto\n\n");
  peer_hear (reader, "receipt-id:auto\n");
  peer_free (reader);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (1));
  stomp_broker_subscribe (broker, "q", NULL);
  ck_assert_str_eq (taken->str, "kept!");
  peer_free (sender);
}
END_TEST

static void
publish (const char *queue, const char *text, VnfmTestCall *call)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);

  stomp_broker_publish (broker, queue, envelope, g_task_new (NULL, NULL, vnfm_test_got_result, call));
}

static void
expect_failure (VnfmTestCall *call, int code)
{
  g_autoptr (GAsyncResult) result = vnfm_test_wait (call);
  g_autoptr (GError) error = NULL;

  ck_assert (!g_task_propagate_boolean (G_TASK (result), &error));
  ck_assert_error (error, VNFM_ERROR, code);
}

START_TEST (test_commands_without_reader)
{
  Peer *peer = peer_new_logged_in ();
  VnfmTestCall refused = {}, done = {};

  peer_say (peer, "SEND\ndestination:/queue/vnfm.host-1.actions\nreceipt:r\n\nx");
  peer_hear (peer, "receipt-id:r\nvnfm-refused:not-found nobody reads vnfm.host-1.actions\n");
  publish ("vnfm.host-1.actions", "x", &refused);
  expect_failure (&refused, VNFM_ERROR_NOT_FOUND);

  peer_subscribe (peer, "vnfm.host-1.actions", "auto");
  publish ("vnfm.host-1.actions", "command", &done);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&done);
  ck_assert (g_task_propagate_boolean (G_TASK (result), NULL));
  peer_hear (peer, "\n\ncommand^");
  ck_assert_ptr_null (gone_host);
  peer_say (peer, "UNSUBSCRIBE\nid:s\nreceipt:u\n\n");
  peer_hear (peer, "receipt-id:u\n");
  ck_assert_str_eq (gone_host, "host-1");
  peer_free (peer);
}
END_TEST

/* What waits is answered when the broker goes, and its peers are let go. */
START_TEST (test_closed_while_messages_wait)
{
  Peer *peer = peer_new_logged_in ();
  VnfmTestCall waiting = {}, held = {};

  peer_say (peer, "SEND\ndestination:/queue/own\nreceipt:r\n\nx");
  peer_subscribe (peer, "q", "client-individual");
  publish ("absent", "x", &waiting);
  publish ("q", "held", &held);
  peer_hear (peer, "\n\nheld^");
  g_clear_pointer (&broker, stomp_broker_free);
  expect_failure (&waiting, VNFM_ERROR_UNREACHABLE);
  expect_failure (&held, VNFM_ERROR_UNKNOWN_OUTCOME);
  vnfm_test_wait_until (has_ended, peer);
  peer_free (peer);
}
END_TEST

/* The peer is still sending the body that is refused: the words that say why must reach it. */
START_TEST (test_oversized_body)
{
  Peer *peer = peer_new_logged_in ();
  g_autofree char *body = g_strnfill (1024 * 1024, 'x');
  const char *head = "SEND\ndestination:/queue/big\nreceipt:r\ncontent-length:1048576\n\n";

  peer_say_bytes (peer, head, strlen (head));
  peer_say_bytes (peer, body, 1024 * 1024);
  g_socket_shutdown (peer->socket, FALSE, TRUE, NULL);
  peer_hear (peer, "receipt-id:r\n");
  expect_end (peer, "a body of 1048576 bytes, of at most 262144");
}
END_TEST

static const struct {
  const char *frame;
  const char *why;
} malformed[] = {
  { "NONSENSE\n\n", "no STOMP command" },
  { "SEND\ndestination\n\n", "has no colon" },
  { "SEND\ndestination:/queue/\\x\n\n", "no escape sequence" },
  { "SEND\ndestination:/topic/x\n\n", "destination that is a queue" },
  { "SEND\ndestination:/queue/x\ncontent-length:2\n\nabc", "longer than its content-length" },
  { "SEND\ndestination:/queue/x\ncontent-length:-1\n\n", "is no number" },
  { "SEND\ndestination:/queue/x", "a NUL before the blank line" },
  { "SUBSCRIBE\ndestination:/queue/x\n\n", "without an id" },
  { "SUBSCRIBE\nid:1\ndestination:/queue/x\nack:never\n\n", "unknown ack mode" },
  { "UNSUBSCRIBE\nid:9\n\n", "without the id of a subscription" },
  { "ACK\nid:9\n\n", "without the id of a message" },
  { "BEGIN\ntransaction:1\n\n", "transactions are not spoken" },
  { "COMMIT\n\n", "not understood" },
  { "CONNECT\naccept-version:1.2\n\n", "CONNECT on a connection that is open" },
  { "SEND\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\na:1\n\n",
    "a frame may have 16 headers" },
};

START_TEST (test_malformed)
{
  Peer *peer = peer_new_logged_in ();

  peer_say (peer, malformed[_i].frame);
  expect_end (peer, malformed[_i].why);
}
END_TEST

/* It gets no more than it can hold; the others do not notice; what it missed comes when it reads again. */
START_TEST (test_slow_reader)
{
  Peer *slow = peer_new_logged_in ();
  g_autofree char *body = g_strnfill (200 * 1024, 'x');
  g_autofree char *frame = g_strconcat ("SEND\ndestination:/queue/slow\n\n", body, NULL);

  peer_subscribe (slow, "slow", "auto");
  g_source_destroy (slow->source);
  g_source_unref (slow->source);
  Peer *sender = peer_new_logged_in ();
  for (guint i = 0; i < 60; i++)
    peer_say (sender, frame);
  peer_say (sender, "SEND\ndestination:/queue/slow\nreceipt:last\n\nthe last");
  peer_subscribe (sender, "other", "auto");
  ck_assert_ptr_null (strstr (sender->input->str, "receipt-id:last"));
  peer_listen (slow);
  peer_hear (sender, "receipt-id:last\n");
  peer_hear (slow, "\n\nthe last^");
  ck_assert_uint_gt (slow->input->len, 60 * 200 * 1024);
  peer_free (slow);
  peer_free (sender);
}
END_TEST

/* Who never reads its receipts is ended before they fill the memory. */
START_TEST (test_unread_answers)
{
  settings.output_bytes = 4096;
  settings.patience = 100 * G_TIME_SPAN_MILLISECOND;

  Peer *peer = peer_new_logged_in ();
  g_autofree char *id = g_strnfill (1000, 'r');
  GString *both = g_string_new (NULL);
  GError *error = NULL;

  g_string_append_printf (both, "SUBSCRIBE\nid:s\ndestination:/queue/q\nreceipt:%s\n\n^", id);
  g_string_append_printf (both, "UNSUBSCRIBE\nid:s\nreceipt:%s\n\n^", id);
  g_strdelimit (both->str, "^", '\0');
  g_source_destroy (peer->source);
  for (gsize at = 0; stomp_broker_get_connections (broker) > 0 && error == NULL;) {
    gssize count = g_socket_send_with_blocking (peer->socket, both->str + at, both->len - at, FALSE, NULL, &error);
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      g_clear_error (&error);
    at = (at + (gsize)MAX (count, 0)) % both->len;
    g_main_context_iteration (NULL, FALSE);
  }
  g_string_free (both, TRUE);
  g_clear_error (&error);
  ck_assert_uint_eq (stomp_broker_get_connections (broker), 0);
  peer_free (peer);
}
END_TEST

/* It passes: no reason to give a message up, as one that is too large would be. */
START_TEST (test_full_queue)
{
  Peer *peer = peer_new_logged_in ();
  VnfmTestCall refused = {};

  settings.queue_limit = 1;
  peer_say (peer, "SEND\ndestination:/queue/absent\n\nfirst");
  peer_say (peer, "SEND\ndestination:/queue/absent\nreceipt:r\n\nsecond");
  peer_hear (peer, "receipt-id:r\nvnfm-refused:refused the queue absent is full\n");
  publish ("absent", "third", &refused);
  expect_failure (&refused, VNFM_ERROR_REFUSED);
  peer_free (peer);
}
END_TEST

/* ---- what readers and senders that go away leave behind */

static void
say_ack (Peer *peer, const char *command)
{
  g_autofree char *ack = peer_dup_ack (peer);
  g_autofree char *frame = g_strdup_printf ("%s\nid:%s\n\n", command, ack);

  g_string_truncate (peer->input, 0);
  peer_say (peer, frame);
}

/* Refused is not received: another reader gets it, and in the end its sender is told. */
START_TEST (test_nack)
{
  Peer *sender = peer_new_logged_in ();
  Peer *first = peer_new_logged_in ();

  peer_subscribe (first, "q", "client-individual");
  peer_say (sender, "SEND\ndestination:/queue/q\nreceipt:r1\n\none");
  peer_hear (first, "\n\none^");
  Peer *second = peer_new_logged_in ();
  peer_subscribe (second, "q", "client-individual");
  say_ack (first, "NACK");
  peer_hear (second, "\n\none^");
  ck_assert_ptr_nonnull (strstr (second->input->str, "redelivered:true\n"));
  ck_assert_ptr_null (strstr (sender->input->str, "receipt-id"));
  say_ack (second, "ACK");
  peer_hear (sender, "receipt-id:r1\n\n");
  peer_free (second);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (2));

  peer_say (sender, "SEND\ndestination:/queue/q\nreceipt:r2\n\ntwo");
  for (guint i = 0; i < 5; i++) {
    peer_hear (first, "\n\ntwo^");
    say_ack (first, "NACK");
  }
  peer_hear (sender, "receipt-id:r2\nvnfm-refused:refused the readers of q refuse it\n");
  peer_free (first);
  peer_free (sender);
}
END_TEST

START_TEST (test_order_after_two_deaths)
{
  Peer *sender = peer_new_logged_in ();
  Peer *readers[] = { peer_new_logged_in (), peer_new_logged_in () };

  for (guint i = 0; i < 2; i++)
    peer_subscribe (readers[i], "q", "client-individual");
  for (guint i = 0; i < 4; i++) {
    g_autofree char *frame = g_strdup_printf ("SEND\ndestination:/queue/q\n\nm%u", i);
    peer_say (sender, frame);
  }
  peer_hear (readers[0], "\n\nm2^");
  peer_hear (readers[1], "\n\nm3^");
  peer_free (readers[0]);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (2));
  peer_free (readers[1]);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (1));
  stomp_broker_subscribe (broker, "q", NULL);
  ck_assert_str_eq (taken->str, "m0!m1!m2!m3!");
  peer_free (sender);
}
END_TEST

/* In the mode auto a message is with its reader when it is written, not when it waits to be. */
START_TEST (test_auto_reader_dies)
{
  Peer *slow = peer_new_logged_in ();
  Peer *sender = peer_new_logged_in ();
  g_autofree char *body = g_strnfill (250 * 1024, 'x');

  peer_subscribe (slow, "slow", "auto");
  g_source_destroy (slow->source);
  for (guint i = 0; i < 60; i++) {
    g_autofree char *frame = g_strdup_printf ("SEND\ndestination:/queue/slow\nreceipt:r%u\n\n%s", i, body);
    peer_say (sender, frame);
  }
  peer_hear (sender, "receipt-id:r0\n");
  peer_subscribe (sender, "other", "auto");
  ck_assert_ptr_null (strstr (sender->input->str, "receipt-id:r59\n"));
  peer_free (slow);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (1));
  stomp_broker_subscribe (broker, "slow", NULL);
  ck_assert_ptr_nonnull (strstr (taken->str, "x!x")); /* it was being written */
  ck_assert_uint_gt (taken->len, 250 * 1024);
  peer_free (sender);
}
END_TEST

/* Another machine that gets the same name must not get them. */
START_TEST (test_commands_whose_reader_stays_away)
{
  Peer *agent = peer_new_logged_in ();
  VnfmTestCall held = {}, waits = {};

  settings.reader_timeout = 50 * G_TIME_SPAN_MILLISECOND;
  settings.prefetch = 1;
  peer_subscribe (agent, "vnfm.host-1.actions", "client-individual");
  publish ("vnfm.host-1.actions", "held", &held);
  publish ("vnfm.host-1.actions", "waits", &waits);
  peer_hear (agent, "\n\nheld^");
  peer_free (agent);
  expect_failure (&held, VNFM_ERROR_UNKNOWN_OUTCOME);
  expect_failure (&waits, VNFM_ERROR_NOT_FOUND);
  agent = peer_new_logged_in ();
  peer_subscribe (agent, "vnfm.host-1.actions", "client-individual");
  peer_subscribe (agent, "other\nid:o", "auto");
  ck_assert_ptr_null (strstr (agent->input->str, "MESSAGE"));
  peer_free (agent);
}
END_TEST

/* A reader that is back in time gets them, and what is no command waits as long as its sender does. */
START_TEST (test_reader_comes_back)
{
  Peer *sender = peer_new_logged_in ();
  Peer *gone = peer_new_logged_in ();

  settings.reader_timeout = 50 * G_TIME_SPAN_MILLISECOND;
  peer_say (sender, "SEND\ndestination:/queue/vnfm.nfvo.actions\nreceipt:r1\n\nkept");
  peer_say (gone, "SEND\ndestination:/queue/vnfm.nfvo.actions\nreceipt:r2\n\ndropped");
  peer_say (gone, "DISCONNECT\nreceipt:bye\n\n");
  peer_hear (gone, "receipt-id:bye\n");
  peer_free (gone);
  for (gint64 end = g_get_monotonic_time () + 4 * settings.reader_timeout; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  stomp_broker_subscribe (broker, "vnfm.nfvo.actions", NULL);
  ck_assert_str_eq (taken->str, "kept.");
  stomp_broker_ack (broker, last_token);
  peer_hear (sender, "receipt-id:r1\n\n");
  peer_free (sender);
}
END_TEST

START_TEST (test_ack_after_unsubscribe)
{
  Peer *peer = peer_new_logged_in ();

  peer_subscribe (peer, "q", "client-individual");
  peer_say (peer, "SEND\ndestination:/queue/q\nreceipt:r\nown:a\\cb\n\nx");
  peer_hear (peer, "\n\nx^");
  ck_assert_ptr_nonnull (strstr (peer->input->str, "\nown:a\\cb\n"));
  g_autofree char *ack = peer_dup_ack (peer);
  g_autofree char *frame = g_strdup_printf ("ACK\nid:%s\nreceipt:ack\n\n", ack);
  peer_say (peer, "UNSUBSCRIBE\nid:s\nreceipt:u\n\n");
  peer_say (peer, frame);
  peer_hear (peer, "receipt-id:r\n\n");
  peer_hear (peer, "receipt-id:ack\n\n");
  peer_free (peer);
}
END_TEST

/* ---- memory */

START_TEST (test_one_connection_sends_much)
{
  Peer *peer = peer_new_logged_in ();
  Peer *other = peer_new_logged_in ();

  settings.connection_limit = 2;
  peer_say (peer, "SEND\ndestination:/queue/a\n\nx");
  peer_say (peer, "SEND\ndestination:/queue/b\n\nx");
  peer_say (peer, "SEND\ndestination:/queue/c\nreceipt:r\n\nx");
  peer_hear (peer, "receipt-id:r\nvnfm-refused:refused 2 messages of this connection wait");
  peer_say (other, "SEND\ndestination:/queue/c\nreceipt:r\n\ngood");
  stomp_broker_subscribe (broker, "c", NULL);
  vnfm_test_wait_until (is_taken, (gpointer) "good.");
  stomp_broker_ack (broker, last_token);
  peer_hear (other, "receipt-id:r\n\n");
  peer_free (peer);
  peer_free (other);
}
END_TEST

static void
say_big (Peer *peer, guint number)
{
  g_autofree char *body = g_strnfill (200 * 1024, 'x');
  g_autofree char *frame = g_strdup_printf ("SEND\ndestination:/queue/big-%u\nreceipt:r%u\n\n%s", number, number, body);

  peer_say (peer, frame);
}

/* All connections together get no more than the broker has, and it is free again when they are gone. */
START_TEST (test_memory)
{
  StompAccount *account = stomp_broker_get_account (broker);
  StompAccount *unfinished = stomp_broker_get_unfinished (broker);
  const char *head = "SEND\ndestination:/queue/q\ncontent-length:262144\n\n";
  const char *last_head = "SEND\ndestination:/queue/q\nreceipt:z\ncontent-length:262144\n\n";
  Peer *half[4];

  account->limit = 1024 * 1024;
  unfinished->limit = 1024 * 1024;
  for (guint round = 0; round < 2; round++) {
    Peer *peer = peer_new_logged_in ();
    settings.reader_timeout = 10 * G_TIME_SPAN_MILLISECOND;
    for (guint i = 0; i < 6; i++)
      say_big (peer, i);
    peer_hear (peer, "receipt-id:r5\nvnfm-refused:refused the broker is full\n");
    ck_assert_uint_le (account->used, account->limit);
    peer_free (peer);
    vnfm_test_wait_until (is_empty, account);
  }

  for (guint i = 0; i < 4; i++) {
    g_autofree char *body = g_strnfill (255 * 1024, 'x');
    half[i] = peer_new_logged_in ();
    peer_say_bytes (half[i], head, strlen (head));
    peer_say_bytes (half[i], body, 255 * 1024);
  }
  Peer *late = peer_new_logged_in ();
  g_autofree char *body = g_strnfill (100 * 1024, 'x');
  peer_say_bytes (late, last_head, strlen (last_head));
  peer_say_bytes (late, body, 100 * 1024);
  peer_hear (late, "ERROR\nmessage:the broker has no room for the rest of this frame\n");
  peer_hear (late, "receipt-id:z\n");
  peer_free (late);
  for (guint i = 0; i < 4; i++)
    peer_free (half[i]);
  vnfm_test_wait_until (is_empty, unfinished);
}
END_TEST

START_TEST (test_many_connections)
{
  enum { MANY = 300 };
  Peer *peers[MANY];

  settings.queue_limit = MANY;
  for (guint i = 0; i < MANY; i++)
    peers[i] = peer_new ();
  for (guint i = 0; i < MANY; i++) {
    g_autofree char *frame =
        g_strdup_printf ("%s%cSUBSCRIBE\nid:s\ndestination:/queue/vnfm.h%u.actions\n\n", CONNECT, 1, i);
    gsize length = strlen (frame);
    *strchr (frame, 1) = '\0';
    peer_say_bytes (peers[i], frame, length + 1);
    peer_say (peers[i], "SEND\ndestination:/queue/nobody\nreceipt:none\n\n");
  }
  for (guint i = 0; i < MANY; i++)
    peer_hear (peers[i], "CONNECTED\n");
  ck_assert_uint_eq (stomp_broker_get_connections (broker), MANY);
  for (guint i = 0; i < MANY; i++) {
    g_autofree char *queue = g_strdup_printf ("vnfm.h%u.actions", i);
    g_autofree char *text = g_strdup_printf ("for %u", i);
    g_autofree char *heard = g_strdup_printf ("\n\nfor %u^", i);
    VnfmTestCall call = {};
    publish (queue, text, &call);
    g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
    ck_assert (g_task_propagate_boolean (G_TASK (result), NULL));
    peer_hear (peers[i], heard);
  }
  for (guint i = 0; i < MANY; i++)
    peer_free (peers[i]);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (0));
}
END_TEST

/* ---- our own client */

static StompConnection *client;

static void
client_got (gpointer tag, VnfmEnvelope *envelope, guint64 token, gpointer owner)
{
}

static void
client_lost (const GError *error, gpointer owner)
{
  g_clear_pointer (&client, stomp_connection_free);
}

/* As the transport does: whoever hears the good-bye frees the connection. */
static void
good_bye_said (GObject *source, GAsyncResult *result, gpointer call)
{
  g_clear_pointer (&client, stomp_connection_free);
  vnfm_test_got_result (source, result, call);
}

/* The broker says good-bye, or is gone before it can. */
START_TEST (test_good_bye)
{
  static const StompConnectionFuncs funcs = { client_got, client_lost };
  StompConnectionSettings wanted = {
    "127.0.0.1", port, "/", "me", "secret", 0, G_TIME_SPAN_MINUTE, 10, settings.limits
  };
  VnfmTestCall opened = {}, sent = {}, left = {};
  g_autoptr (GBytes) body = g_bytes_new_static ("x", 1);
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);
  g_autoptr (GError) error = NULL;

  stomp_connection_open_async (test_clock, &wanted, &funcs, NULL, NULL, vnfm_test_got_result, &opened);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&opened);
  client = stomp_connection_open_finish (result, &error);
  ck_assert_no_error (error);
  stomp_connection_send (client, "/queue/absent", envelope, g_task_new (NULL, NULL, vnfm_test_got_result, &sent));
  stomp_connection_disconnect (client, g_task_new (NULL, NULL, good_bye_said, &left));
  if (_i == 1)
    g_clear_pointer (&broker, stomp_broker_free);
  g_autoptr (GAsyncResult) good_bye = vnfm_test_wait (&left);
  ck_assert (g_task_propagate_boolean (G_TASK (good_bye), NULL));
  ck_assert_ptr_null (client);
  expect_failure (&sent, VNFM_ERROR_UNKNOWN_OUTCOME); /* the good-bye is no receipt for what was sent */
}
END_TEST

static Suite *
stomp_broker_suite (void)
{
  Suite *suite = suite_create ("stomp-broker");
  TCase *tcase = tcase_create ("broker");

  tcase_set_timeout (tcase, 60);
  tcase_add_checked_fixture (tcase, set_up, tear_down);
  tcase_add_test (tcase, test_login);
  tcase_add_test (tcase, test_body_before_login);
  tcase_add_test (tcase, test_receipt_after_ack);
  tcase_add_test (tcase, test_sent_again);
  tcase_add_test (tcase, test_redelivery);
  tcase_add_test (tcase, test_two_subscriptions_die);
  tcase_add_test (tcase, test_commands_without_reader);
  tcase_add_test (tcase, test_closed_while_messages_wait);
  tcase_add_test (tcase, test_oversized_body);
  tcase_add_loop_test (tcase, test_malformed, 0, G_N_ELEMENTS (malformed));
  tcase_add_test (tcase, test_slow_reader);
  tcase_add_test (tcase, test_unread_answers);
  tcase_add_test (tcase, test_full_queue);
  tcase_add_test (tcase, test_nack);
  tcase_add_test (tcase, test_order_after_two_deaths);
  tcase_add_test (tcase, test_auto_reader_dies);
  tcase_add_test (tcase, test_commands_whose_reader_stays_away);
  tcase_add_test (tcase, test_reader_comes_back);
  tcase_add_test (tcase, test_ack_after_unsubscribe);
  tcase_add_test (tcase, test_one_connection_sends_much);
  tcase_add_test (tcase, test_memory);
  tcase_add_test (tcase, test_many_connections);
  tcase_add_loop_test (tcase, test_good_bye, 0, 2);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (stomp_broker_suite)
