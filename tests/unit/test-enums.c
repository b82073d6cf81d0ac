/* SPDX-License-Identifier: Apache-2.0 */
/* The names on the wire. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

START_TEST (actions_have_their_wire_names)
{
  ck_assert_str_eq (vnfm_action_get_nick (VNFM_ACTION_GRANT_OPERATION), "GRANT_OPERATION");
  ck_assert_int_eq (vnfm_action_from_nick ("LOG_REQUEST"), VNFM_ACTION_LOG_REQUEST);
  ck_assert_int_eq (vnfm_action_from_nick ("EXECUTE"), VNFM_ACTION_EXECUTE);
  ck_assert_int_eq (vnfm_action_from_nick ("instantiate"), VNFM_ACTION_NONE);
  ck_assert_int_eq (vnfm_action_from_nick (NULL), VNFM_ACTION_NONE);
}
END_TEST

START_TEST (release_resources_means_terminate)
{
  ck_assert_int_eq (vnfm_event_from_nick ("RELEASE_RESOURCES"), VNFM_EVENT_TERMINATE);
  ck_assert_int_eq (vnfm_event_from_nick ("NONE"), VNFM_EVENT_NONE);
  ck_assert_int_eq (vnfm_event_from_nick ("RESET"), VNFM_EVENT_RESET);
}
END_TEST

static Suite *
enums_suite (void)
{
  Suite *suite = suite_create ("enums");
  TCase *tcase = tcase_create ("names");

  tcase_add_test (tcase, actions_have_their_wire_names);
  tcase_add_test (tcase, release_resources_means_terminate);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (enums_suite)
