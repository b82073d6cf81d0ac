/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the operation's own files share. */

#include "core/engine/engine.h"
#include "core/engine/flows.h"
#include "core/engine/journal.h"
#include "core/engine/operation.h"

G_BEGIN_DECLS

/* How much of a running script's output is kept for the operator, in bytes. */
#define TAIL_LENGTH 2048

/* A step of an earlier life of the operation, as the journal has it. */
typedef struct {
  gint64 begun;
  gint64 ended;
  JsonNode *outcome; /* nullable: begun without an outcome */
} JournaledStep;

/* operation-steps.c */
void engine_operation_init_steps (VnfmOperationClass *klass);
/* Adds what the journal has of step NAME ("STAGE" or "STAGE/STEP"). */
void engine_operation_add_journaled_step (EngineOperation *self, const char *name, JsonObject *step);
/* Wall time at which the step began in an earlier life; 0 if it did not. */
gint64 engine_operation_find_begin (EngineOperation *self, const char *name);
/* Wall time at which it ended in an earlier life; 0 if it did not. */
gint64 engine_operation_find_end (EngineOperation *self, const char *name);
/* (nullable): borrowed. */
JsonNode *engine_operation_find_outcome (EngineOperation *self, const char *name);
/* Notes that ride with the next commit. */
void engine_operation_note_begin (EngineOperation *self, const char *name);
void engine_operation_note_end (EngineOperation *self, const char *name, GBytes *outcome);

/* operation-waits.c */
void engine_operation_init_waits (EngineOperation *self);
void engine_operation_init_waits_class (VnfmOperationClass *klass);
/* Something runs on a machine: a step, or a part of the engine's own work with an id of its own. */
void engine_operation_set_running (EngineOperation *self, const char *id, VnfmVnfc *vnfc, const char *what);
void engine_operation_forget_running (EngineOperation *self, const char *id);

/* operation-emission.c */
void engine_operation_init_emission (VnfmOperationClass *klass);
/* Fails what the handlers still hold. */
void engine_operation_abandon_deferrals (EngineOperation *self);

/* answer.c: past the last stage, at the first error, or withdrawn: composes, journals and sends the answer. */
void engine_operation_decide (EngineOperation *self);

G_END_DECLS
