/* SPDX-License-Identifier: Apache-2.0 */
/* An orchestrator's messages as they were captured, read as requests. */
#include "config.h"

#include "core/engine/northbound.h"
#include "tests/support/vnfm-test.h"

#include <string.h>

static Request *
read_body (GBytes *body, VnfmMessage **message, VnfmRecord **record)
{
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);

  envelope->reply_to = g_strdup ("there");
  envelope->correlation_id = g_strdup ("c1");
  return northbound_read_request (envelope, 7, message, record);
}

/* Messages of an orchestrator that ask for something and are meant well: 316 and 318 lack their VNFR on purpose. */
static gboolean
is_request (const char *name)
{
  static const char *const actions[] = { "INSTANTIATE",       "MODIFY",   "START",    "STOP",    "HEAL",
                                         "SCALE_OUT",         "SCALE_IN", "UPDATE",   "EXECUTE", "RESUME",
                                         "RELEASE_RESOURCES", "ERROR",    "CONFIGURE" };

  if (g_str_has_prefix (name, "316-") || g_str_has_prefix (name, "318-"))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    g_autofree char *lab = g_strdup_printf ("-nfvo-to-vnfm-%s-request.json", actions[i]);
    g_autofree char *real = g_strdup_printf ("-nfvo-vnfm-%s.json", actions[i]);
    if (strstr (name, lab) != NULL || strstr (name, real) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* Every captured request: what it is about is found, whatever member holds the VNFR. */
START_TEST (captured_requests_are_understood)
{
  static const char *const folders[] = { "generic-vnfm", "nfvo" };
  guint seen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_build_filename (vnfm_test_captured (), folders[i], NULL);
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    ck_assert_ptr_nonnull (dir);
    while ((name = g_dir_read_name (dir)) != NULL) {
      if (!is_request (name))
        continue;
      g_autofree char *file = g_build_filename (folders[i], name, NULL);
      g_autoptr (GBytes) body = vnfm_test_captured_body (file);
      g_autoptr (VnfmMessage) message = NULL;
      g_autoptr (VnfmRecord) record = NULL;
      g_autoptr (Request) request = read_body (body, &message, &record);

      ck_assert_msg (request->refusal == NULL, "%s: %s", file, request->refusal);
      ck_assert_msg (request->action != VNFM_ACTION_NONE, "%s", file);
      ck_assert_str_eq (request->correlation_id, "c1");
      ck_assert_msg (request->vnf_name != NULL && request->nsr_id != NULL, "%s", file);
      ck_assert_msg (request->vnf_type != NULL, "%s", file);
      if (request->action != VNFM_ACTION_INSTANTIATE)
        ck_assert_msg (record != NULL && request->vnfr_id != NULL, "%s", file);
      seen++;
    }
  }
  ck_assert_uint_ge (seen, 50);
}
END_TEST

START_TEST (a_request_survives_the_journal)
{
  g_autoptr (GBytes) body = vnfm_test_captured_body ("generic-vnfm/050-nfvo-to-vnfm-START-request.json");
  g_autoptr (VnfmMessage) message = NULL;
  g_autoptr (VnfmRecord) record = NULL;
  g_autoptr (Request) request = read_body (body, &message, &record);
  g_autoptr (GBytes) settings = g_bytes_new_static ("{\"scripts/parallel\":\"3\"}", 24);
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GError) error = NULL;

  request->id = g_strdup ("id with \"quotes\" and \n");
  g_autoptr (GBytes) text = request_to_text (request, settings);
  g_autoptr (Request) again = request_from_text (text, &found, &error);
  ck_assert_no_error (error);
  ck_assert_str_eq (again->id, request->id);
  ck_assert_int_eq (again->action, VNFM_ACTION_START);
  ck_assert_int_eq (again->received, 7);
  ck_assert_str_eq (again->digest, request->digest);
  ck_assert_str_eq (again->vnfr_id, request->vnfr_id);
  ck_assert_ptr_null (again->message_id);
  ck_assert (g_bytes_equal (found, settings));
}
END_TEST

START_TEST (what_cannot_be_meant_says_why)
{
  static const struct {
    const char *body;
    const char *why;
  } rows[] = {
    { "", "not what an NFVO sends" },
    { "null", "not what an NFVO sends" },
    { "{\"action\":\"START\",\"virtualNetworkFunctionRecord\":{\"name\":\"x\",\"vdu\":7}}", "VNFR of START" },
    { "{\"action\":\"RELEASE_RESOURCES\",\"vnfr\":null}", "has no VNFR" },
    { "{\"action\":\"INSTANTIATE\",\"vnfd\":[]}", "neither a vnfd nor a vnfr" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) body = g_bytes_new (rows[i].body, strlen (rows[i].body));
    g_autoptr (VnfmMessage) message = NULL;
    g_autoptr (VnfmRecord) record = NULL;
    g_autoptr (Request) request = read_body (body, &message, &record);
    ck_assert_msg (request->refusal != NULL && strstr (request->refusal, rows[i].why) != NULL, "%s: %s", rows[i].body,
                   request->refusal);
  }
}
END_TEST

static Suite *
northbound_suite (void)
{
  Suite *suite = suite_create ("northbound");
  TCase *tcase = tcase_create ("requests");

  if (vnfm_test_have_material ()) {
    tcase_add_test (tcase, captured_requests_are_understood);
    tcase_add_test (tcase, a_request_survives_the_journal);
  }
  tcase_add_test (tcase, what_cannot_be_meant_says_why);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (northbound_suite)
