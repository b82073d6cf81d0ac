/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/**
 * StompPlace:
 * @destination: what a queue is
 * @host: (nullable): whose commands
 */
typedef struct {
  VnfmDestination destination;
  char *host;
} StompPlace;

/**
 * StompGuardFuncs:
 * @login: (nullable): whether a peer may come in by a login that is not the broker's own
 * @access: (nullable): what it may do then
 * @find_place: (nullable): what a queue is; fills @place. Returns: FALSE: nothing that a guarded peer may touch
 *
 * The broker knows queues, not whose they are: it asks its owner.
 */
typedef struct {
  VnfmVerdict (*login) (const char *login, const char *passcode, const char *peer, gpointer owner);
  VnfmVerdict (*access) (const char *login, VnfmAccess access, const StompPlace *place, gpointer owner);
  gboolean (*find_place) (const char *queue, StompPlace *place, gpointer owner);
} StompGuardFuncs;

/**
 * StompLogin:
 * @name: as the peers say it
 * @sessions: (element-type StompSession): the connections that came in by it
 */
typedef struct {
  char *name;
  GPtrArray *sessions;
} StompLogin;

/**
 * StompGuard:
 *
 * Who is in, and by which login; what is logged of those who were refused. A peer of the broker's own login has no
 * #StompLogin and may do all.
 */
typedef struct _StompGuard StompGuard;

/* @own_login, @own_passcode: (nullable): borrowed; without a passcode whoever is not refused may come in.
 * @max_sessions: connections of one login. */
StompGuard *stomp_guard_new (VnfmClock *clock, const char *own_login, const char *own_passcode, guint max_sessions,
                             const StompGuardFuncs *funcs, gpointer owner);
void stomp_guard_free (StompGuard *self);

/* @session: noted under its login. @login: (out) (nullable): NULL: full rights. Returns: FALSE: errors:
 * VNFM_ERROR_REFUSED.
 */
gboolean stomp_guard_enter (StompGuard *self, gpointer session, const char *name, const char *passcode,
                            const char *peer, StompLogin **login, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void stomp_guard_leave (StompGuard *self, gpointer session, StompLogin *login);
/* Returns: (nullable). */
StompLogin *stomp_guard_find_login (StompGuard *self, const char *name);
/* What @queue is, for a peer of @login. Returns: FALSE: nothing for it. */
gboolean stomp_guard_find_place (StompGuard *self, const char *queue, StompPlace *place);
/* @login: (nullable): may do all. */
VnfmVerdict stomp_guard_ask (StompGuard *self, const StompLogin *login, VnfmAccess access, const StompPlace *place);
/* One line for the operator, of a peer that was refused or ended: a few a minute, the rest is counted. */
void stomp_guard_tell (StompGuard *self, const char *line);

G_END_DECLS
