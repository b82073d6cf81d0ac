/* SPDX-License-Identifier: Apache-2.0 */
/* Names from the wire become files below one folder, and nowhere else. */
#include "config.h"

#include "plugins/ems-agent/script-root.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-error.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;
static char *outside;
static EmsScriptRoot *root;

static void
set_up (void)
{
  folder = vnfm_test_make_folder ();
  outside = g_build_filename (folder, "outside", NULL);
  g_autofree char *path = g_build_filename (folder, "a", "scripts", NULL);
  ck_assert_int_eq (g_mkdir (outside, 0755), 0);
  root = ems_script_root_new (path);
}

static void
tear_down (void)
{
  ems_script_root_free (root);
  vnfm_test_remove_folder (folder);
  g_free (folder);
  g_free (outside);
}

static gboolean
put (const char *script_path, const char *name, const char *text, gboolean executable, GError **error)
{
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));

  return ems_script_root_write (root, script_path, name, content, executable, error);
}

static void
assert_stored (const char *below, const char *text, mode_t mode)
{
  g_autofree char *path = g_build_filename (ems_script_root_get_path (root), below, NULL);
  g_autofree char *found = NULL;
  struct stat status;

  ck_assert (g_file_get_contents (path, &found, NULL, NULL));
  ck_assert_str_eq (found, text);
  ck_assert_int_eq (lstat (path, &status), 0);
  ck_assert_int_eq (status.st_mode & 07777, mode);
}

START_TEST (files_are_stored)
{
  g_autoptr (GError) error = NULL;

  ck_assert (put (NULL, "a.sh", "one", TRUE, &error));
  ck_assert_no_error (error);
  assert_stored ("a.sh", "one", 0755);
  ck_assert (put (NULL, "a.sh", "2", TRUE, &error));
  assert_stored ("a.sh", "2", 0755);
  ck_assert (put (NULL, "data", "x", FALSE, &error));
  assert_stored ("data", "x", 0644);
  ck_assert (put (NULL, "a.sh", "kept mode", FALSE, &error));
  assert_stored ("a.sh", "kept mode", 0755);
  ck_assert (put (NULL, "sub/deep/ä b.sh", "deep", TRUE, &error));
  assert_stored ("sub/deep/ä b.sh", "deep", 0755);
  ck_assert (put (NULL, "./sub//x", "x", TRUE, &error));
  assert_stored ("sub/x", "x", 0755);
  ck_assert (put (NULL, "empty", "", TRUE, &error));
  assert_stored ("empty", "", 0755);
  ck_assert (put (NULL, "..hidden..", "dots", TRUE, &error));
  assert_stored ("..hidden..", "dots", 0755);
  ck_assert_no_error (error);
}
END_TEST

START_TEST (the_path_of_the_wire_is_mapped)
{
  g_autoptr (GError) error = NULL;

  ck_assert (put ("/opt/openbaton/scripts", "a", "1", TRUE, &error));
  assert_stored ("a", "1", 0755);
  ck_assert (put ("/opt/openbaton/scripts/", "b", "2", TRUE, &error));
  assert_stored ("b", "2", 0755);
  ck_assert (put ("/opt/openbaton/scripts/vnf/x", "c", "3", TRUE, &error));
  assert_stored ("vnf/x/c", "3", 0755);
  ck_assert (put ("/home/other", "d", "4", TRUE, &error));
  assert_stored ("d", "4", 0755);
  ck_assert (put ("", "e", "5", TRUE, &error));
  assert_stored ("e", "5", 0755);
  ck_assert_no_error (error);
  ck_assert (!put ("/opt/openbaton/scripts/../x", "f", "6", TRUE, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
}
END_TEST

START_TEST (no_name_leads_out)
{
  const char *const names[] = { "../x", "a/../../x", "a/../x", "/etc/x", "..", "a/..", "//x" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert (!put (NULL, names[i], "evil", TRUE, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
    g_clear_error (&error);
    ck_assert_ptr_null (ems_script_root_find (root, names[i], &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
  }
  const char *const nothing[] = { "", ".", "./", "a/" };
  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++) {
    g_autoptr (GError) error = NULL;
    ck_assert (!put (NULL, nothing[i], "evil", TRUE, &error));
    ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_INVALID);
  }
}
END_TEST

START_TEST (no_symlink_leads_out)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;
  g_autofree char *leaf = NULL;
  g_autofree char *inner = NULL;
  g_autofree char *target = g_build_filename (outside, "target", NULL);
  ck_assert (put (NULL, "a.sh", "in", TRUE, &error));
  ck_assert (g_file_set_contents (target, "untouched", -1, NULL));
  link = g_build_filename (ems_script_root_get_path (root), "link", NULL);
  leaf = g_build_filename (ems_script_root_get_path (root), "leaf", NULL);
  inner = g_build_filename (ems_script_root_get_path (root), "inner", NULL);
  ck_assert_int_eq (symlink (outside, link), 0);
  ck_assert_int_eq (symlink (target, leaf), 0);
  ck_assert_int_eq (symlink ("a.sh", inner), 0);

  ck_assert (!put (NULL, "link/x", "evil", TRUE, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
  g_clear_error (&error);
  ck_assert_ptr_null (ems_script_root_find (root, "link/target", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
  g_clear_error (&error);
  ck_assert_ptr_null (ems_script_root_find (root, "leaf", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
  g_clear_error (&error);

  /* Writing replaces the link itself. */
  ck_assert (put (NULL, "leaf", "new", TRUE, &error));
  assert_stored ("leaf", "new", 0755);
  g_autofree char *text = NULL;
  ck_assert (g_file_get_contents (target, &text, NULL, NULL));
  ck_assert_str_eq (text, "untouched");
  g_autofree char *found = ems_script_root_find (root, "inner", &error);
  ck_assert_no_error (error);
  ck_assert_str_eq (found, inner);
}
END_TEST

START_TEST (scripts_are_found)
{
  g_autoptr (GError) error = NULL;
  ck_assert_ptr_null (ems_script_root_find (root, "a.sh", &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND);
  g_clear_error (&error);
  ck_assert (put (NULL, "sub/a.sh", "x", TRUE, &error));
  g_autofree char *expected = g_build_filename (ems_script_root_get_path (root), "sub", "a.sh", NULL);
  g_autofree char *found = ems_script_root_find (root, "sub/a.sh", &error);
  ck_assert_str_eq (found, expected);

  const char *const absent[] = { "sub", "sub/", "sub/a.sh/", "sub/b", "", "." };
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++) {
    g_autoptr (GError) why = NULL;
    ck_assert_ptr_null (ems_script_root_find (root, absent[i], &why));
    ck_assert_error (why, VNFM_ERROR, VNFM_ERROR_NOT_FOUND);
  }
}
END_TEST

START_TEST (what_cannot_be_written_is_told_and_leaves_nothing)
{
  g_autoptr (GError) error = NULL;
  ck_assert (put (NULL, "d/a", "x", TRUE, &error));
  ck_assert (!put (NULL, "d", "a file in place of a folder", TRUE, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  g_clear_error (&error);
  ck_assert (!put (NULL, "d/a/b", "a folder in place of a file", TRUE, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_DENIED);
  g_clear_error (&error);
  g_autofree char *longer = g_strnfill (300, 'x');
  ck_assert (!put (NULL, longer, "x", TRUE, &error));
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_STORE);
  g_autofree char *listing = ems_script_root_list (root, NULL);
  ck_assert_str_eq (listing, "d\n");
  g_autofree char *hidden = g_build_filename (ems_script_root_get_path (root), ".vnfm-ems.tmp", NULL);
  ck_assert (!g_file_test (hidden, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (listings)
{
  g_autofree char *nothing = ems_script_root_list (root, NULL);
  ck_assert_str_eq (nothing, "");
  ck_assert (put (NULL, "b", "", TRUE, NULL) && put (NULL, "a", "", TRUE, NULL) && put (NULL, "s/c", "", TRUE, NULL));
  g_autofree char *all = ems_script_root_list (root, NULL);
  ck_assert_str_eq (all, "a\nb\ns\n");
  g_autofree char *below = ems_script_root_list (root, "/opt/openbaton/scripts/s");
  ck_assert_str_eq (below, "c\n");
  g_autofree char *out = ems_script_root_list (root, "/opt/openbaton/scripts/../..");
  ck_assert_str_eq (out, "");
}
END_TEST

static Suite *
script_root_suite (void)
{
  Suite *suite = suite_create ("script-root");
  TCase *names = tcase_create ("names");

  tcase_add_checked_fixture (names, set_up, tear_down);
  tcase_add_test (names, files_are_stored);
  tcase_add_test (names, the_path_of_the_wire_is_mapped);
  tcase_add_test (names, no_name_leads_out);
  tcase_add_test (names, no_symlink_leads_out);
  tcase_add_test (names, scripts_are_found);
  tcase_add_test (names, what_cannot_be_written_is_told_and_leaves_nothing);
  tcase_add_test (names, listings);
  suite_add_tcase (suite, names);
  return suite;
}

VNFM_TEST_MAIN (script_root_suite)
