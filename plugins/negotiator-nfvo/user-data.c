/* SPDX-License-Identifier: Apache-2.0 */
/* Filling in the template of the user data, line by line. A value is quoted for the shell only where it needs it, so
 * that plain ones look as they always did. Pure. */
#include "config.h"

#include "plugins/negotiator-nfvo/user-data.h"

#include <string.h>

#define EXPORT          "export "
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Nothing that a shell would look at, and not one that begins with "~". */
static gboolean
is_plain_word (const char *value)
{
  for (const char *c = value; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && strchr ("_./:@%+,-", *c) == NULL)
      return FALSE;
  }
  return TRUE;
}

char *
user_data_quote (const char *value)
{
  if (is_plain_word (value))
    return g_strdup (value);

  GString *quoted = g_string_new ("'");
  for (const char *c = value; *c != '\0'; c++) {
    if (*c == '\'')
      g_string_append (quoted, "'\\''");
    else
      g_string_append_c (quoted, *c);
  }
  g_string_append_c (quoted, '\'');
  return g_string_free (quoted, FALSE);
}

/* The NAME of a line "export NAME=" with nothing behind it. Returns: (transfer full) (nullable). */
static char *
exported_name (const char *line, gsize length)
{
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;
  if (length <= strlen (EXPORT) + 1 || strncmp (line, EXPORT, strlen (EXPORT)) != 0 || line[length - 1] != '=')
    return NULL;
  line += strlen (EXPORT);
  length -= strlen (EXPORT) + 1;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (line[i]) && line[i] != '_')
      return NULL;
  }
  return g_strndup (line, length);
}

static void
append_line (GString *out, const char *line, gsize length, GHashTable *variables)
{
  g_autofree char *name = exported_name (line, length);
  const char *value = name != NULL ? g_hash_table_lookup (variables, name) : NULL;

  if (value == NULL) {
    g_string_append_len (out, line, (gssize)length);
    return;
  }
  g_autofree char *quoted = user_data_quote (value);
  g_string_append_printf (out, EXPORT "%s=%s", name, quoted);
}

char *
user_data_compose (const char *template_text, GHashTable *variables, GBytes *own)
{
  GString *out = g_string_new (NULL);

  for (const char *line = template_text; *line != '\0';) {
    const char *end = strchr (line, '\n');
    append_line (out, line, end != NULL ? (gsize)(end - line) : strlen (line), variables);
    g_string_append_c (out, '\n');
    if (end == NULL)
      break;
    line = end + 1;
  }

  gsize length = 0;
  const char *text = own != NULL ? g_bytes_get_data (own, &length) : NULL;
  if (length >= strlen (BYTE_ORDER_MARK) && memcmp (text, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0) {
    text += strlen (BYTE_ORDER_MARK);
    length -= strlen (BYTE_ORDER_MARK);
  }
  if (length > 0)
    g_string_append_len (out, text, (gssize)length);
  return g_string_free (out, FALSE);
}
