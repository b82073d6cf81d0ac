/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * NfvoDependencies:
 *
 * The VNFRecordDependencies of one service: one for each VNF that is a target, naming its sources and what it asks of
 * them, filled as the sources become INITIALIZED (protocol/openbaton.md, B.3 and C.1). No I/O.
 */
typedef struct _NfvoDependencies NfvoDependencies;

NfvoDependencies *nfvo_dependencies_new (VnfmClock *clock);
void nfvo_dependencies_free (NfvoDependencies *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoDependencies, nfvo_dependencies_free)

/* All VNFs first, in the order of the NSD; then what depends on what. */
void nfvo_dependencies_add_vnf (NfvoDependencies *self, const char *name, const char *type);
/* @parameters: (element-type utf8): what @target asks of @source; sums up over calls. Errors: VNFM_ERROR_NOT_FOUND. */
gboolean nfvo_dependencies_add (NfvoDependencies *self, const char *source, const char *target, GPtrArray *parameters,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether @vnf takes part in a circle, a dependency on itself included. */
gboolean nfvo_dependencies_is_cyclic (NfvoDependencies *self, const char *vnf);
/* The VNFs, sources before their targets as far as there are no circles, otherwise as in the NSD.
 * Returns: (element-type utf8) (transfer container): borrowed names. */
GPtrArray *nfvo_dependencies_dup_order (NfvoDependencies *self);
/* The VNFRecordDependency of which @vnf is the target. Returns: (nullable): borrowed. */
JsonObject *nfvo_dependencies_get (NfvoDependencies *self, const char *vnf);
/* The sources of @vnf. Returns: (element-type utf8) (transfer container): borrowed names; empty if it is no target. */
GPtrArray *nfvo_dependencies_dup_sources (NfvoDependencies *self, const char *vnf);
/* The VNFs that have @vnf as a source. Returns: as above. */
GPtrArray *nfvo_dependencies_dup_targets (NfvoDependencies *self, const char *vnf);
/* A source is INITIALIZED: @vnfr's values go into each dependency that names it. */
void nfvo_dependencies_fill (NfvoDependencies *self, JsonObject *vnfr);

G_END_DECLS
