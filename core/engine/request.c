/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/engine/request.h"

void
request_free (Request *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->action_name);
  g_free (self->reply_to);
  g_free (self->correlation_id);
  g_free (self->message_id);
  g_free (self->digest);
  g_free (self->nsr_id);
  g_free (self->vnf_name);
  g_free (self->vnf_type);
  g_free (self->vnfr_id);
  g_free (self->refusal);
  g_free (self);
}

/* The members of the journaled text, and where each lives. */
static const struct {
  const char *name;
  gsize offset;
} strings[] = {
  { "id", G_STRUCT_OFFSET (Request, id) },
  { "action", G_STRUCT_OFFSET (Request, action_name) },
  { "reply-to", G_STRUCT_OFFSET (Request, reply_to) },
  { "correlation-id", G_STRUCT_OFFSET (Request, correlation_id) },
  { "message-id", G_STRUCT_OFFSET (Request, message_id) },
  { "digest", G_STRUCT_OFFSET (Request, digest) },
  { "nsr-id", G_STRUCT_OFFSET (Request, nsr_id) },
  { "vnf-name", G_STRUCT_OFFSET (Request, vnf_name) },
  { "vnf-type", G_STRUCT_OFFSET (Request, vnf_type) },
  { "vnfr-id", G_STRUCT_OFFSET (Request, vnfr_id) },
  { "refusal", G_STRUCT_OFFSET (Request, refusal) },
};

#define STRING_AT(request, i) G_STRUCT_MEMBER (char *, request, strings[i].offset)

GBytes *
request_to_text (Request *self, GBytes *settings)
{
  g_autoptr (GString) out = g_string_sized_new (512);

  g_string_append_printf (out, "{\"received\":%" G_GINT64_FORMAT, self->received);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++) {
    if (STRING_AT (self, i) == NULL)
      continue;
    g_string_append_printf (out, ",\"%s\":", strings[i].name);
    vnfm_json_append_string (out, STRING_AT (self, i));
  }
  if (settings != NULL) {
    g_string_append (out, ",\"settings\":");
    g_string_append_len (out, g_bytes_get_data (settings, NULL), (gssize)g_bytes_get_size (settings));
  }
  g_string_append_c (out, '}');
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

Request *
request_from_text (GBytes *text, GBytes **settings, GError **error)
{
  g_autoptr (JsonNode) root = vnfm_json_parse (text, error);

  if (root == NULL)
    return NULL;
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  if (vnfm_json_get_string (object, "id") == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "the journaled request has no id");
    return NULL;
  }
  g_autoptr (Request) self = g_new0 (Request, 1);
  self->received = vnfm_json_get_int (object, "received", 0);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    STRING_AT (self, i) = g_strdup (vnfm_json_get_string (object, strings[i].name));
  self->action = vnfm_action_from_nick (self->action_name);

  JsonObject *frozen = vnfm_json_get_object (object, "settings");
  *settings = frozen != NULL ? vnfm_json_write_object (frozen) : NULL;
  return g_steal_pointer (&self);
}
