/* SPDX-License-Identifier: Apache-2.0 */
/* Who may come in and do what, where a transport is the broker itself: its questions go up as signals, what has changed
 * comes down as calls. A transport that is no broker asks nothing and ignores the calls. */
#include "config.h"

#include <vnfm/vnfm-transport-peers.h>

enum { PEER_LOGIN, PEER_ACCESS, N_SIGNALS };
static guint signals[N_SIGNALS];

GType
vnfm_access_get_type (void)
{
  static const GEnumValue values[] = {
    { VNFM_ACCESS_READ, "VNFM_ACCESS_READ", "read" },
    { VNFM_ACCESS_WRITE, "VNFM_ACCESS_WRITE", "write" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("VnfmAccess", values));
  return type;
}

GType
vnfm_verdict_get_type (void)
{
  static const GEnumValue values[] = {
    { VNFM_VERDICT_NONE, "VNFM_VERDICT_NONE", "none" },
    { VNFM_VERDICT_REFUSED, "VNFM_VERDICT_REFUSED", "refused" },
    { VNFM_VERDICT_PENDING, "VNFM_VERDICT_PENDING", "pending" },
    { VNFM_VERDICT_GRANTED, "VNFM_VERDICT_GRANTED", "granted" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("VnfmVerdict", values));
  return type;
}

/* The first one who knows decides. */
static gboolean
accumulate (GSignalInvocationHint *hint, GValue *result, const GValue *returned, gpointer data)
{
  g_value_copy (returned, result);
  return g_value_get_enum (returned) == VNFM_VERDICT_NONE;
}

void
vnfm_transport_peers_install (GType type)
{
  const GType text = G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE;

  signals[PEER_LOGIN] = g_signal_new ("peer-login", type, G_SIGNAL_RUN_LAST, 0, accumulate, NULL, NULL,
                                      VNFM_TYPE_VERDICT, 3, text, text, text);
  signals[PEER_ACCESS] = g_signal_new ("peer-access", type, G_SIGNAL_RUN_LAST, 0, accumulate, NULL, NULL,
                                       VNFM_TYPE_VERDICT, 4, text, VNFM_TYPE_ACCESS, VNFM_TYPE_DESTINATION, text);
}

VnfmVerdict
vnfm_transport_ask_login (VnfmTransport *self, const char *login, const char *passcode, const char *peer)
{
  VnfmVerdict verdict = VNFM_VERDICT_NONE;

  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), VNFM_VERDICT_REFUSED);
  g_return_val_if_fail (login != NULL && passcode != NULL && peer != NULL, VNFM_VERDICT_REFUSED);

  g_signal_emit (self, signals[PEER_LOGIN], 0, login, passcode, peer, &verdict);
  return verdict;
}

VnfmVerdict
vnfm_transport_ask_access (VnfmTransport *self, const char *login, VnfmAccess access, VnfmDestination destination,
                           const char *host)
{
  VnfmVerdict verdict = VNFM_VERDICT_NONE;

  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), VNFM_VERDICT_REFUSED);
  g_return_val_if_fail (login != NULL, VNFM_VERDICT_REFUSED);
  g_return_val_if_fail ((host != NULL) == (destination == VNFM_DESTINATION_EMS_COMMANDS), VNFM_VERDICT_REFUSED);

  g_signal_emit (self, signals[PEER_ACCESS], 0, login, access, destination, host, &verdict);
  return verdict;
}

gboolean
vnfm_transport_is_broker (VnfmTransport *self)
{
  g_return_val_if_fail (VNFM_IS_TRANSPORT (self), FALSE);

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  return klass->is_broker != NULL && klass->is_broker (self);
}

void
vnfm_transport_review (VnfmTransport *self, const char *host)
{
  g_return_if_fail (VNFM_IS_TRANSPORT (self));

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  if (klass->review != NULL)
    klass->review (self, host);
}

void
vnfm_transport_drop (VnfmTransport *self, const char *login, const char *host, const char *reason)
{
  g_return_if_fail (VNFM_IS_TRANSPORT (self));
  g_return_if_fail (reason != NULL);

  VnfmTransportClass *klass = VNFM_TRANSPORT_GET_CLASS (self);
  if (klass->drop != NULL)
    klass->drop (self, login, host, reason);
}
