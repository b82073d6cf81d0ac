/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of namespace machines: addresses, the messages to the helper, and what ip(8) is told. */
#include "config.h"

#include "core/nfvo/machines/helper-link.h"
#include "core/nfvo/machines/helper/helper.h"
#include "core/nfvo/machines/plan.h"
#include "tests/support/vnfm-test.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ID "00000000-0000-4000-8000-000000000001"

/* ---- addresses */

START_TEST (networks_are_numbered_once)
{
  g_autoptr (NfvoPlan) plan = nfvo_plan_new ();
  g_autoptr (GError) error = NULL;
  gboolean added;

  ck_assert_uint_eq (nfvo_plan_add_network (plan, "red", &added, &error), 1);
  ck_assert (added);
  ck_assert_uint_eq (nfvo_plan_add_network (plan, "blue", &added, &error), 2);
  ck_assert (added);
  ck_assert_uint_eq (nfvo_plan_add_network (plan, "red", &added, &error), 1);
  ck_assert (!added);
  ck_assert_uint_eq (nfvo_plan_count_networks (plan), 2);
  ck_assert_no_error (error);
}
END_TEST

START_TEST (too_many_networks_are_refused)
{
  g_autoptr (NfvoPlan) plan = nfvo_plan_new ();
  g_autoptr (GError) error = NULL;
  gboolean added;
  guint last = 0;

  for (guint i = 0; i < 1000 && error == NULL; i++) {
    g_autofree char *name = g_strdup_printf ("network %u", i);
    guint number = nfvo_plan_add_network (plan, name, &added, &error);
    last = number != 0 ? number : last;
  }
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_LIMIT));
  ck_assert_uint_ge (last, 100);
  ck_assert_uint_lt (last, 255); /* the pool of floating addresses is 10.255 */
}
END_TEST

static void
add_address (GHashTable *seen, char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  ck_assert_msg (address != NULL, "%s is no address", text);
  ck_assert_msg (!g_str_has_suffix (text, ".0") && !g_str_has_suffix (text, ".255"), "%s", text);
  ck_assert_msg (g_hash_table_add (seen, text), "%s is there twice", text);
}

START_TEST (every_address_is_another_one)
{
  g_autoptr (NfvoPlan) plan = nfvo_plan_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  guint machine = 0;
  guint n = 0;

  for (guint network = 1; network <= 2; network++) {
    add_address (seen, nfvo_plan_dup_ipv4 (network, 0));
    add_address (seen, nfvo_plan_dup_ipv6 (network, 0));
  }
  while ((machine = nfvo_plan_add_machine (plan, &error)) != 0) {
    for (guint network = 1; network <= 2; network++) {
      add_address (seen, nfvo_plan_dup_ipv4 (network, machine));
      add_address (seen, nfvo_plan_dup_ipv6 (network, machine));
      add_address (seen, nfvo_plan_dup_floating (machine, network));
    }
    n++;
  }
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_LIMIT));
  ck_assert_uint_ge (n, 1000);
}
END_TEST

START_TEST (addresses_are_those_that_are_documented)
{
  g_autofree char *bridge = nfvo_plan_dup_bridge (1);
  g_autofree char *cloud4 = nfvo_plan_dup_ipv4 (1, 0);
  g_autofree char *cloud6 = nfvo_plan_dup_ipv6 (1, 0);
  g_autofree char *first4 = nfvo_plan_dup_ipv4 (2, 1);
  g_autofree char *first6 = nfvo_plan_dup_ipv6 (2, 1);
  g_autofree char *floating = nfvo_plan_dup_floating (1, 0);

  ck_assert_str_eq (bridge, "br0");
  ck_assert_str_eq (cloud4, "10.1.0.1");
  ck_assert_str_eq (cloud6, "fd00:0:0:1::1");
  ck_assert_str_eq (first4, "10.2.0.2");
  ck_assert_str_eq (first6, "fd00:0:0:2::2");
  ck_assert (g_str_has_prefix (floating, "10.255."));
}
END_TEST

/* ---- orders */

static HelperOrder *
make_order (void)
{
  HelperOrder *order = helper_order_new (ID, "web-1", "/run/machines/web-1", "#!/bin/sh\necho \xc3\xa4\n");

  order->environment = g_strsplit ("A=1|B=two words", "|", -1);
  order->binds = g_strsplit ("/opt/build", "|", -1);
  helper_order_add_nic (order, "br0", "10.1.0.2/16", "fd00:0:0:1::2/64", "10.1.0.1", "fd00:0:0:1::1", "");
  helper_order_add_nic (order, "br1", "10.2.0.2/16", "fd00:0:0:2::2/64", "", "", "10.255.0.3");
  return order;
}

static HelperOrder *
unpack (GVariant *packed, GError **error)
{
  g_autoptr (GVariant) body = g_variant_ref_sink (packed);

  return helper_order_unpack (body, error);
}

START_TEST (an_order_arrives_as_it_was)
{
  g_autoptr (HelperOrder) order = make_order ();
  g_autoptr (GError) error = NULL;
  g_autoptr (HelperOrder) read = unpack (helper_order_pack (order), &error);

  ck_assert_no_error (error);
  ck_assert_str_eq (read->id, order->id);
  ck_assert_str_eq (read->hostname, order->hostname);
  ck_assert_str_eq (read->folder, order->folder);
  ck_assert_str_eq (read->user_data, order->user_data);
  ck_assert (g_strv_equal ((const char *const *)read->environment, (const char *const *)order->environment));
  ck_assert (g_strv_equal ((const char *const *)read->binds, (const char *const *)order->binds));
  ck_assert_uint_eq (read->nics->len, 2);
  HelperNic *second = g_ptr_array_index (read->nics, 1);
  ck_assert_str_eq (second->bridge, "br1");
  ck_assert_str_eq (second->address4, "10.2.0.2/16");
  ck_assert_str_eq (second->address6, "fd00:0:0:2::2/64");
  ck_assert_str_eq (second->gateway4, "");
  ck_assert_str_eq (second->floating, "10.255.0.3");
}
END_TEST

static void
replace (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

/* Texts that would become something else in a command or a path. */
static const struct {
  const char *what;
  const char *value;
} bad_orders[] = {
  { "id", "1" },
  { "id", "../../etc" },
  { "hostname", "" },
  { "hostname", "-web" },
  {
      "hostname",
      "..",
  },
  { "hostname", "a b" },
  { "hostname", "a/b" },
  { "hostname", "a\nb" },
  { "hostname", "0123456789012345678901234567890123456789012345678901234567890123456789" },
  { "folder", "relative" },
  { "folder", "/" },
  { "folder", "/a/../b" },
  { "bind", "relative" },
  { "bind", "/" },
  { "bridge", "" },
  { "bridge", "br0 up" },
  { "bridge", "a-very-long-name-of-a-bridge" },
  { "address4", "10.1.0.2" },
  { "address4", "10.1.0.2/16\nlink del lo" },
  { "address4", "fd00::1/64" },
  { "address6", "10.1.0.2/16" },
  { "address6", "fd00::1/129" },
  { "gateway4", "default" },
  { "gateway4", "10.1.0.1/16" },
  { "gateway6", "10.1.0.1" },
  { "gateway6", "fe80::1%eth0" },
  { "floating", "fd00::1" },
  { "floating", "10.1" },
};

START_TEST (a_bad_order_is_refused)
{
  g_autoptr (HelperOrder) order = make_order ();
  HelperNic *nic = g_ptr_array_index (order->nics, 0);
  const char *what = bad_orders[_i].what;
  const char *value = bad_orders[_i].value;
  g_autoptr (GError) error = NULL;
  const struct {
    const char *name;
    char **field;
  } fields[] = {
    { "id", &order->id },           { "hostname", &order->hostname }, { "folder", &order->folder },
    { "bind", &order->binds[0] },   { "bridge", &nic->bridge },       { "address4", &nic->address4 },
    { "address6", &nic->address6 }, { "gateway4", &nic->gateway4 },   { "gateway6", &nic->gateway6 },
    { "floating", &nic->floating },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].name, what))
      replace (fields[i].field, value);
  g_autoptr (HelperOrder) read = unpack (helper_order_pack (order), &error);
  ck_assert_msg (read == NULL, "%s \"%s\" was taken", what, value);
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_INVALID));
  ck_assert_ptr_nonnull (strstr (error->message, value));
}
END_TEST

START_TEST (too_many_interfaces_are_refused)
{
  g_autoptr (HelperOrder) order = make_order ();
  g_autoptr (GError) error = NULL;

  while (order->nics->len <= HELPER_MAX_NICS)
    helper_order_add_nic (order, "br0", "10.1.0.2/16", "fd00::2/64", "", "", "");
  g_autoptr (HelperOrder) read = unpack (helper_order_pack (order), &error);
  ck_assert_ptr_null (read);
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_LIMIT));
}
END_TEST

START_TEST (a_body_of_another_type_is_refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelperOrder) read = unpack (g_variant_new_string ("start"), &error);

  ck_assert_ptr_null (read);
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_INVALID));
}
END_TEST

/* ---- messages */

START_TEST (messages_are_read_in_pieces)
{
  g_autoptr (GBytes) one = helper_message_pack (7, HELPER_STOP, g_variant_new_string (ID));
  g_autoptr (GBytes) two = helper_message_pack (8, HELPER_DONE, g_variant_new_int32 (42));
  g_autoptr (GByteArray) all = g_byte_array_new ();

  g_byte_array_append (all, g_bytes_get_data (one, NULL), (guint)g_bytes_get_size (one));
  g_byte_array_append (all, g_bytes_get_data (two, NULL), (guint)g_bytes_get_size (two));
  for (guint size = 1; size <= all->len; size++) {
    g_autoptr (HelperReader) reader = helper_reader_new ();
    g_autoptr (GError) error = NULL;
    GVariant *message;
    guint n = 0;
    for (guint at = 0; at < all->len; at += size) {
      helper_reader_feed (reader, all->data + at, MIN (size, all->len - at));
      while ((message = helper_reader_next (reader, &error)) != NULL) {
        g_autoptr (GVariant) body = NULL;
        guint32 serial;
        const char *verb;
        g_variant_get (message, "(u&sv)", &serial, &verb, &body);
        ck_assert_uint_eq (serial, 7 + n);
        ck_assert_str_eq (verb, n == 0 ? HELPER_STOP : HELPER_DONE);
        if (n == 0)
          ck_assert_str_eq (g_variant_get_string (body, NULL), ID);
        else
          ck_assert_int_eq (g_variant_get_int32 (body), 42);
        n++;
        g_variant_unref (message);
      }
      ck_assert_no_error (error);
    }
    ck_assert_uint_eq (n, 2);
  }
}
END_TEST

START_TEST (a_message_that_is_none_is_refused)
{
  static const guint32 length = 12;
  static const guint8 nonsense[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, 255 };
  g_autoptr (HelperReader) reader = helper_reader_new ();
  g_autoptr (GError) error = NULL;

  helper_reader_feed (reader, &length, sizeof length);
  helper_reader_feed (reader, nonsense, sizeof nonsense);
  ck_assert_ptr_null (helper_reader_next (reader, &error));
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_INVALID));
}
END_TEST

START_TEST (a_message_without_end_is_refused)
{
  static const guint32 length = HELPER_MAX_MESSAGE + 1;
  g_autoptr (HelperReader) reader = helper_reader_new ();
  g_autoptr (GError) error = NULL;

  helper_reader_feed (reader, &length, sizeof length);
  ck_assert_ptr_null (helper_reader_next (reader, &error));
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_LIMIT));
}
END_TEST

START_TEST (a_bridge_is_checked)
{
  g_autoptr (GVariant) good = g_variant_ref_sink (g_variant_new ("(sss)", "br0", "10.1.0.1/16", "fd00::1/64"));
  g_autoptr (GVariant) bad = g_variant_ref_sink (g_variant_new ("(sss)", "br0 up", "10.1.0.1/16", "fd00::1/64"));
  g_autofree char *name = NULL;
  g_autofree char *address4 = NULL;
  g_autofree char *address6 = NULL;
  g_autoptr (GError) error = NULL;

  ck_assert (!helper_bridge_unpack (bad, &name, &address4, &address6, &error));
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_INVALID));
  g_clear_error (&error);
  ck_assert (helper_bridge_unpack (good, &name, &address4, &address6, &error));
  ck_assert_no_error (error);
  ck_assert_str_eq (name, "br0");
  ck_assert_str_eq (address4, "10.1.0.1/16");
  ck_assert_str_eq (address6, "fd00::1/64");
}
END_TEST

/* ---- the connection; the test is the helper */

static NfvoHelperLink *
open_link (int *peer)
{
  g_autofree char *number = NULL;
  g_autoptr (GError) error = NULL;
  int ends[2];

  ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), 0);
  number = g_strdup_printf ("%d", ends[1]);
  g_setenv (HELPER_SOCKET_VARIABLE, number, TRUE);
  NfvoHelperLink *link = nfvo_helper_link_new (&error);
  ck_assert_no_error (error);
  *peer = ends[0];
  return link;
}

static void
answer (int peer, guint32 serial, const char *verb, GVariant *body)
{
  g_autoptr (GBytes) bytes = helper_message_pack (serial, verb, body);

  ck_assert_int_eq (write (peer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)),
                    (gssize)g_bytes_get_size (bytes));
}

static void
count (NfvoHelperLink *link, const char *text, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
note_user_data (NfvoHelperLink *link, const char *id, int status, gpointer user_data)
{
  ck_assert_str_eq (id, ID);
  *(int *)user_data = status;
}

START_TEST (answers_find_their_requests_in_any_order)
{
  int peer;
  g_autoptr (NfvoHelperLink) link = open_link (&peer);
  VnfmTestCall first = { NULL };
  VnfmTestCall second = { NULL };
  g_autoptr (GError) error = NULL;
  int number = 0;
  int status = 0;

  ck_assert (!nfvo_helper_link_is_there ()); /* nothing for those who are started from here */
  g_signal_connect (link, "user-data", G_CALLBACK (note_user_data), &status);
  nfvo_helper_link_ask_async (link, HELPER_STOP, g_variant_new_string (ID), vnfm_test_got_result, &first);
  nfvo_helper_link_ask_async (link, HELPER_STOP, g_variant_new_string (ID), vnfm_test_got_result, &second);
  answer (peer, 9, HELPER_DONE, g_variant_new_int32 (1)); /* nobody asked that */
  answer (peer, 2, HELPER_FAILED, g_variant_new_string ("this is on purpose"));
  answer (peer, 0, HELPER_USER_DATA, g_variant_new ("(si)", ID, 768));
  answer (peer, 1, HELPER_DONE, g_variant_new_int32 (42));
  g_autoptr (GAsyncResult) first_result = vnfm_test_wait (&first);
  ck_assert (nfvo_helper_link_ask_finish (link, first_result, &number, &error));
  ck_assert_no_error (error);
  ck_assert_int_eq (number, 42);
  ck_assert_int_eq (status, 768);
  g_autoptr (GAsyncResult) second_result = vnfm_test_wait (&second);
  ck_assert (!nfvo_helper_link_ask_finish (link, second_result, NULL, &error));
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_FAILED));
  ck_assert_str_eq (error->message, "this is on purpose");
  close (peer);
}
END_TEST

START_TEST (what_is_asked_of_a_lost_helper_fails)
{
  int peer;
  g_autoptr (NfvoHelperLink) link = open_link (&peer);
  VnfmTestCall before = { NULL };
  VnfmTestCall after = { NULL };
  g_autoptr (GError) error = NULL;
  guint lost = 0;

  g_signal_connect (link, "lost", G_CALLBACK (count), &lost);
  nfvo_helper_link_ask_async (link, HELPER_STOP, g_variant_new_string (ID), vnfm_test_got_result, &before);
  close (peer);
  g_autoptr (GAsyncResult) before_result = vnfm_test_wait (&before);
  ck_assert (!nfvo_helper_link_ask_finish (link, before_result, NULL, &error));
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE));
  g_clear_error (&error);
  ck_assert_uint_eq (lost, 1);
  nfvo_helper_link_ask_async (link, HELPER_STOP, g_variant_new_string (ID), vnfm_test_got_result, &after);
  g_autoptr (GAsyncResult) after_result = vnfm_test_wait (&after);
  ck_assert (!nfvo_helper_link_ask_finish (link, after_result, NULL, &error));
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE));
  ck_assert_uint_eq (lost, 1);
}
END_TEST

START_TEST (without_a_helper_there_is_no_connection)
{
  g_autoptr (GError) error = NULL;

  g_unsetenv (HELPER_SOCKET_VARIABLE);
  ck_assert (!nfvo_helper_link_is_there ());
  ck_assert_ptr_null (nfvo_helper_link_new (&error));
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE));
}
END_TEST

/* ---- what ip(8) is told */

START_TEST (interfaces_are_made_inside)
{
  g_autoptr (HelperOrder) order = make_order ();
  g_autofree char *text = helper_network_inside (order, 5, "/proc/self/fd/9");

  ck_assert_str_eq (text, "link set lo up\n"
                          "link add eth0 type veth peer name m5n0 netns /proc/self/fd/9\n"
                          "address add 10.1.0.2/16 dev eth0\n"
                          "address add fd00:0:0:1::2/64 dev eth0 nodad\n"
                          "link set eth0 up\n"
                          "link add eth1 type veth peer name m5n1 netns /proc/self/fd/9\n"
                          "address add 10.2.0.2/16 dev eth1\n"
                          "address add fd00:0:0:2::2/64 dev eth1 nodad\n"
                          "address add 10.255.0.3/32 dev lo\n"
                          "link set eth1 up\n"
                          "route add default via 10.1.0.1 dev eth0\n"
                          "route add default via fd00:0:0:1::1 dev eth0\n");
}
END_TEST

START_TEST (their_other_ends_are_plugged_in_outside)
{
  g_autoptr (HelperOrder) order = make_order ();
  g_autofree char *text = helper_network_outside (order, 5);

  ck_assert_str_eq (text, "link set m5n0 master br0 up\n"
                          "link set m5n1 master br1 up\n"
                          "route replace 10.255.0.3/32 via 10.2.0.2 dev br1\n");
}
END_TEST

START_TEST (bridges_differ_in_their_link_address)
{
  g_autofree char *one = helper_network_bridge ("br0", "10.1.0.1/16", "fd00:0:0:1::1/64");
  g_autofree char *two = helper_network_bridge ("br1", "10.1.0.1/16", "fd00:0:0:1::1/64");

  ck_assert (g_str_has_prefix (one, "link add br0 address 02:"));
  ck_assert_ptr_nonnull (strstr (one, "\naddress add 10.1.0.1/16 dev br0\n"));
  ck_assert_ptr_nonnull (strstr (one, "\naddress add fd00:0:0:1::1/64 dev br0 nodad\n"));
  ck_assert (g_str_has_suffix (one, "\nlink set br0 up\n"));
  ck_assert (!g_str_has_prefix (two + strlen ("link add br1 "), "address 02:00:00:00:00:00"));
  ck_assert_mem_ne (one + strlen ("link add br0 "), two + strlen ("link add br1 "),
                    strlen ("address 02:00:00:00:00:00"));
}
END_TEST

static Suite *
suite (void)
{
  Suite *suite = suite_create ("namespace-machines");
  TCase *addresses = tcase_create ("addresses");
  TCase *orders = tcase_create ("orders");
  TCase *messages = tcase_create ("messages");
  TCase *connection = tcase_create ("connection");
  TCase *texts = tcase_create ("texts");

  tcase_add_test (addresses, networks_are_numbered_once);
  tcase_add_test (addresses, too_many_networks_are_refused);
  tcase_add_test (addresses, every_address_is_another_one);
  tcase_add_test (addresses, addresses_are_those_that_are_documented);
  suite_add_tcase (suite, addresses);
  tcase_add_test (orders, an_order_arrives_as_it_was);
  tcase_add_loop_test (orders, a_bad_order_is_refused, 0, G_N_ELEMENTS (bad_orders));
  tcase_add_test (orders, too_many_interfaces_are_refused);
  tcase_add_test (orders, a_body_of_another_type_is_refused);
  suite_add_tcase (suite, orders);
  tcase_add_test (messages, messages_are_read_in_pieces);
  tcase_add_test (messages, a_message_that_is_none_is_refused);
  tcase_add_test (messages, a_message_without_end_is_refused);
  tcase_add_test (messages, a_bridge_is_checked);
  suite_add_tcase (suite, messages);
  tcase_add_test (connection, answers_find_their_requests_in_any_order);
  tcase_add_test (connection, what_is_asked_of_a_lost_helper_fails);
  tcase_add_test (connection, without_a_helper_there_is_no_connection);
  suite_add_tcase (suite, connection);
  tcase_add_test (texts, interfaces_are_made_inside);
  tcase_add_test (texts, their_other_ends_are_plugged_in_outside);
  tcase_add_test (texts, bridges_differ_in_their_link_address);
  suite_add_tcase (suite, texts);
  return suite;
}

VNFM_TEST_MAIN (suite)
