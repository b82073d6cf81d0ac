/* SPDX-License-Identifier: Apache-2.0 */
/* Timers stand in a binary heap, earliest first and, where two are due together, in order of adding. Each knows its
 * place in the heap, so that it can be taken out again without a search. The heap's first timer arms whoever drives the
 * clock: one GSource here, a simulation in a subclass that has its own "arm". */
#include "config.h"

#include <vnfm/vnfm-clock.h>

#include <errno.h>
#include <sys/random.h>

/* The place of a timer that runs just now. */
#define NOT_IN_HEAP G_MAXUINT

struct _VnfmTimer {
  gint64 due;
  guint64 number; /* counts up: order of adding */
  guint place;    /* index in the heap */
  VnfmTimerFunc func;
  gpointer user_data;
};

typedef struct {
  GPtrArray *heap;
  guint64 next_number;
  GSource *source; /* nullable: a subclass has its own "arm" */
  gint64 armed;    /* what "arm" was last told */
  guint dispatching;
} VnfmClockPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (VnfmClock, vnfm_clock, G_TYPE_OBJECT)

typedef struct {
  GSource source;
  VnfmClock *clock; /* the clock owns the source */
} ClockSource;

/* The heap */

static gboolean
is_before (const VnfmTimer *a, const VnfmTimer *b)
{
  return a->due < b->due || (a->due == b->due && a->number < b->number);
}

static void
place_timer (GPtrArray *heap, guint place, VnfmTimer *timer)
{
  heap->pdata[place] = timer;
  timer->place = place;
}

static void
sift_up (GPtrArray *heap, guint place)
{
  VnfmTimer *timer = heap->pdata[place];

  while (place > 0) {
    guint parent = (place - 1) / 2;
    if (!is_before (timer, heap->pdata[parent]))
      break;
    place_timer (heap, place, heap->pdata[parent]);
    place = parent;
  }
  place_timer (heap, place, timer);
}

static void
sift_down (GPtrArray *heap, guint place)
{
  VnfmTimer *timer = heap->pdata[place];

  for (;;) {
    guint child = 2 * place + 1;
    if (child >= heap->len)
      break;
    if (child + 1 < heap->len && is_before (heap->pdata[child + 1], heap->pdata[child]))
      child++;
    if (!is_before (heap->pdata[child], timer))
      break;
    place_timer (heap, place, heap->pdata[child]);
    place = child;
  }
  place_timer (heap, place, timer);
}

static void
take_from_heap (GPtrArray *heap, VnfmTimer *timer)
{
  guint place = timer->place;
  VnfmTimer *last = heap->pdata[heap->len - 1];

  g_ptr_array_set_size (heap, (int)heap->len - 1);
  timer->place = NOT_IN_HEAP;
  if (last == timer)
    return;
  place_timer (heap, place, last);
  sift_up (heap, place);
  sift_down (heap, last->place);
}

/* What drives the clock */

static gboolean
source_dispatch (GSource *source, GSourceFunc func, gpointer user_data)
{
  vnfm_clock_dispatch (((ClockSource *)source)->clock);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = source_dispatch };

/* The sum of a time and a delay that is not negative; the end of time if it lies beyond. */
static gint64
add_delay (gint64 time, gint64 delay)
{
  return delay > G_MAXINT64 - time ? G_MAXINT64 : time + delay;
}

/* A subclass may have its own idea of time and still be driven by the main loop: the difference counts. */
static void
vnfm_clock_real_arm (VnfmClock *self, gint64 due)
{
  VnfmClockPrivate *priv = vnfm_clock_get_instance_private (self);

  if (due < 0) {
    g_source_set_ready_time (priv->source, -1);
    return;
  }
  gint64 wait = due - vnfm_clock_get_monotonic_time (self);
  g_source_set_ready_time (priv->source, wait > 0 ? add_delay (g_get_monotonic_time (), wait) : 0);
}

static void
arm (VnfmClock *self, gboolean again)
{
  VnfmClockPrivate *priv = vnfm_clock_get_instance_private (self);
  gint64 due = priv->heap->len > 0 ? ((VnfmTimer *)priv->heap->pdata[0])->due : -1;

  if (priv->dispatching > 0 || (due == priv->armed && !again))
    return;
  priv->armed = due;
  VNFM_CLOCK_GET_CLASS (self)->arm (self, due);
}

void
vnfm_clock_dispatch (VnfmClock *self)
{
  VnfmClockPrivate *priv = vnfm_clock_get_instance_private (self);

  g_return_if_fail (VNFM_IS_CLOCK (self));

  g_autoptr (VnfmClock) alive = g_object_ref (self);
  gint64 now = vnfm_clock_get_monotonic_time (self);
  /* What a callback adds is for the next time, or one that adds itself again would keep the main loop here. */
  guint64 end = priv->next_number;

  priv->dispatching++;
  while (priv->heap->len > 0) {
    VnfmTimer *timer = priv->heap->pdata[0];
    if (timer->due > now || timer->number >= end)
      break;
    take_from_heap (priv->heap, timer);
    timer->func (timer->user_data);
    g_free (timer);
  }
  priv->dispatching--;
  arm (self, TRUE);
}

VnfmTimer *
vnfm_clock_add_timer (VnfmClock *self, gint64 delay, VnfmTimerFunc func, gpointer user_data)
{
  VnfmClockPrivate *priv = vnfm_clock_get_instance_private (self);

  g_return_val_if_fail (VNFM_IS_CLOCK (self), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  VnfmTimer *timer = g_new (VnfmTimer, 1);
  timer->due = add_delay (vnfm_clock_get_monotonic_time (self), MAX (delay, 0));
  timer->number = priv->next_number++;
  timer->func = func;
  timer->user_data = user_data;
  g_ptr_array_add (priv->heap, timer);
  sift_up (priv->heap, priv->heap->len - 1);
  arm (self, FALSE);
  return timer;
}

void
vnfm_clock_clear_timer (VnfmClock *self, VnfmTimer **timer)
{
  VnfmClockPrivate *priv = vnfm_clock_get_instance_private (self);

  g_return_if_fail (VNFM_IS_CLOCK (self));
  g_return_if_fail (timer != NULL);

  VnfmTimer *taken = g_steal_pointer (timer);
  /* The one that runs just now is freed when it has run. */
  if (taken == NULL || taken->place == NOT_IN_HEAP)
    return;
  take_from_heap (priv->heap, taken);
  g_free (taken);
  arm (self, FALSE);
}

/* Time and randomness */

static gint64
vnfm_clock_real_wall_time (VnfmClock *self)
{
  return g_get_real_time ();
}

static gint64
vnfm_clock_real_monotonic_time (VnfmClock *self)
{
  return g_get_monotonic_time ();
}

static void
vnfm_clock_real_fill_random (VnfmClock *self, guint8 *bytes, gsize length)
{
  while (length > 0) {
    ssize_t got = getrandom (bytes, length, 0);
    if (got < 0 && errno == EINTR)
      continue;
    /* Tokens and ids hang on it: going on with something guessable is worse than ending here. */
    if (got < 0)
      g_error ("no randomness from the kernel: %s", g_strerror (errno));
    bytes += got;
    length -= (gsize)got;
  }
}

gint64
vnfm_clock_get_wall_time (VnfmClock *self)
{
  g_return_val_if_fail (VNFM_IS_CLOCK (self), 0);
  return VNFM_CLOCK_GET_CLASS (self)->wall_time (self);
}

gint64
vnfm_clock_get_monotonic_time (VnfmClock *self)
{
  g_return_val_if_fail (VNFM_IS_CLOCK (self), 0);
  return VNFM_CLOCK_GET_CLASS (self)->monotonic_time (self);
}

void
vnfm_clock_fill_random (VnfmClock *self, guint8 *bytes, gsize length)
{
  g_return_if_fail (VNFM_IS_CLOCK (self));
  g_return_if_fail (bytes != NULL || length == 0);
  VNFM_CLOCK_GET_CLASS (self)->fill_random (self, bytes, length);
}

double
vnfm_clock_random_double (VnfmClock *self)
{
  guint64 bits = 0;

  g_return_val_if_fail (VNFM_IS_CLOCK (self), 0.0);
  vnfm_clock_fill_random (self, (guint8 *)&bits, sizeof bits);
  /* As many bits as a double holds. */
  return (double)(bits >> 11) / (double)(G_GUINT64_CONSTANT (1) << 53);
}

char *
vnfm_clock_new_uuid (VnfmClock *self)
{
  guint8 b[16] = { 0 };

  g_return_val_if_fail (VNFM_IS_CLOCK (self), NULL);
  vnfm_clock_fill_random (self, b, sizeof b);
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
                          b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

char *
vnfm_clock_format (gint64 wall_time)
{
  gint64 milliseconds = wall_time / 1000 - (wall_time % 1000 < 0 ? 1 : 0);
  gint64 fraction = (milliseconds % 1000 + 1000) % 1000;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc ((milliseconds - fraction) / 1000);

  /* A calendar has years 1 to 9999. */
  if (time == NULL)
    return g_strdup (wall_time < 0 ? "0001-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z");
  g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf ("%s.%03dZ", seconds, (int)fraction);
}

/* The object */

VnfmClock *
vnfm_clock_new (void)
{
  return g_object_new (VNFM_TYPE_CLOCK, NULL);
}

static void
vnfm_clock_constructed (GObject *object)
{
  VnfmClock *self = VNFM_CLOCK (object);
  VnfmClockPrivate *priv = vnfm_clock_get_instance_private (self);

  G_OBJECT_CLASS (vnfm_clock_parent_class)->constructed (object);
  if (VNFM_CLOCK_GET_CLASS (self)->arm != vnfm_clock_real_arm)
    return;
  priv->source = g_source_new (&source_funcs, sizeof (ClockSource));
  ((ClockSource *)priv->source)->clock = self;
  g_source_set_static_name (priv->source, "vnfm-clock");
  g_source_attach (priv->source, g_main_context_get_thread_default ());
}

static void
vnfm_clock_finalize (GObject *object)
{
  VnfmClockPrivate *priv = vnfm_clock_get_instance_private (VNFM_CLOCK (object));

  if (priv->source != NULL)
    g_source_destroy (priv->source);
  g_clear_pointer (&priv->source, g_source_unref);
  g_ptr_array_set_free_func (priv->heap, g_free);
  g_ptr_array_unref (priv->heap);
  G_OBJECT_CLASS (vnfm_clock_parent_class)->finalize (object);
}

static void
vnfm_clock_class_init (VnfmClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vnfm_clock_constructed;
  object_class->finalize = vnfm_clock_finalize;
  klass->wall_time = vnfm_clock_real_wall_time;
  klass->monotonic_time = vnfm_clock_real_monotonic_time;
  klass->fill_random = vnfm_clock_real_fill_random;
  klass->arm = vnfm_clock_real_arm;
}

static void
vnfm_clock_init (VnfmClock *self)
{
  VnfmClockPrivate *priv = vnfm_clock_get_instance_private (self);

  priv->heap = g_ptr_array_new ();
  priv->armed = -1;
}
