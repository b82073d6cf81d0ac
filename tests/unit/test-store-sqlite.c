/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite store: what was committed is there, in order, whole, and owned by one. The disk's failures are made in
 * tests/support/sqlite-fault.c; a crash is a child process that is killed. */
#include "config.h"

#include "plugins/store-sqlite/database.h"
#include "plugins/store-sqlite/schema.h"
#include "plugins/store-sqlite/sqlite-store.h"
#include "tests/support/sqlite-fault.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static void
set_up (void)
{
  g_autofree char *outer = vnfm_test_make_folder ();

  folder = g_build_filename (outer, "state", NULL);
}

static void
tear_down (void)
{
  g_autofree char *outer = g_path_get_dirname (folder);

  vnfm_test_remove_folder (outer);
  g_clear_pointer (&folder, g_free);
}

static SqliteStore *
make_store (const char *state_dir, const char *path, const char *synchronous)
{
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (VnfmContext) context = vnfm_context_new (profile, clock);

  vnfm_profile_declare (profile, sqlite_store_keys);
  if (path != NULL)
    vnfm_profile_set (profile, "sqlite", "path", path, "test");
  if (synchronous != NULL)
    vnfm_profile_set (profile, "sqlite", "synchronous", synchronous, "test");
  vnfm_context_set_state_dir (context, state_dir);
  return g_object_new (SQLITE_TYPE_STORE, "context", context, NULL);
}

static VnfmStore *
open_store_with (const char *synchronous)
{
  g_autoptr (GError) error = NULL;
  SqliteStore *self = make_store (folder, NULL, synchronous);

  ck_assert_msg (vnfm_extension_start (VNFM_EXTENSION (self), &error), "%s", error != NULL ? error->message : "");
  ck_assert_no_error (error);
  return VNFM_STORE (self);
}

static VnfmStore *
open_store (void)
{
  return open_store_with ("full");
}

static void
close_store (VnfmStore *self)
{
  vnfm_extension_stop (VNFM_EXTENSION (self));
  g_object_unref (self);
}

/* It must not start, and say why. */
static void
expect_refusal (const char *state_dir, const char *path, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SqliteStore) self = make_store (state_dir, path, NULL);

  ck_assert (!vnfm_extension_start (VNFM_EXTENSION (self), &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert_msg (strstr (error->message, part) != NULL, "\"%s\" does not say \"%s\"", error->message, part);
}

static void
put (VnfmStoreBatch *batch, const char *key, const char *value)
{
  g_autoptr (GBytes) bytes = g_bytes_new (value, strlen (value));

  vnfm_store_batch_put (batch, "journal", key, bytes);
}

/* (transfer full) (nullable): the error. */
static GError *
commit (VnfmStore *self, VnfmStoreBatch *batch)
{
  VnfmTestCall call = { 0 };
  GError *error = NULL;

  vnfm_store_commit_async (self, batch, NULL, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  gboolean ok = vnfm_store_commit_finish (self, result, &error);
  ck_assert_int_eq (ok, error == NULL);
  return error;
}

static void
commit_ok (VnfmStore *self, VnfmStoreBatch *batch)
{
  g_autoptr (GError) error = commit (self, batch);

  ck_assert_no_error (error);
}

static void
put_now (VnfmStore *self, const char *key, const char *value)
{
  VnfmStoreBatch *batch = vnfm_store_batch_new ();

  put (batch, key, value);
  commit_ok (self, batch);
}

static GPtrArray *
load_items (VnfmStore *self, const char *space, const char *prefix, GError **error)
{
  VnfmTestCall call = { 0 };

  vnfm_store_load_async (self, space, prefix, NULL, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  return vnfm_store_load_finish (self, result, error);
}

/* "key=value;key=value": (transfer full). */
static char *
load (VnfmStore *self, const char *space, const char *prefix)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = load_items (self, space, prefix, &error);
  GString *text = g_string_new (NULL);

  ck_assert_no_error (error);
  for (guint i = 0; i < items->len; i++) {
    VnfmStoreItem *item = items->pdata[i];
    g_string_append_printf (text, "%s%s=", i > 0 ? ";" : "", item->key);
    g_string_append_len (text, g_bytes_get_data (item->value, NULL), (gssize)g_bytes_get_size (item->value));
  }
  return g_string_free (text, FALSE);
}

static void
expect (VnfmStore *self, const char *prefix, const char *expected)
{
  g_autofree char *text = load (self, "journal", prefix);

  ck_assert_str_eq (text, expected);
}

/* ---- keeping */

START_TEST (what_was_committed_is_there_after_reopening)
{
  VnfmStore *self = open_store ();
  VnfmStoreBatch *batch = vnfm_store_batch_new ();

  put (batch, "b", "2");
  put (batch, "a", "1");
  put (batch, "empty", "");
  put (batch, "", "no key");
  commit_ok (self, batch);
  put_now (self, "a", "1 again");
  close_store (self);

  self = open_store ();
  expect (self, "", "=no key;a=1 again;b=2;empty=");
  expect (self, "b", "b=2");
  expect (self, "c", "");
  close_store (self);
}
END_TEST

START_TEST (values_are_bytes)
{
  guint8 all[256];
  VnfmStore *self = open_store ();
  VnfmStoreBatch *batch = vnfm_store_batch_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < sizeof all; i++)
    all[i] = (guint8)i;
  g_autoptr (GBytes) bytes = g_bytes_new (all, sizeof all);
  g_autofree char *big = g_strnfill (3 * 1024 * 1024, 'x');
  g_autoptr (GBytes) big_bytes = g_bytes_new (big, strlen (big));
  vnfm_store_batch_put (batch, "one", "all", bytes);
  vnfm_store_batch_put (batch, "one", "big", big_bytes);
  commit_ok (self, batch);
  g_autoptr (GPtrArray) items = load_items (self, "one", "", &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (items->len, 2);
  ck_assert (g_bytes_equal (((VnfmStoreItem *)items->pdata[0])->value, bytes));
  ck_assert (g_bytes_equal (((VnfmStoreItem *)items->pdata[1])->value, big_bytes));
  close_store (self);
}
END_TEST

static VnfmStore *abandoned;

/* Runs @function in a process that is killed then. */
static void
crash_after (void (*function) (void))
{
  pid_t child = fork ();
  int status = 0;

  if (child == 0) {
    function ();
    raise (SIGKILL);
  }
  ck_assert_int_gt (child, 0);
  ck_assert_int_eq (waitpid (child, &status, 0), child);
  ck_assert (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

static void
commit_some (void)
{
  abandoned = open_store ();
  put_now (abandoned, "a", "1");
  put_now (abandoned, "b", "2");
}

START_TEST (what_was_committed_is_there_after_a_crash)
{
  crash_after (commit_some);
  VnfmStore *self = open_store ();
  expect (self, "", "a=1;b=2");
  close_store (self);
}
END_TEST

START_TEST (a_batch_is_applied_in_order)
{
  VnfmStore *self = open_store ();
  VnfmStoreBatch *batch = vnfm_store_batch_new ();

  put (batch, "op/1", "old");
  put (batch, "op/1/step", "x");
  vnfm_store_batch_delete_prefix (batch, "journal", "op/1");
  put (batch, "op/1", "new");
  put (batch, "gone", "x");
  vnfm_store_batch_delete (batch, "journal", "gone");
  vnfm_store_batch_delete (batch, "journal", "never was");
  ck_assert_uint_eq (vnfm_store_batch_get_length (batch), 7);
  commit_ok (self, batch);
  expect (self, "", "op/1=new");
  commit_ok (self, vnfm_store_batch_new ());
  close_store (self);
}
END_TEST

START_TEST (prefixes_are_taken_byte_by_byte)
{
  VnfmStore *self = open_store ();
  VnfmStoreBatch *batch = vnfm_store_batch_new ();

  put (batch, "a%", "1");
  put (batch, "a%b", "2");
  put (batch, "a_b", "3");
  put (batch, "axb", "4");
  put (batch, "A%", "5");
  put (batch, "\xff", "6");
  put (batch, "\xff\xff", "7");
  put (batch, "\xff\xff\x01", "8");
  put (batch, "a\xff", "9");
  put (batch, "a\xff\xff", "10");
  put (batch, "b", "11");
  put (batch, "\xc3\xa4", "12");
  commit_ok (self, batch);
  expect (self, "a%", "a%=1;a%b=2");
  expect (self, "a_", "a_b=3");
  expect (self, "\xff\xff", "\xff\xff=7;\xff\xff\x01=8");
  expect (self, "a\xff", "a\xff=9;a\xff\xff=10");
  expect (self, "\xc3", "\xc3\xa4=12");
  batch = vnfm_store_batch_new ();
  vnfm_store_batch_delete_prefix (batch, "journal", "a_");
  vnfm_store_batch_delete_prefix (batch, "journal", "a%");
  vnfm_store_batch_delete_prefix (batch, "journal", "\xff\xff");
  commit_ok (self, batch);
  expect (self, "", "A%=5;axb=4;a\xff=9;a\xff\xff=10;b=11;\xc3\xa4=12;\xff=6");
  close_store (self);
}
END_TEST

START_TEST (spaces_are_apart)
{
  VnfmStore *self = open_store ();
  VnfmStoreBatch *batch = vnfm_store_batch_new ();
  g_autoptr (GBytes) bytes = g_bytes_new ("x", 1);

  vnfm_store_batch_put (batch, "journal", "k", bytes);
  vnfm_store_batch_put (batch, "journal2", "k", bytes);
  vnfm_store_batch_put (batch, "ems-agent", "k", bytes);
  vnfm_store_batch_delete_prefix (batch, "journal", "");
  commit_ok (self, batch);
  g_autofree char *journal = load (self, "journal", "");
  g_autofree char *journal2 = load (self, "journal2", "");
  g_autofree char *agent = load (self, "ems-agent", "k");
  ck_assert_str_eq (journal, "");
  ck_assert_str_eq (journal2, "k=x");
  ck_assert_str_eq (agent, "k=x");
  close_store (self);
}
END_TEST

/* ---- order and groups */

typedef struct {
  guint count;
  guint failed;
  GString *order;
} Commits;

typedef struct {
  Commits *commits;
  char name;
} Commit;

static void
commit_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Commit *self = data;
  g_autoptr (GError) error = NULL;

  if (!vnfm_store_commit_finish (VNFM_STORE (source), result, &error)) {
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
    self->commits->failed++;
  }
  g_string_append_c (self->commits->order, self->name);
  self->commits->count--;
  g_free (self);
}

static gboolean
commits_are_done (gpointer data)
{
  return ((Commits *)data)->count == 0;
}

static void
begin_commit (VnfmStore *self, Commits *commits, char name)
{
  Commit *commit = g_new (Commit, 1);
  VnfmStoreBatch *batch = vnfm_store_batch_new ();
  char key[2] = { name, '\0' };

  *commit = (Commit){ .commits = commits, .name = name };
  commits->count++;
  put (batch, key, "x");
  vnfm_store_commit_async (self, batch, NULL, commit_done, commit);
}

START_TEST (commits_that_wait_share_one_sync)
{
  VnfmStore *self = open_store ();
  g_autoptr (GString) order = g_string_new (NULL);
  Commits commits = { .order = order };
  guint before[2], after[2];

  put_now (self, "first", "x");
  sqlite_store_get_counters (SQLITE_STORE (self), &before[0], &before[1]);
  guint syncs = sqlite_fault_get_syncs ();
  sqlite_fault_hold ();
  begin_commit (self, &commits, 'a');
  sqlite_fault_wait_held ();
  for (char name = 'b'; name <= 'z'; name++)
    begin_commit (self, &commits, name);
  sqlite_fault_let_go ();
  vnfm_test_wait_until (commits_are_done, &commits);
  ck_assert_str_eq (order->str, "abcdefghijklmnopqrstuvwxyz");
  sqlite_store_get_counters (SQLITE_STORE (self), &after[0], &after[1]);
  ck_assert_uint_eq (after[0] - before[0], 26);
  ck_assert_uint_eq (after[1] - before[1], 2);
  ck_assert_uint_eq (sqlite_fault_get_syncs () - syncs, 2);
  close_store (self);
}
END_TEST

START_TEST (a_load_sees_the_commits_before_it)
{
  VnfmStore *self = open_store ();
  g_autoptr (GString) order = g_string_new (NULL);
  Commits commits = { .order = order };

  begin_commit (self, &commits, 'a');
  begin_commit (self, &commits, 'b');
  expect (self, "", "a=x;b=x");
  ck_assert_str_eq (order->str, "ab");
  close_store (self);
}
END_TEST

START_TEST (stop_waits_for_what_was_asked)
{
  VnfmStore *self = open_store ();
  g_autoptr (GString) order = g_string_new (NULL);
  Commits commits = { .order = order };

  for (char name = 'a'; name <= 'f'; name++)
    begin_commit (self, &commits, name);
  vnfm_extension_stop (VNFM_EXTENSION (self));
  begin_commit (self, &commits, 'g');
  vnfm_test_wait_until (commits_are_done, &commits);
  ck_assert_uint_eq (commits.failed, 1);
  g_object_unref (self);
  self = open_store ();
  expect (self, "", "a=x;b=x;c=x;d=x;e=x;f=x");
  close_store (self);
}
END_TEST

START_TEST (answers_come_in_the_context_of_the_caller)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  VnfmStore *self = open_store ();

  g_main_context_push_thread_default (context);
  put_now (self, "a", "1");
  expect (self, "", "a=1");
  g_main_context_pop_thread_default (context);
  close_store (self);
}
END_TEST

START_TEST (a_cancelled_call_does_nothing)
{
  VnfmStore *self = open_store ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  VnfmTestCall call = { 0 };
  VnfmStoreBatch *batch = vnfm_store_batch_new ();

  g_cancellable_cancel (cancellable);
  put (batch, "a", "1");
  vnfm_store_commit_async (self, batch, cancellable, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  ck_assert (!vnfm_store_commit_finish (self, result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  g_clear_error (&error);
  vnfm_store_load_async (self, "journal", "", cancellable, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) loaded = vnfm_test_wait (&call);
  ck_assert_ptr_null (vnfm_store_load_finish (self, loaded, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  expect (self, "", "");
  close_store (self);
}
END_TEST

START_TEST (ten_thousand_commits)
{
  VnfmStore *self = open_store_with ("off");
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Commits commits = { .order = order };

  for (guint i = 0; i < 10000; i++) {
    Commit *commit = g_new (Commit, 1);
    VnfmStoreBatch *batch = vnfm_store_batch_new ();
    g_autofree char *key = g_strdup_printf ("%05u", i);
    *commit = (Commit){ .commits = &commits, .name = (char)('a' + i % 26) };
    commits.count++;
    put (batch, key, "some value");
    vnfm_store_commit_async (self, batch, NULL, commit_done, commit);
  }
  vnfm_test_wait_until (commits_are_done, &commits);
  ck_assert_uint_eq (commits.failed, 0);
  for (guint i = 0; i < 10000; i++)
    ck_assert_int_eq (order->str[i], 'a' + (int)(i % 26));
  g_autoptr (GPtrArray) items = load_items (self, "journal", "", &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (items->len, 10000);
  g_autoptr (GPtrArray) some = load_items (self, "journal", "0123", &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (some->len, 10);
  close_store (self);
}
END_TEST

/* ---- failures of the disk */

START_TEST (a_full_disk_is_told_and_may_recover)
{
  VnfmStore *self = open_store ();
  VnfmStoreBatch *batch = vnfm_store_batch_new ();

  put_now (self, "a", "1");
  sqlite_fault_set_full (TRUE);
  put (batch, "a", "2");
  g_autoptr (GError) error = commit (self, batch);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert_ptr_nonnull (strstr (error->message, "the disk is full"));
  ck_assert_ptr_nonnull (strstr (error->message, "journal.db"));
  expect (self, "", "a=1");
  sqlite_fault_set_full (FALSE);
  put_now (self, "b", "2");
  close_store (self);
  self = open_store ();
  expect (self, "", "a=1;b=2");
  close_store (self);
}
END_TEST

START_TEST (no_later_commit_overtakes_a_failed_one)
{
  VnfmStore *self = open_store ();
  g_autoptr (GString) order = g_string_new (NULL);
  Commits commits = { .order = order };

  put_now (self, "0", "x");
  sqlite_fault_set_full (TRUE);
  begin_commit (self, &commits, 'a');
  sqlite_fault_wait_failure ();
  sqlite_fault_set_full (FALSE);
  /* There is room again, but nobody has heard yet that "a" is lost. */
  begin_commit (self, &commits, 'b');
  vnfm_test_wait_until (commits_are_done, &commits);
  ck_assert_uint_eq (commits.failed, 2);
  expect (self, "", "0=x");
  begin_commit (self, &commits, 'c');
  vnfm_test_wait_until (commits_are_done, &commits);
  ck_assert_uint_eq (commits.failed, 2);
  expect (self, "", "0=x;c=x");
  close_store (self);
}
END_TEST

START_TEST (after_a_failed_sync_nothing_more_is_taken)
{
  VnfmStore *self = open_store ();
  VnfmStoreBatch *batch = vnfm_store_batch_new ();

  put_now (self, "a", "1");
  sqlite_fault_set_sync_error (TRUE);
  put (batch, "b", "2");
  g_autoptr (GError) error = commit (self, batch);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  sqlite_fault_set_sync_error (FALSE);
  batch = vnfm_store_batch_new ();
  put (batch, "c", "3");
  g_autoptr (GError) again = commit (self, batch);
  ck_assert_error (again, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert_ptr_nonnull (strstr (again->message, "restart"));
  close_store (self);
  self = open_store ();
  expect (self, "", "a=1");
  put_now (self, "c", "3");
  close_store (self);
}
END_TEST

/* ---- damage */

static GBytes *
read_journal (const char *name)
{
  return vnfm_test_read_file (folder, name);
}

/* What a load of everything yields from @data as the file: (nullable): an error, which is in @message. */
static char *
load_from (const guint8 *data, gsize length, char **message)
{
  g_autofree char *path = g_build_filename (folder, "copy.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (message, g_free);
  g_remove (log);
  g_file_set_contents_full (path, (const char *)data, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  ck_assert_no_error (error);
  g_autoptr (Database) database = database_open (path, FALSE, &error);
  if (database != NULL && database_verify (database, &error)) {
    g_autoptr (GPtrArray) items = database_load (database, "journal", "", &error);
    GString *text = g_string_new (NULL);
    for (guint i = 0; items != NULL && i < items->len; i++) {
      VnfmStoreItem *item = items->pdata[i];
      g_string_append_printf (text, "%s=%.*s;", item->key, (int)g_bytes_get_size (item->value),
                              (const char *)g_bytes_get_data (item->value, NULL));
    }
    if (items != NULL)
      return g_string_free (text, FALSE);
    g_string_free (text, TRUE);
  }
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  *message = g_strdup (error->message);
  return NULL;
}

static void
write_journal (void)
{
  VnfmStore *self = open_store ();

  put_now (self, "op/1", "the first value");
  put_now (self, "op/2", "the second value");
  put_now (self, "op/3", "the third value");
  close_store (self);
}

#define CONTENT "op/1=the first value;op/2=the second value;op/3=the third value;"

START_TEST (a_damaged_row_is_named)
{
  g_autofree char *message = NULL;

  write_journal ();
  g_autoptr (GBytes) bytes = read_journal ("journal.db");
  gsize length;
  guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&bytes), &length);
  guint8 *value = memmem (data, length, "the second value", 16);
  ck_assert_ptr_nonnull (value);
  g_autofree char *whole = load_from (data, length, &message);
  ck_assert_str_eq (whole, CONTENT);

  value[5] ^= 1;
  ck_assert_ptr_null (load_from (data, length, &message));
  ck_assert_ptr_nonnull (strstr (message, "table item, space journal, key op/2:"));
  value[5] ^= 1;

  /* The key: the row stands in another place, or is another one. */
  for (guint8 *byte = memmem (data, length, "journalop/2", 11); *byte != '2'; byte++) {
    *byte ^= 0x20;
    ck_assert_ptr_null (load_from (data, length, &message));
    *byte ^= 0x20;
  }
  g_free (data);
}
END_TEST

START_TEST (no_damaged_byte_goes_unseen)
{
  g_autofree char *message = NULL;
  guint seen = 0;

  write_journal ();
  g_autoptr (GBytes) bytes = read_journal ("journal.db");
  gsize length;
  guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&bytes), &length);
  /* The rows stand at the end of their page, the last one first. Elsewhere every 41st byte will do. */
  gsize row = (gsize)((guint8 *)memmem (data, length, "journalop/3", 11) - data);
  for (gsize at = 0; at < length; at += at >= row - 8 && at < row + 150 ? 1 : 41) {
    data[at] ^= 0x10;
    g_autofree char *text = load_from (data, length, &message);
    ck_assert_msg (text == NULL || strcmp (text, CONTENT) == 0, "byte %" G_GSIZE_FORMAT ": \"%s\"", at, text);
    seen += text == NULL ? 1 : 0;
    data[at] ^= 0x10;
  }
  ck_assert_uint_gt (seen, 100);
  g_free (data);
}
END_TEST

START_TEST (damage_is_seen_by_the_first_load)
{
  write_journal ();
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  g_autoptr (GBytes) bytes = read_journal ("journal.db");
  gsize length;
  guint8 *data = g_bytes_unref_to_data (g_steal_pointer (&bytes), &length);
  g_autoptr (GError) error = NULL;
  guint8 *key = memmem (data, length, "journalop/2", 11);

  /* "Op/2": not among what begins with "op/". */
  key[7] = 'O';
  g_file_set_contents_full (path, (const char *)data, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  ck_assert_no_error (error);
  g_free (data);
  VnfmStore *self = open_store ();
  ck_assert_ptr_null (load_items (self, "journal", "op/", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert_ptr_nonnull (strstr (error->message, "key Op/2:"));
  close_store (self);
}
END_TEST

START_TEST (what_is_no_journal_is_refused)
{
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (path, "This is a text, and of some length too, so that it looks like something.", -1, &error);
  ck_assert_no_error (error);
  expect_refusal (folder, NULL, "not a journal");
  g_remove (path);
  ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
  sqlite3_exec (db, "CREATE TABLE recipes (name TEXT)", NULL, NULL, NULL);
  sqlite3_close (db);
  expect_refusal (folder, NULL, "another program's database");
}
END_TEST

START_TEST (a_newer_schema_is_refused)
{
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  sqlite3 *db = NULL;

  write_journal ();
  ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
  sqlite3_exec (db, "PRAGMA user_version = 99", NULL, NULL, NULL);
  sqlite3_close (db);
  expect_refusal (folder, NULL, "schema version 99");
  expect_refusal (folder, NULL, "run the version that wrote it");
}
END_TEST

/* ---- owner and modes */

START_TEST (one_owner_at_a_time)
{
  g_autofree char *me = g_strdup_printf ("in use by process %d", (int)getpid ());
  VnfmStore *self = open_store ();

  expect_refusal (folder, NULL, me);
  close_store (self);
  self = open_store ();
  close_store (self);
}
END_TEST

START_TEST (one_file_is_not_shared_by_two_state_folders)
{
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  g_autofree char *other = g_strconcat (folder, "-2", NULL);
  VnfmStore *self = open_store ();

  expect_refusal (other, path, "in use");
  expect_refusal (NULL, path, "in use");
  close_store (self);
  self = VNFM_STORE (make_store (NULL, path, NULL));
  g_autoptr (GError) error = NULL;
  ck_assert (vnfm_extension_start (VNFM_EXTENSION (self), &error));
  close_store (self);
}
END_TEST

static guint
mode_of (const char *name)
{
  g_autofree char *path = name != NULL ? g_build_filename (folder, name, NULL) : g_strdup (folder);
  GStatBuf st;

  ck_assert_int_eq (g_stat (path, &st), 0);
  return st.st_mode & 07777;
}

START_TEST (others_cannot_read)
{
  mode_t old = umask (0);
  VnfmStore *self = open_store ();

  put_now (self, "a", "1");
  ck_assert_uint_eq (mode_of (NULL), 0700);
  ck_assert_uint_eq (mode_of ("journal.db"), 0600);
  ck_assert_uint_eq (mode_of ("journal.db-wal"), 0600);
  ck_assert_uint_eq (mode_of ("journal.db-shm"), 0600);
  ck_assert_uint_eq (mode_of ("lock"), 0600);
  close_store (self);
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  g_chmod (path, 0644);
  close_store (open_store ());
  ck_assert_uint_eq (mode_of ("journal.db"), 0600);
  umask (old);
}
END_TEST

START_TEST (a_folder_that_others_may_write_to_is_refused)
{
  g_mkdir_with_parents (folder, 0700);
  g_chmod (folder, 0770);
  expect_refusal (folder, NULL, "others may write");
  g_chmod (folder, 0702);
  expect_refusal (folder, NULL, "others may write");
  g_chmod (folder, 0755);
  close_store (open_store ());
  /* A folder of somebody else: the root folder, or for root one that is given away. */
  if (geteuid () != 0)
    expect_refusal ("/", NULL, "belongs to user 0");
  else {
    ck_assert_int_eq (chown (folder, 4711, 4711), 0);
    expect_refusal (folder, NULL, "belongs to user 4711");
  }
}
END_TEST

START_TEST (links_and_files_in_the_way_are_refused)
{
  g_autofree char *path = g_build_filename (folder, "journal.db", NULL);
  g_autofree char *file = g_build_filename (folder, "file", NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (file, "x", -1, &error);
  ck_assert_no_error (error);
  expect_refusal (file, NULL, "file");
  ck_assert_int_eq (symlink (file, path), 0);
  expect_refusal (folder, NULL, "journal.db");
}
END_TEST

START_TEST (it_tells_about_itself)
{
  VnfmStore *self = open_store ();

  put_now (self, "a", "1");
  g_autofree char *text = vnfm_store_describe (self);
  ck_assert_ptr_nonnull (strstr (text, "journal.db, schema 1, "));
  ck_assert_ptr_nonnull (strstr (text, "1 commits in 1 transactions"));
  close_store (self);
}
END_TEST

static Suite *
store_suite (void)
{
  Suite *suite = suite_create ("store-sqlite");
  TCase *keeping = tcase_create ("keeping");
  TCase *order = tcase_create ("order");
  TCase *disk = tcase_create ("disk");
  TCase *damage = tcase_create ("damage");
  TCase *owner = tcase_create ("owner");
  TCase *all[] = { keeping, order, disk, damage, owner };

  sqlite_fault_install ();
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    tcase_add_checked_fixture (all[i], set_up, tear_down);
    tcase_set_timeout (all[i], 300);
    suite_add_tcase (suite, all[i]);
  }
  tcase_add_test (keeping, what_was_committed_is_there_after_reopening);
  tcase_add_test (keeping, values_are_bytes);
  tcase_add_test (keeping, what_was_committed_is_there_after_a_crash);
  tcase_add_test (keeping, a_batch_is_applied_in_order);
  tcase_add_test (keeping, prefixes_are_taken_byte_by_byte);
  tcase_add_test (keeping, spaces_are_apart);
  tcase_add_test (order, commits_that_wait_share_one_sync);
  tcase_add_test (order, a_load_sees_the_commits_before_it);
  tcase_add_test (order, stop_waits_for_what_was_asked);
  tcase_add_test (order, answers_come_in_the_context_of_the_caller);
  tcase_add_test (order, a_cancelled_call_does_nothing);
  tcase_add_test (order, ten_thousand_commits);
  tcase_add_test (disk, a_full_disk_is_told_and_may_recover);
  tcase_add_test (disk, no_later_commit_overtakes_a_failed_one);
  tcase_add_test (disk, after_a_failed_sync_nothing_more_is_taken);
  tcase_add_test (damage, a_damaged_row_is_named);
  tcase_add_test (damage, no_damaged_byte_goes_unseen);
  tcase_add_test (damage, damage_is_seen_by_the_first_load);
  tcase_add_test (damage, what_is_no_journal_is_refused);
  tcase_add_test (damage, a_newer_schema_is_refused);
  tcase_add_test (owner, one_owner_at_a_time);
  tcase_add_test (owner, one_file_is_not_shared_by_two_state_folders);
  tcase_add_test (owner, others_cannot_read);
  tcase_add_test (owner, a_folder_that_others_may_write_to_is_refused);
  tcase_add_test (owner, links_and_files_in_the_way_are_refused);
  tcase_add_test (owner, it_tells_about_itself);
  return suite;
}

VNFM_TEST_MAIN (store_suite)
