/* SPDX-License-Identifier: Apache-2.0 */
/* Composes the questions and sorts the answers; the way of one question is nfvo-question.c's.
 *
 * What is only passed on (the VNFR, the VIM of each VDU, the keys) is spliced as text, never parsed. */
#include "config.h"

#include "plugins/negotiator-nfvo/nfvo-negotiator.h"

#include "plugins/negotiator-nfvo/nfvo-answer.h"
#include "plugins/negotiator-nfvo/nfvo-question.h"
#include "plugins/negotiator-nfvo/user-data.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

#define GROUP     "nfvo"
#define EARLY_MAX 1000 /* answers that wait for the operations that asked */

const VnfmKey nfvo_negotiator_keys[] = {
  { GROUP, "attach-window", VNFM_KEY_DURATION, "5m",
    "after a start, how long answers wait for the operations that asked" },
  { 0 },
};

struct _NfvoNegotiator {
  VnfmNegotiator parent_instance;

  NfvoDesk desk;
  VnfmTimer *window_timer; /* answers to nothing are kept as long as it runs */
  gulong handlers[2];
};

G_DEFINE_FINAL_TYPE (NfvoNegotiator, nfvo_negotiator, VNFM_TYPE_NEGOTIATOR)

/* User data: the back-end brings the template and its values. */

static void
add_extension (GHashTable *variables, VnfmMessage *request)
{
  static const struct {
    const char *member;
    const char *name;
  } known[] = { { "monitoringIp", "MONITORING_IP" },
                { "timezone", "TIMEZONE" },
                { "brokerIp", "BROKER_IP" },
                { "brokerPort", "BROKER_PORT" } };
  g_autoptr (GBytes) text = vnfm_message_dup_member (request, "extension");
  g_autoptr (JsonNode) node = text != NULL ? vnfm_json_parse (text, NULL) : NULL;
  JsonObject *extension = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    const char *value = vnfm_json_get_string (extension, known[i].member);
    if (value != NULL)
      g_hash_table_replace (variables, g_strdup (known[i].name), g_strdup (value));
  }
}

/* The package's own user data, if it has some. */
static gboolean
find_own (VnfmMessage *request, GBytes **own, GError **error)
{
  g_autoptr (GPtrArray) scripts = vnfm_message_dup_scripts (request, NULL, error);

  *own = NULL;
  if (scripts == NULL) {
    g_prefix_error (error, "the VNF package: ");
    return FALSE;
  }
  for (guint i = 0; i < scripts->len && *own == NULL; i++) {
    const VnfmScript *script = g_ptr_array_index (scripts, i);
    if (g_str_equal (script->name, "userdata.sh") || g_str_equal (script->name, "user-data.sh"))
      *own = g_bytes_ref (script->content);
  }
  return TRUE;
}

/* Returns: (transfer full): the user data as a JSON string. */
static GBytes *
compose_user_data (VnfmOperation *operation, GError **error)
{
  VnfmMessage *request = vnfm_operation_get_request (operation);
  VnfmEms *ems = vnfm_operation_get_ems (operation);
  const char *template_text = vnfm_ems_get_user_data (ems);
  g_autoptr (GHashTable) variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GBytes) own = NULL;

  add_extension (variables, request);
  vnfm_ems_add_variables (ems, vnfm_operation_get_record (operation), variables);
  if (!find_own (request, &own, error))
    return NULL;
  g_autofree char *text = user_data_compose (template_text != NULL ? template_text : "", variables, own);
  return vnfm_message_string (text);
}

/* Questions. */

static GTask *
new_task (NfvoNegotiator *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE); /* an answer that is there counts */
  return task;
}

static gboolean
check_running (NfvoNegotiator *self, VnfmOperation *operation, GTask *task)
{
  if (self->desk.transport != NULL && vnfm_operation_get_record (operation) != NULL)
    return TRUE;
  g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_INVALID, "%s",
                           self->desk.transport == NULL ? "the negotiator nfvo does not run" : "there is no VNFR yet");
  return FALSE;
}

static void
nfvo_negotiator_grant_async (VnfmNegotiator *negotiator, VnfmOperation *operation, const char *step_id, gboolean attach,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoNegotiator *self = NFVO_NEGOTIATOR (negotiator);
  g_autoptr (GTask) task = new_task (self, nfvo_negotiator_grant_async, cancellable, callback, user_data);
  g_autoptr (GBytes) body = NULL;

  if (!check_running (self, operation, task))
    return;
  if (!attach)
    body = vnfm_message_compose (VNFM_ACTION_GRANT_OPERATION, "virtualNetworkFunctionRecord",
                                 vnfm_record_get_text (vnfm_operation_get_record (operation)), NULL);
  nfvo_question_start (&self->desk, task, VNFM_ACTION_GRANT_OPERATION, step_id, body);
}

static GBytes *
compose_allocation (VnfmOperation *operation, GBytes *placement, GError **error)
{
  g_autoptr (GBytes) user_data = compose_user_data (operation, error);

  if (user_data == NULL)
    return NULL;
  g_autoptr (GBytes) keys = vnfm_message_dup_member (vnfm_operation_get_request (operation), "keys");
  if (keys == NULL)
    keys = g_bytes_new_static ("[]", 2); /* absent, the NFVO never answers */
  return vnfm_message_compose (VNFM_ACTION_ALLOCATE_RESOURCES, "virtualNetworkFunctionRecord",
                               vnfm_record_get_text (vnfm_operation_get_record (operation)), "vimInstances", placement,
                               "userdata", user_data, "keyPairs", keys, NULL);
}

static void
nfvo_negotiator_allocate_async (VnfmNegotiator *negotiator, VnfmOperation *operation, GBytes *placement,
                                const char *step_id, gboolean attach, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoNegotiator *self = NFVO_NEGOTIATOR (negotiator);
  g_autoptr (GTask) task = new_task (self, nfvo_negotiator_allocate_async, cancellable, callback, user_data);
  g_autoptr (GBytes) body = NULL;
  GError *error = NULL;

  if (!check_running (self, operation, task))
    return;
  if (!attach && (body = compose_allocation (operation, placement, &error)) == NULL) {
    g_task_return_error (task, error);
    return;
  }
  nfvo_question_start (&self->desk, task, VNFM_ACTION_ALLOCATE_RESOURCES, step_id, body);
}

static GBytes *
compose_scaling (VnfmOperation *operation, GError **error)
{
  g_autoptr (GBytes) user_data = compose_user_data (operation, error);

  if (user_data == NULL)
    return NULL;
  g_autoptr (GBytes) vim = vnfm_message_dup_member (vnfm_operation_get_request (operation), "vimInstance");
  return vnfm_message_compose (VNFM_ACTION_SCALING, "virtualNetworkFunctionRecord",
                               vnfm_record_get_text (vnfm_operation_get_record (operation)), "userData", user_data,
                               "vimInstance", vim, NULL);
}

static void
nfvo_negotiator_scale_async (VnfmNegotiator *negotiator, VnfmOperation *operation, const char *step_id, gboolean attach,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  NfvoNegotiator *self = NFVO_NEGOTIATOR (negotiator);
  g_autoptr (GTask) task = new_task (self, nfvo_negotiator_scale_async, cancellable, callback, user_data);
  g_autoptr (GBytes) body = NULL;
  GError *error = NULL;

  if (!check_running (self, operation, task))
    return;
  if (!attach && (body = compose_scaling (operation, &error)) == NULL) {
    g_task_return_error (task, error);
    return;
  }
  nfvo_question_start (&self->desk, task, VNFM_ACTION_SCALING, step_id, body);
}

static VnfmResources *
finish (VnfmNegotiator *negotiator, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, negotiator), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Answers. */

static void
window_closes (gpointer data)
{
  NfvoNegotiator *self = data;
  GHashTableIter iter;
  gpointer id, envelope;

  self->window_timer = NULL;
  g_hash_table_iter_init (&iter, self->desk.early);
  while (g_hash_table_iter_next (&iter, &id, &envelope)) {
    g_info ("the NFVO's answer %s: nobody asked", (const char *)id);
    vnfm_envelope_ack (envelope);
  }
  g_hash_table_remove_all (self->desk.early);
}

static gboolean
answer_delivered (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer data)
{
  NfvoNegotiator *self = data;
  const char *id = envelope->correlation_id;
  NfvoQuestion *question = id != NULL ? g_hash_table_lookup (self->desk.open, id) : NULL;

  if (envelope->sender != NULL)
    return FALSE; /* an agent's login: the NFVO has full rights */
  if (question != NULL) {
    nfvo_question_answer (question, envelope);
    return TRUE;
  }
  if (id == NULL || !nfvo_answer_is_one (envelope->body))
    return FALSE; /* not the NFVO's */

  if (self->window_timer != NULL && g_hash_table_size (self->desk.early) < EARLY_MAX) {
    vnfm_envelope_ack (g_hash_table_lookup (self->desk.early, id)); /* the same answer, sent twice */
    g_hash_table_replace (self->desk.early, g_strdup (id), vnfm_envelope_ref (envelope));
    return TRUE;
  }
  g_info ("the NFVO's answer %s: nobody asked, or nobody waits any more", id);
  vnfm_envelope_ack (envelope);
  return TRUE;
}

static GPtrArray *
dup_open (NfvoNegotiator *self)
{
  GPtrArray *questions = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_question_unref);
  GHashTableIter iter;
  gpointer question;

  g_hash_table_iter_init (&iter, self->desk.open);
  while (g_hash_table_iter_next (&iter, NULL, &question))
    g_ptr_array_add (questions, nfvo_question_ref (question));
  return questions;
}

static void
state_changed (VnfmTransport *transport, GParamSpec *pspec, gpointer data)
{
  g_autoptr (GPtrArray) questions = dup_open (data);

  for (guint i = 0; i < questions->len; i++)
    nfvo_question_wake (g_ptr_array_index (questions, i));
}

/* Start and stop. */

static gboolean
nfvo_negotiator_start (VnfmExtension *extension, GError **error)
{
  NfvoNegotiator *self = NFVO_NEGOTIATOR (extension);
  VnfmProfile *profile = vnfm_extension_get_profile (extension);
  VnfmTransport *transport = vnfm_context_get_nfvo_transport (vnfm_extension_get_context (extension));

  if (transport == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "the negotiator nfvo needs a transport to the NFVO");
    return FALSE;
  }
  g_set_object (&self->desk.transport, transport);
  g_set_object (&self->desk.clock, vnfm_extension_get_clock (extension));
  self->window_timer = vnfm_clock_add_timer (
      self->desk.clock, vnfm_profile_get_duration (profile, GROUP, "attach-window"), window_closes, self);
  self->handlers[0] = g_signal_connect (transport, "delivery::answers", G_CALLBACK (answer_delivered), self);
  self->handlers[1] = g_signal_connect (transport, "notify::state", G_CALLBACK (state_changed), self);
  vnfm_transport_subscribe (transport, VNFM_DESTINATION_ANSWERS, NULL);
  return TRUE;
}

/* Answers that nobody has acknowledged are delivered again to the next start. */
static void
nfvo_negotiator_stop (VnfmExtension *extension)
{
  NfvoNegotiator *self = NFVO_NEGOTIATOR (extension);

  if (self->desk.transport == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    g_clear_signal_handler (&self->handlers[i], self->desk.transport);
  vnfm_transport_unsubscribe (self->desk.transport, VNFM_DESTINATION_ANSWERS, NULL);
  g_autoptr (GPtrArray) questions = dup_open (self);
  for (guint i = 0; i < questions->len; i++)
    nfvo_question_abandon (g_ptr_array_index (questions, i), "the negotiator stops");
  vnfm_clock_clear_timer (self->desk.clock, &self->window_timer);
  g_hash_table_remove_all (self->desk.early);
  g_clear_object (&self->desk.transport);
}

static void
nfvo_negotiator_finalize (GObject *object)
{
  NfvoNegotiator *self = NFVO_NEGOTIATOR (object);

  nfvo_negotiator_stop (VNFM_EXTENSION (self));
  g_hash_table_unref (self->desk.open);
  g_hash_table_unref (self->desk.early);
  g_clear_object (&self->desk.clock);
  G_OBJECT_CLASS (nfvo_negotiator_parent_class)->finalize (object);
}

static void
nfvo_negotiator_class_init (NfvoNegotiatorClass *klass)
{
  VnfmExtensionClass *extension_class = VNFM_EXTENSION_CLASS (klass);
  VnfmNegotiatorClass *negotiator_class = VNFM_NEGOTIATOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nfvo_negotiator_finalize;
  extension_class->start = nfvo_negotiator_start;
  extension_class->stop = nfvo_negotiator_stop;
  negotiator_class->grant_async = nfvo_negotiator_grant_async;
  negotiator_class->grant_finish = finish;
  negotiator_class->allocate_async = nfvo_negotiator_allocate_async;
  negotiator_class->allocate_finish = finish;
  negotiator_class->scale_async = nfvo_negotiator_scale_async;
  negotiator_class->scale_finish = finish;
}

static void
nfvo_negotiator_init (NfvoNegotiator *self)
{
  self->desk.open = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)nfvo_question_unref);
  self->desk.early = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)vnfm_envelope_unref);
}
