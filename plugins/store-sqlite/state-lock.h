/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes @folder (mode 0700) if it is not there, refuses it if it belongs to another user or others may write to it, and
 * takes the lock on its file "lock", which tells the owner's process id. One owner at a time; the lock goes with the
 * process. Returns: a descriptor that holds the lock until it is closed, or -1 with VNFM_ERROR_STORE. */
int state_lock_take (const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
