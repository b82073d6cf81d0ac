/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/deployment.h"

G_BEGIN_DECLS

/**
 * NfvoScriptRun:
 * @step: the step's id
 * @machine: host name of the machine
 * @event: "INSTANTIATE"
 * @script: as the descriptor names it, or "script 3" where it does not
 * @begun: wall time, microseconds
 * @ended: the same; 0 while it runs
 * @known: there is an outcome
 * @status: 0: well; negative: the signal that ended it
 * @output: what it printed, possibly cut
 * @err: the same of its standard error
 *
 * One execution of a script, as the agent in a machine keeps it on disk, or, of machines without an agent, as our own
 * vnfmd records it ([vnfmd] script-record). An NFVO does not see this: it is for whoever tries a package.
 */
typedef struct {
  char *step;
  char *machine;
  char *event;
  char *script;
  gint64 begun;
  gint64 ended;
  gboolean known;
  int status;
  char *output;
  char *err;
} NfvoScriptRun;

/* vnfmd's record, in the folder of the run. */
#define NFVO_SCRIPT_RECORD "scripts.jsonl"

void nfvo_script_run_free (NfvoScriptRun *run);

/* The scripts that ran in the member's machines, by their begin. What cannot be read is left out.
 * @record: (nullable): path of vnfmd's record, for machines whose folder holds no agent's
 * @seen: (nullable) (element-type utf8): steps that were told before are left out, ended ones are added.
 * Returns: (element-type NfvoScriptRun) (transfer full). */
GPtrArray *nfvo_script_runs_read (NfvoMember *member, const char *record, GHashTable *seen);
/* The last @lines lines of @text, at most @bytes of it. Returns: (transfer full): "" if there is nothing. */
char *nfvo_last_lines (const char *text, guint lines, gsize bytes);

G_END_DECLS
