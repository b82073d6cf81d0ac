/* SPDX-License-Identifier: Apache-2.0 */
/* What both languages share; and Python, where a line is enough to see a variable. */
#include "config.h"

#include "core/package/script-scan.h"

#include <string.h>

static void
reading_free (gpointer data)
{
  NfvoReading *reading = data;

  g_free (reading->name);
  g_free (reading);
}

NfvoScan *
nfvo_scan_new (void)
{
  NfvoScan *self = g_new0 (NfvoScan, 1);

  self->readings = g_ptr_array_new_with_free_func (reading_free);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sources = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
nfvo_scan_free (NfvoScan *self)
{
  g_ptr_array_unref (self->readings);
  g_hash_table_unref (self->known);
  g_ptr_array_unref (self->sources);
  g_free (self);
}

void
nfvo_scan_add_reading (NfvoScan *self, const char *name, gsize length, guint line)
{
  for (guint i = 0; i < self->readings->len; i++) {
    const NfvoReading *old = self->readings->pdata[i];
    if (strlen (old->name) == length && strncmp (old->name, name, length) == 0)
      return;
  }
  NfvoReading *reading = g_new0 (NfvoReading, 1);
  reading->name = g_strndup (name, length);
  reading->line = line;
  g_ptr_array_add (self->readings, reading);
}

void
nfvo_scan_add_known (NfvoScan *self, const char *name, gsize length)
{
  g_hash_table_add (self->known, g_strndup (name, length));
}

/* ---- languages */

/* "#!/usr/bin/env -S python3 -u": "python3". Returns: (transfer full) (nullable). */
static char *
dup_interpreter (const char *text, gsize length)
{
  const char *end = length > 0 ? memchr (text, '\n', length) : NULL;
  gsize n = end != NULL ? (gsize)(end - text) : length;

  if (n < 3 || n > 255 || text[0] != '#' || text[1] != '!')
    return NULL;
  g_autofree char *line = g_strndup (text + 2, n - 2);
  g_auto (GStrv) words = g_strsplit_set (line, " \t\r", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *name = words[i][0] != '\0' ? g_path_get_basename (words[i]) : NULL;
    if (name != NULL && name[0] != '-' && strchr (name, '=') == NULL && !g_str_equal (name, "env"))
      return g_steal_pointer (&name);
  }
  return NULL;
}

NfvoLanguage
nfvo_script_guess_language (const char *name, const char *text, gsize length)
{
  static const char *const shells[] = { "sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox", NULL };
  g_autofree char *interpreter = dup_interpreter (text, length);

  if (length > 0 && memchr (text, '\0', length) != NULL)
    return NFVO_SCRIPT_OTHER;
  if (interpreter != NULL && g_strv_contains (shells, interpreter))
    return NFVO_SCRIPT_SHELL;
  if (interpreter != NULL)
    return g_str_has_prefix (interpreter, "python") ? NFVO_SCRIPT_PYTHON : NFVO_SCRIPT_OTHER;
  return g_str_has_suffix (name, ".py") ? NFVO_SCRIPT_PYTHON : NFVO_SCRIPT_SHELL;
}

/* ---- Python */

typedef enum {
  ACCESS_INDEX, /* a reading, unless "=" follows */
  ACCESS_CALL,  /* a reading, unless a default follows */
  ACCESS_TEST,
} Access;

static void
take_match (NfvoScan *self, GMatchInfo *match, const char *line, Access access, guint number)
{
  int begin;
  int end;
  int after;

  if (!g_match_info_fetch_pos (match, 1, &begin, &end) || !g_match_info_fetch_pos (match, 0, NULL, &after))
    return;
  const char *rest = line + after;
  rest += strspn (rest, " \t");
  gboolean assigned = access == ACCESS_INDEX && rest[0] == '=' && rest[1] != '=';
  if (access == ACCESS_TEST || assigned || (access == ACCESS_CALL && rest[0] == ','))
    nfvo_scan_add_known (self, line + begin, (gsize)(end - begin));
  else
    nfvo_scan_add_reading (self, line + begin, (gsize)(end - begin), number);
}

static void
find_in_line (NfvoScan *self, GRegex *regex, const char *line, Access access, guint number)
{
  g_autoptr (GMatchInfo) match = NULL;

  for (g_regex_match (regex, line, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    take_match (self, match, line, access, number);
}

void
nfvo_scan_python (NfvoScan *self, const char *text, gsize length)
{
  static const char *const patterns[] = {
    [ACCESS_INDEX] = "\\benviron\\s*\\[\\s*['\"](\\w+)['\"]\\s*\\]",
    [ACCESS_CALL] = "\\b(?:getenv|environ\\.get|environ\\.pop|environ\\.setdefault)\\s*\\(\\s*['\"](\\w+)['\"]",
    [ACCESS_TEST] = "['\"](\\w+)['\"]\\s+(?:not\\s+)?in\\s+(?:os\\.)?environ\\b",
  };
  g_autofree char *copy = g_strndup (text, length);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++) {
    g_autoptr (GRegex) regex = g_regex_new (patterns[i], G_REGEX_RAW, 0, NULL);
    for (guint j = 0; lines[j] != NULL; j++) {
      const char *begin = lines[j] + strspn (lines[j], " \t");
      if (begin[0] != '#')
        find_in_line (self, regex, begin, (Access)i, j + 1);
    }
  }
}
