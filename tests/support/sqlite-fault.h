/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A disk that fails or hangs when it is told to: a VFS of SQLite in front of the real one. For one test at a time. */

#include <glib.h>

/* Becomes the default; once for each process. */
void sqlite_fault_install (void);

/* Every write fails as on a full disk. */
void sqlite_fault_set_full (gboolean full);
/* Returns when the first one did. */
void sqlite_fault_wait_failure (void);
/* Every fsync fails. */
void sqlite_fault_set_sync_error (gboolean error);
/* The next fsync waits until it is let go; sqlite_fault_wait_held() returns when it does wait. */
void sqlite_fault_hold (void);
void sqlite_fault_wait_held (void);
void sqlite_fault_let_go (void);
/* How many there were. */
guint sqlite_fault_get_syncs (void);
