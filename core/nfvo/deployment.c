/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a network service. Each VNF goes its own way, and waits for others only where it depends on them:
 *
 *   WAITING -INSTANTIATE-> INSTANTIATING -answer-> INITIALIZED --no dependency--------------+
 *                            (grant, allocate)        | all its sources are INITIALIZED     |
 *                                                     v                                     v
 *                                              CONFIGURING (MODIFY) -answer-> INACTIVE -> STARTING -answer-> ACTIVE
 *
 *   any of them -ERROR, or an answer that cannot be saved-> FAILED
 *   any of them -release-> RELEASING -answer, or patience over-> machines end -> RELEASED
 *
 * In an ordered start a VNF without dependencies becomes INACTIVE at once, and when all are INACTIVE they start one
 * after the other, sources first. */
#include "config.h"

#include "core/nfvo/deployment-private.h"

#include "core/nfvo/instantiate.h"

G_DEFINE_FINAL_TYPE (NfvoDeployment, nfvo_deployment, G_TYPE_OBJECT)

enum {
  CHANGED,
  NOTE,
  ANSWERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* ---- telling those who look on */

void
deployment_tell_changed (Member *member)
{
  g_signal_emit (member->deployment, signals[CHANGED], 0, &member->public);
}

void
deployment_tell_note (Member *member, const char *text)
{
  g_signal_emit (member->deployment, signals[NOTE], 0, &member->public, text);
}

void
deployment_tell_answered (Member *member, VnfmAction action)
{
  g_signal_emit (member->deployment, signals[ANSWERED], 0, &member->public, action);
}

/* ---- outcome */

void
member_fail (Member *member, const char *text)
{
  NfvoDeployment *self = member->deployment;
  GTask *task = g_steal_pointer (&self->deploying);

  if (member->public.failure == NULL)
    member->public.failure = g_strdup (text);
  member_end_phases (member, NULL, TRUE);
  member_set_state (member, NFVO_FAILED);
  if (task == NULL)
    return;
  g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_FAILED, "VNF %s: %s", member->public.vnf->name, text);
  g_object_unref (task);
}

static void
check_all_active (NfvoDeployment *self)
{
  GTask *task;

  for (guint i = 0; i < self->members->len; i++)
    if (((Member *)g_ptr_array_index (self->members, i))->public.state != NFVO_ACTIVE)
      return;
  task = g_steal_pointer (&self->deploying);
  if (task == NULL)
    return;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* ---- requests */

typedef struct {
  NfvoDeployment *deployment;
  Member *member;
  VnfmAction action;
  char *id;
} Call;

static void
request_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  Member *member = call->member;
  g_autoptr (NfvoDeployment) self = call->deployment;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = nfvo_link_request_finish (NFVO_LINK (source), result, &error);
  VnfmAction action = call->action;

  if (g_strcmp0 (member->request, call->id) == 0)
    g_clear_pointer (&member->request, g_free);
  g_free (call->id);
  g_free (call);
  if (body != NULL)
    member_take_answer (member, action, body);
  else if (!g_error_matches (error, VNFM_ERROR, VNFM_ERROR_CANCELLED) && !member_is_leaving (member))
    member_fail (member, error->message);
  else if (action == VNFM_ACTION_RELEASE_RESOURCES)
    member_end_machines (member);
}

void
member_send (Member *member, VnfmAction action, GBytes *body)
{
  Call *call = g_new0 (Call, 1);

  call->deployment = g_object_ref (member->deployment);
  call->member = member;
  call->action = action;
  nfvo_link_request_async (member->deployment->link, body, &call->id, request_answered, call);
  g_free (member->request);
  member->request = g_strdup (call->id);
}

GBytes *
member_dup_record_text (Member *member)
{
  return vnfm_json_write_object (nfvo_records_get_record (member->deployment->records, member->public.vnf->name));
}

static JsonObject *
make_extension (NfvoDeployment *self)
{
  JsonObject *extension = json_object_new ();
  g_autofree char *port = g_strdup_printf ("%u", self->options.broker_port);

  json_object_set_string_member (extension, "brokerIp",
                                 self->options.broker_host != NULL ? self->options.broker_host : "127.0.0.1");
  json_object_set_string_member (extension, "brokerPort", port);
  json_object_set_string_member (extension, "monitoringIp", "");
  json_object_set_string_member (extension, "timezone", "UTC");
  json_object_set_string_member (extension, "nsr-id", nfvo_records_get_nsr_id (self->records));
  return extension;
}

static void
instantiate (Member *member)
{
  NfvoDeployment *self = member->deployment;
  g_autoptr (JsonObject) extension = make_extension (self);
  g_autoptr (GBytes) body = nfvo_vnf_dup_instantiate (member->public.vnf, nfvo_records_get_links (self->records),
                                                      nfvo_records_get_vim (self->records), extension, self->clock);

  member_begin_phase (member, "instantiate");
  member_set_state (member, NFVO_INSTANTIATING);
  member_send (member, VNFM_ACTION_INSTANTIATE, body);
}

static void
modify (Member *member)
{
  NfvoDeployment *self = member->deployment;
  g_autoptr (GBytes) vnfr = member_dup_record_text (member);
  g_autoptr (GBytes) vnfrd =
      vnfm_json_write_object (nfvo_dependencies_get (self->dependencies, member->public.vnf->name));
  g_autoptr (GBytes) body = vnfm_message_compose (VNFM_ACTION_MODIFY, "vnfr", vnfr, "vnfrd", vnfrd, NULL);

  member_begin_phase (member, "configure");
  member_set_state (member, NFVO_CONFIGURING);
  member_send (member, VNFM_ACTION_MODIFY, body);
}

static void
start (Member *member)
{
  g_autoptr (GBytes) vnfr = member_dup_record_text (member);
  g_autoptr (GBytes) body = vnfm_message_compose (VNFM_ACTION_START, "virtualNetworkFunctionRecord", vnfr, NULL);

  member_begin_phase (member, "start");
  member_set_state (member, NFVO_STARTING);
  member_send (member, VNFM_ACTION_START, body);
}

/* ---- order */

/* As far as INITIALIZED at least, and not lost. */
static gboolean
is_initialized (Member *member)
{
  return member->public.state >= NFVO_INITIALIZED && member->public.state <= NFVO_ACTIVE;
}

static void
start_next_in_order (NfvoDeployment *self)
{
  g_autoptr (GPtrArray) order = nfvo_dependencies_dup_order (self->dependencies);

  for (guint i = 0; i < order->len; i++) {
    NfvoState state = deployment_find_member (self, g_ptr_array_index (order, i))->public.state;
    if (state != NFVO_INACTIVE && state != NFVO_ACTIVE)
      return;
  }
  for (guint i = 0; i < order->len; i++) {
    Member *member = deployment_find_member (self, g_ptr_array_index (order, i));
    if (member->public.state == NFVO_INACTIVE) {
      start (member);
      return;
    }
  }
}

static void
try_modify (Member *target)
{
  NfvoDeployment *self = target->deployment;
  g_autoptr (GPtrArray) sources = nfvo_dependencies_dup_sources (self->dependencies, target->public.vnf->name);
  g_autoptr (GString) missing = g_string_new (NULL);

  if (target->public.state != NFVO_INITIALIZED)
    return;
  for (guint i = 0; i < sources->len; i++) {
    const char *source = g_ptr_array_index (sources, i);
    if (!is_initialized (deployment_find_member (self, source)))
      g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "waiting for ", source);
  }
  if (missing->len > 0)
    member_set_activity (target, missing->str);
  else
    modify (target);
}

static void
initialized (Member *member)
{
  NfvoDeployment *self = member->deployment;
  const char *name = member->public.vnf->name;
  g_autoptr (GPtrArray) sources = nfvo_dependencies_dup_sources (self->dependencies, name);
  g_autoptr (GPtrArray) targets = nfvo_dependencies_dup_targets (self->dependencies, name);

  nfvo_dependencies_fill (self->dependencies, nfvo_records_get_record (self->records, name));
  for (guint i = 0; i < targets->len; i++)
    try_modify (deployment_find_member (self, g_ptr_array_index (targets, i)));
  if (sources->len > 0) {
    try_modify (member);
  } else if (self->options.ordered) {
    member_set_state (member, NFVO_INACTIVE);
    start_next_in_order (self);
  } else {
    start (member);
  }
}

void
member_advance (Member *member, VnfmAction action)
{
  NfvoDeployment *self = member->deployment;

  switch (action) {
  case VNFM_ACTION_INSTANTIATE:
    member_end_phases (member, "instantiate", FALSE);
    member_set_state (member, NFVO_INITIALIZED);
    initialized (member);
    break;
  case VNFM_ACTION_MODIFY:
    member_end_phases (member, "configure", FALSE);
    member_set_state (member, NFVO_INACTIVE);
    if (self->options.ordered)
      start_next_in_order (self);
    else
      start (member);
    break;
  case VNFM_ACTION_START:
    member_end_phases (member, "start", FALSE);
    member_set_state (member, NFVO_ACTIVE);
    if (self->options.ordered)
      start_next_in_order (self);
    check_all_active (self);
    break;
  default:
    member_end_machines (member);
    break;
  }
}

/* ---- deploying */

void
nfvo_deployment_deploy_async (NfvoDeployment *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->deploying == NULL && self->began == 0);
  self->deploying = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->deploying, nfvo_deployment_deploy_async);
  self->began = vnfm_clock_get_monotonic_time (self->clock);
  nfvo_link_add_service (self->link, nfvo_records_get_nsr_id (self->records), deployment_take_question,
                         deployment_take_result, self);
  for (guint i = 0; i < self->members->len; i++)
    instantiate (g_ptr_array_index (self->members, i));
}

gboolean
nfvo_deployment_deploy_finish (NfvoDeployment *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the object */

GPtrArray *
nfvo_deployment_get_members (NfvoDeployment *self)
{
  return self->members;
}

const char *
nfvo_deployment_get_nsr_id (NfvoDeployment *self)
{
  return nfvo_records_get_nsr_id (self->records);
}

gint64
nfvo_deployment_get_elapsed (NfvoDeployment *self)
{
  return self->began != 0 ? vnfm_clock_get_monotonic_time (self->clock) - self->began : 0;
}

static void
machine_trouble (NfvoMachines *machines, NfvoMachine *machine, const char *text, gpointer user_data)
{
  Member *member = deployment_find_member (user_data, machine->vnf);

  if (member != NULL && !member_is_leaving (member))
    member_note (member, "machine %s: %s", machine->hostname, text);
}

static gboolean
fill (NfvoDeployment *self, GError **error)
{
  NfvoService *service = self->service;

  for (guint i = 0; i < service->networks->len; i++)
    nfvo_records_add_link (self->records, g_ptr_array_index (service->networks, i));
  for (guint i = 0; i < service->vnfs->len; i++) {
    NfvoVnf *vnf = g_ptr_array_index (service->vnfs, i);
    nfvo_dependencies_add_vnf (self->dependencies, vnf->name, vnf->type);
    g_ptr_array_add (self->members, member_new (self, vnf));
  }
  for (guint i = 0; i < service->dependencies->len; i++) {
    NfvoDependency *dependency = g_ptr_array_index (service->dependencies, i);
    if (!nfvo_dependencies_add (self->dependencies, dependency->source, dependency->target, dependency->parameters,
                                error))
      return FALSE;
  }
  for (guint i = 0; self->options.ordered && i < service->vnfs->len; i++) {
    NfvoVnf *vnf = g_ptr_array_index (service->vnfs, i);
    if (nfvo_dependencies_is_cyclic (self->dependencies, vnf->name)) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID,
                   "VNF %s is part of a circle of dependencies: no order to start in", vnf->name);
      return FALSE;
    }
  }
  return TRUE;
}

NfvoDeployment *
nfvo_deployment_new (NfvoService *service, NfvoLink *link, NfvoMachines *machines, VnfmClock *clock,
                     const NfvoDeploymentOptions *options, GError **error)
{
  g_autoptr (NfvoDeployment) self = g_object_new (NFVO_TYPE_DEPLOYMENT, NULL);

  self->service = service;
  self->link = g_object_ref (link);
  self->machines = g_object_ref (machines);
  self->clock = g_object_ref (clock);
  self->options = *options;
  self->records = nfvo_records_new (clock);
  self->dependencies = nfvo_dependencies_new (clock);
  g_signal_connect_object (machines, "trouble", G_CALLBACK (machine_trouble), self, 0);
  return fill (self, error) ? g_steal_pointer (&self) : NULL;
}

static void
finalize (GObject *object)
{
  NfvoDeployment *self = NFVO_DEPLOYMENT (object);

  nfvo_link_remove_service (self->link, nfvo_records_get_nsr_id (self->records));
  g_ptr_array_unref (self->members);
  g_hash_table_unref (self->hostnames);
  g_clear_error (&self->release_error);
  nfvo_dependencies_free (self->dependencies);
  nfvo_records_free (self->records);
  g_object_unref (self->clock);
  g_object_unref (self->machines);
  g_object_unref (self->link);
  G_OBJECT_CLASS (nfvo_deployment_parent_class)->finalize (object);
}

static void
nfvo_deployment_class_init (NfvoDeploymentClass *klass)
{
  GType type = NFVO_TYPE_DEPLOYMENT;

  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[NOTE] = g_signal_new ("note", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER,
                                G_TYPE_STRING);
  signals[ANSWERED] = g_signal_new ("answered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                    G_TYPE_POINTER, VNFM_TYPE_ACTION);
}

static void
nfvo_deployment_init (NfvoDeployment *self)
{
  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify)member_free);
  self->hostnames = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
