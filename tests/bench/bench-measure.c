/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/bench/bench-measure.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNCS 200

gint64
bench_cpu_time (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;
  const char *after;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (after = strrchr (text, ')')) == NULL)
    return 0;
  /* After the name: state is field 3, utime 14, stime 15. */
  g_auto (GStrv) fields = g_strsplit (after + 2, " ", -1);
  if (g_strv_length (fields) < 13)
    return 0;
  gint64 ticks = g_ascii_strtoll (fields[11], NULL, 10) + g_ascii_strtoll (fields[12], NULL, 10);
  return ticks * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK);
}

gint64
bench_memory (int pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *text = NULL;
  g_autofree char *start = g_strdup_printf ("\n%s:", name);
  const char *at;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (at = strstr (text, start)) == NULL)
    return 0;
  return g_ascii_strtoll (at + strlen (start), NULL, 10);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *)a;
  gint64 second = *(const gint64 *)b;

  return first < second ? -1 : first > second;
}

gint64
bench_median (GArray *values)
{
  if (values->len == 0)
    return 0;
  g_array_sort (values, compare);
  return g_array_index (values, gint64, values->len / 2);
}

double
bench_fdatasync (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "fdatasync", NULL);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  char block[4096] = { 0 };
  int fd = open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd < 0)
    return 0;
  for (guint i = 0; i < SYNCS; i++) {
    gint64 begin = g_get_monotonic_time ();
    if (write (fd, block, sizeof block) != (gssize)sizeof block || fdatasync (fd) != 0)
      break;
    gint64 took = g_get_monotonic_time () - begin;
    g_array_append_val (times, took);
  }
  close (fd);
  g_unlink (path);
  return (double)bench_median (times);
}
