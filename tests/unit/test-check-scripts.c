/* SPDX-License-Identifier: Apache-2.0 */
/* What check says before anything is started: of services that are written here, each with one fault, and of the
 * descriptors and packages that other people wrote. */
#include "config.h"

#include "core/package/check.h"
#include "tests/support/vnfm-test.h"

#include <string.h>

static char *folder;

static void
make_folder (void)
{
  folder = vnfm_test_make_folder ();
}

static void
remove_folder (void)
{
  vnfm_test_remove_folder (folder);
  g_clear_pointer (&folder, g_free);
}

static void
write_text (const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  ck_assert_int_eq (g_mkdir_with_parents (parent, 0755), 0);
  g_file_set_contents (path, content, -1, &error);
  ck_assert_no_error (error);
}

static NfvoService *
load (const char *path, const char *scripts)
{
  const NfvoLoadOptions options = { NULL, scripts };
  g_autoptr (GError) error = NULL;
  NfvoService *service = nfvo_service_load (path, &options, &error);

  ck_assert_no_error (error);
  return service;
}

/* "level object: file:line: text" of those with @flag, one a line, the folder left out. */
static char *
list_findings (NfvoService *service, const char *flag)
{
  static const char *const levels[] = { "hint", "warning", "error" };
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *prefix = g_strconcat (folder, "/", NULL);

  for (guint i = 0; i < service->findings->len; i++) {
    const NfvoFinding *finding = service->findings->pdata[i];
    g_autofree char *text = nfvo_finding_describe (finding);
    if (g_str_equal (finding->flag, flag))
      g_string_append_printf (lines, "%s%s %s", lines->len > 0 ? "\n" : "", levels[finding->level], text);
  }
  g_string_replace (lines, prefix, "", 0);
  return g_strdup (lines->str);
}

/* ---- services with one fault */

#define POINT(network, more) "{\"virtual_link_reference\":\"" network "\"" more "}"
#define MACHINE(points)      "\"vdu\":[{\"vnfc\":[{\"connection_point\":[" points "]}]}]"
#define EVENT(name, scripts) "{\"event\":\"" name "\",\"lifecycle_events\":[" scripts "]}"
#define SERVER                                                                                                        \
  "{\"name\":\"srv\",\"type\":\"server\",\"endpoint\":\"generic\",\"provides\":[\"page\"],"                           \
  "\"configurations\":{\"configurationParameters\":[{\"confKey\":\"port\",\"value\":\"80\"},{\"confKey\":\"unset\"}]" \
  "}," MACHINE (POINT ("my-net", ",\"floatingIp\":\"random\"") "," POINT ("inner", "")) "}"
#define CLIENT(events, more)                                                       \
  "{\"name\":\"cli\",\"type\":\"client\",\"endpoint\":\"generic\"," more MACHINE ( \
      POINT ("my-net", "")) ",\"lifecycle_event\":[" events "]}"
#define SERVICE(client, asked)                                                                                   \
  "{\"name\":\"s\",\"vnfd\":[" SERVER "," client "],\"vnf_dependency\":[{\"source\":\"srv\",\"target\":\"cli\"," \
  "\"parameters\":[" asked "]}]}"
#define CONFIGURE_ONE    SERVICE (CLIENT (EVENT ("CONFIGURE", "\"server_a.sh\""), ""), "\"my-net\",\"port\"")
#define EVENT_ONE(event) SERVICE (CLIENT (EVENT (event, "\"a.sh\""), ""), "\"port\"")

typedef struct {
  const char *flag;
  const char *nsd;
  const char *script;
  const char *text;
  const char *found;
} Row;

#define VARIABLE "variable that nobody sets"
#define READS(script, line, name, why) \
  "hint VNF cli: scripts/" script ":" line ": it reads $" name ", which nobody sets" why

static const Row rows[] = {
  /* scripts that are not there */
  { "script not in the package", EVENT_ONE ("START"), "b.sh", "#!/bin/sh\n",
    "error VNF cli: START: a.sh is not in scripts" },
  { "script not in the package", EVENT_ONE ("INSTANTIATE"), "b.sh", "",
    "error VNF cli: INSTANTIATE: a.sh is not in scripts" },
  { "script not in the package", EVENT_ONE ("HEAL"), "b.sh", "", "warning VNF cli: HEAL: a.sh is not in scripts" },
  { "script not in the package", EVENT_ONE ("ALLOCATE"), "b.sh", "", "" },
  /* events */
  { "unknown event name 'BEGIN'", EVENT_ONE ("BEGIN"), "a.sh", "",
    "warning VNF cli: there is no event \"BEGIN\": its scripts are never run (an NFVO refuses the descriptor)" },
  { "event that runs no scripts", SERVICE (CLIENT (EVENT ("RELEASE", "\"release of the vdu\""), ""), "\"port\""),
    "a.sh", "", "hint VNF cli: RELEASE runs no scripts: what is listed there is taken for prose" },
  /* CONFIGURE scripts of nobody */
  { "configure script that nobody provides for",
    SERVICE (CLIENT (EVENT ("CONFIGURE", "\"servant_a.sh\""), ""), "\"port\""), "servant_a.sh", "",
    "warning VNF cli: servant_a.sh begins with the type of no VNF that cli depends on: it runs once, without foreign "
    "values" },
  { "configure script that nobody provides for", CONFIGURE_ONE, "server_a.sh", "", "" },
  /* values of sources */
  { "value that nobody provides",
    SERVICE (CLIENT ("", ""), "\"my-net\",\"my-net_floatingIp\",\"inner\",\"page\",\"port\",\"hostname\""), "x", "",
    "" },
  { "value that nobody provides", SERVICE (CLIENT ("", ""), "\"nothing\""), "x", "",
    "warning VNF cli: it asks VNF srv for \"nothing\", which has no such value: it is neither in its provides nor its "
    "configurations, and no network of it" },
  { "value that nobody provides", SERVICE (CLIENT ("", ""), "\"unset\""), "x", "",
    "warning VNF cli: it asks VNF srv for \"unset\", which has no such value: its configurations name it without a "
    "value" },
  { "value that nobody provides", SERVICE (CLIENT ("", ""), "\"inner_floatingIp\""), "x", "",
    "warning VNF cli: it asks VNF srv for \"inner_floatingIp\", which has no such value: none of its connection points "
    "there asks for a floating address" },
  { "value that nobody provides",
    SERVICE (CLIENT ("", "\"requires\":{\"srv\":{\"parameters\":[\"missing\"]}},"), "\"port\""), "x", "",
    "warning VNF cli: it asks VNF srv for \"missing\", which has no such value: it is neither in its provides nor its "
    "configurations, and no network of it" },
  { "provides without a value", CONFIGURE_ONE, "server_a.sh", "",
    "hint VNF srv: it provides page, but none of its scripts writes to $VNFM_PROVIDES" },
  { "provides without a value", CONFIGURE_ONE, "server_a.sh", "echo page=1 >> $VNFM_PROVIDES\n", "" },
  /* variables */
  { VARIABLE, CONFIGURE_ONE, "server_a.sh", "echo $server_my_net $server_port $my_net $hostname $SCRIPTS_PATH $HOME\n",
    "" },
  { VARIABLE, CONFIGURE_ONE, "server_a.sh", "#!/bin/sh\n\necho $whatever\n",
    READS ("server_a.sh", "3", "whatever", "") },
  { VARIABLE, CONFIGURE_ONE, "server_a.sh", "echo $server_inner\n",
    READS ("server_a.sh", "1", "server_inner", ": its dependency on VNF srv does not ask for \"inner\"") },
  { VARIABLE, CONFIGURE_ONE, "server_a.sh", "echo $my_net_floatingIp\n",
    READS ("server_a.sh", "1", "my_net_floatingIp", ": no connection point there asks for a floating address") },
  { VARIABLE, EVENT_ONE ("START"), "a.sh", "echo $server_port\n",
    READS ("a.sh", "1", "server_port", ": only CONFIGURE scripts get values of other VNFs, not those of START") },
  { VARIABLE, EVENT_ONE ("CONFIGURE"), "a.sh", "echo $server_port\n",
    READS ("a.sh", "1", "server_port", ": only scripts that begin with server_ get the values of VNF srv") },
  { VARIABLE, EVENT_ONE ("HEAL"), "a.sh", "echo $cause $removing_hostname\n",
    READS ("a.sh", "1", "removing_hostname", "") },
  { VARIABLE, EVENT_ONE ("SCALE_IN"), "a.sh", "echo $cause $removing_hostname $removing_my_net\n",
    READS ("a.sh", "1", "cause", "") },
  { VARIABLE, EVENT_ONE ("START"), "a.sh", "#!/usr/bin/python3\nimport os\nos.environ['my_net'] + os.environ['no']\n",
    READS ("a.sh", "3", "no", "") },
  { VARIABLE, EVENT_ONE ("START"), "a.sh", "#!/usr/bin/perl\nprint $no;\n", "" },
  { VARIABLE, EVENT_ONE ("START"), "a.sh", ". $SCRIPTS_PATH/a.sh\nA=1; echo $A $B\n", READS ("a.sh", "2", "B", "") },
  { VARIABLE, EVENT_ONE ("START"), "a.sh", ". /etc/settings\necho $B\n", "" },
  /* the form of scripts */
  { "script with CRLF", EVENT_ONE ("START"), "a.sh", "#!/bin/sh\r\necho\r\n",
    "hint VNF cli: scripts/a.sh:1: lines end in CR LF: few interpreters take that" },
  { "script without #!", EVENT_ONE ("START"), "a.sh", "echo\n",
    "hint VNF cli: scripts/a.sh:1: it does not begin with #!: a shell runs it" },
  { "script without #!", EVENT_ONE ("START"), "a.sh", "#!/bin/sh\n", "" },
  { "empty script", EVENT_ONE ("START"), "a.sh", "", "hint VNF cli: scripts/a.sh: the script is empty" },
  { "script not executable", EVENT_ONE ("START"), "a.sh", "#!/bin/sh\n",
    "hint VNF cli: not executable in the package (the agent makes them so): a.sh" },
};

START_TEST (fault_is_told)
{
  const Row *row = &rows[_i];
  g_autofree char *nsd = g_build_filename (folder, "nsd.json", NULL);
  g_autofree char *scripts = g_build_filename (folder, "scripts", NULL);
  g_autofree char *script = g_strconcat ("scripts/", row->script, NULL);

  write_text ("nsd.json", row->nsd);
  write_text (script, row->text);
  g_autoptr (NfvoService) service = load (nsd, scripts);
  g_autofree char *found = list_findings (service, row->flag);
  ck_assert_str_eq (found, row->found);
}
END_TEST

START_TEST (circles_are_written_out)
{
#define VNF(name)             "{\"name\":\"" name "\",\"vdu\":[{\"vnfc\":[{}]}]}"
#define NEEDS(target, source) "{\"source\":\"" source "\",\"target\":\"" target "\",\"parameters\":[\"hostname\"]}"
  static const struct {
    const char *dependencies;
    const char *circle;
  } circles[] = {
    { NEEDS ("a", "b") "," NEEDS ("b", "c"), "" },
    { NEEDS ("a", "b") "," NEEDS ("b", "a"), "a -> b -> a" },
    { NEEDS ("b", "a") "," NEEDS ("c", "b") "," NEEDS ("a", "c"), "a -> b -> c -> a" },
    { NEEDS ("a", "b") "," NEEDS ("b", "c") "," NEEDS ("c", "b"), "b -> c -> b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (circles); i++) {
    g_autofree char *text =
        g_strdup_printf ("{\"name\":\"s\",\"vnfd\":[" VNF ("a") "," VNF ("b") "," VNF ("c") "],"
                                                                                            "\"vnf_dependency\":[%s]}",
                         circles[i].dependencies);
    g_autofree char *path = g_build_filename (folder, "nsd.json", NULL);
    write_text ("nsd.json", text);
    g_autoptr (NfvoService) service = load (path, NULL);
    g_autofree char *found = list_findings (service, "mutual (cyclic) dependency");
    g_autofree char *wanted =
        circles[i].circle[0] == '\0'
            ? g_strdup ("")
            : g_strdup_printf (
                  "warning VNFs depend on each other in a circle: %s (an NFVO that starts in order refuses "
                  "that)",
                  circles[i].circle);
    ck_assert_str_eq (found, wanted);
    ck_assert (!nfvo_service_has_errors (service));
  }
}
END_TEST

/* A VNF without its service: who will be its source is unknown, but a script's name says whose values it gets. */
START_TEST (vnf_alone)
{
  write_text ("Metadata.yaml", "name: p\n");
  write_text ("README", "x");
  write_text ("vnfd.json", CLIENT (EVENT ("CONFIGURE", "\"my-server_a.sh\""), ""));
  write_text ("scripts/my-server_a.sh", "#!/bin/sh\necho $my_server_ip $other_ip $my_net\n");
  g_autoptr (NfvoService) service = load (folder, NULL);
  g_autofree char *variables = list_findings (service, VARIABLE);
  g_autofree char *left_out = list_findings (service, "files that are not delivered");
  ck_assert_str_eq (variables, READS ("my-server_a.sh", "2", "other_ip", ""));
  ck_assert_str_eq (left_out, "hint VNF cli: only scripts/ is delivered to the machines, not README");
}
END_TEST

/* Findings stand under their VNF, the worst first; what several have is told once. */
START_TEST (text_is_grouped)
{
  g_autofree char *nsd = g_build_filename (folder, "nsd.json", NULL);
  g_autofree char *scripts = g_build_filename (folder, "scripts", NULL);

  write_text ("nsd.json", EVENT_ONE ("HEAL"));
  write_text ("scripts/b.sh", "");
  g_autoptr (NfvoService) service = load (nsd, scripts);
  g_autofree char *text = nfvo_check_to_text (service);
  const char *common = strstr (text, "  hint: VNF srv, VNF cli: a VDU has no vimInstanceName");
  const char *group = strstr (text, "\n  VNF cli\n    warning: ");
  ck_assert_msg (common != NULL && group != NULL && common < group, "%s", text);
  ck_assert_msg (strstr (group, "\n    warning: HEAL: a.sh is not in ") != NULL, "%s", text);
  ck_assert_msg (strstr (group, "\n    hint: ") != NULL, "%s", text);
  g_autoptr (JsonObject) json = nfvo_check_to_json (service);
  ck_assert (vnfm_json_get_array (json, "findings") != NULL);
}
END_TEST

/* ---- what other people wrote */

typedef struct {
  const char *path;
  const char *flag;
  NfvoLevel level;
  const char *words;
} Known;

#define NSDS    "openbaton+integration-tests/src/main/resources/network-service-descriptors/NetworkServiceDescriptor"
#define MISSING "script not in the package"

/* All of them are read with the scripts of SoftFIRE, so that what these lack is seen. */
static const Known material[] = {
  { NSDS "-wrong-lifecycle-name.json", "unknown event name 'NOTDEFINED'", NFVO_WARNING, "an NFVO refuses" },
  { NSDS "-ncat-complex.json", MISSING, NFVO_ERROR, "INSTANTIATE: bring_interfaces_up.sh" },
  { NSDS "-ncat-complex.json", MISSING, NFVO_ERROR, "CONFIGURE: peer2_configure_private.sh" },
  { NSDS "-ncat-complex.json", "mutual (cyclic) dependency", NFVO_WARNING,
    "ncatpeer1 -> ncatpeer5 -> ncatpeer4 -> ncatpeer3 -> ncatpeer2 -> ncatpeer1" },
  { NSDS "-ncat-scaling.json", MISSING, NFVO_ERROR, "CONFIGURE: ncatserver_configure.sh" },
  { NSDS "-sipp-real-fms-heal.json", MISSING, NFVO_WARNING, "HEAL: heal.sh" },
  { NSDS "-sipp-real-fms-heal.json", MISSING, NFVO_ERROR, "sipp_client_start.sh" },
  { NSDS "-with-many-dependencies.json", "mutual (cyclic) dependency", NFVO_WARNING, " -> vnf-dummy-" },
  { NSDS "_fail_in_instantiate.json", MISSING, NFVO_ERROR, "INSTANTIATE: failing_script.sh" },
  { NSDS "_fail_in_configure.json", MISSING, NFVO_ERROR, "CONFIGURE: server_configure_fail.sh" },
  { NSDS "_fail_in_start.json", MISSING, NFVO_ERROR, "START: failing_script.sh" },
  { NSDS "_fail_in_terminate.json", MISSING, NFVO_WARNING, "TERMINATE: failing_script.sh" },
};

START_TEST (material_is_judged)
{
  const Known *row = &material[_i];
  g_autofree char *path = g_build_filename (vnfm_test_material (), row->path, NULL);
  g_autofree char *scripts = g_build_filename (vnfm_test_material (), "SoftFIRE-TUB+public-scripts", NULL);
  g_autoptr (NfvoService) service = load (path, scripts);

  for (guint i = 0; i < service->findings->len; i++) {
    const NfvoFinding *finding = service->findings->pdata[i];
    if (g_str_equal (finding->flag, row->flag) && finding->level == row->level &&
        strstr (finding->text, row->words) != NULL)
      return;
  }
  ck_abort_msg ("%s: not told: %s", row->path, row->words);
}
END_TEST

/* These run as they are: what is said of them must be no more than hints, and none of variables. */
START_TEST (good_packages_stay_good)
{
  static const char *const paths[] = { "openbaton+openimscore-packages/bind9",   "openbaton+openimscore-packages/fhoss",
                                       "openbaton+openimscore-packages/icscf",   "openbaton+openimscore-packages/pcscf",
                                       "openbaton+openimscore-packages/scscf",   "openbaton+vnf-samples/sipp/dummy",
                                       "openbaton+vnf-samples/sipp/dummy/server" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *path = g_build_filename (vnfm_test_material (), paths[i], NULL);
    g_autoptr (NfvoService) service = load (path, NULL);
    for (guint j = 0; j < service->findings->len; j++) {
      const NfvoFinding *finding = service->findings->pdata[j];
      ck_assert_msg (!g_str_equal (finding->flag, VARIABLE) &&
                         (finding->level == NFVO_HINT || g_str_equal (finding->flag, "endpoint is not generic")),
                     "%s: %s", paths[i], finding->text);
    }
  }
}
END_TEST

START_TEST (examples_have_no_warning)
{
  static const char *const names[] = { "web", "web-broken" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (g_getenv ("VNFM_SRCDIR"), "data/examples", names[i], NULL);
    g_autoptr (NfvoService) service = load (path, NULL);
    for (guint j = 0; j < service->findings->len; j++) {
      const NfvoFinding *finding = service->findings->pdata[j];
      ck_assert_msg (finding->level == NFVO_HINT && !g_str_equal (finding->flag, VARIABLE), "%s", finding->text);
    }
  }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("check-scripts");
  TCase *faults = tcase_create ("faults");
  TCase *wild = tcase_create ("wild");

  tcase_add_checked_fixture (faults, make_folder, remove_folder);
  tcase_add_loop_test (faults, fault_is_told, 0, G_N_ELEMENTS (rows));
  tcase_add_test (faults, circles_are_written_out);
  tcase_add_test (faults, vnf_alone);
  tcase_add_test (faults, text_is_grouped);
  suite_add_tcase (s, faults);
  if (vnfm_test_have_material ()) {
    tcase_add_loop_test (wild, material_is_judged, 0, G_N_ELEMENTS (material));
    tcase_add_test (wild, good_packages_stay_good);
  }
  tcase_add_test (wild, examples_have_no_warning);
  suite_add_tcase (s, wild);
  return s;
}

VNFM_TEST_MAIN (suite)
