/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one log writer of the programs: to the journal where stderr is the journal's, else to stderr; secrets are masked.
 * @verbose: 0: what an operator wants, 1: steps too (info), 2: all (debug). The environment may ask for more: VNFM_LOG
 * is message, info or debug. */
void host_log_init (const char *program, int verbose);
/* Never written from now on: "********" stands in for it. Short values (under 6 bytes) are not secrets worth the name.
 */
void host_log_mask (const char *secret);

/* A failure that repeats: told when it begins or changes, and once when it is over. */
typedef struct {
  char *last; /* nullable */
} HostComplaint;
void host_complaint_tell (HostComplaint *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void host_complaint_end (HostComplaint *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void host_complaint_clear (HostComplaint *self);

G_END_DECLS
