/* SPDX-License-Identifier: Apache-2.0 */
/* Commands, answers, registrations and live output; also as the Java VNFM and the Python EMS wrote them. */
#include "config.h"

#include "plugins/ems-agent/ems-codec.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

static GBytes *
bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static EmsCommand *
decode (const char *text)
{
  g_autoptr (GBytes) body = bytes (text);
  g_autoptr (GError) error = NULL;
  EmsCommand *command = ems_command_decode (body, &error);

  ck_assert_no_error (error);
  return command;
}

static void
assert_refused (const char *text, const char *why)
{
  g_autoptr (GBytes) body = bytes (text);
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (ems_command_decode (body, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  ck_assert_msg (strstr (error->message, why) != NULL, "\"%s\" does not say \"%s\"", error->message, why);
}

#define ck_assert_body(bytes_, expected)                                                           \
  do {                                                                                             \
    g_autoptr (GBytes) body_ = (bytes_);                                                           \
    g_autofree char *text_ = g_strndup (g_bytes_get_data (body_, NULL), g_bytes_get_size (body_)); \
    ck_assert_str_eq (text_, (expected));                                                          \
  } while (0)

START_TEST (commands_are_written_as_the_old_manager_wrote_them)
{
  g_autoptr (EmsCommand) save = ems_command_new (EMS_ACTION_SAVE_SCRIPTS);
  save->content = bytes ("#!/bin/bash\n");
  save->name = g_strdup ("a.sh");
  save->script_path = g_strdup (EMS_SCRIPT_PATH);
  ck_assert_body (ems_command_encode (save), "{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"IyEvYmluL2Jhc2gK\","
                                             "\"name\":\"a.sh\",\"script-path\":\"/opt/openbaton/scripts\"}");

  g_autoptr (EmsCommand) run = ems_command_new (EMS_ACTION_EXECUTE);
  run->payload = g_strdup ("a.sh \"x\"");
  run->environment = json_object_new ();
  ck_assert_body (ems_command_encode (run), "{\"action\":\"EXECUTE\",\"payload\":\"a.sh \\\"x\\\"\",\"env\":{}}");
  json_object_set_string_member (run->environment, "b", "ä\n");
  json_object_set_string_member (run->environment, "a.b", "");
  run->step = g_strdup ("op/1:x");
  run->timeout = 90 * G_USEC_PER_SEC;
  run->max_output = 1024;
  run->stream = TRUE;
  ck_assert_body (ems_command_encode (run),
                  "{\"action\":\"EXECUTE\",\"payload\":\"a.sh \\\"x\\\"\",\"env\":{\"b\":\"ä\\n\",\"a.b\":\"\"},"
                  "\"step\":\"op/1:x\",\"timeout\":90,\"max-output\":1024,\"stream\":true}");

  g_autoptr (EmsCommand) cancel = ems_command_new (EMS_ACTION_CANCEL);
  cancel->step = g_strdup ("s");
  ck_assert_body (ems_command_encode (cancel), "{\"action\":\"CANCEL\",\"step\":\"s\"}");
}
END_TEST

START_TEST (commands_survive_the_way)
{
  g_autoptr (EmsCommand) run = ems_command_new (EMS_ACTION_EXECUTE);
  run->payload = g_strdup ("sub/ü.sh 1 2");
  run->environment = json_object_new ();
  json_object_set_string_member (run->environment, "server.private", "10.0.0.1");
  run->step = g_strdup ("s");
  run->timeout = 1500 * 1000;
  run->max_output = 7;
  run->stream = TRUE;
  g_autoptr (GBytes) body = ems_command_encode (run);
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsCommand) back = ems_command_decode (body, &error);

  ck_assert_no_error (error);
  ck_assert_int_eq (back->action, EMS_ACTION_EXECUTE);
  ck_assert_str_eq (back->payload, run->payload);
  ck_assert_str_eq (json_object_get_string_member (back->environment, "server.private"), "10.0.0.1");
  ck_assert_str_eq (back->step, "s");
  ck_assert_int_eq (back->timeout, 1500 * 1000);
  ck_assert_int_eq (back->max_output, 7);
  ck_assert (back->stream);

  guchar all[256];
  for (int i = 0; i < 256; i++)
    all[i] = (guchar)i;
  for (gsize length = 0; length < sizeof all; length++) {
    g_autoptr (EmsCommand) save = ems_command_new (EMS_ACTION_SCRIPTS_UPDATE);
    save->content = g_bytes_new (all, length);
    save->name = g_strdup ("n");
    g_autoptr (GBytes) text = ems_command_encode (save);
    g_autoptr (EmsCommand) same = ems_command_decode (text, &error);
    ck_assert_no_error (error);
    ck_assert (g_bytes_equal (same->content, save->content));
  }
}
END_TEST

START_TEST (commands_are_read_leniently)
{
  g_autoptr (EmsCommand) run =
      decode ("{\"action\":\"EXECUTE\",\"payload\":\"a\",\"unknown\":{},\"step\":null,\"timeout\":0.25,"
              "\"env\":{\"n\":7,\"d\":1.5,\"t\":true,\"gone\":null,\"s\":\"x\"}}");

  ck_assert_ptr_null (run->step);
  ck_assert_int_eq (run->timeout, 250000);
  ck_assert_uint_eq (json_object_get_size (run->environment), 4);
  ck_assert_str_eq (json_object_get_string_member (run->environment, "n"), "7");
  ck_assert_str_eq (json_object_get_string_member (run->environment, "d"), "1.5");
  ck_assert_str_eq (json_object_get_string_member (run->environment, "t"), "true");

  g_autoptr (EmsCommand) none = decode ("{\"action\":\"DANCE\",\"step\":\"s\",\"payload\":7}");
  ck_assert_int_eq (none->action, EMS_ACTION_NONE);
  ck_assert_str_eq (none->action_name, "DANCE");
  ck_assert_str_eq (none->step, "s");

  g_autoptr (EmsCommand) wrapped =
      decode ("{\"action\":\"SAVE_SCRIPTS\",\"name\":\"a\",\"payload\":\"aGVs\\r\\nbG8 =\\n\"}");
  ck_assert_uint_eq (g_bytes_get_size (wrapped->content), 5);
  g_autoptr (EmsCommand) empty = decode ("{\"action\":\"SAVE_SCRIPTS\",\"name\":\"a\",\"payload\":\"\"}");
  ck_assert_uint_eq (g_bytes_get_size (empty->content), 0);
}
END_TEST

START_TEST (what_cannot_be_meant_is_named)
{
  assert_refused ("", "");
  assert_refused ("None", "");
  assert_refused ("[1,2]", "JSON object");
  assert_refused ("\"EXECUTE\"", "JSON object");
  assert_refused ("{\"action\":\"EXECUTE\"", "");
  assert_refused ("{}", "\"action\"");
  assert_refused ("{\"action\":7}", "\"action\"");
  assert_refused ("{\"action\":\"EXECUTE\"}", "EXECUTE: member \"payload\"");
  assert_refused ("{\"action\":\"EXECUTE\",\"payload\":[]}", "\"payload\"");
  assert_refused ("{\"action\":\"EXECUTE\",\"payload\":\"a\",\"env\":[]}", "\"env\"");
  assert_refused ("{\"action\":\"EXECUTE\",\"payload\":\"a\",\"env\":{\"x\":{}}}", "\"x\"");
  assert_refused ("{\"action\":\"EXECUTE\",\"payload\":\"a\",\"timeout\":-1}", "\"timeout\"");
  assert_refused ("{\"action\":\"EXECUTE\",\"payload\":\"a\",\"timeout\":\"x\"}", "\"timeout\"");
  assert_refused ("{\"action\":\"EXECUTE\",\"payload\":\"a\",\"timeout\":[]}", "\"timeout\"");
  assert_refused ("{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"aGk=\"}", "SAVE_SCRIPTS: member \"name\"");
  assert_refused ("{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"aGk=\",\"name\":\"\"}", "\"name\"");
  assert_refused ("{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"aGk\",\"name\":\"a\"}", "no base64");
  assert_refused ("{\"action\":\"SAVE_SCRIPTS\",\"payload\":\"a!k=\",\"name\":\"a\"}", "no base64");
  assert_refused ("{\"action\":\"SCRIPTS_UPDATE\",\"payload\":\"=aaa\",\"name\":\"a\"}", "no base64");
  assert_refused ("{\"action\":\"SCRIPTS_UPDATE\",\"payload\":\"a===\",\"name\":\"a\"}", "no base64");
  assert_refused ("{\"action\":\"STATUS\"}", "STATUS: member \"step\"");
  assert_refused ("{\"action\":\"CANCEL\",\"step\":\"\"}", "\"step\"");
}
END_TEST

START_TEST (registrations)
{
  g_autoptr (EmsRegistration) old = ems_registration_new ("vnf-1");
  ck_assert_body (ems_registration_encode (old), "{\"hostname\":\"vnf-1\"}");

  g_autoptr (EmsRegistration) own = ems_registration_new ("vnf \"1\"");
  own->token = g_strdup ("t");
  own->agent = g_strdup ("vnfm-ems/1");
  own->capabilities = EMS_CAPABILITIES_ALL;
  own->boot = g_strdup ("b");
  own->run = g_strdup ("r");
  g_autoptr (GBytes) body = ems_registration_encode (own);
  ck_assert_body (
      g_bytes_ref (body),
      "{\"hostname\":\"vnf \\\"1\\\"\",\"token\":\"t\",\"agent\":\"vnfm-ems/1\",\"capabilities\":[\"step\","
      "\"timeout\",\"cancel\",\"stream\",\"exact-env\",\"provides\",\"capped\"],\"boot\":\"b\",\"run\":\"r\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsRegistration) back = ems_registration_decode (body, &error);
  ck_assert_no_error (error);
  ck_assert_str_eq (back->hostname, own->hostname);
  ck_assert_str_eq (back->token, "t");
  ck_assert_int_eq (back->capabilities, EMS_CAPABILITIES_ALL);
  ck_assert_str_eq (back->boot, "b");
  ck_assert_str_eq (back->run, "r");

  g_autoptr (GBytes) odd = bytes ("{\"hostname\":\"h\",\"capabilities\":[\"step\",\"fly\",7,null,\"capped\"],\"x\":1}");
  g_autoptr (EmsRegistration) some = ems_registration_decode (odd, &error);
  ck_assert_int_eq (some->capabilities, EMS_CAPABILITY_STEP | EMS_CAPABILITY_CAPPED);

  const char *const wrong[] = { "", "None", "{}", "[]", "{\"hostname\":7}", "{\"hostname\":\"\"}" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GBytes) text = bytes (wrong[i]);
    g_autoptr (GError) why = NULL;
    ck_assert_ptr_null (ems_registration_decode (text, &why));
    ck_assert_error (why, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}
END_TEST

START_TEST (answers)
{
  g_autoptr (EmsAnswer) plain = ems_answer_new (vnfm_script_result_new (-9, "out\n", "\377"), NULL);
  ck_assert_body (ems_answer_encode (plain), "{\"status\":-9,\"output\":\"out\\n\",\"err\":\"\357\277\275\"}");

  g_autoptr (EmsAnswer) full = ems_answer_new (vnfm_script_result_new (0, "", ""), "s");
  full->state = EMS_STATE_DONE;
  full->result->started = g_strdup ("2020-01-01T00:00:00.000Z");
  full->result->ended = g_strdup ("2020-01-01T00:00:01.000Z");
  full->result->truncated = 5;
  full->result->provides = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (full->result->provides, (gpointer) "k", (gpointer) "v");
  g_hash_table_insert (full->result->provides, (gpointer) "a", (gpointer) "");
  g_autoptr (GBytes) body = ems_answer_encode (full);
  ck_assert_body (g_bytes_ref (body), "{\"status\":0,\"output\":\"\",\"err\":\"\",\"step\":\"s\",\"state\":\"done\","
                                      "\"started\":\"2020-01-01T00:00:00.000Z\",\"ended\":\"2020-01-01T00:00:01.000Z\","
                                      "\"provides\":{\"a\":\"\",\"k\":\"v\"},\"truncated\":5}");
  g_autoptr (EmsAnswer) back = NULL;
  g_autoptr (EmsOutput) output = NULL;
  g_autoptr (GError) error = NULL;
  ck_assert (ems_reply_decode (body, &back, &output, &error));
  ck_assert_ptr_null (output);
  ck_assert_str_eq (back->step, "s");
  ck_assert_int_eq (back->state, EMS_STATE_DONE);
  ck_assert (back->result->known);
  ck_assert_int_eq (back->result->truncated, 5);
  ck_assert_str_eq (back->result->ended, full->result->ended);
  ck_assert_str_eq (g_hash_table_lookup (back->result->provides, "k"), "v");
}
END_TEST

START_TEST (answers_of_old_agents)
{
  const struct {
    const char *text;
    int status;
    gboolean known;
  } rows[] = {
    { "{\"output\":\"[u'a.sh']\",\"err\":\"\",\"status\":0}", 0, TRUE },
    { "{\"output\":\"\",\"err\":\"Incorrect script encoding\",\"status\":\"1\"}", 1, TRUE },
    { "{\"output\":\"\",\"err\":\"\",\"status\":\"-9\"}", -9, TRUE },
    { "{\"output\":\"x\"}", 1, TRUE },
    { "{\"status\":0,\"state\":\"unknown\"}", 0, FALSE },
    { "{\"status\":0,\"state\":\"running\"}", 0, FALSE },
    { "{\"status\":-9,\"state\":\"died\"}", -9, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) body = bytes (rows[i].text);
    g_autoptr (EmsAnswer) answer = NULL;
    g_autoptr (EmsOutput) output = NULL;
    ck_assert (ems_reply_decode (body, &answer, &output, NULL));
    ck_assert_int_eq (answer->result->status, rows[i].status);
    ck_assert_int_eq (answer->result->known, rows[i].known);
  }
  const char *const wrong[] = { "None", "[1,2", "[1]", "", "null" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GBytes) body = bytes (wrong[i]);
    g_autoptr (EmsAnswer) answer = NULL;
    g_autoptr (EmsOutput) output = NULL;
    g_autoptr (GError) error = NULL;
    ck_assert (!ems_reply_decode (body, &answer, &output, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}
END_TEST

START_TEST (live_output)
{
  g_autoptr (EmsOutput) sent = ems_output_new ("s", "stderr", 5000000000, "ä\001\n");
  g_autoptr (GBytes) body = ems_output_encode (sent);
  g_autoptr (EmsAnswer) answer = NULL;
  g_autoptr (EmsOutput) output = NULL;

  ck_assert_body (g_bytes_ref (body),
                  "{\"step\":\"s\",\"stream\":\"stderr\",\"offset\":5000000000,\"text\":\"ä\\u0001\\n\"}");
  ck_assert (ems_reply_decode (body, &answer, &output, NULL));
  ck_assert_ptr_null (answer);
  ck_assert_str_eq (output->step, "s");
  ck_assert_str_eq (output->stream, "stderr");
  ck_assert_int_eq (output->offset, 5000000000);
  ck_assert_str_eq (output->text, "ä\001\n");
}
END_TEST

/* Captured traffic. */

static guint
check_captured (const char *folder, const char *part, void (*check) (GBytes *body))
{
  g_autofree char *path = g_build_filename (vnfm_test_captured (), folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  ck_assert_ptr_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (strstr (name, part) == NULL || !g_str_has_suffix (name, ".json"))
      continue;
    g_autofree char *file = g_build_filename (folder, name, NULL);
    g_autoptr (GBytes) body = vnfm_test_captured_body (file);
    check (body);
    n++;
  }
  return n;
}

static void
check_command (GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsCommand) command = ems_command_decode (body, &error);

  /* Only requests of the lab are not what a Java VNFM sends. */
  if (command == NULL) {
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
    return;
  }
  if (command->action == EMS_ACTION_NONE)
    return;
  /* What is read is what is written again. */
  g_autoptr (GBytes) text = ems_command_encode (command);
  g_autoptr (EmsCommand) again = ems_command_decode (text, &error);
  ck_assert_no_error (error);
  ck_assert_int_eq (again->action, command->action);
  ck_assert_str_eq (again->payload != NULL ? again->payload : "", command->payload != NULL ? command->payload : "");
}

static void
check_java_command (GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsCommand) command = ems_command_decode (body, &error);

  ck_assert_no_error (error);
  ck_assert_int_ne (command->action, EMS_ACTION_NONE);
  ck_assert_ptr_null (command->step);
  g_autoptr (JsonNode) before = vnfm_json_parse (body, &error);
  g_autoptr (GBytes) text = ems_command_encode (command);
  g_autoptr (JsonNode) after = vnfm_json_parse (text, &error);
  ck_assert_no_error (error);
  ck_assert (json_node_equal (before, after));
}

static void
check_reply (GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsAnswer) answer = NULL;
  g_autoptr (EmsOutput) output = NULL;

  if (ems_reply_decode (body, &answer, &output, &error)) {
    ck_assert_ptr_nonnull (answer);
    ck_assert_ptr_null (output);
    ck_assert (answer->result->known);
  } else {
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}

static void
check_registration (GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsRegistration) registration = ems_registration_decode (body, &error);

  ck_assert_no_error (error);
  ck_assert_int_eq (registration->capabilities, 0);
  ck_assert_ptr_null (registration->token);
  g_autoptr (JsonNode) before = vnfm_json_parse (body, &error);
  g_autoptr (GBytes) text = ems_registration_encode (registration);
  g_autoptr (JsonNode) after = vnfm_json_parse (text, &error);
  ck_assert (json_node_equal (before, after));
}

START_TEST (captured_traffic_is_read_and_written_alike)
{
  ck_assert_uint_gt (check_captured ("generic-vnfm", "-vnfm-to-ems-", check_java_command), 50);
  ck_assert_uint_gt (check_captured ("generic-vnfm", "-ems-to-vnfm-EXECUTE", check_reply), 40);
  ck_assert_uint_gt (check_captured ("generic-vnfm", "EMS_REGISTER", check_registration), 5);
  ck_assert_uint_gt (check_captured ("ems", "-vnfm-ems-", check_command), 50);
  ck_assert_uint_gt (check_captured ("ems", "-ANSWER-", check_reply), 50);
  ck_assert_uint_gt (check_captured ("ems", "-ems-vnfm-REGISTER", check_registration), 10);
}
END_TEST

static Suite *
ems_codec_suite (void)
{
  Suite *suite = suite_create ("ems-codec");
  TCase *codec = tcase_create ("codec");

  tcase_add_test (codec, commands_are_written_as_the_old_manager_wrote_them);
  tcase_add_test (codec, commands_survive_the_way);
  tcase_add_test (codec, commands_are_read_leniently);
  tcase_add_test (codec, what_cannot_be_meant_is_named);
  tcase_add_test (codec, registrations);
  tcase_add_test (codec, answers);
  tcase_add_test (codec, answers_of_old_agents);
  tcase_add_test (codec, live_output);
  if (vnfm_test_have_material ())
    tcase_add_test (codec, captured_traffic_is_read_and_written_alike);
  suite_add_tcase (suite, codec);
  return suite;
}

VNFM_TEST_MAIN (ems_codec_suite)
