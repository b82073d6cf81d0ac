/* SPDX-License-Identifier: Apache-2.0 */
/* The plugin host against a zoo of broken plugins (tests/support/plugins): each must disable itself with a reason that
 * names what is wrong, and none may harm the others. Modules are copied under the names KIND-NAME.so that the host
 * looks for, once for all tests: what was loaded stays loaded. */
#include "config.h"

#include "core/host/plugin-host.h"
#include "tests/support/vnfm-test.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>
#include <vnfm/vnfm.h>

static char *zoo;
static HostPlugins *plugins;

static char *
module_path (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".so", NULL);

  return g_build_filename (VNFM_BUILDDIR, "tests", "support", "plugins", ".libs", file, NULL);
}

/* Copies the module @name into @folder as @file. Returns: (transfer full): its path. */
static char *
copy_module (const char *name, const char *folder, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *from = module_path (name);
  g_autofree char *contents = NULL;
  char *path = g_build_filename (folder, file, NULL);
  gsize length = 0;

  g_file_get_contents (from, &contents, &length, &error);
  ck_assert_no_error (error);
  g_file_set_contents (path, contents, (gssize)length, &error);
  ck_assert_no_error (error);
  ck_assert_int_eq (g_chmod (path, 0755), 0);
  return path;
}

static void
fill_zoo (void)
{
  static const char *const names[] = { "good",         "other-major",  "newer-minor",   "no-entry",  "no-abi",
                                       "refusing",     "silent",       "failing-start", "undefined", "other-type",
                                       "foreign-keys", "silent-start", "abstract-type", "bare-key",  "bad-default" };
  zoo = vnfm_test_make_folder ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *file = g_strdup_printf ("handler-%s.so", names[i]);
    g_free (copy_module (names[i], zoo, file));
  }
  g_free (copy_module ("good", zoo, "store-good.so"));
  g_free (copy_module ("good", zoo, "handler-better.so"));
  g_autofree char *text = g_build_filename (zoo, "handler-text.so", NULL);
  ck_assert (g_file_set_contents (text, "#!/bin/sh\necho no shared object\n", -1, NULL));
  g_chmod (text, 0755);
  g_autofree char *folder = g_build_filename (zoo, "handler-folder.so", NULL);
  ck_assert_int_eq (g_mkdir (folder, 0755), 0);
  g_autofree char *writable = copy_module ("good", zoo, "handler-writable.so");
  ck_assert_int_eq (g_chmod (writable, 0775), 0);
}

static void
empty_zoo (void)
{
  vnfm_test_remove_folder (zoo);
  g_clear_pointer (&zoo, g_free);
}

static void
set_up (void)
{
  const char *const folders[] = { zoo, NULL };

  plugins = host_plugins_new (folders);
}

static void
tear_down (void)
{
  g_clear_object (&plugins);
}

static const HostPlugin *
find_plugin (VnfmPluginKind kind, const char *name)
{
  g_autoptr (GPtrArray) all = host_plugins_get_all (plugins);

  for (guint i = 0; i < all->len; i++) {
    const HostPlugin *plugin = g_ptr_array_index (all, i);
    if (plugin->kind == kind && strcmp (plugin->name, name) == 0)
      return plugin;
  }
  ck_abort_msg ("plugin %s is not known", name);
  return NULL;
}

static VnfmContext *
make_context (void)
{
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();

  return vnfm_context_new (profile, clock);
}

/* ---- the broken */

static const struct {
  VnfmPluginKind kind;
  const char *name;
  const char *reason;
} broken[] = {
  { VNFM_PLUGIN_HANDLER, "other-major", "it was built for ABI 2.0, and this is 1.0" },
  { VNFM_PLUGIN_HANDLER, "newer-minor", "it was built for ABI 1.1, and this is 1.0" },
  { VNFM_PLUGIN_HANDLER, "no-entry", "it has no entry point" },
  { VNFM_PLUGIN_HANDLER, "no-abi", "it is no plugin of this program: it names no ABI" },
  { VNFM_PLUGIN_HANDLER, "refusing", "it says that it cannot be used here: this machine has no such device" },
  { VNFM_PLUGIN_HANDLER, "silent", "it says that it cannot be used here: no reason given" },
  { VNFM_PLUGIN_STORE, "good", "says that it is another plugin than its file's name" },
  { VNFM_PLUGIN_HANDLER, "better", "says that it is another plugin than its file's name" },
  { VNFM_PLUGIN_HANDLER, "other-type", "brings an object of another kind" },
  { VNFM_PLUGIN_HANDLER, "foreign-keys", "declares a key in a group that is not its own" },
  { VNFM_PLUGIN_HANDLER, "abstract-type", "it brings a type of which there are no objects" },
  { VNFM_PLUGIN_HANDLER, "bare-key", "it declares a key without a name, a line of help or its choices" },
  { VNFM_PLUGIN_HANDLER, "bad-default", "a default of its own is wrong: [bad-default] patience: \"30 seconds\"" },
  { VNFM_PLUGIN_HANDLER, "undefined", "it cannot be loaded: undefined symbol: zoo_function_that_nobody_has" },
  { VNFM_PLUGIN_HANDLER, "text", "it cannot be loaded: " },
  { VNFM_PLUGIN_HANDLER, "folder", "it is no regular file" },
  { VNFM_PLUGIN_HANDLER, "writable", "it can be written by others (mode 775)" },
  { VNFM_PLUGIN_HANDLER, "missing", "it is not installed" },
};

static void
expect_broken (guint row)
{
  g_autoptr (GError) error = NULL;
  const HostPlugin *plugin = NULL;

  ck_assert_ptr_null (host_plugins_load (plugins, broken[row].kind, broken[row].name, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN);
  ck_assert_msg (strstr (error->message, broken[row].reason) != NULL, "%s: %s", broken[row].name, error->message);
  plugin = find_plugin (broken[row].kind, broken[row].name);
  ck_assert_int_eq (plugin->state, HOST_PLUGIN_DISABLED);
  ck_assert_str_eq (plugin->reason, error->message);
  ck_assert_ptr_null (plugin->info);
  if (plugin->path != NULL)
    ck_assert_msg (g_str_has_prefix (plugin->reason, plugin->path), "no path in: %s", plugin->reason);
}

START_TEST (a_broken_plugin_disables_itself_with_its_reason)
{
  expect_broken ((guint)_i);
  /* Asked again it says the same, and makes nothing. */
  expect_broken ((guint)_i);
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmContext) context = make_context ();
  ck_assert_ptr_null (host_plugins_create (plugins, broken[_i].kind, broken[_i].name, context, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN);
}
END_TEST

START_TEST (a_name_is_no_path)
{
  static const char *const names[] = { NULL, "", "../good", "good/../good", ".", "good.so", "go od" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (host_plugins_load (plugins, VNFM_PLUGIN_HANDLER, names[i], &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN);
    ck_assert_ptr_nonnull (strstr (error->message, "is no name of a plugin"));
  }
}
END_TEST

START_TEST (a_folder_that_others_can_write)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = vnfm_test_make_folder ();
  g_autofree char *path = copy_module ("good", folder, "handler-exposed.so");
  const char *const folders[] = { folder, NULL };

  ck_assert_int_eq (g_chmod (folder, 0777), 0);
  g_clear_object (&plugins);
  plugins = host_plugins_new (folders);
  ck_assert_ptr_null (host_plugins_load (plugins, VNFM_PLUGIN_HANDLER, "exposed", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN);
  ck_assert_ptr_nonnull (strstr (error->message, "its folder can be written by others (mode 777)"));
  vnfm_test_remove_folder (folder);
}
END_TEST

/* ---- the good one */

START_TEST (a_good_plugin_is_loaded_and_makes_its_extension)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VnfmContext) context = make_context ();
  const VnfmPluginInfo *info = host_plugins_load (plugins, VNFM_PLUGIN_HANDLER, "good", &error);

  ck_assert_no_error (error);
  ck_assert_str_eq (info->name, "good");
  ck_assert_str_eq (info->keys[1].group, "good.more");
  ck_assert_ptr_eq (host_plugins_load (plugins, VNFM_PLUGIN_HANDLER, "good", &error), info);
  const HostPlugin *plugin = find_plugin (VNFM_PLUGIN_HANDLER, "good");
  ck_assert_int_eq (plugin->state, HOST_PLUGIN_LOADED);
  ck_assert_ptr_null (plugin->reason);
  ck_assert (g_str_has_prefix (plugin->path, zoo));

  g_autoptr (VnfmExtension) extension = host_plugins_create (plugins, VNFM_PLUGIN_HANDLER, "good", context, &error);
  ck_assert_no_error (error);
  ck_assert (VNFM_IS_HANDLER (extension));
  ck_assert_ptr_eq (vnfm_extension_get_context (extension), context);
  ck_assert (host_plugins_start (plugins, extension, &error));
  ck_assert_no_error (error);
  ck_assert_int_eq (plugin->state, HOST_PLUGIN_LOADED);
}
END_TEST

static const char *const starts[][2] = {
  { "failing-start", "the licence is not there" },
  { "silent-start", "it did not start and gave no reason" },
};

START_TEST (a_plugin_that_does_not_start_is_disabled)
{
  const char *name = starts[_i][0];
  g_autofree char *wanted = g_strdup_printf ("plugin handler-%s did not start: %s", name, starts[_i][1]);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  g_autoptr (VnfmContext) context = make_context ();
  g_autoptr (VnfmExtension) extension = host_plugins_create (plugins, VNFM_PLUGIN_HANDLER, name, context, &error);

  ck_assert_no_error (error);
  const HostPlugin *plugin = find_plugin (VNFM_PLUGIN_HANDLER, name);
  ck_assert_int_eq (plugin->state, HOST_PLUGIN_LOADED);
  ck_assert (!host_plugins_start (plugins, extension, &error));
  ck_assert_ptr_nonnull (error);
  ck_assert_str_eq (error->message, wanted);
  ck_assert_int_eq (plugin->state, HOST_PLUGIN_DISABLED);
  ck_assert_str_eq (plugin->reason, starts[_i][1]);
  ck_assert_ptr_null (host_plugins_create (plugins, VNFM_PLUGIN_HANDLER, name, context, &again));
  ck_assert_error (again, VNFM_ERROR, VNFM_ERROR_PLUGIN);
  ck_assert_str_eq (again->message, starts[_i][1]);
}
END_TEST

START_TEST (what_was_asked_for_and_cannot_be_used_is_told_at_once)
{
  g_autoptr (GError) error = NULL;

  host_plugins_scan (plugins, FALSE);
  ck_assert_ptr_nonnull (host_plugins_load (plugins, VNFM_PLUGIN_HANDLER, "good", &error));
  ck_assert (host_plugins_check (plugins, &error));
  ck_assert_no_error (error);
  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) cause = NULL;
    const char *name = i == 0 ? "missing" : "absent";
    ck_assert_ptr_null (host_plugins_load (plugins, i == 0 ? VNFM_PLUGIN_HANDLER : VNFM_PLUGIN_STORE, name, &cause));
    ck_assert_str_eq (cause->message, "it is not installed");
  }
  ck_assert (!host_plugins_check (plugins, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN);
  ck_assert_str_eq (error->message,
                    "plugin store-absent: it is not installed\nplugin handler-missing: it is not installed");
}
END_TEST

/* ---- looking around */

START_TEST (the_first_folder_wins)
{
  g_autofree char *first = vnfm_test_make_folder ();
  g_autofree char *path = copy_module ("good", first, "handler-good.so");
  const char *const folders[] = { "/nowhere/at/all", first, zoo, NULL };

  g_clear_object (&plugins);
  plugins = host_plugins_new (folders);
  host_plugins_scan (plugins, FALSE);
  const HostPlugin *plugin = find_plugin (VNFM_PLUGIN_HANDLER, "good");
  ck_assert_str_eq (plugin->path, path);
  ck_assert_int_eq (plugin->state, HOST_PLUGIN_AVAILABLE);
  vnfm_test_remove_folder (first);
}
END_TEST

START_TEST (a_scan_finds_all_and_loads_what_can_be)
{
  host_plugins_scan (plugins, TRUE);
  g_autoptr (GPtrArray) all = host_plugins_get_all (plugins);
  for (guint i = 1; i < all->len; i++) {
    const HostPlugin *before = g_ptr_array_index (all, i - 1);
    const HostPlugin *plugin = g_ptr_array_index (all, i);
    ck_assert (before->kind < plugin->kind ||
               (before->kind == plugin->kind && strcmp (before->name, plugin->name) < 0));
  }
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    if (strcmp (broken[i].name, "missing") != 0)
      ck_assert_int_eq (find_plugin (broken[i].kind, broken[i].name)->state, HOST_PLUGIN_DISABLED);
  ck_assert_int_eq (find_plugin (VNFM_PLUGIN_HANDLER, "good")->state, HOST_PLUGIN_LOADED);
  ck_assert_int_eq (find_plugin (VNFM_PLUGIN_HANDLER, "failing-start")->state, HOST_PLUGIN_LOADED);
}
END_TEST

static GString *printed;

static void
keep_print (const char *text)
{
  g_string_append (printed, text);
}

static char *
print_plugins (gboolean json)
{
  printed = g_string_new (NULL);
  GPrintFunc before = g_set_print_handler (keep_print);
  host_plugins_print (plugins, json);
  g_set_print_handler (before);
  return g_string_free (g_steal_pointer (&printed), FALSE);
}

START_TEST (the_table_and_its_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  host_plugins_scan (plugins, TRUE);
  g_autofree char *table = print_plugins (FALSE);
  ck_assert (g_str_has_prefix (table, "KIND "));
  ck_assert (g_regex_match_simple ("^handler +good +1\\.2 +loaded +-$", table, G_REGEX_MULTILINE, 0));
  ck_assert (g_regex_match_simple ("^handler +no-entry +- +disabled +.*no entry point$", table, G_REGEX_MULTILINE, 0));

  g_autofree char *json = print_plugins (TRUE);
  json_parser_load_from_data (parser, json, -1, &error);
  ck_assert_no_error (error);
  JsonArray *all = json_node_get_array (json_parser_get_root (parser));
  g_autoptr (GPtrArray) known = host_plugins_get_all (plugins);
  ck_assert_uint_eq (json_array_get_length (all), known->len);
  for (guint i = 0; i < known->len; i++) {
    const HostPlugin *plugin = g_ptr_array_index (known, i);
    JsonObject *object = json_array_get_object_element (all, i);
    ck_assert_str_eq (json_object_get_string_member (object, "name"), plugin->name);
    ck_assert_str_eq (json_object_get_string_member (object, "state"), host_plugin_state_get_nick (plugin->state));
    ck_assert_int_eq (json_object_has_member (object, "reason"), plugin->reason != NULL);
  }
}
END_TEST

static Suite *
plugin_host_suite (void)
{
  Suite *suite = suite_create ("plugin-host");
  TCase *zoo_case = tcase_create ("zoo");

  tcase_add_unchecked_fixture (zoo_case, fill_zoo, empty_zoo);
  tcase_add_checked_fixture (zoo_case, set_up, tear_down);
  tcase_add_loop_test (zoo_case, a_broken_plugin_disables_itself_with_its_reason, 0, G_N_ELEMENTS (broken));
  tcase_add_test (zoo_case, a_name_is_no_path);
  tcase_add_test (zoo_case, a_folder_that_others_can_write);
  tcase_add_test (zoo_case, a_good_plugin_is_loaded_and_makes_its_extension);
  tcase_add_loop_test (zoo_case, a_plugin_that_does_not_start_is_disabled, 0, G_N_ELEMENTS (starts));
  tcase_add_test (zoo_case, what_was_asked_for_and_cannot_be_used_is_told_at_once);
  tcase_add_test (zoo_case, the_first_folder_wins);
  tcase_add_test (zoo_case, a_scan_finds_all_and_loads_what_can_be);
  tcase_add_test (zoo_case, the_table_and_its_json);
  suite_add_tcase (suite, zoo_case);
  return suite;
}

VNFM_TEST_MAIN (plugin_host_suite)
