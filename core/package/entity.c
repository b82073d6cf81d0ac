/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/package/entity.h"

static void
visit_node (JsonNode *node, const char *member, NfvoEntityFunc func, gpointer user_data)
{
  if (node == NULL)
    return;
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    nfvo_entity_foreach (json_node_get_object (node), member, func, user_data);
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    for (guint i = 0; i < json_array_get_length (array); i++) {
      JsonObject *element = vnfm_json_element_object (array, i);
      if (element != NULL)
        nfvo_entity_foreach (element, member, func, user_data);
    }
  }
}

/* "requires" of a VNFD maps source names to entities; that of a VNFR is a Configuration. */
static gboolean
is_map (JsonObject *object, const char *member)
{
  return g_str_equal (member, "requires") && !json_object_has_member (object, "configurationParameters");
}

void
nfvo_entity_foreach (JsonObject *root, const char *member, NfvoEntityFunc func, gpointer user_data)
{
  g_autoptr (GList) names = NULL;

  if (g_str_equal (member, "metadata"))
    return;
  if (!is_map (root, member))
    func (root, member, user_data);
  names = json_object_get_members (root); /* as @func left them: setting a member replaces its name too */
  for (GList *l = names; l != NULL; l = l->next)
    visit_node (json_object_get_member (root, l->data), l->data, func, user_data);
}

JsonObject *
nfvo_entity_new (void)
{
  JsonObject *entity = json_object_new ();

  json_object_set_int_member (entity, "hbVersion", 0);
  json_object_set_boolean_member (entity, "shared", FALSE);
  return entity;
}

static void
store_one (JsonObject *entity, const char *member, gpointer clock)
{
  g_autofree char *id = NULL;

  if (vnfm_json_get_string (entity, "id") == NULL) {
    id = vnfm_clock_new_uuid (clock);
    json_object_set_string_member (entity, "id", id);
  }
  json_object_set_int_member (entity, "hbVersion", vnfm_json_get_int (entity, "hbVersion", 0));
  json_object_set_boolean_member (entity, "shared", vnfm_json_get_boolean (entity, "shared", FALSE));
}

void
nfvo_entity_store (JsonObject *root, const char *member, VnfmClock *clock)
{
  nfvo_entity_foreach (root, member, store_one, clock);
}

void
nfvo_entity_ensure_arrays (JsonObject *object, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (vnfm_json_get_array (object, names[i]) == NULL)
      json_object_set_array_member (object, names[i], json_array_new ());
}

static char *
format_time (gint64 wall_time, const char *format)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_time / G_TIME_SPAN_SECOND);

  return time != NULL ? g_date_time_format (time, format) : g_strdup ("");
}

char *
nfvo_time_of_history (gint64 wall_time)
{
  g_autofree char *seconds = format_time (wall_time, "%Y.%m.%d-%H:%M:%S");

  return g_strdup_printf ("%s:%03d-UTC", seconds, (int)(wall_time % G_TIME_SPAN_SECOND / G_TIME_SPAN_MILLISECOND));
}

char *
nfvo_time_of_record (gint64 wall_time)
{
  return format_time (wall_time, "%Y.%m.%d at %H:%M:%S UTC");
}
