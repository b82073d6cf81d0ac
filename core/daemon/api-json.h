/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/engine.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Nothing is set if @value is NULL, or @time 0. */
void api_json_set_text (JsonObject *object, const char *name, const char *value);
void api_json_set_time (JsonObject *object, const char *name, gint64 time);
/* Both take what they are given. Returns: (transfer full). */
JsonNode *api_json_node (JsonObject *object);
JsonNode *api_json_array_node (JsonArray *array);

/* Returns: (transfer full), as all below. */
JsonObject *api_json_transport (const char *leg, const char *name, VnfmTransport *transport);
JsonObject *api_json_count_operations (VnfmEngine *engine);
JsonObject *api_json_operation (EngineOperation *operation);
/* Of a finished one, from what the engine keeps of it. */
JsonObject *api_json_summary (GBytes *summary);
/* As member "waits". */
void api_json_add_waits (JsonObject *object, EngineOperation *operation);

G_END_DECLS
