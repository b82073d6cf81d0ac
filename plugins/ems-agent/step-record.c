/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/step-record.h"

#include "plugins/ems-agent/files.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

/* What was asked of this machine and what came of it, so that a command that is repeated is answered and not carried
 * out again. A step is a folder, named by the hash of its id (an id may be any text):
 *
 *   record.json   the command and who is owed its answer; written before the effect
 *   answer.json   the whole answer; written once
 *   outcome ...   files of a running script: see supervisor.h and script-runner.c
 *
 *   (nothing) --save--> waiting (begun = 0) --save--> begun --end--> DONE or DIED
 *
 * A folder whose record cannot be read was never finished writing: nothing was begun, and it is removed at start. */

#define RECORD "record.json"
#define ANSWER "answer.json"

/* These are kept whatever the clock says. */
#define ALWAYS_KEPT 50

struct _EmsStepStore {
  char *folder;
  GHashTable *steps; /* id -> EmsStep */
  gint64 last_number;
};

EmsWaiter *
ems_waiter_new (const char *reply_to, const char *correlation_id, const char *message_id)
{
  EmsWaiter *self = g_new0 (EmsWaiter, 1);

  self->reply_to = g_strdup (reply_to);
  self->correlation_id = g_strdup (correlation_id);
  self->message_id = g_strdup (message_id);
  return self;
}

void
ems_waiter_free (EmsWaiter *self)
{
  g_free (self->reply_to);
  g_free (self->correlation_id);
  g_free (self->message_id);
  g_free (self);
}

static void
step_free (EmsStep *step)
{
  g_free (step->id);
  g_free (step->folder);
  g_free (step->boot);
  g_free (step->delivery);
  g_clear_pointer (&step->command, g_bytes_unref);
  g_ptr_array_unref (step->waiters);
  g_free (step);
}

static EmsStep *
step_new (const char *store, const char *id)
{
  EmsStep *step = g_new0 (EmsStep, 1);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);

  step->id = g_strdup (id);
  hash[32] = '\0';
  step->folder = g_build_filename (store, hash, NULL);
  step->waiters = g_ptr_array_new_with_free_func ((GDestroyNotify)ems_waiter_free);
  step->state = EMS_STATE_RUNNING;
  return step;
}

char *
ems_step_path (EmsStep *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

/* The record as JSON. */

static void
set_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
}

static GBytes *
encode_step (EmsStep *step)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *waiters = json_array_new ();

  set_string (object, "step", step->id);
  json_object_set_boolean_member (object, "named", step->named);
  set_string (object, "action", ems_action_get_nick (step->action));
  set_string (object, "boot", step->boot);
  json_object_set_int_member (object, "accepted", step->accepted);
  json_object_set_int_member (object, "number", step->number);
  json_object_set_int_member (object, "begun", step->begun);
  json_object_set_int_member (object, "ended", step->ended);
  set_string (object, "state", ems_state_get_nick (step->state));
  set_string (object, "delivery", step->delivery);
  if (step->command != NULL) {
    gsize length = 0;
    const char *text = g_bytes_get_data (step->command, &length);
    g_autofree char *copy = g_strndup (text, length);
    set_string (object, "command", copy);
  }
  for (guint i = 0; i < step->waiters->len; i++) {
    EmsWaiter *waiter = g_ptr_array_index (step->waiters, i);
    JsonObject *element = json_object_new ();
    set_string (element, "reply-to", waiter->reply_to);
    set_string (element, "correlation-id", waiter->correlation_id);
    set_string (element, "message-id", waiter->message_id);
    json_array_add_object_element (waiters, element);
  }
  json_object_set_array_member (object, "waiters", waiters);
  return vnfm_json_write_object (object);
}

static EmsAction
action_from_nick (const char *nick)
{
  for (EmsAction action = EMS_ACTION_SAVE_SCRIPTS; nick != NULL && action <= EMS_ACTION_CANCEL; action++) {
    if (g_str_equal (nick, ems_action_get_nick (action)))
      return action;
  }
  return EMS_ACTION_NONE;
}

static EmsState
state_from_nick (const char *nick)
{
  for (EmsState state = EMS_STATE_UNKNOWN; nick != NULL && state <= EMS_STATE_DIED; state++) {
    if (g_str_equal (nick, ems_state_get_nick (state)))
      return state;
  }
  return EMS_STATE_NONE;
}

static void
decode_waiters (EmsStep *step, JsonArray *waiters)
{
  guint length = waiters != NULL ? json_array_get_length (waiters) : 0;

  for (guint i = 0; i < length; i++) {
    JsonObject *waiter = vnfm_json_element_object (waiters, i);
    const char *reply_to = vnfm_json_get_string (waiter, "reply-to");
    const char *message_id = vnfm_json_get_string (waiter, "message-id");
    if (reply_to != NULL && message_id != NULL)
      g_ptr_array_add (step->waiters,
                       ems_waiter_new (reply_to, vnfm_json_get_string (waiter, "correlation-id"), message_id));
  }
}

static EmsStep *
decode_step (const char *store, GBytes *text, GError **error)
{
  g_autoptr (JsonNode) node = vnfm_json_parse (text, error);

  if (node == NULL)
    return NULL;
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *id = vnfm_json_get_string (object, "step");
  if (id == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the record names no step");
    return NULL;
  }
  EmsStep *step = step_new (store, id);
  const char *command = vnfm_json_get_string (object, "command");
  step->named = vnfm_json_get_boolean (object, "named", TRUE);
  step->action = action_from_nick (vnfm_json_get_string (object, "action"));
  step->boot = g_strdup (vnfm_json_get_string (object, "boot"));
  step->accepted = vnfm_json_get_int (object, "accepted", 0);
  step->number = vnfm_json_get_int (object, "number", 0);
  step->begun = vnfm_json_get_int (object, "begun", 0);
  step->ended = vnfm_json_get_int (object, "ended", 0);
  step->state = state_from_nick (vnfm_json_get_string (object, "state"));
  step->delivery = g_strdup (vnfm_json_get_string (object, "delivery"));
  if (command != NULL)
    step->command = g_bytes_new (command, strlen (command));
  decode_waiters (step, vnfm_json_get_array (object, "waiters"));
  return step;
}

/* The store. */

/* The answer is put on the disk, the record that says so afterwards is not: where they differ the answer is right. */
static void
take_answer (EmsStep *step)
{
  g_autoptr (EmsAnswer) answer = NULL;
  g_autoptr (EmsOutput) output = NULL;

  if (step->state != EMS_STATE_RUNNING)
    return;
  g_autoptr (GBytes) text = ems_file_read (step->folder, ANSWER, NULL);
  if (text == NULL || !ems_reply_decode (text, &answer, &output, NULL) || answer == NULL)
    return;
  step->state = answer->state == EMS_STATE_DIED ? EMS_STATE_DIED : EMS_STATE_DONE;
  step->ended = MAX (step->begun, step->accepted);
  g_clear_pointer (&step->command, g_bytes_unref);
}

static void
load_step (EmsStepStore *self, const char *name)
{
  g_autofree char *folder = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = ems_file_read (folder, RECORD, &error);
  EmsStep *step = text != NULL ? decode_step (self->folder, text, &error) : NULL;

  if (step == NULL || !g_str_equal (step->folder, folder)) {
    g_info ("step record %s: removed: %s", name, error != NULL ? error->message : "not the folder of its step");
    g_clear_pointer (&step, step_free);
    ems_folder_remove (folder);
    return;
  }
  take_answer (step);
  self->last_number = MAX (self->last_number, step->number);
  g_hash_table_replace (self->steps, step->id, step);
}

EmsStepStore *
ems_step_store_new (const char *folder, GError **error)
{
  if (!ems_folder_make (folder, error))
    return NULL;
  GDir *entries = g_dir_open (folder, 0, NULL);
  if (entries == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot read folder %s", folder);
    return NULL;
  }

  EmsStepStore *self = g_new0 (EmsStepStore, 1);
  const char *name;
  self->folder = g_strdup (folder);
  self->steps = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)step_free);
  while ((name = g_dir_read_name (entries)) != NULL)
    load_step (self, name);
  g_dir_close (entries);
  return self;
}

void
ems_step_store_free (EmsStepStore *self)
{
  g_hash_table_unref (self->steps);
  g_free (self->folder);
  g_free (self);
}

EmsStep *
ems_step_store_lookup (EmsStepStore *self, const char *id)
{
  return g_hash_table_lookup (self->steps, id);
}

EmsStep *
ems_step_store_lookup_delivery (EmsStepStore *self, const char *delivery)
{
  GHashTableIter iter;
  gpointer step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, &step)) {
    if (g_strcmp0 (((EmsStep *)step)->delivery, delivery) == 0)
      return step;
  }
  return NULL;
}

guint
ems_step_store_get_size (EmsStepStore *self)
{
  return g_hash_table_size (self->steps);
}

static gboolean
is_open (const EmsStep *step)
{
  return step->state == EMS_STATE_RUNNING;
}

static gboolean
has_ended (const EmsStep *step)
{
  return !is_open (step);
}

static gboolean
is_over (const EmsStep *step)
{
  return !is_open (step) && step->waiters->len == 0;
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  const EmsStep *one = *(const EmsStep *const *)a;
  const EmsStep *other = *(const EmsStep *const *)b;

  if (one->number != other->number)
    return one->number < other->number ? -1 : 1;
  if (one->accepted != other->accepted)
    return one->accepted < other->accepted ? -1 : 1;
  return strcmp (one->id, other->id);
}

static GPtrArray *
list_steps (EmsStepStore *self, gboolean (*wanted) (const EmsStep *step))
{
  GPtrArray *steps = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer step;

  g_hash_table_iter_init (&iter, self->steps);
  while (g_hash_table_iter_next (&iter, NULL, &step)) {
    if (wanted (step))
      g_ptr_array_add (steps, step);
  }
  g_ptr_array_sort (steps, compare_age);
  return steps;
}

GPtrArray *
ems_step_store_list_open (EmsStepStore *self)
{
  return list_steps (self, is_open);
}

GPtrArray *
ems_step_store_list_ended (EmsStepStore *self)
{
  return list_steps (self, has_ended);
}

EmsStep *
ems_step_store_add (EmsStepStore *self, const char *id, gboolean named, EmsAction action)
{
  EmsStep *step = step_new (self->folder, id);

  step->named = named;
  step->action = action;
  step->number = ++self->last_number;
  g_hash_table_replace (self->steps, step->id, step);
  return step;
}

/* A script must not be run twice, so its record is put on the disk; storing a file again does no harm. */
static gboolean
is_durable (const EmsStep *step)
{
  return step->action == EMS_ACTION_EXECUTE;
}

gboolean
ems_step_store_save (EmsStepStore *self, EmsStep *step, GError **error)
{
  gboolean fresh = !g_file_test (step->folder, G_FILE_TEST_IS_DIR);
  g_autoptr (GBytes) text = encode_step (step);

  if (!ems_folder_make (step->folder, error) ||
      !ems_file_replace (step->folder, RECORD, text, is_durable (step), error))
    return FALSE;
  if (fresh && is_durable (step) && !ems_folder_sync (self->folder)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_STORE, "cannot put folder %s on the disk", self->folder);
    return FALSE;
  }
  return TRUE;
}

/* Without waiting for the disk. */
static void
rewrite (EmsStep *step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = encode_step (step);

  if (!ems_file_replace (step->folder, RECORD, text, FALSE, &error))
    g_warning ("step %s: %s", step->id, error->message);
}

gboolean
ems_step_store_end (EmsStepStore *self, EmsStep *step, EmsState state, gint64 ended, GBytes *answer)
{
  g_autoptr (GError) error = NULL;

  step->state = state;
  step->ended = ended;
  g_clear_pointer (&step->command, g_bytes_unref);
  if (!ems_file_replace (step->folder, ANSWER, answer, is_durable (step), &error)) {
    g_warning ("step %s: its outcome is known but not kept: %s", step->id, error->message);
    return FALSE;
  }
  rewrite (step);
  return TRUE;
}

GBytes *
ems_step_store_read_answer (EmsStepStore *self, EmsStep *step)
{
  g_autoptr (GError) error = NULL;
  GBytes *answer = ems_file_read (step->folder, ANSWER, &error);

  if (answer == NULL)
    g_warning ("step %s: %s", step->id, error->message);
  return answer;
}

void
ems_step_store_settle (EmsStepStore *self, EmsStep *step)
{
  g_ptr_array_set_size (step->waiters, 0);
  /* If this is lost in a power cut, the answer is sent a second time with the same id. */
  rewrite (step);
}

void
ems_step_store_remove (EmsStepStore *self, EmsStep *step)
{
  ems_folder_remove (step->folder);
  g_hash_table_remove (self->steps, step->id);
}

void
ems_step_store_expire (EmsStepStore *self, gint64 before, guint keep, gboolean (*in_use) (EmsStep *step, gint64 before))
{
  g_autoptr (GPtrArray) over = list_steps (self, is_over);
  guint surplus = over->len > keep ? over->len - keep : 0;

  for (guint i = 0; i < over->len; i++) {
    EmsStep *step = g_ptr_array_index (over, i);
    gboolean old = step->ended < before && i + ALWAYS_KEPT < over->len;
    if ((i < surplus || old) && !in_use (step, before))
      ems_step_store_remove (self, step);
  }
}
