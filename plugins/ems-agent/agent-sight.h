/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/ems-codec.h"

G_BEGIN_DECLS

/**
 * AgentSight:
 * @registration: as it came, without the token
 * @token_hash: (nullable): SHA-256 of the token that it showed
 * @at: wall time
 *
 * One registration that was seen.
 */
typedef struct {
  EmsRegistration *registration;
  char *token_hash;
  gint64 at;
} AgentSight;

AgentSight *agent_sight_new (const EmsRegistration *registration, gint64 now);
/* NULL is fine. */
void agent_sight_free (AgentSight *self);
/* Whether they say the same, be it at different times. */
gboolean agent_sight_equal (const AgentSight *a, const AgentSight *b);
/* As a member of an object: into the store (a NULL @sight is left out) and out of it (NULL if it is not there, or with
 * an error if it cannot be read). */
void agent_sight_write (JsonObject *object, const char *name, const AgentSight *sight);
AgentSight *agent_sight_read (JsonObject *object, const char *name, GError **error);

G_END_DECLS
