/* SPDX-License-Identifier: Apache-2.0 */
/* The NFVO's answers. Pure. */
#include "config.h"

#include "plugins/negotiator-nfvo/nfvo-answer.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

#define EXCERPT_BYTES 80

static gboolean
is_null (GBytes *body)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);

  while (length > 0 && g_ascii_isspace (*text)) {
    text++;
    length--;
  }
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  return length == strlen ("null") && memcmp (text, "null", length) == 0;
}

static char *
excerpt (GBytes *body)
{
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < MIN (length, EXCERPT_BYTES); i++)
    g_string_append_c (out, g_ascii_isprint (text[i]) ? text[i] : '?');
  if (length > EXCERPT_BYTES)
    g_string_append (out, "...");
  return g_string_free (out, FALSE);
}

/* Of two spellings for the answer to SCALING the NFVO uses the one that is not the question's. */
static gboolean
answers (VnfmAction asked, VnfmAction answered)
{
  return answered == asked || (asked == VNFM_ACTION_SCALING && answered == VNFM_ACTION_SCALED);
}

static gboolean
read_record (VnfmResources *self, VnfmMessage *message, GError **error)
{
  g_autoptr (GBytes) text = vnfm_message_dup_record_text (message);

  if (text == NULL)
    return TRUE;
  self->record = vnfm_record_new (text, error);
  return self->record != NULL;
}

static VnfmResources *
read_refusal (VnfmMessage *message)
{
  VnfmResources *self = g_new0 (VnfmResources, 1);
  g_autoptr (GError) error = NULL;

  if (!read_record (self, message, &error))
    g_info ("the VNFR in the NFVO's refusal cannot be read: %s", error->message);
  self->refusal = vnfm_message_dup_string (message, "message");
  if (self->refusal == NULL || *self->refusal == '\0') {
    g_free (self->refusal);
    self->refusal = g_strdup ("the NFVO does not say why");
  }
  return self;
}

static gboolean
is_denied (VnfmMessage *message)
{
  g_autoptr (GBytes) allowed = vnfm_message_dup_member (message, "grantAllowed");
  gsize length = 0;
  const char *text = allowed != NULL ? g_bytes_get_data (allowed, &length) : NULL;

  return length == strlen ("false") && memcmp (text, "false", length) == 0;
}

static VnfmResources *
read_resources (VnfmMessage *message, GError **error)
{
  g_autoptr (VnfmResources) self = g_new0 (VnfmResources, 1);

  if (!read_record (self, message, error)) {
    g_prefix_error (error, "its VNFR: ");
    return NULL;
  }
  if (is_denied (message)) {
    self->refusal = g_strdup ("the grant is not allowed");
    return g_steal_pointer (&self);
  }
  if (self->record == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "it has no VNFR");
    return NULL;
  }
  self->placement = vnfm_message_dup_member (message, "vduVim");
  return g_steal_pointer (&self);
}

VnfmResources *
nfvo_answer_read (GBytes *body, VnfmAction asked, GError **error)
{
  if (is_null (body)) {
    VnfmResources *withdrawn = g_new0 (VnfmResources, 1);
    withdrawn->withdrawn = TRUE;
    return withdrawn;
  }

  g_autoptr (VnfmMessage) message = vnfm_message_decode (body, error);
  if (message == NULL) {
    g_autofree char *text = excerpt (body);
    g_prefix_error (error, "the NFVO's answer to %s cannot be read (%s): ", vnfm_action_get_nick (asked), text);
    return NULL;
  }
  VnfmAction answered = vnfm_message_get_action (message);
  if (answered == VNFM_ACTION_ERROR)
    return read_refusal (message);
  if (!answers (asked, answered)) {
    const char *name = vnfm_message_get_action_name (message);
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the NFVO answered %s with %s", vnfm_action_get_nick (asked),
                 name != NULL ? name : "a message without an action");
    return NULL;
  }
  VnfmResources *resources = read_resources (message, error);
  if (resources == NULL)
    g_prefix_error (error, "the NFVO's answer to %s: ", vnfm_action_get_nick (asked));
  return resources;
}

gboolean
nfvo_answer_is_one (GBytes *body)
{
  if (is_null (body))
    return TRUE;

  g_autoptr (VnfmMessage) message = vnfm_message_decode (body, NULL);
  return message != NULL && vnfm_message_get_action_name (message) != NULL;
}
