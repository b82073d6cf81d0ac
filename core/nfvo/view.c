/* SPDX-License-Identifier: Apache-2.0 */
/* On a terminal the table stands at the bottom: before a line is printed it is taken away, and afterwards drawn again.
 * All text from scripts and descriptors goes through printable(): it must not steer the terminal. */
#include "config.h"

#include "core/nfvo/view.h"

#include "core/nfvo/steps.h"

#include <string.h>

#define REDRAW       (500 * G_TIME_SPAN_MILLISECOND)
#define START_LINES  20
#define OUTPUT_BYTES 65536
#define BAR_WIDTH    40

struct _NfvoView {
  NfvoViewKind kind;
  gboolean show_output;
  FILE *out;
  VnfmClock *clock;
  VnfmTimer *redraw;
  NfvoDeployment *deployment;
  char *record;     /* nullable: vnfmd's, of scripts */
  GHashTable *seen; /* steps whose scripts were told */
  guint drawn;      /* lines of the table that stand on the terminal */
};

NfvoView *
nfvo_view_new (NfvoViewKind kind, gboolean show_output, FILE *out, VnfmClock *clock)
{
  NfvoView *self = g_new0 (NfvoView, 1);

  self->kind = kind;
  self->show_output = show_output;
  self->out = out;
  self->clock = g_object_ref (clock);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
nfvo_view_free (NfvoView *self)
{
  vnfm_clock_clear_timer (self->clock, &self->redraw);
  if (self->deployment != NULL) {
    g_signal_handlers_disconnect_by_data (self->deployment, self);
    g_object_unref (self->deployment);
  }
  g_hash_table_unref (self->seen);
  g_free (self->record);
  g_object_unref (self->clock);
  g_free (self);
}

/* Without control characters, but with line ends and tabs. */
static char *
printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    if (c == '\r' && at[1] == '\n')
      continue;
    if (c == '\n' || c == '\t' || !g_unichar_iscntrl (c))
      g_string_append_unichar (out, c);
    else
      g_string_append (out, "\xEF\xBF\xBD");
  }
  return g_string_free (out, FALSE);
}

static double
seconds (gint64 microseconds)
{
  return (double)microseconds / G_TIME_SPAN_SECOND;
}

/* ---- the table */

static void
take_table_away (NfvoView *self)
{
  if (self->drawn > 0)
    fprintf (self->out, "\033[%uA\033[J", self->drawn);
  self->drawn = 0;
}

static void
draw_row (NfvoView *self, NfvoMember *member, int width, gint64 now)
{
  gint64 running = 0;
  g_autofree char *name = printable (member->vnf->name);
  g_autofree char *activity = printable (member->activity != NULL ? member->activity : "");

  for (guint i = 0; i < member->phases->len; i++) {
    NfvoPhase *phase = &g_array_index (member->phases, NfvoPhase, i);
    if (phase->end == 0)
      running = now - phase->begin;
  }
  fprintf (self->out, "  %-*s  %-13s", width, name, nfvo_state_get_nick (member->state));
  if (running > 0)
    fprintf (self->out, "  %6.1f s", seconds (running));
  else
    fprintf (self->out, "          ");
  fprintf (self->out, "  %.60s\n", activity);
  self->drawn++;
}

static int
name_width (GPtrArray *members)
{
  glong width = 3;

  for (guint i = 0; i < members->len; i++)
    width = MAX (width, g_utf8_strlen (((NfvoMember *)g_ptr_array_index (members, i))->vnf->name, -1));
  return (int)MIN (width, 40);
}

static void
draw_table (NfvoView *self)
{
  GPtrArray *members;
  int width;

  if (self->kind != NFVO_VIEW_TABLE || self->deployment == NULL || self->redraw == NULL)
    return;
  members = nfvo_deployment_get_members (self->deployment);
  width = name_width (members);
  fprintf (self->out, "  %-*s  %-13s  %8s\n", width, "VNF", "state", "for");
  self->drawn++;
  for (guint i = 0; i < members->len; i++)
    draw_row (self, g_ptr_array_index (members, i), width, nfvo_deployment_get_elapsed (self->deployment));
  fflush (self->out);
}

static void
redraw (gpointer user_data)
{
  NfvoView *self = user_data;

  self->redraw = vnfm_clock_add_timer (self->clock, REDRAW, redraw, self);
  take_table_away (self);
  draw_table (self);
}

void
nfvo_view_settle (NfvoView *self)
{
  take_table_away (self);
  vnfm_clock_clear_timer (self->clock, &self->redraw);
  fflush (self->out);
}

/* ---- JSON */

static JsonObject *
new_event (NfvoView *self, const char *event, const char *vnf)
{
  JsonObject *object = json_object_new ();
  g_autofree char *time = vnfm_clock_format (vnfm_clock_get_wall_time (self->clock));

  json_object_set_string_member (object, "time", time);
  if (self->deployment != NULL)
    json_object_set_double_member (object, "elapsed", seconds (nfvo_deployment_get_elapsed (self->deployment)));
  json_object_set_string_member (object, "event", event);
  if (vnf != NULL)
    json_object_set_string_member (object, "vnf", vnf);
  return object;
}

static void
print_event (NfvoView *self, JsonObject *event)
{
  g_autoptr (GBytes) text = vnfm_json_write_object (event);

  fwrite (g_bytes_get_data (text, NULL), 1, g_bytes_get_size (text), self->out);
  fputc ('\n', self->out);
  fflush (self->out);
  json_object_unref (event);
}

/* ---- lines */

static void
print_line (NfvoView *self, const char *vnf, const char *text)
{
  g_autofree char *clean = printable (text);
  g_auto (GStrv) lines = g_strsplit (clean, "\n", -1);
  g_autofree char *name = vnf != NULL ? printable (vnf) : NULL;

  take_table_away (self);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (i > 0)
      fprintf (self->out, "            | %s\n", lines[i]);
    else if (self->deployment != NULL)
      fprintf (self->out, "%8.2f s  %s%s%s\n", seconds (nfvo_deployment_get_elapsed (self->deployment)),
               name != NULL ? name : "", name != NULL ? ": " : "", lines[i]);
    else
      fprintf (self->out, "%s%s%s\n", name != NULL ? name : "", name != NULL ? ": " : "", lines[i]);
  }
  draw_table (self);
  fflush (self->out);
}

static void
tell (NfvoView *self, const char *event, const char *vnf, const char *text)
{
  if (self->kind == NFVO_VIEW_JSON) {
    JsonObject *object = new_event (self, event, vnf);
    json_object_set_string_member (object, "text", text);
    print_event (self, object);
  } else {
    print_line (self, vnf, text);
  }
}

void
nfvo_view_tell (NfvoView *self, const char *vnf, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tell (self, "note", vnf, text);
}

void
nfvo_view_complain (NfvoView *self, const char *vnf, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tell (self, "error", vnf, text);
}

/* ---- following a deployment */

static void
member_changed (NfvoDeployment *deployment, NfvoMember *member, gpointer user_data)
{
  NfvoView *self = user_data;
  const char *state = nfvo_state_get_nick (member->state);

  if (self->kind == NFVO_VIEW_JSON) {
    JsonObject *event = new_event (self, "state", member->vnf->name);
    json_object_set_string_member (event, "state", state);
    if (member->activity != NULL)
      json_object_set_string_member (event, "activity", member->activity);
    if (member->state == NFVO_FAILED && member->failure != NULL)
      json_object_set_string_member (event, "failure", member->failure);
    print_event (self, event);
    return;
  }
  if (member->state == NFVO_FAILED) {
    nfvo_view_complain (self, member->vnf->name, "failed: %s", member->failure);
  } else {
    g_autofree char *text = g_strdup_printf ("%s%s%s", state, member->activity != NULL ? ", " : "",
                                             member->activity != NULL ? member->activity : "");
    print_line (self, member->vnf->name, text);
  }
}

static void
member_note (NfvoDeployment *deployment, NfvoMember *member, const char *text, gpointer user_data)
{
  tell (user_data, "note", member != NULL ? member->vnf->name : NULL, text);
}

static char *
describe_outcome (NfvoScriptRun *run)
{
  if (!run->known)
    return g_strdup ("no outcome yet");
  if (run->status < 0)
    return g_strdup_printf ("ended by signal %d", -run->status);
  return run->status > 0 ? g_strdup_printf ("status %d", run->status) : g_strdup ("ok");
}

static void
append_output (GString *text, const char *output, guint lines)
{
  g_autofree char *last = nfvo_last_lines (output, lines, OUTPUT_BYTES);

  if (last[0] != '\0')
    g_string_append_printf (text, "\n%s", last);
}

static void
print_script (NfvoView *self, NfvoMember *member, NfvoScriptRun *run)
{
  g_autofree char *outcome = describe_outcome (run);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean failed = run->known && run->status != 0;
  guint lines = self->show_output ? G_MAXUINT : START_LINES;

  g_string_append_printf (text, "%s: %s %s: %s", run->machine, run->event, run->script, outcome);
  if (run->ended > run->begun)
    g_string_append_printf (text, ", %.2f s", seconds (run->ended - run->begun));
  if (self->show_output || failed || g_str_equal (run->event, "START"))
    append_output (text, run->output, lines);
  if (self->show_output || failed)
    append_output (text, run->err, lines);
  print_line (self, member->vnf->name, text->str);
}

static void
print_script_event (NfvoView *self, NfvoMember *member, NfvoScriptRun *run)
{
  JsonObject *event = new_event (self, "script", member->vnf->name);

  json_object_set_string_member (event, "machine", run->machine);
  json_object_set_string_member (event, "lifecycle", run->event);
  json_object_set_string_member (event, "script", run->script);
  if (run->known)
    json_object_set_int_member (event, "status", run->status);
  if (run->ended > run->begun)
    json_object_set_double_member (event, "seconds", seconds (run->ended - run->begun));
  json_object_set_string_member (event, "output", run->output);
  json_object_set_string_member (event, "err", run->err);
  print_event (self, event);
}

static void
member_answered (NfvoDeployment *deployment, NfvoMember *member, VnfmAction action, gpointer user_data)
{
  NfvoView *self = user_data;
  g_autoptr (GPtrArray) runs = nfvo_script_runs_read (member, self->record, self->seen);

  for (guint i = 0; i < runs->len; i++) {
    if (self->kind == NFVO_VIEW_JSON)
      print_script_event (self, member, g_ptr_array_index (runs, i));
    else
      print_script (self, member, g_ptr_array_index (runs, i));
  }
}

void
nfvo_view_follow (NfvoView *self, NfvoDeployment *deployment, const char *record)
{
  g_return_if_fail (self->deployment == NULL);
  self->deployment = g_object_ref (deployment);
  self->record = g_strdup (record);
  g_signal_connect (deployment, "changed", G_CALLBACK (member_changed), self);
  g_signal_connect (deployment, "note", G_CALLBACK (member_note), self);
  g_signal_connect (deployment, "answered", G_CALLBACK (member_answered), self);
  if (self->kind == NFVO_VIEW_TABLE)
    self->redraw = vnfm_clock_add_timer (self->clock, 0, redraw, self);
}

/* ---- the end */

static void
print_phase_event (NfvoView *self, NfvoMember *member, NfvoPhase *phase)
{
  JsonObject *event = new_event (self, "phase", member->vnf->name);

  json_object_set_string_member (event, "phase", phase->name);
  json_object_set_double_member (event, "begin", seconds (phase->begin));
  if (phase->end != 0)
    json_object_set_double_member (event, "seconds", seconds (phase->end - phase->begin));
  json_object_set_boolean_member (event, "failed", phase->failed);
  print_event (self, event);
}

static void
print_phase (NfvoView *self, NfvoMember *member, NfvoPhase *phase, gboolean first, int width, gint64 all)
{
  gint64 end = phase->end != 0 ? phase->end : all;
  int from = (int)(phase->begin * BAR_WIDTH / all);
  int to = (int)(end * BAR_WIDTH / all);
  gboolean inner = g_str_equal (phase->name, "grant") || g_str_equal (phase->name, "allocate");
  g_autofree char *name = printable (first ? member->vnf->name : "");
  g_autofree char *shown = g_strconcat (inner ? "  " : "", phase->name, NULL);
  char bar[BAR_WIDTH + 1];

  memset (bar, ' ', BAR_WIDTH);
  for (int i = MIN (from, BAR_WIDTH - 1); i <= MIN (to, BAR_WIDTH - 1); i++)
    bar[i] = inner ? '-' : '=';
  bar[BAR_WIDTH] = '\0';
  fprintf (self->out, "  %-*s  %-11s  %7.2f  %7.2f  |%s|%s\n", width, name, shown, seconds (phase->begin),
           seconds (end - phase->begin), bar, phase->failed ? " failed" : "");
}

void
nfvo_view_show_timeline (NfvoView *self)
{
  GPtrArray *members = self->deployment != NULL ? nfvo_deployment_get_members (self->deployment) : NULL;
  gint64 all = 1;
  int width;

  if (members == NULL)
    return;
  nfvo_view_settle (self);
  for (guint i = 0; i < members->len; i++) {
    NfvoMember *member = g_ptr_array_index (members, i);
    for (guint j = 0; j < member->phases->len; j++)
      all = MAX (all, g_array_index (member->phases, NfvoPhase, j).end);
  }
  width = name_width (members);
  if (self->kind != NFVO_VIEW_JSON)
    fprintf (self->out, "\n  %-*s  %-11s  %7s  %7s\n", width, "VNF", "phase", "from s", "took s");
  for (guint i = 0; i < members->len; i++) {
    NfvoMember *member = g_ptr_array_index (members, i);
    for (guint j = 0; j < member->phases->len; j++) {
      if (self->kind == NFVO_VIEW_JSON)
        print_phase_event (self, member, &g_array_index (member->phases, NfvoPhase, j));
      else
        print_phase (self, member, &g_array_index (member->phases, NfvoPhase, j), j == 0, width, all);
    }
  }
  fflush (self->out);
}

void
nfvo_view_show_result (NfvoView *self, const char *service, const char *failure)
{
  nfvo_view_settle (self);
  if (self->kind == NFVO_VIEW_JSON) {
    JsonObject *event = new_event (self, "result", NULL);
    json_object_set_string_member (event, "service", service);
    json_object_set_boolean_member (event, "ok", failure == NULL);
    if (failure != NULL)
      json_object_set_string_member (event, "failure", failure);
    print_event (self, event);
    return;
  }
  g_autofree char *name = printable (service);
  g_autofree char *text = printable (failure != NULL ? failure : "became ACTIVE and was released");
  fprintf (self->out, "\n%s: %s%s\n", name, failure != NULL ? "FAILED: " : "", text);
  fflush (self->out);
}
