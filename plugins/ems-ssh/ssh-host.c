/* SPDX-License-Identifier: Apache-2.0 */
/* One machine, from the wish to reach it to a connection over which commands can run.
 *
 *              somebody waits          connection            prepared
 *      QUIET ----------------> OPENING ----------> PREPARING ---------> a waiter gets it; the next one: OPENING
 *        ^                        |  ^                |                   |
 *        | nobody waits           |  | timer,         | failed            | none left
 *        +------------------------+  | new address    v                   v
 *        +------------------------ RESTING <----------+                 QUIET
 *
 * One attempt at a time, however many commands wait. A rest is random, so that a thousand machines that were started
 * together are not asked together, and grows with the failures. Nothing but a changed host key ends the waiting: a
 * refused login may be cured by cloud-init a moment later. The pool keeps the connection open between two users. */
#include "config.h"

#include "plugins/ems-ssh/ssh-host.h"

#include "plugins/ems-ssh/ssh-address.h"
#include "plugins/ems-ssh/ssh-reader.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

typedef enum { QUIET, OPENING, PREPARING, RESTING } State;

struct _SshHost {
  SshShared *shared;
  VnfmVnfc *vnfc;
  State state;
  GQueue waiters; /* of Waiter */
  char *address;  /* (nullable): that of the last attempt */
  GCancellable *attempt;
  SshLink *link; /* while it is prepared */
  GWeakRef last; /* the connection that was used last */
  SshReader *reader;
  gboolean released; /* it is about to be deleted */
  gboolean prepared; /* the spool directory is there */
  VnfmTimer *timer;
  guint failures;
  char *trouble; /* (nullable): why it is not reached */
  gint64 since;  /* wall time: of the trouble, or of being reachable; 0: never tried */
  char *activity;
};

typedef struct {
  SshHost *host;
  GTask *task;
  gulong handler;
  VnfmTimer *timer; /* it was cancelled */
} Waiter;

static void open_connection (SshHost *self);
static void serve (SshHost *self);

SshShared *
ssh_shared_new (void)
{
  return g_rc_box_new0 (SshShared);
}

SshShared *
ssh_shared_ref (SshShared *self)
{
  return g_rc_box_acquire (self);
}

static void
shared_clear (gpointer data)
{
  SshShared *self = data;

  g_clear_object (&self->pool);
  g_clear_pointer (&self->settings, ssh_settings_unref);
  g_clear_pointer (&self->spool, ssh_spool_free);
  g_clear_pointer (&self->rules, g_strfreev);
  g_clear_object (&self->clock);
  g_free (self->working_directory);
  g_free (self->clone_protocols);
}

void
ssh_shared_unref (SshShared *self)
{
  g_rc_box_release_full (self, shared_clear);
}

SshHost *
ssh_host_new (SshShared *shared, VnfmVnfc *vnfc)
{
  SshHost *self = g_rc_box_new0 (SshHost);

  self->shared = ssh_shared_ref (shared);
  self->vnfc = vnfm_vnfc_ref (vnfc);
  g_queue_init (&self->waiters);
  g_weak_ref_init (&self->last, NULL);
  return self;
}

SshHost *
ssh_host_ref (SshHost *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  SshHost *self = data;

  vnfm_clock_clear_timer (self->shared->clock, &self->timer);
  g_weak_ref_clear (&self->last);
  vnfm_vnfc_unref (self->vnfc);
  g_free (self->address);
  g_free (self->trouble);
  g_free (self->activity);
  ssh_shared_unref (self->shared);
}

void
ssh_host_unref (SshHost *self)
{
  g_rc_box_release_full (self, clear);
}

const char *
ssh_host_get_name (SshHost *self)
{
  return self->vnfc->hostname;
}

const char *
ssh_host_get_vnfr_id (SshHost *self)
{
  return self->vnfc->vnfr_id;
}

SshShared *
ssh_host_get_shared (SshHost *self)
{
  return self->shared;
}

gboolean
ssh_host_is_connected (SshHost *self)
{
  g_autoptr (SshLink) link = g_weak_ref_get (&self->last);

  return link != NULL && ssh_link_is_open (link);
}

void
ssh_host_set_released (SshHost *self)
{
  self->released = TRUE;
}

void
ssh_host_forget_preparation (SshHost *self)
{
  self->prepared = FALSE;
}

/* What is known of it, told when it changes. */

/* A machine that boots refuses connections: that is a step. A refused login is for an operator. */
static void
note_trouble (SshHost *self, int code, const char *text)
{
  gboolean boots = self->since == 0 && code == VNFM_ERROR_UNREACHABLE;

  if (g_strcmp0 (self->trouble, text) == 0)
    return;
  if (boots || self->released)
    g_info ("machine %s: not reachable: %s", self->vnfc->hostname, text);
  else
    g_message ("machine %s: not reachable: %s", self->vnfc->hostname, text);
  if (self->trouble == NULL)
    self->since = vnfm_clock_get_wall_time (self->shared->clock);
  g_free (self->trouble);
  self->trouble = g_strdup (text);
}

static void
note_success (SshHost *self)
{
  self->failures = 0;
  if (self->trouble == NULL && self->since != 0)
    return;
  g_info ("machine %s: reached at %s", self->vnfc->hostname, self->address);
  g_clear_pointer (&self->trouble, g_free);
  self->since = vnfm_clock_get_wall_time (self->shared->clock);
  if (self->shared->ems != NULL)
    vnfm_ems_emit_registered (self->shared->ems, self->vnfc->hostname);
}

void
ssh_host_set_activity (SshHost *self, char *text)
{
  g_free (self->activity);
  self->activity = text;
}

char *
ssh_host_describe (SshHost *self)
{
  g_autofree char *since = self->since > 0 ? vnfm_clock_format (self->since) : NULL;

  if (self->trouble != NULL)
    return g_strdup_printf ("%s (since %s, %u attempts)", self->trouble, since, self->failures);
  if (since == NULL)
    return self->address != NULL ? g_strdup_printf ("being reached at %s", self->address)
                                 : g_strdup ("not asked for yet");
  return g_strdup_printf ("reached at %s since %s%s%s", self->address, since, self->activity != NULL ? "; " : "",
                          self->activity != NULL ? self->activity : "");
}

/* Waiters. */

/* Leaves the queue. Returns: (transfer full): its task. */
static GTask *
waiter_leave (Waiter *waiter)
{
  SshHost *self = waiter->host;
  GTask *task = waiter->task;

  if (waiter->handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), waiter->handler);
  vnfm_clock_clear_timer (self->shared->clock, &waiter->timer);
  g_queue_remove (&self->waiters, waiter);
  ssh_host_unref (self);
  g_free (waiter);
  return task;
}

static void
waiter_fail (Waiter *waiter, GError *error)
{
  g_autoptr (GTask) task = waiter_leave (waiter);

  g_task_return_error (task, error);
}

static void
fail_all (SshHost *self, const GError *error)
{
  g_autoptr (SshHost) keep = ssh_host_ref (self);

  for (guint n = g_queue_get_length (&self->waiters); n > 0 && !g_queue_is_empty (&self->waiters); n--)
    waiter_fail (g_queue_peek_head (&self->waiters), g_error_copy (error));
}

static void
stop_attempt (SshHost *self)
{
  vnfm_clock_clear_timer (self->shared->clock, &self->timer);
  if (self->state == RESTING)
    self->state = QUIET;
  if (self->attempt != NULL)
    g_cancellable_cancel (self->attempt);
}

static void
waiter_cancelled_later (gpointer data)
{
  Waiter *waiter = data;
  g_autoptr (SshHost) self = ssh_host_ref (waiter->host);

  waiter->timer = NULL;
  waiter_fail (waiter, g_error_new_literal (VNFM_ERROR, VNFM_ERROR_CANCELLED, "cancelled"));
  if (g_queue_is_empty (&self->waiters))
    stop_attempt (self);
}

/* Not inside g_cancellable_cancel(): the callbacks of the task may want to leave the cancellable. */
static void
waiter_cancelled (GCancellable *cancellable, gpointer data)
{
  Waiter *waiter = data;

  if (waiter->timer == NULL)
    waiter->timer = vnfm_clock_add_timer (waiter->host->shared->clock, 0, waiter_cancelled_later, waiter);
}

void
ssh_host_abandon (SshHost *self, const char *why)
{
  g_autoptr (SshHost) keep = ssh_host_ref (self);
  g_autoptr (GError) error = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_CANCELLED, why);

  stop_attempt (self);
  fail_all (self, error);
}

/* Attempts. */

static void
rest_is_over (gpointer data)
{
  SshHost *self = data;

  self->timer = NULL;
  self->state = QUIET;
  serve (self);
}

static void
rest (SshHost *self)
{
  SshShared *shared = self->shared;
  double delay = (double)shared->retry_min * (double)(1u << MIN (self->failures, 16));

  self->failures++;
  delay = MIN (delay, (double)shared->retry_max) * (0.5 + 0.5 * vnfm_clock_random_double (shared->clock));
  self->state = RESTING;
  self->timer = vnfm_clock_add_timer (shared->clock, (gint64)delay, rest_is_over, self);
}

/* The attempt failed. */
static void
give_way (SshHost *self, const GError *error)
{
  gboolean stopped = g_error_matches (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);

  g_clear_object (&self->attempt);
  self->state = QUIET;
  if (!stopped)
    note_trouble (self, error->code, error->message);
  if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_REFUSED)) {
    self->failures++;
    fail_all (self, error);
  }
  if (g_queue_is_empty (&self->waiters))
    return;
  if (stopped)
    serve (self);
  else
    rest (self);
}

static void
hand_over (SshHost *self, SshLink *link)
{
  g_clear_object (&self->attempt);
  self->state = QUIET;
  note_success (self);
  g_weak_ref_set (&self->last, link);
  if (g_queue_is_empty (&self->waiters)) {
    ssh_pool_release (self->shared->pool, link);
    return;
  }
  g_autoptr (GTask) task = waiter_leave (g_queue_peek_head (&self->waiters));
  g_task_return_pointer (task, link, g_object_unref);
  serve (self);
}

/* Preparing. */

static void
read_output (gboolean is_stderr, const guint8 *data, gsize length, gpointer user_data)
{
  SshHost *self = user_data;

  ssh_reader_feed (self->reader, is_stderr, data, length);
}

gboolean
ssh_outcome_lacks_helper (const SshOutcome *outcome)
{
  return outcome->status == 127 || outcome->status == 2;
}

char *
ssh_outcome_dup_words (const SshOutcome *outcome)
{
  gsize length = 0;
  const char *bytes = g_bytes_get_data (outcome->errors, &length);
  char *words = g_utf8_make_valid (bytes != NULL ? bytes : "", (gssize)MIN (length, SSH_MAX_WORDS));

  /* Without the marks of remote.sh. */
  for (char *mark; (mark = strchr (words, '\036')) != NULL;) {
    char *end = mark + strcspn (mark, "\n");
    memmove (mark, end, strlen (end) + 1);
  }
  return g_strstrip (g_strdelimit (words, "\n", ' '));
}

static GError *
explain_failure (SshHost *self, const SshOutcome *outcome)
{
  g_autofree char *words = ssh_outcome_dup_words (outcome);
  int code = outcome->status == SSH_SPOOL_NO_TOOLS ? VNFM_ERROR_NOT_SUPPORTED : VNFM_ERROR_DENIED;

  return g_error_new (VNFM_ERROR, code, "%s lets us in, but the spool directory cannot be used (status %d): %s",
                      self->address, outcome->status, *words != '\0' ? words : "it does not say why");
}

static void
prepare_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SshHost) self = user_data;
  g_autoptr (SshReader) reader = g_steal_pointer (&self->reader);
  g_autoptr (GError) error = NULL;
  g_autoptr (SshOutcome) outcome = ssh_link_run_finish (SSH_LINK (source), result, &error);
  SshLink *link = g_steal_pointer (&self->link);

  if (outcome != NULL && (outcome->status != 0 || !ssh_reader_is_complete (reader)))
    error = explain_failure (self, outcome);
  if (error != NULL) {
    ssh_pool_release (self->shared->pool, link);
    give_way (self, error);
    return;
  }
  g_debug ("machine %s: spool directory ready, boot %s, programs are started by %s", self->vnfc->hostname,
           ssh_reader_get_fact (reader, "boot"), ssh_reader_get_fact (reader, "launcher"));
  self->prepared = TRUE;
  hand_over (self, link);
}

static void
prepare (SshHost *self, SshLink *link)
{
  g_autofree char *nonce = vnfm_clock_new_uuid (self->shared->clock);
  g_autofree char *command = ssh_spool_prepare (self->shared->spool, nonce, self->shared->keep_days);

  self->state = PREPARING;
  self->link = link;
  self->reader = ssh_reader_new (0, NULL, NULL);
  ssh_reader_begin (self->reader, nonce);
  ssh_link_run_async (link, command, ssh_spool_get_helper (), SSH_MAX_WORDS, read_output, self, self->attempt,
                      prepare_ended, ssh_host_ref (self));
}

static void
connection_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SshHost) self = user_data;
  g_autoptr (GError) error = NULL;
  SshLink *link = ssh_pool_acquire_finish (SSH_POOL (source), result, &error);

  if (link == NULL)
    give_way (self, error);
  else if (self->prepared)
    hand_over (self, link);
  else
    prepare (self, link);
}

static void
open_connection (SshHost *self)
{
  SshShared *shared = self->shared;
  g_autofree char *why = NULL;

  g_free (self->address);
  self->address = ssh_address_choose ((const char *const *)shared->rules, self->vnfc, &why);
  if (self->address == NULL) {
    /* Only a new record brings one: ssh_host_update(). */
    g_autofree char *text = g_strdup_printf ("no address yet: %s", why);
    note_trouble (self, VNFM_ERROR_NOT_FOUND, text);
    return;
  }
  SshTarget target = {
    .name = self->vnfc->hostname,
    .host = self->address,
    .key_name = shared->key_by_id ? vnfm_vnfc_get_key (self->vnfc) : NULL,
    .host_keys = (const char *const *)self->vnfc->host_keys,
  };
  self->state = OPENING;
  self->attempt = g_cancellable_new ();
  ssh_pool_acquire_async (shared->pool, &target, self->attempt, connection_opened, ssh_host_ref (self));
}

static void
serve (SshHost *self)
{
  if (self->state == QUIET && !g_queue_is_empty (&self->waiters))
    open_connection (self);
}

void
ssh_host_update (SshHost *self, VnfmVnfc *vnfc)
{
  if (vnfc == self->vnfc)
    return;
  vnfm_vnfc_unref (self->vnfc);
  self->vnfc = vnfm_vnfc_ref (vnfc);
  g_autofree char *address = ssh_address_choose ((const char *const *)self->shared->rules, vnfc, NULL);
  if (g_strcmp0 (address, self->address) == 0)
    return;
  if (self->address != NULL && address != NULL)
    g_message ("machine %s: has another address now: %s, not %s", vnfc->hostname, address, self->address);
  self->prepared = FALSE;
  if (self->state == RESTING)
    stop_attempt (self);
  serve (self);
}

void
ssh_host_acquire_async (SshHost *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  if (self->shared->stopped) {
    g_task_report_new_error (NULL, callback, user_data, ssh_host_acquire_async, VNFM_ERROR, VNFM_ERROR_CANCELLED,
                             "the back-end stops");
    return;
  }
  Waiter *waiter = g_new0 (Waiter, 1);
  waiter->host = ssh_host_ref (self);
  waiter->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (waiter->task, ssh_host_acquire_async);
  g_task_set_check_cancellable (waiter->task, FALSE);
  g_queue_push_tail (&self->waiters, waiter);
  if (cancellable != NULL) {
    waiter->handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (waiter_cancelled), waiter);
    if (g_cancellable_is_cancelled (cancellable))
      waiter_cancelled (cancellable, waiter);
  }
  serve (self);
}

SshLink *
ssh_host_acquire_finish (SshHost *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
ssh_host_release (SshHost *self, SshLink *link, const GError *error)
{
  if (error != NULL && !ssh_link_is_open (link) && !self->shared->stopped) {
    note_trouble (self, error->code, error->message);
    if (self->shared->ems != NULL)
      vnfm_ems_emit_lost (self->shared->ems, self->vnfc->hostname);
  }
  ssh_pool_release (self->shared->pool, link);
}
