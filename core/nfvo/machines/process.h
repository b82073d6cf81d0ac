/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/machines/machines.h"

G_BEGIN_DECLS

/**
 * NfvoProcessMachines:
 *
 * Machines that are a folder, an agent process and loopback addresses: no root, no isolation. Each has one address for
 * each network (and another for a floating one), runs its user data by /bin/sh in its folder, and every process of it
 * carries VNFM_MACHINE=<id>, by which they are ended.
 */
#define NFVO_TYPE_PROCESS_MACHINES (nfvo_process_machines_get_type ())
G_DECLARE_FINAL_TYPE (NfvoProcessMachines, nfvo_process_machines, NFVO, PROCESS_MACHINES, NfvoMachines)

/* @folder: where the folders of the machines are made; @agent: the program that the user data starts;
 * @marker: (nullable): "NAME=VALUE", set in each process besides. */
NfvoMachines *nfvo_process_machines_new (VnfmClock *clock, const char *folder, const char *agent, const char *marker);

/* The files of a machine, in its folder. */
#define NFVO_MACHINE_CONSOLE "console.log"

G_END_DECLS
