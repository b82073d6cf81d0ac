/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/test-peers.h"

#include "tests/support/vnfm-test.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

void
test_pump (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
test_advance (SimClock *clock, gint64 microseconds)
{
  test_pump ();
  do {
    gint64 step = MIN (microseconds, G_USEC_PER_SEC);

    sim_clock_advance (clock, step);
    test_pump ();
    microseconds -= step;
  } while (microseconds > 0);
}

struct _TestTransport {
  VnfmTransport parent_instance;
  GPtrArray *published;
  GHashTable *settled; /* tokens */
  guint64 last_token;
  int outcome;
  gboolean broken;
};

static guint reader_gone;

enum { PROP_0, PROP_BROKER_ADDRESS, PROP_LOGIN, PROP_PASSCODE };

G_DEFINE_FINAL_TYPE (TestTransport, test_transport, VNFM_TYPE_TRANSPORT)

static void
publication_free (gpointer data)
{
  TestPublication *publication = data;

  vnfm_envelope_unref (publication->envelope);
  g_clear_object (&publication->task);
  g_free (publication);
}

static void
end_task (GTask *task, int outcome)
{
  if (outcome == TEST_CONFIRM)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, VNFM_ERROR, outcome, "the test says %s", vnfm_error_code_get_nick (outcome));
}

static void
test_transport_connect_async (VnfmTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);

  end_task (task, TEST_TRANSPORT (transport)->broken ? VNFM_ERROR_UNREACHABLE : TEST_CONFIRM);
}

static void
test_transport_close_async (VnfmTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
finish (VnfmTransport *transport, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_transport_subscribe (VnfmTransport *transport, VnfmDestination destination, const char *host)
{
}

static void
test_transport_publish_async (VnfmTransport *transport, VnfmDestination destination, VnfmEnvelope *envelope,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  TestTransport *self = TEST_TRANSPORT (transport);
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);
  TestPublication *publication = g_new0 (TestPublication, 1);

  publication->destination = destination;
  publication->envelope = vnfm_envelope_ref (envelope);
  g_ptr_array_add (self->published, publication);
  if (self->outcome == TEST_PENDING)
    publication->task = g_steal_pointer (&task);
  else
    end_task (task, self->outcome);
}

static void
test_transport_ack (VnfmTransport *transport, guint64 token)
{
  g_hash_table_add (TEST_TRANSPORT (transport)->settled, GSIZE_TO_POINTER ((gsize)token));
}

static char *
test_transport_dup_answer_address (VnfmTransport *transport)
{
  return g_strdup ("answers-go-here");
}

static void
test_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  static const char *const values[] = { NULL, "127.0.0.1:61613", "vnfm", "sesame" };

  g_value_set_string (value, values[id]);
}

static void
test_transport_finalize (GObject *object)
{
  TestTransport *self = TEST_TRANSPORT (object);

  g_ptr_array_unref (self->published);
  g_hash_table_unref (self->settled);
  G_OBJECT_CLASS (test_transport_parent_class)->finalize (object);
}

static void
test_transport_class_init (TestTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  VnfmTransportClass *transport_class = VNFM_TRANSPORT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = test_transport_get_property;
  object_class->finalize = test_transport_finalize;
  g_object_class_install_property (object_class, PROP_BROKER_ADDRESS,
                                   g_param_spec_string ("broker-address", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_LOGIN, g_param_spec_string ("login", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_PASSCODE,
                                   g_param_spec_string ("passcode", NULL, NULL, NULL, flags));
  reader_gone = g_signal_new ("reader-gone", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, G_TYPE_STRING);
  transport_class->connect_async = test_transport_connect_async;
  transport_class->connect_finish = finish;
  transport_class->close_async = test_transport_close_async;
  transport_class->close_finish = finish;
  transport_class->subscribe = test_transport_subscribe;
  transport_class->unsubscribe = test_transport_subscribe;
  transport_class->publish_async = test_transport_publish_async;
  transport_class->publish_finish = finish;
  transport_class->ack = test_transport_ack;
  transport_class->dup_answer_address = test_transport_dup_answer_address;
}

static void
test_transport_init (TestTransport *self)
{
  self->published = g_ptr_array_new_with_free_func (publication_free);
  self->settled = g_hash_table_new (NULL, NULL);
  self->outcome = TEST_CONFIRM;
}

TestTransport *
test_transport_new (VnfmContext *context)
{
  vnfm_profile_declare (vnfm_context_get_profile (context), vnfm_transport_keys);
  TestTransport *self = g_object_new (TEST_TYPE_TRANSPORT, "context", context, NULL);
  vnfm_transport_open (VNFM_TRANSPORT (self));
  test_pump ();
  ck_assert_int_eq (vnfm_transport_get_state (VNFM_TRANSPORT (self)), VNFM_TRANSPORT_CONNECTED);
  return self;
}

void
test_transport_set_outcome (TestTransport *self, int outcome)
{
  self->outcome = outcome;
}

guint
test_transport_get_n_published (TestTransport *self)
{
  test_pump ();
  return self->published->len;
}

const TestPublication *
test_transport_get_published (TestTransport *self, int index)
{
  int at = index < 0 ? (int)self->published->len + index : index;

  ck_assert_int_ge (at, 0);
  ck_assert_int_lt (at, (int)self->published->len);
  return g_ptr_array_index (self->published, at);
}

JsonObject *
test_transport_dup_body (TestTransport *self, int index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = vnfm_json_parse (test_transport_get_published (self, index)->envelope->body, &error);

  ck_assert_no_error (error);
  return json_node_dup_object (node);
}

void
test_transport_settle (TestTransport *self, int index, int outcome)
{
  TestPublication *publication = (TestPublication *)test_transport_get_published (self, index);

  ck_assert_ptr_nonnull (publication->task);
  g_autoptr (GTask) task = g_steal_pointer (&publication->task);
  end_task (task, outcome);
  test_pump ();
}

guint64
test_transport_deliver (TestTransport *self, VnfmDestination destination, const char *correlation_id, GBytes *body)
{
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);

  envelope->correlation_id = g_strdup (correlation_id);
  vnfm_transport_deliver (VNFM_TRANSPORT (self), destination, envelope, ++self->last_token);
  test_pump ();
  return self->last_token;
}

guint64
test_transport_deliver_text (TestTransport *self, VnfmDestination destination, const char *correlation_id,
                             const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  return test_transport_deliver (self, destination, correlation_id, bytes);
}

gboolean
test_transport_is_settled (TestTransport *self, guint64 token)
{
  return g_hash_table_contains (self->settled, GSIZE_TO_POINTER ((gsize)token));
}

void
test_transport_lose_reader (TestTransport *self, const char *host)
{
  g_signal_emit (self, reader_gone, 0, host);
  test_pump ();
}

void
test_transport_break (TestTransport *self)
{
  g_autoptr (GError) error = g_error_new_literal (VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the test broke it");

  self->broken = TRUE;
  vnfm_transport_lost (VNFM_TRANSPORT (self), error);
  test_pump ();
}

void
test_transport_mend (TestTransport *self)
{
  SimClock *clock = SIM_CLOCK (vnfm_extension_get_clock (VNFM_EXTENSION (self)));

  self->broken = FALSE;
  for (guint i = 0; i < 100 && vnfm_transport_get_state (VNFM_TRANSPORT (self)) != VNFM_TRANSPORT_CONNECTED; i++)
    test_advance (clock, G_USEC_PER_SEC);
  ck_assert_int_eq (vnfm_transport_get_state (VNFM_TRANSPORT (self)), VNFM_TRANSPORT_CONNECTED);
}
