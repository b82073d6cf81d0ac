/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of the local API (core/daemon/local-api.h says what is in them) as text. A member that is not there is a
 * line or a cell that says nothing: an older vnfmd may know less. */
#include "config.h"

#include "core/ctl/format.h"
#include "core/ctl/human.h"

#include <vnfm/vnfm-json.h>

#include <string.h>

/* Of an id, where the whole one would take half the line. Still unique among some thousands. */
#define SHORT_ID 8

#define LABEL_WIDTH 12

/* ---- pieces */

/* "label       value": nothing if @value is NULL. */
static void
add_line (GString *out, const char *label, const char *value, TableColour colour, const TableStyle *style)
{
  if (value == NULL || *value == '\0')
    return;
  g_autofree char *clean = text_clean (value, FALSE);
  g_autofree char *painted = text_paint (clean, colour, style->colour);
  g_string_append_printf (out, "%-*s%s\n", LABEL_WIDTH, label, painted);
}

static void
add_member (GString *out, const char *label, JsonObject *object, const char *name, const TableStyle *style)
{
  g_autofree char *text = vnfm_json_dup_text (object, name);

  add_line (out, label, text, TABLE_PLAIN, style);
}

/* (transfer full) (nullable): "12:30:05". */
static char *
get_time (JsonObject *object, const char *name, GDateTime *now)
{
  g_autoptr (GDateTime) time = human_read_time (vnfm_json_get_string (object, name));

  return time != NULL ? human_time (time, now) : NULL;
}

/* (transfer full) (nullable): from one to the other, or to now. */
static char *
get_span (JsonObject *object, const char *from, const char *to, GDateTime *now)
{
  g_autoptr (GDateTime) begin = human_read_time (vnfm_json_get_string (object, from));
  g_autoptr (GDateTime) end = human_read_time (vnfm_json_get_string (object, to));

  return begin != NULL ? human_duration (g_date_time_difference (end != NULL ? end : now, begin)) : NULL;
}

static void
add_time (GString *out, const char *label, JsonObject *object, const char *name, GDateTime *now,
          const TableStyle *style)
{
  g_autofree char *time = get_time (object, name, now);
  g_autofree char *age = get_span (object, name, "", now);
  g_autofree char *text = time != NULL ? g_strdup_printf ("%s (%s ago)", time, age) : NULL;

  add_line (out, label, text, TABLE_PLAIN, style);
}

/* What became of an operation, or where it is. */
static const char *
get_state (JsonObject *operation)
{
  const char *outcome = vnfm_json_get_string (operation, "outcome");
  const char *state = vnfm_json_get_string (operation, "state");

  return outcome != NULL ? outcome : state;
}

static TableColour
state_colour (const char *state)
{
  static const struct {
    const char *state;
    TableColour colour;
  } rows[] = {
    { "ok", TABLE_GREEN },     { "ready", TABLE_GREEN },    { "connected", TABLE_GREEN },
    { "loaded", TABLE_GREEN }, { "running", TABLE_YELLOW }, { "answering", TABLE_YELLOW },
    { "error", TABLE_RED },    { "disabled", TABLE_RED },   { "disconnected", TABLE_RED },
  };

  for (guint i = 0; state != NULL && i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].state, state) == 0)
      return rows[i].colour;
  return TABLE_PLAIN;
}

static void
add_cell (Table *table, JsonObject *object, const char *name)
{
  g_autofree char *text = vnfm_json_dup_text (object, name);

  table_add (table, text, TABLE_PLAIN);
}

static void
add_table (GString *out, Table *table, const char *none, const TableStyle *style)
{
  g_autofree char *text = table_get_length (table) > 0 ? table_format (table, style) : g_strconcat (none, "\n", NULL);

  g_string_append (out, text);
}

static guint
get_length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

/* ---- status */

static void
add_counts (GString *out, const char *label, JsonObject *counts, const TableStyle *style)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GList) names = counts != NULL ? json_object_get_members (counts) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT " %s", text->len > 0 ? ", " : "",
                            vnfm_json_get_int (counts, l->data, 0), (const char *)l->data);
  add_line (out, label, text->str, TABLE_PLAIN, style);
}

static void
add_transports (GString *out, JsonArray *transports, const TableStyle *style)
{
  for (guint i = 0; i < get_length (transports); i++) {
    JsonObject *transport = vnfm_json_element_object (transports, i);
    const char *leg = vnfm_json_get_string (transport, "leg");
    const char *name = vnfm_json_get_string (transport, "name");
    const char *state = vnfm_json_get_string (transport, "state");
    if (leg == NULL || name == NULL || state == NULL)
      continue;
    g_autofree char *label = g_strcmp0 (leg, "ems") == 0 ? g_strdup ("to agents") : g_strdup ("to NFVO");
    g_autofree char *text = g_strdup_printf ("%s, %s", name, state);
    add_line (out, label, text, state_colour (state), style);
  }
}

char *
format_status (JsonObject *answer, GDateTime *now, const TableStyle *style)
{
  GString *out = g_string_new (NULL);
  const char *state = vnfm_json_get_string (answer, "state");

  add_line (out, "state", state, state_colour (state), style);
  add_member (out, "version", answer, "version", style);
  add_member (out, "profile", answer, "profile", style);
  add_member (out, "process", answer, "pid", style);
  add_time (out, "started", answer, "started", now, style);
  add_transports (out, vnfm_json_get_array (answer, "transports"), style);
  add_member (out, "agents", answer, "agents", style);
  add_member (out, "store", answer, "store", style);
  add_counts (out, "operations", vnfm_json_get_object (answer, "operations"), style);
  add_counts (out, "since start", vnfm_json_get_object (answer, "since-start"), style);
  return g_string_free (out, FALSE);
}

/* ---- operations */

char *
format_operations (JsonObject *answer, GDateTime *now, const TableStyle *style)
{
  static const TableColumn columns[] = { { .title = "ID" },
                                         { .title = "ACTION" },
                                         { .title = "VNF", .shrinks = TRUE },
                                         { .title = "TYPE", .shrinks = TRUE },
                                         { .title = "STATE" },
                                         { .title = "RECEIVED" },
                                         { .title = "TIME", .right = TRUE },
                                         { .title = "WHAT", .shrinks = TRUE } };
  GString *out = g_string_new (NULL);
  g_autoptr (Table) table = table_new (columns, G_N_ELEMENTS (columns));
  JsonArray *operations = vnfm_json_get_array (answer, "operations");
  gint64 left_out = vnfm_json_get_int (answer, "left-out", 0);

  for (guint i = 0; i < get_length (operations); i++) {
    JsonObject *operation = vnfm_json_element_object (operations, i);
    const char *id = vnfm_json_get_string (operation, "id");
    const char *error = vnfm_json_get_string (operation, "error");
    const char *state = get_state (operation);
    g_autofree char *clean = id != NULL ? text_clean (id, FALSE) : NULL;
    g_autofree char *short_id =
        clean != NULL ? g_utf8_substring (clean, 0, MIN (g_utf8_strlen (clean, -1), SHORT_ID)) : NULL;
    g_autofree char *received = get_time (operation, "received", now);
    g_autofree char *span = get_span (operation, "received", "ended", now);
    table_begin_row (table);
    table_add (table, short_id, TABLE_PLAIN);
    add_cell (table, operation, "action");
    add_cell (table, operation, "vnf");
    add_cell (table, operation, "type");
    table_add (table, state, state_colour (state));
    table_add (table, received, TABLE_PLAIN);
    table_add (table, span, TABLE_PLAIN);
    if (error != NULL)
      table_add (table, error, TABLE_PLAIN);
    else
      add_cell (table, operation, "doing");
  }
  add_table (out, table, "no operations", style);
  if (left_out > 0)
    g_string_append_printf (out, "and %" G_GINT64_FORMAT " more: --limit\n", left_out);
  return g_string_free (out, FALSE);
}

/* ---- one operation */

static void
add_stages (GString *out, JsonArray *stages, GDateTime *now, const TableStyle *style)
{
  static const TableColumn columns[] = { { .title = "STAGE" },
                                         { .title = "STARTED" },
                                         { .title = "TOOK", .right = TRUE } };
  g_autoptr (Table) table = table_new (columns, G_N_ELEMENTS (columns));

  if (get_length (stages) == 0)
    return;
  for (guint i = 0; i < get_length (stages); i++) {
    JsonObject *stage = vnfm_json_element_object (stages, i);
    gboolean ended = vnfm_json_get_string (stage, "ended") != NULL;
    g_autofree char *started = get_time (stage, "started", now);
    g_autofree char *span = get_span (stage, "started", "ended", now);
    table_begin_row (table);
    add_cell (table, stage, "stage");
    table_add (table, started, TABLE_PLAIN);
    table_add (table, span, ended ? TABLE_PLAIN : TABLE_YELLOW);
  }
  g_string_append_c (out, '\n');
  add_table (out, table, "", style);
}

static void
add_steps (GString *out, JsonArray *steps, GDateTime *now, const TableStyle *style)
{
  static const TableColumn columns[] = { { .title = "STEP", .shrinks = TRUE },
                                         { .title = "BEGAN" },
                                         { .title = "TOOK", .right = TRUE },
                                         { .title = "OUTCOME", .shrinks = TRUE } };
  g_autoptr (Table) table = table_new (columns, G_N_ELEMENTS (columns));

  if (get_length (steps) == 0)
    return;
  for (guint i = 0; i < get_length (steps); i++) {
    JsonObject *step = vnfm_json_element_object (steps, i);
    gboolean ended = vnfm_json_get_string (step, "ended") != NULL;
    g_autofree char *began = get_time (step, "began", now);
    g_autofree char *span = ended ? get_span (step, "began", "ended", now) : NULL;
    table_begin_row (table);
    add_cell (table, step, "name");
    table_add (table, began, TABLE_PLAIN);
    table_add (table, span, TABLE_PLAIN);
    add_cell (table, step, "outcome");
  }
  g_string_append_c (out, '\n');
  add_table (out, table, "", style);
}

/* "since 12:30:05 (1 min 5 s ago)" behind what it belongs to. */
static void
add_moment (GString *out, const char *before, JsonObject *object, const char *name, GDateTime *now)
{
  g_autofree char *time = get_time (object, name, now);
  g_autofree char *age = get_span (object, name, "", now);

  if (time != NULL)
    g_string_append_printf (out, "%s%s (%s ago)", before, time, age);
}

static const char *
get_element (JsonArray *array, guint i)
{
  JsonNode *node = json_array_get_element (array, i);

  return JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static char *
join_addresses (JsonArray *addresses)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < get_length (addresses); i++) {
    const char *address = get_element (addresses, i);
    if (address != NULL)
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", address);
  }
  return g_string_free (out, FALSE);
}

static const char *
or_dash (const char *text)
{
  return text != NULL ? text : "-";
}

/* The headline of one thing that it waits for. Returns: (transfer full). */
static char *
describe_wait (JsonObject *wait, GDateTime *now)
{
  const char *kind = or_dash (vnfm_json_get_string (wait, "for"));
  const char *what = or_dash (vnfm_json_get_string (wait, "what"));
  const char *host = or_dash (vnfm_json_get_string (wait, "host"));
  g_autofree char *addresses = join_addresses (vnfm_json_get_array (wait, "addresses"));
  GString *out = g_string_new (NULL);

  if (strcmp (kind, "machine") == 0) {
    g_string_append_printf (out, "machine %s (%s)", host, *addresses != '\0' ? addresses : "no address");
    add_moment (out, ", allocated ", wait, "allocated", now);
    add_moment (out, ", awaited since ", wait, "since", now);
  } else if (strcmp (kind, "step") == 0) {
    g_string_append_printf (out, "%s on %s (%s)", what, host, *addresses != '\0' ? addresses : "no address");
    add_moment (out, ", since ", wait, "since", now);
  } else if (strcmp (kind, "question") == 0) {
    g_string_append_printf (out, "the NFVO's answer to %s", what);
    add_moment (out, ", asked ", wait, "since", now);
  } else if (strcmp (kind, "operation") == 0) {
    g_string_append_printf (out, "%s, which came before", what);
    add_moment (out, ", since ", wait, "since", now);
  } else if (strcmp (kind, "delivery") == 0) {
    g_string_append (out, "the NFVO, to take its answer");
    add_moment (out, ", since ", wait, "since", now);
  } else {
    g_string_append (out, what);
    add_moment (out, ", since ", wait, "since", now);
  }
  return g_string_free (out, FALSE);
}

static void
add_waits (GString *out, JsonArray *waits, GDateTime *now, const TableStyle *style)
{
  for (guint i = 0; i < get_length (waits); i++) {
    JsonObject *wait = vnfm_json_element_object (waits, i);
    const char *output = vnfm_json_get_string (wait, "output");
    g_autofree char *text = describe_wait (wait, now);
    add_line (out, "waits for", text, TABLE_YELLOW, style);
    add_member (out, "", wait, "state", style);
    if (output == NULL || *output == '\0')
      continue;
    g_autofree char *clean = text_clean (output, TRUE);
    g_auto (GStrv) lines = g_strsplit (g_strchomp (clean), "\n", -1);
    for (char **line = lines; *line != NULL; line++)
      g_string_append_printf (out, "%-*s| %s\n", LABEL_WIDTH, "", *line);
  }
}

char *
format_operation (JsonObject *answer, GDateTime *now, const TableStyle *style)
{
  GString *out = g_string_new (NULL);
  const char *state = get_state (answer);
  JsonArray *waits = vnfm_json_get_array (answer, "waits");
  gboolean ended = vnfm_json_get_string (answer, "ended") != NULL;
  g_autofree char *span = get_span (answer, "received", "ended", now);

  add_member (out, "operation", answer, "id", style);
  add_member (out, "action", answer, "action", style);
  add_member (out, "VNF", answer, "vnf", style);
  add_member (out, "type", answer, "type", style);
  add_member (out, "NSR", answer, "nsr", style);
  add_member (out, "VNFR", answer, "vnfr", style);
  add_line (out, "state", state, state_colour (state), style);
  add_member (out, "stage", answer, "stage", style);
  if (get_length (waits) == 0)
    add_member (out, "what", answer, "doing", style);
  add_line (out, "error", vnfm_json_get_string (answer, "error"), TABLE_RED, style);
  add_time (out, "received", answer, "received", now, style);
  add_line (out, ended ? "took" : "time so far", span, TABLE_PLAIN, style);
  add_waits (out, waits, now, style);
  add_stages (out, vnfm_json_get_array (answer, "stages"), now, style);
  add_steps (out, vnfm_json_get_array (answer, "steps"), now, style);
  return g_string_free (out, FALSE);
}

/* ---- VNFs and plugins */

/* "web-0 (agent ready), web-1 (agent never seen)": (transfer full) (nullable). */
static char *
describe_machines (JsonArray *machines)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < get_length (machines); i++) {
    JsonObject *machine = vnfm_json_element_object (machines, i);
    const char *host = vnfm_json_get_string (machine, "host");
    const char *state = vnfm_json_get_string (machine, "state");
    if (host == NULL)
      continue;
    g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", host);
    if (state != NULL)
      g_string_append_printf (out, " (%s)", state);
  }
  return g_string_free (out, FALSE);
}

char *
format_vnfs (JsonObject *answer, GDateTime *now, const TableStyle *style)
{
  static const TableColumn columns[] = { { .title = "VNF", .shrinks = TRUE },
                                         { .title = "TYPE", .shrinks = TRUE },
                                         { .title = "VNFR" },
                                         { .title = "RUNNING" },
                                         { .title = "WAITING", .right = TRUE },
                                         { .title = "MACHINES", .shrinks = TRUE } };
  GString *out = g_string_new (NULL);
  g_autoptr (Table) table = table_new (columns, G_N_ELEMENTS (columns));
  JsonArray *vnfs = vnfm_json_get_array (answer, "vnfs");

  for (guint i = 0; i < get_length (vnfs); i++) {
    JsonObject *vnf = vnfm_json_element_object (vnfs, i);
    const char *action = vnfm_json_get_string (vnf, "action");
    g_autofree char *machines = describe_machines (vnfm_json_get_array (vnf, "machines"));
    table_begin_row (table);
    add_cell (table, vnf, "vnf");
    add_cell (table, vnf, "type");
    add_cell (table, vnf, "vnfr");
    table_add (table, action, action != NULL ? TABLE_YELLOW : TABLE_PLAIN);
    add_cell (table, vnf, "waiting");
    table_add (table, machines, TABLE_PLAIN);
  }
  add_table (out, table, "no VNFs", style);
  return g_string_free (out, FALSE);
}

char *
format_plugins (JsonObject *answer, GDateTime *now, const TableStyle *style)
{
  static const TableColumn columns[] = { { .title = "KIND" },
                                         { .title = "NAME" },
                                         { .title = "VERSION" },
                                         { .title = "STATE" },
                                         { .title = "WHAT", .shrinks = TRUE } };
  GString *out = g_string_new (NULL);
  g_autoptr (Table) table = table_new (columns, G_N_ELEMENTS (columns));
  JsonArray *plugins = vnfm_json_get_array (answer, "plugins");

  for (guint i = 0; i < get_length (plugins); i++) {
    JsonObject *plugin = vnfm_json_element_object (plugins, i);
    const char *state = vnfm_json_get_string (plugin, "state");
    const char *reason = vnfm_json_get_string (plugin, "reason");
    table_begin_row (table);
    add_cell (table, plugin, "kind");
    add_cell (table, plugin, "name");
    add_cell (table, plugin, "version");
    table_add (table, state, state_colour (state));
    if (reason != NULL)
      table_add (table, reason, TABLE_PLAIN);
    else
      add_cell (table, plugin, "summary");
  }
  add_table (out, table, "no plugins", style);
  return g_string_free (out, FALSE);
}

/* ---- doctor */

#define STATE_WIDTH 8

char *
format_findings (GPtrArray *findings, const TableStyle *style)
{
  static const TableColour colours[] = { TABLE_GREEN, TABLE_YELLOW, TABLE_RED };
  GString *out = g_string_new (NULL);
  guint failed = doctor_count_failed (findings);
  int width = 0;

  for (guint i = 0; i < findings->len; i++)
    width = MAX (width, (int)text_width (((DoctorFinding *)g_ptr_array_index (findings, i))->link));

  for (guint i = 0; i < findings->len; i++) {
    const DoctorFinding *finding = g_ptr_array_index (findings, i);
    g_autofree char *state = g_strdup_printf ("%-*s", STATE_WIDTH, doctor_state_get_nick (finding->state));
    g_autofree char *painted = text_paint (state, colours[finding->state], style->colour);
    g_autofree char *link = text_clean (finding->link, FALSE);
    g_autofree char *text = text_clean (finding->text, FALSE);
    g_string_append_printf (out, "%s%s%*s  %s\n", painted, link, MAX (width - (int)text_width (link), 0), "", text);
    if (finding->advice == NULL)
      continue;
    g_autofree char *advice = text_clean (finding->advice, FALSE);
    g_string_append_printf (out, "%*s-> %s\n", STATE_WIDTH, "", advice);
  }
  if (failed == 0)
    g_string_append (out, "nothing is broken\n");
  else
    g_string_append_printf (out, "%u link%s broken\n", failed, failed == 1 ? " is" : "s are");
  return g_string_free (out, FALSE);
}
