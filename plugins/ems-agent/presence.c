/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/presence.h"

#include "plugins/ems-agent/files.h"

#include <vnfm/vnfm-context.h>
#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-json.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Three things in the machine:
 *
 *   STATE/lock     a POSIX record lock: one agent for each state folder. It is of the process and not of the file: what
 *                  the agent forks does not hold it, and who asks is told whose it is.
 *   STATE/status   how far the agent got: connecting, connected, registered
 *   the console    why it has not been registered for a while, once for each reason and not more often than once in a
 *                  while: all that an operator of a cloud may see of a machine */

#define LOCK   "lock"
#define STATUS "status"

#define CONSOLE_PAUSE (60 * G_USEC_PER_SEC)

struct _EmsPresence {
  VnfmTransport *transport;
  VnfmClock *clock;
  VnfmProfile *profile;
  char *folder;
  int lock; /* -1: this file system has none */
  gulong on_state;
  VnfmTimer *look; /* while it is not registered */
  const char *state;
  GError *silence;     /* what there is to say while nobody answers a registration */
  GError *refusal;     /* (nullable): of the last registration */
  gint64 absent_since; /* monotonic; 0: it is registered */
  char *told;          /* (nullable): the last reason on the console */
};

/* The console. */

void
ems_console_tell (const char *path, const char *text)
{
  int console =
      path != NULL && *path != '\0' ? open (path, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
  g_autofree char *line = g_strdup_printf ("vnfm-ems: %s\n", text);

  if (console < 0)
    return;
  /* What does not fit is lost: nobody waits for a console. */
  if (write (console, line, strlen (line)) < 0)
    g_debug ("%s: %s", path, g_strerror (errno));
  close (console);
}

char *
ems_presence_dup_advice (const GError *error, const char *address)
{
  if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_DENIED))
    return g_strdup ("compare [stomp] login and passcode of the key-file with those of the manager; a machine of an "
                     "earlier VNFR has credentials that are no longer good");
  if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_TIMEOUT))
    return g_strdup_printf ("%s accepts connections and says nothing: is it a STOMP broker, and not overloaded?",
                            address);
  if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND))
    return g_strdup ("the broker runs but no manager reads registrations: start vnfmd, and compare [destinations] of "
                     "the key-file with its configuration");
  if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_REFUSED))
    return g_strdup ("the broker did not take it: see the log of the manager for this machine's name");
  return g_strdup_printf ("see that %s is the manager's address in this network (route, security group), and that "
                          "vnfmd or its broker listens there",
                          address);
}

static char *
dup_address (EmsPresence *self)
{
  const char *host = vnfm_profile_get_string (self->profile, "stomp", "host");

  return g_strdup_printf ("%s:%" G_GINT64_FORMAT, host != NULL ? host : "?",
                          vnfm_profile_get_int (self->profile, "stomp", "port"));
}

/* The status file. */

static const GError *
get_reason (EmsPresence *self)
{
  if (self->absent_since == 0)
    return NULL;
  if (vnfm_transport_get_state (self->transport) == VNFM_TRANSPORT_CONNECTED && self->refusal == NULL)
    return self->silence;
  return vnfm_transport_get_state (self->transport) == VNFM_TRANSPORT_CONNECTED
             ? self->refusal
             : vnfm_transport_get_last_error (self->transport);
}

static void
write_status (EmsPresence *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (GError) error = NULL;
  const GError *reason = get_reason (self);
  g_autofree char *since = vnfm_clock_format (vnfm_clock_get_wall_time (self->clock));

  json_object_set_string_member (object, "state", self->state);
  json_object_set_string_member (object, "since", since);
  if (reason != NULL)
    json_object_set_string_member (object, "reason", reason->message);
  g_autoptr (GBytes) text = vnfm_json_write_object (object);
  if (!ems_file_replace (self->folder, STATUS, text, FALSE, &error))
    g_info ("%s", error->message);
}

/* Not registered. */

static void
complain (EmsPresence *self)
{
  const GError *reason = get_reason (self);
  const char *hostname = vnfm_profile_get_string (self->profile, "ems", "hostname");
  g_autofree char *address = dup_address (self);
  gint64 seconds = (vnfm_clock_get_monotonic_time (self->clock) - self->absent_since) / G_USEC_PER_SEC;
  const char *why = reason != NULL ? reason->message : "no answer yet";

  if (g_strcmp0 (self->told, why) == 0)
    return;
  g_free (self->told);
  self->told = g_strdup (why);
  g_autofree char *advice = ems_presence_dup_advice (reason, address);
  g_autofree char *text =
      g_strdup_printf ("agent %s has not been registered with its manager at %s for %" G_GINT64_FORMAT
                       " s: %s. What to do: %s. \"vnfm-ems --check\" in this machine tells more.",
                       hostname, address, MAX (seconds, 0), why, advice);
  g_message ("%s", text);
  ems_console_tell (vnfm_profile_get_string (self->profile, "ems", "console"), text);
}

static void
look (gpointer user_data)
{
  EmsPresence *self = user_data;

  write_status (self);
  complain (self);
  self->look = vnfm_clock_add_timer (self->clock, CONSOLE_PAUSE, look, self);
}

static void
set_absent (EmsPresence *self, const char *state)
{
  if (self->absent_since == 0)
    self->absent_since = MAX (vnfm_clock_get_monotonic_time (self->clock), 1);
  self->state = state;
  if (self->look == NULL)
    self->look = vnfm_clock_add_timer (
        self->clock, vnfm_profile_get_duration (self->profile, "ems", "console-patience"), look, self);
  write_status (self);
}

static void
state_changed (VnfmTransport *transport, GParamSpec *property, gpointer user_data)
{
  gboolean connected = vnfm_transport_get_state (transport) == VNFM_TRANSPORT_CONNECTED;

  set_absent (user_data, connected ? "connected" : "connecting");
}

void
ems_presence_registration (EmsPresence *self, const GError *error)
{
  g_clear_error (&self->refusal);
  if (error != NULL) {
    self->refusal = g_error_copy (error);
    set_absent (self, "connected");
    return;
  }
  self->absent_since = 0;
  self->state = "registered";
  vnfm_clock_clear_timer (self->clock, &self->look);
  if (self->told != NULL)
    ems_console_tell (vnfm_profile_get_string (self->profile, "ems", "console"), "registered with its manager now");
  g_clear_pointer (&self->told, g_free);
  write_status (self);
}

/* Life. */

static struct flock
whole_file (short type)
{
  return (struct flock){ .l_type = type, .l_whence = SEEK_SET };
}

static gboolean
claim (EmsPresence *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, LOCK, NULL);
  struct flock wanted = whole_file (F_WRLCK);
  struct flock other = whole_file (F_WRLCK);

  self->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock < 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot write %s: %s", path, g_strerror (errno));
    return FALSE;
  }
  if (fcntl (self->lock, F_SETLK, &wanted) == 0)
    return TRUE;
  if (errno != EACCES && errno != EAGAIN) {
    g_info ("%s: no locks here: %s", path, g_strerror (errno));
    return TRUE;
  }
  if (fcntl (self->lock, F_GETLK, &other) != 0)
    other.l_pid = 0;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "another agent, process %d, works with %s", (int)other.l_pid,
               self->folder);
  return FALSE;
}

EmsPresence *
ems_presence_new (VnfmContext *context, VnfmTransport *transport, GError **error)
{
  g_autoptr (EmsPresence) self = g_new0 (EmsPresence, 1);

  self->transport = g_object_ref (transport);
  self->clock = g_object_ref (vnfm_context_get_clock (context));
  self->profile = g_object_ref (vnfm_context_get_profile (context));
  self->folder = g_strdup (vnfm_profile_get_string (self->profile, "ems", "state-dir"));
  self->silence = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "no manager has taken the registration yet");
  if (!claim (self, error))
    return NULL;
  set_absent (self, "connecting");
  self->on_state = g_signal_connect (transport, "notify::state", G_CALLBACK (state_changed), self);
  return g_steal_pointer (&self);
}

void
ems_presence_free (EmsPresence *self)
{
  g_clear_signal_handler (&self->on_state, self->transport);
  vnfm_clock_clear_timer (self->clock, &self->look);
  if (self->lock >= 0)
    close (self->lock);
  g_clear_error (&self->refusal);
  g_clear_error (&self->silence);
  g_free (self->told);
  g_free (self->folder);
  g_object_unref (self->profile);
  g_object_unref (self->clock);
  g_object_unref (self->transport);
  g_free (self);
}

/* Seen from outside. */

void
ems_sighting_clear (EmsSighting *self)
{
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->since, g_free);
  g_clear_pointer (&self->reason, g_free);
}

void
ems_sighting_take (EmsSighting *self, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, LOCK, NULL);
  int lock = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  struct flock other = whole_file (F_RDLCK);

  memset (self, 0, sizeof *self);
  if (lock < 0)
    return;
  self->running = fcntl (lock, F_GETLK, &other) == 0 && other.l_type != F_UNLCK;
  self->pid = self->running ? other.l_pid : 0;
  close (lock);
  g_autoptr (GBytes) text = self->running ? ems_file_read (folder, STATUS, NULL) : NULL;
  g_autoptr (JsonNode) node = text != NULL ? vnfm_json_parse (text, NULL) : NULL;
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  self->state = g_strdup (vnfm_json_get_string (object, "state"));
  self->since = g_strdup (vnfm_json_get_string (object, "since"));
  self->reason = g_strdup (vnfm_json_get_string (object, "reason"));
}
