/* SPDX-License-Identifier: Apache-2.0 */
/* What CLONE_SCRIPTS runs for which URL, and how that comes into the script root. */
#include "config.h"

#include "plugins/ems-agent/script-clone.h"
#include "plugins/ems-agent/script-merge.h"
#include "tests/support/vnfm-test.h"

#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-error.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;

static void
set_up (void)
{
  folder = vnfm_test_make_folder ();
}

static void
tear_down (void)
{
  vnfm_test_remove_folder (folder);
  g_free (folder);
}

static char *
path_of (const char *below)
{
  return g_build_filename (folder, below, NULL);
}

static void
put (const char *below, const char *text, mode_t mode)
{
  g_autofree char *path = path_of (below);
  g_autofree char *parent = g_path_get_dirname (path);

  ck_assert_int_eq (g_mkdir_with_parents (parent, 0755), 0);
  ck_assert (g_file_set_contents (path, text, -1, NULL));
  ck_assert_int_eq (g_chmod (path, mode), 0);
}

static void
put_link (const char *below, const char *target)
{
  g_autofree char *path = path_of (below);

  ck_assert_int_eq (symlink (target, path), 0);
}

static EmsCloneRules *
make_rules (void)
{
  const char *schemes[] = { "https", "ssh", NULL };
  g_autofree char *to_folder = g_strdup_printf ("https://a.example/p.git=%s/plain", folder);
  g_autofree char *to_git = g_strdup_printf ("-weird name=%s/bare", folder);
  const char *map[] = { to_folder, to_git, NULL };
  g_autoptr (GError) error = NULL;
  EmsCloneRules *rules = ems_clone_rules_new (schemes, map, &error);

  ck_assert_no_error (error);
  put ("plain/a.sh", "a", 0644);
  put ("bare/HEAD", "ref: refs/heads/main\n", 0644);
  put ("bare/objects/x", "", 0644);
  return rules;
}

START_TEST (a_url_is_never_more_than_a_url)
{
  const struct {
    const char *url;
    int status;       /* 0: git or cp */
    const char *text; /* of the note, or the word before the target */
  } rows[] = {
    { "https://h.example/p.git", 0, "https://h.example/p.git" },
    { "HTTPS://user:pass@h.example:8443/p", 0, "HTTPS://user:pass@h.example:8443/p" },
    { "ssh://git@h.example/p", 0, "ssh://git@h.example/p" },
    { "git@h.example:group/p.git", 0, "git@h.example:group/p.git" },
    { "https://a.example/p", 0, "/plain/." },
    { "https://a.example/p.git/", 0, "/plain/." },
    { "-weird name", 0, "/bare" },
    { "", 126, "no URL" },
    { "/etc", 126, "no URL" },
    { "../up", 126, "no URL" },
    { "file:///etc", 126, "\"file\"" },
    { "http://h.example/p", 126, "only by: https, ssh" },
    { "ext::sh -c x", 126, "no URL" },
    { "ext::sh", 126, "no URL" },
    { "fd::7", 126, "no URL" },
    { "git@h::x", 126, "no URL" },
    { "--upload-pack=x", 126, "no URL" },
    { "https://-x/p", 126, "no URL" },
    { "ssh://git@-oProxyCommand=x/p", 126, "no URL" },
    { "git@-oProxyCommand=x:p", 126, "no URL" },
    { "https://h.example/p q", 126, "no URL" },
    { "https://h.example/p\n", 126, "no URL" },
  };
  const char *base[] = { "PATH=/usr/bin:/bin", "GIT_SSH_COMMAND=x", NULL };
  g_autoptr (EmsCloneRules) rules = make_rules ();
  g_autofree char *config = path_of ("gitconfig");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (EmsInvocation) invocation = { 0 };
    ems_clone_resolve (&invocation, rules, rows[i].url, "/target", config, base);
    ck_assert_msg (invocation.status == rows[i].status, "%s: %d", rows[i].url, invocation.status);
    if (rows[i].status != 0) {
      ck_assert_ptr_null (invocation.argv);
      ck_assert_msg (strstr (invocation.note, rows[i].text) != NULL, "%s: %s", rows[i].url, invocation.note);
      continue;
    }
    guint n = g_strv_length (invocation.argv);
    ck_assert_str_eq (invocation.argv[n - 1], "/target");
    ck_assert_str_eq (invocation.argv[n - 3], "--");
    ck_assert_msg (g_str_has_suffix (invocation.argv[n - 2], rows[i].text), "%s", invocation.argv[n - 2]);
    if (invocation.environment != NULL) {
      gboolean local = strstr (rows[i].text, "/bare") != NULL;
      ck_assert_str_eq (g_environ_getenv (invocation.environment, "GIT_TERMINAL_PROMPT"), "0");
      ck_assert_str_eq (g_environ_getenv (invocation.environment, "GIT_ALLOW_PROTOCOL"), local ? "file" : "https:ssh");
      ck_assert_str_eq (g_environ_getenv (invocation.environment, "GIT_SSH_COMMAND"), "ssh -oBatchMode=yes");
    }
  }
}
END_TEST

START_TEST (a_map_that_is_none_is_refused)
{
  const char *const bad[] = { "https://x", "=/folder", "https://x=relative", "https://x=" };
  const char *schemes[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *map[] = { bad[i], NULL };
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (ems_clone_rules_new (schemes, map, &error));
    ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_CONFIG));
  }
}
END_TEST

START_TEST (passwords_are_not_told)
{
  const struct {
    const char *url;
    const char *text;
    const char *shown;
  } rows[] = {
    { "https://u:p@ss@h/x", "at https://u:p@ss@h/x", "at https://u:***@h/x" },
    { "https://u@h/x", "at https://u@h/x", "at https://u@h/x" },
    { "https://h/x:y@z", "https://h/x:y@z", "https://h/x:y@z" },
    { "https://u:@h/x", "https://u:@h/x", "https://u:@h/x" },
    { "install.sh a:b@c", "install.sh a:b@c", "install.sh a:b@c" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *shown = vnfm_ems_hide_password (rows[i].url, rows[i].text);
    ck_assert_str_eq (shown, rows[i].shown);
  }
}
END_TEST

static gboolean
merge (const char *from, GString *notes, GError **error)
{
  g_autofree char *root_path = path_of ("root");
  g_autofree char *source = path_of (from);
  g_autoptr (EmsScriptRoot) root = ems_script_root_new (root_path);

  return ems_script_root_merge (root, NULL, source, notes, error);
}

static void
assert_file (const char *below, const char *text, mode_t mode)
{
  g_autofree char *path = path_of (below);
  g_autofree char *found = NULL;
  struct stat status;

  ck_assert (g_file_get_contents (path, &found, NULL, NULL));
  ck_assert_str_eq (found, text);
  ck_assert_int_eq (stat (path, &status), 0);
  ck_assert_int_eq (status.st_mode & 07777, mode);
}

START_TEST (what_was_fetched_is_moved)
{
  g_autoptr (GString) notes = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *fifo = path_of ("new/fifo");

  put ("root/kept.sh", "kept", 0755);
  put ("root/lib/old", "old", 0600);
  put ("new/a.sh", "a", 0644);
  put ("new/lib/old", "new", 06640);
  put ("new/.git/config", "x", 0644);
  put_link ("new/inside", "lib/../a.sh");
  put_link ("new/lib/up", "../a.sh");
  put_link ("new/lib/out", "../../kept.sh");
  put_link ("new/absolute", "/etc/passwd");
  ck_assert_int_eq (mkfifo (fifo, 0644), 0);
  ck_assert (merge ("new", notes, &error));
  ck_assert_no_error (error);

  assert_file ("root/kept.sh", "kept", 0755);
  assert_file ("root/a.sh", "a", 0755);
  assert_file ("root/lib/old", "new", 0640);
  assert_file ("root/inside", "a", 0755);
  assert_file ("root/lib/up", "a", 0755);
  const char *const absent[] = { "root/.git", "root/lib/out", "root/absolute", "root/fifo" };
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++) {
    g_autofree char *path = path_of (absent[i]);
    struct stat status;
    ck_assert_msg (lstat (path, &status) != 0, "%s", absent[i]);
  }
  ck_assert_ptr_nonnull (strstr (notes->str, "\"out\" left out"));
  ck_assert_ptr_nonnull (strstr (notes->str, "\"absolute\" left out"));
  ck_assert_ptr_nonnull (strstr (notes->str, "\"fifo\" left out"));
}
END_TEST

START_TEST (nothing_is_moved_through_a_link)
{
  g_autoptr (GString) notes = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;
  g_autofree char *outside = path_of ("outside");

  put ("outside/x", "untouched", 0644);
  put ("root/folder/x", "x", 0644);
  put_link ("root/lib", outside);
  put ("one/lib/x", "new", 0644);
  ck_assert (!merge ("one", notes, &error));
  ck_assert (g_error_matches (error, VNFM_ERROR, VNFM_ERROR_DENIED));
  assert_file ("outside/x", "untouched", 0644);
  put ("two/folder", "a file in the place of a folder", 0644);
  ck_assert (!merge ("two", notes, &other));
  ck_assert (g_error_matches (other, VNFM_ERROR, VNFM_ERROR_DENIED));
}
END_TEST

static Suite *
script_clone_suite (void)
{
  Suite *suite = suite_create ("script-clone");
  TCase *tcase = tcase_create ("clone");

  tcase_add_checked_fixture (tcase, set_up, tear_down);
  tcase_add_test (tcase, a_url_is_never_more_than_a_url);
  tcase_add_test (tcase, a_map_that_is_none_is_refused);
  tcase_add_test (tcase, passwords_are_not_told);
  tcase_add_test (tcase, what_was_fetched_is_moved);
  tcase_add_test (tcase, nothing_is_moved_through_a_link);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (script_clone_suite)
