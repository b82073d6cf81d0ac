/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/machines/machines.h"

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * BenchAgents:
 *
 * Machines without processes: an agent of each answers its commands with success at once, all over one connection.
 * It registers as vnfm-ems does, with the token of its user data.
 */
#define BENCH_TYPE_AGENTS (bench_agents_get_type ())
G_DECLARE_FINAL_TYPE (BenchAgents, bench_agents, BENCH, AGENTS, NfvoMachines)

/* @transport: started, not opened. @silent: its machines never register. */
BenchAgents *bench_agents_new (VnfmTransport *transport, VnfmClock *clock, gboolean silent);
/* Machines that were allocated. */
guint bench_agents_get_machines (BenchAgents *self);

G_END_DECLS
