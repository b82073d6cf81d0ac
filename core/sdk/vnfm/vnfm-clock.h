/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VnfmClock:
 *
 * The one source of time, of timers and of randomness, so that a simulation can replace all three. Timers live in one
 * heap under one GSource (10,000 GLib timeouts would cost 0.4 ms at each iteration of the main loop). The source
 * belongs to the main context that was the thread default when the clock was made; a clock is used in that thread only.
 */
#define VNFM_TYPE_CLOCK (vnfm_clock_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmClock, vnfm_clock, VNFM, CLOCK, GObject)

/**
 * VnfmClockClass:
 * @wall_time: microseconds since 1970
 * @monotonic_time: microseconds from any origin, never going back
 * @fill_random: @length random bytes
 * @arm: the earliest timer is due at @due (monotonic; -1: none): whoever drives the clock calls
 *   vnfm_clock_dispatch() then. The base class has a GSource for it.
 */
struct _VnfmClockClass {
  GObjectClass parent_class;

  gint64 (*wall_time) (VnfmClock *self);
  gint64 (*monotonic_time) (VnfmClock *self);
  void (*fill_random) (VnfmClock *self, guint8 *bytes, gsize length);
  void (*arm) (VnfmClock *self, gint64 due);

  gpointer reserved[8];
};

typedef struct _VnfmTimer VnfmTimer;
typedef void (*VnfmTimerFunc) (gpointer user_data);

VnfmClock *vnfm_clock_new (void);

gint64 vnfm_clock_get_wall_time (VnfmClock *self);
gint64 vnfm_clock_get_monotonic_time (VnfmClock *self);
void vnfm_clock_fill_random (VnfmClock *self, guint8 *bytes, gsize length);
/* A number in [0, 1). */
double vnfm_clock_random_double (VnfmClock *self);
/* Returns: (transfer full): a random (version 4) UUID. */
char *vnfm_clock_new_uuid (VnfmClock *self);
/* Returns: (transfer full): the wall time as RFC 3339 in UTC with milliseconds. */
char *vnfm_clock_format (gint64 wall_time);

/* Calls @func once, @delay microseconds from now (at once from the main loop if 0 or less). The timer is freed after
 * @func has run: whoever keeps the pointer forgets it there. Returns: (transfer none). */
VnfmTimer *vnfm_clock_add_timer (VnfmClock *self, gint64 delay, VnfmTimerFunc func, gpointer user_data);
/* Takes a pending timer back and sets *@timer to NULL; a NULL *@timer is fine. */
void vnfm_clock_clear_timer (VnfmClock *self, VnfmTimer **timer);
/* Runs what is due. For subclasses. */
void vnfm_clock_dispatch (VnfmClock *self);

G_END_DECLS
