/* SPDX-License-Identifier: Apache-2.0 */
/* A message in transit, and the names of the places it travels between. */
#include "config.h"

#include <vnfm/vnfm-envelope.h>
#include <vnfm/vnfm-transport.h>

static const GEnumValue destination_values[] = {
  { VNFM_DESTINATION_NFVO_REQUESTS, "VNFM_DESTINATION_NFVO_REQUESTS", "nfvo-requests" },
  { VNFM_DESTINATION_NFVO_RESULTS, "VNFM_DESTINATION_NFVO_RESULTS", "nfvo-results" },
  { VNFM_DESTINATION_NFVO_QUESTIONS, "VNFM_DESTINATION_NFVO_QUESTIONS", "nfvo-questions" },
  { VNFM_DESTINATION_REGISTRATION, "VNFM_DESTINATION_REGISTRATION", "registration" },
  { VNFM_DESTINATION_ANSWERS, "VNFM_DESTINATION_ANSWERS", "answers" },
  { VNFM_DESTINATION_EMS_REGISTRATION, "VNFM_DESTINATION_EMS_REGISTRATION", "ems-registration" },
  { VNFM_DESTINATION_EMS_COMMANDS, "VNFM_DESTINATION_EMS_COMMANDS", "ems-commands" },
  { 0, NULL, NULL },
};

GType
vnfm_destination_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("VnfmDestination", destination_values));
  return type;
}

const char *
vnfm_destination_get_nick (VnfmDestination destination)
{
  g_return_val_if_fail ((guint)destination < VNFM_N_DESTINATIONS, NULL);
  return destination_values[destination].value_nick;
}

G_DEFINE_BOXED_TYPE (VnfmEnvelope, vnfm_envelope, vnfm_envelope_ref, vnfm_envelope_unref)

VnfmEnvelope *
vnfm_envelope_new (GBytes *body)
{
  g_return_val_if_fail (body != NULL, NULL);

  VnfmEnvelope *self = g_atomic_rc_box_new0 (VnfmEnvelope);
  self->body = g_bytes_ref (body);
  g_weak_ref_init (&self->transport, NULL);
  return self;
}

VnfmEnvelope *
vnfm_envelope_ref (VnfmEnvelope *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  VnfmEnvelope *self = data;

  g_bytes_unref (self->body);
  g_free (self->host);
  g_free (self->message_id);
  g_free (self->correlation_id);
  g_free (self->reply_to);
  g_free (self->content_type);
  g_free (self->sender);
  g_weak_ref_clear (&self->transport);
}

void
vnfm_envelope_unref (VnfmEnvelope *self)
{
  g_return_if_fail (self != NULL);
  g_atomic_rc_box_release_full (self, clear);
}

void
vnfm_envelope_ack (VnfmEnvelope *self)
{
  if (self == NULL || self->settled)
    return;
  self->settled = TRUE;
  g_autoptr (VnfmTransport) transport = g_weak_ref_get (&self->transport);
  if (transport != NULL && VNFM_TRANSPORT_GET_CLASS (transport)->ack != NULL)
    VNFM_TRANSPORT_GET_CLASS (transport)->ack (transport, self->token);
}
