/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-dependency.h>
#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-enums.h>
#include <vnfm/vnfm-message.h>
#include <vnfm/vnfm-profile.h>
#include <vnfm/vnfm-record.h>

G_BEGIN_DECLS

/**
 * VnfmStepState:
 * @VNFM_STEP_NEW: never begun before; it stands in the journal as begun now
 * @VNFM_STEP_OPEN: begun before a restart, without an outcome: attach to it, do not begin it again
 * @VNFM_STEP_DONE: it has an outcome: use that and do nothing
 */
typedef enum {
  VNFM_STEP_NEW,
  VNFM_STEP_OPEN,
  VNFM_STEP_DONE,
} VnfmStepState;

/**
 * VnfmDeferral:
 *
 * A handler's promise to complete or fail its part of an emission later. Exactly one of the two, once; the deferral is
 * gone then.
 */
typedef struct _VnfmDeferral VnfmDeferral;

/**
 * VnfmOperation:
 *
 * One request on one VNF, as handlers, negotiators and EMS back-ends see it: what it is about, deferrals, steps.
 * Subclassed by the engine only.
 */
#define VNFM_TYPE_OPERATION (vnfm_operation_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmOperation, vnfm_operation, VNFM, OPERATION, GObject)

struct _VnfmOperationClass {
  GObjectClass parent_class;

  const char *(*get_id) (VnfmOperation *self);
  VnfmAction (*get_action) (VnfmOperation *self);
  VnfmEvent (*get_event) (VnfmOperation *self);
  VnfmRecord *(*get_record) (VnfmOperation *self);
  void (*set_record) (VnfmOperation *self, VnfmRecord *record);
  VnfmMessage *(*get_request) (VnfmOperation *self);
  VnfmDependency *(*get_dependency) (VnfmOperation *self);
  GPtrArray *(*get_vnfcs) (VnfmOperation *self);
  VnfmEms *(*get_ems) (VnfmOperation *self);
  VnfmProfile *(*get_profile) (VnfmOperation *self);
  GCancellable *(*get_cancellable) (VnfmOperation *self);
  void (*set_progress) (VnfmOperation *self, const char *text);
  VnfmDeferral *(*defer) (VnfmOperation *self, const char *name, gint64 limit);
  void (*settle) (VnfmDeferral *deferral, GError *error);
  void (*step_begin_async) (VnfmOperation *self, const char *name, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*step_begin_finish) (VnfmOperation *self, GAsyncResult *result, VnfmStepState *state, char **step_id,
                                 JsonNode **outcome, GError **error);
  void (*step_end_async) (VnfmOperation *self, const char *step_id, JsonNode *outcome, VnfmEnvelope *delivery,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*step_end_finish) (VnfmOperation *self, GAsyncResult *result, GError **error);

  void (*log_script) (VnfmOperation *self, VnfmVnfc *vnfc, const char *script, const VnfmScriptResult *result);
  void (*set_step_progress) (VnfmOperation *self, const char *step_id, VnfmVnfc *vnfc, const char *what);

  gpointer reserved[10];
};

/* A random UUID, made when the request was journaled. */
const char *vnfm_operation_get_id (VnfmOperation *self);
/* What the NFVO asked for. */
VnfmAction vnfm_operation_get_action (VnfmOperation *self);
/* The lifecycle event of the stage it is in; VNFM_EVENT_NONE outside of one. */
VnfmEvent vnfm_operation_get_event (VnfmOperation *self);
/* Borrowed; valid until the record is set anew. NULL before the VNFR was made. */
VnfmRecord *vnfm_operation_get_record (VnfmOperation *self);
/* Replaces the VNFR; journaled when the emission ends. */
void vnfm_operation_set_record (VnfmOperation *self, VnfmRecord *record);
/* The NFVO's message; there during an emission and a question, NULL otherwise (it is not kept in memory). Borrowed. */
VnfmMessage *vnfm_operation_get_request (VnfmOperation *self);
/* (nullable): borrowed. */
VnfmDependency *vnfm_operation_get_dependency (VnfmOperation *self);
/* The instances in scope, in VNFR order: all of the VNFR's, or the one that the request names.
 * (element-type VnfmVnfc): borrowed; never NULL. */
GPtrArray *vnfm_operation_get_vnfcs (VnfmOperation *self);
/* The EMS back-end of this VNF's type. Borrowed. */
VnfmEms *vnfm_operation_get_ems (VnfmOperation *self);
/* The configuration it began with. Borrowed. */
VnfmProfile *vnfm_operation_get_profile (VnfmOperation *self);
/* Cancelled when the operation is to end early (RELEASE_RESOURCES of its VNF). Borrowed. */
GCancellable *vnfm_operation_get_cancellable (VnfmOperation *self);
/* What it is doing or waiting for, in words, for the operator: "script install.sh on web-7". */
void vnfm_operation_set_progress (VnfmOperation *self, const char *text);

/* What runs under an open step, and on which machine, for the operator: "script install.sh (1 of 2)". NULL: nothing
 * does any more; the step's end says so too. */
void vnfm_operation_set_step_progress (VnfmOperation *self, const char *step_id, VnfmVnfc *vnfc, const char *what);

/* Keeps what a script wrote where the operator, and the NFVO's LOG_REQUEST, look for it. */
void vnfm_operation_log_script (VnfmOperation *self, VnfmVnfc *vnfc, const char *script,
                                const VnfmScriptResult *result);

/* Makes the engine wait for this handler before it emits the next signal. Only during an emission. @name is told when
 * the deadline passes. @limit: microseconds from now, 0 for none. Returns: (transfer full). */
VnfmDeferral *vnfm_operation_defer (VnfmOperation *self, const char *name, gint64 limit);
/* Both take the deferral. A deferral that is settled after its deadline is ignored. @error: (transfer full). */
void vnfm_deferral_complete (VnfmDeferral *deferral);
void vnfm_deferral_fail (VnfmDeferral *deferral, GError *error);

/* For the engine: what every subclass's deferral begins with. */
struct _VnfmDeferral {
  VnfmOperation *operation;
  char *name;
};

/* Finds the step @name of the current stage, or journals that it begins. Its id is derived from the operation, the
 * stage and @name: the same after a restart, so @name must be too ("<vnfc>/<script index>/<source instance>").
 * @step_id: (out) (transfer full); @outcome: (out) (transfer full) (nullable): for VNFM_STEP_DONE. */
void vnfm_operation_step_begin_async (VnfmOperation *self, const char *name, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_operation_step_begin_finish (VnfmOperation *self, GAsyncResult *result, VnfmStepState *state,
                                           char **step_id, JsonNode **outcome,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Journals the outcome, and then settles @delivery (nullable), the message that brought it. */
void vnfm_operation_step_end_async (VnfmOperation *self, const char *step_id, JsonNode *outcome, VnfmEnvelope *delivery,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_operation_step_end_finish (VnfmOperation *self, GAsyncResult *result,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
