/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* What scripts wrote, by VNF and host, for the operator and for LOG_REQUEST: FOLDER/VNF/HOST.log and HOST-error.log
 * (protocol/openbaton.md, D.0 "Log files"). */
typedef struct _ScriptLog ScriptLog;

/* @record: (nullable): a file to which each outcome is added, a line of JSON for programs. */
ScriptLog *script_log_new (const char *folder, const char *record);
void script_log_free (ScriptLog *self);

/* @event: the lifecycle event whose script it was. A file that has grown too large is begun anew, the old one kept as
 * FILE.1. */
void script_log_add (ScriptLog *self, const char *vnf_name, const char *hostname, const char *event, const char *script,
                     const VnfmScriptResult *result);

/* Reads both files' lines, the last ones if there are very many; a missing file has none. */
void script_log_read_async (ScriptLog *self, const char *vnf_name, const char *hostname, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean script_log_read_finish (GAsyncResult *result, GStrv *output, GStrv *errors, GError **error);

G_END_DECLS
