/* SPDX-License-Identifier: Apache-2.0 */
/* One command to one agent.
 *
 *              agent there, transport up            confirmed
 *      HELD ───────────────────────────► SENDING ─────────────► OPEN ───answer───► DONE
 *       ▲ ▲                                │  │                 │ │
 *       │ └── surely not sent ─────────────┘  │ perhaps sent    │ │ registered again, may not be repeated:
 *       │                                     ├────────────────►│ └──► DONE, outcome unknown
 *       └── perhaps sent, may be repeated ────┘                 │
 *       └── registered again, may be repeated ──────────────────┘
 *
 * A command may be repeated where the agent keeps a record under its step, or where it only writes a file once more.
 * With that record the way back to a command that was begun before a restart (attach) is to send it again, too: one
 * round trip and one path for both; STATUS would need a second one for the outcome. Without the record it is never sent
 * twice: a command begun before a restart is OPEN from the start.
 *
 * Every stay has an end: HELD by `hold`, OPEN by the script's time limit (the agent keeps it, and this side waits a
 * little longer for an agent that is gone) or by `answer-timeout`, all by the caller's cancellable. */
#include "config.h"

#include "plugins/ems-agent/agent-command.h"

#include "plugins/ems-agent/agent-wire.h"

#include <vnfm/vnfm-error.h>

/* An agent may register a moment before it reads its commands: that long a refused command does not mean it is lost. */
#define SETTLING_TIME (5 * G_USEC_PER_SEC)
#define RETRY_DELAY   G_USEC_PER_SEC

typedef enum { HELD, SENDING, OPEN, DONE } State;

struct _AgentCommand {
  AgentLink *link;
  Agent *agent;
  GTask *task;
  EmsCommand *command; /* NULL: it only waits */
  VnfmEnvironment *environment;
  char *id;                   /* correlation id; of an EXECUTE its step */
  gboolean attach;            /* begun before a restart */
  EmsCapability capabilities; /* the agent's when it was begun; all as long as that is not known */
  State state;
  gboolean sent;       /* perhaps begun on the machine by this process */
  gboolean cancelling; /* its end is awaited */
  gint64 sent_at;      /* wall time */
  guint generation;    /* of the agent's registration when it was sent */
  char *run;           /* of the agent when it was sent */
  gulong cancelled_handler;
  VnfmTimer *hold_timer;
  VnfmTimer *retry_timer;
  VnfmTimer *limit_timer;
  VnfmTimer *cancel_timer;
};

static void try_send (AgentCommand *self);

AgentCommand *
agent_command_ref (AgentCommand *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  AgentCommand *self = data;

  g_clear_pointer (&self->command, ems_command_free);
  g_clear_pointer (&self->environment, vnfm_environment_unref);
  g_free (self->id);
  g_free (self->run);
}

void
agent_command_unref (AgentCommand *self)
{
  g_rc_box_release_full (self, clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AgentCommand, agent_command_unref)

gboolean
agent_command_is_from (AgentCommand *self, const char *sender)
{
  return agent_login_fits (sender, self->agent->vnfr_id);
}

static gboolean
is_execute (const AgentCommand *self)
{
  return self->command != NULL && self->command->action == EMS_ACTION_EXECUTE;
}

static gboolean
is_repeatable (const AgentCommand *self)
{
  /* Both count: an agent of a new version has no record of what its predecessor began. */
  EmsCapability capabilities = agent_get_capabilities (self->agent) & self->capabilities;

  return self->command == NULL || agent_wire_is_repeatable (self->command->action, capabilities);
}

static void
note_agent (AgentCommand *self)
{
  const EmsRegistration *registration = self->agent->accepted->registration;

  self->capabilities = registration->capabilities;
  self->generation = self->agent->generation;
  g_free (self->run);
  self->run = g_strdup (registration->run);
}

/* "EXECUTE install.sh" */
static char *
dup_title (const AgentCommand *self)
{
  const EmsCommand *command = self->command;

  if (command == NULL)
    return g_strdup ("wait");

  const char *nick = ems_action_get_nick (command->action);
  const char *what = command->name != NULL                                ? command->name
                     : command->action != EMS_ACTION_SAVE_VNFR_DEPENDENCY ? command->payload
                                                                          : NULL;
  g_autofree char *shown = what != NULL ? vnfm_ems_hide_password (what, what) : NULL;
  return shown != NULL ? g_strdup_printf ("%s %s", nick, shown) : g_strdup (nick);
}

char *
agent_command_describe (AgentCommand *self)
{
  if (self->command == NULL)
    return NULL;

  g_autofree char *title = dup_title (self);
  if (!self->sent && !(self->attach && self->state == OPEN))
    return g_strdup_printf ("%s not sent yet", title);
  if (!self->sent)
    return g_strdup_printf ("%s begun before a restart, no answer yet", title);
  g_autofree char *at = vnfm_clock_format (self->sent_at);
  return g_strdup_printf ("%s sent at %s, %s", title, at,
                          self->cancelling ? "cancelled, its end is awaited" : "no answer yet");
}

/* Leaves all tables and stops all timers; after that nothing can call it back. Returns: (transfer full): the task, to
 * be returned last: its callback may start new commands. */
static GTask *
settle (AgentCommand *self)
{
  AgentLink *link = self->link;
  GCancellable *cancellable = g_task_get_cancellable (self->task);

  self->state = DONE;
  vnfm_clock_clear_timer (link->clock, &self->hold_timer);
  vnfm_clock_clear_timer (link->clock, &self->retry_timer);
  vnfm_clock_clear_timer (link->clock, &self->limit_timer);
  vnfm_clock_clear_timer (link->clock, &self->cancel_timer);
  if (self->cancelled_handler != 0)
    g_signal_handler_disconnect (cancellable, self->cancelled_handler);
  self->cancelled_handler = 0;
  g_queue_remove (&self->agent->commands, self);

  GTask *task = g_steal_pointer (&self->task);
  g_hash_table_remove (link->commands, self->id); /* perhaps the last reference */
  return task;
}

static void
finish_error (AgentCommand *self, GError *error)
{
  g_prefix_error (&error, "agent of %s: ", self->agent->hostname);
  g_autoptr (GTask) task = settle (self);
  g_task_return_error (task, error);
}

static void
finish_result (AgentCommand *self, VnfmScriptResult *result)
{
  g_autoptr (GTask) task = settle (self);
  g_task_return_pointer (task, result, (GDestroyNotify)vnfm_script_result_free);
}

static void
finish_ok (AgentCommand *self)
{
  g_autoptr (GTask) task = settle (self);
  g_task_return_boolean (task, TRUE);
}

/* Nobody can say what came of it. */
static void
finish_unknown (AgentCommand *self, const char *why, VnfmEnvelope *delivery)
{
  g_autofree char *title = dup_title (self);

  g_message ("agent of %s: %s: %s; its outcome is unknown", self->agent->hostname, title, why);
  if (!is_execute (self)) {
    vnfm_envelope_ack (delivery);
    finish_error (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME, "%s: %s", title, why));
    return;
  }
  g_autofree char *err = g_strdup_printf ("agent of %s: %s", self->agent->hostname, why);
  VnfmScriptResult *result = vnfm_script_result_new (1, "", err);
  result->known = FALSE;
  result->delivery = delivery != NULL ? vnfm_envelope_ref (delivery) : NULL;
  finish_result (self, result);
}

void
agent_command_abandon (AgentCommand *self, const char *why)
{
  finish_error (self, g_error_new_literal (VNFM_ERROR, VNFM_ERROR_CANCELLED, why));
}

/* Held. */

static void
hold_ends (gpointer data)
{
  AgentCommand *self = data;
  g_autofree char *known = agent_registry_describe (self->link->registry, self->agent->hostname);

  self->hold_timer = NULL;
  if (self->sent || self->attach)
    finish_unknown (self, known, NULL);
  else
    finish_error (self, g_error_new (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "held in vain: %s", known));
}

static void
hold (AgentCommand *self)
{
  self->state = HELD;
  if (self->command != NULL && self->link->hold > 0 && self->hold_timer == NULL)
    self->hold_timer = vnfm_clock_add_timer (self->link->clock, self->link->hold, hold_ends, self);
}

static void
retry (gpointer data)
{
  AgentCommand *self = data;

  self->retry_timer = NULL;
  try_send (self);
}

/* Nothing else will tell when to try again: a moment later. */
static void
hold_and_retry (AgentCommand *self)
{
  hold (self);
  if (self->retry_timer == NULL)
    self->retry_timer = vnfm_clock_add_timer (self->link->clock, RETRY_DELAY, retry, self);
}

/* Sent. */

static void
limit_passes (gpointer data)
{
  AgentCommand *self = data;
  g_autofree char *known = agent_registry_describe (self->link->registry, self->agent->hostname);

  self->limit_timer = NULL;
  if (is_execute (self)) {
    g_autofree char *why = g_strdup_printf ("no answer within the script's time limit of %" G_GINT64_FORMAT " s (%s)",
                                            self->command->timeout / G_USEC_PER_SEC, known);
    finish_unknown (self, why, NULL);
    return;
  }
  g_autofree char *title = dup_title (self);
  finish_error (self, g_error_new (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "%s: no answer (%s)", title, known));
}

static void
start_limit (AgentCommand *self)
{
  gint64 limit = is_execute (self) ? self->command->timeout : self->link->answer_timeout;

  if (limit <= 0 || self->limit_timer != NULL)
    return;
  /* The agent ends the script itself and says so: this is for one that is gone. */
  if (is_execute (self) && (agent_get_capabilities (self->agent) & EMS_CAPABILITY_TIMEOUT) != 0)
    limit += 2 * self->link->cancel_budget;
  self->limit_timer = vnfm_clock_add_timer (self->link->clock, limit, limit_passes, self);
}

/* The agent registered while the command was under way. */
static void
overtaken (AgentCommand *self)
{
  const EmsRegistration *registration = self->agent->accepted->registration;

  if (self->cancelling) {
    self->generation = self->agent->generation;
    agent_link_send_cancel (self->link, self->agent, self->id, NULL);
  } else if (is_repeatable (self)) {
    hold (self);
    try_send (self);
  } else if (registration->run != NULL && g_strcmp0 (registration->run, self->run) == 0) {
    self->generation = self->agent->generation; /* the same agent, only connected again: it still knows */
  } else {
    finish_unknown (self, "the agent registered again while the command was under way, and keeps no record", NULL);
  }
}

static void
not_found (AgentCommand *self)
{
  gint64 now = vnfm_clock_get_wall_time (self->link->clock);

  if (self->generation != self->agent->generation) {
    hold (self);
    try_send (self);
  } else if (self->agent->accepted != NULL && now - self->agent->accepted->at < SETTLING_TIME) {
    hold_and_retry (self);
  } else {
    agent_link_mark_lost (self->link, self->agent);
    hold (self);
  }
}

static void
published (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AgentCommand) self = data;
  g_autoptr (GError) error = NULL;
  gboolean confirmed = vnfm_transport_publish_finish (VNFM_TRANSPORT (source), result, &error);

  if (self->state != SENDING) /* the answer was quicker */
    return;
  if (confirmed || (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME) && !is_repeatable (self))) {
    self->sent = TRUE;
    self->state = OPEN;
    if (self->generation != self->agent->generation)
      overtaken (self);
    return;
  }

  gboolean perhaps = g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNKNOWN_OUTCOME);
  self->sent = self->sent || perhaps;
  if (self->cancelling && !self->sent) {
    finish_error (self, g_error_new_literal (VNFM_ERROR, VNFM_ERROR_CANCELLED, "cancelled before it was begun"));
  } else if (perhaps || g_error_matches (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE)) {
    if (vnfm_transport_get_state (self->link->transport) == VNFM_TRANSPORT_CONNECTED)
      hold_and_retry (self);
    else
      hold (self);
  } else if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND)) {
    not_found (self);
  } else {
    finish_error (self, g_steal_pointer (&error));
  }
}

static void
send_now (AgentCommand *self)
{
  AgentLink *link = self->link;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body =
      agent_wire_encode (self->command, self->environment, agent_get_capabilities (self->agent), &error);

  if (body == NULL) {
    finish_error (self, g_steal_pointer (&error));
    return;
  }

  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);
  envelope->host = g_strdup (self->agent->hostname);
  envelope->correlation_id = g_strdup (self->id);
  envelope->message_id = g_strdup (self->id);
  envelope->reply_to = vnfm_transport_dup_answer_address (link->transport);
  envelope->content_type = g_strdup ("text/plain");

  g_autofree char *title = dup_title (self);
  g_debug ("agent of %s: %s %s as %s", self->agent->hostname, self->sent ? "sending again" : "sending", title,
           self->id);
  vnfm_clock_clear_timer (link->clock, &self->hold_timer);
  vnfm_clock_clear_timer (link->clock, &self->retry_timer);
  self->state = SENDING;
  note_agent (self);
  if (self->sent_at == 0)
    self->sent_at = vnfm_clock_get_wall_time (link->clock);
  start_limit (self);
  vnfm_transport_publish_async (link->transport, VNFM_DESTINATION_EMS_COMMANDS, envelope, NULL, published,
                                agent_command_ref (self));
}

static void
try_send (AgentCommand *self)
{
  if (self->state != HELD || self->cancelling)
    return;
  if (!self->link->ready || !agent_is_up (self->agent)) {
    hold (self);
  } else if (self->attach && !self->sent && !is_repeatable (self)) {
    vnfm_clock_clear_timer (self->link->clock, &self->hold_timer);
    self->state = OPEN;
    note_agent (self);
    start_limit (self);
  } else if (vnfm_transport_get_state (self->link->transport) != VNFM_TRANSPORT_CONNECTED) {
    hold (self);
  } else if (self->command == NULL) {
    finish_ok (self);
  } else {
    send_now (self);
  }
}

void
agent_command_wake (AgentCommand *self)
{
  if (self->state == HELD && !self->sent && self->agent->accepted != NULL)
    note_agent (self);
  try_send (self);
}

void
agent_command_agent_registered (AgentCommand *self)
{
  if (self->state == OPEN && self->generation != self->agent->generation) {
    overtaken (self);
  } else if (self->state == HELD) {
    if (self->cancelling)
      agent_link_send_cancel (self->link, self->agent, self->id, NULL);
    else if (self->attach && !is_repeatable (self))
      finish_unknown (self, "the agent registered again after a restart, and keeps no record", NULL);
    else
      try_send (self);
  }
}

/* Answered. */

static void
take_result (AgentCommand *self, EmsAnswer *answer, VnfmEnvelope *envelope)
{
  if (answer->state == EMS_STATE_RUNNING) { /* not the end of it */
    vnfm_envelope_ack (envelope);
    return;
  }
  VnfmScriptResult *result = g_steal_pointer (&answer->result);
  result->delivery = vnfm_envelope_ref (envelope);
  finish_result (self, result);
}

/* A STATUS is asked for the sake of an answer: whatever it says of the step, it is one. */
static void
finish_machine (AgentCommand *self, EmsAnswer *answer)
{
  g_autoptr (GTask) task = settle (self);

  g_task_return_pointer (task, answer->machine != NULL ? json_object_ref (answer->machine) : json_object_new (),
                         (GDestroyNotify)json_object_unref);
}

/* A command other than EXECUTE failed on the machine. */
static void
finish_refused (AgentCommand *self, const VnfmScriptResult *result)
{
  g_autofree char *title = dup_title (self);
  const char *err = *result->err != '\0' ? result->err : "it does not say why";
  int code = self->command->action == EMS_ACTION_CLONE_SCRIPTS ? VNFM_ERROR_SCRIPT : VNFM_ERROR_STORE;

  if (g_str_has_prefix (err, "unknown action")) /* protocol/ems-extensions.md */
    code = VNFM_ERROR_NOT_SUPPORTED;
  finish_error (self, g_error_new (VNFM_ERROR, code, "%s failed with status %d: %s", title, result->status, err));
}

void
agent_command_answer (AgentCommand *self, VnfmEnvelope *envelope)
{
  g_autoptr (EmsAnswer) answer = NULL;
  g_autoptr (EmsOutput) output = NULL;
  g_autoptr (GError) error = NULL;

  if (self->command == NULL || !ems_reply_decode (envelope->body, &answer, &output, &error) || answer == NULL) {
    g_autofree char *excerpt = agent_wire_excerpt (envelope->body);
    g_autofree char *why =
        g_strdup_printf ("the answer cannot be read (%s): %s", error != NULL ? error->message : "no answer", excerpt);
    finish_unknown (self, why, envelope);
    return;
  }
  if (is_execute (self)) {
    take_result (self, answer, envelope);
    return;
  }

  vnfm_envelope_ack (envelope);
  if (self->command->action == EMS_ACTION_STATUS)
    finish_machine (self, answer);
  else if (answer->result->status == 0)
    finish_ok (self);
  else
    finish_refused (self, answer->result);
}

/* Cancelled. */

static void
budget_ends (gpointer data)
{
  AgentCommand *self = data;
  g_autofree char *known = agent_registry_describe (self->link->registry, self->agent->hostname);
  g_autofree char *why = g_strdup_printf ("cancelled, and its end was not told in time (%s)", known);

  self->cancel_timer = NULL;
  finish_unknown (self, why, NULL);
}

static void
cancelled_later (gpointer data)
{
  AgentCommand *self = data;
  gboolean begun = self->sent || self->attach || self->state == SENDING;

  self->cancel_timer = NULL;
  if (!is_execute (self) || !begun) {
    finish_error (self, g_error_new_literal (VNFM_ERROR, VNFM_ERROR_CANCELLED, "cancelled"));
    return;
  }
  self->cancelling = TRUE;
  self->cancel_timer = vnfm_clock_add_timer (self->link->clock, self->link->cancel_budget, budget_ends, self);
  if (agent_is_up (self->agent))
    agent_link_send_cancel (self->link, self->agent, self->id, NULL);
}

/* Not inside g_cancellable_cancel(): the callbacks of the task may want to leave the cancellable. */
static void
cancelled (GCancellable *cancellable, gpointer data)
{
  AgentCommand *self = data;

  if (self->cancel_timer == NULL && !self->cancelling)
    self->cancel_timer = vnfm_clock_add_timer (self->link->clock, 0, cancelled_later, self);
}

void
agent_command_start (AgentLink *link, Agent *agent, GTask *task, EmsCommand *command, const VnfmExecution *execution)
{
  AgentCommand *self = g_rc_box_new0 (AgentCommand);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->link = link;
  self->agent = agent;
  self->task = g_object_ref (task);
  self->command = command;
  if (execution != NULL) {
    self->id = g_strdup (execution->step_id);
    self->attach = execution->attach;
    self->environment = vnfm_environment_ref (execution->environment);
  } else {
    self->id = vnfm_clock_new_uuid (link->clock);
  }
  self->capabilities = EMS_CAPABILITIES_ALL;
  if (command != NULL && command->step == NULL)
    command->step = g_strdup (self->id);
  if (g_hash_table_contains (link->commands, self->id)) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_INVALID, "step %s runs already", self->id);
    g_object_unref (self->task);
    agent_command_unref (self);
    return;
  }

  /* The table owns it; the queue of its agent keeps the order. */
  g_hash_table_insert (link->commands, self->id, self);
  g_queue_push_tail (&agent->commands, self);
  g_autoptr (VnfmEnvelope) early = agent_link_take_early (link, self->id, agent->vnfr_id);
  if (early != NULL) {
    agent_command_answer (self, early);
    return;
  }
  if (cancellable != NULL) {
    self->cancelled_handler = g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled), self);
    if (g_cancellable_is_cancelled (cancellable))
      cancelled (cancellable, self);
  }
  if (self->cancel_timer == NULL)
    agent_command_wake (self);
}
