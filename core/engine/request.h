/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * Request:
 * @id: the operation's id: a random UUID
 * @action: what is asked for; VNFM_ACTION_NONE: nothing we know
 * @action_name: (nullable): what was written
 * @received: wall time, microseconds
 * @reply_to: (nullable): address of the answer; NULL: one-way, to the NFVO's results
 * @correlation_id: (nullable): echoed in the answer
 * @message_id: (nullable): the sender's or broker's
 * @digest: SHA-256 of the body, hexadecimal
 * @nsr_id: (nullable): the service
 * @vnf_name: (nullable): the VNF's name in it
 * @vnf_type: (nullable)
 * @vnfr_id: (nullable): before GRANT
 * @refusal: (nullable): why it cannot be carried out at all
 *
 * What is kept of a request from its arrival to its answer: all but the body. Stands in the journal as op/ID.
 */
typedef struct {
  char *id;
  VnfmAction action;
  char *action_name;
  gint64 received;
  char *reply_to;
  char *correlation_id;
  char *message_id;
  char *digest;
  char *nsr_id;
  char *vnf_name;
  char *vnf_type;
  char *vnfr_id;
  char *refusal;
} Request;

void request_free (Request *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

/* As journaled. @settings: the frozen configuration. */
GBytes *request_to_text (Request *self, GBytes *settings);
Request *request_from_text (GBytes *text, GBytes **settings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
