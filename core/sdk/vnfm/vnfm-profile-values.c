/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "vnfm-profile-values.h"

#include <errno.h>
#include <string.h>

#define DISTANCE_MOST 32

typedef struct {
  const char *suffix;
  gint64 factor;
} Unit;

static const Unit durations[] = {
  { "", G_TIME_SPAN_SECOND },        { "us", 1 },
  { "ms", G_TIME_SPAN_MILLISECOND }, { "s", G_TIME_SPAN_SECOND },
  { "m", G_TIME_SPAN_MINUTE },       { "h", G_TIME_SPAN_HOUR },
  { "d", G_TIME_SPAN_DAY },          {},
};

static const Unit sizes[] = {
  { "", 1 }, { "K", 1024 }, { "M", 1024 * 1024 }, { "G", 1024 * 1024 * 1024 }, {},
};

static const Unit ints[] = { { "", 1 }, {} };

static gboolean
parse_number (const char *text, const Unit *units, gint64 least, gint64 *number)
{
  char *end = NULL;

  if (!g_ascii_isdigit (text[0]) && !(text[0] == '-' && g_ascii_isdigit (text[1])))
    return FALSE;
  errno = 0;
  gint64 value = g_ascii_strtoll (text, &end, 10);
  if (errno == ERANGE)
    return FALSE;
  for (const Unit *unit = units; unit->suffix != NULL; unit++) {
    if (strcmp (end, unit->suffix) != 0)
      continue;
    if (value < least || value > G_MAXINT64 / unit->factor || value < G_MININT64 / unit->factor)
      return FALSE;
    *number = value * unit->factor;
    return TRUE;
  }
  return FALSE;
}

static gboolean
parse_boolean (const char *text, gint64 *number)
{
  static const char *const yes[] = { "true", "yes", "on", "1", NULL };
  static const char *const no[] = { "false", "no", "off", "0", NULL };

  *number = g_strv_contains (yes, text);
  return *number || g_strv_contains (no, text);
}

static gboolean
is_choice (const char *choices, const char *text)
{
  g_auto (GStrv) words = g_strsplit (choices, "|", -1);

  return g_strv_contains ((const char *const *)words, text);
}

gboolean
profile_parse (const VnfmKey *key, const char *text, gint64 *number, GError **error)
{
  const char *wanted = NULL;
  gint64 value = 0;

  switch (key->type) {
  case VNFM_KEY_STRING:
  case VNFM_KEY_LIST:
    break;
  case VNFM_KEY_INT:
    wanted = parse_number (text, ints, G_MININT64, &value) ? NULL : "a whole number";
    break;
  case VNFM_KEY_BOOLEAN:
    wanted = parse_boolean (text, &value) ? NULL : "true or false";
    break;
  case VNFM_KEY_DURATION:
    wanted = parse_number (text, durations, 0, &value) ? NULL : "a duration (500, 250ms, 30s, 5m, 2h)";
    break;
  case VNFM_KEY_SIZE:
    wanted = parse_number (text, sizes, 0, &value) ? NULL : "a size (4096, 64K, 16M, 1G)";
    break;
  case VNFM_KEY_PATH:
    wanted = g_path_is_absolute (text) ? NULL : "an absolute path";
    break;
  case VNFM_KEY_CHOICE:
    wanted = is_choice (key->choices, text) ? NULL : key->choices;
    break;
  default:
    wanted = "a known type of key";
    break;
  }
  if (wanted != NULL) {
    gboolean secret = (key->flags & VNFM_KEY_SECRET) != 0;
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s%s%s is not %s%s", secret ? "its value" : "\"",
                 secret ? "" : text, secret ? "" : "\"", key->type == VNFM_KEY_CHOICE ? "one of " : "", wanted);
    return FALSE;
  }
  if (number != NULL)
    *number = value;
  return TRUE;
}

GStrv
profile_split_list (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, ",;", -1);
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (guint i = 0; words[i] != NULL; i++)
    if (*g_strstrip (words[i]) != '\0')
      g_strv_builder_add (list, words[i]);
  return g_strv_builder_end (list);
}

GHashTable *
profile_index_lines (const char *text)
{
  GHashTable *lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) all = g_strsplit (text, "\n", -1);
  g_autofree char *group = g_strdup ("");

  for (guint i = 0; all[i] != NULL; i++) {
    char *line = g_strstrip (all[i]);
    char *equals = strchr (line, '=');
    if (line[0] == '[' && strchr (line, ']') != NULL) {
      g_free (group);
      group = g_strndup (line + 1, (gsize)(strchr (line, ']') - line - 1));
    } else if (line[0] != '#' && equals != NULL) {
      g_autofree char *name = g_strndup (line, (gsize)(equals - line));
      g_hash_table_replace (lines, g_strconcat (group, "\n", g_strchomp (name), NULL), GUINT_TO_POINTER (i + 1));
    }
  }
  return lines;
}

/* GKeyFile tells no line: the shortest beginning of the text that it does not take ends in it. */
guint
profile_find_bad_line (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint good = 0, bad = g_strv_length (lines);

  while (bad - good > 1) {
    guint middle = good + (bad - good) / 2;
    g_autofree char *rest = g_steal_pointer (&lines[middle]);
    g_autofree char *beginning = g_strjoinv ("\n", lines);
    g_autoptr (GKeyFile) file = g_key_file_new ();
    lines[middle] = g_steal_pointer (&rest);
    if (g_key_file_load_from_data (file, beginning, strlen (beginning), G_KEY_FILE_NONE, NULL))
      good = middle;
    else
      bad = middle;
  }
  return bad;
}

guint
profile_distance (const char *a, const char *b)
{
  gsize length_a = strlen (a), length_b = strlen (b);
  guint row[DISTANCE_MOST + 1];

  if (length_a > DISTANCE_MOST || length_b > DISTANCE_MOST)
    return 9;
  for (guint j = 0; j <= length_b; j++)
    row[j] = j;
  for (guint i = 1; i <= length_a; i++) {
    guint diagonal = row[0];
    row[0] = i;
    for (guint j = 1; j <= length_b; j++) {
      guint above = row[j];
      guint replaced = diagonal + (a[i - 1] != b[j - 1]);
      row[j] = MIN (MIN (above, row[j - 1]) + 1, replaced);
      diagonal = above;
    }
  }
  return MIN (row[length_b], 9);
}
