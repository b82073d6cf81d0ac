/* SPDX-License-Identifier: Apache-2.0 */
/* By which login a VNFR's agents come, what they may do, and who may not come any more. */
#include "config.h"

#include "plugins/ems-agent/agent-logins.h"
#include "plugins/ems-agent/agent-secret.h"
#include "tests/support/vnfm-test.h"

#include <string.h>

#define SECRET "0123456789abcdef0123456789abcdef"
#define PEER   "192.0.2.1:1234"

static AgentRegistry *registry;
static AgentLogins *logins;

static void
set_up (void)
{
  registry = agent_registry_new (SECRET, TRUE, 10);
  logins = agent_logins_new (registry, 2);
}

static void
tear_down (void)
{
  g_clear_pointer (&logins, agent_logins_free);
  g_clear_pointer (&registry, agent_registry_free);
}

static void
expect_host (const char *host, const char *vnfr_id)
{
  gboolean changed = FALSE;

  agent_registry_expect (registry, host, vnfr_id, 1, &changed);
}

static VnfmVerdict
come_in (const char *login, const char *vnfr_of_token)
{
  g_autofree char *token = agent_secret_token (SECRET, vnfr_of_token);

  return agent_logins_check (logins, login, token, PEER, 5);
}

START_TEST (names)
{
  g_autofree char *login = agent_login_new ("vnfr-1");
  g_autofree char *name = g_strnfill (129, 'x');
  g_autofree char *longest = agent_login_new (name + 1), *longer = agent_login_new (name);

  ck_assert_str_eq (login, "ems.vnfr-1");
  ck_assert_str_eq (agent_login_get_vnfr (login), "vnfr-1");
  ck_assert_str_eq (agent_login_get_vnfr ("ems.ems.x"), "ems.x");
  ck_assert_str_eq (agent_login_get_vnfr (longest), name + 1);
  ck_assert_ptr_null (agent_login_get_vnfr (longer));
  ck_assert_ptr_null (agent_login_get_vnfr ("ems."));
  ck_assert_ptr_null (agent_login_get_vnfr ("vnfmd"));
  ck_assert_ptr_null (agent_login_get_vnfr (NULL));
  ck_assert (agent_login_fits (NULL, "vnfr-1"));
  ck_assert (agent_login_fits (login, "vnfr-1"));
  ck_assert (!agent_login_fits (login, "vnfr-10"));
  ck_assert (!agent_login_fits (login, NULL));
  ck_assert (!agent_login_fits ("vnfmd", "vnfr-1"));
}
END_TEST

START_TEST (only_with_the_token)
{
  ck_assert_int_eq (come_in ("vnfmd", "vnfr-1"), VNFM_VERDICT_NONE);
  ck_assert_int_eq (come_in ("ems.vnfr-1", "vnfr-1"), VNFM_VERDICT_GRANTED);
  ck_assert_int_eq (come_in ("ems.vnfr-1", "vnfr-2"), VNFM_VERDICT_REFUSED);
  ck_assert_int_eq (agent_logins_check (logins, "ems.vnfr-1", "", PEER, 5), VNFM_VERDICT_REFUSED);

  g_autofree char *token = agent_secret_token (SECRET, "vnfr-1");
  g_autofree char *more = g_strconcat (token, "0", NULL);
  g_autofree char *less = g_strndup (token, strlen (token) - 1);
  ck_assert (agent_secret_equal (token, token));
  ck_assert (!agent_secret_equal (token, more));
  ck_assert (!agent_secret_equal (token, less));
  token[10] ^= 1;
  ck_assert_int_eq (agent_logins_check (logins, "ems.vnfr-1", token, PEER, 5), VNFM_VERDICT_REFUSED);
}
END_TEST

static const struct {
  VnfmAccess access;
  VnfmDestination destination;
  const char *host;
  VnfmVerdict verdict;
} rights[] = {
  { VNFM_ACCESS_READ, VNFM_DESTINATION_EMS_COMMANDS, "mine", VNFM_VERDICT_GRANTED },
  { VNFM_ACCESS_READ, VNFM_DESTINATION_EMS_COMMANDS, "theirs", VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_READ, VNFM_DESTINATION_EMS_COMMANDS, "nobodys", VNFM_VERDICT_PENDING },
  { VNFM_ACCESS_WRITE, VNFM_DESTINATION_EMS_COMMANDS, "mine", VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_WRITE, VNFM_DESTINATION_EMS_REGISTRATION, NULL, VNFM_VERDICT_GRANTED },
  { VNFM_ACCESS_READ, VNFM_DESTINATION_EMS_REGISTRATION, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_WRITE, VNFM_DESTINATION_ANSWERS, NULL, VNFM_VERDICT_GRANTED },
  { VNFM_ACCESS_READ, VNFM_DESTINATION_ANSWERS, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_READ, VNFM_DESTINATION_NFVO_REQUESTS, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_WRITE, VNFM_DESTINATION_NFVO_REQUESTS, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_READ, VNFM_DESTINATION_NFVO_RESULTS, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_WRITE, VNFM_DESTINATION_NFVO_RESULTS, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_READ, VNFM_DESTINATION_NFVO_QUESTIONS, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_WRITE, VNFM_DESTINATION_NFVO_QUESTIONS, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_READ, VNFM_DESTINATION_REGISTRATION, NULL, VNFM_VERDICT_REFUSED },
  { VNFM_ACCESS_WRITE, VNFM_DESTINATION_REGISTRATION, NULL, VNFM_VERDICT_REFUSED },
};

START_TEST (each_right)
{
  VnfmAccess access = rights[_i].access;
  VnfmDestination destination = rights[_i].destination;
  const char *host = rights[_i].host;

  expect_host ("mine", "vnfr-1");
  expect_host ("theirs", "vnfr-2");
  agent_logins_set_ready (logins);
  ck_assert_int_eq (agent_logins_check_access (logins, "ems.vnfr-1", access, destination, host), rights[_i].verdict);
  ck_assert_int_eq (agent_logins_check_access (logins, "vnfmd", access, destination, host), VNFM_VERDICT_NONE);
}
END_TEST

static VnfmVerdict
read_commands (const char *login, const char *host)
{
  return agent_logins_check_access (logins, login, VNFM_ACCESS_READ, VNFM_DESTINATION_EMS_COMMANDS, host);
}

/* Before the store is read, a host that seems to be one VNFR's may be another's, or nobody's. */
START_TEST (undecided_until_ready)
{
  expect_host ("h", "vnfr-1");
  ck_assert_int_eq (read_commands ("ems.vnfr-1", "h"), VNFM_VERDICT_PENDING);
  ck_assert_int_eq (read_commands ("ems.vnfr-2", "h"), VNFM_VERDICT_PENDING);
  agent_logins_set_ready (logins);
  ck_assert_int_eq (read_commands ("ems.vnfr-1", "h"), VNFM_VERDICT_GRANTED);
  ck_assert_int_eq (read_commands ("ems.vnfr-2", "h"), VNFM_VERDICT_REFUSED);
  expect_host ("h", "vnfr-2"); /* a new machine with the name of an old one */
  ck_assert_int_eq (read_commands ("ems.vnfr-1", "h"), VNFM_VERDICT_REFUSED);
  ck_assert_int_eq (read_commands ("ems.vnfr-2", "h"), VNFM_VERDICT_GRANTED);
}
END_TEST

static void
release (const char *vnfr_id, gboolean stored, const char *forgotten)
{
  g_autofree char *gone = NULL;

  ck_assert_int_eq (agent_logins_release (logins, vnfr_id, &gone), stored);
  ck_assert_pstr_eq (gone, forgotten);
}

START_TEST (released_and_admitted)
{
  agent_logins_set_ready (logins);
  release ("vnfr-1", TRUE, NULL);
  release ("vnfr-1", FALSE, NULL);
  ck_assert_int_eq (come_in ("ems.vnfr-1", "vnfr-1"), VNFM_VERDICT_REFUSED);
  ck_assert_int_eq (read_commands ("ems.vnfr-1", "h"), VNFM_VERDICT_REFUSED);
  ck_assert_int_eq (come_in ("ems.vnfr-2", "vnfr-2"), VNFM_VERDICT_GRANTED);
  ck_assert (agent_logins_admit (logins, "vnfr-1"));
  ck_assert (!agent_logins_admit (logins, "vnfr-1"));
  ck_assert_int_eq (come_in ("ems.vnfr-1", "vnfr-1"), VNFM_VERDICT_GRANTED);

  release ("vnfr-2", TRUE, NULL);
  release ("vnfr-1", TRUE, NULL);
  release ("vnfr-3", TRUE, "vnfr-2"); /* two are remembered */
  ck_assert_int_eq (come_in ("ems.vnfr-1", "vnfr-1"), VNFM_VERDICT_REFUSED);
}
END_TEST

static gboolean
is_described (const char *vnfr_id)
{
  g_autofree char *text = agent_logins_describe (logins, vnfr_id);

  ck_assert (text == NULL || strstr (text, "wrong credentials") != NULL);
  ck_assert (text == NULL || strstr (text, PEER) != NULL);
  return text != NULL;
}

/* The names that are tried come from outside: none is kept but of those that an operator may ask about. */
START_TEST (attempts)
{
  expect_host ("h", "vnfr-1");
  ck_assert (!is_described ("vnfr-1"));
  come_in ("ems.vnfr-1", "guess");
  come_in ("ems.vnfr-2", "guess");
  ck_assert (is_described ("vnfr-1"));
  ck_assert (!is_described ("vnfr-2"));
  ck_assert (!is_described (NULL));
  come_in ("ems.vnfr-1", "vnfr-1");
  ck_assert (!is_described ("vnfr-1"));
  come_in ("ems.vnfr-1", "guess");
  release ("vnfr-1", TRUE, NULL);
  ck_assert (!is_described ("vnfr-1"));
}
END_TEST

START_TEST (hosts_are_counted)
{
  g_autofree char *forgotten = NULL;

  expect_host ("h1", "vnfr-1");
  expect_host ("h2", "vnfr-1");
  expect_host ("h2", "vnfr-1");
  ck_assert_uint_eq (agent_registry_count_hosts (registry, "vnfr-1"), 2);
  expect_host ("h2", "vnfr-2");
  ck_assert_uint_eq (agent_registry_count_hosts (registry, "vnfr-1"), 1);
  ck_assert_uint_eq (agent_registry_count_hosts (registry, "vnfr-2"), 1);
  ck_assert (agent_registry_release (registry, "h1", "vnfr-1", &forgotten));
  ck_assert_uint_eq (agent_registry_count_hosts (registry, "vnfr-1"), 0);
}
END_TEST

static Suite *
agent_logins_suite (void)
{
  Suite *suite = suite_create ("agent-logins");
  TCase *tcase = tcase_create ("logins");

  tcase_add_checked_fixture (tcase, set_up, tear_down);
  tcase_add_test (tcase, names);
  tcase_add_test (tcase, only_with_the_token);
  tcase_add_loop_test (tcase, each_right, 0, G_N_ELEMENTS (rights));
  tcase_add_test (tcase, undecided_until_ready);
  tcase_add_test (tcase, released_and_admitted);
  tcase_add_test (tcase, attempts);
  tcase_add_test (tcase, hosts_are_counted);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (agent_logins_suite)
