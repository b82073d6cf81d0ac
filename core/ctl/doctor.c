/* SPDX-License-Identifier: Apache-2.0 */
/* One function for each link of the chain; each reads its facts and says how the link is. A fact that is not there is
 * no finding: an older vnfmd, another transport or another back-end may know less. */
#include "config.h"

#include "core/ctl/doctor.h"

#include "core/ctl/human.h"

#include <string.h>
#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-json.h>

#define MEBIBYTE        (1024 * 1024)
#define ROOM_TOO_LITTLE (16 * (gint64)MEBIBYTE)
#define ROOM_LITTLE     (256 * (gint64)MEBIBYTE)
/* Clocks: what certificates, logs and time limits do not mind, and what nobody wants. */
#define CLOCK_OFF   (2 * G_TIME_SPAN_SECOND)
#define CLOCK_WRONG (60 * G_TIME_SPAN_SECOND)
#define FIRST_YEAR  2024
#define SLOW_ANSWER (2 * G_TIME_SPAN_SECOND)

const char *
doctor_state_get_nick (DoctorState state)
{
  static const char *const nicks[] = { "ok", "hint", "failed" };

  return nicks[state];
}

void
doctor_finding_free (DoctorFinding *self)
{
  g_free (self->link);
  g_free (self->text);
  g_free (self->advice);
  g_free (self);
}

/* @text: (transfer full). @advice: (nullable). */
static void
add (GPtrArray *findings, DoctorState state, const char *link, char *text, const char *advice)
{
  DoctorFinding *finding = g_new (DoctorFinding, 1);

  *finding = (DoctorFinding){ state, g_strdup (link), text, g_strdup (advice) };
  g_ptr_array_add (findings, finding);
}

static const char *
get (JsonObject *object, const char *name)
{
  const char *text = vnfm_json_get_string (object, name);

  return text != NULL ? text : "?";
}

/* A number that may not be known. */
static gboolean
get_number (JsonObject *object, const char *name, gint64 *number)
{
  *number = vnfm_json_get_int (object, name, G_MININT64);
  return *number != G_MININT64;
}

static gboolean
get_flag (JsonObject *object, const char *name, gboolean fallback)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_boolean (node) : fallback;
}

static gint64
difference (GDateTime *later, GDateTime *earlier)
{
  return g_date_time_difference (later, earlier);
}

/* ---- vnfmd and where it runs */

static void
judge_vnfmd (GPtrArray *findings, JsonObject *status)
{
  const char *version = get (status, "version");
  char *text = g_strdup_printf ("version %s, profile %s, process %" G_GINT64_FORMAT ", since %s", version,
                                get (status, "profile"), vnfm_json_get_int (status, "pid", 0), get (status, "started"));

  if (strcmp (version, PACKAGE_VERSION) == 0)
    add (findings, DOCTOR_OK, "vnfmd", text, NULL);
  else
    add (findings, DOCTOR_HINT, "vnfmd", text,
         "vnfmctl is of version " PACKAGE_VERSION ": was vnfmd restarted after its update?");
}

static void
judge_store (GPtrArray *findings, JsonObject *facts, JsonObject *status)
{
  const char *error = vnfm_json_get_string (facts, "store-error");

  if (error == NULL)
    add (findings, DOCTOR_OK, "store", g_strdup_printf ("takes what is written: %s", get (status, "store")), NULL);
  else
    add (findings, DOCTOR_FAILED, "store", g_strdup_printf ("cannot be written: %s", error),
         "no request is taken until it can: look at the disk, its room, and who owns the file");
}

static void
judge_folder (GPtrArray *findings, JsonObject *folder)
{
  const char *error = vnfm_json_get_string (folder, "error");
  g_autofree char *path = g_strdup (get (folder, "path"));
  gint64 room;

  if (error != NULL) {
    add (findings, DOCTOR_FAILED, "disk", g_strdup_printf ("%s (%s): %s", path, get (folder, "use"), error),
         "make the folder, or set another one in the configuration");
    return;
  }
  if (!get_number (folder, "free", &room))
    return;
  char *text = g_strdup_printf ("%s (%s): %" G_GINT64_FORMAT " MiB free", path, get (folder, "use"), room / MEBIBYTE);
  if (room < ROOM_TOO_LITTLE)
    add (findings, DOCTOR_FAILED, "disk", text, "make room: without it no request is taken and no output is kept");
  else if (room < ROOM_LITTLE)
    add (findings, DOCTOR_HINT, "disk", text, "make room before it is needed");
  else
    add (findings, DOCTOR_OK, "disk", text, NULL);
}

static void
judge_clock (GPtrArray *findings, JsonObject *facts)
{
  const char *now = get (facts, "now");
  g_autoptr (GDateTime) time = human_read_time (now);
  JsonObject *clock = vnfm_json_get_object (facts, "clock");

  if (time == NULL)
    return;
  if (g_date_time_get_year (time) < FIRST_YEAR)
    add (findings, DOCTOR_FAILED, "clock", g_strdup_printf ("it is not %s", now), "set the clock of this machine");
  else if (clock == NULL || !json_object_has_member (clock, "synchronized"))
    add (findings, DOCTOR_OK, "clock", g_strdup_printf ("%s; whether a time service keeps it right is not known", now),
         NULL);
  else if (!get_flag (clock, "synchronized", TRUE))
    add (findings, DOCTOR_HINT, "clock", g_strdup_printf ("%s, and nothing keeps it right", now),
         "run a time service (timedatectl set-ntp true): time limits and logs depend on it");
  else
    add (findings, DOCTOR_OK, "clock", g_strdup_printf ("%s, kept right by a time service", now), NULL);
}

/* ---- transports and queues */

static const char *
advise_transport (const char *code)
{
  static const struct {
    const char *code;
    const char *advice;
  } rows[] = {
    { "denied", "the broker refuses the login: compare login and passcode in the transport's group with the broker's" },
    { "refused", "the broker refuses it: compare login, passcode and virtual-host with the broker's" },
    { "unreachable", "does the broker run there, and may this machine reach it? The log says when it is tried again" },
    { "timeout", "something there takes connections and says nothing: is it the broker, and its right port?" },
    { "config", "correct the configuration and start vnfmd again: vnfmd --check" },
  };

  for (guint i = 0; code != NULL && i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].code, code) == 0)
      return rows[i].advice;
  return "look at the address in the transport's group, and at the broker's log";
}

static char *
name_leg (JsonObject *leg)
{
  JsonArray *legs = vnfm_json_get_array (leg, "legs");
  gboolean both = legs != NULL && json_array_get_length (legs) > 1;
  JsonNode *first = legs != NULL && json_array_get_length (legs) > 0 ? json_array_get_element (legs, 0) : NULL;
  const char *name = first != NULL && JSON_NODE_HOLDS_VALUE (first) ? json_node_get_string (first) : NULL;

  return g_strdup (both ? "broker" : g_strcmp0 (name, "ems") == 0 ? "broker (agents)" : "broker (NFVO)");
}

static void
judge_queue (GPtrArray *findings, JsonObject *queue)
{
  const char *name = get (queue, "name");
  gint64 readers;

  if (get_flag (queue, "wanted", FALSE)) {
    gboolean good = get_flag (queue, "subscribed", FALSE);
    char *text = g_strdup_printf ("%s (%s): %s", name, get (queue, "destination"),
                                  good ? "vnfmd reads it" : "vnfmd does not read it");
    add (findings, good ? DOCTOR_OK : DOCTOR_FAILED, "queue", text,
         good ? NULL : "the plugin that should read it did not start: vnfmctl plugins, and the log");
  } else if (get_number (queue, "readers", &readers)) {
    char *text = g_strdup_printf ("%s (%s): %s", name, get (queue, "destination"),
                                  readers > 0 ? "the NFVO reads it" : "nobody reads it");
    add (findings, readers > 0 ? DOCTOR_OK : DOCTOR_HINT, "queue", text,
         readers > 0 ? NULL : "no NFVO is connected, or it reads another name: compare [destinations] with the NFVO's");
  }
}

static void
judge_leg (GPtrArray *findings, JsonObject *leg)
{
  g_autofree char *link = name_leg (leg);
  JsonArray *queues = vnfm_json_get_array (leg, "queues");
  const char *state = get (leg, "state");
  const char *error = vnfm_json_get_string (leg, "error");
  gint64 connections;

  if (strcmp (state, "connected") != 0) {
    add (findings, DOCTOR_FAILED, link,
         g_strdup_printf ("%s at %s: %s%s%s", get (leg, "name"), get (leg, "address"), state, error != NULL ? ": " : "",
                          error != NULL ? error : ""),
         advise_transport (vnfm_json_get_string (leg, "error-code")));
    return;
  }
  if (get_number (leg, "connections", &connections))
    add (findings, DOCTOR_OK, link,
         g_strdup_printf ("%s, built in, listens at %s; %" G_GINT64_FORMAT " peers are connected", get (leg, "name"),
                          get (leg, "address"), connections),
         NULL);
  else
    add (findings, DOCTOR_OK, link, g_strdup_printf ("%s, connected to %s", get (leg, "name"), get (leg, "address")),
         NULL);
  for (guint i = 0; queues != NULL && i < json_array_get_length (queues); i++)
    judge_queue (findings, vnfm_json_element_object (queues, i));
}

/* ---- one VNF */

static void
judge_clock_of (GPtrArray *findings, const char *host, JsonObject *probe, const char *now)
{
  g_autofree char *link = g_strdup_printf ("clock of %s", host);
  g_autoptr (GDateTime) theirs = human_read_time (vnfm_json_get_string (probe, "time"));
  g_autoptr (GDateTime) ours = human_read_time (now);

  if (theirs == NULL || ours == NULL)
    return;
  gint64 off = difference (theirs, ours);
  g_autofree char *amount = human_duration (ABS (off));
  if (ABS (off) <= CLOCK_OFF)
    add (findings, DOCTOR_OK, link, g_strdup ("as ours"), NULL);
  else
    add (findings, ABS (off) > CLOCK_WRONG ? DOCTOR_FAILED : DOCTOR_HINT, link,
         g_strdup_printf ("%s %s ours", amount, off > 0 ? "ahead of" : "behind"),
         "set the machine's clock, or give it a time service");
}

static void
judge_room_of (GPtrArray *findings, const char *host, JsonObject *probe)
{
  g_autofree char *link = g_strdup_printf ("scripts of %s", host);
  const char *error = vnfm_json_get_string (probe, "script-root-error");
  const char *root = get (probe, "script-root");
  gint64 scripts, state;

  if (error != NULL) {
    add (findings, DOCTOR_FAILED, link, g_strdup_printf ("%s cannot be written: %s", root, error),
         "the agent must be able to store scripts there: is the file system read-only, does the agent run as root?");
    return;
  }
  if (!get_number (probe, "script-root-free", &scripts))
    return;
  if (!get_number (probe, "state-dir-free", &state))
    state = scripts;
  char *text = g_strdup_printf ("%s: %" G_GINT64_FORMAT " MiB free", root, MIN (scripts, state) / MEBIBYTE);
  if (MIN (scripts, state) < ROOM_TOO_LITTLE)
    add (findings, DOCTOR_FAILED, link, text, "make room on the machine: scripts and what came of them are kept there");
  else
    add (findings, DOCTOR_OK, link, text, NULL);
}

static char *
join (JsonArray *texts)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; texts != NULL && i < json_array_get_length (texts); i++) {
    JsonNode *node = json_array_get_element (texts, i);
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_string (node) != NULL)
      g_string_append_printf (out, "%s%s", out->len > 0 ? ", " : "", json_node_get_string (node));
  }
  return g_string_free (out, FALSE);
}

static void
judge_machine (GPtrArray *findings, JsonObject *machine, const char *now)
{
  const char *host = get (machine, "host");
  const char *state = get (machine, "state");
  const char *advice = vnfm_json_get_string (machine, "advice");
  const char *error = vnfm_json_get_string (machine, "probe-error");
  const char *code = vnfm_json_get_string (machine, "probe-error-code");
  JsonObject *probe = vnfm_json_get_object (machine, "probe");
  gboolean can_be_asked = g_strcmp0 (code, "not-supported") != 0; /* else perhaps by SSH: there are no commands */
  g_autofree char *link = g_strdup_printf ("machine %s", host);
  g_autofree char *addresses = join (vnfm_json_get_array (machine, "addresses"));
  gint64 taken;

  add (findings, advice != NULL ? DOCTOR_FAILED : DOCTOR_OK, link,
       *addresses != '\0' ? g_strdup_printf ("%s: %s", addresses, state) : g_strdup (state), advice);
  if (advice != NULL)
    return;
  if (can_be_asked && !get_flag (machine, "reads-commands", TRUE))
    add (findings, DOCTOR_FAILED, link, g_strdup ("it is registered, but nobody reads its commands"),
         "its connection is gone: does the machine run, and does it reach the broker? Inside it: vnfm-ems --check");
  if (probe == NULL) {
    if (error != NULL && !can_be_asked)
      add (findings, DOCTOR_HINT, link, g_strdup (error), NULL);
    else if (error != NULL)
      add (findings, DOCTOR_FAILED, link, g_strdup (error),
           "the agent or its machine hangs: look at the machine's load, restart vnfm-ems there");
    return;
  }
  if (get_number (probe, "round-trip", &taken)) {
    g_autofree char *amount = human_duration (taken);
    add (findings, taken > SLOW_ANSWER ? DOCTOR_HINT : DOCTOR_OK, link, g_strdup_printf ("answers within %s", amount),
         taken > SLOW_ANSWER ? "that is slow: look at the machine's load and at the network" : NULL);
  }
  judge_clock_of (findings, host, probe, now);
  judge_room_of (findings, host, probe);
}

static void
judge_operation (GPtrArray *findings, JsonObject *operation)
{
  const char *error = vnfm_json_get_string (operation, "error");
  char *text = g_strdup_printf ("%s (operation %.8s) since %s: %s", get (operation, "action"), get (operation, "id"),
                                get (operation, "received"), get (operation, "doing"));

  if (error != NULL)
    add (findings, DOCTOR_FAILED, "operation", text, error);
  else
    add (findings, DOCTOR_OK, "operation", text, NULL);
}

static void
judge_last (GPtrArray *findings, JsonObject *last)
{
  const char *outcome = get (last, "outcome");
  const char *error = vnfm_json_get_string (last, "error");
  char *text = g_strdup_printf ("%s (operation %.8s) ended at %s: %s%s%s", get (last, "action"), get (last, "id"),
                                get (last, "ended"), outcome, error != NULL ? ": " : "", error != NULL ? error : "");

  if (strcmp (outcome, "error") == 0)
    add (findings, DOCTOR_FAILED, "last operation", text,
         "the NFVO was told so; it must ask again, or the service be made anew");
  else
    add (findings, DOCTOR_OK, "last operation", text, NULL);
}

static void
judge_vnf (GPtrArray *findings, JsonObject *vnf, const char *now)
{
  JsonArray *machines = vnfm_json_get_array (vnf, "machines");
  JsonObject *operation = vnfm_json_get_object (vnf, "operation");
  JsonObject *last = vnfm_json_get_object (vnf, "last");
  guint count = machines != NULL ? json_array_get_length (machines) : 0;
  char *text = g_strdup_printf ("%s, type %s, VNFR %s, %u machine%s known", get (vnf, "vnf"), get (vnf, "type"),
                                get (vnf, "vnfr"), count, count == 1 ? "" : "s");

  if (get_flag (vnf, "released", FALSE))
    add (findings, DOCTOR_HINT, "VNF", text, "it is released: there is nothing left to look at");
  else
    add (findings, DOCTOR_OK, "VNF", text, NULL);
  if (operation != NULL)
    judge_operation (findings, operation);
  else if (last != NULL)
    judge_last (findings, last);
  for (guint i = 0; i < count; i++)
    judge_machine (findings, vnfm_json_element_object (machines, i), now);
}

/* Without a VNF: which ones to look at. */
static void
judge_operations (GPtrArray *findings, JsonArray *operations)
{
  for (guint i = 0; operations != NULL && i < json_array_get_length (operations); i++) {
    JsonObject *operation = vnfm_json_element_object (operations, i);
    g_autofree char *advice = g_strdup_printf ("vnfmctl doctor %s", get (operation, "vnf"));
    add (findings, DOCTOR_HINT, "operation",
         g_strdup_printf ("%s of %s since %s: %s", get (operation, "action"), get (operation, "vnf"),
                          get (operation, "received"), get (operation, "doing")),
         advice);
  }
}

/* ---- all of it */

GPtrArray *
doctor_judge (JsonObject *facts)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify)doctor_finding_free);
  JsonObject *status = vnfm_json_get_object (facts, "status");
  JsonObject *vnf = vnfm_json_get_object (facts, "vnf");
  JsonArray *folders = vnfm_json_get_array (facts, "folders");
  JsonArray *legs = vnfm_json_get_array (facts, "legs");

  judge_vnfmd (findings, status);
  judge_store (findings, facts, status);
  for (guint i = 0; folders != NULL && i < json_array_get_length (folders); i++)
    judge_folder (findings, vnfm_json_element_object (folders, i));
  judge_clock (findings, facts);
  for (guint i = 0; legs != NULL && i < json_array_get_length (legs); i++)
    judge_leg (findings, vnfm_json_element_object (legs, i));
  if (vnf != NULL)
    judge_vnf (findings, vnf, vnfm_json_get_string (facts, "now"));
  else
    judge_operations (findings, vnfm_json_get_array (facts, "operations"));
  return findings;
}

GPtrArray *
doctor_judge_silence (const GError *error, const char *vnf)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify)doctor_finding_free);

  switch (error->code) {
  case VNFM_ERROR_UNREACHABLE: /* the message says what to do */
    add (findings, DOCTOR_FAILED, "vnfmd", g_strdup (error->message), "under systemd: systemctl status vnfmd");
    break;
  case VNFM_ERROR_TIMEOUT:
    add (findings, DOCTOR_FAILED, "vnfmd", g_strdup (error->message),
         "it hangs: look at its log and at the disk, then restart it; nothing that it took is lost");
    break;
  case VNFM_ERROR_DENIED:
    add (findings, DOCTOR_FAILED, "vnfmd", g_strdup (error->message),
         "ask as root, or become a member of [vnfmd] control-group");
    break;
  default:
    if (vnf == NULL) {
      add (findings, DOCTOR_FAILED, "vnfmd", g_strdup (error->message), "is it of the same version as vnfmctl?");
      break;
    }
    add (findings, DOCTOR_OK, "vnfmd", g_strdup ("it answers"), NULL);
    add (findings, DOCTOR_FAILED, "VNF", g_strdup (error->message),
         "vnfmctl vnfs and vnfmctl operations --all list what there is");
  }
  return findings;
}

guint
doctor_count_failed (GPtrArray *findings)
{
  guint count = 0;

  for (guint i = 0; i < findings->len; i++)
    if (((DoctorFinding *)g_ptr_array_index (findings, i))->state == DOCTOR_FAILED)
      count++;
  return count;
}

JsonObject *
doctor_to_json (GPtrArray *findings, JsonObject *facts)
{
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < findings->len; i++) {
    const DoctorFinding *finding = g_ptr_array_index (findings, i);
    JsonObject *member = json_object_new ();
    json_object_set_string_member (member, "link", finding->link);
    json_object_set_string_member (member, "state", doctor_state_get_nick (finding->state));
    json_object_set_string_member (member, "text", finding->text);
    if (finding->advice != NULL)
      json_object_set_string_member (member, "advice", finding->advice);
    json_array_add_object_element (array, member);
  }
  json_object_set_array_member (object, "findings", array);
  json_object_set_int_member (object, "failed", doctor_count_failed (findings));
  if (facts != NULL)
    json_object_set_object_member (object, "facts", json_object_ref (facts));
  return object;
}
