/* SPDX-License-Identifier: Apache-2.0 */
/* Frames out of a stream of bytes. Pure: no I/O, no clock.
 *
 *               any byte           blank line
 *   BETWEEN ------------> HEAD ----------------> COUNTED (content-length) ---> END --+
 *    ^   ^ line end                      |                                           | NUL
 *    +---+                               +-----> OPEN (up to a NUL) --+              |
 *    +----------------------- frame complete -------------------------+--------------+
 *
 * Each byte is copied once, from the reader's buffer to the block that the frame keeps. */
#include "config.h"

#include "plugins/transport-stomp/stomp-parser.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

/* A body's block grows with what has come, not with what was announced. */
#define FIRST_BLOCK (16 * 1024)

typedef enum { BETWEEN, HEAD, COUNTED, OPEN, END } State;

struct _StompParser {
  StompLimits limits;
  State state;
  GString *head;    /* nullable: command and header lines so far */
  gsize line_start; /* in @head */
  guint lines;      /* complete ones in @head */
  StompFrame *frame;
  guint8 *body;
  gsize length; /* of what is in @body */
  gsize block;  /* its size */
  gsize wanted; /* content-length */
};

StompParser *
stomp_parser_new (const StompLimits *limits)
{
  StompParser *self = g_new0 (StompParser, 1);

  self->limits = *limits;
  return self;
}

void
stomp_parser_free (StompParser *self)
{
  if (self == NULL)
    return;
  if (self->head != NULL)
    g_string_free (self->head, TRUE);
  stomp_frame_free (self->frame);
  g_free (self->body);
  g_free (self);
}

void
stomp_parser_set_max_body (StompParser *self, gsize bytes)
{
  self->limits.body = bytes;
}

const StompFrame *
stomp_parser_peek_frame (StompParser *self)
{
  return self->frame;
}

gsize
stomp_parser_get_held (StompParser *self)
{
  return self->block + (self->head != NULL ? self->head->allocated_len : 0);
}

/* ---- the head */

static gboolean
check_head (StompParser *self, GError **error)
{
  gsize line = self->head->len - self->line_start;

  if (self->head->len > self->limits.header_bytes)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "the headers of one frame may have %zu bytes",
                 self->limits.header_bytes);
  else if (line > self->limits.header_line + strlen ("\r\n"))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "a header line may have %zu bytes", self->limits.header_line);
  else if (self->lines > self->limits.headers + 1)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "a frame may have %u headers", self->limits.headers);
  else
    return TRUE;
  return FALSE;
}

static gboolean
refuse_body (StompParser *self, const char *size, GError **error)
{
  const char *destination = stomp_frame_get (self->frame, "destination");
  g_autofree char *where = destination != NULL ? stomp_quote (destination, strlen (destination)) : NULL;
  const char *name = stomp_command_get_name (self->frame->command);

  if (!stomp_command_has_body (self->frame->command))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: has a body", name);
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s%s%s: a body of %s bytes, of at most %zu", name,
                 where != NULL ? " to " : "", where != NULL ? where : "", size, self->limits.body);
  return FALSE;
}

static gsize
get_max_body (StompParser *self)
{
  return stomp_command_has_body (self->frame->command) ? self->limits.body : 0;
}

/* The blank line has come. */
static gboolean
end_head (StompParser *self, GError **error)
{
  gsize length = self->line_start;
  guint64 wanted = 0;

  self->line_start = 0;
  self->lines = 0;
  g_string_truncate (self->head, length);
  self->frame = stomp_frame_new_take (g_string_free (g_steal_pointer (&self->head), FALSE), length, error);
  if (self->frame == NULL)
    return FALSE;
  self->state = OPEN;
  if (stomp_frame_get (self->frame, "content-length") == NULL)
    return TRUE;
  if (!stomp_frame_get_number (self->frame, "content-length", G_MAXINT64, 0, &wanted, error))
    return FALSE;
  if (wanted > get_max_body (self))
    return refuse_body (self, stomp_frame_get (self->frame, "content-length"), error);
  self->wanted = (gsize)wanted;
  self->state = wanted > 0 ? COUNTED : END;
  return TRUE;
}

/* Up to the end of one line. */
static gboolean
read_head (StompParser *self, const guint8 *data, gsize length, gsize *consumed, GError **error)
{
  const guint8 *end = memchr (data, '\n', length);
  gsize piece = end != NULL ? (gsize)(end - data) + 1 : length;

  *consumed = piece;
  if (memchr (data, '\0', piece) != NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a NUL before the blank line that ends the headers");
    return FALSE;
  }
  if (self->head == NULL)
    self->head = g_string_sized_new (256);
  g_string_append_len (self->head, (const char *)data, (gssize)piece);
  if (end == NULL)
    return check_head (self, error);

  const char *line = self->head->str + self->line_start;
  if (g_str_equal (line, "\n") || g_str_equal (line, "\r\n"))
    return end_head (self, error);
  self->lines++;
  if (!check_head (self, error))
    return FALSE;
  self->line_start = self->head->len;
  return TRUE;
}

/* ---- the body */

static void
append_body (StompParser *self, const guint8 *data, gsize length, gsize most)
{
  gsize needed = self->length + length;

  if (needed > self->block) {
    self->block = MIN (MAX (MAX (self->block * 2, needed), FIRST_BLOCK), most);
    self->body = g_realloc (self->body, self->block);
  }
  memcpy (self->body + self->length, data, length);
  self->length = needed;
}

static void
read_counted (StompParser *self, const guint8 *data, gsize length, gsize *consumed)
{
  *consumed = MIN (length, self->wanted - self->length);
  append_body (self, data, *consumed, self->wanted);
  if (self->length == self->wanted)
    self->state = END;
}

static StompFrame *
end_frame (StompParser *self)
{
  if (self->length > 0) {
    guint8 *body = g_steal_pointer (&self->body);
    if (self->block > self->length)
      body = g_realloc (body, self->length);
    g_autoptr (GBytes) bytes = g_bytes_new_take (body, self->length);
    stomp_frame_set_body (self->frame, bytes);
  }
  self->length = 0;
  self->block = 0;
  self->state = BETWEEN;
  return g_steal_pointer (&self->frame);
}

static gboolean
read_open (StompParser *self, const guint8 *data, gsize length, gsize *consumed, StompFrame **frame, GError **error)
{
  const guint8 *end = memchr (data, '\0', length);
  gsize piece = end != NULL ? (gsize)(end - data) : length;
  gsize most = get_max_body (self);

  if (piece > most - self->length) {
    g_autofree char *more = g_strdup_printf ("more than %zu", most);
    return refuse_body (self, more, error);
  }
  if (piece > 0)
    append_body (self, data, piece, most);
  *consumed = piece;
  if (end != NULL) {
    *consumed += 1;
    *frame = end_frame (self);
  }
  return TRUE;
}

static gboolean
read_end (StompParser *self, guint8 byte, StompFrame **frame, GError **error)
{
  if (byte != '\0') {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: the body is longer than its content-length, %zu",
                 stomp_command_get_name (self->frame->command), self->wanted);
    return FALSE;
  }
  *frame = end_frame (self);
  return TRUE;
}

gboolean
stomp_parser_feed (StompParser *self, const guint8 *data, gsize length, gsize *consumed, StompFrame **frame,
                   GError **error)
{
  gboolean good = TRUE;
  gsize at = 0;

  *frame = NULL;
  while (good && *frame == NULL && at < length) {
    gsize piece = 1;
    switch (self->state) {
    case BETWEEN:
      if (data[at] == '\n' || data[at] == '\r')
        break;
      self->state = HEAD;
      G_GNUC_FALLTHROUGH;
    case HEAD:
      good = read_head (self, data + at, length - at, &piece, error);
      break;
    case COUNTED:
      read_counted (self, data + at, length - at, &piece);
      break;
    case OPEN:
      good = read_open (self, data + at, length - at, &piece, frame, error);
      break;
    case END:
    default:
      good = read_end (self, data[at], frame, error);
    }
    at += piece;
  }
  *consumed = MIN (at, length);
  return good;
}
