/* SPDX-License-Identifier: Apache-2.0 */
/* Machines that are processes: what user data sees, addresses, and that nothing is left behind. */
#include "config.h"

#include "core/nfvo/leftovers.h"
#include "core/nfvo/machines/ending.h"
#include "core/nfvo/machines/loopback.h"
#include "core/nfvo/machines/process.h"
#include "tests/support/vnfm-test.h"

#include <glib/gstdio.h>
#include <vnfm/vnfm.h>

#include <signal.h>
#include <unistd.h>

typedef struct {
  char *folder;
  VnfmClock *clock;
  NfvoMachines *machines;
  char *marker;
} Fixture;

static Fixture fixture;

static void
set_up (void)
{
  fixture.clock = vnfm_clock_new ();
  fixture.folder = vnfm_test_make_folder ();
  g_autofree char *uuid = vnfm_clock_new_uuid (fixture.clock);
  fixture.marker = g_strconcat ("VNFM_RUN=", uuid, NULL);
  fixture.machines = nfvo_process_machines_new (fixture.clock, fixture.folder, "/bin/true", fixture.marker);
}

static void
tear_down (void)
{
  g_clear_object (&fixture.machines);
  g_clear_object (&fixture.clock);
  vnfm_test_remove_folder (fixture.folder);
  g_clear_pointer (&fixture.folder, g_free);
  g_clear_pointer (&fixture.marker, g_free);
}

static NfvoMachine *
allocate (const char *user_data)
{
  g_autoptr (NfvoMachineOrder) order = nfvo_machine_order_new ("web", "web-1", user_data);
  g_autoptr (GError) error = NULL;
  VnfmTestCall call = { NULL };

  nfvo_machine_order_add_port (order, "private", TRUE);
  nfvo_machine_order_add_port (order, "public", FALSE);
  nfvo_machine_order_add_port (order, "private", FALSE);
  nfvo_machines_allocate_async (fixture.machines, order, NULL, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  NfvoMachine *machine = nfvo_machines_allocate_finish (fixture.machines, result, &error);
  ck_assert_no_error (error);
  return machine;
}

static void
release (NfvoMachine *machine)
{
  g_autoptr (GError) error = NULL;
  VnfmTestCall call = { NULL };

  nfvo_machines_release_async (fixture.machines, machine, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  ck_assert (nfvo_machines_release_finish (fixture.machines, result, &error));
  ck_assert_no_error (error);
}

static guint
count_processes (void)
{
  g_autoptr (GArray) found = nfvo_find_processes (fixture.marker);

  return found->len;
}

/* The file appears in the machine's folder when its processes are up. */
static gboolean
file_is_there (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
keep_ticking (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for_file (NfvoMachine *machine, const char *name)
{
  g_autofree char *path = g_build_filename (machine->folder, name, NULL);

  /* A file makes no event here: something has to wake the loop. */
  guint ticker = g_timeout_add (10, keep_ticking, NULL);
  vnfm_test_wait_until (file_is_there, path);
  g_source_remove (ticker);
}

START_TEST (user_data_sees_its_machine)
{
  g_autoptr (NfvoMachine) machine = allocate ("pwd > seen; echo \"$VNFM_MACHINE $VNFM_MACHINE_DIR $VNFM_EMS_CONF "
                                              "$VNFM_EMS_PROGRAM $VNFM_EMS_PID_FILE\" >> seen\n"
                                              "echo to the console; echo trouble >&2; mv seen done\n");
  wait_for_file (machine, "done");
  g_autofree char *seen = NULL;
  g_autofree char *path = g_build_filename (machine->folder, "done", NULL);
  ck_assert (g_file_get_contents (path, &seen, NULL, NULL));
  g_autofree char *expected =
      g_strdup_printf ("%s\n%s %s %s/vnfm-ems.conf /bin/true %s/vnfm-ems.pid\n", machine->folder, machine->id,
                       machine->folder, machine->folder, machine->folder);
  ck_assert_str_eq (seen, expected);
  g_autofree char *console = NULL;
  g_autofree char *console_path = g_build_filename (machine->folder, NFVO_MACHINE_CONSOLE, NULL);
  ck_assert (g_file_get_contents (console_path, &console, NULL, NULL));
  ck_assert_str_eq (console, "to the console\ntrouble\n");
  release (machine);
}
END_TEST

START_TEST (each_network_has_an_address)
{
  g_autoptr (NfvoMachine) machine = allocate ("exit 0");

  ck_assert_uint_eq (machine->addresses->len, 2);
  NfvoAddress *private_address = g_ptr_array_index (machine->addresses, 0);
  NfvoAddress *public_address = g_ptr_array_index (machine->addresses, 1);
  ck_assert_str_eq (private_address->network, "private");
  ck_assert (g_str_has_prefix (private_address->ip, "127."));
  ck_assert_ptr_nonnull (private_address->floating_ip);
  ck_assert_str_ne (private_address->ip, private_address->floating_ip);
  ck_assert_ptr_null (public_address->floating_ip);
  ck_assert_str_ne (private_address->ip, public_address->ip);
  release (machine);
}
END_TEST

START_TEST (daemons_end_with_their_machine)
{
  g_autoptr (NfvoMachine) machine =
      allocate ("setsid sh -c 'sleep 1000 & echo up > daemon; wait' &\nsetsid sleep 1000 &\nexit 0\n");

  wait_for_file (machine, "daemon");
  ck_assert_uint_ge (count_processes (), 2);
  release (machine);
  ck_assert_uint_eq (count_processes (), 0);
}
END_TEST

START_TEST (who_ignores_sigterm_is_killed)
{
  g_autoptr (NfvoMachine) machine =
      allocate ("trap '' TERM; sh -c 'trap \"\" TERM; echo up > deaf; while :; do sleep 1000; done' &\nwait\n");

  wait_for_file (machine, "deaf");
  release (machine);
  ck_assert_uint_eq (count_processes (), 0);
}
END_TEST

static void
note_trouble (NfvoMachines *machines, NfvoMachine *machine, const char *text, gpointer user_data)
{
  *(char **)user_data = g_strdup (text);
}

static gboolean
is_set (gpointer pointer)
{
  return *(char **)pointer != NULL;
}

START_TEST (failing_user_data_is_told)
{
  g_autofree char *text = NULL;

  g_signal_connect (fixture.machines, "trouble", G_CALLBACK (note_trouble), &text);
  g_autoptr (NfvoMachine) machine = allocate ("exit 7");
  vnfm_test_wait_until (is_set, &text);
  ck_assert_ptr_nonnull (strstr (text, "status 7"));
  release (machine);
}
END_TEST

START_TEST (a_name_cannot_lead_out_of_the_folder)
{
  g_autoptr (NfvoMachineOrder) order = nfvo_machine_order_new ("web", "../../etc/web-1", "exit 0");
  g_autoptr (GError) error = NULL;
  VnfmTestCall call = { NULL };

  nfvo_machines_allocate_async (fixture.machines, order, NULL, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  g_autoptr (NfvoMachine) machine = nfvo_machines_allocate_finish (fixture.machines, result, &error);
  ck_assert_no_error (error);
  g_autofree char *parent = g_path_get_dirname (machine->folder);
  ck_assert_str_eq (parent, fixture.folder);
  ck_assert_str_eq (machine->hostname, "../../etc/web-1");
  release (machine);
}
END_TEST

START_TEST (loopback_addresses_are_unique)
{
  g_autoptr (NfvoLoopback) one = nfvo_loopback_new (fixture.clock);
  g_autoptr (NfvoLoopback) two = nfvo_loopback_new (fixture.clock);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 600; i++) { /* more than a block each */
    ck_assert (g_hash_table_add (seen, nfvo_loopback_claim (one, &error)));
    ck_assert_no_error (error);
    ck_assert (g_hash_table_add (seen, nfvo_loopback_claim (two, &error)));
    ck_assert_no_error (error);
  }
  ck_assert (!g_hash_table_contains (seen, "127.0.0.1"));
}
END_TEST

/* ---- the folder of a run */

/* Returns: how many killed runs there were. */
static guint
sweep (void)
{
  g_autoptr (GPtrArray) leftovers = nfvo_leftovers_find (fixture.folder);
  VnfmTestCall call = { NULL };

  nfvo_leftovers_clear_async (leftovers, fixture.clock, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  nfvo_leftovers_clear_finish (result);
  for (guint i = 0; i < leftovers->len; i++)
    ck_assert_ptr_null (((NfvoLeftover *)g_ptr_array_index (leftovers, i))->failure);
  return leftovers->len;
}

START_TEST (a_tree_goes_whatever_its_modes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *top = g_build_filename (fixture.folder, "tree", NULL);
  g_autofree char *closed = g_build_filename (top, "closed", NULL);
  g_autofree char *inner = g_build_filename (closed, "inner", NULL);
  g_autofree char *link = g_build_filename (top, "link", NULL);
  g_autofree char *kept = g_build_filename (fixture.folder, "kept", NULL);

  ck_assert_int_eq (g_mkdir_with_parents (inner, 0700), 0);
  ck_assert_int_eq (g_mkdir (kept, 0700), 0);
  ck_assert_int_eq (symlink (kept, link), 0);
  ck_assert_int_eq (g_chmod (inner, 0), 0);
  ck_assert_int_eq (g_chmod (closed, 0500), 0);
  ck_assert (nfvo_remove_tree (top, &error));
  ck_assert_no_error (error);
  ck_assert (!g_file_test (top, G_FILE_TEST_EXISTS));
  ck_assert (g_file_test (kept, G_FILE_TEST_IS_DIR));
}
END_TEST

START_TEST (killed_run_is_swept_a_living_one_is_not)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoRunFolder) living = nfvo_run_folder_new (fixture.folder, fixture.clock, &error);
  ck_assert_no_error (error);
  NfvoRunFolder *killed = nfvo_run_folder_new (fixture.folder, fixture.clock, &error);
  ck_assert_no_error (error);
  g_autofree char *path = g_strdup (nfvo_run_folder_get_path (killed));
  g_autofree char *marker = g_strdup (nfvo_run_folder_get_marker (killed));
  g_autofree char *foreign = g_build_filename (fixture.folder, "foreign", NULL);
  char *arguments[] = { (char *)"/bin/sleep", (char *)"1000", NULL };
  char *environment[] = { marker, NULL };

  ck_assert_int_eq (g_mkdir (foreign, 0700), 0);
  ck_assert (g_spawn_async (NULL, arguments, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL, &error));
  nfvo_run_folder_free (killed); /* its lock is free now, as if it had been killed */
  ck_assert_uint_eq (sweep (), 1);
  g_autoptr (GArray) left = nfvo_find_processes (marker);
  ck_assert_uint_eq (left->len, 0);
  ck_assert (!g_file_test (path, G_FILE_TEST_EXISTS));
  ck_assert (g_file_test (nfvo_run_folder_get_path (living), G_FILE_TEST_IS_DIR));
  ck_assert (g_file_test (foreign, G_FILE_TEST_IS_DIR));
}
END_TEST

static Suite *
machines_suite (void)
{
  Suite *suite = suite_create ("process-machines");
  TCase *tc = tcase_create ("machines");

  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_test (tc, user_data_sees_its_machine);
  tcase_add_test (tc, each_network_has_an_address);
  tcase_add_test (tc, daemons_end_with_their_machine);
  tcase_add_test (tc, who_ignores_sigterm_is_killed);
  tcase_add_test (tc, failing_user_data_is_told);
  tcase_add_test (tc, a_name_cannot_lead_out_of_the_folder);
  tcase_add_test (tc, loopback_addresses_are_unique);
  tcase_add_test (tc, a_tree_goes_whatever_its_modes);
  tcase_add_test (tc, killed_run_is_swept_a_living_one_is_not);
  suite_add_tcase (suite, tc);
  return suite;
}

VNFM_TEST_MAIN (machines_suite)
