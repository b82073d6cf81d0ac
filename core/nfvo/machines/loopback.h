/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * NfvoLoopback:
 *
 * Loopback addresses that no other run on this host uses: blocks 127.A.B.0/24, each claimed by an abstract socket of
 * its name, which is as wide as loopback itself (the network namespace) and gone with the process.
 */
typedef struct _NfvoLoopback NfvoLoopback;

NfvoLoopback *nfvo_loopback_new (VnfmClock *clock);
void nfvo_loopback_free (NfvoLoopback *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoLoopback, nfvo_loopback_free)
/* An address that was not given out before. Returns: (transfer full). */
char *nfvo_loopback_claim (NfvoLoopback *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
