/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/run.h"

G_BEGIN_DECLS

/* Whether this process runs in the cloud that vnfm-machine makes around a run. */
gboolean nfvo_cloud_is_around (void);
/* Becomes vnfm-machine, which runs this program again, with @arguments ("run", ...), in a cloud: as root, or by sudo
 * where that asks nothing. Returns only with an error. Errors: VNFM_ERROR_DENIED: neither; VNFM_ERROR_NOT_FOUND:
 * vnfm-machine. */
void nfvo_cloud_enter (const NfvoRunOptions *options, GStrv arguments, GError **error);
/* Becomes "vnfm-machine enter" with @command (nullable) in the machine whose init is @pid. As above. */
void nfvo_cloud_enter_machine (int pid, GStrv command, GError **error);

G_END_DECLS
