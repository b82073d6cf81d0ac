/* SPDX-License-Identifier: Apache-2.0 */
/* The back-end ssh against a real OpenSSH server on loopback; script root and spool are folders of the test. */
#include "config.h"

#include "plugins/ems-ssh/ssh-ems.h"
#include "tests/support/test-sshd.h"

#include <vnfm/vnfm-error.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define VNFR "5f0c1f6e-1111-4222-8333-444455556666"

static struct {
  char *folder;
  char *root;
  char *spool;
  char *host_key;
  char *user_key;
  TestSshd *sshd;
  VnfmClock *clock;
  VnfmContext *context;
  VnfmEms *ems;
  VnfmVnfc *vnfc;
  GString *output; /* live */
  guint n_lost;
} site;

static VnfmVnfc *
new_vnfc (const char *address)
{
  g_autofree char *text = g_strdup_printf ("{\"id\": \"vnfc-1\", \"hostname\": \"web-1\", \"ips\": [{\"netName\": "
                                           "\"private\", \"ip\": \"%s\"}]}",
                                           address);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = vnfm_json_parse (bytes, &error);

  ck_assert_no_error (error);
  VnfmVnfc *vnfc = vnfm_vnfc_new_from_json (json_node_get_object (node), VNFR, &error);
  ck_assert_no_error (error);
  return vnfc;
}

static void
printed (VnfmEms *ems, const char *step, const char *stream, gint64 offset, const char *text, gpointer data)
{
  if (g_str_equal (stream, "stdout"))
    g_string_append (site.output, text);
}

static void
lost (VnfmEms *ems, const char *hostname, gpointer data)
{
  site.n_lost++;
}

static void
start_ems (void)
{
  g_autoptr (GError) error = NULL;

  site.ems = g_object_new (SSH_TYPE_EMS, "context", site.context, NULL);
  g_signal_connect (site.ems, "output", G_CALLBACK (printed), NULL);
  g_signal_connect (site.ems, "lost", G_CALLBACK (lost), NULL);
  ck_assert (vnfm_extension_start (VNFM_EXTENSION (site.ems), &error));
  ck_assert_no_error (error);
}

static void
stop_ems (void)
{
  vnfm_extension_stop (VNFM_EXTENSION (site.ems));
  g_clear_object (&site.ems);
}

static void
set_key (const char *name, const char *value)
{
  vnfm_profile_set (vnfm_context_get_profile (site.context), "ssh", name, value, "test");
}

static TestSshd *
start_sshd (guint16 port)
{
  return test_sshd_start (site.folder, site.host_key, site.user_key, NULL, port);
}

static void
set_up_with (gboolean identity)
{
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (GError) error = NULL;

  site.folder = vnfm_test_make_folder ();
  site.root = g_build_filename (site.folder, "scripts", NULL);
  site.spool = g_build_filename (site.folder, "spool", NULL);
  site.host_key = test_ssh_keygen (site.folder, "host", "");
  site.user_key = test_ssh_keygen (site.folder, "user", "");
  site.output = g_string_new (NULL);
  site.sshd = start_sshd (0);
  site.clock = vnfm_clock_new ();
  site.context = vnfm_context_new (profile, site.clock);
  vnfm_context_set_state_dir (site.context, site.folder);
  vnfm_profile_declare (profile, ssh_ems_keys);
  g_autofree char *port = g_strdup_printf ("%u", site.sshd->port);
  set_key ("port", port);
  set_key ("user", g_get_user_name ());
  if (identity)
    set_key ("identity", site.user_key);
  set_key ("script-root", site.root);
  set_key ("spool-dir", site.spool);
  set_key ("retry-min", "20ms");
  set_key ("retry-max", "50ms");
  set_key ("kill-grace", "1s");
  ck_assert (vnfm_profile_check (profile, NULL, &error));
  ck_assert_no_error (error);
  site.vnfc = new_vnfc ("127.0.0.1");
  start_ems ();
}

static void
set_up (void)
{
  set_up_with (TRUE);
}

static void
set_up_without_key (void)
{
  set_up_with (FALSE);
}

static void
tear_down (void)
{
  stop_ems ();
  g_clear_pointer (&site.sshd, test_sshd_stop);
  vnfm_vnfc_unref (site.vnfc);
  g_object_unref (site.context);
  g_object_unref (site.clock);
  vnfm_test_remove_folder (site.folder);
  g_string_free (site.output, TRUE);
  g_free (site.folder);
  g_free (site.root);
  g_free (site.spool);
  g_free (site.host_key);
  g_free (site.user_key);
}

static void
restart_sshd (const char *host_key)
{
  guint16 port = site.sshd->port;

  test_sshd_stop (site.sshd);
  g_free (site.host_key);
  site.host_key = g_strdup (host_key);
  site.sshd = start_sshd (port);
}

/* Calls, to their ends. */

static gboolean
await_machine (VnfmVnfc *vnfc, GError **error)
{
  VnfmTestCall call = { 0 };

  vnfm_ems_await_async (site.ems, vnfc, NULL, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  return vnfm_ems_await_finish (site.ems, result, error);
}

static gboolean
put (const char *name, const char *text, GError **error)
{
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));
  VnfmScript script = { .name = (char *)name, .content = content };
  VnfmTestCall call = { 0 };

  vnfm_ems_put_script_async (site.ems, site.vnfc, &script, NULL, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  return vnfm_ems_put_script_finish (site.ems, result, error);
}

static void
put_well (const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;

  put (name, text, &error);
  ck_assert_no_error (error);
}

static void
begin (const char *id, gboolean attach, gint64 time_limit, GCancellable *cancellable, VnfmTestCall *call)
{
  g_autoptr (VnfmEnvironment) environment = vnfm_environment_new ();
  VnfmExecution execution = {
    .step_id = id, .attach = attach, .script = id, .environment = environment, .time_limit = time_limit
  };

  vnfm_environment_set (environment, "a.b", "exact");
  vnfm_ems_execute_async (site.ems, site.vnfc, &execution, cancellable, vnfm_test_got_result, call);
}

static VnfmScriptResult *
finish (VnfmTestCall *call, GError **error)
{
  g_autoptr (GAsyncResult) async_result = vnfm_test_wait (call);

  return vnfm_ems_execute_finish (site.ems, async_result, error);
}

static VnfmScriptResult *
finish_well (VnfmTestCall *call)
{
  g_autoptr (GError) error = NULL;
  VnfmScriptResult *result = finish (call, &error);

  ck_assert_no_error (error);
  return result;
}

static VnfmScriptResult *
run (const char *id, const char *text)
{
  VnfmTestCall call = { 0 };

  put_well (id, text);
  begin (id, FALSE, 0, NULL, &call);
  return finish_well (&call);
}

static gboolean
file_is_there (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* A file that the script "slow" makes, or that it waits for. */
static char *
signal_path (const char *name)
{
  return g_build_filename (site.folder, name, NULL);
}

static char *
slow_script (void)
{
  return g_strdup_printf ("echo run >> '%s/runs'; echo begun; touch '%s/begun'\n"
                          "while ! [ -e '%s/go-on' ]; do sleep 0.05; done; echo ended; exit 5\n",
                          site.folder, site.folder, site.folder);
}

static void
begin_slow (VnfmTestCall *call, GCancellable *cancellable)
{
  g_autofree char *text = slow_script ();
  g_autofree char *begun = signal_path ("begun");

  put_well ("slow", text);
  begin ("slow", FALSE, 0, cancellable, call);
  vnfm_test_wait_until (file_is_there, begun);
}

static void
go_on (void)
{
  g_autofree char *path = signal_path ("go-on");

  ck_assert (g_file_set_contents (path, "", 0, NULL));
}

static void
check_slow_result (const VnfmScriptResult *result)
{
  g_autofree char *path = signal_path ("runs");
  g_autofree char *runs = NULL;

  ck_assert (result->known);
  ck_assert_int_eq (result->status, 5);
  ck_assert_str_eq (result->output, "begun\nended\n");
  ck_assert (g_file_get_contents (path, &runs, NULL, NULL));
  ck_assert_str_eq (runs, "run\n");
}

/* The processes of sshd that serve connections. */
static void
cut_connections (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", site.sshd->pid, site.sshd->pid);
  g_autofree char *text = NULL;

  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) pids = g_strsplit (g_strstrip (text), " ", -1);
  ck_assert_ptr_nonnull (pids[0]);
  for (char **pid = pids; *pid != NULL; pid++)
    ck_assert_int_eq (kill (atoi (*pid), SIGKILL), 0);
}

static gboolean
was_lost (gpointer data)
{
  return site.n_lost > 0;
}

START_TEST (runs_scripts)
{
  g_autoptr (GError) error = NULL;

  ck_assert (await_machine (site.vnfc, &error));
  g_autoptr (VnfmScriptResult) result = run ("lib/it's a.sh", "env | grep '^a[._]b' | sort; echo oops >&2; exit 3");
  ck_assert_int_eq (result->status, 3);
  ck_assert_str_eq (result->output, "a.b=exact\na_b=exact\n");
  ck_assert_str_eq (result->err, "oops\n");
  g_autofree char *known = vnfm_ems_describe (site.ems, site.vnfc);
  ck_assert_ptr_nonnull (strstr (known, "reached at 127.0.0.1 since"));
}
END_TEST

START_TEST (tells_live_output)
{
  VnfmTestCall call = { 0 };

  begin_slow (&call, NULL);
  while (strstr (site.output->str, "begun\n") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_autofree char *known = vnfm_ems_describe (site.ems, site.vnfc);
  ck_assert_ptr_nonnull (strstr (known, "script slow running since"));
  ck_assert_ptr_nonnull (strstr (known, "\"begun\""));
  go_on ();
  g_autoptr (VnfmScriptResult) result = finish_well (&call);
  check_slow_result (result);
}
END_TEST

START_TEST (follows_over_a_broken_connection)
{
  VnfmTestCall call = { 0 };

  begin_slow (&call, NULL);
  cut_connections ();
  vnfm_test_wait_until (was_lost, NULL);
  go_on ();
  g_autoptr (VnfmScriptResult) result = finish_well (&call);
  check_slow_result (result);
}
END_TEST

START_TEST (follows_after_a_restart)
{
  VnfmTestCall call = { 0 };
  VnfmTestCall again = { 0 };
  g_autoptr (GError) error = NULL;

  begin_slow (&call, NULL);
  vnfm_extension_stop (VNFM_EXTENSION (site.ems));
  g_autoptr (VnfmScriptResult) none = finish (&call, &error);
  ck_assert_ptr_null (none);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  stop_ems ();
  go_on ();
  start_ems ();
  begin ("slow", TRUE, 0, NULL, &again);
  g_autoptr (VnfmScriptResult) result = finish_well (&again);
  check_slow_result (result);
}
END_TEST

START_TEST (ends_what_is_cancelled)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  VnfmTestCall call = { 0 };

  begin_slow (&call, cancellable);
  g_cancellable_cancel (cancellable);
  g_autoptr (VnfmScriptResult) result = finish_well (&call);
  ck_assert (result->known);
  ck_assert_int_eq (result->status, -SIGTERM);
  ck_assert_ptr_nonnull (strstr (result->err, "cancelled"));
}
END_TEST

START_TEST (ends_at_the_time_limit)
{
  VnfmTestCall call = { 0 };

  put_well ("long", "sleep 1000");
  begin ("long", FALSE, G_USEC_PER_SEC, NULL, &call);
  g_autoptr (VnfmScriptResult) result = finish_well (&call);
  ck_assert_int_eq (result->status, -SIGTERM);
}
END_TEST

/* The supervisor is killed: nobody knows what came of the script. */
START_TEST (tells_an_unknown_outcome)
{
  VnfmTestCall call = { 0 };
  gint64 pid = 0;

  begin_slow (&call, NULL);
  g_autofree char *vnfr = g_build_filename (site.spool, VNFR, NULL);
  g_autoptr (GDir) folder = g_dir_open (vnfr, 0, NULL);
  g_autofree char *path = g_build_filename (vnfr, g_dir_read_name (folder), "process", NULL);
  g_autofree char *text = NULL;
  ck_assert (g_file_get_contents (path, &text, NULL, NULL));
  pid = g_ascii_strtoll (text, NULL, 10);
  ck_assert_int_gt (pid, 1);
  ck_assert_int_eq (kill ((pid_t)pid, SIGKILL), 0);
  g_autoptr (VnfmScriptResult) result = finish_well (&call);
  ck_assert (!result->known);
  ck_assert_str_eq (result->output, "begun\n");
}
END_TEST

/* Waiting. */

START_TEST (waits_for_a_server)
{
  VnfmTestCall call = { 0 };
  guint16 port = site.sshd->port;
  char *known = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&site.sshd, test_sshd_stop);
  vnfm_ems_await_async (site.ems, site.vnfc, NULL, vnfm_test_got_result, &call);
  while (known == NULL || strstr (known, "refused") == NULL) {
    g_main_context_iteration (NULL, TRUE);
    g_free (known);
    known = vnfm_ems_describe (site.ems, site.vnfc);
  }
  ck_assert_ptr_nonnull (strstr (known, "127.0.0.1"));
  g_free (known);
  site.sshd = start_sshd (port);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  ck_assert (vnfm_ems_await_finish (site.ems, result, &error));
}
END_TEST

START_TEST (waits_for_an_address)
{
  g_autoptr (VnfmVnfc) unborn = new_vnfc ("random");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  VnfmTestCall call = { 0 };
  g_autoptr (GError) error = NULL;

  vnfm_ems_await_async (site.ems, unborn, cancellable, vnfm_test_got_result, &call);
  g_autofree char *known = vnfm_ems_describe (site.ems, unborn);
  ck_assert_ptr_nonnull (strstr (known, "no address yet"));
  ck_assert (await_machine (site.vnfc, &error));
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  ck_assert (vnfm_ems_await_finish (site.ems, result, &error));
}
END_TEST

START_TEST (ends_waiting_when_cancelled)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  VnfmTestCall call = { 0 };
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&site.sshd, test_sshd_stop);
  vnfm_ems_await_async (site.ems, site.vnfc, cancellable, vnfm_test_got_result, &call);
  g_cancellable_cancel (cancellable);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  ck_assert (!vnfm_ems_await_finish (site.ems, result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
}
END_TEST

START_TEST (refuses_a_changed_host_key)
{
  g_autofree char *other = test_ssh_keygen (site.folder, "other", "");
  g_autoptr (GError) error = NULL;

  ck_assert (await_machine (site.vnfc, &error));
  stop_ems ();
  restart_sshd (other);
  start_ems ();
  ck_assert (!await_machine (site.vnfc, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED);
  ck_assert_ptr_nonnull (strstr (error->message, "host key has changed"));
  /* A machine that was released may come again with another key. */
  vnfm_ems_forget (site.ems, site.vnfc);
  g_clear_error (&error);
  ck_assert (await_machine (site.vnfc, &error));
}
END_TEST

static VnfmRecord *
new_record (const char *vnfr_keys, const char *vnfc_keys)
{
  g_autofree char *text = g_strdup_printf (
      "{\"id\": \"%s\", \"name\": \"web\", \"type\": \"web\", \"metadata\": {\"ssh-host-keys\": \"%s\"}, \"vdu\": "
      "[{\"vnfc_instance\": [{\"id\": \"vnfc-1\", \"hostname\": \"web-1\", \"metadata\": {\"ssh-host-keys\": \"%s\"}, "
      "\"ips\": [{\"netName\": \"private\", \"ip\": \"127.0.0.1\"}]}]}]}",
      VNFR, vnfr_keys, vnfc_keys);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  VnfmRecord *record = vnfm_record_new (bytes, &error);

  ck_assert_no_error (error);
  return record;
}

/* Waits for the machine of a VNFR with these keys. */
static gboolean
await_with_keys (const char *vnfr_keys, const char *vnfc_keys, GError **error)
{
  g_autoptr (VnfmRecord) record = new_record (vnfr_keys, vnfc_keys);
  g_autoptr (GPtrArray) vnfcs = vnfm_record_dup_vnfcs (record, NULL);

  ck_assert_uint_eq (vnfcs->len, 1);
  stop_ems ();
  start_ems ();
  return await_machine (g_ptr_array_index (vnfcs, 0), error);
}

static char *
read_public (const char *key)
{
  g_autofree char *path = g_strconcat (key, ".pub", NULL);
  char *line = NULL;

  ck_assert (g_file_get_contents (path, &line, NULL, NULL));
  return g_strchomp (line);
}

START_TEST (takes_host_keys_from_the_metadata)
{
  g_autofree char *other = test_ssh_keygen (site.folder, "other", "");
  g_autofree char *right = read_public (site.host_key);
  g_autofree char *wrong = read_public (other);
  g_autofree char *both = g_strconcat (wrong, "\\n", right, "\\n", NULL);
  g_autoptr (GError) error = NULL;

  set_key ("host-keys", "metadata");
  ck_assert (await_with_keys ("", right, &error));
  ck_assert (await_with_keys (both, "", &error));
  ck_assert (await_with_keys (wrong, right, &error)); /* its own go before those of the VNFR */
  ck_assert (!await_with_keys (right, wrong, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED);
  g_clear_error (&error);
  ck_assert (!await_with_keys ("", "no key", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED);
  ck_assert_ptr_nonnull (strstr (error->message, "metadata"));
}
END_TEST

START_TEST (tells_of_a_refused_login)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *other = test_ssh_keygen (site.folder, "stranger", "");
  VnfmTestCall call = { 0 };
  char *known = NULL;
  g_autoptr (GError) error = NULL;

  stop_ems ();
  set_key ("identity", other);
  start_ems ();
  vnfm_ems_await_async (site.ems, site.vnfc, cancellable, vnfm_test_got_result, &call);
  while (known == NULL || strstr (known, "login") == NULL) {
    g_main_context_iteration (NULL, TRUE);
    g_free (known);
    known = vnfm_ems_describe (site.ems, site.vnfc);
  }
  ck_assert_ptr_nonnull (strstr (known, g_get_user_name ()));
  g_free (known);
  g_cancellable_cancel (cancellable);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  ck_assert (!vnfm_ems_await_finish (site.ems, result, &error));
}
END_TEST

START_TEST (holds_commands_for_a_while)
{
  g_autoptr (GError) error = NULL;

  stop_ems ();
  g_clear_pointer (&site.sshd, test_sshd_stop);
  set_key ("hold", "100ms");
  start_ems ();
  ck_assert (!put ("a", "b", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE);
}
END_TEST

START_TEST (tells_what_the_machine_says)
{
  g_autoptr (GError) error = NULL;

  put_well ("plain", "");
  ck_assert (!put ("plain/below", "", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  ck_assert_ptr_nonnull (strstr (error->message, "plain"));
  g_clear_error (&error);
  ck_assert (!put ("../out", "", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
}
END_TEST

START_TEST (stores_a_dependency)
{
  static const char text[] = "{\"parameters\":{\"server\":{\"parameters\":{\"port\":\"80\"}}},\"vnfcParameters\":{}}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmDependency) dependency = vnfm_dependency_new (bytes, &error);
  VnfmTestCall call = { 0 };

  ck_assert_no_error (error);
  vnfm_ems_put_dependency_async (site.ems, site.vnfc, dependency, NULL, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  ck_assert (vnfm_ems_put_dependency_finish (site.ems, result, &error));
  g_autoptr (VnfmScriptResult) read = run ("read", ". $SCRIPTS_PATH/ob_parameters.sh; echo $OB_server_VNF_port\n"
                                                   "cd $SCRIPTS_PATH; ls ob_*; cat ob_parameters.json");
  ck_assert_str_eq (read->output,
                    "80\nob_parameters.json\nob_parameters.sh\nob_parameters.yaml\n"
                    "{\"parameters\":{\"server\":{\"parameters\":{\"port\":\"80\"}}},\"vnfcParameters\":{}}");
}
END_TEST

/* Somebody cleans up behind our back. */
START_TEST (prepares_the_spool_again)
{
  g_autoptr (GError) error = NULL;

  ck_assert (await_machine (site.vnfc, &error));
  vnfm_test_remove_folder (site.spool);
  g_autoptr (VnfmScriptResult) result = run ("again", "echo ran");
  ck_assert_str_eq (result->output, "ran\n");
}
END_TEST

START_TEST (makes_a_key)
{
  g_autoptr (GHashTable) variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  static const char json[] = "{\"name\":\"web\",\"id\":\"" VNFR "\"}";
  g_autoptr (GBytes) text = g_bytes_new_static (json, sizeof json - 1);
  g_autoptr (VnfmRecord) record = vnfm_record_new (text, NULL);
  g_autofree char *path = g_build_filename (site.folder, "ssh.key", NULL);
  struct stat status;

  ck_assert_ptr_nonnull (record);
  vnfm_ems_add_variables (site.ems, record, variables);
  const char *line = g_hash_table_lookup (variables, "SSH_AUTHORIZED_KEY");
  ck_assert_ptr_nonnull (line);
  ck_assert (g_str_has_prefix (line, "ssh-ed25519 AAAA"));
  ck_assert_str_eq (g_hash_table_lookup (variables, "SSH_USER"), g_get_user_name ());
  ck_assert_int_eq (stat (path, &status), 0);
  ck_assert_uint_eq (status.st_mode & 07777, 0600);
  ck_assert_ptr_nonnull (strstr (vnfm_ems_get_user_data (site.ems), "\nexport SSH_AUTHORIZED_KEY=\n"));
}
END_TEST

static Suite *
ssh_ems_suite (void)
{
  Suite *suite = suite_create ("ssh-ems");
  TCase *scripts = tcase_create ("scripts");
  TCase *waiting = tcase_create ("waiting");
  TCase *key = tcase_create ("key");

  tcase_add_checked_fixture (scripts, set_up, tear_down);
  tcase_set_timeout (scripts, 60);
  tcase_add_test (scripts, runs_scripts);
  tcase_add_test (scripts, tells_live_output);
  tcase_add_test (scripts, follows_over_a_broken_connection);
  tcase_add_test (scripts, follows_after_a_restart);
  tcase_add_test (scripts, ends_what_is_cancelled);
  tcase_add_test (scripts, ends_at_the_time_limit);
  tcase_add_test (scripts, tells_an_unknown_outcome);
  tcase_add_test (scripts, tells_what_the_machine_says);
  tcase_add_test (scripts, stores_a_dependency);
  tcase_add_test (scripts, prepares_the_spool_again);
  suite_add_tcase (suite, scripts);
  tcase_add_checked_fixture (waiting, set_up, tear_down);
  tcase_set_timeout (waiting, 60);
  tcase_add_test (waiting, waits_for_a_server);
  tcase_add_test (waiting, waits_for_an_address);
  tcase_add_test (waiting, ends_waiting_when_cancelled);
  tcase_add_test (waiting, refuses_a_changed_host_key);
  tcase_add_test (waiting, takes_host_keys_from_the_metadata);
  tcase_add_test (waiting, tells_of_a_refused_login);
  tcase_add_test (waiting, holds_commands_for_a_while);
  suite_add_tcase (suite, waiting);
  tcase_add_checked_fixture (key, set_up_without_key, tear_down);
  tcase_add_test (key, makes_a_key);
  suite_add_tcase (suite, key);
  return suite;
}

VNFM_TEST_MAIN (ssh_ems_suite)
