/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-ssh/ssh-settings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A signal whose number the server did not tell (RFC 4254 has names, and not all of them). */
#define SSH_SIGNAL_UNKNOWN 255

/**
 * SshOutcome:
 * @status: exit code of the command, or minus the number of the signal that ended it (or minus SSH_SIGNAL_UNKNOWN)
 * @output: what it wrote to stdout, at most max_output bytes
 * @errors: what it wrote to stderr, at most max_output bytes
 * @truncated: bytes of both that were dropped
 *
 * What came of a command.
 */
typedef struct {
  int status;
  GBytes *output;
  GBytes *errors;
  gsize truncated;
} SshOutcome;

void ssh_outcome_free (SshOutcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SshOutcome, ssh_outcome_free)

/* A piece of a running command's output, as it came; all of it, also what is more than max_output. */
typedef void (*SshOutputFunc) (gboolean is_stderr, const guint8 *data, gsize length, gpointer user_data);

/**
 * SshLink:
 *
 * One connection to one machine, logged in; commands run over it side by side. Closed by ssh_link_close(), by the peer,
 * by a peer that answers no more, and with the last reference. A link that was closed stays closed: open another.
 *
 * Signals: "closed": the connection has ended, whoever did it; ssh_link_get_reason() tells why.
 */
#define SSH_TYPE_LINK (ssh_link_get_type ())
G_DECLARE_FINAL_TYPE (SshLink, ssh_link, SSH, LINK, GObject)

/* Connects, checks the host key and logs in, within the settings' connect-timeout.
 * Errors: VNFM_ERROR_UNREACHABLE: no connection, or it broke or fell silent: try again;
 * VNFM_ERROR_REFUSED: the host key is another than the known one, VNFM_ERROR_DENIED: it is not known, or the login was
 * refused (also by a machine that has not got its keys yet): the message says which, and what to do;
 * VNFM_ERROR_CANCELLED. */
void ssh_link_open_async (SshSettings *settings, const SshTarget *target, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
SshLink *ssh_link_open_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs @command through the login shell of the user; waits its turn where max-sessions run already.
 * @input: (nullable): bytes for its stdin, followed by the end of file
 * @max_output: bytes of stdout and of stderr kept, each; 0: no limit
 * @live: (nullable): called while the command runs, never after the call has completed
 * Cancelling closes the channel: sshd then closes the command's pipes, but does not kill it.
 * Errors: VNFM_ERROR_UNREACHABLE: it was certainly not begun; VNFM_ERROR_REFUSED: the server runs no command (also: not
 * begun); VNFM_ERROR_UNKNOWN_OUTCOME: the connection broke, or the server told no exit status; VNFM_ERROR_CANCELLED. */
void ssh_link_run_async (SshLink *self, const char *command, GBytes *input, gsize max_output, SshOutputFunc live,
                         gpointer live_data, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
SshOutcome *ssh_link_run_finish (SshLink *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean ssh_link_is_open (SshLink *self);
/* Why it was closed; NULL while it is open. */
const GError *ssh_link_get_reason (SshLink *self);
/* Commands that run or wait. */
guint ssh_link_get_load (SshLink *self);
const char *ssh_link_get_name (SshLink *self);
/* Ends the connection. Running commands complete with an error (see ssh_link_run_async()). */
void ssh_link_close (SshLink *self);

G_END_DECLS
