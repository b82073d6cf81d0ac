/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/machines/protocol.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * NfvoHelperLink:
 *
 * The connection to vnfm-machine, from inside the cloud that it made.
 *
 * Signals:
 * "ended" (id, text): a machine ended although nobody asked for it;
 * "user-data" (id, wait status): its user data ended;
 * "lost" (text): the helper is gone, and with it all machines.
 */
#define NFVO_TYPE_HELPER_LINK (nfvo_helper_link_get_type ())
G_DECLARE_FINAL_TYPE (NfvoHelperLink, nfvo_helper_link, NFVO, HELPER_LINK, GObject)

/* Whether this process was started by the helper. */
gboolean nfvo_helper_link_is_there (void);
/* Errors: VNFM_ERROR_UNREACHABLE: there is none. */
NfvoHelperLink *nfvo_helper_link_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes @body if it floats. Completes with the answer. */
void nfvo_helper_link_ask_async (NfvoHelperLink *self, const char *verb, GVariant *body, GAsyncReadyCallback callback,
                                 gpointer user_data);
/* @number: (out) (optional): what came with "done". Errors: VNFM_ERROR_FAILED: the helper's refusal;
 * VNFM_ERROR_UNREACHABLE: it is gone. */
gboolean nfvo_helper_link_ask_finish (NfvoHelperLink *self, GAsyncResult *result, int *number,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
