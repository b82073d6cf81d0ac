/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors as people wrote them: what must be counted in each, each oddity by its words, and what must be refused.
 */
#include "config.h"

#include "core/package/check.h"
#include "tests/support/vnfm-test.h"

#include <string.h>

static NfvoService *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return nfvo_service_parse ("test.json", bytes, error);
}

static NfvoService *
parse_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  NfvoService *service = parse (text, &error);

  ck_assert_no_error (error);
  nfvo_service_link (service);
  return service;
}

static const NfvoFinding *
find_flag (NfvoService *service, const char *flag)
{
  for (guint i = 0; i < service->findings->len; i++) {
    const NfvoFinding *finding = service->findings->pdata[i];
    if (g_str_equal (finding->flag, flag))
      return finding;
  }
  return NULL;
}

/* ---- material/expected.json */

static JsonArray *
read_expected (JsonNode **root)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = vnfm_test_read_file (vnfm_test_material (), "expected.json");

  *root = vnfm_json_parse (text, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (json_array_get_length (json_node_get_array (*root)), 25);
  return json_node_get_array (*root);
}

static NfvoService *
load_expected (JsonObject *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (vnfm_test_material (), vnfm_json_get_string (expected, "path"), NULL);
  NfvoService *service = nfvo_service_load (path, NULL, &error);

  ck_assert_no_error (error);
  return service;
}

static void
assert_same_member (JsonObject *expected, JsonObject *found, const char *name)
{
  JsonNode *wanted = json_object_get_member (expected, name);
  JsonNode *got = json_object_get_member (found, name);
  g_autofree char *wanted_text = json_to_string (wanted, FALSE);
  g_autofree char *got_text = got != NULL ? json_to_string (got, FALSE) : g_strdup ("nothing");

  ck_assert_msg (got != NULL && json_node_equal (wanted, got), "%s: %s: expected %s, found %s",
                 vnfm_json_get_string (expected, "path"), name, wanted_text, got_text);
}

START_TEST (counts_match)
{
  static const char *const names[] = { "kind",
                                       "vnfs",
                                       "vdus",
                                       "vnfcs",
                                       "dependencies",
                                       "connection_points",
                                       "floating_ips",
                                       "events",
                                       "configuration_parameters",
                                       "scripts",
                                       "endpoints",
                                       "fault_policies",
                                       "autoscale_policies" };
  g_autoptr (JsonNode) root = NULL;
  JsonArray *all = read_expected (&root);

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *expected = vnfm_json_element_object (all, i);
    g_autoptr (NfvoService) service = load_expected (expected);
    g_autoptr (JsonObject) found = nfvo_check_to_json (service);
    for (guint j = 0; j < G_N_ELEMENTS (names); j++)
      assert_same_member (expected, found, names[j]);
  }
}
END_TEST

/* The oddities of what the file itself says, without the packages beside it: all that are listed, and of these words
 * no others. */
START_TEST (oddities_match)
{
  static const char *const own[] = { "endpoint is not generic", "vnf without a package", "vnfd not found",
                                     "requires an unknown VNF", NULL };
  g_autoptr (JsonNode) root = NULL;
  JsonArray *all = read_expected (&root);

  for (guint i = 0; i < json_array_get_length (all); i++) {
    JsonObject *expected = vnfm_json_element_object (all, i);
    const char *path = vnfm_json_get_string (expected, "path");
    JsonArray *flags = vnfm_json_get_array (expected, "flags");
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) text = vnfm_test_read_file (vnfm_test_material (), path);
    g_autoptr (NfvoService) service = nfvo_service_parse (path, text, &error);
    g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
    ck_assert_no_error (error);
    nfvo_service_link (service);
    for (guint j = 0; j < json_array_get_length (flags); j++) {
      const char *flag = json_array_get_string_element (flags, j);
      g_hash_table_add (wanted, (gpointer)flag);
      ck_assert_msg (find_flag (service, flag) != NULL, "%s: not told: %s", path, flag);
    }
    for (guint j = 0; j < service->findings->len; j++) {
      const char *flag = ((NfvoFinding *)service->findings->pdata[j])->flag;
      ck_assert_msg (g_hash_table_contains (wanted, flag) || g_strv_contains (own, flag), "%s: told for nothing: %s",
                     path, flag);
    }
  }
}
END_TEST

/* An NSD of ids: the packages beside it are found, those elsewhere where --package points. */
START_TEST (references_are_resolved)
{
  g_autofree char *sipp = g_build_filename (vnfm_test_material (), "openbaton+vnf-samples/sipp/dummy", NULL);
  g_autofree char *ims = g_build_filename (vnfm_test_material (), "openbaton+openimscore-packages", NULL);
  g_autofree char *nsd = g_build_filename (ims, "descriptors/tutorial-ims-NSR/tutorial-ims-NSR.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = nfvo_service_load (sipp, NULL, &error);

  ck_assert_no_error (error);
  ck_assert (!nfvo_service_has_errors (service));
  NfvoVnf *client = nfvo_service_find_vnf (service, "sipp-client");
  ck_assert_str_eq (client->reference, "FOKUS/sipp-client/1.0.1");
  ck_assert_uint_eq (client->package->scripts->len, 2);
  ck_assert_uint_eq (service->dependencies->len, 1);
  const NfvoDependency *dependency = service->dependencies->pdata[0];
  ck_assert_str_eq (dependency->source, "sipp-server");
  ck_assert_str_eq (dependency->target, "sipp-client");
  ck_assert_str_eq (((NfvoVdu *)client->vdus->pdata[0])->images->pdata[0], "ubuntu-14.04-server-cloudimg-amd64-disk1");

  g_autoptr (NfvoService) missing = nfvo_service_load (nsd, NULL, &error);
  ck_assert_no_error (error);
  ck_assert (nfvo_service_has_errors (missing));
  ck_assert_str_eq (find_flag (missing, "vnfd not found")->text,
                    "no package has this VNFD: name it with --package fokus/bind9/6.0.0=DIR");

  const char *const with_ims[] = { ims, NULL };
  g_autoptr (NfvoService) found = nfvo_service_load (nsd, &(NfvoLoadOptions){ .packages = with_ims }, &error);
  ck_assert_no_error (error);
  ck_assert (!nfvo_service_has_errors (found));
  ck_assert_uint_eq (found->dependencies->len, 14);
  ck_assert (nfvo_service_find_vnf (found, "bind9")->cyclic);
  ck_assert (json_object_get_boolean_member (nfvo_service_find_vnf (found, "pcscf")->vnfd, "cyclicDependency"));
  ck_assert (nfvo_package_has_script (nfvo_service_find_vnf (found, "bind9")->package, "default_options"));
}
END_TEST

START_TEST (package_by_id)
{
  g_autofree char *bind9 = g_build_filename (vnfm_test_material (), "openbaton+openimscore-packages/bind9", NULL);
  g_autofree char *option = g_strconcat ("some-id=", bind9, NULL);
  g_autofree char *folder = vnfm_test_make_folder ();
  g_autofree char *file = g_build_filename (folder, "nsd.json", NULL);
  g_autofree char *missing = g_strconcat ("nobody=", folder, "/missing", NULL);
  const char *const packages[] = { option, missing, NULL };
  const char *const one[] = { option, NULL };
  g_autoptr (GError) error = NULL;

  g_file_set_contents (file, "{\"name\":\"n\",\"vnfd\":[{\"id\":\"some-id\"}]}", -1, &error);
  ck_assert_no_error (error);
  g_autoptr (NfvoService) service = nfvo_service_load (folder, &(NfvoLoadOptions){ .packages = one }, &error);
  ck_assert_no_error (error);
  ck_assert_ptr_nonnull (nfvo_service_find_vnf (service, "bind9")->vnfd);
  ck_assert_ptr_nonnull (find_flag (service, "requires an unknown VNF"));
  g_autoptr (NfvoService) bad = nfvo_service_load (folder, &(NfvoLoadOptions){ .packages = packages }, &error);
  ck_assert_ptr_null (bad);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert (g_str_has_prefix (error->message, "--package: "));
  g_clear_error (&error);

  g_autofree char *for_nobody = g_strconcat ("nobody=", bind9, NULL);
  const char *const two[] = { option, for_nobody, NULL };
  g_autoptr (NfvoService) warned = nfvo_service_load (folder, &(NfvoLoadOptions){ .packages = two }, &error);
  ck_assert_no_error (error);
  ck_assert_int_eq (find_flag (warned, "package for nobody")->level, NFVO_WARNING);
  vnfm_test_remove_folder (folder);
}
END_TEST

/* ---- each oddity alone */

#define VDU                                                                                     \
  "\"vdu\":[{\"vm_image\":[\"i\"],\"vimInstanceName\":[\"v\"],\"vnfc\":[{\"connection_point\":" \
  "[{\"virtual_link_reference\":\"net\"}]}]}]"
#define REST                                                                       \
  "\"type\":\"t\",\"endpoint\":\"generic\",\"virtual_link\":[{\"name\":\"net\"}]," \
  "\"configurations\":{},\"deployment_flavour\":[{\"flavour_key\":\"f\"}]"
#define EVENTS            "\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":[]}]"
#define VNF(name)         "{\"name\":\"" name "\"," REST "," EVENTS "," VDU "}"
#define TYPED(name, type) "{\"name\":\"" name "\",\"type\":\"" type "\",\"endpoint\":\"generic\"," EVENTS "," VDU "}"
#define NSD(vnfs, more)   "{\"name\":\"n\",\"vnfd\":[" vnfs "]" more "}"
#define WITH(more)        "{\"name\":\"t\"," REST "," more "}"
#define DEPENDS(source, target) \
  ",\"vnf_dependency\":[{\"source\":" source ",\"target\":" target ",\"parameters\":[\"net\"]}]"

/* A descriptor, the words for it, and how grave it is. */
typedef struct {
  const char *text;
  const char *flag;
  NfvoLevel level;
} Oddity;

static const Oddity oddities[] = {
  { "\xEF\xBB\xBF" VNF ("t"), "UTF-8 byte order mark", NFVO_HINT },
  { "{\r\n\"name\":\"t\"," REST "," EVENTS "," VDU "}", "CRLF line ends", NFVO_HINT },
  { "\t" VNF ("t"), "tabs", NFVO_HINT },
  { WITH ("\"name\":\"t\"," EVENTS "," VDU), "duplicate JSON keys: name", NFVO_HINT },
  { WITH ("\"colour\":1," EVENTS "," VDU), "unknown key: colour", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vm_image\":[\"i\"],\"vnfc\":[{}]}]"), "vdu without vimInstanceName", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vimInstanceName\":[],\"vnfc\":[{}]}]"), "vimInstanceName empty list", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vimInstanceName\":\"\",\"vnfc\":[{}]}]"), "vimInstanceName empty string", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vimInstanceName\":\"v\",\"vnfc\":[{}]}]"), "vimInstanceName as string", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"scale_in_out\":\"2\",\"vnfc\":[{}]}]"), "scale_in_out as string", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"scale_in_out\":[],\"vnfc\":[{}]}]"), "scale_in_out of the wrong type", NFVO_WARNING },
  { WITH (EVENTS ",\"vdu\":[{\"vm_image\":[],\"vnfc\":[{}]}]"), "vm_image empty list", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vnfc\":[{}]}]"), "vdu without vm_image", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vnfc\":[{},{}]}]"), "several VNFCs in a VDU", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vnfc\":[]}]"), "vdu without vnfc", NFVO_WARNING },
  { WITH (EVENTS ",\"vdu\":{\"vnfc\":[{}]}"), "an object in place of a list", NFVO_HINT },
  { WITH (EVENTS
          ",\"vdu\":[{\"vnfc\":[{\"connection_point\":[{\"virtual_link_reference\":\"net\",\"interfaceId\":0}]}]}]"),
    "interfaceId", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vnfc\":[{\"connection_point\":[{\"virtual_link_reference\":\"net\"},"
                 "{\"virtual_link_reference\":\"net\"}]}]}]"),
    "several connection points", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vnfc\":[{\"connection_point\":[{\"virtual_link_reference\":\"other\"}]}]}]"),
    "network that is no virtual link", NFVO_WARNING },
  { WITH (EVENTS ",\"vdu\":[{\"vnfc\":[{\"connection_point\":[{}]}]}]"), "connection point without a network",
    NFVO_ERROR },
  { WITH (EVENTS ",\"vdu\":[{\"vnfc\":[{}],\"fault_management_policy\":[{}]}]"), "fault_management_policy", NFVO_HINT },
  { WITH (EVENTS ",\"vdu\":[{\"vnfc\":[{}],\"monitoring_parameter\":[\"x\"]}]"), "vdu.monitoring_parameter",
    NFVO_HINT },
  { "{\"name\":\"t\",\"type\":\"t\",\"virtual_link\":[{\"name\":\"a-b\"}]," VDU "}", "network name with hyphen: a-b",
    NFVO_HINT },
  { "{\"name\":\"t\",\"type\":\"t\"," VDU "}", "missing vnfd.configurations", NFVO_HINT },
  { "{\"name\":\"t\",\"type\":\"t\"," VDU "}", "missing vnfd.deployment_flavour", NFVO_HINT },
  { "{\"name\":\"t\",\"type\":\"t\"," VDU "}", "missing vnfd.lifecycle_event", NFVO_HINT },
  { "{\"name\":\"t\",\"lifecycle_event\":[]," VDU "}", "empty vnfd.lifecycle_event", NFVO_HINT },
  { "{\"name\":\"t\"," VDU "}", "vnfd without type", NFVO_HINT },
  { "{\"name\":\"t\"," VDU "}", "endpoint is not generic", NFVO_WARNING },
  { VNF ("a"), "type differs from name", NFVO_HINT },
  { WITH (EVENTS "," VDU ",\"vnfPackageLocation\":\"https://x.example/y.git\""), "scripts from git URL", NFVO_HINT },
  { WITH (EVENTS "," VDU ",\"requires\":{\"b\":{\"parameters\":[\"net\"]}}"), "requires", NFVO_HINT },
  { WITH (EVENTS "," VDU ",\"requires\":{\"b\":{\"parameters\":[\"net\"]}}"), "requires an unknown VNF", NFVO_HINT },
  { WITH (EVENTS "," VDU ",\"requires\":[\"b.net\"]"), "requires as list", NFVO_HINT },
  { WITH (EVENTS "," VDU ",\"requires\":[\"net\"]"), "requires without a source", NFVO_WARNING },
  { WITH (EVENTS "," VDU ",\"requires\":7"), "requires of the wrong type", NFVO_WARNING },
  { WITH (EVENTS "," VDU ",\"provides\":[\"x\"]"), "provides", NFVO_HINT },
  { WITH (VDU ",\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":[\"a_b.sh\"]}]"),
    "underscore in START script", NFVO_HINT },
  { WITH (VDU ",\"lifecycle_event\":[{\"event\":\"NOTDEFINED\",\"lifecycle_events\":[\"a.sh\"]}]"),
    "unknown event name 'NOTDEFINED'", NFVO_WARNING },
  { WITH (VDU ",\"lifecycle_event\":[{\"event\":\"ALLOCATE\",\"lifecycle_events\":[\"some prose\"]}]"),
    "event that runs no scripts", NFVO_HINT },
  { WITH (VDU ",\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":[\"a.sh\"]},{\"event\":\"START\","
              "\"lifecycle_events\":[\"b.sh\"]}]"),
    "event listed twice", NFVO_WARNING },
  { WITH (VDU ",\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":[\"a.sh\"]}]"), "vnf without a package",
    NFVO_WARNING },
  { WITH (VDU ",\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":[\"../a.sh\"]}]"), "impossible script",
    NFVO_ERROR },
  { WITH (VDU ",\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":[\"/bin/sh\"]}]"), "impossible script",
    NFVO_ERROR },
  { WITH (VDU ",\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":[\"a\\u001b.sh\"]}]"),
    "impossible script", NFVO_ERROR },
  { NSD (VNF ("a"), ""), "no vnf_dependency", NFVO_HINT },
  { NSD ("{\"id\":\"v/a/1\"}", ""), "vnfd referenced by id only", NFVO_HINT },
  { NSD ("{\"id\":\"v/a/1\"}", ""), "vnfd not found", NFVO_ERROR },
  { NSD (VNF ("a") "," VNF ("b"), DEPENDS ("\"a\"", "\"b\"")), "dependency source/target as plain string", NFVO_HINT },
  { NSD (TYPED ("a", "x") "," TYPED ("b", "y"), DEPENDS ("{\"name\":\"x\"}", "{\"name\":\"b\"}")),
    "dependency names a type not a name", NFVO_HINT },
  { NSD (TYPED ("a", "x") "," TYPED ("b", "x"), DEPENDS ("\"x\"", "\"b\"")), "dependency on an ambiguous type",
    NFVO_ERROR },
  { NSD (VNF ("a"), DEPENDS ("\"a\"", "\"a\"")), "dependency on itself", NFVO_WARNING },
  { NSD (VNF ("a"), DEPENDS ("\"a\"", "\"c\"")), "dependency on an unknown VNF", NFVO_ERROR },
  { NSD (VNF ("a"), DEPENDS ("{}", "\"a\"")), "dependency without an end", NFVO_ERROR },
  { NSD (VNF ("a") "," VNF ("b"), ",\"vnf_dependency\":[{\"source\":\"a\",\"target\":\"b\"}]"),
    "dependency without parameters", NFVO_WARNING },
  { NSD (VNF ("a") "," VNF ("b"), ",\"vnf_dependency\":[{\"source\":\"a\",\"target\":\"b\",\"parameters\":[\"x\"]},"
                                  "{\"source\":\"b\",\"target\":\"a\",\"parameters\":[\"x\"]}]"),
    "mutual (cyclic) dependency", NFVO_WARNING },
  { NSD (VNF ("a") "," VNF ("a"), ""), "two VNFs of one name", NFVO_ERROR },
  { NSD ("{" VDU "}", ""), "vnfd without a name", NFVO_ERROR },
  { NSD ("{\"name\":\"a\"}", ""), "vnfd without vdu", NFVO_ERROR },
  { NSD ("{\"name\":\"a\",\"vdu\":7}", ""), "vnfd without vdu", NFVO_ERROR },
  { NSD (VNF ("a/b"), ""), "impossible name", NFVO_ERROR },
  { NSD (VNF (".."), ""), "impossible name", NFVO_ERROR },
  { NSD (VNF ("a\\nb"), ""), "impossible name", NFVO_ERROR },
  { NSD (TYPED ("a", "x\\u0007"), ""), "impossible name", NFVO_ERROR },
  { NSD (TYPED ("a", "x") ",{\"name\":\"b\",\"type\":\"y\",\"lifecycle_event\":[{\"event\":\"CONFIGURE\","
                          "\"lifecycle_events\":[\"x_do.sh\"]}]," VDU "}",
         DEPENDS ("\"a\"", "\"b\"")),
    "foreign-type prefix script: x_do.sh", NFVO_HINT },
  { NSD (TYPED ("a", "x") ",{\"name\":\"b\",\"type\":\"y\",\"lifecycle_event\":[{\"event\":\"CONFIGURE\","
                          "\"lifecycle_events\":[\"x_do.sh\"]}]," VDU "}",
         ""),
    "configure script without a dependency", NFVO_WARNING },
  { NSD (TYPED ("a", "x") ",{\"name\":\"b\",\"type\":\"y\",\"lifecycle_event\":[{\"event\":\"CONFIGURE\","
                          "\"lifecycle_events\":[\"z_do.sh\"]}]," VDU "}",
         ""),
    "configure script that nobody provides for", NFVO_WARNING },
};

START_TEST (oddity_is_told)
{
  const Oddity *oddity = &oddities[_i];
  g_autoptr (NfvoService) service = parse_good (oddity->text);
  const NfvoFinding *finding = find_flag (service, oddity->flag);

  ck_assert_msg (finding != NULL, "not told: %s, of %s", oddity->flag, oddity->text);
  ck_assert_msg (finding->level == oddity->level, "%s: level %d", oddity->flag, finding->level);
  g_autofree char *text = nfvo_check_to_text (service);
  ck_assert_ptr_nonnull (strstr (text, finding->text));
  for (const char *p = text; *p != '\0'; p++)
    ck_assert_msg ((guchar)*p >= ' ' || *p == '\n', "a control character in what is printed");
}
END_TEST

START_TEST (what_is_plain_is_not_told)
{
  g_autoptr (NfvoService) service = parse_good (NSD (VNF ("t"), ",\"vnf_dependency\":[]"));

  ck_assert_uint_eq (service->findings->len, 1); /* that there is no dependency */
  ck_assert (!nfvo_service_has_errors (service));
}
END_TEST

/* ---- refusals */

typedef struct {
  const char *text;
  VnfmError code;
  const char *words; /* part of the message */
} Refusal;

static const Refusal refusals[] = {
  { "{\"name\":\"n\",\n \"vnfd\": [{\"na", VNFM_ERROR_INVALID, "test.json: JSON, line 2, column " },
  { "", VNFM_ERROR_INVALID, "test.json: JSON, line 1" },
  { "[]", VNFM_ERROR_INVALID, "no object" },
  { "{}", VNFM_ERROR_INVALID, "neither a network service" },
  { "{\"name\":\"n\",\"vnfd\":[]}", VNFM_ERROR_INVALID, "the NSD has no VNF" },
  { "{\"name\":\"n\",\"vnfd\":7}", VNFM_ERROR_INVALID, "the NSD has no VNF" },
  { "{\"name\":\"n\",\"vnfd\":[7]}", VNFM_ERROR_INVALID, "vnfd number 1 is no object" },
  { "{\"action\":\"X\",\"payload\":{\"action\":\"X\",\"payload\":{}}}", VNFM_ERROR_INVALID, "neither" },
  { "{\"name\":\"v\",\"authUrl\":\"http://x.example\"}", VNFM_ERROR_NOT_SUPPORTED, "VIM instance" },
  { "tosca_definitions_version: tosca_simple_profile_for_nfv_1_0\n", VNFM_ERROR_NOT_SUPPORTED, "TOSCA" },
  { "# Title\n```json\n{\"vnfd\":[]}\n```\n", VNFM_ERROR_NOT_SUPPORTED, "Markdown" },
  { "PK\x03\x04....", VNFM_ERROR_NOT_SUPPORTED, "zip" },
  { "{\"name\":\"\xFF\"}", VNFM_ERROR_INVALID, "UTF-8" },
};

START_TEST (refused_with_cause)
{
  const Refusal *refusal = &refusals[_i];
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = parse (refusal->text, &error);

  ck_assert_ptr_null (service);
  ck_assert_msg (g_error_matches (error, VNFM_ERROR, (int)refusal->code), "%s: code %d", error->message, error->code);
  ck_assert_msg (strstr (error->message, refusal->words) != NULL, "%s", error->message);
}
END_TEST

START_TEST (deep_nesting)
{
  g_autoptr (GString) text = g_string_new ("{\"name\":\"n\",\"vnfd\":[{\"id\":\"x\",\"metadata\":");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append (text, "[");
  g_autoptr (NfvoService) service = parse (text->str, &error);
  ck_assert_ptr_null (service);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

START_TEST (too_large)
{
  g_autofree char *folder = vnfm_test_make_folder ();
  g_autofree char *file = g_build_filename (folder, "nsd.json", NULL);
  gsize size = 50 * 1024 * 1024;
  g_autofree char *blanks = g_strnfill (size, ' ');
  g_autoptr (GError) error = NULL;

  g_file_set_contents (file, blanks, (gssize)size, &error);
  ck_assert_no_error (error);
  g_autoptr (NfvoService) service = nfvo_service_load (file, NULL, &error);
  ck_assert_ptr_null (service);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT);
  ck_assert_ptr_nonnull (strstr (error->message, "nsd.json"));
  vnfm_test_remove_folder (folder);
}
END_TEST

START_TEST (too_many)
{
  g_autoptr (GString) text = g_string_new ("{\"name\":\"n\",\"vnfd\":[{\"id\":\"x\"}");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, ",{\"id\":\"x\"}");
  g_string_append (text, "]}");
  g_autoptr (NfvoService) service = parse (text->str, &error);
  ck_assert_ptr_null (service);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT);

  g_clear_error (&error);
  g_string_assign (text, "{\"name\":\"n\",\"vnfd\":[{\"id\":\"x\"}],\"vnf_dependency\":[7");
  for (guint i = 0; i < 10000; i++)
    g_string_append (text, ",7");
  g_string_append (text, "]}");
  g_autoptr (NfvoService) dependent = parse (text->str, &error);
  ck_assert_ptr_null (dependent);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT);
}
END_TEST

/* ---- what is made of it */

START_TEST (normalised)
{
  g_autoptr (NfvoService) service = parse_good (
      "{\"name\":\"a\",\"type\":\"t\",\"version\":2,\"id\":\"old\",\"vdu\":[7,{\"id\":\"old\",\"scale_in_out\":\"3\","
      "\"vimInstanceName\":\"v\",\"vnfc\":[{\"id\":\"old\",\"connection_point\":{\"virtual_link_reference\":\"n\"}}]}]"
      ",\"requires\":[\"s.x\",\"s.y\"],\"configurations\":{\"configurationParameters\":[{\"confKey\":\"k\","
      "\"value\":5},{\"confKey\":\"none\",\"value\":null}]},\"lifecycle_event\":null}");
  NfvoVnf *vnf = service->vnfs->pdata[0];
  JsonArray *vdus = vnfm_json_get_array (vnf->vnfd, "vdu");
  JsonObject *vdu = vnfm_json_element_object (vdus, 0);

  ck_assert_uint_eq (json_array_get_length (vdus), 1);
  ck_assert (!json_object_has_member (vnf->vnfd, "id"));
  ck_assert (!json_object_has_member (vdu, "id"));
  ck_assert_str_eq (vnfm_json_get_string (vnf->vnfd, "version"), "2");
  ck_assert_str_eq (vnf->endpoint, "t");
  ck_assert_str_eq (vnfm_json_get_string (vdu, "name"), "a-1");
  ck_assert_int_eq (json_object_get_int_member (vdu, "scale_in_out"), 3);
  ck_assert_str_eq (((NfvoVdu *)vnf->vdus->pdata[0])->vims->pdata[0], "v");
  ck_assert_uint_eq (json_array_get_length (vnfm_json_get_array (vdu, "vnfc_instance")), 0);
  ck_assert_uint_eq (json_array_get_length (vnfm_json_get_array (vnf->vnfd, "lifecycle_event")), 0);
  ck_assert_str_eq (vnfm_json_get_string (vnfm_json_get_object (vnf->vnfd, "configurations"), "name"), "a");
  ck_assert_str_eq (((NfvoParameter *)vnf->configurations->pdata[0])->value, "5");
  ck_assert_ptr_null (((NfvoParameter *)vnf->configurations->pdata[1])->value);
  ck_assert_uint_eq (vnf->requires->len, 1);
  ck_assert_uint_eq (((NfvoRequirement *)vnf->requires->pdata[0])->parameters->len, 2);
  ck_assert (nfvo_service_find_vnf (service, "a") == vnf);
}
END_TEST

/* Stated and required ones of a pair become one; an entry without parameters is none; the type will do. */
START_TEST (dependencies_are_merged)
{
  g_autoptr (NfvoService) service = parse_good (
      NSD (TYPED ("a", "x") ",{\"name\":\"b\",\"type\":\"y\",\"requires\":{\"x\":{\"parameters\":[\"p\",\"q\"]},"
                            "\"b\":{\"parameters\":[]}}," VDU "}",
           ",\"vnf_dependency\":[{\"source\":\"a\",\"target\":\"b\",\"parameters\":[\"q\",\"r\"]},"
           "{\"source\":\"a\",\"target\":\"b\",\"parameters\":\"s\"}]"));

  ck_assert_uint_eq (service->stated_dependencies, 2);
  ck_assert_uint_eq (service->dependencies->len, 1);
  const NfvoDependency *dependency = service->dependencies->pdata[0];
  static const char *const wanted[] = { "q", "r", "s", "p" };
  ck_assert_uint_eq (dependency->parameters->len, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    ck_assert_str_eq (dependency->parameters->pdata[i], wanted[i]);
}
END_TEST

START_TEST (unknown_requirement_in_a_service)
{
  g_autoptr (NfvoService) service =
      parse_good (NSD ("{\"name\":\"b\",\"requires\":{\"x\":{\"parameters\":[\"p\"]}}," VDU "}", ""));

  ck_assert_int_eq (find_flag (service, "requires an unknown VNF")->level, NFVO_ERROR);
}
END_TEST

/* A finding of each of a million members is told a thousand times at most, errors always. */
START_TEST (findings_are_bounded)
{
  g_autoptr (GString) text = g_string_new ("{\"name\":\"t\"");

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (text, ",\"k%u\":0", i);
  g_string_append (text, ",\"vdu\":[]}");
  g_autoptr (NfvoService) service = parse_good (text->str);
  ck_assert_uint_le (service->findings->len, 1010);
  ck_assert_ptr_nonnull (find_flag (service, "vnfd without vdu"));
}
END_TEST

START_TEST (examples_are_good)
{
  static const char *const names[] = { "web", "web-broken" };
  const char *name = names[_i];
  g_autofree char *path = g_build_filename (g_getenv ("VNFM_SRCDIR"), "data", "examples", name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = nfvo_service_load (path, NULL, &error);

  ck_assert_no_error (error);
  ck_assert_str_eq (service->name, name);
  for (guint i = 0; i < service->findings->len; i++) {
    const NfvoFinding *finding = service->findings->pdata[i];
    ck_assert_msg (finding->level == NFVO_HINT, "%s", finding->text);
  }
  ck_assert_uint_eq (service->dependencies->len, 1);
  ck_assert (nfvo_package_has_script (nfvo_service_find_vnf (service, "web-client")->package, "lib/fetch.py"));
}
END_TEST

static Suite *
nsd_suite (void)
{
  Suite *suite = suite_create ("nsd");
  TCase *material = tcase_create ("material");
  TCase *text = tcase_create ("text");

  tcase_set_timeout (material, 60);
  if (vnfm_test_have_material ()) {
    tcase_add_test (material, counts_match);
    tcase_add_test (material, oddities_match);
    tcase_add_test (material, references_are_resolved);
    tcase_add_test (material, package_by_id);
  }
  suite_add_tcase (suite, material);
  tcase_set_timeout (text, 60);
  tcase_add_loop_test (text, oddity_is_told, 0, G_N_ELEMENTS (oddities));
  tcase_add_test (text, what_is_plain_is_not_told);
  tcase_add_loop_test (text, refused_with_cause, 0, G_N_ELEMENTS (refusals));
  tcase_add_test (text, deep_nesting);
  tcase_add_test (text, too_large);
  tcase_add_test (text, too_many);
  tcase_add_test (text, normalised);
  tcase_add_test (text, dependencies_are_merged);
  tcase_add_test (text, unknown_requirement_in_a_service);
  tcase_add_test (text, findings_are_bounded);
  tcase_add_loop_test (text, examples_are_good, 0, 2);
  suite_add_tcase (suite, text);
  return suite;
}

VNFM_TEST_MAIN (nsd_suite)
