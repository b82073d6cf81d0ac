/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/registrar.h"

#include "plugins/ems-agent/ems-codec.h"

/* The registration, sent after each connect. Where nobody takes it (a broker without its manager), it is said again
 * after 1, 2, 4, ... 60 seconds, each a little blurred so that many agents do not speak at once. */

#define FIRST_DELAY (1 * G_USEC_PER_SEC)
#define LAST_DELAY  (60 * G_USEC_PER_SEC)

struct _EmsRegistrar {
  VnfmTransport *transport;
  VnfmClock *clock;
  char *hostname;
  GBytes *body;
  GCancellable *cancellable; /* of the attempt under way */
  VnfmTimer *again;
  gint64 delay;
  EmsRegistrarFunc func;
  gpointer user_data;
};

static void say (EmsRegistrar *self);

static void
say_again (gpointer user_data)
{
  EmsRegistrar *self = user_data;

  self->again = NULL;
  /* Connecting anew says it by itself. */
  if (vnfm_transport_get_state (self->transport) == VNFM_TRANSPORT_CONNECTED)
    say (self);
}

typedef struct {
  EmsRegistrar *self;        /* gone once @cancellable is cancelled */
  GCancellable *cancellable; /* owned */
} Attempt;

static void
said (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Attempt *attempt = user_data;
  g_autoptr (GCancellable) cancellable = attempt->cancellable;
  g_autoptr (GError) error = NULL;
  gboolean good = vnfm_transport_publish_finish (VNFM_TRANSPORT (source), result, &error);

  if (g_cancellable_is_cancelled (cancellable))
    return;
  EmsRegistrar *self = attempt->self;
  self->func (error, self->user_data);
  if (good) {
    g_message ("agent %s: registered", self->hostname);
    self->delay = FIRST_DELAY;
    return;
  }
  gint64 delay = (gint64)((double)self->delay * (0.75 + 0.5 * vnfm_clock_random_double (self->clock)));
  g_message ("agent %s: registration not taken: %s", self->hostname, error->message);
  self->delay = MIN (2 * self->delay, LAST_DELAY);
  self->again = vnfm_clock_add_timer (self->clock, delay, say_again, self);
}

static void
say (EmsRegistrar *self)
{
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (self->body);
  Attempt *attempt = g_new0 (Attempt, 1);

  envelope->message_id = vnfm_clock_new_uuid (self->clock);
  envelope->content_type = g_strdup ("text/plain");
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  attempt->self = self;
  attempt->cancellable = g_object_ref (self->cancellable);
  vnfm_transport_publish_async (self->transport, VNFM_DESTINATION_EMS_REGISTRATION, envelope, self->cancellable, said,
                                attempt);
}

void
ems_registrar_register (EmsRegistrar *self)
{
  vnfm_clock_clear_timer (self->clock, &self->again);
  self->delay = FIRST_DELAY;
  say (self);
}

EmsRegistrar *
ems_registrar_new (VnfmTransport *transport, const char *hostname, const char *token, const char *boot,
                   EmsRegistrarFunc func, gpointer user_data)
{
  EmsRegistrar *self = g_new0 (EmsRegistrar, 1);
  g_autoptr (EmsRegistration) registration = ems_registration_new (hostname);

  self->transport = g_object_ref (transport);
  self->clock = g_object_ref (vnfm_extension_get_clock (VNFM_EXTENSION (transport)));
  self->hostname = g_strdup (hostname);
  self->delay = FIRST_DELAY;
  self->func = func;
  self->user_data = user_data;
  registration->token = g_strdup (token);
  registration->agent = g_strdup ("vnfm-ems/" PACKAGE_VERSION);
  registration->capabilities = EMS_CAPABILITIES_ALL;
  registration->boot = g_strdup (boot);
  registration->run = vnfm_clock_new_uuid (self->clock);
  self->body = ems_registration_encode (registration);
  return self;
}

void
ems_registrar_free (EmsRegistrar *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  vnfm_clock_clear_timer (self->clock, &self->again);
  g_bytes_unref (self->body);
  g_free (self->hostname);
  g_object_unref (self->clock);
  g_object_unref (self->transport);
  g_free (self);
}
