/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VnfmTypeSet:
 *
 * A set of VNF types: either exactly the named ones, or all but the named ones. Immutable, reference counted.
 */
typedef struct _VnfmTypeSet VnfmTypeSet;

#define VNFM_TYPE_TYPE_SET (vnfm_type_set_get_type ())
GType vnfm_type_set_get_type (void);
VnfmTypeSet *vnfm_type_set_new_of (const char *const *types);
VnfmTypeSet *vnfm_type_set_new_all_but (const char *const *types);
VnfmTypeSet *vnfm_type_set_ref (VnfmTypeSet *self);
void vnfm_type_set_unref (VnfmTypeSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmTypeSet, vnfm_type_set_unref)
gboolean vnfm_type_set_contains (VnfmTypeSet *self, const char *type);
/* Returns: (nullable): the named types of a set of exactly those; NULL for an all-but set. Borrowed. */
const char *const *vnfm_type_set_get_names (VnfmTypeSet *self);

G_END_DECLS
