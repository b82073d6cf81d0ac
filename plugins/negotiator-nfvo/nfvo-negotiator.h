/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-negotiator.h>

G_BEGIN_DECLS

/**
 * NfvoNegotiator:
 *
 * Asks the NFVO: GRANT_OPERATION, ALLOCATE_RESOURCES, SCALING.
 */
#define NFVO_TYPE_NEGOTIATOR (nfvo_negotiator_get_type ())
G_DECLARE_FINAL_TYPE (NfvoNegotiator, nfvo_negotiator, NFVO, NEGOTIATOR, VnfmNegotiator)

/* The keys of the group [nfvo]. */
extern const VnfmKey nfvo_negotiator_keys[];

G_END_DECLS
