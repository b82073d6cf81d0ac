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

G_DEFINE_FINAL_TYPE (NfvoDeployment, nfvo_deployment, G_TYPE_OBJECT)

enum {
  CHANGED,
  NOTE,
  ANSWERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *const state_nicks[] = {
  [NFVO_WAITING] = "waiting",         [NFVO_INSTANTIATING] = "instantiating",
  [NFVO_INITIALIZED] = "initialized", [NFVO_CONFIGURING] = "configuring",
  [NFVO_INACTIVE] = "inactive",       [NFVO_STARTING] = "starting",
  [NFVO_ACTIVE] = "active",           [NFVO_FAILED] = "failed",
  [NFVO_RELEASING] = "releasing",     [NFVO_RELEASED] = "released",
};

/* Which states may follow: a bit each. */
#define BIT(state) (1u << (state))
static const guint successors[] = {
  [NFVO_WAITING] = BIT (NFVO_INSTANTIATING) | BIT (NFVO_RELEASING),
  [NFVO_INSTANTIATING] = BIT (NFVO_INITIALIZED) | BIT (NFVO_FAILED) | BIT (NFVO_RELEASING),
  [NFVO_INITIALIZED] =
      BIT (NFVO_CONFIGURING) | BIT (NFVO_INACTIVE) | BIT (NFVO_STARTING) | BIT (NFVO_FAILED) | BIT (NFVO_RELEASING),
  [NFVO_CONFIGURING] = BIT (NFVO_INACTIVE) | BIT (NFVO_FAILED) | BIT (NFVO_RELEASING),
  [NFVO_INACTIVE] = BIT (NFVO_STARTING) | BIT (NFVO_FAILED) | BIT (NFVO_RELEASING),
  [NFVO_STARTING] = BIT (NFVO_ACTIVE) | BIT (NFVO_FAILED) | BIT (NFVO_RELEASING),
  [NFVO_ACTIVE] = BIT (NFVO_FAILED) | BIT (NFVO_RELEASING),
  [NFVO_FAILED] = BIT (NFVO_RELEASING),
  [NFVO_RELEASING] = BIT (NFVO_RELEASED),
  [NFVO_RELEASED] = 0,
};

const char *
nfvo_state_get_nick (NfvoState state)
{
  return state_nicks[state];
}

static void
member_free (Member *member)
{
  vnfm_clock_clear_timer (member->deployment->clock, &member->patience);
  g_free (member->public.activity);
  g_free (member->public.failure);
  g_array_unref (member->public.phases);
  g_ptr_array_unref (member->public.machines);
  g_ptr_array_unref (member->running);
  g_free (member->request);
  g_free (member);
}

static Member *
member_new (NfvoDeployment *deployment, NfvoVnf *vnf)
{
  Member *member = g_new0 (Member, 1);

  member->deployment = deployment;
  member->public.vnf = vnf;
  member->public.phases = g_array_new (FALSE, TRUE, sizeof (NfvoPhase));
  member->public.machines = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_machine_unref);
  member->running = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_machine_unref);
  return member;
}

Member *
deployment_find_member (NfvoDeployment *self, const char *vnf)
{
  for (guint i = 0; i < self->members->len; i++) {
    Member *member = g_ptr_array_index (self->members, i);
    if (g_strcmp0 (member->public.vnf->name, vnf) == 0)
      return member;
  }
  return NULL;
}

/* ---- telling */

void
member_note (Member *member, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_signal_emit (member->deployment, signals[NOTE], 0, &member->public, text);
}

void
member_set_activity (Member *member, const char *activity)
{
  if (g_strcmp0 (member->public.activity, activity) == 0)
    return;
  g_free (member->public.activity);
  member->public.activity = g_strdup (activity);
  g_signal_emit (member->deployment, signals[CHANGED], 0, &member->public);
}

/* The one writer of a member's state. */
static void
set_state (Member *member, NfvoState state)
{
  if ((successors[member->public.state] & BIT (state)) == 0) {
    g_critical ("VNF %s cannot go from %s to %s", member->public.vnf->name, state_nicks[member->public.state],
                state_nicks[state]);
    return;
  }
  g_info ("VNF %s: %s -> %s", member->public.vnf->name, state_nicks[member->public.state], state_nicks[state]);
  member->public.state = state;
  g_clear_pointer (&member->public.activity, g_free);
  g_signal_emit (member->deployment, signals[CHANGED], 0, &member->public);
}

gboolean
member_is_leaving (Member *member)
{
  return member->public.state == NFVO_RELEASING || member->public.state == NFVO_RELEASED;
}

void
member_begin_phase (Member *member, const char *name)
{
  NfvoPhase phase = { .name = name, .begin = nfvo_deployment_get_elapsed (member->deployment) };

  g_array_append_val (member->public.phases, phase);
}

static void
end_phases (Member *member, const char *name, gboolean failed)
{
  for (guint i = 0; i < member->public.phases->len; i++) {
    NfvoPhase *phase = &g_array_index (member->public.phases, NfvoPhase, i);
    if (phase->end != 0 || (name != NULL && !g_str_equal (phase->name, name)))
      continue;
    phase->end = nfvo_deployment_get_elapsed (member->deployment);
    phase->failed = failed;
  }
}

void
member_end_phase (Member *member, const char *name, gboolean failed)
{
  end_phases (member, name, failed);
}

/* ---- outcome */

static void
member_fail (Member *member, const char *text)
{
  NfvoDeployment *self = member->deployment;
  GTask *task = g_steal_pointer (&self->deploying);

  if (member->public.failure == NULL)
    member->public.failure = g_strdup (text);
  end_phases (member, NULL, TRUE);
  set_state (member, NFVO_FAILED);
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

static void take_answer (Member *member, VnfmAction action, GBytes *body);
static void end_machines (Member *member);

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
    take_answer (member, action, body);
  else if (!g_error_matches (error, VNFM_ERROR, VNFM_ERROR_CANCELLED) && !member_is_leaving (member))
    member_fail (member, error->message);
  else if (action == VNFM_ACTION_RELEASE_RESOURCES)
    end_machines (member);
}

static void
send_request (Member *member, VnfmAction action, GBytes *body)
{
  Call *call = g_new0 (Call, 1);

  call->deployment = g_object_ref (member->deployment);
  call->member = member;
  call->action = action;
  nfvo_link_request_async (member->deployment->link, body, &call->id, request_answered, call);
  g_free (member->request);
  member->request = g_strdup (call->id);
}

static GBytes *
record_text (Member *member)
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
  set_state (member, NFVO_INSTANTIATING);
  send_request (member, VNFM_ACTION_INSTANTIATE, body);
}

static void
modify (Member *member)
{
  NfvoDeployment *self = member->deployment;
  g_autoptr (GBytes) vnfr = record_text (member);
  g_autoptr (GBytes) vnfrd =
      vnfm_json_write_object (nfvo_dependencies_get (self->dependencies, member->public.vnf->name));
  g_autoptr (GBytes) body = vnfm_message_compose (VNFM_ACTION_MODIFY, "vnfr", vnfr, "vnfrd", vnfrd, NULL);

  member_begin_phase (member, "configure");
  set_state (member, NFVO_CONFIGURING);
  send_request (member, VNFM_ACTION_MODIFY, body);
}

static void
start (Member *member)
{
  g_autoptr (GBytes) vnfr = record_text (member);
  g_autoptr (GBytes) body = vnfm_message_compose (VNFM_ACTION_START, "virtualNetworkFunctionRecord", vnfr, NULL);

  member_begin_phase (member, "start");
  set_state (member, NFVO_STARTING);
  send_request (member, VNFM_ACTION_START, body);
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
    set_state (member, NFVO_INACTIVE);
    start_next_in_order (self);
  } else {
    start (member);
  }
}

static void
advance (Member *member, VnfmAction action)
{
  NfvoDeployment *self = member->deployment;

  switch (action) {
  case VNFM_ACTION_INSTANTIATE:
    member_end_phase (member, "instantiate", FALSE);
    set_state (member, NFVO_INITIALIZED);
    initialized (member);
    break;
  case VNFM_ACTION_MODIFY:
    member_end_phase (member, "configure", FALSE);
    set_state (member, NFVO_INACTIVE);
    if (self->options.ordered)
      start_next_in_order (self);
    else
      start (member);
    break;
  case VNFM_ACTION_START:
    member_end_phase (member, "start", FALSE);
    set_state (member, NFVO_ACTIVE);
    if (self->options.ordered)
      start_next_in_order (self);
    check_all_active (self);
    break;
  default:
    end_machines (member);
    break;
  }
}

/* ---- answers */

/* Saves the VNFR that came with an answer. */
static gboolean
save_record (Member *member, VnfmMessage *message, VnfmAction action, const char *text, GError **error)
{
  g_autoptr (GBytes) record = vnfm_message_dup_record_text (message);
  g_autoptr (JsonNode) node = NULL;

  if (record == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "no VNFR came with it");
    return FALSE;
  }
  node = vnfm_json_parse (record, error);
  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node) ||
      g_strcmp0 (vnfm_json_get_string (json_node_get_object (node), "name"), member->public.vnf->name) != 0) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR is that of another VNF");
    return FALSE;
  }
  return nfvo_records_save (member->deployment->records, json_node_get_object (node), action, text, error) != NULL;
}

static char *
dup_exception_text (VnfmMessage *message)
{
  g_autoptr (GBytes) text = vnfm_message_dup_member (message, "exception");
  g_autoptr (JsonNode) node = text != NULL ? vnfm_json_parse (text, NULL) : NULL;
  const char *detail = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                           ? vnfm_json_get_string (json_node_get_object (node), "detailMessage")
                           : NULL;

  return g_strdup (detail != NULL ? detail : "an error without a text");
}

static void
take_failure (Member *member, VnfmAction action, const char *text)
{
  NfvoDeployment *self = member->deployment;

  if (action != VNFM_ACTION_RELEASE_RESOURCES) {
    member_fail (member, text);
    return;
  }
  if (member->public.failure == NULL)
    member->public.failure = g_strdup (text);
  member_note (member, "%s", text);
  if (self->release_error == NULL)
    self->release_error = g_error_new (VNFM_ERROR, VNFM_ERROR_FAILED, "VNF %s: %s", member->public.vnf->name, text);
  end_phases (member, "release", TRUE);
  end_machines (member);
}

static void
take_error (Member *member, VnfmAction action, VnfmMessage *message)
{
  g_autofree char *text = dup_exception_text (message);
  g_autoptr (GError) error = NULL;

  if (!save_record (member, message, VNFM_ACTION_ERROR, text, &error))
    member_note (member, "its ERROR cannot be booked: %s", error->message);
  take_failure (member, action, text);
}

static gboolean
is_null (GBytes *body)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), MIN (g_bytes_get_size (body), 32));

  return g_str_equal (g_strstrip (text), "null");
}

static void
take_answer (Member *member, VnfmAction action, GBytes *body)
{
  const char *nick = vnfm_action_get_nick (action);
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmMessage) message = NULL;
  g_autofree char *text = NULL;

  if (member->public.state == NFVO_RELEASED ||
      (member->public.state == NFVO_RELEASING && action != VNFM_ACTION_RELEASE_RESOURCES)) {
    g_info ("VNF %s: the answer to %s came too late", member->public.vnf->name, nick);
    return;
  }
  g_signal_emit (member->deployment, signals[ANSWERED], 0, &member->public, action);
  if (is_null (body))
    text = g_strdup_printf ("%s was answered null", nick);
  else if ((message = vnfm_message_decode (body, &error)) == NULL)
    text = g_strdup_printf ("the answer to %s cannot be read: %s", nick, error->message);
  else if (vnfm_message_get_action (message) == VNFM_ACTION_ERROR)
    take_error (member, action, message);
  else if (vnfm_message_get_action (message) != action)
    text = g_strdup_printf ("%s was answered with the action %s", nick,
                            vnfm_message_get_action_name (message) != NULL ? vnfm_message_get_action_name (message)
                                                                           : "(none)");
  else if (!save_record (member, message, action, NULL, &error))
    text = g_strdup_printf ("the answer to %s cannot be saved: %s", nick, error->message);
  else
    advance (member, action);
  if (text != NULL)
    take_failure (member, action, text);
}

/* A result without a reply address answers the open request of its VNF. */
static void
take_result (VnfmEnvelope *envelope, VnfmMessage *message, VnfmRecord *record, gpointer user_data)
{
  NfvoDeployment *self = user_data;
  Member *member = deployment_find_member (self, vnfm_record_get_name (record));

  if (member == NULL || !nfvo_link_complete (self->link, member->request, envelope->body))
    g_info ("a result for VNF %s answers no open request", vnfm_record_get_name (record));
}

/* ---- release */

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
  end_phases (member, NULL, FALSE);
  set_state (member, NFVO_RELEASED);
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
static void
end_machines (Member *member)
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
  end_phases (member, "release", TRUE);
  if (member->request != NULL)
    nfvo_link_forget (self->link, member->request);
  else
    end_machines (member);
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
  end_phases (member, NULL, FALSE);
  set_state (member, NFVO_RELEASING);
  if (record == NULL) { /* its VNFR never came to be: an NFVO tells nobody */
    end_machines (member);
    return;
  }
  member_begin_phase (member, "release");
  vnfr = record_text (member);
  body = vnfm_message_compose (VNFM_ACTION_RELEASE_RESOURCES, "vnfr", vnfr, NULL);
  member->patience = vnfm_clock_add_timer (self->clock, self->options.release_patience, patience_over, member);
  send_request (member, VNFM_ACTION_RELEASE_RESOURCES, body);
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
      set_state (member, NFVO_RELEASING);
    nfvo_link_forget (self->link, open);
    end_machines (member);
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
  nfvo_link_add_service (self->link, nfvo_records_get_nsr_id (self->records), deployment_take_question, take_result,
                         self);
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
