/* SPDX-License-Identifier: Apache-2.0 */
/* The signals of the lifecycle. Their names are made from the events' nicks: INSTANTIATE gives "before-instantiate",
 * "instantiate" and "after-instantiate". */
#include "config.h"

#include <vnfm/vnfm-lifecycle.h>

#define N_EVENTS (VNFM_EVENT_RESET + 1)
#define N_PHASES (VNFM_PHASE_AFTER + 1)

static const char *signal_names[N_PHASES][N_EVENTS];
static guint signal_ids[N_PHASES][N_EVENTS];

G_DEFINE_ABSTRACT_TYPE (VnfmLifecycle, vnfm_lifecycle, G_TYPE_OBJECT)

static void
make_signal (GType type, VnfmPhase phase, VnfmEvent event)
{
  static const char *const prefixes[N_PHASES] = { "before-", "", "after-" };
  g_autofree char *lower = g_ascii_strdown (vnfm_event_get_nick (event), -1);
  g_autofree char *name = g_strconcat (prefixes[phase], g_strdelimit (lower, "_", '-'), NULL);

  signal_names[phase][event] = g_intern_string (name);
  signal_ids[phase][event] =
      g_signal_new (name, type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED | G_SIGNAL_NO_RECURSE, 0, NULL, NULL,
                    g_cclosure_marshal_VOID__OBJECT, G_TYPE_NONE, 1, VNFM_TYPE_OPERATION);
}

static void
vnfm_lifecycle_class_init (VnfmLifecycleClass *klass)
{
  for (int phase = 0; phase < N_PHASES; phase++)
    for (int event = VNFM_EVENT_NONE + 1; event < N_EVENTS; event++)
      make_signal (G_TYPE_FROM_CLASS (klass), phase, event);
}

static void
vnfm_lifecycle_init (VnfmLifecycle *self)
{
}

const char *
vnfm_lifecycle_get_signal_name (VnfmPhase phase, VnfmEvent event)
{
  g_return_val_if_fail ((guint)phase < N_PHASES && (guint)event < N_EVENTS, NULL);

  g_type_class_unref (g_type_class_ref (VNFM_TYPE_LIFECYCLE));
  return signal_names[phase][event];
}

/* An all-but set has no detail to connect with: one connection for all types, and a look at the set. */
typedef struct {
  VnfmTypeSet *types;
  VnfmLifecycleFunc func;
  gpointer user_data;
} Filter;

static void
filter_free (gpointer data, GClosure *closure)
{
  Filter *filter = data;

  vnfm_type_set_unref (filter->types);
  g_free (filter);
}

static void
call_if_contained (VnfmLifecycle *lifecycle, VnfmOperation *operation, gpointer data)
{
  Filter *filter = data;
  VnfmRecord *record = vnfm_operation_get_record (operation);
  const char *type = record != NULL ? vnfm_record_get_vnf_type (record) : NULL;

  if (vnfm_type_set_contains (filter->types, type))
    filter->func (lifecycle, operation, filter->user_data);
}

GArray *
vnfm_lifecycle_connect_types (VnfmLifecycle *self, const char *signal, VnfmTypeSet *types, VnfmLifecycleFunc func,
                              gpointer user_data)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gulong));
  const char *const *names;

  g_return_val_if_fail (VNFM_IS_LIFECYCLE (self), ids);
  g_return_val_if_fail (signal != NULL && types != NULL && func != NULL, ids);

  names = vnfm_type_set_get_names (types);
  if (names == NULL) {
    Filter *filter = g_new (Filter, 1);
    *filter = (Filter){ vnfm_type_set_ref (types), func, user_data };
    gulong id = g_signal_connect_data (self, signal, G_CALLBACK (call_if_contained), filter, filter_free, 0);
    g_array_append_val (ids, id);
    return ids;
  }
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *detailed = g_strdup_printf ("%s::%s", signal, names[i]);
    gulong id = g_signal_connect (self, detailed, G_CALLBACK (func), user_data);
    g_array_append_val (ids, id);
  }
  return ids;
}

void
vnfm_lifecycle_emit (VnfmLifecycle *self, VnfmPhase phase, VnfmEvent event, const char *vnf_type,
                     VnfmOperation *operation)
{
  g_return_if_fail (VNFM_IS_LIFECYCLE (self));
  g_return_if_fail ((guint)phase < N_PHASES && event > VNFM_EVENT_NONE && (guint)event < N_EVENTS);

  g_signal_emit (self, signal_ids[phase][event], vnf_type != NULL ? g_quark_try_string (vnf_type) : 0, operation);
}
