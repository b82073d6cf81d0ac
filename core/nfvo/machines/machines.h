/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/records.h"

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * NfvoPort:
 * @network: the virtual link it is plugged into
 * @floating: whether it wants a floating address too
 */
typedef struct {
  char *network;
  gboolean floating;
} NfvoPort;

/**
 * NfvoMachineOrder:
 * @vnf: whose machine it is
 * @hostname: what it is called; unique in a run
 * @ports: (element-type NfvoPort)
 * @user_data: what it runs first
 *
 * What a VIM is asked for.
 */
typedef struct {
  char *vnf;
  char *hostname;
  GArray *ports;
  char *user_data;
} NfvoMachineOrder;

NfvoMachineOrder *nfvo_machine_order_new (const char *vnf, const char *hostname, const char *user_data);
void nfvo_machine_order_add_port (NfvoMachineOrder *order, const char *network, gboolean floating);
void nfvo_machine_order_free (NfvoMachineOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoMachineOrder, nfvo_machine_order_free)

/**
 * NfvoMachine:
 * @id: a UUID: the vc_id
 * @vnf: whose it is
 * @hostname: what it is called
 * @folder: (nullable): where its files are, for those who look at it
 * @addresses: (element-type NfvoAddress): one for each network
 *
 * A machine that was started. Reference counted.
 */
typedef struct {
  char *id;
  char *vnf;
  char *hostname;
  char *folder;
  GPtrArray *addresses;
} NfvoMachine;

NfvoMachine *nfvo_machine_new (const char *id, const char *vnf, const char *hostname, const char *folder);
NfvoMachine *nfvo_machine_ref (NfvoMachine *machine);
void nfvo_machine_unref (NfvoMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoMachine, nfvo_machine_unref)

/**
 * NfvoMachines:
 *
 * The VIM's side: starts machines and ends them. A subclass is one kind of machine.
 *
 * Signals: "trouble" (#NfvoMachine, text): something about a machine that its owner should know.
 */
#define NFVO_TYPE_MACHINES (nfvo_machines_get_type ())
G_DECLARE_DERIVABLE_TYPE (NfvoMachines, nfvo_machines, NFVO, MACHINES, GObject)

/**
 * NfvoMachinesClass:
 * @prepare_async: (nullable): completes when @networks are there
 * @dup_settings: (nullable): what vnfmd must be told to be reached from the machines
 * @allocate_async: completes when the machine has its addresses and has begun to boot; the order is read at once
 * @release_async: completes when nothing of the machine runs any more
 */
struct _NfvoMachinesClass {
  GObjectClass parent_class;

  void (*prepare_async) (NfvoMachines *self, GPtrArray *networks, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*prepare_finish) (NfvoMachines *self, GAsyncResult *result, GError **error);
  GStrv (*dup_settings) (NfvoMachines *self);
  void (*allocate_async) (NfvoMachines *self, const NfvoMachineOrder *order, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
  NfvoMachine *(*allocate_finish) (NfvoMachines *self, GAsyncResult *result, GError **error);
  void (*release_async) (NfvoMachines *self, NfvoMachine *machine, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*release_finish) (NfvoMachines *self, GAsyncResult *result, GError **error);
};

/* Once, before vnfmd is started. @networks: (element-type utf8): those that are known beforehand. */
void nfvo_machines_prepare_async (NfvoMachines *self, GPtrArray *networks, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean nfvo_machines_prepare_finish (NfvoMachines *self, GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After that. Returns: (transfer full): "group.key=value" for vnfmd. */
GStrv nfvo_machines_dup_settings (NfvoMachines *self);
void nfvo_machines_allocate_async (NfvoMachines *self, const NfvoMachineOrder *order, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
NfvoMachine *nfvo_machines_allocate_finish (NfvoMachines *self, GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Cannot be taken back: a machine that is being released is gone soon. */
void nfvo_machines_release_async (NfvoMachines *self, NfvoMachine *machine, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean nfvo_machines_release_finish (NfvoMachines *self, GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For subclasses. */
/* A name from outside as that of a file. Returns: (transfer full). */
char *nfvo_machines_file_name (const char *hostname);
void nfvo_machines_trouble (NfvoMachines *self, NfvoMachine *machine, const char *text);

G_END_DECLS
