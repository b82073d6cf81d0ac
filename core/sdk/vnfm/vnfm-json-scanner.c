/* SPDX-License-Identifier: Apache-2.0 */
/* A pull scanner: one function for each kind of token, one that knows what may follow what. What is open is kept in a
 * small array instead of on the stack, so that input cannot make it recurse. */
#include "config.h"

#include "vnfm-json-scanner.h"

#include <vnfm/vnfm-error.h>

#include <math.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
/* A number of fewer characters and without an exponent is always finite. */
#define SURELY_FINITE 300

gboolean
json_scanner_fail (JsonScanner *self, const char *where, const char *what, GError **error)
{
  guint line = 1;
  guint column = 1;

  for (const char *p = self->text; p < where; p++) {
    if (*p == '\n') {
      line++;
      column = 1;
    } else if (((guchar)*p & 0xC0) != 0x80) {
      column++;
    }
  }
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "JSON, line %u, column %u: %s", line, column, what);
  return FALSE;
}

gboolean
json_scanner_init (JsonScanner *self, const char *text, gsize length, GError **error)
{
  const gsize mark = strlen (BYTE_ORDER_MARK);
  const char *invalid;

  self->text = text != NULL ? text : "";
  self->limit = self->text + length;
  if (length >= mark && memcmp (self->text, BYTE_ORDER_MARK, mark) == 0)
    self->text += mark;
  self->cursor = self->text;
  self->expect = JSON_EXPECT_VALUE;
  self->depth = 0;
  /* A NUL is valid nowhere in JSON, so what g_utf8_validate_len() says of it is right. */
  if (!g_utf8_validate_len (self->text, (gsize)(self->limit - self->text), &invalid))
    return json_scanner_fail (self, invalid, "not UTF-8 text", error);
  return TRUE;
}

static void
skip_blanks (JsonScanner *self)
{
  while (self->cursor < self->limit &&
         (*self->cursor == ' ' || *self->cursor == '\n' || *self->cursor == '\r' || *self->cursor == '\t'))
    self->cursor++;
}

char
json_scanner_peek (JsonScanner *self)
{
  skip_blanks (self);
  return self->cursor < self->limit ? *self->cursor : '\0';
}

void
json_scanner_skip_value (JsonScanner *self, const char *end)
{
  self->cursor = end;
  self->expect = self->depth == 0 ? JSON_EXPECT_END : JSON_EXPECT_AFTER_VALUE;
}

static gboolean
scan_escape (JsonScanner *self, const char **p, GError **error)
{
  const char *escape = *p;

  if (self->limit - escape < 2)
    return json_scanner_fail (self, escape, "the text ends within a string", error);
  if (strchr ("\"\\/bfnrt", escape[1]) != NULL && escape[1] != '\0') {
    *p = escape + 2;
    return TRUE;
  }
  if (escape[1] != 'u' || self->limit - escape < 6)
    return json_scanner_fail (self, escape, "unknown escape in a string", error);
  for (int i = 2; i < 6; i++) {
    if (!g_ascii_isxdigit (escape[i]))
      return json_scanner_fail (self, escape, "\\u needs four hexadecimal digits", error);
  }
  *p = escape + 6;
  return TRUE;
}

static gboolean
scan_string (JsonScanner *self, GError **error)
{
  const char *p = self->cursor + 1;

  while (p < self->limit && *p != '"') {
    if (*p == '\\') {
      if (!scan_escape (self, &p, error))
        return FALSE;
    } else if ((guchar)*p < 0x20) {
      return json_scanner_fail (self, p, "control character in a string", error);
    } else {
      p++;
    }
  }
  if (p == self->limit)
    return json_scanner_fail (self, self->cursor, "the text ends within a string", error);
  self->end = self->cursor = p + 1;
  self->token = JSON_TOKEN_STRING;
  return TRUE;
}

static const char *
skip_digits (const char *p, const char *limit)
{
  while (p < limit && g_ascii_isdigit (*p))
    p++;
  return p;
}

static gboolean
is_finite (const char *start, const char *end)
{
  g_autofree char *text = g_strndup (start, (gsize)(end - start));

  return isfinite (g_ascii_strtod (text, NULL));
}

static gboolean
scan_number (JsonScanner *self, GError **error)
{
  const char *limit = self->limit;
  const char *p = self->cursor + (*self->cursor == '-');
  const char *whole = p;
  gboolean exponent = FALSE;

  self->token = JSON_TOKEN_INTEGER;
  p = skip_digits (p, limit);
  if (p == whole || (*whole == '0' && p - whole > 1))
    return json_scanner_fail (self, self->cursor, "malformed number", error);
  if (p < limit && *p == '.') {
    self->token = JSON_TOKEN_DOUBLE;
    const char *fraction = p + 1;
    p = skip_digits (fraction, limit);
    if (p == fraction)
      return json_scanner_fail (self, self->cursor, "malformed number", error);
  }
  if (p < limit && (*p == 'e' || *p == 'E')) {
    self->token = JSON_TOKEN_DOUBLE;
    exponent = TRUE;
    p++;
    if (p < limit && (*p == '+' || *p == '-'))
      p++;
    const char *digits = p;
    p = skip_digits (digits, limit);
    if (p == digits)
      return json_scanner_fail (self, self->cursor, "malformed number", error);
  }
  if ((exponent || p - self->cursor >= SURELY_FINITE) && !is_finite (self->cursor, p))
    return json_scanner_fail (self, self->cursor, "number out of range", error);
  self->end = self->cursor = p;
  return TRUE;
}

static gboolean
scan_literal (JsonScanner *self, GError **error)
{
  static const struct {
    const char *text;
    JsonTokenKind token;
  } literals[] = {
    { "true", JSON_TOKEN_TRUE },
    { "false", JSON_TOKEN_FALSE },
    { "null", JSON_TOKEN_NULL },
  };
  gsize left = (gsize)(self->limit - self->cursor);

  for (guint i = 0; i < G_N_ELEMENTS (literals); i++) {
    gsize length = strlen (literals[i].text);
    if (left >= length && memcmp (self->cursor, literals[i].text, length) == 0) {
      self->end = self->cursor = self->cursor + length;
      self->token = literals[i].token;
      return TRUE;
    }
  }
  return json_scanner_fail (self, self->cursor, "a value was expected", error);
}

static gboolean
open_container (JsonScanner *self, gboolean is_object, GError **error)
{
  if (self->depth == JSON_MAX_DEPTH)
    return json_scanner_fail (self, self->cursor, "nested too deeply", error);
  self->is_object[self->depth++] = is_object;
  self->token = is_object ? JSON_TOKEN_OBJECT : JSON_TOKEN_ARRAY;
  self->expect = is_object ? JSON_EXPECT_FIRST_NAME : JSON_EXPECT_FIRST_ELEMENT;
  self->end = ++self->cursor;
  return TRUE;
}

static gboolean
close_container (JsonScanner *self)
{
  self->token = self->is_object[--self->depth] ? JSON_TOKEN_END_OBJECT : JSON_TOKEN_END_ARRAY;
  json_scanner_skip_value (self, self->cursor + 1);
  self->end = self->cursor;
  return TRUE;
}

static gboolean
scan_value (JsonScanner *self, GError **error)
{
  gboolean fine;

  switch (*self->cursor) {
  case '{':
    return open_container (self, TRUE, error);
  case '[':
    return open_container (self, FALSE, error);
  case '"':
    fine = scan_string (self, error);
    break;
  default:
    fine = *self->cursor == '-' || g_ascii_isdigit (*self->cursor) ? scan_number (self, error)
                                                                   : scan_literal (self, error);
    break;
  }
  if (fine)
    json_scanner_skip_value (self, self->end);
  return fine;
}

static gboolean
scan_name (JsonScanner *self, GError **error)
{
  if (*self->cursor != '"')
    return json_scanner_fail (self, self->cursor, "a member's name was expected", error);
  if (!scan_string (self, error))
    return FALSE;
  if (json_scanner_peek (self) != ':')
    return json_scanner_fail (self, self->cursor, "\":\" was expected", error);
  self->cursor++;
  self->token = JSON_TOKEN_NAME;
  self->expect = JSON_EXPECT_VALUE;
  return TRUE;
}

/* After a value within a container: its end, or a comma and what comes then. */
static gboolean
scan_after_value (JsonScanner *self, GError **error)
{
  gboolean in_object = self->is_object[self->depth - 1];

  if (*self->cursor == (in_object ? '}' : ']'))
    return close_container (self);
  if (*self->cursor != ',')
    return json_scanner_fail (self, self->cursor,
                              in_object ? "\",\" or \"}\" was expected" : "\",\" or \"]\" was expected", error);
  self->cursor++;
  self->expect = in_object ? JSON_EXPECT_NAME : JSON_EXPECT_VALUE;
  return json_scanner_next (self, error);
}

gboolean
json_scanner_next (JsonScanner *self, GError **error)
{
  skip_blanks (self);
  self->start = self->cursor;
  if (self->cursor == self->limit) {
    self->token = JSON_TOKEN_END;
    if (self->expect == JSON_EXPECT_END)
      return TRUE;
    return json_scanner_fail (self, self->cursor,
                              self->cursor == self->text ? "the text is empty" : "the text ends too early", error);
  }
  switch (self->expect) {
  case JSON_EXPECT_FIRST_ELEMENT:
    return *self->cursor == ']' ? close_container (self) : scan_value (self, error);
  case JSON_EXPECT_FIRST_NAME:
    return *self->cursor == '}' ? close_container (self) : scan_name (self, error);
  case JSON_EXPECT_NAME:
    return scan_name (self, error);
  case JSON_EXPECT_AFTER_VALUE:
    return scan_after_value (self, error);
  case JSON_EXPECT_END:
    return json_scanner_fail (self, self->cursor, "something follows the value", error);
  case JSON_EXPECT_VALUE:
  default:
    return scan_value (self, error);
  }
}

static gunichar
hex4 (const char *p)
{
  gunichar value = 0;

  for (int i = 0; i < 4; i++)
    value = value * 16 + (gunichar)g_ascii_xdigit_value (p[i]);
  return value;
}

/* @p: behind "\u". Returns: behind what was read. */
static const char *
unescape_unicode (GString *out, const char *p, const char *end)
{
  gunichar c = hex4 (p);

  p += 4;
  if (c >= 0xD800 && c < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
    gunichar low = hex4 (p + 2);
    if (low >= 0xDC00 && low < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      p += 6;
    }
  }
  if (c == 0 || (c >= 0xD800 && c < 0xE000))
    c = 0xFFFD;
  g_string_append_unichar (out, c);
  return p;
}

char *
json_scanner_unescape (const char *start, const char *end)
{
  const char *p = start + 1;

  end--;
  if (memchr (p, '\\', (gsize)(end - p)) == NULL)
    return g_strndup (p, (gsize)(end - p));

  GString *out = g_string_sized_new ((gsize)(end - p));
  while (p < end) {
    const char *escape = memchr (p, '\\', (gsize)(end - p));
    if (escape == NULL)
      escape = end;
    g_string_append_len (out, p, escape - p);
    if (escape == end)
      break;
    p = escape + 2;
    switch (escape[1]) {
    case 'b':
      g_string_append_c (out, '\b');
      break;
    case 'f':
      g_string_append_c (out, '\f');
      break;
    case 'n':
      g_string_append_c (out, '\n');
      break;
    case 'r':
      g_string_append_c (out, '\r');
      break;
    case 't':
      g_string_append_c (out, '\t');
      break;
    case 'u':
      p = unescape_unicode (out, p, end);
      break;
    default:
      g_string_append_c (out, escape[1]);
      break;
    }
  }
  return g_string_free (out, FALSE);
}
