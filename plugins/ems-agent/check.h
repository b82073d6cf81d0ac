/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/findings.h"

#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/* Walks the chain from this machine's own state to its manager, and says at each link whether it holds. A running agent
 * is not disturbed: nothing of its queue is taken.
 * @transport_type: a client of the broker. Completes with the findings, never with an error but of @cancellable. */
void ems_check_async (VnfmContext *context, GType transport_type, const char *key_file, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (element-type EmsFinding) (transfer full). */
GPtrArray *ems_check_finish (GAsyncResult *result, GError **error);

G_END_DECLS
