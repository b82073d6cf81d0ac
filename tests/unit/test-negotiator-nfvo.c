/* SPDX-License-Identifier: Apache-2.0 */
/* The questions to the NFVO and its answers: what is sent, against captured traffic; and that a question is put once,
 * whatever connections and restarts do. */
#include "config.h"

#include "plugins/negotiator-nfvo/nfvo-answer.h"
#include "plugins/negotiator-nfvo/nfvo-negotiator.h"
#include "tests/support/test-peers.h"
#include "tests/support/vnfm-test.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

#define STEP   "op/grant/question"
#define RECORD "{\"name\":\"web\",\"id\":\"r1\",\"vdu\":[],\"hbVersion\":3}"

/* ---- what the negotiator is given */

#define TEST_TYPE_EMS (test_ems_get_type ())
G_DECLARE_FINAL_TYPE (TestEms, test_ems, TEST, EMS, VnfmEms)

struct _TestEms {
  VnfmEms parent_instance;
  GHashTable *variables;
  char *user_data; /* nullable */
};

G_DEFINE_FINAL_TYPE (TestEms, test_ems, VNFM_TYPE_EMS)

static void
test_ems_add_variables (VnfmEms *ems, VnfmRecord *record, GHashTable *variables)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, TEST_EMS (ems)->variables);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_replace (variables, g_strdup (name), g_strdup (value));
}

static const char *
test_ems_get_user_data (VnfmEms *ems)
{
  return TEST_EMS (ems)->user_data;
}

static void
test_ems_finalize (GObject *object)
{
  g_hash_table_unref (TEST_EMS (object)->variables);
  g_free (TEST_EMS (object)->user_data);
  G_OBJECT_CLASS (test_ems_parent_class)->finalize (object);
}

static void
test_ems_class_init (TestEmsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_ems_finalize;
  VNFM_EMS_CLASS (klass)->add_variables = test_ems_add_variables;
  VNFM_EMS_CLASS (klass)->get_user_data = test_ems_get_user_data;
}

static void
test_ems_init (TestEms *self)
{
  self->variables = g_hash_table_new (g_str_hash, g_str_equal);
}

#define TEST_TYPE_OPERATION (test_operation_get_type ())
G_DECLARE_FINAL_TYPE (TestOperation, test_operation, TEST, OPERATION, VnfmOperation)

struct _TestOperation {
  VnfmOperation parent_instance;
  VnfmRecord *record;
  VnfmMessage *request;
  VnfmEms *ems; /* borrowed */
};

G_DEFINE_FINAL_TYPE (TestOperation, test_operation, VNFM_TYPE_OPERATION)

static VnfmRecord *
test_operation_get_record (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->record;
}

static VnfmMessage *
test_operation_get_request (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->request;
}

static VnfmEms *
test_operation_get_ems (VnfmOperation *operation)
{
  return TEST_OPERATION (operation)->ems;
}

static void
test_operation_finalize (GObject *object)
{
  TestOperation *self = TEST_OPERATION (object);

  g_clear_pointer (&self->record, vnfm_record_unref);
  g_clear_pointer (&self->request, vnfm_message_unref);
  G_OBJECT_CLASS (test_operation_parent_class)->finalize (object);
}

static void
test_operation_class_init (TestOperationClass *klass)
{
  VnfmOperationClass *operation_class = VNFM_OPERATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_operation_finalize;
  operation_class->get_record = test_operation_get_record;
  operation_class->get_request = test_operation_get_request;
  operation_class->get_ems = test_operation_get_ems;
}

static void
test_operation_init (TestOperation *self)
{
}

/* ---- the site */

typedef struct {
  char *folder;
  SimClock *clock;
  VnfmContext *context;
  TestTransport *transport;
  VnfmNegotiator *negotiator;
  TestEms *ems;
  TestOperation *operation;
} Site;

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
site_set_record (Site *self, GBytes *text)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->operation->record, vnfm_record_unref);
  self->operation->record = vnfm_record_new (text, &error);
  ck_assert_no_error (error);
}

static void
site_set_request (Site *self, GBytes *text)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->operation->request, vnfm_message_unref);
  self->operation->request = vnfm_message_decode (text, &error);
  ck_assert_no_error (error);
}

static void
site_start (Site *self)
{
  g_autoptr (GError) error = NULL;

  self->negotiator = g_object_new (NFVO_TYPE_NEGOTIATOR, "context", self->context, NULL);
  ck_assert_msg (vnfm_extension_start (VNFM_EXTENSION (self->negotiator), &error), "%s",
                 error != NULL ? error->message : "");
  test_pump ();
}

static void
site_stop (Site *self)
{
  vnfm_extension_stop (VNFM_EXTENSION (self->negotiator));
  test_pump ();
  g_clear_object (&self->negotiator);
}

static Site *
site_new (const char *template_text)
{
  Site *self = g_new0 (Site, 1);
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (GBytes) record = bytes (RECORD);
  g_autoptr (GBytes) request = bytes ("{\"action\":\"INSTANTIATE\"}");

  self->folder = vnfm_test_make_folder ();
  self->clock = sim_clock_new (1);
  self->context = vnfm_context_new (profile, VNFM_CLOCK (self->clock));
  vnfm_profile_declare (profile, nfvo_negotiator_keys);
  self->transport = test_transport_new (self->context);
  vnfm_context_set_nfvo_transport (self->context, VNFM_TRANSPORT (self->transport));
  self->ems = g_object_new (TEST_TYPE_EMS, "context", self->context, NULL);
  self->ems->user_data = g_strdup (template_text);
  self->operation = g_object_new (TEST_TYPE_OPERATION, NULL);
  self->operation->ems = VNFM_EMS (self->ems);
  site_set_record (self, record);
  site_set_request (self, request);
  site_start (self);
  return self;
}

static void
site_free (Site *self)
{
  site_stop (self);
  g_object_unref (self->operation);
  g_object_unref (self->ems);
  g_object_run_dispose (G_OBJECT (self->context));
  g_object_unref (self->transport);
  g_object_unref (self->context);
  g_object_unref (self->clock);
  vnfm_test_remove_folder (self->folder);
  g_free (self->folder);
  g_free (self);
}

static void
grant (Site *self, VnfmTestCall *call, gboolean attach, GCancellable *cancellable)
{
  vnfm_negotiator_grant_async (self->negotiator, VNFM_OPERATION (self->operation), STEP, attach, cancellable,
                               vnfm_test_got_result, call);
  test_pump ();
}

static VnfmResources *
get_granted (Site *self, VnfmTestCall *call)
{
  g_autoptr (GError) error = NULL;

  test_pump ();
  ck_assert_ptr_nonnull (call->result);
  VnfmResources *resources = vnfm_negotiator_grant_finish (self->negotiator, call->result, &error);
  ck_assert_no_error (error);
  g_clear_object (&call->result);
  return resources;
}

static void
check_grant_error (Site *self, VnfmTestCall *call, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  test_pump ();
  ck_assert_ptr_nonnull (call->result);
  ck_assert_ptr_null (vnfm_negotiator_grant_finish (self->negotiator, call->result, &error));
  ck_assert_msg (g_error_matches (error, VNFM_ERROR, code) && strstr (error->message, part) != NULL, "%s",
                 error->message);
  g_clear_object (&call->result);
}

static guint64
answer (Site *self, const char *id, const char *body)
{
  return test_transport_deliver_text (self->transport, VNFM_DESTINATION_ANSWERS, id, body);
}

#define GRANTED                                                                                       \
  "{\"grantAllowed\":true,\"vduVim\":{\"v\":{\"id\":\"x\"}},\"virtualNetworkFunctionRecord\":" RECORD \
  ",\"action\":\"GRANT_OPERATION\"}"

static void
check_granted (Site *self, VnfmTestCall *call)
{
  guint64 token = answer (self, STEP, GRANTED);
  g_autoptr (VnfmResources) resources = get_granted (self, call);

  ck_assert_ptr_nonnull (resources->record);
  ck_assert (!test_transport_is_settled (self->transport, token));
  vnfm_envelope_ack (resources->delivery);
  ck_assert (test_transport_is_settled (self->transport, token));
}

static void
check_same_json (GBytes *a, GBytes *b)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) left = vnfm_json_parse (a, &error);
  g_autoptr (JsonNode) right = left != NULL ? vnfm_json_parse (b, &error) : NULL;

  ck_assert_no_error (error);
  ck_assert (json_node_equal (left, right));
}

static void
check_text (GBytes *text, const char *expected)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (text, &length);

  ck_assert_uint_eq (length, strlen (expected));
  ck_assert (memcmp (data, expected, length) == 0);
}

/* ---- what is sent */

START_TEST (grant_as_sent)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };

  grant (site, &call, FALSE, NULL);
  const TestPublication *question = test_transport_get_published (site->transport, -1);
  ck_assert_int_eq (question->destination, VNFM_DESTINATION_NFVO_QUESTIONS);
  ck_assert_str_eq (question->envelope->correlation_id, STEP);
  ck_assert_str_eq (question->envelope->message_id, STEP);
  ck_assert_str_eq (question->envelope->reply_to, "answers-go-here");
  ck_assert_str_eq (question->envelope->content_type, "text/plain");
  check_text (question->envelope->body, "{\"virtualNetworkFunctionRecord\":" RECORD ",\"action\":\"GRANT_OPERATION\"}");
  check_granted (site, &call);
  site_free (site);
}
END_TEST

START_TEST (grant_as_captured)
{
  static const char *const names[] = { "generic-vnfm/004-vnfm-to-nfvo-GRANT_OPERATION-request.json",
                                       "nfvo/011-vnfm-nfvo-GRANT_OPERATION.json" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    Site *site = site_new ("");
    VnfmTestCall call = { NULL };
    g_autoptr (GBytes) captured = vnfm_test_captured_body (names[i]);
    g_autoptr (VnfmMessage) message = vnfm_message_decode (captured, NULL);
    g_autoptr (GBytes) record = vnfm_message_dup_record_text (message);

    site_set_record (site, record);
    grant (site, &call, FALSE, NULL);
    check_same_json (test_transport_get_published (site->transport, -1)->envelope->body, captured);
    check_granted (site, &call);
    site_free (site);
  }
}
END_TEST

/* The Java manager's template of a captured question: what it filled in, emptied again. @own: where the package's own
 * user data begins. */
static char *
captured_template (VnfmMessage *message, const char *own, TestEms *ems)
{
  static const char *const names[] = { "USERNAME=admin",    "PASSWORD=openbaton",  "EXCHANGE_NAME=openbaton-exchange",
                                       "EMS_HEARTBEAT=120", "EMS_AUTODELETE=true", "EMS_VERSION=1.2.2",
                                       "ENDPOINT=generic",  "TIMEZONE=CET",        "BROKER_IP=127.0.0.1",
                                       "BROKER_PORT=5682" };
  g_autofree char *text = vnfm_message_dup_string (message, "userdata");
  char *end = strstr (text, own);

  ck_assert_ptr_nonnull (end);
  *end = '\0';
  g_autoptr (GString) template_text = g_string_new (text);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_auto (GStrv) pair = g_strsplit (names[i], "=", 2);
    g_autofree char *full = g_strdup_printf ("export %s\n", names[i]);
    g_autofree char *empty = g_strdup_printf ("export %s=\n", pair[0]);
    ck_assert_uint_eq (g_string_replace (template_text, full, empty, 0), 1);
    if (i < 7) /* the rest is in the request's extension */
      g_hash_table_insert (ems->variables, (gpointer)g_intern_string (pair[0]), (gpointer)g_intern_string (pair[1]));
  }
  return g_strdup (template_text->str);
}

START_TEST (allocation_as_captured)
{
  g_autoptr (GBytes) captured =
      vnfm_test_captured_body ("generic-vnfm/006-vnfm-to-nfvo-ALLOCATE_RESOURCES-request.json");
  g_autoptr (GBytes) request = vnfm_test_captured_body ("generic-vnfm/003-nfvo-to-vnfm-INSTANTIATE-request.json");
  g_autoptr (VnfmMessage) message = vnfm_message_decode (captured, NULL);
  g_autoptr (GBytes) record = vnfm_message_dup_record_text (message);
  g_autoptr (GBytes) placement = vnfm_message_dup_member (message, "vimInstances");
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };
  g_autoptr (GError) error = NULL;

  g_free (site->ems->user_data);
  site->ems->user_data = captured_template (message, "echo custom userdata", site->ems);
  site_set_record (site, record);
  site_set_request (site, request);
  vnfm_negotiator_allocate_async (site->negotiator, VNFM_OPERATION (site->operation), placement, "s2", FALSE, NULL,
                                  vnfm_test_got_result, &call);
  test_pump ();
  check_same_json (test_transport_get_published (site->transport, -1)->envelope->body, captured);

  g_autoptr (GBytes) answered =
      vnfm_test_captured_body ("generic-vnfm/007-nfvo-to-vnfm-ALLOCATE_RESOURCES-answer.json");
  test_transport_deliver (site->transport, VNFM_DESTINATION_ANSWERS, "s2", answered);
  g_autoptr (VnfmResources) resources = vnfm_negotiator_allocate_finish (site->negotiator, call.result, &error);
  ck_assert_no_error (error);
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (resources->record, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (vnfcs->len, 2);
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

START_TEST (allocation_without_keys_and_placement)
{
  Site *site = site_new ("export TIMEZONE=\nexport BROKER_PORT=\nexport TOKEN=\nexport #Hostname=\n");
  VnfmTestCall call = { NULL };
  g_autoptr (GBytes) request =
      bytes ("{\"extension\":{\"timezone\":\"a b\",\"brokerPort\":5672,\"monitoringIp\":null},\"keys\":null,"
             "\"vnfPackage\":{\"scripts\":[{\"name\":\"user-data.sh\",\"payload\":[-17,-69,-65,108,115]}]},"
             "\"action\":\"INSTANTIATE\"}");

  /* The EMS has the last word: its broker is not the NFVO's. */
  g_hash_table_insert (site->ems->variables, (gpointer) "BROKER_PORT", (gpointer) "61613");
  site_set_request (site, request);
  vnfm_negotiator_allocate_async (site->negotiator, VNFM_OPERATION (site->operation), NULL, "s2", FALSE, NULL,
                                  vnfm_test_got_result, &call);
  test_pump ();
  check_text (test_transport_get_published (site->transport, -1)->envelope->body,
              "{\"virtualNetworkFunctionRecord\":" RECORD ",\"userdata\":\"export TIMEZONE='a b'\\nexport "
              "BROKER_PORT=61613\\nexport TOKEN=\\nexport #Hostname=\\nls\",\"keyPairs\":[],"
              "\"action\":\"ALLOCATE_RESOURCES\"}");
  site_free (site);
  g_clear_object (&call.result);
}
END_TEST

START_TEST (scaling)
{
  Site *site = site_new ("x\n");
  VnfmTestCall call = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) request = bytes ("{\"vimInstance\":{\"id\":\"v\", \"x\":1.50},\"action\":\"SCALE_OUT\"}");

  site_set_request (site, request);
  vnfm_negotiator_scale_async (site->negotiator, VNFM_OPERATION (site->operation), "s3", FALSE, NULL,
                               vnfm_test_got_result, &call);
  test_pump ();
  check_text (test_transport_get_published (site->transport, -1)->envelope->body,
              "{\"virtualNetworkFunctionRecord\":" RECORD ",\"userData\":\"x\\n\",\"vimInstance\":{\"id\":\"v\", "
              "\"x\":1.50},\"action\":\"SCALING\"}");
  answer (site, "s3", "{\"vnfr\":" RECORD ",\"action\":\"SCALED\"}");
  g_autoptr (VnfmResources) resources = vnfm_negotiator_scale_finish (site->negotiator, call.result, &error);
  ck_assert_no_error (error);
  check_text (vnfm_record_get_text (resources->record), RECORD);
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

START_TEST (package_that_cannot_be_read)
{
  Site *site = site_new ("x\n");
  VnfmTestCall call = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) request =
      bytes ("{\"vnfPackage\":{\"scripts\":[{\"name\":\"a\",\"payload\":[999]}]},\"action\":\"INSTANTIATE\"}");

  site_set_request (site, request);
  vnfm_negotiator_allocate_async (site->negotiator, VNFM_OPERATION (site->operation), NULL, "s2", FALSE, NULL,
                                  vnfm_test_got_result, &call);
  test_pump ();
  ck_assert_ptr_null (vnfm_negotiator_allocate_finish (site->negotiator, call.result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  ck_assert_ptr_nonnull (strstr (error->message, "VNF package"));
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 0);
  g_clear_object (&call.result);
  site_free (site);
}
END_TEST

START_TEST (shipped_template)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = vnfm_ems_read_user_data ("user-data.sh", &error);
  ck_assert_no_error (error);
  Site *site = site_new (text);
  VnfmTestCall call = { NULL };

  vnfm_negotiator_allocate_async (site->negotiator, VNFM_OPERATION (site->operation), NULL, "s2", FALSE, NULL,
                                  vnfm_test_got_result, &call);
  g_autoptr (JsonObject) body = test_transport_dup_body (site->transport, -1);
  ck_assert_ptr_nonnull (strstr (vnfm_json_get_string (body, "userdata"), "\nexport #Hostname=\n"));
  site_free (site);
  g_clear_object (&call.result);
}
END_TEST

START_TEST (template_that_is_not_there)
{
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (vnfm_ems_read_user_data ("/nowhere/at-all.sh", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
  ck_assert_ptr_nonnull (strstr (error->message, "/nowhere/at-all.sh"));
  g_clear_error (&error);
  ck_assert_ptr_null (vnfm_ems_read_user_data ("no-such-template.sh", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
}
END_TEST

/* Its machines need nothing: the package's own script is all there is. */
START_TEST (back_end_without_a_template)
{
  Site *site = site_new (NULL);
  g_autoptr (GBytes) request = bytes ("{\"action\":\"INSTANTIATE\",\"vnfPackage\":{\"scripts\":["
                                      "{\"name\":\"user-data.sh\",\"payload\":[108,115]}]}}");
  VnfmTestCall call = { NULL };

  site_set_request (site, request);
  vnfm_negotiator_allocate_async (site->negotiator, VNFM_OPERATION (site->operation), NULL, "s2", FALSE, NULL,
                                  vnfm_test_got_result, &call);
  g_autoptr (JsonObject) body = test_transport_dup_body (site->transport, -1);
  ck_assert_str_eq (vnfm_json_get_string (body, "userdata"), "ls");
  site_free (site);
  g_clear_object (&call.result);
}
END_TEST

/* ---- what is answered */

START_TEST (answers_as_captured)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) granted = vnfm_test_read_file (vnfm_test_captured (), "nfvo/013-nfvo-vnfm-GRANT_OPERATION.raw");
  g_autoptr (VnfmResources) grant_answer = nfvo_answer_read (granted, VNFM_ACTION_GRANT_OPERATION, &error);
  ck_assert_no_error (error);
  ck_assert_str_eq (vnfm_record_get_name (grant_answer->record), "sipp-client");
  ck_assert_ptr_nonnull (grant_answer->placement);
  ck_assert_ptr_null (grant_answer->refusal);
  /* Spliced, not written anew. */
  gsize length = 0;
  const char *text = g_bytes_get_data (granted, &length);
  g_autofree char *placement =
      g_strndup (g_bytes_get_data (grant_answer->placement, NULL), g_bytes_get_size (grant_answer->placement));
  ck_assert_ptr_nonnull (g_strstr_len (text, (gssize)length, placement));

  g_autoptr (GBytes) allocated =
      vnfm_test_read_file (vnfm_test_captured (), "nfvo/017-nfvo-vnfm-ALLOCATE_RESOURCES.raw");
  g_autoptr (VnfmResources) allocation = nfvo_answer_read (allocated, VNFM_ACTION_ALLOCATE_RESOURCES, &error);
  ck_assert_no_error (error);
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (allocation->record, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (vnfcs->len, 1);

  g_autoptr (GBytes) refused = vnfm_test_captured_body ("nfvo/322-nfvo-vnfm-ERROR.json");
  g_autoptr (VnfmResources) refusal = nfvo_answer_read (refused, VNFM_ACTION_ALLOCATE_RESOURCES, &error);
  ck_assert_no_error (error);
  ck_assert_ptr_nonnull (strstr (refusal->refusal, "Not launched VM with hostname ncatclient-771788"));
  ck_assert_ptr_nonnull (refusal->record);
}
END_TEST

START_TEST (refusals)
{
  static const struct {
    const char *body;
    const char *refusal;
    gboolean record;
  } cases[] = {
    { "{\"vnfr\":" RECORD ",\"message\":\"no quota\",\"action\":\"ERROR\"}", "no quota", TRUE },
    { "{\"message\":\"no quota\",\"action\":\"ERROR\"}", "no quota", FALSE },
    { "{\"vnfr\":[],\"message\":\"no quota\",\"action\":\"ERROR\"}", "no quota", FALSE },
    { "{\"action\":\"ERROR\"}", "does not say why", FALSE },
    { "{\"grantAllowed\":false,\"virtualNetworkFunctionRecord\":" RECORD ",\"action\":\"GRANT_OPERATION\"}",
      "not allowed", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Site *site = site_new ("");
    VnfmTestCall call = { NULL };

    grant (site, &call, FALSE, NULL);
    answer (site, STEP, cases[i].body);
    g_autoptr (VnfmResources) resources = get_granted (site, &call);
    ck_assert_ptr_nonnull (resources->refusal);
    ck_assert_ptr_nonnull (strstr (resources->refusal, cases[i].refusal));
    ck_assert_int_eq (resources->record != NULL, cases[i].record);
    ck_assert (!resources->withdrawn);
    ck_assert_ptr_nonnull (resources->delivery);
    site_free (site);
  }
}
END_TEST

START_TEST (withdrawn)
{
  static const char *const bodies[] = { "null", " null\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    Site *site = site_new ("");
    VnfmTestCall call = { NULL };

    grant (site, &call, FALSE, NULL);
    guint64 token = answer (site, STEP, bodies[i]);
    g_autoptr (VnfmResources) resources = get_granted (site, &call);
    ck_assert (resources->withdrawn);
    ck_assert_ptr_null (resources->refusal);
    ck_assert (!test_transport_is_settled (site->transport, token));
    site_free (site);
  }
}
END_TEST

START_TEST (garbage)
{
  static const struct {
    const char *body;
    const char *part;
  } cases[] = {
    { "", "cannot be read" },
    { "nul", "cannot be read (nul)" },
    { "[1]", "cannot be read ([1])" },
    { "{\"vnfr\":" RECORD "}", "without an action" },
    { "{\"vnfr\":" RECORD ",\"action\":\"ALLOCATE_RESOURCES\"}", "answered GRANT_OPERATION with ALLOCATE_RESOURCES" },
    { "{\"vnfr\":" RECORD ",\"action\":\"WHAT\"}", "answered GRANT_OPERATION with WHAT" },
    { "{\"action\":\"GRANT_OPERATION\"}", "has no VNFR" },
    { "{\"vnfr\":null,\"action\":\"GRANT_OPERATION\"}", "has no VNFR" },
    { "{\"vnfr\":7,\"action\":\"GRANT_OPERATION\"}", "its VNFR" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Site *site = site_new ("");
    VnfmTestCall call = { NULL };

    grant (site, &call, FALSE, NULL);
    guint64 token = answer (site, STEP, cases[i].body);
    check_grant_error (site, &call, VNFM_ERROR_INVALID, cases[i].part);
    ck_assert (test_transport_is_settled (site->transport, token));
    site_free (site);
  }
}
END_TEST

static gboolean
count_answer (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer data)
{
  ++*(guint *)data;
  return FALSE;
}

START_TEST (answers_that_are_not_ours)
{
  Site *site = site_new ("");
  guint foreign = 0;

  g_signal_connect (site->transport, "delivery::answers", G_CALLBACK (count_answer), &foreign);
  answer (site, "x", "{\"status\":0,\"output\":\"\",\"err\":\"\"}");
  answer (site, "x", "None");
  answer (site, NULL, "{\"step\":\"s\",\"stream\":\"stdout\",\"offset\":0,\"text\":\"\"}");
  ck_assert_uint_eq (foreign, 3);
  site_free (site);
}
END_TEST

/* ---- once only */

START_TEST (not_sent_waits_for_the_connection)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };

  test_transport_break (site->transport);
  grant (site, &call, FALSE, NULL);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 0);
  test_transport_mend (site->transport);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  check_granted (site, &call);
  site_free (site);
}
END_TEST

START_TEST (not_sent_is_tried_again)
{
  static const int codes[] = { VNFM_ERROR_UNREACHABLE, VNFM_ERROR_NOT_FOUND };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    Site *site = site_new ("");
    VnfmTestCall call = { NULL };

    test_transport_set_outcome (site->transport, codes[i]);
    grant (site, &call, FALSE, NULL);
    test_advance (site->clock, 10 * G_USEC_PER_SEC);
    guint tries = test_transport_get_n_published (site->transport);
    ck_assert_uint_ge (tries, 3);
    ck_assert_uint_le (tries, 5);
    ck_assert_ptr_null (call.result);
    test_transport_set_outcome (site->transport, TEST_CONFIRM);
    test_advance (site->clock, 30 * G_USEC_PER_SEC);
    ck_assert_uint_eq (test_transport_get_n_published (site->transport), tries + 1);
    check_granted (site, &call);
    site_free (site);
  }
}
END_TEST

START_TEST (perhaps_sent_is_never_sent_again)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };

  test_transport_set_outcome (site->transport, VNFM_ERROR_UNKNOWN_OUTCOME);
  grant (site, &call, FALSE, NULL);
  test_transport_set_outcome (site->transport, TEST_CONFIRM);
  test_transport_break (site->transport);
  test_transport_mend (site->transport);
  test_advance (site->clock, 1000 * G_USEC_PER_SEC);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  check_granted (site, &call);
  site_free (site);
}
END_TEST

START_TEST (answered_before_it_is_confirmed)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };

  test_transport_set_outcome (site->transport, TEST_PENDING);
  grant (site, &call, FALSE, NULL);
  check_granted (site, &call);
  test_transport_settle (site->transport, -1, VNFM_ERROR_UNREACHABLE);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  site_free (site);
}
END_TEST

START_TEST (too_large_is_an_error)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };

  test_transport_set_outcome (site->transport, VNFM_ERROR_LIMIT);
  grant (site, &call, FALSE, NULL);
  check_grant_error (site, &call, VNFM_ERROR_LIMIT, "GRANT_OPERATION");
  site_free (site);
}
END_TEST

START_TEST (attach_asks_nothing)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };

  grant (site, &call, TRUE, NULL);
  test_transport_break (site->transport);
  test_transport_mend (site->transport);
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 0);
  ck_assert_ptr_null (call.result);
  check_granted (site, &call);
  site_free (site);
}
END_TEST

START_TEST (answer_before_the_operation_asks)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };

  guint64 twice = answer (site, STEP, GRANTED);
  guint64 token = answer (site, STEP, GRANTED);
  guint64 nobodys = answer (site, "nobody's", "null");
  ck_assert (test_transport_is_settled (site->transport, twice));
  ck_assert (!test_transport_is_settled (site->transport, token));
  grant (site, &call, TRUE, NULL);
  g_autoptr (VnfmResources) resources = get_granted (site, &call);
  ck_assert_ptr_nonnull (resources->record);
  vnfm_envelope_ack (resources->delivery);
  ck_assert (test_transport_is_settled (site->transport, token));
  ck_assert (!test_transport_is_settled (site->transport, nobodys));
  test_advance (site->clock, 301 * G_USEC_PER_SEC);
  ck_assert (test_transport_is_settled (site->transport, nobodys));
  guint64 late = answer (site, "late", GRANTED);
  ck_assert (test_transport_is_settled (site->transport, late));
  site_free (site);
}
END_TEST

START_TEST (early_answers_are_bounded)
{
  Site *site = site_new ("");
  guint64 token = 0;

  for (guint i = 0; i <= 1000; i++) {
    g_autofree char *id = g_strdup_printf ("q%u", i);
    token = answer (site, id, "null");
    ck_assert_int_eq (test_transport_is_settled (site->transport, token), i == 1000);
  }
  site_free (site);
}
END_TEST

START_TEST (cancelled)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  grant (site, &call, FALSE, cancellable);
  g_cancellable_cancel (cancellable);
  test_advance (site->clock, 0);
  check_grant_error (site, &call, VNFM_ERROR_CANCELLED, "cancelled");
  test_advance (site->clock, 301 * G_USEC_PER_SEC);
  guint64 token = answer (site, STEP, GRANTED);
  ck_assert (test_transport_is_settled (site->transport, token));

  grant (site, &call, FALSE, cancellable); /* before it is put */
  test_advance (site->clock, 0);
  check_grant_error (site, &call, VNFM_ERROR_CANCELLED, "cancelled");
  ck_assert_uint_eq (test_transport_get_n_published (site->transport), 1);
  site_free (site);
}
END_TEST

START_TEST (stop_is_no_answer)
{
  Site *site = site_new ("");
  VnfmTestCall call = { NULL };

  grant (site, &call, FALSE, NULL);
  vnfm_extension_stop (VNFM_EXTENSION (site->negotiator));
  check_grant_error (site, &call, VNFM_ERROR_CANCELLED, "stops");
  grant (site, &call, FALSE, NULL);
  check_grant_error (site, &call, VNFM_ERROR_INVALID, "does not run");
  site_free (site);
}
END_TEST

static Suite *
negotiator_nfvo_suite (void)
{
  Suite *suite = suite_create ("negotiator-nfvo");
  TCase *questions = tcase_create ("questions");
  TCase *answers = tcase_create ("answers");
  TCase *once = tcase_create ("once");
  gboolean material = vnfm_test_have_material ();

  tcase_add_test (questions, grant_as_sent);
  if (material) {
    tcase_add_test (questions, grant_as_captured);
    tcase_add_test (questions, allocation_as_captured);
  }
  tcase_add_test (questions, allocation_without_keys_and_placement);
  tcase_add_test (questions, scaling);
  tcase_add_test (questions, package_that_cannot_be_read);
  tcase_add_test (questions, shipped_template);
  tcase_add_test (questions, template_that_is_not_there);
  tcase_add_test (questions, back_end_without_a_template);
  suite_add_tcase (suite, questions);

  if (material)
    tcase_add_test (answers, answers_as_captured);
  tcase_add_test (answers, refusals);
  tcase_add_test (answers, withdrawn);
  tcase_add_test (answers, garbage);
  tcase_add_test (answers, answers_that_are_not_ours);
  suite_add_tcase (suite, answers);

  tcase_add_test (once, not_sent_waits_for_the_connection);
  tcase_add_test (once, not_sent_is_tried_again);
  tcase_add_test (once, perhaps_sent_is_never_sent_again);
  tcase_add_test (once, answered_before_it_is_confirmed);
  tcase_add_test (once, too_large_is_an_error);
  tcase_add_test (once, attach_asks_nothing);
  tcase_add_test (once, answer_before_the_operation_asks);
  tcase_add_test (once, early_answers_are_bounded);
  tcase_add_test (once, cancelled);
  tcase_add_test (once, stop_is_no_answer);
  suite_add_tcase (suite, once);
  return suite;
}

VNFM_TEST_MAIN (negotiator_nfvo_suite)
