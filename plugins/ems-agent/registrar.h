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

/* @token, @boot: (nullable). */
EmsRegistrar *ems_registrar_new (VnfmTransport *transport, const char *hostname, const char *token, const char *boot);
void ems_registrar_free (EmsRegistrar *self);
/* Says it now, and again until somebody has taken it; called after each connect. */
void ems_registrar_register (EmsRegistrar *self);

G_END_DECLS
