/* SPDX-License-Identifier: Apache-2.0 */
/* A request's way:
 *
 *   publish --had safely--> await the answer --correlation id--> done
 *     ^  | connection lost, or not there: again with the same message id, so that the manager drops a repeat
 *     +--+ */
#include "config.h"

#include "core/nfvo/link.h"

#define RETRY_DELAY  (500 * G_TIME_SPAN_MILLISECOND)
#define MAX_SEEN_IDS 20000

struct _NfvoLink {
  GObject parent_instance;

  VnfmTransport *transport;
  VnfmClock *clock;
  GHashTable *requests; /* correlation id -> Request */
  GHashTable *services; /* NSR id -> Service */
  GHashTable *seen;     /* ids of messages that were taken */
  GQueue seen_order;    /* the same, oldest first; borrowed */
  GTask *opening;
  VnfmTimer *patience;
};

G_DEFINE_FINAL_TYPE (NfvoLink, nfvo_link, G_TYPE_OBJECT)

typedef struct {
  NfvoLinkFunc question;
  NfvoLinkFunc result;
  gpointer user_data;
} Service;

typedef struct {
  NfvoLink *link; /* borrowed: outlives its requests */
  char *id;
  GBytes *body;
  GTask *task;
  VnfmTimer *retry;
} Request;

static void
request_free (Request *request)
{
  vnfm_clock_clear_timer (request->link->clock, &request->retry);
  g_object_unref (request->task);
  g_bytes_unref (request->body);
  g_free (request->id);
  g_free (request);
}

/* ---- opening */

static void
finish_opening (NfvoLink *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->opening);

  vnfm_clock_clear_timer (self->clock, &self->patience);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
state_changed (VnfmTransport *transport, GParamSpec *pspec, gpointer user_data)
{
  NfvoLink *self = user_data;

  if (self->opening != NULL && vnfm_transport_get_state (transport) == VNFM_TRANSPORT_CONNECTED)
    finish_opening (self, NULL);
}

static void
patience_over (gpointer user_data)
{
  NfvoLink *self = user_data;
  const GError *last = vnfm_transport_get_last_error (self->transport);

  self->patience = NULL;
  finish_opening (self, last != NULL ? g_error_copy (last)
                                     : g_error_new_literal (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "no connection in time"));
}

void
nfvo_link_open_async (NfvoLink *self, gint64 patience, GAsyncReadyCallback callback, gpointer user_data)
{
  static const VnfmDestination wanted[] = { VNFM_DESTINATION_ANSWERS, VNFM_DESTINATION_NFVO_QUESTIONS,
                                            VNFM_DESTINATION_NFVO_RESULTS };

  g_return_if_fail (self->opening == NULL);
  self->opening = g_task_new (self, NULL, callback, user_data);
  self->patience = vnfm_clock_add_timer (self->clock, patience, patience_over, self);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    vnfm_transport_subscribe (self->transport, wanted[i], NULL);
  vnfm_transport_open (self->transport);
}

gboolean
nfvo_link_open_finish (NfvoLink *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- services */

void
nfvo_link_add_service (NfvoLink *self, const char *nsr_id, NfvoLinkFunc question, NfvoLinkFunc result,
                       gpointer user_data)
{
  Service *service = g_new0 (Service, 1);

  service->question = question;
  service->result = result;
  service->user_data = user_data;
  g_hash_table_insert (self->services, g_strdup (nsr_id), service);
}

void
nfvo_link_remove_service (NfvoLink *self, const char *nsr_id)
{
  g_hash_table_remove (self->services, nsr_id);
}

/* ---- requests */

static void publish (Request *request);

/* The callback may ask for anything, so the request is out of the table before. */
static Request *
steal_request (NfvoLink *self, const char *id)
{
  Request *request = NULL;

  if (id != NULL)
    g_hash_table_steal_extended (self->requests, id, NULL, (gpointer *)&request);
  return request;
}

static void
retry (gpointer user_data)
{
  Request *request = user_data;

  request->retry = NULL;
  publish (request);
}

typedef struct {
  NfvoLink *link;
  char *id;
} Publication;

static void
published (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Publication *publication = user_data;
  g_autoptr (NfvoLink) self = publication->link;
  g_autofree char *id = publication->id;
  g_autoptr (GError) error = NULL;
  Request *request = g_hash_table_lookup (self->requests, id);

  g_free (publication);
  if (vnfm_transport_publish_finish (VNFM_TRANSPORT (source), result, &error) || request == NULL)
    return; /* the answer may be quicker than the receipt */
  if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_LIMIT) || g_error_matches (error, VNFM_ERROR, VNFM_ERROR_DENIED)) {
    request = steal_request (self, id);
    g_task_return_error (request->task, g_steal_pointer (&error));
    request_free (request);
    return;
  }
  g_info ("a request is sent again: %s", error->message);
  vnfm_clock_clear_timer (self->clock, &request->retry);
  request->retry = vnfm_clock_add_timer (self->clock, RETRY_DELAY, retry, request);
}

static void
publish (Request *request)
{
  NfvoLink *self = request->link;
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (request->body);
  Publication *publication = g_new0 (Publication, 1);

  envelope->message_id = g_strdup (request->id);
  envelope->correlation_id = g_strdup (request->id);
  envelope->reply_to = vnfm_transport_dup_answer_address (self->transport);
  envelope->content_type = g_strdup ("text/plain");
  publication->link = g_object_ref (self);
  publication->id = g_strdup (request->id);
  vnfm_transport_publish_async (self->transport, VNFM_DESTINATION_NFVO_REQUESTS, envelope, NULL, published,
                                publication);
}

void
nfvo_link_request_async (NfvoLink *self, GBytes *body, char **id, GAsyncReadyCallback callback, gpointer user_data)
{
  Request *request = g_new0 (Request, 1);

  request->link = self;
  request->id = vnfm_clock_new_uuid (self->clock);
  request->body = g_bytes_ref (body);
  request->task = g_task_new (self, NULL, callback, user_data);
  g_hash_table_insert (self->requests, request->id, request);
  if (id != NULL)
    *id = g_strdup (request->id);
  publish (request);
}

GBytes *
nfvo_link_request_finish (NfvoLink *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
nfvo_link_complete (NfvoLink *self, const char *id, GBytes *body)
{
  Request *request = steal_request (self, id);

  if (request == NULL)
    return FALSE;
  g_task_return_pointer (request->task, g_bytes_ref (body), (GDestroyNotify)g_bytes_unref);
  request_free (request);
  return TRUE;
}

void
nfvo_link_forget (NfvoLink *self, const char *id)
{
  Request *request = steal_request (self, id);

  if (request == NULL)
    return;
  g_task_return_new_error (request->task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "the answer is not awaited any more");
  request_free (request);
}

/* ---- answers to questions */

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VnfmEnvelope) question = user_data;
  g_autoptr (GError) error = NULL;

  if (!vnfm_transport_reply_finish (VNFM_TRANSPORT (source), result, &error))
    g_warning ("the answer to question %s was not delivered: %s",
               question->correlation_id != NULL ? question->correlation_id : "(no id)", error->message);
}

void
nfvo_link_answer (NfvoLink *self, VnfmEnvelope *question, GBytes *body)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("null", 4);
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body != NULL ? body : nothing);

  if (question->reply_to == NULL) {
    g_warning ("a question has no reply-to and stays unanswered");
    return;
  }
  envelope->message_id = vnfm_clock_new_uuid (self->clock);
  envelope->correlation_id = g_strdup (question->correlation_id);
  envelope->content_type = g_strdup ("text/plain");
  vnfm_transport_reply_async (self->transport, question->reply_to, envelope, NULL, answered,
                              vnfm_envelope_ref (question));
}

/* ---- deliveries */

/* Whether this message was not taken before; remembers it. */
static gboolean
is_first (NfvoLink *self, VnfmEnvelope *envelope)
{
  char *id;

  if (envelope->message_id == NULL)
    return TRUE;
  if (g_hash_table_contains (self->seen, envelope->message_id)) {
    g_info ("message %s came twice and is dropped", envelope->message_id);
    return FALSE;
  }
  id = g_strdup (envelope->message_id);
  g_hash_table_add (self->seen, id);
  g_queue_push_tail (&self->seen_order, id);
  if (self->seen_order.length > MAX_SEEN_IDS)
    g_hash_table_remove (self->seen, g_queue_pop_head (&self->seen_order));
  return TRUE;
}

static gboolean
take_answer (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer user_data)
{
  NfvoLink *self = user_data;

  if (is_first (self, envelope) && !nfvo_link_complete (self, envelope->correlation_id, envelope->body))
    g_info ("an answer to no open request (correlation id %s) is dropped",
            envelope->correlation_id != NULL ? envelope->correlation_id : "none");
  vnfm_envelope_ack (envelope);
  return TRUE;
}

/* Reads which service a message is for. Returns: (nullable): borrowed. */
static Service *
find_service (NfvoLink *self, VnfmEnvelope *envelope, VnfmMessage **message, VnfmRecord **record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = NULL;
  Service *service = NULL;

  *record = NULL;
  *message = vnfm_message_decode (envelope->body, &error);
  if (*message != NULL && (text = vnfm_message_dup_record_text (*message)) != NULL)
    *record = vnfm_record_new (text, &error);
  if (*record != NULL && vnfm_record_get_nsr_id (*record) != NULL)
    service = g_hash_table_lookup (self->services, vnfm_record_get_nsr_id (*record));
  if (error != NULL)
    g_warning ("a message of the manager cannot be read: %s", error->message);
  return service;
}

static gboolean
take_question (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer user_data)
{
  NfvoLink *self = user_data;
  g_autoptr (VnfmMessage) message = NULL;
  g_autoptr (VnfmRecord) record = NULL;

  vnfm_envelope_ack (envelope);
  if (is_first (self, envelope)) {
    Service *service = find_service (self, envelope, &message, &record);
    if (service != NULL)
      service->question (envelope, message, record, service->user_data);
    else
      nfvo_link_answer (self, envelope, NULL);
  }
  return TRUE;
}

static gboolean
take_result (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer user_data)
{
  NfvoLink *self = user_data;
  g_autoptr (VnfmMessage) message = NULL;
  g_autoptr (VnfmRecord) record = NULL;

  vnfm_envelope_ack (envelope);
  if (is_first (self, envelope)) {
    Service *service = find_service (self, envelope, &message, &record);
    if (service != NULL)
      service->result (envelope, message, record, service->user_data);
    else
      g_info ("a result for no service of this NFVO is dropped");
  }
  return TRUE;
}

/* ---- the object */

static void
finalize (GObject *object)
{
  NfvoLink *self = NFVO_LINK (object);

  g_signal_handlers_disconnect_by_data (self->transport, self);
  vnfm_clock_clear_timer (self->clock, &self->patience);
  g_clear_object (&self->opening);
  g_hash_table_unref (self->requests);
  g_hash_table_unref (self->services);
  g_queue_clear (&self->seen_order);
  g_hash_table_unref (self->seen);
  g_object_unref (self->transport);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (nfvo_link_parent_class)->finalize (object);
}

static void
nfvo_link_class_init (NfvoLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
nfvo_link_init (NfvoLink *self)
{
  self->requests = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)request_free);
  self->services = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->seen_order);
}

NfvoLink *
nfvo_link_new (VnfmTransport *transport, VnfmClock *clock)
{
  NfvoLink *self = g_object_new (NFVO_TYPE_LINK, NULL);

  self->transport = g_object_ref (transport);
  self->clock = g_object_ref (clock);
  g_signal_connect (transport, "notify::state", G_CALLBACK (state_changed), self);
  g_signal_connect (transport, "delivery::answers", G_CALLBACK (take_answer), self);
  g_signal_connect (transport, "delivery::nfvo-questions", G_CALLBACK (take_question), self);
  g_signal_connect (transport, "delivery::nfvo-results", G_CALLBACK (take_result), self);
  return self;
}
