/* SPDX-License-Identifier: Apache-2.0 */
/* What the doctor says of facts: a table of what can be wrong with each link. */
#include "config.h"

#include "core/ctl/doctor.h"
#include "core/ctl/format.h"
#include "tests/support/vnfm-test.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  ck_assert_no_error (error);
  return json_node_dup_object (node);
}

#define MACHINE(more) "{\"vnf\":{\"vnf\":\"web\",\"machines\":[{\"host\":\"web-0\",\"state\":\"as it is\"" more "}]}}"
#define PROBE(more)                                                                                            \
  "{\"now\":\"2026-05-03T12:00:00.000Z\",\"vnf\":{\"machines\":[{\"host\":\"web-0\",\"state\":\"registered\"," \
  "\"probe\":{" more "}}]}}"
#define LEG(more)   "{\"legs\":[{\"legs\":[\"nfvo\",\"ems\"],\"name\":\"stomp\",\"address\":\"127.0.0.1:1\"" more "}]}"
#define QUEUE(more) LEG (",\"state\":\"connected\",\"queues\":[{\"destination\":\"d\",\"name\":\"q\"" more "}]")

/* A finding of this link and state, with these words in its text and in its advice (NULL: none). */
static const struct {
  const char *facts;
  const char *link;
  DoctorState state;
  const char *text;
  const char *advice;
} rows[] = {
  { "{\"status\":{\"version\":\"" PACKAGE_VERSION "\",\"profile\":\"local\",\"pid\":7}}", "vnfmd", DOCTOR_OK,
    "version " PACKAGE_VERSION ", profile local, process 7", NULL },
  { "{\"status\":{\"version\":\"0.0.1\"}}", "vnfmd", DOCTOR_HINT, "version 0.0.1", "restarted after its update" },
  { "{\"status\":{\"store\":\"/j.db\"}}", "store", DOCTOR_OK, "takes what is written: /j.db", NULL },
  { "{\"store-error\":\"no space left\"}", "store", DOCTOR_FAILED, "no space left", "look at the disk" },
  { "{\"folders\":[{\"use\":\"state\",\"path\":\"/s\",\"free\":1048576}]}", "disk", DOCTOR_FAILED, "/s (state): 1 MiB",
    "make room" },
  { "{\"folders\":[{\"use\":\"state\",\"path\":\"/s\",\"free\":104857600}]}", "disk", DOCTOR_HINT, "100 MiB",
    "make room before" },
  { "{\"folders\":[{\"use\":\"state\",\"path\":\"/s\",\"free\":1048576000}]}", "disk", DOCTOR_OK, "1000 MiB free",
    NULL },
  { "{\"folders\":[{\"use\":\"logs\",\"path\":\"/s\",\"error\":\"No such file\"}]}", "disk", DOCTOR_FAILED,
    "/s (logs): No such file", "make the folder" },
  { "{\"now\":\"1970-01-01T00:01:00.000Z\"}", "clock", DOCTOR_FAILED, "it is not 1970", "set the clock" },
  { "{\"now\":\"2026-05-03T12:00:00.000Z\",\"clock\":{\"synchronized\":false}}", "clock", DOCTOR_HINT,
    "nothing keeps it right", "time service" },
  { "{\"now\":\"2026-05-03T12:00:00.000Z\",\"clock\":{\"synchronized\":true}}", "clock", DOCTOR_OK, "kept right by",
    NULL },
  { "{\"now\":\"2026-05-03T12:00:00.000Z\",\"clock\":{}}", "clock", DOCTOR_OK, "is not known", NULL },
  { LEG (",\"state\":\"connected\",\"connections\":3"), "broker", DOCTOR_OK,
    "stomp, built in, listens at 127.0.0.1:1; 3 peers", NULL },
  { LEG (",\"state\":\"connected\""), "broker", DOCTOR_OK, "stomp, connected to 127.0.0.1:1", NULL },
  { LEG (",\"state\":\"connecting\",\"error\":\"no route\",\"error-code\":\"unreachable\""), "broker", DOCTOR_FAILED,
    "stomp at 127.0.0.1:1: connecting: no route", "does the broker run there" },
  { LEG (",\"state\":\"connecting\",\"error\":\"bad login\",\"error-code\":\"denied\""), "broker", DOCTOR_FAILED,
    "bad login", "compare login and passcode" },
  { LEG (",\"state\":\"connecting\",\"error\":\"?\",\"error-code\":\"new\""), "broker", DOCTOR_FAILED, "connecting",
    "the broker's log" },
  { "{\"legs\":[{\"legs\":[\"ems\"],\"state\":\"connected\"}]}", "broker (agents)", DOCTOR_OK, "connected", NULL },
  { "{\"legs\":[{\"legs\":[\"nfvo\"],\"state\":\"closed\"}]}", "broker (NFVO)", DOCTOR_FAILED, "closed", "address" },
  { QUEUE (",\"wanted\":true,\"subscribed\":true"), "queue", DOCTOR_OK, "q (d): vnfmd reads it", NULL },
  { QUEUE (",\"wanted\":true,\"subscribed\":false"), "queue", DOCTOR_FAILED, "vnfmd does not read it",
    "vnfmctl plugins" },
  { QUEUE (",\"wanted\":false,\"readers\":0"), "queue", DOCTOR_HINT, "nobody reads it", "no NFVO is connected" },
  { QUEUE (",\"wanted\":false,\"readers\":1"), "queue", DOCTOR_OK, "the NFVO reads it", NULL },
  { "{\"operations\":[{\"action\":\"START\",\"vnf\":\"web\",\"doing\":\"waits\"}]}", "operation", DOCTOR_HINT,
    "START of web since ?: waits", "vnfmctl doctor web" },
  { "{\"vnf\":{\"vnf\":\"web\",\"released\":true}}", "VNF", DOCTOR_HINT, "web, type ?, VNFR ?, 0 machines",
    "released" },
  { "{\"vnf\":{\"operation\":{\"action\":\"START\",\"id\":\"12345678-9\",\"doing\":\"waits for X\"}}}", "operation",
    DOCTOR_OK, "START (operation 12345678) since ?: waits for X", NULL },
  { "{\"vnf\":{\"last\":{\"action\":\"START\",\"id\":\"1\",\"outcome\":\"error\",\"error\":\"a.sh failed\"}}}",
    "last operation", DOCTOR_FAILED, "error: a.sh failed", "the NFVO was told" },
  { "{\"vnf\":{\"last\":{\"action\":\"START\",\"id\":\"1\",\"outcome\":\"ok\"}}}", "last operation", DOCTOR_OK, ": ok",
    NULL },
  { MACHINE (",\"advice\":\"do this\",\"addresses\":[\"private 10.0.0.3\",\"b\"]"), "machine web-0", DOCTOR_FAILED,
    "private 10.0.0.3, b: as it is", "do this" },
  { MACHINE (",\"reads-commands\":false"), "machine web-0", DOCTOR_FAILED, "nobody reads its commands",
    "vnfm-ems --check" },
  { MACHINE (",\"probe-error\":\"silent for 5 s\",\"probe-error-code\":\"timeout\""), "machine web-0", DOCTOR_FAILED,
    "silent for 5 s", "hangs" },
  { MACHINE (",\"probe-error\":\"cannot\",\"probe-error-code\":\"not-supported\""), "machine web-0", DOCTOR_HINT,
    "cannot", NULL },
  { PROBE ("\"round-trip\":3000"), "machine web-0", DOCTOR_OK, "answers within 3", NULL },
  { PROBE ("\"round-trip\":4000000"), "machine web-0", DOCTOR_HINT, "answers within 4", "slow" },
  { PROBE ("\"time\":\"2026-05-03T12:00:01.000Z\""), "clock of web-0", DOCTOR_OK, "as ours", NULL },
  { PROBE ("\"time\":\"2026-05-03T12:00:10.000Z\""), "clock of web-0", DOCTOR_HINT, "10.0 s ahead of ours",
    "set the machine's clock" },
  { PROBE ("\"time\":\"2026-05-03T10:00:00.000Z\""), "clock of web-0", DOCTOR_FAILED, "2 h 0 min behind ours",
    "set the machine's clock" },
  { PROBE ("\"script-root\":\"/r\",\"script-root-error\":\"Read-only file system\""), "scripts of web-0", DOCTOR_FAILED,
    "/r cannot be written: Read-only file system", "read-only" },
  { PROBE ("\"script-root\":\"/r\",\"script-root-free\":104857600,\"state-dir-free\":1048576"), "scripts of web-0",
    DOCTOR_FAILED, "/r: 1 MiB free", "make room on the machine" },
  { PROBE ("\"script-root\":\"/r\",\"script-root-free\":104857600"), "scripts of web-0", DOCTOR_OK, "/r: 100 MiB free",
    NULL },
};

static gboolean
is_it (const DoctorFinding *finding, guint row)
{
  return strcmp (finding->link, rows[row].link) == 0 && finding->state == rows[row].state &&
         strstr (finding->text, rows[row].text) != NULL &&
         (rows[row].advice == NULL ? finding->advice == NULL
                                   : finding->advice != NULL && strstr (finding->advice, rows[row].advice) != NULL);
}

START_TEST (each_link_is_judged)
{
  g_autoptr (JsonObject) facts = parse (rows[_i].facts);
  g_autoptr (GPtrArray) findings = doctor_judge (facts);
  TableStyle style = { 0 };
  g_autofree char *text = format_findings (findings, &style);
  gboolean found = FALSE;

  for (guint i = 0; i < findings->len; i++)
    found = found || is_it (g_ptr_array_index (findings, i), (guint)_i);
  ck_assert_msg (found, "%s, \"%s\" is not in:\n%s", rows[_i].link, rows[_i].text, text);
}
END_TEST

/* Facts of another version: nothing is known, nothing is broken. */
START_TEST (odd_facts_do_no_harm)
{
  static const char *const odd[] = { "{}", "{\"legs\":[1,null],\"folders\":{},\"vnf\":[],\"now\":7}",
                                     "{\"vnf\":{\"machines\":[null,{}]},\"clock\":[],\"status\":\"x\"}",
                                     "{\"vnf\":{\"machines\":[{\"addresses\":[1,{}],\"probe\":{\"time\":\"x\"}}]}}",
                                     "{\"legs\":[{\"legs\":[],\"state\":\"connected\",\"queues\":[null]}]}" };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autoptr (JsonObject) facts = parse (odd[i]);
    g_autoptr (GPtrArray) findings = doctor_judge (facts);
    ck_assert_uint_gt (findings->len, 0);
  }
}
END_TEST

/* Reached by SSH, a machine reads no commands, and need not. */
START_TEST (machine_without_agent_is_not_broken)
{
  g_autoptr (JsonObject) facts =
      parse (MACHINE (",\"reads-commands\":false,\"probe-error\":\"cannot\",\"probe-error-code\":\"not-supported\""));
  g_autoptr (GPtrArray) findings = doctor_judge (facts);

  ck_assert_uint_eq (doctor_count_failed (findings), 0);
}
END_TEST

START_TEST (silence_is_judged)
{
  static const struct {
    int code;
    const char *vnf;
    const char *link;
    const char *advice;
  } cases[] = {
    { VNFM_ERROR_UNREACHABLE, "web", "vnfmd", "systemctl" }, { VNFM_ERROR_TIMEOUT, NULL, "vnfmd", "hangs" },
    { VNFM_ERROR_DENIED, NULL, "vnfmd", "control-group" },   { VNFM_ERROR_NOT_FOUND, "web", "VNF", "vnfmctl vnfs" },
    { VNFM_ERROR_NOT_FOUND, NULL, "vnfmd", "same version" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = g_error_new (VNFM_ERROR, cases[i].code, "why it is so");
    g_autoptr (GPtrArray) findings = doctor_judge_silence (error, cases[i].vnf);
    const DoctorFinding *last = g_ptr_array_index (findings, findings->len - 1);
    ck_assert_uint_eq (doctor_count_failed (findings), 1);
    ck_assert_str_eq (last->link, cases[i].link);
    ck_assert_str_eq (last->text, "why it is so");
    ck_assert_ptr_nonnull (strstr (last->advice, cases[i].advice));
  }
}
END_TEST

START_TEST (findings_as_text_and_json)
{
  g_autoptr (JsonObject) facts = parse ("{\"status\":{\"version\":\"" PACKAGE_VERSION "\",\"store\":\"a\\u001b[2Jb\"},"
                                        "\"folders\":[{\"use\":\"state\",\"path\":\"/s\",\"error\":\"gone\"}]}");
  g_autoptr (GPtrArray) findings = doctor_judge (facts);
  TableStyle style = { .width = 20, .colour = TRUE };
  g_autofree char *text = format_findings (findings, &style);
  g_autoptr (JsonObject) object = doctor_to_json (findings, facts);
  JsonArray *array = json_object_get_array_member (object, "findings");

  ck_assert_ptr_null (strstr (text, "\033[2J"));
  ck_assert_ptr_nonnull (strstr (text, "disk   /s (state): gone\n        -> make the folder"));
  ck_assert_ptr_nonnull (strstr (text, "1 link is broken\n"));
  ck_assert_uint_eq (json_array_get_length (array), 3);
  ck_assert_str_eq (json_object_get_string_member (json_array_get_object_element (array, 2), "state"), "failed");
  ck_assert_int_eq (json_object_get_int_member (object, "failed"), 1);
  ck_assert (json_object_has_member (object, "facts"));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("doctor");
  TCase *judging = tcase_create ("judging");

  tcase_add_loop_test (judging, each_link_is_judged, 0, G_N_ELEMENTS (rows));
  tcase_add_test (judging, odd_facts_do_no_harm);
  tcase_add_test (judging, machine_without_agent_is_not_broken);
  tcase_add_test (judging, silence_is_judged);
  tcase_add_test (judging, findings_as_text_and_json);
  suite_add_tcase (s, judging);
  return s;
}

VNFM_TEST_MAIN (suite)
