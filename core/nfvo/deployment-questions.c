/* SPDX-License-Identifier: Apache-2.0 */
/* What a manager asks while it instantiates: GRANT_OPERATION and ALLOCATE_RESOURCES (protocol/openbaton.md, B.3).
 *
 * An allocation starts all machines of the VNF at once and is answered when each has its addresses. Its agents may
 * register before that. When the service is released meanwhile, machines that appear late are ended at once. */
#include "config.h"

#include "core/nfvo/deployment-private.h"

#include <string.h>

#define HOST_NUMBERS 10000000

static gboolean
is_listed (GStrv list, const char *vnf)
{
  return list != NULL && g_strv_contains ((const char *const *)list, vnf);
}

/* An answer of class ERROR: {vnfr, message}. */
static void
refuse (Member *member, VnfmEnvelope *question, JsonObject *vnfr, const char *text)
{
  g_autoptr (GBytes) record = vnfm_json_write_object (vnfr);
  g_autoptr (GBytes) message = vnfm_message_string (text);
  g_autoptr (GBytes) body = vnfm_message_compose (VNFM_ACTION_ERROR, "vnfr", record, "message", message, NULL);

  member_note (member, "refused: %s", text);
  nfvo_link_answer (member->deployment->link, question, body);
}

/* ---- GRANT_OPERATION */

/* The one VIM, for each VDU. */
static GBytes *
choose_vims (NfvoDeployment *self, JsonObject *vnfr)
{
  g_autoptr (JsonObject) choice = json_object_new ();
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");

  for (guint i = 0; i < json_array_get_length (vdus); i++)
    json_object_set_object_member (choice, vnfm_json_get_string (vnfm_json_element_object (vdus, i), "id"),
                                   json_object_ref (nfvo_records_get_vim (self->records)));
  return vnfm_json_write_object (choice);
}

static void
grant (Member *member, VnfmEnvelope *question, JsonObject *asked)
{
  NfvoDeployment *self = member->deployment;
  const char *name = member->public.vnf->name;
  g_autoptr (GError) error = NULL;
  JsonObject *vnfr;

  if (is_listed (self->options.silent_grant, name)) {
    member_note (member, "its grant stays unanswered, as asked for");
    return;
  }
  vnfr = nfvo_records_grant (self->records, asked, &error);
  if (vnfr == NULL) {
    refuse (member, question, asked, error->message);
    return;
  }
  if (is_listed (self->options.refuse_grant, name)) {
    refuse (member, question, vnfr, "Not enough resources (refused as asked for)");
    return;
  }
  g_autoptr (GBytes) record = vnfm_json_write_object (vnfr);
  g_autoptr (GBytes) vims = choose_vims (self, vnfr);
  g_autoptr (GBytes) yes = g_bytes_new_static ("true", 4);
  g_autoptr (GBytes) body = vnfm_message_compose (VNFM_ACTION_GRANT_OPERATION, "grantAllowed", yes, "vduVim", vims,
                                                  "virtualNetworkFunctionRecord", record, NULL);
  nfvo_link_answer (self->link, question, body);
}

/* ---- ALLOCATE_RESOURCES */

/**
 * Allocation:
 * @tree: the question
 * @vnfr: its VNFR, in @tree
 * @components: (element-type NfvoComponent): in @vnfr
 * @orders: (element-type NfvoMachineOrder): one for each component
 * @machines: (element-type NfvoMachine): the same; NULL where it could not be started
 * @open: how many are still being started
 * @error: the first one
 */
typedef struct {
  NfvoDeployment *deployment;
  Member *member;
  VnfmEnvelope *question;
  JsonNode *tree;
  JsonObject *vnfr;
  GArray *components;
  GPtrArray *orders;
  GPtrArray *machines;
  guint open;
  GError *error;
} Allocation;

typedef struct {
  Allocation *allocation;
  guint index;
} Start;

static void
allocation_free (Allocation *self)
{
  g_clear_error (&self->error);
  g_ptr_array_unref (self->machines);
  g_ptr_array_unref (self->orders);
  g_array_unref (self->components);
  json_node_unref (self->tree);
  vnfm_envelope_unref (self->question);
  g_object_unref (self->deployment);
  g_free (self);
}

static void
unref_machine (gpointer machine)
{
  if (machine != NULL)
    nfvo_machine_unref (machine);
}

static char *
new_hostname (NfvoDeployment *self, const char *vnf)
{
  char *hostname;

  do {
    hostname = g_strdup_printf ("%s-%u", vnf, (guint)(vnfm_clock_random_double (self->clock) * HOST_NUMBERS));
  } while (!g_hash_table_add (self->hostnames, hostname));
  return g_strdup (hostname);
}

/* The NFVO's one change to the user data. */
static char *
name_machine (const char *user_data, const char *hostname)
{
  g_autoptr (GString) text = g_string_new (user_data);
  g_autofree char *named = g_strconcat ("Hostname=", hostname, NULL);

  g_string_replace (text, "#Hostname=", named, 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static NfvoMachineOrder *
make_order (Allocation *self, const NfvoComponent *component)
{
  const char *vnf = self->member->public.vnf->name;
  g_autofree char *hostname = new_hostname (self->deployment, vnf);
  g_autofree char *user_data =
      name_machine (vnfm_json_get_string (json_node_get_object (self->tree), "userdata"), hostname);
  NfvoMachineOrder *order = nfvo_machine_order_new (vnf, hostname, user_data);
  JsonArray *points = vnfm_json_get_array (component->vnfc, "connection_point");
  guint n = points != NULL ? json_array_get_length (points) : 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *point = vnfm_json_element_object (points, i);
    const char *network = vnfm_json_get_string (point, "virtual_link_reference");
    const char *floating = vnfm_json_get_string (point, "floatingIp");
    if (network != NULL)
      nfvo_machine_order_add_port (order, network, floating != NULL && floating[0] != '\0');
  }
  return order;
}

/* Books what came to be, and answers. */
static void
answer_allocation (gpointer user_data)
{
  Allocation *self = user_data;
  NfvoDeployment *deployment = self->deployment;
  Member *member = self->member;
  const char *failure = self->error != NULL ? self->error->message : NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  if (member_is_leaving (member)) {
    nfvo_link_answer (deployment->link, self->question, NULL);
    allocation_free (self);
    return;
  }
  for (guint i = 0; i < self->components->len; i++) {
    NfvoComponent *component = &g_array_index (self->components, NfvoComponent, i);
    NfvoMachineOrder *order = g_ptr_array_index (self->orders, i);
    NfvoMachine *machine = g_ptr_array_index (self->machines, i);
    nfvo_records_add_instance (deployment->records, self->vnfr, component, order->hostname,
                               machine != NULL ? machine->id : "unknown", machine != NULL ? "ACTIVE" : "ERROR",
                               machine != NULL ? machine->addresses : none);
  }
  nfvo_records_end_allocation (deployment->records, self->vnfr, failure);
  member_end_phases (member, "allocate", failure != NULL);
  if (failure != NULL) {
    refuse (member, self->question, self->vnfr, failure);
  } else {
    g_autoptr (GBytes) record = vnfm_json_write_object (self->vnfr);
    g_autoptr (GBytes) body = vnfm_message_compose (VNFM_ACTION_ALLOCATE_RESOURCES, "vnfr", record, NULL);
    member_set_activity (member, "its machines boot");
    nfvo_link_answer (deployment->link, self->question, body);
  }
  allocation_free (self);
}

static void
machine_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Start *start = user_data;
  Allocation *self = start->allocation;
  Member *member = self->member;
  guint index = start->index;
  GError *error = NULL;
  NfvoMachine *machine = nfvo_machines_allocate_finish (NFVO_MACHINES (source), result, &error);

  g_free (start);
  if (machine != NULL) {
    g_ptr_array_index (self->machines, index) = machine;
    g_ptr_array_add (member->public.machines, nfvo_machine_ref (machine));
    if (member_is_leaving (member))
      member_end_machine (member, machine);
    else
      g_ptr_array_add (member->running, nfvo_machine_ref (machine));
  } else if (self->error == NULL) {
    self->error = error;
  } else {
    g_error_free (error);
  }
  if (--self->open > 0)
    return;
  if (self->deployment->options.delay_allocate > 0)
    vnfm_clock_add_timer (self->deployment->clock, self->deployment->options.delay_allocate, answer_allocation, self);
  else
    answer_allocation (self);
}

static void
start_machines (Allocation *self)
{
  guint n = self->components->len;
  g_autofree char *activity = g_strdup_printf ("allocating %u machine%s", n, n == 1 ? "" : "s");

  member_set_activity (self->member, activity);
  self->open = n;
  if (n == 0)
    answer_allocation (self);
  for (guint i = 0; i < n; i++) { /* tasks complete from the main loop: self is there until the last one */
    Start *start = g_new0 (Start, 1);
    start->allocation = self;
    start->index = i;
    nfvo_machines_allocate_async (self->deployment->machines, g_ptr_array_index (self->orders, i), NULL,
                                  machine_started, start);
  }
}

static void
allocate (Member *member, VnfmEnvelope *question, JsonNode *tree)
{
  NfvoDeployment *deployment = member->deployment;
  JsonObject *asked = json_node_get_object (tree);
  g_autoptr (GError) error = NULL;
  JsonObject *vnfr = nfvo_records_begin_allocation (deployment->records, asked, &error);
  Allocation *self;

  if (vnfr == NULL) {
    refuse (member, question, vnfm_json_get_object (asked, "virtualNetworkFunctionRecord"), error->message);
    return;
  }
  member_begin_phase (member, "allocate");
  self = g_new0 (Allocation, 1);
  self->deployment = g_object_ref (deployment);
  self->member = member;
  self->question = vnfm_envelope_ref (question);
  self->tree = json_node_ref (tree);
  self->vnfr = vnfr;
  self->components = nfvo_records_list_components (vnfr);
  self->orders = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_machine_order_free);
  self->machines = g_ptr_array_new_with_free_func (unref_machine);
  for (guint i = 0; i < self->components->len; i++)
    g_ptr_array_add (self->orders, make_order (self, &g_array_index (self->components, NfvoComponent, i)));
  g_ptr_array_set_size (self->machines, (int)self->components->len);
  if (is_listed (deployment->options.refuse_allocate, member->public.vnf->name)) {
    self->error =
        g_error_new_literal (VNFM_ERROR, VNFM_ERROR_REFUSED, "No valid host was found (refused as asked for)");
    answer_allocation (self);
    return;
  }
  start_machines (self);
}

/* ---- dispatch */

void
deployment_take_question (VnfmEnvelope *question, VnfmMessage *message, VnfmRecord *record, gpointer user_data)
{
  NfvoDeployment *self = user_data;
  Member *member = deployment_find_member (self, vnfm_record_get_name (record));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) tree = NULL;
  JsonObject *vnfr;

  if (member == NULL || member->public.state != NFVO_INSTANTIATING) {
    nfvo_link_answer (self->link, question, NULL);
    return;
  }
  tree = vnfm_json_parse (vnfm_message_get_body (message), &error);
  vnfr = tree != NULL ? vnfm_json_get_object (json_node_get_object (tree), "virtualNetworkFunctionRecord") : NULL;
  if (vnfr == NULL) {
    member_note (member, "a question that cannot be read: %s", error != NULL ? error->message : "no VNFR came with it");
    nfvo_link_answer (self->link, question, NULL);
    return;
  }
  switch (vnfm_message_get_action (message)) {
  case VNFM_ACTION_GRANT_OPERATION:
    member_begin_phase (member, "grant");
    grant (member, question, vnfr);
    member_end_phases (member, "grant", FALSE);
    break;
  case VNFM_ACTION_ALLOCATE_RESOURCES:
    allocate (member, question, tree);
    break;
  default:
    member_note (member, "it asks %s, which is not known here",
                 vnfm_message_get_action_name (message) != NULL ? vnfm_message_get_action_name (message) : "nothing");
    nfvo_link_answer (self->link, question, NULL);
    break;
  }
}
