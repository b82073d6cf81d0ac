/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/* The keys of the group [stomp]. */
extern const VnfmKey vnfm_stomp_keys[];

/**
 * VnfmStompTransport:
 *
 * STOMP 1.2: a client of a broker, or, where [stomp] listen names addresses, the broker itself, with the manager as
 * reader of its own queues.
 *
 * Properties (readable): "broker-address": where it really listens, or "HOST:PORT" of the broker; "login"; "passcode".
 * Signal "reader-gone" (host name): nobody reads the commands of that host any more (broker only).
 */
#define VNFM_TYPE_STOMP_TRANSPORT (vnfm_stomp_transport_get_type ())
G_DECLARE_FINAL_TYPE (VnfmStompTransport, vnfm_stomp_transport, VNFM, STOMP_TRANSPORT, VnfmTransport)

G_END_DECLS
