/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/script-runner.h"

#include "plugins/ems-agent/files.h"
#include "plugins/ems-agent/run-files.h"
#include "plugins/ems-agent/script-command.h"
#include "plugins/ems-agent/script-output.h"

#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-error.h>

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A run is a folder that three processes share: the script writes "out", "err" and "provides", its supervisor
 * "process" and "outcome", and the agent reads. How an agent learns that a run is over, be it the one that started it
 * or one that was started later: the supervisor alone holds the write end of the FIFO "alive", so its HUP means that
 * the supervisor is gone, however it ended. Pids are used again, and only a parent hears SIGCHLD; a FIFO does neither.
 * An outcome on the disk means that the script ended; a HUP without one, that nobody knows (DIED).
 *
 *   submit --(a place is free)--> running --HUP--> ended
 *      \--> queued --(a place)--/    ^
 *   adopt ---------------------------+------------> ended
 *
 * Output files are looked at when inotify says that they grew, and then once in a while (TICK), sooner if much comes;
 * where there is no inotify left, at each tick while a script runs. */

#define TICK       (200 * 1000)
#define BUSY_TICK  (20 * 1000)
#define BUSY_BYTES (16 * 1024)

typedef struct {
  EmsRunner *runner;
  EmsStep *step;
  EmsCommand *command; /* (nullable): what is still known of it */
  int alive;           /* the FIFO; -1 while there is no supervisor */
  GSource *hung_up;
  VnfmTimer *soon; /* it is over, and about to be told */
  pid_t supervisor;
  EmsTail out;
  EmsTail err;
  const char *why; /* (nullable): a reason that no file tells */
  int refused;     /* it was not begun: status */
} Run;

struct _EmsRunner {
  VnfmClock *clock;
  EmsStepStore *store;
  EmsScriptRoot *root;
  EmsRunnerConfig config;
  EmsRunnerFuncs funcs;
  gpointer user_data;
  GHashTable *runs; /* EmsStep -> Run */
  GQueue queue;     /* of Run, waiting for a place */
  EmsOutputWatch *watch;
  VnfmTimer *tick;
  gint64 last_tick;
  gboolean busy;
};

void
ems_runner_config_clear (EmsRunnerConfig *self)
{
  g_clear_pointer (&self->boot, g_free);
  g_clear_pointer (&self->environment, g_strfreev);
  g_clear_pointer (&self->working_directory, g_free);
  g_clear_pointer (&self->clone_rules, ems_clone_rules_free);
}

static Run *
run_new (EmsRunner *self, EmsStep *step, EmsCommand *command)
{
  Run *run = g_new0 (Run, 1);

  run->runner = self;
  run->step = step;
  run->command = command;
  run->alive = -1;
  run->out.path = ems_step_path (step, EMS_RUN_OUT);
  run->err.path = ems_step_path (step, EMS_RUN_ERR);
  return run;
}

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->hung_up != NULL)
    g_source_destroy (run->hung_up);
  g_clear_pointer (&run->hung_up, g_source_unref);
  vnfm_clock_clear_timer (run->runner->clock, &run->soon);
  if (run->alive >= 0)
    close (run->alive);
  ems_tail_clear (&run->out);
  ems_tail_clear (&run->err);
  g_clear_pointer (&run->command, ems_command_free);
  g_free (run);
}

static gint64
get_max_output (Run *run)
{
  gint64 own = run->runner->config.max_output;
  gint64 wanted = run->command != NULL ? run->command->max_output : 0;

  return wanted > 0 && (own <= 0 || wanted < own) ? wanted : own;
}

static gint64
get_time_limit (Run *run)
{
  gint64 wanted = run->command != NULL ? run->command->timeout : 0;

  return wanted == 0 && run->step->action == EMS_ACTION_CLONE_SCRIPTS ? run->runner->config.clone_time : wanted;
}

/* Output while it runs. */

static gboolean
look_at_tail (Run *run, EmsTail *tail, const char *stream, gboolean final)
{
  EmsRunner *self = run->runner;
  gint64 max = get_max_output (run);
  gint64 before = tail->looked;
  gint64 offset = 0;
  char *text;

  tail->looked = ems_tail_get_size (tail);
  while (run->command != NULL && run->command->stream &&
         (text = ems_tail_read (tail, max > 0 ? max : G_MAXINT64, final, &offset)) != NULL) {
    self->funcs.output (run->step, stream, offset, text, self->user_data);
    g_free (text);
  }
  if (!final)
    ems_tail_free_middle (tail, max);
  return tail->looked - before >= BUSY_BYTES;
}

static gboolean
look_at_run (Run *run, gboolean final)
{
  gboolean busy = look_at_tail (run, &run->out, "stdout", final);

  return look_at_tail (run, &run->err, "stderr", final) || busy;
}

static gboolean
belongs_to (gpointer step, gpointer run, gpointer path)
{
  return g_str_equal (((Run *)run)->out.path, path) || g_str_equal (((Run *)run)->err.path, path);
}

/* A daemon of an ended step: nobody reads this any more. */
static void
look_at_leftover (EmsRunner *self, const char *path)
{
  EmsTail tail = { .path = (char *)path };

  if (ems_tail_get_size (&tail) > MAX (self->config.max_output, BUSY_BYTES) && truncate (path, 0) == 0)
    g_info ("%s: emptied, a process that its script left behind goes on writing to it", path);
}

static void look_at_files (gpointer user_data);

static void
arm (gpointer user_data)
{
  EmsRunner *self = user_data;
  gint64 due = self->last_tick + (self->busy ? BUSY_TICK : TICK) - vnfm_clock_get_monotonic_time (self->clock);

  if (self->tick == NULL)
    self->tick = vnfm_clock_add_timer (self->clock, MAX (due, BUSY_TICK), look_at_files, self);
}

static void
look_at_files (gpointer user_data)
{
  EmsRunner *self = user_data;
  g_autoptr (GHashTable) grown = ems_output_watch_take (self->watch);
  GHashTableIter iter;
  gpointer path;
  gpointer run;

  self->tick = NULL;
  self->last_tick = vnfm_clock_get_monotonic_time (self->clock);
  self->busy = FALSE;
  g_hash_table_iter_init (&iter, grown);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    run = g_hash_table_find (self->runs, belongs_to, path);
    if (run == NULL)
      look_at_leftover (self, path);
    else
      self->busy = look_at_run (run, FALSE) || self->busy;
  }
  if (!ems_output_watch_is_blind (self->watch))
    return;
  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &run))
    self->busy = look_at_run (run, FALSE) || self->busy;
  if (g_hash_table_size (self->runs) > 0)
    arm (self);
}

static void
watch_output (EmsRunner *self, Run *run)
{
  if (!ems_output_watch_add (self->watch, run->out.path) || !ems_output_watch_add (self->watch, run->err.path))
    arm (self);
}

/* The end. */

static char *
describe_reason (Run *run, const EmsOutcome *outcome)
{
  const char *name = outcome->status == -SIGKILL ? "SIGKILL" : "SIGTERM";

  if (run->why != NULL)
    return g_strdup (run->why);
  if (outcome->reason == 'c')
    return g_strdup_printf ("cancelled: its process group was killed (%s)", name);
  if (outcome->reason == 't')
    return g_strdup_printf ("time limit of %g s reached: its process group was killed (%s)",
                            (double)get_time_limit (run) / G_USEC_PER_SEC, name);
  if (outcome->status < 0)
    return g_strdup_printf ("ended by signal %d (%s)", -outcome->status, g_strsignal (-outcome->status));
  return NULL;
}

/* The supervisor took the outcome with it. The kernel killed the script's first process; not what that had started. */
static void
kill_orphans (Run *run)
{
  EmsProcesses processes;

  if (run->alive >= 0 && ems_run_read_processes (run->step, &processes))
    kill (-(pid_t)processes.script, SIGKILL);
}

static void begin_queued (EmsRunner *self);

static void
end_run (gpointer user_data)
{
  Run *run = user_data;
  EmsRunner *self = run->runner;
  EmsStep *step = run->step;
  EmsOutcome outcome = { .status = run->refused, .reason = 'e' };
  gboolean known = run->refused != 0 || ems_run_read_outcome (step, &outcome);

  run->soon = NULL;
  if (run->refused != 0)
    outcome.ended = vnfm_clock_get_wall_time (self->clock);
  if (!known) {
    kill_orphans (run);
    if (run->why == NULL)
      run->why = "the process that watched over it was killed: what became of the script is not known";
  }
  look_at_run (run, TRUE);
  g_autofree char *why = known ? describe_reason (run, &outcome) : g_strdup (run->why);
  VnfmScriptResult *result = ems_run_make_result (step, known ? &outcome : NULL, get_max_output (run), why);
  gint64 ended = known ? outcome.ended : vnfm_clock_get_wall_time (self->clock);

  g_hash_table_remove (self->runs, step);
  self->funcs.ended (step, known ? EMS_STATE_DONE : EMS_STATE_DIED, ended, result, self->user_data);
  begin_queued (self);
}

static void
end_soon (Run *run)
{
  if (run->soon == NULL)
    run->soon = vnfm_clock_add_timer (run->runner->clock, 0, end_run, run);
}

static gboolean
supervisor_hung_up (int file, GIOCondition condition, gpointer user_data)
{
  end_run (user_data);
  return G_SOURCE_REMOVE;
}

static void
wait_for_end (Run *run)
{
  run->hung_up = g_unix_fd_source_new (run->alive, G_IO_HUP);
  g_source_set_callback (run->hung_up, (GSourceFunc)(void (*) (void))supervisor_hung_up, run, NULL);
  g_source_attach (run->hung_up, g_main_context_get_thread_default ());
}

/* The begin. */

static void
supervisor_reaped (GPid pid, int status, gpointer user_data)
{
  g_spawn_close_pid (pid);
}

static void
reap_supervisor (pid_t pid)
{
  g_autoptr (GSource) source = g_child_watch_source_new (pid);

  g_source_set_callback (source, (GSourceFunc)(void (*) (void))supervisor_reaped, NULL, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
refuse_run (Run *run, int status, const char *why)
{
  run->refused = status;
  run->why = why;
  end_soon (run);
}

char *
ems_runner_dup_clone_folder (EmsRunner *self, EmsStep *step)
{
  g_autofree char *name = g_path_get_basename (step->folder);
  g_autofree char *hidden = g_strconcat (".clone-", name, NULL);

  /* In the root itself: moving a file to its place must not cross to another file system. */
  return g_build_filename (ems_script_root_get_path (self->root), hidden, NULL);
}

static void
resolve_clone (Run *run, EmsInvocation *invocation)
{
  EmsRunner *self = run->runner;
  g_autofree char *target = ems_runner_dup_clone_folder (self, run->step);
  g_autofree char *config = ems_step_path (run->step, "gitconfig");
  g_autoptr (GError) error = NULL;
  int root = ems_script_root_open (self->root, NULL, &error);

  if (root < 0) {
    ems_invocation_refuse (invocation, 126, "%s", error->message);
    return;
  }
  close (root);
  ems_folder_remove (target);
  ems_clone_resolve (invocation, self->config.clone_rules, run->command->payload, target, config,
                     (const char *const *)self->config.environment);
}

static void
resolve (Run *run, EmsInvocation *invocation)
{
  EmsRunner *self = run->runner;
  g_autofree char *copy = ems_step_path (run->step, EMS_RUN_COPY);
  g_autofree char *provides = ems_step_path (run->step, EMS_RUN_PROVIDES);

  if (run->step->action == EMS_ACTION_CLONE_SCRIPTS)
    resolve_clone (run, invocation);
  else
    ems_invocation_resolve (invocation, self->root, run->command->payload, copy);
  if (invocation->environment == NULL)
    invocation->environment =
        ems_environment_build ((const char *const *)self->config.environment, run->command->environment,
                               ems_script_root_get_path (self->root), provides);
}

static void
start_supervisor (Run *run, EmsRunFiles *files)
{
  EmsRunner *self = run->runner;
  g_auto (EmsInvocation) invocation = { 0 };

  resolve (run, &invocation);
  if (invocation.note != NULL && write (files->err, invocation.note, strlen (invocation.note)) < 0)
    g_info ("step %s: %s", run->step->id, invocation.note);
  if (invocation.argv == NULL) {
    refuse_run (run, invocation.status, NULL);
    return;
  }

  EmsSupervision plan = {
    .argv = invocation.argv,
    .envp = invocation.environment,
    .working_directory = self->config.working_directory,
    .out = files->out,
    .err = files->err,
    .outcome = files->outcome,
    .process = files->process,
    .alive = files->alive_write,
    .time_limit = get_time_limit (run),
    .grace = self->config.grace,
  };
  run->supervisor = ems_supervisor_start (&plan);
  if (run->supervisor < 0) {
    g_warning ("step %s: no process for it: %s", run->step->id, g_strerror (errno));
    refuse_run (run, 126, "the agent cannot start another process");
    return;
  }
  g_autofree char *shown = vnfm_ems_hide_password (run->command->payload, run->command->payload);
  g_info ("step %s: \"%s\" begun, supervisor %d", run->step->id, shown, (int)run->supervisor);
  run->alive = files->alive_read;
  files->alive_read = -1;
  reap_supervisor (run->supervisor);
  wait_for_end (run);
  watch_output (self, run);
}

/* Record first, effect second. */
static gboolean
begin_run (EmsRunner *self, Run *run, GError **error)
{
  g_auto (EmsRunFiles) files = { -1, -1, -1, -1, -1, -1 };

  g_free (run->step->boot);
  run->step->boot = g_strdup (self->config.boot);
  run->step->begun = vnfm_clock_get_wall_time (self->clock);
  if (!ems_run_files_make (&files, run->step, error) || !ems_step_store_save (self->store, run->step, error))
    return FALSE;
  g_hash_table_insert (self->runs, run->step, run);
  start_supervisor (run, &files);
  return TRUE;
}

static gboolean
has_place (EmsRunner *self)
{
  return g_hash_table_size (self->runs) < self->config.max_parallel;
}

static void
begin_queued (EmsRunner *self)
{
  while (has_place (self) && !g_queue_is_empty (&self->queue)) {
    g_autoptr (GError) error = NULL;
    Run *run = g_queue_pop_head (&self->queue);
    if (begin_run (self, run, &error))
      continue;
    g_warning ("step %s: not begun: %s", run->step->id, error->message);
    g_hash_table_insert (self->runs, run->step, run);
    refuse_run (run, 1, "the step could not be recorded on this machine's disk, so nothing was run");
  }
}

gboolean
ems_runner_submit (EmsRunner *self, EmsStep *step, EmsCommand *command, GError **error)
{
  Run *run = run_new (self, step, command);

  if (has_place (self)) {
    if (begin_run (self, run, error))
      return TRUE;
  } else if (ems_step_store_save (self->store, step, error)) {
    g_info ("step %s: waits, %u scripts are running", step->id, g_hash_table_size (self->runs));
    g_queue_push_tail (&self->queue, run);
    return TRUE;
  }
  run_free (run);
  return FALSE;
}

void
ems_runner_adopt (EmsRunner *self, EmsStep *step)
{
  EmsOutcome outcome;
  EmsCommand *command = step->command != NULL ? ems_command_decode (step->command, NULL) : NULL;
  Run *run = run_new (self, step, command);

  if (step->begun == 0 && command != NULL) {
    g_queue_push_tail (&self->queue, run);
    begin_queued (self);
    return;
  }
  g_hash_table_insert (self->runs, step, run);
  gboolean same_boot = g_strcmp0 (step->boot, self->config.boot) == 0;
  run->alive = same_boot ? ems_run_open_alive (step) : -1;
  if (run->alive >= 0) {
    g_message ("step %s: still running, taken over", step->id);
    run->out.seen = run->out.looked = ems_tail_get_size (&run->out);
    run->err.seen = run->err.looked = ems_tail_get_size (&run->err);
    wait_for_end (run);
    watch_output (self, run);
    return;
  }
  if (!ems_run_read_outcome (step, &outcome)) {
    if (step->action == EMS_ACTION_CLONE_SCRIPTS && command != NULL) {
      /* Fetching it again does no harm. */
      g_hash_table_steal (self->runs, step);
      g_queue_push_tail (&self->queue, run);
      begin_queued (self);
      return;
    }
    run->why = same_boot ? NULL : "the machine was started anew while it ran: what became of it is not known";
    g_message ("step %s: ended without an outcome while the agent was away", step->id);
  }
  end_soon (run);
}

void
ems_runner_watch_leftover (EmsRunner *self, EmsStep *step)
{
  g_autofree char *out = ems_step_path (step, EMS_RUN_OUT);
  g_autofree char *err = ems_step_path (step, EMS_RUN_ERR);

  ems_output_watch_add (self->watch, out);
  ems_output_watch_add (self->watch, err);
}

static int
compare_step (gconstpointer run, gconstpointer step)
{
  return ((const Run *)run)->step == step ? 0 : 1;
}

gboolean
ems_runner_cancel (EmsRunner *self, EmsStep *step)
{
  GList *queued = g_queue_find_custom (&self->queue, step, compare_step);
  Run *run = queued != NULL ? queued->data : g_hash_table_lookup (self->runs, step);
  EmsProcesses processes;

  if (run == NULL)
    return FALSE;
  if (queued != NULL) {
    g_queue_delete_link (&self->queue, queued);
    g_hash_table_insert (self->runs, step, run);
    refuse_run (run, -SIGTERM, "cancelled before it was begun");
    return TRUE;
  }
  if (run->soon != NULL)
    return FALSE;
  /* Not a child of this process, if it was taken over: is it still the one that it was? */
  if (run->supervisor == 0 && ems_run_read_processes (step, &processes) &&
      ems_process_get_start (processes.supervisor) == processes.supervisor_start)
    run->supervisor = (pid_t)processes.supervisor;
  return run->supervisor > 0 && kill (run->supervisor, EMS_SUPERVISOR_CANCEL_SIGNAL) == 0;
}

guint
ems_runner_get_n_running (EmsRunner *self)
{
  return g_hash_table_size (self->runs);
}

EmsRunner *
ems_runner_new (VnfmClock *clock, EmsStepStore *store, EmsScriptRoot *root, EmsRunnerConfig *config,
                const EmsRunnerFuncs *funcs, gpointer user_data)
{
  EmsRunner *self = g_new0 (EmsRunner, 1);

  self->clock = g_object_ref (clock);
  self->store = store;
  self->root = root;
  self->config = *config;
  memset (config, 0, sizeof *config);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->runs = g_hash_table_new_full (NULL, NULL, NULL, run_free);
  g_queue_init (&self->queue);
  self->watch = ems_output_watch_new (arm, self);
  if (ems_output_watch_is_blind (self->watch))
    g_info ("no inotify: the output of running scripts is looked at five times a second");
  return self;
}

void
ems_runner_free (EmsRunner *self)
{
  g_queue_clear_full (&self->queue, run_free);
  g_hash_table_unref (self->runs);
  vnfm_clock_clear_timer (self->clock, &self->tick);
  ems_output_watch_free (self->watch);
  ems_runner_config_clear (&self->config);
  g_object_unref (self->clock);
  g_free (self);
}
