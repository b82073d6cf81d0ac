/* SPDX-License-Identifier: Apache-2.0 */
/* The abstract class of machines, and the values that go in and out. */
#include "config.h"

#include "core/nfvo/machines/machines.h"

G_DEFINE_ABSTRACT_TYPE (NfvoMachines, nfvo_machines, G_TYPE_OBJECT)

enum {
  TROUBLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
nfvo_machines_class_init (NfvoMachinesClass *klass)
{
  signals[TROUBLE] = g_signal_new ("trouble", NFVO_TYPE_MACHINES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                   2, G_TYPE_POINTER, G_TYPE_STRING);
}

static void
nfvo_machines_init (NfvoMachines *self)
{
}

static void
clear_port (gpointer data)
{
  g_free (((NfvoPort *)data)->network);
}

NfvoMachineOrder *
nfvo_machine_order_new (const char *vnf, const char *hostname, const char *user_data)
{
  NfvoMachineOrder *order = g_new0 (NfvoMachineOrder, 1);

  order->vnf = g_strdup (vnf);
  order->hostname = g_strdup (hostname);
  order->user_data = g_strdup (user_data);
  order->ports = g_array_new (FALSE, FALSE, sizeof (NfvoPort));
  g_array_set_clear_func (order->ports, clear_port);
  return order;
}

/* A second port on the same network adds nothing: a VIM tells one address for each network. */
void
nfvo_machine_order_add_port (NfvoMachineOrder *order, const char *network, gboolean floating)
{
  NfvoPort port = { NULL, floating };

  for (guint i = 0; i < order->ports->len; i++) {
    NfvoPort *present = &g_array_index (order->ports, NfvoPort, i);
    if (g_strcmp0 (present->network, network) == 0) {
      present->floating |= floating;
      return;
    }
  }
  port.network = g_strdup (network);
  g_array_append_val (order->ports, port);
}

void
nfvo_machine_order_free (NfvoMachineOrder *order)
{
  g_free (order->vnf);
  g_free (order->hostname);
  g_free (order->user_data);
  g_array_unref (order->ports);
  g_free (order);
}

NfvoMachine *
nfvo_machine_new (const char *id, const char *vnf, const char *hostname, const char *folder)
{
  NfvoMachine *machine = g_rc_box_new0 (NfvoMachine);

  machine->id = g_strdup (id);
  machine->vnf = g_strdup (vnf);
  machine->hostname = g_strdup (hostname);
  machine->folder = g_strdup (folder);
  machine->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_address_free);
  return machine;
}

NfvoMachine *
nfvo_machine_ref (NfvoMachine *machine)
{
  return g_rc_box_acquire (machine);
}

static void
clear_machine (gpointer data)
{
  NfvoMachine *machine = data;

  g_free (machine->id);
  g_free (machine->vnf);
  g_free (machine->hostname);
  g_free (machine->folder);
  g_ptr_array_unref (machine->addresses);
}

void
nfvo_machine_unref (NfvoMachine *machine)
{
  g_rc_box_release_full (machine, clear_machine);
}

void
nfvo_machines_prepare_async (NfvoMachines *self, GPtrArray *networks, GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoMachinesClass *klass = NFVO_MACHINES_GET_CLASS (self);
  g_autoptr (GTask) task = NULL;

  if (klass->prepare_async != NULL) {
    klass->prepare_async (self, networks, callback, user_data);
    return;
  }
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, nfvo_machines_prepare_async);
  g_task_return_boolean (task, TRUE);
}

gboolean
nfvo_machines_prepare_finish (NfvoMachines *self, GAsyncResult *result, GError **error)
{
  NfvoMachinesClass *klass = NFVO_MACHINES_GET_CLASS (self);

  return klass->prepare_finish != NULL ? klass->prepare_finish (self, result, error)
                                       : g_task_propagate_boolean (G_TASK (result), error);
}

GStrv
nfvo_machines_dup_settings (NfvoMachines *self)
{
  NfvoMachinesClass *klass = NFVO_MACHINES_GET_CLASS (self);

  return klass->dup_settings != NULL ? klass->dup_settings (self) : g_new0 (char *, 1);
}

char *
nfvo_machines_file_name (const char *hostname)
{
  char *name = g_strdup (hostname);

  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.", '_');
  if (name[0] == '.')
    name[0] = '_';
  return name;
}

void
nfvo_machines_allocate_async (NfvoMachines *self, const NfvoMachineOrder *order, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  NFVO_MACHINES_GET_CLASS (self)->allocate_async (self, order, cancellable, callback, user_data);
}

NfvoMachine *
nfvo_machines_allocate_finish (NfvoMachines *self, GAsyncResult *result, GError **error)
{
  return NFVO_MACHINES_GET_CLASS (self)->allocate_finish (self, result, error);
}

void
nfvo_machines_release_async (NfvoMachines *self, NfvoMachine *machine, GAsyncReadyCallback callback, gpointer user_data)
{
  NFVO_MACHINES_GET_CLASS (self)->release_async (self, machine, callback, user_data);
}

gboolean
nfvo_machines_release_finish (NfvoMachines *self, GAsyncResult *result, GError **error)
{
  return NFVO_MACHINES_GET_CLASS (self)->release_finish (self, result, error);
}

void
nfvo_machines_trouble (NfvoMachines *self, NfvoMachine *machine, const char *text)
{
  g_signal_emit (self, signals[TROUBLE], 0, machine, text);
}
