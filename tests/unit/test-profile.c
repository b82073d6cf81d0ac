/* SPDX-License-Identifier: Apache-2.0 */
/* The profile: how values of each type are read, which layer wins and where a value came from, what check() finds, and
 * where secrets may stand. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-profile.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const VnfmKey keys[] = {
  { "site", "name", VNFM_KEY_STRING, "generic", "a string", VNFM_KEY_NONE, NULL },
  { "site", "comment", VNFM_KEY_STRING, NULL, "a string without a default", VNFM_KEY_NONE, NULL },
  { "site", "count", VNFM_KEY_INT, "7", "an integer", VNFM_KEY_OPERATION, NULL },
  { "site", "on", VNFM_KEY_BOOLEAN, "false", "a boolean", VNFM_KEY_NONE, NULL },
  { "site", "wait", VNFM_KEY_DURATION, "5m", "a duration", VNFM_KEY_OPERATION, NULL },
  { "site", "limit", VNFM_KEY_SIZE, "64K", "a size", VNFM_KEY_NONE, NULL },
  { "site", "list", VNFM_KEY_LIST, "a,b", "a list", VNFM_KEY_NONE, NULL },
  { "site", "path", VNFM_KEY_PATH, "/srv", "a path", VNFM_KEY_NONE, NULL },
  { "site", "mode", VNFM_KEY_CHOICE, "beside", "a choice", VNFM_KEY_NONE, "beside|instead" },
  { "site", "note", VNFM_KEY_STRING, NULL, "kept by an operation, unset", VNFM_KEY_OPERATION, NULL },
  { "site.sub", "passcode", VNFM_KEY_STRING, NULL, "a secret", VNFM_KEY_SECRET | VNFM_KEY_OPERATION, NULL },
  { "site.sub", "pin", VNFM_KEY_INT, NULL, "a secret number", VNFM_KEY_SECRET, NULL },
  {},
};

static char *folder;
static VnfmProfile *profile;

static void
set_up (void)
{
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  folder = vnfm_test_make_folder ();
  profile = vnfm_profile_new ();
  vnfm_profile_declare (profile, keys);
}

static void
tear_down (void)
{
  g_clear_object (&profile);
  vnfm_test_remove_folder (folder);
  g_clear_pointer (&folder, g_free);
}

/* Returns: (transfer full): the path. */
static char *
write_file (const char *name, const char *text, gssize length, int mode)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);

  g_file_set_contents (path, text, length, &error);
  ck_assert_no_error (error);
  ck_assert_int_eq (g_chmod (path, (mode_t)mode), 0);
  return path;
}

static void
load_text (const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = write_file (name, text, -1, 0600);

  ck_assert (vnfm_profile_load_file (profile, path, &error));
  ck_assert_no_error (error);
}

static void
expect_sound (void)
{
  g_autoptr (GError) error = NULL;

  ck_assert_msg (vnfm_profile_check (profile, NULL, &error), "%s", error != NULL ? error->message : "");
  ck_assert_no_error (error);
}

/* Returns: (transfer full): what check() finds. */
static char *
find_faults (void)
{
  g_autoptr (GError) error = NULL;

  ck_assert (!vnfm_profile_check (profile, NULL, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
  return g_strdup (error->message);
}

static void
expect_fault (const char *wanted)
{
  g_autofree char *faults = find_faults ();

  ck_assert_msg (strstr (faults, wanted) != NULL, "\"%s\" is not in: %s", wanted, faults);
  ck_assert_msg (strchr (faults, '\n') == NULL, "more than one finding: %s", faults);
}

static void
expect_refused (const char *path, VnfmError code, const char *wanted)
{
  g_autoptr (GError) error = NULL;

  ck_assert (!vnfm_profile_load_file (profile, path, &error));
  ck_assert_error (error, VNFM_ERROR, (int)code);
  ck_assert_msg (strstr (error->message, path) != NULL, "no path in: %s", error->message);
  ck_assert_msg (strstr (error->message, wanted) != NULL, "\"%s\" is not in: %s", wanted, error->message);
}

typedef struct {
  const char *group;
  const char *name;
  char *value;
  char *origin;
  gboolean found;
} Sought;

static void
seek (const VnfmKey *key, const char *value, const char *origin, gpointer data)
{
  Sought *sought = data;

  if (strcmp (key->group, sought->group) != 0 || strcmp (key->name, sought->name) != 0)
    return;
  sought->found = TRUE;
  sought->value = g_strdup (value);
  sought->origin = g_strdup (origin);
}

static void
expect_listed (const char *group, const char *name, const char *value, const char *origin)
{
  Sought sought = { group, name, NULL, NULL, FALSE };

  vnfm_profile_foreach (profile, seek, &sought);
  ck_assert (sought.found);
  ck_assert_pstr_eq (sought.value, value);
  ck_assert_str_eq (sought.origin, origin);
  g_free (sought.value);
  g_free (sought.origin);
}

/* ---- values */

START_TEST (defaults_are_read_as_if_written)
{
  g_auto (GStrv) list = vnfm_profile_get_list (profile, "site", "list");

  expect_sound ();
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "name"), "generic");
  ck_assert_ptr_null (vnfm_profile_get_string (profile, "site", "comment"));
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site", "count"), 7);
  ck_assert (!vnfm_profile_get_boolean (profile, "site", "on"));
  ck_assert_int_eq (vnfm_profile_get_duration (profile, "site", "wait"), 5 * G_TIME_SPAN_MINUTE);
  ck_assert_int_eq (vnfm_profile_get_size (profile, "site", "limit"), 65536);
  ck_assert_uint_eq (g_strv_length (list), 2);
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "path"), "/srv");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "mode"), "beside");
  expect_listed ("site", "count", "7", "default");
  expect_listed ("site", "comment", NULL, "default");
}
END_TEST

typedef struct {
  const char *name;
  const char *text;
  gint64 number; /* of a good one */
} Row;

static const Row good[] = {
  { "count", "0", 0 },
  { "count", "-12", -12 },
  { "count", "007", 7 },
  { "count", "9223372036854775807", G_MAXINT64 },
  { "count", "-9223372036854775808", G_MININT64 },
  { "wait", "500", 500 * G_TIME_SPAN_SECOND },
  { "wait", "0", 0 },
  { "wait", "9us", 9 },
  { "wait", "250ms", 250000 },
  { "wait", "30s", 30 * G_TIME_SPAN_SECOND },
  { "wait", "5m", 5 * G_TIME_SPAN_MINUTE },
  { "wait", "2h", 2 * G_TIME_SPAN_HOUR },
  { "wait", "7d", 7 * G_TIME_SPAN_DAY },
  { "wait", "9223372036854s", G_GINT64_CONSTANT (9223372036854000000) },
  { "limit", "4096", 4096 },
  { "limit", "0", 0 },
  { "limit", "64K", 65536 },
  { "limit", "16M", 16777216 },
  { "limit", "8G", G_GINT64_CONSTANT (8589934592) },
  { "on", "true", 1 },
  { "on", "yes", 1 },
  { "on", "on", 1 },
  { "on", "1", 1 },
  { "on", "false", 0 },
  { "on", "no", 0 },
  { "on", "off", 0 },
  { "on", "0", 0 },
};

START_TEST (good_numbers)
{
  const Row *row = &good[_i];
  gint64 number = 0;

  vnfm_profile_set (profile, "site", row->name, row->text, "--set");
  expect_sound ();
  if (strcmp (row->name, "count") == 0)
    number = vnfm_profile_get_int (profile, "site", row->name);
  else if (strcmp (row->name, "wait") == 0)
    number = vnfm_profile_get_duration (profile, "site", row->name);
  else if (strcmp (row->name, "limit") == 0)
    number = vnfm_profile_get_size (profile, "site", row->name);
  else
    number = vnfm_profile_get_boolean (profile, "site", row->name);
  ck_assert_msg (number == row->number, "%s: %" G_GINT64_FORMAT, row->text, number);
}
END_TEST

static const Row bad[] = {
  { "count", "", 0 },
  { "count", "seven", 0 },
  { "count", "7x", 0 },
  { "count", "1.5", 0 },
  { "count", "0x10", 0 },
  { "count", "+7", 0 },
  { "count", " 7", 0 },
  { "count", "-", 0 },
  { "count", "9223372036854775808", 0 },
  { "count", "-9223372036854775809", 0 },
  { "count", "99999999999999999999999", 0 },
  { "wait", "", 0 },
  { "wait", "5 m", 0 },
  { "wait", "5M", 0 },
  { "wait", "-5s", 0 },
  { "wait", "1w", 0 },
  { "wait", "m", 0 },
  { "wait", "9223372036855s", 0 },
  { "wait", "99999999999999999999us", 0 },
  { "limit", "16k", 0 },
  { "limit", "16MB", 0 },
  { "limit", "-1", 0 },
  { "limit", "8589934592G", 0 },
  { "limit", "99999999999999999999", 0 },
  { "on", "", 0 },
  { "on", "True", 0 },
  { "on", "2", 0 },
  { "path", "srv/x", 0 },
  { "path", "~/x", 0 },
  { "path", "", 0 },
  { "mode", "", 0 },
  { "mode", "besides", 0 },
  { "mode", "beside|instead", 0 },
};

START_TEST (bad_values)
{
  const Row *row = &bad[_i];
  g_autofree char *wanted = g_strdup_printf ("--set: [site] %s: \"%s\" is not ", row->name, row->text);

  vnfm_profile_set (profile, "site", row->name, row->text, "--set");
  expect_fault (wanted);
  /* What did not pass is not used. */
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site", "count"), 7);
  ck_assert_int_eq (vnfm_profile_get_duration (profile, "site", "wait"), 5 * G_TIME_SPAN_MINUTE);
  ck_assert_int_eq (vnfm_profile_get_size (profile, "site", "limit"), 65536);
  ck_assert (!vnfm_profile_get_boolean (profile, "site", "on"));
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "path"), "/srv");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "mode"), "beside");
}
END_TEST

START_TEST (a_choice_tells_what_there_is)
{
  vnfm_profile_set (profile, "site", "mode", "instead", "--set");
  expect_sound ();
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "mode"), "instead");
  vnfm_profile_set (profile, "site", "mode", "never", "--set");
  expect_fault ("\"never\" is not one of beside|instead");
}
END_TEST

START_TEST (lists)
{
  static const struct {
    const char *text;
    const char *joined;
  } rows[] = {
    { "", "" },           { "a", "a" },
    { "a,b;c", "a|b|c" }, { " a , b ;", "a|b" },
    { ",,;", "" },        { "two words,x", "two words|x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    vnfm_profile_set (profile, "site", "list", rows[i].text, "--set");
    expect_sound ();
    g_auto (GStrv) list = vnfm_profile_get_list (profile, "site", "list");
    g_autofree char *joined = g_strjoinv ("|", list);
    ck_assert_str_eq (joined, rows[i].joined);
  }
}
END_TEST

START_TEST (strings_keep_their_blanks_and_signs)
{
  load_text ("a.conf", "[site]\nname = a=b # no comment; [x] \xc3\xa4\ncomment=\\sled\\n\n");
  expect_sound ();
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "name"), "a=b # no comment; [x] \xc3\xa4");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "comment"), " led\n");
}
END_TEST

/* ---- layers */

START_TEST (the_later_layer_wins_and_is_told)
{
  g_autofree char *first = g_build_filename (folder, "first.conf", NULL);
  g_autofree char *second = g_build_filename (folder, "second.conf", NULL);
  g_autofree char *first_origin = g_strconcat (first, ":4", NULL);
  g_autofree char *second_origin = g_strconcat (second, ":5", NULL);

  load_text ("first.conf", "# a comment\n\n[site]\nname=first\ncount=1\nmode=instead\n");
  load_text ("second.conf", "[site.sub]\n\n  [site]\n# count=9\n  count  =  2\n");
  vnfm_profile_set (profile, "site", "mode", "beside", "--set");
  expect_sound ();
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "name"), "first");
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site", "count"), 2);
  expect_listed ("site", "name", "first", first_origin);
  expect_listed ("site", "count", "2", second_origin);
  expect_listed ("site", "mode", "beside", "--set");
}
END_TEST

START_TEST (a_key_given_twice_has_its_last_value_and_line)
{
  g_autofree char *path = g_build_filename (folder, "a.conf", NULL);
  g_autofree char *origin = g_strconcat (path, ":6", NULL);

  load_text ("a.conf", "[site]\ncount=1\ncount=2\n[site.sub]\n[site]\ncount=3\n");
  expect_sound ();
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site", "count"), 3);
  expect_listed ("site", "count", "3", origin);
}
END_TEST

START_TEST (a_key_declared_twice_is_the_first)
{
  static const VnfmKey again[] = {
    { "site", "count", VNFM_KEY_STRING, "other", "again", VNFM_KEY_NONE, NULL },
    {},
  };

  vnfm_profile_declare (profile, again);
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site", "count"), 7);
  expect_listed ("site", "count", "7", "default");
}
END_TEST

START_TEST (keys_may_be_declared_after_the_file_was_read)
{
  static const VnfmKey late[] = { { "late", "key", VNFM_KEY_INT, "1", "late", VNFM_KEY_NONE, NULL }, {} };

  load_text ("a.conf", "[late]\nkey=5\n");
  expect_fault ("a.conf:2: there is no group [late]");
  vnfm_profile_declare (profile, late);
  expect_sound ();
  ck_assert_int_eq (vnfm_profile_get_int (profile, "late", "key"), 5);
}
END_TEST

/* ---- findings */

START_TEST (an_unknown_key_is_told_with_its_neighbour)
{
  load_text ("a.conf", "[site]\n\ncuont=1\n");
  expect_fault ("a.conf:3: there is no key cuont in [site]; did you mean count?");
}
END_TEST

START_TEST (an_unknown_key_without_a_neighbour)
{
  load_text ("a.conf", "[site]\nthroughput=1\n");
  expect_fault ("a.conf:2: there is no key throughput in [site]");
  g_autofree char *faults = find_faults ();
  ck_assert_ptr_null (strstr (faults, "did you mean"));
}
END_TEST

START_TEST (a_very_long_key_is_no_harm)
{
  g_autofree char *long_name = g_strnfill (5000, 'k');

  vnfm_profile_set (profile, "site", long_name, "1", "--set");
  expect_fault ("--set: there is no key kkkk");
}
END_TEST

START_TEST (an_unknown_group_is_told)
{
  load_text ("a.conf", "[site]\ncount=1\n[stie]\ncount=1\n");
  expect_fault ("a.conf:4: there is no group [stie]");
}
END_TEST

START_TEST (all_findings_are_told_at_once)
{
  load_text ("a.conf", "[site]\ncount=x\nwait=y\n[nowhere]\nz=1\n");
  vnfm_profile_set (profile, "site", "count", "3", "--set");
  g_autofree char *faults = find_faults ();
  g_auto (GStrv) lines = g_strsplit (faults, "\n", -1);
  ck_assert_uint_eq (g_strv_length (lines), 3);
  ck_assert_ptr_nonnull (strstr (lines[0], "a.conf:2: "));
  ck_assert_ptr_nonnull (strstr (lines[1], "a.conf:3: "));
  ck_assert_ptr_nonnull (strstr (lines[2], "a.conf:5: "));
}
END_TEST

START_TEST (a_tolerated_group_is_warned_about_once)
{
  g_autoptr (GPtrArray) warnings = NULL;
  g_autoptr (GError) error = NULL;

  vnfm_profile_tolerate (profile, "amqp", "it is not installed");
  vnfm_profile_tolerate (profile, "unused", "never mind");
  load_text ("a.conf", "[amqp]\nhost=h\nport=x\n");
  ck_assert (vnfm_profile_check (profile, &warnings, &error));
  ck_assert_no_error (error);
  ck_assert_uint_eq (warnings->len, 1);
  const char *warning = g_ptr_array_index (warnings, 0);
  ck_assert_ptr_nonnull (strstr (warning, "a.conf:2: [amqp] "));
  ck_assert_ptr_nonnull (strstr (warning, "it is not installed"));
}
END_TEST

/* ---- files */

START_TEST (windows_line_ends)
{
  g_autofree char *path = g_build_filename (folder, "a.conf", NULL);
  g_autofree char *origin = g_strconcat (path, ":3", NULL);

  load_text ("a.conf", "[site]\r\n\r\ncount=5\r\nname=abc\r\npath=/x\r");
  expect_sound ();
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site", "count"), 5);
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "name"), "abc");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "path"), "/x");
  expect_listed ("site", "count", "5", origin);
}
END_TEST

START_TEST (text_that_is_not_utf_8_is_refused)
{
  g_autofree char *latin = write_file ("latin.conf", "[site]\nname=M\xfcnchen\n", -1, 0600);
  g_autofree char *zero = write_file ("zero.conf", "[site]\nname=a\0b\n", 16, 0600);

  expect_refused (latin, VNFM_ERROR_CONFIG, "not UTF-8");
  expect_refused (zero, VNFM_ERROR_CONFIG, "not UTF-8");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site", "name"), "generic");
}
END_TEST

START_TEST (a_syntax_error_is_told_with_its_line)
{
  static const struct {
    const char *text;
    const char *where;
  } rows[] = {
    { "[site]\ncount=1\nnonsense\n", ":3: " },
    { "count=1\n", ":1: " },
    { "\n# x\n[site\ncount=1\n", ":3: " },
    { "[site]\n=1\n", ":2: " },
    { "[site]\nc[=1\n", ":2: " },
    { "[site]\n\n[a[b]\n", ":3: " },
    { "[site]\ncount=1\n[]\n", ":3: " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = write_file ("bad.conf", rows[i].text, -1, 0600);
    g_autofree char *wanted = g_strconcat (path, rows[i].where, NULL);
    expect_refused (path, VNFM_ERROR_CONFIG, wanted);
  }
}
END_TEST

START_TEST (files_that_are_not_there)
{
  g_autofree char *path = g_build_filename (folder, "none.conf", NULL);

  expect_refused (path, VNFM_ERROR_NOT_FOUND, "No such file");
  expect_refused (folder, VNFM_ERROR_NOT_FOUND, "no regular file");
}
END_TEST

START_TEST (a_file_without_end_is_refused)
{
  gsize size = 1024 * 1024 + 1;
  g_autofree char *text = g_strnfill (size, '#');
  g_autofree char *path = write_file ("big.conf", text, (gssize)size, 0600);

  expect_refused (path, VNFM_ERROR_LIMIT, "larger");
}
END_TEST

/* ---- secrets */

START_TEST (a_secret_is_masked_wherever_it_is_listed)
{
  expect_listed ("site.sub", "passcode", NULL, "default");
  vnfm_profile_set (profile, "site.sub", "passcode", "opensesame", "--set");
  expect_sound ();
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site.sub", "passcode"), "opensesame");
  expect_listed ("site.sub", "passcode", "********", "--set");
}
END_TEST

START_TEST (a_bad_secret_is_not_told)
{
  vnfm_profile_set (profile, "site.sub", "pin", "12x34", "--set");
  expect_fault ("[site.sub] pin: its value is not a whole number");
  g_autofree char *faults = find_faults ();
  ck_assert_ptr_null (strstr (faults, "12x34"));
}
END_TEST

START_TEST (a_secret_in_a_file_that_others_can_read)
{
  static const int modes[] = { 0640, 0604, 0644, 0600, 0400 };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autofree char *path = write_file ("a.conf", "[site.sub]\npasscode=opensesame\n", -1, modes[i]);
    g_autoptr (GError) error = NULL;

    g_clear_object (&profile);
    profile = vnfm_profile_new ();
    vnfm_profile_declare (profile, keys);
    ck_assert (vnfm_profile_load_file (profile, path, &error));
    if ((modes[i] & 0077) == 0)
      expect_sound ();
    else
      expect_fault ("a.conf:2: [site.sub] passcode is a secret, and others can read the file");
  }
}
END_TEST

START_TEST (a_file_without_secrets_may_be_read_by_all)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = write_file ("secret", "opensesame\n", -1, 0600);
  g_autofree char *text = g_strdup_printf ("[site]\ncount=1\n[site.sub]\npasscode-file=%s\n", secret);
  g_autofree char *path = write_file ("a.conf", text, -1, 0644);
  g_autofree char *origin = g_strconcat (path, ":4", NULL);

  ck_assert (vnfm_profile_load_file (profile, path, &error));
  expect_sound ();
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site.sub", "passcode"), "opensesame");
  expect_listed ("site.sub", "passcode", "********", origin);
}
END_TEST

START_TEST (the_file_of_a_secret_is_looked_at)
{
  g_autofree char *open = write_file ("open", "opensesame\n", -1, 0644);
  g_autofree char *missing = g_build_filename (folder, "missing", NULL);
  g_autofree char *text = g_strdup_printf ("[site.sub]\npasscode-file=%s\n", open);

  load_text ("a.conf", text);
  expect_fault ("a.conf:2: [site.sub] passcode-file: others can read");
  g_chmod (open, 0600);
  expect_sound ();
  vnfm_profile_set (profile, "site.sub", "passcode-file", missing, "--set");
  expect_fault ("--set: [site.sub] passcode-file: ");
  vnfm_profile_set (profile, "site.sub", "passcode-file", "relative", "--set");
  g_autofree char *faults = find_faults ();
  ck_assert_ptr_nonnull (strstr (faults, "\"relative\" is not an absolute path"));
}
END_TEST

START_TEST (only_a_secret_has_a_file)
{
  vnfm_profile_set (profile, "site", "name-file", "/dev/null", "--set");
  expect_fault ("there is no key name-file in [site]");
}
END_TEST

START_TEST (of_a_secret_and_its_file_the_later_wins)
{
  g_autofree char *one = write_file ("one", "from-one\n", -1, 0600);
  g_autofree char *two = write_file ("two", "from-two", -1, 0600);

  vnfm_profile_set (profile, "site.sub", "passcode", "written", "a");
  vnfm_profile_set (profile, "site.sub", "passcode-file", one, "b");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site.sub", "passcode"), "from-one");
  vnfm_profile_set (profile, "site.sub", "passcode-file", two, "c");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site.sub", "passcode"), "from-two");
  expect_listed ("site.sub", "passcode", "********", "c");
  vnfm_profile_set (profile, "site.sub", "passcode", "rewritten", "d");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site.sub", "passcode"), "rewritten");
  expect_listed ("site.sub", "passcode", "********", "d");
}
END_TEST

START_TEST (credentials_of_systemd)
{
  g_autofree char *path = write_file ("site.sub.passcode", "from systemd \n\n", -1, 0440);

  g_setenv ("CREDENTIALS_DIRECTORY", folder, TRUE);
  expect_sound ();
  /* Line ends are dropped; blanks may be meant. */
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site.sub", "passcode"), "from systemd ");
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site.sub", "pin"), 0);
  expect_listed ("site.sub", "passcode", "********", "credential");
  expect_listed ("site.sub", "pin", NULL, "default");
  vnfm_profile_set (profile, "site.sub", "passcode", "written", "--set");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "site.sub", "passcode"), "written");
  g_unsetenv ("CREDENTIALS_DIRECTORY");
}
END_TEST

START_TEST (a_secret_number_in_a_file)
{
  g_autofree char *path = write_file ("pin", "1234\n", -1, 0600);
  g_autofree char *wrong = write_file ("wrong", "12x34\n", -1, 0600);

  vnfm_profile_set (profile, "site.sub", "pin-file", path, "--set");
  expect_sound ();
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site.sub", "pin"), 1234);
  vnfm_profile_set (profile, "site.sub", "pin-file", wrong, "--set");
  expect_fault ("[site.sub] pin-file: its value is not a whole number");
  g_autofree char *faults = find_faults ();
  ck_assert_ptr_null (strstr (faults, "12x34"));
}
END_TEST

/* ---- freezing */

START_TEST (an_operation_keeps_what_it_began_with)
{
  g_autoptr (GError) error = NULL;

  vnfm_profile_set (profile, "site", "count", "1", "--set");
  vnfm_profile_set (profile, "site", "name", "old", "--set");
  g_autoptr (GBytes) frozen = vnfm_profile_freeze (profile);
  vnfm_profile_set (profile, "site", "count", "2", "--set");
  vnfm_profile_set (profile, "site", "wait", "1s", "--set");
  vnfm_profile_set (profile, "site", "name", "new", "--set");
  vnfm_profile_set (profile, "site", "note", "set since", "--set");

  g_autoptr (VnfmProfile) thawed = vnfm_profile_thaw (profile, frozen, &error);
  ck_assert_no_error (error);
  ck_assert_int_eq (vnfm_profile_get_int (thawed, "site", "count"), 1);
  ck_assert_int_eq (vnfm_profile_get_duration (thawed, "site", "wait"), 5 * G_TIME_SPAN_MINUTE);
  ck_assert_ptr_null (vnfm_profile_get_string (thawed, "site", "note"));
  /* No key of operations: as it is today. */
  ck_assert_str_eq (vnfm_profile_get_string (thawed, "site", "name"), "new");
  /* Today's is untouched. */
  ck_assert_int_eq (vnfm_profile_get_int (profile, "site", "count"), 2);
  g_autoptr (GBytes) again = vnfm_profile_freeze (thawed);
  ck_assert (g_bytes_equal (frozen, again));
}
END_TEST

START_TEST (no_secret_is_frozen)
{
  vnfm_profile_set (profile, "site.sub", "passcode", "opensesame", "--set");
  g_autoptr (GBytes) frozen = vnfm_profile_freeze (profile);
  gsize length = 0;
  const char *text = g_bytes_get_data (frozen, &length);
  ck_assert_ptr_null (g_strstr_len (text, (gssize)length, "opensesame"));
}
END_TEST

START_TEST (what_cannot_be_thawed)
{
  static const char *const texts[] = { "", "[]", "{\"site/count\":", "7" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new_static (texts[i], strlen (texts[i]));
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (vnfm_profile_thaw (profile, bytes, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
    ck_assert_ptr_nonnull (strstr (error->message, "the settings it began with: "));
  }
}
END_TEST

START_TEST (frozen_keys_that_are_gone_are_no_harm)
{
  const char *text = "{\"gone/key\":\"1\",\"gone/unset\":null,\"noslash\":\"2\",\"site/count\":\"4\",\"site/wait\":5}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmProfile) thawed = vnfm_profile_thaw (profile, bytes, &error);

  ck_assert_no_error (error);
  ck_assert_int_eq (vnfm_profile_get_int (thawed, "site", "count"), 4);
}
END_TEST

static TCase *
make_case (Suite *suite, const char *name)
{
  TCase *test_case = tcase_create (name);

  tcase_add_checked_fixture (test_case, set_up, tear_down);
  suite_add_tcase (suite, test_case);
  return test_case;
}

static void
add_secrets (Suite *suite)
{
  TCase *secrets = make_case (suite, "secrets");

  tcase_add_test (secrets, a_secret_is_masked_wherever_it_is_listed);
  tcase_add_test (secrets, a_bad_secret_is_not_told);
  tcase_add_test (secrets, a_secret_in_a_file_that_others_can_read);
  tcase_add_test (secrets, a_file_without_secrets_may_be_read_by_all);
  tcase_add_test (secrets, the_file_of_a_secret_is_looked_at);
  tcase_add_test (secrets, only_a_secret_has_a_file);
  tcase_add_test (secrets, of_a_secret_and_its_file_the_later_wins);
  tcase_add_test (secrets, credentials_of_systemd);
  tcase_add_test (secrets, a_secret_number_in_a_file);
}

static Suite *
profile_suite (void)
{
  Suite *suite = suite_create ("profile");
  TCase *values = make_case (suite, "values");
  TCase *layers = make_case (suite, "layers");
  TCase *findings = make_case (suite, "findings");
  TCase *files = make_case (suite, "files");
  TCase *freezing = make_case (suite, "freezing");

  tcase_add_test (values, defaults_are_read_as_if_written);
  tcase_add_loop_test (values, good_numbers, 0, G_N_ELEMENTS (good));
  tcase_add_loop_test (values, bad_values, 0, G_N_ELEMENTS (bad));
  tcase_add_test (values, a_choice_tells_what_there_is);
  tcase_add_test (values, lists);
  tcase_add_test (values, strings_keep_their_blanks_and_signs);
  tcase_add_test (layers, the_later_layer_wins_and_is_told);
  tcase_add_test (layers, a_key_given_twice_has_its_last_value_and_line);
  tcase_add_test (layers, a_key_declared_twice_is_the_first);
  tcase_add_test (layers, keys_may_be_declared_after_the_file_was_read);
  tcase_add_test (findings, an_unknown_key_is_told_with_its_neighbour);
  tcase_add_test (findings, an_unknown_key_without_a_neighbour);
  tcase_add_test (findings, a_very_long_key_is_no_harm);
  tcase_add_test (findings, an_unknown_group_is_told);
  tcase_add_test (findings, all_findings_are_told_at_once);
  tcase_add_test (findings, a_tolerated_group_is_warned_about_once);
  tcase_add_test (files, windows_line_ends);
  tcase_add_test (files, text_that_is_not_utf_8_is_refused);
  tcase_add_test (files, a_syntax_error_is_told_with_its_line);
  tcase_add_test (files, files_that_are_not_there);
  tcase_add_test (files, a_file_without_end_is_refused);
  add_secrets (suite);
  tcase_add_test (freezing, an_operation_keeps_what_it_began_with);
  tcase_add_test (freezing, no_secret_is_frozen);
  tcase_add_test (freezing, what_cannot_be_thawed);
  tcase_add_test (freezing, frozen_keys_that_are_gone_are_no_harm);
  return suite;
}

VNFM_TEST_MAIN (profile_suite)
