/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <vnfm/vnfm-vnfc.h>

G_BEGIN_DECLS

/**
 * WaitKind:
 * @WAIT_OPERATION: for an earlier operation of its VNF
 * @WAIT_QUESTION: for the NFVO's answer to a question
 * @WAIT_MACHINE: for a machine to be reachable
 * @WAIT_STEP: for something that runs on a machine
 * @WAIT_STAGE: for its stage, which tells no more than its name
 * @WAIT_DELIVERY: for the NFVO to take the answer
 */
typedef enum {
  WAIT_OPERATION,
  WAIT_QUESTION,
  WAIT_MACHINE,
  WAIT_STEP,
  WAIT_STAGE,
  WAIT_DELIVERY,
} WaitKind;

const char *wait_kind_get_nick (WaitKind kind);

/**
 * Wait:
 * @what: "START of web (operation 12ab...)", "GRANT_OPERATION", "script install.sh (1 of 2)", "create"; of a machine
 * NULL
 * @host: (nullable): the machine
 * @addresses: (nullable): "private 10.0.0.3", "floating public 192.0.2.7"
 * @since: wall time when this began, 0: not known
 * @allocated: wall time when the machine was allocated, 0: not known
 * @state: (nullable): what is known of it now
 * @output: (nullable): what it wrote last
 *
 * One thing that an operation waits for. Of several a queued operation waits for all, one after the other.
 */
typedef struct {
  WaitKind kind;
  char *what;
  char *host;
  GStrv addresses;
  gint64 since;
  gint64 allocated;
  char *state;
  char *output;
} Wait;

/* @what: (nullable). */
Wait *wait_new (WaitKind kind, const char *what, gint64 since);
void wait_free (Wait *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_free)
void wait_set_machine (Wait *self, const VnfmVnfc *vnfc);
/* Several in one sentence, with a limit on their number and on the length of what was written: for the log and for the
 * NFVO. @waits: (element-type Wait). Returns: (transfer full). Pure, as all here. */
char *waits_to_text (GPtrArray *waits);

G_END_DECLS
