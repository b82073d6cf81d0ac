/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/dependencies.h"
#include "core/nfvo/deployment.h"

G_BEGIN_DECLS

/* Shared by the two halves: deployment.c (requests and their order) and deployment-questions.c (grant and allocate). */

/**
 * Member:
 * @request: (nullable): id of the last request, while it is open
 * @running: (element-type NfvoMachine): machines that were not released yet
 * @ending: how many machines are being released
 * @patience: of the release
 */
typedef struct {
  NfvoMember public;
  NfvoDeployment *deployment;
  char *request;
  GPtrArray *running;
  guint ending;
  VnfmTimer *patience;
} Member;

struct _NfvoDeployment {
  GObject parent_instance;

  NfvoService *service;
  NfvoLink *link;
  NfvoMachines *machines;
  VnfmClock *clock;
  NfvoDeploymentOptions options;
  NfvoRecords *records;
  NfvoDependencies *dependencies;
  GPtrArray *members; /* Member */
  GHashTable *hostnames;
  gint64 began;
  GTask *deploying;
  GTask *releasing;
  GError *release_error;
};

Member *deployment_find_member (NfvoDeployment *self, const char *vnf);
/* @activity: (nullable) */
void member_set_activity (Member *member, const char *activity);
void member_begin_phase (Member *member, const char *name);
void member_end_phase (Member *member, const char *name, gboolean failed);
void member_note (Member *member, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean member_is_leaving (Member *member);
/* Ends one machine, or all. */
void member_end_machine (Member *member, NfvoMachine *machine);

/* A question came from the manager. */
void deployment_take_question (VnfmEnvelope *question, VnfmMessage *message, VnfmRecord *record, gpointer deployment);

G_END_DECLS
