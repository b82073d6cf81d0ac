/* SPDX-License-Identifier: Apache-2.0 */
/* What all transports share: the wish to be connected, the subscriptions, and the names of destinations.
 *
 *              open                    connected, subscribed again
 *    CLOSED ----------> CONNECTING ----------------------------> CONNECTED
 *      ^                 |     ^ ^                                   |
 *      |           failed|     | | timer                             | lost
 *      |                 +-----+ +-----------------------------------+
 *      +---- close, from any state
 *
 * The pause before the next try doubles from reconnect-min to reconnect-max, each time blurred by half in both
 * directions, so that ten thousand agents do not come back at the same moment. */
#include "config.h"

#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-transport.h>

#include <string.h>
#include <vnfm/vnfm-transport-peers.h>

typedef struct {
  VnfmDestination destination;
  char *host; /* nullable */
  guint count;
} Subscription;

typedef struct {
  VnfmTransportState state;
  GError *last_error;
  GPtrArray *subscriptions; /* of Subscription, in order of subscribing */
  GCancellable *attempt;    /* of the connect under way */
  VnfmTimer *timer;         /* until the next one */
  gint64 pause;             /* before the next one; 0: none failed yet */
  gint64 connected_at;      /* monotonic */
  gboolean closing;
} VnfmTransportPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (VnfmTransport, vnfm_transport, VNFM_TYPE_EXTENSION)

enum { PROP_0, PROP_STATE, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { DELIVERY, N_SIGNALS };
static guint signals[N_SIGNALS];
static GQuark delivery_details[VNFM_N_DESTINATIONS];

const VnfmKey vnfm_transport_keys[] = {
  { "vnfmd", "endpoint", VNFM_KEY_STRING, "generic", "name under which the NFVO knows this manager", VNFM_KEY_NONE,
    NULL },
  { "transport", "reconnect-min", VNFM_KEY_DURATION, "250ms", "first pause before connecting again", VNFM_KEY_NONE,
    NULL },
  { "transport", "reconnect-max", VNFM_KEY_DURATION, "30s", "longest pause before connecting again", VNFM_KEY_NONE,
    NULL },
  { "destinations", "endpoint", VNFM_KEY_STRING, NULL, "what {endpoint} stands for below, if not [vnfmd] endpoint",
    VNFM_KEY_NONE, NULL },
  { "destinations", "nfvo-requests", VNFM_KEY_STRING, "{endpoint}", "NFVO to manager", VNFM_KEY_NONE, NULL },
  { "destinations", "nfvo-results", VNFM_KEY_STRING, "vnfm.nfvo.actions", "manager to NFVO, one way", VNFM_KEY_NONE,
    NULL },
  { "destinations", "nfvo-questions", VNFM_KEY_STRING, "vnfm.nfvo.actions.reply", "manager to NFVO, questions",
    VNFM_KEY_NONE, NULL },
  { "destinations", "registration", VNFM_KEY_STRING, "nfvo.manager.handling", "registration of the manager",
    VNFM_KEY_NONE, NULL },
  { "destinations", "answers", VNFM_KEY_STRING, "vnfm.{endpoint}.answers", "answers to the manager", VNFM_KEY_NONE,
    NULL },
  { "destinations", "ems-registration", VNFM_KEY_STRING, "ems.{endpoint}.register", "agents to manager", VNFM_KEY_NONE,
    NULL },
  { "destinations", "ems-commands", VNFM_KEY_STRING, "vnfm.{host}.actions", "manager to the agent of one host",
    VNFM_KEY_NONE, NULL },
  {},
};

/* ---- the object */

GType
vnfm_transport_state_get_type (void)
{
  static const GEnumValue values[] = {
    { VNFM_TRANSPORT_CLOSED, "VNFM_TRANSPORT_CLOSED", "closed" },
    { VNFM_TRANSPORT_CONNECTING, "VNFM_TRANSPORT_CONNECTING", "connecting" },
    { VNFM_TRANSPORT_CONNECTED, "VNFM_TRANSPORT_CONNECTED", "connected" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("VnfmTransportState", values));
  return type;
}

static void
subscription_free (Subscription *subscription)
{
  g_free (subscription->host);
  g_free (subscription);
}

static void
vnfm_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_enum (value, vnfm_transport_get_state (VNFM_TRANSPORT (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
stop_trying (VnfmTransport *self)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  if (priv->timer != NULL)
    vnfm_clock_clear_timer (vnfm_extension_get_clock (VNFM_EXTENSION (self)), &priv->timer);
  if (priv->attempt != NULL)
    g_cancellable_cancel (priv->attempt);
  g_clear_object (&priv->attempt);
}

static void
vnfm_transport_dispose (GObject *object)
{
  VnfmTransport *self = VNFM_TRANSPORT (object);
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  priv->closing = TRUE;
  stop_trying (self);
  G_OBJECT_CLASS (vnfm_transport_parent_class)->dispose (object);
}

static void
vnfm_transport_finalize (GObject *object)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (VNFM_TRANSPORT (object));

  g_ptr_array_unref (priv->subscriptions);
  g_clear_error (&priv->last_error);
  G_OBJECT_CLASS (vnfm_transport_parent_class)->finalize (object);
}

static void
vnfm_transport_class_init (VnfmTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vnfm_transport_get_property;
  object_class->dispose = vnfm_transport_dispose;
  object_class->finalize = vnfm_transport_finalize;

  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, VNFM_TYPE_TRANSPORT_STATE, VNFM_TRANSPORT_CLOSED,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[DELIVERY] =
      g_signal_new ("delivery", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                    g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1, VNFM_TYPE_ENVELOPE);
  vnfm_transport_peers_install (G_TYPE_FROM_CLASS (klass));
  for (guint i = 0; i < VNFM_N_DESTINATIONS; i++)
    delivery_details[i] = g_quark_from_static_string (vnfm_destination_get_nick (i));
}

static void
vnfm_transport_init (VnfmTransport *self)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  priv->subscriptions = g_ptr_array_new_with_free_func ((GDestroyNotify)subscription_free);
}

/* ---- names */

static const char *
get_endpoint (VnfmProfile *profile)
{
  const char *endpoint = vnfm_profile_get_string (profile, "destinations", "endpoint");

  return endpoint != NULL ? endpoint : vnfm_profile_get_string (profile, "vnfmd", "endpoint");
}

/* A host's name comes from outside. It must name one queue and no other: what brokers read as a path, a pattern, a list
 * or an option is written %XX, and so is "%" itself. */
static void
append_host (GString *name, const char *host, gboolean mask_first)
{
  for (const char *c = host; *c != '\0'; c++)
    if ((guchar)*c < ' ' || *c == 0x7f || strchr ("/%*>#,?", *c) != NULL || (mask_first && c == host))
      g_string_append_printf (name, "%%%02X", (guint)(guchar)*c);
    else
      g_string_append_c (name, *c);
}

/* One pass over the pattern: what is filled in is not looked at again. */
static char *
expand (const char *pattern, const char *endpoint, const char *host, gboolean mask_first)
{
  GString *name = g_string_new (NULL);

  for (const char *c = pattern; *c != '\0';) {
    if (g_str_has_prefix (c, "{endpoint}")) {
      g_string_append (name, endpoint);
      c += strlen ("{endpoint}");
    } else if (host != NULL && g_str_has_prefix (c, "{host}")) {
      append_host (name, host, mask_first);
      c += strlen ("{host}");
    } else {
      g_string_append_c (name, *c++);
    }
  }
  return g_string_free (name, FALSE);
}

/* With the usual names, a host called "nfvo" would get the queue of the manager's results. */
static gboolean
is_taken (VnfmProfile *profile, const char *name)
{
  for (guint i = 0; i < VNFM_N_DESTINATIONS; i++) {
    if (i == VNFM_DESTINATION_EMS_COMMANDS)
      continue;
    const char *pattern = vnfm_profile_get_string (profile, "destinations", vnfm_destination_get_nick (i));
    g_autofree char *other = expand (pattern, get_endpoint (profile), NULL, FALSE);
    if (g_str_equal (other, name))
      return TRUE;
  }
  return FALSE;
}

char *
vnfm_transport_dup_name (VnfmTransport *self, VnfmDestination destination, const char *host)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), NULL);
  g_return_val_if_fail ((guint)destination < VNFM_N_DESTINATIONS, NULL);

  VnfmProfile *profile = vnfm_extension_get_profile (VNFM_EXTENSION (self));
  const char *pattern = vnfm_profile_get_string (profile, "destinations", vnfm_destination_get_nick (destination));
  if (destination != VNFM_DESTINATION_EMS_COMMANDS)
    return expand (pattern, get_endpoint (profile), NULL, FALSE);

  g_return_val_if_fail (host != NULL, NULL);
  g_autofree char *name = expand (pattern, get_endpoint (profile), host, FALSE);
  if (is_taken (profile, name))
    return expand (pattern, get_endpoint (profile), host, TRUE);
  return g_steal_pointer (&name);
}

/* "%XX" back to what it was. Returns: (transfer full) (nullable). */
static char *
unmask_host (const char *text, gsize length)
{
  g_autoptr (GString) host = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++) {
    if (text[i] != '%') {
      g_string_append_c (host, text[i]);
      continue;
    }
    if (i + 2 >= length || !g_ascii_isxdigit (text[i + 1]) || !g_ascii_isxdigit (text[i + 2]))
      return NULL;
    int c = 16 * g_ascii_xdigit_value (text[i + 1]) + g_ascii_xdigit_value (text[i + 2]);
    if (c == 0)
      return NULL;
    g_string_append_c (host, (char)c);
    i += 2;
  }
  return g_string_free (g_steal_pointer (&host), FALSE);
}

char *
vnfm_transport_dup_host (VnfmTransport *self, const char *name)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  VnfmProfile *profile = vnfm_extension_get_profile (VNFM_EXTENSION (self));
  const char *nick = vnfm_destination_get_nick (VNFM_DESTINATION_EMS_COMMANDS);
  const char *pattern = vnfm_profile_get_string (profile, "destinations", nick);
  g_auto (GStrv) parts = g_strsplit (pattern, "{host}", 2);
  if (parts[0] == NULL || parts[1] == NULL)
    return NULL;
  g_autofree char *before = expand (parts[0], get_endpoint (profile), NULL, FALSE);
  g_autofree char *after = expand (parts[1], get_endpoint (profile), NULL, FALSE);
  gsize around = strlen (before) + strlen (after);
  if (strlen (name) <= around || !g_str_has_prefix (name, before) || !g_str_has_suffix (name, after))
    return NULL;
  g_autofree char *host = unmask_host (name + strlen (before), strlen (name) - around);
  /* One host has one name: another way of writing it is another queue. */
  g_autofree char *again = host != NULL ? vnfm_transport_dup_name (self, VNFM_DESTINATION_EMS_COMMANDS, host) : NULL;
  return g_strcmp0 (again, name) == 0 ? g_steal_pointer (&host) : NULL;
}

/* ---- connecting */

static void
set_state (VnfmTransport *self, VnfmTransportState state)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  if (priv->state == state)
    return;
  priv->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void try_to_connect (VnfmTransport *self);

static void
pause_ends (gpointer user_data)
{
  VnfmTransport *self = user_data;
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  priv->timer = NULL;
  try_to_connect (self);
}

/* A failure that repeats is told once. */
static void
try_again_later (VnfmTransport *self, const GError *error, const char *what)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);
  VnfmProfile *profile = vnfm_extension_get_profile (VNFM_EXTENSION (self));
  VnfmClock *clock = vnfm_extension_get_clock (VNFM_EXTENSION (self));
  gint64 shortest = MAX (vnfm_profile_get_duration (profile, "transport", "reconnect-min"), 1000);
  gint64 longest = MAX (vnfm_profile_get_duration (profile, "transport", "reconnect-max"), shortest);
  gboolean repeats =
      priv->pause != 0 && priv->last_error != NULL && g_str_equal (priv->last_error->message, error->message);

  priv->pause = CLAMP (priv->pause * 2, shortest, longest);
  gint64 pause = (gint64)((double)priv->pause * (0.5 + vnfm_clock_random_double (clock)));
  g_log (G_LOG_DOMAIN, repeats ? G_LOG_LEVEL_DEBUG : G_LOG_LEVEL_MESSAGE, "transport: %s: %s; next try in %.1f s", what,
         error->message, (double)pause / G_USEC_PER_SEC);
  g_clear_error (&priv->last_error);
  priv->last_error = g_error_copy (error);
  priv->timer = vnfm_clock_add_timer (clock, pause, pause_ends, self);
}

static void
connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GCancellable) attempt = user_data;
  VnfmTransport *self = VNFM_TRANSPORT (source);
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);
  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  g_autoptr (GError) error = NULL;
  gboolean good = klass->connect_finish (self, result, &error);

  if (priv->attempt != attempt) {
    if (good) /* closed in the meantime */
      klass->close_async (self, NULL, NULL, NULL);
    return;
  }
  g_clear_object (&priv->attempt);
  if (!good) {
    try_again_later (self, error, "cannot connect");
    return;
  }
  if (priv->pause != 0)
    g_message ("transport: connected again");
  g_clear_error (&priv->last_error);
  priv->connected_at = vnfm_clock_get_monotonic_time (vnfm_extension_get_clock (VNFM_EXTENSION (self)));
  for (guint i = 0; i < priv->subscriptions->len; i++) {
    Subscription *subscription = g_ptr_array_index (priv->subscriptions, i);
    klass->subscribe (self, subscription->destination, subscription->host);
  }
  set_state (self, VNFM_TRANSPORT_CONNECTED);
}

static void
try_to_connect (VnfmTransport *self)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  priv->attempt = g_cancellable_new ();
  VNFM_TRANSPORT_GET_CLASS (self)->connect_async (self, priv->attempt, connected, g_object_ref (priv->attempt));
}

void
vnfm_transport_open (VnfmTransport *self)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  g_return_if_fail (VNFM_IS_TRANSPORT (self));
  if (priv->state != VNFM_TRANSPORT_CLOSED || priv->closing)
    return;
  priv->pause = 0;
  set_state (self, VNFM_TRANSPORT_CONNECTING);
  if (priv->state == VNFM_TRANSPORT_CONNECTING)
    try_to_connect (self);
}

/* A connection that was soon lost again counts like one that failed. */
void
vnfm_transport_lost (VnfmTransport *self, const GError *error)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);
  VnfmClock *clock = vnfm_extension_get_clock (VNFM_EXTENSION (self));

  g_return_if_fail (VNFM_IS_TRANSPORT (self));
  g_return_if_fail (error != NULL);
  if (priv->state != VNFM_TRANSPORT_CONNECTED || priv->closing)
    return;
  if (vnfm_clock_get_monotonic_time (clock) - priv->connected_at > 2 * priv->pause)
    priv->pause = 0;
  try_again_later (self, error, "connection lost");
  set_state (self, VNFM_TRANSPORT_CONNECTING);
}

static void
closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VnfmTransport *self = VNFM_TRANSPORT (source);
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);
  GError *error = NULL;
  gboolean good = VNFM_TRANSPORT_GET_CLASS (self)->close_finish (self, result, &error);

  priv->closing = FALSE;
  set_state (self, VNFM_TRANSPORT_CLOSED);
  if (good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
vnfm_transport_close_async (VnfmTransport *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  g_return_if_fail (VNFM_IS_TRANSPORT (self));

  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vnfm_transport_close_async);
  if (priv->state != VNFM_TRANSPORT_CONNECTED || priv->closing) {
    stop_trying (self);
    if (!priv->closing)
      set_state (self, VNFM_TRANSPORT_CLOSED);
    g_task_return_boolean (task, TRUE);
    return;
  }
  priv->closing = TRUE;
  VNFM_TRANSPORT_GET_CLASS (self)->close_async (self, cancellable, closed, g_steal_pointer (&task));
}

gboolean
vnfm_transport_close_finish (VnfmTransport *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

VnfmTransportState
vnfm_transport_get_state (VnfmTransport *self)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), VNFM_TRANSPORT_CLOSED);
  return priv->state;
}

const GError *
vnfm_transport_get_last_error (VnfmTransport *self)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), NULL);
  return priv->last_error;
}

/* ---- subscriptions and deliveries */

static Subscription *
find_subscription (VnfmTransport *self, VnfmDestination destination, const char *host, guint *index)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  for (guint i = 0; i < priv->subscriptions->len; i++) {
    Subscription *subscription = g_ptr_array_index (priv->subscriptions, i);
    if (subscription->destination == destination && g_strcmp0 (subscription->host, host) == 0) {
      *index = i;
      return subscription;
    }
  }
  return NULL;
}

gboolean
vnfm_transport_is_subscribed (VnfmTransport *self, VnfmDestination destination, const char *host)
{
  guint index = 0;

  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), FALSE);
  return find_subscription (self, destination, host, &index) != NULL;
}

int
vnfm_transport_count_connections (VnfmTransport *self)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), -1);

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  return klass->count_connections != NULL ? klass->count_connections (self) : -1;
}

int
vnfm_transport_count_readers (VnfmTransport *self, VnfmDestination destination, const char *host)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), -1);

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  return klass->count_readers != NULL ? klass->count_readers (self, destination, host) : -1;
}

void
vnfm_transport_subscribe (VnfmTransport *self, VnfmDestination destination, const char *host)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);
  guint index = 0;

  g_return_if_fail (VNFM_IS_TRANSPORT (self));
  g_return_if_fail ((host != NULL) == (destination == VNFM_DESTINATION_EMS_COMMANDS));

  Subscription *subscription = find_subscription (self, destination, host, &index);
  if (subscription != NULL) {
    subscription->count++;
    return;
  }
  subscription = g_new (Subscription, 1);
  *subscription = (Subscription){ destination, g_strdup (host), 1 };
  g_ptr_array_add (priv->subscriptions, subscription);
  if (priv->state == VNFM_TRANSPORT_CONNECTED && !priv->closing)
    VNFM_TRANSPORT_GET_CLASS (self)->subscribe (self, destination, host);
}

void
vnfm_transport_unsubscribe (VnfmTransport *self, VnfmDestination destination, const char *host)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);
  guint index = 0;

  g_return_if_fail (VNFM_IS_TRANSPORT (self));

  Subscription *subscription = find_subscription (self, destination, host, &index);
  if (subscription == NULL || --subscription->count > 0)
    return;
  g_ptr_array_remove_index (priv->subscriptions, index);
  if (priv->state == VNFM_TRANSPORT_CONNECTED && !priv->closing)
    VNFM_TRANSPORT_GET_CLASS (self)->unsubscribe (self, destination, host);
}

void
vnfm_transport_deliver (VnfmTransport *self, VnfmDestination destination, VnfmEnvelope *envelope, guint64 token)
{
  gboolean taken = FALSE;

  g_return_if_fail (VNFM_IS_TRANSPORT (self));
  g_return_if_fail ((guint)destination < VNFM_N_DESTINATIONS);
  g_return_if_fail (envelope != NULL);

  g_autoptr (VnfmEnvelope) kept = vnfm_envelope_ref (envelope);
  g_weak_ref_set (&kept->transport, self);
  kept->token = token;
  g_signal_emit (self, signals[DELIVERY], delivery_details[destination], kept, &taken);
  if (!taken) {
    g_message ("transport: message %s on %s: nobody takes it, dropped",
               kept->message_id != NULL ? kept->message_id : "without an id", vnfm_destination_get_nick (destination));
    vnfm_envelope_ack (kept);
  }
}

/* ---- publishing */

static gboolean
report_unusable (VnfmTransport *self, gboolean supported, gpointer tag, const char *verb, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  VnfmTransportPrivate *priv = vnfm_transport_get_instance_private (self);

  if (!supported)
    g_task_report_new_error (self, callback, user_data, tag, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "%s cannot %s",
                             G_OBJECT_TYPE_NAME (self), verb);
  else if (g_cancellable_is_cancelled (cancellable))
    g_task_report_new_error (self, callback, user_data, tag, VNFM_ERROR, VNFM_ERROR_CANCELLED,
                             "cancelled before it was sent");
  else if (priv->state != VNFM_TRANSPORT_CONNECTED || priv->closing)
    g_task_report_new_error (self, callback, user_data, tag, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "not connected%s%s",
                             priv->last_error != NULL ? ": " : "",
                             priv->last_error != NULL ? priv->last_error->message : "");
  else
    return FALSE;
  return TRUE;
}

void
vnfm_transport_publish_async (VnfmTransport *self, VnfmDestination destination, VnfmEnvelope *envelope,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_TRANSPORT (self));
  g_return_if_fail (envelope != NULL);
  g_return_if_fail ((envelope->host != NULL) || (destination != VNFM_DESTINATION_EMS_COMMANDS));

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  if (!report_unusable (self, klass->publish_async != NULL, vnfm_transport_publish_async, "publish", cancellable,
                        callback, user_data))
    klass->publish_async (self, destination, envelope, cancellable, callback, user_data);
}

gboolean
vnfm_transport_publish_finish (VnfmTransport *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), FALSE);

  if (g_async_result_is_tagged (result, vnfm_transport_publish_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return VNFM_TRANSPORT_GET_CLASS (self)->publish_finish (self, result, error);
}

void
vnfm_transport_reply_async (VnfmTransport *self, const char *address, VnfmEnvelope *envelope, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_TRANSPORT (self));
  g_return_if_fail (address != NULL);
  g_return_if_fail (envelope != NULL);

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  if (!report_unusable (self, klass->reply_async != NULL, vnfm_transport_reply_async, "reply", cancellable, callback,
                        user_data))
    klass->reply_async (self, address, envelope, cancellable, callback, user_data);
}

gboolean
vnfm_transport_reply_finish (VnfmTransport *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), FALSE);

  if (g_async_result_is_tagged (result, vnfm_transport_reply_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return VNFM_TRANSPORT_GET_CLASS (self)->reply_finish (self, result, error);
}

void
vnfm_transport_request_async (VnfmTransport *self, VnfmDestination destination, VnfmEnvelope *envelope,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_TRANSPORT (self));
  g_return_if_fail (envelope != NULL);

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  if (!report_unusable (self, klass->request_async != NULL, vnfm_transport_request_async, "ask and await the answer",
                        cancellable, callback, user_data))
    klass->request_async (self, destination, envelope, cancellable, callback, user_data);
}

VnfmEnvelope *
vnfm_transport_request_finish (VnfmTransport *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), NULL);

  if (g_async_result_is_tagged (result, vnfm_transport_request_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  return VNFM_TRANSPORT_GET_CLASS (self)->request_finish (self, result, error);
}

char *
vnfm_transport_dup_answer_address (VnfmTransport *self)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), NULL);

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  return klass->dup_answer_address != NULL ? klass->dup_answer_address (self)
                                           : vnfm_transport_dup_name (self, VNFM_DESTINATION_ANSWERS, NULL);
}
