/* SPDX-License-Identifier: Apache-2.0 */
/* What a manager answers: saved and acted on, or told as a failure. An answer that cannot be read, is for another
 * action or holds a stale VNFR fails its VNF: the real NFVO would leave such a service hanging. */
#include "config.h"

#include "core/nfvo/deployment-private.h"

/* Saves the VNFR that came with an answer. */
static gboolean
save_record (Member *member, VnfmMessage *message, VnfmAction action, const char *text, GError **error)
{
  g_autoptr (GBytes) record = vnfm_message_dup_record_text (message);
  g_autoptr (JsonNode) node = NULL;

  if (record == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "no VNFR came with it");
    return FALSE;
  }
  node = vnfm_json_parse (record, error);
  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node) ||
      g_strcmp0 (vnfm_json_get_string (json_node_get_object (node), "name"), member->public.vnf->name) != 0) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR is that of another VNF");
    return FALSE;
  }
  return nfvo_records_save (member->deployment->records, json_node_get_object (node), action, text, error) != NULL;
}

static char *
dup_exception_text (VnfmMessage *message)
{
  g_autoptr (GBytes) text = vnfm_message_dup_member (message, "exception");
  g_autoptr (JsonNode) node = text != NULL ? vnfm_json_parse (text, NULL) : NULL;
  const char *detail = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                           ? vnfm_json_get_string (json_node_get_object (node), "detailMessage")
                           : NULL;

  return g_strdup (detail != NULL ? detail : "an error without a text");
}

static void
take_failure (Member *member, VnfmAction action, const char *text)
{
  NfvoDeployment *self = member->deployment;

  if (action != VNFM_ACTION_RELEASE_RESOURCES) {
    member_fail (member, text);
    return;
  }
  if (member->public.failure == NULL)
    member->public.failure = g_strdup (text);
  member_note (member, "%s", text);
  if (self->release_error == NULL)
    self->release_error = g_error_new (VNFM_ERROR, VNFM_ERROR_FAILED, "VNF %s: %s", member->public.vnf->name, text);
  member_end_phases (member, "release", TRUE);
  member_end_machines (member);
}

static void
take_error (Member *member, VnfmAction action, VnfmMessage *message)
{
  g_autofree char *text = dup_exception_text (message);
  g_autoptr (GError) error = NULL;

  if (!save_record (member, message, VNFM_ACTION_ERROR, text, &error))
    member_note (member, "its ERROR cannot be booked: %s", error->message);
  take_failure (member, action, text);
}

static gboolean
is_null (GBytes *body)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (body, &size);
  g_autofree char *text = g_strndup (data, MIN (size, 32)); /* NULL of an empty body */

  return text != NULL && g_str_equal (g_strstrip (text), "null");
}

void
member_take_answer (Member *member, VnfmAction action, GBytes *body)
{
  const char *nick = vnfm_action_get_nick (action);
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmMessage) message = NULL;
  g_autofree char *text = NULL;

  if (member->public.state == NFVO_RELEASED ||
      (member->public.state == NFVO_RELEASING && action != VNFM_ACTION_RELEASE_RESOURCES)) {
    g_info ("VNF %s: the answer to %s came too late", member->public.vnf->name, nick);
    return;
  }
  deployment_tell_answered (member, action);
  if (is_null (body))
    text = g_strdup_printf ("%s was answered null", nick);
  else if ((message = vnfm_message_decode (body, &error)) == NULL)
    text = g_strdup_printf ("the answer to %s cannot be read: %s", nick, error->message);
  else if (vnfm_message_get_action (message) == VNFM_ACTION_ERROR)
    take_error (member, action, message);
  else if (vnfm_message_get_action (message) != action)
    text = g_strdup_printf ("%s was answered with the action %s", nick,
                            vnfm_message_get_action_name (message) != NULL ? vnfm_message_get_action_name (message)
                                                                           : "(none)");
  else if (!save_record (member, message, action, NULL, &error))
    text = g_strdup_printf ("the answer to %s cannot be saved: %s", nick, error->message);
  else
    member_advance (member, action);
  if (text != NULL)
    take_failure (member, action, text);
}

/* A result without a reply address answers the open request of its VNF. */
void
deployment_take_result (VnfmEnvelope *envelope, VnfmMessage *message, VnfmRecord *record, gpointer user_data)
{
  NfvoDeployment *self = user_data;
  Member *member = deployment_find_member (self, vnfm_record_get_name (record));

  if (member == NULL || !nfvo_link_complete (self->link, member->request, envelope->body))
    g_info ("a result for VNF %s answers no open request", vnfm_record_get_name (record));
}
