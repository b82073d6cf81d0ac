/* SPDX-License-Identifier: Apache-2.0 */
/* Is the agent there, and how is its machine? */
#include "config.h"

#include "plugins/ems-agent/agent-probe.h"

#include "plugins/ems-agent/agent-command.h"

#include <string.h>
#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-json.h>

#define MAX_TEXT 4096

typedef struct {
  VnfmClock *clock;
  gint64 begun; /* monotonic */
} Probe;

static void
probe_free (Probe *probe)
{
  g_object_unref (probe->clock);
  g_free (probe);
}

/* A machine may send anything: only what is known here goes on. */
static JsonObject *
take_facts (JsonObject *machine)
{
  static const char *const texts[] = { "time", "script-root", "script-root-error" };
  static const char *const numbers[] = { "script-root-free", "state-dir-free" };
  JsonObject *facts = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    const char *text = vnfm_json_get_string (machine, texts[i]);
    if (text != NULL && strlen (text) <= MAX_TEXT)
      json_object_set_string_member (facts, texts[i], text);
  }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    gint64 number = vnfm_json_get_int (machine, numbers[i], -1);
    if (number >= 0)
      json_object_set_int_member (facts, numbers[i], number);
  }
  return facts;
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Probe *probe = g_task_get_task_data (task);
  gint64 taken = vnfm_clock_get_monotonic_time (probe->clock) - probe->begun;
  GError *error = NULL;
  g_autoptr (JsonObject) machine = g_task_propagate_pointer (G_TASK (result), &error);

  if (machine != NULL) {
    JsonObject *facts = take_facts (machine);
    json_object_set_int_member (facts, "round-trip", taken);
    g_task_return_pointer (task, facts, (GDestroyNotify)json_object_unref);
  } else if (g_cancellable_is_cancelled (g_task_get_cancellable (task))) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_TIMEOUT,
                             "its agent has not answered for %.1f s, though it is registered",
                             (double)taken / G_USEC_PER_SEC);
    g_clear_error (&error);
  } else
    g_task_return_error (task, error);
}

void
agent_probe_start (AgentLink *link, const char *hostname, GTask *task)
{
  Agent *agent = agent_registry_lookup (link->registry, hostname);
  Probe *probe = g_new (Probe, 1);

  *probe = (Probe){ g_object_ref (link->clock), vnfm_clock_get_monotonic_time (link->clock) };
  g_task_set_task_data (task, probe, (GDestroyNotify)probe_free);
  g_task_set_check_cancellable (task, FALSE);
  if (agent == NULL || !agent_is_up (agent)) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "its agent is not there to be asked");
    g_object_unref (task);
    return;
  }
  if ((agent_get_capabilities (agent) & EMS_CAPABILITY_STEP) == 0) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED,
                             "its agent is of a kind that cannot be asked without running something");
    g_object_unref (task);
    return;
  }
  g_autoptr (GTask) inner = g_task_new (link->ems, g_task_get_cancellable (task), answered, task);
  g_task_set_check_cancellable (inner, FALSE);
  agent_command_start (link, agent, inner, ems_command_new (EMS_ACTION_STATUS), NULL);
}

/* ---- the machines of a VNFR */

typedef struct {
  const char *vnfr_id;
  GPtrArray *vnfcs;
} Search;

static void
add_if_wanted (Agent *agent, gpointer user_data)
{
  Search *search = user_data;

  if (agent->released || g_strcmp0 (agent->vnfr_id, search->vnfr_id) != 0)
    return;
  g_autoptr (JsonObject) instance = json_object_new ();
  json_object_set_string_member (instance, "hostname", agent->hostname);
  VnfmVnfc *vnfc = vnfm_vnfc_new_from_json (instance, search->vnfr_id, NULL);
  if (vnfc != NULL)
    g_ptr_array_add (search->vnfcs, vnfc);
}

static gint
by_hostname (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(VnfmVnfc *const *)a)->hostname, (*(VnfmVnfc *const *)b)->hostname);
}

GPtrArray *
agent_probe_dup_vnfcs (AgentRegistry *registry, const char *vnfr_id)
{
  GPtrArray *vnfcs = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_vnfc_unref);
  Search search = { vnfr_id, vnfcs };

  agent_registry_foreach (registry, add_if_wanted, &search);
  g_ptr_array_sort (vnfcs, by_hostname);
  return vnfcs;
}
