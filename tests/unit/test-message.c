/* SPDX-License-Identifier: Apache-2.0 */
/* NFVO messages: members as slices of the received bytes, the package's files, composing. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <string.h>

static VnfmMessage *
message (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  VnfmMessage *m = vnfm_message_decode (body, &error);

  ck_assert_no_error (error);
  return m;
}

static char *
text_of (GBytes *bytes)
{
  ck_assert_ptr_nonnull (bytes);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

#define ck_assert_text(bytes, expected)        \
  do {                                         \
    g_autoptr (GBytes) bytes_ = (bytes);       \
    g_autofree char *text_ = text_of (bytes_); \
    ck_assert_str_eq (text_, (expected));      \
  } while (0)

START_TEST (members_are_slices_of_the_body)
{
  g_autoptr (VnfmMessage) m =
      message ("{ \"vnfr\": { \"id\" : 1.50, \"x\":[ ] },\"vnfrd\":null,\"cause\":\"a\\u003db\", "
               "\"n\":7,\"action\":\"HEAL\"}");
  g_autoptr (GBytes) record = vnfm_message_dup_member (m, "vnfr");
  const char *body = g_bytes_get_data (vnfm_message_get_body (m), NULL);

  ck_assert_text (g_bytes_ref (record), "{ \"id\" : 1.50, \"x\":[ ] }");
  ck_assert_ptr_eq (g_bytes_get_data (record, NULL), body + 10);
  ck_assert_ptr_null (vnfm_message_dup_member (m, "vnfrd"));
  ck_assert_ptr_null (vnfm_message_dup_member (m, "none"));
  ck_assert_text (vnfm_message_dup_member (m, "cause"), "\"a\\u003db\"");
  g_autofree char *cause = vnfm_message_dup_string (m, "cause");
  ck_assert_str_eq (cause, "a=b");
  ck_assert_ptr_null (vnfm_message_dup_string (m, "n"));
  ck_assert_ptr_null (vnfm_message_dup_string (m, "vnfrd"));
  ck_assert_ptr_null (vnfm_message_dup_string (m, "none"));
  ck_assert_int_eq (vnfm_message_get_action (m), VNFM_ACTION_HEAL);
}
END_TEST

START_TEST (an_unknown_action_is_told_not_refused)
{
  g_autoptr (VnfmMessage) unknown = message ("{\"action\":\"NOSUCH\"}");
  g_autoptr (VnfmMessage) absent = message ("{}");
  g_autoptr (VnfmMessage) number = message ("{\"action\":7}");

  ck_assert_int_eq (vnfm_message_get_action (unknown), VNFM_ACTION_NONE);
  ck_assert_str_eq (vnfm_message_get_action_name (unknown), "NOSUCH");
  ck_assert_int_eq (vnfm_message_get_action (absent), VNFM_ACTION_NONE);
  ck_assert_ptr_null (vnfm_message_get_action_name (absent));
  ck_assert_ptr_null (vnfm_message_get_action_name (number));
}
END_TEST

START_TEST (what_is_no_object_is_refused)
{
  static const char *const texts[] = { "", "null", "[]", "\"x\"", "{\"action\":", "garbage" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) body = g_bytes_new_static (texts[i], strlen (texts[i]));
    ck_assert_ptr_null (vnfm_message_decode (body, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}
END_TEST

START_TEST (record_and_dependency_have_several_names)
{
  g_autoptr (VnfmMessage) modify = message ("{\"vnfr\":{\"a\":1},\"vnfrd\":{\"b\":1}}");
  g_autoptr (VnfmMessage) scale = message ("{\"virtualNetworkFunctionRecord\":{\"a\":2},\"dependency\":{\"b\":2}}");
  g_autoptr (VnfmMessage) start =
      message ("{\"vnfr\":null,\"virtualNetworkFunctionRecord\":{\"a\":3},\"vnfrDependency\":{\"b\":3}}");

  ck_assert_text (vnfm_message_dup_record_text (modify), "{\"a\":1}");
  ck_assert_text (vnfm_message_dup_record_text (scale), "{\"a\":2}");
  ck_assert_text (vnfm_message_dup_record_text (start), "{\"a\":3}");
  ck_assert_text (vnfm_message_dup_dependency_text (modify), "{\"b\":1}");
  ck_assert_text (vnfm_message_dup_dependency_text (scale), "{\"b\":2}");
  ck_assert_text (vnfm_message_dup_dependency_text (start), "{\"b\":3}");
}
END_TEST

START_TEST (scripts_of_a_package_are_decoded)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;
  g_autoptr (VnfmMessage) m = message (
      "{\"vnfPackage\":{\"name\":\"p\",\"scriptsLink\":\"\",\"scripts\":[{\"name\":\"a.sh\",\"payload\":[35,33,10]},"
      "{\"payload\":[-61, -87],\"name\":\"sub/\xC3\xA9.sql\"},{\"name\":\"empty\",\"payload\":[]}]}}");
  g_autoptr (GPtrArray) scripts = vnfm_message_dup_scripts (m, &link, &error);

  ck_assert_no_error (error);
  ck_assert_ptr_null (link);
  ck_assert_uint_eq (scripts->len, 3);
  VnfmScript *second = scripts->pdata[1];
  ck_assert_str_eq (second->name, "sub/\xC3\xA9.sql");
  ck_assert_text (g_bytes_ref (second->content), "\xC3\xA9");
  ck_assert_text (g_bytes_ref (((VnfmScript *)scripts->pdata[0])->content), "#!\n");
  ck_assert_uint_eq (g_bytes_get_size (((VnfmScript *)scripts->pdata[2])->content), 0);
  VnfmScript *copy = vnfm_script_copy (second);
  ck_assert_str_eq (copy->name, second->name);
  vnfm_script_free (copy);
}
END_TEST

START_TEST (a_link_a_single_script_or_nothing)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;
  g_autofree char *no_link = NULL;
  g_autoptr (VnfmMessage) linked = message ("{\"vnfPackage\":{\"scriptsLink\":\"https://x/y.git\",\"scripts\":null}}");
  g_autoptr (VnfmMessage) single = message ("{\"script\":{\"name\":\"u.sh\",\"payload\":[97]}}");
  g_autoptr (VnfmMessage) none = message ("{\"vnfPackage\":null}");

  g_autoptr (GPtrArray) of_linked = vnfm_message_dup_scripts (linked, &link, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (of_linked->len, 0);
  ck_assert_str_eq (link, "https://x/y.git");
  g_autoptr (GPtrArray) of_single = vnfm_message_dup_scripts (single, NULL, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (of_single->len, 1);
  ck_assert_str_eq (((VnfmScript *)of_single->pdata[0])->name, "u.sh");
  g_autoptr (GPtrArray) of_none = vnfm_message_dup_scripts (none, &no_link, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (of_none->len, 0);
  ck_assert_ptr_null (no_link);
}
END_TEST

START_TEST (packages_that_cannot_be_read)
{
  static const struct {
    const char *text;
    const char *expected;
  } refused[] = {
    { "{\"vnfPackage\":[]}", "vnfPackage: it is no object" },
    { "{\"vnfPackage\":{\"scripts\":[{\"payload\":[1]}]}}", "no name" },
    { "{\"vnfPackage\":{\"scripts\":[7]}}", "no name" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"a.sh\"}]}}", "script \"a.sh\" has no payload" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"a.sh\",\"payload\":\"YQ==\"}]}}", "script \"a.sh\" has no payload" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"a.sh\",\"payload\":[\"a\"]}]}}", "script \"a.sh\" has no payload" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"a.sh\",\"payload\":[300]}]}}", "not within" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"a.sh\",\"payload\":0}]}}", "number" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"a.sh\",\"p\\u0061yload\":5}]}}", "no payload" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"../a.sh\",\"payload\":[]}]}}", "leads out" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"x/../../a.sh\",\"payload\":[]}]}}", "leads out" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"/etc/passwd\",\"payload\":[]}]}}", "leads out" },
    { "{\"vnfPackage\":{\"scripts\":[{\"name\":\"\",\"payload\":[]}]}}", "leads out" },
    { "{\"script\":7}", "script: it is no object" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *link = NULL;
    g_autoptr (VnfmMessage) m = message (refused[i].text);
    ck_assert_ptr_null (vnfm_message_dup_scripts (m, &link, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
    ck_assert_msg (strstr (error->message, refused[i].expected) != NULL, "%s: %s", refused[i].text, error->message);
    ck_assert_ptr_null (link);
  }
}
END_TEST

START_TEST (messages_are_composed)
{
  g_autoptr (GBytes) record = g_bytes_new_static ("{\"id\" : 1}", 10);
  g_autoptr (GBytes) cause = vnfm_message_string ("a\"b");

  ck_assert_ptr_null (vnfm_message_string (NULL));
  ck_assert_text (vnfm_message_compose (VNFM_ACTION_HEAL, "virtualNetworkFunctionRecord", record, "vnfcInstance", NULL,
                                        "cause", cause, NULL),
                  "{\"virtualNetworkFunctionRecord\":{\"id\" : 1},\"cause\":\"a\\\"b\",\"action\":\"HEAL\"}");
  ck_assert_text (vnfm_message_compose (VNFM_ACTION_ERROR, NULL), "{\"action\":\"ERROR\"}");
  ck_assert_text (vnfm_message_compose (VNFM_ACTION_NONE, "a", cause, NULL), "{\"a\":\"a\\\"b\"}");
  ck_assert_text (vnfm_message_compose (VNFM_ACTION_NONE, NULL), "{}");
}
END_TEST

/* The package in the capture that carries files, against what the Java VNFM sent to the agents of it. */
START_TEST (a_captured_package_has_its_files)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;
  g_autoptr (GBytes) body = vnfm_test_captured_body ("generic-vnfm/003-nfvo-to-vnfm-INSTANTIATE-request.json");
  g_autoptr (GBytes) command =
      vnfm_test_captured_body ("generic-vnfm/014-vnfm-to-ems-SAVE_SCRIPTS-install-srv.sh.json");
  g_autoptr (VnfmMessage) m = vnfm_message_decode (body, &error);
  ck_assert_no_error (error);
  g_autoptr (VnfmMessage) saved = vnfm_message_decode (command, &error);
  ck_assert_no_error (error);
  g_autofree char *payload = vnfm_message_dup_string (saved, "payload");
  g_autofree char *name = vnfm_message_dup_string (saved, "name");
  g_autoptr (GPtrArray) scripts = vnfm_message_dup_scripts (m, &link, &error);
  ck_assert_no_error (error);
  gboolean found = FALSE;

  ck_assert_uint_eq (scripts->len, 5);
  for (guint i = 0; i < scripts->len; i++) {
    VnfmScript *script = scripts->pdata[i];
    if (strcmp (script->name, name) != 0)
      continue;
    gsize length;
    const guint8 *data = g_bytes_get_data (script->content, &length);
    g_autofree char *encoded = g_base64_encode (data, length);
    ck_assert_str_eq (encoded, payload);
    found = TRUE;
  }
  ck_assert (found);
}
END_TEST

static Suite *
message_suite (void)
{
  Suite *suite = suite_create ("message");
  TCase *members = tcase_create ("members");
  TCase *scripts = tcase_create ("scripts");
  TCase *compose = tcase_create ("compose");

  tcase_add_test (members, members_are_slices_of_the_body);
  tcase_add_test (members, an_unknown_action_is_told_not_refused);
  tcase_add_test (members, what_is_no_object_is_refused);
  tcase_add_test (members, record_and_dependency_have_several_names);
  suite_add_tcase (suite, members);
  tcase_add_test (scripts, scripts_of_a_package_are_decoded);
  tcase_add_test (scripts, a_link_a_single_script_or_nothing);
  tcase_add_test (scripts, packages_that_cannot_be_read);
  if (vnfm_test_have_material ())
    tcase_add_test (scripts, a_captured_package_has_its_files);
  suite_add_tcase (suite, scripts);
  tcase_add_test (compose, messages_are_composed);
  suite_add_tcase (suite, compose);
  return suite;
}

VNFM_TEST_MAIN (message_suite)
