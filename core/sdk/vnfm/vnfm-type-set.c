/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <vnfm/vnfm-type-set.h>

struct _VnfmTypeSet {
  GStrv names;
  gboolean all_but;
};

G_DEFINE_BOXED_TYPE (VnfmTypeSet, vnfm_type_set, vnfm_type_set_ref, vnfm_type_set_unref)

static VnfmTypeSet *
type_set_new (const char *const *types, gboolean all_but)
{
  VnfmTypeSet *self = g_atomic_rc_box_new0 (VnfmTypeSet);

  self->names = types != NULL ? g_strdupv ((char **)types) : g_new0 (char *, 1);
  self->all_but = all_but;
  return self;
}

VnfmTypeSet *
vnfm_type_set_new_of (const char *const *types)
{
  return type_set_new (types, FALSE);
}

VnfmTypeSet *
vnfm_type_set_new_all_but (const char *const *types)
{
  return type_set_new (types, TRUE);
}

VnfmTypeSet *
vnfm_type_set_ref (VnfmTypeSet *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
type_set_clear (gpointer data)
{
  g_strfreev (((VnfmTypeSet *)data)->names);
}

void
vnfm_type_set_unref (VnfmTypeSet *self)
{
  g_atomic_rc_box_release_full (self, type_set_clear);
}

gboolean
vnfm_type_set_contains (VnfmTypeSet *self, const char *type)
{
  g_return_val_if_fail (self != NULL, FALSE);

  gboolean named = type != NULL && g_strv_contains ((const char *const *)self->names, type);
  return named != self->all_but;
}

const char *const *
vnfm_type_set_get_names (VnfmTypeSet *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->all_but ? NULL : (const char *const *)self->names;
}
