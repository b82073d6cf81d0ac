/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Operations on the same VNF run one after the other, all others at once. A VNF is known by two keys: NSR id and VNF
 * name, and, from GRANT's answer on, the VNFR's id. Pure: knows nothing of what it queues. */
typedef struct _VnfQueues VnfQueues;

VnfQueues *vnf_queues_new (void);
void vnf_queues_free (VnfQueues *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfQueues, vnf_queues_free)

/* Puts @item at the end of its VNF's queue; keys that are not known yet are NULL (one without any queues alone).
 * Returns: TRUE if it is the first and may run. */
gboolean vnf_queues_add (VnfQueues *self, gpointer item, const char *nsr_id, const char *vnf_name, const char *vnfr_id);
/* The VNF of @item has got its id. */
void vnf_queues_learn_id (VnfQueues *self, gpointer item, const char *vnfr_id);
/* Takes @item out. Returns: (nullable): the item that may run now because of that. */
gpointer vnf_queues_remove (VnfQueues *self, gpointer item);
/* The item that runs for a VNF. Returns: (nullable). */
gpointer vnf_queues_find_first (VnfQueues *self, const char *nsr_id, const char *vnf_name, const char *vnfr_id);
/* The item that runs for the VNF of @item, perhaps @item itself. @earlier: (out): how many stand before @item.
 * Returns: (nullable): @item stands in no queue. */
gpointer vnf_queues_get_first (VnfQueues *self, gpointer item, guint *earlier);
/* The other items in @item's queue, first to last. Returns: (transfer container). */
GPtrArray *vnf_queues_get_others (VnfQueues *self, gpointer item);

G_END_DECLS
