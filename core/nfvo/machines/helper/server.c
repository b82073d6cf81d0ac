/* SPDX-License-Identifier: Apache-2.0 */
/* Answers the program in the cloud. A machine:
 *
 *   start -> STARTING --"ready": done--> RUNNING --stop: SIGKILL--> its init is gone: done
 *               |                           | its init is gone: news "ended"
 *               +--"failed TEXT", or its init is gone: failed
 *
 * The init of a PID namespace is gone only when all in it are. When the socket ends, all machines are killed, and when
 * the program has ended too, so does this one. */
#include "config.h"

#include "core/nfvo/machines/helper/helper.h"

#include <glib-unix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_STATUS (16 * 1024)

typedef struct {
  const HelperCloud *cloud;
  GMainLoop *loop;
  int socket;
  HelperReader *reader;
  GHashTable *machines; /* id -> Machine */
  guint machines_made;
  pid_t program;
  int program_status;
  gboolean program_ended;
  gboolean closing;
  guint sources[3];
} Server;

typedef struct {
  Server *server;
  char *id;
  char *hostname;
  pid_t pid;
  int pidfd;
  int status;
  guint32 starting; /* serial of the request that waits for it */
  guint32 stopping;
  GString *told; /* by its init: not a whole line yet */
  char *failure;
  guint sources[2];
} Machine;

/* ---- talking */

static void
tell (Server *self, guint32 serial, const char *verb, GVariant *body)
{
  g_autoptr (GBytes) bytes = helper_message_pack (serial, verb, body);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0 && !self->closing) {
    gssize sent = send (self->socket, data, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0)
      return; /* its end is seen where it is read */
    data += sent;
    length -= (gsize)sent;
  }
}

static void
tell_failed (Server *self, guint32 serial, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  tell (self, serial, HELPER_FAILED, g_variant_new_string (valid));
}

static void
end_if_done (Server *self)
{
  if (self->program_ended && g_hash_table_size (self->machines) == 0)
    g_main_loop_quit (self->loop);
}

/* ---- machines */

static void
machine_free (Machine *machine)
{
  for (guint i = 0; i < G_N_ELEMENTS (machine->sources); i++)
    if (machine->sources[i] != 0)
      g_source_remove (machine->sources[i]);
  close (machine->pidfd);
  close (machine->status);
  g_string_free (machine->told, TRUE);
  g_free (machine->failure);
  g_free (machine->hostname);
  g_free (machine->id);
  g_free (machine);
}

static void
machine_kill (Machine *machine)
{
  syscall (SYS_pidfd_send_signal, machine->pidfd, SIGKILL, NULL, 0);
}

static void
machine_says (Machine *machine, const char *line)
{
  Server *self = machine->server;

  if (g_str_equal (line, "ready") && machine->starting != 0) {
    tell (self, machine->starting, HELPER_DONE, g_variant_new_int32 (machine->pid));
    machine->starting = 0;
  } else if (g_str_has_prefix (line, "failed ") && machine->failure == NULL) {
    machine->failure = g_strdup (line + strlen ("failed "));
  } else if (g_str_has_prefix (line, "user-data ")) {
    tell (self, 0, HELPER_USER_DATA, g_variant_new ("(si)", machine->id, atoi (line + strlen ("user-data "))));
  }
}

static gboolean
read_status (Machine *machine)
{
  char block[1024];
  gssize length = read (machine->status, block, sizeof block);
  char *end;

  if (length <= 0 || machine->told->len > MAX_STATUS)
    return FALSE;
  g_string_append_len (machine->told, block, length);
  while ((end = strchr (machine->told->str, '\n')) != NULL) {
    *end = '\0';
    machine_says (machine, machine->told->str);
    g_string_erase (machine->told, 0, end - machine->told->str + 1);
  }
  return TRUE;
}

static gboolean
status_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Machine *machine = user_data;

  if (read_status (machine))
    return G_SOURCE_CONTINUE;
  machine->sources[0] = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
machine_gone (int fd, GIOCondition condition, gpointer user_data)
{
  Machine *machine = user_data;
  Server *self = machine->server;
  int status = 0;

  waitpid (machine->pid, &status, 0);
  while (read_status (machine))
    ;
  machine->sources[1] = 0;
  if (machine->starting != 0)
    tell_failed (self, machine->starting, machine->failure != NULL ? machine->failure : "it ended while it booted");
  if (machine->stopping != 0)
    tell (self, machine->stopping, HELPER_DONE, g_variant_new_int32 (0));
  else if (machine->starting == 0)
    tell (self, 0, HELPER_ENDED, g_variant_new ("(ss)", machine->id, "its first process was killed"));
  g_hash_table_remove (self->machines, machine->id);
  end_if_done (self);
  return G_SOURCE_REMOVE;
}

/* ---- requests */

static void
make_bridge (Server *self, guint32 serial, GVariant *body)
{
  g_autofree char *name = NULL;
  g_autofree char *address4 = NULL;
  g_autofree char *address6 = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (helper_bridge_unpack (body, &name, &address4, &address6, &error)) {
    text = helper_network_bridge (name, address4, address6);
    if (helper_network_run (text, -1, &error)) {
      tell (self, serial, HELPER_DONE, g_variant_new_int32 (0));
      return;
    }
  }
  tell_failed (self, serial, error->message);
}

static void
start_machine (Server *self, guint32 serial, GVariant *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HelperOrder) order = helper_order_unpack (body, &error);
  Machine *machine;
  pid_t pid;
  int status;
  int pidfd;

  if (order == NULL) {
    tell_failed (self, serial, error->message);
    return;
  }
  if (g_hash_table_contains (self->machines, order->id)) {
    tell_failed (self, serial, "there is a machine of this id");
    return;
  }
  pidfd = helper_spawn (self->cloud, order, ++self->machines_made, &pid, &status, &error);
  if (pidfd < 0) {
    tell_failed (self, serial, error->message);
    return;
  }
  machine = g_new0 (Machine, 1);
  machine->server = self;
  machine->id = g_strdup (order->id);
  machine->hostname = g_strdup (order->hostname);
  machine->pid = pid;
  machine->pidfd = pidfd;
  machine->status = status;
  machine->starting = serial;
  machine->told = g_string_new (NULL);
  machine->sources[0] = g_unix_fd_add (status, G_IO_IN | G_IO_HUP, status_readable, machine);
  machine->sources[1] = g_unix_fd_add (pidfd, G_IO_IN, machine_gone, machine);
  g_hash_table_insert (self->machines, machine->id, machine);
}

static void
stop_machine (Server *self, guint32 serial, GVariant *body)
{
  Machine *machine = g_variant_is_of_type (body, G_VARIANT_TYPE_STRING)
                         ? g_hash_table_lookup (self->machines, g_variant_get_string (body, NULL))
                         : NULL;

  if (machine == NULL) { /* it ended by itself */
    tell (self, serial, HELPER_DONE, g_variant_new_int32 (0));
    return;
  }
  if (machine->stopping != 0)
    tell (self, machine->stopping, HELPER_DONE, g_variant_new_int32 (0));
  machine->stopping = serial;
  machine_kill (machine);
}

static void
take (Server *self, GVariant *message)
{
  guint32 serial;
  const char *verb;
  g_autoptr (GVariant) body = NULL;

  g_variant_get (message, "(u&sv)", &serial, &verb, &body);
  if (g_str_equal (verb, HELPER_BRIDGE))
    make_bridge (self, serial, body);
  else if (g_str_equal (verb, HELPER_START))
    start_machine (self, serial, body);
  else if (g_str_equal (verb, HELPER_STOP))
    stop_machine (self, serial, body);
  else
    tell_failed (self, serial, "there is no such request");
}

/* ---- the end */

static void
close_down (Server *self)
{
  GHashTableIter iter;
  gpointer machine;

  self->closing = TRUE;
  g_hash_table_iter_init (&iter, self->machines);
  while (g_hash_table_iter_next (&iter, NULL, &machine))
    machine_kill (machine);
  end_if_done (self);
}

static gboolean
socket_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Server *self = user_data;
  g_autoptr (GError) error = NULL;
  char block[65536];
  gssize length = recv (fd, block, sizeof block, MSG_DONTWAIT);
  GVariant *message;

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (length > 0)
    helper_reader_feed (self->reader, block, (gsize)length);
  while (length > 0 && (message = helper_reader_next (self->reader, &error)) != NULL) {
    take (self, message);
    g_variant_unref (message);
  }
  if (length > 0 && error == NULL)
    return G_SOURCE_CONTINUE;
  if (error != NULL)
    g_printerr ("vnfm-machine: %s\n", error->message);
  self->sources[0] = 0;
  close_down (self);
  return G_SOURCE_REMOVE;
}

static gboolean
program_gone (int fd, GIOCondition condition, gpointer user_data)
{
  Server *self = user_data;

  while (waitpid (self->program, &self->program_status, 0) < 0 && errno == EINTR)
    ;
  self->program_ended = TRUE;
  self->sources[1] = 0;
  close_down (self);
  return G_SOURCE_REMOVE;
}

/* Who called knows this process's id; what it sends is meant for the program. */
static gboolean
signalled (int fd, GIOCondition condition, gpointer user_data)
{
  Server *self = user_data;
  struct signalfd_siginfo information;

  while (read (fd, &information, sizeof information) == sizeof information)
    if (!self->program_ended)
      kill (self->program, (int)information.ssi_signo);
  return G_SOURCE_CONTINUE;
}

static int
open_signals (void)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGHUP);
  sigaddset (&set, SIGQUIT);
  return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
helper_serve (const HelperCloud *cloud, int socket, pid_t program)
{
  Server self = { .cloud = cloud, .socket = socket, .program = program };
  int pidfd = (int)syscall (SYS_pidfd_open, program, 0);
  int signals = open_signals ();

  self.loop = g_main_loop_new (NULL, FALSE);
  self.reader = helper_reader_new ();
  self.machines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)machine_free);
  self.sources[0] = g_unix_fd_add (socket, G_IO_IN | G_IO_HUP, socket_readable, &self);
  self.sources[1] = g_unix_fd_add (pidfd, G_IO_IN, program_gone, &self);
  self.sources[2] = g_unix_fd_add (signals, G_IO_IN, signalled, &self);
  g_main_loop_run (self.loop);
  for (guint i = 0; i < G_N_ELEMENTS (self.sources); i++)
    if (self.sources[i] != 0)
      g_source_remove (self.sources[i]);
  close (pidfd);
  close (signals);
  g_hash_table_unref (self.machines);
  helper_reader_free (self.reader);
  g_main_loop_unref (self.loop);
  return self.program_status;
}
