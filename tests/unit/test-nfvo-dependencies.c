/* SPDX-License-Identifier: Apache-2.0 */
/* VNFRecordDependencies, compared with those that a real NFVO sent. */
#include "config.h"

#include "core/nfvo/dependencies.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (JsonNode) node = vnfm_json_parse (bytes, &error);

  ck_assert_no_error (error);
  return json_node_dup_object (node);
}

static JsonObject *
captured_member (const char *file, const char *member)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = vnfm_test_captured_body (file);
  g_autoptr (VnfmMessage) message = vnfm_message_decode (body, &error);

  ck_assert_no_error (error);
  g_autoptr (GBytes) text = vnfm_message_dup_member (message, member);
  g_autoptr (JsonNode) node = vnfm_json_parse (text, &error);
  ck_assert_no_error (error);
  return json_node_dup_object (node);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (a, b);
}

/* Members in order of their names, and without what identifies an entity. */
static void
append_content (GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    GList *names = g_list_sort (json_object_get_members (object), compare_names);
    g_string_append_c (out, '{');
    for (GList *l = names; l != NULL; l = l->next) {
      const char *name = l->data;
      if (g_str_equal (name, "id") || g_str_equal (name, "hbVersion") || g_str_equal (name, "shared") ||
          g_str_equal (name, "metadata"))
        continue;
      g_string_append_printf (out, "%s=", name);
      append_content (out, json_object_get_member (object, name));
      g_string_append_c (out, ';');
    }
    g_string_append_c (out, '}');
    g_list_free (names);
  } else {
    g_autofree char *text = json_to_string (node, FALSE);
    g_string_append (out, text);
  }
}

static char *
content (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  GString *out = g_string_new (NULL);

  json_node_set_object (node, object);
  append_content (out, node);
  return g_string_free (out, FALSE);
}

static void
add (NfvoDependencies *dependencies, const char *source, const char *target, const char *keys)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) parameters = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) split = g_strsplit (keys, " ", -1);

  for (guint i = 0; split[i] != NULL && split[i][0] != '\0'; i++)
    g_ptr_array_add (parameters, g_strdup (split[i]));
  ck_assert (nfvo_dependencies_add (dependencies, source, target, parameters, &error));
  ck_assert_no_error (error);
}

static const char *
value (NfvoDependencies *dependencies, const char *target, const char *type, const char *instance, const char *key)
{
  JsonObject *dependency = nfvo_dependencies_get (dependencies, target);
  JsonObject *object =
      vnfm_json_get_object (vnfm_json_get_object (dependency, instance ? "vnfcParameters" : "parameters"), type);

  object = vnfm_json_get_object (object, "parameters");
  if (instance != NULL)
    object = vnfm_json_get_object (vnfm_json_get_object (object, instance), "parameters");
  return vnfm_json_get_string (object, key);
}

static void
assert_as_captured (const char *source_file, const char *modify_file, const char *source, const char *source_type,
                    const char *target, const char *target_type)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoDependencies) dependencies = nfvo_dependencies_new (clock);
  g_autoptr (JsonObject) vnfr = captured_member (source_file, "virtualNetworkFunctionRecord");
  g_autoptr (JsonObject) expected = captured_member (modify_file, "vnfrd");

  nfvo_dependencies_add_vnf (dependencies, source, source_type);
  nfvo_dependencies_add_vnf (dependencies, target, target_type);
  add (dependencies, source, target, "private");
  nfvo_dependencies_fill (dependencies, vnfr);
  g_autofree char *mine = content (nfvo_dependencies_get (dependencies, target));
  g_autofree char *theirs = content (expected);
  ck_assert_str_eq (mine, theirs);
  ck_assert_int_eq (vnfm_json_get_int (nfvo_dependencies_get (dependencies, target), "hbVersion", 0), 2);
}

START_TEST (sipp_is_as_captured)
{
  assert_as_captured ("nfvo/030-vnfm-nfvo-INSTANTIATE.json", "nfvo/031-nfvo-vnfm-MODIFY.json", "sipp-server", "server",
                      "sipp-client", "client");
}
END_TEST

START_TEST (ncat_is_as_captured)
{
  assert_as_captured ("nfvo/084-vnfm-nfvo-INSTANTIATE.json", "nfvo/095-nfvo-vnfm-MODIFY.json", "ncatserver",
                      "ncatserver", "ncatclient", "ncatclient");
}
END_TEST

/* As the four sources of bind9: configuration values, and addresses that the VNF declares to provide. */
START_TEST (declared_key_without_a_value_is_left_out)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoDependencies) dependencies = nfvo_dependencies_new (clock);
  g_autoptr (JsonObject) vnfr = parse (
      "{\"name\":\"icscf\",\"provides\":{\"configurationParameters\":[{\"confKey\":\"mgmt\"},{\"confKey\":\"port\","
      "\"value\":\"1\"}]},\"configurations\":{\"configurationParameters\":[{\"confKey\":\"port\",\"value\":\"5060\"},"
      "{\"confKey\":\"secret\",\"value\":\"s\"}]},\"vdu\":[{\"vnfc_instance\":[{\"id\":\"i1\",\"hostname\":\"h1\","
      "\"ips\":[{\"netName\":\"mgmt\",\"ip\":\"10.0.0.1\"},{\"netName\":\"other\",\"ip\":\"10.0.1.1\"}],"
      "\"floatingIps\":[{\"netName\":\"mgmt\",\"ip\":\"203.0.0.1\"}]}]}]}");

  nfvo_dependencies_add_vnf (dependencies, "icscf", "icscf");
  nfvo_dependencies_add_vnf (dependencies, "bind9", "bind9");
  add (dependencies, "icscf", "bind9", "port mgmt mgmt_floatingIp hostname wanted");
  nfvo_dependencies_fill (dependencies, vnfr);
  ck_assert_str_eq (value (dependencies, "bind9", "icscf", NULL, "port"), "5060"); /* configurations win */
  ck_assert_ptr_null (value (dependencies, "bind9", "icscf", NULL, "mgmt"));
  ck_assert_str_eq (value (dependencies, "bind9", "icscf", NULL, "wanted"), "");
  ck_assert_ptr_null (value (dependencies, "bind9", "icscf", NULL, "secret"));
  ck_assert_str_eq (value (dependencies, "bind9", "icscf", "i1", "mgmt"), "10.0.0.1");
  ck_assert_str_eq (value (dependencies, "bind9", "icscf", "i1", "mgmt_floatingIp"), "203.0.0.1");
  ck_assert_str_eq (value (dependencies, "bind9", "icscf", "i1", "hostname"), "h1");
  ck_assert_ptr_null (value (dependencies, "bind9", "icscf", "i1", "other"));
}
END_TEST

START_TEST (each_instance_has_its_own_values)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoDependencies) dependencies = nfvo_dependencies_new (clock);
  g_autoptr (JsonObject) vnfr = parse (
      "{\"name\":\"s\",\"vdu\":[{\"vnfc_instance\":[{\"id\":\"i1\",\"ips\":[{\"netName\":\"n\",\"ip\":\"1\"}]}]},"
      "{\"vnfc_instance\":[{\"id\":\"i2\",\"ips\":[{\"netName\":\"n\",\"ip\":\"2\"}]}]}]}");

  nfvo_dependencies_add_vnf (dependencies, "s", "st");
  nfvo_dependencies_add_vnf (dependencies, "t", "tt");
  add (dependencies, "s", "t", "n");
  nfvo_dependencies_fill (dependencies, vnfr);
  ck_assert_str_eq (value (dependencies, "t", "st", "i1", "n"), "1");
  ck_assert_str_eq (value (dependencies, "t", "st", "i2", "n"), "2");
  ck_assert_str_eq (value (dependencies, "t", "st", NULL, "n"), "");
}
END_TEST

START_TEST (dependency_on_itself_has_no_instances)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoDependencies) dependencies = nfvo_dependencies_new (clock);
  g_autoptr (JsonObject) vnfr =
      parse ("{\"name\":\"s\",\"configurations\":{\"configurationParameters\":[{\"confKey\":\"k\",\"value\":\"v\"}]},"
             "\"vdu\":[{\"vnfc_instance\":[{\"id\":\"i1\",\"ips\":[{\"netName\":\"n\",\"ip\":\"1\"}]}]}]}");

  nfvo_dependencies_add_vnf (dependencies, "s", "st");
  add (dependencies, "s", "s", "n k");
  nfvo_dependencies_fill (dependencies, vnfr);
  ck_assert (nfvo_dependencies_is_cyclic (dependencies, "s"));
  ck_assert_str_eq (value (dependencies, "s", "st", NULL, "k"), "v");
  ck_assert_ptr_null (value (dependencies, "s", "st", "i1", "n"));
}
END_TEST

/* The dependencies of upstream's ncat-complex scenario: two of its circles are 3-4 and 3-5-4. */
START_TEST (complex_graph_is_understood)
{
  static const char *const edges[][2] = { { "p1", "p5" }, { "p2", "p1" }, { "p2", "p5" }, { "p3", "p2" },
                                          { "p3", "p5" }, { "p3", "p4" }, { "p4", "p3" }, { "p5", "p4" } };
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoDependencies) dependencies = nfvo_dependencies_new (clock);

  for (guint i = 1; i <= 5; i++) {
    g_autofree char *name = g_strdup_printf ("p%u", i);
    nfvo_dependencies_add_vnf (dependencies, name, name);
  }
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    add (dependencies, edges[i][0], edges[i][1], "private");
  for (guint i = 1; i <= 5; i++) {
    g_autofree char *name = g_strdup_printf ("p%u", i);
    ck_assert (nfvo_dependencies_is_cyclic (dependencies, name));
  }
  g_autoptr (GPtrArray) sources = nfvo_dependencies_dup_sources (dependencies, "p5");
  g_autoptr (GPtrArray) targets = nfvo_dependencies_dup_targets (dependencies, "p3");
  ck_assert_uint_eq (sources->len, 3);
  ck_assert_uint_eq (targets->len, 3);
}
END_TEST

START_TEST (order_puts_sources_first)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoDependencies) dependencies = nfvo_dependencies_new (clock);

  nfvo_dependencies_add_vnf (dependencies, "a", "a");
  nfvo_dependencies_add_vnf (dependencies, "b", "b");
  nfvo_dependencies_add_vnf (dependencies, "c", "c");
  add (dependencies, "c", "a", "");
  add (dependencies, "b", "c", "");
  g_autoptr (GPtrArray) order = nfvo_dependencies_dup_order (dependencies);
  ck_assert_uint_eq (order->len, 3);
  ck_assert_str_eq (order->pdata[0], "b");
  ck_assert_str_eq (order->pdata[1], "c");
  ck_assert_str_eq (order->pdata[2], "a");
  ck_assert (!nfvo_dependencies_is_cyclic (dependencies, "a"));
}
END_TEST

START_TEST (unknown_names_are_refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoDependencies) dependencies = nfvo_dependencies_new (clock);

  nfvo_dependencies_add_vnf (dependencies, "a", "a");
  ck_assert (!nfvo_dependencies_add (dependencies, "ghost", "a", NULL, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND);
  ck_assert_ptr_null (nfvo_dependencies_get (dependencies, "a"));
}
END_TEST

static Suite *
dependencies_suite (void)
{
  Suite *suite = suite_create ("nfvo-dependencies");
  TCase *tc = tcase_create ("dependencies");

  tcase_add_test (tc, declared_key_without_a_value_is_left_out);
  tcase_add_test (tc, each_instance_has_its_own_values);
  tcase_add_test (tc, dependency_on_itself_has_no_instances);
  tcase_add_test (tc, complex_graph_is_understood);
  tcase_add_test (tc, order_puts_sources_first);
  tcase_add_test (tc, unknown_names_are_refused);
  suite_add_tcase (suite, tc);
  if (vnfm_test_have_material ()) {
    TCase *real = tcase_create ("captured");
    tcase_add_test (real, sipp_is_as_captured);
    tcase_add_test (real, ncat_is_as_captured);
    suite_add_tcase (suite, real);
  }
  return suite;
}

VNFM_TEST_MAIN (dependencies_suite)
