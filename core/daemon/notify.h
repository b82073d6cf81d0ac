/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tells the service manager (sd_notify(3)) where $NOTIFY_SOCKET names one: "READY=1", "STOPPING=1", "STATUS=...".
 * Nobody listening is no error. */
void daemon_notify (const char *state);

G_END_DECLS
