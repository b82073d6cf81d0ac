/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/ctl/human.h"

char *
human_duration (gint64 microseconds)
{
  gint64 tenths = MAX (microseconds, 0) / (G_TIME_SPAN_SECOND / 10);
  gint64 s = tenths / 10;

  if (microseconds < G_TIME_SPAN_SECOND)
    return g_strdup_printf ("%d ms", (int)(MAX (microseconds, 0) / G_TIME_SPAN_MILLISECOND));
  if (s < 60)
    return g_strdup_printf ("%d.%d s", (int)s, (int)(tenths % 10));
  if (s < 3600)
    return g_strdup_printf ("%d min %d s", (int)(s / 60), (int)(s % 60));
  if (s < 86400)
    return g_strdup_printf ("%d h %d min", (int)(s / 3600), (int)(s % 3600 / 60));
  return g_strdup_printf ("%" G_GINT64_FORMAT " d %d h", s / 86400, (int)(s % 86400 / 3600));
}

GDateTime *
human_read_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;
}

char *
human_time (GDateTime *time, GDateTime *now)
{
  g_autoptr (GDateTime) here = g_date_time_to_timezone (time, g_date_time_get_timezone (now));
  gboolean today = g_date_time_get_year (here) == g_date_time_get_year (now) &&
                   g_date_time_get_day_of_year (here) == g_date_time_get_day_of_year (now);

  return g_date_time_format (here, today ? "%H:%M:%S" : "%Y-%m-%d %H:%M");
}
