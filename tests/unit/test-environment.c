/* SPDX-License-Identifier: Apache-2.0 */
/* Environments of scripts: names, precedence, and what the Java VNFM sent for the same requests. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <string.h>

static VnfmRecord *
record (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  VnfmRecord *r = vnfm_record_new (bytes, &error);

  ck_assert_no_error (error);
  return r;
}

static VnfmDependency *
dependency (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  VnfmDependency *d = vnfm_dependency_new (bytes, &error);

  ck_assert_no_error (error);
  return d;
}

static VnfmEnvironment *
environment_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmRecord) r = record (text);
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (r, &error);

  ck_assert_no_error (error);
  return vnfm_environment_new_for_vnfc (r, vnfcs->pdata[0]);
}

static void
check_text (VnfmEnvironment *environment, gboolean exact, const char *expected)
{
  g_autoptr (JsonObject) object = vnfm_environment_to_json (environment, exact);
  g_autoptr (GBytes) bytes = vnfm_json_write_object (object);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  ck_assert_str_eq (text, expected);
}

/* ---- names */

START_TEST (names_are_made_safe)
{
  static const struct {
    const char *name;
    const char *safe;
  } names[] = {
    { "softfire-internal", "softfire_internal" },
    { "server.private", "server_private" },
    { "1digit", "1digit" },
    { "a b\tc", "a_b_c" },
    { "gr\xC3\xB6\xC3\x9F"
      "e",
      "gr__e" },
    { "A_z9", "A_z9" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *safe = vnfm_environment_safe_name (names[i].name);
    ck_assert_str_eq (safe, names[i].safe);
  }
}
END_TEST

START_TEST (exact_names_stand_beside_safe_ones)
{
  g_autoptr (VnfmEnvironment) e = vnfm_environment_new ();

  vnfm_environment_set (e, "plain", "1");
  vnfm_environment_set (e, "with-hyphen", "2");
  vnfm_environment_set (e, "a=b", "3");
  vnfm_environment_set (e, "", "4");
  vnfm_environment_set (e, NULL, "5");
  vnfm_environment_set (e, "null", NULL);
  vnfm_environment_set_foreign (e, "data-base", "net.1", "6");
  vnfm_environment_set_foreign (e, "x", "null", NULL);
  check_text (e, FALSE, "{\"plain\":\"1\",\"with_hyphen\":\"2\",\"a_b\":\"3\",\"data_base_net_1\":\"6\"}");
  check_text (e, TRUE,
              "{\"plain\":\"1\",\"with_hyphen\":\"2\",\"with-hyphen\":\"2\",\"a_b\":\"3\",\"data_base_net_1\":\"6\","
              "\"data-base.net.1\":\"6\"}");
  ck_assert_str_eq (vnfm_environment_get (e, "with-hyphen"), "2");
  ck_assert_ptr_null (vnfm_environment_get (e, "null"));
}
END_TEST

START_TEST (of_two_names_that_collide_the_later_wins)
{
  g_autoptr (VnfmEnvironment) e = vnfm_environment_new ();

  vnfm_environment_set (e, "a-b", "1");
  vnfm_environment_set (e, "a.b", "2");
  vnfm_environment_set (e, "a_b", "3");
  check_text (e, TRUE, "{\"a_b\":\"3\",\"a-b\":\"1\",\"a.b\":\"2\"}");
}
END_TEST

START_TEST (an_empty_value_hides_nothing)
{
  g_autoptr (VnfmEnvironment) e = vnfm_environment_new ();

  vnfm_environment_set (e, "a", "");
  check_text (e, FALSE, "{\"a\":\"\"}");
  vnfm_environment_set (e, "a", "1");
  vnfm_environment_set (e, "a", "");
  vnfm_environment_set (e, "a", NULL);
  check_text (e, FALSE, "{\"a\":\"1\"}");
}
END_TEST

/* ---- precedence */

START_TEST (later_sources_win)
{
  g_autoptr (VnfmEnvironment) e = environment_of (
      "{\"name\":\"n\",\"provides\":{\"configurationParameters\":[{\"confKey\":\"p\",\"value\":\"provided\"},"
      "{\"confKey\":\"unset\"},{\"confKey\":\"both\",\"value\":\"provided\"}]},"
      "\"configurations\":{\"configurationParameters\":[{\"confKey\":\"both\",\"value\":\"configured\"},"
      "{\"confKey\":\"net\",\"value\":\"configured\"},{\"confKey\":\"hostname\",\"value\":\"configured\"},"
      "{\"confKey\":\"number\",\"value\":7},{\"confKey\":\"null\",\"value\":null},{\"confKey\":\"empty\",\"value\":"
      "\"\"},"
      "{\"confKey\":\"net_floatingIp\",\"value\":\"configured\"},{\"value\":\"nameless\"},{\"confKey\":\"p\",\"value\":"
      "\"\"}]},"
      "\"vdu\":[{\"vnfc_instance\":[{\"hostname\":\"h-1\",\"ips\":[{\"netName\":\"net\",\"ip\":\"10.0.0.1\"}],"
      "\"floatingIps\":[{\"netName\":\"net\",\"ip\":\"\"}]}]}]}");

  check_text (e, TRUE,
              "{\"p\":\"provided\",\"both\":\"configured\",\"net\":\"10.0.0.1\",\"hostname\":\"h-1\",\"number\":\"7\","
              "\"empty\":\"\",\"net_floatingIp\":\"configured\"}");
}
END_TEST

START_TEST (absent_parts_are_empty)
{
  g_autoptr (VnfmEnvironment) e = environment_of (
      "{\"name\":\"n\",\"provides\":null,\"configurations\":{\"configurationParameters\":[{\"confKey\":\"a\","
      "\"value\":\"1\"}]},\"vdu\":[{\"vnfc_instance\":[{\"hostname\":\"h\",\"ips\":null}]}]}");

  check_text (e, TRUE, "{\"a\":\"1\",\"hostname\":\"h\"}");
}
END_TEST

START_TEST (a_dependency_comes_on_top)
{
  g_autoptr (VnfmEnvironment) with = vnfm_environment_new ();
  g_autoptr (VnfmEnvironment) without = vnfm_environment_new ();
  g_autoptr (VnfmDependency) d =
      dependency ("{\"parameters\":{\"s\":{\"parameters\":{\"net-1\":\"\",\"port\":\"80\"}}},"
                  "\"vnfcParameters\":{\"s\":{\"parameters\":{\"i\":{\"parameters\":{\"net-1\":\"10.0.0.1\"}}}}}}");

  vnfm_environment_set (with, "s_port", "configured");
  vnfm_environment_add_dependency (with, d, "s", "i");
  check_text (with, FALSE, "{\"s_port\":\"80\",\"s_net_1\":\"10.0.0.1\"}");
  ck_assert_str_eq (vnfm_environment_get (with, "s.net-1"), "10.0.0.1");
  vnfm_environment_set (without, "s_net_1", "configured");
  vnfm_environment_add_dependency (without, d, "s", NULL);
  ck_assert_str_eq (vnfm_environment_get (without, "s_net_1"), "configured");
}
END_TEST

/* ---- captured traffic: each EXECUTE that the Java VNFM sent, made again from the request that led to it */

typedef struct {
  VnfmRecord *record;
  VnfmDependency *dependency;
  char *cause;
} Situation;

static void
situation_free (gpointer data)
{
  Situation *s = data;

  vnfm_record_unref (s->record);
  g_clear_pointer (&s->dependency, vnfm_dependency_unref);
  g_free (s->cause);
  g_free (s);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_folder (const char *folder)
{
  g_autofree char *path = g_build_filename (vnfm_test_captured (), folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  ck_assert_ptr_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, ".json"))
      g_ptr_array_add (names, g_strconcat (folder, "/", name, NULL));
  }
  g_ptr_array_sort (names, compare_strings);
  return names;
}

/* SCALING is answered without the dependency that came with SCALE_OUT. */
static VnfmDependency *
dup_dependency_of (GHashTable *situations, const char *vnfr_id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, situations);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Situation *s = value;
    if (g_strcmp0 (vnfm_record_get_id (s->record), vnfr_id) == 0 && s->dependency != NULL)
      return vnfm_dependency_ref (s->dependency);
  }
  return NULL;
}

/* A message to the VNFM: what it says of a VNF counts for the commands that follow. */
static void
take_situation (GHashTable *situations, VnfmMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = vnfm_message_dup_record_text (message);
  g_autoptr (GBytes) dependency_text = vnfm_message_dup_dependency_text (message);
  g_autoptr (VnfmRecord) r = text != NULL ? vnfm_record_new (text, &error) : NULL;
  g_autoptr (GPtrArray) vnfcs = r != NULL ? vnfm_record_dup_vnfcs (r, &error) : NULL;

  ck_assert_no_error (error);
  for (guint i = 0; vnfcs != NULL && i < vnfcs->len; i++) {
    Situation *s = g_new0 (Situation, 1);
    s->record = vnfm_record_ref (r);
    s->cause = vnfm_message_dup_string (message, "cause");
    if (dependency_text != NULL)
      s->dependency = vnfm_dependency_new (dependency_text, &error);
    else if (vnfm_message_get_action (message) == VNFM_ACTION_SCALED)
      s->dependency = dup_dependency_of (situations, vnfm_record_get_id (r));
    ck_assert_no_error (error);
    g_hash_table_insert (situations, g_strdup (((VnfmVnfc *)vnfcs->pdata[i])->hostname), s);
  }
}

static gboolean
has_script (VnfmRecord *r, VnfmEvent event, const char *script)
{
  g_autoptr (GPtrArray) scripts = vnfm_record_dup_scripts (r, event);

  return g_ptr_array_find_with_equal_func (scripts, script, g_str_equal, NULL);
}

static gboolean
equals (VnfmEnvironment *environment, JsonNode *sent)
{
  g_autoptr (JsonObject) object = vnfm_environment_to_json (environment, FALSE);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_node_equal (node, sent);
}

/* One of the environments that the script may get: one for each instance of its source, or the plain one. */
static gboolean
is_explained (Situation *s, VnfmVnfc *vnfc, const char *script, JsonNode *sent)
{
  gboolean configure = s->dependency != NULL && has_script (s->record, VNFM_EVENT_CONFIGURE, script);
  const char *type = configure ? vnfm_dependency_match_script (s->dependency, script) : NULL;

  if (type == NULL) {
    g_autoptr (VnfmEnvironment) plain = vnfm_environment_new_for_vnfc (s->record, vnfc);
    if (has_script (s->record, VNFM_EVENT_HEAL, script))
      vnfm_environment_set (plain, "cause", s->cause);
    return equals (plain, sent);
  }
  g_autoptr (GPtrArray) instances = vnfm_dependency_dup_instances (s->dependency, type);
  for (guint i = 0; i < instances->len; i++) {
    g_autoptr (VnfmEnvironment) e = vnfm_environment_new_for_vnfc (s->record, vnfc);
    vnfm_environment_add_dependency (e, s->dependency, type, instances->pdata[i]);
    if (equals (e, sent))
      return TRUE;
  }
  return FALSE;
}

static char *
host_of (JsonObject *file)
{
  const char *key = vnfm_json_get_string (file, "routing_key");
  gsize length = strlen (key);

  ck_assert (g_str_has_prefix (key, "vnfm.") && g_str_has_suffix (key, ".actions"));
  return g_strndup (key + strlen ("vnfm."), length - strlen ("vnfm.") - strlen (".actions"));
}

/* Returns: whether the command was one to compare. SCALE_IN adds names of its own, RESUME and runtime scripts have
 * none. */
static gboolean
check_command (GHashTable *situations, const char *name, JsonObject *file)
{
  JsonObject *body = vnfm_json_get_object (file, "body");
  JsonNode *sent = json_object_get_member (body, "env");
  const char *script = vnfm_json_get_string (body, "payload");
  g_autofree char *host = host_of (file);
  Situation *s = g_hash_table_lookup (situations, host);

  if (sent == NULL || s == NULL || has_script (s->record, VNFM_EVENT_SCALE_IN, script))
    return FALSE;
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (s->record, NULL);
  for (guint i = 0; i < vnfcs->len; i++) {
    VnfmVnfc *vnfc = vnfcs->pdata[i];
    if (strcmp (vnfc->hostname, host) != 0)
      continue;
    g_autofree char *text = json_to_string (sent, FALSE);
    g_autoptr (VnfmEnvironment) plain = vnfm_environment_new_for_vnfc (s->record, vnfc);
    g_autoptr (JsonObject) object = vnfm_environment_to_json (plain, FALSE);
    g_autoptr (GBytes) made = vnfm_json_write_object (object);
    ck_assert_msg (is_explained (s, vnfc, script, sent), "%s: %s got\n%s\nplain would be\n%.*s", name, script, text,
                   (int)g_bytes_get_size (made), (const char *)g_bytes_get_data (made, NULL));
    return TRUE;
  }
  return FALSE;
}

START_TEST (captured_commands_have_the_same_environment)
{
  static const struct {
    const char *folder;
    const char *to_vnfm;
    const char *to_ems;
    guint expected;
  } folders[] = {
    { "generic-vnfm", "-nfvo-to-vnfm-", "-vnfm-to-ems-EXECUTE", 53 },
    { "nfvo", "-nfvo-vnfm-", "-vnfm-ems-EMS-EXECUTE", 46 },
  };
  g_autoptr (GPtrArray) names = list_folder (folders[_i].folder);
  g_autoptr (GHashTable) situations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, situation_free);
  guint checked = 0;

  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) text = vnfm_test_read_file (vnfm_test_captured (), name);
    g_autoptr (JsonNode) root = vnfm_json_parse (text, &error);
    ck_assert_no_error (error);
    JsonObject *file = json_node_get_object (root);
    JsonObject *body = vnfm_json_get_object (file, "body");
    if (body != NULL && strstr (name, folders[_i].to_vnfm) != NULL) {
      g_autoptr (GBytes) body_text = vnfm_json_write_object (body);
      g_autoptr (VnfmMessage) message = vnfm_message_decode (body_text, &error);
      ck_assert_no_error (error);
      take_situation (situations, message);
    } else if (body != NULL && strstr (name, folders[_i].to_ems) != NULL && check_command (situations, name, file)) {
      checked++;
    }
  }
  ck_assert_uint_eq (checked, folders[_i].expected);
}
END_TEST

static Suite *
environment_suite (void)
{
  Suite *suite = suite_create ("environment");
  TCase *names = tcase_create ("names");
  TCase *sources = tcase_create ("sources");
  TCase *captured = tcase_create ("captured");

  tcase_add_test (names, names_are_made_safe);
  tcase_add_test (names, exact_names_stand_beside_safe_ones);
  tcase_add_test (names, of_two_names_that_collide_the_later_wins);
  tcase_add_test (names, an_empty_value_hides_nothing);
  suite_add_tcase (suite, names);
  tcase_add_test (sources, later_sources_win);
  tcase_add_test (sources, absent_parts_are_empty);
  tcase_add_test (sources, a_dependency_comes_on_top);
  suite_add_tcase (suite, sources);
  if (vnfm_test_have_material ())
    tcase_add_loop_test (captured, captured_commands_have_the_same_environment, 0, 2);
  suite_add_tcase (suite, captured);
  return suite;
}

VNFM_TEST_MAIN (environment_suite)
