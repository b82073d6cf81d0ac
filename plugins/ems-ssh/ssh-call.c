/* SPDX-License-Identifier: Apache-2.0 */
/* One command that may be repeated, to its end.
 *
 *   WAITING --connection--> RUNNING --exit status--> done
 *      ^                       |
 *      +--- it broke, or the spool directory is gone
 *
 * WAITING is limited by `hold`, RUNNING by `answer-timeout`; the caller's cancellable ends both. */
#include "config.h"

#include "plugins/ems-ssh/ssh-call.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

#define MAX_TRIES 2 /* of a machine that answers and does not carry it out */

typedef struct {
  SshHost *host;
  GTask *task;
  char *title;
  char *command;
  GBytes *input;
  int code;
  gint64 hold;
  guint tries;
  GCancellable *cancellable; /* ends the step under way */
  GError *why;               /* (nullable): why it was ended */
  SshLink *link;
  VnfmTimer *timer;
  gulong handler;
} Call;

static void wait_for_machine (Call *self);

static VnfmClock *
get_clock (Call *self)
{
  return ssh_host_get_shared (self->host)->clock;
}

/* Frees it. Returns: (transfer full): its task. */
static GTask *
settle (Call *self)
{
  GTask *task = self->task;

  if (self->handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), self->handler);
  vnfm_clock_clear_timer (get_clock (self), &self->timer);
  g_clear_error (&self->why);
  g_object_unref (self->cancellable);
  g_clear_pointer (&self->input, g_bytes_unref);
  ssh_host_unref (self->host);
  g_free (self->title);
  g_free (self->command);
  g_free (self);
  return task;
}

/* @error: (transfer full). */
static void
fail (Call *self, GError *error)
{
  g_prefix_error (&error, "machine %s: %s: ", ssh_host_get_name (self->host), self->title);
  g_autoptr (GTask) task = settle (self);
  g_task_return_error (task, error);
}

/* Ends the step under way; its callback fails the call. @why: (transfer full). */
static void
stop (Call *self, GError *why)
{
  if (self->why != NULL) {
    g_error_free (why);
    return;
  }
  self->why = why;
  g_cancellable_cancel (self->cancellable);
}

static void
time_is_up (gpointer data)
{
  Call *self = data;
  g_autofree char *known = ssh_host_describe (self->host);

  self->timer = NULL;
  if (self->link == NULL)
    stop (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "held in vain: %s", known));
  else
    stop (self, g_error_new (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "no answer (%s)", known));
}

static void
start_timer (Call *self, gint64 limit)
{
  vnfm_clock_clear_timer (get_clock (self), &self->timer);
  if (limit > 0)
    self->timer = vnfm_clock_add_timer (get_clock (self), limit, time_is_up, self);
}

static void
refuse (Call *self, const SshOutcome *outcome)
{
  g_autofree char *words = ssh_outcome_dup_words (outcome);
  int code = outcome->status == SSH_SPOOL_REFUSED    ? VNFM_ERROR_DENIED
             : outcome->status == SSH_SPOOL_NO_TOOLS ? VNFM_ERROR_NOT_SUPPORTED
                                                     : self->code;

  fail (self, g_error_new (VNFM_ERROR, code, "failed with status %d: %s", outcome->status,
                           *words != '\0' ? words : "it does not say why"));
}

static void
ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SshOutcome) outcome = ssh_link_run_finish (SSH_LINK (source), result, &error);

  ssh_host_release (self->host, g_steal_pointer (&self->link), error);
  if (self->why != NULL && (outcome == NULL || outcome->status != 0)) {
    fail (self, g_steal_pointer (&self->why));
  } else if (outcome == NULL && error->code != VNFM_ERROR_UNREACHABLE && error->code != VNFM_ERROR_UNKNOWN_OUTCOME) {
    fail (self, g_steal_pointer (&error));
  } else if (outcome == NULL) {
    wait_for_machine (self);
  } else if (outcome->status == 0) {
    g_autoptr (GTask) task = settle (self);
    g_task_return_boolean (task, TRUE);
  } else if ((ssh_outcome_lacks_helper (outcome) || outcome->status == SSH_SPOOL_NOT_BEGUN) &&
             ++self->tries < MAX_TRIES) {
    ssh_host_forget_preparation (self->host);
    wait_for_machine (self);
  } else {
    refuse (self, outcome);
  }
}

static void
machine_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *self = user_data;
  SshShared *shared = ssh_host_get_shared (self->host);
  g_autoptr (GError) error = NULL;
  SshLink *link = ssh_host_acquire_finish (self->host, result, &error);

  if (self->why != NULL || link == NULL) {
    if (link != NULL)
      ssh_host_release (self->host, link, NULL);
    fail (self, self->why != NULL ? g_steal_pointer (&self->why) : g_steal_pointer (&error));
    return;
  }
  self->link = link;
  start_timer (self, shared->answer_timeout);
  g_debug ("machine %s: %s", ssh_host_get_name (self->host), self->title);
  ssh_link_run_async (link, self->command, self->input, SSH_MAX_WORDS, NULL, NULL, self->cancellable, ended, self);
}

static void
wait_for_machine (Call *self)
{
  start_timer (self, self->hold);
  ssh_host_acquire_async (self->host, self->cancellable, machine_ready, self);
}

static void
cancelled (GCancellable *cancellable, gpointer data)
{
  stop (data, g_error_new_literal (VNFM_ERROR, VNFM_ERROR_CANCELLED, "cancelled"));
}

void
ssh_call_start (SshHost *host, GTask *task, const char *title, const char *command, GBytes *input, gint64 hold,
                int code)
{
  Call *self = g_new0 (Call, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->host = ssh_host_ref (host);
  self->task = task;
  self->title = g_strdup (title);
  self->command = g_strdup (command);
  self->input = input != NULL ? g_bytes_ref (input) : NULL;
  self->hold = hold;
  self->code = code;
  self->cancellable = g_cancellable_new ();
  wait_for_machine (self);
  if (cancellable != NULL) {
    self->handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled), self);
    if (g_cancellable_is_cancelled (cancellable))
      cancelled (cancellable, self);
  }
}

/* Waiting. */

static void
await_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SshHost *host = g_task_get_task_data (task);
  GError *error = NULL;
  SshLink *link = ssh_host_acquire_finish (host, result, &error);

  if (link == NULL) {
    g_task_return_error (task, error);
    return;
  }
  ssh_host_release (host, link, NULL);
  g_task_return_boolean (task, TRUE);
}

void
ssh_call_await (SshHost *host, GTask *task)
{
  g_task_set_task_data (task, ssh_host_ref (host), (GDestroyNotify)ssh_host_unref);
  ssh_host_acquire_async (host, g_task_get_cancellable (task), await_ended, task);
}
