/* SPDX-License-Identifier: Apache-2.0 */
/* "vnfm-nfvo clean": what the next run would do by itself, now, and told. */
#include "config.h"

#include "core/nfvo/leftovers.h"

#include "core/host/log.h"
#include "core/nfvo/run.h"

typedef struct {
  char *state_dir;
  gboolean dry_run;
  gboolean json;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->state_dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
read_options (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->state_dir, "where runs made their folders", "DIR" },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options->dry_run, "only tell", NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &options->json, "an array with an object for each killed run", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- clear up what killed runs left behind");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc > 1) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "\"%s\" is too much", argv[1]);
    return FALSE;
  }
  return TRUE;
}

static void
clear_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  nfvo_leftovers_clear_finish (result);
  g_main_loop_quit (user_data);
}

static void
clear_all (GPtrArray *leftovers)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();

  nfvo_leftovers_clear_async (leftovers, clock, clear_finished, loop);
  g_main_loop_run (loop);
}

/* ---- telling */

static void
print_text (GPtrArray *leftovers, const char *base, gboolean dry_run)
{
  if (leftovers->len == 0)
    g_print ("no run was killed in %s\n", base);
  for (guint i = 0; i < leftovers->len; i++) {
    const NfvoLeftover *leftover = g_ptr_array_index (leftovers, i);
    guint n = leftover->processes->len;
    if (leftover->failure != NULL)
      g_printerr ("vnfm-nfvo: run %s: %s\n", leftover->name, leftover->failure);
    else
      g_print ("run %s: %s%u process%s, %s the folder %s\n", leftover->name, dry_run ? "would end " : "ended ", n,
               n == 1 ? "" : "es", dry_run ? "remove" : "removed", leftover->folder);
  }
}

static void
print_json (GPtrArray *leftovers, gboolean dry_run)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_array (builder);
  for (guint i = 0; i < leftovers->len; i++) {
    const NfvoLeftover *leftover = g_ptr_array_index (leftovers, i);
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "run");
    json_builder_add_string_value (builder, leftover->name);
    json_builder_set_member_name (builder, "folder");
    json_builder_add_string_value (builder, leftover->folder);
    json_builder_set_member_name (builder, "processes");
    json_builder_begin_array (builder);
    for (guint j = 0; j < leftover->processes->len; j++)
      json_builder_add_int_value (builder, g_array_index (leftover->processes, int, j));
    json_builder_end_array (builder);
    json_builder_set_member_name (builder, "cleared");
    json_builder_add_boolean_value (builder, !dry_run && leftover->failure == NULL);
    if (leftover->failure != NULL) {
      json_builder_set_member_name (builder, "failure");
      json_builder_add_string_value (builder, leftover->failure);
    }
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  g_print ("%s\n", text);
}

int
nfvo_clean_main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GPtrArray) leftovers = NULL;
  g_autofree char *base = NULL;
  g_autoptr (GError) error = NULL;
  int status = NFVO_EXIT_OK;

  if (!read_options (&options, argc, argv, &error)) {
    g_printerr ("vnfm-nfvo clean: %s; see vnfm-nfvo clean --help\n", error->message);
    return NFVO_EXIT_USAGE;
  }
  host_log_init ("vnfm-nfvo", 0);
  base = nfvo_run_folder_dup_base (options.state_dir);
  leftovers = nfvo_leftovers_find (base);
  if (!options.dry_run)
    clear_all (leftovers);
  if (options.json)
    print_json (leftovers, options.dry_run);
  else
    print_text (leftovers, base, options.dry_run);
  for (guint i = 0; i < leftovers->len; i++)
    if (((const NfvoLeftover *)g_ptr_array_index (leftovers, i))->failure != NULL)
      status = NFVO_EXIT_FAILED;
  return status;
}
