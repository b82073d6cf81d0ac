/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/machines/plan.h"

#define MAX_NETWORKS 200
#define MAX_MACHINES 8000 /* times MAX_FLOATING fits into the pool */
#define MAX_FLOATING 8
#define LAST_BYTES   253 /* 2 to 254: neither 0 nor 1 nor 255, which scripts may take for something else */
#define POOL         255

struct _NfvoPlan {
  GHashTable *networks; /* name -> number */
  guint machines;
};

NfvoPlan *
nfvo_plan_new (void)
{
  NfvoPlan *self = g_new0 (NfvoPlan, 1);

  self->networks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
nfvo_plan_free (NfvoPlan *self)
{
  g_hash_table_unref (self->networks);
  g_free (self);
}

guint
nfvo_plan_count_networks (NfvoPlan *self)
{
  return g_hash_table_size (self->networks);
}

guint
nfvo_plan_add_network (NfvoPlan *self, const char *name, gboolean *added, GError **error)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->networks, name));

  *added = FALSE;
  if (number != 0)
    return number;
  if (g_hash_table_size (self->networks) == MAX_NETWORKS) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "network %s: a run has at most %d networks", name, MAX_NETWORKS);
    return 0;
  }
  number = g_hash_table_size (self->networks) + 1;
  g_hash_table_insert (self->networks, g_strdup (name), GUINT_TO_POINTER (number));
  *added = TRUE;
  return number;
}

guint
nfvo_plan_add_machine (NfvoPlan *self, GError **error)
{
  if (self->machines < MAX_MACHINES)
    return ++self->machines;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "a run has at most %d machines", MAX_MACHINES);
  return 0;
}

char *
nfvo_plan_dup_bridge (guint network)
{
  return g_strdup_printf ("br%u", network - 1);
}

static char *
dup_host (guint network, guint host)
{
  return g_strdup_printf ("10.%u.%u.%u", network, (host - 1) / LAST_BYTES, (host - 1) % LAST_BYTES + 2);
}

char *
nfvo_plan_dup_ipv4 (guint network, guint machine)
{
  return machine == 0 ? g_strdup_printf ("10.%u.0.1", network) : dup_host (network, machine);
}

char *
nfvo_plan_dup_ipv6 (guint network, guint machine)
{
  return g_strdup_printf ("fd00:0:0:%x::%x", network, machine + 1);
}

/* Each port may have a floating address of its own. */
char *
nfvo_plan_dup_floating (guint machine, guint port)
{
  return dup_host (POOL, (machine - 1) * MAX_FLOATING + port % MAX_FLOATING + 1);
}
