/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the kernel knows of a process, and of a disk. */

/* User and system time, microseconds; 0 if it is gone. */
gint64 bench_cpu_time (int pid);
/* A line of /proc/PID/status in KiB: "RssAnon", "VmHWM". */
gint64 bench_memory (int pid, const char *name);
/* Median of a write of 4 KiB with fdatasync in @folder, microseconds; 0 if it cannot be measured. */
double bench_fdatasync (const char *folder);
/* Of a sorted or unsorted array of gint64. */
gint64 bench_median (GArray *values);

G_END_DECLS
