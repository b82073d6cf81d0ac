/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the agent keeps, or vnfmd's record where there is no agent. The agent's: state/steps/<hash>/record.json
 * and answer.json in the folder of a machine. A step's id ends in STAGE/INSTANCE/INDEX/SOURCE, the index counting the
 * scripts of the event that the stage runs. vnfmd's record: a line of JSON for each script that ended. */
#include "config.h"

#include "core/nfvo/steps.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FILE   (16 * 1024 * 1024)
#define MAX_RECORD (64 * 1024 * 1024)
#define MAX_STEPS  10000

void
nfvo_script_run_free (NfvoScriptRun *run)
{
  g_free (run->step);
  g_free (run->machine);
  g_free (run->event);
  g_free (run->script);
  g_free (run->output);
  g_free (run->err);
  g_free (run);
}

static JsonNode *
read_json (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) text = nfvo_read_file (path, MAX_FILE, NULL);
  g_autoptr (JsonNode) node = text != NULL ? vnfm_json_parse (text, NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

/* "RELEASE_RESOURCES" runs TERMINATE, every other stage has the name of its event. */
static char *
event_of_stage (const char *stage)
{
  char *event = g_ascii_strup (stage, -1);

  return g_strdelimit (event, "-", '_');
}

static char *
script_of (NfvoVnf *vnf, const char *event_name, guint index)
{
  VnfmEvent wanted = vnfm_event_from_nick (event_name);

  for (guint i = 0; i < vnf->events->len; i++) {
    NfvoEvent *event = g_ptr_array_index (vnf->events, i);
    if (event->event == wanted && wanted != VNFM_EVENT_NONE)
      return index < event->scripts->len ? g_strdup (g_ptr_array_index (event->scripts, index))
                                         : g_strdup_printf ("script %u", index + 1);
  }
  return g_strdup_printf ("script %u", index + 1);
}

static char *
dup_member (JsonObject *object, const char *name)
{
  const char *text = vnfm_json_get_string (object, name);

  return g_strdup (text != NULL ? text : "");
}

static NfvoScriptRun *
read_run (NfvoMember *member, NfvoMachine *machine, const char *folder)
{
  g_autoptr (JsonNode) record_node = read_json (folder, "record.json");
  JsonObject *record = record_node != NULL ? json_node_get_object (record_node) : NULL;
  const char *id = vnfm_json_get_string (record, "step");
  g_auto (GStrv) parts = g_strsplit (id != NULL ? id : "", "/", -1);
  guint n = g_strv_length (parts);
  g_autoptr (JsonNode) answer_node = NULL;
  JsonObject *answer;
  NfvoScriptRun *run;

  if (n < 4 || g_strcmp0 (vnfm_json_get_string (record, "action"), "EXECUTE") != 0)
    return NULL;
  answer_node = read_json (folder, "answer.json");
  answer = answer_node != NULL ? json_node_get_object (answer_node) : NULL;
  run = g_new0 (NfvoScriptRun, 1);
  run->step = g_strdup (id);
  run->machine = g_strdup (machine->hostname);
  run->event = event_of_stage (parts[n - 4]);
  run->script = script_of (member->vnf, run->event, (guint)strtoul (parts[n - 2], NULL, 10));
  run->begun = vnfm_json_get_int (record, "begun", 0);
  run->ended = vnfm_json_get_int (record, "ended", 0);
  run->known = answer != NULL;
  run->status = (int)vnfm_json_get_int (answer, "status", 0);
  run->output = dup_member (answer, "output");
  run->err = dup_member (answer, "err");
  return run;
}

/* Tells it unless it was told before. @run: (transfer full). */
static void
add_run (GPtrArray *runs, NfvoScriptRun *run, GHashTable *seen)
{
  if (seen != NULL && g_hash_table_contains (seen, run->step)) {
    nfvo_script_run_free (run);
    return;
  }
  if (seen != NULL && run->known)
    g_hash_table_add (seen, g_strdup (run->step));
  g_ptr_array_add (runs, run);
}

/* Returns: FALSE if no agent has kept records there. */
static gboolean
read_machine (NfvoMember *member, NfvoMachine *machine, GHashTable *seen, GPtrArray *runs)
{
  g_autofree char *steps = g_build_filename (machine->folder, "state", "steps", NULL);
  g_autoptr (GDir) dir = g_dir_open (steps, 0, NULL);
  const char *name;

  while (dir != NULL && runs->len < MAX_STEPS && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = g_build_filename (steps, name, NULL);
    NfvoScriptRun *run = read_run (member, machine, folder);
    if (run != NULL)
      add_run (runs, run, seen);
  }
  return dir != NULL;
}

static gint64
read_time (JsonObject *object, const char *name)
{
  const char *text = vnfm_json_get_string (object, name);
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  return time != NULL ? g_date_time_to_unix (time) * G_TIME_SPAN_SECOND + g_date_time_get_microsecond (time) : 0;
}

/* Returns: (nullable): what the line of the record tells, if it is of this VNF and of one of the hosts. */
static NfvoScriptRun *
read_line (NfvoMember *member, GHashTable *hosts, const char *line, guint number)
{
  g_autoptr (GBytes) text = g_bytes_new (line, strlen (line));
  g_autoptr (JsonNode) node = vnfm_json_parse (text, NULL);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *host = vnfm_json_get_string (object, "host");
  NfvoScriptRun *run;

  if (host == NULL || !g_hash_table_contains (hosts, host) ||
      g_strcmp0 (vnfm_json_get_string (object, "vnf"), member->vnf->name) != 0)
    return NULL;
  run = g_new0 (NfvoScriptRun, 1);
  run->step = g_strdup_printf ("line %u", number);
  run->machine = g_strdup (host);
  run->event = dup_member (object, "event");
  run->script = dup_member (object, "script");
  run->begun = read_time (object, "started");
  run->ended = run->begun != 0 ? read_time (object, "ended") : 0;
  run->known = vnfm_json_get_boolean (object, "known", TRUE);
  run->status = (int)vnfm_json_get_int (object, "status", 0);
  run->output = dup_member (object, "output");
  run->err = dup_member (object, "err");
  return run;
}

static void
read_record (NfvoMember *member, const char *record, GHashTable *hosts, GHashTable *seen, GPtrArray *runs)
{
  g_autoptr (GBytes) bytes = nfvo_read_file (record, MAX_RECORD, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && runs->len < MAX_STEPS; i++) {
    NfvoScriptRun *run = read_line (member, hosts, lines[i], i);
    if (run != NULL)
      add_run (runs, run, seen);
  }
}

static int
by_begin (gconstpointer a, gconstpointer b)
{
  const NfvoScriptRun *first = *(NfvoScriptRun *const *)a;
  const NfvoScriptRun *second = *(NfvoScriptRun *const *)b;

  return first->begun < second->begun ? -1 : first->begun > second->begun;
}

GPtrArray *
nfvo_script_runs_read (NfvoMember *member, const char *record, GHashTable *seen)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_script_run_free);
  g_autoptr (GHashTable) agentless = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < member->machines->len; i++) {
    NfvoMachine *machine = g_ptr_array_index (member->machines, i);
    if (machine->folder == NULL || !read_machine (member, machine, seen, runs))
      g_hash_table_add (agentless, machine->hostname);
  }
  if (record != NULL && g_hash_table_size (agentless) > 0)
    read_record (member, record, agentless, seen, runs);
  g_ptr_array_sort (runs, by_begin);
  return runs;
}

char *
nfvo_last_lines (const char *text, guint lines, gsize bytes)
{
  gsize length = strlen (text);
  const char *start;

  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  start = text + length;
  while (start > text && (gsize)(text + length - start) < bytes) {
    if (start[-1] == '\n' && --lines == 0)
      break;
    start--;
  }
  while (start > text && start < text + length && (*start & 0xc0) == 0x80) /* not in the middle of a character */
    start++;
  return g_strndup (start, (gsize)(text + length - start));
}
