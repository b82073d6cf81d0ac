/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Frames of STOMP 1.2, and how they are written. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  STOMP_CONNECT,
  STOMP_STOMP,
  STOMP_CONNECTED,
  STOMP_SEND,
  STOMP_SUBSCRIBE,
  STOMP_UNSUBSCRIBE,
  STOMP_ACK,
  STOMP_NACK,
  STOMP_BEGIN,
  STOMP_COMMIT,
  STOMP_ABORT,
  STOMP_DISCONNECT,
  STOMP_MESSAGE,
  STOMP_RECEIPT,
  STOMP_ERROR,
} StompCommand;

#define STOMP_N_COMMANDS (STOMP_ERROR + 1)

const char *stomp_command_get_name (StompCommand command);
/* -1: there is no such command. */
int stomp_command_find (const char *name);
/* Whether its frames may have a body. */
gboolean stomp_command_has_body (StompCommand command);
/* Whether "\n", ":" and so on are escaped in its headers: not in those of the first two frames, for the sake of 1.0. */
gboolean stomp_command_escapes (StompCommand command);

typedef struct {
  const char *name;
  const char *value;
} StompHeader;

/**
 * StompFrame:
 * @command: what it is
 * @headers: unescaped, in order, repeats included
 * @body: never NULL; empty where there is none
 * @text: what @headers point into
 * @size: bytes that it takes, roughly
 */
typedef struct {
  StompCommand command;
  StompHeader *headers;
  guint n_headers;
  GBytes *body;
  char *text;
  gsize size;
} StompFrame;

/* Takes a command line and header lines, without the blank line that ends them, and makes a frame without a body.
 * @text: (transfer full): malloced, and ended by a NUL. Errors: VNFM_ERROR_INVALID. */
StompFrame *stomp_frame_new_take (char *text, gsize length, GError **error);
void stomp_frame_free (StompFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StompFrame, stomp_frame_free)
void stomp_frame_set_body (StompFrame *self, GBytes *body);
/* Of a header that is repeated the first counts. Returns: (nullable): borrowed. */
const char *stomp_frame_get (const StompFrame *self, const char *name);
/* FALSE with VNFM_ERROR_INVALID where the header is there and no decimal number up to @max. An absent one reads as
 * @fallback. */
gboolean stomp_frame_get_number (const StompFrame *self, const char *name, guint64 max, guint64 fallback,
                                 guint64 *number, GError **error);

/* A frame's text: begin, add headers, end; then follow the body and a NUL. */
GString *stomp_head_new (StompCommand command);
/* A NULL @value adds nothing. */
void stomp_head_add (GString *head, const char *name, const char *value);
void stomp_head_add_number (GString *head, const char *name, guint64 value);
/* As it is: for CONNECT and CONNECTED. A @value with a line end is cut there. */
void stomp_head_add_verbatim (GString *head, const char *name, const char *value);
void stomp_head_end (GString *head);

/* A piece of what a peer sent, fit for a message to people: printable, quoted and not long. Returns: (transfer full).
 */
char *stomp_quote (const char *text, gsize length);

G_END_DECLS
