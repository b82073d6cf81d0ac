/* SPDX-License-Identifier: Apache-2.0 */
/* User data: what becomes of a template, and what the shipped one does when a shell runs it. */
#include "config.h"

#include "plugins/negotiator-nfvo/user-data.h"
#include "tests/support/vnfm-test.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One word with all that a shell acts on; what the "$(" would leave behind is looked for. */
#define HOSTILE "a\\n\\t'b \"c\" $(touch hacked) `touch hacked` \\ ; touch hacked & #\xc3\xbc"

static GHashTable *
new_variables (const char *name, ...)
{
  GHashTable *variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  va_list args;

  va_start (args, name);
  for (; name != NULL; name = va_arg (args, const char *))
    g_hash_table_replace (variables, g_strdup (name), g_strdup (va_arg (args, const char *)));
  va_end (args);
  return variables;
}

static void
check_composed (const char *template_text, const char *own, gssize own_length, const char *expected)
{
  g_autoptr (GHashTable) variables = new_variables ("A", "1", "B_2", "x y", "EMPTY", "", NULL);
  g_autoptr (GBytes) bytes =
      own != NULL ? g_bytes_new_static (own, own_length < 0 ? strlen (own) : (gsize)own_length) : NULL;
  g_autofree char *text = user_data_compose (template_text, variables, bytes);

  ck_assert_str_eq (text, expected);
}

START_TEST (fills_in_empty_exports_only)
{
  check_composed ("export A=\n", NULL, 0, "export A=1\n");
  check_composed ("export B_2=\nexport A=", NULL, 0, "export B_2='x y'\nexport A=1\n");
  check_composed ("export EMPTY=\n", NULL, 0, "export EMPTY=\n");
  check_composed ("export UNKNOWN=\n", NULL, 0, "export UNKNOWN=\n");
  check_composed ("export A=default\n", NULL, 0, "export A=default\n");
  check_composed ("  export A=\nexport AA=\nexport A==\n", NULL, 0, "  export A=\nexport AA=\nexport A==\n");
  check_composed ("export #Hostname=\n", NULL, 0, "export #Hostname=\n");
  check_composed ("export A=\r\n", NULL, 0, "export A=1\n");
  check_composed ("export =\nexport \nexport", NULL, 0, "export =\nexport \nexport\n");
  check_composed ("", NULL, 0, "");
}
END_TEST

START_TEST (appends_the_packages_own)
{
  check_composed ("one", "two\n", -1, "one\ntwo\n");
  check_composed ("one\n", "\xef\xbb\xbf#!/bin/sh\ntwo", -1, "one\n#!/bin/sh\ntwo");
  check_composed ("one\n", "", 0, "one\n");
  check_composed ("one\n", "\xef\xbb\xbf", -1, "one\n");
  check_composed ("one\n", "\xef\xbb", -1, "one\n\xef\xbb");
  check_composed ("one\n", "export A=\n", -1, "one\nexport A=\n");
}
END_TEST

START_TEST (quotes_where_needed)
{
  static const char *const pairs[][2] = {
    { "127.0.0.1", "127.0.0.1" }, { "a b", "'a b'" }, { "it's", "'it'\\''s'" }, { "$x", "'$x'" }, { "~", "'~'" },
    { "a\nb", "'a\nb'" },         { "", "" },         { "*", "'*'" },           { "=", "'='" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *quoted = user_data_quote (pairs[i][0]);
    ck_assert_str_eq (quoted, pairs[i][1]);
  }
}
END_TEST

/* The template that the Java manager ships, as it stood in a real ALLOCATE_RESOURCES, emptied and filled in again. */
START_TEST (fills_in_the_java_managers_template)
{
  g_autoptr (GBytes) body = vnfm_test_captured_body ("generic-vnfm/006-vnfm-to-nfvo-ALLOCATE_RESOURCES-request.json");
  g_autoptr (JsonParser) parser = json_parser_new ();
  ck_assert (json_parser_load_from_data (parser, g_bytes_get_data (body, NULL), (gssize)g_bytes_get_size (body), NULL));
  const char *sent = json_object_get_string_member (json_node_get_object (json_parser_get_root (parser)), "userdata");
  g_autoptr (GHashTable) variables = new_variables (
      "MONITORING_IP", "", "TIMEZONE", "CET", "BROKER_IP", "127.0.0.1", "BROKER_PORT", "5682", "USERNAME", "admin",
      "PASSWORD", "openbaton", "EXCHANGE_NAME", "openbaton-exchange", "EMS_HEARTBEAT", "120", "EMS_AUTODELETE", "true",
      "EMS_VERSION", "1.2.2", "ENDPOINT", "generic", NULL);

  const char *own = strstr (sent, "echo custom userdata");
  ck_assert_ptr_nonnull (own);
  g_autofree char *template_text = g_strndup (sent, (gsize)(own - sent));
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, variables);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    g_autofree char *full = g_strdup_printf ("export %s=%s\n", (char *)name, (char *)value);
    g_autofree char *empty = g_strdup_printf ("export %s=\n", (char *)name);
    char *at = strstr (template_text, full);
    ck_assert_ptr_nonnull (at);
    g_autofree char *tail = g_strdup (at + strlen (full));
    *at = '\0';
    char *emptied = g_strconcat (template_text, empty, tail, NULL);
    g_free (template_text);
    template_text = emptied;
  }

  g_autoptr (GBytes) own_bytes = g_bytes_new_static (own, strlen (own));
  g_autofree char *text = user_data_compose (template_text, variables, own_bytes);
  ck_assert_str_eq (text, sent);
}
END_TEST

/* The shipped template in a shell. */

typedef struct {
  char *folder;
  GHashTable *variables;
  char *hostname;
  char *own;
  gboolean agent; /* is there */
  char *out;
  char *err;
} Machine;

static void
machine_init (Machine *self)
{
  memset (self, 0, sizeof *self);
  self->folder = vnfm_test_make_folder ();
  self->variables = new_variables ("BROKER_HOST", "127.0.0.1", "BROKER_PORT", "61613", "LOGIN", "vnfm", "PASSCODE",
                                   "sesame", "TOKEN", "cafe", "ENDPOINT", "generic", "EMS_REGISTRATION",
                                   "ems.{endpoint}.register", "EMS_COMMANDS", "vnfm.{host}.actions", NULL);
  self->hostname = g_strdup ("web-12");
  self->agent = TRUE;
}

static void
machine_clear (Machine *self)
{
  vnfm_test_remove_folder (self->folder);
  g_free (self->folder);
  g_hash_table_unref (self->variables);
  g_free (self->hostname);
  g_free (self->own);
  g_free (self->out);
  g_free (self->err);
}

static char *
machine_path (Machine *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static char *
machine_read (Machine *self, const char *name)
{
  g_autoptr (GBytes) bytes = vnfm_test_read_file (self->folder, name);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* What the NFVO does to it (protocol/openbaton.md, B.3, ALLOCATE_RESOURCES). */
static char *
name_machine (const char *text, const char *hostname)
{
  g_auto (GStrv) parts = g_strsplit (text, "#Hostname=", -1);
  g_autofree char *named = g_strconcat ("Hostname=", hostname, NULL);

  ck_assert_uint_eq (g_strv_length (parts), 2);
  return g_strjoinv (named, parts);
}

static void
machine_run (Machine *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *agent = machine_path (self, "agent");
  g_autofree char *conf = machine_path (self, "etc/ems.conf");
  g_autofree char *pid_file = machine_path (self, "pid");
  g_autofree char *script = machine_path (self, "user-data.sh");
  g_autoptr (GBytes) template_bytes = vnfm_test_read_file (g_getenv ("VNFM_SRCDIR"), "data/user-data.sh");
  g_autofree char *template_text =
      g_strndup (g_bytes_get_data (template_bytes, NULL), g_bytes_get_size (template_bytes));
  g_autoptr (GBytes) own = self->own != NULL ? g_bytes_new (self->own, strlen (self->own)) : NULL;
  g_autofree char *composed = user_data_compose (template_text, self->variables, own);
  g_autofree char *text = self->hostname != NULL ? name_machine (composed, self->hostname) : g_strdup (composed);

  /* A real program on disk: says what it was given, then ends. */
  if (self->agent) {
    const char *program =
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > args.new\nenv > env\necho $$ > agent-pid\nmv args.new args\n";
    ck_assert (g_file_set_contents (agent, program, -1, NULL));
    g_chmod (agent, 0755);
  }
  ck_assert (g_file_set_contents (script, text, -1, NULL));

  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_cwd (launcher, self->folder);
  g_subprocess_launcher_setenv (launcher, "VNFM_EMS_CONF", conf, TRUE);
  g_subprocess_launcher_setenv (launcher, "VNFM_EMS_PROGRAM", agent, TRUE);
  g_subprocess_launcher_setenv (launcher, "VNFM_MACHINE_DIR", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "VNFM_EMS_PID_FILE", pid_file, TRUE);
  g_autoptr (GSubprocess) shell = g_subprocess_launcher_spawn (launcher, &error, "sh", script, NULL);
  ck_assert_no_error (error);
  ck_assert (g_subprocess_communicate_utf8 (shell, NULL, NULL, &self->out, &self->err, &error));
  ck_assert_no_error (error);
  ck_assert (g_subprocess_get_successful (shell));
}

static gboolean
agent_was_there (gpointer data)
{
  g_autofree char *path = machine_path (data, "args");

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
machine_await_agent (Machine *self)
{
  guint ticking = g_timeout_add (5, tick, NULL);

  vnfm_test_wait_until (agent_was_there, self);
  g_source_remove (ticking);
}

START_TEST (writes_the_key_file_and_starts_the_agent)
{
  Machine machine;
  machine_init (&machine);
  machine_run (&machine);
  machine_await_agent (&machine);

  g_autofree char *key_file = machine_read (&machine, "etc/ems.conf");
  g_autofree char *expected =
      g_strdup_printf ("[ems]\nhostname=web-12\ntoken=cafe\nscript-root=%1$s/scripts\n"
                       "state-dir=%1$s/state\nworking-directory=%1$s\nconsole=%1$s/console.log\n\n"
                       "[stomp]\nhost=127.0.0.1\nport=61613\nlogin=vnfm\npasscode=sesame\n\n"
                       "[destinations]\nendpoint=generic\nems-registration=ems.{endpoint}.register\n"
                       "ems-commands=vnfm.{host}.actions\n",
                       machine.folder);
  ck_assert_str_eq (key_file, expected);
  ck_assert_str_eq (machine.err, "");

  g_autofree char *conf = machine_path (&machine, "etc/ems.conf");
  GStatBuf status;
  ck_assert_int_eq (g_stat (conf, &status), 0);
  ck_assert_int_eq (status.st_mode & 07777, 0600);
  g_autofree char *args = machine_read (&machine, "args");
  g_autofree char *expected_args = g_strdup_printf ("--config\n%s\n", conf);
  ck_assert_str_eq (args, expected_args);
  g_autofree char *pid = machine_read (&machine, "pid");
  g_autofree char *agent_pid = machine_read (&machine, "agent-pid");
  ck_assert_str_eq (pid, agent_pid);
  g_autofree char *environment = machine_read (&machine, "env");
  ck_assert_ptr_null (strstr (environment, "sesame"));
  ck_assert_ptr_null (strstr (environment, "cafe"));
  machine_clear (&machine);
}
END_TEST

START_TEST (runs_the_packages_own_behind_it)
{
  Machine machine;
  machine_init (&machine);
  g_hash_table_replace (machine.variables, g_strdup ("TIMEZONE"), g_strdup ("../../etc/passwd"));
  g_hash_table_replace (machine.variables, g_strdup ("ENDPOINT"), g_strdup (HOSTILE));
  machine.own =
      g_strdup ("#!/bin/sh\nprintf '%s|' \"$Hostname\" \"$ENDPOINT\" \"${PASSCODE-unset}\" \"${TOKEN-unset}\"\n");
  machine_run (&machine);
  machine_await_agent (&machine);
  ck_assert_str_eq (machine.out, "web-12|" HOSTILE "|unset|unset|");
  machine_clear (&machine);
}
END_TEST

START_TEST (hostile_values_stay_values)
{
  Machine machine;
  machine_init (&machine);
  g_free (machine.hostname);
  machine.hostname = g_strdup (HOSTILE "-12");
  g_hash_table_replace (machine.variables, g_strdup ("PASSCODE"), g_strdup (HOSTILE));
  g_hash_table_replace (machine.variables, g_strdup ("TOKEN"), g_strdup ("-n"));
  machine_run (&machine);
  machine_await_agent (&machine);

  g_autofree char *key_file = machine_read (&machine, "etc/ems.conf");
  ck_assert_ptr_nonnull (strstr (key_file, "hostname=" HOSTILE "-12\n"));
  ck_assert_ptr_nonnull (strstr (key_file, "passcode=" HOSTILE "\n"));
  ck_assert_ptr_nonnull (strstr (key_file, "token=-n\n"));
  g_autofree char *hacked = machine_path (&machine, "hacked");
  ck_assert (!g_file_test (hacked, G_FILE_TEST_EXISTS));
  machine_clear (&machine);
}
END_TEST

START_TEST (replaces_an_older_key_file)
{
  Machine machine;
  machine_init (&machine);
  g_autofree char *folder = machine_path (&machine, "etc");
  g_autofree char *conf = machine_path (&machine, "etc/ems.conf");
  g_autofree char *victim = machine_path (&machine, "victim");
  g_autofree char *temporary = machine_path (&machine, "etc/ems.conf.new");
  g_mkdir (folder, 0755);
  ck_assert (g_file_set_contents (conf, "old", -1, NULL));
  g_chmod (conf, 0644);
  ck_assert (g_file_set_contents (victim, "untouched", -1, NULL));
  ck_assert_int_eq (symlink (victim, temporary), 0);
  machine_run (&machine);
  machine_await_agent (&machine);

  GStatBuf status;
  ck_assert_int_eq (g_stat (conf, &status), 0);
  ck_assert_int_eq (status.st_mode & 07777, 0600);
  g_autofree char *text = machine_read (&machine, "victim");
  ck_assert_str_eq (text, "untouched");
  machine_clear (&machine);
}
END_TEST

START_TEST (tells_that_the_agent_is_absent)
{
  Machine machine;
  machine_init (&machine);
  machine.agent = FALSE;
  machine.own = g_strdup ("echo still here\n");
  machine_run (&machine);
  ck_assert_ptr_nonnull (strstr (machine.err, "agent is not there"));
  ck_assert_ptr_nonnull (strstr (machine.err, machine.folder));
  ck_assert_str_eq (machine.out, "still here\n");
  machine_clear (&machine);
}
END_TEST

START_TEST (tells_that_the_key_file_cannot_be_written)
{
  Machine machine;
  machine_init (&machine);
  g_autofree char *in_the_way = machine_path (&machine, "etc");
  ck_assert (g_file_set_contents (in_the_way, "", 0, NULL));
  machine.own = g_strdup ("echo still here\n");
  machine_run (&machine);
  ck_assert_ptr_nonnull (strstr (machine.err, "the agent is not started"));
  ck_assert_str_eq (machine.out, "still here\n");
  machine_clear (&machine);
}
END_TEST

START_TEST (a_machine_without_a_name_takes_its_own)
{
  Machine machine;
  machine_init (&machine);
  g_clear_pointer (&machine.hostname, g_free);
  machine_run (&machine);
  machine_await_agent (&machine);
  g_autofree char *key_file = machine_read (&machine, "etc/ems.conf");
  g_autofree char *expected = g_strdup_printf ("hostname=%s\n", g_get_host_name ());
  ck_assert_ptr_nonnull (strstr (key_file, expected));
  ck_assert_ptr_nonnull (strstr (machine.err, "no name"));
  machine_clear (&machine);
}
END_TEST

static Suite *
user_data_suite (void)
{
  Suite *suite = suite_create ("user-data");
  TCase *compose = tcase_create ("compose");
  TCase *run = tcase_create ("run");

  tcase_add_test (compose, fills_in_empty_exports_only);
  tcase_add_test (compose, appends_the_packages_own);
  tcase_add_test (compose, quotes_where_needed);
  if (vnfm_test_have_material ())
    tcase_add_test (compose, fills_in_the_java_managers_template);
  suite_add_tcase (suite, compose);

  tcase_add_test (run, writes_the_key_file_and_starts_the_agent);
  tcase_add_test (run, runs_the_packages_own_behind_it);
  tcase_add_test (run, hostile_values_stay_values);
  tcase_add_test (run, replaces_an_older_key_file);
  tcase_add_test (run, tells_that_the_agent_is_absent);
  tcase_add_test (run, tells_that_the_key_file_cannot_be_written);
  tcase_add_test (run, a_machine_without_a_name_takes_its_own);
  suite_add_tcase (suite, run);
  return suite;
}

VNFM_TEST_MAIN (user_data_suite)
