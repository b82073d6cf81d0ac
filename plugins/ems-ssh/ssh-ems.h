/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-ems.h>

G_BEGIN_DECLS

/* The back-end for machines without an agent: commands reach them over SSH. */
#define SSH_TYPE_EMS (ssh_ems_get_type ())
G_DECLARE_FINAL_TYPE (SshEms, ssh_ems, SSH, EMS, VnfmEms)

extern const VnfmKey ssh_ems_keys[];

G_END_DECLS
