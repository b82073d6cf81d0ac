/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/engine/northbound.h"

#include "core/engine/flows.h"

#include <string.h>

/* ---- requests */

static char *
dup_member_of (JsonObject *object, const char *name)
{
  return g_strdup (vnfm_json_get_string (object, name));
}

/* An INSTANTIATE names its VNF by the descriptor and its service by the extension (C.2). */
static void
read_descriptor (Request *request, VnfmMessage *message)
{
  g_autoptr (GBytes) vnfd = vnfm_message_dup_member (message, "vnfd");
  g_autoptr (GBytes) extension = vnfm_message_dup_member (message, "extension");
  g_autoptr (JsonNode) vnfd_node = vnfd != NULL ? vnfm_json_parse (vnfd, NULL) : NULL;
  g_autoptr (JsonNode) extension_node = extension != NULL ? vnfm_json_parse (extension, NULL) : NULL;

  if (vnfd_node == NULL || !JSON_NODE_HOLDS_OBJECT (vnfd_node)) {
    request->refusal = g_strdup ("INSTANTIATE has neither a vnfd nor a vnfr");
    return;
  }
  request->vnf_name = dup_member_of (json_node_get_object (vnfd_node), "name");
  request->vnf_type = dup_member_of (json_node_get_object (vnfd_node), "type");
  if (extension_node != NULL && JSON_NODE_HOLDS_OBJECT (extension_node))
    request->nsr_id = dup_member_of (json_node_get_object (extension_node), "nsr-id");
}

static void
read_record (Request *request, GBytes *text, VnfmRecord **record)
{
  g_autoptr (GError) error = NULL;

  *record = vnfm_record_new (text, &error);
  if (*record == NULL) {
    request->refusal = g_strdup_printf ("the VNFR of %s cannot be read: %s", request->action_name, error->message);
    return;
  }
  request->vnfr_id = g_strdup (vnfm_record_get_id (*record));
  request->vnf_name = g_strdup (vnfm_record_get_name (*record));
  request->vnf_type = g_strdup (vnfm_record_get_vnf_type (*record));
  request->nsr_id = g_strdup (vnfm_record_get_nsr_id (*record));
}

static void
read_message (Request *request, VnfmMessage *message, VnfmRecord **record)
{
  g_autoptr (GBytes) text = vnfm_message_dup_record_text (message);

  request->action = vnfm_message_get_action (message);
  request->action_name = g_strdup (vnfm_message_get_action_name (message));
  if (text != NULL)
    read_record (request, text, record);
  else if (request->action == VNFM_ACTION_INSTANTIATE)
    read_descriptor (request, message);
  else if (request->action == VNFM_ACTION_LOG_REQUEST)
    request->vnf_name = vnfm_message_dup_string (message, "vnfrName");
  else if (request->action != VNFM_ACTION_NONE && request->action != VNFM_ACTION_ERROR)
    request->refusal = g_strdup_printf ("%s has no VNFR", request->action_name);
}

Request *
northbound_read_request (VnfmEnvelope *delivery, gint64 now, VnfmMessage **message, VnfmRecord **record)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GError) error = NULL;

  *record = NULL;
  request->received = now;
  request->reply_to = g_strdup (delivery->reply_to);
  request->correlation_id = g_strdup (delivery->correlation_id);
  request->message_id = g_strdup (delivery->message_id);
  request->digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, delivery->body);

  *message = vnfm_message_decode (delivery->body, &error);
  if (*message == NULL)
    request->refusal = g_strdup_printf ("the request is not what an NFVO sends: %s", error->message);
  else
    read_message (request, *message, record);
  return request;
}

static gboolean
request_delivered (VnfmTransport *transport, VnfmEnvelope *delivery, VnfmEngine *engine)
{
  g_autoptr (VnfmMessage) message = NULL;
  g_autoptr (VnfmRecord) record = NULL;
  Request *request =
      northbound_read_request (delivery, vnfm_clock_get_wall_time (vnfm_engine_get_clock (engine)), &message, &record);

  vnfm_engine_accept (engine, request, message, record, delivery);
  return TRUE;
}

void
northbound_open (VnfmEngine *engine)
{
  VnfmTransport *transport = vnfm_context_get_nfvo_transport (vnfm_engine_get_context (engine));

  g_signal_connect_object (transport, "delivery::nfvo-requests", G_CALLBACK (request_delivered), engine, 0);
  vnfm_transport_subscribe (transport, VNFM_DESTINATION_NFVO_REQUESTS, NULL);
}

/* ---- answers */

static GBytes *
get_record_text (EngineOperation *operation)
{
  return operation->record != NULL ? vnfm_record_get_text (operation->record) : NULL;
}

/* A Throwable as Gson writes it, with what counts: its text (B.4). */
static GBytes *
compose_exception (const GError *error)
{
  GString *text = g_string_new ("{\"detailMessage\":");

  vnfm_json_append_string (text, error->message);
  g_string_append (text, ",\"stackTrace\":[],\"suppressedExceptions\":[]}");
  return g_string_free_to_bytes (text);
}

static GBytes *
compose_error (EngineOperation *operation)
{
  g_autoptr (GBytes) exception = compose_exception (operation->failure);
  g_autoptr (GBytes) nsr_id = vnfm_message_string (operation->request->nsr_id);

  return vnfm_message_compose (VNFM_ACTION_ERROR, "nsrId", nsr_id, "virtualNetworkFunctionRecord",
                               get_record_text (operation), "exception", exception, NULL);
}

static GBytes *
compose_lines (GStrv lines)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    vnfm_json_append_string (text, lines[i]);
  }
  g_string_append_c (text, ']');
  return g_string_free_to_bytes (text);
}

static GBytes *
compose_logs (EngineOperation *operation)
{
  g_autoptr (GBytes) output = compose_lines (operation->log_lines[0]);
  g_autoptr (GBytes) errors = compose_lines (operation->log_lines[1]);

  return vnfm_message_compose (VNFM_ACTION_LOG_REQUEST, "outputLog", output, "errorLog", errors, NULL);
}

static GBytes *
compose_instance (EngineOperation *operation)
{
  g_autoptr (GBytes) instance =
      operation->message != NULL ? vnfm_message_dup_member (operation->message, "vnfcInstance") : NULL;

  return vnfm_message_compose (operation->request->action, "virtualNetworkFunctionRecord", get_record_text (operation),
                               "vnfcInstance", instance, NULL);
}

GBytes *
northbound_compose_answer (EngineOperation *operation)
{
  if (operation->withdrawn)
    return g_bytes_new_static ("null", strlen ("null"));
  if (operation->failure != NULL)
    return compose_error (operation);
  switch (operation->flow->answer) {
  case ANSWER_RECORD:
    return vnfm_message_compose (operation->request->action, "virtualNetworkFunctionRecord",
                                 get_record_text (operation), NULL);
  case ANSWER_INSTANCE:
    return compose_instance (operation);
  case ANSWER_LOGS:
    return compose_logs (operation);
  case ANSWER_NULL:
  default:
    return g_bytes_new_static ("null", strlen ("null"));
  }
}
