/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-extension.h>
#include <vnfm/vnfm-operation.h>

G_BEGIN_DECLS

/**
 * VnfmResources:
 * @record: (nullable): the VNFR as it now is; also with a refusal, where the NFVO sent one (its hbVersion counts)
 * @placement: (nullable): where the VDUs go, opaque JSON text that grant hands to allocate (vduVim)
 * @refusal: (nullable): the NFVO said no, and why
 * @withdrawn: the NFVO answered null: the service is gone, and the operation is to end without a word
 * @delivery: (nullable): the delivery that brought the answer
 *
 * The answer to a question about resources. Free with vnfm_resources_free().
 */
typedef struct {
  VnfmRecord *record;
  GBytes *placement;
  char *refusal;
  gboolean withdrawn;
  VnfmEnvelope *delivery;
} VnfmResources;

void vnfm_resources_free (VnfmResources *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmResources, vnfm_resources_free)
/* As it stands in the journal (without @delivery). */
JsonNode *vnfm_resources_to_json (VnfmResources *self);
VnfmResources *vnfm_resources_from_json (JsonNode *node, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * VnfmNegotiator:
 *
 * Asks for permission and for machines: from the NFVO, or from a pool. Questions are never repeated: with @attach the
 * question was put before a restart, and only its answer is awaited, under the same step id. Cancelling fails with
 * VNFM_ERROR_CANCELLED and leaves the question unanswered; limits are the engine's.
 */
#define VNFM_TYPE_NEGOTIATOR (vnfm_negotiator_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmNegotiator, vnfm_negotiator, VNFM, NEGOTIATOR, VnfmExtension)

struct _VnfmNegotiatorClass {
  VnfmExtensionClass parent_class;

  void (*grant_async) (VnfmNegotiator *self, VnfmOperation *operation, const char *step_id, gboolean attach,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  VnfmResources *(*grant_finish) (VnfmNegotiator *self, GAsyncResult *result, GError **error);
  void (*allocate_async) (VnfmNegotiator *self, VnfmOperation *operation, GBytes *placement, const char *step_id,
                          gboolean attach, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  VnfmResources *(*allocate_finish) (VnfmNegotiator *self, GAsyncResult *result, GError **error);
  void (*scale_async) (VnfmNegotiator *self, VnfmOperation *operation, const char *step_id, gboolean attach,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  VnfmResources *(*scale_finish) (VnfmNegotiator *self, GAsyncResult *result, GError **error);
  void (*release) (VnfmNegotiator *self, VnfmOperation *operation);
  /* FALSE: somebody else has allocated or will; skip the question. Default TRUE. */
  gboolean (*wants_allocation) (VnfmNegotiator *self, VnfmOperation *operation);

  gpointer reserved[8];
};

void vnfm_negotiator_grant_async (VnfmNegotiator *self, VnfmOperation *operation, const char *step_id, gboolean attach,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
VnfmResources *vnfm_negotiator_grant_finish (VnfmNegotiator *self, GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_negotiator_allocate_async (VnfmNegotiator *self, VnfmOperation *operation, GBytes *placement,
                                     const char *step_id, gboolean attach, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
VnfmResources *vnfm_negotiator_allocate_finish (VnfmNegotiator *self, GAsyncResult *result,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_negotiator_scale_async (VnfmNegotiator *self, VnfmOperation *operation, const char *step_id, gboolean attach,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
VnfmResources *vnfm_negotiator_scale_finish (VnfmNegotiator *self, GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_negotiator_release (VnfmNegotiator *self, VnfmOperation *operation);
gboolean vnfm_negotiator_wants_allocation (VnfmNegotiator *self, VnfmOperation *operation);

G_END_DECLS
