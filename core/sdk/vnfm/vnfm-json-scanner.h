/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Private to libvnfm: JSON text as a stream of tokens, each with its place in the text. Strict (RFC 8259), bounded in
 * depth, never recursive, allocates nothing. */

#include <glib.h>

#define JSON_MAX_DEPTH 128

typedef enum {
  JSON_TOKEN_OBJECT,
  JSON_TOKEN_END_OBJECT,
  JSON_TOKEN_ARRAY,
  JSON_TOKEN_END_ARRAY,
  JSON_TOKEN_NAME,
  JSON_TOKEN_STRING,
  JSON_TOKEN_INTEGER,
  JSON_TOKEN_DOUBLE,
  JSON_TOKEN_TRUE,
  JSON_TOKEN_FALSE,
  JSON_TOKEN_NULL,
  JSON_TOKEN_END,
} JsonTokenKind;

/* What may stand at the cursor. */
typedef enum {
  JSON_EXPECT_VALUE,
  JSON_EXPECT_FIRST_ELEMENT,
  JSON_EXPECT_FIRST_NAME,
  JSON_EXPECT_NAME,
  JSON_EXPECT_AFTER_VALUE,
  JSON_EXPECT_END,
} JsonExpect;

/* @start, @end: the token's bytes; of a name and a string the quotes included.
 * @depth: containers open after the token: the members of the outermost object are names at depth 1.
 * @is_object: for each open container, whether it is an object. */
typedef struct {
  const char *text;
  const char *limit;
  const char *cursor;
  JsonTokenKind token;
  const char *start;
  const char *end;
  JsonExpect expect;
  guint depth;
  gboolean is_object[JSON_MAX_DEPTH];
} JsonScanner;

/* Skips a byte order mark and checks that all of @text is UTF-8. */
gboolean json_scanner_init (JsonScanner *self, const char *text, gsize length, GError **error);
/* Moves on to the next token; JSON_TOKEN_END after the one value and the blanks behind it. */
gboolean json_scanner_next (JsonScanner *self, GError **error);
/* At the value of a member or the next element: what byte it begins with, 0 at the end of the text. */
char json_scanner_peek (JsonScanner *self);
/* The caller has read a whole value itself, up to @end. */
void json_scanner_skip_value (JsonScanner *self, const char *end);
/* VNFM_ERROR_INVALID at @where, with line and column. Returns: FALSE. */
gboolean json_scanner_fail (JsonScanner *self, const char *where, const char *what, GError **error);

/* Unescapes a string or name token of good syntax, quotes included; U+0000 and lone surrogates become U+FFFD. */
char *json_scanner_unescape (const char *start, const char *end);
