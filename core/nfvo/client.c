/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/client.h"

#include "core/host/configuration.h"

#define TRANSPORT "stomp"
#define ORIGIN    "vnfm-nfvo"

static gboolean
configure (NfvoClient *self, const NfvoClientOptions *options, const VnfmPluginInfo *info, GError **error)
{
  HostOptions host_options = { .profile = (char *)options->profile };
  g_autofree char *port = g_strdup_printf ("%u", options->port);

  vnfm_profile_declare (self->profile, vnfm_transport_keys);
  if (info->keys != NULL)
    vnfm_profile_declare (self->profile, info->keys);
  if (!host_configuration_load (self->profile, &host_options, "local", error))
    return FALSE;
  vnfm_profile_set (self->profile, TRANSPORT, "listen", "", ORIGIN);
  vnfm_profile_set (self->profile, TRANSPORT, "host", options->host, ORIGIN);
  vnfm_profile_set (self->profile, TRANSPORT, "port", port, ORIGIN);
  if (options->login != NULL)
    vnfm_profile_set (self->profile, TRANSPORT, "login", options->login, ORIGIN);
  if (options->passcode_file != NULL)
    vnfm_profile_set (self->profile, TRANSPORT, "passcode-file", options->passcode_file, ORIGIN);
  vnfm_profile_set (self->profile, "destinations", "answers", options->answers, ORIGIN);
  return TRUE;
}

NfvoClient *
nfvo_client_new (const NfvoClientOptions *options, VnfmClock *clock, GError **error)
{
  g_autoptr (NfvoClient) self = g_new0 (NfvoClient, 1);
  const VnfmPluginInfo *info;
  VnfmExtension *extension;

  self->plugins = host_plugins_new (options->plugin_dirs);
  self->profile = vnfm_profile_new ();
  info = host_plugins_load (self->plugins, VNFM_PLUGIN_TRANSPORT, TRANSPORT, error);
  if (info == NULL || !configure (self, options, info, error))
    return NULL;
  self->context = vnfm_context_new (self->profile, clock);
  extension = host_plugins_create (self->plugins, VNFM_PLUGIN_TRANSPORT, TRANSPORT, self->context, error);
  if (extension == NULL)
    return NULL;
  self->transport = VNFM_TRANSPORT (extension);
  if (!host_plugins_start (self->plugins, extension, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
nfvo_client_free (NfvoClient *self)
{
  if (self->transport != NULL)
    vnfm_extension_stop (VNFM_EXTENSION (self->transport));
  g_clear_object (&self->transport);
  g_clear_object (&self->context);
  g_clear_object (&self->profile);
  g_clear_object (&self->plugins);
  g_free (self);
}
