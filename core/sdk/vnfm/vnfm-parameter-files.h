/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A dependency as the files that scripts read: its own text as JSON, and these two. Pure. protocol/openbaton.md, E.3.
 */

#define VNFM_PARAMETER_FILE_JSON "ob_parameters.json"
#define VNFM_PARAMETER_FILE_YAML "ob_parameters.yaml"
#define VNFM_PARAMETER_FILE_SH   "ob_parameters.sh"

/* The same values in YAML's block style, names sorted. */
char *vnfm_parameter_files_to_yaml (JsonObject *dependency);
/* Lines for a shell's "source": "export OB_<type>_VNF_<name>=<value>", "export OB_<type>_VNFC_<name>=<v1>:<v2>". */
char *vnfm_parameter_files_to_shell (JsonObject *dependency);

G_END_DECLS
