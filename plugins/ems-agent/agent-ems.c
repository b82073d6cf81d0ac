/* SPDX-License-Identifier: Apache-2.0 */
/* The back-end: what it is told (answers, live output) and what it is asked (the calls of VnfmEms). Registrations are
 * agent-registrar.c's, who is known agent-registry.c's, the way of one command agent-command.c's. */
#include "config.h"

#include "plugins/ems-agent/agent-ems.h"

#include "plugins/ems-agent/agent-probe.h"
#include "plugins/ems-agent/agent-registrar.h"
#include "plugins/ems-agent/agent-secret.h"
#include "plugins/ems-agent/agent-wire.h"

#include <vnfm/vnfm-error.h>

#define GROUP "agent"

const VnfmKey agent_ems_keys[] = {
  { GROUP, "token", VNFM_KEY_CHOICE, "required", "must an agent show the token of its user data",
    .choices = "required|optional" },
  { GROUP, "login", VNFM_KEY_CHOICE, "own",
    "with the built-in broker: the agents of each VNFR come by a login of their own, or all by the broker's",
    .choices = "own|shared" },
  { GROUP, "broker-address", VNFM_KEY_STRING, NULL,
    "HOST:PORT by which machines reach the broker; default: the transport's own" },
  { GROUP, "user-data", VNFM_KEY_STRING, "user-data.sh",
    "template of the machines' user data: a path, or the name of one that was installed" },
  { GROUP, "script-path", VNFM_KEY_STRING, EMS_SCRIPT_PATH, "where agents keep the scripts, as it is said to them" },
  { GROUP, "max-unknown", VNFM_KEY_INT, "1000", "registrations kept of hosts that nobody expects" },
  { GROUP, "unknown-after", VNFM_KEY_DURATION, "60s", "how long a registration may be unexpected before it is told" },
  { GROUP, "hold", VNFM_KEY_DURATION, "10m", "how long a command waits for its agent; 0: as long as the operation" },
  { GROUP, "answer-timeout", VNFM_KEY_DURATION, "10m",
    "how long the answer to a command other than EXECUTE is awaited; 0: no limit" },
  { GROUP, "cancel-budget", VNFM_KEY_DURATION, "10s", "how long the end of a cancelled script is awaited" },
  { GROUP, "attach-window", VNFM_KEY_DURATION, "60s",
    "after a start, how long answers wait for the operations that asked" },
  { 0 },
};

struct _AgentEms {
  VnfmEms parent_instance;

  AgentLink link;
  AgentRegistrar *registrar; /* NULL while it does not run */
  char *script_path;
  char *user_data;
  guint max_unknown;
  VnfmTimer *window_timer; /* answers to nothing are kept as long as it runs */
  gulong handlers[4];
};

G_DEFINE_FINAL_TYPE (AgentEms, agent_ems, VNFM_TYPE_EMS)

static gboolean
registration_delivered (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer data)
{
  AgentEms *self = data;

  agent_registrar_take (self->registrar, envelope);
  return TRUE;
}

/* Answers. */

static void
window_closes (gpointer data)
{
  AgentEms *self = data;
  GHashTableIter iter;
  gpointer id, envelope;

  self->window_timer = NULL;
  g_hash_table_iter_init (&iter, self->link.early_answers);
  while (g_hash_table_iter_next (&iter, &id, &envelope)) {
    g_debug ("answer %s: nobody asked", (const char *)id);
    vnfm_envelope_ack (envelope);
  }
  g_hash_table_remove_all (self->link.early_answers);
}

static gboolean
take_output (AgentEms *self, VnfmEnvelope *envelope)
{
  g_autoptr (EmsAnswer) answer = NULL;
  g_autoptr (EmsOutput) output = NULL;

  if (!ems_reply_decode (envelope->body, &answer, &output, NULL) || output == NULL)
    return FALSE;
  AgentCommand *command = g_hash_table_lookup (self->link.commands, output->step);
  if (command != NULL && agent_command_is_from (command, envelope->sender))
    vnfm_ems_emit_output (VNFM_EMS (self), output->step, output->stream, output->offset, output->text);
  vnfm_envelope_ack (envelope);
  return TRUE;
}

static gboolean
answer_delivered (VnfmTransport *transport, VnfmEnvelope *envelope, gpointer data)
{
  AgentEms *self = data;
  const char *id = envelope->correlation_id;
  AgentCommand *command = id != NULL ? g_hash_table_lookup (self->link.commands, id) : NULL;

  if (command != NULL && !agent_command_is_from (command, envelope->sender)) {
    g_warning ("an answer to %s came from %s, whose command it is not: dropped", id, envelope->sender);
    vnfm_envelope_ack (envelope);
    return TRUE;
  }
  if (command != NULL) {
    agent_command_answer (command, envelope);
    return TRUE;
  }
  if (!agent_wire_is_reply (envelope->body))
    return FALSE; /* not an agent's */
  if (take_output (self, envelope))
    return TRUE;
  if (id != NULL && self->window_timer != NULL) {
    agent_link_keep_early (&self->link, envelope, self->max_unknown);
  } else {
    g_debug ("answer %s of an agent: nobody asked", id != NULL ? id : "without a correlation id");
    vnfm_envelope_ack (envelope);
  }
  return TRUE;
}

/* Start and stop. */

static void
state_changed (VnfmTransport *transport, GParamSpec *pspec, gpointer data)
{
  AgentEms *self = data;

  if (vnfm_transport_get_state (transport) == VNFM_TRANSPORT_CONNECTED)
    agent_link_wake_all (&self->link);
}

/* From a transport that knows; others find out when a command is refused. */
static void
reader_gone (VnfmTransport *transport, const char *hostname, gpointer data)
{
  AgentEms *self = data;
  Agent *agent = agent_registry_lookup (self->link.registry, hostname);

  if (agent != NULL)
    agent_link_mark_lost (&self->link, agent);
}

static void
read_keys (AgentEms *self, VnfmProfile *profile)
{
  self->link.hold = vnfm_profile_get_duration (profile, GROUP, "hold");
  self->link.cancel_budget = vnfm_profile_get_duration (profile, GROUP, "cancel-budget");
  self->link.answer_timeout = vnfm_profile_get_duration (profile, GROUP, "answer-timeout");
  self->max_unknown = (guint)CLAMP (vnfm_profile_get_int (profile, GROUP, "max-unknown"), 1, G_MAXINT);
  g_free (self->script_path);
  self->script_path = g_strdup (vnfm_profile_get_string (profile, GROUP, "script-path"));
}

static gboolean
agent_ems_start (VnfmExtension *extension, GError **error)
{
  AgentEms *self = AGENT_EMS (extension);
  VnfmContext *context = vnfm_extension_get_context (extension);
  VnfmProfile *profile = vnfm_extension_get_profile (extension);
  const char *folder = vnfm_context_get_state_dir (context);
  VnfmTransport *transport = vnfm_context_get_ems_transport (context);

  if (transport == NULL || folder == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "the back-end agent needs %s",
                 transport == NULL ? "a transport to the agents" : "a state directory");
    return FALSE;
  }
  g_set_object (&self->link.clock, vnfm_extension_get_clock (extension));
  g_autofree char *secret = agent_secret_load (folder, self->link.clock, error);
  if (secret == NULL)
    return FALSE;

  g_free (self->user_data);
  self->user_data = vnfm_ems_read_user_data (vnfm_profile_get_string (profile, GROUP, "user-data"), error);
  if (self->user_data == NULL)
    return FALSE;
  read_keys (self, profile);
  gboolean required = g_str_equal (vnfm_profile_get_string (profile, GROUP, "token"), "required");
  self->link.ems = VNFM_EMS (self);
  g_set_object (&self->link.transport, transport);
  self->link.registry = agent_registry_new (secret, required, self->max_unknown);
  self->link.access =
      agent_access_new (transport, self->link.registry, vnfm_context_get_store (context), self->link.clock);
  self->registrar =
      agent_registrar_new (&self->link, vnfm_context_get_store (context),
                           vnfm_profile_get_duration (profile, GROUP, "unknown-after"), self->max_unknown);
  self->window_timer = vnfm_clock_add_timer (
      self->link.clock, vnfm_profile_get_duration (profile, GROUP, "attach-window"), window_closes, self);

  self->handlers[0] =
      g_signal_connect (transport, "delivery::ems-registration", G_CALLBACK (registration_delivered), self);
  self->handlers[1] = g_signal_connect (transport, "delivery::answers", G_CALLBACK (answer_delivered), self);
  self->handlers[2] = g_signal_connect (transport, "notify::state", G_CALLBACK (state_changed), self);
  if (g_signal_lookup ("reader-gone", G_OBJECT_TYPE (transport)) != 0)
    self->handlers[3] = g_signal_connect (transport, "reader-gone", G_CALLBACK (reader_gone), self);
  vnfm_transport_subscribe (transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL);
  vnfm_transport_subscribe (transport, VNFM_DESTINATION_ANSWERS, NULL);
  agent_registrar_load (self->registrar);
  return TRUE;
}

static void
abandon_all (Agent *agent, const char *why)
{
  g_autoptr (GPtrArray) commands = agent_link_dup_commands (agent);

  for (guint i = 0; i < commands->len; i++)
    agent_command_abandon (g_ptr_array_index (commands, i), why);
}

static void
abandon_agent (Agent *agent, gpointer data)
{
  abandon_all (agent, "the back-end stops");
}

/* What is not acknowledged is delivered again to the next start. */
static void
agent_ems_stop (VnfmExtension *extension)
{
  AgentEms *self = AGENT_EMS (extension);

  if (self->registrar == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    g_clear_signal_handler (&self->handlers[i], self->link.transport);
  vnfm_transport_unsubscribe (self->link.transport, VNFM_DESTINATION_EMS_REGISTRATION, NULL);
  vnfm_transport_unsubscribe (self->link.transport, VNFM_DESTINATION_ANSWERS, NULL);
  self->link.ready = FALSE;
  g_clear_pointer (&self->registrar, agent_registrar_free); /* what the callbacks below ask for is refused */
  agent_registry_foreach (self->link.registry, abandon_agent, NULL);
  vnfm_clock_clear_timer (self->link.clock, &self->window_timer);
  g_hash_table_remove_all (self->link.early_answers);
  g_clear_pointer (&self->link.access, agent_access_free);
  g_clear_pointer (&self->link.registry, agent_registry_free);
  g_clear_object (&self->link.transport);
}

/* Calls. */

static void
start_command (AgentEms *self, VnfmVnfc *vnfc, EmsCommand *command, const VnfmExecution *execution, gpointer tag,
               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE); /* what came of it counts */
  if (self->registrar == NULL) {
    g_clear_pointer (&command, ems_command_free);
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "the back-end agent does not run");
    return;
  }
  if (command != NULL && command->action != EMS_ACTION_EXECUTE)
    command->script_path = g_strdup (self->script_path);
  agent_command_start (&self->link, agent_registrar_expect (self->registrar, vnfc), task, command, execution);
}

static gboolean
finish_boolean (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, ems), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
agent_ems_await_async (VnfmEms *ems, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  start_command (AGENT_EMS (ems), vnfc, NULL, NULL, agent_ems_await_async, cancellable, callback, user_data);
}

static EmsCommand *
new_file_command (EmsAction action, VnfmScript *script)
{
  EmsCommand *command = ems_command_new (action);

  command->name = g_strdup (script->name);
  command->content = g_bytes_ref (script->content);
  return command;
}

static void
agent_ems_put_script_async (VnfmEms *ems, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  start_command (AGENT_EMS (ems), vnfc, new_file_command (EMS_ACTION_SAVE_SCRIPTS, script), NULL,
                 agent_ems_put_script_async, cancellable, callback, user_data);
}

static void
agent_ems_update_script_async (VnfmEms *ems, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  start_command (AGENT_EMS (ems), vnfc, new_file_command (EMS_ACTION_SCRIPTS_UPDATE, script), NULL,
                 agent_ems_update_script_async, cancellable, callback, user_data);
}

static void
agent_ems_clone_scripts_async (VnfmEms *ems, VnfmVnfc *vnfc, const char *url, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  EmsCommand *command = ems_command_new (EMS_ACTION_CLONE_SCRIPTS);

  command->payload = g_strdup (url);
  start_command (AGENT_EMS (ems), vnfc, command, NULL, agent_ems_clone_scripts_async, cancellable, callback, user_data);
}

static void
agent_ems_put_dependency_async (VnfmEms *ems, VnfmVnfc *vnfc, VnfmDependency *dependency, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  EmsCommand *command = ems_command_new (EMS_ACTION_SAVE_VNFR_DEPENDENCY);
  gsize length = 0;
  const char *text = g_bytes_get_data (vnfm_dependency_get_text (dependency), &length);

  command->payload = g_strndup (text, length);
  start_command (AGENT_EMS (ems), vnfc, command, NULL, agent_ems_put_dependency_async, cancellable, callback,
                 user_data);
}

static void
agent_ems_execute_async (VnfmEms *ems, VnfmVnfc *vnfc, const VnfmExecution *execution, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  EmsCommand *command = ems_command_new (EMS_ACTION_EXECUTE);

  command->payload = g_strdup (execution->script);
  command->timeout = execution->time_limit;
  command->max_output = execution->max_output;
  command->stream = TRUE;
  start_command (AGENT_EMS (ems), vnfc, command, execution, agent_ems_execute_async, cancellable, callback, user_data);
}

static VnfmScriptResult *
agent_ems_execute_finish (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, ems), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
agent_ems_cancel_async (VnfmEms *ems, VnfmVnfc *vnfc, const char *step_id, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  AgentEms *self = AGENT_EMS (ems);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Agent *agent = self->registrar != NULL ? agent_registry_lookup (self->link.registry, vnfc->hostname) : NULL;

  g_task_set_source_tag (task, agent_ems_cancel_async);
  if (agent == NULL || !agent_is_up (agent))
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the agent of %s is not there", vnfc->hostname);
  else
    agent_link_send_cancel (&self->link, agent, step_id, g_steal_pointer (&task));
}

static void
agent_ems_forget (VnfmEms *ems, VnfmVnfc *vnfc)
{
  AgentEms *self = AGENT_EMS (ems);
  Agent *agent = self->registrar != NULL ? agent_registry_lookup (self->link.registry, vnfc->hostname) : NULL;

  if (self->registrar == NULL)
    return;
  if (agent != NULL && g_strcmp0 (agent->vnfr_id, vnfc->vnfr_id) == 0) {
    abandon_all (agent, "the machine is released");
    agent_registrar_release (self->registrar, vnfc);
  }
  gboolean others = agent != NULL && agent->vnfr_id != NULL;
  agent_access_released (self->link.access, others ? NULL : vnfc->hostname, vnfc->vnfr_id);
}

static char *
agent_ems_describe (VnfmEms *ems, VnfmVnfc *vnfc)
{
  AgentEms *self = AGENT_EMS (ems);

  if (self->registrar == NULL)
    return g_strdup ("the back-end does not run");

  g_autofree char *known = agent_registry_describe (self->link.registry, vnfc->hostname);
  Agent *agent = agent_registry_lookup (self->link.registry, vnfc->hostname);
  g_autofree char *refused = agent_access_describe (self->link.access, vnfc->vnfr_id);
  if (refused != NULL && (agent == NULL || !agent_is_up (agent))) {
    g_autofree char *both = g_strdup_printf ("%s; %s", known, refused);
    g_free (known);
    known = g_steal_pointer (&both);
  }
  AgentCommand *first = agent != NULL ? g_queue_peek_head (&agent->commands) : NULL;
  if (first == NULL)
    return g_steal_pointer (&known);
  g_autofree char *waiting = agent_command_describe (first);
  if (waiting == NULL)
    return g_steal_pointer (&known);
  return g_strdup_printf ("%s; %s", known, waiting);
}

static char *
agent_ems_advise (VnfmEms *ems, VnfmVnfc *vnfc)
{
  AgentEms *self = AGENT_EMS (ems);

  if (self->registrar == NULL)
    return NULL;
  Agent *agent = agent_registry_lookup (self->link.registry, vnfc->hostname);
  g_autofree char *refused = agent_access_describe (self->link.access, vnfc->vnfr_id);
  return agent_registry_advise (self->link.registry, vnfc->hostname,
                                refused != NULL && (agent == NULL || agent->accepted == NULL));
}

static GPtrArray *
agent_ems_dup_vnfcs (VnfmEms *ems, const char *vnfr_id)
{
  AgentEms *self = AGENT_EMS (ems);

  return self->registrar != NULL ? agent_probe_dup_vnfcs (self->link.registry, vnfr_id) : g_ptr_array_new ();
}

static void
agent_ems_probe_async (VnfmEms *ems, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  AgentEms *self = AGENT_EMS (ems);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, agent_ems_probe_async);
  if (self->registrar == NULL)
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_CANCELLED, "the back-end agent does not run");
  else
    agent_probe_start (&self->link, vnfc->hostname, g_steal_pointer (&task));
}

static JsonObject *
agent_ems_probe_finish (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, ems), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What the user data needs to reach back. */

/* A readable string property of the transport, if it has it. Returns: (transfer full) (nullable). */
static char *
dup_transport_property (AgentEms *self, const char *name)
{
  GObject *transport = G_OBJECT (self->link.transport);
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (transport), name);
  char *value = NULL;

  if (pspec != NULL && pspec->value_type == G_TYPE_STRING)
    g_object_get (transport, name, &value, NULL);
  return value;
}

static void
set_variable (GHashTable *variables, const char *name, char *value)
{
  if (value != NULL)
    g_hash_table_replace (variables, g_strdup (name), value);
}

static void
add_address (AgentEms *self, GHashTable *variables)
{
  const char *given =
      vnfm_profile_get_string (vnfm_extension_get_profile (VNFM_EXTENSION (self)), GROUP, "broker-address");
  g_autofree char *address = given != NULL ? g_strdup (given) : dup_transport_property (self, "broker-address");
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnectable) connectable = address != NULL ? g_network_address_parse (address, 0, &error) : NULL;

  if (connectable == NULL) {
    g_warning ("machines are not told where the broker is: %s",
               error != NULL ? error->message : "the transport does not say; set [agent] broker-address");
    return;
  }
  GNetworkAddress *parsed = G_NETWORK_ADDRESS (connectable);
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (g_network_address_get_hostname (parsed));
  if (inet != NULL && g_inet_address_get_is_any (inet))
    g_warning ("the broker listens on all addresses, and machines cannot be told which: set [agent] broker-address");
  set_variable (variables, "BROKER_HOST", g_strdup (g_network_address_get_hostname (parsed)));
  set_variable (variables, "BROKER_PORT", g_strdup_printf ("%u", g_network_address_get_port (parsed)));
}

/* At a broker that asks us, a login that opens nothing but what the agents of this VNFR need. */
static void
add_login (AgentEms *self, const char *vnfr_id, GHashTable *variables)
{
  const char *login = vnfm_profile_get_string (vnfm_extension_get_profile (VNFM_EXTENSION (self)), GROUP, "login");
  char *own = NULL, *passcode = NULL;

  if (g_str_equal (login, "shared") || !agent_access_admit (self->link.access, vnfr_id, &own, &passcode)) {
    own = dup_transport_property (self, "login");
    passcode = dup_transport_property (self, "passcode");
  }
  set_variable (variables, "LOGIN", own);
  set_variable (variables, "PASSCODE", passcode);
}

/* The patterns as they are: the agent fills in its host itself, by the same rules. */
static void
add_names (AgentEms *self, GHashTable *variables)
{
  VnfmProfile *profile = vnfm_extension_get_profile (VNFM_EXTENSION (self));
  const char *endpoint = vnfm_profile_get_string (profile, "destinations", "endpoint");

  if (endpoint == NULL)
    endpoint = vnfm_profile_get_string (profile, "vnfmd", "endpoint");
  set_variable (variables, "ENDPOINT", g_strdup (endpoint));
  set_variable (variables, "EMS_REGISTRATION",
                g_strdup (vnfm_profile_get_string (profile, "destinations", "ems-registration")));
  set_variable (variables, "EMS_COMMANDS",
                g_strdup (vnfm_profile_get_string (profile, "destinations", "ems-commands")));
}

static void
agent_ems_add_variables (VnfmEms *ems, VnfmRecord *record, GHashTable *variables)
{
  AgentEms *self = AGENT_EMS (ems);

  if (self->registrar == NULL)
    return;
  add_address (self, variables);
  add_login (self, vnfm_record_get_id (record), variables);
  set_variable (variables, "TOKEN", agent_registry_dup_token (self->link.registry, vnfm_record_get_id (record)));
  add_names (self, variables);
}

static const char *
agent_ems_get_user_data (VnfmEms *ems)
{
  return AGENT_EMS (ems)->user_data;
}

static void
agent_ems_finalize (GObject *object)
{
  AgentEms *self = AGENT_EMS (object);

  agent_ems_stop (VNFM_EXTENSION (self));
  g_hash_table_unref (self->link.commands);
  g_hash_table_unref (self->link.early_answers);
  g_clear_object (&self->link.clock);
  g_free (self->script_path);
  g_free (self->user_data);
  G_OBJECT_CLASS (agent_ems_parent_class)->finalize (object);
}

static void
agent_ems_class_init (AgentEmsClass *klass)
{
  VnfmExtensionClass *extension_class = VNFM_EXTENSION_CLASS (klass);
  VnfmEmsClass *ems_class = VNFM_EMS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = agent_ems_finalize;
  extension_class->start = agent_ems_start;
  extension_class->stop = agent_ems_stop;
  ems_class->await_async = agent_ems_await_async;
  ems_class->await_finish = finish_boolean;
  ems_class->put_script_async = agent_ems_put_script_async;
  ems_class->put_script_finish = finish_boolean;
  ems_class->update_script_async = agent_ems_update_script_async;
  ems_class->update_script_finish = finish_boolean;
  ems_class->clone_scripts_async = agent_ems_clone_scripts_async;
  ems_class->clone_scripts_finish = finish_boolean;
  ems_class->put_dependency_async = agent_ems_put_dependency_async;
  ems_class->put_dependency_finish = finish_boolean;
  ems_class->execute_async = agent_ems_execute_async;
  ems_class->execute_finish = agent_ems_execute_finish;
  ems_class->cancel_async = agent_ems_cancel_async;
  ems_class->cancel_finish = finish_boolean;
  ems_class->forget = agent_ems_forget;
  ems_class->add_variables = agent_ems_add_variables;
  ems_class->get_user_data = agent_ems_get_user_data;
  ems_class->describe = agent_ems_describe;
  ems_class->advise = agent_ems_advise;
  ems_class->dup_vnfcs = agent_ems_dup_vnfcs;
  ems_class->probe_async = agent_ems_probe_async;
  ems_class->probe_finish = agent_ems_probe_finish;
}

static void
agent_ems_init (AgentEms *self)
{
  self->link.commands = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)agent_command_unref);
  self->link.early_answers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)vnfm_envelope_unref);
}
