/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A transport whose far end is the test: what becomes of each publication, what comes in, when the connection breaks.
 * Beside the clock and the store of vnfm-sim.h. */

#include "tests/support/vnfm-sim.h"

G_BEGIN_DECLS

/* What becomes of a publication: the peer has it; it stays open until test_transport_settle(); or an error code. */
#define TEST_CONFIRM (-1)
#define TEST_PENDING (-2)

typedef struct {
  VnfmDestination destination;
  VnfmEnvelope *envelope;
  GTask *task; /* while open */
} TestPublication;

#define TEST_TYPE_TRANSPORT (test_transport_get_type ())
G_DECLARE_FINAL_TYPE (TestTransport, test_transport, TEST, TRANSPORT, VnfmTransport)

/* Declares the keys it needs in the profile of @context. */
TestTransport *test_transport_new (VnfmContext *context);
/* Of all publications from now on: TEST_CONFIRM, TEST_PENDING or a VnfmError. */
void test_transport_set_outcome (TestTransport *self, int outcome);
guint test_transport_get_n_published (TestTransport *self);
/* The latest is -1. Borrowed. */
const TestPublication *test_transport_get_published (TestTransport *self, int index);
/* Its body, parsed. Returns: (transfer full). */
JsonObject *test_transport_dup_body (TestTransport *self, int index);
void test_transport_settle (TestTransport *self, int index, int outcome);
/* A message comes in; its handlers have run when this returns. Returns: its token. */
guint64 test_transport_deliver (TestTransport *self, VnfmDestination destination, const char *correlation_id,
                                GBytes *body);
guint64 test_transport_deliver_text (TestTransport *self, VnfmDestination destination, const char *correlation_id,
                                     const char *body);
gboolean test_transport_is_settled (TestTransport *self, guint64 token);
/* Nobody reads the commands of @host any more. */
void test_transport_lose_reader (TestTransport *self, const char *host);
/* The connection breaks, and comes back only when allowed again. */
void test_transport_break (TestTransport *self);
void test_transport_mend (TestTransport *self);

/* Runs what the main loop has to do, without waiting. */
void test_pump (void);
/* Moves the clock on, a second at a time, and lets the main loop run in between. */
void test_advance (SimClock *clock, gint64 microseconds);

G_END_DECLS
