/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/transport-stomp/stomp-transport.h"

#include "plugins/transport-stomp/stomp-broker.h"
#include "plugins/transport-stomp/stomp-connection.h"
#include "plugins/transport-stomp/stomp-listen.h"
#include "plugins/transport-stomp/stomp-passcode.h"

#include <glib/gstdio.h>
#include <string.h>
#include <vnfm/vnfm-error.h>

#define GROUP "stomp"

const VnfmKey vnfm_stomp_keys[] = {
  { GROUP, "listen", VNFM_KEY_LIST, NULL, "be the broker, on these ADDRESS:PORT; port 0: any", VNFM_KEY_NONE, NULL },
  { GROUP, "host", VNFM_KEY_STRING, "127.0.0.1", "broker to connect to", VNFM_KEY_NONE, NULL },
  { GROUP, "port", VNFM_KEY_INT, "61613", "its port", VNFM_KEY_NONE, NULL },
  { GROUP, "virtual-host", VNFM_KEY_STRING, "/", "header host of CONNECT: RabbitMQ's virtual host", VNFM_KEY_NONE,
    NULL },
  { GROUP, "login", VNFM_KEY_STRING, NULL, "user name at the broker", VNFM_KEY_NONE, NULL },
  { GROUP, "passcode", VNFM_KEY_STRING, NULL, "password at the broker", VNFM_KEY_SECRET, NULL },
  { GROUP, "passcode-generate", VNFM_KEY_BOOLEAN, "false",
    "as broker without a passcode: make one, kept in stomp.passcode of the state directory", VNFM_KEY_NONE, NULL },
  { GROUP, "prefix", VNFM_KEY_STRING, "/queue/", "what stands before a queue's name", VNFM_KEY_NONE, NULL },
  { GROUP, "heartbeat", VNFM_KEY_DURATION, "10s", "heart-beats, both ways; 0: none", VNFM_KEY_NONE, NULL },
  { GROUP, "connect-timeout", VNFM_KEY_DURATION, "10s", "how long a connection and its login may take", VNFM_KEY_NONE,
    NULL },
  { GROUP, "max-message", VNFM_KEY_SIZE, "64M", "largest body of a message", VNFM_KEY_NONE, NULL },
  { GROUP, "max-headers", VNFM_KEY_INT, "64", "headers of one frame at most", VNFM_KEY_NONE, NULL },
  { GROUP, "max-connections", VNFM_KEY_INT, "20000", "as broker: connections at a time", VNFM_KEY_NONE, NULL },
  { GROUP, "login-connections", VNFM_KEY_INT, "1000", "as broker: connections of the agents of one VNFR", VNFM_KEY_NONE,
    NULL },
  { GROUP, "queue-limit", VNFM_KEY_INT, "20000", "as broker: messages that wait in one queue", VNFM_KEY_NONE, NULL },
  { GROUP, "queue-bytes", VNFM_KEY_SIZE, "256M", "as broker: bytes that wait in one queue", VNFM_KEY_NONE, NULL },
  { GROUP, "connection-limit", VNFM_KEY_INT, "10000", "as broker: messages of one connection that wait for a reader",
    VNFM_KEY_NONE, NULL },
  { GROUP, "connection-bytes", VNFM_KEY_SIZE, "128M", "as broker: their bytes", VNFM_KEY_NONE, NULL },
  { GROUP, "memory", VNFM_KEY_SIZE, "512M", "as broker: bytes that wait, of all connections", VNFM_KEY_NONE, NULL },
  { GROUP, "output-bytes", VNFM_KEY_SIZE, "1M", "as broker: output that waits for one connection", VNFM_KEY_NONE,
    NULL },
  { GROUP, "patience", VNFM_KEY_DURATION, "30s", "as broker: how long a connection may read nothing", VNFM_KEY_NONE,
    NULL },
  { GROUP, "reader-timeout", VNFM_KEY_DURATION, "30s",
    "as broker: how long is kept what nobody reads: commands, and messages whose sender is gone", VNFM_KEY_NONE, NULL },
  { GROUP, "prefetch", VNFM_KEY_INT, "100", "messages that a reader may hold unacknowledged", VNFM_KEY_NONE, NULL },
  {},
};

struct _VnfmStompTransport {
  VnfmTransport parent_instance;

  char *passcode; /* nullable */
  char *address;  /* nullable: where the broker listens */
  StompBrokerSettings settings;
  GPtrArray *sockets;          /* nullable: of GSocket: opened at the start, for the broker */
  StompBroker *broker;         /* nullable */
  StompConnection *connection; /* nullable */
  GHashTable *tags;            /* of the program's subscriptions: "NUMBER HOST" -> Tag, see make_tag() */
};

G_DEFINE_FINAL_TYPE (VnfmStompTransport, vnfm_stomp_transport, VNFM_TYPE_TRANSPORT)

enum { PROP_0, PROP_BROKER_ADDRESS, PROP_LOGIN, PROP_PASSCODE, N_PROPS };

static GParamSpec *props[N_PROPS];
static guint reader_gone_signal;

static VnfmProfile *
get_profile (VnfmStompTransport *self)
{
  return vnfm_extension_get_profile (VNFM_EXTENSION (self));
}

static const char *
get_string (VnfmStompTransport *self, const char *name)
{
  return vnfm_profile_get_string (get_profile (self), GROUP, name);
}

static gboolean
is_broker (VnfmStompTransport *self)
{
  g_auto (GStrv) addresses = vnfm_profile_get_list (get_profile (self), GROUP, "listen");

  return addresses[0] != NULL;
}

/* ---- what comes in. A subscription's tag says which destination it is, and of which host. */

typedef struct {
  VnfmDestination destination;
  char *host; /* nullable */
} Tag;

static void
tag_free (Tag *tag)
{
  g_free (tag->host);
  g_free (tag);
}

static gpointer
make_tag (VnfmStompTransport *self, VnfmDestination destination, const char *host)
{
  g_autofree char *key = g_strdup_printf ("%d %s", (int)destination, host != NULL ? host : "");
  Tag *tag = g_hash_table_lookup (self->tags, key);

  if (tag != NULL) /* a subscription may still point to it */
    return tag;
  tag = g_new (Tag, 1);
  *tag = (Tag){ destination, g_strdup (host) };
  g_hash_table_insert (self->tags, g_steal_pointer (&key), tag);
  return tag;
}

static void
deliver (gpointer data, VnfmEnvelope *envelope, guint64 token, gpointer owner)
{
  const Tag *tag = data;

  envelope->host = g_strdup (tag->host);
  vnfm_transport_deliver (VNFM_TRANSPORT (owner), tag->destination, envelope, token);
}

static void
reader_gone (const char *host, gpointer owner)
{
  g_signal_emit (owner, reader_gone_signal, 0, host);
}

static void
connection_lost (const GError *error, gpointer owner)
{
  VnfmStompTransport *self = owner;

  g_clear_pointer (&self->connection, stomp_connection_free);
  vnfm_transport_lost (VNFM_TRANSPORT (self), error);
}

/* ---- whom the broker lets do what: others know */

static VnfmVerdict
ask_login (const char *login, const char *passcode, const char *peer, gpointer owner)
{
  return vnfm_transport_ask_login (VNFM_TRANSPORT (owner), login, passcode, peer);
}

static VnfmVerdict
ask_access (const char *login, VnfmAccess access, const StompPlace *place, gpointer owner)
{
  return vnfm_transport_ask_access (VNFM_TRANSPORT (owner), login, access, place->destination, place->host);
}

/* A queue that serves two purposes is for peers with full rights only. */
static gboolean
find_place (const char *queue, StompPlace *place, gpointer owner)
{
  VnfmStompTransport *self = owner;
  guint found = 0;

  for (guint i = 0; i < VNFM_N_DESTINATIONS; i++)
    if (g_strcmp0 (self->settings.names[i], queue) == 0) {
      place->destination = i;
      found++;
    }
  if (found == 0 && (place->host = vnfm_transport_dup_host (VNFM_TRANSPORT (self), queue)) != NULL) {
    place->destination = VNFM_DESTINATION_EMS_COMMANDS;
    found = 1;
  }
  return found == 1;
}

static const StompBrokerFuncs broker_funcs = { deliver, reader_gone, { ask_login, ask_access, find_place } };
static const StompConnectionFuncs connection_funcs = { deliver, connection_lost };

/* ---- opening and closing */

static StompLimits
make_limits (VnfmProfile *profile)
{
  guint headers = (guint)CLAMP (vnfm_profile_get_int (profile, GROUP, "max-headers"), 8, 10000);

  return (StompLimits){ headers, 8 * 1024, 64 * 1024, (gsize)vnfm_profile_get_size (profile, GROUP, "max-message") };
}

/* Where the agent reads its commands: what stands before and after {host}. */
static void
split_commands (VnfmStompTransport *self)
{
  const char *marker = "a.marker.that.is.a.host";
  g_autofree char *name = vnfm_transport_dup_name (VNFM_TRANSPORT (self), VNFM_DESTINATION_EMS_COMMANDS, marker);
  g_auto (GStrv) parts = g_strsplit (name, marker, 2);

  self->settings.commands_prefix = g_strdup (parts[0]);
  self->settings.commands_suffix = g_strdup (parts[0] != NULL && parts[1] != NULL ? parts[1] : "");

  /* With the usual names that of the results looks like the commands of a host called "nfvo". */
  for (guint i = 0; i < VNFM_N_DESTINATIONS; i++)
    if (i != VNFM_DESTINATION_EMS_COMMANDS)
      self->settings.names[i] = vnfm_transport_dup_name (VNFM_TRANSPORT (self), i, NULL);
}

static void
fill_settings (VnfmStompTransport *self)
{
  VnfmProfile *profile = get_profile (self);
  StompBrokerSettings *settings = &self->settings;

  settings->prefix = g_strdup (get_string (self, "prefix"));
  settings->login = g_strdup (get_string (self, "login"));
  settings->passcode = g_strdup (self->passcode);
  settings->heartbeat = vnfm_profile_get_duration (profile, GROUP, "heartbeat");
  settings->connect_timeout = vnfm_profile_get_duration (profile, GROUP, "connect-timeout");
  settings->limits = make_limits (profile);
  settings->max_connections = (guint)MAX (vnfm_profile_get_int (profile, GROUP, "max-connections"), 1);
  settings->login_connections = (guint)MAX (vnfm_profile_get_int (profile, GROUP, "login-connections"), 1);
  settings->queue_limit = (guint)MAX (vnfm_profile_get_int (profile, GROUP, "queue-limit"), 1);
  settings->queue_bytes = (gsize)vnfm_profile_get_size (profile, GROUP, "queue-bytes");
  settings->connection_limit = (guint)MAX (vnfm_profile_get_int (profile, GROUP, "connection-limit"), 1);
  settings->connection_bytes = (gsize)vnfm_profile_get_size (profile, GROUP, "connection-bytes");
  settings->memory = (gsize)MAX (vnfm_profile_get_size (profile, GROUP, "memory"), 64 * 1024);
  settings->output_bytes = (gsize)MAX (vnfm_profile_get_size (profile, GROUP, "output-bytes"), 4096);
  settings->patience = MAX (vnfm_profile_get_duration (profile, GROUP, "patience"), G_TIME_SPAN_MILLISECOND);
  settings->reader_timeout =
      MAX (vnfm_profile_get_duration (profile, GROUP, "reader-timeout"), G_TIME_SPAN_MILLISECOND);
  settings->prefetch = (guint)MAX (vnfm_profile_get_int (profile, GROUP, "prefetch"), 1);
  split_commands (self);
}

static gboolean
open_sockets (VnfmStompTransport *self, GError **error)
{
  g_auto (GStrv) addresses = vnfm_profile_get_list (get_profile (self), GROUP, "listen");
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; addresses[i] != NULL; i++) {
    GSocket *socket = stomp_listen (addresses[i], error);
    if (socket == NULL)
      return FALSE;
    g_ptr_array_add (sockets, socket);
  }
  self->sockets = g_steal_pointer (&sockets);
  return TRUE;
}

/* A port that is taken ends the start: whoever waited for it to become free would wait for ever, and in silence. */
static gboolean
stomp_transport_start (VnfmExtension *extension, GError **error)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (extension);
  const char *state_dir = vnfm_context_get_state_dir (vnfm_extension_get_context (extension));

  self->passcode = g_strdup (get_string (self, "passcode"));
  if (self->passcode == NULL && is_broker (self) &&
      vnfm_profile_get_boolean (get_profile (self), GROUP, "passcode-generate")) {
    self->passcode = stomp_passcode_get (vnfm_extension_get_clock (extension), state_dir, error);
    if (self->passcode == NULL)
      return FALSE;
  }
  fill_settings (self);
  return !is_broker (self) || open_sockets (self, error);
}

static gboolean
listen_on_all (VnfmStompTransport *self, GError **error)
{
  const char *state_dir = vnfm_context_get_state_dir (vnfm_extension_get_context (VNFM_EXTENSION (self)));

  if (self->sockets == NULL && !open_sockets (self, error)) /* it was closed, and is opened again */
    return FALSE;
  g_autoptr (GPtrArray) sockets = g_steal_pointer (&self->sockets);
  g_clear_pointer (&self->address, g_free);
  for (guint i = 0; i < sockets->len; i++) {
    GSocket *socket = g_ptr_array_index (sockets, i);
    g_autofree char *bound = stomp_listen_describe (socket);
    if (!stomp_broker_listen (self->broker, socket, error))
      return FALSE;
    g_message ("STOMP: listening on %s", bound);
    if (self->address == NULL)
      self->address = g_steal_pointer (&bound);
  }
  return state_dir == NULL || stomp_passcode_write (state_dir, "stomp.address", self->address, error);
}

static void
connection_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VnfmStompTransport *self = g_task_get_source_object (task);
  GError *error = NULL;
  StompConnection *connection = stomp_connection_open_finish (result, &error);

  if (connection == NULL) {
    g_prefix_error (&error, "%s: ", self->address);
    g_task_return_error (task, error);
    return;
  }
  if (g_task_return_error_if_cancelled (task)) {
    stomp_connection_free (connection);
    return;
  }
  g_clear_pointer (&self->connection, stomp_connection_free);
  self->connection = connection;
  g_task_return_boolean (task, TRUE);
}

static void
connect_as_client (VnfmStompTransport *self, GTask *task)
{
  StompConnectionSettings settings = {
    .host = get_string (self, "host"),
    .port = (guint16)vnfm_profile_get_int (get_profile (self), GROUP, "port"),
    .virtual_host = get_string (self, "virtual-host"),
    .login = get_string (self, "login"),
    .passcode = self->passcode,
    .heartbeat = self->settings.heartbeat,
    .timeout = self->settings.connect_timeout,
    .prefetch = self->settings.prefetch,
    .limits = self->settings.limits,
  };

  if (self->address == NULL)
    self->address = g_strdup_printf ("%s:%u", settings.host, settings.port);
  stomp_connection_open_async (vnfm_extension_get_clock (VNFM_EXTENSION (self)), &settings, &connection_funcs, self,
                               g_task_get_cancellable (task), connection_opened, task);
}

static void
stomp_transport_connect_async (VnfmTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  if (!is_broker (self)) {
    connect_as_client (self, task);
    return;
  }
  g_clear_pointer (&self->broker, stomp_broker_free); /* of an attempt that was taken back */
  self->broker =
      stomp_broker_new (vnfm_extension_get_clock (VNFM_EXTENSION (self)), &self->settings, &broker_funcs, self, &error);
  if (self->broker != NULL && listen_on_all (self, &error))
    g_task_return_boolean (task, TRUE);
  else {
    g_clear_pointer (&self->broker, stomp_broker_free);
    g_task_return_error (task, error);
  }
  g_object_unref (task);
}

static gboolean
stomp_transport_finish (VnfmTransport *transport, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
good_bye_said (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (source);
  g_autoptr (GTask) task = user_data;

  g_task_propagate_boolean (G_TASK (result), NULL);
  g_clear_pointer (&self->connection, stomp_connection_free);
  g_task_return_boolean (task, TRUE);
}

static void
stomp_transport_close_async (VnfmTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_clear_pointer (&self->broker, stomp_broker_free);
  if (self->connection != NULL) {
    stomp_connection_disconnect (self->connection, g_task_new (self, NULL, good_bye_said, task));
    return;
  }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* ---- subscriptions and messages */

static char *
dup_destination (VnfmStompTransport *self, VnfmDestination destination, const char *host)
{
  g_autofree char *name = vnfm_transport_dup_name (VNFM_TRANSPORT (self), destination, host);

  return g_strconcat (self->settings.prefix, name, NULL);
}

static void
stomp_transport_subscribe (VnfmTransport *transport, VnfmDestination destination, const char *host)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);
  g_autofree char *full = dup_destination (self, destination, host);
  gpointer tag = make_tag (self, destination, host);

  if (self->broker != NULL)
    stomp_broker_subscribe (self->broker, full + strlen (self->settings.prefix), tag);
  else if (self->connection != NULL)
    stomp_connection_subscribe (self->connection, full, tag);
}

static void
stomp_transport_unsubscribe (VnfmTransport *transport, VnfmDestination destination, const char *host)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);
  g_autofree char *full = dup_destination (self, destination, host);

  if (self->broker != NULL)
    stomp_broker_unsubscribe (self->broker, full + strlen (self->settings.prefix));
  else if (self->connection != NULL)
    stomp_connection_unsubscribe (self->connection, full);
}

/* @full: with the prefix. */
static void
send_to (VnfmStompTransport *self, const char *full, VnfmEnvelope *envelope, GTask *task)
{
  if (g_bytes_get_size (envelope->body) > self->settings.limits.body)
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_LIMIT,
                             "a message of %" G_GSIZE_FORMAT " bytes is larger than max-message",
                             g_bytes_get_size (envelope->body));
  else if (!g_str_has_prefix (full, self->settings.prefix))
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "%s is no queue", full);
  else if (self->broker != NULL) {
    stomp_broker_publish (self->broker, full + strlen (self->settings.prefix), envelope, task);
    return;
  } else if (self->connection != NULL) {
    stomp_connection_send (self->connection, full, envelope, task);
    return;
  } else
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "not connected");
  g_object_unref (task);
}

static void
stomp_transport_publish_async (VnfmTransport *transport, VnfmDestination destination, VnfmEnvelope *envelope,
                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);
  g_autofree char *full = dup_destination (self, destination, envelope->host);

  send_to (self, full, envelope, g_task_new (self, cancellable, callback, user_data));
}

static void
stomp_transport_reply_async (VnfmTransport *transport, const char *address, VnfmEnvelope *envelope,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  send_to (VNFM_STOMP_TRANSPORT (transport), address, envelope,
           g_task_new (transport, cancellable, callback, user_data));
}

static void
stomp_transport_ack (VnfmTransport *transport, guint64 token)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);

  if (self->broker != NULL)
    stomp_broker_ack (self->broker, token);
  else if (self->connection != NULL)
    stomp_connection_ack (self->connection, token);
}

static char *
stomp_transport_dup_answer_address (VnfmTransport *transport)
{
  return dup_destination (VNFM_STOMP_TRANSPORT (transport), VNFM_DESTINATION_ANSWERS, NULL);
}

/* ---- guarded peers */

static gboolean
stomp_transport_is_broker (VnfmTransport *transport)
{
  return is_broker (VNFM_STOMP_TRANSPORT (transport));
}

static void
stomp_transport_review (VnfmTransport *transport, const char *host)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);
  g_autofree char *name =
      host != NULL ? vnfm_transport_dup_name (transport, VNFM_DESTINATION_EMS_COMMANDS, host) : NULL;

  if (self->broker != NULL)
    stomp_broker_review (self->broker, name);
}

static void
stomp_transport_drop (VnfmTransport *transport, const char *login, const char *host, const char *reason)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);
  g_autofree char *name =
      host != NULL ? vnfm_transport_dup_name (transport, VNFM_DESTINATION_EMS_COMMANDS, host) : NULL;

  if (self->broker != NULL)
    stomp_broker_drop (self->broker, login, name, reason);
}

/* ---- for the operator */

static int
stomp_transport_count_connections (VnfmTransport *transport)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);

  return self->broker != NULL ? (int)stomp_broker_get_connections (self->broker) : -1;
}

static int
stomp_transport_count_readers (VnfmTransport *transport, VnfmDestination destination, const char *host)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (transport);
  g_autofree char *name = vnfm_transport_dup_name (transport, destination, host);

  return self->broker != NULL ? (int)stomp_broker_count_readers (self->broker, name) : -1;
}

/* ---- the object */

static void
vnfm_stomp_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (object);

  switch (id) {
  case PROP_BROKER_ADDRESS:
    g_value_set_string (value, self->address);
    break;
  case PROP_LOGIN:
    g_value_set_string (value, self->settings.login);
    break;
  case PROP_PASSCODE:
    g_value_set_string (value, self->passcode);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
vnfm_stomp_transport_dispose (GObject *object)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (object);

  g_clear_pointer (&self->broker, stomp_broker_free);
  g_clear_pointer (&self->connection, stomp_connection_free);
  G_OBJECT_CLASS (vnfm_stomp_transport_parent_class)->dispose (object);
}

static void
vnfm_stomp_transport_finalize (GObject *object)
{
  VnfmStompTransport *self = VNFM_STOMP_TRANSPORT (object);

  g_hash_table_unref (self->tags);
  g_clear_pointer (&self->sockets, g_ptr_array_unref);
  g_free (self->passcode);
  g_free (self->address);
  g_free (self->settings.prefix);
  g_free (self->settings.login);
  g_free (self->settings.passcode);
  g_free (self->settings.commands_prefix);
  g_free (self->settings.commands_suffix);
  for (guint i = 0; i < VNFM_N_DESTINATIONS; i++)
    g_free (self->settings.names[i]);
  G_OBJECT_CLASS (vnfm_stomp_transport_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  props[PROP_BROKER_ADDRESS] = g_param_spec_string ("broker-address", NULL, NULL, NULL, flags);
  props[PROP_LOGIN] = g_param_spec_string ("login", NULL, NULL, NULL, flags);
  props[PROP_PASSCODE] = g_param_spec_string ("passcode", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vnfm_stomp_transport_class_init (VnfmStompTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  VnfmTransportClass *transport_class = VNFM_TRANSPORT_CLASS (klass);

  object_class->get_property = vnfm_stomp_transport_get_property;
  object_class->dispose = vnfm_stomp_transport_dispose;
  object_class->finalize = vnfm_stomp_transport_finalize;
  VNFM_EXTENSION_CLASS (klass)->start = stomp_transport_start;
  transport_class->connect_async = stomp_transport_connect_async;
  transport_class->connect_finish = stomp_transport_finish;
  transport_class->close_async = stomp_transport_close_async;
  transport_class->close_finish = stomp_transport_finish;
  transport_class->subscribe = stomp_transport_subscribe;
  transport_class->unsubscribe = stomp_transport_unsubscribe;
  transport_class->publish_async = stomp_transport_publish_async;
  transport_class->publish_finish = stomp_transport_finish;
  transport_class->reply_async = stomp_transport_reply_async;
  transport_class->reply_finish = stomp_transport_finish;
  transport_class->ack = stomp_transport_ack;
  transport_class->dup_answer_address = stomp_transport_dup_answer_address;
  transport_class->is_broker = stomp_transport_is_broker;
  transport_class->review = stomp_transport_review;
  transport_class->drop = stomp_transport_drop;
  transport_class->count_connections = stomp_transport_count_connections;
  transport_class->count_readers = stomp_transport_count_readers;
  install_properties (object_class);
  reader_gone_signal = g_signal_new ("reader-gone", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vnfm_stomp_transport_init (VnfmStompTransport *self)
{
  self->tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tag_free);
}
