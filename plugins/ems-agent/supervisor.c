/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The supervisor is a fork of the agent that never runs another program: a fork costs a tenth of the start of a
 * program that is linked with GLib, and it works while the agent's package is being replaced. The price: the agent may
 * have threads, so from the fork on only async-signal-safe functions are called here; no GLib, no malloc, no stdio.
 *
 *             leader ended
 *   RUNNING ----------------------------------------------------> write outcome, exit
 *      | time limit, or cancelled: TERM to the process group          ^
 *      v                                                              |
 *   STOPPING -- leader ended, and nobody is left in the group --------+
 *      | grace is over: KILL to the process group                     |
 *      v                                                              |
 *   KILLING --- leader ended -----------------------------------------+
 *
 * All signals stay blocked and are taken with sigtimedwait(); so TERM, HUP and INT, which a script or an operator may
 * send to everything in sight, do nothing. The script leads a session of its own. Should the supervisor be killed, the
 * kernel kills the script: nobody could say what came of it. Once it is stopping, the supervisor adopts orphans
 * (subreaper), so that it hears when the last of the group is gone. */

typedef enum {
  RUNNING,
  STOPPING,
  KILLING,
} Phase;

typedef struct {
  const EmsSupervision *plan;
  pid_t script;
  Phase phase;
  char reason;
  gint64 deadline; /* monotonic microseconds; -1: none */
  gboolean ended;
  int status;
} Supervisor;

/* Numbers and text without stdio. */

static char *
put_number (char *at, gint64 number)
{
  char digits[24];
  int n = 0;

  if (number < 0) {
    *at++ = '-';
    number = -number;
  }
  do {
    digits[n++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (n > 0)
    *at++ = digits[--n];
  return at;
}

static gint64
get_time (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64
ems_process_get_start (gint64 pid)
{
  char buffer[1024] = "/proc/";
  char *end = put_number (buffer + 6, pid);
  strcpy (end, "/stat");
  int file = open (buffer, O_RDONLY | O_CLOEXEC);

  if (file < 0)
    return 0;
  gssize length = read (file, buffer, sizeof buffer - 1);
  close (file);
  if (length <= 0)
    return 0;
  buffer[length] = '\0';
  /* The name in parentheses may hold blanks and parentheses. Behind the last one come fields 3 and on. */
  char *at = strrchr (buffer, ')');
  for (int field = 2; at != NULL && field < 22; field++)
    at = strchr (at + 1, ' ');
  return at != NULL ? strtoll (at, NULL, 10) : 0;
}

/* The script's side of the fork. */

static void
tell (const char *what, const char *name)
{
  const char *parts[] = { "vnfm-ems: cannot ", what, " ", name, ": ", strerrordesc_np (errno), "\n" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (parts[i] != NULL && write (2, parts[i], strlen (parts[i])) < 0)
      break;
  }
}

static void
reset_signals (void)
{
  struct sigaction action = { .sa_handler = SIG_DFL };
  sigset_t none;

  for (int number = 1; number < NSIG; number++)
    sigaction (number, &action, NULL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static void
run_script (const EmsSupervision *plan, pid_t supervisor)
{
  int null = open ("/dev/null", O_RDWR);

  setsid ();
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != supervisor)
    _exit (127);
  dup2 (null, 0);
  dup2 (plan->out, 1);
  dup2 (plan->err, 2);
  if (null > 2)
    close (null);
  umask (022);
  reset_signals ();
  if (chdir (plan->working_directory) != 0) {
    tell ("change to folder", plan->working_directory);
    _exit (126);
  }
  execve (plan->argv[0], plan->argv, plan->envp);
  int status = errno == ENOENT ? 127 : 126;
  tell ("run", plan->argv[0]);
  _exit (status);
}

/* The supervisor's side. */

static void
close_between (int first, int last)
{
  if (first > last || close_range ((unsigned)first, (unsigned)last, 0) == 0)
    return;
  /* No such system call here: what a process may have open is an upper bound. */
  int limit = (int)MIN (sysconf (_SC_OPEN_MAX), 65536);
  for (int file = first; file <= last && file < limit; file++)
    close (file);
}

/* Everything but what the plan needs: neither the agent's connection to the broker nor the pipe that it logs to may be
 * held open by a script. */
static void
close_others (const EmsSupervision *plan)
{
  int null = open ("/dev/null", O_RDWR);

  for (int file = 0; file <= 2; file++)
    dup2 (null, file);
  const int keep[] = { plan->out, plan->err, plan->outcome, plan->process, plan->alive };

  /* From one that is kept to the next larger one; qsort() may allocate. */
  for (int first = 3; first < G_MAXINT;) {
    int next = G_MAXINT;
    for (guint i = 0; i < G_N_ELEMENTS (keep); i++)
      next = keep[i] >= first ? MIN (next, keep[i]) : next;
    close_between (first, next - 1);
    first = next < G_MAXINT ? next + 1 : next;
  }
}

static void
write_processes (const EmsSupervision *plan, pid_t script)
{
  const gint64 numbers[] = { getpid (), ems_process_get_start (getpid ()), script, ems_process_get_start (script) };
  char line[128];
  char *at = line;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    at = put_number (at, numbers[i]);
    *at++ = i + 1 < G_N_ELEMENTS (numbers) ? ' ' : '\n';
  }
  /* Nothing can be done about a failure; the agent does without. */
  if (pwrite (plan->process, line, (gsize)(at - line), 0) < 0)
    return;
}

static void
write_outcome (const EmsSupervision *plan, int status, char reason)
{
  char line[EMS_OUTCOME_SIZE];
  char *at = put_number (line, status);

  *at++ = ' ';
  *at++ = reason;
  *at++ = ' ';
  at = put_number (at, get_time (CLOCK_REALTIME));
  memset (at, ' ', (gsize)(line + sizeof line - at));
  line[sizeof line - 1] = '\n';
  if (pwrite (plan->outcome, line, sizeof line, 0) == (gssize)sizeof line)
    fdatasync (plan->outcome);
}

static void
send_signal (Supervisor *self, int number)
{
  /* Before it leads its own group there is only itself. */
  if (kill (-self->script, number) != 0 && !self->ended)
    kill (self->script, number);
}

static gboolean
is_group_empty (Supervisor *self)
{
  return kill (-self->script, 0) != 0 && errno == ESRCH;
}

static void
stop (Supervisor *self, char reason)
{
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  self->phase = STOPPING;
  self->reason = reason;
  self->deadline = get_time (CLOCK_MONOTONIC) + self->plan->grace;
  send_signal (self, SIGTERM);
}

static void
reap (Supervisor *self)
{
  int status = 0;
  pid_t pid;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0) {
    if (pid == self->script) {
      self->ended = TRUE;
      self->status = status;
    }
  }
}

static gboolean
is_over (Supervisor *self)
{
  return self->ended && (self->phase != STOPPING || is_group_empty (self));
}

/* Waits for a signal, at most until the deadline. */
static void
wait_for_signal (Supervisor *self, const sigset_t *wanted)
{
  gint64 left = self->deadline >= 0 ? MAX (self->deadline - get_time (CLOCK_MONOTONIC), 0) : 0;
  struct timespec timeout = { .tv_sec = left / G_USEC_PER_SEC, .tv_nsec = (left % G_USEC_PER_SEC) * 1000 };
  int number = sigtimedwait (wanted, NULL, self->deadline >= 0 ? &timeout : NULL);

  if (number == EMS_SUPERVISOR_CANCEL_SIGNAL && self->phase == RUNNING)
    stop (self, 'c');
}

static void
check_deadline (Supervisor *self)
{
  if (self->deadline < 0 || get_time (CLOCK_MONOTONIC) < self->deadline)
    return;
  if (self->phase == RUNNING) {
    stop (self, 't');
  } else {
    self->phase = KILLING;
    self->deadline = -1;
    send_signal (self, SIGKILL);
  }
}

static int
get_status (Supervisor *self)
{
  if (WIFSIGNALED (self->status))
    return -WTERMSIG (self->status);
  if (self->phase != RUNNING)
    return self->phase == KILLING ? -SIGKILL : -SIGTERM;
  return WEXITSTATUS (self->status);
}

static void
supervise (const EmsSupervision *plan)
{
  Supervisor self = { .plan = plan, .phase = RUNNING, .reason = 'e', .deadline = -1 };
  struct sigaction action = { .sa_handler = SIG_DFL };
  pid_t own = getpid ();
  sigset_t wanted;

  setsid ();
  prctl (PR_SET_NAME, "vnfm-ems-step");
  sigaction (SIGCHLD, &action, NULL);
  close_others (plan);
  sigemptyset (&wanted);
  sigaddset (&wanted, SIGCHLD);
  sigaddset (&wanted, EMS_SUPERVISOR_CANCEL_SIGNAL);

  if (plan->time_limit > 0)
    self.deadline = get_time (CLOCK_MONOTONIC) + plan->time_limit;
  self.script = fork ();
  if (self.script == 0)
    run_script (plan, own);
  if (self.script < 0) {
    dup2 (plan->err, 2);
    tell ("start another", "process");
    write_outcome (plan, 126, 'e');
    _exit (1);
  }
  write_processes (plan, self.script);

  for (reap (&self); !is_over (&self); reap (&self)) {
    wait_for_signal (&self, &wanted);
    reap (&self);
    if (!is_over (&self))
      check_deadline (&self);
  }
  write_outcome (plan, get_status (&self), self.reason);
  _exit (0);
}

int
ems_supervisor_start (const EmsSupervision *plan)
{
  sigset_t all;
  sigset_t before;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  pid_t pid = fork ();
  int code = errno;
  if (pid == 0)
    supervise (plan);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  errno = code;
  return pid;
}

/* What it left behind, read by the agent. */

gboolean
ems_outcome_parse (const char *text, gsize length, EmsOutcome *outcome)
{
  char *end = NULL;

  if (length < EMS_OUTCOME_SIZE || text[EMS_OUTCOME_SIZE - 1] != '\n' || text[0] == ' ')
    return FALSE;
  outcome->status = (int)strtol (text, &end, 10);
  if (*end != ' ' || strchr ("etc", end[1]) == NULL || end[1] == '\0' || end[2] != ' ')
    return FALSE;
  outcome->reason = end[1];
  outcome->ended = strtoll (end + 3, NULL, 10);
  return TRUE;
}

gboolean
ems_processes_parse (const char *text, EmsProcesses *processes)
{
  gint64 *numbers[] = { &processes->supervisor, &processes->supervisor_start, &processes->script,
                        &processes->script_start };
  char *at = (char *)text;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    char *end = NULL;
    *numbers[i] = strtoll (at, &end, 10);
    if (end == at || *numbers[i] <= 0)
      return FALSE;
    at = end;
  }
  return TRUE;
}
