/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-envelope.h>
#include <vnfm/vnfm-json.h>

G_BEGIN_DECLS

/**
 * VnfmScriptResult:
 * @status: exit status; negative: the number of the signal that ended it; 0 is success
 * @known: FALSE where nobody can say what came of it (an agent that keeps no record)
 * @output: what it wrote to stdout, possibly capped; never NULL
 * @err: what it wrote to stderr, or why it could not run; never NULL
 * @truncated: bytes of output left out
 * @started: (nullable): RFC 3339
 * @ended: (nullable): RFC 3339
 * @provides: (nullable) (element-type utf8 utf8): what it wrote to the file named in $VNFM_PROVIDES
 * @delivery: (nullable): the delivery that brought it; vnfm_operation_step_end_async() acknowledges it
 *
 * What came of a script on one VNFC. A plain struct; free with vnfm_script_result_free().
 */
typedef struct {
  int status;
  gboolean known;
  char *output;
  char *err;
  gint64 truncated;
  char *started;
  char *ended;
  GHashTable *provides;
  VnfmEnvelope *delivery;
} VnfmScriptResult;

#define VNFM_TYPE_SCRIPT_RESULT (vnfm_script_result_get_type ())
GType vnfm_script_result_get_type (void);
VnfmScriptResult *vnfm_script_result_new (int status, const char *output, const char *err);
VnfmScriptResult *vnfm_script_result_copy (const VnfmScriptResult *self);
void vnfm_script_result_free (VnfmScriptResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmScriptResult, vnfm_script_result_free)

/* As it stands in the journal, and as members of an agent's answer (protocol/ems-extensions.md); without @delivery.
 * Reading is lenient: a status that is a numeric string counts, an absent one is 1. */
JsonNode *vnfm_script_result_to_json (const VnfmScriptResult *self);
VnfmScriptResult *vnfm_script_result_from_json (JsonObject *object);

G_END_DECLS
