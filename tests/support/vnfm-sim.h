/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A small world for the engine: a clock, a store, a transport, a negotiator and an EMS at its extension points, all in
 * memory and all under the test's hand. Nothing here moves by itself but by the main context. */

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/* ---- a clock that stands still until it is moved */
#define SIM_TYPE_CLOCK (sim_clock_get_type ())
G_DECLARE_FINAL_TYPE (SimClock, sim_clock, SIM, CLOCK, VnfmClock)
SimClock *sim_clock_new (guint64 seed);
void sim_clock_advance (SimClock *self, gint64 microseconds);

/* ---- a store in memory, which outlives the engine that uses it. Commits complete from the main context. */
#define SIM_TYPE_STORE (sim_store_get_type ())
G_DECLARE_FINAL_TYPE (SimStore, sim_store, SIM, STORE, VnfmStore)
/* @rows: (transfer none): shared with the store of an earlier life; a new table for NULL. */
SimStore *sim_store_new (VnfmContext *context, GHashTable *rows);
GHashTable *sim_store_get_rows (SimStore *self);
guint sim_store_get_commits (SimStore *self);
/* After @commits more commits the machine stops: nothing is written or completed any more. G_MAXUINT: never. */
void sim_store_stop_after (SimStore *self, guint commits);
gboolean sim_store_has_stopped (SimStore *self);
/* The next @commits commits fail (disk full). */
void sim_store_fail_next (SimStore *self, guint commits);

/* ---- a transport that keeps what is published */
typedef struct {
  VnfmDestination destination; /* of a publication */
  char *address;               /* of a reply; NULL for a publication */
  VnfmEnvelope *envelope;
} SimSent;

#define SIM_TYPE_TRANSPORT (sim_transport_get_type ())
G_DECLARE_FINAL_TYPE (SimTransport, sim_transport, SIM, TRANSPORT, VnfmTransport)
SimTransport *sim_transport_new (VnfmContext *context);
/* (element-type SimSent): borrowed. */
GPtrArray *sim_transport_get_sent (SimTransport *self);
guint sim_transport_get_acks (SimTransport *self);
/* The next @replies replies fail as if the connection were down. */
void sim_transport_fail_next (SimTransport *self, guint replies);
void sim_transport_deliver (SimTransport *self, VnfmDestination destination, const char *body, const char *message_id,
                            const char *reply_to, gboolean redelivered);

/* ---- a negotiator that answers by itself, or waits to be told */
#define SIM_TYPE_NEGOTIATOR (sim_negotiator_get_type ())
G_DECLARE_FINAL_TYPE (SimNegotiator, sim_negotiator, SIM, NEGOTIATOR, VnfmNegotiator)
SimNegotiator *sim_negotiator_new (VnfmContext *context);
/* Instead of the answers that it makes up: @refusal for grants ("null": withdrawn), or silence. */
void sim_negotiator_refuse (SimNegotiator *self, const char *refusal);
void sim_negotiator_be_silent (SimNegotiator *self, gboolean silent);
/* How often a question was put, and how often only its answer awaited. */
guint sim_negotiator_get_asked (SimNegotiator *self);
guint sim_negotiator_get_attached (SimNegotiator *self);

/* ---- machines that keep a record of the steps they ran, outliving the engine like the store */
#define SIM_TYPE_EMS (sim_ems_get_type ())
G_DECLARE_FINAL_TYPE (SimEms, sim_ems, SIM, EMS, VnfmEms)
/* @ledger: (element-type utf8): what ran, "HOST SCRIPT", appended to; @records: step id -> result; both shared. */
SimEms *sim_ems_new (VnfmContext *context, GPtrArray *ledger, GHashTable *records);
/* Machines do not come up; scripts of this name fail; scripts of this name run until they are cancelled. */
void sim_ems_set_dead (SimEms *self, gboolean dead);
void sim_ems_set_failing (SimEms *self, const char *script);
void sim_ems_set_hanging (SimEms *self, const char *script);

G_END_DECLS
