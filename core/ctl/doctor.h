/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Judges the links of the chain between the NFVO and the scripts, from the facts that vnfmd collects ("doctor" of
 * core/daemon/local-api.h). Pure. */

typedef enum {
  DOCTOR_OK,
  DOCTOR_HINT, /* may be so on purpose */
  DOCTOR_FAILED,
} DoctorState;

const char *doctor_state_get_nick (DoctorState state);

/**
 * DoctorFinding:
 * @link: which link of the chain: "store", "agent web-0"
 * @text: how it is
 * @advice: (nullable): what to do about it
 */
typedef struct {
  DoctorState state;
  char *link;
  char *text;
  char *advice;
} DoctorFinding;

void doctor_finding_free (DoctorFinding *self);

/* Returns: (element-type DoctorFinding) (transfer full): in the order of the chain. */
GPtrArray *doctor_judge (JsonObject *facts);
/* There are no facts: why not. @error: of VNFM_ERROR. @vnf: (nullable): which was asked for. Returns: as above. */
GPtrArray *doctor_judge_silence (const GError *error, const char *vnf);
guint doctor_count_failed (GPtrArray *findings);
/* { findings: [ { link, state, text, advice } ], failed: N, facts }. @facts: (nullable). Returns: (transfer full). */
JsonObject *doctor_to_json (GPtrArray *findings, JsonObject *facts);

G_END_DECLS
