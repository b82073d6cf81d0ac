/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-profile.h>

G_BEGIN_DECLS

typedef struct _VnfmTransport VnfmTransport;
typedef struct _VnfmStore VnfmStore;

/**
 * VnfmContext:
 *
 * What every extension is given: configuration, clock, store, and the transports of the two legs (towards the NFVO and
 * towards the agents; often the same object). Filled by the program's wiring before anything is started; the getters
 * of what a program does not have yield NULL. All are borrowed.
 */
#define VNFM_TYPE_CONTEXT (vnfm_context_get_type ())
G_DECLARE_FINAL_TYPE (VnfmContext, vnfm_context, VNFM, CONTEXT, GObject)

VnfmContext *vnfm_context_new (VnfmProfile *profile, VnfmClock *clock);
VnfmProfile *vnfm_context_get_profile (VnfmContext *self);
VnfmClock *vnfm_context_get_clock (VnfmContext *self);
VnfmStore *vnfm_context_get_store (VnfmContext *self);
VnfmTransport *vnfm_context_get_nfvo_transport (VnfmContext *self);
VnfmTransport *vnfm_context_get_ems_transport (VnfmContext *self);
/* Folder for private files, mode 0700; NULL in a program that keeps none. */
const char *vnfm_context_get_state_dir (VnfmContext *self);

void vnfm_context_set_store (VnfmContext *self, VnfmStore *store);
void vnfm_context_set_nfvo_transport (VnfmContext *self, VnfmTransport *transport);
void vnfm_context_set_ems_transport (VnfmContext *self, VnfmTransport *transport);
void vnfm_context_set_state_dir (VnfmContext *self, const char *path);

G_END_DECLS
