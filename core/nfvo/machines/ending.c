/* SPDX-License-Identifier: Apache-2.0 */
/* Ends the processes of a machine. They are known by an environment variable that every one inherits, so also daemons
 * that left their parent, session and group are found.
 *
 *   scan --none--> done
 *    | some: open a pidfd each, SIGTERM
 *    v
 *   awaiting --all gone--> scan (a process may have forked meanwhile; what is found now gets SIGKILL)
 *    | grace over: SIGKILL
 *    v
 *   awaiting --all gone, or some will not die--> scan, at most ROUNDS times
 *
 * A pidfd is signalled instead of a number, because a number may be somebody else's by then. Where the kernel has none,
 * the number is looked at again right before. */
#include "config.h"

#include "core/nfvo/machines/ending.h"

#include <glib-unix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROUNDS          30
#define KILL_PATIENCE   (2 * G_TIME_SPAN_SECOND)
#define WITHOUT_PIDFD   (50 * G_TIME_SPAN_MILLISECOND)
#define MAX_ENVIRONMENT (4 * 1024 * 1024)

typedef struct {
  pid_t pid;
  int pidfd; /* -1: the kernel has none */
  GSource *gone;
  gpointer ending;
} Target;

typedef struct {
  char *marker;
  gint64 grace;
  VnfmClock *clock;
  VnfmTimer *timer;
  GPtrArray *targets;
  guint round;
  gboolean killing;
} Ending;

static void scan (GTask *task);

static void
target_free (Target *target)
{
  if (target->gone != NULL) {
    g_source_destroy (target->gone);
    g_source_unref (target->gone);
  }
  if (target->pidfd >= 0)
    close (target->pidfd);
  g_free (target);
}

static void
ending_free (Ending *self)
{
  vnfm_clock_clear_timer (self->clock, &self->timer);
  g_ptr_array_unref (self->targets);
  g_object_unref (self->clock);
  g_free (self->marker);
  g_free (self);
}

static GByteArray *
read_environment (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/environ", (int)pid);
  GByteArray *environment = g_byte_array_new ();
  guint8 block[8192];
  gssize got;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return environment;
  while (environment->len < MAX_ENVIRONMENT && (got = read (fd, block, sizeof block)) > 0)
    g_byte_array_append (environment, block, (guint)got);
  close (fd);
  return environment;
}

static gboolean
has_marker (pid_t pid, const char *marker)
{
  g_autoptr (GByteArray) environment = read_environment (pid);
  gsize length = strlen (marker) + 1;
  const char *at = (const char *)environment->data;
  const char *end = at + environment->len;

  g_byte_array_append (environment, (const guint8 *)"", 1);
  at = (const char *)environment->data;
  end = at + environment->len;
  while (at < end) {
    gsize entry = strlen (at) + 1;
    if (entry == length && memcmp (at, marker, length) == 0)
      return TRUE;
    at += entry;
  }
  return FALSE;
}

GArray *
nfvo_find_processes (const char *marker)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while (proc != NULL && (name = g_dir_read_name (proc)) != NULL) {
    guint64 number;
    int pid;
    if (!g_ascii_string_to_unsigned (name, 10, 1, G_MAXINT, &number, NULL))
      continue;
    pid = (int)number;
    if (pid != getpid () && has_marker (pid, marker))
      g_array_append_val (found, pid);
  }
  return found;
}

static void
signal_target (Ending *self, Target *target, int signal_number)
{
  if (target->pidfd >= 0)
    syscall (SYS_pidfd_send_signal, target->pidfd, signal_number, NULL, 0);
  else if (has_marker (target->pid, self->marker))
    kill (target->pid, signal_number);
}

static gboolean
target_gone (int fd, GIOCondition condition, gpointer user_data)
{
  GTask *task = user_data;
  Ending *self = g_task_get_task_data (task);

  for (guint i = 0; i < self->targets->len; i++) {
    Target *target = g_ptr_array_index (self->targets, i);
    if (target->pidfd == fd) {
      g_ptr_array_remove_index_fast (self->targets, i);
      break;
    }
  }
  if (self->targets->len == 0)
    scan (task);
  return G_SOURCE_REMOVE;
}

static void
watch (GTask *task, Target *target)
{
  target->gone = g_unix_fd_source_new (target->pidfd, G_IO_IN);
  g_source_set_callback (target->gone, G_SOURCE_FUNC (target_gone), g_object_ref (task), g_object_unref);
  g_source_attach (target->gone, g_task_get_context (task));
}

static void
patience_over (gpointer user_data)
{
  GTask *task = user_data;
  Ending *self = g_task_get_task_data (task);

  self->timer = NULL;
  if (self->killing) {
    scan (task);
    return;
  }
  self->killing = TRUE;
  for (guint i = 0; i < self->targets->len; i++)
    signal_target (self, g_ptr_array_index (self->targets, i), SIGKILL);
  self->timer = vnfm_clock_add_timer (self->clock, KILL_PATIENCE, patience_over, task);
}

static void
give_up (GTask *task, guint left)
{
  Ending *self = g_task_get_task_data (task);

  g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_FAILED, "%u processes with %s would not end", left,
                           self->marker);
  g_object_unref (task);
}

static void
scan (GTask *task)
{
  Ending *self = g_task_get_task_data (task);
  g_autoptr (GArray) found = nfvo_find_processes (self->marker);
  gboolean without_pidfd = FALSE;

  vnfm_clock_clear_timer (self->clock, &self->timer);
  g_ptr_array_set_size (self->targets, 0);
  if (found->len == 0) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  if (self->round++ == ROUNDS) {
    give_up (task, found->len);
    return;
  }
  self->killing = self->round > 1;
  for (guint i = 0; i < found->len; i++) {
    Target *target = g_new0 (Target, 1);
    target->pid = g_array_index (found, int, i);
    target->pidfd = (int)syscall (SYS_pidfd_open, target->pid, 0);
    g_ptr_array_add (self->targets, target);
    if (target->pidfd >= 0)
      watch (task, target);
    else
      without_pidfd = TRUE;
    if (has_marker (target->pid, self->marker))
      signal_target (self, target, self->killing ? SIGKILL : SIGTERM);
  }
  if (without_pidfd && self->round > 1)
    self->timer = vnfm_clock_add_timer (self->clock, WITHOUT_PIDFD, patience_over, task);
  else
    self->timer = vnfm_clock_add_timer (self->clock, self->killing ? KILL_PATIENCE : self->grace, patience_over, task);
}

void
nfvo_end_processes_async (const char *marker, gint64 grace, VnfmClock *clock, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Ending *self = g_new0 (Ending, 1);

  self->marker = g_strdup (marker);
  self->grace = grace;
  self->clock = g_object_ref (clock);
  self->targets = g_ptr_array_new_with_free_func ((GDestroyNotify)target_free);
  g_task_set_source_tag (task, nfvo_end_processes_async);
  g_task_set_task_data (task, self, (GDestroyNotify)ending_free);
  scan (task);
}

gboolean
nfvo_end_processes_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
