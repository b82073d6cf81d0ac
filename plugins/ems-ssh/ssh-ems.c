/* SPDX-License-Identifier: Apache-2.0 */
/* The back-end: what it is asked (the calls of VnfmEms). Connections are ssh-link.c's. */
#include "config.h"

#include "plugins/ems-ssh/ssh-ems.h"

#include "plugins/ems-ssh/ssh-settings.h"

#include <vnfm/vnfm-error.h>

const VnfmKey ssh_ems_keys[] = {
  SSH_SETTINGS_KEYS{ 0 },
};

struct _SshEms {
  VnfmEms parent_instance;
};

G_DEFINE_FINAL_TYPE (SshEms, ssh_ems, VNFM_TYPE_EMS)

static void
ssh_ems_class_init (SshEmsClass *klass)
{
}

static void
ssh_ems_init (SshEms *self)
{
}
