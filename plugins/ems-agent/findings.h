/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-profile.h>

G_BEGIN_DECLS

/**
 * EmsFindingState:
 * @EMS_FINDING_OK: as it should be
 * @EMS_FINDING_NOTE: worth knowing; wrong only where something else is
 * @EMS_FINDING_FAILED: wrong, for sure
 * @EMS_FINDING_SKIPPED: could not be looked at
 */
typedef enum {
  EMS_FINDING_OK,
  EMS_FINDING_NOTE,
  EMS_FINDING_FAILED,
  EMS_FINDING_SKIPPED,
} EmsFindingState;

/**
 * EmsFinding:
 * @subject: what was looked at, one word; static
 * @text: what was found
 * @advice: (nullable): what to do
 */
typedef struct {
  EmsFindingState state;
  const char *subject;
  char *text;
  char *advice;
} EmsFinding;

/* (element-type EmsFinding) (transfer full) */
GPtrArray *ems_findings_new (void);
/* Takes @text and @advice (nullable). */
void ems_findings_add (GPtrArray *self, EmsFindingState state, const char *subject, char *text, char *advice);
gboolean ems_findings_are_good (GPtrArray *self);
/* A line for each, and one for its advice. */
char *ems_findings_to_text (GPtrArray *self);
/* {"good": ..., "checks": [{"subject", "state", "text", "advice"}]} */
char *ems_findings_to_json (GPtrArray *self);

/* What the machine itself must offer; @wall_time: now. */
void ems_findings_look_at_machine (GPtrArray *self, VnfmProfile *profile, gint64 wall_time);

G_END_DECLS
