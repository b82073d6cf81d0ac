/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-ssh/ssh-host.h"

G_BEGIN_DECLS

/* Runs @command on the machine, again where the connection breaks: it must be one that may be repeated. @task:
 * (transfer full): returns TRUE, or an error: VNFM_ERROR_UNREACHABLE (not reached within @hold microseconds; 0: no
 * limit), VNFM_ERROR_DENIED, VNFM_ERROR_STORE, VNFM_ERROR_TIMEOUT, VNFM_ERROR_CANCELLED, @code otherwise.
 * @title: what the log and errors call it. @input: (nullable). */
void ssh_call_start (SshHost *host, GTask *task, const char *title, const char *command, GBytes *input, gint64 hold,
                     int code);

/* Completes @task (transfer full) with TRUE when the machine can be used. */
void ssh_call_await (SshHost *host, GTask *task);

G_END_DECLS
