/* SPDX-License-Identifier: Apache-2.0 */
/* The timer heap, driven by a simulated clock (a subclass with its own time and "arm") and by the main loop. */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-clock.h>

#include <string.h>

/* A clock whose time stands still until it is told to move. */
#define TEST_TYPE_CLOCK (test_clock_get_type ())
G_DECLARE_FINAL_TYPE (TestClock, test_clock, TEST, CLOCK, VnfmClock)

struct _TestClock {
  VnfmClock parent_instance;

  gint64 now;
  gint64 due; /* as armed */
  guint armed;
  guint8 next_byte;
};

G_DEFINE_FINAL_TYPE (TestClock, test_clock, VNFM_TYPE_CLOCK)

static gint64
test_clock_monotonic_time (VnfmClock *clock)
{
  return TEST_CLOCK (clock)->now;
}

static gint64
test_clock_wall_time (VnfmClock *clock)
{
  return TEST_CLOCK (clock)->now + 1000 * G_TIME_SPAN_SECOND;
}

static void
test_clock_fill_random (VnfmClock *clock, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = TEST_CLOCK (clock)->next_byte;
}

static void
test_clock_arm (VnfmClock *clock, gint64 due)
{
  TEST_CLOCK (clock)->due = due;
  TEST_CLOCK (clock)->armed++;
}

static void
test_clock_class_init (TestClockClass *klass)
{
  klass->parent_class.monotonic_time = test_clock_monotonic_time;
  klass->parent_class.wall_time = test_clock_wall_time;
  klass->parent_class.fill_random = test_clock_fill_random;
  klass->parent_class.arm = test_clock_arm;
}

static void
test_clock_init (TestClock *self)
{
  self->due = -1;
}

/* As a simulation does: goes from due time to due time. */
static void
advance_to (TestClock *self, gint64 end)
{
  while (self->due >= 0 && self->due <= end) {
    self->now = MAX (self->now, self->due);
    vnfm_clock_dispatch (VNFM_CLOCK (self));
  }
  self->now = end;
}

typedef struct {
  VnfmClock *clock;
  GString *trace;
  VnfmTimer *timer;
  const char *name;
  gint64 delay;
  guint count;
} Probe;

static void
note (gpointer data)
{
  Probe *probe = data;

  probe->timer = NULL;
  probe->count++;
  g_string_append (probe->trace, probe->name);
}

static void
note_and_repeat (gpointer data)
{
  Probe *probe = data;

  note (probe);
  probe->timer = vnfm_clock_add_timer (probe->clock, probe->delay, note_and_repeat, probe);
}

START_TEST (timers_run_in_order_of_due_time_then_of_adding)
{
  g_autoptr (TestClock) clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  g_autoptr (GString) trace = g_string_new (NULL);
  static const struct {
    const char *name;
    gint64 delay;
  } rows[] = { { "d", 20 }, { "a", 10 }, { "e", 20 }, { "b", 10 }, { "f", 30 }, { "c", 10 } };
  Probe probes[G_N_ELEMENTS (rows)];

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    probes[i] = (Probe){ .clock = VNFM_CLOCK (clock), .trace = trace, .name = rows[i].name };
    vnfm_clock_add_timer (VNFM_CLOCK (clock), rows[i].delay, note, &probes[i]);
  }
  ck_assert_int_eq (clock->due, 10);
  advance_to (clock, 9);
  ck_assert_str_eq (trace->str, "");
  advance_to (clock, 20);
  ck_assert_str_eq (trace->str, "abcde");
  ck_assert_int_eq (clock->due, 30);
  advance_to (clock, 100);
  ck_assert_str_eq (trace->str, "abcdef");
  ck_assert_int_eq (clock->due, -1);
}
END_TEST

START_TEST (a_cleared_timer_does_not_run)
{
  g_autoptr (TestClock) clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  g_autoptr (GString) trace = g_string_new (NULL);
  Probe a = { .trace = trace, .name = "a" }, b = { .trace = trace, .name = "b" };
  VnfmTimer *timer = vnfm_clock_add_timer (VNFM_CLOCK (clock), 5, note, &a);

  vnfm_clock_add_timer (VNFM_CLOCK (clock), 7, note, &b);
  vnfm_clock_clear_timer (VNFM_CLOCK (clock), &timer);
  ck_assert_ptr_null (timer);
  vnfm_clock_clear_timer (VNFM_CLOCK (clock), &timer);
  ck_assert_int_eq (clock->due, 7);
  advance_to (clock, 100);
  ck_assert_str_eq (trace->str, "b");
}
END_TEST

START_TEST (the_driver_is_told_only_what_is_new)
{
  g_autoptr (TestClock) clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  g_autoptr (GString) trace = g_string_new (NULL);
  Probe probe = { .trace = trace, .name = "x" };
  VnfmTimer *later;

  vnfm_clock_add_timer (VNFM_CLOCK (clock), 5, note, &probe);
  ck_assert_uint_eq (clock->armed, 1);
  later = vnfm_clock_add_timer (VNFM_CLOCK (clock), 50, note, &probe);
  vnfm_clock_clear_timer (VNFM_CLOCK (clock), &later);
  ck_assert_uint_eq (clock->armed, 1);
  vnfm_clock_add_timer (VNFM_CLOCK (clock), 1, note, &probe);
  ck_assert_uint_eq (clock->armed, 2);
  ck_assert_int_eq (clock->due, 1);
}
END_TEST

START_TEST (a_timer_that_repeats_at_once_leaves_the_loop)
{
  g_autoptr (TestClock) clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  g_autoptr (GString) trace = g_string_new (NULL);
  Probe probe = { .clock = VNFM_CLOCK (clock), .trace = trace, .name = "x", .delay = -3 };

  probe.timer = vnfm_clock_add_timer (VNFM_CLOCK (clock), G_MININT64, note_and_repeat, &probe);
  vnfm_clock_dispatch (VNFM_CLOCK (clock));
  ck_assert_str_eq (trace->str, "x");
  ck_assert_int_eq (clock->due, 0);
  vnfm_clock_dispatch (VNFM_CLOCK (clock));
  ck_assert_str_eq (trace->str, "xx");
}
END_TEST

START_TEST (a_delay_without_end_is_never_due)
{
  g_autoptr (TestClock) clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  g_autoptr (GString) trace = g_string_new (NULL);
  Probe probe = { .trace = trace, .name = "x" };

  clock->now = 1000;
  vnfm_clock_add_timer (VNFM_CLOCK (clock), G_MAXINT64, note, &probe);
  ck_assert_int_eq (clock->due, G_MAXINT64);
}
END_TEST

typedef struct {
  VnfmClock *clock;
  VnfmTimer *own, *other;
  gboolean other_ran;
} Pair;

static void
other_runs (gpointer data)
{
  ((Pair *)data)->other_ran = TRUE;
}

static void
clear_both (gpointer data)
{
  Pair *pair = data;

  vnfm_clock_clear_timer (pair->clock, &pair->other);
  vnfm_clock_clear_timer (pair->clock, &pair->own);
}

static void
drop_clock (gpointer data)
{
  g_clear_object ((VnfmClock **)data);
}

START_TEST (a_callback_may_clear_another_and_itself)
{
  g_autoptr (TestClock) clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  Pair pair = { .clock = VNFM_CLOCK (clock) };

  pair.own = vnfm_clock_add_timer (pair.clock, 1, clear_both, &pair);
  pair.other = vnfm_clock_add_timer (pair.clock, 1, other_runs, &pair);
  advance_to (clock, 10);
  ck_assert_ptr_null (pair.own);
  ck_assert_ptr_null (pair.other);
  ck_assert (!pair.other_ran);
  ck_assert_int_eq (clock->due, -1);
}
END_TEST

START_TEST (a_callback_may_drop_the_clock)
{
  VnfmClock *clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  Pair pair = { 0 };

  vnfm_clock_add_timer (clock, 0, drop_clock, &clock);
  vnfm_clock_add_timer (clock, 100, other_runs, &pair);
  vnfm_clock_dispatch (clock);
  ck_assert_ptr_null (clock);
}
END_TEST

/* Many timers, half of them taken out in any order: what remains comes in order, each once. */
#define MANY 100000

typedef struct {
  TestClock *clock;
  gint64 due;
  guint number;
  guint count;
  VnfmTimer *timer;
} Many;

static gint64 last_due;
static guint last_number;

static void
many_runs (gpointer data)
{
  Many *many = data;

  many->count++;
  many->timer = NULL;
  ck_assert_int_eq (many->clock->now, many->due);
  ck_assert (many->due > last_due || (many->due == last_due && many->number > last_number));
  last_due = many->due;
  last_number = many->number;
}

START_TEST (a_hundred_thousand_timers)
{
  g_autoptr (TestClock) clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autofree Many *all = g_new0 (Many, MANY);
  gint64 began = g_get_monotonic_time ();

  last_due = -1;
  for (guint i = 0; i < MANY; i++) {
    all[i] = (Many){ .clock = clock, .due = g_rand_int_range (rand, 0, MANY / 4), .number = i };
    all[i].timer = vnfm_clock_add_timer (VNFM_CLOCK (clock), all[i].due, many_runs, &all[i]);
  }
  for (guint i = 0; i < MANY; i++)
    if (g_rand_boolean (rand)) {
      vnfm_clock_clear_timer (VNFM_CLOCK (clock), &all[i].timer);
      all[i].count = 7;
    }
  advance_to (clock, MANY);
  for (guint i = 0; i < MANY; i++)
    ck_assert (all[i].count == 1 || all[i].count == 7);
  /* A heap needs a fraction of a second, a list minutes. */
  ck_assert_int_lt (g_get_monotonic_time () - began, 20 * G_TIME_SPAN_SECOND);
}
END_TEST

typedef struct {
  VnfmClock *clock;
  gint64 due;
  guint left;
} Real;

static gboolean
real_is_done (gpointer data)
{
  return ((Real *)data)->left == 0;
}

static void
real_runs (gpointer data)
{
  Real *real = data;

  ck_assert_int_ge (vnfm_clock_get_monotonic_time (real->clock), real->due);
  if (--real->left > 0) {
    real->due = vnfm_clock_get_monotonic_time (real->clock) + 2000;
    vnfm_clock_add_timer (real->clock, 2000, real_runs, real);
  }
}

START_TEST (the_main_loop_drives_it)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  Real real = { .clock = clock, .left = 5 };

  vnfm_clock_add_timer (clock, 0, real_runs, &real);
  vnfm_test_wait_until (real_is_done, &real);
  ck_assert (!g_main_context_pending (NULL));
}
END_TEST

START_TEST (it_belongs_to_the_context_it_was_made_in)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_main_context_pop_thread_default (context);
  Real real = { .clock = clock, .left = 1 };
  vnfm_clock_add_timer (clock, 0, real_runs, &real);
  g_main_context_iteration (NULL, FALSE);
  ck_assert_uint_eq (real.left, 1);
  while (real.left > 0)
    g_main_context_iteration (context, TRUE);
}
END_TEST

START_TEST (ids_and_random_numbers)
{
  g_autoptr (VnfmClock) real = vnfm_clock_new ();
  g_autoptr (TestClock) clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  g_autofree char *a = vnfm_clock_new_uuid (real);
  g_autofree char *b = vnfm_clock_new_uuid (real);
  g_autofree char *zero = vnfm_clock_new_uuid (VNFM_CLOCK (clock));

  ck_assert_str_ne (a, b);
  ck_assert (g_uuid_string_is_valid (a));
  ck_assert_str_eq (zero, "00000000-0000-4000-8000-000000000000");
  ck_assert (vnfm_clock_random_double (VNFM_CLOCK (clock)) == 0.0);
  clock->next_byte = 0xff;
  g_autofree char *ones = vnfm_clock_new_uuid (VNFM_CLOCK (clock));
  ck_assert_str_eq (ones, "ffffffff-ffff-4fff-bfff-ffffffffffff");
  ck_assert (vnfm_clock_random_double (VNFM_CLOCK (clock)) < 1.0);
  ck_assert (vnfm_clock_random_double (VNFM_CLOCK (clock)) > 0.999);
}
END_TEST

START_TEST (times_are_written_as_rfc_3339)
{
  static const struct {
    gint64 time;
    const char *text;
  } rows[] = {
    { 0, "1970-01-01T00:00:00.000Z" },          { G_GINT64_CONSTANT (1700000000123999), "2023-11-14T22:13:20.123Z" },
    { -1, "1969-12-31T23:59:59.999Z" },         { -1000000, "1969-12-31T23:59:59.000Z" },
    { G_MAXINT64, "9999-12-31T23:59:59.999Z" }, { G_MININT64, "0001-01-01T00:00:00.000Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = vnfm_clock_format (rows[i].time);
    ck_assert_str_eq (text, rows[i].text);
  }
}
END_TEST

static Suite *
clock_suite (void)
{
  Suite *suite = suite_create ("clock");
  TCase *heap = tcase_create ("heap");
  TCase *loop = tcase_create ("loop");

  tcase_set_timeout (heap, 120);
  tcase_add_test (heap, timers_run_in_order_of_due_time_then_of_adding);
  tcase_add_test (heap, a_cleared_timer_does_not_run);
  tcase_add_test (heap, the_driver_is_told_only_what_is_new);
  tcase_add_test (heap, a_timer_that_repeats_at_once_leaves_the_loop);
  tcase_add_test (heap, a_delay_without_end_is_never_due);
  tcase_add_test (heap, a_callback_may_clear_another_and_itself);
  tcase_add_test (heap, a_callback_may_drop_the_clock);
  tcase_add_test (heap, a_hundred_thousand_timers);
  suite_add_tcase (suite, heap);
  tcase_add_test (loop, the_main_loop_drives_it);
  tcase_add_test (loop, it_belongs_to_the_context_it_was_made_in);
  tcase_add_test (loop, ids_and_random_numbers);
  tcase_add_test (loop, times_are_written_as_rfc_3339);
  suite_add_tcase (suite, loop);
  return suite;
}

VNFM_TEST_MAIN (clock_suite)
