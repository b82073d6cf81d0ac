/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-clock.h>

G_BEGIN_DECLS

/* The broker's own passcode: FOLDER/stomp.passcode, made at the first call. Returns: (transfer full). */
char *stomp_passcode_get (VnfmClock *clock, const char *folder, GError **error);
/* Writes a line into FOLDER/NAME that only this user can read. */
gboolean stomp_passcode_write (const char *folder, const char *name, const char *line, GError **error);

G_END_DECLS
