/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-enums.h>
#include <vnfm/vnfm-vnfc.h>

G_BEGIN_DECLS

/**
 * VnfmRecord:
 *
 * A VNFR: a lossless view on its JSON text; unknown members, ids and hbVersion survive untouched (the NFVO's
 * optimistic lock needs them: protocol/openbaton.md, 0.2 items 8 and 9). Immutable, reference counted, cheap to keep:
 * the tree is parsed when first looked into, and vnfm_record_forget_tree() drops it again.
 */
typedef struct _VnfmRecord VnfmRecord;

#define VNFM_TYPE_RECORD (vnfm_record_get_type ())
GType vnfm_record_get_type (void);
/* Errors: VNFM_ERROR_INVALID (no JSON object, "vdu" present but no array, no name). */
VnfmRecord *vnfm_record_new (GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
VnfmRecord *vnfm_record_ref (VnfmRecord *self);
void vnfm_record_unref (VnfmRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmRecord, vnfm_record_unref)

GBytes *vnfm_record_get_text (VnfmRecord *self);
/* Borrowed, valid until vnfm_record_forget_tree() or the last unref. */
JsonObject *vnfm_record_get_object (VnfmRecord *self);
void vnfm_record_forget_tree (VnfmRecord *self);

/* Kept outside the tree. Nullable but for the name. */
const char *vnfm_record_get_id (VnfmRecord *self);
const char *vnfm_record_get_name (VnfmRecord *self);
const char *vnfm_record_get_vnf_type (VnfmRecord *self);
const char *vnfm_record_get_nsr_id (VnfmRecord *self);

/* All instances of all VDUs in VNFR order. Returns: (element-type VnfmVnfc) (transfer full). */
GPtrArray *vnfm_record_dup_vnfcs (VnfmRecord *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The scripts of the first lifecycle event of that name, in order, arguments included; empty if there is none.
 * Returns: (element-type utf8) (transfer full). */
GPtrArray *vnfm_record_dup_scripts (VnfmRecord *self, VnfmEvent event);

/* Copies with one thing changed. Returns: (transfer full). */
/* @values: (element-type utf8 utf8): set in provides.configurationParameters, added where absent. */
VnfmRecord *vnfm_record_with_provides (VnfmRecord *self, GHashTable *values);
VnfmRecord *vnfm_record_with_vnfc_state (VnfmRecord *self, const char *vnfc_key, const char *state);

G_END_DECLS
