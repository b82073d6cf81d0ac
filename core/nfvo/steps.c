/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the agent keeps: state/steps/<hash>/record.json and answer.json in the folder of a machine. A step's id
 * ends in STAGE/INSTANCE/INDEX/SOURCE, the index counting the scripts of the event that the stage runs. */
#include "config.h"

#include "core/nfvo/steps.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FILE  (16 * 1024 * 1024)
#define MAX_STEPS 10000

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

static void
read_machine (NfvoMember *member, NfvoMachine *machine, GHashTable *seen, GPtrArray *runs)
{
  g_autofree char *steps = g_build_filename (machine->folder, "state", "steps", NULL);
  g_autoptr (GDir) dir = g_dir_open (steps, 0, NULL);
  const char *name;

  while (dir != NULL && runs->len < MAX_STEPS && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = g_build_filename (steps, name, NULL);
    NfvoScriptRun *run = read_run (member, machine, folder);
    if (run == NULL)
      continue;
    if (seen != NULL && g_hash_table_contains (seen, run->step)) {
      nfvo_script_run_free (run);
      continue;
    }
    if (seen != NULL && run->known)
      g_hash_table_add (seen, g_strdup (run->step));
    g_ptr_array_add (runs, run);
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
nfvo_script_runs_read (NfvoMember *member, GHashTable *seen)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_script_run_free);

  for (guint i = 0; i < member->machines->len; i++) {
    NfvoMachine *machine = g_ptr_array_index (member->machines, i);
    if (machine->folder != NULL)
      read_machine (member, machine, seen, runs);
  }
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
