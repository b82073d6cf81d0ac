/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/engine/finished.h"
#include "core/engine/journal.h"

#include <string.h>

typedef struct {
  char *id;
  char *message_id; /* nullable */
  char *content;
  gint64 ended;
  GBytes *summary;
} Entry;

struct _Finished {
  guint most;
  GQueue entries;      /* oldest first */
  GHashTable *message; /* message id -> Entry, borrowed */
  GHashTable *content; /* content key -> Entry, borrowed */
};

static void
entry_free (Entry *entry)
{
  g_free (entry->id);
  g_free (entry->message_id);
  g_free (entry->content);
  g_bytes_unref (entry->summary);
  g_free (entry);
}

Finished *
finished_new (guint most)
{
  Finished *self = g_new0 (Finished, 1);

  self->most = most;
  self->message = g_hash_table_new (g_str_hash, g_str_equal);
  self->content = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
finished_free (Finished *self)
{
  g_hash_table_unref (self->message);
  g_hash_table_unref (self->content);
  g_queue_clear_full (&self->entries, (GDestroyNotify)entry_free);
  g_free (self);
}

static void
append_member (GString *out, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (out, ",\"%s\":", name);
  vnfm_json_append_string (out, value);
}

static void
append_time (GString *out, const char *name, gint64 time)
{
  g_autofree char *text = time > 0 ? vnfm_clock_format (time) : NULL;

  append_member (out, name, text);
}

GBytes *
finished_summarise (EngineOperation *operation)
{
  Request *request = operation->request;
  GString *out = g_string_new ("{\"id\":");
  gboolean failed = operation->failure != NULL && !operation->withdrawn;

  vnfm_json_append_string (out, request->id);
  append_member (out, "action", request->action_name);
  append_member (out, "vnf", request->vnf_name);
  append_member (out, "type", request->vnf_type);
  append_member (out, "nsr", request->nsr_id);
  append_member (out, "vnfr", request->vnfr_id);
  append_time (out, "received", request->received);
  append_time (out, "ended", operation->answered);
  append_member (out, "outcome", operation->withdrawn ? "null" : failed ? "error" : "ok");
  if (failed)
    append_member (out, "error", operation->failure->message);
  g_string_append (out, ",\"stages\":[");
  for (guint i = 0; i < operation->times->len; i++) {
    const OperationTime *time = &g_array_index (operation->times, OperationTime, i);
    g_string_append (out, i > 0 ? ",{\"stage\":" : "{\"stage\":");
    vnfm_json_append_string (out, time->stage);
    append_time (out, "started", time->started);
    append_time (out, "ended", time->ended);
    g_string_append_c (out, '}');
  }
  g_string_append (out, "]}");
  return g_string_free_to_bytes (out);
}

static void
index_entry (Finished *self, Entry *entry)
{
  g_queue_push_tail (&self->entries, entry);
  if (entry->message_id != NULL)
    g_hash_table_replace (self->message, entry->message_id, entry);
  g_hash_table_replace (self->content, entry->content, entry);
}

static void
drop_oldest (Finished *self, VnfmStoreBatch *batch)
{
  while (self->entries.length > self->most) {
    Entry *oldest = g_queue_pop_head (&self->entries);
    g_autofree char *key = journal_key ("done", oldest->id, NULL);

    if (oldest->message_id != NULL && g_hash_table_lookup (self->message, oldest->message_id) == oldest)
      g_hash_table_remove (self->message, oldest->message_id);
    if (g_hash_table_lookup (self->content, oldest->content) == oldest)
      g_hash_table_remove (self->content, oldest->content);
    vnfm_store_batch_delete (batch, JOURNAL_SPACE, key);
    entry_free (oldest);
  }
}

void
finished_add (Finished *self, const char *id, const char *message_id, const char *content, GBytes *summary,
              VnfmStoreBatch *batch)
{
  Entry *entry = g_new0 (Entry, 1);
  GString *value = g_string_new ("{\"content\":");
  g_autofree char *key = journal_key ("done", id, NULL);

  entry->id = g_strdup (id);
  entry->message_id = g_strdup (message_id);
  entry->content = g_strdup (content);
  entry->summary = g_bytes_ref (summary);
  index_entry (self, entry);

  vnfm_json_append_string (value, content);
  append_member (value, "message-id", message_id);
  g_string_append (value, ",\"summary\":");
  g_string_append_len (value, g_bytes_get_data (summary, NULL), (gssize)g_bytes_get_size (summary));
  g_string_append_c (value, '}');
  g_autoptr (GBytes) text = g_string_free_to_bytes (value);
  vnfm_store_batch_put (batch, JOURNAL_SPACE, key, text);
  drop_oldest (self, batch);
}

static Entry *
read_entry (VnfmStoreItem *item)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = vnfm_json_parse (item->value, &error);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *summary = vnfm_json_get_object (object, "summary");
  const char *content = vnfm_json_get_string (object, "content");

  if (summary == NULL || content == NULL) {
    g_warning ("journal: %s cannot be read and is dropped%s%s", item->key, error != NULL ? ": " : "",
               error != NULL ? error->message : "");
    return NULL;
  }
  Entry *entry = g_new0 (Entry, 1);
  const char *ended = vnfm_json_get_string (summary, "ended");
  g_autoptr (GDateTime) time = ended != NULL ? g_date_time_new_from_iso8601 (ended, NULL) : NULL;
  entry->id = g_strdup (item->key + strlen ("done/"));
  entry->message_id = g_strdup (vnfm_json_get_string (object, "message-id"));
  entry->content = g_strdup (content);
  entry->ended = time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time) : 0;
  entry->summary = vnfm_json_write_object (summary);
  return entry;
}

static gint
by_end (gconstpointer a, gconstpointer b)
{
  const Entry *first = *(Entry *const *)a;
  const Entry *second = *(Entry *const *)b;

  return (first->ended > second->ended) - (first->ended < second->ended);
}

void
finished_restore (Finished *self, GPtrArray *items, VnfmStoreBatch *batch)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++) {
    VnfmStoreItem *item = g_ptr_array_index (items, i);
    Entry *entry = read_entry (item);
    if (entry != NULL)
      g_ptr_array_add (entries, entry);
    else
      vnfm_store_batch_delete (batch, JOURNAL_SPACE, item->key);
  }
  g_ptr_array_sort (entries, by_end);
  for (guint i = 0; i < entries->len; i++)
    index_entry (self, g_ptr_array_index (entries, i));
  drop_oldest (self, batch);
}

const char *
finished_find_message (Finished *self, const char *message_id)
{
  Entry *entry = g_hash_table_lookup (self->message, message_id);

  return entry != NULL ? entry->id : NULL;
}

const char *
finished_find_content (Finished *self, const char *content)
{
  Entry *entry = g_hash_table_lookup (self->content, content);

  return entry != NULL ? entry->id : NULL;
}

GPtrArray *
finished_get_summaries (Finished *self)
{
  GPtrArray *summaries = g_ptr_array_new ();

  for (GList *link = self->entries.tail; link != NULL; link = link->prev)
    g_ptr_array_add (summaries, ((Entry *)link->data)->summary);
  return summaries;
}
