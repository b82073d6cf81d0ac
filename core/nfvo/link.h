/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * NfvoLink:
 *
 * The NFVO's end of the transport, shared by any number of services: requests with their answers, questions of the
 * manager and results without a request, each handed to the service whose NSR the VNFR belongs to. A message that comes
 * twice (the same message id) is dropped.
 */
#define NFVO_TYPE_LINK (nfvo_link_get_type ())
G_DECLARE_FINAL_TYPE (NfvoLink, nfvo_link, NFVO, LINK, GObject)

/* @message is what @envelope carries. */
typedef void (*NfvoLinkFunc) (VnfmEnvelope *envelope, VnfmMessage *message, VnfmRecord *record, gpointer user_data);

/* @transport: started, not opened. */
NfvoLink *nfvo_link_new (VnfmTransport *transport, VnfmClock *clock);
/* Subscribes and opens; completes when it is connected. Errors: the last one of the transport, after @patience. */
void nfvo_link_open_async (NfvoLink *self, gint64 patience, GAsyncReadyCallback callback, gpointer user_data);
gboolean nfvo_link_open_finish (NfvoLink *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @question: one that wants nfvo_link_answer() (which may come late or never); @result: a one-way result. */
void nfvo_link_add_service (NfvoLink *self, const char *nsr_id, NfvoLinkFunc question, NfvoLinkFunc result,
                            gpointer user_data);
void nfvo_link_remove_service (NfvoLink *self, const char *nsr_id);

/* Sends a request until the manager has it safely, and waits for its answer without a limit.
 * @id: (out) (transfer full) (optional): names the request in the two calls below. */
void nfvo_link_request_async (NfvoLink *self, GBytes *body, char **id, GAsyncReadyCallback callback,
                              gpointer user_data);
GBytes *nfvo_link_request_finish (NfvoLink *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The answer came another way. Returns: FALSE if the request was answered already. */
gboolean nfvo_link_complete (NfvoLink *self, const char *id, GBytes *body);
/* Nobody waits for the answer any more: the request ends with VNFM_ERROR_CANCELLED. */
void nfvo_link_forget (NfvoLink *self, const char *id);
/* Answers a question; @body: (nullable): NULL is the JSON text "null". */
void nfvo_link_answer (NfvoLink *self, VnfmEnvelope *question, GBytes *body);

G_END_DECLS
