/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a service: RELEASE_RESOURCES for each VNF that has a VNFR, and its machines, whatever the answer is. */
#include "config.h"

#include "core/nfvo/deployment-private.h"

static void
check_all_released (NfvoDeployment *self)
{
  GTask *task;

  for (guint i = 0; i < self->members->len; i++)
    if (((Member *)g_ptr_array_index (self->members, i))->public.state != NFVO_RELEASED)
      return;
  nfvo_link_remove_service (self->link, nfvo_records_get_nsr_id (self->records));
  task = g_steal_pointer (&self->releasing);
  if (task == NULL)
    return;
  if (self->release_error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->release_error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
check_released (Member *member)
{
  if (member->public.state != NFVO_RELEASING || member->ending > 0 || member->running->len > 0 ||
      member->patience != NULL)
    return;
  member_end_phases (member, NULL, FALSE);
  member_set_state (member, NFVO_RELEASED);
  check_all_released (member->deployment);
}

typedef struct {
  NfvoDeployment *deployment;
  Member *member;
  NfvoMachine *machine;
} MachineEnd;

static void
machine_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MachineEnd *end = user_data;
  g_autoptr (NfvoDeployment) self = end->deployment;
  g_autoptr (NfvoMachine) machine = end->machine;
  Member *member = end->member;
  g_autoptr (GError) error = NULL;

  g_free (end);
  member->ending--;
  if (!nfvo_machines_release_finish (NFVO_MACHINES (source), result, &error)) {
    member_note (member, "machine %s: %s", machine->hostname, error->message);
    if (self->release_error == NULL)
      self->release_error = g_error_copy (error);
  }
  check_released (member);
}

void
member_end_machine (Member *member, NfvoMachine *machine)
{
  MachineEnd *end = g_new0 (MachineEnd, 1);

  end->deployment = g_object_ref (member->deployment);
  end->member = member;
  end->machine = nfvo_machine_ref (machine);
  member->ending++;
  nfvo_machines_release_async (member->deployment->machines, machine, machine_ended, end);
}

/* Whatever the manager said: its VNFs machines go. */
void
member_end_machines (Member *member)
{
  g_autoptr (GPtrArray) running = g_steal_pointer (&member->running);

  vnfm_clock_clear_timer (member->deployment->clock, &member->patience);
  member->running = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_machine_unref);
  if (running->len > 0)
    member_set_activity (member, "ending its machines");
  for (guint i = 0; i < running->len; i++)
    member_end_machine (member, g_ptr_array_index (running, i));
  check_released (member);
}

static void
patience_over (gpointer user_data)
{
  Member *member = user_data;
  NfvoDeployment *self = member->deployment;

  member->patience = NULL;
  member_note (member, "RELEASE_RESOURCES was not answered in time: its machines end without it");
  if (self->release_error == NULL)
    self->release_error = g_error_new (VNFM_ERROR, VNFM_ERROR_TIMEOUT, "VNF %s: RELEASE_RESOURCES was not answered",
                                       member->public.vnf->name);
  member_end_phases (member, "release", TRUE);
  if (member->request != NULL)
    nfvo_link_forget (self->link, member->request);
  else
    member_end_machines (member);
}

static void
release (Member *member)
{
  NfvoDeployment *self = member->deployment;
  JsonObject *record = nfvo_records_get_record (self->records, member->public.vnf->name);
  g_autoptr (GBytes) vnfr = NULL;
  g_autoptr (GBytes) body = NULL;

  if (member_is_leaving (member))
    return;
  member_end_phases (member, NULL, FALSE);
  member_set_state (member, NFVO_RELEASING);
  if (record == NULL) { /* its VNFR never came to be: an NFVO tells nobody */
    member_end_machines (member);
    return;
  }
  member_begin_phase (member, "release");
  vnfr = member_dup_record_text (member);
  body = vnfm_message_compose (VNFM_ACTION_RELEASE_RESOURCES, "vnfr", vnfr, NULL);
  member->patience = vnfm_clock_add_timer (self->clock, self->options.release_patience, patience_over, member);
  member_send (member, VNFM_ACTION_RELEASE_RESOURCES, body);
}

void
nfvo_deployment_release_async (NfvoDeployment *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *deploying = g_steal_pointer (&self->deploying);

  g_return_if_fail (self->releasing == NULL);
  self->releasing = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->releasing, nfvo_deployment_release_async);
  if (deploying != NULL) {
    g_task_return_new_error (deploying, VNFM_ERROR, VNFM_ERROR_CANCELLED, "the service is being released");
    g_object_unref (deploying);
  }
  for (guint i = 0; i < self->members->len; i++)
    release (g_ptr_array_index (self->members, i));
  check_all_released (self);
}

gboolean
nfvo_deployment_release_finish (NfvoDeployment *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
nfvo_deployment_abandon (NfvoDeployment *self)
{
  g_autoptr (NfvoDeployment) alive = g_object_ref (self);

  for (guint i = 0; i < self->members->len; i++) {
    Member *member = g_ptr_array_index (self->members, i);
    g_autofree char *open = g_strdup (member->request);
    if (member->public.state == NFVO_RELEASED)
      continue;
    if (member->public.state != NFVO_RELEASING)
      member_set_state (member, NFVO_RELEASING);
    nfvo_link_forget (self->link, open);
    member_end_machines (member);
  }
}
