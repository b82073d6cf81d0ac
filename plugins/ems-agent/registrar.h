/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/**
 * EmsRegistrar:
 *
 * Tells the manager that this machine is there.
 */
typedef struct _EmsRegistrar EmsRegistrar;

/* @error: (nullable): why nobody took it. */
typedef void (*EmsRegistrarFunc) (const GError *error, gpointer user_data);

/* @token, @boot: (nullable). @func is told of each attempt. */
EmsRegistrar *ems_registrar_new (VnfmTransport *transport, const char *hostname, const char *token, const char *boot,
                                 EmsRegistrarFunc func, gpointer user_data);
void ems_registrar_free (EmsRegistrar *self);
/* Says it now, and again until somebody has taken it; called after each connect. */
void ems_registrar_register (EmsRegistrar *self);

G_END_DECLS
