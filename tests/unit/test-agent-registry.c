/* SPDX-License-Identifier: Apache-2.0 */
/* Which agents count: names, tokens, who comes first, how many strangers are kept. And what goes on the wire to whom.
 */
#include "config.h"

#include "plugins/ems-agent/agent-name.h"
#include "plugins/ems-agent/agent-registry.h"
#include "plugins/ems-agent/agent-secret.h"
#include "plugins/ems-agent/agent-wire.h"
#include "tests/support/vnfm-test.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

#define SECRET "0123456789abcdef0123456789abcdef"

static AgentVerdict
show (AgentRegistry *registry, const char *hostname, const char *token, gint64 now, gboolean *changed)
{
  g_autoptr (EmsRegistration) registration = ems_registration_new (hostname);
  Agent *agent = NULL;
  g_autofree char *forgotten = NULL;
  gboolean ignored = FALSE;

  registration->token = g_strdup (token);
  registration->agent = g_strdup ("vnfm-ems/1");
  registration->capabilities = EMS_CAPABILITIES_ALL;
  registration->boot = g_strdup ("b");
  registration->run = g_strdup_printf ("r%d", (int)now);
  return agent_registry_register (registry, registration, now, &agent, changed != NULL ? changed : &ignored,
                                  &forgotten);
}

static void
check_describe (AgentRegistry *registry, const char *hostname, const char *part)
{
  g_autofree char *text = agent_registry_describe (registry, hostname);

  ck_assert_msg (strstr (text, part) != NULL, "\"%s\" does not say \"%s\"", text, part);
}

START_TEST (registration_first_or_vnfr_first)
{
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, TRUE, 10);
  g_autofree char *token = agent_registry_dup_token (registry, "vnfr-1");
  gboolean changed = FALSE;

  ck_assert_int_eq (show (registry, "a-1", token, 1, NULL), AGENT_VERDICT_UNEXPECTED);
  Agent *agent = agent_registry_expect (registry, "a-1", "vnfr-1", 2, &changed);
  ck_assert (changed);
  ck_assert (agent_is_up (agent));
  ck_assert_uint_eq (agent->generation, 1);
  agent_registry_expect (registry, "a-1", "vnfr-1", 3, &changed);
  ck_assert (!changed);

  agent = agent_registry_expect (registry, "b-1", "vnfr-1", 2, &changed);
  ck_assert (!changed);
  ck_assert (!agent_is_up (agent));
  ck_assert_int_eq (show (registry, "b-1", token, 3, &changed), AGENT_VERDICT_ACCEPTED);
  ck_assert (changed);
  ck_assert (agent_is_up (agent));
  ck_assert_int_eq (show (registry, "b-1", token, 3, &changed), AGENT_VERDICT_ACCEPTED);
  ck_assert (!changed);
  ck_assert_uint_eq (agent->generation, 2);
}
END_TEST

START_TEST (names_match_exactly)
{
  static const char *const others[] = { "web-1", "web-122", "xweb-12", "web-12.novalocal", "Web-12", "web-12 " };
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, FALSE, 10);
  gboolean changed = FALSE;
  Agent *agent = agent_registry_expect (registry, "web-12", "vnfr-1", 1, &changed);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    ck_assert_int_eq (show (registry, others[i], NULL, 2, NULL), AGENT_VERDICT_UNEXPECTED);
    ck_assert (!agent_is_up (agent));
  }
  check_describe (registry, "web-12",
                  "never seen since 1970-01-01T00:00:00.000Z, but one of a similar name registered: web-12 ");
  ck_assert_int_eq (show (registry, "web-12", NULL, 3, NULL), AGENT_VERDICT_ACCEPTED);
}
END_TEST

START_TEST (token_is_checked)
{
  g_autoptr (AgentRegistry) strict = agent_registry_new (SECRET, TRUE, 10);
  g_autoptr (AgentRegistry) lenient = agent_registry_new (SECRET, FALSE, 10);
  g_autofree char *token = agent_registry_dup_token (strict, "vnfr-1");
  g_autofree char *foreign = agent_registry_dup_token (strict, "vnfr-2");
  gboolean changed = FALSE;

  agent_registry_expect (strict, "a-1", "vnfr-1", 1, &changed);
  agent_registry_expect (lenient, "a-1", "vnfr-1", 1, &changed);
  ck_assert_int_eq (show (strict, "a-1", NULL, 1, NULL), AGENT_VERDICT_WRONG_TOKEN);
  check_describe (strict, "a-1", "no token");
  ck_assert_int_eq (show (strict, "a-1", "", 1, NULL), AGENT_VERDICT_WRONG_TOKEN);
  ck_assert_int_eq (show (strict, "a-1", foreign, 1, NULL), AGENT_VERDICT_WRONG_TOKEN);
  check_describe (strict, "a-1", "a wrong token");
  ck_assert_int_eq (show (strict, "a-1", token, 1, NULL), AGENT_VERDICT_ACCEPTED);
  ck_assert_int_eq (show (lenient, "a-1", foreign, 1, NULL), AGENT_VERDICT_WRONG_TOKEN);
  ck_assert_int_eq (show (lenient, "a-1", NULL, 1, NULL), AGENT_VERDICT_ACCEPTED);

  /* One with the wrong token does not push the right one out. */
  ck_assert_int_eq (show (strict, "a-1", foreign, 5, NULL), AGENT_VERDICT_WRONG_TOKEN);
  ck_assert (agent_is_up (agent_registry_lookup (strict, "a-1")));
}
END_TEST

START_TEST (strangers_are_guessed_at)
{
  const gint64 then = 3600 * G_TIME_SPAN_SECOND;
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, TRUE, 10);
  g_autofree char *foreign = agent_registry_dup_token (registry, "vnfr-2");
  gboolean changed = FALSE;

  show (registry, "long-ago", NULL, 1, NULL);
  agent_registry_expect (registry, "web-12", "vnfr-1", then, &changed);
  g_autofree char *text = agent_registry_describe (registry, "web-12");
  ck_assert_str_eq (text, "agent never seen since 1970-01-01T01:00:00.000Z");
  show (registry, "ubuntu", foreign, then - G_TIME_SPAN_MINUTE, NULL);
  check_describe (registry, "web-12", ", but one that nobody expects registered: ubuntu at 1970-01-01T00:59:00.000Z");
  show (registry, "debian", NULL, then + 1, NULL);
  check_describe (registry, "web-12", "registered: debian at 1970-01-01T01:00:00.000Z (and 1 more like it)");
  show (registry, "Web-12.example.org", NULL, then - 2 * G_TIME_SPAN_HOUR, NULL);
  check_describe (registry, "web-12", "one of a similar name registered: Web-12.example.org at");
}
END_TEST

START_TEST (names_that_are_similar)
{
  static const struct {
    const char *expected;
    const char *name;
    gboolean similar;
  } rows[] = {
    { "web-12", "web-12.novalocal", TRUE },
    { "web-12", "WEB_12", TRUE },
    { "web server-1", "web-server-1", TRUE },
    { "server-1", "sever-1", TRUE },
    { "server-1", "servers-1", TRUE },
    { "server-1", "sevrer-1", TRUE },
    { "server-1", "servar-1", TRUE },
    { "web-1", "web-2", FALSE },
    { "web-1", "web-11", FALSE },
    { "web-12", "web-21", FALSE },
    { "server-1", "client-1", FALSE },
    { "ab", "ac", FALSE },
    { "", "", FALSE },
    { "--", "..", FALSE },
    { "server", "", FALSE },
    { "aaaa", "aaaaa", TRUE },
    { "server-1", "sevrre-1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    ck_assert_msg (agent_name_is_similar (rows[i].expected, rows[i].name) == rows[i].similar, "%s and %s",
                   rows[i].expected, rows[i].name);
    ck_assert_int_eq (agent_name_is_similar (rows[i].name, rows[i].expected), rows[i].similar);
  }
}
END_TEST

START_TEST (token_is_an_hmac)
{
  /* RFC 4231, test case 2. */
  g_autofree char *token = agent_secret_token ("Jefe", "what do ya want for nothing?");

  ck_assert_str_eq (token, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
END_TEST

START_TEST (seen_under_another_name)
{
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, TRUE, 10);
  g_autofree char *token = agent_registry_dup_token (registry, "vnfr-1");
  gboolean changed = FALSE;

  check_describe (registry, "web-12", "never seen");
  agent_registry_expect (registry, "web-12", "vnfr-1", 1, &changed);
  check_describe (registry, "web-12", "never seen since 1970-01-01T00:00:00");
  show (registry, "localhost", token, 2, NULL);
  check_describe (registry, "web-12",
                  "but one with this VNF's token registered under another name: localhost at 1970-");
  show (registry, "WEB12", NULL, 3, NULL);
  check_describe (registry, "web-12", "another name: localhost at");
  check_describe (registry, "localhost", "no VNFR expects it");
}
END_TEST

START_TEST (strangers_are_bounded)
{
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, TRUE, 2);
  g_autoptr (EmsRegistration) third = ems_registration_new ("c");
  g_autofree char *forgotten = NULL;
  gboolean changed = FALSE;
  Agent *agent = NULL;

  agent_registry_expect (registry, "mine", "vnfr-1", 1, &changed);
  show (registry, "a", "x", 1, NULL);
  show (registry, "b", "x", 2, NULL);
  show (registry, "a", "x", 3, NULL); /* again: no other place */
  agent_registry_register (registry, third, 4, &agent, &changed, &forgotten);
  ck_assert_str_eq (forgotten, "a");
  ck_assert_ptr_null (agent_registry_lookup (registry, "a"));
  ck_assert_ptr_nonnull (agent_registry_lookup (registry, "b"));
  ck_assert_ptr_nonnull (agent_registry_lookup (registry, "mine"));
}
END_TEST

START_TEST (strangers_are_told_once)
{
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, TRUE, 10);
  gint64 next = 0;

  show (registry, "a", "x", 10, NULL);
  show (registry, "b", "x", 15, NULL);
  g_autoptr (GPtrArray) none = agent_registry_take_untold (registry, 19, 10, &next);
  ck_assert_uint_eq (none->len, 0);
  ck_assert_int_eq (next, 20);
  g_autoptr (GPtrArray) first = agent_registry_take_untold (registry, 20, 10, &next);
  ck_assert_uint_eq (first->len, 1);
  ck_assert_str_eq (((Agent *)first->pdata[0])->hostname, "a");
  ck_assert_int_eq (next, 25);
  g_autoptr (GPtrArray) second = agent_registry_take_untold (registry, 100, 10, &next);
  ck_assert_uint_eq (second->len, 1);
  ck_assert_int_eq (next, 0);
  show (registry, "a", "x", 101, NULL);
  g_autoptr (GPtrArray) again = agent_registry_take_untold (registry, 200, 10, &next);
  ck_assert_uint_eq (again->len, 0);
}
END_TEST

START_TEST (lost_and_back)
{
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, FALSE, 10);
  gboolean changed = FALSE;
  Agent *agent = agent_registry_expect (registry, "a", "vnfr-1", 1, &changed);

  show (registry, "a", NULL, 2, NULL);
  agent_registry_mark_lost (registry, agent, 3000000);
  ck_assert (!agent_is_up (agent));
  check_describe (registry, "a", "lost since 1970-01-01T00:00:03");
  agent_registry_mark_lost (registry, agent, 9000000);
  check_describe (registry, "a", "lost since 1970-01-01T00:00:03");
  show (registry, "a", NULL, 4, NULL);
  ck_assert (agent_is_up (agent));
  check_describe (registry, "a", "vnfm-ems/1, registered at");
}
END_TEST

START_TEST (released_machines_are_strangers)
{
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, TRUE, 10);
  g_autofree char *old_token = agent_registry_dup_token (registry, "vnfr-1");
  g_autofree char *new_token = agent_registry_dup_token (registry, "vnfr-2");
  g_autofree char *forgotten = NULL;
  gboolean changed = FALSE;
  gint64 next = 0;

  agent_registry_expect (registry, "a", "vnfr-1", 1, &changed);
  show (registry, "a", old_token, 2, NULL);
  ck_assert (!agent_registry_release (registry, "a", "vnfr-9", &forgotten));
  ck_assert (agent_registry_release (registry, "a", "vnfr-1", &forgotten));
  Agent *agent = agent_registry_lookup (registry, "a");
  ck_assert (!agent_is_up (agent));
  g_autoptr (GBytes) value = agent_to_bytes (agent);
  ck_assert_ptr_null (value);

  /* The dying machine still speaks; nobody needs to be told. */
  ck_assert_int_eq (show (registry, "a", old_token, 3, NULL), AGENT_VERDICT_RELEASED);
  g_autoptr (GPtrArray) none = agent_registry_take_untold (registry, 1000, 1, &next);
  ck_assert_uint_eq (none->len, 0);

  /* A new machine by the same name does not inherit, be it seen before it is expected. */
  ck_assert_int_eq (show (registry, "a", "another", 3, NULL), AGENT_VERDICT_UNEXPECTED);
  ck_assert (!agent_is_up (agent));
  agent_registry_expect (registry, "a", "vnfr-2", 4, &changed);
  ck_assert (!agent_is_up (agent));
  ck_assert_int_eq (show (registry, "a", new_token, 5, NULL), AGENT_VERDICT_ACCEPTED);
}
END_TEST

START_TEST (new_machine_of_an_old_name)
{
  g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, TRUE, 10);
  g_autofree char *old_token = agent_registry_dup_token (registry, "vnfr-1");
  g_autofree char *new_token = agent_registry_dup_token (registry, "vnfr-2");
  gboolean changed = FALSE;
  Agent *agent = agent_registry_expect (registry, "a", "vnfr-1", 1, &changed);

  show (registry, "a", old_token, 2, NULL);
  ck_assert_int_eq (show (registry, "a", new_token, 3, NULL), AGENT_VERDICT_WRONG_TOKEN);
  agent_registry_expect (registry, "a", "vnfr-2", 4, &changed);
  ck_assert (changed);
  ck_assert (agent_is_up (agent));
  agent_registry_expect (registry, "a", "vnfr-3", 5, &changed);
  ck_assert (!agent_is_up (agent));
}
END_TEST

START_TEST (survives_the_store)
{
  g_autoptr (AgentRegistry) before = agent_registry_new (SECRET, TRUE, 10);
  g_autoptr (AgentRegistry) after = agent_registry_new (SECRET, TRUE, 10);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = agent_registry_dup_token (before, "vnfr-1");
  gboolean changed = FALSE;

  Agent *agent = agent_registry_expect (before, "a", "vnfr-1", 1, &changed);
  show (before, "a", token, 2, NULL);
  show (before, "b", token, 3, NULL);
  g_autoptr (GBytes) a = agent_to_bytes (agent);
  g_autoptr (GBytes) b = agent_to_bytes (agent_registry_lookup (before, "b"));
  ck_assert_ptr_null (g_strstr_len (g_bytes_get_data (a, NULL), (gssize)g_bytes_get_size (a), token));

  ck_assert (agent_registry_load (after, "a", a, &error));
  ck_assert (agent_registry_load (after, "b", b, &error));
  ck_assert_no_error (error);
  Agent *again = agent_registry_lookup (after, "a");
  ck_assert (agent_is_up (again));
  ck_assert_uint_eq (agent_get_capabilities (again), EMS_CAPABILITIES_ALL);
  ck_assert_str_eq (again->accepted->registration->run, "r2");
  ck_assert_str_eq (again->vnfr_id, "vnfr-1");
  ck_assert_uint_eq (again->generation, 0);
  ck_assert (agent_is_up (agent_registry_expect (after, "b", "vnfr-1", 5, &changed)));
}
END_TEST

START_TEST (store_is_read_after_the_first_call)
{
  g_autoptr (AgentRegistry) before = agent_registry_new (SECRET, TRUE, 10);
  g_autoptr (AgentRegistry) after = agent_registry_new (SECRET, TRUE, 10);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = agent_registry_dup_token (before, "vnfr-1");
  gboolean changed = FALSE;

  agent_registry_expect (before, "a", "vnfr-1", 1, &changed);
  show (before, "a", token, 2, NULL);
  g_autoptr (GBytes) a = agent_to_bytes (agent_registry_lookup (before, "a"));

  Agent *same = agent_registry_expect (after, "a", "vnfr-1", 5, &changed);
  ck_assert (agent_registry_load (after, "a", a, &error));
  ck_assert (agent_is_up (same));
  Agent *other = agent_registry_expect (after, "b", "vnfr-2", 5, &changed);
  ck_assert (agent_registry_load (after, "b", a, &error));
  ck_assert (!agent_is_up (other));
  ck_assert (!agent_registry_load (after, "a", a, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
}
END_TEST

START_TEST (broken_store_values)
{
  static const char *const values[] = {
    "", "null", "[]", "{}", "{\"accepted\":{}}", "{\"accepted\":{\"registration\":{\"hostname\":7}}}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (AgentRegistry) registry = agent_registry_new (SECRET, TRUE, 10);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) value = g_bytes_new_static (values[i], strlen (values[i]));

    ck_assert (!agent_registry_load (registry, "a", value, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
    ck_assert_ptr_nonnull (strstr (error->message, "the stored agent a"));
  }
}
END_TEST

/* ---- the wire */

static JsonObject *
encode (EmsCommand *command, VnfmEnvironment *environment, EmsCapability capabilities)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = agent_wire_encode (command, environment, capabilities, &error);
  ck_assert_no_error (error);
  g_autoptr (JsonNode) node = vnfm_json_parse (body, &error);
  ck_assert_no_error (error);
  return json_node_dup_object (node);
}

START_TEST (only_what_the_agent_declared)
{
  g_autoptr (EmsCommand) command = ems_command_new (EMS_ACTION_EXECUTE);
  g_autoptr (VnfmEnvironment) environment = vnfm_environment_new ();

  command->payload = g_strdup ("run.sh");
  command->step = g_strdup ("s");
  command->timeout = 5 * G_USEC_PER_SEC;
  command->max_output = 100;
  command->stream = TRUE;
  vnfm_environment_set (environment, "a.b", "Z\xc3\xbcrich\xff");
  g_autoptr (JsonObject) all = encode (command, environment, EMS_CAPABILITIES_ALL);
  ck_assert_str_eq (vnfm_json_get_string (all, "step"), "s");
  ck_assert_int_eq (vnfm_json_get_int (all, "timeout", 0), 5);
  ck_assert_int_eq (vnfm_json_get_int (all, "max-output", 0), 100);
  ck_assert (vnfm_json_get_boolean (all, "stream", FALSE));
  ck_assert (json_object_has_member (vnfm_json_get_object (all, "env"), "a.b"));

  g_autoptr (JsonObject) plain = encode (command, environment, 0);
  g_autoptr (GBytes) text = vnfm_json_write_object (plain);
  const char *expected = "{\"action\":\"EXECUTE\",\"payload\":\"run.sh\",\"env\":{\"a_b\":\"Z_rich_\"}}";
  ck_assert_uint_eq (g_bytes_get_size (text), strlen (expected));
  ck_assert (memcmp (g_bytes_get_data (text, NULL), expected, strlen (expected)) == 0);
}
END_TEST

START_TEST (old_agents_are_not_wedged)
{
  static const char *const names[] = { "sub/x.sh", "\xc3\xbc.sh" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (EmsCommand) command = ems_command_new (EMS_ACTION_SAVE_SCRIPTS);
    g_autoptr (GError) error = NULL;

    command->name = g_strdup (names[i]);
    command->content = g_bytes_new_static ("x", 1);
    g_autoptr (GBytes) body = agent_wire_encode (command, NULL, 0, &error);
    ck_assert_ptr_null (body);
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED);
    g_autoptr (JsonObject) object = encode (command, NULL, EMS_CAPABILITIES_ALL);
    ck_assert_str_eq (vnfm_json_get_string (object, "name"), names[i]);
  }
}
END_TEST

START_TEST (tells_agents_answers_from_the_nfvos)
{
  static const struct {
    const char *body;
    gboolean reply;
  } cases[] = { { "{\"status\":0,\"output\":\"\",\"err\":\"\"}", TRUE },
                { "{\"step\":\"s\",\"stream\":\"stdout\",\"offset\":0,\"text\":\"x\"}", TRUE },
                { "{\"vnfr\":{},\"action\":\"ALLOCATE_RESOURCES\"}", FALSE },
                { "{\"status\":0,\"action\":\"x\"}", FALSE },
                { "null", FALSE },
                { "None", FALSE },
                { "[]", FALSE },
                { "", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) body = g_bytes_new_static (cases[i].body, strlen (cases[i].body));
    ck_assert_msg (agent_wire_is_reply (body) == cases[i].reply, "%s", cases[i].body);
  }
}
END_TEST

static Suite *
agent_registry_suite (void)
{
  Suite *suite = suite_create ("agent-registry");
  TCase *registry = tcase_create ("registry");
  TCase *wire = tcase_create ("wire");

  tcase_add_test (registry, registration_first_or_vnfr_first);
  tcase_add_test (registry, names_match_exactly);
  tcase_add_test (registry, token_is_checked);
  tcase_add_test (registry, token_is_an_hmac);
  tcase_add_test (registry, seen_under_another_name);
  tcase_add_test (registry, strangers_are_guessed_at);
  tcase_add_test (registry, names_that_are_similar);
  tcase_add_test (registry, strangers_are_bounded);
  tcase_add_test (registry, strangers_are_told_once);
  tcase_add_test (registry, lost_and_back);
  tcase_add_test (registry, released_machines_are_strangers);
  tcase_add_test (registry, new_machine_of_an_old_name);
  tcase_add_test (registry, survives_the_store);
  tcase_add_test (registry, store_is_read_after_the_first_call);
  tcase_add_test (registry, broken_store_values);
  suite_add_tcase (suite, registry);
  tcase_add_test (wire, only_what_the_agent_declared);
  tcase_add_test (wire, old_agents_are_not_wedged);
  tcase_add_test (wire, tells_agents_answers_from_the_nfvos);
  suite_add_tcase (suite, wire);
  return suite;
}

VNFM_TEST_MAIN (agent_registry_suite)
