/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-ems.h>

G_BEGIN_DECLS

/* The commands that run on machines: calls of remote.sh, whose verbs they are. */

/* Exit statuses of remote.sh. */
#define SSH_SPOOL_NOT_BEGUN 75 /* of a step: it was certainly not begun */
#define SSH_SPOOL_REFUSED   77 /* it leads out of the script root */
#define SSH_SPOOL_NO_TOOLS  78

/**
 * SshSpool:
 *
 * Where things are on the machines, and how commands are run there. Immutable.
 */
typedef struct _SshSpool SshSpool;

/* @folder: the spool directory on the machines; @root: their script root; @sudo: commands run as root by sudo(8). */
SshSpool *ssh_spool_new (const char *folder, const char *root, gboolean sudo);
void ssh_spool_free (SshSpool *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SshSpool, ssh_spool_free)

/* remote.sh itself, the input of the command "prepare". Returns: (transfer none). */
GBytes *ssh_spool_get_helper (void);

/* Commands, each one line or more for a login shell. Returns: (transfer full). */
char *ssh_spool_prepare (SshSpool *self, const char *nonce, guint keep_days);
char *ssh_spool_put (SshSpool *self, const char *name, gsize size, gboolean executable);
char *ssh_spool_clone (SshSpool *self, const char *url, const char *protocols);
char *ssh_spool_cancel (SshSpool *self, const char *vnfr_id, const char *step_id);
char *ssh_spool_forget (SshSpool *self, const char *vnfr_id);

/**
 * SshStepCall:
 * @nonce: of the marks around the output, from somebody who cannot be guessed
 * @vnfr_id: whose step it is
 * @execution: what is run
 * @grace: microseconds between TERM and KILL
 * @environment_size: bytes of the input
 * @half: bytes of the first and of the last part of each output that are wanted; 0: all
 * @out_at: bytes of stdout that are known already
 * @err_at: likewise of stderr
 */
typedef struct {
  const char *nonce;
  const char *vnfr_id;
  const VnfmExecution *execution;
  gint64 grace;
  gsize environment_size;
  gint64 half;
  gint64 out_at;
  gint64 err_at;
} SshStepCall;

char *ssh_spool_step (SshSpool *self, const SshStepCall *call, const char *working_directory);
/* The input of a step. Returns: (transfer full). */
GBytes *ssh_spool_encode_environment (SshSpool *self, const char *vnfr_id, const char *step_id,
                                      VnfmEnvironment *environment);

/* One word for a POSIX shell, whatever is in @text. Returns: (transfer full). */
char *ssh_spool_quote (const char *text);
/* A file's name below the script root, without "." and doubled slashes. Errors: VNFM_ERROR_DENIED (it leads out),
 * VNFM_ERROR_INVALID (it names no file). */
char *ssh_spool_clean_name (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
