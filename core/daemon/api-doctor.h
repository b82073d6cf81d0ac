/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/engine.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Collects what vnfmctl's doctor judges: the object "doctor" of local-api.h. @status: (transfer full). @vnf:
 * (nullable).
 * Takes some seconds at most. */
void api_doctor_examine_async (VnfmContext *context, VnfmEngine *engine, JsonNode *status, const char *vnf,
                               GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full). */
JsonNode *api_doctor_examine_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
