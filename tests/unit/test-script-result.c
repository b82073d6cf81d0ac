/* SPDX-License-Identifier: Apache-2.0 */
/* Results of scripts: from an agent's answer, to the journal and back. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <string.h>

static VnfmScriptResult *
result_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (JsonNode) node = vnfm_json_parse (bytes, &error);

  ck_assert_no_error (error);
  return vnfm_script_result_from_json (json_node_get_object (node));
}

START_TEST (reading_is_lenient)
{
  static const struct {
    const char *text;
    int status;
    const char *output;
    const char *err;
  } answers[] = {
    { "{\"status\":0,\"output\":\"o\",\"err\":\"e\"}", 0, "o", "e" },
    { "{\"status\":\"1\",\"output\":null,\"err\":\"e\"}", 1, "", "e" },
    { "{\"status\":-9}", -9, "", "" },
    { "{\"output\":\"o\"}", 1, "o", "" },
    { "{\"status\":\"none\"}", 1, "", "" },
    { "{\"status\":null,\"output\":7}", 1, "", "" },
    { "{\"status\":99999999999}", G_MAXINT, "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (VnfmScriptResult) result = result_of (answers[i].text);
    ck_assert_int_eq (result->status, answers[i].status);
    ck_assert_str_eq (result->output, answers[i].output);
    ck_assert_str_eq (result->err, answers[i].err);
    ck_assert (result->known);
    ck_assert_ptr_null (result->provides);
  }
  g_autoptr (VnfmScriptResult) nothing = vnfm_script_result_from_json (NULL);
  ck_assert_int_eq (nothing->status, 1);
}
END_TEST

START_TEST (the_journal_keeps_all)
{
  g_autoptr (VnfmScriptResult) result = vnfm_script_result_new (-15, "line\n", "killed \xFF");
  result->known = FALSE;
  result->truncated = 5000000000;
  result->started = g_strdup ("2020-01-01T00:00:00.000Z");
  result->ended = g_strdup ("2020-01-01T00:00:01.000Z");
  result->provides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (result->provides, g_strdup ("port"), g_strdup ("80"));
  g_autoptr (JsonNode) node = vnfm_script_result_to_json (result);
  g_autoptr (GBytes) text = vnfm_json_write (node);
  g_autofree char *written = g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_autoptr (VnfmScriptResult) read = result_of (written);
  g_autoptr (VnfmScriptResult) again = vnfm_script_result_copy (read);

  ck_assert_int_eq (again->status, -15);
  ck_assert (!again->known);
  ck_assert_int_eq (again->truncated, 5000000000);
  ck_assert_str_eq (again->output, "line\n");
  ck_assert_str_eq (again->err, "killed \xEF\xBF\xBD");
  ck_assert_str_eq (again->started, "2020-01-01T00:00:00.000Z");
  ck_assert_str_eq (again->ended, "2020-01-01T00:00:01.000Z");
  ck_assert_str_eq (g_hash_table_lookup (again->provides, "port"), "80");
}
END_TEST

START_TEST (a_plain_result_is_three_members)
{
  g_autoptr (VnfmScriptResult) result = vnfm_script_result_new (0, NULL, NULL);
  g_autoptr (JsonNode) node = vnfm_script_result_to_json (result);

  ck_assert_uint_eq (json_object_get_size (json_node_get_object (node)), 3);
}
END_TEST

START_TEST (provided_values_must_be_strings)
{
  g_autoptr (VnfmScriptResult) result = result_of ("{\"provides\":{\"a\":\"1\",\"b\":7,\"c\":null,\"d\":{}}}");

  ck_assert_uint_eq (g_hash_table_size (result->provides), 1);
  ck_assert_str_eq (g_hash_table_lookup (result->provides, "a"), "1");
}
END_TEST

static Suite *
script_result_suite (void)
{
  Suite *suite = suite_create ("script-result");
  TCase *tcase = tcase_create ("json");

  tcase_add_test (tcase, reading_is_lenient);
  tcase_add_test (tcase, the_journal_keeps_all);
  tcase_add_test (tcase, a_plain_result_is_three_members);
  tcase_add_test (tcase, provided_values_must_be_strings);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (script_result_suite)
