/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-dependency.h>
#include <vnfm/vnfm-record.h>

G_BEGIN_DECLS

/**
 * VnfmEnvironment:
 *
 * The environment of one script on one VNFC: names as the descriptor has them, each also under its shell-safe name.
 * A mutable ordered map while it is built, then handed over. Reference counted.
 *
 * Precedence, later wins (protocol/openbaton.md, D.0): provides, configurations, the instance's networks
 * (<netName>, <netName>_floatingIp) and hostname, what the action adds (cause, <type>_<parameter>).
 */
typedef struct _VnfmEnvironment VnfmEnvironment;

#define VNFM_TYPE_ENVIRONMENT (vnfm_environment_get_type ())
GType vnfm_environment_get_type (void);
VnfmEnvironment *vnfm_environment_new (void);
/* provides, configurations, networks and hostname. */
VnfmEnvironment *vnfm_environment_new_for_vnfc (VnfmRecord *record, VnfmVnfc *vnfc);
VnfmEnvironment *vnfm_environment_ref (VnfmEnvironment *self);
void vnfm_environment_unref (VnfmEnvironment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmEnvironment, vnfm_environment_unref)

/* Sets @name as the descriptor has it: under its shell-safe name (every character outside [A-Za-z0-9_] becomes "_"),
 * and beside it under the exact one where the two differ. A NULL @value is ignored. */
void vnfm_environment_set (VnfmEnvironment *self, const char *name, const char *value);
/* <type>_<parameter>, and beside it the exact name "<type>.<parameter>". */
void vnfm_environment_set_foreign (VnfmEnvironment *self, const char *type, const char *parameter, const char *value);
/* Adds what @dependency says of @type and its @instance (nullable). */
void vnfm_environment_add_dependency (VnfmEnvironment *self, VnfmDependency *dependency, const char *type,
                                      const char *instance);

const char *vnfm_environment_get (VnfmEnvironment *self, const char *name);
/* @exact: also the names that are no shell identifiers. Returns: (transfer full): an object of strings. */
JsonObject *vnfm_environment_to_json (VnfmEnvironment *self, gboolean exact);
/* Returns: (transfer full): @name with every character outside [A-Za-z0-9_] replaced by "_". */
char *vnfm_environment_safe_name (const char *name);

G_END_DECLS
