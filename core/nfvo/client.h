/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/host/plugin-host.h"

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * NfvoClient:
 *
 * A client's connection to the broker of a vnfmd: the transport plugin, its profile and all that it stands on. The
 * names of the destinations are those of the profile that vnfmd uses.
 */
typedef struct {
  HostPlugins *plugins;
  VnfmProfile *profile;
  VnfmContext *context;
  VnfmTransport *transport;
} NfvoClient;

/**
 * NfvoClientOptions:
 * @profile: the profile of vnfmd
 * @plugin_dirs: (nullable)
 * @host: of the broker
 * @port: of the broker
 * @login: (nullable): the profile's
 * @passcode_file: (nullable): none
 * @answers: name of the queue where answers to this client come
 */
typedef struct {
  const char *profile;
  const char *const *plugin_dirs;
  const char *host;
  guint port;
  const char *login;
  const char *passcode_file;
  const char *answers;
} NfvoClientOptions;

/* Started, not opened. Errors: VNFM_ERROR_CONFIG, VNFM_ERROR_PLUGIN, and what the plugin says. */
NfvoClient *nfvo_client_new (const NfvoClientOptions *options, VnfmClock *clock,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void nfvo_client_free (NfvoClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoClient, nfvo_client_free)

G_END_DECLS
