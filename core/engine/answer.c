/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of an operation: decided once, journaled, then published until the NFVO's side has confirmed it.
 *
 *   decide -> compose -> journal -> publish -> confirmed -> finished
 *                          ^ |        ^   |
 *                          +-+ retry  +---+ not connected, or the connection broke: again with the same message id */
#include "config.h"

#include "core/engine/northbound.h"
#include "core/engine/operation-private.h"

#define RETRY_DELAY (1 * G_TIME_SPAN_SECOND)

static void publish (gpointer operation);

static void
retry_later (EngineOperation *self, VnfmTimerFunc func)
{
  vnfm_clock_clear_timer (vnfm_engine_get_clock (self->engine), &self->retry);
  self->retry = vnfm_clock_add_timer (vnfm_engine_get_clock (self->engine), RETRY_DELAY, func, self);
}

/* It is tried each second; the operator is told once for each reason, and finds the last one in vnfmctl. */
static void
tell_undelivered (EngineOperation *self, const char *why)
{
  if (g_strcmp0 (self->undelivered, why) == 0)
    return;
  g_message ("%s: its answer is not delivered yet: %s", engine_operation_get_title (self), why);
  g_free (self->undelivered);
  self->undelivered = g_strdup (why);
}

static void
published (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VnfmTransport *transport = VNFM_TRANSPORT (source);
  g_autoptr (EngineOperation) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = self->request->reply_to != NULL ? vnfm_transport_reply_finish (transport, result, &error)
                                                  : vnfm_transport_publish_finish (transport, result, &error);

  if (done) {
    vnfm_engine_finish (self->engine, self);
    return;
  }
  /* It stays in the journal, and visible. Published again it has the same message id: the receiver drops a repeat. */
  tell_undelivered (self, error->message);
  retry_later (self, publish);
}

static void
publish (gpointer user_data)
{
  EngineOperation *self = user_data;
  VnfmTransport *transport = vnfm_context_get_nfvo_transport (vnfm_engine_get_context (self->engine));
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (self->answer);

  self->retry = NULL;
  envelope->message_id = g_strconcat (self->request->id, "/answer", NULL);
  envelope->correlation_id = g_strdup (self->request->correlation_id);
  envelope->content_type = g_strdup ("text/plain");
  if (self->request->reply_to != NULL)
    vnfm_transport_reply_async (transport, self->request->reply_to, envelope, NULL, published, g_object_ref (self));
  else
    vnfm_transport_publish_async (transport, VNFM_DESTINATION_NFVO_RESULTS, envelope, NULL, published,
                                  g_object_ref (self));
}

static void write_answer (gpointer operation);

static void
written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EngineOperation) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!journal_put_finish (vnfm_engine_get_journal (self->engine), result, &error)) {
    g_warning ("%s: its answer is not journaled yet: %s", engine_operation_get_title (self), error->message);
    retry_later (self, write_answer);
    return;
  }
  vnfm_engine_leave_queue (self->engine, self);
  publish (self);
}

static void
write_answer (gpointer user_data)
{
  EngineOperation *self = user_data;

  self->retry = NULL;
  journal_put_async (vnfm_engine_get_journal (self->engine), "op", self->request->id, "answer", self->answer, written,
                     g_object_ref (self));
}

static void
compose (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  g_autoptr (GError) error = NULL;

  if (!engine_operation_need_message_finish (self, result, &error))
    g_warning ("%s: answered without what the request said: %s", engine_operation_get_title (self), error->message);
  self->answer = northbound_compose_answer (self);
  if (self->failure != NULL && !self->withdrawn)
    vnfm_engine_count_failure (self->engine);
  engine_operation_rest (self);
  write_answer (self);
}

void
engine_operation_decide (EngineOperation *self)
{
  if (self->state == OPERATION_ANSWERING)
    return;
  self->state = OPERATION_ANSWERING;
  vnfm_clock_clear_timer (vnfm_engine_get_clock (self->engine), &self->reminder);
  self->answered = vnfm_clock_get_wall_time (vnfm_engine_get_clock (self->engine));
  if (self->answer != NULL) { /* decided in an earlier life */
    engine_operation_rest (self);
    publish (self);
    return;
  }
  if (self->failure != NULL && !self->withdrawn)
    g_warning ("%s: %s", engine_operation_get_title (self), self->failure->message);
  engine_operation_need_message_async (self, compose, NULL);
}
