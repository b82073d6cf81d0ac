/* SPDX-License-Identifier: Apache-2.0 */
/* Connections against a real OpenSSH server on loopback. */
#include "config.h"

#include "plugins/ems-ssh/ssh-pool.h"
#include "tests/support/test-sshd.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vnfm/vnfm-error.h>

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

/* What a live callback saw. */
typedef struct {
  GString *text;
  GCancellable *cancellable; /* nullable: cancelled at the first piece */
  SshLink *close;            /* nullable: closed at the first piece */
} Seen;

static void
see (gboolean is_stderr, const guint8 *data, gsize length, gpointer user_data)
{
  Seen *seen = user_data;

  g_string_append_len (seen->text, (const char *)data, (gssize)length);
  if (seen->cancellable != NULL)
    g_cancellable_cancel (seen->cancellable);
  if (seen->close != NULL)
    ssh_link_close (seen->close);
}

START_TEST (test_signal)
{
  g_autoptr (SshLink) link = open_default ();
  g_autoptr (SshOutcome) outcome = run (link, "kill -TERM $$", NULL);

  ck_assert_int_eq (outcome->status, -SIGTERM);
}
END_TEST

START_TEST (test_no_input)
{
  g_autoptr (SshLink) link = open_default ();
  g_autoptr (SshOutcome) outcome = run (link, "cat; echo end", NULL);

  assert_bytes (outcome->output, "end\n");
}
END_TEST

START_TEST (test_large_input)
{
  enum { LENGTH = 8 * 1024 * 1024 };
  g_autoptr (SshLink) link = open_default ();
  guint8 *data = g_malloc (LENGTH);
  for (guint32 i = 0; i < LENGTH; i++)
    data[i] = (guint8)((i * 2654435761u) >> 24);
  g_autoptr (GBytes) input = g_bytes_new_take (data, LENGTH);
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, input);
  g_autofree char *expected = g_strconcat (sum, "  -\n", NULL);

  g_autoptr (SshOutcome) told = run (link, "sha256sum", input);
  assert_bytes (told->output, expected);

  /* Both ways at a time. */
  g_autoptr (SshOutcome) outcome = run (link, "cat", input);
  ck_assert (g_bytes_equal (outcome->output, input));
}
END_TEST

/* New session keys in the middle of it. */
START_TEST (test_new_keys)
{
  enum { LENGTH = 4 * 1024 * 1024 };
  g_autoptr (GBytes) input = g_bytes_new_take (g_malloc0 (LENGTH), LENGTH);

  test_sshd_stop (test.sshd);
  test.sshd = test_sshd_start (test.folder, test.host_key, test.user_key, "RekeyLimit 1M\nLogLevel DEBUG1\n", 0);
  g_autoptr (SshLink) link = open_default ();
  for (int i = 0; i < 2; i++) {
    g_autoptr (SshOutcome) outcome = run (link, "cat", input);
    ck_assert_int_eq (outcome->status, 0);
    ck_assert (g_bytes_equal (outcome->output, input));
  }
  g_auto (GStrv) exchanges = g_strsplit (test.sshd->log->str, "SSH2_MSG_NEWKEYS received", -1);
  ck_assert_uint_ge (g_strv_length (exchanges), 4);
}
END_TEST

/* A command that reads nothing of its input is not waited for. */
START_TEST (test_unread_input)
{
  g_autoptr (SshLink) link = open_default ();
  g_autoptr (GBytes) input = g_bytes_new_take (g_malloc0 (4 * 1024 * 1024), 4 * 1024 * 1024);
  g_autoptr (SshOutcome) outcome = run (link, "exit 3", input);

  ck_assert_int_eq (outcome->status, 3);
}
END_TEST

START_TEST (test_max_output)
{
  g_autoptr (SshLink) link = open_default ();
  g_autoptr (GError) error = NULL;
  Seen seen = { g_string_new (NULL), NULL, NULL };
  VnfmTestCall call = { 0 };

  ssh_link_run_async (link, "head -c 300000 /dev/zero; head -c 30 /dev/zero >&2", NULL, 1000, see, &seen, NULL,
                      vnfm_test_got_result, &call);
  g_autoptr (SshOutcome) outcome = finish_run (link, &call, &error);
  ck_assert_no_error (error);
  ck_assert_uint_eq (g_bytes_get_size (outcome->output), 1000);
  ck_assert_uint_eq (g_bytes_get_size (outcome->errors), 30);
  ck_assert_uint_eq (outcome->truncated, 299000);
  ck_assert_uint_eq (seen.text->len, 300030);
  g_string_free (seen.text, TRUE);
}
END_TEST

/* More commands than the server has sessions. */
START_TEST (test_many_commands)
{
  enum { COUNT = 50 };
  g_autoptr (SshLink) link = open_default ();
  VnfmTestCall calls[COUNT] = { 0 };

  for (int i = 0; i < COUNT; i++) {
    g_autofree char *command = g_strdup_printf ("echo %d; exit %d", i, i);
    ssh_link_run_async (link, command, NULL, 0, NULL, NULL, NULL, vnfm_test_got_result, &calls[i]);
  }
  ck_assert_uint_eq (ssh_link_get_load (link), COUNT);
  for (int i = 0; i < COUNT; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *expected = g_strdup_printf ("%d\n", i);
    g_autoptr (SshOutcome) outcome = finish_run (link, &calls[i], &error);
    ck_assert_no_error (error);
    ck_assert_int_eq (outcome->status, i);
    assert_bytes (outcome->output, expected);
  }
}
END_TEST

/* The server takes fewer sessions than our configuration says. */
START_TEST (test_fewer_sessions)
{
  enum { COUNT = 12 };
  VnfmTestCall calls[COUNT] = { 0 };

  test_sshd_stop (test.sshd);
  test.sshd = test_sshd_start (test.folder, test.host_key, test.user_key, "MaxSessions 2\n", 0);
  g_autoptr (SshLink) link = open_default ();
  for (int i = 0; i < COUNT; i++)
    ssh_link_run_async (link, "cat", NULL, 0, NULL, NULL, NULL, vnfm_test_got_result, &calls[i]);
  for (int i = 0; i < COUNT; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SshOutcome) outcome = finish_run (link, &calls[i], &error);
    ck_assert_no_error (error);
    ck_assert_int_eq (outcome->status, 0);
  }
}
END_TEST

START_TEST (test_cancel)
{
  g_autoptr (SshLink) link = open_default ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Seen seen = { g_string_new (NULL), cancellable, NULL };
  VnfmTestCall call = { 0 };

  ssh_link_run_async (link, "echo begun; sleep 1000", NULL, 0, see, &seen, cancellable, vnfm_test_got_result, &call);
  g_autoptr (SshOutcome) outcome = finish_run (link, &call, &error);
  ck_assert (outcome == NULL);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  g_string_free (seen.text, TRUE);

  g_autoptr (SshOutcome) next = run (link, "echo next", NULL);
  assert_bytes (next->output, "next\n");
}
END_TEST

/* Cancelled while they wait, or while the server opens the channel: the others are not disturbed. */
START_TEST (test_cancel_early)
{
  enum { COUNT = 30 };
  g_autoptr (SshLink) link = open_default ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  VnfmTestCall calls[COUNT] = { 0 };

  for (int i = 0; i < COUNT; i++)
    ssh_link_run_async (link, "echo here", NULL, 0, NULL, NULL, cancellable, vnfm_test_got_result, &calls[i]);
  g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  for (int i = 0; i < COUNT; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SshOutcome) outcome = finish_run (link, &calls[i], &error);
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  }
  for (int i = 0; i < COUNT; i++) {
    g_autoptr (SshOutcome) next = run (link, "echo next", NULL);
    assert_bytes (next->output, "next\n");
  }
}
END_TEST

static void
note_closed (SshLink *link, int *count)
{
  (*count)++;
}

/* Closed from inside a callback, with commands in all states. */
START_TEST (test_close)
{
  enum { COUNT = 12 };
  g_autoptr (SshLink) link = open_default ();
  Seen seen = { g_string_new (NULL), NULL, link };
  VnfmTestCall calls[COUNT] = { 0 };
  int begun = 0, closed = 0;

  g_signal_connect (link, "closed", G_CALLBACK (note_closed), &closed);
  for (int i = 0; i < COUNT; i++)
    ssh_link_run_async (link, "echo begun; sleep 1000", NULL, 0, see, &seen, NULL, vnfm_test_got_result, &calls[i]);
  for (int i = 0; i < COUNT; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SshOutcome) outcome = finish_run (link, &calls[i], &error);
    ck_assert (outcome == NULL);
    begun += g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME);
    if (!g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME))
      ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE);
  }
  ck_assert_int_ge (begun, 1);
  ck_assert_int_le (begun, 10);
  ck_assert_int_eq (closed, 1);
  ck_assert (!ssh_link_is_open (link));

  VnfmTestCall late = { 0 };
  g_autoptr (GError) error = NULL;
  ssh_link_run_async (link, "true", NULL, 0, NULL, NULL, NULL, vnfm_test_got_result, &late);
  g_autoptr (SshOutcome) outcome = finish_run (link, &late, &error);
  ck_assert (outcome == NULL);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE);
  g_string_free (seen.text, TRUE);
}
END_TEST

/* Whatever else its shell may write: NULL until it is there. */
static const char *
server_in (Seen *seen)
{
  const char *text = strstr (seen->text->str, "server ");

  return text != NULL && strchr (text, '.') != NULL ? text + strlen ("server ") : NULL;
}

static gboolean
tells_server (gpointer data)
{
  return server_in (data) != NULL;
}

/* Begins a command that tells the process of its server, which is then sent @number. */
typedef struct {
  VnfmTestCall call;
  Seen seen;
  GPid server;
} Victim;

static void
hit_server (SshLink *link, int number, Victim *victim)
{
  *victim = (Victim){ .seen = { g_string_new (NULL), NULL, NULL } };
  /* The shell's parent is the server's process for this connection. */
  ssh_link_run_async (link, "echo server $PPID.; exec sleep 1000", NULL, 0, see, &victim->seen, NULL,
                      vnfm_test_got_result, &victim->call);
  vnfm_test_wait_until (tells_server, &victim->seen);
  victim->server = (GPid)atoi (server_in (&victim->seen));
  ck_assert_int_gt (victim->server, 1);
  ck_assert_int_eq (kill (victim->server, number), 0);
}

START_TEST (test_server_killed)
{
  g_autoptr (SshLink) link = open_default ();
  g_autoptr (GError) error = NULL;
  Victim victim;

  hit_server (link, SIGKILL, &victim);
  g_autoptr (SshOutcome) outcome = finish_run (link, &victim.call, &error);
  g_string_free (victim.seen.text, TRUE);
  ck_assert (outcome == NULL);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME);
  ck_assert (!ssh_link_is_open (link));
  ck_assert_ptr_nonnull (ssh_link_get_reason (link));
}
END_TEST

START_TEST (test_silent_peer)
{
  g_autoptr (SshSettings) settings = make_settings ("keepalive", "400ms", "keepalive-count", "5", NULL);
  SshTarget target = machine ();
  g_autoptr (SshLink) link = open_link (settings, &target);
  g_autoptr (GError) error = NULL;
  Victim victim;

  hit_server (link, SIGSTOP, &victim);
  g_autoptr (SshOutcome) outcome = finish_run (link, &victim.call, &error);
  kill (victim.server, SIGKILL);
  g_string_free (victim.seen.text, TRUE);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME);
  ck_assert_ptr_nonnull (strstr (error->message, "no sign of life"));
}
END_TEST

static gboolean
answered_often (gpointer data)
{
  return vnfm_clock_get_monotonic_time (test.clock) >= *(gint64 *)data;
}

/* More questions than may stay without an answer: the connection is there. */
START_TEST (test_keepalive)
{
  g_autoptr (SshSettings) settings = make_settings ("keepalive", "100ms", "keepalive-count", "80", NULL);
  SshTarget target = machine ();
  g_autoptr (SshLink) link = open_link (settings, &target);
  gint64 until = vnfm_clock_get_monotonic_time (test.clock) + 9 * G_USEC_PER_SEC;

  vnfm_test_wait_until (answered_often, &until);
  g_autoptr (SshOutcome) outcome = run (link, "echo here", NULL);
  assert_bytes (outcome->output, "here\n");
}
END_TEST

/* Opening. */

static GError *
open_error (SshSettings *settings, const SshTarget *target)
{
  GError *error = NULL;
  g_autoptr (SshLink) link = try_open (settings, target, &error);

  ck_assert (link == NULL);
  ck_assert_ptr_nonnull (error);
  return error;
}

static void
assert_says (const GError *error, const char *text)
{
  ck_assert_msg (strstr (error->message, text) != NULL, "\"%s\" does not say \"%s\"", error->message, text);
}

static char *
known_hosts (void)
{
  g_autofree char *path = g_build_filename (test.folder, "ssh.known_hosts", NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

static void
write_known_hosts (const char *name, const char *key)
{
  g_autofree char *path = g_build_filename (test.folder, "ssh.known_hosts", NULL);
  g_autofree char *public = test_ssh_public (key);
  g_autofree char *text = g_strdup_printf ("# a comment\n%s %s\n", name, public);

  ck_assert (g_file_set_contents (path, text, -1, NULL));
}

static char *
fingerprint (const char *key)
{
  g_autofree char *output = NULL;
  g_autofree char *file = g_strconcat (key, ".pub", NULL);
  const char *argv[] = { "ssh-keygen", "-l", "-f", file, NULL };

  ck_assert (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, NULL, NULL));
  g_auto (GStrv) words = g_strsplit (output, " ", 3);
  return g_strdup (words[1]);
}

START_TEST (test_accept_new)
{
  g_autoptr (SshSettings) settings = make_settings (NULL);
  g_autoptr (GError) error = NULL;
  SshTarget target = machine ();
  target.key_name = "machine-1";
  g_autoptr (SshLink) link = open_link (settings, &target);
  g_autofree char *public = test_ssh_public (test.host_key);
  *strrchr (public, ' ') = '\0';
  g_autofree char *expected = g_strdup_printf ("machine-1 %s\n", public);
  g_autofree char *first = known_hosts ();
  ck_assert_str_eq (first, expected);

  g_autoptr (SshLink) again = open_link (settings, &target);
  g_autofree char *second = known_hosts ();
  ck_assert_str_eq (second, expected);

  ck_assert (ssh_settings_forget_host (settings, "machine-1", &error));
  g_autofree char *third = known_hosts ();
  ck_assert_str_eq (third, "");
}
END_TEST

START_TEST (test_changed_key)
{
  static const char *const policies[] = { "strict", "accept-new" };
  g_autofree char *other = test_ssh_keygen (test.folder, "other", "");
  g_autofree char *old = fingerprint (other);
  g_autofree char *new = fingerprint (test.host_key);
  SshTarget target = machine ();

  target.key_name = "machine-1";
  write_known_hosts ("machine-0,machine-1", other);
  g_autofree char *before = known_hosts ();
  for (gsize i = 0; i < G_N_ELEMENTS (policies); i++) {
    g_autoptr (SshSettings) settings = make_settings ("host-keys", policies[i], NULL);
    g_autoptr (GError) error = open_error (settings, &target);
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED);
    assert_says (error, old);
    assert_says (error, new);
    assert_says (error, "ssh.known_hosts:2 ");
    g_autofree char *after = known_hosts ();
    ck_assert_str_eq (after, before);
  }
}
END_TEST

START_TEST (test_strict)
{
  g_autoptr (SshSettings) settings = make_settings ("host-keys", "strict", NULL);
  SshTarget target = machine ();
  g_autoptr (GError) error = open_error (settings, &target);
  g_autofree char *print = fingerprint (test.host_key);
  g_autofree char *name = g_strdup_printf ("[127.0.0.1]:%u", target.port);

  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
  assert_says (error, print);
  assert_says (error, name);
  g_autofree char *nothing = known_hosts ();
  ck_assert_str_eq (nothing, "");

  write_known_hosts (name, test.host_key);
  g_autoptr (SshLink) link = open_link (settings, &target);

  g_autofree char *revoked = g_strconcat ("@revoked ", name, NULL);
  write_known_hosts (revoked, test.host_key);
  g_autoptr (GError) second = open_error (settings, &target);
  ck_assert_error (second, VNFM_ERROR, VNFM_ERROR_REFUSED);
  assert_says (second, "revoked");
}
END_TEST

START_TEST (test_metadata)
{
  g_autoptr (SshSettings) settings = make_settings ("host-keys", "metadata", NULL);
  g_autofree char *other = test_ssh_keygen (test.folder, "other", "");
  g_autofree char *good = test_ssh_public (test.host_key);
  g_autofree char *bad = test_ssh_public (other);
  SshTarget target = machine ();

  target.host_keys = (const char *const[]){ good, NULL };
  g_autoptr (SshLink) link = open_link (settings, &target);

  target.host_keys = (const char *const[]){ bad, NULL };
  g_autoptr (GError) changed = open_error (settings, &target);
  ck_assert_error (changed, VNFM_ERROR, VNFM_ERROR_REFUSED);
  assert_says (changed, "line 1 of its metadata");

  target.host_keys = (const char *const[]){ good, "ssh-ed25519 nonsense", NULL };
  g_autoptr (GError) broken = open_error (settings, &target);
  ck_assert_error (broken, VNFM_ERROR, VNFM_ERROR_REFUSED);
  assert_says (broken, "line 2");

  target.host_keys = NULL;
  g_autoptr (GError) none = open_error (settings, &target);
  ck_assert_error (none, VNFM_ERROR, VNFM_ERROR_DENIED);
  g_autofree char *nothing = known_hosts ();
  ck_assert_str_eq (nothing, "");
}
END_TEST

/* Of a server with several keys the one that is known is asked for. */
START_TEST (test_known_type)
{
  g_autofree char *ecdsa = g_build_filename (test.folder, "ecdsa", NULL);
  const char *argv[] = { "ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", ecdsa, NULL };

  ck_assert (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  g_autofree char *extra = g_strdup_printf ("HostKey %s\n", ecdsa);
  test_sshd_stop (test.sshd);
  test.sshd = test_sshd_start (test.folder, test.host_key, test.user_key, extra, 0);
  g_autoptr (SshSettings) settings = make_settings ("host-keys", "strict", NULL);
  SshTarget target = machine ();
  target.key_name = "machine-1";
  write_known_hosts ("machine-1", ecdsa);
  g_autoptr (SshLink) link = open_link (settings, &target);
}
END_TEST

START_TEST (test_wrong_key)
{
  g_autofree char *other = test_ssh_keygen (test.folder, "other", "");
  g_autofree char *print = fingerprint (other);
  g_autoptr (SshSettings) settings = make_settings ("identity", other, NULL);
  SshTarget target = machine ();
  g_autoptr (GError) error = open_error (settings, &target);

  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
  assert_says (error, print);
  assert_says (error, g_get_user_name ());
}
END_TEST

static guint
open_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

/* Whatever becomes of connections, their descriptors are given back. */
START_TEST (test_descriptors)
{
  g_autofree char *jump = g_strdup_printf ("%s@127.0.0.1:%u", g_get_user_name (), test.sshd->port);
  g_autofree char *other = test_ssh_keygen (test.folder, "other", "");
  SshTarget target = machine ();
  guint before = 0;

  for (int i = 0; i < 3; i++) {
    g_autoptr (SshSettings) through = make_settings ("jump-host", jump, NULL);
    g_autoptr (SshSettings) settings = make_settings ("identity", other, NULL);
    g_autoptr (SshLink) link = open_default ();
    g_autoptr (SshLink) behind = open_link (through, &target);
    g_autoptr (SshOutcome) outcome = run (behind, "true", NULL);
    g_autoptr (GError) error = open_error (settings, &target);
    ssh_link_close (link);
    g_clear_object (&behind);
    g_clear_object (&link);
    g_clear_pointer (&through, ssh_settings_unref);
    g_clear_pointer (&settings, ssh_settings_unref);
    /* The first time others open theirs, too. */
    if (i == 0)
      before = open_descriptors ();
    else
      ck_assert_uint_eq (open_descriptors (), before);
  }
}
END_TEST

START_TEST (test_no_method)
{
  static const VnfmKey keys[] = { SSH_SETTINGS_KEYS{ 0 } };
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (GError) error = NULL;
  SshTarget target = machine ();

  vnfm_profile_declare (profile, keys);
  SshSettings *none = ssh_settings_new (profile, test.clock, test.folder, &error);
  ck_assert (none == NULL);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
  g_clear_error (&error);

  vnfm_profile_set (profile, SSH_GROUP, "password", "wild guess", "test");
  g_autoptr (SshSettings) settings = ssh_settings_new (profile, test.clock, test.folder, &error);
  ck_assert_no_error (error);
  g_autoptr (GError) refused = open_error (settings, &target);
  ck_assert_error (refused, VNFM_ERROR, VNFM_ERROR_DENIED);
  assert_says (refused, "publickey");
  ck_assert (strstr (refused->message, "wild guess") == NULL);
}
END_TEST

START_TEST (test_passphrase)
{
  static const VnfmKey keys[] = { SSH_SETTINGS_KEYS{ 0 } };
  g_autofree char *locked = test_ssh_keygen (test.folder, "locked", "open sesame");
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (GError) error = NULL;

  test_sshd_stop (test.sshd);
  test.sshd = test_sshd_start (test.folder, test.host_key, locked, NULL, 0);
  g_autoptr (SshSettings) settings = make_settings ("identity", locked, "passphrase", "open sesame", NULL);
  SshTarget target = machine ();
  g_autoptr (SshLink) link = open_link (settings, &target);

  vnfm_profile_declare (profile, keys);
  vnfm_profile_set (profile, SSH_GROUP, "identity", locked, "test");
  SshSettings *none = ssh_settings_new (profile, test.clock, test.folder, &error);
  ck_assert (none == NULL);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
  assert_says (error, "passphrase");
}
END_TEST

START_TEST (test_agent)
{
  g_autofree char *socket_path = g_build_filename (test.folder, "agent", NULL);
  g_autofree char *other = test_ssh_keygen (test.folder, "other", "");
  const char *argv[] = { "/usr/bin/ssh-agent", "-D", "-a", socket_path, NULL };
  const char *add[] = { "ssh-add", "-q", test.user_key, NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "SSH_AUTH_SOCK", socket_path, TRUE);
  g_autoptr (SshSettings) settings = make_settings ("identity", other, "agent", socket_path, NULL);
  SshTarget target = machine ();
  int status = -1;

  g_autoptr (GError) alone = open_error (settings, &target);
  ck_assert_error (alone, VNFM_ERROR, VNFM_ERROR_DENIED);

  GPid agent = test_daemon_start ((char **)argv, NULL);
  /* It makes its socket in its own time. */
  while (status != 0)
    ck_assert (g_spawn_sync (NULL, (char **)add, environment, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                             NULL, NULL, NULL, &status, NULL));
  g_autoptr (SshLink) link = open_link (settings, &target);
  test_daemon_stop (agent);
}
END_TEST

/* A listening socket is what a hung server looks like. */
static int
listen_silently (guint16 *port)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;

  ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
  ck_assert_int_eq (listen (fd, 10), 0);
  ck_assert_int_eq (getsockname (fd, (struct sockaddr *)&address, &length), 0);
  *port = ntohs (address.sin_port);
  return fd;
}

START_TEST (test_unreachable)
{
  g_autoptr (SshSettings) settings = make_settings ("connect-timeout", "200ms", NULL);
  SshTarget target = machine ();
  int fd = listen_silently (&target.port);

  g_autoptr (GError) silent = open_error (settings, &target);
  ck_assert_error (silent, VNFM_ERROR, VNFM_ERROR_UNREACHABLE);
  assert_says (silent, "does not speak SSH");
  close (fd);

  g_autoptr (GError) refused = open_error (settings, &target);
  ck_assert_error (refused, VNFM_ERROR, VNFM_ERROR_UNREACHABLE);
}
END_TEST

START_TEST (test_open_cancelled)
{
  g_autoptr (SshSettings) settings = make_settings (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  SshTarget target = machine ();
  int fd = listen_silently (&target.port);

  /* At each of its first steps. */
  for (int steps = 0; steps < 6; steps++) {
    g_autoptr (GError) error = NULL;
    VnfmTestCall call = { 0 };
    g_cancellable_reset (cancellable);
    ssh_link_open_async (settings, &target, cancellable, vnfm_test_got_result, &call);
    for (int i = 0; i < steps; i++)
      g_main_context_iteration (NULL, FALSE);
    g_cancellable_cancel (cancellable);
    g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
    g_autoptr (SshLink) link = ssh_link_open_finish (result, &error);
    ck_assert (link == NULL);
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  }
  close (fd);
}
END_TEST

/* Through a jump host, shared by those who go through it. */
START_TEST (test_jump)
{
  enum { COUNT = 5, LENGTH = 1024 * 1024 };
  g_autofree char *second_key = test_ssh_keygen (test.folder, "second", "");
  TestSshd *second = test_sshd_start (test.folder, second_key, test.user_key, NULL, 0);
  g_autofree char *jump = g_strdup_printf ("%s@127.0.0.1:%u", g_get_user_name (), test.sshd->port);
  SshSettings *settings = make_settings ("jump-host", jump, NULL);
  g_autoptr (GBytes) input = g_bytes_new_take (g_malloc0 (LENGTH), LENGTH);
  SshTarget target = { .name = "vm-2", .host = "127.0.0.1", .port = second->port };
  VnfmTestCall calls[COUNT] = { 0 };
  SshLink *links[COUNT];

  for (int i = 0; i < COUNT; i++)
    ssh_link_open_async (settings, &target, NULL, vnfm_test_got_result, &calls[i]);
  for (int i = 0; i < COUNT; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GAsyncResult) result = vnfm_test_wait (&calls[i]);
    links[i] = ssh_link_open_finish (result, &error);
    ck_assert_no_error (error);
    g_autoptr (SshOutcome) outcome = run (links[i], "cat", input);
    ck_assert (g_bytes_equal (outcome->output, input));
  }
  /* One login on the jump host. */
  g_auto (GStrv) logins = g_strsplit (test.sshd->log->str, "Accepted publickey", -1);
  ck_assert_uint_eq (g_strv_length (logins), 2);

  /* Nobody listens there. */
  SshTarget nobody = { .name = "vm-3", .host = "127.0.0.1", .port = test_free_port () };
  g_autoptr (GError) error = open_error (settings, &nobody);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE);
  assert_says (error, "jump host");

  for (int i = 0; i < COUNT; i++)
    g_object_unref (links[i]);
  ssh_settings_unref (settings);
  test_sshd_stop (second);
}
END_TEST

/* The jump host's connection breaks under those that go through it. */
START_TEST (test_jump_breaks)
{
  g_autofree char *jump = g_strdup_printf ("%s@127.0.0.1:%u", g_get_user_name (), test.sshd->port);
  g_autoptr (SshSettings) settings = make_settings ("jump-host", jump, NULL);
  g_autoptr (GError) error = NULL;
  SshTarget target = machine ();
  g_autoptr (SshLink) link = open_link (settings, &target);
  Victim victim;

  hit_server (link, SIGKILL, &victim);
  g_autoptr (SshOutcome) outcome = finish_run (link, &victim.call, &error);
  g_string_free (victim.seen.text, TRUE);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME);
}
END_TEST

/* The pool. */

typedef struct {
  SshPool *pool;
  VnfmTestCall call;
  SshTarget target;
} Acquisition;

static void
acquire (Acquisition *self, SshPool *pool, const char *key_name, GCancellable *cancellable)
{
  *self = (Acquisition){ pool, { NULL }, machine () };
  self->target.key_name = key_name;
  ssh_pool_acquire_async (pool, &self->target, cancellable, vnfm_test_got_result, &self->call);
}

static SshLink *
acquired (Acquisition *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&self->call);
  SshLink *link = ssh_pool_acquire_finish (self->pool, result, &error);

  ck_assert_no_error (error);
  ck_assert (ssh_link_is_open (link));
  return link;
}

static void
assert_counts (SshPool *pool, guint open, guint idle, guint opening, guint waiting)
{
  SshPoolCounts counts = ssh_pool_get_counts (pool);

  ck_assert_uint_eq (counts.open, open);
  ck_assert_uint_eq (counts.idle, idle);
  ck_assert_uint_eq (counts.opening, opening);
  ck_assert_uint_eq (counts.waiting, waiting);
}

/* Users of one machine share its connection, before and after it is there. */
START_TEST (test_pool_shares)
{
  g_autoptr (SshSettings) settings = make_settings (NULL);
  g_autoptr (SshPool) pool = ssh_pool_new (settings);
  Acquisition a, b, c;

  acquire (&a, pool, "m-1", NULL);
  acquire (&b, pool, "m-1", NULL);
  SshLink *first = acquired (&a);
  SshLink *second = acquired (&b);
  acquire (&c, pool, "m-1", NULL);
  SshLink *third = acquired (&c);
  ck_assert_ptr_eq (first, second);
  ck_assert_ptr_eq (first, third);
  assert_counts (pool, 1, 0, 0, 0);
  ssh_pool_release (pool, first);
  ssh_pool_release (pool, second);
  assert_counts (pool, 1, 0, 0, 0);
  ssh_pool_release (pool, third);
  assert_counts (pool, 1, 1, 0, 0);
}
END_TEST

/* Two places for four machines: served in order, each place given on as soon as it is free. */
START_TEST (test_pool_bounds)
{
  g_autoptr (SshSettings) settings = make_settings ("max-connections", "2", "max-opening", "1", NULL);
  g_autoptr (SshPool) pool = ssh_pool_new (settings);
  Acquisition a, b, c, d;

  acquire (&a, pool, "m-1", NULL);
  acquire (&b, pool, "m-2", NULL);
  acquire (&c, pool, "m-3", NULL);
  acquire (&d, pool, "m-4", NULL);
  assert_counts (pool, 0, 0, 0, 4);
  g_main_context_iteration (NULL, TRUE);
  ck_assert_uint_le (ssh_pool_get_counts (pool).opening, 1);
  SshLink *first = acquired (&a);
  SshLink *second = acquired (&b);
  ck_assert_ptr_ne (first, second);
  assert_counts (pool, 2, 0, 0, 2);

  ssh_pool_release (pool, second);
  SshLink *third = acquired (&c);
  assert_counts (pool, 2, 0, 0, 1);
  /* One that ends by itself makes room too. */
  ssh_link_close (first);
  SshLink *fourth = acquired (&d);
  assert_counts (pool, 2, 0, 0, 0);
  ssh_pool_release (pool, first);
  ssh_pool_release (pool, third);
  ssh_pool_release (pool, fourth);
  assert_counts (pool, 2, 2, 0, 0);
}
END_TEST

static gboolean
is_empty (gpointer pool)
{
  SshPoolCounts counts = ssh_pool_get_counts (pool);

  return counts.open + counts.opening + counts.waiting == 0;
}

START_TEST (test_pool_idle)
{
  g_autoptr (SshSettings) settings = make_settings ("idle-timeout", "50ms", NULL);
  g_autoptr (SshPool) pool = ssh_pool_new (settings);
  Acquisition a, b;

  acquire (&a, pool, "m-1", NULL);
  SshLink *link = acquired (&a);
  ssh_pool_release (pool, link);
  vnfm_test_wait_until (is_empty, pool);
  acquire (&b, pool, "m-1", NULL);
  link = acquired (&b);
  assert_counts (pool, 1, 0, 0, 0);
  ssh_pool_release (pool, link);
}
END_TEST

static void
assert_cancelled (Acquisition *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&self->call);
  SshLink *link = ssh_pool_acquire_finish (self->pool, result, &error);

  ck_assert (link == NULL);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
}

START_TEST (test_pool_cancel)
{
  g_autoptr (SshSettings) settings = make_settings ("max-opening", "1", NULL);
  g_autoptr (SshPool) pool = ssh_pool_new (settings);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Acquisition a, b, c;

  acquire (&a, pool, "m-1", cancellable);
  acquire (&b, pool, "m-2", cancellable);
  g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  /* It comes while the attempt for the first is being given up. */
  acquire (&c, pool, "m-1", NULL);
  assert_cancelled (&a);
  assert_cancelled (&b);
  ssh_pool_release (pool, acquired (&c));
  assert_counts (pool, 1, 1, 0, 0);
}
END_TEST

START_TEST (test_pool_close)
{
  g_autoptr (SshSettings) settings = make_settings ("max-connections", "1", NULL);
  g_autoptr (SshPool) pool = ssh_pool_new (settings);
  Acquisition a, b, c;

  acquire (&a, pool, "m-1", NULL);
  SshLink *link = acquired (&a);
  acquire (&b, pool, "m-2", NULL);
  ssh_pool_close (pool);
  assert_cancelled (&b);
  ck_assert (!ssh_link_is_open (link));
  acquire (&c, pool, "m-1", NULL);
  assert_cancelled (&c);
  ssh_pool_release (pool, link);
  vnfm_test_wait_until (is_empty, pool);
}
END_TEST

START_TEST (test_pool_failure)
{
  g_autoptr (SshSettings) settings = make_settings ("host-keys", "strict", NULL);
  g_autoptr (SshPool) pool = ssh_pool_new (settings);
  Acquisition all[2];

  for (int i = 0; i < 2; i++)
    acquire (&all[i], pool, "m-1", NULL);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GAsyncResult) result = vnfm_test_wait (&all[i].call);
    SshLink *link = ssh_pool_acquire_finish (pool, result, &error);
    ck_assert (link == NULL);
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
  }
  assert_counts (pool, 0, 0, 0, 0);
}
END_TEST

static void
add_pool_tests (TCase *t)
{
  tcase_add_test (t, test_pool_shares);
  tcase_add_test (t, test_pool_bounds);
  tcase_add_test (t, test_pool_idle);
  tcase_add_test (t, test_pool_cancel);
  tcase_add_test (t, test_pool_close);
  tcase_add_test (t, test_pool_failure);
}

static void
add_tests (TCase *t)
{
  tcase_add_test (t, test_run);
  tcase_add_test (t, test_signal);
  tcase_add_test (t, test_no_input);
  tcase_add_test (t, test_large_input);
  tcase_add_test (t, test_new_keys);
  tcase_add_test (t, test_unread_input);
  tcase_add_test (t, test_max_output);
  tcase_add_test (t, test_many_commands);
  tcase_add_test (t, test_fewer_sessions);
  tcase_add_test (t, test_cancel);
  tcase_add_test (t, test_cancel_early);
  tcase_add_test (t, test_close);
  tcase_add_test (t, test_server_killed);
  tcase_add_test (t, test_silent_peer);
  tcase_add_test (t, test_keepalive);
  tcase_add_test (t, test_accept_new);
  tcase_add_test (t, test_changed_key);
  tcase_add_test (t, test_strict);
  tcase_add_test (t, test_metadata);
  tcase_add_test (t, test_known_type);
  tcase_add_test (t, test_wrong_key);
  tcase_add_test (t, test_descriptors);
  tcase_add_test (t, test_no_method);
  tcase_add_test (t, test_passphrase);
  tcase_add_test (t, test_agent);
  tcase_add_test (t, test_unreachable);
  tcase_add_test (t, test_open_cancelled);
  tcase_add_test (t, test_jump);
  tcase_add_test (t, test_jump_breaks);
}

static Suite *
suite (void)
{
  Suite *s = suite_create ("ssh-link");
  TCase *t = tcase_create ("links");

  tcase_add_checked_fixture (t, setup, teardown);
  tcase_set_timeout (t, 120);
  add_tests (t);
  suite_add_tcase (s, t);
  t = tcase_create ("pool");
  tcase_add_checked_fixture (t, setup, teardown);
  tcase_set_timeout (t, 120);
  add_pool_tests (t);
  suite_add_tcase (s, t);
  return s;
}

VNFM_TEST_MAIN (suite)
