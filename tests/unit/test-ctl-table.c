/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and times as a terminal shows them. */
#include "config.h"

#include "core/ctl/human.h"
#include "core/ctl/table.h"
#include "tests/support/vnfm-test.h"

#include <string.h>

static const TableColumn columns[] = { { .title = "NAME", .shrinks = TRUE },
                                       { .title = "N", .right = TRUE },
                                       { .title = "TEXT", .shrinks = TRUE } };

static Table *
make_table (void)
{
  Table *table = table_new (columns, G_N_ELEMENTS (columns));

  table_begin_row (table);
  table_add (table, "web", TABLE_PLAIN);
  table_add (table, "7", TABLE_PLAIN);
  table_add (table, "runs", TABLE_GREEN);
  table_begin_row (table);
  table_add (table, "iperf-client", TABLE_PLAIN);
  table_add (table, "1200", TABLE_PLAIN);
  table_add (table, NULL, TABLE_PLAIN);
  return table;
}

static void
expect_table (Table *table, guint width, gboolean colour, const char *expected)
{
  TableStyle style = { .width = width, .colour = colour };
  g_autofree char *text = table_format (table, &style);

  ck_assert_str_eq (text, expected);
}

START_TEST (columns_are_as_wide_as_what_they_show)
{
  g_autoptr (Table) table = make_table ();

  expect_table (table, 0, FALSE,
                "NAME             N  TEXT\n"
                "web              7  runs\n"
                "iperf-client  1200  -\n");
  expect_table (table, 80, FALSE,
                "NAME             N  TEXT\n"
                "web              7  runs\n"
                "iperf-client  1200  -\n");
}
END_TEST

START_TEST (colours_do_not_move_columns)
{
  g_autoptr (Table) table = make_table ();

  expect_table (table, 0, TRUE,
                "\033[1mNAME\033[0m             \033[1mN\033[0m  \033[1mTEXT\033[0m\n"
                "web              7  \033[32mruns\033[0m\n"
                "iperf-client  1200  -\n");
}
END_TEST

START_TEST (long_cells_are_cut_where_the_terminal_ends)
{
  g_autoptr (Table) table = make_table ();

  expect_table (table, 22, FALSE,
                "NAME           N  TEXT\n"
                "web            7  runs\n"
                "iperf-cli\xe2\x80\xa6  1200  -\n");
  /* Narrower than can be: it is not cut to nothing. */
  expect_table (table, 5, FALSE,
                "NAME         N  TEXT\n"
                "web          7  runs\n"
                "iperf-c\xe2\x80\xa6  1200  -\n");
}
END_TEST

START_TEST (cells_are_counted_not_bytes)
{
  g_autoptr (Table) table = table_new (columns, G_N_ELEMENTS (columns));

  table_begin_row (table);
  table_add (table, "\xe6\x97\xa5\xe6\x9c\xac", TABLE_PLAIN); /* two wide characters */
  table_add (table, "1", TABLE_PLAIN);
  table_add (table, "x", TABLE_PLAIN);
  table_begin_row (table);
  table_add (table, "a\xcc\x88\xc3\xa4", TABLE_PLAIN); /* a with a combining mark, and a precomposed one */
  table_add (table, "2", TABLE_PLAIN);
  table_add (table, "y", TABLE_PLAIN);
  expect_table (table, 0, FALSE,
                "NAME  N  TEXT\n"
                "\xe6\x97\xa5\xe6\x9c\xac  1  x\n"
                "a\xcc\x88\xc3\xa4    2  y\n");
  ck_assert_uint_eq (text_width ("\xe6\x97\xa5"), 2);
  ck_assert_uint_eq (text_width ("a\xcc\x88"), 1);
}
END_TEST

START_TEST (wide_characters_are_not_cut_in_half)
{
  static const struct {
    guint width;
    const char *text;
  } rows[] = {
    { 0, "" },
    { 1, "\xe2\x80\xa6" },
    { 2, "\xe2\x80\xa6" },
    { 3, "\xe6\x97\xa5\xe2\x80\xa6" },
    { 4, "\xe6\x97\xa5\xe6\x9c\xac" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = text_fit ("\xe6\x97\xa5\xe6\x9c\xac", rows[i].width);
    ck_assert_str_eq (text, rows[i].text);
  }
}
END_TEST

START_TEST (nothing_from_outside_steers_the_terminal)
{
  static const struct {
    const char *text, *cell, *lines;
  } rows[] = {
    { "a\nb\tc", "a b c", "a\nb\tc" },
    { "\033[31mred", "\xef\xbf\xbd[31mred", "\xef\xbf\xbd[31mred" },
    { "\xc2\x9b"
      "2J",
      "\xef\xbf\xbd"
      "2J",
      "\xef\xbf\xbd"
      "2J" }, /* an 8-bit control character */
    { "x\xe2\x80\xae"
      "y",
      "x\xef\xbf\xbdy", "x\xef\xbf\xbdy" }, /* right to left from here */
    { "\r\x7f", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "\xff", "\xef\xbf\xbd", "\xef\xbf\xbd" },
    { "\xc3\xa4 ok", "\xc3\xa4 ok", "\xc3\xa4 ok" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *cell = text_clean (rows[i].text, FALSE);
    g_autofree char *lines = text_clean (rows[i].text, TRUE);
    ck_assert_str_eq (cell, rows[i].cell);
    ck_assert_str_eq (lines, rows[i].lines);
  }
}
END_TEST

START_TEST (durations_have_two_units_at_most)
{
  static const struct {
    gint64 milliseconds;
    const char *text;
  } rows[] = {
    { -5, "0 ms" },
    { 0, "0 ms" },
    { 999, "999 ms" },
    { 1000, "1.0 s" },
    { 59999, "59.9 s" },
    { 60000, "1 min 0 s" },
    { 3599999, "59 min 59 s" },
    { 3600000, "1 h 0 min" },
    { 86399999, "23 h 59 min" },
    { 90000000, "1 d 1 h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *text = human_duration (rows[i].milliseconds * 1000);
    ck_assert_str_eq (text, rows[i].text);
  }
}
END_TEST

START_TEST (times_are_told_in_the_zone_of_the_reader)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (2 * 3600);
  g_autoptr (GDateTime) now = g_date_time_new (zone, 2024, 5, 4, 1, 0, 0);
  g_autoptr (GDateTime) today = human_read_time ("2024-05-03T22:30:05.123Z");
  g_autoptr (GDateTime) before = human_read_time ("2024-05-03T21:30:05.123Z");
  g_autofree char *a = human_time (today, now);
  g_autofree char *b = human_time (before, now);

  ck_assert_str_eq (a, "00:30:05");
  ck_assert_str_eq (b, "2024-05-03 23:30");
  ck_assert_ptr_null (human_read_time ("yesterday"));
  ck_assert_ptr_null (human_read_time (NULL));
}
END_TEST

static Suite *
table_suite (void)
{
  Suite *suite = suite_create ("ctl-table");
  TCase *table = tcase_create ("table");
  TCase *text = tcase_create ("text");
  TCase *times = tcase_create ("times");

  tcase_add_test (table, columns_are_as_wide_as_what_they_show);
  tcase_add_test (table, colours_do_not_move_columns);
  tcase_add_test (table, long_cells_are_cut_where_the_terminal_ends);
  tcase_add_test (table, cells_are_counted_not_bytes);
  suite_add_tcase (suite, table);
  tcase_add_test (text, wide_characters_are_not_cut_in_half);
  tcase_add_test (text, nothing_from_outside_steers_the_terminal);
  suite_add_tcase (suite, text);
  tcase_add_test (times, durations_have_two_units_at_most);
  tcase_add_test (times, times_are_told_in_the_zone_of_the_reader);
  suite_add_tcase (suite, times);
  return suite;
}

VNFM_TEST_MAIN (table_suite)
