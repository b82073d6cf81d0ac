/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/step-record.h"
#include "plugins/ems-agent/supervisor.h"

G_BEGIN_DECLS

/* The files of one run, in the folder of its step, and the result that they add up to. */

#define EMS_RUN_OUT      "out"
#define EMS_RUN_ERR      "err"
#define EMS_RUN_PROVIDES "provides"
/* Where a corrected copy of the script goes. */
#define EMS_RUN_COPY "copy"

/**
 * EmsRunFiles:
 *
 * Open files of a run that is about to begin; -1: not open.
 */
typedef struct {
  int out;
  int err;
  int outcome;
  int process;
  int alive_read;
  int alive_write;
} EmsRunFiles;

/* Makes all of them anew, the place of the outcome on the disk. Errors: VNFM_ERROR_STORE. */
gboolean ems_run_files_make (EmsRunFiles *self, EmsStep *step, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ems_run_files_close (EmsRunFiles *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EmsRunFiles, ems_run_files_close)

/* Opens the read end of the FIFO that a living supervisor holds. Returns: -1: there is none. */
int ems_run_open_alive (EmsStep *step);
gboolean ems_run_read_outcome (EmsStep *step, EmsOutcome *outcome);
gboolean ems_run_read_processes (EmsStep *step, EmsProcesses *processes);
/* @outcome: (nullable): NULL: it died; @why: (nullable): a sentence for whoever reads its stderr.
 * Returns: (transfer full). */
VnfmScriptResult *ems_run_make_result (EmsStep *step, const EmsOutcome *outcome, gint64 max_output, const char *why);
/* What the script wrote was read for the last time: frees its space. */
void ems_run_drop_output (EmsStep *step);
/* A daemon of this ended step goes on writing. */
gboolean ems_run_has_leftover (EmsStep *step, gint64 since);

G_END_DECLS
