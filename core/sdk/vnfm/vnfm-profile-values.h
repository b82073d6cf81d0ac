/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The pure half of VnfmProfile: reading values, finding lines. Not installed. */

#include <vnfm/vnfm-profile.h>

G_BEGIN_DECLS

/* Checks @text as a value of @key. @number: (out) (optional): of an int, boolean, duration (microseconds) or size
 * (bytes). Errors: VNFM_ERROR_CONFIG. */
gboolean profile_parse (const VnfmKey *key, const char *text, gint64 *number, GError **error);
/* Strings separated by "," or ";", blanks around each and empty ones dropped. Returns: (transfer full). */
GStrv profile_split_list (const char *text);
/* "group\nname" -> line number. Returns: (transfer full). */
GHashTable *profile_index_lines (const char *text);
/* The line at which GKeyFile stops reading @text, which it cannot read. */
guint profile_find_bad_line (const char *text);
/* How many letters one must change, add or drop to make @a into @b, at most 9. */
guint profile_distance (const char *a, const char *b);

G_END_DECLS
