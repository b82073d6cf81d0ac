/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/script-clone.h"
#include "plugins/ems-agent/step-record.h"

#include <vnfm/vnfm-clock.h>

G_BEGIN_DECLS

/**
 * EmsRunnerConfig:
 * @boot: (nullable): the machine's boot id; NULL if there is none
 * @environment: what every script sees: "NAME=value"
 * @working_directory: where scripts run
 * @max_output: bytes kept of stdout and of stderr each; a command may ask for less
 * @grace: microseconds between TERM and KILL
 * @max_parallel: scripts at once; further ones wait for their turn
 * @clone_rules: from where CLONE_SCRIPTS may fetch
 * @clone_time: microseconds that it may take, where the command does not say
 */
typedef struct {
  char *boot;
  GStrv environment;
  char *working_directory;
  gint64 max_output;
  gint64 grace;
  guint max_parallel;
  EmsCloneRules *clone_rules;
  gint64 clone_time;
} EmsRunnerConfig;

void ems_runner_config_clear (EmsRunnerConfig *self);

/**
 * EmsRunnerFuncs:
 * @ended: the outcome of @step is known: %EMS_STATE_DONE, or %EMS_STATE_DIED; takes @result
 * @output: live output of @step, wanted by its command
 */
typedef struct {
  void (*ended) (EmsStep *step, EmsState state, gint64 ended, VnfmScriptResult *result, gpointer user_data);
  void (*output) (EmsStep *step, const char *stream, gint64 offset, const char *text, gpointer user_data);
} EmsRunnerFuncs;

/**
 * EmsRunner:
 *
 * Carries out EXECUTE, and the fetching part of CLONE_SCRIPTS: at most so many at once, each under a supervisor that
 * outlives the agent.
 */
typedef struct _EmsRunner EmsRunner;

/* Takes the content of @config; borrows the others for its life. */
EmsRunner *ems_runner_new (VnfmClock *clock, EmsStepStore *store, EmsScriptRoot *root, EmsRunnerConfig *config,
                           const EmsRunnerFuncs *funcs, gpointer user_data);
/* Scripts go on running. */
void ems_runner_free (EmsRunner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsRunner, ems_runner_free)

/* Begins @step, or puts it in the queue; saves its record before. "ended" is called later, never from within.
 * Errors: VNFM_ERROR_STORE: there is no record of it, and nothing was or will be run. */
gboolean ems_runner_submit (EmsRunner *self, EmsStep *step, EmsCommand *command,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes over a step that an earlier agent began or queued: its outcome, its run, or its turn. */
void ems_runner_adopt (EmsRunner *self, EmsStep *step);
/* Where the CLONE_SCRIPTS of @step puts what it fetches. Returns: (transfer full). */
char *ems_runner_dup_clone_folder (EmsRunner *self, EmsStep *step);
/* Watches what daemons of an ended step go on writing, so that it does not fill the disk. */
void ems_runner_watch_leftover (EmsRunner *self, EmsStep *step);
/* Ends the run of @step, or takes it out of the queue. FALSE if there is none. */
gboolean ems_runner_cancel (EmsRunner *self, EmsStep *step);
guint ems_runner_get_n_running (EmsRunner *self);

G_END_DECLS
