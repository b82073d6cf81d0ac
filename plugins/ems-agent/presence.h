/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/**
 * EmsPresence:
 *
 * What an agent tells about itself to whoever looks at its machine: that it runs, whether its manager knows of it, and
 * on the machine's console why not.
 */
typedef struct _EmsPresence EmsPresence;

/* Claims the state folder, which exists. Errors: VNFM_ERROR_STORE: another agent works with it. */
EmsPresence *ems_presence_new (VnfmContext *context, VnfmTransport *transport,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ems_presence_free (EmsPresence *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsPresence, ems_presence_free)

/* How the registration went; @error: (nullable): nobody took it. */
void ems_presence_registration (EmsPresence *self, const GError *error);

/**
 * EmsSighting:
 * @running: an agent has claimed the folder
 * @pid: its process
 * @state: (nullable): "connecting", "connected", "registered", as it says itself
 * @since: (nullable): RFC 3339
 * @reason: (nullable): why it got no further
 */
typedef struct {
  gboolean running;
  gint64 pid;
  char *state;
  char *since;
  char *reason;
} EmsSighting;

void ems_sighting_clear (EmsSighting *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EmsSighting, ems_sighting_clear)
/* The agent that works with the state folder @folder; disturbs nobody. */
void ems_sighting_take (EmsSighting *self, const char *folder);

/* A line on the console @path (nullable, "": none); one that is not there or cannot be written to is no error. */
void ems_console_tell (const char *path, const char *text);
/* What to do about @error, which kept an agent from its broker at @address. Returns: (transfer full). */
char *ems_presence_dup_advice (const GError *error, const char *address);

G_END_DECLS
