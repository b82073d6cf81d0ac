/* SPDX-License-Identifier: Apache-2.0 */
/* The orchestrator's side of namespace machines: addresses, folders, and who waits for what; the helper does the rest.
 *
 * A host name must be one: what a VNF's name has besides letters, digits, "-", "." and "_" becomes "_". */
#include "config.h"

#include "core/nfvo/machines/namespace.h"

#include "core/nfvo/machines/helper-link.h"
#include "core/nfvo/machines/plan.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#define BROKER_PORT "61613"
#define PATH        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct _NfvoNamespaceMachines {
  NfvoMachines parent_instance;

  char *folder;
  char *agent;
  char *marker;
  VnfmClock *clock;
  NfvoHelperLink *link;
  NfvoPlan *plan;
  GHashTable *machines; /* id -> NfvoMachine */
};

G_DEFINE_FINAL_TYPE (NfvoNamespaceMachines, nfvo_namespace_machines, NFVO_TYPE_MACHINES)

enum {
  LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- networks */

typedef struct {
  guint open;
  GError *error;
} Preparation;

static void
preparation_free (Preparation *preparation)
{
  g_clear_error (&preparation->error);
  g_free (preparation);
}

static void
one_less (GTask *task)
{
  Preparation *preparation = g_task_get_task_data (task);

  if (--preparation->open > 0)
    return;
  if (preparation->error != NULL)
    g_task_return_error (task, g_steal_pointer (&preparation->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
bridge_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Preparation *preparation = g_task_get_task_data (task);

  if (!nfvo_helper_link_ask_finish (NFVO_HELPER_LINK (source), result, NULL,
                                    preparation->error == NULL ? &preparation->error : NULL))
    g_debug ("a bridge could not be made");
  one_less (task);
}

static GVariant *
describe_bridge (guint network)
{
  g_autofree char *name = nfvo_plan_dup_bridge (network);
  g_autofree char *ipv4 = nfvo_plan_dup_ipv4 (network, 0);
  g_autofree char *ipv6 = nfvo_plan_dup_ipv6 (network, 0);
  g_autofree char *address4 = g_strconcat (ipv4, NFVO_PLAN_LENGTH4, NULL);
  g_autofree char *address6 = g_strconcat (ipv6, NFVO_PLAN_LENGTH6, NULL);

  return g_variant_new (HELPER_BRIDGE_TYPE, name, address4, address6);
}

static void
prepare_network (NfvoNamespaceMachines *self, GTask *task, const char *name)
{
  Preparation *preparation = g_task_get_task_data (task);
  gboolean added;
  guint network =
      nfvo_plan_add_network (self->plan, name, &added, preparation->error == NULL ? &preparation->error : NULL);

  if (network == 0 || !added)
    return;
  preparation->open++;
  nfvo_helper_link_ask_async (self->link, HELPER_BRIDGE, describe_bridge (network), bridge_made, g_object_ref (task));
}

static void
prepare_async (NfvoMachines *machines, GPtrArray *networks, GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoNamespaceMachines *self = NFVO_NAMESPACE_MACHINES (machines);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Preparation *preparation = g_new0 (Preparation, 1);

  preparation->open = 1;
  g_task_set_source_tag (task, prepare_async);
  g_task_set_task_data (task, preparation, (GDestroyNotify)preparation_free);
  for (guint i = 0; i < networks->len; i++)
    prepare_network (self, task, g_ptr_array_index (networks, i));
  if (nfvo_plan_count_networks (self->plan) == 0) /* the broker must be reached by some address */
    prepare_network (self, task, NFVO_MANAGEMENT_NETWORK);
  one_less (task);
}

static gboolean
prepare_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The first address is what agents are told: every machine has a route to it, by whatever network. */
static GStrv
dup_settings (NfvoMachines *machines)
{
  NfvoNamespaceMachines *self = NFVO_NAMESPACE_MACHINES (machines);
  g_autoptr (GStrvBuilder) settings = g_strv_builder_new ();
  g_autoptr (GString) listen = g_string_new ("stomp.listen=");

  for (guint i = 1; i <= nfvo_plan_count_networks (self->plan); i++) {
    g_autofree char *ipv4 = nfvo_plan_dup_ipv4 (i, 0);
    g_autofree char *ipv6 = nfvo_plan_dup_ipv6 (i, 0);
    g_string_append_printf (listen, "%s:" BROKER_PORT ";[%s]:" BROKER_PORT ";", ipv4, ipv6);
  }
  g_string_append (listen, "127.0.0.1:" BROKER_PORT);
  g_strv_builder_add (settings, listen->str);
  return g_strv_builder_end (settings);
}

/* ---- starting */

static gboolean
add_nic (NfvoNamespaceMachines *self, NfvoMachine *machine, HelperOrder *order, const NfvoPort *port, guint number,
         GError **error)
{
  gboolean first = order->nics->len == 0;
  gboolean added;
  guint network = nfvo_plan_add_network (self->plan, port->network, &added, error);
  g_autofree char *bridge = NULL;
  g_autofree char *ipv4 = NULL;
  g_autofree char *ipv6 = NULL;
  g_autofree char *address4 = NULL;
  g_autofree char *address6 = NULL;
  g_autofree char *gateway4 = NULL;
  g_autofree char *gateway6 = NULL;
  g_autofree char *floating = NULL;

  if (network == 0)
    return FALSE;
  if (added) /* requests are served in order: if it fails, so will the machine */
    nfvo_helper_link_ask_async (self->link, HELPER_BRIDGE, describe_bridge (network), NULL, NULL);
  bridge = nfvo_plan_dup_bridge (network);
  ipv4 = nfvo_plan_dup_ipv4 (network, number);
  ipv6 = nfvo_plan_dup_ipv6 (network, number);
  address4 = g_strconcat (ipv4, NFVO_PLAN_LENGTH4, NULL);
  address6 = g_strconcat (ipv6, NFVO_PLAN_LENGTH6, NULL);
  gateway4 = first ? nfvo_plan_dup_ipv4 (network, 0) : g_strdup ("");
  gateway6 = first ? nfvo_plan_dup_ipv6 (network, 0) : g_strdup ("");
  floating = port->floating ? nfvo_plan_dup_floating (number, order->nics->len) : NULL;
  helper_order_add_nic (order, bridge, address4, address6, gateway4, gateway6, floating != NULL ? floating : "");
  g_ptr_array_add (machine->addresses, nfvo_address_new (port->network, ipv4, floating));
  return TRUE;
}

static gboolean
add_nics (NfvoNamespaceMachines *self, NfvoMachine *machine, HelperOrder *order, GArray *ports, GError **error)
{
  NfvoPort management = { (char *)NFVO_MANAGEMENT_NETWORK, FALSE };
  guint number = nfvo_plan_add_machine (self->plan, error);

  if (number == 0)
    return FALSE;
  for (guint i = 0; i < ports->len; i++)
    if (!add_nic (self, machine, order, &g_array_index (ports, NfvoPort, i), number, error))
      return FALSE;
  return ports->len > 0 || add_nic (self, machine, order, &management, number, error);
}

static GStrv
make_environment (NfvoNamespaceMachines *self, NfvoMachine *machine)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *id = g_strconcat ("VNFM_MACHINE=", machine->id, NULL);
  g_autofree char *program = g_strconcat ("VNFM_EMS_PROGRAM=", self->agent, NULL);

  g_strv_builder_add_many (builder, "PATH=" PATH, "HOME=/root", "USER=root", "LOGNAME=root", "TERM=linux", id, program,
                           "VNFM_EMS_CONF=/etc/vnfmd/vnfm-ems.conf", self->marker, NULL);
  return g_strv_builder_end (builder);
}

/* Programs of a build tree find their libraries there. */
static GStrv
make_binds (NfvoNamespaceMachines *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (g_str_has_prefix (self->agent, VNFM_BUILDDIR "/"))
    g_strv_builder_add (builder, VNFM_BUILDDIR);
  return g_strv_builder_end (builder);
}

/* For "vnfm-nfvo enter". */
static void
write_pid (NfvoMachine *machine, int pid)
{
  g_autofree char *path = g_build_filename (machine->folder, NFVO_NAMESPACE_PID, NULL);
  g_autofree char *text = g_strdup_printf ("%d\n", pid);
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, text, -1, &error))
    g_warning ("machine %s: it cannot be entered: %s", machine->hostname, error->message);
}

static void
started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  NfvoNamespaceMachines *self = g_task_get_source_object (task);
  NfvoMachine *machine = g_task_get_task_data (task);
  GError *error = NULL;
  int pid;

  if (!nfvo_helper_link_ask_finish (NFVO_HELPER_LINK (source), result, &pid, &error)) {
    g_prefix_error (&error, "machine %s: ", machine->hostname);
    g_hash_table_remove (self->machines, machine->id);
    g_task_return_error (task, error);
    return;
  }
  write_pid (machine, pid);
  g_task_return_pointer (task, nfvo_machine_ref (machine), (GDestroyNotify)nfvo_machine_unref);
}

static void
allocate_async (NfvoMachines *machines, const NfvoMachineOrder *asked, GCancellable *cancellable,
                GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoNamespaceMachines *self = NFVO_NAMESPACE_MACHINES (machines);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *id = vnfm_clock_new_uuid (self->clock);
  g_autofree char *name = nfvo_machines_file_name (asked->hostname);
  g_autofree char *folder = g_build_filename (self->folder, name, NULL);
  g_autoptr (HelperOrder) order = helper_order_new (id, name, folder, asked->user_data);
  NfvoMachine *machine = nfvo_machine_new (id, asked->vnf, asked->hostname, folder);
  GError *error = NULL;

  g_task_set_source_tag (task, allocate_async);
  g_task_set_task_data (task, machine, (GDestroyNotify)nfvo_machine_unref);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_STORE, "cannot make the folder %s: %s", folder,
                             g_strerror (errno));
    return;
  }
  if (!add_nics (self, machine, order, asked->ports, &error)) {
    g_task_return_error (task, error);
    return;
  }
  order->environment = make_environment (self, machine);
  order->binds = make_binds (self);
  g_hash_table_insert (self->machines, machine->id, nfvo_machine_ref (machine));
  nfvo_helper_link_ask_async (self->link, HELPER_START, helper_order_pack (order), started, g_steal_pointer (&task));
}

static NfvoMachine *
allocate_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- ending */

static void
stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (nfvo_helper_link_ask_finish (NFVO_HELPER_LINK (source), result, NULL, &error) ||
      g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE)) {
    g_clear_error (&error); /* the machine went with the helper */
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_error (task, error);
  }
}

static void
release_async (NfvoMachines *machines, NfvoMachine *machine, GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoNamespaceMachines *self = NFVO_NAMESPACE_MACHINES (machines);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *path = g_build_filename (machine->folder, NFVO_NAMESPACE_PID, NULL);

  g_task_set_source_tag (task, release_async);
  g_unlink (path);
  g_hash_table_remove (self->machines, machine->id);
  nfvo_helper_link_ask_async (self->link, HELPER_STOP, g_variant_new_string (machine->id), stopped, task);
}

static gboolean
release_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- news */

static void
machine_ended (NfvoHelperLink *link, const char *id, const char *text, gpointer user_data)
{
  NfvoNamespaceMachines *self = user_data;
  NfvoMachine *machine = g_hash_table_lookup (self->machines, id);
  g_autofree char *told = g_strdup_printf ("it ended: %s", text);

  if (machine != NULL)
    nfvo_machines_trouble (NFVO_MACHINES (self), machine, told);
}

static void
user_data_ended (NfvoHelperLink *link, const char *id, int status, gpointer user_data)
{
  NfvoNamespaceMachines *self = user_data;
  NfvoMachine *machine = g_hash_table_lookup (self->machines, id);
  g_autofree char *text = NULL;

  if (machine == NULL || status == 0)
    return;
  text = WIFEXITED (status) ? g_strdup_printf ("its user data ended with status %d", WEXITSTATUS (status))
                            : g_strdup_printf ("its user data was ended by signal %d", WTERMSIG (status));
  nfvo_machines_trouble (NFVO_MACHINES (self), machine, text);
}

static void
helper_lost (NfvoHelperLink *link, const char *text, gpointer user_data)
{
  g_autofree char *told = g_strdup_printf ("the helper vnfm-machine is gone, and its machines with it: %s", text);

  g_signal_emit (user_data, signals[LOST], 0, told);
}

/* ---- the object */

static void
finalize (GObject *object)
{
  NfvoNamespaceMachines *self = NFVO_NAMESPACE_MACHINES (object);

  if (self->link != NULL)
    g_signal_handlers_disconnect_by_data (self->link, self);
  g_clear_object (&self->link);
  g_hash_table_unref (self->machines);
  nfvo_plan_free (self->plan);
  g_clear_object (&self->clock);
  g_free (self->folder);
  g_free (self->agent);
  g_free (self->marker);
  G_OBJECT_CLASS (nfvo_namespace_machines_parent_class)->finalize (object);
}

static void
nfvo_namespace_machines_class_init (NfvoNamespaceMachinesClass *klass)
{
  NfvoMachinesClass *machines_class = NFVO_MACHINES_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  machines_class->prepare_async = prepare_async;
  machines_class->prepare_finish = prepare_finish;
  machines_class->dup_settings = dup_settings;
  machines_class->allocate_async = allocate_async;
  machines_class->allocate_finish = allocate_finish;
  machines_class->release_async = release_async;
  machines_class->release_finish = release_finish;
  signals[LOST] = g_signal_new ("lost", NFVO_TYPE_NAMESPACE_MACHINES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
nfvo_namespace_machines_init (NfvoNamespaceMachines *self)
{
  self->plan = nfvo_plan_new ();
  self->machines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)nfvo_machine_unref);
}

NfvoMachines *
nfvo_namespace_machines_new (VnfmClock *clock, const char *folder, const char *agent, const char *marker,
                             GError **error)
{
  g_autoptr (NfvoNamespaceMachines) self = g_object_new (NFVO_TYPE_NAMESPACE_MACHINES, NULL);

  self->link = nfvo_helper_link_new (error);
  if (self->link == NULL)
    return NULL;
  self->clock = g_object_ref (clock);
  self->folder = g_strdup (folder);
  self->agent = g_strdup (agent);
  self->marker = g_strdup (marker);
  g_signal_connect (self->link, "ended", G_CALLBACK (machine_ended), self);
  g_signal_connect (self->link, "user-data", G_CALLBACK (user_data_ended), self);
  g_signal_connect (self->link, "lost", G_CALLBACK (helper_lost), self);
  return NFVO_MACHINES (g_steal_pointer (&self));
}
