/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/step-record.h"

G_BEGIN_DECLS

/**
 * EmsScriptLog:
 *
 * A folder with a file for each run, for whoever looks at the machine afterwards; the oldest files make room.
 */
typedef struct _EmsScriptLog EmsScriptLog;

/* @max_files: 0: no logs; @max_bytes: kept of stdout and of stderr, each. Errors: VNFM_ERROR_STORE. */
EmsScriptLog *ems_script_log_new (const char *folder, guint max_files, gint64 max_bytes,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ems_script_log_free (EmsScriptLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsScriptLog, ems_script_log_free)

/* @line: the script and its arguments; @ended: wall time. A file that cannot be written is told in the log and no
 * error. */
void ems_script_log_write (EmsScriptLog *self, EmsStep *step, const char *line, gint64 ended,
                           const VnfmScriptResult *result);

/* "TIME-SCRIPT-STEP.log": sorts by time; what a file name should not hold is "_". Returns: (transfer full). */
char *ems_script_log_dup_name (gint64 begun, const char *line, const char *step);

G_END_DECLS
