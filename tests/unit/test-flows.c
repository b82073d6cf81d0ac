/* SPDX-License-Identifier: Apache-2.0 */
/* The table of flows, walked: each action has one, and each row can be meant. */
#include "config.h"

#include "core/engine/engine.h"
#include "core/engine/flows.h"
#include "core/engine/stages.h"
#include "tests/support/vnfm-test.h"

#include <string.h>

static gboolean
is_engine_key (const char *name)
{
  for (const VnfmKey *key = vnfm_engine_keys; key->group != NULL; key++)
    if (strcmp (key->name, name) == 0)
      return key->type == VNFM_KEY_DURATION && (key->flags & VNFM_KEY_OPERATION) != 0;
  return FALSE;
}

static void
check_stages (const Flow *flow)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  const FlowStage *stage;

  for (stage = flow->stages; stage->name != NULL; stage++) {
    ck_assert_msg (g_hash_table_add (names, (gpointer)stage->name), "two stages are called %s", stage->name);
    ck_assert_ptr_nonnull (stage->run);
    ck_assert_int_eq (stage->run == stage_event, stage->event != VNFM_EVENT_NONE);
    ck_assert_msg (stage->limit == NULL || is_engine_key (stage->limit), "%s is no key of an operation", stage->limit);
  }
  ck_assert_msg (stage != flow->stages, "a flow without stages");
}

START_TEST (every_action_has_a_flow)
{
  for (int action = VNFM_ACTION_NONE; action <= VNFM_ACTION_EXECUTE; action++) {
    const Flow *flow = flow_of_action (action);
    check_stages (flow);
    ck_assert (flow->action == (VnfmAction)action || flow->action == VNFM_ACTION_NONE);
  }
}
END_TEST

/* The events that scripts of the main job hang on are there, in this order. */
START_TEST (instantiate_reads_as_it_should)
{
  static const char *const names[] = { "create", "grant", "allocate", "await", "deliver", "instantiate" };
  const Flow *flow = flow_of_action (VNFM_ACTION_INSTANTIATE);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    ck_assert_str_eq (flow->stages[i].name, names[i]);
  ck_assert_ptr_null (flow->stages[G_N_ELEMENTS (names)].name);
}
END_TEST

static Suite *
flows_suite (void)
{
  Suite *suite = suite_create ("flows");
  TCase *tcase = tcase_create ("table");

  tcase_add_test (tcase, every_action_has_a_flow);
  tcase_add_test (tcase, instantiate_reads_as_it_should);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (flows_suite)
