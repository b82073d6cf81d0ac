/* SPDX-License-Identifier: Apache-2.0 */
/* Packages as folders, among them those that are laid out to make a reader do harm; and what INSTANTIATE carries. */
#include "config.h"

#include "core/nfvo/instantiate.h"
#include "core/package/metadata.h"
#include "core/package/nsd.h"
#include "tests/support/vnfm-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VNFD "{\"name\":\"a\",\"vendor\":\"v\",\"version\":\"1\",\"vdu\":[{\"vnfc\":[{}]}]}"

static char *folder;

static void
make_folder (void)
{
  folder = vnfm_test_make_folder ();
}

static void
remove_folder (void)
{
  vnfm_test_remove_folder (folder);
  g_clear_pointer (&folder, g_free);
}

static void
write_bytes (const char *name, const char *content, gssize length)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  ck_assert_int_eq (g_mkdir_with_parents (parent, 0755), 0);
  g_file_set_contents (path, content, length, &error);
  ck_assert_no_error (error);
}

static void
write_text (const char *name, const char *content)
{
  write_bytes (name, content, -1);
}

static void
write_package (void)
{
  write_text ("Metadata.yaml",
              "name: p\nprovider: v\nnfvo-version: 6.0.0\nvim_types: [test]\nimage:\n  names:\n    - i\n");
  write_text ("vnfd.json", VNFD);
}

static void
link_to (const char *target, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  ck_assert_int_eq (symlink (target, path), 0);
}

static NfvoPackage *
load_good (void)
{
  g_autoptr (GError) error = NULL;
  NfvoPackage *package = nfvo_package_load (folder, &error);

  ck_assert_no_error (error);
  return package;
}

static void
assert_refused (VnfmError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoPackage) package = nfvo_package_load (folder, &error);

  ck_assert_ptr_null (package);
  ck_assert_msg (g_error_matches (error, VNFM_ERROR, (int)code), "%s: code %d", error->message, error->code);
  ck_assert_msg (strstr (error->message, words) != NULL, "%s", error->message);
  ck_assert_msg (strstr (error->message, folder) != NULL, "no path: %s", error->message);
}

/* ---- good ones */

START_TEST (all_files_are_read)
{
  static const char *const wanted[] = { ".hidden", "a.sh", "b/c/d.sh", "b/e", "name with blanks", "z" };

  write_package ();
  write_text ("scripts/z", "");
  write_bytes ("scripts/a.sh", "#!/bin/sh\n\0\xFF", 12);
  write_text ("scripts/b/e", "e");
  write_text ("scripts/b/c/d.sh", "d");
  write_text ("scripts/.hidden", "h");
  write_text ("scripts/name with blanks", "b");
  write_text ("scripts/.git/config", "no");
  write_text ("other", "not delivered");
  g_autoptr (NfvoPackage) package = load_good ();
  ck_assert_str_eq (package->name, "p");
  ck_assert_str_eq (package->vendor, "v");
  ck_assert_str_eq (package->nfvo_version, "6.0.0");
  ck_assert_str_eq (package->image_names->pdata[0], "i");
  ck_assert_str_eq (package->vim_types->pdata[0], "test");
  ck_assert_uint_eq (package->scripts->len, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    ck_assert_str_eq (((VnfmScript *)package->scripts->pdata[i])->name, wanted[i]);
  ck_assert_uint_eq (g_bytes_get_size (((VnfmScript *)package->scripts->pdata[1])->content), 12);
  ck_assert (nfvo_package_has_script (package, "b/c/d.sh"));
  ck_assert (!nfvo_package_has_script (package, "d.sh"));
  ck_assert_uint_eq (package->notes->len, 1);
}
END_TEST

START_TEST (descriptor_of_another_name)
{
  write_text ("metadata.yaml", "name: p\n");
  write_text ("my.json", VNFD);
  g_autoptr (NfvoPackage) package = load_good ();
  ck_assert (g_str_has_suffix (package->descriptor_file, "/my.json"));
  write_text ("vnfd.json", VNFD);
  write_text ("more.json", "{}");
  g_autoptr (NfvoPackage) usual = load_good ();
  ck_assert (g_str_has_suffix (usual->descriptor_file, "/vnfd.json"));
}
END_TEST

START_TEST (link_inside_is_followed)
{
  write_package ();
  write_text ("scripts/a.sh", "content");
  link_to ("a.sh", "scripts/b.sh");
  g_autoptr (NfvoPackage) package = load_good ();
  const VnfmScript *script = package->scripts->pdata[1];
  ck_assert_str_eq (script->name, "b.sh");
  ck_assert_uint_eq (g_bytes_get_size (script->content), strlen ("content"));
}
END_TEST

/* ---- bad ones */

START_TEST (links_lead_nowhere_else)
{
  write_package ();
  write_text ("scripts/a.sh", "");
  link_to ("/etc/passwd", "scripts/b.sh");
  assert_refused (VNFM_ERROR_INVALID, "leads out of the package");
  g_autofree char *path = g_build_filename (folder, "scripts/b.sh", NULL);
  g_unlink (path);
  link_to ("../../..", "scripts/b.sh");
  assert_refused (VNFM_ERROR_INVALID, "leads out of the package");
  g_unlink (path);
  link_to (".", "scripts/b.sh");
  assert_refused (VNFM_ERROR_INVALID, "a link to a folder");
  g_unlink (path);
  link_to ("missing", "scripts/b.sh");
  assert_refused (VNFM_ERROR_STORE, "b.sh");
}
END_TEST

START_TEST (scripts_folder_is_no_way_out)
{
  write_package ();
  link_to ("/etc", "scripts");
  assert_refused (VNFM_ERROR_INVALID, "leads out of the package");
}
END_TEST

START_TEST (descriptor_is_no_way_out)
{
  write_text ("Metadata.yaml", "name: p\n");
  link_to ("/etc/passwd", "vnfd.json");
  assert_refused (VNFM_ERROR_INVALID, "leads out of the package");
}
END_TEST

START_TEST (neighbour_with_the_same_beginning)
{
  g_autofree char *neighbour = g_strconcat (folder, "-more", NULL);
  g_autofree char *file = g_build_filename (neighbour, "x", NULL);

  write_package ();
  write_text ("scripts/a.sh", "");
  ck_assert_int_eq (g_mkdir (neighbour, 0755), 0);
  ck_assert (g_file_set_contents (file, "x", 1, NULL));
  link_to (file, "scripts/b.sh");
  assert_refused (VNFM_ERROR_INVALID, "leads out of the package");
  vnfm_test_remove_folder (neighbour);
}
END_TEST

START_TEST (fifo_does_not_hang)
{
  g_autofree char *path = g_build_filename (folder, "scripts/fifo", NULL);

  write_package ();
  write_text ("scripts/a.sh", "");
  ck_assert_int_eq (mkfifo (path, 0644), 0);
  assert_refused (VNFM_ERROR_STORE, "not a regular file");
}
END_TEST

START_TEST (control_character_in_a_name)
{
  write_package ();
  write_text ("scripts/a\n.sh", "");
  assert_refused (VNFM_ERROR_INVALID, "control characters");
}
END_TEST

START_TEST (name_that_is_not_utf8)
{
  write_package ();
  write_text ("scripts/a\xFF.sh", "");
  assert_refused (VNFM_ERROR_INVALID, "UTF-8");
}
END_TEST

START_TEST (large_script)
{
  g_autofree char *content = g_strnfill (NFVO_MAX_SCRIPT + 1, 'x');

  write_package ();
  write_bytes ("scripts/a.sh", content, NFVO_MAX_SCRIPT);
  g_autoptr (NfvoPackage) package = load_good ();
  write_bytes ("scripts/a.sh", content, NFVO_MAX_SCRIPT + 1);
  assert_refused (VNFM_ERROR_LIMIT, "a.sh: larger than");
}
END_TEST

START_TEST (large_scripts_together)
{
  g_autofree char *content = g_strnfill (NFVO_MAX_SCRIPT, 'x');

  write_package ();
  write_bytes ("scripts/a", content, NFVO_MAX_SCRIPT);
  write_bytes ("scripts/b", content, NFVO_MAX_SCRIPT);
  write_text ("scripts/c", "x");
  assert_refused (VNFM_ERROR_LIMIT, "the scripts have more than");
}
END_TEST

START_TEST (too_many_files)
{
  write_package ();
  for (guint i = 0; i <= NFVO_MAX_FILES; i++) {
    g_autofree char *name = g_strdup_printf ("scripts/%u/%u", i % 2, i);
    write_text (name, "");
  }
  assert_refused (VNFM_ERROR_LIMIT, "more than");
}
END_TEST

START_TEST (deep_folders)
{
  g_autoptr (GString) name = g_string_new ("scripts");

  write_package ();
  for (guint i = 0; i < 20; i++)
    g_string_append (name, "/d");
  write_text (name->str, "");
  assert_refused (VNFM_ERROR_LIMIT, "nested");
}
END_TEST

START_TEST (no_or_two_descriptors)
{
  write_text ("Metadata.yaml", "name: p\n");
  assert_refused (VNFM_ERROR_NOT_FOUND, "no vnfd.json");
  write_text ("a.json", VNFD);
  write_text ("b.json", VNFD);
  assert_refused (VNFM_ERROR_INVALID, "which one is the VNFD");
}
END_TEST

START_TEST (tosca_is_refused)
{
  write_text ("TOSCA-Metadata/TOSCA.meta", "x");
  ck_assert (nfvo_package_is_package (folder));
  assert_refused (VNFM_ERROR_NOT_SUPPORTED, "TOSCA");
}
END_TEST

/* tar archives are read: test-archive.c. */
START_TEST (other_archives_are_refused)
{
  g_autofree char *path = g_build_filename (folder, "p.zip", NULL);
  g_autofree char *named = g_strconcat ("x=", path, NULL);
  const char *const packages[] = { named, NULL };
  const NfvoLoadOptions options = { packages, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) of_package = NULL;

  write_package ();
  write_bytes ("p.zip", "PK\x03\x04", 4);
  g_autoptr (NfvoService) service = nfvo_service_load (path, NULL, &error);
  ck_assert_ptr_null (service);
  ck_assert_error (error, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED);
  ck_assert_ptr_nonnull (strstr (error->message, "pack it as tar"));
  g_autoptr (NfvoService) other = nfvo_service_load (folder, &options, &of_package);
  ck_assert_ptr_null (other);
  ck_assert_error (of_package, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED);
  ck_assert_ptr_nonnull (strstr (of_package->message, "pack it as tar"));
}
END_TEST

/* ---- Metadata.yaml */

typedef struct {
  const char *text;
  const char *words;
} BadMetadata;

static const BadMetadata bad_metadata[] = {
  { "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "line 2: aliases" },
  { "name: *unknown\n", "line 1: aliases" },
  { "name: p\nname: q\n", "line 2: the key \"name\"" },
  { "name: [a\n", "line " },
  { "name: p\n\tvendor: v\n", "line 2" },
  { "- a\n- b\n", "no mapping" },
  { "", "no mapping" },
  { "just text\n", "no mapping" },
  { "name: p\n---\nname: q\n", "line 2: a second document" },
  { "? [a, b]\n: c\n", "line 1: a key is no plain text" },
  { "a: \"x\\0y\"\n", "line 1: a NUL" },
  { "[[[[[[[[[[[[[[[[[[[[", "line 1: nested too deeply" },
  { "name: \xFF\n", "line 1" },
};

START_TEST (bad_metadata_is_refused)
{
  const BadMetadata *bad = &bad_metadata[_i];

  write_package ();
  write_text ("Metadata.yaml", bad->text);
  assert_refused (VNFM_ERROR_INVALID, bad->words);
  assert_refused (VNFM_ERROR_INVALID, "Metadata.yaml");
}
END_TEST

START_TEST (large_metadata)
{
  g_autofree char *content = g_strnfill (NFVO_MAX_METADATA + 1, '#');

  write_package ();
  write_text ("Metadata.yaml", content);
  assert_refused (VNFM_ERROR_LIMIT, "Metadata.yaml");
}
END_TEST

START_TEST (metadata_is_read_leniently)
{
  static const char text[] = "name: p\nvim-types: openstack\nvendor: ~\nempty:\nversion: 1.0\nanchor: &x y\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) metadata = nfvo_metadata_parse (bytes, &error);

  ck_assert_no_error (error);
  g_autoptr (GPtrArray) types = nfvo_metadata_dup_texts (metadata, "vim_types");
  g_autofree char *vendor = nfvo_metadata_dup_text (metadata, "vendor");
  g_autofree char *empty = nfvo_metadata_dup_text (metadata, "empty");
  g_autofree char *version = nfvo_metadata_dup_text (metadata, "version");
  ck_assert_str_eq (types->pdata[0], "openstack");
  ck_assert_ptr_null (vendor);
  ck_assert_ptr_null (empty);
  ck_assert_str_eq (version, "1.0");
}
END_TEST

/* ---- in a service */

START_TEST (scripts_are_held_against_the_package)
{
  write_text ("Metadata.yaml", "name: p\n");
  write_text ("vnfd.json", "{\"name\":\"a\",\"endpoint\":\"generic\",\"vdu\":[{\"vnfc\":[{}]}],\"lifecycle_event\":[{"
                           "\"event\":\"START\",\"lifecycle_events\":[\"sub/a.sh with arguments\",\"b.sh\"]}]}");
  write_text ("scripts/sub/a.sh", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = nfvo_service_load (folder, NULL, &error);
  guint errors = 0;
  ck_assert_no_error (error);
  for (guint i = 0; i < service->findings->len; i++) {
    const NfvoFinding *finding = service->findings->pdata[i];
    if (finding->level == NFVO_HINT)
      continue;
    ck_assert_str_eq (finding->flag, "script not in the package");
    ck_assert (g_str_has_prefix (finding->text, "START: b.sh is not in "));
    errors++;
  }
  ck_assert_uint_eq (errors, 1);
}
END_TEST

START_TEST (folder_of_scripts)
{
  g_autofree char *nsd = g_build_filename (folder, "nsd.json", NULL);
  g_autofree char *scripts = g_build_filename (folder, "s", NULL);
  g_autofree char *named = g_strconcat ("b=", folder, "/t", NULL);
  const char *const packages[] = { named, NULL };
  const NfvoLoadOptions options = { packages, scripts };
  g_autoptr (GError) error = NULL;

  write_text ("nsd.json",
              "{\"name\":\"n\",\"vnfd\":[{\"name\":\"a\",\"vnfPackageLocation\":\"https://x.example/y.git\","
              "\"vdu\":[{\"vnfc\":[{}]}]},{\"name\":\"b\",\"vdu\":[{\"vnfc\":[{}]}]}]}");
  write_text ("s/one.sh", "1");
  write_text ("t/two.sh", "2");
  g_autoptr (NfvoService) service = nfvo_service_load (nsd, &options, &error);
  ck_assert_no_error (error);
  NfvoVnf *a = nfvo_service_find_vnf (service, "a");
  ck_assert (nfvo_package_has_script (a->package, "one.sh"));
  ck_assert_ptr_null (a->scripts_link);
  ck_assert (nfvo_package_has_script (nfvo_service_find_vnf (service, "b")->package, "two.sh"));
}
END_TEST

/* ---- INSTANTIATE */

static JsonObject *
new_vim (void)
{
  JsonObject *vim = json_object_new ();

  json_object_set_string_member (vim, "name", "vim");
  json_object_set_string_member (vim, "id", "vim-id");
  json_object_set_string_member (vim, "type", "test");
  return vim;
}

/* Composes, decodes as a manager does, and makes the record that would go into GRANT_OPERATION. */
static VnfmMessage *
instantiate (NfvoVnf *vnf, VnfmRecord **record)
{
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (JsonArray) links = json_array_new ();
  g_autoptr (JsonObject) vim = new_vim ();
  g_autoptr (JsonObject) extension = json_object_new ();
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (extension, "nsr-id", "nsr");
  g_autoptr (GBytes) body = nfvo_vnf_dup_instantiate (vnf, links, vim, extension, clock);
  VnfmMessage *message = vnfm_message_decode (body, &error);
  ck_assert_no_error (error);
  ck_assert_int_eq (vnfm_message_get_action (message), VNFM_ACTION_INSTANTIATE);
  *record = vnfm_descriptor_to_record (message, &error);
  ck_assert_no_error (error);
  return message;
}

START_TEST (message_carries_the_files)
{
  guint8 content[256];

  for (guint i = 0; i < sizeof content; i++)
    content[i] = (guint8)i;
  write_package ();
  write_bytes ("scripts/all", (const char *)content, sizeof content);
  write_text ("scripts/sub/empty", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = nfvo_service_load (folder, NULL, &error);
  ck_assert_no_error (error);
  g_autoptr (VnfmRecord) record = NULL;
  g_autoptr (VnfmMessage) message = instantiate (service->vnfs->pdata[0], &record);
  g_autofree char *link = NULL;
  g_autoptr (GPtrArray) scripts = vnfm_message_dup_scripts (message, &link, &error);

  ck_assert_no_error (error);
  ck_assert_ptr_null (link);
  ck_assert_uint_eq (scripts->len, 2);
  const VnfmScript *all = scripts->pdata[0];
  g_autoptr (GBytes) wanted = g_bytes_new (content, sizeof content);
  ck_assert_str_eq (all->name, "all");
  ck_assert (g_bytes_equal (all->content, wanted));
  ck_assert_str_eq (((VnfmScript *)scripts->pdata[1])->name, "sub/empty");
  ck_assert_str_eq (vnfm_record_get_name (record), "a");
}
END_TEST

START_TEST (message_carries_the_link)
{
  write_text ("Metadata.yaml", "name: p\nscripts-link: https://x.example/y.git\n");
  write_text ("vnfd.json", VNFD);
  write_text ("scripts/a.sh", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = nfvo_service_load (folder, NULL, &error);
  ck_assert_no_error (error);
  g_autoptr (VnfmRecord) record = NULL;
  g_autoptr (VnfmMessage) message = instantiate (service->vnfs->pdata[0], &record);
  g_autofree char *link = NULL;
  g_autoptr (GPtrArray) scripts = vnfm_message_dup_scripts (message, &link, &error);

  ck_assert_no_error (error);
  ck_assert_str_eq (link, "https://x.example/y.git");
  ck_assert_uint_eq (scripts->len, 0);
}
END_TEST

static void
collect_members (JsonObject *object, const char *path, GHashTable *members)
{
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l != NULL; l = l->next) {
    JsonNode *node = json_object_get_member (object, l->data);
    char *below = g_strconcat (path, "/", (char *)l->data, NULL);
    g_hash_table_add (members, below);
    if (JSON_NODE_HOLDS_OBJECT (node)) {
      collect_members (json_node_get_object (node), below, members);
    } else if (JSON_NODE_HOLDS_ARRAY (node)) {
      JsonArray *array = json_node_get_array (node);
      for (guint i = 0; i < json_array_get_length (array); i++) {
        if (vnfm_json_element_object (array, i) != NULL)
          collect_members (vnfm_json_element_object (array, i), below, members);
      }
    }
  }
}

static JsonObject *
member_of (VnfmMessage *message, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = vnfm_message_dup_member (message, name);
  g_autoptr (JsonNode) node = text != NULL ? vnfm_json_parse (text, &error) : NULL;

  ck_assert_msg (node != NULL, "no member %s", name);
  return json_node_dup_object (node);
}

/* bind9 as the real NFVO sent it: what it has, ours has too, but for what only a project's database knows. */
START_TEST (message_looks_like_the_real_one)
{
  static const char *const names[] = { "vnfd", "vnfdf", "vnfPackage" };
  static const char *const other[] = { "/projectId", "/vdu/projectId", "/image", "/vnfPackageMetadata", NULL };
  g_autofree char *path = g_build_filename (vnfm_test_material (), "openbaton+openimscore-packages/bind9", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = nfvo_service_load (path, NULL, &error);
  ck_assert_no_error (error);
  g_autoptr (VnfmRecord) record = NULL;
  g_autoptr (VnfmMessage) ours = instantiate (service->vnfs->pdata[0], &record);
  g_autoptr (GBytes) body = vnfm_test_captured_body ("nfvo/301-nfvo-vnfm-INSTANTIATE.json");
  g_autoptr (VnfmMessage) real = vnfm_message_decode (body, &error);
  ck_assert_no_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (JsonObject) real_part = member_of (real, names[i]);
    g_autoptr (JsonObject) our_part = member_of (ours, names[i]);
    g_autoptr (GHashTable) real_members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GHashTable) our_members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer member;
    collect_members (real_part, "", real_members);
    collect_members (our_part, "", our_members);
    g_hash_table_iter_init (&iter, real_members);
    while (g_hash_table_iter_next (&iter, &member, NULL)) {
      gboolean known = g_hash_table_contains (our_members, member);
      for (guint j = 0; other[j] != NULL; j++)
        known = known || g_str_has_prefix (member, other[j]);
      ck_assert_msg (known, "%s: %s is missing", names[i], (char *)member);
    }
  }
}
END_TEST

START_TEST (ids_are_new_each_time)
{
  write_package ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = nfvo_service_load (folder, NULL, &error);
  ck_assert_no_error (error);
  NfvoVnf *vnf = service->vnfs->pdata[0];
  g_autoptr (VnfmClock) clock = vnfm_clock_new ();
  g_autoptr (JsonObject) first = nfvo_vnf_dup_vnfd_json (vnf, clock);
  g_autoptr (JsonObject) second = nfvo_vnf_dup_vnfd_json (vnf, clock);
  g_autoptr (JsonObject) flavour = nfvo_vnfd_dup_flavour (first, clock);

  ck_assert_str_ne (vnfm_json_get_string (first, "id"), vnfm_json_get_string (second, "id"));
  ck_assert_str_ne (vnfm_json_get_string (first, "vnfPackageLocation"),
                    vnfm_json_get_string (second, "vnfPackageLocation"));
  ck_assert (!json_object_has_member (vnf->vnfd, "id"));
  ck_assert_ptr_nonnull (vnfm_json_get_string (flavour, "id"));
}
END_TEST

static Suite *
package_suite (void)
{
  Suite *suite = suite_create ("package");
  TCase *folders = tcase_create ("folders");

  tcase_set_timeout (folders, 60);
  tcase_add_checked_fixture (folders, make_folder, remove_folder);
  tcase_add_test (folders, all_files_are_read);
  tcase_add_test (folders, descriptor_of_another_name);
  tcase_add_test (folders, link_inside_is_followed);
  tcase_add_test (folders, links_lead_nowhere_else);
  tcase_add_test (folders, scripts_folder_is_no_way_out);
  tcase_add_test (folders, descriptor_is_no_way_out);
  tcase_add_test (folders, neighbour_with_the_same_beginning);
  tcase_add_test (folders, fifo_does_not_hang);
  tcase_add_test (folders, control_character_in_a_name);
  tcase_add_test (folders, name_that_is_not_utf8);
  tcase_add_test (folders, large_script);
  tcase_add_test (folders, large_scripts_together);
  tcase_add_test (folders, too_many_files);
  tcase_add_test (folders, deep_folders);
  tcase_add_test (folders, no_or_two_descriptors);
  tcase_add_test (folders, tosca_is_refused);
  tcase_add_test (folders, other_archives_are_refused);
  tcase_add_loop_test (folders, bad_metadata_is_refused, 0, G_N_ELEMENTS (bad_metadata));
  tcase_add_test (folders, large_metadata);
  tcase_add_test (folders, metadata_is_read_leniently);
  tcase_add_test (folders, scripts_are_held_against_the_package);
  tcase_add_test (folders, folder_of_scripts);
  tcase_add_test (folders, message_carries_the_files);
  tcase_add_test (folders, message_carries_the_link);
  tcase_add_test (folders, ids_are_new_each_time);
  if (vnfm_test_have_material ())
    tcase_add_test (folders, message_looks_like_the_real_one);
  suite_add_tcase (suite, folders);
  return suite;
}

VNFM_TEST_MAIN (package_suite)
