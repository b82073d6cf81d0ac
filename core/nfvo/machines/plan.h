/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* Where a machine without connection points is plugged in. */
#define NFVO_MANAGEMENT_NETWORK "management"

/**
 * NfvoPlan:
 *
 * The addresses of a run's private networks. The network number N (from 1) has the bridge br<N-1>, 10.N.0.0/16 and
 * fd00:0:0:N::/64; the cloud is .0.1 and ::1 in each. A machine has the same host number in all its networks, and
 * in 10.255.0.0/16, from which floating addresses are taken. Pure.
 */
typedef struct _NfvoPlan NfvoPlan;

NfvoPlan *nfvo_plan_new (void);
void nfvo_plan_free (NfvoPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoPlan, nfvo_plan_free)

/* Number of the network, which is added if it is not there. Returns: 0 with an error. Errors: VNFM_ERROR_LIMIT. */
guint nfvo_plan_add_network (NfvoPlan *self, const char *name, gboolean *added, GError **error);
guint nfvo_plan_count_networks (NfvoPlan *self);
/* The number of another machine, 0 with an error. Errors: VNFM_ERROR_LIMIT. */
guint nfvo_plan_add_machine (NfvoPlan *self, GError **error);

/* (transfer full). @machine: 0: the cloud. */
char *nfvo_plan_dup_bridge (guint network);
char *nfvo_plan_dup_ipv4 (guint network, guint machine);
char *nfvo_plan_dup_ipv6 (guint network, guint machine);
char *nfvo_plan_dup_floating (guint machine, guint port);
#define NFVO_PLAN_LENGTH4 "/16"
#define NFVO_PLAN_LENGTH6 "/64"

G_END_DECLS
