/* SPDX-License-Identifier: Apache-2.0 */
/* VNFD -> VNFR: what the Java VNFM made of the same requests, and requests that it could not read. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <string.h>

/* ---- comparing JSON */

static gboolean same (JsonNode *a, JsonNode *b, gboolean ordered);

static gboolean
same_objects (JsonObject *a, JsonObject *b)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (json_object_get_size (a) != json_object_get_size (b))
    return FALSE;
  json_object_iter_init (&iter, a);
  while (json_object_iter_next (&iter, &name, &node)) {
    JsonNode *other = json_object_get_member (b, name);
    if (other == NULL || !same (node, other, strcmp (name, "lifecycle_events") == 0))
      return FALSE;
  }
  return TRUE;
}

/* Java writes its sets in arbitrary order (protocol/openbaton.md, 0.1, C.2); only the scripts of an event are a list.
 */
static gboolean
same_arrays (JsonArray *a, JsonArray *b, gboolean ordered)
{
  guint n = json_array_get_length (a);
  g_autofree gboolean *used = g_new0 (gboolean, n + 1);

  if (json_array_get_length (b) != n)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    guint k = ordered ? i : 0;
    while (k < n && (used[k] || !same (json_array_get_element (a, i), json_array_get_element (b, k), ordered))) {
      if (ordered)
        return FALSE;
      k++;
    }
    if (k == n)
      return FALSE;
    used[k] = TRUE;
  }
  return TRUE;
}

static gboolean
same (JsonNode *a, JsonNode *b, gboolean ordered)
{
  if (JSON_NODE_TYPE (a) != JSON_NODE_TYPE (b))
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (a))
    return same_objects (json_node_get_object (a), json_node_get_object (b));
  if (JSON_NODE_HOLDS_ARRAY (a))
    return same_arrays (json_node_get_array (a), json_node_get_array (b), ordered);
  return json_node_equal (a, b);
}

static JsonNode *
parse (GBytes *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = vnfm_json_parse (text, &error);

  ck_assert_no_error (error);
  return node;
}

/* ---- requests */

static VnfmMessage *
message (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  VnfmMessage *m = vnfm_message_decode (body, &error);

  ck_assert_no_error (error);
  return m;
}

#define VIMS "\"vimInstances\":{\"d1\":[{\"name\":\"v\",\"type\":\"test\"}]}"

static JsonObject *
record_of (const char *text, VnfmRecord **record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmMessage) m = message (text);

  *record = vnfm_descriptor_to_record (m, &error);
  ck_assert_no_error (error);
  return vnfm_record_get_object (*record);
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

/* The VNFR of the first question for GRANT after @from that is about the same descriptor and NSR. */
static GBytes *
find_question (GPtrArray *names, guint from, VnfmRecord *wanted)
{
  for (guint i = from; i < names->len; i++) {
    const char *name = names->pdata[i];
    if (strstr (name, "vnfm-nfvo-GRANT") == NULL && strstr (name, "vnfm-to-nfvo-GRANT") == NULL)
      continue;
    g_autoptr (GBytes) body = vnfm_test_captured_body (name);
    g_autoptr (GError) error = NULL;
    g_autoptr (VnfmMessage) question = vnfm_message_decode (body, &error);
    ck_assert_no_error (error);
    g_autoptr (GBytes) text = vnfm_message_dup_record_text (question);
    g_autoptr (VnfmRecord) record = vnfm_record_new (text, &error);
    ck_assert_no_error (error);
    const char *descriptor = vnfm_json_get_string (vnfm_record_get_object (record), "descriptor_reference");
    if (g_strcmp0 (vnfm_record_get_nsr_id (record), vnfm_record_get_nsr_id (wanted)) == 0 &&
        g_strcmp0 (descriptor, vnfm_json_get_string (vnfm_record_get_object (wanted), "descriptor_reference")) == 0)
      return g_steal_pointer (&text);
  }
  return NULL;
}

/* Returns: whether @name was a request whose question for GRANT was captured. */
static gboolean
check_captured (GPtrArray *names, guint i)
{
  const char *name = names->pdata[i];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = vnfm_test_captured_body (name);
  g_autoptr (VnfmMessage) request = vnfm_message_decode (body, &error);
  ck_assert_no_error (error);
  g_autoptr (GBytes) given = vnfm_message_dup_record_text (request);

  if (vnfm_message_get_action (request) != VNFM_ACTION_INSTANTIATE || given != NULL)
    return FALSE;
  g_autoptr (VnfmRecord) record = vnfm_descriptor_to_record (request, &error);
  if (record == NULL) {
    ck_assert_msg (g_str_has_prefix (name, "generic-vnfm/276-"), "%s: %s", name, error->message);
    return FALSE;
  }
  g_autoptr (GBytes) expected_text = find_question (names, i, record);
  if (expected_text == NULL)
    return FALSE;
  g_autoptr (JsonNode) expected = parse (expected_text);
  g_autoptr (JsonNode) made = parse (vnfm_record_get_text (record));
  g_autofree char *made_text = json_to_string (made, TRUE);
  g_autofree char *expected_pretty = json_to_string (expected, TRUE);
  ck_assert_msg (same (made, expected, FALSE), "%s: made\n%s\nexpected\n%s", name, made_text, expected_pretty);
  return TRUE;
}

START_TEST (captured_requests_become_the_same_records)
{
  static const struct {
    const char *folder;
    const char *request;
    guint expected;
  } folders[] = {
    { "generic-vnfm", "nfvo-to-vnfm-INSTANTIATE-request", 8 },
    { "nfvo", "nfvo-vnfm-INSTANTIATE", 6 },
  };
  g_autoptr (GPtrArray) names = list_folder (folders[_i].folder);
  guint checked = 0;

  for (guint i = 0; i < names->len; i++) {
    if (strstr (names->pdata[i], folders[_i].request) != NULL && check_captured (names, i))
      checked++;
  }
  ck_assert_uint_eq (checked, folders[_i].expected);
}
END_TEST

START_TEST (a_captured_unknown_flavour_is_refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = vnfm_test_captured_body ("generic-vnfm/276-nfvo-to-vnfm-INSTANTIATE-request.json");
  g_autoptr (VnfmMessage) request = vnfm_message_decode (body, &error);

  ck_assert_no_error (error);
  ck_assert_ptr_null (vnfm_descriptor_to_record (request, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  ck_assert_ptr_nonnull (strstr (error->message, "no key m1.nosuch found in vim instance: vim-instance"));
}
END_TEST

/* ---- cases that no capture has */

START_TEST (absent_and_null_members_are_empty)
{
  g_autoptr (VnfmRecord) record = NULL;
  JsonObject *object =
      record_of ("{\"vnfd\":{\"name\":\"n\",\"type\":\"t\",\"configurations\":null,\"requires\":null,"
                 "\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":null},null],"
                 "\"vdu\":[{\"id\":\"d1\",\"vm_image\":null,\"vnfc\":[{\"connection_point\":null},{}],"
                 "\"metadata\":null}],\"virtual_link\":[{\"name\":\"l\",\"qos\":null}],"
                 "\"auto_scale_policy\":[{\"alarms\":null}]},\"extension\":null,\"vlrs\":null," VIMS "}",
                 &record);
  JsonObject *vdu = vnfm_json_element_object (vnfm_json_get_array (object, "vdu"), 0);

  ck_assert_str_eq (vnfm_json_get_string (object, "endpoint"), "t");
  ck_assert_ptr_null (vnfm_record_get_nsr_id (record));
  ck_assert_str_eq (vnfm_json_get_string (vnfm_json_get_object (object, "configurations"), "name"), "n");
  ck_assert_uint_eq (json_array_get_length (vnfm_json_get_array (vdu, "vm_image")), 0);
  ck_assert_uint_eq (json_array_get_length (vnfm_json_get_array (vdu, "vnfc")), 2);
  ck_assert_uint_eq (json_array_get_length (vnfm_json_get_array (object, "lifecycle_event")), 1);
  ck_assert_ptr_nonnull (vnfm_json_get_object (vdu, "metadata"));
}
END_TEST

START_TEST (all_metadata_of_a_connection_point_survive)
{
  g_autoptr (VnfmRecord) record = NULL;
  JsonObject *object =
      record_of ("{\"vnfd\":{\"name\":\"n\",\"vdu\":[{\"id\":\"d1\",\"metadata\":{\"x\":\"1\",\"y\":\"2\"},"
                 "\"vnfc\":[{\"id\":\"c\",\"connection_point\":[{\"id\":\"p\",\"fixedIp\":\"10.0.0.9\","
                 "\"metadata\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}}]}]}]}," VIMS "}",
                 &record);
  JsonObject *vdu = vnfm_json_element_object (vnfm_json_get_array (object, "vdu"), 0);
  JsonObject *vnfc = vnfm_json_element_object (vnfm_json_get_array (vdu, "vnfc"), 0);
  JsonObject *point = vnfm_json_element_object (vnfm_json_get_array (vnfc, "connection_point"), 0);
  JsonObject *metadata = vnfm_json_get_object (point, "metadata");

  ck_assert_uint_eq (json_object_get_size (metadata), 3);
  ck_assert_str_eq (vnfm_json_get_string (metadata, "b"), "2");
  ck_assert_uint_eq (json_object_get_size (vnfm_json_get_object (vdu, "metadata")), 2);
  ck_assert_str_eq (vnfm_json_get_string (point, "fixedIp"), "10.0.0.9");
  ck_assert (!json_object_has_member (point, "id"));
  ck_assert (!json_object_has_member (vnfc, "id"));
  ck_assert_str_eq (vnfm_json_get_string (vdu, "parent_vdu"), "d1");
}
END_TEST

START_TEST (policies_are_copied_without_ids)
{
  g_autoptr (VnfmRecord) record = NULL;
  JsonObject *object = record_of (
      "{\"vnfd\":{\"name\":\"n\",\"type\":\"t\",\"vdu\":[{\"id\":\"d1\",\"high_availability\":{\"id\":\"h\","
      "\"resiliencyLevel\":\"ACTIVE_STANDBY_STATELESS\"}}],\"auto_scale_policy\":[{\"id\":\"a\",\"name\":\"up\","
      "\"threshold\":0.75,\"period\":30,\"alarms\":[{\"id\":\"b\",\"metric\":\"cpu\",\"weight\":1}],"
      "\"actions\":[{\"id\":\"c\",\"type\":\"SCALE_OUT\",\"value\":\"2\",\"target\":\"\"},{\"target\":\"other\"}]}]}"
      "," VIMS "}",
      &record);
  JsonObject *policy = vnfm_json_element_object (vnfm_json_get_array (object, "auto_scale_policy"), 0);
  JsonArray *actions = vnfm_json_get_array (policy, "actions");
  JsonObject *alarm = vnfm_json_element_object (vnfm_json_get_array (policy, "alarms"), 0);
  JsonObject *vdu = vnfm_json_element_object (vnfm_json_get_array (object, "vdu"), 0);
  JsonObject *availability = vnfm_json_get_object (vdu, "high_availability");

  ck_assert (json_object_get_double_member (policy, "threshold") == 0.75);
  ck_assert_int_eq (vnfm_json_get_int (policy, "period", -1), 30);
  ck_assert_int_eq (vnfm_json_get_int (policy, "cooldown", -1), 0);
  ck_assert_str_eq (vnfm_json_get_string (vnfm_json_element_object (actions, 0), "target"), "t");
  ck_assert_str_eq (vnfm_json_get_string (vnfm_json_element_object (actions, 1), "target"), "other");
  ck_assert_str_eq (vnfm_json_get_string (alarm, "metric"), "cpu");
  ck_assert_str_eq (vnfm_json_get_string (availability, "resiliencyLevel"), "ACTIVE_STANDBY_STATELESS");
  ck_assert (!json_object_has_member (policy, "id"));
  ck_assert (!json_object_has_member (alarm, "id"));
  ck_assert (!json_object_has_member (availability, "id"));
}
END_TEST

START_TEST (release_resources_becomes_terminate_and_the_unknown_stays)
{
  g_autoptr (VnfmRecord) record = NULL;
  JsonObject *object = record_of (
      "{\"vnfd\":{\"name\":\"n\",\"lifecycle_event\":[{\"event\":\"RELEASE_RESOURCES\",\"lifecycle_events\":[\"bye."
      "sh\"]},"
      "{\"event\":\"INSTANTIATEE\",\"lifecycle_events\":[\"b.sh -x\",\"a.sh\"]}],\"vdu\":[{\"id\":\"d1\"}]}," VIMS "}",
      &record);
  JsonArray *events = vnfm_json_get_array (object, "lifecycle_event");
  JsonObject *unknown = vnfm_json_element_object (events, 1);

  ck_assert_str_eq (vnfm_json_get_string (vnfm_json_element_object (events, 0), "event"), "TERMINATE");
  ck_assert_str_eq (vnfm_json_get_string (unknown, "event"), "INSTANTIATEE");
  ck_assert_str_eq (json_array_get_string_element (vnfm_json_get_array (unknown, "lifecycle_events"), 0), "b.sh -x");
}
END_TEST

START_TEST (vims_may_be_keyed_by_the_vdu_name)
{
  g_autoptr (VnfmRecord) record = NULL;
  JsonObject *object =
      record_of ("{\"vnfd\":{\"name\":\"n\",\"vdu\":[{\"name\":\"d1\",\"id\":\"x\"}]}," VIMS "}", &record);
  JsonObject *vdu = vnfm_json_element_object (vnfm_json_get_array (object, "vdu"), 0);

  ck_assert_str_eq (json_array_get_string_element (vnfm_json_get_array (vdu, "vimInstanceName"), 0), "v");
}
END_TEST

#define OPENSTACK(flavours)                                                                                  \
  "\"vimInstances\":{\"d1\":[{\"name\":\"v\",\"type\":\"openstack.keystone3\",\"flavours\":" flavours "}]}," \
  "\"vnfdf\":{\"flavour_key\":\"m1\"}}"
#define VNFD(wanted) \
  "{\"vnfd\":{\"name\":\"n\",\"vdu\":[{\"id\":\"d1\",\"name\":\"a\",\"vimInstanceName\":" wanted "}]},"

START_TEST (flavours_of_openstack_are_checked)
{
  static const char *const fine[] = {
    VNFD ("[\"v\"]") OPENSTACK ("[{\"flavour_key\":\"m0\"},{\"flavour_key\":\"m1\"}]"),
    VNFD ("[\"v\"]") OPENSTACK ("[{\"extId\":\"m1\"}]"),
    VNFD ("[\"v\"]") OPENSTACK ("[{\"id\":\"m1\"}]"),
    VNFD ("[\"v:az\"]") OPENSTACK ("[]"),
    VNFD ("[]") OPENSTACK ("[]"),
    VNFD ("\"other\"") OPENSTACK ("[]"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (fine); i++) {
    g_autoptr (VnfmRecord) record = NULL;
    record_of (fine[i], &record);
  }
}
END_TEST

START_TEST (what_cannot_be_meant_is_refused_by_name)
{
  static const struct {
    const char *text;
    const char *expected;
  } refused[] = {
    { "{}", "no VNFD" },
    { "{\"vnfd\":[]}", "no VNFD" },
    { "{\"vnfd\":{\"vdu\":[{}]}}", "no name" },
    { "{\"vnfd\":{\"name\":\"n\"}}", "VNFD n has no VDU" },
    { "{\"vnfd\":{\"name\":\"n\",\"vdu\":[]}}", "VNFD n has no VDU" },
    { "{\"vnfd\":{\"name\":\"n\",\"vdu\":[{\"name\":\"a\"}]}}", "VNFD n: VDU a has no VIM instance" },
    { "{\"vnfd\":{\"name\":\"n\",\"vdu\":[{\"id\":\"d1\"},{}]}," VIMS "}", "VNFD n: VDU 2 has no VIM instance" },
    { "{\"vnfd\":{\"name\":\"n\",\"vdu\":[\"x\"]}," VIMS "}", "VDU 1 has no VIM instance" },
    { "{\"vnfd\":{\"name\":\"n\",\"vdu\":[{\"id\":\"d1\"}]},\"vimInstances\":{\"d1\":[{}]}}",
      "VIM instance 1 has no name" },
    { VNFD ("[\"v\"]") OPENSTACK ("[{\"flavour_key\":\"m0\"}]"), "VNFD n: VDU a: no key m1 found in vim instance: v" },
    { VNFD ("\"v\"") OPENSTACK ("null"), "no key m1 found in vim instance: v" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (VnfmMessage) m = message (refused[i].text);
    ck_assert_ptr_null (vnfm_descriptor_to_record (m, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
    ck_assert_msg (strstr (error->message, refused[i].expected) != NULL, "%s: %s", refused[i].text, error->message);
  }
}
END_TEST

START_TEST (minimal_records_never_fail)
{
  static const struct {
    const char *text;
    const char *expected;
  } requests[] = {
    { "{\"vnfd\":{\"name\":\"n\",\"type\":\"t\"},\"extension\":{\"nsr-id\":\"s\"}}",
      "{\"name\":\"n\",\"type\":\"t\",\"endpoint\":\"t\",\"parent_ns_id\":\"s\",\"vdu\":[],\"lifecycle_event_history\":"
      "[],"
      "\"hbVersion\":0,\"shared\":false}" },
    { "{\"vnfd\":7,\"vnfInstanceName\":\"i\"}",
      "{\"name\":\"i\",\"vdu\":[],\"lifecycle_event_history\":[],\"hbVersion\":0,\"shared\":false}" },
    { "{}", "{\"name\":\"unnamed\",\"vdu\":[],\"lifecycle_event_history\":[],\"hbVersion\":0,\"shared\":false}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autoptr (VnfmMessage) m = message (requests[i].text);
    g_autoptr (VnfmRecord) record = vnfm_descriptor_to_minimal_record (m);
    g_autoptr (GBytes) text = g_bytes_new_static (requests[i].expected, strlen (requests[i].expected));
    g_autoptr (JsonNode) made = parse (vnfm_record_get_text (record));
    g_autoptr (JsonNode) expected = parse (text);
    ck_assert (same (made, expected, TRUE));
  }
}
END_TEST

static Suite *
descriptor_suite (void)
{
  Suite *suite = suite_create ("descriptor");
  TCase *captured = tcase_create ("captured");
  TCase *made = tcase_create ("made");

  if (vnfm_test_have_material ()) {
    tcase_add_loop_test (captured, captured_requests_become_the_same_records, 0, 2);
    tcase_add_test (captured, a_captured_unknown_flavour_is_refused);
  }
  suite_add_tcase (suite, captured);
  tcase_add_test (made, absent_and_null_members_are_empty);
  tcase_add_test (made, all_metadata_of_a_connection_point_survive);
  tcase_add_test (made, policies_are_copied_without_ids);
  tcase_add_test (made, release_resources_becomes_terminate_and_the_unknown_stays);
  tcase_add_test (made, vims_may_be_keyed_by_the_vdu_name);
  tcase_add_test (made, flavours_of_openstack_are_checked);
  tcase_add_test (made, what_cannot_be_meant_is_refused_by_name);
  tcase_add_test (made, minimal_records_never_fail);
  suite_add_tcase (suite, made);
  return suite;
}

VNFM_TEST_MAIN (descriptor_suite)
