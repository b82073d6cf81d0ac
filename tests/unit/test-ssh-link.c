/* SPDX-License-Identifier: Apache-2.0 */
/* Connections against a real OpenSSH server on loopback. */
#include "config.h"

#include "plugins/ems-ssh/ssh-link.h"
#include "tests/support/test-sshd.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct {
  char *folder;
  char *host_key;
  char *user_key;
  VnfmClock *clock;
  TestSshd *sshd;
} test;

static void
setup (void)
{
  test.folder = vnfm_test_make_folder ();
  test.host_key = test_ssh_keygen (test.folder, "host", "");
  test.user_key = test_ssh_keygen (test.folder, "user", "");
  test.clock = vnfm_clock_new ();
  test.sshd = test_sshd_start (test.folder, test.host_key, test.user_key, NULL, 0);
}

static void
teardown (void)
{
  g_clear_pointer (&test.sshd, test_sshd_stop);
  g_clear_object (&test.clock);
  vnfm_test_remove_folder (test.folder);
  g_clear_pointer (&test.folder, g_free);
  g_clear_pointer (&test.host_key, g_free);
  g_clear_pointer (&test.user_key, g_free);
}

/* Settings with the user's key; more keys and values, ended by NULL. */
static SshSettings *
make_settings (const char *name, ...)
{
  static const VnfmKey keys[] = { SSH_SETTINGS_KEYS{ 0 } };
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (GError) error = NULL;
  va_list list;

  vnfm_profile_declare (profile, keys);
  vnfm_profile_set (profile, SSH_GROUP, "identity", test.user_key, "test");
  vnfm_profile_set (profile, SSH_GROUP, "user", g_get_user_name (), "test");
  va_start (list, name);
  for (; name != NULL; name = va_arg (list, const char *))
    vnfm_profile_set (profile, SSH_GROUP, name, va_arg (list, const char *), "test");
  va_end (list);
  ck_assert (vnfm_profile_check (profile, NULL, &error));
  SshSettings *settings = ssh_settings_new (profile, test.clock, test.folder, &error);
  ck_assert_no_error (error);
  return settings;
}

static SshTarget
machine (void)
{
  return (SshTarget){ .name = "vm-1", .host = "127.0.0.1", .port = test.sshd->port };
}

static SshLink *
try_open (SshSettings *settings, const SshTarget *target, GError **error)
{
  VnfmTestCall call = { 0 };

  ssh_link_open_async (settings, target, NULL, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  return ssh_link_open_finish (result, error);
}

static SshLink *
open_link (SshSettings *settings, const SshTarget *target)
{
  g_autoptr (GError) error = NULL;
  SshLink *link = try_open (settings, target, &error);

  ck_assert_no_error (error);
  ck_assert (ssh_link_is_open (link));
  return link;
}

static SshLink *
open_default (void)
{
  g_autoptr (SshSettings) settings = make_settings (NULL);
  SshTarget target = machine ();

  return open_link (settings, &target);
}

static SshOutcome *
finish_run (SshLink *link, VnfmTestCall *call, GError **error)
{
  g_autoptr (GAsyncResult) result = vnfm_test_wait (call);

  return ssh_link_run_finish (link, result, error);
}

static SshOutcome *
run (SshLink *link, const char *command, GBytes *input)
{
  g_autoptr (GError) error = NULL;
  VnfmTestCall call = { 0 };

  ssh_link_run_async (link, command, input, 0, NULL, NULL, NULL, vnfm_test_got_result, &call);
  SshOutcome *outcome = finish_run (link, &call, &error);
  ck_assert_no_error (error);
  return outcome;
}

static void
assert_bytes (GBytes *bytes, const char *text)
{
  g_autofree char *copy = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  ck_assert_str_eq (copy, text);
}

START_TEST (test_run)
{
  g_autoptr (SshLink) link = open_default ();
  g_autoptr (SshOutcome) outcome = run (link, "echo out; echo err >&2; exit 7", NULL);

  ck_assert_int_eq (outcome->status, 7);
  assert_bytes (outcome->output, "out\n");
  assert_bytes (outcome->errors, "err\n");
  ck_assert_uint_eq (outcome->truncated, 0);
  ck_assert_uint_eq (ssh_link_get_load (link), 0);
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("ssh-link");
  TCase *t = tcase_create ("commands");

  tcase_add_checked_fixture (t, setup, teardown);
  tcase_set_timeout (t, 120);
  tcase_add_test (t, test_run);
  suite_add_tcase (s, t);
  return s;
}

VNFM_TEST_MAIN (suite)
