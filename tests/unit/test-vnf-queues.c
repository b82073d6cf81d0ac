/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of one VNF wait for each other, under whichever name they know it. */
#include "config.h"

#include "core/engine/vnf-queues.h"
#include "tests/support/vnfm-test.h"

static int a, b, c;

START_TEST (same_vnf_waits)
{
  g_autoptr (VnfQueues) queues = vnf_queues_new ();

  ck_assert (vnf_queues_add (queues, &a, "nsr", "web", NULL));
  ck_assert (!vnf_queues_add (queues, &b, "nsr", "web", NULL));
  ck_assert (vnf_queues_add (queues, &c, "nsr", "client", NULL));
  ck_assert_ptr_eq (vnf_queues_remove (queues, &a), &b);
  ck_assert_ptr_null (vnf_queues_remove (queues, &b));
  ck_assert (vnf_queues_add (queues, &a, "nsr", "web", NULL));
}
END_TEST

START_TEST (the_id_is_a_second_key)
{
  g_autoptr (VnfQueues) queues = vnf_queues_new ();

  ck_assert (vnf_queues_add (queues, &a, "nsr", "web", NULL));
  vnf_queues_learn_id (queues, &a, "42");
  ck_assert (!vnf_queues_add (queues, &b, NULL, NULL, "42"));
  ck_assert (!vnf_queues_add (queues, &c, "nsr", "web", "42"));
  ck_assert_ptr_eq (vnf_queues_find_first (queues, NULL, NULL, "42"), &a);

  g_autoptr (GPtrArray) others = vnf_queues_get_others (queues, &c);
  ck_assert_uint_eq (others->len, 2);
  ck_assert_ptr_eq (g_ptr_array_index (others, 0), &a);
}
END_TEST

START_TEST (leaving_from_the_middle_wakes_nobody)
{
  g_autoptr (VnfQueues) queues = vnf_queues_new ();

  vnf_queues_add (queues, &a, "nsr", "web", NULL);
  vnf_queues_add (queues, &b, "nsr", "web", NULL);
  vnf_queues_add (queues, &c, "nsr", "web", NULL);
  ck_assert_ptr_null (vnf_queues_remove (queues, &b));
  ck_assert_ptr_eq (vnf_queues_remove (queues, &a), &c);
  ck_assert_ptr_null (vnf_queues_remove (queues, &b));
}
END_TEST

START_TEST (without_a_key_nobody_waits)
{
  g_autoptr (VnfQueues) queues = vnf_queues_new ();

  ck_assert (vnf_queues_add (queues, &a, NULL, NULL, NULL));
  ck_assert (vnf_queues_add (queues, &b, NULL, "web", NULL));
  ck_assert_ptr_null (vnf_queues_find_first (queues, NULL, NULL, NULL));
}
END_TEST

static Suite *
vnf_queues_suite (void)
{
  Suite *suite = suite_create ("vnf-queues");
  TCase *tcase = tcase_create ("order");

  tcase_add_test (tcase, same_vnf_waits);
  tcase_add_test (tcase, the_id_is_a_second_key);
  tcase_add_test (tcase, leaving_from_the_middle_wakes_nobody);
  tcase_add_test (tcase, without_a_key_nobody_waits);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (vnf_queues_suite)
