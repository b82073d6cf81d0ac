/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* Ends every process of this user that has @marker ("VNFM_MACHINE=<uuid>") in the environment it was started with:
 * SIGTERM, after @grace (microseconds) SIGKILL, and again until none is found. Completes when they are gone.
 * Errors: VNFM_ERROR_FAILED: some would not go. */
void nfvo_end_processes_async (const char *marker, gint64 grace, VnfmClock *clock, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean nfvo_end_processes_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The processes that have @marker, without the calling one. Returns: (element-type int). */
GArray *nfvo_find_processes (const char *marker);

G_END_DECLS
