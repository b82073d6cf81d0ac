/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC)

int
helper_spawn (const HelperCloud *cloud, const HelperOrder *order, guint number, pid_t *pid, int *status, GError **error)
{
  int ends[2];
  int pidfd = -1;
  long child;

  if (pipe2 (ends, O_CLOEXEC) != 0) {
    helper_fail (error, "make a pipe for", order->hostname);
    return -1;
  }
  /* As fork(), with the machine's namespaces: the process has one thread. */
  child = syscall (SYS_clone, NAMESPACES | CLONE_PIDFD | SIGCHLD, NULL, &pidfd, NULL, NULL);
  if (child == 0) {
    close (ends[0]);
    helper_init (cloud, order, number, ends[1]);
  }
  close (ends[1]);
  if (child < 0) {
    helper_fail (error, "make namespaces for", order->hostname);
    close (ends[0]);
    return -1;
  }
  fcntl (ends[0], F_SETFL, O_NONBLOCK);
  *pid = (pid_t)child;
  *status = ends[0];
  return pidfd;
}
