/* SPDX-License-Identifier: Apache-2.0 */
/* A service's life against a scripted manager, which is a transport, and machines that are only names. */
#include "config.h"

#include "core/nfvo/deployment.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm.h>

/* ---- a manager behind a transport: asks GRANT and ALLOCATE for each INSTANTIATE, and answers as it is told to */

typedef enum {
  ANSWER_WELL,
  ANSWER_TWICE,
  ANSWER_ONE_WAY,
  ANSWER_ERROR,
  ANSWER_NULL,
  ANSWER_STALE,
  ANSWER_NEVER,
} Behaviour;

#define MANAGER_TYPE (manager_get_type ())
G_DECLARE_FINAL_TYPE (Manager, manager, TEST, MANAGER, VnfmTransport)

struct _Manager {
  VnfmTransport parent_instance;
  GPtrArray *requests; /* "START web" */
  GHashTable *open;    /* correlation id of a question -> Question */
  const char *odd;     /* the request that is answered oddly */
  Behaviour behaviour;
  GBytes *last_vnfrd;
  guint numbers;
};

G_DEFINE_FINAL_TYPE (Manager, manager, VNFM_TYPE_TRANSPORT)

typedef struct {
  VnfmEnvelope *request;
  char *title;
  GBytes *granted; /* NULL: it is the GRANT that is open */
} Question;

static void
question_free (Question *question)
{
  vnfm_envelope_unref (question->request);
  g_free (question->title);
  g_clear_pointer (&question->granted, g_bytes_unref);
  g_free (question);
}

static void
deliver (Manager *self, VnfmDestination destination, GBytes *body, const char *correlation_id, const char *reply_to,
         const char *message_id)
{
  g_autoptr (VnfmEnvelope) envelope = vnfm_envelope_new (body);

  envelope->correlation_id = g_strdup (correlation_id);
  envelope->reply_to = g_strdup (reply_to);
  envelope->message_id = g_strdup (message_id);
  vnfm_transport_deliver (VNFM_TRANSPORT (self), destination, envelope, 1);
}

static GBytes *
compose_answer (Manager *self, VnfmAction action, GBytes *vnfr, Behaviour behaviour)
{
  g_autoptr (GBytes) exception = g_bytes_new_static ("{\"detailMessage\":\"on purpose\"}", 30);
  g_autoptr (GString) stale = g_string_new_len (g_bytes_get_data (vnfr, NULL), (gssize)g_bytes_get_size (vnfr));

  switch (behaviour) {
  case ANSWER_ERROR:
    return vnfm_message_compose (VNFM_ACTION_ERROR, "virtualNetworkFunctionRecord", vnfr, "exception", exception, NULL);
  case ANSWER_NULL:
    return g_bytes_new_static ("null", 4);
  case ANSWER_STALE: {
    g_string_replace (stale, "\"hbVersion\":", "\"hbVersion\":1", 0);
    g_autoptr (GBytes) text = g_bytes_new (stale->str, stale->len);
    return vnfm_message_compose (action, "virtualNetworkFunctionRecord", text, NULL);
  }
  default:
    return vnfm_message_compose (action, "virtualNetworkFunctionRecord", vnfr, NULL);
  }
}

static void
answer (Manager *self, VnfmEnvelope *request, const char *title, VnfmAction action, GBytes *vnfr)
{
  Behaviour behaviour = g_strcmp0 (self->odd, title) == 0 ? self->behaviour : ANSWER_WELL;
  g_autoptr (GBytes) body = compose_answer (self, action, vnfr, behaviour);
  g_autofree char *id = g_strdup_printf ("answer-%u", self->numbers++);

  if (behaviour == ANSWER_NEVER)
    return;
  if (behaviour == ANSWER_ONE_WAY)
    deliver (self, VNFM_DESTINATION_NFVO_RESULTS, body, NULL, NULL, id);
  else
    deliver (self, VNFM_DESTINATION_ANSWERS, body, request->correlation_id, NULL, id);
  if (behaviour == ANSWER_TWICE)
    deliver (self, VNFM_DESTINATION_ANSWERS, body, request->correlation_id, NULL, id);
}

static void
ask (Manager *self, VnfmEnvelope *request, const char *title, GBytes *granted, GBytes *body)
{
  Question *question = g_new0 (Question, 1);
  g_autofree char *id = g_strdup_printf ("question-%u", self->numbers++);

  question->request = vnfm_envelope_ref (request);
  question->title = g_strdup (title);
  question->granted = granted != NULL ? g_bytes_ref (granted) : NULL;
  g_hash_table_insert (self->open, g_strdup (id), question);
  deliver (self, VNFM_DESTINATION_NFVO_QUESTIONS, body, id, "manager", id);
}

static char *
title_of (VnfmMessage *message)
{
  g_autofree char *name = vnfm_message_dup_string (message, "vnfInstanceName");
  g_autoptr (GBytes) text = vnfm_message_dup_record_text (message);
  g_autoptr (VnfmRecord) record = text != NULL ? vnfm_record_new (text, NULL) : NULL;

  return g_strdup_printf ("%s %s", vnfm_message_get_action_name (message),
                          record != NULL ? vnfm_record_get_name (record) : name);
}

typedef struct {
  Manager *manager;
  VnfmEnvelope *request;
} Work;

/* From the main loop, as over a wire. */
static gboolean
serve (gpointer user_data)
{
  Work *work = user_data;
  g_autoptr (Manager) self = work->manager;
  g_autoptr (VnfmEnvelope) request = work->request;
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmMessage) message = vnfm_message_decode (request->body, &error);
  g_autofree char *title = title_of (message);

  g_free (work);
  ck_assert_no_error (error);
  g_ptr_array_add (self->requests, g_strdup (title));
  if (vnfm_message_get_action (message) == VNFM_ACTION_INSTANTIATE) {
    g_autoptr (VnfmRecord) record = vnfm_descriptor_to_record (message, &error);
    ck_assert_no_error (error);
    g_autoptr (GBytes) body = vnfm_message_compose (VNFM_ACTION_GRANT_OPERATION, "virtualNetworkFunctionRecord",
                                                    vnfm_record_get_text (record), NULL);
    ask (self, request, title, NULL, body);
  } else {
    g_autoptr (GBytes) vnfr = vnfm_message_dup_record_text (message);
    g_autoptr (GBytes) vnfrd = vnfm_message_dup_dependency_text (message);
    if (vnfrd != NULL) {
      g_clear_pointer (&self->last_vnfrd, g_bytes_unref);
      self->last_vnfrd = g_steal_pointer (&vnfrd);
    }
    answer (self, request, title, vnfm_message_get_action (message), vnfr);
  }
  return G_SOURCE_REMOVE;
}

static void
manager_publish_async (VnfmTransport *transport, VnfmDestination destination, VnfmEnvelope *envelope,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  ck_assert_int_eq (destination, VNFM_DESTINATION_NFVO_REQUESTS);
  ck_assert_str_eq (envelope->reply_to, "nfvo");
  work->manager = TEST_MANAGER (g_object_ref (transport));
  work->request = vnfm_envelope_ref (envelope);
  g_idle_add (serve, work);
  g_task_return_boolean (task, TRUE);
}

static gboolean
finish_boolean (VnfmTransport *transport, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
continue_instantiate (Manager *self, Question *question, VnfmMessage *message)
{
  g_autoptr (GBytes) vnfr = vnfm_message_dup_record_text (message);
  g_autoptr (GBytes) vims = vnfm_message_dup_member (message, "vduVim");
  g_autoptr (GBytes) keys = g_bytes_new_static ("[]", 2);
  g_autoptr (GBytes) user_data = vnfm_message_string ("#!/bin/sh\nexport #Hostname=\n");
  g_autoptr (GBytes) body = NULL;

  switch (vnfm_message_get_action (message)) {
  case VNFM_ACTION_GRANT_OPERATION:
    body = vnfm_message_compose (VNFM_ACTION_ALLOCATE_RESOURCES, "virtualNetworkFunctionRecord", vnfr, "vimInstances",
                                 vims, "keyPairs", keys, "userdata", user_data, NULL);
    ask (self, question->request, question->title, vnfr, body);
    break;
  case VNFM_ACTION_ALLOCATE_RESOURCES:
    answer (self, question->request, question->title, VNFM_ACTION_INSTANTIATE, vnfr);
    break;
  default: /* refused */
    body = compose_answer (self, VNFM_ACTION_INSTANTIATE, vnfr, ANSWER_ERROR);
    deliver (self, VNFM_DESTINATION_ANSWERS, body, question->request->correlation_id, NULL, NULL);
    break;
  }
}

static void
manager_reply_async (VnfmTransport *transport, const char *address, VnfmEnvelope *envelope, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  Manager *self = TEST_MANAGER (transport);
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  Question *question = NULL;

  ck_assert_str_eq (address, "manager");
  ck_assert (
      g_hash_table_steal_extended (self->open, envelope->correlation_id, (gpointer *)&id, (gpointer *)&question));
  g_autoptr (VnfmMessage) message = vnfm_message_decode (envelope->body, &error);
  if (message != NULL) /* "null" is none */
    continue_instantiate (self, question, message);
  question_free (question);
  g_task_return_boolean (task, TRUE);
}

static void
manager_connect_async (VnfmTransport *transport, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (transport, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static void
manager_subscribe (VnfmTransport *transport, VnfmDestination destination, const char *host)
{
}

static void
manager_ack (VnfmTransport *transport, guint64 token)
{
}

static char *
manager_dup_answer_address (VnfmTransport *transport)
{
  return g_strdup ("nfvo");
}

static void
manager_finalize (GObject *object)
{
  Manager *self = TEST_MANAGER (object);

  g_ptr_array_unref (self->requests);
  g_hash_table_unref (self->open);
  g_clear_pointer (&self->last_vnfrd, g_bytes_unref);
  G_OBJECT_CLASS (manager_parent_class)->finalize (object);
}

static void
manager_class_init (ManagerClass *klass)
{
  VnfmTransportClass *transport_class = VNFM_TRANSPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = manager_finalize;
  transport_class->connect_async = manager_connect_async;
  transport_class->connect_finish = finish_boolean;
  transport_class->close_async = manager_connect_async;
  transport_class->close_finish = finish_boolean;
  transport_class->subscribe = manager_subscribe;
  transport_class->publish_async = manager_publish_async;
  transport_class->publish_finish = finish_boolean;
  transport_class->reply_async = manager_reply_async;
  transport_class->reply_finish = finish_boolean;
  transport_class->ack = manager_ack;
  transport_class->dup_answer_address = manager_dup_answer_address;
}

static void
manager_init (Manager *self)
{
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)question_free);
}

/* ---- machines that are only names */

#define NAMES_TYPE (names_get_type ())
G_DECLARE_FINAL_TYPE (Names, names, TEST, NAMES, NfvoMachines)

struct _Names {
  NfvoMachines parent_instance;
  guint running;
  guint started;
  char *user_data;
};

G_DEFINE_FINAL_TYPE (Names, names, NFVO_TYPE_MACHINES)

static void
names_allocate_async (NfvoMachines *machines, const NfvoMachineOrder *order, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  Names *self = TEST_NAMES (machines);
  g_autoptr (GTask) task = g_task_new (machines, cancellable, callback, user_data);
  NfvoMachine *machine = nfvo_machine_new (order->hostname, order->vnf, order->hostname, NULL);

  for (guint i = 0; i < order->ports->len; i++)
    g_ptr_array_add (machine->addresses,
                     nfvo_address_new (g_array_index (order->ports, NfvoPort, i).network, "127.9.9.9", NULL));
  self->running++;
  self->started++;
  g_free (self->user_data);
  self->user_data = g_strdup (order->user_data);
  g_task_return_pointer (task, machine, (GDestroyNotify)nfvo_machine_unref);
}

static NfvoMachine *
names_allocate_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
names_release_async (NfvoMachines *machines, NfvoMachine *machine, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (machines, NULL, callback, user_data);

  TEST_NAMES (machines)->running--;
  g_task_return_boolean (task, TRUE);
}

static gboolean
names_release_finish (NfvoMachines *machines, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
names_finalize (GObject *object)
{
  g_free (TEST_NAMES (object)->user_data);
  G_OBJECT_CLASS (names_parent_class)->finalize (object);
}

static void
names_class_init (NamesClass *klass)
{
  NfvoMachinesClass *machines_class = NFVO_MACHINES_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = names_finalize;
  machines_class->allocate_async = names_allocate_async;
  machines_class->allocate_finish = names_allocate_finish;
  machines_class->release_async = names_release_async;
  machines_class->release_finish = names_release_finish;
}

static void
names_init (Names *self)
{
}

/* ---- the fixture */

typedef struct {
  VnfmClock *clock;
  VnfmProfile *profile;
  VnfmContext *context;
  Manager *manager;
  Names *machines;
  NfvoLink *link;
  NfvoService *service;
  NfvoDeployment *deployment;
  NfvoDeploymentOptions options;
} Fixture;

static Fixture f;

static void
set_up (void)
{
  f = (Fixture){ .options.release_patience = 100 * G_TIME_SPAN_MILLISECOND };
  f.clock = vnfm_clock_new ();
  f.profile = vnfm_profile_new ();
  vnfm_profile_declare (f.profile, vnfm_transport_keys);
  f.context = vnfm_context_new (f.profile, f.clock);
  f.manager = g_object_new (MANAGER_TYPE, "context", f.context, NULL);
  f.machines = g_object_new (NAMES_TYPE, NULL);
  f.link = nfvo_link_new (VNFM_TRANSPORT (f.manager), f.clock);

  g_autoptr (GError) error = NULL;
  VnfmTestCall call = { NULL };
  nfvo_link_open_async (f.link, G_TIME_SPAN_MINUTE, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  ck_assert (nfvo_link_open_finish (f.link, result, &error));
}

static void
tear_down (void)
{
  g_clear_object (&f.deployment);
  g_clear_pointer (&f.service, nfvo_service_free);
  g_clear_object (&f.link);
  g_clear_object (&f.machines);
  g_clear_object (&f.manager);
  g_clear_object (&f.context);
  g_clear_object (&f.profile);
  g_clear_object (&f.clock);
}

/* A service of VNFs "a b c" (their types are "ta tb tc") and dependencies "a>b", source first. */
static void
make_service (const char *vnfs, const char *dependencies)
{
  g_autoptr (GString) text = g_string_new ("{\"name\":\"s\",\"vendor\":\"v\",\"version\":\"1\",\"vld\":[{\"name\":"
                                           "\"private\"}],\"vnfd\":[");
  g_auto (GStrv) names = g_strsplit (vnfs, " ", -1);
  g_auto (GStrv) pairs = g_strsplit (dependencies, " ", -1);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    g_string_append_printf (
        text,
        "%s{\"name\":\"%s\",\"type\":\"t%s\",\"vendor\":\"v\",\"version\":\"1\",\"endpoint\":\"generic\",\"vdu\":["
        "{\"vm_image\":[\"i\"],\"scale_in_out\":1,\"vimInstanceName\":[],\"vnfc\":[{\"connection_point\":["
        "{\"virtual_link_reference\":\"private\"}]}]}],\"virtual_link\":[{\"name\":\"private\"}],\"lifecycle_event\":"
        "[],\"deployment_flavour\":[{\"flavour_key\":\"m1\"}]}",
        i > 0 ? "," : "", names[i], names[i]);
  g_string_append (text, "],\"vnf_dependency\":[");
  for (guint i = 0; pairs[i] != NULL && pairs[i][0] != '\0'; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], ">", 2);
    g_string_append_printf (text, "%s{\"source\":\"%s\",\"target\":\"%s\",\"parameters\":[\"private\"]}",
                            i > 0 ? "," : "", pair[0], pair[1]);
  }
  g_string_append (text, "]}");
  g_autoptr (GBytes) bytes = g_bytes_new (text->str, text->len);
  f.service = nfvo_service_parse ("test", bytes, &error);
  ck_assert_no_error (error);
  nfvo_service_link (f.service);
  ck_assert (!nfvo_service_has_errors (f.service));
  f.deployment = nfvo_deployment_new (f.service, f.link, NFVO_MACHINES (f.machines), f.clock, &f.options, &error);
  ck_assert_no_error (error);
}

static gboolean
deploy (GError **error)
{
  VnfmTestCall call = { NULL };

  nfvo_deployment_deploy_async (f.deployment, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  return nfvo_deployment_deploy_finish (f.deployment, result, error);
}

static gboolean
release (GError **error)
{
  VnfmTestCall call = { NULL };

  nfvo_deployment_release_async (f.deployment, vnfm_test_got_result, &call);
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&call);
  return nfvo_deployment_release_finish (f.deployment, result, error);
}

static void
deploy_well (void)
{
  g_autoptr (GError) error = NULL;

  ck_assert (deploy (&error));
  ck_assert_no_error (error);
}

static void
release_well (void)
{
  g_autoptr (GError) error = NULL;

  ck_assert (release (&error));
  ck_assert_no_error (error);
  ck_assert_uint_eq (f.machines->running, 0);
}

static int
position (const char *request)
{
  for (guint i = 0; i < f.manager->requests->len; i++)
    if (g_str_equal (g_ptr_array_index (f.manager->requests, i), request))
      return (int)i;
  return -1;
}

static NfvoState
state_of (const char *vnf)
{
  GPtrArray *members = nfvo_deployment_get_members (f.deployment);

  for (guint i = 0; i < members->len; i++) {
    NfvoMember *member = g_ptr_array_index (members, i);
    if (g_str_equal (member->vnf->name, vnf))
      return member->state;
  }
  return NFVO_WAITING;
}

/* ---- tests */

START_TEST (without_dependencies_there_is_no_modify)
{
  make_service ("a b", "");
  deploy_well ();
  ck_assert_int_eq (position ("MODIFY a"), -1);
  ck_assert_uint_eq (f.manager->requests->len, 4);
  ck_assert_int_eq (state_of ("a"), NFVO_ACTIVE);
  ck_assert_uint_eq (f.machines->running, 2);
  release_well ();
  ck_assert_int_eq (state_of ("b"), NFVO_RELEASED);
}
END_TEST

START_TEST (user_data_gets_the_machines_name)
{
  make_service ("a", "");
  deploy_well ();
  GPtrArray *members = nfvo_deployment_get_members (f.deployment);
  NfvoMachine *machine = g_ptr_array_index (((NfvoMember *)g_ptr_array_index (members, 0))->machines, 0);
  g_autofree char *expected = g_strdup_printf ("#!/bin/sh\nexport Hostname=%s\n", machine->hostname);
  ck_assert_str_eq (f.machines->user_data, expected);
  ck_assert (g_str_has_prefix (machine->hostname, "a-"));
  release_well ();
}
END_TEST

START_TEST (target_is_modified_when_its_source_is_there)
{
  make_service ("client server", "server>client");
  deploy_well ();
  ck_assert_int_eq (position ("MODIFY server"), -1);
  ck_assert_int_gt (position ("MODIFY client"), position ("INSTANTIATE server"));
  ck_assert_int_gt (position ("START client"), position ("MODIFY client"));
  g_autofree char *vnfrd =
      g_strndup (g_bytes_get_data (f.manager->last_vnfrd, NULL), g_bytes_get_size (f.manager->last_vnfrd));
  ck_assert_ptr_nonnull (strstr (vnfrd, "127.9.9.9"));
  release_well ();
}
END_TEST

START_TEST (circles_and_self_dependencies_work)
{
  make_service ("a b c", "a>b b>a c>c");
  deploy_well ();
  ck_assert_int_ge (position ("MODIFY a"), 0);
  ck_assert_int_ge (position ("MODIFY b"), 0);
  ck_assert_int_ge (position ("MODIFY c"), 0);
  release_well ();
}
END_TEST

START_TEST (ordered_start_follows_the_dependencies)
{
  f.options.ordered = TRUE;
  make_service ("a b c", "c>a b>c");
  deploy_well ();
  ck_assert_int_lt (position ("START b"), position ("START c"));
  ck_assert_int_lt (position ("START c"), position ("START a"));
  ck_assert_int_gt (position ("START b"), position ("MODIFY a"));
  release_well ();
}
END_TEST

START_TEST (repeated_answer_is_dropped)
{
  make_service ("a", "");
  f.manager->odd = "INSTANTIATE a";
  f.manager->behaviour = ANSWER_TWICE;
  deploy_well ();
  ck_assert_uint_eq (f.manager->requests->len, 2);
  release_well ();
}
END_TEST

START_TEST (one_way_result_is_an_answer)
{
  make_service ("a", "");
  f.manager->odd = "START a";
  f.manager->behaviour = ANSWER_ONE_WAY;
  deploy_well ();
  release_well ();
}
END_TEST

START_TEST (error_is_told_and_the_rest_released)
{
  g_autoptr (GError) error = NULL;

  make_service ("client server", "server>client");
  f.manager->odd = "MODIFY client";
  f.manager->behaviour = ANSWER_ERROR;
  ck_assert (!deploy (&error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_FAILED);
  ck_assert_str_eq (error->message, "VNF client: on purpose");
  ck_assert_int_eq (state_of ("client"), NFVO_FAILED);
  release_well ();
  ck_assert_int_ge (position ("RELEASE_RESOURCES client"), 0);
  ck_assert_int_ge (position ("RELEASE_RESOURCES server"), 0);
}
END_TEST

START_TEST (stale_record_is_told)
{
  g_autoptr (GError) error = NULL;

  make_service ("a", "");
  f.manager->odd = "START a";
  f.manager->behaviour = ANSWER_STALE;
  ck_assert (!deploy (&error));
  ck_assert_ptr_nonnull (strstr (error->message, "stale vnfr"));
  release_well ();
}
END_TEST

START_TEST (null_answer_is_told)
{
  g_autoptr (GError) error = NULL;

  make_service ("a", "");
  f.manager->odd = "INSTANTIATE a";
  f.manager->behaviour = ANSWER_NULL;
  ck_assert (!deploy (&error));
  ck_assert_str_eq (error->message, "VNF a: INSTANTIATE was answered null");
  release_well ();
}
END_TEST

START_TEST (refused_grant_starts_no_machine)
{
  g_autoptr (GError) error = NULL;
  const char *refused[] = { "a", NULL };

  f.options.refuse_grant = (GStrv)refused;
  make_service ("a", "");
  ck_assert (!deploy (&error));
  ck_assert_uint_eq (f.machines->started, 0);
  release_well ();
}
END_TEST

START_TEST (refused_allocation_starts_no_machine)
{
  g_autoptr (GError) error = NULL;
  const char *refused[] = { "a", NULL };

  f.options.refuse_allocate = (GStrv)refused;
  make_service ("a", "");
  ck_assert (!deploy (&error));
  ck_assert_uint_eq (f.machines->started, 0);
  release_well ();
}
END_TEST

START_TEST (machines_end_although_release_is_not_answered)
{
  g_autoptr (GError) error = NULL;

  make_service ("a", "");
  f.manager->odd = "RELEASE_RESOURCES a";
  f.manager->behaviour = ANSWER_NEVER;
  deploy_well ();
  ck_assert (!release (&error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_TIMEOUT);
  ck_assert_uint_eq (f.machines->running, 0);
}
END_TEST

START_TEST (failing_terminate_is_told_and_machines_end)
{
  g_autoptr (GError) error = NULL;

  make_service ("a", "");
  f.manager->odd = "RELEASE_RESOURCES a";
  f.manager->behaviour = ANSWER_ERROR;
  deploy_well ();
  ck_assert (!release (&error));
  ck_assert_str_eq (error->message, "VNF a: on purpose");
  ck_assert_uint_eq (f.machines->running, 0);
}
END_TEST

START_TEST (release_in_the_middle_ends_the_deployment)
{
  g_autoptr (GError) error = NULL;
  VnfmTestCall deploying = { NULL };

  make_service ("a", "");
  f.manager->odd = "START a";
  f.manager->behaviour = ANSWER_NEVER;
  nfvo_deployment_deploy_async (f.deployment, vnfm_test_got_result, &deploying);
  while (position ("START a") < 0)
    g_main_context_iteration (NULL, TRUE);
  release_well ();
  g_autoptr (GAsyncResult) result = vnfm_test_wait (&deploying);
  ck_assert (!nfvo_deployment_deploy_finish (f.deployment, result, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_CANCELLED);
  nfvo_link_forget (f.link, NULL);
}
END_TEST

START_TEST (circle_has_no_order)
{
  g_autoptr (GError) error = NULL;

  make_service ("a b", "a>b b>a");
  f.options.ordered = TRUE;
  g_autoptr (NfvoDeployment) other =
      nfvo_deployment_new (f.service, f.link, NFVO_MACHINES (f.machines), f.clock, &f.options, &error);
  ck_assert_ptr_null (other);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
}
END_TEST

static Suite *
deployment_suite (void)
{
  Suite *suite = suite_create ("nfvo-deployment");
  TCase *tc = tcase_create ("deployment");

  tcase_add_checked_fixture (tc, set_up, tear_down);
  tcase_add_test (tc, without_dependencies_there_is_no_modify);
  tcase_add_test (tc, user_data_gets_the_machines_name);
  tcase_add_test (tc, target_is_modified_when_its_source_is_there);
  tcase_add_test (tc, circles_and_self_dependencies_work);
  tcase_add_test (tc, ordered_start_follows_the_dependencies);
  tcase_add_test (tc, repeated_answer_is_dropped);
  tcase_add_test (tc, one_way_result_is_an_answer);
  tcase_add_test (tc, error_is_told_and_the_rest_released);
  tcase_add_test (tc, stale_record_is_told);
  tcase_add_test (tc, null_answer_is_told);
  tcase_add_test (tc, refused_grant_starts_no_machine);
  tcase_add_test (tc, refused_allocation_starts_no_machine);
  tcase_add_test (tc, machines_end_although_release_is_not_answered);
  tcase_add_test (tc, failing_terminate_is_told_and_machines_end);
  tcase_add_test (tc, release_in_the_middle_ends_the_deployment);
  tcase_add_test (tc, circle_has_no_order);
  suite_add_tcase (suite, tc);
  return suite;
}

VNFM_TEST_MAIN (deployment_suite)
