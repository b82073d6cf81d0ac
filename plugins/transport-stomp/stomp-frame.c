/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of STOMP 1.2: one block of text for all headers, unescaped in place, and a body that is shared. */
#include "config.h"

#include "plugins/transport-stomp/stomp-frame.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

static const char *const command_names[] = {
  "CONNECT", "STOMP",  "CONNECTED", "SEND",       "SUBSCRIBE", "UNSUBSCRIBE", "ACK",   "NACK",
  "BEGIN",   "COMMIT", "ABORT",     "DISCONNECT", "MESSAGE",   "RECEIPT",     "ERROR",
};
G_STATIC_ASSERT (G_N_ELEMENTS (command_names) == STOMP_N_COMMANDS);

const char *
stomp_command_get_name (StompCommand command)
{
  return command_names[command];
}

int
stomp_command_find (const char *name)
{
  for (guint i = 0; i < STOMP_N_COMMANDS; i++)
    if (g_str_equal (command_names[i], name))
      return (int)i;
  return -1;
}

gboolean
stomp_command_has_body (StompCommand command)
{
  return command == STOMP_SEND || command == STOMP_MESSAGE || command == STOMP_ERROR;
}

gboolean
stomp_command_escapes (StompCommand command)
{
  return command != STOMP_CONNECT && command != STOMP_CONNECTED;
}

/* ---- reading */

static gboolean
unescape (char *text, GError **error)
{
  char *to = strchr (text, '\\');

  for (const char *from = to; from != NULL && *from != '\0'; to++) {
    if (*from != '\\') {
      *to = *from++;
      continue;
    }
    switch (from[1]) {
    case 'n':
      *to = '\n';
      break;
    case 'r':
      *to = '\r';
      break;
    case 'c':
      *to = ':';
      break;
    case '\\':
      *to = '\\';
      break;
    default: {
      g_autofree char *what = stomp_quote (from, from[1] != '\0' ? 2 : 1);
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s is no escape sequence", what);
      return FALSE;
    }
    }
    from += 2;
  }
  if (to != NULL)
    *to = '\0';
  return TRUE;
}

/* Cuts the line that begins at *@cursor off and moves behind it. */
static char *
take_line (char **cursor)
{
  char *line = *cursor;
  char *end = strchr (line, '\n');

  *cursor = end != NULL ? end + 1 : line + strlen (line);
  if (end == NULL)
    end = *cursor;
  if (end > line && end[-1] == '\r')
    end[-1] = '\0';
  *end = '\0';
  return line;
}

static gboolean
read_header (StompFrame *self, char *line, GError **error)
{
  char *colon = strchr (line, ':');

  if (colon == NULL || colon == line) {
    g_autofree char *what = stomp_quote (line, strlen (line));
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: header line %s has no %s", command_names[self->command],
                 what, colon == NULL ? "colon" : "name");
    return FALSE;
  }
  *colon = '\0';
  if (stomp_command_escapes (self->command)) {
    char *parts[] = { line, colon + 1 };
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
      if (strchr (parts[i], '\r') != NULL || !unescape (parts[i], error)) {
        g_autofree char *what = stomp_quote (line, strlen (line));
        if (error != NULL && *error == NULL)
          g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a carriage return must be escaped");
        g_prefix_error (error, "%s: header %s: ", command_names[self->command], what);
        return FALSE;
      }
  }
  self->headers[self->n_headers++] = (StompHeader){ line, colon + 1 };
  return TRUE;
}

static guint
count_lines (const char *text)
{
  guint lines = 1;

  for (const char *c = text; (c = strchr (c, '\n')) != NULL; c++)
    lines++;
  return lines;
}

StompFrame *
stomp_frame_new_take (char *text, gsize length, GError **error)
{
  g_autoptr (StompFrame) self = g_new0 (StompFrame, 1);
  char *cursor = text;

  self->text = text;
  if (memchr (text, '\0', length) != NULL || !g_utf8_validate (text, (gssize)length, NULL)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the headers are not UTF-8 text");
    return NULL;
  }
  guint lines = count_lines (text);
  const char *name = take_line (&cursor);
  int command = stomp_command_find (name);
  if (command < 0) {
    g_autofree char *what = stomp_quote (name, strlen (name));
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s is no STOMP command", what);
    return NULL;
  }
  self->command = (StompCommand)command;
  self->headers = g_new (StompHeader, lines);
  while (*cursor != '\0')
    if (!read_header (self, take_line (&cursor), error))
      return NULL;
  self->size = sizeof *self + length + lines * sizeof *self->headers;
  self->body = g_bytes_new_static ("", 0);
  return g_steal_pointer (&self);
}

void
stomp_frame_free (StompFrame *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self->headers);
  g_free (self->text);
  g_free (self);
}

void
stomp_frame_set_body (StompFrame *self, GBytes *body)
{
  self->size += g_bytes_get_size (body) - g_bytes_get_size (self->body);
  g_bytes_ref (body);
  g_bytes_unref (self->body);
  self->body = body;
}

const char *
stomp_frame_get (const StompFrame *self, const char *name)
{
  for (guint i = 0; i < self->n_headers; i++)
    if (g_str_equal (self->headers[i].name, name))
      return self->headers[i].value;
  return NULL;
}

gboolean
stomp_frame_get_number (const StompFrame *self, const char *name, guint64 max, guint64 fallback, guint64 *number,
                        GError **error)
{
  const char *value = stomp_frame_get (self, name);

  *number = fallback;
  if (value == NULL || g_ascii_string_to_unsigned (value, 10, 0, max, number, NULL))
    return TRUE;
  g_autofree char *what = stomp_quote (value, strlen (value));
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s: header %s: %s is no number from 0 to %" G_GUINT64_FORMAT,
               command_names[self->command], name, what, max);
  return FALSE;
}

/* ---- writing */

GString *
stomp_head_new (StompCommand command)
{
  GString *head = g_string_sized_new (256);

  g_string_append (head, command_names[command]);
  g_string_append_c (head, '\n');
  return head;
}

static void
append_escaped (GString *head, const char *text)
{
  for (;;) {
    gsize plain = strcspn (text, "\n\r:\\");
    g_string_append_len (head, text, (gssize)plain);
    text += plain;
    if (*text == '\0')
      return;
    g_string_append_c (head, '\\');
    g_string_append_c (head, *text == '\n' ? 'n' : *text == '\r' ? 'r' : *text == ':' ? 'c' : '\\');
    text++;
  }
}

void
stomp_head_add (GString *head, const char *name, const char *value)
{
  if (value == NULL)
    return;
  append_escaped (head, name);
  g_string_append_c (head, ':');
  append_escaped (head, value);
  g_string_append_c (head, '\n');
}

void
stomp_head_add_number (GString *head, const char *name, guint64 value)
{
  g_string_append_printf (head, "%s:%" G_GUINT64_FORMAT "\n", name, value);
}

void
stomp_head_add_verbatim (GString *head, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (head, "%s:", name);
  g_string_append_len (head, value, (gssize)strcspn (value, "\r\n"));
  g_string_append_c (head, '\n');
}

void
stomp_head_end (GString *head)
{
  g_string_append_c (head, '\n');
}

char *
stomp_quote (const char *text, gsize length)
{
  g_autofree char *start = g_strndup (text, MIN (length, 60));
  g_autofree char *plain = g_strescape (start, NULL);

  return g_strdup_printf ("\"%s\"%s", plain, strlen (start) < length ? "..." : "");
}
