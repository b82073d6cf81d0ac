/* SPDX-License-Identifier: Apache-2.0 */
/* Host names that may mean one machine: clouds add domains, cloud-init changes signs, people mistype. Pure. */
#include "config.h"

#include "plugins/ems-agent/agent-name.h"

#include <string.h>

#define LEAST_LENGTH 4 /* shorter names are all similar */
#define MOST_LENGTH  255

/* Letters and digits of the first label, in lower case. Returns: (transfer full). */
static char *
normalize (const char *name)
{
  GString *out = g_string_new (NULL);

  for (const char *c = name; *c != '\0' && *c != '.'; c++)
    if (g_ascii_isalnum (*c) || (*c & 0x80) != 0)
      g_string_append_c (out, g_ascii_tolower (*c));
  return g_string_free (out, FALSE);
}

/* What is left of the two when their common beginning and end are taken away. */
static void
strip_common (const char *a, const char *b, gsize *begin, gsize *rest_a, gsize *rest_b)
{
  gsize length_a = strlen (a);
  gsize length_b = strlen (b);
  gsize end = 0;

  *begin = 0;
  while (a[*begin] != '\0' && a[*begin] == b[*begin])
    ++*begin;
  while (end < MIN (length_a, length_b) - *begin && a[length_a - 1 - end] == b[length_b - 1 - end])
    end++;
  *rest_a = length_a - *begin - end;
  *rest_b = length_b - *begin - end;
}

static gboolean
has_digit (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (g_ascii_isdigit (text[i]))
      return TRUE;
  return FALSE;
}

gboolean
agent_name_is_similar (const char *expected, const char *name)
{
  g_autofree char *a = normalize (expected);
  g_autofree char *b = normalize (name);
  gsize begin, rest_a, rest_b;

  if (strcmp (a, b) == 0)
    return *a != '\0';
  if (strlen (a) < LEAST_LENGTH || strlen (b) < LEAST_LENGTH || strlen (a) > MOST_LENGTH || strlen (b) > MOST_LENGTH)
    return FALSE;
  strip_common (a, b, &begin, &rest_a, &rest_b);
  /* Numbers tell machines apart; one letter more, less or another, or two exchanged, is a mistake. */
  if (has_digit (a + begin, rest_a) || has_digit (b + begin, rest_b))
    return FALSE;
  if (rest_a <= 1 && rest_b <= 1)
    return TRUE;
  return rest_a == 2 && rest_b == 2 && a[begin] == b[begin + 1] && a[begin + 1] == b[begin];
}
