/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VnfmDestination:
 * @VNFM_DESTINATION_NFVO_REQUESTS: NFVO -> this manager
 * @VNFM_DESTINATION_NFVO_RESULTS: this manager -> NFVO, one-way results
 * @VNFM_DESTINATION_NFVO_QUESTIONS: this manager -> NFVO, GRANT_OPERATION and the like
 * @VNFM_DESTINATION_REGISTRATION: this manager -> NFVO, (de)registration of the manager
 * @VNFM_DESTINATION_ANSWERS: NFVO and agents -> whoever asked (its durable queue for answers)
 * @VNFM_DESTINATION_EMS_REGISTRATION: agent -> manager
 * @VNFM_DESTINATION_EMS_COMMANDS: manager -> agent of one host
 *
 * Logical destinations. The group [destinations] of the profile maps each to a broker's name; protocol/openbaton.md, A.
 */
typedef enum {
  VNFM_DESTINATION_NFVO_REQUESTS,
  VNFM_DESTINATION_NFVO_RESULTS,
  VNFM_DESTINATION_NFVO_QUESTIONS,
  VNFM_DESTINATION_REGISTRATION,
  VNFM_DESTINATION_ANSWERS,
  VNFM_DESTINATION_EMS_REGISTRATION,
  VNFM_DESTINATION_EMS_COMMANDS,
} VnfmDestination;

#define VNFM_N_DESTINATIONS (VNFM_DESTINATION_EMS_COMMANDS + 1)

#define VNFM_TYPE_DESTINATION (vnfm_destination_get_type ())
GType vnfm_destination_get_type (void);
/* "nfvo-requests": the key in [destinations] and the detail of VnfmTransport::delivery. */
const char *vnfm_destination_get_nick (VnfmDestination destination);

/**
 * VnfmEnvelope:
 * @body: the payload, never NULL
 * @host: (nullable): for VNFM_DESTINATION_EMS_COMMANDS
 * @message_id: (nullable): of a delivery: the broker's or sender's id; of a publication: ours, kept over repeats
 * @correlation_id: (nullable): joins an answer to its question; we use the id of the step
 * @reply_to: (nullable): where an answer goes, in the broker's words
 * @content_type: (nullable)
 * @redelivered: the broker says that it delivered this before
 * @sender: (nullable): of a delivery: the login of its sender, where that is a peer that came in by
 *   VnfmTransport::peer-login; NULL: one with full rights, or a broker that does not tell
 *
 * A message in transit, to be published or delivered. Reference counted; fields are set by whoever makes it and not
 * changed afterwards. A delivery must be settled once, by vnfm_envelope_ack(), when what it says stands in the journal;
 * one that is dropped unsettled is delivered again after a reconnect.
 */
typedef struct {
  GBytes *body;
  char *host;
  char *message_id;
  char *correlation_id;
  char *reply_to;
  char *content_type;
  gboolean redelivered;
  /*< private >*/
  GWeakRef transport;
  guint64 token;
  gboolean settled;
  /*< public >*/
  char *sender; /* the last one, for it came later */
} VnfmEnvelope;

#define VNFM_TYPE_ENVELOPE (vnfm_envelope_get_type ())
GType vnfm_envelope_get_type (void);
VnfmEnvelope *vnfm_envelope_new (GBytes *body);
VnfmEnvelope *vnfm_envelope_ref (VnfmEnvelope *self);
void vnfm_envelope_unref (VnfmEnvelope *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmEnvelope, vnfm_envelope_unref)
/* Settles a delivery; a second call, or one after its transport is gone, does nothing. NULL is fine. */
void vnfm_envelope_ack (VnfmEnvelope *self);

G_END_DECLS
