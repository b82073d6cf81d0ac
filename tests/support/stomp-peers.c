/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/stomp-peers.h"

#include <string.h>

typedef struct {
  Peer *peer;
  const char *text;
} Awaited;

VnfmClock *test_clock;
StompBroker *broker;
guint16 port;
GString *taken;
guint64 last_token;
char *gone_host;
char *last_sender;

StompBrokerSettings settings;

static void
deliver (gpointer tag, VnfmEnvelope *envelope, guint64 token, gpointer owner)
{
  gsize length = 0;
  const char *body = g_bytes_get_data (envelope->body, &length);

  g_string_append_len (taken, body, (gssize)length);
  g_string_append (taken, envelope->redelivered ? "!" : ".");
  last_token = token;
  g_free (last_sender);
  last_sender = g_strdup (envelope->sender);
}

static void
reader_gone (const char *host, gpointer owner)
{
  g_free (gone_host);
  gone_host = g_strdup (host);
}

static StompBrokerFuncs broker_funcs;

void
set_up_guarded (const StompGuardFuncs *guard)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bound = NULL;

  settings = (StompBrokerSettings){
    .prefix = (char *)"/queue/",
    .login = (char *)"me",
    .passcode = (char *)"secret",
    .commands_prefix = (char *)"vnfm.",
    .commands_suffix = (char *)".actions",
    .names = { [VNFM_DESTINATION_NFVO_RESULTS] = (char *)"vnfm.nfvo.actions" },
    .connect_timeout = 20 * G_TIME_SPAN_SECOND,
    .limits = { 16, 1024, 8192, 256 * 1024 },
    .max_connections = 310,
    .login_connections = 3,
    .queue_limit = 100,
    .queue_bytes = 64 * 1024 * 1024,
    .connection_limit = 1000,
    .connection_bytes = 64 * 1024 * 1024,
    .memory = 256 * 1024 * 1024,
    .output_bytes = 64 * 1024,
    .patience = 20 * G_TIME_SPAN_SECOND,
    .reader_timeout = 20 * G_TIME_SPAN_SECOND,
    .prefetch = 10,
  };
  test_clock = vnfm_clock_new ();
  taken = g_string_new (NULL);
  broker_funcs = (StompBrokerFuncs){ deliver, reader_gone, { NULL } };
  if (guard != NULL)
    broker_funcs.guard = *guard;
  broker = stomp_broker_new (test_clock, &settings, &broker_funcs, NULL, &error);
  ck_assert_no_error (error);
  g_autoptr (GSocket) socket = stomp_listen ("127.0.0.1:0", &error);
  ck_assert_ptr_nonnull (socket);
  ck_assert (stomp_broker_listen (broker, socket, &error));
  bound = stomp_listen_describe (socket);
  ck_assert_no_error (error);
  port = (guint16)g_ascii_strtoull (strrchr (bound, ':') + 1, NULL, 10);
}

void
set_up (void)
{
  set_up_guarded (NULL);
}

void
tear_down (void)
{
  g_clear_pointer (&broker, stomp_broker_free);
  g_clear_object (&test_clock);
  g_string_free (taken, TRUE);
  g_clear_pointer (&gone_host, g_free);
  g_clear_pointer (&last_sender, g_free);
}

/* ---- a peer */

static gboolean
peer_reads (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Peer *self = user_data;
  char buffer[16384];
  gssize count = g_socket_receive_with_blocking (socket, buffer, sizeof buffer, FALSE, NULL, NULL);

  if (count <= 0) {
    self->ended = TRUE;
    return G_SOURCE_REMOVE;
  }
  for (gssize i = 0; i < count; i++)
    g_string_append_c (self->input, buffer[i] != '\0' ? buffer[i] : '^');
  return G_SOURCE_CONTINUE;
}

void
peer_listen (Peer *self)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (peer_reads), self, NULL);
  g_source_attach (self->source, NULL);
}

Peer *
peer_new (void)
{
  Peer *self = g_new0 (Peer, 1);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GError) error = NULL;

  self->input = g_string_new (NULL);
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  ck_assert_no_error (error);
  ck_assert (g_socket_connect (self->socket, address, NULL, &error));
  ck_assert_no_error (error);
  peer_listen (self);
  return self;
}

void
peer_free (Peer *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_string_free (self->input, TRUE);
  g_free (self);
}

/* As far as the socket takes it; the rest when the broker has read some. */
void
peer_say_bytes (Peer *self, const char *data, gsize length)
{
  while (length > 0) {
    g_autoptr (GError) error = NULL;
    gssize count = g_socket_send_with_blocking (self->socket, data, length, FALSE, NULL, &error);
    if (count < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      ck_abort_msg ("%s", error->message);
    g_main_context_iteration (NULL, FALSE);
    data += MAX (count, 0);
    length -= (gsize)MAX (count, 0);
  }
}

/* One frame, its NUL included. */
void
peer_say (Peer *self, const char *frame)
{
  peer_say_bytes (self, frame, strlen (frame) + 1);
}

static gboolean
has_heard (gpointer data)
{
  const Awaited *awaited = data;

  return strstr (awaited->peer->input->str, awaited->text) != NULL;
}

gboolean
has_ended (gpointer data)
{
  return ((Peer *)data)->ended;
}

void
peer_hear (Peer *self, const char *text)
{
  Awaited awaited = { self, text };

  vnfm_test_wait_until (has_heard, &awaited);
}

Peer *
peer_new_logged_in (void)
{
  Peer *self = peer_new ();

  peer_say (self, CONNECT);
  peer_hear (self, "CONNECTED\n");
  return self;
}

void
peer_subscribe (Peer *self, const char *queue, const char *ack)
{
  g_autofree char *frame =
      g_strdup_printf ("SUBSCRIBE\nid:s\ndestination:/queue/%s\nack:%s\nreceipt:sub\n\n", queue, ack);

  peer_say (self, frame);
  peer_hear (self, "RECEIPT\nreceipt-id:sub\n");
}

/* The value of the header "ack" of the last message that was heard. Returns: (transfer full). */
char *
peer_dup_ack (Peer *self)
{
  const char *ack = g_strrstr (self->input->str, "\nack:");

  ck_assert_ptr_nonnull (ack);
  return g_strndup (ack + 5, strcspn (ack + 5, "\n"));
}

gboolean
is_taken (gpointer text)
{
  return g_str_equal (taken->str, text);
}

gboolean
is_left_with (gpointer count)
{
  return stomp_broker_get_connections (broker) == GPOINTER_TO_UINT (count);
}

gboolean
is_empty (gpointer account)
{
  return ((StompAccount *)account)->used == 0;
}

void
expect_end (Peer *peer, const char *why)
{
  peer_hear (peer, "ERROR\n");
  peer_hear (peer, why);
  vnfm_test_wait_until (has_ended, peer);
  vnfm_test_wait_until (is_left_with, GUINT_TO_POINTER (0));
  peer_free (peer);
}
