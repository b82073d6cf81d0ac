/* SPDX-License-Identifier: Apache-2.0 */
/* Requests go out in order, each is answered once, in any order; what comes with the serial 0 is news. When the
 * connection ends, every open request fails, and so does every later one. */
#include "config.h"

#include "core/nfvo/machines/helper-link.h"

#include <fcntl.h>
#include <unistd.h>

#define BLOCK 65536

struct _NfvoHelperLink {
  GObject parent_instance;

  GSocket *socket;
  GSource *readable;
  GSource *writable; /* NULL while nothing waits to be written */
  HelperReader *reader;
  GHashTable *open; /* serial -> GTask */
  GByteArray *outgoing;
  gboolean lost;
  guint32 serial;
};

G_DEFINE_FINAL_TYPE (NfvoHelperLink, nfvo_helper_link, G_TYPE_OBJECT)

enum {
  ENDED,
  USER_DATA,
  LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

gboolean
nfvo_helper_link_is_there (void)
{
  return g_getenv (HELPER_SOCKET_VARIABLE) != NULL;
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
watch (NfvoHelperLink *self, GIOCondition condition, GSocketSourceFunc function)
{
  GSource *source = g_socket_create_source (self->socket, condition, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (function), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static GError *
lost_error (void)
{
  return g_error_new_literal (VNFM_ERROR, VNFM_ERROR_UNREACHABLE,
                              "the helper vnfm-machine is gone, and its machines with it");
}

static void
lose (NfvoHelperLink *self, const char *why)
{
  g_autoptr (GHashTable) open = g_steal_pointer (&self->open);
  GHashTableIter iter;
  gpointer task;

  self->open = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  clear_source (&self->readable);
  clear_source (&self->writable);
  self->lost = TRUE;
  g_hash_table_iter_init (&iter, open);
  while (g_hash_table_iter_next (&iter, NULL, &task))
    g_task_return_error (task, lost_error ());
  g_signal_emit (self, signals[LOST], 0, why);
}

/* ---- what comes */

static void
take_news (NfvoHelperLink *self, const char *verb, GVariant *body)
{
  const char *id;

  if (g_str_equal (verb, HELPER_ENDED) && g_variant_is_of_type (body, G_VARIANT_TYPE ("(ss)"))) {
    const char *text;
    g_variant_get (body, "(&s&s)", &id, &text);
    g_signal_emit (self, signals[ENDED], 0, id, text);
  } else if (g_str_equal (verb, HELPER_USER_DATA) && g_variant_is_of_type (body, G_VARIANT_TYPE ("(si)"))) {
    gint32 status;
    g_variant_get (body, "(&si)", &id, &status);
    g_signal_emit (self, signals[USER_DATA], 0, id, status);
  }
}

static void
take (NfvoHelperLink *self, GVariant *message)
{
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GTask) task = NULL;
  const char *verb;
  guint32 serial;

  g_variant_get (message, "(u&sv)", &serial, &verb, &body);
  if (serial == 0) {
    take_news (self, verb, body);
    return;
  }
  if (!g_hash_table_steal_extended (self->open, GUINT_TO_POINTER (serial), NULL, (gpointer *)&task))
    return;
  if (g_str_equal (verb, HELPER_DONE) && g_variant_is_of_type (body, G_VARIANT_TYPE_INT32))
    g_task_return_int (task, g_variant_get_int32 (body));
  else
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_FAILED, "%s",
                             g_variant_is_of_type (body, G_VARIANT_TYPE_STRING) ? g_variant_get_string (body, NULL)
                                                                                : "the helper's answer is none");
}

static gboolean
readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  g_autoptr (NfvoHelperLink) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;
  char block[BLOCK];
  gssize length = g_socket_receive (socket, block, sizeof block, NULL, &error);
  GVariant *message;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (length <= 0) {
    lose (self, error != NULL ? error->message : "it closed the connection");
    return G_SOURCE_REMOVE;
  }
  helper_reader_feed (self->reader, block, (gsize)length);
  while ((message = helper_reader_next (self->reader, &error)) != NULL) {
    take (self, message);
    g_variant_unref (message);
  }
  if (error == NULL)
    return G_SOURCE_CONTINUE;
  lose (self, error->message);
  return G_SOURCE_REMOVE;
}

/* ---- what goes */

static gboolean
writable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  NfvoHelperLink *self = user_data;
  g_autoptr (GError) error = NULL;
  gssize sent = g_socket_send (socket, (const char *)self->outgoing->data, self->outgoing->len, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (sent < 0) { /* the end is seen where it is read, after what came before it */
    g_debug ("vnfm-machine: %s", error->message);
    g_byte_array_set_size (self->outgoing, 0);
  } else {
    g_byte_array_remove_range (self->outgoing, 0, (guint)sent);
  }
  if (self->outgoing->len > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->writable, g_source_unref);
  return G_SOURCE_REMOVE;
}

void
nfvo_helper_link_ask_async (NfvoHelperLink *self, const char *verb, GVariant *body, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GBytes) bytes = NULL;

  g_task_set_source_tag (task, nfvo_helper_link_ask_async);
  bytes = helper_message_pack (++self->serial, verb, body);
  if (self->lost) {
    g_task_return_error (task, lost_error ());
  } else if (g_bytes_get_size (bytes) > HELPER_MAX_MESSAGE) {
    g_task_return_new_error (task, VNFM_ERROR, VNFM_ERROR_LIMIT, "its user data has more than %d bytes",
                             HELPER_MAX_MESSAGE);
  } else {
    g_hash_table_insert (self->open, GUINT_TO_POINTER (self->serial), g_steal_pointer (&task));
    g_byte_array_append (self->outgoing, g_bytes_get_data (bytes, NULL), (guint)g_bytes_get_size (bytes));
    if (self->writable == NULL)
      self->writable = watch (self, G_IO_OUT, writable);
  }
}

gboolean
nfvo_helper_link_ask_finish (NfvoHelperLink *self, GAsyncResult *result, int *number, GError **error)
{
  GError *inner = NULL;
  gssize value = g_task_propagate_int (G_TASK (result), &inner);

  if (inner != NULL) {
    g_propagate_error (error, inner);
    return FALSE;
  }
  if (number != NULL)
    *number = (int)value;
  return TRUE;
}

/* ---- the object */

NfvoHelperLink *
nfvo_helper_link_new (GError **error)
{
  g_autoptr (NfvoHelperLink) self = g_object_new (NFVO_TYPE_HELPER_LINK, NULL);
  const char *text = g_getenv (HELPER_SOCKET_VARIABLE);
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 3, G_MAXINT, &number, NULL)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the helper vnfm-machine did not start this");
    return NULL;
  }
  g_unsetenv (HELPER_SOCKET_VARIABLE); /* it is nothing for those who are started from here */
  fcntl ((int)number, F_SETFD, FD_CLOEXEC);
  self->socket = g_socket_new_from_fd ((int)number, error);
  if (self->socket == NULL) {
    g_prefix_error_literal (error, "the connection to vnfm-machine: ");
    return NULL;
  }
  g_socket_set_blocking (self->socket, FALSE);
  self->readable = watch (self, G_IO_IN, readable);
  return g_steal_pointer (&self);
}

static void
finalize (GObject *object)
{
  NfvoHelperLink *self = NFVO_HELPER_LINK (object);

  clear_source (&self->readable);
  clear_source (&self->writable);
  g_clear_object (&self->socket);
  helper_reader_free (self->reader);
  g_hash_table_unref (self->open);
  g_byte_array_unref (self->outgoing);
  G_OBJECT_CLASS (nfvo_helper_link_parent_class)->finalize (object);
}

static void
nfvo_helper_link_class_init (NfvoHelperLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = finalize;
  signals[ENDED] = g_signal_new ("ended", NFVO_TYPE_HELPER_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 G_TYPE_STRING, G_TYPE_STRING);
  signals[USER_DATA] = g_signal_new ("user-data", NFVO_TYPE_HELPER_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT);
  signals[LOST] = g_signal_new ("lost", NFVO_TYPE_HELPER_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
}

static void
nfvo_helper_link_init (NfvoHelperLink *self)
{
  self->reader = helper_reader_new ();
  self->open = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->outgoing = g_byte_array_new ();
}
