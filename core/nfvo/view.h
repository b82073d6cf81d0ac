/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/deployment.h"

#include <stdio.h>

G_BEGIN_DECLS

/**
 * NfvoViewKind:
 * @NFVO_VIEW_LINES: a line for each event
 * @NFVO_VIEW_TABLE: the same, above a table of the VNFs that is drawn anew
 * @NFVO_VIEW_JSON: a JSON object for each event
 */
typedef enum {
  NFVO_VIEW_LINES,
  NFVO_VIEW_TABLE,
  NFVO_VIEW_JSON,
} NfvoViewKind;

/**
 * NfvoView:
 *
 * Tells a user what a deployment does.
 */
typedef struct _NfvoView NfvoView;

/* @show_output: all that scripts print, instead of the last lines of START. */
NfvoView *nfvo_view_new (NfvoViewKind kind, gboolean show_output, FILE *out, VnfmClock *clock);
void nfvo_view_free (NfvoView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoView, nfvo_view_free)

/* Follows @deployment, which stays alive as long as the view. */
/* @record: (nullable): path of vnfmd's record of scripts. */
void nfvo_view_follow (NfvoView *self, NfvoDeployment *deployment, const char *record);
/* Worth a line. @vnf: (nullable). */
void nfvo_view_tell (NfvoView *self, const char *vnf, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The same, for what is wrong. */
void nfvo_view_complain (NfvoView *self, const char *vnf, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* No table from here on. */
void nfvo_view_settle (NfvoView *self);
/* What took how long. */
void nfvo_view_show_timeline (NfvoView *self);
/* How it went; @failure: (nullable). */
void nfvo_view_show_result (NfvoView *self, const char *service, const char *failure);

G_END_DECLS
