/* SPDX-License-Identifier: Apache-2.0 */
/* Who may come in, and what they may do then.
 *
 *   login, passcode --> the owner is asked --> granted: a guarded peer, noted under its login
 *                           |    \-----------> refused: nobody comes in so
 *                           \ does not know it --> the broker's own login and passcode: full rights
 *
 * Passcodes are compared in constant time. What is refused is logged, but a peer cannot fill the log. */
#include "config.h"

#include "plugins/transport-stomp/stomp-guard.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

/* So many lines in so long a time; the rest is told as a number when it is over. */
#define LINES  20
#define WINDOW G_TIME_SPAN_MINUTE

struct _StompGuard {
  VnfmClock *clock;
  const char *own_login;
  const char *own_passcode;
  guint max_sessions;
  const StompGuardFuncs *funcs;
  gpointer owner;
  GHashTable *logins; /* name -> StompLogin */
  VnfmTimer *window;
  guint told;   /* in this window */
  guint untold; /* in this window */
};

static void
login_free (StompLogin *login)
{
  g_ptr_array_unref (login->sessions);
  g_free (login->name);
  g_free (login);
}

StompGuard *
stomp_guard_new (VnfmClock *clock, const char *own_login, const char *own_passcode, guint max_sessions,
                 const StompGuardFuncs *funcs, gpointer owner)
{
  StompGuard *self = g_new0 (StompGuard, 1);

  self->clock = g_object_ref (clock);
  self->own_login = own_login;
  self->own_passcode = own_passcode;
  self->max_sessions = MAX (max_sessions, 1);
  self->funcs = funcs;
  self->owner = owner;
  self->logins = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)login_free);
  return self;
}

void
stomp_guard_free (StompGuard *self)
{
  vnfm_clock_clear_timer (self->clock, &self->window);
  g_hash_table_unref (self->logins);
  g_object_unref (self->clock);
  g_free (self);
}

/* Takes as long for any two texts of these lengths. */
static gboolean
is_equal (const char *a, const char *b)
{
  gsize length = strlen (a);
  guint8 difference = strlen (b) != length;

  for (gsize i = 0; i < length && b[i] != '\0'; i++)
    difference |= (guint8)(a[i] ^ b[i]);
  return difference == 0;
}

static gboolean
is_own (StompGuard *self, const char *name, const char *passcode)
{
  if (self->own_passcode == NULL)
    return TRUE;
  return name != NULL && passcode != NULL && is_equal (passcode, self->own_passcode) &&
         (self->own_login == NULL || is_equal (name, self->own_login));
}

static StompLogin *
admit (StompGuard *self, gpointer session, const char *name, GError **error)
{
  StompLogin *login = stomp_guard_find_login (self, name);

  if (login == NULL) {
    login = g_new (StompLogin, 1);
    *login = (StompLogin){ g_strdup (name), g_ptr_array_new () };
    g_hash_table_insert (self->logins, login->name, login);
  } else if (login->sessions->len >= self->max_sessions) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "%s has %u connections, and may have no more", name,
                 login->sessions->len);
    return NULL;
  }
  g_ptr_array_add (login->sessions, session);
  return login;
}

gboolean
stomp_guard_enter (StompGuard *self, gpointer session, const char *name, const char *passcode, const char *peer,
                   StompLogin **login, GError **error)
{
  VnfmVerdict verdict = VNFM_VERDICT_NONE;

  *login = NULL;
  if (name != NULL && passcode != NULL && self->funcs->login != NULL)
    verdict = self->funcs->login (name, passcode, peer, self->owner);
  if (verdict == VNFM_VERDICT_GRANTED)
    return (*login = admit (self, session, name, error)) != NULL;
  if (verdict == VNFM_VERDICT_NONE && is_own (self, name, passcode))
    return TRUE;
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_REFUSED, "login or passcode is wrong");
  return FALSE;
}

void
stomp_guard_leave (StompGuard *self, gpointer session, StompLogin *login)
{
  if (login == NULL)
    return;
  g_ptr_array_remove_fast (login->sessions, session);
  if (login->sessions->len == 0)
    g_hash_table_remove (self->logins, login->name);
}

StompLogin *
stomp_guard_find_login (StompGuard *self, const char *name)
{
  return g_hash_table_lookup (self->logins, name);
}

gboolean
stomp_guard_find_place (StompGuard *self, const char *queue, StompPlace *place)
{
  *place = (StompPlace){ 0 };
  return self->funcs->find_place != NULL && self->funcs->find_place (queue, place, self->owner);
}

VnfmVerdict
stomp_guard_ask (StompGuard *self, const StompLogin *login, VnfmAccess access, const StompPlace *place)
{
  if (login == NULL)
    return VNFM_VERDICT_GRANTED;
  return self->funcs->access != NULL ? self->funcs->access (login->name, access, place, self->owner)
                                     : VNFM_VERDICT_REFUSED;
}

/* ---- the log */

static void
window_ends (gpointer user_data)
{
  StompGuard *self = user_data;

  self->window = NULL;
  self->told = 0;
  if (self->untold == 0)
    return;
  g_message ("STOMP: %u more peers were refused or ended within the last minute", self->untold);
  self->untold = 0;
}

void
stomp_guard_tell (StompGuard *self, const char *line)
{
  if (self->window == NULL)
    self->window = vnfm_clock_add_timer (self->clock, WINDOW, window_ends, self);
  if (self->told < LINES) {
    self->told++;
    g_message ("STOMP: %s", line);
  } else {
    self->untold++;
    g_debug ("STOMP: %s", line);
  }
}
