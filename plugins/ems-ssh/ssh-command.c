/* SPDX-License-Identifier: Apache-2.0 */
/* One command in one channel:
 *
 *   WAITING --a session is free--> OPENING --opened--> ASKING --"exec" granted--> RUNNING --closed by the peer--> done
 *      ^--the server has no more sessions--'
 *
 * Cancelled or cut off, it is done at once from any state; what that means (not begun, or unknown) depends on whether
 * "exec" has been sent. A channel that is still being opened then becomes an orphan of the link. */
#include "config.h"

#include "plugins/ems-ssh/ssh-private.h"

#include <signal.h>
#include <string.h>
#include <vnfm/vnfm-error.h>

/* Written at a time; libssh copies it. */
#define PIECE 32768
/* Pieces in a row, so that other channels have their turn. */
#define MAX_PIECES 8
/* Between two tries to get a session from a server that takes none. */
#define SESSION_RETRY (200 * G_TIME_SPAN_MILLISECOND)

typedef enum {
  COMMAND_WAITING,
  COMMAND_OPENING,
  COMMAND_ASKING,
  COMMAND_RUNNING,
  COMMAND_DONE,
} CommandState;

struct _SshCommand {
  SshLink *link; /* kept by the task */
  GTask *task;
  gulong cancelled_handler;
  CommandState state;
  char *command;
  GBytes *input;
  gsize written;
  gboolean input_ended;
  gsize max_output;
  SshOutputFunc live;
  gpointer live_data;

  ssh_channel channel;
  struct ssh_channel_callbacks_struct callbacks;
  GByteArray *kept[2];  /* stdout, stderr */
  GByteArray *fresh[2]; /* to be shown; nullable */
  gsize truncated;
  gboolean shows; /* it is in the link's queue */
  gboolean ended; /* the peer has closed the channel */
  gboolean has_status;
  int status;

  GError *error;
};

void
ssh_outcome_free (SshOutcome *self)
{
  g_bytes_unref (self->output);
  g_bytes_unref (self->errors);
  g_free (self);
}

/* What libssh tells: noted only. */

static int
got_data (ssh_session session, ssh_channel channel, void *data, uint32_t length, int is_stderr, void *user_data)
{
  SshCommand *self = user_data;
  GByteArray *kept = self->kept[is_stderr != 0];
  gsize room = self->max_output == 0 ? G_MAXUINT - kept->len : self->max_output - MIN (kept->len, self->max_output);
  guint fits = (guint)MIN (length, room);

  g_byte_array_append (kept, data, fits);
  self->truncated += length - fits;
  if (self->live != NULL) {
    GByteArray **fresh = &self->fresh[is_stderr != 0];
    if (*fresh == NULL)
      *fresh = g_byte_array_new ();
    g_byte_array_append (*fresh, data, length);
    if (!self->shows)
      g_queue_push_tail (&self->link->lively, self);
    self->shows = TRUE;
  }
  return (int)length;
}

static void
got_status (ssh_session session, ssh_channel channel, int status, void *user_data)
{
  SshCommand *self = user_data;

  self->has_status = TRUE;
  self->status = status;
}

/* RFC 4254, 6.10: names without "SIG". */
static int
signal_number (const char *name)
{
  static const struct {
    const char *name;
    int number;
  } numbers[] = {
    { "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "FPE", SIGFPE },   { "HUP", SIGHUP },   { "ILL", SIGILL },
    { "INT", SIGINT },   { "KILL", SIGKILL }, { "PIPE", SIGPIPE }, { "QUIT", SIGQUIT }, { "SEGV", SIGSEGV },
    { "TERM", SIGTERM }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (name, numbers[i].name) == 0)
      return numbers[i].number;
  return SSH_SIGNAL_UNKNOWN;
}

static void
got_signal (ssh_session session, ssh_channel channel, const char *name, int core, const char *message,
            const char *language, void *user_data)
{
  SshCommand *self = user_data;

  self->has_status = TRUE;
  self->status = -signal_number (name);
}

static void
got_close (ssh_session session, ssh_channel channel, void *user_data)
{
  ((SshCommand *)user_data)->ended = TRUE;
}

/* Done, one way or the other. */

static void
release_channel (SshCommand *self)
{
  SshLink *link = self->link;

  if (self->channel == NULL)
    return;
  ssh_remove_channel_callbacks (self->channel, &self->callbacks);
  if (link->state == SSH_LINK_CLOSED) {
    /* libssh frees it with the session. */
    self->channel = NULL;
  } else if (self->state == COMMAND_OPENING && self->error != NULL &&
             g_error_matches (self->error, VNFM_ERROR, VNFM_ERROR_CANCELLED)) {
    g_queue_push_tail (&link->orphans, g_steal_pointer (&self->channel));
    return;
  } else {
    g_clear_pointer (&self->channel, ssh_channel_free);
  }
  link->sessions--;
}

static void
finish (SshCommand *self, GError *error)
{
  self->error = error;
  release_channel (self);
  self->state = COMMAND_DONE;
  g_queue_remove (&self->link->commands, self);
  g_queue_push_tail (&self->link->done, self);
  if (self->link->commands.length == 0)
    self->link->max_sessions = self->link->settings->max_sessions;
}

void
ssh_command_abort (SshCommand *self, const GError *reason)
{
  gboolean begun = self->state >= COMMAND_ASKING;

  finish (self, g_error_new (VNFM_ERROR, begun ? VNFM_ERROR_UNKNOWN_OUTCOME : VNFM_ERROR_UNREACHABLE,
                             begun ? "%s, while a command ran" : "%s, before the command was begun", reason->message));
}

void
ssh_command_show (SshCommand *self)
{
  self->shows = FALSE;
  for (int i = 0; i < 2; i++) {
    g_autoptr (GByteArray) fresh = g_steal_pointer (&self->fresh[i]);
    if (fresh != NULL)
      self->live (i == 1, fresh->data, fresh->len, self->live_data);
  }
}

static GBytes *
to_bytes (GByteArray **bytes)
{
  return g_byte_array_free_to_bytes (g_steal_pointer (bytes));
}

static void
command_free (SshCommand *self)
{
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&self->kept[i], g_byte_array_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->input, g_bytes_unref);
  g_free (self->command);
  g_object_unref (self->task);
  g_free (self);
}

void
ssh_command_complete (SshCommand *self)
{
  if (self->shows) {
    g_queue_remove (&self->link->lively, self);
    ssh_command_show (self);
  }
  if (self->cancelled_handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (self->task), self->cancelled_handler);
  if (self->error != NULL) {
    g_task_return_error (self->task, g_steal_pointer (&self->error));
  } else {
    SshOutcome *outcome = g_new (SshOutcome, 1);
    *outcome = (SshOutcome){ self->status, to_bytes (&self->kept[0]), to_bytes (&self->kept[1]), self->truncated };
    g_task_return_pointer (self->task, outcome, (GDestroyNotify)ssh_outcome_free);
  }
  command_free (self);
}

/* Moving on. */

static gboolean
begin (SshCommand *self)
{
  SshLink *link = self->link;

  if (link->sessions >= link->max_sessions || link->patience != NULL)
    return FALSE;
  self->channel = ssh_channel_new (link->session);
  if (self->channel == NULL) {
    finish (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s: no channel: %s", link->label,
                               ssh_get_error (link->session)));
    return FALSE;
  }
  link->sessions++;
  self->callbacks = (struct ssh_channel_callbacks_struct){
    .userdata = self,
    .channel_data_function = got_data,
    .channel_exit_status_function = got_status,
    .channel_exit_signal_function = got_signal,
    .channel_close_function = got_close,
  };
  ssh_callbacks_init (&self->callbacks);
  ssh_set_channel_callbacks (self->channel, &self->callbacks);
  self->state = COMMAND_OPENING;
  return TRUE;
}

static void
try_again (gpointer data)
{
  SshLink *link = data;

  link->patience = NULL;
  ssh_link_drive (link);
}

/* The server has fewer sessions than we thought, or ones that we gave up are not over for it: their processes may still
 * run. Wait for one of ours to end, or else for a while. */
static void
not_opened (SshCommand *self)
{
  SshLink *link = self->link;
  SshSettings *settings = link->settings;
  gint64 now = vnfm_clock_get_monotonic_time (settings->clock);
  g_autofree char *cause = g_strdup (ssh_get_error (link->session));

  release_channel (self);
  self->state = COMMAND_WAITING;
  if (link->sessions > 0) {
    g_debug ("%s: takes %u sessions only: %s", link->label, link->sessions, cause);
    link->max_sessions = link->sessions;
    return;
  }
  if (link->denied_since == 0)
    link->denied_since = now;
  if (now - link->denied_since < settings->connect_timeout)
    link->patience = vnfm_clock_add_timer (settings->clock, SESSION_RETRY, try_again, link);
  else
    finish (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s: opens no session: %s", link->label, cause));
}

static void
write_input (SshCommand *self)
{
  SshLink *link = self->link;
  gsize length = 0;
  const guint8 *data = self->input != NULL ? g_bytes_get_data (self->input, &length) : NULL;

  for (int i = 0; i < MAX_PIECES && self->written < length; i++) {
    guint32 piece = (guint32)MIN (length - self->written, PIECE);
    /* What libssh could not hand to the socket it keeps in memory: no more of that than a piece. */
    if ((ssh_get_poll_flags (link->session) & SSH_WRITE_PENDING) != 0 || ssh_channel_window_size (self->channel) == 0)
      return;
    int count = ssh_channel_write (self->channel, data + self->written, piece);
    if (count < 0) {
      /* It reads no more; how it ends is told on its own. */
      self->input_ended = TRUE;
      return;
    }
    self->written += (gsize)count;
  }
  if (self->written >= length) {
    ssh_channel_send_eof (self->channel);
    self->input_ended = TRUE;
    g_clear_pointer (&self->input, g_bytes_unref);
  }
}

gboolean
ssh_command_wants_write (SshCommand *self)
{
  return self->state == COMMAND_RUNNING && !self->input_ended && !self->ended &&
         ssh_channel_window_size (self->channel) > 0;
}

static void
advance_opening (SshCommand *self)
{
  int rc = ssh_channel_open_session (self->channel);

  if (rc == SSH_OK) {
    self->state = COMMAND_ASKING;
    self->link->denied_since = 0;
  } else if (rc == SSH_ERROR && ssh_is_connected (self->link->session)) {
    not_opened (self);
  }
}

static void
advance_asking (SshCommand *self)
{
  int rc = ssh_channel_request_exec (self->channel, self->command);

  if (rc == SSH_OK)
    self->state = COMMAND_RUNNING;
  else if (rc == SSH_ERROR && !ssh_is_connected (self->link->session))
    return; /* the link finds out */
  else if (rc == SSH_ERROR)
    finish (self, g_error_new (VNFM_ERROR, VNFM_ERROR_REFUSED, "%s: the server runs no command: %s", self->link->label,
                               ssh_get_error (self->link->session)));
}

static void
advance_running (SshCommand *self)
{
  if (!self->input_ended && !self->ended)
    write_input (self);
  if (!self->ended)
    return;
  if (self->has_status)
    finish (self, NULL);
  else
    finish (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME,
                               "%s: the server closed the channel and told no exit status", self->link->label));
}

void
ssh_command_advance (SshCommand *self)
{
  if (self->state == COMMAND_WAITING && !begin (self))
    return;
  if (self->state == COMMAND_OPENING)
    advance_opening (self);
  if (self->state == COMMAND_ASKING)
    advance_asking (self);
  if (self->state == COMMAND_RUNNING)
    advance_running (self);
}

/* Not inside g_cancellable_cancel(): the callbacks of the task may want to leave the cancellable. */
static void
cancelled (GCancellable *cancellable, gpointer data)
{
  SshCommand *self = data;

  if (self->state == COMMAND_DONE)
    return;
  finish (self, g_error_new (VNFM_ERROR, VNFM_ERROR_CANCELLED, "%s: the command was cancelled", self->link->label));
  ssh_link_wake (self->link);
}

void
ssh_link_run_async (SshLink *link, const char *command, GBytes *input, gsize max_output, SshOutputFunc live,
                    gpointer live_data, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (link, cancellable, callback, user_data);

  g_task_set_source_tag (task, ssh_link_run_async);
  /* How it ended is told, also if it was cancelled meanwhile. */
  g_task_set_check_cancellable (task, FALSE);
  if (g_cancellable_is_cancelled (cancellable)) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "%s: the command was cancelled", link->label);
    return;
  }
  if (link->state != SSH_LINK_OPEN) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "%s, before the command was begun",
                             link->reason != NULL ? link->reason->message : link->label);
    return;
  }
  SshCommand *self = g_new0 (SshCommand, 1);
  self->link = link;
  self->task = g_steal_pointer (&task);
  self->command = g_strdup (command);
  self->input = input != NULL ? g_bytes_ref (input) : NULL;
  self->max_output = max_output;
  self->live = live;
  self->live_data = live_data;
  for (int i = 0; i < 2; i++)
    self->kept[i] = g_byte_array_new ();
  if (cancellable != NULL)
    self->cancelled_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled), self);
  g_queue_push_tail (&link->commands, self);
  ssh_link_wake (link);
}

SshOutcome *
ssh_link_run_finish (SshLink *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
