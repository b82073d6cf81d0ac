/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The built-in broker over real sockets, and peers that speak raw STOMP to it from the same main context. */

#include "plugins/transport-stomp/stomp-broker.h"
#include "plugins/transport-stomp/stomp-listen.h"
#include "tests/support/vnfm-test.h"

G_BEGIN_DECLS

#define CONNECT "CONNECT\naccept-version:1.2\nlogin:me\npasscode:secret\n\n"

typedef struct {
  GSocket *socket;
  GSource *source;
  GString *input; /* NUL bytes are shown as "^" */
  gboolean ended;
} Peer;

extern VnfmClock *test_clock;
extern StompBroker *broker;
extern StompBrokerSettings settings;
extern guint16 port;
extern GString *taken; /* bodies that the program got, with "!" behind those that came again, else "." */
extern guint64 last_token;
extern char *last_sender; /* nullable: of the last one */
extern char *gone_host;   /* nullable */

/* @guard: (nullable): borrowed: who may do what; NULL: there is the login "me" only. */
void set_up_guarded (const StompGuardFuncs *guard);
void set_up (void);
void tear_down (void);

Peer *peer_new (void);
Peer *peer_new_logged_in (void);
/* Reads from now on. peer_new() has called it. */
void peer_listen (Peer *self);
void peer_free (Peer *self);
/* As far as the socket takes it; the rest when the broker has read some. */
void peer_say_bytes (Peer *self, const char *data, gsize length);
/* One frame, its NUL included. */
void peer_say (Peer *self, const char *frame);
/* Waits for it. */
void peer_hear (Peer *self, const char *text);
void peer_subscribe (Peer *self, const char *queue, const char *ack);
/* The value of the header "ack" of the last message that was heard. Returns: (transfer full). */
char *peer_dup_ack (Peer *self);
/* For vnfm_test_wait_until(): a peer's connection has ended; the program has got this text; so many connections are
 * left; a StompAccount is empty. */
gboolean has_ended (gpointer peer);
gboolean is_taken (gpointer text);
gboolean is_left_with (gpointer count);
gboolean is_empty (gpointer account);
/* It hears an ERROR with these words, its connection ends, and no other is left. */
void expect_end (Peer *peer, const char *why);

G_END_DECLS
