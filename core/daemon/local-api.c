/* SPDX-License-Identifier: Apache-2.0 */
/* A request: early() looks at who asks and at the headers, before a body comes; answer() looks for the path in a table
 * of resources and writes what the source says as JSON.
 *
 * Connections are accepted here and handed to the server, because libsoup 3.2 forgets to free those that it accepts
 * itself. The socket then travels with the address of the peer. soup_server_get_uris() must not be called on this
 * server: it knows no UNIX sockets. */
#include "config.h"

#include "core/daemon/local-api.h"
#include "core/daemon/local-socket.h"

#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-json.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#define BODY_MOST  (64 * 1024)
#define LIMIT_MOST 10000
#define LIMIT_ELSE 100
#define ID_MOST    64
#define NAME_MOST  255

const VnfmKey local_api_keys[] = {
  { "vnfmd", "control-socket", VNFM_KEY_PATH, "/run/vnfmd/control.sock", "where vnfmctl asks", VNFM_KEY_NONE, NULL },
  { "vnfmd", "control-group", VNFM_KEY_STRING, NULL,
    "group whose members may ask, besides root and the daemon's own user", VNFM_KEY_NONE, NULL },
  {},
};

struct _LocalApi {
  char *path;
  char *group_name; /* nullable */
  gid_t group;      /* -1: none */
  LocalApiSource *source;
  SoupServer *server;      /* nullable: not started */
  GSocketService *service; /* nullable: not started */
  GPtrArray *pending;      /* of Pending: borrowed */
  GStatBuf made;           /* the socket that is ours */
};

G_DEFINE_INTERFACE (LocalApiSource, local_api_source, G_TYPE_OBJECT)

static void
local_api_source_default_init (LocalApiSourceInterface *iface)
{
}

/* ---- answers */

static void
answer_with (SoupServerMessage *message, guint status, JsonNode *node)
{
  g_autoptr (GBytes) text = vnfm_json_write (node);
  gsize length = g_bytes_get_size (text);
  GString *line = g_string_new_len (g_bytes_get_data (text, NULL), (gssize)length);

  g_string_append_c (line, '\n');
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Cache-Control", "no-store");
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, g_string_free (line, FALSE),
                                    length + 1);
  soup_server_message_set_status (message, status, NULL);
}

/* @node: (transfer full): an array, as member @name of an object. */
static void
answer_with_list (SoupServerMessage *message, const char *name, JsonNode *node, guint left_out)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  json_object_set_member (object, name, node);
  if (left_out > 0)
    json_object_set_int_member (object, "left-out", left_out);
  json_node_set_object (root, object);
  answer_with (message, SOUP_STATUS_OK, root);
}

static void
answer_with_error (SoupServerMessage *message, guint status, const char *code, const char *text)
{
  g_autoptr (JsonObject) error = json_object_new ();
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (error, "code", code);
  json_object_set_string_member (error, "message", text);
  json_object_set_object_member (object, "error", g_steal_pointer (&error));
  json_node_set_object (root, object);
  answer_with (message, status, root);
}

static void
answer_with_gerror (SoupServerMessage *message, const GError *error)
{
  int code = error->domain == VNFM_ERROR ? error->code : VNFM_ERROR_FAILED;
  guint status;

  switch (code) {
  case VNFM_ERROR_NOT_FOUND:
    status = SOUP_STATUS_NOT_FOUND;
    break;
  case VNFM_ERROR_INVALID:
    status = SOUP_STATUS_BAD_REQUEST;
    break;
  case VNFM_ERROR_DENIED:
    status = SOUP_STATUS_FORBIDDEN;
    break;
  default:
    status = SOUP_STATUS_INTERNAL_SERVER_ERROR;
  }
  answer_with_error (message, status, vnfm_error_code_get_nick (code), error->message);
}

/* ---- resources */

typedef struct {
  LocalApi *api;
  SoupServerMessage *message;
  GHashTable *query; /* nullable */
  const char *id;    /* nullable */
} Request;

static void
get_status (const Request *request)
{
  LocalApiSource *source = request->api->source;
  g_autoptr (JsonNode) node = LOCAL_API_SOURCE_GET_IFACE (source)->get_status (source);

  answer_with (request->message, SOUP_STATUS_OK, node);
}

static gboolean
read_filter (const char *text, LocalApiFilter *filter)
{
  static const struct {
    const char *name;
    LocalApiFilter filter;
  } rows[] = {
    { "open", LOCAL_API_OPEN },         { "running", LOCAL_API_RUNNING }, { "waiting", LOCAL_API_WAITING },
    { "finished", LOCAL_API_FINISHED }, { "all", LOCAL_API_ALL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (text, rows[i].name) == 0) {
      *filter = rows[i].filter;
      return TRUE;
    }
  return FALSE;
}

static void
get_operations (const Request *request)
{
  LocalApiSource *source = request->api->source;
  const char *state = request->query != NULL ? g_hash_table_lookup (request->query, "state") : NULL;
  const char *most = request->query != NULL ? g_hash_table_lookup (request->query, "limit") : NULL;
  LocalApiFilter filter = LOCAL_API_OPEN;
  guint64 limit = LIMIT_ELSE;
  guint left_out = 0;

  if (state != NULL && !read_filter (state, &filter)) {
    answer_with_error (request->message, SOUP_STATUS_BAD_REQUEST, "invalid",
                       "state must be open, running, waiting, finished or all");
    return;
  }
  if (most != NULL && !g_ascii_string_to_unsigned (most, 10, 1, LIMIT_MOST, &limit, NULL)) {
    answer_with_error (request->message, SOUP_STATUS_BAD_REQUEST, "invalid",
                       "limit must be a number from 1 to " G_STRINGIFY (LIMIT_MOST));
    return;
  }
  JsonNode *node = LOCAL_API_SOURCE_GET_IFACE (source)->get_operations (source, filter, (guint)limit, &left_out);
  answer_with_list (request->message, "operations", node, left_out);
}

/* An answer that comes later; the client or the API may be gone by then. */
typedef struct {
  LocalApi *api; /* nullable: gone */
  LocalApiSource *source;
  JsonNode *(*finish) (LocalApiSource *source, GAsyncResult *result, GError **error);
  SoupServerMessage *message;
  GCancellable *cancellable;
  gulong finished;
} Pending;

static void
client_is_done (SoupServerMessage *message, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
got_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Pending *pending = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = pending->finish (pending->source, result, &error);

  g_signal_handler_disconnect (pending->message, pending->finished);
  if (!g_cancellable_is_cancelled (pending->cancellable)) {
    if (node != NULL)
      answer_with (pending->message, SOUP_STATUS_OK, node);
    else
      answer_with_gerror (pending->message, error);
    soup_server_message_unpause (pending->message);
  }
  if (pending->api != NULL)
    g_ptr_array_remove_fast (pending->api->pending, pending);
  g_object_unref (pending->source);
  g_object_unref (pending->message);
  g_object_unref (pending->cancellable);
  g_free (pending);
}

/* The request is answered in got_answer(). */
static Pending *
begin_pending (const Request *request, JsonNode *(*finish) (LocalApiSource *, GAsyncResult *, GError **))
{
  Pending *pending = g_new (Pending, 1);

  pending->api = request->api;
  pending->source = g_object_ref (request->api->source);
  pending->finish = finish;
  pending->message = g_object_ref (request->message);
  pending->cancellable = g_cancellable_new ();
  pending->finished =
      g_signal_connect (request->message, "finished", G_CALLBACK (client_is_done), pending->cancellable);
  g_ptr_array_add (request->api->pending, pending);
  soup_server_message_pause (request->message);
  return pending;
}

static void
get_operation (const Request *request)
{
  LocalApiSource *source = request->api->source;
  LocalApiSourceInterface *iface = LOCAL_API_SOURCE_GET_IFACE (source);
  Pending *pending = begin_pending (request, iface->get_operation_finish);

  iface->get_operation_async (source, request->id, pending->cancellable, got_answer, pending);
}

static void
get_doctor (const Request *request)
{
  LocalApiSource *source = request->api->source;
  LocalApiSourceInterface *iface = LOCAL_API_SOURCE_GET_IFACE (source);
  const char *vnf = request->query != NULL ? g_hash_table_lookup (request->query, "vnf") : NULL;

  if (vnf != NULL && (*vnf == '\0' || strlen (vnf) > NAME_MOST)) {
    answer_with_error (request->message, SOUP_STATUS_BAD_REQUEST, "invalid",
                       "vnf must be a name of 1 to " G_STRINGIFY (NAME_MOST) " bytes");
    return;
  }
  Pending *pending = begin_pending (request, iface->get_doctor_finish);
  iface->get_doctor_async (source, vnf, pending->cancellable, got_answer, pending);
}

static void
get_vnfs (const Request *request)
{
  LocalApiSource *source = request->api->source;

  answer_with_list (request->message, "vnfs", LOCAL_API_SOURCE_GET_IFACE (source)->get_vnfs (source), 0);
}

static void
get_plugins (const Request *request)
{
  LocalApiSource *source = request->api->source;

  answer_with_list (request->message, "plugins", LOCAL_API_SOURCE_GET_IFACE (source)->get_plugins (source), 0);
}

/* One that ends in "/" is the beginning of a path that goes on with an id. */
static const struct {
  const char *path;
  void (*get) (const Request *request);
} resources[] = {
  { "/v1/status", get_status }, { "/v1/operations", get_operations }, { "/v1/operations/", get_operation },
  { "/v1/vnfs", get_vnfs },     { "/v1/plugins", get_plugins },       { "/v1/doctor", get_doctor },
};

static gboolean
is_id (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > ID_MOST)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '-')
      return FALSE;
  return TRUE;
}

static gboolean
matches (const char *resource, const char *path, const char **id)
{
  gsize length = strlen (resource);

  if (resource[length - 1] != '/')
    return strcmp (resource, path) == 0;
  *id = path + length;
  return strncmp (resource, path, length) == 0 && is_id (*id);
}

static void
answer (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  LocalApi *self = data;
  const char *method = soup_server_message_get_method (message);
  Request request = { .api = self, .message = message, .query = query };

  /* early() has answered it. */
  if (soup_server_message_get_status (message) != SOUP_STATUS_NONE)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (resources); i++) {
    if (!matches (resources[i].path, path, &request.id))
      continue;
    if (strcmp (method, SOUP_METHOD_GET) == 0 || strcmp (method, SOUP_METHOD_HEAD) == 0) {
      resources[i].get (&request);
      return;
    }
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", "GET, HEAD");
    answer_with_error (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "not-supported", "this can only be read");
    return;
  }
  answer_with_error (message, SOUP_STATUS_NOT_FOUND, "not-found", "there is nothing of this name");
}

/* The socket of a connection stands at its address: see take_connection(). */
static GSocket *
get_socket (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (soup_server_message_get_remote_address (message)), "socket");
}

/* No request has a use for a body: what comes is dropped as it comes, and much is refused. */

static void
got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer count)
{
  gsize *received = count;

  *received += g_bytes_get_size (chunk);
  if (*received > BODY_MOST)
    g_socket_shutdown (get_socket (message), TRUE, TRUE, NULL);
}

static void
free_count (gpointer count, GClosure *closure)
{
  g_free (count);
}

static void
early (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  LocalApi *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect_data (message, "got-chunk", G_CALLBACK (got_chunk), g_new0 (gsize, 1), free_count, 0);
  if (!local_socket_may_ask (get_socket (message), self->group)) {
    g_message ("local API: refused someone who is not root, this user, or of the control-group");
    answer_with_error (message, SOUP_STATUS_FORBIDDEN, "denied",
                       "you are neither root nor the user of vnfmd nor a member of its control-group");
  } else if (soup_message_headers_get_content_length (headers) > BODY_MOST) {
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
    answer_with_error (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "limit", "the request is too large");
  }
}

/* ---- connections */

static gboolean
take_connection (GSocketService *service, GSocketConnection *connection, GObject *listener, gpointer data)
{
  LocalApi *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, &error);
  g_autoptr (GSocketAddress) remote =
      local != NULL ? g_socket_connection_get_remote_address (connection, &error) : NULL;

  if (remote != NULL) {
    g_object_set_data_full (G_OBJECT (remote), "socket", g_object_ref (g_socket_connection_get_socket (connection)),
                            g_object_unref);
    soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, &error);
  }
  if (error != NULL)
    g_info ("local API: a connection was lost: %s", error->message);
  return TRUE;
}

/* ---- the API */

const char *
local_api_find_id (GPtrArray *ids, const char *id, GError **error)
{
  const char *found = NULL;
  guint count = 0;

  for (guint i = 0; i < ids->len; i++) {
    if (strcmp (ids->pdata[i], id) == 0)
      return ids->pdata[i];
    if (!g_str_has_prefix (ids->pdata[i], id))
      continue;
    found = ids->pdata[i];
    count++;
  }
  if (count == 1)
    return found;
  if (count == 0)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "there is no operation %s", id);
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%u operations begin with %s: give more of it", count, id);
  return NULL;
}

LocalApi *
local_api_new (const char *path, const char *group, LocalApiSource *source)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (LOCAL_API_IS_SOURCE (source), NULL);

  LocalApi *self = g_new0 (LocalApi, 1);
  self->path = g_strdup (path);
  self->group_name = g_strdup (group);
  self->group = (gid_t)-1;
  self->source = g_object_ref (source);
  self->pending = g_ptr_array_new ();
  return self;
}

gboolean
local_api_start (LocalApi *self, GError **error)
{
  if (self->group_name != NULL && *self->group_name != '\0' &&
      !local_socket_find_group (self->group_name, &self->group, error))
    return FALSE;

  g_autoptr (GSocket) socket = local_socket_listen (self->path, self->group, error);
  if (socket == NULL)
    return FALSE;
  /* Whoever replaces the file later owns it. */
  if (g_lstat (self->path, &self->made) != 0)
    memset (&self->made, 0, sizeof self->made);
  self->server = soup_server_new ("server-header", "vnfmd/" PACKAGE_VERSION, NULL);
  soup_server_add_early_handler (self->server, NULL, early, self, NULL);
  soup_server_add_handler (self->server, NULL, answer, self, NULL);
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (take_connection), self);
  if (g_socket_listener_add_socket (G_SOCKET_LISTENER (self->service), socket, NULL, error))
    return TRUE;
  g_prefix_error (error, "control socket %s: ", self->path);
  return FALSE;
}

void
local_api_free (LocalApi *self)
{
  GStatBuf st;

  if (self == NULL)
    return;
  for (guint i = 0; i < self->pending->len; i++) {
    Pending *pending = self->pending->pdata[i];
    pending->api = NULL;
    g_cancellable_cancel (pending->cancellable);
  }
  if (self->service != NULL) {
    g_signal_handlers_disconnect_by_data (self->service, self);
    g_socket_service_stop (self->service);
    g_socket_listener_close (G_SOCKET_LISTENER (self->service));
    g_object_unref (self->service);
  }
  if (self->server != NULL) {
    soup_server_disconnect (self->server);
    g_object_unref (self->server);
    if (g_lstat (self->path, &st) == 0 && st.st_dev == self->made.st_dev && st.st_ino == self->made.st_ino)
      g_unlink (self->path);
  }
  g_ptr_array_unref (self->pending);
  g_object_unref (self->source);
  g_free (self->path);
  g_free (self->group_name);
  g_free (self);
}
