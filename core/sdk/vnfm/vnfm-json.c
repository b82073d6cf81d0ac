/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with JSON text without making a tree of it: finding an object's members, and taking the byte arrays
 * out. Both are one pass of the scanner. */
#include "config.h"

#include <vnfm/vnfm-json.h>

#include <vnfm/vnfm-error.h>

#include "vnfm-json-scanner.h"

#include <string.h>

static void
clear_span (gpointer data)
{
  g_free (((VnfmJsonSpan *)data)->name);
}

/* Puts @span in, in the place of an earlier one of the same name if there is one. */
static void
add_span (GArray *spans, GHashTable *places, VnfmJsonSpan span)
{
  gpointer place;

  if (g_hash_table_lookup_extended (places, span.name, NULL, &place)) {
    VnfmJsonSpan *earlier = &g_array_index (spans, VnfmJsonSpan, GPOINTER_TO_UINT (place));
    earlier->offset = span.offset;
    earlier->length = span.length;
    g_free (span.name);
    return;
  }
  g_hash_table_insert (places, span.name, GUINT_TO_POINTER (spans->len));
  g_array_append_val (spans, span);
}

GArray *
vnfm_json_scan (const char *text, gsize length, GError **error)
{
  JsonScanner scanner;
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (VnfmJsonSpan));
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  VnfmJsonSpan span = { NULL, 0, 0 };

  g_array_set_clear_func (spans, clear_span);
  if (!json_scanner_init (&scanner, text, length, error) || !json_scanner_next (&scanner, error))
    return NULL;
  if (scanner.token != JSON_TOKEN_OBJECT) {
    json_scanner_fail (&scanner, scanner.start, "an object was expected", error);
    return NULL;
  }
  while (scanner.token != JSON_TOKEN_END) {
    if (!json_scanner_next (&scanner, error)) {
      g_free (span.name);
      return NULL;
    }
    if (scanner.depth != 1)
      continue;
    if (scanner.token == JSON_TOKEN_NAME) {
      span.name = json_scanner_unescape (scanner.start, scanner.end);
      json_scanner_peek (&scanner);
      span.offset = (gsize)(scanner.cursor - text);
    } else if (span.name != NULL) {
      span.length = (gsize)(scanner.end - text) - span.offset;
      add_span (spans, places, span);
      span.name = NULL;
    }
  }
  return g_steal_pointer (&spans);
}

const VnfmJsonSpan *
vnfm_json_find (GArray *spans, const char *name)
{
  for (guint i = 0; i < spans->len; i++) {
    const VnfmJsonSpan *span = &g_array_index (spans, VnfmJsonSpan, i);
    if (strcmp (span->name, name) == 0)
      return span;
  }
  return NULL;
}

char *
vnfm_json_unquote (const char *text, gsize length)
{
  if (length < 2 || text[0] != '"' || text[length - 1] != '"')
    return NULL;
  return json_scanner_unescape (text, text + length);
}

/* ---- byte arrays */

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Reads an array that holds nothing but integers of one byte.
 * Returns: (nullable): the byte behind it; NULL without an error where it holds something else, which is then left
 * to the scanner. */
static const char *
read_bytes (JsonScanner *scanner, GByteArray *bytes, GError **error)
{
  const char *p = scanner->cursor + 1;
  const char *limit = scanner->limit;
  gboolean first = TRUE;

  for (;;) {
    gboolean negative = FALSE;
    int value = 0;

    while (p < limit && is_blank (*p))
      p++;
    if (first && p < limit && *p == ']')
      return p + 1;
    first = FALSE;
    const char *number = p;
    if (p < limit && *p == '-') {
      negative = TRUE;
      p++;
    }
    const char *digits = p;
    for (; p < limit && g_ascii_isdigit (*p); p++)
      value = MIN (value * 10 + (*p - '0'), 1000);
    if (p == digits || (*digits == '0' && p - digits > 1) || (p < limit && (*p == '.' || *p == 'e' || *p == 'E')))
      return NULL;
    value = negative ? -value : value;
    if (value < -128 || value > 255) {
      json_scanner_fail (scanner, number, "a byte of a payload is not within -128..255", error);
      return NULL;
    }
    guint8 byte = (guint8)value;
    g_byte_array_append (bytes, &byte, 1);
    while (p < limit && is_blank (*p))
      p++;
    if (p < limit && *p == ']')
      return p + 1;
    if (p == limit || *p != ',')
      return NULL;
    p++;
  }
}

static gboolean
is_payload_name (const JsonScanner *scanner)
{
  static const char name[] = "\"payload\"";

  return (gsize)(scanner->end - scanner->start) == strlen (name) && memcmp (scanner->start, name, strlen (name)) == 0;
}

/* At the value of a member "payload". @copied: up to where the text stands in @out.
 * Returns: FALSE on an error; TRUE otherwise, whether something was lifted or not. */
static gboolean
lift_one (JsonScanner *scanner, GString *out, const char **copied, GPtrArray *payloads, GError **error)
{
  GError *problem = NULL;
  char begin = json_scanner_peek (scanner);

  /* An index and a number that stood there would look the same. */
  if (begin == '-' || g_ascii_isdigit (begin))
    return json_scanner_fail (scanner, scanner->cursor, "a payload is a number, not an array of bytes", error);
  if (begin != '[')
    return TRUE;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const char *end = read_bytes (scanner, bytes, &problem);
  if (problem != NULL) {
    g_propagate_error (error, problem);
    return FALSE;
  }
  if (end == NULL)
    return TRUE;
  g_string_append_len (out, *copied, scanner->cursor - *copied);
  g_string_append_printf (out, "%u", payloads->len);
  g_ptr_array_add (payloads, g_byte_array_free_to_bytes (g_steal_pointer (&bytes)));
  *copied = end;
  json_scanner_skip_value (scanner, end);
  return TRUE;
}

GBytes *
vnfm_json_lift_payloads (GBytes *text, GPtrArray **payloads, GError **error)
{
  JsonScanner scanner;
  gsize length;
  const char *data = g_bytes_get_data (text, &length);
  g_autoptr (GPtrArray) lifted = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GString) out = g_string_new (NULL);

  if (!json_scanner_init (&scanner, data, length, error))
    return NULL;
  const char *copied = scanner.text;
  do {
    if (!json_scanner_next (&scanner, error))
      return NULL;
    if (scanner.token == JSON_TOKEN_NAME && is_payload_name (&scanner) &&
        !lift_one (&scanner, out, &copied, lifted, error))
      return NULL;
  } while (scanner.token != JSON_TOKEN_END);

  GBytes *result;
  if (lifted->len == 0) {
    result = g_bytes_ref (text);
  } else {
    g_string_append_len (out, copied, scanner.limit - copied);
    result = g_string_free_to_bytes (g_steal_pointer (&out));
  }
  *payloads = g_steal_pointer (&lifted);
  return result;
}
