/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/engine.h"
#include "core/host/plugin-host.h"

G_BEGIN_DECLS

/* What the running manager is made of. */
typedef struct _Wiring Wiring;

/* The keys of the group [vnfmd] that the wiring reads. */
extern const VnfmKey wiring_keys[];
/* "handler.NAME" or "ems.NAME": the group that says for which VNF types a plugin works. Returns: (transfer full). */
char *wiring_dup_group (VnfmPluginKind kind, const char *name);
/* Whether each VNF type has exactly one back-end. Errors: VNFM_ERROR_CONFIG. */
gboolean wiring_check (VnfmProfile *profile, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the parts that the profile names and connects them; nothing is opened yet. Errors: VNFM_ERROR_PLUGIN: a plugin
 * that the profile needs is not there, with its reason. */
Wiring *wiring_new (HostPlugins *plugins, VnfmContext *context, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void wiring_free (Wiring *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wiring, wiring_free)

/* Starts the parts, brings back the journal, and opens the door; completes when requests can come. */
void wiring_open_async (Wiring *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean wiring_open_finish (Wiring *self, GAsyncResult *result, GError **error);
/* Takes nothing more and says good-bye to the peers. What is under way stands in the journal. */
void wiring_close_async (Wiring *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean wiring_close_finish (Wiring *self, GAsyncResult *result, GError **error);

VnfmEngine *wiring_get_engine (Wiring *self);
HostPlugins *wiring_get_plugins (Wiring *self);

G_END_DECLS
