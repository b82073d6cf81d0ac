/* SPDX-License-Identifier: Apache-2.0 */
/* The layers of the configuration in folders of the test's own: which files are read, in which order, what the command
 * line adds, and how the outcome is printed. */
#include "config.h"

#include "core/host/configuration.h"
#include "tests/support/vnfm-test.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

static const VnfmKey keys[] = {
  { "vnfmd", "endpoint", VNFM_KEY_STRING, "generic", "its name", VNFM_KEY_NONE, NULL },
  { "vnfmd", "state-dir", VNFM_KEY_PATH, NULL, "its folder", VNFM_KEY_NONE, NULL },
  { "stomp", "passcode", VNFM_KEY_STRING, NULL, "its secret", VNFM_KEY_SECRET, NULL },
  { "handler.a.b", "types", VNFM_KEY_LIST, NULL, "a group with dots", VNFM_KEY_NONE, NULL },
  {},
};

static char *root;
static char *profiles, *more_profiles, *site;
static HostFolders folders;
static HostOptions options;
static VnfmProfile *profile;

static char *
make_folder (const char *parent, const char *name)
{
  char *path = g_build_filename (parent, name, NULL);

  ck_assert_int_eq (g_mkdir (path, 0755), 0);
  return path;
}

/* Returns: (transfer full): the path. */
static char *
write_file (const char *folder, const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);

  ck_assert (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
write_endpoint (const char *folder, const char *name, const char *endpoint)
{
  g_autofree char *text = g_strdup_printf ("[vnfmd]\nendpoint=%s\n", endpoint);

  g_free (write_file (folder, name, text));
}

static void
set_up (void)
{
  root = vnfm_test_make_folder ();
  profiles = make_folder (root, "profiles");
  more_profiles = make_folder (root, "more-profiles");
  site = make_folder (root, "site");
  folders = (HostFolders){ { profiles, more_profiles }, site };
  options = (HostOptions){ 0 };
  profile = vnfm_profile_new ();
  vnfm_profile_declare (profile, keys);
  write_endpoint (profiles, "local.conf", "profile");
}

static void
tear_down (void)
{
  vnfm_test_remove_folder (root);
  g_clear_pointer (&root, g_free);
  g_clear_pointer (&profiles, g_free);
  g_clear_pointer (&more_profiles, g_free);
  g_clear_pointer (&site, g_free);
  host_options_clear (&options);
  g_clear_object (&profile);
}

static void
load (void)
{
  g_autoptr (GError) error = NULL;
  gboolean good = host_configuration_load_from (profile, &options, "local", &folders, &error);

  ck_assert_no_error (error);
  ck_assert (good);
}

/* Returns: (transfer full): the message. */
static char *
load_badly (int code)
{
  g_autoptr (GError) error = NULL;

  ck_assert (!host_configuration_load_from (profile, &options, "local", &folders, &error));
  ck_assert_error (error, VNFM_ERROR, code);
  return g_strdup (error->message);
}

static void
set (const char *first, const char *second)
{
  const char *values[] = { first, second, NULL };

  options.set = g_strdupv ((char **)values);
}

#define assert_endpoint(wanted) ck_assert_str_eq (vnfm_profile_get_string (profile, "vnfmd", "endpoint"), wanted)

/* ---- layers */

START_TEST (the_profile_alone)
{
  load ();
  assert_endpoint ("profile");
}
END_TEST

START_TEST (each_layer_wins_over_those_before)
{
  g_autofree char *drop_ins = make_folder (site, "conf.d");

  write_endpoint (site, "vnfmd.conf", "site");
  load ();
  assert_endpoint ("site");
  write_endpoint (drop_ins, "20-late.conf", "late");
  write_endpoint (drop_ins, "10-early.conf", "early");
  write_endpoint (drop_ins, "30-not-one.conf.bak", "backup");
  write_endpoint (drop_ins, ".40-hidden.conf", "hidden");
  load ();
  assert_endpoint ("late");
  set ("vnfmd.endpoint=first", "vnfmd.endpoint=second");
  load ();
  assert_endpoint ("second");
}
END_TEST

START_TEST (a_named_file_stands_in_for_those_of_the_site)
{
  g_autofree char *drop_ins = make_folder (site, "conf.d");

  write_endpoint (site, "vnfmd.conf", "site");
  write_endpoint (drop_ins, "10.conf", "drop-in");
  options.config = write_file (root, "mine.conf", "[stomp]\npasscode=s\n");
  load ();
  assert_endpoint ("profile");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "stomp", "passcode"), "s");
}
END_TEST

START_TEST (a_named_file_must_be_there)
{
  options.config = g_build_filename (root, "nowhere.conf", NULL);
  g_autofree char *message = load_badly (VNFM_ERROR_NOT_FOUND);
  ck_assert_ptr_nonnull (strstr (message, options.config));
}
END_TEST

START_TEST (what_cannot_be_read_is_not_passed_over)
{
  g_autofree char *file = g_build_filename (site, "vnfmd.conf", NULL);

  ck_assert_int_eq (symlink ("/nowhere/at/all", file), 0);
  g_autofree char *first = load_badly (VNFM_ERROR_NOT_FOUND);
  ck_assert_ptr_nonnull (strstr (first, file));
  g_remove (file);

  /* Not a folder. */
  g_autofree char *drop_ins = write_file (site, "conf.d", "");
  g_autofree char *second = load_badly (VNFM_ERROR_CONFIG);
  ck_assert_ptr_nonnull (strstr (second, drop_ins));
}
END_TEST

START_TEST (a_site_without_files)
{
  folders.site = "/nowhere/at/all";
  load ();
  folders.site = NULL;
  load ();
  assert_endpoint ("profile");
}
END_TEST

/* ---- profiles */

START_TEST (a_profile_comes_from_the_first_folder_that_has_it)
{
  write_endpoint (more_profiles, "local.conf", "more");
  write_endpoint (more_profiles, "other.conf", "other");
  load ();
  assert_endpoint ("profile");
  options.profile = g_strdup ("other");
  load ();
  assert_endpoint ("other");
}
END_TEST

START_TEST (a_profile_may_be_a_path)
{
  write_endpoint (root, "own", "own");
  options.profile = g_build_filename (root, "own", NULL);
  load ();
  assert_endpoint ("own");
}
END_TEST

START_TEST (a_profile_that_is_not_there)
{
  options.profile = g_strdup ("none");
  g_autofree char *wanted = g_strdup_printf ("there is no profile none in %s or %s", profiles, more_profiles);
  g_autofree char *message = load_badly (VNFM_ERROR_CONFIG);
  ck_assert_str_eq (message, wanted);
}
END_TEST

/* ---- the command line */

START_TEST (set_takes_the_last_dot_and_the_first_equals_sign)
{
  set ("handler.a.b.types=x=y,z.w", "stomp.passcode=");
  load ();
  g_auto (GStrv) types = vnfm_profile_get_list (profile, "handler.a.b", "types");
  ck_assert_uint_eq (g_strv_length (types), 2);
  ck_assert_str_eq (types[0], "x=y");
  ck_assert_str_eq (types[1], "z.w");
  ck_assert_str_eq (vnfm_profile_get_string (profile, "stomp", "passcode"), "");
}
END_TEST

static const char *const no_settings[] = { "", "endpoint", "endpoint=1", ".endpoint=1", "vnfmd.=1", "=1.2", "a=b.c" };

START_TEST (set_needs_group_key_and_value)
{
  set (no_settings[_i], NULL);
  g_autofree char *message = load_badly (VNFM_ERROR_CONFIG);
  ck_assert_ptr_nonnull (strstr (message, "not GROUP.KEY=VALUE"));
}
END_TEST

START_TEST (a_key_that_nobody_declared_is_found_in_each_layer)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = write_file (site, "vnfmd.conf", "[vnfmd]\n\nendpiont=x\n");
  g_autofree char *wanted = g_strdup_printf (
      "%s:3: there is no key endpiont in [vnfmd]; did you mean endpoint?\n--set: there is no group [nothing]", file);

  set ("nothing.at=all", NULL);
  load ();
  ck_assert (!vnfm_profile_check (profile, NULL, &error));
  ck_assert_str_eq (error->message, wanted);
}
END_TEST

START_TEST (options_of_the_command_line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *state_dir = g_build_filename (here, "state", NULL);
  const char *arguments[] = { "vnfmd",
                              "--profile=local",
                              "--set",
                              "vnfmd.state-dir=/x",
                              "--state-dir",
                              "state",
                              "--set",
                              "vnfmd.endpoint=it",
                              "-c",
                              "/dev/null/none",
                              "--plugin-dir",
                              "a",
                              "--plugin-dir",
                              "b",
                              NULL };
  g_auto (GStrv) copy = g_strdupv ((char **)arguments);

  host_options_add (&options, context);
  ck_assert (g_option_context_parse_strv (context, &copy, &error));
  ck_assert_no_error (error);
  ck_assert_str_eq (options.plugin_dirs[0], "a");
  ck_assert_str_eq (options.plugin_dirs[1], "b");
  ck_assert_str_eq (options.config, "/dev/null/none");
  g_clear_pointer (&options.config, g_free);
  load ();
  assert_endpoint ("it");
  /* The option of its own wins; a relative path is meant from here. */
  ck_assert_str_eq (vnfm_profile_get_string (profile, "vnfmd", "state-dir"), state_dir);
}
END_TEST

/* ---- printing */

static GString *printed;

static void
keep_print (const char *text)
{
  g_string_append (printed, text);
}

static char *
print (gboolean json)
{
  printed = g_string_new (NULL);
  GPrintFunc before = g_set_print_handler (keep_print);
  host_configuration_print (profile, json);
  g_set_print_handler (before);
  return g_string_free (g_steal_pointer (&printed), FALSE);
}

START_TEST (each_key_with_its_origin)
{
  g_autofree char *wanted = g_strdup_printf ("[vnfmd]\n"
                                             "# its name (%s/local.conf:2)\n"
                                             "endpoint=profile\n"
                                             "# its folder (default)\n"
                                             "#state-dir=\n"
                                             "\n"
                                             "[stomp]\n"
                                             "# its secret (--set)\n"
                                             "passcode=********\n"
                                             "\n"
                                             "[handler.a.b]\n"
                                             "# a group with dots (default)\n"
                                             "#types=\n",
                                             profiles);

  set ("stomp.passcode=very-secret", NULL);
  load ();
  g_autofree char *text = print (FALSE);
  ck_assert_str_eq (text, wanted);
}
END_TEST

START_TEST (the_same_as_json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  set ("stomp.passcode=very-secret", "vnfmd.endpoint=a \"b\" \\ \t");
  load ();
  g_autofree char *text = print (TRUE);
  ck_assert_ptr_null (strstr (text, "very-secret"));
  json_parser_load_from_data (parser, text, -1, &error);
  ck_assert_no_error (error);
  JsonArray *all = json_node_get_array (json_parser_get_root (parser));
  ck_assert_uint_eq (json_array_get_length (all), 4);
  JsonObject *endpoint = json_array_get_object_element (all, 0);
  ck_assert_str_eq (json_object_get_string_member (endpoint, "group"), "vnfmd");
  ck_assert_str_eq (json_object_get_string_member (endpoint, "key"), "endpoint");
  ck_assert_str_eq (json_object_get_string_member (endpoint, "value"), "a \"b\" \\ \t");
  ck_assert_str_eq (json_object_get_string_member (endpoint, "origin"), "--set");
  ck_assert (json_object_get_null_member (json_array_get_object_element (all, 1), "value"));
  ck_assert_str_eq (json_object_get_string_member (json_array_get_object_element (all, 2), "value"), "********");
}
END_TEST

START_TEST (a_test_runs_from_the_build_tree)
{
  ck_assert (host_is_uninstalled ());
}
END_TEST

static Suite *
configuration_suite (void)
{
  Suite *suite = suite_create ("configuration");
  TCase *tcase = tcase_create ("all");

  tcase_add_checked_fixture (tcase, set_up, tear_down);
  tcase_add_test (tcase, the_profile_alone);
  tcase_add_test (tcase, each_layer_wins_over_those_before);
  tcase_add_test (tcase, a_named_file_stands_in_for_those_of_the_site);
  tcase_add_test (tcase, a_named_file_must_be_there);
  tcase_add_test (tcase, what_cannot_be_read_is_not_passed_over);
  tcase_add_test (tcase, a_site_without_files);
  tcase_add_test (tcase, a_profile_comes_from_the_first_folder_that_has_it);
  tcase_add_test (tcase, a_profile_may_be_a_path);
  tcase_add_test (tcase, a_profile_that_is_not_there);
  tcase_add_test (tcase, set_takes_the_last_dot_and_the_first_equals_sign);
  tcase_add_loop_test (tcase, set_needs_group_key_and_value, 0, G_N_ELEMENTS (no_settings));
  tcase_add_test (tcase, a_key_that_nobody_declared_is_found_in_each_layer);
  tcase_add_test (tcase, options_of_the_command_line);
  tcase_add_test (tcase, each_key_with_its_origin);
  tcase_add_test (tcase, the_same_as_json);
  tcase_add_test (tcase, a_test_runs_from_the_build_tree);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (configuration_suite)
