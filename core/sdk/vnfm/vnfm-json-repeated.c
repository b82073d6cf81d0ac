/* SPDX-License-Identifier: Apache-2.0 */
/* Members that an object has more than once: a set of names for each open object. */
#include "config.h"

#include <vnfm/vnfm-json.h>

#include "vnfm-json-scanner.h"

typedef struct {
  GArray *repeated;
  GHashTable *names[JSON_MAX_DEPTH + 1]; /* of the object at this depth; made when it has a member */
  char *name;                            /* the value to come is a repetition of this one */
} Finder;

static void
clear_span (gpointer data)
{
  g_free (((VnfmJsonSpan *)data)->name);
}

static void
take_name (Finder *self, const JsonScanner *scanner)
{
  GHashTable **names = &self->names[scanner->depth];
  g_autofree char *name = json_scanner_unescape (scanner->start, scanner->end);

  if (*names == NULL)
    *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_contains (*names, name))
    self->name = g_steal_pointer (&name);
  else
    g_hash_table_add (*names, g_steal_pointer (&name));
}

static void
take_token (Finder *self, const JsonScanner *scanner)
{
  if (scanner->token == JSON_TOKEN_NAME) {
    take_name (self, scanner);
    return;
  }
  if (scanner->token == JSON_TOKEN_END_OBJECT)
    g_clear_pointer (&self->names[scanner->depth + 1], g_hash_table_unref);
  if (self->name != NULL) {
    VnfmJsonSpan span = { g_steal_pointer (&self->name), (gsize)(scanner->start - scanner->text),
                          (gsize)(scanner->end - scanner->start) };
    g_array_append_val (self->repeated, span);
  }
}

GArray *
vnfm_json_find_repeated (const char *text, gsize length, GError **error)
{
  g_autoptr (GArray) repeated = g_array_new (FALSE, FALSE, sizeof (VnfmJsonSpan));
  Finder finder = { .repeated = repeated };
  JsonScanner scanner;
  gboolean good = json_scanner_init (&scanner, text, length, error);

  g_array_set_clear_func (repeated, clear_span);
  while (good && (good = json_scanner_next (&scanner, error)) && scanner.token != JSON_TOKEN_END)
    take_token (&finder, &scanner);
  for (guint i = 0; i < G_N_ELEMENTS (finder.names); i++)
    g_clear_pointer (&finder.names[i], g_hash_table_unref);
  g_free (finder.name);
  for (guint i = 0; i < repeated->len; i++)
    g_array_index (repeated, VnfmJsonSpan, i).offset += (gsize)(scanner.text - text);
  return good ? g_steal_pointer (&repeated) : NULL;
}
