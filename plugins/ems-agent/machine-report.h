/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What the manager's operator may want to know of this machine: its clock, the room where scripts and records are kept,
 * and whether scripts can be stored (ems-codec.h: EmsAnswer). Returns: (transfer full). */
JsonObject *ems_machine_report (const char *script_root, const char *state_dir, gint64 now);

G_END_DECLS
