/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/link.h"
#include "core/nfvo/machines/machines.h"
#include "core/package/nsd.h"
#include "core/nfvo/records.h"

G_BEGIN_DECLS

/**
 * NfvoState:
 *
 * Where a VNF stands. NFVO_WAITING .. NFVO_ACTIVE is the way up.
 */
typedef enum {
  NFVO_WAITING,
  NFVO_INSTANTIATING,
  NFVO_INITIALIZED,
  NFVO_CONFIGURING,
  NFVO_INACTIVE,
  NFVO_STARTING,
  NFVO_ACTIVE,
  NFVO_FAILED,
  NFVO_RELEASING,
  NFVO_RELEASED,
} NfvoState;

const char *nfvo_state_get_nick (NfvoState state);

/**
 * NfvoPhase:
 * @name: "instantiate", "grant", "allocate", "configure", "start", "release"
 * @begin: microseconds since the deployment began
 * @end: 0 while it runs
 * @failed: it ended in an error
 *
 * One line of the timeline.
 */
typedef struct {
  const char *name;
  gint64 begin;
  gint64 end;
  gboolean failed;
} NfvoPhase;

/**
 * NfvoMember:
 * @vnf: its descriptor, borrowed
 * @state: where it stands
 * @activity: (nullable): what is going on: "granting", "allocating 2 machines"
 * @phases: (element-type NfvoPhase): in order of their begin
 * @machines: (element-type NfvoMachine): its machines, released ones included
 * @failure: (nullable): why it failed, the first time
 *
 * A VNF in the course of a deployment, for those who look on.
 */
typedef struct {
  NfvoVnf *vnf;
  NfvoState state;
  char *activity;
  GArray *phases;
  GPtrArray *machines;
  char *failure;
} NfvoMember;

/**
 * NfvoDeploymentOptions:
 * @ordered: VNFs start one after the other (nfvo.start.ordered)
 * @broker_host: "brokerIp" of the extension
 * @broker_port: "brokerPort"
 * @release_patience: how long the answer to RELEASE_RESOURCES is awaited, microseconds
 * @refuse_grant: (nullable): VNFs whose grant is refused
 * @refuse_allocate: (nullable): VNFs whose machines are refused
 * @silent_grant: (nullable): VNFs whose grant is never answered
 * @delay_allocate: how long an allocation's answer is held back although the machines run, microseconds
 *
 * The last four are misbehaviour on request, for tests of a manager.
 */
typedef struct {
  gboolean ordered;
  const char *broker_host;
  guint broker_port;
  gint64 release_patience;
  GStrv refuse_grant;
  GStrv refuse_allocate;
  GStrv silent_grant;
  gint64 delay_allocate;
} NfvoDeploymentOptions;

/**
 * NfvoDeployment:
 *
 * A network service on its way through its life: plays the NFVO's side of every message (protocol/openbaton.md, B.3).
 *
 * Signals:
 * "changed" (#NfvoMember): its state or activity is another one;
 * "note" (#NfvoMember (nullable), text): worth a line;
 * "answered" (#NfvoMember, #VnfmAction): the manager answered a request, well or not: its scripts have ended.
 */
#define NFVO_TYPE_DEPLOYMENT (nfvo_deployment_get_type ())
G_DECLARE_FINAL_TYPE (NfvoDeployment, nfvo_deployment, NFVO, DEPLOYMENT, GObject)

/* @service: borrowed, without errors; outlives the deployment, as do the strings of @options.
 * Errors: VNFM_ERROR_INVALID: a circle of dependencies in an ordered start. */
NfvoDeployment *nfvo_deployment_new (NfvoService *service, NfvoLink *link, NfvoMachines *machines, VnfmClock *clock,
                                     const NfvoDeploymentOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (element-type NfvoMember): in the order of the descriptor. Borrowed. */
GPtrArray *nfvo_deployment_get_members (NfvoDeployment *self);
const char *nfvo_deployment_get_nsr_id (NfvoDeployment *self);
/* Microseconds since it began. */
gint64 nfvo_deployment_get_elapsed (NfvoDeployment *self);

/* Sends INSTANTIATE for all VNFs; completes when all are ACTIVE, or with the first error of one. */
void nfvo_deployment_deploy_async (NfvoDeployment *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean nfvo_deployment_deploy_finish (NfvoDeployment *self, GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Releases all VNFs, whatever their state, also in the middle of deploying (which then ends with VNFM_ERROR_CANCELLED).
 * Completes when no machine is left; an error of a manager (a failing TERMINATE script) is kept until then. */
void nfvo_deployment_release_async (NfvoDeployment *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean nfvo_deployment_release_finish (NfvoDeployment *self, GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In the middle of a release: ends all machines now and waits for no answer. */
void nfvo_deployment_abandon (NfvoDeployment *self);

G_END_DECLS
