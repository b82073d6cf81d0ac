/* SPDX-License-Identifier: Apache-2.0 */
/* Real scripts under real supervisors: what comes out, what is killed, what outlives whom. */
#include "config.h"

#include "plugins/ems-agent/run-files.h"
#include "plugins/ems-agent/script-command.h"
#include "plugins/ems-agent/script-runner.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-error.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_OUTPUT (64 * 1024)

typedef struct {
  char *folder;
  VnfmClock *clock;
  EmsScriptRoot *root;
  EmsStepStore *store;
  EmsRunner *runner;
  GHashTable *ended; /* step id -> VnfmScriptResult */
  GHashTable *states;
  GString *live;
  GString *live_err;
  guint n_live;

} Fixture;

static Fixture f;

static void
note_end (EmsStep *step, EmsState state, gint64 ended, VnfmScriptResult *result, gpointer user_data)
{
  g_autoptr (EmsAnswer) answer = ems_answer_new (vnfm_script_result_copy (result), step->id);
  answer->state = state == EMS_STATE_DIED ? state : EMS_STATE_NONE;
  g_autoptr (GBytes) body = ems_answer_encode (answer);

  ck_assert_int_gt (ended, 0);
  ck_assert (ems_step_store_end (f.store, step, state, ended, body));
  ems_run_drop_output (step);
  g_hash_table_insert (f.states, g_strdup (step->id), GINT_TO_POINTER (state));
  g_hash_table_insert (f.ended, g_strdup (step->id), result);
}

static void
note_output (EmsStep *step, const char *stream, gint64 offset, const char *text, gpointer user_data)
{
  GString *live = g_str_equal (stream, "stdout") ? f.live : f.live_err;

  ck_assert_int_eq (offset, (gint64)live->len);
  g_string_append (live, text);
  f.n_live++;
}

static void
make_runner (const char *boot, guint max_parallel)
{
  static const EmsRunnerFuncs funcs = { note_end, note_output };
  const char *const patterns[] = { "PATH", "HOME", "LANG", "TESTED_*", NULL };
  const char *const own[] = {
    "PATH=/usr/bin:/bin", "HOME=/root", "TESTED_A=agent", "TESTED_B=agent", "SECRET=no", NULL
  };
  EmsRunnerConfig config = {
    .boot = g_strdup (boot),
    .environment = ems_environment_base (own, patterns),
    .working_directory = g_strdup (f.folder),
    .max_output = MAX_OUTPUT,
    .grace = 300 * 1000,
    .max_parallel = max_parallel,
  };

  f.runner = ems_runner_new (f.clock, f.store, f.root, &config, &funcs, NULL);
}

static void
open_store (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *steps = g_build_filename (f.folder, "steps", NULL);

  f.store = ems_step_store_new (steps, &error);
  ck_assert_no_error (error);
}

static void
set_up (void)
{
  f = (Fixture){ 0 };
  f.folder = vnfm_test_make_folder ();
  f.clock = vnfm_clock_new ();
  g_autofree char *scripts = g_build_filename (f.folder, "scripts", NULL);
  f.root = ems_script_root_new (scripts);
  f.ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)vnfm_script_result_free);
  f.states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  f.live = g_string_new (NULL);
  f.live_err = g_string_new (NULL);
  open_store ();
  make_runner ("boot-1", 4);
}

static void
tear_down (void)
{
  g_clear_pointer (&f.runner, ems_runner_free);
  g_clear_pointer (&f.store, ems_step_store_free);
  ems_script_root_free (f.root);
  g_object_unref (f.clock);
  g_hash_table_unref (f.ended);
  g_hash_table_unref (f.states);
  g_string_free (f.live, TRUE);
  g_string_free (f.live_err, TRUE);
  vnfm_test_remove_folder (f.folder);
  g_free (f.folder);
}

/* Helpers. */

static gboolean
look_again (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

/* For what no event of the main loop tells: another process's doings. */
static void
wait_for_others (gboolean (*condition) (gpointer data), gpointer data)
{
  guint source = g_timeout_add (10, look_again, NULL);

  vnfm_test_wait_until (condition, data);
  g_source_remove (source);
}

/* The same while the agent hears nothing. */
static void
wait_deaf (gboolean (*condition) (gpointer data), gpointer data)
{
  int n = 0;

  for (n = 0; n < 3000 && !condition (data); n++)
    g_usleep (10000);
  ck_assert_int_lt (n, 3000);
}

static void
put_file (const char *name, const char *text, gboolean executable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));

  ck_assert (ems_script_root_write (f.root, NULL, name, content, executable, &error));
  ck_assert_no_error (error);
}

static void
put_script (const char *name, const char *text)
{
  put_file (name, text, TRUE);
}

static EmsStep *
submit (const char *id, const char *payload, const char *members)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
      g_strdup_printf ("{\"action\":\"EXECUTE\",\"payload\":\"%s\",\"step\":\"%s\"%s}", payload, id, members);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  EmsCommand *command = ems_command_decode (body, &error);
  ck_assert_no_error (error);
  EmsStep *step = ems_step_store_add (f.store, id, TRUE, EMS_ACTION_EXECUTE);

  step->accepted = vnfm_clock_get_wall_time (f.clock);
  step->command = g_bytes_ref (body);
  ck_assert (ems_runner_submit (f.runner, step, command, &error));
  ck_assert_no_error (error);
  return step;
}

static gboolean
has_ended (gpointer id)
{
  return g_hash_table_contains (f.ended, id);
}

static VnfmScriptResult *
wait_for (const char *id)
{
  vnfm_test_wait_until (has_ended, (gpointer)id);
  return g_hash_table_lookup (f.ended, id);
}

static VnfmScriptResult *
run (const char *payload, const char *members)
{
  static int n;
  g_autofree char *id = g_strdup_printf ("step-%d", ++n);

  submit (id, payload, members);
  return wait_for (id);
}

static gboolean
has_file (gpointer name)
{
  g_autofree char *path = g_build_filename (f.folder, name, NULL);
  GStatBuf status;

  return g_stat (path, &status) == 0 && status.st_size > 0;
}

/* The number that a script wrote to a file of the working directory. */
static int
read_number (const char *name)
{
  g_autofree char *path = g_build_filename (f.folder, name, NULL);
  g_autofree char *text = NULL;

  wait_for_others (has_file, (gpointer)name);
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  return atoi (text);
}

static gboolean
is_gone (gpointer pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", GPOINTER_TO_INT (pid));
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return TRUE;
  const char *state = strrchr (text, ')');
  return state != NULL && state[2] == 'Z';
}

/* Output and status. */

START_TEST (a_script_runs_and_its_streams_come_apart)
{
  put_script ("a.sh", "#!/bin/bash\necho one\necho two >&2\necho three\nexit 3\n");
  VnfmScriptResult *result = run ("a.sh", "");

  ck_assert_int_eq (result->status, 3);
  ck_assert_str_eq (result->output, "one\nthree\n");
  ck_assert_str_eq (result->err, "two\n");
  ck_assert (result->known);
  ck_assert_ptr_nonnull (result->started);
  ck_assert_int_le (strcmp (result->started, result->ended), 0);
  ck_assert_int_eq (result->truncated, 0);
  ck_assert_ptr_null (result->provides);
}
END_TEST

START_TEST (status_says_how_it_ended)
{
  put_script ("ok.sh", "true\n");
  put_script ("exit.sh", "exit 255\n");
  put_script ("signal.sh", "kill -SEGV $$\n");

  ck_assert_int_eq (run ("ok.sh", "")->status, 0);
  ck_assert_int_eq (run ("exit.sh", "")->status, 255);
  VnfmScriptResult *result = run ("signal.sh", "");
  ck_assert_int_eq (result->status, -SIGSEGV);
  ck_assert_ptr_nonnull (strstr (result->err, "ended by signal 11"));
  result = run ("missing.sh with arguments", "");
  ck_assert_int_eq (result->status, 127);
  ck_assert_ptr_nonnull (strstr (result->err, "script \"missing.sh\" not found"));
  result = run ("", "");
  ck_assert_int_eq (result->status, 127);
  result = run ("../outside.sh", "");
  ck_assert_int_eq (result->status, 126);
  ck_assert_ptr_nonnull (strstr (result->err, "leads out"));
}
END_TEST

START_TEST (arguments_blanks_and_folders)
{
  put_script ("args.sh", "#!/bin/bash\nprintf '<%s>' \"$@\"\n");
  put_script ("with blank.sh", "#!/bin/bash\nprintf '[%s]' \"$@\"\n");
  put_script ("sub/deep/s.sh", "#!/bin/bash\nprintf '{%s}' \"$@\"\n");
  put_script ("umläut.sh", "#!/bin/bash\necho umläut\n");

  ck_assert_str_eq (run ("args.sh  a 'b   c' $HOME *", "")->output, "<a><'b><c'><$HOME><*>");
  ck_assert_str_eq (run ("args.sh", "")->output, "<>");
  ck_assert_str_eq (run ("with blank.sh x y", "")->output, "[x][y]");
  ck_assert_str_eq (run ("sub/deep/s.sh 1", "")->output, "{1}");
  ck_assert_str_eq (run ("./sub//deep/s.sh 2\\n", "")->output, "{2}");
  ck_assert_str_eq (run ("umläut.sh", "")->output, "umläut\n");
}
END_TEST

START_TEST (interpreters)
{
  put_script ("shebang.sh", "#!/bin/sh -e\nfalse\necho not reached\n");
  put_file ("plain", "[[ 1 == 1 ]] && echo bash $0\n", FALSE);
  put_file ("noexec.sh", "#!/bin/sh -e\nfalse\necho bash all the same\n", FALSE);
  put_script ("a.py", "import sys\nprint('py', sys.argv[1:])\n");
  put_file ("b.py", "#!/usr/bin/env python3\nprint('py with shebang')\n", FALSE);
  put_script ("c.python.sh", "echo \"bash ${BASH_VERSION:0:1}\"\n");
  put_script ("nowhere.sh", "#!/no/such/interpreter\n");
  put_script ("empty.sh", "");

  ck_assert_int_eq (run ("shebang.sh", "")->status, 1);
  g_autofree char *expected = g_strdup_printf ("bash %s/scripts/plain\n", f.folder);
  ck_assert_str_eq (run ("plain", "")->output, expected);
  ck_assert_str_eq (run ("noexec.sh", "")->output, "bash all the same\n");
  ck_assert_str_eq (run ("a.py 1 2", "")->output, "py ['1', '2']\n");
  ck_assert_str_eq (run ("b.py", "")->output, "py with shebang\n");
  ck_assert_str_eq (run ("c.python.sh", "")->output, "bash 5\n");
  ck_assert_int_eq (run ("empty.sh", "")->status, 0);
  VnfmScriptResult *result = run ("nowhere.sh", "");
  ck_assert_int_eq (result->status, 127);
  ck_assert_ptr_nonnull (strstr (result->err, "\"/no/such/interpreter\""));
}
END_TEST

START_TEST (crlf_is_corrected_and_told)
{
  put_script ("dos.sh", "#!/bin/bash\r\nif true; then\r\n  echo \"$(basename \"$0\") $1\"\r\nfi\r\n");
  VnfmScriptResult *result = run ("dos.sh x", "");
  g_autofree char *path = g_build_filename (f.folder, "scripts", "dos.sh", NULL);
  g_autofree char *stored = NULL;

  ck_assert_int_eq (result->status, 0);
  ck_assert_str_eq (result->output, "dos.sh x\n");
  ck_assert_str_eq (result->err, "vnfm-ems: dos.sh has CRLF line ends: a copy with LF is run\n");
  ck_assert (g_file_get_contents (path, &stored, NULL, NULL));
  ck_assert_ptr_nonnull (strstr (stored, "\r\n"));
}
END_TEST

START_TEST (the_environment_is_exact)
{
  put_script ("env.py", "#!/usr/bin/python3\nimport os\nfor n in sorted(os.environb):\n"
                        "    print(n.decode() + '=' + os.environb[n].decode())\nprint(os.getcwd())\n"
                        "print(os.read(0, 10))\n");
  VnfmScriptResult *result =
      run ("env.py", ",\"env\":{\"server.private\":\"10.0.0.1\",\"a b\":\"c\",\"softfire-x\":\"\",\"n\":7,"
                     "\"gone\":null,\"TESTED_B\":\"command\",\"1st\":\"ä=\\n2\",\"\":\"x\",\"e=q\":\"x\"}");
  g_autofree char *expected =
      g_strdup_printf ("1st=ä=\n2\nHOME=/root\nLANG=C.UTF-8\nPATH=/usr/bin:/bin\nSCRIPTS_PATH=%s/scripts\n"
                       "TESTED_A=agent\nTESTED_B=command\nVNFM_PROVIDES=",
                       f.folder);
  const char *rest = strstr (result->output, "VNFM_PROVIDES=");

  ck_assert_str_eq (result->err, "");
  ck_assert_int_eq (strncmp (result->output, expected, strlen (expected)), 0);
  rest = strchr (rest, '\n') + 1;
  g_autofree char *end = g_strdup_printf ("a b=c\nn=7\nserver.private=10.0.0.1\nsoftfire-x=\n%s\nb''\n", f.folder);
  ck_assert_str_eq (rest, end);
}
END_TEST

START_TEST (what_is_no_text_becomes_text)
{
  put_script ("raw.sh", "printf 'a\\377b\\000c\\303\\n'; printf '\\303\\244' >&2\n");
  VnfmScriptResult *result = run ("raw.sh", "");

  ck_assert_str_eq (result->output, "a\357\277\275b\357\277\275c\357\277\275\n");
  ck_assert_str_eq (result->err, "ä");
}
END_TEST

START_TEST (provides_are_read)
{
  vnfm_test_warnings_begin ();
  put_script ("p.sh", "{ echo 'key=a=b'; echo 'key=second'; echo ' padded = x '; echo nonsense; printf 'dos=1\\r\\n'; "
                      "echo '=none'; printf 'last=unfinished'; } > \"$VNFM_PROVIDES\"\n");
  VnfmScriptResult *result = run ("p.sh", "");
  g_autofree char *warnings = vnfm_test_warnings_end ();

  ck_assert_ptr_nonnull (result->provides);
  ck_assert_uint_eq (g_hash_table_size (result->provides), 4);
  ck_assert_str_eq (g_hash_table_lookup (result->provides, "key"), "second");
  ck_assert_str_eq (g_hash_table_lookup (result->provides, "padded"), " x ");
  ck_assert_str_eq (g_hash_table_lookup (result->provides, "dos"), "1");
  ck_assert_str_eq (g_hash_table_lookup (result->provides, "last"), "unfinished");
  ck_assert_ptr_nonnull (strstr (warnings, "nonsense"));
  put_script ("q.sh", "cat \"$VNFM_PROVIDES\"\n");
  ck_assert_str_eq (run ("q.sh", "")->output, "");
}
END_TEST

START_TEST (much_output_is_capped_on_disk_too)
{
  g_autofree char *path = NULL;
  put_script ("big.sh", "echo first\nhead -c 20000000 /dev/zero | tr '\\0' 'x'\necho last\n"
                        "touch full; while [ ! -e go ]; do sleep 0.05; done\n");
  EmsStep *step = submit ("big", "big.sh", ",\"stream\":true");
  path = ems_step_path (step, EMS_RUN_OUT);
  struct stat status = { 0 };

  /* While it runs, the file system has its space back. */
  for (int i = 0; i < 2000 && (status.st_size < 20000000 + 6 + 5 || status.st_blocks * 512 > 3 * 1024 * 1024); i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (5000);
    ck_assert_int_eq (stat (path, &status), 0);
  }
  ck_assert_int_eq (status.st_size, 20000000 + 6 + 5);
  ck_assert_int_le (status.st_blocks * 512, 3 * 1024 * 1024);
  g_autofree char *go = g_build_filename (f.folder, "go", NULL);
  ck_assert (g_file_set_contents (go, "", 0, NULL));

  VnfmScriptResult *result = wait_for ("big");
  ck_assert_int_eq (result->status, 0);
  ck_assert_int_eq (result->truncated, 20000000 + 6 + 5 - MAX_OUTPUT);
  ck_assert_int_lt (strlen (result->output), MAX_OUTPUT + 100);
  ck_assert (g_str_has_prefix (result->output, "first\nxxx"));
  ck_assert (g_str_has_suffix (result->output, "xxxlast\n"));
  ck_assert_ptr_nonnull (strstr (result->output, "[vnfm-ems: 19934475 bytes left out]"));
  ck_assert_int_eq (f.live->len, MAX_OUTPUT);
  ck_assert_int_eq (stat (path, &status), 0);
  ck_assert_int_eq (status.st_size, 0);
}
END_TEST

START_TEST (a_command_may_ask_for_less)
{
  put_script ("a.sh", "printf 'äöü%.0s' {1..100}\necho err >&2\n");
  VnfmScriptResult *result = run ("a.sh", ",\"max-output\":11");

  ck_assert_str_eq (result->output, "äö\n[vnfm-ems: 589 bytes left out]\näöü");
  ck_assert_str_eq (result->err, "err\n");
  ck_assert_int_eq (result->truncated, 589);
}
END_TEST

START_TEST (live_output_comes_in_order_with_offsets)
{
  put_script ("live.sh", "for i in 1 2 3; do printf \"line $i ä\"; echo; echo e$i >&2; sleep 0.25; done\n"
                         "printf '\\303'; sleep 0.3; printf '\\244'\n");
  VnfmScriptResult *result = run ("live.sh", ",\"stream\":true");

  ck_assert_str_eq (f.live->str, "line 1 ä\nline 2 ä\nline 3 ä\nä");
  ck_assert_str_eq (f.live->str, result->output);
  ck_assert_str_eq (f.live_err->str, "e1\ne2\ne3\n");
  /* It came while the script ran, and not at its end only. */
  ck_assert_uint_ge (f.n_live, 4);
  g_string_truncate (f.live, 0);
  run ("live.sh", "");
  ck_assert_uint_eq (f.live->len, 0);
}
END_TEST

/* Processes. */

START_TEST (a_daemon_left_behind_blocks_nobody_and_lives)
{
  put_script ("daemon.sh",
              "(trap '' HUP; while [ ! -e stop ]; do echo alive; sleep 0.02; done; echo $BASHPID > done) &\n"
              "echo $! > pid\necho started\n");
  VnfmScriptResult *result = run ("daemon.sh", "");
  int pid = read_number ("pid");

  ck_assert_int_eq (result->status, 0);
  ck_assert (g_str_has_prefix (result->output, "started\n") || g_str_has_prefix (result->output, "alive\n"));
  ck_assert_int_eq (kill (pid, 0), 0);
  g_autofree char *stop = g_build_filename (f.folder, "stop", NULL);
  ck_assert (g_file_set_contents (stop, "", 0, NULL));
  /* It ends by itself, after it has gone on writing: no signal killed it. */
  ck_assert_int_eq (read_number ("done"), pid);
}
END_TEST

START_TEST (a_daemon_does_not_fill_the_disk)
{
  g_autofree char *path = NULL;
  put_script ("daemon.sh", "(trap '' HUP; while [ ! -e stop ]; do head -c 50000 /dev/zero; echo x > wrote; sleep 0.01; "
                           "done) &\necho $! > pid\n");
  EmsStep *step = submit ("daemon", "daemon.sh", "");
  path = ems_step_path (step, EMS_RUN_OUT);
  wait_for ("daemon");
  int pid = read_number ("pid");
  goffset largest = 0;
  gboolean emptied = FALSE;
  struct stat status;

  for (int i = 0; i < 2000 && !emptied; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (5000);
    ck_assert_int_eq (stat (path, &status), 0);
    emptied = largest > MAX_OUTPUT && status.st_size < largest;
    largest = MAX (largest, status.st_size);
  }
  ck_assert (emptied);
  ck_assert (!is_gone (GINT_TO_POINTER (pid)));
  kill (pid, SIGKILL);
}
END_TEST

START_TEST (the_time_limit_kills_the_whole_group)
{
  put_script ("hang.sh",
              "sleep 1000 & echo $! > child\n(trap '' TERM; echo $BASHPID > stubborn; sleep 1000; sleep 1000) &\n"
              "echo waiting\nwait\n");
  VnfmScriptResult *result = run ("hang.sh", ",\"timeout\":0.7");

  ck_assert_int_lt (result->status, 0);
  ck_assert_str_eq (result->output, "waiting\n");
  ck_assert_ptr_nonnull (strstr (result->err, "time limit of 0.7 s reached"));
  ck_assert (is_gone (GINT_TO_POINTER (read_number ("child"))));
  wait_for_others (is_gone, GINT_TO_POINTER (read_number ("stubborn")));
}
END_TEST

START_TEST (term_comes_before_kill)
{
  put_script ("polite.sh", "trap 'echo cleaning; exit 0' TERM\nwhile :; do sleep 0.05; done\n");
  put_script ("deaf.sh", "trap '' TERM\nwhile :; do sleep 0.05; done\n");
  VnfmScriptResult *result = run ("polite.sh", ",\"timeout\":0.3");

  ck_assert_str_eq (result->output, "cleaning\n");
  ck_assert_int_eq (result->status, -SIGTERM);
  result = run ("deaf.sh", ",\"timeout\":0.3");
  ck_assert_int_eq (result->status, -SIGKILL);
}
END_TEST

START_TEST (cancelled)
{
  put_script ("wait.sh", "echo $$ > pid; sleep 1000\n");
  EmsStep *step = submit ("one", "wait.sh", "");
  int pid = read_number ("pid");

  ck_assert (ems_runner_cancel (f.runner, step));
  VnfmScriptResult *result = wait_for ("one");
  ck_assert_int_eq (result->status, -SIGTERM);
  ck_assert_ptr_nonnull (strstr (result->err, "cancelled"));
  ck_assert (is_gone (GINT_TO_POINTER (pid)));
  ck_assert (!ems_runner_cancel (f.runner, step));
}
END_TEST

START_TEST (a_script_that_kills_its_parent_is_told)
{
  put_script ("patricide.sh",
              "sleep 1000 & echo $! > child\necho before\nkill -TERM $PPID; kill -INT $PPID; sleep 0.1\n"
              "echo still there\nkill -KILL $PPID\nsleep 1000\n");
  VnfmScriptResult *result = run ("patricide.sh", "");

  ck_assert_int_eq (result->status, -SIGKILL);
  ck_assert (!result->known);
  ck_assert_str_eq (result->output, "before\nstill there\n");
  ck_assert_ptr_nonnull (strstr (result->err, "not known"));
  wait_for_others (is_gone, GINT_TO_POINTER (read_number ("child")));
}
END_TEST

START_TEST (nothing_of_the_agent_is_inherited)
{
  g_autofree char *path = g_build_filename (f.folder, "of-the-agent", NULL);
  int leak = g_open (path, O_RDWR | O_CREAT, 0600);
  put_script ("fds.sh", "#!/bin/sh\nreadlink /proc/self/fd/* /proc/$$/fd/* /proc/$PPID/fd/* > seen\n"
                        "grep -c of-the-agent seen; grep -c alive seen; "
                        "readlink /proc/$PPID/fd/0 /proc/$PPID/fd/1 /proc/$PPID/fd/2 /proc/$$/fd/0 /proc/$$/fd/1\n");
  VnfmScriptResult *result = run ("fds.sh", "");
  close (leak);

  /* The supervisor holds the FIFO, the script does not, and nobody the file. */
  ck_assert (g_str_has_prefix (result->output, "0\n1\n/dev/null\n/dev/null\n/dev/null\n/dev/null\n/"));
  ck_assert (g_str_has_suffix (result->output, "/out\n"));
}
END_TEST

/* Many, and again. */

START_TEST (side_by_side_and_in_turn)
{
  ems_runner_free (f.runner);
  make_runner ("boot-1", 2);
  put_script ("meet.sh", "touch \"here.$1\"; while [ ! -e \"here.$2\" ]; do sleep 0.01; done; echo met\n");
  put_script ("count.sh", "echo x >> order; [ ! -e here.a ] && echo early; true\n");
  submit ("a", "meet.sh a b", "");
  submit ("b", "meet.sh b a", "");
  EmsStep *waiting = submit ("c", "count.sh", "");
  EmsStep *dropped = submit ("d", "count.sh", "");

  ck_assert_uint_eq (ems_runner_get_n_running (f.runner), 2);
  ck_assert_int_eq (waiting->begun, 0);
  ck_assert (ems_runner_cancel (f.runner, dropped));
  ck_assert_str_eq (wait_for ("a")->output, "met\n");
  ck_assert_str_eq (wait_for ("b")->output, "met\n");
  ck_assert_int_eq (wait_for ("c")->status, 0);
  VnfmScriptResult *result = wait_for ("d");
  ck_assert_int_eq (result->status, -SIGTERM);
  ck_assert_ptr_nonnull (strstr (result->err, "before it was begun"));
  g_autofree char *path = g_build_filename (f.folder, "order", NULL);
  g_autofree char *text = NULL;
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  ck_assert_str_eq (text, "x\n");
}
END_TEST

/* The agent goes and another comes. */
static void
replace_agent (const char *boot)
{
  g_clear_pointer (&f.runner, ems_runner_free);
  g_clear_pointer (&f.store, ems_step_store_free);
  open_store ();
  make_runner (boot, 4);
  g_autoptr (GPtrArray) open = ems_step_store_list_open (f.store);
  for (guint i = 0; i < open->len; i++)
    ems_runner_adopt (f.runner, g_ptr_array_index (open, i));
}

START_TEST (a_run_is_taken_over)
{
  put_script ("slow.sh", "echo $$ > pid; echo before; while [ ! -e go ]; do sleep 0.01; done; echo after; exit 5\n");
  submit ("slow", "slow.sh", "");
  read_number ("pid");
  replace_agent ("boot-1");
  ck_assert_uint_eq (ems_runner_get_n_running (f.runner), 1);
  g_autofree char *go = g_build_filename (f.folder, "go", NULL);
  ck_assert (g_file_set_contents (go, "", 0, NULL));
  VnfmScriptResult *result = wait_for ("slow");

  ck_assert_int_eq (result->status, 5);
  ck_assert_str_eq (result->output, "before\nafter\n");
}
END_TEST

START_TEST (a_run_that_was_taken_over_can_be_cancelled)
{
  put_script ("slow.sh", "echo $$ > pid; sleep 1000\n");
  submit ("slow", "slow.sh", "");
  int pid = read_number ("pid");
  replace_agent ("boot-1");

  ck_assert (ems_runner_cancel (f.runner, ems_step_store_lookup (f.store, "slow")));
  ck_assert_int_eq (wait_for ("slow")->status, -SIGTERM);
  ck_assert (is_gone (GINT_TO_POINTER (pid)));
}
END_TEST

static gboolean
has_outcome (gpointer step)
{
  EmsOutcome outcome;

  return ems_run_read_outcome (step, &outcome);
}

START_TEST (an_outcome_without_an_agent_is_found)
{
  put_script ("quick.sh", "echo done; exit 4\n");
  EmsStep *step = submit ("quick", "quick.sh", "");

  /* No main loop runs here: the agent hears nothing of it. */
  wait_deaf (has_outcome, step);
  replace_agent ("boot-1");
  VnfmScriptResult *result = wait_for ("quick");
  ck_assert_int_eq (result->status, 4);
  ck_assert_str_eq (result->output, "done\n");
}
END_TEST

START_TEST (a_reboot_is_told_from_a_restart)
{
  put_script ("slow.sh", "echo $$ > pid; echo before; sleep 1000\n");
  EmsStep *step = submit ("slow", "slow.sh", "");
  int pid = read_number ("pid");
  EmsProcesses processes;
  ck_assert (ems_run_read_processes (step, &processes));
  ck_assert_int_eq (processes.script, pid);
  ck_assert_int_eq (ems_process_get_start (pid), processes.script_start);
  kill ((pid_t)processes.supervisor, SIGKILL);
  wait_deaf (is_gone, GINT_TO_POINTER (pid));
  replace_agent ("boot-2");
  VnfmScriptResult *result = wait_for ("slow");

  ck_assert_int_eq (GPOINTER_TO_INT (g_hash_table_lookup (f.states, "slow")), EMS_STATE_DIED);
  ck_assert_int_eq (result->status, -SIGKILL);
  ck_assert_str_eq (result->output, "before\n");
  ck_assert_ptr_nonnull (strstr (result->err, "started anew"));
  kill (-pid, SIGKILL);
}
END_TEST

START_TEST (what_waited_gets_its_turn_from_the_next_agent)
{
  ems_runner_free (f.runner);
  make_runner ("boot-1", 1);
  put_script ("hold.sh", "echo $$ > pid; while [ ! -e go ]; do sleep 0.01; done\n");
  put_script ("next.sh", "echo x >> ran; echo $V\n");
  submit ("hold", "hold.sh", "");
  submit ("next", "next.sh", ",\"env\":{\"V\":\"kept\"}");
  read_number ("pid");
  replace_agent ("boot-1");
  ck_assert_str_eq (wait_for ("next")->output, "kept\n");
  g_autofree char *go = g_build_filename (f.folder, "go", NULL);
  ck_assert (g_file_set_contents (go, "", 0, NULL));
  wait_for ("hold");
  ck_assert_int_eq (g_hash_table_size (f.ended), 2);
}
END_TEST

START_TEST (what_cannot_be_recorded_is_not_run)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *steps = g_build_filename (f.folder, "steps", NULL);
  put_script ("mark.sh", "echo x > ran\n");
  EmsCommand *command = ems_command_new (EMS_ACTION_EXECUTE);
  command->payload = g_strdup ("mark.sh");
  EmsStep *step = ems_step_store_add (f.store, "s", TRUE, EMS_ACTION_EXECUTE);

  /* A file where the folder should be: it fails for root too. */
  vnfm_test_remove_folder (steps);
  ck_assert (g_file_set_contents (steps, "", 0, NULL));
  ck_assert (!ems_runner_submit (f.runner, step, command, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert_uint_eq (ems_runner_get_n_running (f.runner), 0);
  ck_assert (!has_file ((gpointer) "ran"));
}
END_TEST

static Suite *
script_runner_suite (void)
{
  Suite *suite = suite_create ("script-runner");
  TCase *output = tcase_create ("output");
  TCase *processes = tcase_create ("processes");
  TCase *restart = tcase_create ("restart");
  TCase *cases[] = { output, processes, restart };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    tcase_set_timeout (cases[i], 120);
    tcase_add_checked_fixture (cases[i], set_up, tear_down);
    suite_add_tcase (suite, cases[i]);
  }
  tcase_add_test (output, a_script_runs_and_its_streams_come_apart);
  tcase_add_test (output, status_says_how_it_ended);
  tcase_add_test (output, arguments_blanks_and_folders);
  tcase_add_test (output, interpreters);
  tcase_add_test (output, crlf_is_corrected_and_told);
  tcase_add_test (output, the_environment_is_exact);
  tcase_add_test (output, what_is_no_text_becomes_text);
  tcase_add_test (output, provides_are_read);
  tcase_add_test (output, much_output_is_capped_on_disk_too);
  tcase_add_test (output, a_command_may_ask_for_less);
  tcase_add_test (output, live_output_comes_in_order_with_offsets);
  tcase_add_test (processes, a_daemon_left_behind_blocks_nobody_and_lives);
  tcase_add_test (processes, a_daemon_does_not_fill_the_disk);
  tcase_add_test (processes, the_time_limit_kills_the_whole_group);
  tcase_add_test (processes, term_comes_before_kill);
  tcase_add_test (processes, cancelled);
  tcase_add_test (processes, a_script_that_kills_its_parent_is_told);
  tcase_add_test (processes, nothing_of_the_agent_is_inherited);
  tcase_add_test (processes, side_by_side_and_in_turn);
  tcase_add_test (restart, a_run_is_taken_over);
  tcase_add_test (restart, a_run_that_was_taken_over_can_be_cancelled);
  tcase_add_test (restart, an_outcome_without_an_agent_is_found);
  tcase_add_test (restart, a_reboot_is_told_from_a_restart);
  tcase_add_test (restart, what_waited_gets_its_turn_from_the_next_agent);
  tcase_add_test (restart, what_cannot_be_recorded_is_not_run);
  return suite;
}

VNFM_TEST_MAIN (script_runner_suite)
