/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/machines/machines.h"

G_BEGIN_DECLS

/**
 * NfvoNamespaceMachines:
 *
 * Machines with a root, a network, processes and a host name of their own, made by the helper vnfm-machine. This
 * process runs in the cloud that the helper made: all addresses are private to the run.
 *
 * Signals: "lost" (text): the helper is gone, and all machines with it.
 */
#define NFVO_TYPE_NAMESPACE_MACHINES (nfvo_namespace_machines_get_type ())
G_DECLARE_FINAL_TYPE (NfvoNamespaceMachines, nfvo_namespace_machines, NFVO, NAMESPACE_MACHINES, NfvoMachines)

/* @folder: where the folders of the machines are made; @agent: the program that the user data starts, as the machines
 * see it; @marker: (nullable): "NAME=VALUE", set in each process besides. Errors: VNFM_ERROR_UNREACHABLE: this process
 * was not started by the helper. */
NfvoMachines *nfvo_namespace_machines_new (VnfmClock *clock, const char *folder, const char *agent, const char *marker,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The files of a machine, in its folder, beside "state" and "vnfm-ems.log". */
#define NFVO_NAMESPACE_CONSOLE "console"
#define NFVO_NAMESPACE_PID     "pid"

G_END_DECLS
