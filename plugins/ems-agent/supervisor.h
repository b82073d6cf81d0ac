/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A process between the agent and a script, that waits for the script, ends it where it must end, and writes down what
 * came of it. It outlives the agent. */

/**
 * EmsSupervision:
 * @argv: what to run; argv[0] is a path
 * @envp: its environment
 * @working_directory: where it runs
 * @out: becomes its stdout
 * @err: becomes its stderr
 * @outcome: open for writing, EMS_OUTCOME_SIZE bytes that are on the disk already
 * @process: open for writing: told which processes these are
 * @alive: open for writing: nobody else has it open; the reader's HUP says that the supervisor is gone
 * @time_limit: microseconds, 0: none
 * @grace: microseconds between TERM and KILL
 */
typedef struct {
  char *const *argv;
  char *const *envp;
  const char *working_directory;
  int out;
  int err;
  int outcome;
  int process;
  int alive;
  gint64 time_limit;
  gint64 grace;
} EmsSupervision;

/* Sent to a supervisor: end the script. */
#define EMS_SUPERVISOR_CANCEL_SIGNAL SIGUSR1

/* Returns: the supervisor's pid, a child of the caller; -1 with errno. */
int ems_supervisor_start (const EmsSupervision *plan);

/**
 * EmsOutcome:
 * @status: exit status, or the negative number of the signal that ended it
 * @reason: 'e' it ended by itself, 't' its time was up, 'c' it was cancelled
 * @ended: wall time, microseconds
 */
typedef struct {
  int status;
  char reason;
  gint64 ended;
} EmsOutcome;

/* An outcome's place on the disk, blank: what the file of @outcome holds before. */
#define EMS_OUTCOME_SIZE 64

/* @text: EMS_OUTCOME_SIZE bytes. Returns: FALSE while there is none. */
gboolean ems_outcome_parse (const char *text, gsize length, EmsOutcome *outcome);

/**
 * EmsProcesses:
 * @supervisor: pid
 * @supervisor_start: when it started, in the kernel's ticks since boot: pid and start name one process for ever
 * @script: pid, also of its session and process group
 * @script_start: likewise
 */
typedef struct {
  gint64 supervisor;
  gint64 supervisor_start;
  gint64 script;
  gint64 script_start;
} EmsProcesses;

gboolean ems_processes_parse (const char *text, EmsProcesses *processes);
/* Field 22 of /proc/PID/stat; 0 if there is no such process. */
gint64 ems_process_get_start (gint64 pid);

G_END_DECLS
