/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/script-root.h"

G_BEGIN_DECLS

/* Moves all that is in the folder @from, but for the ".git" in it, to where @script_path (nullable) means below @root;
 * files that are there already are replaced. What must not be there is left out and told in @notes, a line each:
 * symbolic links that lead out, devices, sockets. The entries at the top become executable.
 * Errors: VNFM_ERROR_DENIED (a symbolic link stands in the way), VNFM_ERROR_LIMIT (too many files), VNFM_ERROR_STORE.
 */
gboolean ems_script_root_merge (EmsScriptRoot *root, const char *script_path, const char *from, GString *notes,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
