/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Reading JSON that other people wrote. Two tools: a scanner that finds where the members of an object stand in its
 * text, so that what is only passed on is never parsed; and getters on json-glib's tree that never complain. */

/**
 * VnfmJsonSpan:
 * @name: the member's name, unescaped
 * @offset: where the value begins, in bytes from the start of the text
 * @length: of the value, in bytes
 */
typedef struct {
  char *name;
  gsize offset;
  gsize length;
} VnfmJsonSpan;

/* One pass over @text, which must be one JSON object (a UTF-8 byte order mark and blanks around it are allowed):
 * checks the syntax, the depth (at most 128) and UTF-8. Returns: (element-type VnfmJsonSpan): its members in order;
 * of a repeated name the last value is kept. Errors: VNFM_ERROR_INVALID with line and column. */
GArray *vnfm_json_scan (const char *text, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Returns: (nullable): borrowed. */
const VnfmJsonSpan *vnfm_json_find (GArray *spans, const char *name);
/* The text of one value, found by vnfm_json_scan(). Returns: (transfer full) (nullable): the string, unescaped; NULL if
 * it is none. U+0000 and lone surrogates become U+FFFD. */
char *vnfm_json_unquote (const char *text, gsize length);
/* The members, at any depth, whose object had one of that name before, in order; any value may be the root. For telling
 * an author; whoever reads takes the last. @length of an object or array is that of its bracket.
 * Returns: (element-type VnfmJsonSpan). Errors: as vnfm_json_scan(). */
GArray *vnfm_json_find_repeated (const char *text, gsize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces each array of integers that is the value of a member "payload" by its index in @payloads (a number), so that
 * json-glib never sees it: an array of 93 KB of signed bytes costs it 1.6 MB. Values are -128..255.
 * An array that holds something else stays; a member "payload" that is a number is an error, it could not be told from
 * an index. Returns: (transfer full): the text without them; @payloads: (element-type GBytes) (transfer full).
 * protocol/openbaton.md, B.0 (byte[]). */
GBytes *vnfm_json_lift_payloads (GBytes *text, GPtrArray **payloads, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Parses strictly sized text (no copy, no terminating NUL needed) under the rules of vnfm_json_scan(); any value may be
 * the root. What vnfm_json_scan() accepts, this does too. Errors: VNFM_ERROR_INVALID with line and column. */
JsonNode *vnfm_json_parse (GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Compact text. 64-bit integers are exact, doubles are read back equal, bytes of strings that are not UTF-8 become
 * U+FFFD. (json-glib's own generator writes some doubles as no JSON at all.) */
GBytes *vnfm_json_write (JsonNode *node);
GBytes *vnfm_json_write_object (JsonObject *object);
/* Appends @value as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD. */
void vnfm_json_append_string (GString *out, const char *value);

/* Getters. @object may be NULL; a member that is absent, null or of another type yields the default.
 * Strings and objects are borrowed. Numbers given as strings ("7") are read as numbers. */
const char *vnfm_json_get_string (JsonObject *object, const char *name);
/* A string, number or boolean as text. Returns: (transfer full) (nullable). */
char *vnfm_json_dup_text (JsonObject *object, const char *name);
gint64 vnfm_json_get_int (JsonObject *object, const char *name, gint64 fallback);
gboolean vnfm_json_get_boolean (JsonObject *object, const char *name, gboolean fallback);
JsonObject *vnfm_json_get_object (JsonObject *object, const char *name);
JsonArray *vnfm_json_get_array (JsonObject *object, const char *name);
/* The object at @index of @array, or NULL (also for a NULL array). */
JsonObject *vnfm_json_element_object (JsonArray *array, guint index);

G_END_DECLS
