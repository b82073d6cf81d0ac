/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of ems-ssh, and remote.sh itself: the commands are run by the shell of this machine, where sshd would
 * run them by the one of another. */
#include "config.h"

#include "plugins/ems-ssh/ssh-address.h"
#include "plugins/ems-ssh/ssh-reader.h"
#include "plugins/ems-ssh/ssh-spool.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-error.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define VNFR "5f0c1f6e-1111-4222-8333-444455556666"

typedef struct {
  char *folder;
  char *root;
  SshSpool *spool;
} Machine;

static Machine machine;

static void
set_up (void)
{
  machine.folder = vnfm_test_make_folder ();
  machine.root = g_build_filename (machine.folder, "it's root", NULL);
  g_autofree char *spool = g_build_filename (machine.folder, "spool $(dir)", NULL);
  machine.spool = ssh_spool_new (spool, machine.root, FALSE);
}

static void
tear_down (void)
{
  ssh_spool_free (machine.spool);
  vnfm_test_remove_folder (machine.folder);
  g_free (machine.root);
  g_free (machine.folder);
}

/* Runs a command as sshd would. Returns: its exit status. */
static int
run (const char *command, GBytes *input, GBytes **out, GBytes **err)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) own_out = NULL;
  g_autoptr (GBytes) own_err = NULL;
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GSubprocess) process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                        &error, "sh", "-c", command, NULL);

  ck_assert_no_error (error);
  ck_assert (g_subprocess_communicate (process, input != NULL ? input : nothing, NULL, out != NULL ? out : &own_out,
                                       err != NULL ? err : &own_err, &error));
  ck_assert_no_error (error);
  ck_assert (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

static void
feed (SshReader *reader, gboolean is_stderr, GBytes *bytes)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  ssh_reader_feed (reader, is_stderr, data, length);
}

static void
prepare (void)
{
  g_autofree char *command = ssh_spool_prepare (machine.spool, "n0nce", 7);
  g_autoptr (SshReader) reader = ssh_reader_new (0, NULL, NULL);
  g_autoptr (GBytes) out = NULL;

  ck_assert_int_eq (run (command, ssh_spool_get_helper (), &out, NULL), 0);
  ssh_reader_begin (reader, "n0nce");
  feed (reader, FALSE, out);
  ck_assert (ssh_reader_is_complete (reader));
  ck_assert_int_eq (strlen (ssh_reader_get_fact (reader, "boot")), 36);
  ck_assert_ptr_nonnull (ssh_reader_get_fact (reader, "launcher"));
}

static int
put (const char *name, const char *text, gboolean executable, GBytes **err)
{
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));
  g_autofree char *command = ssh_spool_put (machine.spool, name, strlen (text), executable);

  return run (command, content, NULL, err);
}

static mode_t
mode_of (const char *name)
{
  g_autofree char *path = g_build_filename (machine.root, name, NULL);
  struct stat status;

  ck_assert_msg (stat (path, &status) == 0, "%s is not there", path);
  return status.st_mode & 07777;
}

static char *
read_back (const char *name)
{
  g_autofree char *path = g_build_filename (machine.root, name, NULL);
  char *text = NULL;

  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

START_TEST (quotes_anything)
{
  static const char *const texts[] = { "",     "plain", "it's", "'",  "''",       "$(touch x)", "`id`",
                                       "a\nb", "-n",    "\\",   "\"", "\xff\xfe", "* ?",        NULL };

  for (guint i = 0; texts[i] != NULL; i++) {
    g_autofree char *quoted = ssh_spool_quote (texts[i]);
    g_autofree char *command = g_strdup_printf ("printf %%s %s", quoted);
    g_autoptr (GBytes) out = NULL;
    ck_assert_int_eq (run (command, NULL, &out, NULL), 0);
    ck_assert_uint_eq (g_bytes_get_size (out), strlen (texts[i]));
    ck_assert (*texts[i] == '\0' || memcmp (g_bytes_get_data (out, NULL), texts[i], strlen (texts[i])) == 0);
  }
}
END_TEST

START_TEST (cleans_names)
{
  static const struct {
    const char *name;
    const char *clean; /* or */
    int code;
  } rows[] = {
    { "a.sh", "a.sh", 0 },
    { "lib//./a.sh", "lib/a.sh", 0 },
    { "..a", "..a", 0 },
    { "", NULL, VNFM_ERROR_INVALID },
    { ".", NULL, VNFM_ERROR_INVALID },
    { "lib/", NULL, VNFM_ERROR_INVALID },
    { "/etc/passwd", NULL, VNFM_ERROR_DENIED },
    { "../a", NULL, VNFM_ERROR_DENIED },
    { "lib/../a", NULL, VNFM_ERROR_DENIED },
    { "lib/..", NULL, VNFM_ERROR_DENIED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *clean = ssh_spool_clean_name (rows[i].name, &error);
    if (rows[i].clean != NULL)
      ck_assert_str_eq (clean, rows[i].clean);
    else
      ck_assert_error (error, VNFM_ERROR, rows[i].code);
  }
}
END_TEST

/* Addresses. */

static VnfmVnfc *
new_vnfc (void)
{
  static const char text[] =
      "{\"hostname\": \"web-1\", \"ips\": [{\"netName\": \"mgmt\", \"ip\": \"random\"},"
      "{\"netName\": \"private\", \"ip\": \"10.1.0.5\"}, {\"netName\": \"any\", \"ip\": \"fd00::5\"}],"
      "\"floatingIps\": [{\"netName\": \"private\", \"ip\": \"random\"}, {\"netName\": \"any\", \"ip\": "
      "\"192.0.2.9\"}]}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = vnfm_json_parse (bytes, &error);

  ck_assert_no_error (error);
  VnfmVnfc *vnfc = vnfm_vnfc_new_from_json (json_node_get_object (node), VNFR, &error);
  ck_assert_no_error (error);
  return vnfc;
}

START_TEST (chooses_an_address)
{
  static const struct {
    const char *rules;
    const char *address;
  } rows[] = {
    { "floating,any", "192.0.2.9" },
    { "floating:private", NULL },
    { "floating:private,private", "10.1.0.5" },
    { "floating:any", "192.0.2.9" },
    { "any", "10.1.0.5" },
    { "network:any", "fd00::5" },
    { "mgmt,hostname", "web-1" },
    { "mgmt", NULL },
    { "nothing,of,these", NULL },
    { "private,floating", "10.1.0.5" },
  };
  g_autoptr (VnfmVnfc) vnfc = new_vnfc ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (GStrv) rules = g_strsplit (rows[i].rules, ",", -1);
    g_autofree char *why = NULL;
    g_autofree char *address = ssh_address_choose ((const char *const *)rules, vnfc, &why);
    ck_assert_msg (g_strcmp0 (address, rows[i].address) == 0, "%s: %s", rows[i].rules, address);
    ck_assert ((why != NULL) == (address == NULL));
    if (why != NULL)
      ck_assert_ptr_nonnull (strstr (why, "private 10.1.0.5"));
  }
}
END_TEST

/* Files. */

START_TEST (puts_files)
{
  g_autoptr (GBytes) err = NULL;

  prepare ();
  ck_assert_int_eq (put ("a.sh", "one", TRUE, NULL), 0);
  ck_assert_uint_eq (mode_of ("a.sh"), 0755);
  ck_assert_int_eq (put ("a.sh", "two\n\n", FALSE, NULL), 0);
  ck_assert_uint_eq (mode_of ("a.sh"), 0755);
  g_autofree char *text = read_back ("a.sh");
  ck_assert_str_eq (text, "two\n\n");
  ck_assert_int_eq (put ("lib/deep/data", "", FALSE, NULL), 0);
  ck_assert_uint_eq (mode_of ("lib/deep/data"), 0644);
  ck_assert_int_eq (put ("-n 'q' $(touch hacked)\n", "x", TRUE, NULL), 0);
  ck_assert_uint_eq (mode_of ("-n 'q' $(touch hacked)\n"), 0755);
}
END_TEST

START_TEST (does_not_follow_links)
{
  g_autofree char *inner = g_build_filename (machine.root, "out", NULL);
  g_autofree char *leaf = g_build_filename (machine.root, "leaf", NULL);
  g_autofree char *victim = g_build_filename (machine.folder, "victim", NULL);
  g_autoptr (GBytes) err = NULL;
  g_autofree char *text = NULL;

  prepare ();
  ck_assert_int_eq (put ("a.sh", "one", TRUE, NULL), 0);
  ck_assert (g_file_set_contents (victim, "untouched", -1, NULL));
  ck_assert_int_eq (symlink (machine.folder, inner), 0);
  ck_assert_int_eq (symlink (victim, leaf), 0);
  ck_assert_int_eq (put ("out/a.sh", "x", TRUE, &err), SSH_SPOOL_REFUSED);
  ck_assert_int_eq (put ("leaf", "x", TRUE, NULL), 0);
  ck_assert (g_file_get_contents (victim, &text, NULL, NULL));
  ck_assert_str_eq (text, "untouched");
  ck_assert_int_eq (put ("a.sh/b", "x", TRUE, NULL), 1);
}
END_TEST

START_TEST (takes_whole_files_only)
{
  g_autoptr (GBytes) half = g_bytes_new_static ("ha", 2);
  g_autofree char *command = ssh_spool_put (machine.spool, "a.sh", 4, TRUE);
  g_autofree char *path = g_build_filename (machine.root, "a.sh", NULL);

  prepare ();
  ck_assert_int_eq (run (command, half, NULL, NULL), SSH_SPOOL_NOT_BEGUN);
  ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
}
END_TEST

/* Steps. */

static VnfmScriptResult *
call_step (const VnfmExecution *execution, gint64 half, SshReader *reader)
{
  g_autoptr (GBytes) environment =
      ssh_spool_encode_environment (machine.spool, VNFR, execution->step_id, execution->environment);
  SshStepCall call = {
    .nonce = "abcdef",
    .vnfr_id = VNFR,
    .execution = execution,
    .grace = G_USEC_PER_SEC,
    .environment_size = g_bytes_get_size (environment),
    .half = half,
    .out_at = ssh_reader_get_known (reader, FALSE),
    .err_at = ssh_reader_get_known (reader, TRUE),
  };
  g_autofree char *command = ssh_spool_step (machine.spool, &call, "/");
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) err = NULL;
  g_autoptr (GError) error = NULL;

  ssh_reader_begin (reader, call.nonce);
  ck_assert_int_eq (run (command, environment, &out, &err), 0);
  feed (reader, FALSE, out);
  feed (reader, TRUE, err);
  VnfmScriptResult *result = ssh_reader_make_result (reader, execution->time_limit, &error);
  ck_assert_no_error (error);
  return result;
}

static VnfmScriptResult *
execute (const char *id, const char *payload, VnfmEnvironment *environment, gint64 half, gint64 time_limit)
{
  g_autoptr (VnfmEnvironment) empty = vnfm_environment_new ();
  g_autoptr (SshReader) reader = ssh_reader_new (half, NULL, NULL);
  VnfmExecution execution = {
    .step_id = id, .script = payload, .environment = environment != NULL ? environment : empty, .time_limit = time_limit
  };

  return call_step (&execution, half, reader);
}

static VnfmScriptResult *
execute_text (const char *id, const char *text)
{
  ck_assert_int_eq (put (id, text, TRUE, NULL), 0);
  return execute (id, id, NULL, 0, 0);
}

START_TEST (runs_a_script_once)
{
  prepare ();
  for (guint i = 0; i < 2; i++) {
    g_autoptr (VnfmScriptResult) result =
        execute_text ("once.sh", "#!/bin/sh\npwd; echo \"$0\"; echo oops >&2; echo k=v >> \"$VNFM_PROVIDES\"\n"
                                 "echo run >> \"$SCRIPTS_PATH/runs\"; exit 3\n");
    g_autofree char *expected = g_strdup_printf ("/\n%s/once.sh\n", machine.root);
    g_autofree char *runs = read_back ("runs");
    ck_assert (result->known);
    ck_assert_int_eq (result->status, 3);
    ck_assert_str_eq (result->output, expected);
    ck_assert_str_eq (result->err, "oops\n");
    ck_assert_str_eq (g_hash_table_lookup (result->provides, "k"), "v");
    ck_assert_ptr_nonnull (result->started);
    ck_assert_ptr_nonnull (result->ended);
    ck_assert_str_eq (runs, "run\n");
  }
}
END_TEST

START_TEST (gives_the_environment_exactly)
{
  static const char *const values[] = { "a\nb", "back\\slash\\n", "",  " blanks ", "$(touch hacked)", "it's",
                                        "x=y",  "\xc3\xbc",       NULL };
  g_autoptr (VnfmEnvironment) environment = vnfm_environment_new ();
  g_autoptr (GString) expected = g_string_new (NULL);

  prepare ();
  ck_assert_int_eq (put ("env.py",
                         "import os\nfor n in range(8):\n  print(repr(os.environ['v.%d' % n]))\n"
                         "print(os.environ['v_0'] == os.environ['v.0'], os.environ['LANG'] != '')\n",
                         TRUE, NULL),
                    0);
  for (guint i = 0; values[i] != NULL; i++) {
    g_autofree char *name = g_strdup_printf ("v.%u", i);
    vnfm_environment_set (environment, name, values[i]);
  }
  g_autoptr (VnfmScriptResult) result = execute ("env", "env.py", environment, 0, 0);
  ck_assert_str_eq (result->err, "");
  ck_assert_str_eq (result->output,
                    "'a\\nb'\n'back\\\\slash\\\\n'\n''\n' blanks '\n'$(touch hacked)'\n\"it's\"\n'x=y'\n"
                    "'\xc3\xbc'\nTrue True\n");
}
END_TEST

START_TEST (runs_all_kinds_of_scripts)
{
  static const struct {
    const char *name;
    const char *text;
    gboolean executable;
    const char *payload;
    const char *output; /* NULL: not looked at */
    int status;
    const char *err; /* is in it */
  } rows[] = {
    { "plain", "echo plain $1 $2 $#", TRUE, "plain  a\tb", "plain a b 2\n", 0, NULL },
    { "with blank.sh", "echo \"$1\"", TRUE, "with blank.sh x", "x\n", 0, NULL },
    { "notexec.sh", "#!/nowhere\necho shell", FALSE, "notexec.sh", "shell\n", 0, NULL },
    { "nointerpreter", "#!/nowhere/sh\n", TRUE, "nointerpreter", "", 127, "\"/nowhere/sh\"" },
    { "crlf.sh", "#!/bin/sh\r\necho crlf\r\nexit 4\r\n", TRUE, "crlf.sh", "crlf\n", 4, "CRLF" },
    { "p.py", "import sys\nprint(sys.argv[1:])", FALSE, "p.py 1 *", "['1', '*']\n", 0, NULL },
    { "one-word.sh", "#!/bin/sh -e -u\n", TRUE, "one-word.sh", NULL, 2, NULL },
    { "lib/sub.sh", "echo sub", TRUE, "lib/sub.sh", "sub\n", 0, NULL },
    { "interrupt", "kill -INT $$; sleep 5; echo no", TRUE, "interrupt", "", 130, NULL },
    { "killed", "kill -KILL $$", TRUE, "killed", "", 137, NULL },
    { "stdin", "cat; echo end", TRUE, "stdin", "end\n", 0, NULL },
    { "x", "x", TRUE, "absent.sh a", "", 127, "\"absent.sh\" not found" },
    { "x", "x", TRUE, "/bin/true", "", 126, "leads out" },
    { "x", "x", TRUE, "../x", "", 126, "leads out" },
    { "x", "x", TRUE, "", "", 127, "not found" },
    { "x", "x", TRUE, "lib", "", 127, "not found" },
    { "bytes", "printf '\\377\\n'", TRUE, "bytes", "\xef\xbf\xbd\n", 0, NULL },
  };

  prepare ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *id = g_strdup_printf ("op/step:%u", i);
    ck_assert_int_eq (put (rows[i].name, rows[i].text, rows[i].executable, NULL), 0);
    g_autoptr (VnfmScriptResult) result = execute (id, rows[i].payload, NULL, 0, 0);
    ck_assert_msg (result->status == rows[i].status, "%s: status %d, %s", rows[i].name, result->status, result->err);
    if (rows[i].output != NULL)
      ck_assert_str_eq (result->output, rows[i].output);
    if (rows[i].err != NULL)
      ck_assert_msg (strstr (result->err, rows[i].err) != NULL, "%s: %s", rows[i].name, result->err);
  }
}
END_TEST

START_TEST (does_not_run_links_that_lead_out)
{
  g_autofree char *link = g_build_filename (machine.root, "true", NULL);

  prepare ();
  ck_assert_int_eq (put ("a", "", TRUE, NULL), 0);
  ck_assert_int_eq (symlink ("/bin/true", link), 0);
  g_autoptr (VnfmScriptResult) result = execute ("link", "true", NULL, 0, 0);
  ck_assert_int_eq (result->status, 126);
}
END_TEST

START_TEST (ends_a_script_at_its_limit)
{
  prepare ();
  ck_assert_int_eq (put ("mild", "echo begun; sleep 1000", TRUE, NULL), 0);
  g_autoptr (VnfmScriptResult) mild = execute ("mild", "mild", NULL, 0, G_USEC_PER_SEC);
  ck_assert_int_eq (mild->status, -15);
  ck_assert_str_eq (mild->output, "begun\n");
  ck_assert_ptr_nonnull (strstr (mild->err, "time limit of 1 s reached"));
  ck_assert_int_eq (put ("stubborn", "trap '' TERM; echo begun; while :; do sleep 1000; done", TRUE, NULL), 0);
  g_autoptr (VnfmScriptResult) stubborn = execute ("stubborn", "stubborn", NULL, 0, G_USEC_PER_SEC);
  ck_assert_int_eq (stubborn->status, -9);
}
END_TEST

START_TEST (leaves_out_the_middle)
{
  prepare ();
  ck_assert_int_eq (put ("much", "i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i+1)); done", TRUE, NULL), 0);
  g_autoptr (VnfmScriptResult) result = execute ("much", "much", NULL, 14, 0);
  ck_assert_str_eq (result->output, "line 0\nline 1\n\n[vnfm-ssh: 8862 bytes left out]\n 998\nline 999\n");
  ck_assert_int_eq (result->truncated, 8862);
}
END_TEST

START_TEST (never_begins_what_was_cancelled)
{
  g_autofree char *cancel = ssh_spool_cancel (machine.spool, VNFR, "early");

  prepare ();
  ck_assert_int_eq (put ("early", "echo ran", TRUE, NULL), 0);
  ck_assert_int_eq (run (cancel, NULL, NULL, NULL), 0);
  g_autoptr (VnfmScriptResult) result = execute ("early", "early", NULL, 0, 0);
  ck_assert_int_eq (result->status, -15);
  ck_assert_str_eq (result->output, "");
}
END_TEST

START_TEST (does_not_begin_with_half_an_environment)
{
  g_autoptr (VnfmEnvironment) environment = vnfm_environment_new ();
  g_autoptr (GBytes) half = g_bytes_new_static ("A=1", 3);
  VnfmExecution execution = { .step_id = "half", .script = "half", .environment = environment };
  SshStepCall call = {
    .nonce = "abcdef", .vnfr_id = VNFR, .execution = &execution, .grace = G_USEC_PER_SEC, .environment_size = 100
  };
  g_autofree char *command = ssh_spool_step (machine.spool, &call, "/");

  prepare ();
  ck_assert_int_eq (put ("half", "echo ran", TRUE, NULL), 0);
  ck_assert_int_eq (run (command, half, NULL, NULL), SSH_SPOOL_NOT_BEGUN);
  g_autoptr (VnfmScriptResult) result = execute ("half", "half", NULL, 0, 0);
  ck_assert_str_eq (result->output, "ran\n");
}
END_TEST

START_TEST (forgets)
{
  g_autofree char *forget = ssh_spool_forget (machine.spool, VNFR);

  prepare ();
  for (guint i = 0; i < 2; i++) {
    g_autoptr (VnfmScriptResult) result = execute_text ("again", "echo run >> \"$SCRIPTS_PATH/runs\"");
    ck_assert_int_eq (result->status, 0);
    ck_assert_int_eq (run (forget, NULL, NULL, NULL), 0);
  }
  g_autofree char *runs = read_back ("runs");
  ck_assert_str_eq (runs, "run\nrun\n");
}
END_TEST

/* Reading. */

static void
keep_text (const char *stream, gint64 offset, const char *text, gpointer user_data)
{
  GString *told = user_data;

  ck_assert_str_eq (stream, "stdout");
  ck_assert_int_eq (offset, (gint64)told->len);
  g_string_append (told, text);
}

#define FACTS "state done\nboot same\nstatus 0\nreason e\nstarted 1.5\nended 2\nout-size %d\nerr-size 0\n\n"

START_TEST (reads_it_however_it_is_cut)
{
  g_autofree char *facts = g_strdup_printf (FACTS, 9);
  g_autofree char *text = g_strconcat ("motd\n\036ab\036abc{\nhe\036ab\xc3\xbcyo\036abc}\n", facts, "a=b\n", NULL);
  gsize length = strlen (text);

  for (gsize cut = 1; cut < length; cut++) {
    g_autoptr (GString) told = g_string_new (NULL);
    g_autoptr (SshReader) reader = ssh_reader_new (0, keep_text, told);
    g_autoptr (GError) error = NULL;
    ssh_reader_begin (reader, "abc");
    ssh_reader_feed (reader, FALSE, (const guint8 *)text, cut);
    ssh_reader_feed (reader, FALSE, (const guint8 *)text + cut, length - cut);
    g_autoptr (VnfmScriptResult) result = ssh_reader_make_result (reader, 0, &error);
    ck_assert_no_error (error);
    ck_assert_str_eq (result->output, "he\036ab\xc3\xbcyo");
    ck_assert_str_eq (result->started, "1970-01-01T00:00:01.500Z");
    ck_assert_str_eq (g_hash_table_lookup (result->provides, "a"), "b");
    ck_assert_str_eq (told->str, result->output);
  }
}
END_TEST

START_TEST (goes_on_where_a_call_broke)
{
  g_autoptr (SshReader) reader = ssh_reader_new (4, NULL, NULL);
  g_autofree char *facts = g_strdup_printf (FACTS, 20);
  g_autofree char *rest = g_strconcat ("\036abc{\nlive1last\036abc}\n", facts, NULL);
  g_autoptr (GError) error = NULL;

  ssh_reader_begin (reader, "abc");
  ssh_reader_feed (reader, FALSE, (const guint8 *)"\036abc{\nlive12", 13);
  ck_assert (ssh_reader_has_begun (reader));
  ck_assert_int_eq (ssh_reader_get_known (reader, FALSE), 4);
  ssh_reader_begin (reader, "abc");
  ck_assert (!ssh_reader_has_begun (reader));
  memcpy (strstr (rest, "live1"), "xxxxx", 5);
  ssh_reader_feed (reader, FALSE, (const guint8 *)rest, strlen (rest));
  g_autoptr (VnfmScriptResult) result = ssh_reader_make_result (reader, 0, &error);
  ck_assert_no_error (error);
  ck_assert_str_eq (result->output, "live\n[vnfm-ssh: 12 bytes left out]\nxxxx");
}
END_TEST

START_TEST (refuses_what_is_none)
{
  static const char *const texts[] = { "",
                                       "\036abc{\n\036abc}\n",
                                       "\036abc{\n\036abc}\nstate x\n\n",
                                       "\036abc{\n\036abc}\nstate done\nstatus x\n\n",
                                       "\036abc{\n\036abc}\nstate done\nstatus 0\nout-size -1\n\n",
                                       NULL };

  for (guint i = 0; texts[i] != NULL; i++) {
    g_autoptr (SshReader) reader = ssh_reader_new (0, NULL, NULL);
    g_autoptr (GError) error = NULL;
    ssh_reader_begin (reader, "abc");
    ssh_reader_feed (reader, FALSE, (const guint8 *)texts[i], strlen (texts[i]));
    g_autoptr (VnfmScriptResult) result = ssh_reader_make_result (reader, 0, &error);
    ck_assert_ptr_null (result);
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}
END_TEST

static Suite *
ssh_spool_suite (void)
{
  Suite *suite = suite_create ("ssh-spool");
  TCase *pure = tcase_create ("pure");
  TCase *files = tcase_create ("files");
  TCase *steps = tcase_create ("steps");

  tcase_add_test (pure, quotes_anything);
  tcase_add_test (pure, cleans_names);
  tcase_add_test (pure, chooses_an_address);
  tcase_add_test (pure, reads_it_however_it_is_cut);
  tcase_add_test (pure, goes_on_where_a_call_broke);
  tcase_add_test (pure, refuses_what_is_none);
  suite_add_tcase (suite, pure);
  tcase_add_checked_fixture (files, set_up, tear_down);
  tcase_add_test (files, puts_files);
  tcase_add_test (files, does_not_follow_links);
  tcase_add_test (files, takes_whole_files_only);
  suite_add_tcase (suite, files);
  tcase_add_checked_fixture (steps, set_up, tear_down);
  tcase_set_timeout (steps, 60);
  tcase_add_test (steps, runs_a_script_once);
  tcase_add_test (steps, gives_the_environment_exactly);
  tcase_add_test (steps, runs_all_kinds_of_scripts);
  tcase_add_test (steps, does_not_run_links_that_lead_out);
  tcase_add_test (steps, ends_a_script_at_its_limit);
  tcase_add_test (steps, leaves_out_the_middle);
  tcase_add_test (steps, never_begins_what_was_cancelled);
  tcase_add_test (steps, does_not_begin_with_half_an_environment);
  tcase_add_test (steps, forgets);
  suite_add_tcase (suite, steps);
  return suite;
}

VNFM_TEST_MAIN (ssh_spool_suite)
