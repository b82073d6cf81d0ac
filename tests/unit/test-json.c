/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner, lifting payloads, and JSON text to tree and back. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <string.h>

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static char *
text_of (GBytes *b)
{
  return g_strndup (g_bytes_get_data (b, NULL), g_bytes_get_size (b));
}

static char *
span_text (const char *text, GArray *spans, const char *name)
{
  const VnfmJsonSpan *span = vnfm_json_find (spans, name);

  ck_assert_msg (span != NULL, "no member %s", name);
  return g_strndup (text + span->offset, span->length);
}

#define ck_assert_span(text, spans, name, expected)              \
  do {                                                           \
    g_autofree char *found_ = span_text ((text), (spans), name); \
    ck_assert_str_eq (found_, (expected));                       \
  } while (0)

START_TEST (members_are_found_where_they_stand)
{
  g_autoptr (GError) error = NULL;
  const char *text = "\xEF\xBB\xBF \r\n{ \"a\" : {\"b\": [1, {\"a\": 2}]} ,\"s\":\"x\\\"}\", \"n\":null,\"t\":true,"
                     "\"d\":-1.5e3 , \"\\u0061b\":[ ] }\t\n";
  g_autoptr (GArray) spans = vnfm_json_scan (text, strlen (text), &error);

  ck_assert_no_error (error);
  ck_assert_uint_eq (spans->len, 6);
  ck_assert_span (text, spans, "a", "{\"b\": [1, {\"a\": 2}]}");
  ck_assert_span (text, spans, "s", "\"x\\\"}\"");
  ck_assert_span (text, spans, "n", "null");
  ck_assert_span (text, spans, "t", "true");
  ck_assert_span (text, spans, "d", "-1.5e3");
  ck_assert_span (text, spans, "ab", "[ ]");
  ck_assert_ptr_null (vnfm_json_find (spans, "b"));
}
END_TEST

START_TEST (last_of_a_repeated_name_counts)
{
  g_autoptr (GError) error = NULL;
  const char *text = "{\"a\":1,\"b\":2,\"a\":{\"c\":3}}";
  g_autoptr (GArray) spans = vnfm_json_scan (text, strlen (text), &error);

  ck_assert_no_error (error);
  ck_assert_uint_eq (spans->len, 2);
  ck_assert_span (text, spans, "a", "{\"c\":3}");
  ck_assert_span (text, spans, "b", "2");
}
END_TEST

static const struct {
  const char *text;
  const char *where;
} broken[] = {
  { "", "line 1, column 1" },
  { "  \n ", "line 2, column 2" },
  { "null", "object" },
  { "[]", "object" },
  { "{", "too early" },
  { "{\"a\"", "\":\"" },
  { "{\"a\":", "too early" },
  { "{\"a\":}", "column 6" },
  { "{\"a\":1,}", "name" },
  { "{,}", "name" },
  { "{a:1}", "name" },
  { "{'a':1}", "name" },
  { "{\"a\" 1}", "\":\"" },
  { "{\"a\":1 \"b\":2}", "column 8" },
  { "{\"a\":[1,]}", "column 9" },
  { "{\"a\":[1 2]}", "column 9" },
  { "{\"a\":[}", "column 7" },
  { "{\"a\":1]", "column 7" },
  { "{}{}", "follows" },
  { "{}x", "follows" },
  { "{\"a\":01}", "number" },
  { "{\"a\":-}", "number" },
  { "{\"a\":1.}", "number" },
  { "{\"a\":.5}", "value" },
  { "{\"a\":1e}", "number" },
  { "{\"a\":+1}", "value" },
  { "{\"a\":1e999}", "range" },
  { "{\"a\":NaN}", "value" },
  { "{\"a\":tru}", "value" },
  { "{\"a\":\"b}", "ends within a string" },
  { "{\"a\":\"b\\", "ends within a string" },
  { "{\"a\":\"\\x\"}", "escape" },
  { "{\"a\":\"\\u12g4\"}", "hexadecimal" },
  { "{\"a\":\"\\u12", "escape" },
  { "{\"a\":\"\n\"}", "control" },
  { "{\"a\":\"\xFF\"}", "UTF-8" },
  { "{\"a\":\"\xED\xA0\x80\"}", "UTF-8" },
  { "{\"\xC3\xA9\":\n\"\xC3\xA9\" \xC3\xA9}", "line 2, column 5" },
  { "{\"a\":1} /* no */", "follows" },
};

START_TEST (broken_text_is_refused_with_its_place)
{
  g_autoptr (GError) error = NULL;
  const char *text = broken[_i].text;
  g_autoptr (GArray) spans = vnfm_json_scan (text, strlen (text), &error);

  ck_assert_ptr_null (spans);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  ck_assert_msg (strstr (error->message, broken[_i].where) != NULL, "%s: %s", text, error->message);
  ck_assert (g_str_has_prefix (error->message, "JSON, line "));
}
END_TEST

START_TEST (a_nul_within_the_text_is_refused)
{
  g_autoptr (GError) error = NULL;
  static const char text[] = "{\"a\":\"b\0c\"}";

  ck_assert_ptr_null (vnfm_json_scan (text, sizeof text - 1, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

/* Every cut of a good text is refused, and nothing behind the cut is read (valgrind sees to that). */
START_TEST (cut_text_is_refused)
{
  const char *text = "{\"a\":[1,-2.5e1,\"\\u00e9\\n\"],\"payload\":[1,-2,30],\"t\":true,\"n\":null}";

  for (gsize length = 0; length < strlen (text); length++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) lift_error = NULL;
    g_autoptr (GPtrArray) payloads = NULL;
    g_autofree char *exact = g_memdup2 (text, length);
    ck_assert_ptr_null (vnfm_json_scan (exact, length, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
    g_autoptr (GBytes) body = g_bytes_new_static (exact, length);
    ck_assert_ptr_null (vnfm_json_lift_payloads (body, &payloads, &lift_error));
    ck_assert_error (lift_error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}
END_TEST

static GBytes *
nested (guint depth, const char *open, const char *close)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, "1");
  for (guint i = 0; i < depth; i++)
    g_string_append (text, close);
  return g_string_free_to_bytes (text);
}

START_TEST (depth_is_limited)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) fine = nested (128, "{\"a\":", "}");
  g_autoptr (GBytes) deep = nested (129, "{\"a\":", "}");
  g_autoptr (GBytes) abyss = nested (2000000, "[", "]");

  g_autoptr (GArray) spans = vnfm_json_scan (g_bytes_get_data (fine, NULL), g_bytes_get_size (fine), &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (spans->len, 1);
  g_autoptr (JsonNode) tree = vnfm_json_parse (fine, &error);
  ck_assert_no_error (error);
  g_autoptr (GBytes) again = vnfm_json_write (tree);
  ck_assert (g_bytes_equal (again, fine));
  ck_assert_ptr_null (vnfm_json_scan (g_bytes_get_data (deep, NULL), g_bytes_get_size (deep), &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  g_clear_error (&error);
  ck_assert_ptr_null (vnfm_json_parse (abyss, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

START_TEST (strings_are_unescaped)
{
  static const struct {
    const char *text;
    const char *expected;
  } strings[] = {
    { "\"\"", "" },
    { "\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\b\f\n\r\tz" },
    { "\"\\u003c\\u00e9\\u20AC\"", "<\xC3\xA9\xE2\x82\xAC" },
    { "\"\\uD83D\\uDE00!\"", "\xF0\x9F\x98\x80!" },
    { "\"\\uD83D\"", "\xEF\xBF\xBD" },
    { "\"\\uD83Dx\\uDE00\"", "\xEF\xBF\xBDx\xEF\xBF\xBD" },
    { "\"\\uD83D\\u0041\"", "\xEF\xBF\xBD"
                            "A" },
    { "\"a\\u0000b\"", "a\xEF\xBF\xBD"
                       "b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++) {
    g_autofree char *value = vnfm_json_unquote (strings[i].text, strlen (strings[i].text));
    ck_assert_str_eq (value, strings[i].expected);
  }
  ck_assert_ptr_null (vnfm_json_unquote ("12", 2));
  ck_assert_ptr_null (vnfm_json_unquote ("\"", 1));
  ck_assert_ptr_null (vnfm_json_unquote ("", 0));
}
END_TEST

START_TEST (payloads_are_lifted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) payloads = NULL;
  g_autoptr (GBytes) text = bytes ("{\"x\":[{\"payload\":[35, -1,\n-128,255],\"name\":\"a\"},{\"payload\" : [ ]}],"
                                   "\"payload\":\"text\",\"y\":{\"payload\":[\"a\"]},\"z\":\"\\\"payload\\\":[1]\"}");
  g_autoptr (GBytes) lifted = vnfm_json_lift_payloads (text, &payloads, &error);
  static const guint8 first[] = { 35, 255, 128, 255 };

  ck_assert_no_error (error);
  g_autofree char *result = text_of (lifted);
  ck_assert_str_eq (result, "{\"x\":[{\"payload\":0,\"name\":\"a\"},{\"payload\" : 1}],"
                            "\"payload\":\"text\",\"y\":{\"payload\":[\"a\"]},\"z\":\"\\\"payload\\\":[1]\"}");
  ck_assert_uint_eq (payloads->len, 2);
  ck_assert_mem_eq (g_bytes_get_data (payloads->pdata[0], NULL), first, sizeof first);
  ck_assert_uint_eq (g_bytes_get_size (payloads->pdata[0]), sizeof first);
  ck_assert_uint_eq (g_bytes_get_size (payloads->pdata[1]), 0);
}
END_TEST

START_TEST (text_without_payloads_is_handed_back)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) payloads = NULL;
  g_autoptr (GBytes) text = bytes ("{\"name\":\"payload\"}");
  g_autoptr (GBytes) lifted = vnfm_json_lift_payloads (text, &payloads, &error);

  ck_assert_no_error (error);
  ck_assert_ptr_eq (lifted, text);
  ck_assert_uint_eq (payloads->len, 0);
}
END_TEST

START_TEST (payloads_that_are_no_bytes)
{
  static const char *const refused[] = {
    "{\"payload\":[256]}", "{\"payload\":[-129]}", "{\"payload\":[99999999999999999999]}",
    "{\"payload\":7}",     "{\"payload\":[1,]}",   "{\"payload\":[1,\f 2]}",
    "{\"payload\":[01]}",  "{\"payload\":[1",
  };
  static const char *const left_alone[] = { "{\"payload\":[1.5]}", "{\"payload\":[1,\"x\"]}", "{\"payload\":[[1]]}",
                                            "{\"payload\":[{\"payload\":null}]}" };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) payloads = NULL;
    g_autoptr (GBytes) text = bytes (refused[i]);
    ck_assert_ptr_null (vnfm_json_lift_payloads (text, &payloads, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
  for (guint i = 0; i < G_N_ELEMENTS (left_alone); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) payloads = NULL;
    g_autoptr (GBytes) text = bytes (left_alone[i]);
    g_autoptr (GBytes) lifted = vnfm_json_lift_payloads (text, &payloads, &error);
    ck_assert_no_error (error);
    ck_assert_ptr_eq (lifted, text);
  }
}
END_TEST

START_TEST (tree_and_text_agree)
{
  g_autoptr (GError) error = NULL;
  const char *text = "{\"i\":[0,-1,9223372036854775807,-9223372036854775808],\"s\":\"a\\\"\\\\\\n\xC3\xA9\",\"e\":\"\","
                     "\"b\":[true,false,null],\"o\":{},\"a\":[],\"\":{\"\":1}}";
  g_autoptr (GBytes) source = bytes (text);
  g_autoptr (JsonNode) tree = vnfm_json_parse (source, &error);
  ck_assert_no_error (error);
  g_autoptr (GBytes) written = vnfm_json_write (tree);
  g_autofree char *result = text_of (written);

  ck_assert_str_eq (result, text);
}
END_TEST

START_TEST (doubles_are_read_back_equal)
{
  static const double values[] = {
    0.1, -2.5e-10, 1.7976931348623157e308, 5e-324, 1.0 / 3, 123456789.125, 3.0, -0.0, 1e55, 1e-51, 1e15, 1e22, 0.1 + 0.2
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonObject) object = json_object_new ();
    json_object_set_double_member (object, "d", values[i]);
    g_autoptr (GBytes) written = vnfm_json_write_object (object);
    g_autoptr (JsonNode) again = vnfm_json_parse (written, &error);
    ck_assert_no_error (error);
    ck_assert (json_object_get_double_member (json_node_get_object (again), "d") == values[i]);
  }
}
END_TEST

START_TEST (numbers_wider_than_64_bits_become_doubles)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = bytes ("{\"n\":18446744073709551616}");
  g_autoptr (JsonNode) tree = vnfm_json_parse (text, &error);

  ck_assert_no_error (error);
  ck_assert (json_object_get_double_member (json_node_get_object (tree), "n") == 18446744073709551616.0);
}
END_TEST

START_TEST (doubles_are_written_short_and_as_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) source = bytes ("[0.1,5.0,1e55,-1E-51,0.30000000000000004]");
  g_autoptr (JsonNode) tree = vnfm_json_parse (source, &error);
  ck_assert_no_error (error);
  g_autoptr (GBytes) written = vnfm_json_write (tree);
  g_autofree char *text = text_of (written);

  ck_assert_str_eq (text, "[0.1,5.0,1e+55,-1e-51,0.30000000000000004]");
}
END_TEST

START_TEST (any_value_may_be_a_root)
{
  static const char *const texts[] = { "null", "\"x\"", "7", "[]", " true " };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) text = bytes (texts[i]);
    g_autoptr (JsonNode) tree = vnfm_json_parse (text, &error);
    ck_assert_no_error (error);
    ck_assert_ptr_nonnull (tree);
  }
}
END_TEST

START_TEST (getters_never_complain)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = bytes ("{\"s\":\"x\",\"n\":7,\"d\":7.5,\"t\":\"-7\",\"b\":true,\"bt\":\"false\",\"z\":null,"
                                   "\"o\":{\"k\":1},\"a\":[{\"k\":1},2],\"h\":1e30}");
  g_autoptr (JsonNode) tree = vnfm_json_parse (text, &error);
  ck_assert_no_error (error);
  JsonObject *object = json_node_get_object (tree);

  ck_assert_str_eq (vnfm_json_get_string (object, "s"), "x");
  ck_assert_ptr_null (vnfm_json_get_string (object, "n"));
  ck_assert_ptr_null (vnfm_json_get_string (object, "z"));
  ck_assert_ptr_null (vnfm_json_get_string (object, "none"));
  ck_assert_ptr_null (vnfm_json_get_string (NULL, "s"));
  ck_assert_int_eq (vnfm_json_get_int (object, "n", -1), 7);
  ck_assert_int_eq (vnfm_json_get_int (object, "d", -1), 7);
  ck_assert_int_eq (vnfm_json_get_int (object, "t", -1), -7);
  ck_assert_int_eq (vnfm_json_get_int (object, "s", -1), -1);
  ck_assert_int_eq (vnfm_json_get_int (object, "h", -1), -1);
  ck_assert_int_eq (vnfm_json_get_int (object, "o", -1), -1);
  ck_assert (vnfm_json_get_boolean (object, "b", FALSE));
  ck_assert (!vnfm_json_get_boolean (object, "bt", TRUE));
  ck_assert (vnfm_json_get_boolean (object, "n", TRUE));
  ck_assert_ptr_nonnull (vnfm_json_get_object (object, "o"));
  ck_assert_ptr_null (vnfm_json_get_object (object, "a"));
  ck_assert_ptr_null (vnfm_json_get_array (object, "o"));
  JsonArray *array = vnfm_json_get_array (object, "a");
  ck_assert_int_eq (vnfm_json_get_int (vnfm_json_element_object (array, 0), "k", 0), 1);
  ck_assert_ptr_null (vnfm_json_element_object (array, 1));
  ck_assert_ptr_null (vnfm_json_element_object (array, 2));
  ck_assert_ptr_null (vnfm_json_element_object (NULL, 0));
}
END_TEST

START_TEST (written_strings_are_always_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  vnfm_json_append_string (out, "q\"b\\n\n\x01\xFFz");
  ck_assert_str_eq (out->str, "\"q\\\"b\\\\n\\n\\u0001\xEF\xBF\xBDz\"");
  g_autoptr (GBytes) text = bytes (out->str);
  g_autoptr (JsonNode) node = vnfm_json_parse (text, &error);
  ck_assert_no_error (error);
  ck_assert_str_eq (json_node_get_string (node), "q\"b\\n\n\x01\xEF\xBF\xBDz");
}
END_TEST

/* Whoever sends a large message must not be able to make it expensive. */
START_TEST (a_large_text_takes_one_pass)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) payloads = NULL;
  GString *text = g_string_new ("{");

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, "\"m%u\":{\"payload\":[1,2,3,{\"payload\":[[]]}]},", i % 10000);
  g_string_append (text, "\"payload\":[");
  for (guint i = 0; i < 1000000; i++)
    g_string_append (text, "-101,");
  g_string_append (text, "0]}");
  g_autoptr (GBytes) body = g_string_free_to_bytes (text);

  g_autoptr (GArray) spans = vnfm_json_scan (g_bytes_get_data (body, NULL), g_bytes_get_size (body), &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (spans->len, 10001);
  g_autoptr (GBytes) lifted = vnfm_json_lift_payloads (body, &payloads, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (payloads->len, 1);
  ck_assert_uint_eq (g_bytes_get_size (payloads->pdata[0]), 1000001);
}
END_TEST

static Suite *
json_suite (void)
{
  Suite *suite = suite_create ("json");
  TCase *scan = tcase_create ("scan");
  TCase *lift = tcase_create ("lift");
  TCase *tree = tcase_create ("tree");

  tcase_add_test (scan, members_are_found_where_they_stand);
  tcase_add_test (scan, last_of_a_repeated_name_counts);
  tcase_add_loop_test (scan, broken_text_is_refused_with_its_place, 0, G_N_ELEMENTS (broken));
  tcase_add_test (scan, a_nul_within_the_text_is_refused);
  tcase_add_test (scan, cut_text_is_refused);
  tcase_add_test (scan, depth_is_limited);
  tcase_add_test (scan, strings_are_unescaped);
  suite_add_tcase (suite, scan);
  tcase_add_test (lift, payloads_are_lifted);
  tcase_add_test (lift, text_without_payloads_is_handed_back);
  tcase_add_test (lift, payloads_that_are_no_bytes);
  tcase_add_test (lift, a_large_text_takes_one_pass);
  suite_add_tcase (suite, lift);
  tcase_add_test (tree, tree_and_text_agree);
  tcase_add_test (tree, doubles_are_read_back_equal);
  tcase_add_test (tree, doubles_are_written_short_and_as_json);
  tcase_add_test (tree, numbers_wider_than_64_bits_become_doubles);
  tcase_add_test (tree, any_value_may_be_a_root);
  tcase_add_test (tree, getters_never_complain);
  tcase_add_test (tree, written_strings_are_always_json);
  suite_add_tcase (suite, tree);
  return suite;
}

VNFM_TEST_MAIN (json_suite)
