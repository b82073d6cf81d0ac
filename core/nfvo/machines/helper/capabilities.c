/* SPDX-License-Identifier: Apache-2.0 */
/* Root in a machine keeps what installing and running services takes (files, users, networks, ports, chroot), and loses
 * what reaches this host: its kernel, clock, devices, and mounts, by which it would get at the devices again. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif
#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40
#endif

static const guint8 lost[] = {
  CAP_DAC_READ_SEARCH, CAP_LINUX_IMMUTABLE, CAP_SYS_MODULE,         CAP_SYS_RAWIO,      CAP_SYS_PACCT,
  CAP_SYS_ADMIN,       CAP_SYS_BOOT,        CAP_SYS_TIME,           CAP_SYS_TTY_CONFIG, CAP_MKNOD,
  CAP_AUDIT_CONTROL,   CAP_AUDIT_READ,      CAP_MAC_OVERRIDE,       CAP_MAC_ADMIN,      CAP_SYSLOG,
  CAP_WAKE_ALARM,      CAP_BLOCK_SUSPEND,   CAP_CHECKPOINT_RESTORE, CAP_PERFMON,        CAP_BPF,
};

gboolean
helper_capabilities_drop (GError **error)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

  if (syscall (SYS_capget, &header, data) != 0)
    return helper_fail (error, "read", "the capabilities");
  for (guint i = 0; i < G_N_ELEMENTS (lost); i++) {
    guint32 bit = 1U << (lost[i] % 32);
    /* An older kernel does not know the newest ones. */
    if (prctl (PR_CAPBSET_READ, lost[i]) == 1 && prctl (PR_CAPBSET_DROP, lost[i]) != 0)
      return helper_fail (error, "drop", "a capability");
    data[lost[i] / 32].effective &= ~bit;
    data[lost[i] / 32].permitted &= ~bit;
    data[lost[i] / 32].inheritable &= ~bit;
  }
  return syscall (SYS_capset, &header, data) == 0 || helper_fail (error, "drop", "capabilities");
}
