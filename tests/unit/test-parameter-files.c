/* SPDX-License-Identifier: Apache-2.0 */
/* A dependency as the files that scripts read. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-json.h>
#include <vnfm/vnfm-parameter-files.h>

#include <string.h>

static JsonNode *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  JsonNode *node = vnfm_json_parse (bytes, &error);

  ck_assert_no_error (error);
  return node;
}

START_TEST (yaml_quotes_what_is_not_plain)
{
  const struct {
    const char *json;
    const char *yaml;
  } rows[] = {
    { "{}", "{}\n" },
    { "{\"b\":{\"y\":\"1\",\"x\":{}},\"a\":\"word\"}", "a: word\nb:\n  x: {}\n  'y': '1'\n" },
    { "{\"a\":\"\"}", "a: ''\n" },
    { "{\"a\":\"10.0.0.1\",\"b\":\"1.5\",\"c\":\"1e3\",\"d\":\"2001-01-01\",\"e\":\"1.2.\"}",
      "a: 10.0.0.1\nb: '1.5'\nc: '1e3'\nd: '2001-01-01'\ne: 1.2.\n" },
    { "{\"a\":\"yes\",\"b\":\"NULL\",\"c\":\"~\",\"d\":\"no way\"}", "a: 'yes'\nb: 'NULL'\nc: '~'\nd: 'no way'\n" },
    { "{\"a\":\"it's: # {x}\"}", "a: 'it''s: # {x}'\n" },
    { "{\"a\":\"x\\ny\\\"\\\\\",\"k\\t\":1}", "a: \"x\\U0000000ay\\\"\\\\\"\n\"k\\U00000009\": 1\n" },
    { "{\"\303\244\":\"\303\274\"}", "'\303\244': '\303\274'\n" },
    { "{\"a\":[1,\"x\",{\"b\":true}],\"n\":null,\"e\":[]}", "a:\n  - 1\n  - x\n  -\n    b: true\ne: []\n'n': null\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) node = parse (rows[i].json);
    g_autofree char *yaml = vnfm_parameter_files_to_yaml (json_node_get_object (node));
    ck_assert_str_eq (yaml, rows[i].yaml);
  }
}
END_TEST

#define HEAD "# VNF Parameters\n"
#define BODY "\n# VNFC Parameters\n"

START_TEST (shell_lines_are_data)
{
  const struct {
    const char *json;
    const char *shell;
  } rows[] = {
    { "{}", HEAD BODY },
    { "{\"parameters\":null,\"vnfcParameters\":[]}", HEAD BODY },
    { "{\"parameters\":{\"a\":{},\"b\":{\"parameters\":7},\"c\":null,\"d\":\"x\"}}", HEAD BODY },
    { "{\"parameters\":{\"s\":{\"parameters\":{\"k\":\"v'$(x)`y`\",\"n\":5,\"z\":null,\"o\":{}}}}}", HEAD
      "export OB_s_VNF_k='v'\\''$(x)`y`'\nexport OB_s_VNF_n='5'\nexport OB_s_VNF_o=''\nexport OB_s_VNF_z=''\n" BODY },
    { "{\"parameters\":{\"a b;c\":{\"parameters\":{\"d=$(x)\\n\":\"1\\n2\"}}}}",
      HEAD "export OB_a_b_c_VNF_d___x__='1\n2'\n" BODY },
    { "{\"vnfcParameters\":{\"s\":{\"parameters\":{\"2\":{\"parameters\":{\"a\":\"x\"}},\"1\":{\"parameters\":{\"b\":"
      "\"y\"}},"
      "\"3\":{}}}}}",
      HEAD BODY "export OB_s_VNFC_a='NA:x:NA'\nexport OB_s_VNFC_b='y:NA:NA'\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonNode) node = parse (rows[i].json);
    g_autofree char *shell = vnfm_parameter_files_to_shell (json_node_get_object (node));
    ck_assert_str_eq (shell, rows[i].shell);
  }
}
END_TEST

static Suite *
parameters_suite (void)
{
  Suite *suite = suite_create ("ob-parameters");
  TCase *tcase = tcase_create ("files");

  tcase_add_test (tcase, yaml_quotes_what_is_not_plain);
  tcase_add_test (tcase, shell_lines_are_data);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (parameters_suite)
