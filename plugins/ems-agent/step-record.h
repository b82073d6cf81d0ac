/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/ems-codec.h"

G_BEGIN_DECLS

/**
 * EmsWaiter:
 * @reply_to: where the answer goes
 * @correlation_id: (nullable): joins it to the command
 * @message_id: the answer's own id; the same however often it is sent
 *
 * Somebody who is owed the answer of a step.
 */
typedef struct {
  char *reply_to;
  char *correlation_id;
  char *message_id;
} EmsWaiter;

EmsWaiter *ems_waiter_new (const char *reply_to, const char *correlation_id, const char *message_id);
void ems_waiter_free (EmsWaiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsWaiter, ems_waiter_free)

/**
 * EmsStep:
 * @id: the step's id, or one of the agent's own
 * @named: the id came with the command: it is said in the answer
 * @action: what the command asks for
 * @folder: where its files are
 * @boot: the machine's boot id when it was begun
 * @accepted: wall time of the command, microseconds
 * @number: in the order of their coming, whatever the clock did
 * @begun: wall time of the effect's begin; 0 while it waits for its turn
 * @ended: wall time; 0 while there is no outcome
 * @delivery: (nullable): id of the message that brought the command
 * @command: (nullable): its text, as long as it may still have to be begun
 * @waiters: (element-type EmsWaiter): who is owed the answer; empty when it is with the outbox
 * @state: %EMS_STATE_RUNNING until the outcome is known
 *
 * One command that was or is to be carried out once. Owned by its #EmsStepStore.
 */
typedef struct {
  char *id;
  gboolean named;
  EmsAction action;
  char *folder;
  char *boot;
  gint64 accepted;
  gint64 number;
  gint64 begun;
  gint64 ended;
  char *delivery;
  GBytes *command;
  GPtrArray *waiters;
  EmsState state;
} EmsStep;

char *ems_step_path (EmsStep *self, const char *name);

/**
 * EmsStepStore:
 *
 * All steps of this agent, on disk below its state folder and (without their texts) in memory.
 */
typedef struct _EmsStepStore EmsStepStore;

/* Makes @folder if need be and reads what an earlier agent left. Errors: VNFM_ERROR_STORE. */
EmsStepStore *ems_step_store_new (const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ems_step_store_free (EmsStepStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsStepStore, ems_step_store_free)

/* Returns: (nullable): borrowed. */
EmsStep *ems_step_store_lookup (EmsStepStore *self, const char *id);
/* The step that the message @delivery brought. Returns: (nullable): borrowed. */
EmsStep *ems_step_store_lookup_delivery (EmsStepStore *self, const char *delivery);
guint ems_step_store_get_size (EmsStepStore *self);
/* Every step without an outcome, oldest first. Returns: (element-type EmsStep) (transfer container). */
GPtrArray *ems_step_store_list_open (EmsStepStore *self);
/* Every step that has ended, oldest first. Returns: (element-type EmsStep) (transfer container). */
GPtrArray *ems_step_store_list_ended (EmsStepStore *self);

/* A new step, on disk nowhere yet. Returns: borrowed. */
EmsStep *ems_step_store_add (EmsStepStore *self, const char *id, gboolean named, EmsAction action);
/* Writes the record; when it returns TRUE it survives a power cut. Errors: VNFM_ERROR_STORE. */
gboolean ems_step_store_save (EmsStepStore *self, EmsStep *step, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Keeps the answer for whoever asks again; @state is DONE or DIED. Returns: FALSE if the disk did not take it (which is
 * told): the outcome is as it is. */
gboolean ems_step_store_end (EmsStepStore *self, EmsStep *step, EmsState state, gint64 ended, GBytes *answer);
/* Returns: (nullable) (transfer full): the answer of a step that has ended. */
GBytes *ems_step_store_read_answer (EmsStepStore *self, EmsStep *step);
/* Forgets who was owed the answer: it is with the outbox. */
void ems_step_store_settle (EmsStepStore *self, EmsStep *step);
/* Removes it with all its files. */
void ems_step_store_remove (EmsStepStore *self, EmsStep *step);
/* Removes ended steps whose answer nobody is owed and that @in_use does not want kept: those that ended before @before
 * (wall time), and the oldest beyond @keep. The newest few stay however old they are: a clock that jumps must not make
 * this machine forget what it just did. */
void ems_step_store_expire (EmsStepStore *self, gint64 before, guint keep,
                            gboolean (*in_use) (EmsStep *step, gint64 before));

G_END_DECLS
