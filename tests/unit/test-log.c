/* SPDX-License-Identifier: Apache-2.0 */
/* The log writer, seen through the stderr of the process: levels, secrets, and text from outside. */
#include "config.h"

#include "core/host/log.h"
#include "tests/support/vnfm-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static int kept_stderr;
static char *path;
static GLogLevelFlags fatal;

/* From here to read_log() stderr is a file; warnings are what is tested, so they end no test. */
static void
start_log (int verbose)
{
  g_autoptr (GError) error = NULL;
  int file = g_file_open_tmp ("vnfm-test-log-XXXXXX", &path, &error);

  ck_assert_no_error (error);
  fflush (stderr);
  kept_stderr = dup (STDERR_FILENO);
  ck_assert_int_ge (dup2 (file, STDERR_FILENO), 0);
  close (file);
  fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  host_log_init ("program", verbose);
}

/* In a file each message begins with its time. Returns: (transfer full): without it. */
static char *
cut_times (const char *text)
{
  g_autoptr (GRegex) time =
      g_regex_new ("^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z (?=program: )", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GRegex) bare = g_regex_new ("^program: ", G_REGEX_MULTILINE, 0, NULL);

  ck_assert (!g_regex_match (bare, text, 0, NULL));
  return g_regex_replace_literal (time, text, -1, 0, "", 0, NULL);
}

/* Returns: (transfer full): what was written, without the times. */
static char *
read_log (void)
{
  g_autofree char *text = NULL;

  fflush (stderr);
  ck_assert_int_ge (dup2 (kept_stderr, STDERR_FILENO), 0);
  close (kept_stderr);
  g_log_set_always_fatal (fatal);
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  g_remove (path);
  g_clear_pointer (&path, g_free);
  return cut_times (text);
}

static void
clean_environment (void)
{
  g_unsetenv ("VNFM_LOG");
}

static void
say_all (void)
{
  g_warning ("w");
  g_message ("m");
  g_info ("i");
  g_debug ("d");
}

static const struct {
  const char *environment;
  int verbose;
  const char *written;
} levels[] = {
  { NULL, 0, "program: warning: w\nprogram: m\n" },
  { NULL, 1, "program: warning: w\nprogram: m\nprogram: i\n" },
  { NULL, 2, "program: warning: w\nprogram: m\nprogram: i\nprogram: d\n" },
  { NULL, 9, "program: warning: w\nprogram: m\nprogram: i\nprogram: d\n" },
  { "", 0, "program: warning: w\nprogram: m\n" },
  { "message", 1, "program: warning: w\nprogram: m\nprogram: i\n" },
  { "info", 0, "program: warning: w\nprogram: m\nprogram: i\n" },
  { "debug", 1, "program: warning: w\nprogram: m\nprogram: i\nprogram: d\n" },
  { "loud", 0,
    "program: warning: VNFM_LOG=loud is not one of message, info, debug\n"
    "program: warning: w\nprogram: m\n" },
};

START_TEST (levels_of_option_and_environment)
{
  if (levels[_i].environment != NULL)
    g_setenv ("VNFM_LOG", levels[_i].environment, TRUE);
  start_log (levels[_i].verbose);
  say_all ();
  g_autofree char *log = read_log ();
  ck_assert_str_eq (log, levels[_i].written);
}
END_TEST

START_TEST (secrets_are_masked)
{
  host_log_mask ("hunter2");
  host_log_mask ("hunter2");
  host_log_mask ("hunter2-and-more");
  host_log_mask ("short");
  host_log_mask ("");
  host_log_mask (NULL);
  start_log (2);
  g_message ("hunter2, hunter2-and-more and hunter2hunter2; short is no secret");
  g_warning ("hunter2");
  g_debug ("hunter2");
  g_message ("hunter");
  g_autofree char *log = read_log ();
  ck_assert_str_eq (log, "program: ********, ******** and ****************; short is no secret\n"
                         "program: warning: ********\n"
                         "program: ********\n"
                         "program: hunter\n");
}
END_TEST

START_TEST (a_message_of_known_length_is_masked_too)
{
  static const char text[] = "hunter2 is it";
  const GLogField fields[] = { { "PRIORITY", "5", -1 }, { "MESSAGE", text, sizeof text - 1 - strlen (" it") } };
  const GLogField none[] = { { "PRIORITY", "5", -1 } };

  host_log_mask ("hunter2");
  start_log (0);
  g_log_structured_array (G_LOG_LEVEL_MESSAGE, fields, G_N_ELEMENTS (fields));
  g_log_structured_array (G_LOG_LEVEL_MESSAGE, none, G_N_ELEMENTS (none));
  g_autofree char *log = read_log ();
  ck_assert_str_eq (log, "program: ******** is\n");
}
END_TEST

START_TEST (text_from_outside_neither_forges_nor_colours_a_line)
{
  start_log (0);
  g_message ("VNF a\nprogram: warning: all is lost\r\033[31m\a\302\233x\177\tend");
  g_message ("not UTF-8: \377; M\303\274nchen");
  g_autofree char *log = read_log ();
  ck_assert_str_eq (log, "program: VNF a\n"
                         "    program: warning: all is lost\\x0d\\x1b[31m\\x07\\x9bx\\x7f\tend\n"
                         "program: not UTF-8: \357\277\275; M\303\274nchen\n");
}
END_TEST

START_TEST (a_complaint_is_told_once_and_its_end_once)
{
  HostComplaint complaint = { 0 };

  start_log (0);
  host_complaint_end (&complaint, "nothing was wrong");
  for (int i = 0; i < 3; i++)
    host_complaint_tell (&complaint, "broker %s: refused", "b");
  for (int i = 0; i < 3; i++)
    host_complaint_tell (&complaint, "broker %s: no such host", "b");
  for (int i = 0; i < 3; i++)
    host_complaint_end (&complaint, "broker %s is back", "b");
  host_complaint_tell (&complaint, "broker %s: refused", "b");
  host_complaint_clear (&complaint);
  g_autofree char *log = read_log ();
  ck_assert_str_eq (log, "program: warning: broker b: refused\n"
                         "program: warning: broker b: no such host\n"
                         "program: broker b is back\n"
                         "program: warning: broker b: refused\n");
}
END_TEST

static Suite *
log_suite (void)
{
  Suite *suite = suite_create ("log");
  TCase *tcase = tcase_create ("all");

  tcase_add_checked_fixture (tcase, clean_environment, clean_environment);
  tcase_add_loop_test (tcase, levels_of_option_and_environment, 0, G_N_ELEMENTS (levels));
  tcase_add_test (tcase, secrets_are_masked);
  tcase_add_test (tcase, a_message_of_known_length_is_masked_too);
  tcase_add_test (tcase, text_from_outside_neither_forges_nor_colours_a_line);
  tcase_add_test (tcase, a_complaint_is_told_once_and_its_end_once);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (log_suite)
