/* SPDX-License-Identifier: Apache-2.0 */
/* One question to the NFVO.
 *
 *      WAITING ──transport up──► SENDING ──confirmed, or perhaps sent──► ASKED ──answer──► DONE
 *         ▲                         │                                      ▲
 *         └──── surely not sent ────┘             put before a restart ────┘
 *
 * Never put twice: the NFVO would book it twice. Where the connection broke before the confirmation the answer is
 * awaited as if it had been confirmed; the engine's limit ends that. */
#include "config.h"

#include "plugins/negotiator-nfvo/nfvo-question.h"

#include "plugins/negotiator-nfvo/nfvo-answer.h"

#include <vnfm/vnfm-error.h>

#define RETRY_FIRST G_USEC_PER_SEC
#define RETRY_LAST  (30 * G_USEC_PER_SEC)

typedef enum { WAITING, SENDING, ASKED, DONE } State;

struct _NfvoQuestion {
  NfvoDesk *desk;
  GTask *task;
  VnfmAction action;
  char *id;
  GBytes *body;
  State state;
  gint64 delay; /* until the next try */
  gulong cancelled_handler;
  VnfmTimer *retry_timer;
  VnfmTimer *cancel_timer;
};

NfvoQuestion *
nfvo_question_ref (NfvoQuestion *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  NfvoQuestion *self = data;

  g_free (self->id);
  g_clear_pointer (&self->body, g_bytes_unref);
}

void
nfvo_question_unref (NfvoQuestion *self)
{
  g_rc_box_release_full (self, clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoQuestion, nfvo_question_unref)

/* Leaves all tables and stops all timers. Returns: (transfer full): the task, to be returned last. */
static GTask *
settle (NfvoQuestion *self)
{
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  self->state = DONE;
  vnfm_clock_clear_timer (self->desk->clock, &self->retry_timer);
  vnfm_clock_clear_timer (self->desk->clock, &self->cancel_timer);
  if (self->cancelled_handler != 0)
    g_signal_handler_disconnect (cancellable, self->cancelled_handler);
  self->cancelled_handler = 0;

  GTask *task = g_steal_pointer (&self->task);
  g_hash_table_remove (self->desk->open, self->id); /* perhaps the last reference */
  return task;
}

static void
fail (NfvoQuestion *self, GError *error)
{
  g_autoptr (GTask) task = settle (self);
  g_task_return_error (task, error);
}

void
nfvo_question_abandon (NfvoQuestion *self, const char *why)
{
  fail (self, g_error_new (VNFM_ERROR, VNFM_ERROR_CANCELLED, "%s: %s", vnfm_action_get_nick (self->action), why));
}

void
nfvo_question_answer (NfvoQuestion *self, VnfmEnvelope *envelope)
{
  g_autoptr (GError) error = NULL;
  VnfmResources *resources = nfvo_answer_read (envelope->body, self->action, &error);

  if (resources == NULL) {
    vnfm_envelope_ack (envelope); /* again it would say no more */
    fail (self, g_steal_pointer (&error));
    return;
  }
  resources->delivery = vnfm_envelope_ref (envelope);
  g_autoptr (GTask) task = settle (self);
  g_task_return_pointer (task, resources, (GDestroyNotify)vnfm_resources_free);
}

static void
retry (gpointer data)
{
  NfvoQuestion *self = data;

  self->retry_timer = NULL;
  nfvo_question_wake (self);
}

/* Surely not sent. A connection that comes back tells; where there is one, only time can. */
static void
wait_again (NfvoQuestion *self, const GError *error)
{
  self->state = WAITING;
  if (vnfm_transport_get_state (self->desk->transport) != VNFM_TRANSPORT_CONNECTED)
    return;
  g_info ("%s %s: the NFVO cannot be asked now: %s", vnfm_action_get_nick (self->action), self->id, error->message);
  self->retry_timer = vnfm_clock_add_timer (self->desk->clock, self->delay, retry, self);
  self->delay = MIN (self->delay * 2, RETRY_LAST);
}

static void
published (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NfvoQuestion) self = data;
  g_autoptr (GError) error = NULL;
  gboolean confirmed = vnfm_transport_publish_finish (VNFM_TRANSPORT (source), result, &error);

  if (self->state != SENDING) /* the answer was quicker */
    return;
  if (confirmed) {
    self->state = ASKED;
  } else if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME)) {
    g_message ("%s %s: not known to have reached the NFVO (%s); its answer is awaited",
               vnfm_action_get_nick (self->action), self->id, error->message);
    self->state = ASKED;
  } else if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE) ||
             g_error_matches (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND)) {
    wait_again (self, error);
  } else {
    g_prefix_error (&error, "%s: ", vnfm_action_get_nick (self->action));
    fail (self, g_steal_pointer (&error));
  }
}

void
nfvo_question_wake (NfvoQuestion *self)
{
  if (self->state != WAITING || vnfm_transport_get_state (self->desk->transport) != VNFM_TRANSPORT_CONNECTED)
    return;

  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (self->body);
  envelope->correlation_id = g_strdup (self->id);
  envelope->message_id = g_strdup (self->id);
  envelope->reply_to = vnfm_transport_dup_answer_address (self->desk->transport);
  envelope->content_type = g_strdup ("text/plain");
  vnfm_clock_clear_timer (self->desk->clock, &self->retry_timer);
  self->state = SENDING;
  g_debug ("%s %s: asking the NFVO", vnfm_action_get_nick (self->action), self->id);
  vnfm_transport_publish_async (self->desk->transport, VNFM_DESTINATION_NFVO_QUESTIONS, envelope, NULL, published,
                                nfvo_question_ref (self));
}

static void
cancelled_later (gpointer data)
{
  NfvoQuestion *self = data;

  self->cancel_timer = NULL;
  nfvo_question_abandon (self, "cancelled");
}

/* Not inside g_cancellable_cancel(): the callbacks of the task may want to leave the cancellable. */
static void
cancelled (GCancellable *cancellable, gpointer data)
{
  NfvoQuestion *self = data;

  if (self->cancel_timer == NULL)
    self->cancel_timer = vnfm_clock_add_timer (self->desk->clock, 0, cancelled_later, self);
}

void
nfvo_question_start (NfvoDesk *desk, GTask *task, VnfmAction action, const char *id, GBytes *body)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (g_hash_table_contains (desk->open, id)) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_INVALID, "question %s is open already", id);
    return;
  }

  NfvoQuestion *self = g_rc_box_new0 (NfvoQuestion);
  self->desk = desk;
  self->task = g_object_ref (task);
  self->action = action;
  self->id = g_strdup (id);
  self->body = body != NULL ? g_bytes_ref (body) : NULL;
  self->state = body != NULL ? WAITING : ASKED;
  self->delay = RETRY_FIRST;
  g_hash_table_insert (desk->open, self->id, self); /* owns it */

  VnfmEnvelope *early = g_hash_table_lookup (desk->early, id);
  if (early != NULL) {
    g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_ref (early);
    g_hash_table_remove (desk->early, id);
    nfvo_question_answer (self, envelope);
    return;
  }
  if (cancellable != NULL) {
    self->cancelled_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled), self);
    if (g_cancellable_is_cancelled (cancellable))
      cancelled (cancellable, self);
  }
  if (self->cancel_timer == NULL)
    nfvo_question_wake (self);
}
