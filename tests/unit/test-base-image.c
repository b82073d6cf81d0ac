/* SPDX-License-Identifier: Apache-2.0 */
/* Which base image is it: what makes two of them differ, and what is none. */
#include "config.h"

#include "core/nfvo/machines/base.h"
#include "tests/support/vnfm-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;
static NfvoBaseOrder order;

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
write_bytes (const char *name, const void *content, gssize length)
{
  g_autofree char *path = path_of (name);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  ck_assert_int_eq (g_mkdir_with_parents (parent, 0755), 0);
  g_file_set_contents (path, content, length, &error);
  ck_assert_no_error (error);
}

static void
set_packages (const char *names)
{
  g_strfreev (order.packages);
  order.packages = g_strsplit (names, " ", -1);
}

static void
make_order (void)
{
  folder = vnfm_test_make_folder ();
  write_bytes ("root/var/lib/dpkg/status", "Package: a\n", -1);
  write_bytes ("overlay/etc/file", "text\n", -1);
  order = (NfvoBaseOrder){ .output = path_of ("image"), .root = path_of ("root"), .overlay = path_of ("overlay") };
  set_packages ("a b");
}

static void
remove_order (void)
{
  nfvo_base_order_clear (&order);
  vnfm_test_remove_folder (folder);
  g_clear_pointer (&folder, g_free);
}

static char *
identity (void)
{
  g_autoptr (GError) error = NULL;
  char *text = nfvo_base_dup_identity (&order, &error);

  ck_assert_no_error (error);
  ck_assert (g_uuid_string_is_valid (text));
  return text;
}

static void
assert_refused (int code, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = nfvo_base_dup_identity (&order, &error);

  ck_assert_error (error, VNFM_ERROR, code);
  ck_assert_ptr_null (text);
  ck_assert_msg (strstr (error->message, word) != NULL, "\"%s\" is not in: %s", word, error->message);
}

START_TEST (test_same)
{
  static const char *const lists[] = { "a b", "b a", "a b a" };
  g_autofree char *first = identity ();

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autofree char *again = NULL;
    set_packages (lists[i]);
    again = identity ();
    ck_assert_str_eq (again, first);
  }
}
END_TEST

static void
assert_new (GHashTable *seen)
{
  ck_assert (g_hash_table_add (seen, identity ()));
}

START_TEST (test_other)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *file = path_of ("overlay/etc/file");
  g_autofree char *other = path_of ("overlay/etc/other");

  assert_new (seen);
  set_packages ("a");
  assert_new (seen);
  set_packages ("ab");
  assert_new (seen);
  write_bytes ("root/var/lib/dpkg/status", "Package: b\n", -1);
  assert_new (seen);
  write_bytes ("overlay/etc/file", "texts\n", -1);
  assert_new (seen);
  ck_assert_int_eq (g_chmod (file, 0755), 0);
  assert_new (seen);
  ck_assert_int_eq (g_rename (file, other), 0);
  assert_new (seen);
  ck_assert_int_eq (symlink ("other", file), 0);
  assert_new (seen);
  g_clear_pointer (&order.overlay, g_free);
  assert_new (seen);
}
END_TEST

START_TEST (test_refused)
{
  g_autofree char *pipe = path_of ("overlay/pipe");
  g_autofree char *status = path_of ("root/var/lib/dpkg/status");
  GString *deep = g_string_new ("overlay");

  ck_assert_int_eq (mkfifo (pipe, 0600), 0);
  assert_refused (VNFM_ERROR_INVALID, "overlay/pipe");
  ck_assert_int_eq (g_unlink (pipe), 0);
  for (guint i = 0; i < 40; i++)
    g_string_append (deep, "/d");
  g_string_append (deep, "/file");
  write_bytes (deep->str, "", 0);
  assert_refused (VNFM_ERROR_LIMIT, "--overlay");
  g_string_free (deep, TRUE);
  ck_assert_int_eq (g_unlink (status), 0);
  assert_refused (VNFM_ERROR_STORE, "no root of a Debian system");
}
END_TEST

START_TEST (test_no_image)
{
  guint8 block[4096] = { 0 };

  ck_assert_ptr_null (nfvo_base_read_identity (order.output));
  write_bytes ("image", "short", -1);
  ck_assert_ptr_null (nfvo_base_read_identity (order.output));
  write_bytes ("image", block, sizeof block);
  ck_assert_ptr_null (nfvo_base_read_identity (order.output));
  /* A file system, but somebody else's. */
  block[1024 + 0x38] = 0x53;
  block[1024 + 0x39] = 0xef;
  write_bytes ("image", block, sizeof block);
  ck_assert_ptr_null (nfvo_base_read_identity (order.output));
}
END_TEST

START_TEST (test_image)
{
  guint8 block[4096] = { 0 };
  g_autofree char *text = NULL;

  block[1024 + 0x38] = 0x53;
  block[1024 + 0x39] = 0xef;
  for (guint8 i = 0; i < 16; i++)
    block[1024 + 0x68 + i] = i;
  memcpy (block + 1024 + 0x78, "vnfm-base", 9);
  write_bytes ("image", block, sizeof block);
  text = nfvo_base_read_identity (order.output);
  ck_assert_str_eq (text, "00010203-0405-0607-0809-0a0b0c0d0e0f");
}
END_TEST

static Suite *
base_image_suite (void)
{
  Suite *suite = suite_create ("base-image");
  TCase *tcase = tcase_create ("identity");

  tcase_add_checked_fixture (tcase, make_order, remove_order);
  tcase_add_test (tcase, test_same);
  tcase_add_test (tcase, test_other);
  tcase_add_test (tcase, test_refused);
  tcase_add_test (tcase, test_no_image);
  tcase_add_test (tcase, test_image);
  suite_add_tcase (suite, tcase);
  return suite;
}

VNFM_TEST_MAIN (base_image_suite)
