/* SPDX-License-Identifier: Apache-2.0 */
/* Records of steps: what survives, what does not, and what is removed. */
#include "config.h"

#include "plugins/ems-agent/step-record.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-error.h>

#include <glib/gstdio.h>
#include <string.h>

static char *folder;
static EmsStepStore *store;

static void
open_store (void)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&store, ems_step_store_free);
  store = ems_step_store_new (folder, &error);
  ck_assert_no_error (error);
}

static void
set_up (void)
{
  folder = vnfm_test_make_folder ();
  open_store ();
}

static void
tear_down (void)
{
  g_clear_pointer (&store, ems_step_store_free);
  vnfm_test_remove_folder (folder);
  g_free (folder);
}

static EmsStep *
add (const char *id, gint64 accepted)
{
  g_autoptr (GError) error = NULL;
  EmsStep *step = ems_step_store_add (store, id, TRUE, EMS_ACTION_EXECUTE);

  step->accepted = accepted;
  ck_assert (ems_step_store_save (store, step, &error));
  ck_assert_no_error (error);
  return step;
}

static void
end (EmsStep *step, EmsState state, gint64 ended)
{
  g_autoptr (EmsAnswer) answer = ems_answer_new (vnfm_script_result_new (3, "out", "err"), step->id);
  answer->state = state == EMS_STATE_DIED ? state : EMS_STATE_NONE;
  g_autoptr (GBytes) body = ems_answer_encode (answer);

  ck_assert (ems_step_store_end (store, step, state, ended, body));
}

static gboolean
never_in_use (EmsStep *step, gint64 before)
{
  return FALSE;
}

static gboolean
first_in_use (EmsStep *step, gint64 before)
{
  return g_str_equal (step->id, "s0");
}

START_TEST (a_record_survives)
{
  const char *id = "op/0001:INSTANTIATE ä\"\\ %/../x";
  EmsStep *step = ems_step_store_add (store, id, TRUE, EMS_ACTION_EXECUTE);
  const char *text = "{\"action\":\"EXECUTE\",\"payload\":\"ä \\\"\"}";
  g_autoptr (GError) error = NULL;

  step->boot = g_strdup ("boot");
  step->accepted = 100;
  step->begun = 200;
  step->delivery = g_strdup ("m-1");
  step->command = g_bytes_new (text, strlen (text));
  g_ptr_array_add (step->waiters, ems_waiter_new ("/queue/a", "c", "id-1"));
  g_ptr_array_add (step->waiters, ems_waiter_new ("/queue/b", NULL, "id-2"));
  ck_assert (ems_step_store_save (store, step, &error));
  ck_assert_no_error (error);
  open_store ();

  step = ems_step_store_lookup (store, id);
  ck_assert_ptr_nonnull (step);
  ck_assert_str_eq (step->id, id);
  ck_assert (step->named);
  ck_assert_int_eq (step->action, EMS_ACTION_EXECUTE);
  ck_assert_str_eq (step->boot, "boot");
  ck_assert_int_eq (step->accepted, 100);
  ck_assert_int_eq (step->begun, 200);
  ck_assert_int_eq (step->state, EMS_STATE_RUNNING);
  ck_assert_uint_eq (g_bytes_get_size (step->command), strlen (text));
  ck_assert_int_eq (memcmp (g_bytes_get_data (step->command, NULL), text, strlen (text)), 0);
  ck_assert_uint_eq (step->waiters->len, 2);
  EmsWaiter *waiter = g_ptr_array_index (step->waiters, 1);
  ck_assert_str_eq (waiter->reply_to, "/queue/b");
  ck_assert_ptr_null (waiter->correlation_id);
  ck_assert_str_eq (waiter->message_id, "id-2");
  ck_assert_ptr_eq (ems_step_store_lookup_delivery (store, "m-1"), step);
  ck_assert_ptr_null (ems_step_store_lookup_delivery (store, "m-2"));
  ck_assert_ptr_null (ems_step_store_lookup (store, "other"));
  g_autoptr (GPtrArray) open = ems_step_store_list_open (store);
  ck_assert_uint_eq (open->len, 1);
}
END_TEST

START_TEST (an_outcome_survives)
{
  EmsStep *step = add ("s", 1);
  g_ptr_array_add (step->waiters, ems_waiter_new ("/queue/a", "c", "id-1"));
  step->command = g_bytes_new ("{}", 2);
  ck_assert (ems_step_store_save (store, step, NULL));
  end (step, EMS_STATE_DONE, 300);
  end (add ("dead", 2), EMS_STATE_DIED, 400);
  open_store ();

  step = ems_step_store_lookup (store, "s");
  ck_assert_int_eq (step->state, EMS_STATE_DONE);
  ck_assert_int_eq (step->ended, 300);
  ck_assert_ptr_null (step->command);
  ck_assert_uint_eq (step->waiters->len, 1);
  g_autoptr (GBytes) answer = ems_step_store_read_answer (store, step);
  ck_assert_ptr_nonnull (answer);
  ck_assert_int_eq (ems_step_store_lookup (store, "dead")->state, EMS_STATE_DIED);
  g_autoptr (GPtrArray) ended = ems_step_store_list_ended (store);
  ck_assert_uint_eq (ended->len, 2);
  ck_assert_ptr_eq (g_ptr_array_index (ended, 0), step);

  ems_step_store_settle (store, step);
  open_store ();
  ck_assert_uint_eq (ems_step_store_lookup (store, "s")->waiters->len, 0);
}
END_TEST

/* A power cut may keep the answer, which is put on the disk, and lose the record that says so, which is not. */
START_TEST (the_answer_wins_over_the_record)
{
  EmsStep *step = add ("s", 1);
  EmsStep *dead = add ("d", 1);
  g_autofree char *record = ems_step_path (step, "record.json");
  g_autofree char *dead_record = ems_step_path (dead, "record.json");
  g_autofree char *before = NULL;
  g_autofree char *dead_before = NULL;

  ck_assert (g_file_get_contents (record, &before, NULL, NULL));
  ck_assert (g_file_get_contents (dead_record, &dead_before, NULL, NULL));
  end (step, EMS_STATE_DONE, 300);
  end (dead, EMS_STATE_DIED, 300);
  ck_assert (g_file_set_contents (record, before, -1, NULL));
  ck_assert (g_file_set_contents (dead_record, dead_before, -1, NULL));
  open_store ();
  ck_assert_int_eq (ems_step_store_lookup (store, "s")->state, EMS_STATE_DONE);
  ck_assert_int_eq (ems_step_store_lookup (store, "d")->state, EMS_STATE_DIED);
}
END_TEST

START_TEST (what_was_never_finished_is_removed)
{
  const char *const records[] = { "", "{", "[]", "{\"action\":\"EXECUTE\"}", "{\"step\":\"another\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (records); i++) {
    EmsStep *step = add ("s", 1);
    g_autofree char *record = ems_step_path (step, "record.json");
    g_autofree char *kept = g_strdup (step->folder);
    ck_assert (g_file_set_contents (record, records[i], -1, NULL));
    open_store ();
    ck_assert_uint_eq (ems_step_store_get_size (store), 0);
    ck_assert (!g_file_test (kept, G_FILE_TEST_EXISTS));
  }
  g_autofree char *stray = g_build_filename (folder, "stray", NULL);
  ck_assert_int_eq (g_mkdir (stray, 0700), 0);
  open_store ();
  ck_assert (!g_file_test (stray, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (what_cannot_be_written_is_an_error)
{
  g_autoptr (GError) error = NULL;
  EmsStep *step = ems_step_store_add (store, "s", TRUE, EMS_ACTION_EXECUTE);

  ck_assert (g_file_set_contents (step->folder, "in the way", -1, NULL));
  ck_assert (!ems_step_store_save (store, step, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert_int_eq (g_remove (step->folder), 0);
  vnfm_test_warnings_begin ();
  g_autoptr (GBytes) answer = g_bytes_new ("{}", 2);
  ck_assert (!ems_step_store_end (store, step, EMS_STATE_DONE, 1, answer));
  g_autofree char *warnings = vnfm_test_warnings_end ();
  ck_assert_ptr_nonnull (strstr (warnings, "not kept"));
  ck_assert_int_eq (step->state, EMS_STATE_DONE);
}
END_TEST

START_TEST (old_ones_are_removed)
{
  /* The last fifty have a clock that went back. */
  for (int i = 0; i < 60; i++) {
    g_autofree char *id = g_strdup_printf ("s%d", i);
    EmsStep *step = add (id, i < 10 ? 50 + i : 1);
    if (i == 1)
      g_ptr_array_add (step->waiters, ems_waiter_new ("/queue/a", NULL, "id"));
    if (i != 2)
      end (step, EMS_STATE_DONE, i < 10 ? 100 + i : 1);
  }

  /* s0 is in use, s1 is owed, s2 is open. */
  ems_step_store_expire (store, 105, 100, first_in_use);
  ck_assert_uint_eq (ems_step_store_get_size (store), 58);
  ck_assert_ptr_null (ems_step_store_lookup (store, "s3"));
  ck_assert_ptr_null (ems_step_store_lookup (store, "s4"));
  ck_assert_ptr_nonnull (ems_step_store_lookup (store, "s5"));
  ems_step_store_expire (store, 0, 2, never_in_use);
  ck_assert_uint_eq (ems_step_store_get_size (store), 4);
  ck_assert_ptr_nonnull (ems_step_store_lookup (store, "s1"));
  ck_assert_ptr_nonnull (ems_step_store_lookup (store, "s2"));
  ck_assert_ptr_nonnull (ems_step_store_lookup (store, "s58"));
  ck_assert_ptr_nonnull (ems_step_store_lookup (store, "s59"));
  open_store ();
  ck_assert_uint_eq (ems_step_store_get_size (store), 4);
}
END_TEST

static Suite *
step_record_suite (void)
{
  Suite *suite = suite_create ("step-record");
  TCase *records = tcase_create ("records");

  tcase_add_checked_fixture (records, set_up, tear_down);
  tcase_add_test (records, a_record_survives);
  tcase_add_test (records, an_outcome_survives);
  tcase_add_test (records, the_answer_wins_over_the_record);
  tcase_add_test (records, what_was_never_finished_is_removed);
  tcase_add_test (records, what_cannot_be_written_is_an_error);
  tcase_add_test (records, old_ones_are_removed);
  suite_add_tcase (suite, records);
  return suite;
}

VNFM_TEST_MAIN (step_record_suite)
