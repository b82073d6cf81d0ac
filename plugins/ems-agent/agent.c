/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/agent.h"

#include "plugins/ems-agent/files.h"
#include "plugins/ems-agent/machine-report.h"
#include "plugins/ems-agent/outbox.h"
#include "plugins/ems-agent/presence.h"
#include "plugins/ems-agent/registrar.h"
#include "plugins/ems-agent/run-files.h"
#include "plugins/ems-agent/script-command.h"
#include "plugins/ems-agent/script-log.h"
#include "plugins/ems-agent/script-merge.h"
#include "plugins/ems-agent/script-runner.h"

#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-parameter-files.h>

#include <string.h>

/* Commands in, answers out. Every command gets exactly one answer, also one that nobody can read:
 *
 *   command --> refused (no JSON, a member missing, unknown) ------------------------------> answer
 *           --> known step: ended: its kept answer; running: one more who waits for it
 *           --> STATUS, CANCEL: from the records ------------------------------------------> answer
 *           --> SAVE_SCRIPTS, SCRIPTS_UPDATE, SAVE_VNFR_DEPENDENCY: record, write, outcome -> answer
 *           --> EXECUTE: record, then the runner ... outcome ------------------------------> answer
 *           --> CLONE_SCRIPTS: the same with git, then what it fetched is moved to its place -> answer
 *
 * A command is acknowledged when what it says is safe here: an EXECUTE or CLONE_SCRIPTS when its record is on the disk
 * (the record is made with an id of the agent's own if the command brings none), the others when they are done. */

/* Live output is best effort: so many unconfirmed messages, then it has gaps. */
#define MAX_LIVE 32

const VnfmKey ems_agent_keys[] = {
  { "ems", "hostname", VNFM_KEY_STRING, NULL, "name of this machine, as its VNFC instance calls it" },
  { "ems", "token", VNFM_KEY_STRING, NULL, "what proves that this machine belongs to its VNFR", VNFM_KEY_SECRET },
  { "ems", "script-root", VNFM_KEY_PATH, EMS_SCRIPT_PATH, "where scripts are stored and run from" },
  { "ems", "state-dir", VNFM_KEY_PATH, "/var/lib/vnfm-ems", "records of steps, and answers under way" },
  { "ems", "working-directory", VNFM_KEY_PATH, "/", "where scripts run" },
  { "ems", "boot-id-file", VNFM_KEY_PATH, "/proc/sys/kernel/random/boot_id", "changes with each boot of the machine" },
  { "ems", "environment", VNFM_KEY_LIST,
    "PATH,HOME,LANG,LANGUAGE,LC_*,TZ,USER,LOGNAME,SHELL,TERM,http_proxy,https_proxy,ftp_proxy,no_proxy,HTTP_PROXY,"
    "HTTPS_PROXY,NO_PROXY,VNFM_MACHINE*",
    "variables of the agent that scripts see; what a command brings wins" },
  { "ems", "max-output", VNFM_KEY_SIZE, "1M", "kept of stdout and of stderr of a script, each" },
  { "ems", "max-parallel", VNFM_KEY_INT, "16", "scripts that run at once; further ones wait" },
  { "ems", "kill-grace", VNFM_KEY_DURATION, "5s", "between TERM and KILL" },
  { "ems", "clone-schemes", VNFM_KEY_LIST, "https,http,git,ssh", "kinds of URLs that scripts may be fetched from" },
  { "ems", "clone-map", VNFM_KEY_LIST, NULL, "URL=FOLDER: local folders or repositories that stand for URLs" },
  { "ems", "clone-time", VNFM_KEY_DURATION, "10min", "how long fetching scripts may take" },
  { "ems", "keep-time", VNFM_KEY_DURATION, "168h", "how long the outcome of a step is kept" },
  { "ems", "keep-count", VNFM_KEY_INT, "500", "how many outcomes are kept at most" },
  { "ems", "console", VNFM_KEY_STRING, "/dev/console", "told why this machine is not registered; empty: nothing is" },
  { "ems", "console-patience", VNFM_KEY_DURATION, "30s", "how long it may be so before the console is told" },
  { "ems", "log-files", VNFM_KEY_INT, "200", "how many logs of runs are kept, 0: none" },
  { "ems", "log-size", VNFM_KEY_SIZE, "64K", "kept of stdout and of stderr of a script in its log, each" },
  { NULL },
};

struct _EmsAgent {
  VnfmTransport *transport;
  VnfmProfile *profile;
  VnfmClock *clock;
  char *hostname;
  EmsScriptRoot *root;
  EmsStepStore *store;
  EmsOutbox *outbox;
  EmsRunner *runner;
  EmsScriptLog *log;
  EmsRegistrar *registrar;
  EmsPresence *presence;
  GCancellable *cancellable;
  gulong on_command;
  gulong on_state;
  guint n_live;
};

typedef struct {
  EmsAgent *agent;           /* gone once @cancellable is cancelled */
  GCancellable *cancellable; /* owned */
} Live;

/* Carried out by a process of its own. */
static gboolean
is_run (EmsAction action)
{
  return action == EMS_ACTION_EXECUTE || action == EMS_ACTION_CLONE_SCRIPTS;
}

/* Answers. */

static GBytes *
make_answer (int status, const char *output, const char *err, const char *step, EmsState state)
{
  g_autoptr (EmsAnswer) answer = ems_answer_new (vnfm_script_result_new (status, output, err), step);

  answer->state = state;
  return ems_answer_encode (answer);
}

/* Returns: (transfer full) (nullable): NULL if the command wants no answer. */
static EmsWaiter *
make_waiter (EmsAgent *self, VnfmEnvelope *envelope)
{
  if (envelope->reply_to == NULL || *envelope->reply_to == '\0')
    return NULL;
  g_autofree char *message_id = vnfm_clock_new_uuid (self->clock);
  return ems_waiter_new (envelope->reply_to, envelope->correlation_id, message_id);
}

/* Answers at once and is done with the command. */
static void
answer_now (EmsAgent *self, VnfmEnvelope *envelope, GBytes *body)
{
  g_autoptr (EmsWaiter) waiter = make_waiter (self, envelope);

  if (waiter != NULL)
    ems_outbox_put (self->outbox, waiter, body, FALSE);
  vnfm_envelope_ack (envelope);
}

static void refuse (EmsAgent *self, VnfmEnvelope *envelope, const char *step, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
refuse (EmsAgent *self, VnfmEnvelope *envelope, const char *step, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *why = g_strdup_vprintf (format, args);
  va_end (args);
  g_autoptr (GBytes) body = make_answer (1, NULL, why, step, EMS_STATE_NONE);
  g_warning ("command %s refused: %s%s", step != NULL ? step : "without a step", why,
             envelope->reply_to != NULL ? "" : " (it says not where to answer)");
  answer_now (self, envelope, body);
}

/* An old manager, which names no steps, sees what it always saw: status, output and err. Takes @result. */
static GBytes *
encode_result (EmsStep *step, EmsState state, VnfmScriptResult *result)
{
  if (!step->named) {
    g_autoptr (VnfmScriptResult) whole = result;
    return make_answer (whole->status, whole->output, whole->err, NULL, EMS_STATE_NONE);
  }
  g_autoptr (EmsAnswer) answer = ems_answer_new (result, step->id);
  answer->state = state == EMS_STATE_DIED ? EMS_STATE_DIED : EMS_STATE_NONE;
  return ems_answer_encode (answer);
}

/* The answer of a step that has ended. */
static GBytes *
read_answer (EmsAgent *self, EmsStep *step)
{
  GBytes *kept = ems_step_store_read_answer (self->store, step);
  EmsOutcome outcome;

  if (kept != NULL)
    return kept;
  /* The disk was full when it ended: what the script's own files say has to do. */
  gboolean known = ems_run_read_outcome (step, &outcome);
  VnfmScriptResult *result =
      ems_run_make_result (step, known ? &outcome : NULL, vnfm_profile_get_size (self->profile, "ems", "max-output"),
                           "its answer could not be kept on this machine's disk");
  return encode_result (step, known ? EMS_STATE_DONE : EMS_STATE_DIED, result);
}

/* Hands the answer of a step that has ended to the outbox. */
static void
pay (EmsAgent *self, EmsStep *step, GBytes *answer)
{
  for (guint i = 0; i < step->waiters->len; i++)
    ems_outbox_put (self->outbox, g_ptr_array_index (step->waiters, i), answer, TRUE);
  ems_step_store_settle (self->store, step);
}

static void
expire (EmsAgent *self)
{
  gint64 keep_time = vnfm_profile_get_duration (self->profile, "ems", "keep-time");
  gint64 keep_count = vnfm_profile_get_int (self->profile, "ems", "keep-count");

  ems_step_store_expire (self->store, vnfm_clock_get_wall_time (self->clock) - keep_time,
                         (guint)CLAMP (keep_count, 1, 1000000), ems_run_has_leftover);
}

static void
end_step (EmsAgent *self, EmsStep *step, EmsState state, gint64 ended, GBytes *answer)
{
  if (ems_step_store_end (self->store, step, state, ended, answer) && is_run (step->action))
    ems_run_drop_output (step);
  pay (self, step, answer);
  if (ems_step_store_get_size (self->store) > (guint64)vnfm_profile_get_int (self->profile, "ems", "keep-count"))
    expire (self);
}

/* Scripts. */

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/* What was fetched goes to its place. Doing so twice does no harm, so this needs no record of its own. */
static void
end_clone (EmsAgent *self, EmsStep *step, EmsState state, VnfmScriptResult *result)
{
  g_autoptr (EmsCommand) command = step->command != NULL ? ems_command_decode (step->command, NULL) : NULL;
  g_autofree char *fetched = ems_runner_dup_clone_folder (self->runner, step);
  g_autofree char *said = g_strdup (result->err);
  g_autoptr (GString) notes = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (command != NULL) {
    g_free (said);
    said = vnfm_ems_hide_password (command->payload, result->err);
  }
  set_text (&result->output, "");
  if (command != NULL && state == EMS_STATE_DONE && result->status == 0) {
    if (ems_script_root_merge (self->root, command->script_path, fetched, notes, &error)) {
      g_free (result->output);
      result->output = ems_script_root_list (self->root, command->script_path);
    } else {
      result->status = 1;
      g_string_append_printf (notes, "vnfm-ems: %s\n", error->message);
    }
  }
  g_free (result->err);
  result->err = g_strconcat (said, notes->str, NULL);
  ems_folder_remove (fetched);
}

static void
log_run (EmsAgent *self, EmsStep *step, gint64 ended, const VnfmScriptResult *result)
{
  g_autoptr (EmsCommand) command = step->command != NULL ? ems_command_decode (step->command, NULL) : NULL;
  const char *payload = command != NULL ? command->payload : "(not known any more)";
  g_autofree char *line = vnfm_ems_hide_password (payload, payload);

  ems_script_log_write (self->log, step, line, ended, result);
}

static void
script_ended (EmsStep *step, EmsState state, gint64 ended, VnfmScriptResult *result, gpointer user_data)
{
  EmsAgent *self = user_data;

  if (step->action == EMS_ACTION_CLONE_SCRIPTS)
    end_clone (self, step, state, result);
  g_message ("step %s: %s, status %d", step->id, state == EMS_STATE_DIED ? "died" : "ended", result->status);
  log_run (self, step, ended, result);
  g_autoptr (GBytes) body = encode_result (step, state, result);
  end_step (self, step, state, ended, body);
}

static void
live_output_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Live *live = user_data;
  g_autoptr (GCancellable) cancellable = live->cancellable;
  g_autoptr (GError) error = NULL;

  if (!vnfm_transport_reply_finish (VNFM_TRANSPORT (source), result, &error))
    g_debug ("live output not sent: %s", error->message);
  if (!g_cancellable_is_cancelled (cancellable))
    live->agent->n_live--;
}

static void
script_printed (EmsStep *step, const char *stream, gint64 offset, const char *text, gpointer user_data)
{
  EmsAgent *self = user_data;

  if (step->waiters->len == 0 || !step->named || self->n_live >= MAX_LIVE ||
      vnfm_transport_get_state (self->transport) != VNFM_TRANSPORT_CONNECTED)
    return;
  EmsWaiter *waiter = g_ptr_array_index (step->waiters, 0);
  g_autoptr (EmsOutput) output = ems_output_new (step->id, stream, offset, text);
  g_autoptr (GBytes) body = ems_output_encode (output);
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);
  Live *live = g_new0 (Live, 1);
  live->agent = self;
  live->cancellable = g_object_ref (self->cancellable);
  self->n_live++;
  vnfm_transport_reply_async (self->transport, waiter->reply_to, envelope, self->cancellable, live_output_sent, live);
}

/* Joins a run under way. */
static void
add_waiter (EmsAgent *self, EmsStep *step, VnfmEnvelope *envelope)
{
  g_autoptr (EmsWaiter) waiter = make_waiter (self, envelope);
  g_autoptr (GError) error = NULL;
  gboolean known = waiter == NULL;

  for (guint i = 0; i < step->waiters->len && !known; i++) {
    EmsWaiter *other = g_ptr_array_index (step->waiters, i);
    known = g_str_equal (other->reply_to, waiter->reply_to) &&
            g_strcmp0 (other->correlation_id, waiter->correlation_id) == 0;
  }
  if (!known) {
    g_ptr_array_add (step->waiters, g_steal_pointer (&waiter));
    if (!ems_step_store_save (self->store, step, &error))
      g_warning ("step %s: who asked again is known to this agent only: %s", step->id, error->message);
  }
  vnfm_envelope_ack (envelope);
}

/* A command whose step is known is not carried out again. */
static void
repeat (EmsAgent *self, VnfmEnvelope *envelope, EmsCommand *command, EmsStep *step)
{
  if (step->action != command->action) {
    refuse (self, envelope, step->id, "step \"%s\" is a %s, not a %s", step->id, ems_action_get_nick (step->action),
            ems_action_get_nick (command->action));
    return;
  }
  g_info ("step %s: asked for again", step->id);
  if (step->state == EMS_STATE_RUNNING) {
    add_waiter (self, step, envelope);
    return;
  }
  g_autoptr (GBytes) answer = read_answer (self, step);
  answer_now (self, envelope, answer);
}

static EmsStep *
add_step (EmsAgent *self, VnfmEnvelope *envelope, EmsCommand *command)
{
  g_autofree char *own = command->step == NULL ? vnfm_clock_new_uuid (self->clock) : NULL;
  EmsWaiter *waiter = make_waiter (self, envelope);
  EmsStep *step =
      ems_step_store_add (self->store, own != NULL ? own : command->step, command->step != NULL, command->action);

  step->accepted = vnfm_clock_get_wall_time (self->clock);
  step->delivery = g_strdup (envelope->message_id);
  if (waiter != NULL)
    g_ptr_array_add (step->waiters, waiter);
  return step;
}

/* Takes @command. */
static void
execute (EmsAgent *self, VnfmEnvelope *envelope, EmsCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = g_strdup (command->step);
  EmsStep *step = add_step (self, envelope, command);

  step->command = g_bytes_ref (envelope->body);
  if (ems_runner_submit (self->runner, step, command, &error)) {
    vnfm_envelope_ack (envelope);
    return;
  }
  ems_step_store_remove (self->store, step);
  refuse (self, envelope, id, "nothing was run, because the step cannot be recorded: %s", error->message);
}

/* Files. */

static gboolean
store_parameters (EmsAgent *self, EmsCommand *command, GError **error)
{
  g_autoptr (GBytes) text = g_bytes_new (command->payload, strlen (command->payload));
  g_autoptr (JsonNode) node = vnfm_json_parse (text, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the dependency is no object");
    return FALSE;
  }
  JsonObject *dependency = json_node_get_object (node);
  char *yaml = vnfm_parameter_files_to_yaml (dependency);
  char *shell = vnfm_parameter_files_to_shell (dependency);
  g_autoptr (GBytes) yaml_bytes = g_bytes_new_take (yaml, strlen (yaml));
  g_autoptr (GBytes) shell_bytes = g_bytes_new_take (shell, strlen (shell));
  const char *path = command->script_path;
  return ems_script_root_write (self->root, path, VNFM_PARAMETER_FILE_JSON, text, FALSE, error) &&
         ems_script_root_write (self->root, path, VNFM_PARAMETER_FILE_YAML, yaml_bytes, FALSE, error) &&
         ems_script_root_write (self->root, path, VNFM_PARAMETER_FILE_SH, shell_bytes, FALSE, error);
}

static GBytes *
store_script (EmsAgent *self, EmsCommand *command)
{
  gboolean executable = command->action == EMS_ACTION_SAVE_SCRIPTS;
  g_autoptr (GError) error = NULL;

  gboolean good = command->action == EMS_ACTION_SAVE_VNFR_DEPENDENCY
                      ? store_parameters (self, command, &error)
                      : ems_script_root_write (self->root, command->script_path, command->name, command->content,
                                               executable, &error);
  if (!good) {
    g_warning ("%s: %s", ems_action_get_nick (command->action), error->message);
    return make_answer (1, NULL, error->message, command->step, EMS_STATE_NONE);
  }
  if (command->content != NULL)
    g_info ("%s: \"%s\" stored, %zu bytes", ems_action_get_nick (command->action), command->name,
            g_bytes_get_size (command->content));
  g_autofree char *listing = ems_script_root_list (self->root, command->script_path);
  return make_answer (0, listing, NULL, command->step, EMS_STATE_NONE);
}

static GBytes *
stamp (EmsAgent *self, EmsStep *step, GBytes *body)
{
  g_autoptr (EmsAnswer) answer = NULL;
  g_autoptr (EmsOutput) output = NULL;

  if (!ems_reply_decode (body, &answer, &output, NULL) || answer == NULL)
    return g_bytes_ref (body);
  answer->result->started = vnfm_clock_format (step->begun);
  answer->result->ended = vnfm_clock_format (vnfm_clock_get_wall_time (self->clock));
  return ems_answer_encode (answer);
}

static void
save_script (EmsAgent *self, VnfmEnvelope *envelope, EmsCommand *command)
{
  g_autoptr (GError) error = NULL;

  if (command->step == NULL) {
    g_autoptr (GBytes) body = store_script (self, command);
    answer_now (self, envelope, body);
    return;
  }
  EmsStep *step = add_step (self, envelope, command);
  step->begun = step->accepted;
  if (!ems_step_store_save (self->store, step, &error)) {
    ems_step_store_remove (self->store, step);
    refuse (self, envelope, command->step, "nothing was stored, because the step cannot be recorded: %s",
            error->message);
    return;
  }
  g_autoptr (GBytes) body = store_script (self, command);
  g_autoptr (GBytes) answer = stamp (self, step, body);
  end_step (self, step, EMS_STATE_DONE, vnfm_clock_get_wall_time (self->clock), answer);
  vnfm_envelope_ack (envelope);
}

/* Questions. */

static void
tell_status (EmsAgent *self, VnfmEnvelope *envelope, EmsCommand *command)
{
  EmsStep *step = ems_step_store_lookup (self->store, command->step);
  g_autoptr (GBytes) body = NULL;

  if (step == NULL) {
    g_autoptr (EmsAnswer) answer = ems_answer_new (vnfm_script_result_new (0, NULL, NULL), command->step);
    answer->state = EMS_STATE_UNKNOWN;
    answer->machine = ems_machine_report (vnfm_profile_get_string (self->profile, "ems", "script-root"),
                                          vnfm_profile_get_string (self->profile, "ems", "state-dir"),
                                          vnfm_clock_get_wall_time (self->clock));
    body = ems_answer_encode (answer);
  } else if (step->state == EMS_STATE_RUNNING) {
    body = make_answer (0, NULL, NULL, command->step, EMS_STATE_RUNNING);
  } else {
    g_autoptr (GBytes) kept = read_answer (self, step);
    g_autoptr (EmsAnswer) answer = NULL;
    g_autoptr (EmsOutput) output = NULL;
    if (ems_reply_decode (kept, &answer, &output, NULL) && answer != NULL) {
      answer->state = step->state;
      body = ems_answer_encode (answer);
    } else {
      body = make_answer (1, NULL, "the kept answer cannot be read", command->step, EMS_STATE_DIED);
    }
  }
  answer_now (self, envelope, body);
}

static void
cancel (EmsAgent *self, VnfmEnvelope *envelope, EmsCommand *command)
{
  EmsStep *step = ems_step_store_lookup (self->store, command->step);
  EmsState state = step != NULL ? step->state : EMS_STATE_UNKNOWN;

  if (step != NULL && state == EMS_STATE_RUNNING && ems_runner_cancel (self->runner, step))
    g_message ("step %s: cancelled", step->id);
  g_autoptr (GBytes) body = make_answer (0, NULL, NULL, command->step, state);
  answer_now (self, envelope, body);
}

/* Commands. */

static gboolean
carry_out (EmsAgent *self, VnfmEnvelope *envelope, EmsCommand *command)
{
  EmsStep *known = NULL;

  if (command->action == EMS_ACTION_STATUS) {
    tell_status (self, envelope, command);
    return FALSE;
  }
  if (command->action == EMS_ACTION_CANCEL) {
    cancel (self, envelope, command);
    return FALSE;
  }
  if (command->step != NULL)
    known = ems_step_store_lookup (self->store, command->step);
  else if (envelope->redelivered && envelope->message_id != NULL)
    known = ems_step_store_lookup_delivery (self->store, envelope->message_id);
  if (known != NULL) {
    repeat (self, envelope, command, known);
    return FALSE;
  }
  if (is_run (command->action)) {
    execute (self, envelope, command);
    return TRUE;
  }
  save_script (self, envelope, command);
  return FALSE;
}

static gboolean
is_supported (EmsCommand *command)
{
  switch (command->action) {
  case EMS_ACTION_SAVE_SCRIPTS:
  case EMS_ACTION_SCRIPTS_UPDATE:
  case EMS_ACTION_EXECUTE:
  case EMS_ACTION_STATUS:
  case EMS_ACTION_CANCEL:
  case EMS_ACTION_CLONE_SCRIPTS:
  case EMS_ACTION_SAVE_VNFR_DEPENDENCY:
    return TRUE;
  case EMS_ACTION_NONE:
  default:
    return FALSE;
  }
}

static gboolean
command_arrived (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer user_data)
{
  EmsAgent *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsCommand) command = ems_command_decode (envelope->body, &error);

  if (command == NULL) {
    refuse (self, envelope, NULL, "the command cannot be read: %s", error->message);
  } else if (!is_supported (command)) {
    refuse (self, envelope, command->step, "unknown action %s", command->action_name);
  } else if (carry_out (self, envelope, command)) {
    /* The runner has it now. */
    command = NULL;
  }
  return TRUE;
}

static void
state_changed (VnfmTransport *transport, GParamSpec *property, gpointer user_data)
{
  EmsAgent *self = user_data;

  if (vnfm_transport_get_state (transport) != VNFM_TRANSPORT_CONNECTED)
    return;
  /* The answers first: a manager that hears of the agent again asks anew for what it has no answer to. */
  ems_outbox_flush (self->outbox);
  ems_registrar_register (self->registrar);
}

/* What an earlier agent left. */

static void
take_over (EmsAgent *self)
{
  g_autoptr (GPtrArray) open = ems_step_store_list_open (self->store);
  g_autoptr (GPtrArray) ended = ems_step_store_list_ended (self->store);

  for (guint i = 0; i < ended->len; i++) {
    EmsStep *step = g_ptr_array_index (ended, i);
    if (step->waiters->len > 0) {
      g_autoptr (GBytes) answer = read_answer (self, step);
      g_message ("step %s: ended, its answer is still owed", step->id);
      pay (self, step, answer);
    }
    if (is_run (step->action))
      ems_runner_watch_leftover (self->runner, step);
  }
  for (guint i = 0; i < open->len; i++) {
    EmsStep *step = g_ptr_array_index (open, i);
    if (is_run (step->action))
      ems_runner_adopt (self->runner, step);
    else
      /* It was never acknowledged, so it comes again, and doing it twice does no harm. */
      ems_step_store_remove (self->store, step);
  }
  expire (self);
}

static void
registration_said (const GError *error, gpointer user_data)
{
  EmsAgent *self = user_data;

  ems_presence_registration (self->presence, error);
}

static char *
read_boot_id (EmsAgent *self)
{
  const char *path = vnfm_profile_get_string (self->profile, "ems", "boot-id-file");
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  if (!g_file_get_contents (path, &id, NULL, &error)) {
    g_warning ("agent %s: a reboot of this machine cannot be told from a restart of the agent: %s", self->hostname,
               error->message);
    return NULL;
  }
  return g_strstrip (id);
}

static gboolean
make_runner (EmsAgent *self, const char *boot, GError **error)
{
  static const EmsRunnerFuncs funcs = { script_ended, script_printed };
  g_auto (GStrv) patterns = vnfm_profile_get_list (self->profile, "ems", "environment");
  g_auto (GStrv) own = g_get_environ ();
  g_auto (GStrv) schemes = vnfm_profile_get_list (self->profile, "ems", "clone-schemes");
  g_auto (GStrv) map = vnfm_profile_get_list (self->profile, "ems", "clone-map");
  EmsCloneRules *rules = ems_clone_rules_new ((const char *const *)schemes, (const char *const *)map, error);
  if (rules == NULL)
    return FALSE;
  EmsRunnerConfig config = {
    .boot = g_strdup (boot),
    .environment = ems_environment_base ((const char *const *)own, (const char *const *)patterns),
    .working_directory = g_strdup (vnfm_profile_get_string (self->profile, "ems", "working-directory")),
    .max_output = vnfm_profile_get_size (self->profile, "ems", "max-output"),
    .grace = vnfm_profile_get_duration (self->profile, "ems", "kill-grace"),
    .max_parallel = (guint)CLAMP (vnfm_profile_get_int (self->profile, "ems", "max-parallel"), 1, 1000),
    .clone_rules = rules,
    .clone_time = vnfm_profile_get_duration (self->profile, "ems", "clone-time"),
  };

  self->runner = ems_runner_new (self->clock, self->store, self->root, &config, &funcs, self);
  return TRUE;
}

static gboolean
open_state (EmsAgent *self, GError **error)
{
  const char *folder = vnfm_profile_get_string (self->profile, "ems", "state-dir");
  g_autofree char *steps = g_build_filename (folder, "steps", NULL);
  g_autofree char *outbox = g_build_filename (folder, "outbox", NULL);
  g_autofree char *log = g_build_filename (folder, "log", NULL);
  gint64 log_files = vnfm_profile_get_int (self->profile, "ems", "log-files");

  self->store = ems_step_store_new (steps, error);
  if (self->store == NULL)
    return FALSE;
  self->outbox = ems_outbox_new (outbox, self->transport, error);
  if (self->outbox == NULL)
    return FALSE;
  self->log = ems_script_log_new (log, (guint)CLAMP (log_files, 0, 100000),
                                  vnfm_profile_get_size (self->profile, "ems", "log-size"), error);
  return self->log != NULL;
}

gboolean
ems_agent_check (VnfmProfile *profile, GError **error)
{
  const char *hostname = vnfm_profile_get_string (profile, "ems", "hostname");

  const char *console = vnfm_profile_get_string (profile, "ems", "console");

  if (hostname == NULL || *hostname == '\0') {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_CONFIG,
                         "[ems] hostname is not set: the name that this machine's VNFC instance has");
    return FALSE;
  }
  /* No key of paths: those cannot be empty. */
  if (*console != '\0' && *console != '/') {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "[ems] console: \"%s\" is not an absolute path", console);
    return FALSE;
  }
  return TRUE;
}

EmsAgent *
ems_agent_new (VnfmContext *context, VnfmTransport *transport, GError **error)
{
  VnfmProfile *profile = vnfm_context_get_profile (context);
  const char *hostname = vnfm_profile_get_string (profile, "ems", "hostname");

  if (!ems_agent_check (profile, error))
    return NULL;
  g_autoptr (EmsAgent) self = g_new0 (EmsAgent, 1);
  self->transport = g_object_ref (transport);
  self->profile = g_object_ref (profile);
  self->clock = g_object_ref (vnfm_context_get_clock (context));
  self->hostname = g_strdup (hostname);
  self->cancellable = g_cancellable_new ();
  self->root = ems_script_root_new (vnfm_profile_get_string (profile, "ems", "script-root"));
  /* Before anything in it is looked at: two agents would take each other's steps over. */
  if (!ems_folder_make (vnfm_profile_get_string (profile, "ems", "state-dir"), error))
    return NULL;
  self->presence = ems_presence_new (context, transport, error);
  if (self->presence == NULL || !open_state (self, error))
    return NULL;
  g_autofree char *boot = read_boot_id (self);
  self->registrar = ems_registrar_new (transport, hostname, vnfm_profile_get_string (profile, "ems", "token"), boot,
                                       registration_said, self);
  if (!make_runner (self, boot, error))
    return NULL;
  take_over (self);
  return g_steal_pointer (&self);
}

void
ems_agent_open (EmsAgent *self)
{
  self->on_command = g_signal_connect (self->transport, "delivery::ems-commands", G_CALLBACK (command_arrived), self);
  self->on_state = g_signal_connect (self->transport, "notify::state", G_CALLBACK (state_changed), self);
  vnfm_transport_subscribe (self->transport, VNFM_DESTINATION_EMS_COMMANDS, self->hostname);
  vnfm_transport_open (self->transport);
}

void
ems_agent_free (EmsAgent *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_signal_handler (&self->on_command, self->transport);
  g_clear_signal_handler (&self->on_state, self->transport);
  g_clear_pointer (&self->registrar, ems_registrar_free);
  g_clear_pointer (&self->presence, ems_presence_free);
  g_clear_pointer (&self->runner, ems_runner_free);
  g_clear_pointer (&self->outbox, ems_outbox_free);
  g_clear_pointer (&self->log, ems_script_log_free);
  g_clear_pointer (&self->store, ems_step_store_free);
  g_clear_pointer (&self->root, ems_script_root_free);
  g_object_unref (self->cancellable);
  g_object_unref (self->clock);
  g_object_unref (self->profile);
  g_object_unref (self->transport);
  g_free (self->hostname);
  g_free (self);
}
