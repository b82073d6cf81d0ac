/* SPDX-License-Identifier: Apache-2.0 */
/* The NFVO's database: versions as on the wire, and its optimistic lock. */
#include "config.h"

#include "core/package/entity.h"
#include "core/nfvo/records.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

static JsonObject *
read_object (GBytes *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = vnfm_json_parse (text, &error);

  ck_assert_no_error (error);
  return json_node_dup_object (node);
}

/* What a manager does with a record: it comes back as another tree. */
static JsonObject *
echo (JsonObject *object)
{
  g_autoptr (GBytes) text = vnfm_json_write_object (object);

  return read_object (text);
}

static JsonObject *
captured_record (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = vnfm_test_captured_body (file);
  g_autoptr (VnfmMessage) message = vnfm_message_decode (body, &error);

  ck_assert_no_error (error);
  g_autoptr (GBytes) text = vnfm_message_dup_record_text (message);
  return read_object (text);
}

static const char *minimal = "{\"name\":\"a\",\"type\":\"t\",\"endpoint\":\"generic\",\"descriptor_reference\":\"d\","
                             "\"lifecycle_event_history\":[],\"vnf_address\":[],\"vdu\":[{\"vm_image\":[],"
                             "\"vimInstanceName\":[],\"vnfc_instance\":[],\"vnfc\":[{\"connection_point\":"
                             "[{\"virtual_link_reference\":\"private\",\"floatingIp\":\"random\"}]}]}]}";

static JsonObject *
minimal_record (NfvoRecords *records)
{
  g_autoptr (GBytes) text = g_bytes_new_static (minimal, strlen (minimal));
  JsonObject *vnfr = read_object (text);

  json_object_set_string_member (vnfr, "parent_ns_id", nfvo_records_get_nsr_id (records));
  return vnfr;
}

static void
note_version (JsonObject *entity, const char *member, gpointer user_data)
{
  GPtrArray *lines = user_data;

  if (!g_str_equal (member, "lifecycle_event_history"))
    g_ptr_array_add (lines, g_strdup_printf ("%s %d%s", member, (int)vnfm_json_get_int (entity, "hbVersion", 0),
                                             json_object_has_member (entity, "metadata") ? " m" : ""));
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *)a, *(char *const *)b);
}

/* Every entity's member name, version, and whether it has "metadata". */
static char *
versions (JsonObject *vnfr)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  nfvo_entity_foreach (vnfr, "vnfr", note_version, lines);
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

static void
assert_versions (JsonObject *vnfr, const char *captured_file)
{
  g_autoptr (JsonObject) captured = captured_record (captured_file);
  g_autofree char *expected = versions (captured);
  g_autofree char *found = versions (vnfr);

  ck_assert_str_eq (found, expected);
}

static JsonObject *
question_of (NfvoRecords *records, JsonObject *vnfr)
{
  JsonObject *question = json_object_new ();
  JsonObject *vims = json_object_new ();
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");

  for (guint i = 0; i < json_array_get_length (vdus); i++)
    json_object_set_object_member (vims, vnfm_json_get_string (vnfm_json_element_object (vdus, i), "id"),
                                   json_object_ref (nfvo_records_get_vim (records)));
  json_object_set_object_member (question, "vimInstances", vims);
  json_object_set_array_member (question, "keyPairs", json_array_new ());
  json_object_set_string_member (question, "userdata", "#!/bin/sh\n");
  json_object_set_object_member (question, "virtualNetworkFunctionRecord", json_object_ref (vnfr));
  return question;
}

static JsonObject *
allocate (NfvoRecords *records, JsonObject *vnfr, GError **error)
{
  g_autoptr (JsonObject) question = question_of (records, vnfr);
  JsonObject *begun = nfvo_records_begin_allocation (records, question, error);

  if (begun == NULL)
    return NULL;
  g_autoptr (GArray) components = nfvo_records_list_components (begun);
  for (guint i = 0; i < components->len; i++) {
    g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_address_free);
    g_ptr_array_add (addresses, nfvo_address_new ("private", "127.1.2.3", "127.1.2.4"));
    nfvo_records_add_instance (records, begun, &g_array_index (components, NfvoComponent, i), "a-1", "vc", "ACTIVE",
                               addresses);
  }
  nfvo_records_end_allocation (records, begun, NULL);
  return echo (begun);
}

/* Grants and allocates a minimal VNFR. Returns: what the manager then has. */
static JsonObject *
allocated_record (NfvoRecords *records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) vnfr = minimal_record (records);
  JsonObject *granted = nfvo_records_grant (records, vnfr, &error);

  ck_assert_no_error (error);
  g_autoptr (JsonObject) echoed = echo (granted);
  JsonObject *allocated = allocate (records, echoed, &error);
  ck_assert_no_error (error);
  return allocated;
}

START_TEST (versions_are_those_of_the_wire)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) vnfr = captured_record ("nfvo/012-vnfm-nfvo-GRANT_OPERATION.json");

  json_object_set_string_member (vnfr, "parent_ns_id", nfvo_records_get_nsr_id (records));
  JsonObject *granted = nfvo_records_grant (records, vnfr, &error);
  ck_assert_no_error (error);
  assert_versions (granted, "nfvo/013-nfvo-vnfm-GRANT_OPERATION.json");

  g_autoptr (JsonObject) after_grant = echo (granted);
  g_autoptr (JsonObject) allocated = allocate (records, after_grant, &error);
  ck_assert_no_error (error);
  assert_versions (allocated, "nfvo/017-nfvo-vnfm-ALLOCATE_RESOURCES.json");

  JsonObject *initialized = nfvo_records_save (records, allocated, VNFM_ACTION_INSTANTIATE, NULL, &error);
  ck_assert_no_error (error);
  assert_versions (initialized, "nfvo/031-nfvo-vnfm-MODIFY.json");
  ck_assert_str_eq (nfvo_records_get_status (records, "sipp-client"), "INITIALIZED");

  g_autoptr (JsonObject) after_instantiate = echo (initialized);
  JsonObject *inactive = nfvo_records_save (records, after_instantiate, VNFM_ACTION_MODIFY, NULL, &error);
  ck_assert_no_error (error);
  assert_versions (inactive, "nfvo/039-nfvo-vnfm-START.json");
  ck_assert_str_eq (nfvo_records_get_status (records, "sipp-client"), "INACTIVE");
}
END_TEST

START_TEST (instance_looks_as_on_the_wire)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) allocated = allocated_record (records);
  g_autoptr (JsonObject) captured = captured_record ("nfvo/017-nfvo-vnfm-ALLOCATE_RESOURCES.json");
  JsonObject *mine = vnfm_json_element_object (vnfm_json_get_array (allocated, "vdu"), 0);
  JsonObject *theirs = vnfm_json_element_object (vnfm_json_get_array (captured, "vdu"), 0);

  mine = vnfm_json_element_object (vnfm_json_get_array (mine, "vnfc_instance"), 0);
  theirs = vnfm_json_element_object (vnfm_json_get_array (theirs, "vnfc_instance"), 0);
  g_autoptr (GList) names = json_object_get_members (theirs);
  for (GList *l = names; l != NULL; l = l->next)
    ck_assert_msg (json_object_has_member (mine, l->data), "no member %s", (char *)l->data);
  ck_assert_str_eq (vnfm_json_get_string (vnfm_json_get_array (allocated, "vnf_address") != NULL
                                              ? vnfm_json_element_object (vnfm_json_get_array (mine, "ips"), 0)
                                              : NULL,
                                          "ip"),
                    "127.1.2.3");
}
END_TEST

START_TEST (stale_entity_is_refused_and_named)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) allocated = allocated_record (records);
  g_autoptr (JsonObject) again = echo (allocated);

  ck_assert_ptr_nonnull (nfvo_records_save (records, allocated, VNFM_ACTION_INSTANTIATE, NULL, &error));
  ck_assert_ptr_null (nfvo_records_save (records, again, VNFM_ACTION_MODIFY, NULL, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  ck_assert_ptr_nonnull (strstr (error->message, "stale vnfr"));
  ck_assert_str_eq (nfvo_records_get_status (records, "a"), "INITIALIZED");
}
END_TEST

START_TEST (version_of_a_part_counts_too)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) allocated = allocated_record (records);
  JsonObject *vdu = vnfm_json_element_object (vnfm_json_get_array (allocated, "vdu"), 0);
  JsonObject *instance = vnfm_json_element_object (vnfm_json_get_array (vdu, "vnfc_instance"), 0);

  json_object_remove_member (instance, "hbVersion"); /* absent counts as 0 */
  ck_assert_ptr_null (nfvo_records_save (records, allocated, VNFM_ACTION_INSTANTIATE, NULL, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  ck_assert_ptr_nonnull (strstr (error->message, "stale vnfc_instance"));
}
END_TEST

START_TEST (grants_record_is_no_answer_to_instantiate)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) vnfr = minimal_record (records);
  g_autoptr (JsonObject) of_grant = echo (nfvo_records_grant (records, vnfr, &error));
  g_autoptr (JsonObject) allocated = allocate (records, vnfr, &error);

  ck_assert_no_error (error);
  ck_assert_ptr_null (nfvo_records_save (records, of_grant, VNFM_ACTION_INSTANTIATE, NULL, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

START_TEST (incomplete_questions_are_refused)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  static const char *const members[] = { "vdu",         "endpoint", "descriptor_reference", "lifecycle_event_history",
                                         "vnf_address", "name" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonObject) vnfr = minimal_record (records);
    json_object_remove_member (vnfr, members[i]);
    ck_assert_msg (nfvo_records_grant (records, vnfr, &error) == NULL, "granted without %s", members[i]);
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}
END_TEST

START_TEST (another_services_record_is_unknown)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) vnfr = minimal_record (records);

  json_object_set_string_member (vnfr, "parent_ns_id", "elsewhere");
  ck_assert_ptr_null (nfvo_records_grant (records, vnfr, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND);
}
END_TEST

START_TEST (error_is_booked_with_its_text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) allocated = allocated_record (records);
  g_autofree char *text = g_strnfill (5000, 'x');

  JsonObject *saved = nfvo_records_save (records, allocated, VNFM_ACTION_ERROR, text, &error);
  ck_assert_no_error (error);
  JsonArray *history = vnfm_json_get_array (saved, "lifecycle_event_history");
  JsonObject *last = vnfm_json_element_object (history, json_array_get_length (history) - 1);
  ck_assert_str_eq (vnfm_json_get_string (saved, "status"), "ERROR");
  ck_assert_str_eq (vnfm_json_get_string (last, "event"), "ERROR");
  ck_assert_uint_eq (strlen (vnfm_json_get_string (last, "description")), 1024);
}
END_TEST

START_TEST (error_before_grant_makes_a_record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) vnfr = minimal_record (records);

  json_object_set_array_member (vnfr, "vdu", json_array_new ());
  ck_assert_ptr_nonnull (nfvo_records_save (records, vnfr, VNFM_ACTION_ERROR, "no", &error));
  ck_assert_no_error (error);
  ck_assert_ptr_nonnull (vnfm_json_get_string (nfvo_records_get_record (records, "a"), "id"));
}
END_TEST

START_TEST (allocation_checks_the_question)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);
  g_autoptr (JsonObject) vnfr = minimal_record (records);
  g_autoptr (JsonObject) echoed = echo (nfvo_records_grant (records, vnfr, &error));
  g_autoptr (JsonObject) question = question_of (records, echoed);

  json_object_remove_member (question, "keyPairs");
  ck_assert_ptr_null (nfvo_records_begin_allocation (records, question, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  g_clear_error (&error);
  json_object_set_array_member (question, "keyPairs", json_array_new ());
  json_object_set_object_member (question, "vimInstances", json_object_new ());
  ck_assert_ptr_null (nfvo_records_begin_allocation (records, question, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

START_TEST (links_are_made_once)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (NfvoRecords) records = nfvo_records_new (clock);

  nfvo_records_add_link (records, "private");
  nfvo_records_add_link (records, "private");
  nfvo_records_add_link (records, "public");
  ck_assert_uint_eq (json_array_get_length (nfvo_records_get_links (records)), 2);
}
END_TEST

static Suite *
records_suite (void)
{
  Suite *suite = suite_create ("nfvo-records");
  TCase *tc = tcase_create ("records");

  tcase_add_test (tc, stale_entity_is_refused_and_named);
  tcase_add_test (tc, version_of_a_part_counts_too);
  tcase_add_test (tc, grants_record_is_no_answer_to_instantiate);
  tcase_add_test (tc, incomplete_questions_are_refused);
  tcase_add_test (tc, another_services_record_is_unknown);
  tcase_add_test (tc, error_is_booked_with_its_text);
  tcase_add_test (tc, error_before_grant_makes_a_record);
  tcase_add_test (tc, allocation_checks_the_question);
  tcase_add_test (tc, links_are_made_once);
  suite_add_tcase (suite, tc);
  if (vnfm_test_have_material ()) {
    TCase *real = tcase_create ("captured");
    tcase_add_test (real, versions_are_those_of_the_wire);
    tcase_add_test (real, instance_looks_as_on_the_wire);
    suite_add_tcase (suite, real);
  }
  return suite;
}

VNFM_TEST_MAIN (records_suite)
