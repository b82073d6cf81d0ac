/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-ssh/ssh-host.h"

G_BEGIN_DECLS

/* Runs a script on the machine, once. @task: (transfer full): returns a VnfmScriptResult, or an error as
 * vnfm_ems_execute_finish() says; its cancellable ends the script on the machine. */
void ssh_run_start (SshHost *host, GTask *task, const VnfmExecution *execution);

G_END_DECLS
