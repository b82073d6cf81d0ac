/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The content of remote.sh. */
extern const char ssh_remote_text[];
