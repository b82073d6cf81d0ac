/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/bench/bench-agents.h"

#include <string.h>

struct _BenchAgents {
  NfvoMachines parent_instance;

  VnfmTransport *transport;
  VnfmClock *clock;
  gboolean silent;
  guint machines;
};

G_DEFINE_FINAL_TYPE (BenchAgents, bench_agents, NFVO_TYPE_MACHINES)

/* The value of "export NAME=" in the user data. */
static char *
dup_export (const char *user_data, const char *name)
{
  g_autofree char *prefix = g_strdup_printf ("\nexport %s=", name);
  const char *at = strstr (user_data, prefix);
  const char *end;

  if (at == NULL)
    return g_strdup ("");
  at += strlen (prefix);
  end = strchr (at, '\n');
  g_autofree char *raw = end != NULL ? g_strndup (at, (gsize)(end - at)) : g_strdup (at);
  g_autofree char *plain = g_shell_unquote (raw, NULL);
  return g_strdup (plain != NULL ? plain : raw);
}

static void
said (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!vnfm_transport_publish_finish (VNFM_TRANSPORT (source), result, &error))
    g_warning ("an agent could not register: %s", error->message);
}

static void
boot (BenchAgents *self, const NfvoMachineOrder *order)
{
  g_autofree char *token = dup_export (order->user_data, "TOKEN");
  g_autofree char *text = g_strdup_printf (
      "{\"hostname\":\"%s\",\"token\":\"%s\",\"agent\":\"vnfm-ems/bench\",\"capabilities\":[\"step\",\"timeout\","
      "\"cancel\",\"exact-env\",\"provides\",\"capped\"],\"boot\":\"b\",\"run\":\"r\"}",
      order->hostname, token);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);

  envelope->message_id = vnfm_clock_new_uuid (self->clock);
  envelope->content_type = g_strdup ("text/plain");
  vnfm_transport_subscribe (self->transport, VNFM_DESTINATION_EMS_COMMANDS, order->hostname);
  vnfm_transport_publish_async (self->transport, VNFM_DESTINATION_EMS_REGISTRATION, envelope, NULL, said, NULL);
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!vnfm_transport_reply_finish (VNFM_TRANSPORT (source), result, &error))
    g_warning ("an agent's answer was not delivered: %s", error->message);
}

static gboolean
take_command (VnfmTransport *transport, VnfmEnvelope *command, gpointer user_data)
{
  BenchAgents *self = user_data;
  g_autoptr (GString) text = g_string_new ("{\"status\":0,\"output\":\"\",\"err\":\"\",\"step\":");

  vnfm_json_append_string (text, command->correlation_id != NULL ? command->correlation_id : "");
  g_string_append_c (text, '}');
  g_autoptr (GBytes) body = g_bytes_new (text->str, text->len);
  g_autoptr (VnfmEnvelope) answer = vnfm_envelope_new (body);
  answer->message_id = vnfm_clock_new_uuid (self->clock);
  answer->correlation_id = g_strdup (command->correlation_id);
  answer->content_type = g_strdup ("text/plain");
  vnfm_envelope_ack (command);
  vnfm_transport_reply_async (transport, command->reply_to, answer, NULL, answered, NULL);
  return TRUE;
}

static void
allocate_async (NfvoMachines *machines, const NfvoMachineOrder *order, GCancellable *cancellable,
                GAsyncReadyCallback callback, gpointer user_data)
{
  BenchAgents *self = BENCH_AGENTS (machines);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *id = vnfm_clock_new_uuid (self->clock);
  NfvoMachine *machine = nfvo_machine_new (id, order->vnf, order->hostname, NULL);

  for (guint i = 0; i < order->ports->len; i++)
    g_ptr_array_add (machine->addresses,
                     nfvo_address_new (g_array_index (order->ports, NfvoPort, i).network, "192.0.2.1", "203.0.113.1"));
  self->machines++;
  if (!self->silent)
    boot (self, order);
  g_task_return_pointer (task, machine, (GDestroyNotify)nfvo_machine_unref);
}

static NfvoMachine *
allocate_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
release_async (NfvoMachines *machines, NfvoMachine *machine, GAsyncReadyCallback callback, gpointer user_data)
{
  BenchAgents *self = BENCH_AGENTS (machines);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (!self->silent)
    vnfm_transport_unsubscribe (self->transport, VNFM_DESTINATION_EMS_COMMANDS, machine->hostname);
  g_task_return_boolean (task, TRUE);
}

static gboolean
release_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
finalize (GObject *object)
{
  BenchAgents *self = BENCH_AGENTS (object);

  g_signal_handlers_disconnect_by_data (self->transport, self);
  g_object_unref (self->transport);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (bench_agents_parent_class)->finalize (object);
}

static void
bench_agents_class_init (BenchAgentsClass *klass)
{
  NfvoMachinesClass *machines_class = NFVO_MACHINES_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  machines_class->allocate_async = allocate_async;
  machines_class->allocate_finish = allocate_finish;
  machines_class->release_async = release_async;
  machines_class->release_finish = release_finish;
}

static void
bench_agents_init (BenchAgents *self)
{
}

BenchAgents *
bench_agents_new (VnfmTransport *transport, VnfmClock *clock, gboolean silent)
{
  BenchAgents *self = g_object_new (BENCH_TYPE_AGENTS, NULL);

  self->transport = g_object_ref (transport);
  self->clock = g_object_ref (clock);
  self->silent = silent;
  g_signal_connect (transport, "delivery::ems-commands", G_CALLBACK (take_command), self);
  return self;
}

guint
bench_agents_get_machines (BenchAgents *self)
{
  return self->machines;
}
