/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-ssh/ssh-host.h"

G_BEGIN_DECLS

/* Stores @dependency as the three files ob_parameters.* in the machine's script root. @task: (transfer full): as that
 * of ssh_call_start(). */
void ssh_dependency_put (SshHost *host, GTask *task, VnfmDependency *dependency);

G_END_DECLS
