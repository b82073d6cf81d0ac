/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-ssh/ssh-pool.h"
#include "plugins/ems-ssh/ssh-spool.h"

G_BEGIN_DECLS

typedef struct _SshHost SshHost;

/**
 * SshShared:
 * @ems: (nullable): whose signals tell of machines and output; not owned
 * @stopped: the back-end does not run any more
 * @clock: timers
 * @settings: of the connections
 * @pool: the connections
 * @spool: the commands
 * @rules: how an address is chosen: ssh_address_choose()
 * @key_by_id: host keys are known by the VNFC's id, not by an address that may be used again
 * @keep_days: how long the machine keeps what it knows of a step
 * @retry_min: microseconds: rest after a first failure
 * @retry_max: at most
 * @hold: microseconds that a command waits for its machine; 0: as long as the operation
 * @answer_timeout: microseconds that a command other than a script may take; 0: no limit
 * @cancel_budget: microseconds that the end of a cancelled script is awaited
 * @grace: microseconds between TERM and KILL
 * @max_output: bytes of stdout and of stderr kept of a script, each; 0: no limit
 * @working_directory: where scripts run
 * @clone_protocols: what git may use, separated by ":"
 *
 * What all machines share. Reference counted: an attempt to connect may end after the back-end has.
 */
typedef struct {
  VnfmEms *ems;
  gboolean stopped;
  VnfmClock *clock;
  SshSettings *settings;
  SshPool *pool;
  SshSpool *spool;
  GStrv rules;
  gboolean key_by_id;
  guint keep_days;
  gint64 retry_min;
  gint64 retry_max;
  gint64 hold;
  gint64 answer_timeout;
  gint64 cancel_budget;
  gint64 grace;
  gint64 max_output;
  char *working_directory;
  char *clone_protocols;
} SshShared;

SshShared *ssh_shared_new (void);
SshShared *ssh_shared_ref (SshShared *self);
void ssh_shared_unref (SshShared *self);

/**
 * SshHost:
 *
 * One machine: under which address it is reached, whether it is, and who waits for that. Reference counted: the
 * back-end's table holds one, each command another.
 */
SshHost *ssh_host_new (SshShared *shared, VnfmVnfc *vnfc);
SshHost *ssh_host_ref (SshHost *self);
void ssh_host_unref (SshHost *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SshHost, ssh_host_unref)

/* What is known of the machine now: it may have got an address. */
void ssh_host_update (SshHost *self, VnfmVnfc *vnfc);
const char *ssh_host_get_name (SshHost *self);
const char *ssh_host_get_vnfr_id (SshHost *self);
SshShared *ssh_host_get_shared (SshHost *self);

/* Completes when the machine answers, has let us in and has its spool directory; tries again and again until then.
 * Errors: VNFM_ERROR_REFUSED (its host key is another than the known one), VNFM_ERROR_CANCELLED. */
void ssh_host_acquire_async (SshHost *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
/* Returns: (transfer full). */
SshLink *ssh_host_acquire_finish (SshHost *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @link: (transfer full). @error: (nullable): what happened to it. */
void ssh_host_release (SshHost *self, SshLink *link, const GError *error);
/* What was put into the spool directory is not there any more. */
void ssh_host_forget_preparation (SshHost *self);
/* It is about to be deleted: losing it is no news. */
void ssh_host_set_released (SshHost *self);
/* A connection is open: a command needs no new one. */
gboolean ssh_host_is_connected (SshHost *self);

/* What the machine is busy with is part of its description; @text: (nullable) (transfer full). */
void ssh_host_set_activity (SshHost *self, char *text);
/* Returns: (transfer full): one line for the operator. */
char *ssh_host_describe (SshHost *self);

/* The machine has no remote.sh any more. Shells that do not find the file to run end so. */
gboolean ssh_outcome_lacks_helper (const SshOutcome *outcome);
/* What a machine said on stderr, in one line. Returns: (transfer full). */
char *ssh_outcome_dup_words (const SshOutcome *outcome);
#define SSH_MAX_WORDS 4096

/* Whoever waits gets VNFM_ERROR_CANCELLED with @why. */
void ssh_host_abandon (SshHost *self, const char *why);

G_END_DECLS
