/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* An NFVO's database, seen from outside: every object of a record is an entity of its own, with an id that it gets
 * when it is stored and an hbVersion that counts its changes (protocol/openbaton.md, C, BaseEntity). */

/* @member: the name under which @entity stands in its parent ("vnfr" for the root). */
typedef void (*NfvoEntityFunc) (JsonObject *entity, const char *member, gpointer user_data);

/* @root and all entities below it, parents first. What is no entity is left out: "metadata", and maps ("requires" of
 * a VNFD). */
void nfvo_entity_foreach (JsonObject *root, const char *member, NfvoEntityFunc func, gpointer user_data);
/* A new entity: no id, hbVersion 0. */
JsonObject *nfvo_entity_new (void);
/* Gives ids to @root and all below it that have none, as storing does, and fills in the members of BaseEntity. */
void nfvo_entity_store (JsonObject *root, const char *member, VnfmClock *clock);
/* Adds the members of @names that @object has not, as empty arrays. */
void nfvo_entity_ensure_arrays (JsonObject *object, const char *const *names);

/* The NFVO's two ways of writing @wall_time. Returns: (transfer full). */
char *nfvo_time_of_history (gint64 wall_time);
char *nfvo_time_of_record (gint64 wall_time);

G_END_DECLS
