/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <vnfm/vnfm-script-result.h>

/* What a result that says nothing of its status counts as: a script of which nobody says that it succeeded failed. */
#define STATUS_ABSENT 1

G_DEFINE_BOXED_TYPE (VnfmScriptResult, vnfm_script_result, vnfm_script_result_copy, vnfm_script_result_free)

VnfmScriptResult *
vnfm_script_result_new (int status, const char *output, const char *err)
{
  VnfmScriptResult *self = g_new0 (VnfmScriptResult, 1);

  self->status = status;
  self->known = TRUE;
  self->output = g_strdup (output != NULL ? output : "");
  self->err = g_strdup (err != NULL ? err : "");
  return self;
}

VnfmScriptResult *
vnfm_script_result_copy (const VnfmScriptResult *self)
{
  VnfmScriptResult *copy = vnfm_script_result_new (self->status, self->output, self->err);

  copy->known = self->known;
  copy->truncated = self->truncated;
  copy->started = g_strdup (self->started);
  copy->ended = g_strdup (self->ended);
  copy->provides = self->provides != NULL ? g_hash_table_ref (self->provides) : NULL;
  copy->delivery = self->delivery != NULL ? vnfm_envelope_ref (self->delivery) : NULL;
  return copy;
}

void
vnfm_script_result_free (VnfmScriptResult *self)
{
  if (self == NULL)
    return;
  g_free (self->output);
  g_free (self->err);
  g_free (self->started);
  g_free (self->ended);
  g_clear_pointer (&self->provides, g_hash_table_unref);
  g_clear_pointer (&self->delivery, vnfm_envelope_unref);
  g_free (self);
}

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  json_object_set_string_member (object, name, valid);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (a, b);
}

static void
set_provides (JsonObject *object, GHashTable *provides)
{
  JsonObject *values = json_object_new ();
  GList *names = g_list_sort (g_hash_table_get_keys (provides), compare_names);

  for (GList *name = names; name != NULL; name = name->next)
    set_text (values, name->data, g_hash_table_lookup (provides, name->data));
  g_list_free (names);
  json_object_set_object_member (object, "provides", values);
}

JsonNode *
vnfm_script_result_to_json (const VnfmScriptResult *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "status", self->status);
  set_text (object, "output", self->output);
  set_text (object, "err", self->err);
  if (!self->known)
    json_object_set_boolean_member (object, "known", FALSE);
  if (self->truncated > 0)
    json_object_set_int_member (object, "truncated", self->truncated);
  if (self->started != NULL)
    set_text (object, "started", self->started);
  if (self->ended != NULL)
    set_text (object, "ended", self->ended);
  if (self->provides != NULL)
    set_provides (object, self->provides);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/* Returns: (nullable): the strings of the object "provides". */
static GHashTable *
read_provides (JsonObject *object)
{
  JsonObject *values = vnfm_json_get_object (object, "provides");
  JsonObjectIter iter;
  const char *name;

  if (values == NULL)
    return NULL;
  GHashTable *provides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  json_object_iter_init (&iter, values);
  while (json_object_iter_next (&iter, &name, NULL)) {
    const char *value = vnfm_json_get_string (values, name);
    if (value != NULL)
      g_hash_table_insert (provides, g_strdup (name), g_strdup (value));
  }
  return provides;
}

VnfmScriptResult *
vnfm_script_result_from_json (JsonObject *object)
{
  gint64 status = vnfm_json_get_int (object, "status", STATUS_ABSENT);
  VnfmScriptResult *self =
      vnfm_script_result_new ((int)CLAMP (status, G_MININT, G_MAXINT), vnfm_json_get_string (object, "output"),
                              vnfm_json_get_string (object, "err"));

  self->known = vnfm_json_get_boolean (object, "known", TRUE);
  self->truncated = MAX (vnfm_json_get_int (object, "truncated", 0), 0);
  self->started = g_strdup (vnfm_json_get_string (object, "started"));
  self->ended = g_strdup (vnfm_json_get_string (object, "ended"));
  self->provides = read_provides (object);
  return self;
}
