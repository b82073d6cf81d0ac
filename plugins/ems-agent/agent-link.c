/* SPDX-License-Identifier: Apache-2.0 */
/* What commands share: waking them, finding that an agent is lost, and CANCEL, which is no command of its own: nobody
 * waits for its answer, but for that of the command that it ends. */
#include "config.h"

#include "plugins/ems-agent/agent-link.h"

#include "plugins/ems-agent/agent-command.h"

#include <vnfm/vnfm-error.h>

void
agent_link_mark_lost (AgentLink *self, Agent *agent)
{
  if (!agent_is_up (agent))
    return;
  agent_registry_mark_lost (self->registry, agent, vnfm_clock_get_wall_time (self->clock));
  g_message ("agent of %s is lost: nobody reads its commands; they are held until it registers again", agent->hostname);
  vnfm_ems_emit_lost (self->ems, agent->hostname);
}

static void
cancel_published (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (vnfm_transport_publish_finish (VNFM_TRANSPORT (source), result, &error)) {
    if (task != NULL)
      g_task_return_boolean (task, TRUE);
    return;
  }
  if (task != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_info ("could not tell an agent to end a script: %s", error->message);
}

void
agent_link_send_cancel (AgentLink *self, Agent *agent, const char *step_id, GTask *task)
{
  if ((agent_get_capabilities (agent) & EMS_CAPABILITY_CANCEL) == 0) {
    if (task != NULL)
      g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "the agent of %s cannot end a script",
                               agent->hostname);
    g_clear_object (&task);
    return;
  }

  g_autoptr (EmsCommand) command = ems_command_new (EMS_ACTION_CANCEL);
  command->step = g_strdup (step_id);
  g_autoptr (GBytes) body = ems_command_encode (command);
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);
  envelope->host = g_strdup (agent->hostname);
  envelope->correlation_id = vnfm_clock_new_uuid (self->clock);
  envelope->message_id = g_strdup (envelope->correlation_id);
  envelope->reply_to = vnfm_transport_dup_answer_address (self->transport);
  envelope->content_type = g_strdup ("text/plain");
  g_info ("agent of %s: asking for the end of %s", agent->hostname, step_id);
  vnfm_transport_publish_async (self->transport, VNFM_DESTINATION_EMS_COMMANDS, envelope, NULL, cancel_published, task);
}

/* What one VNFR's agent says cannot take the place of what another's says. */
static char *
make_key (const char *sender, const char *id)
{
  return g_strdup_printf ("%s\n%s", sender != NULL ? sender : "", id);
}

/* An operation that was restored asks for its step again in a moment. */
void
agent_link_keep_early (AgentLink *self, VnfmEnvelope *envelope, guint max)
{
  g_autofree char *key = make_key (envelope->sender, envelope->correlation_id);
  VnfmEnvelope *older = g_hash_table_lookup (self->early_answers, key);

  if (older == NULL && g_hash_table_size (self->early_answers) >= max) {
    g_debug ("answer %s: nobody asked, and too many wait", envelope->correlation_id);
    vnfm_envelope_ack (envelope);
    return;
  }
  vnfm_envelope_ack (older); /* the same answer, sent twice */
  g_hash_table_replace (self->early_answers, g_steal_pointer (&key), vnfm_envelope_ref (envelope));
}

VnfmEnvelope *
agent_link_take_early (AgentLink *self, const char *id, const char *vnfr_id)
{
  g_autofree char *login = vnfr_id != NULL ? agent_login_new (vnfr_id) : NULL;
  const char *senders[] = { login, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (senders); i++) {
    g_autofree char *key = make_key (senders[i], id);
    g_autofree char *kept = NULL;
    VnfmEnvelope *envelope = NULL;
    if (g_hash_table_steal_extended (self->early_answers, key, (gpointer *)&kept, (gpointer *)&envelope))
      return envelope;
  }
  return NULL;
}

GPtrArray *
agent_link_dup_commands (Agent *agent)
{
  GPtrArray *commands = g_ptr_array_new_with_free_func ((GDestroyNotify)agent_command_unref);

  for (GList *l = agent->commands.head; l != NULL; l = l->next)
    g_ptr_array_add (commands, agent_command_ref (l->data));
  return commands;
}

void
agent_link_wake_all (AgentLink *self)
{
  g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func ((GDestroyNotify)agent_command_unref);
  GHashTableIter iter;
  gpointer command;

  g_hash_table_iter_init (&iter, self->commands);
  while (g_hash_table_iter_next (&iter, NULL, &command))
    g_ptr_array_add (commands, agent_command_ref (command));
  for (guint i = 0; i < commands->len; i++)
    agent_command_wake (g_ptr_array_index (commands, i));
}
