/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/check.h"

#include "plugins/ems-agent/presence.h"

#include <vnfm/vnfm-error.h>

/* One link after the other; behind one that is broken, the rest is skipped:
 *
 *   machine -> RESOLVE -> CONNECT -> LOGIN -> SUBSCRIBE (no agent runs) -> registration (as the agent says) -> done
 *
 * Whether a subscription is good, a broker says only if it is not: so it has a moment to object. */

#define NETWORK_BUDGET (15 * G_USEC_PER_SEC)
#define OBJECTION_TIME (1 * G_USEC_PER_SEC)

typedef struct {
  VnfmContext *context;
  VnfmClock *clock;
  VnfmProfile *profile;
  GType transport_type;
  GPtrArray *findings;
  GCancellable *cancellable; /* of the link that is looked at */
  VnfmTimer *budget;
  VnfmTransport *transport;
  gulong on_state;
  gulong on_delivery;
  char *address; /* HOST:PORT */
  EmsSighting agent;
} Check;

static void
drop_transport (Check *check)
{
  if (check->transport == NULL)
    return;
  g_clear_signal_handler (&check->on_state, check->transport);
  g_clear_signal_handler (&check->on_delivery, check->transport);
  vnfm_extension_stop (VNFM_EXTENSION (check->transport));
  g_clear_object (&check->transport);
}

static void
check_free (gpointer data)
{
  Check *check = data;

  drop_transport (check);
  vnfm_clock_clear_timer (check->clock, &check->budget);
  g_clear_pointer (&check->findings, g_ptr_array_unref);
  ems_sighting_clear (&check->agent);
  g_object_unref (check->cancellable);
  g_object_unref (check->clock);
  g_object_unref (check->profile);
  g_object_unref (check->context);
  g_free (check->address);
  g_free (check);
}

static void
budget_spent (gpointer user_data)
{
  Check *check = user_data;

  check->budget = NULL;
  g_cancellable_cancel (check->cancellable);
}

static void
begin_link (Check *check)
{
  vnfm_clock_clear_timer (check->clock, &check->budget);
  check->budget = vnfm_clock_add_timer (check->clock, NETWORK_BUDGET, budget_spent, check);
}

static const char *
get_host (Check *check)
{
  return vnfm_profile_get_string (check->profile, "stomp", "host");
}

static void
add (Check *check, EmsFindingState state, const char *subject, char *text, char *advice)
{
  ems_findings_add (check->findings, state, subject, text, advice);
}

static void
fail (Check *check, const char *subject, const GError *error, const char *advice)
{
  char *text =
      g_cancellable_is_cancelled (check->cancellable)
          ? g_strdup_printf ("%s: no answer within %d s", check->address, (int)(NETWORK_BUDGET / G_USEC_PER_SEC))
          : g_strdup_printf ("%s: %s", check->address, error->message);

  add (check, EMS_FINDING_FAILED, subject, text,
       advice != NULL ? g_strdup (advice) : ems_presence_dup_advice (error, check->address));
}

/* The end: what the agent itself says of its registration. */
static void
finish (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  const EmsSighting *agent = &check->agent;

  drop_transport (check);
  vnfm_clock_clear_timer (check->clock, &check->budget);
  if (!agent->running)
    add (check, EMS_FINDING_SKIPPED, "registration", g_strdup ("no agent runs that could say"), NULL);
  else if (g_strcmp0 (agent->state, "registered") == 0)
    add (check, EMS_FINDING_OK, "registration", g_strdup_printf ("taken at %s", agent->since), NULL);
  else
    add (check, EMS_FINDING_FAILED, "registration",
         g_strdup_printf ("the agent is only %s, since %s%s%s", agent->state, agent->since,
                          agent->reason != NULL ? ": " : "", agent->reason != NULL ? agent->reason : ""),
         g_strdup ("mend what failed above; if nothing did, see the manager's log for this machine's name"));
  g_task_return_pointer (task, g_steal_pointer (&check->findings), (GDestroyNotify)g_ptr_array_unref);
  g_object_unref (task);
}

/* The command queue. */

static void
look_at_queue (GTask *task, const GError *objection)
{
  Check *check = g_task_get_task_data (task);
  const char *host = vnfm_profile_get_string (check->profile, "ems", "hostname");
  g_autofree char *name = vnfm_transport_dup_name (check->transport, VNFM_DESTINATION_EMS_COMMANDS, host);

  if (objection == NULL)
    add (check, EMS_FINDING_OK, "commands", g_strdup_printf ("%s can be read", name), NULL);
  else
    add (check, EMS_FINDING_FAILED, "commands", g_strdup_printf ("%s cannot be read: %s", name, objection->message),
         g_strdup ("compare [destinations] and the login of the key-file with those of the manager: a login of a VNFR "
                   "reads the queues of its own hosts only"));
  finish (task);
}

static void
nobody_objected (gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);

  check->budget = NULL;
  look_at_queue (task, NULL);
}

static void
queue_state_changed (VnfmTransport *transport, GParamSpec *property, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);

  if (vnfm_transport_get_state (transport) == VNFM_TRANSPORT_CONNECTED) {
    vnfm_clock_clear_timer (check->clock, &check->budget);
    check->budget = vnfm_clock_add_timer (check->clock, OBJECTION_TIME, nobody_objected, task);
  } else if (vnfm_transport_get_last_error (transport) != NULL) {
    look_at_queue (task, vnfm_transport_get_last_error (transport));
  }
}

/* It stays unsettled, so that the broker keeps it for the agent. */
static gboolean
leave_delivery (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer user_data)
{
  return TRUE;
}

static void
try_queue (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  drop_transport (check);
  if (check->agent.running) {
    gboolean reads = g_strcmp0 (check->agent.state, "connecting") != 0;
    add (check, reads ? EMS_FINDING_OK : EMS_FINDING_SKIPPED, "commands",
         g_strdup (reads ? "read by the agent that runs" : "left to the agent that runs"), NULL);
    finish (task);
    return;
  }
  check->transport = g_object_new (check->transport_type, "context", check->context, NULL);
  if (!vnfm_extension_start (VNFM_EXTENSION (check->transport), &error)) {
    fail (check, "commands", error, NULL);
    finish (task);
    return;
  }
  check->on_state = g_signal_connect (check->transport, "notify::state", G_CALLBACK (queue_state_changed), task);
  check->on_delivery = g_signal_connect (check->transport, "delivery", G_CALLBACK (leave_delivery), NULL);
  vnfm_transport_subscribe (check->transport, VNFM_DESTINATION_EMS_COMMANDS,
                            vnfm_profile_get_string (check->profile, "ems", "hostname"));
  vnfm_clock_clear_timer (check->clock, &check->budget);
  vnfm_transport_open (check->transport);
}

/* Login. */

static void
logged_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VNFM_TRANSPORT_GET_CLASS (source)->close_finish (VNFM_TRANSPORT (source), result, NULL);
  try_queue (user_data);
}

static void
logged_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  const char *login = vnfm_profile_get_string (check->profile, "stomp", "login");

  if (!VNFM_TRANSPORT_GET_CLASS (source)->connect_finish (VNFM_TRANSPORT (source), result, &error)) {
    fail (check, "login", error, NULL);
    finish (task);
    return;
  }
  add (check, EMS_FINDING_OK, "login", g_strdup_printf ("the broker accepts %s", login != NULL ? login : "nobody"),
       NULL);
  VNFM_TRANSPORT_GET_CLASS (source)->close_async (VNFM_TRANSPORT (source), NULL, logged_out, task);
}

static void
log_in (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  begin_link (check);
  check->transport = g_object_new (check->transport_type, "context", check->context, NULL);
  if (!vnfm_extension_start (VNFM_EXTENSION (check->transport), &error)) {
    fail (check, "login", error, NULL);
    finish (task);
    return;
  }
  /* One attempt, and no subscription: what the base class would do about a failure is not wanted here. */
  VNFM_TRANSPORT_GET_CLASS (check->transport)->connect_async (check->transport, check->cancellable, logged_in, task);
}

/* The way there. */

static void
connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);

  if (connection == NULL) {
    fail (check, "connection", error, NULL);
    finish (task);
    return;
  }
  add (check, EMS_FINDING_OK, "connection", g_strdup_printf ("%s accepts connections", check->address), NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  log_in (task);
}

static void
resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  if (addresses == NULL) {
    fail (check, "name-service", error,
          "mend /etc/resolv.conf or /etc/hosts, or let [stomp] host of the manager's configuration be an address");
    finish (task);
    return;
  }
  g_autofree char *first = g_inet_address_to_string (addresses->data);
  add (check, EMS_FINDING_OK, "name-service", g_strdup_printf ("%s is %s", get_host (check), first), NULL);
  g_resolver_free_addresses (addresses);
  begin_link (check);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, get_host (check),
                                         (guint16)vnfm_profile_get_int (check->profile, "stomp", "port"),
                                         check->cancellable, connected, task);
}

static void
look_at_agent (Check *check)
{
  ems_sighting_take (&check->agent, vnfm_profile_get_string (check->profile, "ems", "state-dir"));
  if (check->agent.running)
    add (check, EMS_FINDING_OK, "agent", g_strdup_printf ("runs as process %" G_GINT64_FORMAT, check->agent.pid), NULL);
  else
    add (check, EMS_FINDING_NOTE, "agent", g_strdup ("none runs with this state folder"),
         g_strdup ("start it (systemctl start vnfm-ems); if it ended, its log or this machine's console says why"));
}

void
ems_check_async (VnfmContext *context, GType transport_type, const char *key_file, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  check->context = g_object_ref (context);
  check->clock = g_object_ref (vnfm_context_get_clock (context));
  check->profile = g_object_ref (vnfm_context_get_profile (context));
  check->transport_type = transport_type;
  check->findings = ems_findings_new ();
  check->cancellable = g_cancellable_new ();
  check->address = g_strdup_printf ("%s:%" G_GINT64_FORMAT, get_host (check),
                                    vnfm_profile_get_int (check->profile, "stomp", "port"));
  g_task_set_task_data (task, check, check_free);
  add (check, EMS_FINDING_OK, "key-file", g_strdup_printf ("%s is complete", key_file), NULL);
  ems_findings_look_at_machine (check->findings, check->profile, vnfm_clock_get_wall_time (check->clock));
  look_at_agent (check);
  begin_link (check);
  g_resolver_lookup_by_name_async (resolver, get_host (check), check->cancellable, resolved, task);
}

GPtrArray *
ems_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
