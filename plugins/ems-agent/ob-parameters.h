/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a SAVE_VNFR_DEPENDENCY turns into, beside its own text: two files that scripts read. Pure. */

#define EMS_PARAMETERS_JSON "ob_parameters.json"
#define EMS_PARAMETERS_YAML "ob_parameters.yaml"
#define EMS_PARAMETERS_SH   "ob_parameters.sh"

/* The same values in YAML's block style, names sorted. */
char *ems_parameters_to_yaml (JsonObject *dependency);
/* Lines for a shell's "source": "export OB_<type>_VNF_<name>=<value>", "export OB_<type>_VNFC_<name>=<v1>:<v2>". */
char *ems_parameters_to_shell (JsonObject *dependency);

G_END_DECLS
