/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <string.h>
#include <vnfm/vnfm.h>

typedef struct {
  const char *text;
  const char *repeated; /* "name=value name=value" */
} Case;

static const Case cases[] = {
  { "{}", "" },
  { "7", "" },
  { "{\"a\":1,\"b\":{\"a\":1},\"c\":[{\"a\":1},{\"a\":2}]}", "" },
  { "{\"a\":1,\"a\":2}", "a=2" },
  { "{\"a\":1,\"\\u0061\":\"x\",\"a\":null}", "a=\"x\" a=null" },
  { "\xEF\xBB\xBF{\"a\":1,\"a\":2}", "a=2" },
  { "[[{\"x\":{\"b\":1,\"b\":2},\"x\":{\"b\":3}}],{\"a\":1}]", "b=2 x={" },
  { "{\"a\":{},\"b\":{},\"a\":[],\"b\":{\"b\":1}}", "a=[ b={" },
};

START_TEST (repeated_names)
{
  const Case *c = &cases[_i];
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) spans = vnfm_json_find_repeated (c->text, strlen (c->text), &error);
  g_autoptr (GString) found = g_string_new (NULL);

  ck_assert_no_error (error);
  for (guint i = 0; i < spans->len; i++) {
    const VnfmJsonSpan *span = &g_array_index (spans, VnfmJsonSpan, i);
    g_string_append_printf (found, "%s%s=%.*s", i > 0 ? " " : "", span->name, (int)span->length,
                            c->text + span->offset);
  }
  ck_assert_str_eq (found->str, c->repeated);
}
END_TEST

START_TEST (bad_json)
{
  static const char *const texts[] = { "", "{\"a\":1,\"a\":", "{\"a\":1,\"a\"", "{\"a\":1,\"a\":2} x", "{\"\xFF\":1}" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) spans = vnfm_json_find_repeated (texts[_i], strlen (texts[_i]), &error);

  ck_assert_ptr_null (spans);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

/* As deep as is allowed, and one more. */
START_TEST (depth)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 127; i++)
    g_string_append (text, "{\"a\":0,\"a\":");
  g_string_append (text, "{}");
  for (guint i = 0; i < 127; i++)
    g_string_append (text, "}");
  g_autoptr (GArray) spans = vnfm_json_find_repeated (text->str, text->len, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (spans->len, 127);
  g_string_prepend (text, "{\"a\":");
  g_string_append (text, "}");
  g_autoptr (GArray) deeper = vnfm_json_find_repeated (text->str, text->len, &error);
  ck_assert_ptr_null (deeper);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

static Suite *
json_repeated_suite (void)
{
  Suite *suite = suite_create ("json-repeated");
  TCase *tcase = tcase_create ("json-repeated");

  tcase_add_loop_test (tcase, repeated_names, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tcase, bad_json, 0, 5);
  tcase_add_test (tcase, depth);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (json_repeated_suite)
