/* SPDX-License-Identifier: Apache-2.0 */
/* One VNF of a deployment: its states, and what those who look on are told of it. */
#include "config.h"

#include "core/nfvo/deployment-private.h"

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

void
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

Member *
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
  deployment_tell_note (member, text);
}

void
member_set_activity (Member *member, const char *activity)
{
  if (g_strcmp0 (member->public.activity, activity) == 0)
    return;
  g_free (member->public.activity);
  member->public.activity = g_strdup (activity);
  deployment_tell_changed (member);
}

/* The one writer of a member's state. */
void
member_set_state (Member *member, NfvoState state)
{
  if ((successors[member->public.state] & BIT (state)) == 0) {
    g_critical ("VNF %s cannot go from %s to %s", member->public.vnf->name, state_nicks[member->public.state],
                state_nicks[state]);
    return;
  }
  g_info ("VNF %s: %s -> %s", member->public.vnf->name, state_nicks[member->public.state], state_nicks[state]);
  member->public.state = state;
  g_clear_pointer (&member->public.activity, g_free);
  deployment_tell_changed (member);
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

void
member_end_phases (Member *member, const char *name, gboolean failed)
{
  for (guint i = 0; i < member->public.phases->len; i++) {
    NfvoPhase *phase = &g_array_index (member->public.phases, NfvoPhase, i);
    if (phase->end != 0 || (name != NULL && !g_str_equal (phase->name, name)))
      continue;
    phase->end = nfvo_deployment_get_elapsed (member->deployment);
    phase->failed = failed;
  }
}
