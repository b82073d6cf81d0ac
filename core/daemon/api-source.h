/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/daemon/local-api.h"
#include "core/daemon/wiring.h"

G_BEGIN_DECLS

/* What the local API tells of the running manager. */
#define DAEMON_TYPE_API_SOURCE (api_source_get_type ())
G_DECLARE_FINAL_TYPE (ApiSource, api_source, DAEMON, API_SOURCE, GObject)

/* @wiring: borrowed; it outlives the source. @profile_name: as the operator knows it. */
ApiSource *api_source_new (Wiring *wiring, VnfmContext *context, const char *profile_name);

G_END_DECLS
