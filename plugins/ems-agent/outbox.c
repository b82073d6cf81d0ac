/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/outbox.h"

#include "plugins/ems-agent/files.h"

#include <vnfm/vnfm-error.h>

#include <string.h>
#include <unistd.h>

/* One file for each answer: a line of JSON that says where it goes, and the answer's text. The name begins with a
 * number, so that answers go out in the order in which they came.
 *
 *   waiting --(connected)--> in flight --confirmed--> removed
 *      ^                        |  \--nobody there any more--> removed, with a warning
 *      +---connection lost------+
 *
 * An answer that the broker finds too large is cut and sent again, once. A refusal of another kind is tried again after
 * a while, as long as the connection stands. */

#define MAX_ENTRIES   1000
#define MAX_IN_FLIGHT 8
#define RETRY         (10 * G_USEC_PER_SEC)
#define CUT_BYTES     (16 * 1024)

typedef struct {
  char *file; /* its name in the folder */
  EmsWaiter *to;
  GBytes *body; /* (nullable): only where the disk does not have it */
  gboolean in_flight;
  gboolean refused; /* not before the next try */
  gboolean cut;
} Entry;

struct _EmsOutbox {
  char *folder;
  VnfmTransport *transport;
  VnfmClock *clock;
  GCancellable *cancellable;
  GQueue entries; /* of Entry, in the order of their names */
  guint64 next_number;
  guint n_in_flight;
  VnfmTimer *retry;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->file);
  g_clear_pointer (&entry->to, ems_waiter_free);
  g_clear_pointer (&entry->body, g_bytes_unref);
  g_free (entry);
}

/* The file. */

static GBytes *
encode_entry (const EmsWaiter *to, GBytes *body)
{
  GString *out = g_string_new ("{\"message-id\":");
  gsize length = 0;
  const char *text = g_bytes_get_data (body, &length);

  vnfm_json_append_string (out, to->message_id);
  g_string_append (out, ",\"reply-to\":");
  vnfm_json_append_string (out, to->reply_to);
  if (to->correlation_id != NULL) {
    g_string_append (out, ",\"correlation-id\":");
    vnfm_json_append_string (out, to->correlation_id);
  }
  g_string_append (out, "}\n");
  g_string_append_len (out, text, (gssize)length);
  return g_string_free_to_bytes (out);
}

/* Returns: (transfer full): what follows the first line; @to: (optional) (out): what that line says. */
static GBytes *
read_entry (EmsOutbox *self, const char *file, EmsWaiter **to, GError **error)
{
  g_autoptr (GBytes) text = ems_file_read (self->folder, file, error);
  if (text == NULL)
    return NULL;
  gsize length = 0;
  const char *bytes = g_bytes_get_data (text, &length);
  const char *end = memchr (bytes, '\n', length);
  gsize head_length = end != NULL ? (gsize)(end - bytes) : length;
  g_autoptr (GBytes) head = g_bytes_new_from_bytes (text, 0, head_length);
  g_autoptr (JsonNode) node = vnfm_json_parse (head, error);
  if (node == NULL)
    return NULL;
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *message_id = vnfm_json_get_string (object, "message-id");
  const char *reply_to = vnfm_json_get_string (object, "reply-to");
  if (end == NULL || message_id == NULL || reply_to == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s does not say where it goes", file);
    return NULL;
  }
  if (to != NULL)
    *to = ems_waiter_new (reply_to, vnfm_json_get_string (object, "correlation-id"), message_id);
  return g_bytes_new_from_bytes (text, head_length + 1, length - head_length - 1);
}

static void
remove_file (EmsOutbox *self, Entry *entry)
{
  g_autofree char *path = g_build_filename (self->folder, entry->file, NULL);

  unlink (path);
}

static void
drop (EmsOutbox *self, Entry *entry)
{
  remove_file (self, entry);
  g_queue_remove (&self->entries, entry);
  entry_free (entry);
}

/* Keeps @body in memory only if the disk does not take it. */
static void
store_entry (EmsOutbox *self, Entry *entry, GBytes *body, gboolean durable)
{
  g_autoptr (GBytes) text = encode_entry (entry->to, body);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&entry->body, g_bytes_unref);
  if (ems_file_replace (self->folder, entry->file, text, durable, &error))
    return;
  g_warning ("answer %s: will be lost if the agent ends before it is sent: %s", entry->to->message_id, error->message);
  entry->body = g_bytes_ref (body);
}

/* Sending. */

typedef struct {
  EmsOutbox *self;           /* gone once @cancellable is cancelled */
  Entry *entry;              /* likewise */
  GCancellable *cancellable; /* owned */
} Sending;

static void
retry (gpointer user_data)
{
  EmsOutbox *self = user_data;

  self->retry = NULL;
  for (GList *l = self->entries.head; l != NULL; l = l->next)
    ((Entry *)l->data)->refused = FALSE;
  ems_outbox_flush (self);
}

/* The broker does not take so much: the status counts, and the end of what the script said. */
static void
cut_entry (EmsOutbox *self, Entry *entry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EmsAnswer) answer = NULL;
  g_autoptr (EmsOutput) output = NULL;
  g_autoptr (GBytes) body =
      entry->body != NULL ? g_bytes_ref (entry->body) : read_entry (self, entry->file, NULL, &error);

  if (entry->cut || body == NULL || !ems_reply_decode (body, &answer, &output, &error) || answer == NULL) {
    g_warning ("answer %s: too large for the broker, dropped", entry->to->message_id);
    drop (self, entry);
    return;
  }
  char **texts[] = { &answer->result->output, &answer->result->err };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    gsize length = strlen (*texts[i]);
    if (length <= CUT_BYTES)
      continue;
    char *end = g_utf8_find_next_char (*texts[i] + length - CUT_BYTES, NULL);
    char *kept =
        g_strdup_printf ("[vnfm-ems: too large for the broker, %zu bytes left out]\n%s", (gsize)(end - *texts[i]), end);
    answer->result->truncated += end - *texts[i];
    g_free (*texts[i]);
    *texts[i] = kept;
  }
  g_autoptr (GBytes) shorter = ems_answer_encode (answer);
  g_warning ("answer %s: too large for the broker, its output is cut", entry->to->message_id);
  entry->cut = TRUE;
  store_entry (self, entry, shorter, TRUE);
}

static void
settle_failure (EmsOutbox *self, Entry *entry, const GError *error)
{
  entry->in_flight = FALSE;
  if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND)) {
    g_warning ("answer %s: nobody is at %s any more, dropped: %s", entry->to->message_id, entry->to->reply_to,
               error->message);
    drop (self, entry);
  } else if (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_LIMIT)) {
    cut_entry (self, entry);
  } else if (vnfm_transport_get_state (self->transport) == VNFM_TRANSPORT_CONNECTED) {
    g_info ("answer %s: not taken, will be sent again: %s", entry->to->message_id, error->message);
    entry->refused = TRUE;
    if (self->retry == NULL)
      self->retry = vnfm_clock_add_timer (self->clock, RETRY, retry, self);
  }
}

static void
sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Sending *sending = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = sending->cancellable;
  gboolean good = vnfm_transport_reply_finish (VNFM_TRANSPORT (source), result, &error);

  if (g_cancellable_is_cancelled (cancellable))
    return;
  EmsOutbox *self = sending->self;
  self->n_in_flight--;
  if (good)
    drop (self, sending->entry);
  else
    settle_failure (self, sending->entry, error);
  ems_outbox_flush (self);
}

static gboolean
send_entry (EmsOutbox *self, Entry *entry)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body =
      entry->body != NULL ? g_bytes_ref (entry->body) : read_entry (self, entry->file, NULL, &error);

  if (body == NULL) {
    g_warning ("answer %s: lost: %s", entry->to->message_id, error->message);
    drop (self, entry);
    return FALSE;
  }
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);
  Sending *sending = g_new0 (Sending, 1);
  envelope->message_id = g_strdup (entry->to->message_id);
  envelope->correlation_id = g_strdup (entry->to->correlation_id);
  envelope->content_type = g_strdup ("text/plain");
  entry->in_flight = TRUE;
  self->n_in_flight++;
  sending->self = self;
  sending->entry = entry;
  sending->cancellable = g_object_ref (self->cancellable);
  vnfm_transport_reply_async (self->transport, entry->to->reply_to, envelope, self->cancellable, sent, sending);
  return TRUE;
}

void
ems_outbox_flush (EmsOutbox *self)
{
  GList *next = NULL;

  for (GList *l = self->entries.head; l != NULL && self->n_in_flight < MAX_IN_FLIGHT; l = next) {
    Entry *entry = l->data;
    next = l->next;
    if (vnfm_transport_get_state (self->transport) != VNFM_TRANSPORT_CONNECTED)
      return;
    if (!entry->in_flight && !entry->refused)
      send_entry (self, entry);
  }
}

static int
compare_message_id (gconstpointer entry, gconstpointer message_id)
{
  return strcmp (((const Entry *)entry)->to->message_id, message_id);
}

void
ems_outbox_put (EmsOutbox *self, const EmsWaiter *to, GBytes *body, gboolean durable)
{
  if (g_queue_find_custom (&self->entries, to->message_id, compare_message_id) != NULL)
    return;
  if (self->entries.length >= MAX_ENTRIES) {
    Entry *oldest = g_queue_peek_head (&self->entries);
    if (!oldest->in_flight) {
      g_warning ("answer %s: dropped, %u are waiting", oldest->to->message_id, MAX_ENTRIES);
      drop (self, oldest);
    }
  }
  Entry *entry = g_new0 (Entry, 1);
  entry->to = ems_waiter_new (to->reply_to, to->correlation_id, to->message_id);
  entry->file = g_strdup_printf ("%016" G_GINT64_MODIFIER "x.answer", self->next_number++);
  g_queue_push_tail (&self->entries, entry);
  store_entry (self, entry, body, durable);
  ems_outbox_flush (self);
}

guint
ems_outbox_get_size (EmsOutbox *self)
{
  return self->entries.length;
}

/* Life. */

static int
compare_files (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (((const Entry *)a)->file, ((const Entry *)b)->file);
}

static void
load_entry (EmsOutbox *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  Entry *entry = g_new0 (Entry, 1);
  g_autoptr (GBytes) body = NULL;

  entry->file = g_strdup (name);
  body = g_str_has_suffix (name, ".answer") ? read_entry (self, name, &entry->to, &error) : NULL;
  if (body == NULL) {
    g_info ("outbox file %s: removed: %s", name, error != NULL ? error->message : "not finished");
    remove_file (self, entry);
    entry_free (entry);
    return;
  }
  guint64 number = g_ascii_strtoull (name, NULL, 16);
  self->next_number = MAX (self->next_number, number + 1);
  g_queue_insert_sorted (&self->entries, entry, compare_files, NULL);
}

EmsOutbox *
ems_outbox_new (const char *folder, VnfmTransport *transport, GError **error)
{
  if (!ems_folder_make (folder, error))
    return NULL;
  EmsOutbox *self = g_new0 (EmsOutbox, 1);
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  const char *name;

  self->folder = g_strdup (folder);
  self->transport = g_object_ref (transport);
  self->clock = g_object_ref (vnfm_extension_get_clock (VNFM_EXTENSION (transport)));
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->entries);
  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    load_entry (self, name);
  return self;
}

void
ems_outbox_free (EmsOutbox *self)
{
  g_cancellable_cancel (self->cancellable);
  vnfm_clock_clear_timer (self->clock, &self->retry);
  g_queue_clear_full (&self->entries, entry_free);
  g_object_unref (self->cancellable);
  g_object_unref (self->clock);
  g_object_unref (self->transport);
  g_free (self->folder);
  g_free (self);
}
