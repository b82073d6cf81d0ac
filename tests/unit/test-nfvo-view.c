/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of scripts: read from an agent's files, cut, and made harmless for a terminal. */
#include "config.h"

#include "core/nfvo/daemon.h"
#include "core/nfvo/steps.h"
#include "core/nfvo/view.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <stdlib.h>

#define ck_assert_last_lines(text, lines, bytes, expected)               \
  do {                                                                   \
    g_autofree char *last_ = nfvo_last_lines ((text), (lines), (bytes)); \
    ck_assert_str_eq (last_, (expected));                                \
  } while (0)

START_TEST (last_lines_are_cut)
{
  ck_assert_last_lines ("", 3, 100, "");
  ck_assert_last_lines ("\n \n", 3, 100, "");
  ck_assert_last_lines ("a\nb\nc\n", 2, 100, "b\nc");
  ck_assert_last_lines ("a\nb\nc", 9, 100, "a\nb\nc");
  ck_assert_last_lines ("abcdef", 9, 3, "def");
  ck_assert_last_lines ("a\n\xC3\xA4\xC3\xB6", 9, 3, "\xC3\xB6"); /* not half a character */
}
END_TEST

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  ck_assert_int_eq (g_mkdir_with_parents (folder, 0700), 0);
  ck_assert (g_file_set_contents (path, text, -1, &error));
}

static void
write_step (const char *machine, const char *hash, const char *record, const char *answer)
{
  g_autofree char *folder = g_build_filename (machine, "state", "steps", hash, NULL);

  write_file (folder, "record.json", record);
  if (answer != NULL)
    write_file (folder, "answer.json", answer);
}

static NfvoService *
make_service (void)
{
  static const char text[] = "{\"name\":\"s\",\"vendor\":\"v\",\"version\":\"1\",\"vnfd\":[{\"name\":\"web\",\"type\":"
                             "\"web\",\"vendor\":\"v\",\"version\":\"1\",\"lifecycle_event\":[{\"event\":\"START\","
                             "\"lifecycle_events\":[\"one.sh\",\"two.sh\"]}],\"vdu\":[{\"vnfc\":[{}]}]}]}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GError) error = NULL;
  NfvoService *service = nfvo_service_parse ("test", bytes, &error);

  ck_assert_no_error (error);
  return service;
}

START_TEST (script_runs_are_read)
{
  g_autofree char *folder = vnfm_test_make_folder ();
  g_autoptr (NfvoService) service = make_service ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  NfvoMember member = { .vnf = g_ptr_array_index (service->vnfs, 0),
                        .machines = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_machine_unref) };
  NfvoMachine *machine = nfvo_machine_new ("id", "web", "web-7", folder);

  g_ptr_array_add (member.machines, machine);
  write_step (folder, "a",
              "{\"step\":\"op/start/vnfc/1/-\",\"action\":\"EXECUTE\",\"begun\":2000000,\"ended\":3000000}",
              "{\"status\":3,\"output\":\"out\",\"err\":\"err\"}");
  write_step (folder, "b", "{\"step\":\"op/start/vnfc/0/-\",\"action\":\"EXECUTE\",\"begun\":1000000}", NULL);
  write_step (folder, "c", "{\"step\":\"op/deliver/vnfc/0/-\",\"action\":\"SAVE_SCRIPTS\"}", "{\"status\":0}");
  write_step (folder, "d", "no json", NULL);

  g_autoptr (GPtrArray) runs = nfvo_script_runs_read (&member, NULL, seen);
  ck_assert_uint_eq (runs->len, 2);
  NfvoScriptRun *first = g_ptr_array_index (runs, 0);
  NfvoScriptRun *second = g_ptr_array_index (runs, 1);
  ck_assert_str_eq (first->script, "one.sh");
  ck_assert (!first->known);
  ck_assert_str_eq (second->script, "two.sh");
  ck_assert_str_eq (second->event, "START");
  ck_assert_str_eq (second->machine, "web-7");
  ck_assert_int_eq (second->status, 3);
  ck_assert_str_eq (second->err, "err");

  g_autoptr (GPtrArray) again = nfvo_script_runs_read (&member, NULL, seen); /* only what has no outcome yet */
  ck_assert_uint_eq (again->len, 1);
  g_ptr_array_unref (member.machines);
  vnfm_test_remove_folder (folder);
}
END_TEST

START_TEST (record_tells_of_machines_without_an_agent)
{
  g_autofree char *folder = vnfm_test_make_folder ();
  g_autofree char *record = g_build_filename (folder, NFVO_SCRIPT_RECORD, NULL);
  g_autofree char *with_agent = g_build_filename (folder, "web-8", NULL);
  g_autoptr (NfvoService) service = make_service ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  NfvoMember member = { .vnf = g_ptr_array_index (service->vnfs, 0),
                        .machines = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_machine_unref) };

  g_ptr_array_add (member.machines, nfvo_machine_new ("id", "web", "web-7", folder));
  g_ptr_array_add (member.machines, nfvo_machine_new ("id", "web", "web-8", with_agent));
  write_step (with_agent, "a", "no json", NULL);
  write_file (folder, NFVO_SCRIPT_RECORD,
              "{\"vnf\":\"web\",\"host\":\"web-7\",\"event\":\"START\",\"script\":\"one.sh\",\"status\":3,"
              "\"output\":\"out\",\"err\":\"err\",\"started\":\"2024-01-01T00:00:00.500Z\","
              "\"ended\":\"2024-01-01T00:00:02.000Z\"}\n"
              "{\"vnf\":\"web\",\"host\":\"web-8\",\"script\":\"its agent tells\",\"status\":0}\n"
              "{\"vnf\":\"db\",\"host\":\"web-7\",\"script\":\"another VNF\",\"status\":0}\n"
              "{\"vnf\":\"web\",\"host\":\"web-7\",\"scr");

  g_autoptr (GPtrArray) runs = nfvo_script_runs_read (&member, record, seen);
  ck_assert_uint_eq (runs->len, 1);
  NfvoScriptRun *run = g_ptr_array_index (runs, 0);
  ck_assert_str_eq (run->machine, "web-7");
  ck_assert_str_eq (run->event, "START");
  ck_assert_str_eq (run->script, "one.sh");
  ck_assert (run->known);
  ck_assert_int_eq (run->status, 3);
  ck_assert_int_eq (run->ended - run->begun, 1500000);
  ck_assert_str_eq (run->output, "out");
  ck_assert_str_eq (run->err, "err");

  g_autoptr (GPtrArray) again = nfvo_script_runs_read (&member, record, seen);
  ck_assert_uint_eq (again->len, 0);
  g_ptr_array_unref (member.machines);
  vnfm_test_remove_folder (folder);
}
END_TEST

START_TEST (text_cannot_steer_the_terminal)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream (&text, &length);
  NfvoView *view = nfvo_view_new (NFVO_VIEW_LINES, FALSE, out, clock);

  nfvo_view_tell (view, "we\033[2Jb", "red \033[31m bell \a csi \xC2\x9B bad \xFF\r\nnext");
  nfvo_view_free (view);
  fclose (out);
  for (size_t i = 0; i < length; i++)
    ck_assert_msg ((guchar)text[i] >= ' ' || text[i] == '\n', "byte %02x", (guchar)text[i]);
  ck_assert_ptr_null (strstr (text, "\xC2\x9B"));
  ck_assert (g_utf8_validate (text, -1, NULL));
  ck_assert_ptr_nonnull (strstr (text, "| next\n"));
  free (text);
}
END_TEST

START_TEST (json_events_are_one_line_each)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream (&text, &length);
  NfvoView *view = nfvo_view_new (NFVO_VIEW_JSON, FALSE, out, clock);

  nfvo_view_tell (view, "web", "two\nlines");
  nfvo_view_show_result (view, "s", "it failed");
  nfvo_view_free (view);
  fclose (out);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 3); /* the last is empty */
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = g_bytes_new (lines[i], strlen (lines[i]));
    g_autoptr (JsonNode) node = vnfm_json_parse (bytes, &error);
    ck_assert_no_error (error);
    ck_assert_ptr_nonnull (vnfm_json_get_string (json_node_get_object (node), "time"));
  }
  free (text);
}
END_TEST

START_TEST (addresses_are_read)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  g_autofree char *v6 = NULL;
  char *none = NULL;
  guint port = 0;

  ck_assert (nfvo_parse_address ("127.0.0.1:61613", &host, &port, &error));
  ck_assert_str_eq (host, "127.0.0.1");
  ck_assert_uint_eq (port, 61613);
  ck_assert (nfvo_parse_address ("[::1]:7", &v6, &port, &error));
  ck_assert_str_eq (v6, "::1");
  ck_assert (!nfvo_parse_address ("somewhere", &none, &port, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

static Suite *
view_suite (void)
{
  Suite *suite = suite_create ("nfvo-view");
  TCase *tc = tcase_create ("view");

  tcase_add_test (tc, last_lines_are_cut);
  tcase_add_test (tc, script_runs_are_read);
  tcase_add_test (tc, record_tells_of_machines_without_an_agent);
  tcase_add_test (tc, text_cannot_steer_the_terminal);
  tcase_add_test (tc, json_events_are_one_line_each);
  tcase_add_test (tc, addresses_are_read);
  suite_add_tcase (suite, tc);
  return suite;
}

VNFM_TEST_MAIN (view_suite)
