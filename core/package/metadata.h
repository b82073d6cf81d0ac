/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* YAML as far as a Metadata.yaml needs it: one document, a mapping, at most 16 deep; scalars are strings (no value and
 * "~" are null), aliases are refused. Returns: (transfer full): the mapping. Errors: VNFM_ERROR_INVALID with the line.
 */
JsonObject *nfvo_metadata_parse (GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The value of @name, or of @name with "-" and "_" exchanged. Returns: (transfer full) (nullable). */
char *nfvo_metadata_dup_text (JsonObject *metadata, const char *name);
/* A list of strings, or the one string. Returns: (element-type utf8) (transfer full). */
GPtrArray *nfvo_metadata_dup_texts (JsonObject *metadata, const char *name);

G_END_DECLS
