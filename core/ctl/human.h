/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times as people read them. Pure. */

/* Two units at most: "450 ms", "3.2 s", "1 min 5 s", "2 h 3 min", "4 d 1 h". Returns: (transfer full). */
char *human_duration (gint64 microseconds);
/* Reads RFC 3339. Returns: (transfer full) (nullable). */
GDateTime *human_read_time (const char *text);
/* @time in the time zone of @now: "12:30:05" on the same day, else "2024-05-03 12:30". Returns: (transfer full). */
char *human_time (GDateTime *time, GDateTime *now);

G_END_DECLS
