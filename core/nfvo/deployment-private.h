/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/dependencies.h"
#include "core/nfvo/deployment.h"

G_BEGIN_DECLS

/* Shared by the parts of a deployment: -member (one VNF's states), deployment.c (requests and their order), -questions
 * (grant and allocate), -answers, -release. */

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

Member *member_new (NfvoDeployment *deployment, NfvoVnf *vnf);
void member_free (Member *member);
Member *deployment_find_member (NfvoDeployment *self, const char *vnf);
/* The one writer of a member's state. */
void member_set_state (Member *member, NfvoState state);
/* @activity: (nullable) */
void member_set_activity (Member *member, const char *activity);
gboolean member_is_leaving (Member *member);
void member_note (Member *member, const char *format, ...) G_GNUC_PRINTF (2, 3);
void member_begin_phase (Member *member, const char *name);
/* @name: (nullable): NULL: all that are open. */
void member_end_phases (Member *member, const char *name, gboolean failed);

/* deployment.c */
void deployment_tell_changed (Member *member);
void deployment_tell_note (Member *member, const char *text);
void deployment_tell_answered (Member *member, VnfmAction action);
void member_fail (Member *member, const char *text);
void member_send (Member *member, VnfmAction action, GBytes *body);
GBytes *member_dup_record_text (Member *member);
/* The request for @action succeeded: what follows from it. */
void member_advance (Member *member, VnfmAction action);

/* deployment-questions.c: a question came from the manager. */
void deployment_take_question (VnfmEnvelope *question, VnfmMessage *message, VnfmRecord *record, gpointer deployment);

/* deployment-answers.c */
void member_take_answer (Member *member, VnfmAction action, GBytes *body);
void deployment_take_result (VnfmEnvelope *envelope, VnfmMessage *message, VnfmRecord *record, gpointer deployment);

/* deployment-release.c: ends all machines of a member, or one that came late. */
void member_end_machines (Member *member);
void member_end_machine (Member *member, NfvoMachine *machine);

G_END_DECLS
