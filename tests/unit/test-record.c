/* SPDX-License-Identifier: Apache-2.0 */
/* VNFRs: what is passed on is byte for byte what came; instances, scripts, changed copies. */
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

static char *
text_of (VnfmRecord *r)
{
  GBytes *text = vnfm_record_get_text (r);

  return g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

/* Odd on purpose: blanks, escapes, unknown members, numbers that a tree would write differently. */
#define ODD                                                                                                            \
  "{ \"unknown\" : [1.50, 1E2 , {\"x\":null}], \"id\":\"v1\",\"hbVersion\":7, \"name\":\"we\\u0062\",\"type\":\"t\","  \
  "\"parent_ns_id\":\"s\",\"vdu\":[{\"vnfc_instance\":[{\"id\":\"i1\",\"hostname\":\"web-1\",\"state\":\"ACTIVE\","    \
  "\"ips\":[{\"netName\":\"n\",\"ip\":\"10.0.0.1\"},{\"ip\":\"x\"},7],\"floatingIps\":[{\"netName\":\"n\","            \
  "\"ip\":\"192.0.2.1\"}],\"vnfComponent\":{\"id\":\"c1\"}}]},{},{\"vnfc_instance\":[{\"hostname\":\"web-2\"}]}],"     \
  "\"lifecycle_event\":[{\"lifecycle_events\":[\"never.sh\"]},{\"event\":\"ALLOCATE\",\"lifecycle_events\":["          \
  "\"prose\"]},"                                                                                                       \
  "{\"event\":\"INSTANTIATE\",\"lifecycle_events\":[\"b.sh -x 1\",\"\",7,null,\"sub/a.sh\"]},"                         \
  "{\"event\":\"INSTANTIATE\",\"lifecycle_events\":[\"second.sh\"]},"                                                  \
  "{\"event\":\"RELEASE_RESOURCES\",\"lifecycle_events\":[\"bye.sh\"]},{\"event\":\"STOP\",\"lifecycle_events\":null}" \
  "],"                                                                                                                 \
  "\"big\":9007199254740993 }"

START_TEST (untouched_text_is_handed_out)
{
  g_autoptr (VnfmRecord) r = record (ODD);
  g_autofree char *before = text_of (r);

  ck_assert_str_eq (before, ODD);
  ck_assert_str_eq (vnfm_record_get_id (r), "v1");
  ck_assert_str_eq (vnfm_record_get_name (r), "web");
  ck_assert_str_eq (vnfm_record_get_vnf_type (r), "t");
  ck_assert_str_eq (vnfm_record_get_nsr_id (r), "s");
  ck_assert_int_eq (vnfm_json_get_int (vnfm_record_get_object (r), "big", 0), 9007199254740993);
  vnfm_record_forget_tree (r);
  ck_assert_int_eq (vnfm_json_get_int (vnfm_record_get_object (r), "hbVersion", 0), 7);
  g_autofree char *after = text_of (r);
  ck_assert_str_eq (after, ODD);
}
END_TEST

START_TEST (instances_in_vnfr_order)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmRecord) r = record (ODD);
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (r, &error);

  ck_assert_no_error (error);
  ck_assert_uint_eq (vnfcs->len, 2);
  VnfmVnfc *first = vnfcs->pdata[0];
  VnfmVnfc *second = vnfcs->pdata[1];
  ck_assert_str_eq (first->id, "i1");
  ck_assert_str_eq (first->vnfr_id, "v1");
  ck_assert_str_eq (first->state, "ACTIVE");
  ck_assert_str_eq (first->component_id, "c1");
  ck_assert_uint_eq (first->ips->len, 1);
  ck_assert_str_eq (((VnfmAddress *)first->ips->pdata[0])->address, "10.0.0.1");
  ck_assert_str_eq (((VnfmAddress *)first->floating_ips->pdata[0])->network, "n");
  ck_assert_str_eq (vnfm_vnfc_get_key (first), "i1");
  ck_assert_ptr_null (second->id);
  ck_assert_uint_eq (second->ips->len, 0);
  ck_assert_str_eq (vnfm_vnfc_get_key (second), "web-2");
}
END_TEST

START_TEST (scripts_of_the_first_event_of_that_name)
{
  g_autoptr (VnfmRecord) r = record (ODD);
  g_autoptr (GPtrArray) instantiate = vnfm_record_dup_scripts (r, VNFM_EVENT_INSTANTIATE);
  g_autoptr (GPtrArray) terminate = vnfm_record_dup_scripts (r, VNFM_EVENT_TERMINATE);
  g_autoptr (GPtrArray) stop = vnfm_record_dup_scripts (r, VNFM_EVENT_STOP);
  g_autoptr (GPtrArray) start = vnfm_record_dup_scripts (r, VNFM_EVENT_START);
  g_autoptr (GPtrArray) none = vnfm_record_dup_scripts (r, VNFM_EVENT_NONE);

  ck_assert_uint_eq (instantiate->len, 2);
  ck_assert_str_eq (instantiate->pdata[0], "b.sh -x 1");
  ck_assert_str_eq (instantiate->pdata[1], "sub/a.sh");
  ck_assert_uint_eq (terminate->len, 1);
  ck_assert_str_eq (terminate->pdata[0], "bye.sh");
  ck_assert_uint_eq (stop->len, 0);
  ck_assert_uint_eq (start->len, 0);
  ck_assert_uint_eq (none->len, 0);
}
END_TEST

START_TEST (records_that_cannot_be_meant)
{
  static const struct {
    const char *text;
    const char *expected;
  } refused[] = {
    { "", "VNFR: " },
    { "[]", "object" },
    { "{}", "no name" },
    { "{\"name\":7}", "no name" },
    { "{\"name\":\"\"}", "no name" },
    { "{\"name\":\"n\",\"vdu\":{}}", "VNFR n: \"vdu\" is no array" },
    { "{\"name\":\"n\",\"vdu\":\"x\"}", "no array" },
    { "{\"name\":\"n\",\"vdu\":[}", "line 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = g_bytes_new_static (refused[i].text, strlen (refused[i].text));
    ck_assert_ptr_null (vnfm_record_new (bytes, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
    ck_assert_msg (strstr (error->message, refused[i].expected) != NULL, "%s: %s", refused[i].text, error->message);
  }
}
END_TEST

START_TEST (an_instance_without_a_host_is_refused_by_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmRecord) r = record (
      "{\"name\":\"n\",\"vdu\":[{\"vnfc_instance\":[{\"hostname\":\"h\"},{\"id\":\"i2\",\"hostname\":\"\"}]}]}");

  ck_assert_ptr_null (vnfm_record_dup_vnfcs (r, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  ck_assert_str_eq (error->message, "VNFR n: VNFC instance i2 has no hostname");
}
END_TEST

START_TEST (null_members_are_absent)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmRecord) r = record ("\xEF\xBB\xBF{\"name\":\"n\",\"id\":null,\"vdu\":null,\"lifecycle_event\":null}");
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (r, &error);

  ck_assert_no_error (error);
  ck_assert_uint_eq (vnfcs->len, 0);
  ck_assert_ptr_null (vnfm_record_get_id (r));
}
END_TEST

/* ---- changed copies */

START_TEST (a_state_is_set_and_nothing_else)
{
  static const char *const keys[] = { "i1", "web-1" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (VnfmRecord) r = record (ODD);
    g_autoptr (VnfmRecord) changed = vnfm_record_with_vnfc_state (r, keys[i], "error");
    g_autoptr (VnfmRecord) back = vnfm_record_with_vnfc_state (changed, keys[i], "ACTIVE");
    g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (changed, NULL);
    g_autofree char *original = text_of (r);
    JsonNode *before = json_node_init_object (json_node_alloc (), vnfm_record_get_object (r));
    JsonNode *after = json_node_init_object (json_node_alloc (), vnfm_record_get_object (back));

    ck_assert_str_eq (((VnfmVnfc *)vnfcs->pdata[0])->state, "error");
    ck_assert_ptr_null (((VnfmVnfc *)vnfcs->pdata[1])->state);
    ck_assert_str_eq (vnfm_record_get_name (changed), "web");
    ck_assert_str_eq (vnfm_record_get_id (changed), "v1");
    ck_assert (json_node_equal (before, after));
    ck_assert_str_eq (original, ODD);
    json_node_unref (before);
    json_node_unref (after);
  }
}
END_TEST

START_TEST (a_state_of_nobody_changes_nothing)
{
  g_autoptr (VnfmRecord) r = record ("{\"name\":\"n\",\"vdu\":[{\"vnfc_instance\":[{\"hostname\":\"h\"},7]}]}");
  g_autoptr (VnfmRecord) changed = vnfm_record_with_vnfc_state (r, "other", "error");
  g_autofree char *text = text_of (changed);

  ck_assert_str_eq (text, "{\"name\":\"n\",\"vdu\":[{\"vnfc_instance\":[{\"hostname\":\"h\"},7]}]}");
}
END_TEST

START_TEST (provides_are_set_or_added)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (VnfmRecord) with = record ("{\"name\":\"n\",\"provides\":{\"id\":\"p\",\"configurationParameters\":["
                                        "{\"confKey\":\"url\",\"id\":\"q\"},{\"confKey\":\"other\"}],\"name\":\"x\"}}");
  g_autoptr (VnfmRecord) without = record ("{\"name\":\"n\",\"provides\":null}");

  g_hash_table_insert (values, (gpointer) "url", (gpointer) "http://\"x\"");
  g_hash_table_insert (values, (gpointer) "b", (gpointer) "2");
  g_hash_table_insert (values, (gpointer) "a", (gpointer) "1");
  g_autoptr (VnfmRecord) changed = vnfm_record_with_provides (with, values);
  g_autoptr (VnfmRecord) made = vnfm_record_with_provides (without, values);
  g_autofree char *changed_text = text_of (changed);
  g_autofree char *made_text = text_of (made);

  ck_assert_str_eq (changed_text, "{\"name\":\"n\",\"provides\":{\"id\":\"p\",\"configurationParameters\":["
                                  "{\"confKey\":\"url\",\"id\":\"q\",\"value\":\"http://\\\"x\\\"\"},"
                                  "{\"confKey\":\"other\"},{\"confKey\":\"a\",\"value\":\"1\"},"
                                  "{\"confKey\":\"b\",\"value\":\"2\"}],\"name\":\"x\"}}");
  ck_assert_str_eq (made_text, "{\"name\":\"n\",\"provides\":{\"configurationParameters\":["
                               "{\"confKey\":\"a\",\"value\":\"1\"},{\"confKey\":\"b\",\"value\":\"2\"},"
                               "{\"confKey\":\"url\",\"value\":\"http://\\\"x\\\"\"}],\"name\":\"provides\"}}");
}
END_TEST

/* ---- captured traffic */

/* A body as it was on the wire: its record comes out as the very bytes, and so it is passed on. */
static gboolean
check_echo (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = vnfm_test_read_file (vnfm_test_captured (), name);
  g_autoptr (VnfmMessage) message = vnfm_message_decode (body, &error);
  ck_assert_no_error (error);
  g_autoptr (GBytes) text = vnfm_message_dup_record_text (message);
  if (text == NULL)
    return FALSE;
  g_autoptr (VnfmRecord) r = vnfm_record_new (text, &error);
  ck_assert_no_error (error);
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (r, &error);
  ck_assert_no_error (error);
  g_autoptr (GBytes) answer =
      vnfm_message_compose (VNFM_ACTION_MODIFY, "virtualNetworkFunctionRecord", vnfm_record_get_text (r), NULL);
  g_autoptr (VnfmMessage) answered = vnfm_message_decode (answer, &error);
  ck_assert_no_error (error);
  g_autoptr (GBytes) echoed = vnfm_message_dup_record_text (answered);
  g_autoptr (JsonNode) whole = vnfm_json_parse (body, &error);
  ck_assert_no_error (error);
  g_autoptr (JsonNode) tree = vnfm_json_parse (echoed, &error);
  ck_assert_no_error (error);
  JsonObject *object = json_node_get_object (whole);
  const char *member = json_object_has_member (object, "vnfr") ? "vnfr" : "virtualNetworkFunctionRecord";

  ck_assert (g_bytes_equal (text, echoed));
  ck_assert (memmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), g_bytes_get_data (echoed, NULL),
                     g_bytes_get_size (echoed)) != NULL);
  ck_assert (json_node_equal (tree, json_object_get_member (object, member)));
  return TRUE;
}

START_TEST (captured_records_are_echoed_byte_for_byte)
{
  g_autofree char *path = g_build_filename (vnfm_test_captured (), "nfvo", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint checked = 0;

  ck_assert_ptr_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename ("nfvo", name, NULL);
    if (g_str_has_suffix (name, ".raw") && check_echo (file))
      checked++;
  }
  ck_assert_uint_gt (checked, 10);
}
END_TEST

START_TEST (a_live_record_is_read)
{
  static const struct {
    const char *name;
    const char *hostname;
    const char *script;
    const char *address;
  } expected[] = {
    { "surrey2", "surrey2-9375962", "surrey2_setup.sh", "192.168.18.18" },
    { "ads2", NULL, NULL, NULL },
    { "surrey1", NULL, NULL, NULL },
    { "ads1", NULL, NULL, "192.168.213.5" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = vnfm_test_read_file (
      vnfm_test_material (), "netgroup+softfire-tiesr-deployer/topo/example_openbaton_notification.json");
  g_autoptr (JsonNode) root = vnfm_json_parse (file, &error);
  ck_assert_no_error (error);
  JsonObject *nsr = vnfm_json_get_object (json_node_get_object (root), "payload");
  JsonArray *records = vnfm_json_get_array (nsr, "vnfr");

  ck_assert_uint_eq (json_array_get_length (records), G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GBytes) text = vnfm_json_write_object (vnfm_json_element_object (records, i));
    g_autoptr (VnfmRecord) r = vnfm_record_new (text, &error);
    ck_assert_no_error (error);
    g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (r, &error);
    ck_assert_no_error (error);
    g_autoptr (GPtrArray) scripts = vnfm_record_dup_scripts (r, VNFM_EVENT_START);
    ck_assert_str_eq (vnfm_record_get_name (r), expected[i].name);
    ck_assert_str_eq (vnfm_record_get_nsr_id (r), "53612972-ca4d-47b1-9eff-0c5f71901644");
    ck_assert_uint_eq (vnfcs->len, 1);
    VnfmVnfc *vnfc = vnfcs->pdata[0];
    if (expected[i].hostname != NULL)
      ck_assert_str_eq (vnfc->hostname, expected[i].hostname);
    if (expected[i].script != NULL)
      ck_assert_str_eq (scripts->pdata[0], expected[i].script);
    if (expected[i].address != NULL)
      ck_assert_str_eq (((VnfmAddress *)vnfc->ips->pdata[0])->address, expected[i].address);
    ck_assert_str_eq (((VnfmAddress *)vnfc->ips->pdata[0])->network, "softfire-internal");
  }
}
END_TEST

static Suite *
record_suite (void)
{
  Suite *suite = suite_create ("record");
  TCase *view = tcase_create ("view");
  TCase *copies = tcase_create ("copies");
  TCase *real = tcase_create ("real");

  tcase_add_test (view, untouched_text_is_handed_out);
  tcase_add_test (view, instances_in_vnfr_order);
  tcase_add_test (view, scripts_of_the_first_event_of_that_name);
  tcase_add_test (view, records_that_cannot_be_meant);
  tcase_add_test (view, an_instance_without_a_host_is_refused_by_name);
  tcase_add_test (view, null_members_are_absent);
  suite_add_tcase (suite, view);
  tcase_add_test (copies, a_state_is_set_and_nothing_else);
  tcase_add_test (copies, a_state_of_nobody_changes_nothing);
  tcase_add_test (copies, provides_are_set_or_added);
  suite_add_tcase (suite, copies);
  if (vnfm_test_have_material ()) {
    tcase_add_test (real, captured_records_are_echoed_byte_for_byte);
    tcase_add_test (real, a_live_record_is_read);
  }
  suite_add_tcase (suite, real);
  return suite;
}

VNFM_TEST_MAIN (record_suite)
