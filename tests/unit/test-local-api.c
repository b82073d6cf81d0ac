/* SPDX-License-Identifier: Apache-2.0 */
/* The local API and vnfmctl, over a real socket, with a source that knows three operations. */
#include "config.h"

#include "core/daemon/local-api.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- what the API tells */

#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, GObject)

struct _TestSource {
  GObject parent_instance;

  LocalApiFilter filter;
  guint limit;
  GTask *held;   /* nullable: an answer that waits */
  gboolean hold; /* the next one waits */
};

static const char *const ids[] = {
  "11111111-aaaa-4000-8000-000000000001",
  "11111111-bbbb-4000-8000-000000000002",
  "22222222-cccc-4000-8000-000000000003",
};

#define OPERATION                                                                                                    \
  "{\"id\":\"22222222-cccc-4000-8000-000000000003\",\"action\":\"INSTANTIATE\",\"vnf\":\"web\",\"type\":\"server\"," \
  "\"state\":\"running\",\"stage\":\"await\",\"doing\":\"waits for machine web-0: agent never seen\","               \
  "\"received\":\"2024-05-03T12:30:05.000Z\",\"stages\":[{\"stage\":\"grant\",\"started\":"                          \
  "\"2024-05-03T12:30:05.000Z\",\"ended\":\"2024-05-03T12:30:05.012Z\"}],\"steps\":[{\"name\":\"grant/question\","   \
  "\"began\":\"2024-05-03T12:30:05.000Z\",\"ended\":\"2024-05-03T12:30:05.012Z\",\"outcome\":\"granted\"}],"         \
  "\"waits\":[{\"for\":\"machine\",\"host\":\"web-0\",\"addresses\":[\"private 10.0.0.3\",\"floating public "        \
  "192.0.2.7\"],"                                                                                                    \
  "\"allocated\":\"2024-05-03T12:30:06.000Z\",\"state\":\"agent never seen\"},{\"for\":\"step\",\"what\":\"script "  \
  "a.sh "                                                                                                            \
  "(1 of 2)\",\"host\":\"web-1\",\"state\":\"registered\",\"output\":\"line 1\\n\\u001b[2Jline "                     \
  "2\\n\"},{\"for\":\"question\","                                                                                   \
  "\"what\":\"GRANT_OPERATION\",\"since\":\"2024-05-03T12:30:06.000Z\"},{\"for\":\"operation\",\"what\":\"START of " \
  "web\"}]}"

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  ck_assert_no_error (error);
  return node;
}

static JsonNode *
test_source_get_status (LocalApiSource *source)
{
  return parse ("{\"version\":\"1.2.3\",\"profile\":\"local\",\"state\":\"ready\",\"pid\":4711,\"transports\":"
                "[{\"leg\":\"nfvo\",\"name\":\"stomp\",\"state\":\"connected\"}],"
                "\"operations\":{\"waiting\":1,\"running\":2}}");
}

static JsonNode *
test_source_get_operations (LocalApiSource *source, LocalApiFilter filter, guint limit, guint *left_out)
{
  TEST_SOURCE (source)->filter = filter;
  TEST_SOURCE (source)->limit = limit;
  *left_out = 5;
  return parse ("[{\"id\":\"11111111-aaaa-4000-8000-000000000001\",\"action\":\"START\",\"vnf\":\"b\\u0007ell\","
                "\"type\":\"client\",\"state\":\"finished\",\"outcome\":\"error\",\"error\":\"script x failed\","
                "\"received\":\"2024-05-03T12:30:05.000Z\",\"ended\":\"2024-05-03T12:30:08.000Z\"}," OPERATION "]");
}

static void
test_source_get_doctor_async (LocalApiSource *source, const char *vnf, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);

  if (vnf != NULL && strcmp (vnf, "a&b=%") != 0)
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "no VNF %s is known here", vnf);
  else
    g_task_return_pointer (task,
                           parse (vnf != NULL ? "{\"status\":{\"version\":\"" PACKAGE_VERSION "\"}}"
                                              : "{\"status\":{},\"store-error\":\"disk full\"}"),
                           (GDestroyNotify)json_node_unref);
}

static void
test_source_get_operation_async (LocalApiSource *source, const char *id, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  TestSource *self = TEST_SOURCE (source);
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  GError *error = NULL;

  if (self->hold) {
    self->held = g_steal_pointer (&task);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_ptr_array_add (all, (gpointer)ids[i]);
  if (local_api_find_id (all, id, &error) != NULL)
    g_task_return_pointer (task, parse (OPERATION), (GDestroyNotify)json_node_unref);
  else
    g_task_return_error (task, error);
}

static JsonNode *
test_source_get_operation_finish (LocalApiSource *source, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static JsonNode *
test_source_get_vnfs (LocalApiSource *source)
{
  return parse ("[{\"vnf\":\"web\",\"type\":\"server\",\"vnfr\":\"v-1\",\"action\":\"START\",\"waiting\":1,"
                "\"machines\":[{\"host\":\"web-0\",\"state\":\"agent ready\"}]}]");
}

static JsonNode *
test_source_get_plugins (LocalApiSource *source)
{
  return parse ("[{\"kind\":\"store\",\"name\":\"sqlite\",\"version\":\"1\",\"state\":\"loaded\",\"summary\":\"s\"},"
                "{\"kind\":\"ems\",\"name\":\"ssh\",\"state\":\"disabled\",\"reason\":\"no such file\"}]");
}

static void
test_source_init_source (LocalApiSourceInterface *iface)
{
  iface->get_status = test_source_get_status;
  iface->get_operations = test_source_get_operations;
  iface->get_operation_async = test_source_get_operation_async;
  iface->get_operation_finish = test_source_get_operation_finish;
  iface->get_doctor_async = test_source_get_doctor_async;
  iface->get_doctor_finish = test_source_get_operation_finish;
  iface->get_vnfs = test_source_get_vnfs;
  iface->get_plugins = test_source_get_plugins;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSource, test_source, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (LOCAL_API_TYPE_SOURCE, test_source_init_source))

static void
test_source_class_init (TestSourceClass *klass)
{
}

static void
test_source_init (TestSource *self)
{
}

/* ---- set-up */

static char *folder, *path;
static TestSource *source;
static LocalApi *api;

static LocalApi *
start_api (const char *group, GError **error)
{
  g_autoptr (LocalApi) self = local_api_new (path, group, LOCAL_API_SOURCE (source));

  return local_api_start (self, error) ? g_steal_pointer (&self) : NULL;
}

static void
set_up (void)
{
  g_autoptr (GError) error = NULL;

  folder = vnfm_test_make_folder ();
  path = g_build_filename (folder, "run", "control.sock", NULL);
  source = g_object_new (TEST_TYPE_SOURCE, NULL);
  api = start_api (NULL, &error);
  ck_assert_no_error (error);
}

static void
tear_down (void)
{
  g_clear_pointer (&api, local_api_free);
  g_clear_object (&source);
  vnfm_test_remove_folder (folder);
  g_clear_pointer (&folder, g_free);
  g_clear_pointer (&path, g_free);
}

/* ---- plain HTTP, as text */

static gboolean
is_closed (gpointer data)
{
  return ((GString *)data)->len > 0 && ((GString *)data)->str[((GString *)data)->len - 1] == '\1';
}

static gboolean
can_read (GSocket *socket, GIOCondition condition, gpointer data)
{
  GString *answer = data;
  char buffer[4096];
  gssize length = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  if (length > 0) {
    g_string_append_len (answer, buffer, length);
    return G_SOURCE_CONTINUE;
  }
  g_string_append_c (answer, '\1');
  return G_SOURCE_REMOVE;
}

static GSocket *
connect_to_api (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  GSocket *self = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);

  ck_assert_no_error (error);
  g_socket_connect (self, address, NULL, &error);
  ck_assert_no_error (error);
  return self;
}

/* All that comes until the end: (transfer full). */
static char *
read_to_end (GSocket *socket)
{
  g_autoptr (GSource) readable = g_socket_create_source (socket, G_IO_IN | G_IO_HUP, NULL);
  GString *answer = g_string_new (NULL);

  g_source_set_callback (readable, G_SOURCE_FUNC (can_read), answer, NULL);
  g_source_attach (readable, NULL);
  vnfm_test_wait_until (is_closed, answer);
  g_string_truncate (answer, answer->len - 1);
  return g_string_free (answer, FALSE);
}

/* Sends @request: (transfer full): the answer. */
static char *
talk (const char *request)
{
  g_autoptr (GSocket) socket = connect_to_api ();

  ck_assert_int_eq (g_socket_send (socket, request, strlen (request), NULL, NULL), (gssize)strlen (request));
  return read_to_end (socket);
}

static void
expect_answer (const char *request, const char *status, const char *part)
{
  g_autofree char *whole = g_strconcat (request, " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", NULL);
  g_autofree char *answer = talk (whole);
  g_autofree char *line = g_strconcat ("HTTP/1.1 ", status, " ", NULL);

  ck_assert_msg (g_str_has_prefix (answer, line), "%s: %s", request, answer);
  ck_assert_msg (strstr (answer, part) != NULL, "%s: %s", request, answer);
}

START_TEST (resources_are_answered)
{
  expect_answer ("GET /v1/status", "200", "\"profile\":\"local\"");
  expect_answer ("GET /v1/status", "200", "Content-Type: application/json");
  expect_answer ("GET /v1/operations", "200", "{\"operations\":[{\"id\":");
  expect_answer ("GET /v1/operations", "200", "\"left-out\":5");
  expect_answer ("GET /v1/operations/2222", "200", "\"doing\":\"waits for machine");
  expect_answer ("GET /v1/operations/22222222-cccc-4000-8000-000000000003", "200", "\"output\":");
  expect_answer ("GET /v1/vnfs", "200", "{\"vnfs\":[");
  expect_answer ("GET /v1/plugins", "200", "{\"plugins\":[");
  g_autofree char *head = talk ("HEAD /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  ck_assert (g_str_has_prefix (head, "HTTP/1.1 200 "));
  ck_assert (g_str_has_suffix (head, "\r\n\r\n"));
}
END_TEST

START_TEST (filters_reach_the_source)
{
  static const struct {
    const char *query;
    LocalApiFilter filter;
    guint limit;
  } rows[] = {
    { "", LOCAL_API_OPEN, 100 },
    { "?state=running", LOCAL_API_RUNNING, 100 },
    { "?state=waiting&limit=1", LOCAL_API_WAITING, 1 },
    { "?limit=10000&state=finished", LOCAL_API_FINISHED, 10000 },
    { "?state=all", LOCAL_API_ALL, 100 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *request = g_strconcat ("GET /v1/operations", rows[i].query, NULL);
    expect_answer (request, "200", "operations");
    ck_assert_uint_eq (source->filter, rows[i].filter);
    ck_assert_uint_eq (source->limit, rows[i].limit);
  }
}
END_TEST

START_TEST (mistakes_are_told)
{
  expect_answer ("GET /v1/nothing", "404", "{\"error\":{\"code\":\"not-found\",\"message\":");
  expect_answer ("GET /", "404", "\"not-found\"");
  expect_answer ("GET /v1/status/x", "404", "\"not-found\"");
  expect_answer ("GET /v1/operations/", "404", "\"not-found\"");
  expect_answer ("GET /v1/operations/a_b", "404", "\"not-found\"");
  expect_answer ("GET /v1/operations/%2e%2e", "404", "\"not-found\"");
  expect_answer ("GET /v1/operations/9999", "404", "there is no operation 9999");
  expect_answer ("GET /v1/operations/1111", "400", "2 operations begin with 1111");
  expect_answer ("GET /v1/operations?state=lost", "400", "\"invalid\"");
  expect_answer ("GET /v1/operations?limit=0", "400", "limit must be");
  expect_answer ("GET /v1/operations?limit=10001", "400", "limit must be");
  expect_answer ("GET /v1/operations?limit=-1", "400", "limit must be");
  expect_answer ("GET /v1/operations?limit=x", "400", "limit must be");
  expect_answer ("POST /v1/status", "405", "\"not-supported\"");
  expect_answer ("DELETE /v1/operations/2222", "405", "Allow: GET");
  expect_answer ("POST /v1/nothing", "404", "\"not-found\"");
}
END_TEST

START_TEST (large_requests_are_refused)
{
  g_autofree char *announced = talk ("POST /v1/status HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n"
                                     "Expect: 100-continue\r\n\r\n");
  ck_assert_msg (g_str_has_prefix (announced, "HTTP/1.1 413 "), "%s", announced);

  /* Chunk after chunk: the connection ends. */
  g_autoptr (GString) chunks =
      g_string_new ("POST /v1/status HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (guint i = 0; i < 20; i++) {
    g_autofree char *data = g_strnfill (4096, 'x');
    g_string_append_printf (chunks, "1000\r\n%s\r\n", data);
  }
  g_autofree char *answer = talk (chunks->str);
  ck_assert_msg (!g_str_has_prefix (answer, "HTTP/1.1 2"), "%s", answer);

  g_autofree char *long_name = g_strnfill (120 * 1024, 'x');
  g_autofree char *headers = g_strconcat ("GET /v1/status HTTP/1.1\r\nHost: x\r\nX: ", long_name, "\r\n\r\n", NULL);
  g_autofree char *refused = talk (headers);
  ck_assert_msg (!g_str_has_prefix (refused, "HTTP/1.1 2"), "%s", refused);
  expect_answer ("GET /v1/status", "200", "local");
}
END_TEST

static gboolean
is_held (gpointer data)
{
  return source->held != NULL;
}

static gboolean
is_cancelled (gpointer data)
{
  return g_cancellable_is_cancelled (data);
}

START_TEST (a_client_that_leaves_is_forgotten)
{
  static const char request[] = "GET /v1/operations/2222 HTTP/1.1\r\nHost: x\r\n\r\n";
  GSocket *socket = connect_to_api ();

  source->hold = TRUE;
  g_socket_send (socket, request, strlen (request), NULL, NULL);
  vnfm_test_wait_until (is_held, NULL);
  g_autoptr (GTask) task = g_steal_pointer (&source->held);
  g_object_unref (socket);
  /* Its own end is not seen while the answer is waited for; the answer then goes nowhere. */
  g_task_return_pointer (task, parse (OPERATION), (GDestroyNotify)json_node_unref);
  source->hold = FALSE;
  expect_answer ("GET /v1/operations/2222", "200", "doing");

  socket = connect_to_api ();
  source->hold = TRUE;
  g_socket_send (socket, request, strlen (request), NULL, NULL);
  vnfm_test_wait_until (is_held, NULL);
  g_autoptr (GTask) late = g_steal_pointer (&source->held);
  g_clear_pointer (&api, local_api_free);
  vnfm_test_wait_until (is_cancelled, g_task_get_cancellable (late));
  g_task_return_new_error (late, VNFM_ERROR, VNFM_ERROR_FAILED, "too late");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (socket);
}
END_TEST

/* ---- the socket */

START_TEST (the_socket_is_for_owner_and_group)
{
  GStatBuf st;

  ck_assert_int_eq (g_lstat (path, &st), 0);
  ck_assert (S_ISSOCK (st.st_mode));
  ck_assert_uint_eq (st.st_mode & 07777, 0660);
  g_clear_pointer (&api, local_api_free);
  ck_assert_int_eq (g_lstat (path, &st), -1);
}
END_TEST

START_TEST (a_living_socket_is_not_taken_over)
{
  g_autoptr (GError) error = NULL;

  ck_assert_ptr_null (start_api (NULL, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_FAILED);
  ck_assert_ptr_nonnull (strstr (error->message, "another process listens"));
  expect_answer ("GET /v1/status", "200", "local");
}
END_TEST

START_TEST (a_dead_socket_is_replaced)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  g_clear_pointer (&api, local_api_free);
  g_autoptr (GSocket) dead = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  ck_assert (g_socket_bind (dead, address, TRUE, &error));
  g_socket_close (dead, NULL);
  ck_assert (g_file_test (path, G_FILE_TEST_EXISTS));
  api = start_api (NULL, &error);
  ck_assert_no_error (error);
  expect_answer ("GET /v1/status", "200", "local");
}
END_TEST

START_TEST (what_cannot_be_a_socket_is_refused)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&api, local_api_free);
  ck_assert_ptr_null (start_api ("no such group, surely", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
  g_clear_error (&error);
  g_file_set_contents (path, "precious", -1, NULL);
  ck_assert_ptr_null (start_api (NULL, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
  ck_assert (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_clear_error (&error);
  g_free (path);
  path = g_strnfill (200, 'x');
  path[0] = '/';
  ck_assert_ptr_null (start_api (NULL, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG);
}
END_TEST

/* In a process that has become another user: asks, and passes the answer on to @out. */
static void
ask_and_exit (uid_t uid, gid_t gid, gid_t extra, int out)
{
  static const char request[] = "GET /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  char buffer[4096];
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  gboolean ok = setgroups (1, &extra) == 0 && setgid (gid) == 0 && setuid (uid) == 0 &&
                connect (fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                write (fd, request, strlen (request)) == (ssize_t)strlen (request);
  for (ssize_t length; ok && (length = read (fd, buffer, sizeof buffer)) > 0;)
    ok = write (out, buffer, (gsize)length) == length;
  _exit (ok ? 0 : 1);
}

/* (transfer full): the answer to someone else. */
static char *
ask_as (uid_t uid, gid_t gid, gid_t extra)
{
  int ends[2];

  g_chmod (folder, 0755);
  g_chmod (path, 0666);
  ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), 0);
  pid_t child = fork ();
  if (child == 0)
    ask_and_exit (uid, gid, extra, ends[1]);
  close (ends[1]);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (ends[0], NULL);
  char *answer = read_to_end (socket);
  ck_assert_int_eq (waitpid (child, NULL, 0), child);
  return answer;
}

START_TEST (strangers_are_refused_and_members_are_not)
{
  g_autoptr (GError) error = NULL;
  struct group *group = getgrnam ("nogroup");

  ck_assert_ptr_nonnull (group);
  gid_t gid = group->gr_gid;
  g_autofree char *stranger = ask_as (4711, 4711, 4712);
  ck_assert_msg (g_str_has_prefix (stranger, "HTTP/1.1 403 "), "%s", stranger);
  ck_assert_ptr_nonnull (strstr (stranger, "\"denied\""));
  ck_assert_ptr_null (strstr (stranger, "profile"));

  g_clear_pointer (&api, local_api_free);
  api = start_api ("nogroup", &error);
  ck_assert_no_error (error);
  GStatBuf st;
  ck_assert_int_eq (g_stat (path, &st), 0);
  ck_assert_uint_eq (st.st_gid, gid);
  g_autofree char *primary = ask_as (4711, gid, 4712);
  ck_assert_msg (g_str_has_prefix (primary, "HTTP/1.1 200 "), "%s", primary);
  g_autofree char *member = ask_as (4711, 4711, gid);
  ck_assert_msg (g_str_has_prefix (member, "HTTP/1.1 200 "), "%s", member);
  g_autofree char *other = ask_as (4711, 4711, 4712);
  ck_assert_msg (g_str_has_prefix (other, "HTTP/1.1 403 "), "%s", other);
}
END_TEST

/* ---- vnfmctl */

typedef struct {
  char *out, *err;
  gboolean done;
  int status;
} Run;

static void
run_is_over (GObject *process, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Run *run = data;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (process), result, &run->out, &run->err, &error);
  ck_assert_no_error (error);
  run->status = g_subprocess_get_exit_status (G_SUBPROCESS (process));
  run->done = TRUE;
}

static gboolean
run_is_done (gpointer data)
{
  return ((Run *)data)->done;
}

static void
run_clear (Run *run)
{
  g_free (run->out);
  g_free (run->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* Runs vnfmctl with the words of @line. */
static void
run_ctl (Run *run, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *program = g_build_filename (g_getenv ("VNFM_BUILDDIR"), "core", "ctl", "vnfmctl", NULL);
  g_autofree char *whole = g_strconcat (program, " ", line, NULL);
  g_auto (GStrv) argv = g_strsplit (whole, " ", -1);

  g_subprocess_launcher_setenv (launcher, "TZ", "UTC", TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_autoptr (GSubprocess) process =
      g_subprocess_launcher_spawnv (launcher, (const char *const *)(gpointer)argv, &error);
  ck_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, run_is_over, run);
  vnfm_test_wait_until (run_is_done, run);
}

/* @line: with "@" for the socket. */
static void
expect_ctl (const char *line, int status, const char *out, const char *err)
{
  g_auto (Run) run = { 0 };
  g_autoptr (GString) whole = g_string_new (line);

  g_string_replace (whole, "@", path, 0);
  run_ctl (&run, whole->str);
  ck_assert_msg (run.status == status, "%s: exit %d: %s%s", line, run.status, run.out, run.err);
  ck_assert_msg (strstr (run.out, out) != NULL && (*out != '\0' || *run.out == '\0'), "%s: %s", line, run.out);
  ck_assert_msg (strstr (run.err, err) != NULL && (*err != '\0' || *run.err == '\0'), "%s: %s", line, run.err);
}

START_TEST (ctl_prints_what_is_asked)
{
  expect_ctl ("status --socket @", 0,
              "state       ready\nversion     1.2.3\nprofile     local\nprocess     4711\n"
              "to NFVO     stomp, connected\noperations  1 waiting, 2 running\n",
              "");
  expect_ctl ("--socket @ plugins", 0,
              "KIND   NAME    VERSION  STATE     WHAT\n"
              "store  sqlite  1        loaded    s\n"
              "ems    ssh     -        disabled  no such file\n",
              "");
  expect_ctl ("-s @ vnfs", 0, "web  server  v-1   START          1  web-0 (agent ready)\n", "");
  expect_ctl ("--json --socket @ vnfs", 0, "{\"vnfs\":[{\"vnf\":\"web\"", "");
}
END_TEST

START_TEST (ctl_prints_operations)
{
  expect_ctl ("operations --socket @", 0, "ID        ACTION", "");
  ck_assert_uint_eq (source->filter, LOCAL_API_OPEN);
  expect_ctl ("operations --socket @ --all --limit 7", 0,
              "11111111  START        b\xef\xbf\xbd"
              "ell  client  error    2024-05-03 12:30 ",
              "");
  expect_ctl ("operations --socket @ --all --limit 7", 0, " 3.0 s  script x failed\n", "");
  ck_assert_uint_eq (source->filter, LOCAL_API_ALL);
  ck_assert_uint_eq (source->limit, 7);
  expect_ctl ("operations --socket @", 0, "and 5 more", "");
  expect_ctl ("show --socket @ 2222", 0,
              "waits for   machine web-0 (private 10.0.0.3, floating public 192.0.2.7), allocated 2024-05-03 12:30 (",
              "");
  expect_ctl ("show --socket @ 2222", 0, " ago)\n            agent never seen\n", "");
  expect_ctl ("show --socket @ 2222", 0, "waits for   the NFVO's answer to GRANT_OPERATION, asked 2024-05-03 12:30 (",
              "");
  expect_ctl ("show --socket @ 2222", 0, "waits for   START of web, which came before\n", "");
  expect_ctl ("show --socket @ 2222", 0, "STAGE  STARTED            TOOK\ngrant  2024-05-03 12:30  12 ms\n", "");
  expect_ctl ("show --socket @ 2222", 0, "grant/question  2024-05-03 12:30  12 ms  granted\n", "");
  expect_ctl ("show --socket @ 2222", 0,
              "waits for   script a.sh (1 of 2) on web-1 (no address)\n            registered\n"
              "            | line 1\n            | \xef\xbf\xbd[2Jline 2\n",
              "");
}
END_TEST

START_TEST (ctl_judges)
{
  expect_ctl ("doctor --socket @", 1, "failed  store  cannot be written: disk full\n        -> no request is taken",
              "");
  expect_ctl ("doctor --socket @", 1, "1 link is broken\n", "");
  expect_ctl ("--json doctor --socket @", 1, "{\"findings\":[{\"link\":\"vnfmd\",\"state\":\"hint\"", "");
  expect_ctl ("--json doctor --socket @", 1, "\"failed\":1,\"facts\":{\"status\":{}", "");
  expect_ctl ("doctor --socket @ a&b=%", 0, "nothing is broken\n", "");
  expect_ctl ("doctor --socket @ web", 1, "failed  VNF    no VNF web is known here\n", "");
  expect_ctl ("doctor --socket @.not", 1, "failed  vnfmd  there is no vnfmd at ", "");
  expect_ctl ("doctor --socket @ a b", 2, "", "doctor takes at most one VNF");
  expect_answer ("GET /v1/doctor?vnf=", "400", "vnf must be a name");
}
END_TEST

START_TEST (ctl_tells_what_is_wrong)
{
  expect_ctl ("show --socket @ 9999", 1, "", "vnfmctl: there is no operation 9999\n");
  expect_ctl ("show --socket @ 1111", 1, "", "2 operations begin with 1111");
  expect_ctl ("show --socket @ ../status", 2, "", "\"../status\" is not the id of an operation");
  expect_ctl ("show --socket @", 2, "", "show takes one ID");
  expect_ctl ("status --socket @ more", 2, "", "status takes no argument");
  expect_ctl ("operations --limit 0", 2, "", "--limit must be 1 or more");
  expect_ctl ("frobnicate", 2, "", "unknown command \"frobnicate\"");
  expect_ctl ("status --frobnicate", 2, "", "vnfmctl: Unknown option --frobnicate\n");
  expect_ctl ("--socket @", 2, "", "a command is missing");
  expect_ctl ("--socket @.not status", 3, "", "vnfmctl: there is no vnfmd at ");
  expect_ctl ("--version", 0, "vnfmctl " PACKAGE_VERSION "\n", "");
  expect_ctl ("--help", 0, "show ID", "");
  expect_ctl ("operations --help", 0, "--limit=N", "");
}
END_TEST

START_TEST (ctl_tells_a_dead_socket_from_none)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  g_clear_pointer (&api, local_api_free);
  expect_ctl ("status --socket @", 3, "", "there is no vnfmd at");
  g_autoptr (GSocket) dead = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  ck_assert (g_socket_bind (dead, address, TRUE, &error));
  g_socket_close (dead, NULL);
  expect_ctl ("status --socket @", 3, "", "does not run any more: start it\n");
}
END_TEST

static Suite *
local_api_suite (void)
{
  Suite *suite = suite_create ("local-api");
  TCase *http = tcase_create ("http");
  TCase *sock = tcase_create ("socket");
  TCase *ctl = tcase_create ("vnfmctl");
  TCase *all[] = { http, sock, ctl };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    tcase_add_checked_fixture (all[i], set_up, tear_down);
    tcase_set_timeout (all[i], 300);
    suite_add_tcase (suite, all[i]);
  }
  tcase_add_test (http, resources_are_answered);
  tcase_add_test (http, filters_reach_the_source);
  tcase_add_test (http, mistakes_are_told);
  tcase_add_test (http, large_requests_are_refused);
  tcase_add_test (http, a_client_that_leaves_is_forgotten);
  tcase_add_test (sock, the_socket_is_for_owner_and_group);
  tcase_add_test (sock, a_living_socket_is_not_taken_over);
  tcase_add_test (sock, a_dead_socket_is_replaced);
  tcase_add_test (sock, what_cannot_be_a_socket_is_refused);
  /* Only root can become someone else. */
  if (geteuid () == 0)
    tcase_add_test (sock, strangers_are_refused_and_members_are_not);
  tcase_add_test (ctl, ctl_prints_what_is_asked);
  tcase_add_test (ctl, ctl_prints_operations);
  tcase_add_test (ctl, ctl_judges);
  tcase_add_test (ctl, ctl_tells_what_is_wrong);
  tcase_add_test (ctl, ctl_tells_a_dead_socket_from_none);
  return suite;
}

VNFM_TEST_MAIN (local_api_suite)
