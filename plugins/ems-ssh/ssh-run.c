/* SPDX-License-Identifier: Apache-2.0 */
/* One script on one machine, to its end.
 *
 *   WAITING --connection--> FOLLOWING --its outcome--> done
 *      ^                        |
 *      +---- it broke ----------+
 *
 * What FOLLOWING sends begins the script where the machine does not know the step, joins it where it runs, and tells
 * its outcome where it has ended (remote.sh), so the same command is right after a break, after a restart, and when the
 * caller attaches; the output goes on where it was cut. Nobody can say what came of a script only if it was perhaps
 * begun and its machine is not reached any more, or if the machine itself lost it.
 *
 * Cancelling sends "cancel" beside it and goes on following, for the outcome; within a budget. */
#include "config.h"

#include "plugins/ems-ssh/ssh-run.h"

#include "plugins/ems-ssh/ssh-call.h"
#include "plugins/ems-ssh/ssh-reader.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

#define MAX_TRIES  2 /* of a machine that answers and does not carry it out */
#define MAX_LINE   200
#define MAX_OUTPUT (1 << 20) /* kept where the caller has no limit */

typedef struct {
  SshHost *host;
  GTask *task;
  char *step_id;
  char *script;
  gboolean attach;
  gint64 time_limit;
  VnfmEnvironment *environment;
  gint64 half;
  SshReader *reader;
  GCancellable *cancellable; /* ends the following, not the script */
  SshLink *link;             /* while it follows */
  gboolean begun;            /* perhaps */
  gboolean cancelling;
  gboolean given_up;
  GError *why; /* (nullable): why it was given up before it was begun; NULL: nobody knows what came of it */
  guint tries;
  gint64 began_at; /* wall time */
  char *last_line; /* (nullable): of its output */
  VnfmTimer *hold_timer;
  VnfmTimer *limit_timer;
  VnfmTimer *cancel_timer;
  gulong handler;
} Run;

static void wait_for_machine (Run *self);

static VnfmClock *
get_clock (Run *self)
{
  return ssh_host_get_shared (self->host)->clock;
}

/* Frees it. Returns: (transfer full): its task. */
static GTask *
settle (Run *self)
{
  VnfmClock *clock = get_clock (self);
  GTask *task = self->task;

  if (self->handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), self->handler);
  vnfm_clock_clear_timer (clock, &self->hold_timer);
  vnfm_clock_clear_timer (clock, &self->limit_timer);
  vnfm_clock_clear_timer (clock, &self->cancel_timer);
  ssh_host_set_activity (self->host, NULL);
  g_clear_error (&self->why);
  g_object_unref (self->cancellable);
  ssh_reader_free (self->reader);
  vnfm_environment_unref (self->environment);
  ssh_host_unref (self->host);
  g_free (self->step_id);
  g_free (self->script);
  g_free (self->last_line);
  g_free (self);
  return task;
}

/* @error: (transfer full). */
static void
fail (Run *self, GError *error)
{
  g_prefix_error (&error, "machine %s: ", ssh_host_get_name (self->host));
  g_autoptr (GTask) task = settle (self);
  g_task_return_error (task, error);
}

static void
finish (Run *self, VnfmScriptResult *result)
{
  g_autoptr (GTask) task = settle (self);
  g_task_return_pointer (task, result, (GDestroyNotify)vnfm_script_result_free);
}

static void
finish_unknown (Run *self, const char *why)
{
  g_autofree char *err = g_strdup_printf ("machine %s: %s", ssh_host_get_name (self->host), why);
  VnfmScriptResult *result = vnfm_script_result_new (1, "", err);

  g_message ("machine %s: script %s: %s; its outcome is unknown", ssh_host_get_name (self->host), self->script, why);
  result->known = FALSE;
  finish (self, result);
}

/* Ends the step under way; its callback ends the run: with @why (transfer full), or as unknown. */
static void
give_up (Run *self, GError *why)
{
  if (self->given_up) {
    g_error_free (why);
    return;
  }
  self->given_up = TRUE;
  self->why = why;
  g_cancellable_cancel (self->cancellable);
}

static void
end_given_up (Run *self)
{
  if (self->begun || self->attach)
    finish_unknown (self, self->why->message);
  else
    fail (self, g_steal_pointer (&self->why));
}

static void
hold_ends (gpointer data)
{
  Run *self = data;
  g_autofree char *known = ssh_host_describe (self->host);

  self->hold_timer = NULL;
  give_up (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "held in vain: %s", known));
}

/* The machine ends the script itself and tells so: this is for one that is gone. */
static void
limit_passes (gpointer data)
{
  Run *self = data;
  g_autofree char *known = ssh_host_describe (self->host);

  self->limit_timer = NULL;
  give_up (self, g_error_new (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "no answer within the script's time limit of %g s (%s)",
                              (double)self->time_limit / G_USEC_PER_SEC, known));
}

/* Following. */

static void
tell_activity (Run *self)
{
  g_autofree char *at = vnfm_clock_format (self->began_at);

  ssh_host_set_activity (self->host, g_strdup_printf ("script %s running since %s%s%s%s", self->script, at,
                                                      self->last_line != NULL ? ", its last line: \"" : "",
                                                      self->last_line != NULL ? self->last_line : "",
                                                      self->last_line != NULL ? "\"" : ""));
}

static void
keep_last_line (Run *self, const char *text)
{
  gsize length = strlen (text);

  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    length--;
  gsize start = length;
  while (start > 0 && text[start - 1] != '\n')
    start--;
  if (start == length)
    return;
  g_autofree char *line = g_strndup (text + start, length - start);
  g_autofree char *escaped = g_strescape (line, NULL);
  g_free (self->last_line);
  self->last_line = g_utf8_make_valid (escaped, (gssize)MIN (strlen (escaped), MAX_LINE));
}

static void
printed (const char *stream, gint64 offset, const char *text, gpointer user_data)
{
  Run *self = user_data;

  keep_last_line (self, text);
  tell_activity (self);
  if (ssh_host_get_shared (self->host)->ems != NULL)
    vnfm_ems_emit_output (ssh_host_get_shared (self->host)->ems, self->step_id, stream, offset, text);
}

static void
read_output (gboolean is_stderr, const guint8 *data, gsize length, gpointer user_data)
{
  Run *self = user_data;

  ssh_reader_feed (self->reader, is_stderr, data, length);
}

/* The machine answered, and not with an outcome. */
static void
take_refusal (Run *self, const SshOutcome *outcome)
{
  g_autofree char *words = ssh_outcome_dup_words (outcome);
  /* A call that did not get as far as the step says nothing of what an earlier one began. */
  gboolean not_begun = outcome->status == SSH_SPOOL_NOT_BEGUN || (!self->begun && !ssh_reader_has_begun (self->reader));

  self->begun |= ssh_reader_has_begun (self->reader);
  if (ssh_outcome_lacks_helper (outcome))
    ssh_host_forget_preparation (self->host);
  if ((ssh_outcome_lacks_helper (outcome) || outcome->status < 0) && ++self->tries < MAX_TRIES) {
    wait_for_machine (self);
  } else if (not_begun && !self->attach) {
    self->begun = FALSE;
    fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_STORE, "script %s was not begun: status %d: %s", self->script,
                             outcome->status, *words != '\0' ? words : "it does not say why"));
  } else {
    g_autofree char *why = g_strdup_printf ("the machine does not tell its outcome: status %d: %s", outcome->status,
                                            *words != '\0' ? words : "it does not say why");
    finish_unknown (self, why);
  }
}

static void
take_outcome (Run *self, const SshOutcome *outcome)
{
  g_autoptr (GError) error = NULL;

  if (outcome->status != 0 || !ssh_reader_is_complete (self->reader)) {
    take_refusal (self, outcome);
    return;
  }
  VnfmScriptResult *result = ssh_reader_make_result (self->reader, self->time_limit, &error);
  if (result == NULL)
    finish_unknown (self, error->message);
  else
    finish (self, result);
}

static void
followed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SshOutcome) outcome = ssh_link_run_finish (SSH_LINK (source), result, &error);
  gboolean broke =
      error != NULL && (error->code == VNFM_ERROR_UNREACHABLE || error->code == VNFM_ERROR_UNKNOWN_OUTCOME);

  if (error != NULL && error->code != VNFM_ERROR_UNREACHABLE && error->code != VNFM_ERROR_REFUSED)
    self->begun = TRUE;
  ssh_host_release (self->host, g_steal_pointer (&self->link), broke ? error : NULL);
  if (outcome != NULL) {
    take_outcome (self, outcome);
  } else if (self->given_up) {
    end_given_up (self);
  } else if (broke) {
    g_info ("machine %s: script %s: %s; following it again", ssh_host_get_name (self->host), self->script,
            error->message);
    wait_for_machine (self);
  } else {
    give_up (self, g_steal_pointer (&error));
    end_given_up (self);
  }
}

static void
follow (Run *self)
{
  SshShared *shared = ssh_host_get_shared (self->host);
  const char *vnfr_id = ssh_host_get_vnfr_id (self->host);
  g_autofree char *nonce = vnfm_clock_new_uuid (shared->clock);
  g_autoptr (GBytes) input = ssh_spool_encode_environment (shared->spool, vnfr_id, self->step_id, self->environment);
  VnfmExecution execution = { .step_id = self->step_id, .script = self->script, .time_limit = self->time_limit };
  SshStepCall call = {
    .nonce = nonce,
    .vnfr_id = vnfr_id,
    .execution = &execution,
    .grace = shared->grace,
    .environment_size = g_bytes_get_size (input),
    .half = self->half,
    .out_at = ssh_reader_get_known (self->reader, FALSE),
    .err_at = ssh_reader_get_known (self->reader, TRUE),
  };
  g_autofree char *command = ssh_spool_step (shared->spool, &call, shared->working_directory);

  if (self->began_at == 0)
    self->began_at = vnfm_clock_get_wall_time (shared->clock);
  if (self->time_limit > 0 && self->limit_timer == NULL)
    self->limit_timer = vnfm_clock_add_timer (
        shared->clock, self->time_limit + shared->grace + 2 * shared->cancel_budget, limit_passes, self);
  ssh_reader_begin (self->reader, nonce);
  tell_activity (self);
  ssh_link_run_async (self->link, command, input, SSH_MAX_WORDS, read_output, self, self->cancellable, followed, self);
}

static void
machine_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *self = user_data;
  g_autoptr (GError) error = NULL;
  SshLink *link = ssh_host_acquire_finish (self->host, result, &error);

  vnfm_clock_clear_timer (get_clock (self), &self->hold_timer);
  if (link != NULL && !self->given_up) {
    self->link = link;
    follow (self);
    return;
  }
  if (link != NULL)
    ssh_host_release (self->host, link, NULL);
  /* Refused or abandoned: the step stays open, so that it can be asked for again. */
  if (self->given_up)
    end_given_up (self);
  else
    fail (self, g_steal_pointer (&error));
}

static void
wait_for_machine (Run *self)
{
  SshShared *shared = ssh_host_get_shared (self->host);

  if (shared->hold > 0)
    self->hold_timer = vnfm_clock_add_timer (shared->clock, shared->hold, hold_ends, self);
  ssh_host_acquire_async (self->host, self->cancellable, machine_ready, self);
}

/* Cancelling. */

static void
budget_ends (gpointer data)
{
  Run *self = data;
  g_autofree char *known = ssh_host_describe (self->host);

  self->cancel_timer = NULL;
  give_up (self,
           g_error_new (VNFM_ERROR, VNFM_ERROR_CANCELLED, "cancelled, and its end was not told in time (%s)", known));
}

static void
cancel_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_info ("%s", error->message);
}

static void
cancelled_later (gpointer data)
{
  Run *self = data;
  SshShared *shared = ssh_host_get_shared (self->host);

  self->cancel_timer = NULL;
  if (!self->begun && !self->attach && self->link == NULL) {
    give_up (self, g_error_new_literal (VNFM_ERROR, VNFM_ERROR_CANCELLED, "cancelled"));
    return;
  }
  g_autofree char *command = ssh_spool_cancel (shared->spool, ssh_host_get_vnfr_id (self->host), self->step_id);
  g_autofree char *title = g_strdup_printf ("cancelling script %s", self->script);
  self->cancelling = TRUE;
  self->cancel_timer = vnfm_clock_add_timer (shared->clock, shared->cancel_budget + shared->grace, budget_ends, self);
  ssh_call_start (self->host, g_task_new (shared->ems, NULL, cancel_sent, NULL), title, command, NULL,
                  shared->cancel_budget, VNFM_ERROR_FAILED);
}

/* Not inside g_cancellable_cancel(): the callbacks of the task may want to leave the cancellable. */
static void
cancelled (GCancellable *cancellable, gpointer data)
{
  Run *self = data;

  if (self->cancel_timer == NULL && !self->cancelling)
    self->cancel_timer = vnfm_clock_add_timer (get_clock (self), 0, cancelled_later, self);
}

static gint64
choose_half (gint64 wanted, gint64 own)
{
  gint64 max = wanted > 0 && (own <= 0 || wanted < own) ? wanted : own;

  return MAX ((max > 0 ? max : MAX_OUTPUT) / 2, 1);
}

void
ssh_run_start (SshHost *host, GTask *task, const VnfmExecution *execution)
{
  Run *self = g_new0 (Run, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->host = ssh_host_ref (host);
  self->task = task;
  self->step_id = g_strdup (execution->step_id);
  self->script = g_strdup (execution->script);
  self->attach = execution->attach;
  self->time_limit = execution->time_limit;
  self->environment = vnfm_environment_ref (execution->environment);
  self->half = choose_half (execution->max_output, ssh_host_get_shared (host)->max_output);
  self->reader = ssh_reader_new (self->half, printed, self);
  self->cancellable = g_cancellable_new ();
  wait_for_machine (self);
  if (cancellable != NULL) {
    self->handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled), self);
    if (g_cancellable_is_cancelled (cancellable))
      cancelled (cancellable, self);
  }
}
