/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-json.h>

G_BEGIN_DECLS

/**
 * VnfmDependency:
 *
 * A VNFRecordDependency (protocol/openbaton.md, C.1): what a target VNF gets from its sources. Immutable, reference
 * counted. Types and instances keep the order of the JSON.
 */
typedef struct _VnfmDependency VnfmDependency;

#define VNFM_TYPE_DEPENDENCY (vnfm_dependency_get_type ())
GType vnfm_dependency_get_type (void);
VnfmDependency *vnfm_dependency_new (GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
VnfmDependency *vnfm_dependency_ref (VnfmDependency *self);
void vnfm_dependency_unref (VnfmDependency *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmDependency, vnfm_dependency_unref)

GBytes *vnfm_dependency_get_text (VnfmDependency *self);
/* The source type that @script belongs to: the longest key of vnfcParameters (or, where that has none, of parameters)
 * that the script's name begins with, followed by "_". Returns: (nullable): borrowed. */
const char *vnfm_dependency_match_script (VnfmDependency *self, const char *script);
/* Ids of the source type's instances. Returns: (element-type utf8) (transfer full): possibly empty. */
GPtrArray *vnfm_dependency_dup_instances (VnfmDependency *self, const char *type);
/* The parameters that the target sees of @type: those of the VNF, overridden by those of the instance @instance (NULL:
 * of none); a value that is empty or null overrides nothing, so an empty VNF-level value never hides an address.
 * Returns: (element-type utf8 utf8) (transfer full): by bare name, without the type. */
GHashTable *vnfm_dependency_dup_parameters (VnfmDependency *self, const char *type, const char *instance);

G_END_DECLS
