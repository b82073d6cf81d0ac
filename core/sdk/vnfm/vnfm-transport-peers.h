/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-transport.h>

/* Adds the signals "peer-login" and "peer-access" to the class. Private. */
G_GNUC_INTERNAL void vnfm_transport_peers_install (GType type);
