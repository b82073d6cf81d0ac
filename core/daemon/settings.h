/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/host/configuration.h"
#include "core/host/plugin-host.h"

G_BEGIN_DECLS

/* The daemon's configuration: its own keys, those of the engine, of the transports, and of the plugins that it names.
 * @warnings: (out) (element-type utf8) (transfer full). Errors: VNFM_ERROR_CONFIG with a line for each finding. */
VnfmProfile *settings_load (HostPlugins *plugins, const HostOptions *options, GPtrArray **warnings,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the state directory (mode 0700) and tells @context. Errors: VNFM_ERROR_CONFIG. */
gboolean settings_make_state_dir (VnfmContext *context, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
