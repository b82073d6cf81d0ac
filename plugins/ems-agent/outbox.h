/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/step-record.h"

#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/**
 * EmsOutbox:
 *
 * Answers that are on their way: kept on the disk until the receiver has them, sent again after a reconnect or a
 * restart with the same message id.
 */
typedef struct _EmsOutbox EmsOutbox;

/* Reads what an earlier agent left in @folder. Errors: VNFM_ERROR_STORE. */
EmsOutbox *ems_outbox_new (const char *folder, VnfmTransport *transport, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ems_outbox_free (EmsOutbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsOutbox, ems_outbox_free)

/* Keeps and sends @body to @to. One that is there already (same message id) stays as it is. @durable: it survives a
 * power cut. An answer that cannot be kept is sent all the same. */
void ems_outbox_put (EmsOutbox *self, const EmsWaiter *to, GBytes *body, gboolean durable);
/* Sends what waits; called when the transport is connected. */
void ems_outbox_flush (EmsOutbox *self);
guint ems_outbox_get_size (EmsOutbox *self);

G_END_DECLS
