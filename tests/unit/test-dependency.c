/* SPDX-License-Identifier: Apache-2.0 */
/* Dependencies: which source a script belongs to, and what it gets of it. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <string.h>

static VnfmDependency *
dependency (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  VnfmDependency *d = vnfm_dependency_new (bytes, &error);

  ck_assert_no_error (error);
  return d;
}

static void
check_values (VnfmDependency *d, const char *type, const char *instance, const char *expected)
{
  g_autoptr (GHashTable) values = vnfm_dependency_dup_parameters (d, type, instance);
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (values), (GCompareFunc)strcmp);
  g_autoptr (GString) text = g_string_new (NULL);

  for (GList *name = names; name != NULL; name = name->next)
    g_string_append_printf (text, "%s=%s;", (char *)name->data, (char *)g_hash_table_lookup (values, name->data));
  ck_assert_str_eq (text->str, expected);
}

#define SCRIPTS                                              \
  "{\"parameters\":{\"web\":{},\"only_here\":{},\"db\":{}}," \
  "\"vnfcParameters\":{\"db\":{},\"db_master\":{},\"web\":{\"parameters\":{}},\"\":{},\"peer1\":{}}}"

START_TEST (the_longest_type_owns_the_script)
{
  static const struct {
    const char *script;
    const char *type;
  } scripts[] = {
    { "db_setup.sh", "db" },
    { "db_master_setup.sh", "db_master" },
    { "db_masterful.sh", "db" },
    { "db.sh", NULL },
    { "dbx_setup.sh", NULL },
    { "db_", "db" },
    { "web_server_configure.sh --fast", "web" },
    { "only_here_x.sh", "only_here" },
    { "peer1_configure_private.sh", "peer1" },
    { "peer10_configure.sh", NULL },
    { "_setup.sh", NULL },
    { "", NULL },
  };
  g_autoptr (VnfmDependency) d = dependency (SCRIPTS);

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    const char *type = vnfm_dependency_match_script (d, scripts[i].script);
    ck_assert_msg (g_strcmp0 (type, scripts[i].type) == 0, "%s belongs to %s", scripts[i].script, type);
  }
}
END_TEST

#define VALUES                                                                                                     \
  "{\"parameters\":{\"s\":{\"parameters\":{\"net\":\"\",\"port\":\"80\",\"gone\":null,\"n\":7,\"lonely\":\"\"}}}," \
  "\"vnfcParameters\":{\"s\":{\"parameters\":{\"z\":{\"parameters\":{\"net\":\"10.0.0.1\",\"port\":\"\"}},"        \
  "\"a\":{\"parameters\":{\"net\":\"10.0.0.2\",\"port\":\"81\",\"gone\":\"x\"}},\"e\":{}}}}}"

START_TEST (an_empty_value_hides_nothing)
{
  g_autoptr (VnfmDependency) d = dependency (VALUES);

  check_values (d, "s", NULL, "lonely=;n=7;net=;port=80;");
  check_values (d, "s", "z", "lonely=;n=7;net=10.0.0.1;port=80;");
  check_values (d, "s", "a", "gone=x;lonely=;n=7;net=10.0.0.2;port=81;");
  check_values (d, "s", "e", "lonely=;n=7;net=;port=80;");
  check_values (d, "s", "none", "lonely=;n=7;net=;port=80;");
  check_values (d, "none", NULL, "");
}
END_TEST

START_TEST (instances_keep_their_order)
{
  g_autoptr (VnfmDependency) d = dependency (VALUES);
  g_autoptr (GPtrArray) ids = vnfm_dependency_dup_instances (d, "s");
  g_autoptr (GPtrArray) none = vnfm_dependency_dup_instances (d, "none");

  ck_assert_uint_eq (ids->len, 3);
  ck_assert_str_eq (ids->pdata[0], "z");
  ck_assert_str_eq (ids->pdata[1], "a");
  ck_assert_str_eq (ids->pdata[2], "e");
  ck_assert_uint_eq (none->len, 0);
}
END_TEST

START_TEST (odd_shapes_are_empty)
{
  static const char *const texts[] = { "{}", "{\"parameters\":null,\"vnfcParameters\":[]}",
                                       "{\"parameters\":{\"s\":7},\"vnfcParameters\":{\"s\":{\"parameters\":[]}}}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (VnfmDependency) d = dependency (texts[i]);
    g_autoptr (GPtrArray) ids = vnfm_dependency_dup_instances (d, "s");
    ck_assert_uint_eq (ids->len, 0);
    check_values (d, "s", "i", "");
  }
}
END_TEST

START_TEST (what_is_no_object_is_refused)
{
  static const char *const texts[] = { "", "[]", "null", "{\"a\":" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = g_bytes_new_static (texts[i], strlen (texts[i]));
    ck_assert_ptr_null (vnfm_dependency_new (bytes, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}
END_TEST

/* A live network service: its VNF-level addresses are empty, its descriptor's own type has an empty entry. */
START_TEST (live_dependencies_yield_addresses)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = vnfm_test_read_file (
      vnfm_test_material (), "netgroup+softfire-tiesr-deployer/topo/example_openbaton_notification.json");
  g_autoptr (JsonNode) root = vnfm_json_parse (file, &error);
  ck_assert_no_error (error);
  JsonObject *nsr = vnfm_json_get_object (json_node_get_object (root), "payload");
  JsonArray *dependencies = vnfm_json_get_array (nsr, "vnf_dependency");
  guint addresses = 0;

  ck_assert_uint_eq (json_array_get_length (dependencies), 3);
  for (guint i = 0; i < json_array_get_length (dependencies); i++) {
    JsonObject *object = vnfm_json_element_object (dependencies, i);
    g_autoptr (GBytes) text = vnfm_json_write_object (object);
    g_autoptr (VnfmDependency) d = vnfm_dependency_new (text, &error);
    ck_assert_no_error (error);
    g_autoptr (GList) types = json_object_get_members (vnfm_json_get_object (object, "parameters"));
    for (GList *type = types; type != NULL; type = type->next) {
      g_autoptr (GPtrArray) ids = vnfm_dependency_dup_instances (d, type->data);
      ck_assert_uint_eq (ids->len, 1);
      g_autoptr (GHashTable) values = vnfm_dependency_dup_parameters (d, type->data, ids->pdata[0]);
      ck_assert_str_eq (g_hash_table_lookup (values, "myname"), type->data);
      ck_assert (g_str_has_prefix (g_hash_table_lookup (values, "softfire-internal"), "192.168."));
      addresses++;
    }
  }
  ck_assert_uint_eq (addresses, 4);
}
END_TEST

static Suite *
dependency_suite (void)
{
  Suite *suite = suite_create ("dependency");
  TCase *tcase = tcase_create ("parameters");

  tcase_add_test (tcase, the_longest_type_owns_the_script);
  tcase_add_test (tcase, an_empty_value_hides_nothing);
  tcase_add_test (tcase, instances_keep_their_order);
  tcase_add_test (tcase, odd_shapes_are_empty);
  tcase_add_test (tcase, what_is_no_object_is_refused);
  if (vnfm_test_have_material ())
    tcase_add_test (tcase, live_dependencies_yield_addresses);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (dependency_suite)
