/* SPDX-License-Identifier: Apache-2.0 */
/* Packages as tar archives: the same view as of a folder, and archives that mean harm. They are written here, byte by
 * byte, because no honest program makes them. */
#include "config.h"

#include "core/package/archive.h"
#include "core/package/nsd.h"
#include "tests/support/vnfm-test.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 512
#define VNFD                                                                                               \
  "{\"name\":\"a\",\"vendor\":\"v\",\"version\":\"1\",\"endpoint\":\"generic\",\"vdu\":[{\"vnfc\":[{}]}]," \
  "\"lifecycle_event\":[{\"event\":\"START\",\"lifecycle_events\":[\"start.sh\"]}]}"
#define METADATA "name: p\nvendor: v\nversion: 1\n"

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

/* ---- writing archives */

/* @type: as in ustar: '0' a file, '1' a hard link, '2' a symbolic link, '5' a folder, '3' a device, '6' a FIFO. */
typedef struct {
  const char *path;
  char type;
  const char *content; /* of a link: its target */
  guint64 size;        /* 0: that of @content */
} Entry;

static void
add_header (GByteArray *tar, const Entry *entry, guint64 size)
{
  char header[BLOCK] = { 0 };
  guint sum = 0;

  strncpy (header, entry->path, 100);
  memcpy (header + 100, entry->type == '5' || entry->type == 'x' ? "0000755" : "0000644", 8);
  memcpy (header + 108, "0000000", 8);
  memcpy (header + 116, "0000000", 8);
  g_snprintf (header + 124, 12, "%011" G_GINT64_MODIFIER "o", size);
  memcpy (header + 136, "00000000000", 12);
  header[156] = entry->type == 'x' ? '0' : entry->type;
  if (entry->type == '1' || entry->type == '2')
    strncpy (header + 157, entry->content, 100);
  memcpy (header + 257, "ustar\00000", 8);
  memset (header + 148, ' ', 8);
  for (guint i = 0; i < BLOCK; i++)
    sum += (guchar)header[i];
  g_snprintf (header + 148, 8, "%06o", sum);
  g_byte_array_append (tar, (const guint8 *)header, BLOCK);
}

static void
add_entry (GByteArray *tar, const Entry *entry)
{
  static const guint8 zeros[BLOCK];
  gboolean has_content = (entry->type == '0' || entry->type == 'x') && entry->content != NULL;
  guint length = has_content ? (guint)strlen (entry->content) : 0;

  add_header (tar, entry, entry->size > 0 ? entry->size : length);
  if (length == 0)
    return;
  g_byte_array_append (tar, (const guint8 *)entry->content, length);
  g_byte_array_append (tar, zeros, (BLOCK - length % BLOCK) % BLOCK);
}

static GByteArray *
make_tar (const Entry *entries)
{
  GByteArray *tar = g_byte_array_new ();

  for (; entries->path != NULL; entries++)
    add_entry (tar, entries);
  return tar;
}

static void
end_tar (GByteArray *tar)
{
  static const guint8 zeros[2 * BLOCK];

  g_byte_array_append (tar, zeros, sizeof zeros);
}

/* Returns: (transfer full): the path. */
static char *
write_file (const char *name, const guint8 *data, gsize length)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);

  g_file_set_contents (path, (const char *)data, (gssize)length, &error);
  ck_assert_no_error (error);
  return path;
}

static char *
write_tar (const char *name, const Entry *entries)
{
  g_autoptr (GByteArray) tar = make_tar (entries);

  end_tar (tar);
  return write_file (name, tar->data, tar->len);
}

static GByteArray *
pack (GByteArray *tar)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (compressor));
  g_autoptr (GError) error = NULL;
  GByteArray *packed = g_byte_array_new ();

  g_output_stream_write_all (stream, tar->data, tar->len, NULL, NULL, &error);
  ck_assert_no_error (error);
  g_output_stream_close (stream, NULL, &error);
  ck_assert_no_error (error);
  g_byte_array_append (packed, g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)),
                       (guint)g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)));
  return packed;
}

static const Entry good[] = {
  { "./", '5', NULL, 0 },
  { "./Metadata.yaml", '0', METADATA, 0 },
  { "./vnfd.json", '0', VNFD, 0 },
  { "./scripts/", '5', NULL, 0 },
  { "./scripts/start.sh", 'x', "#!/bin/sh\necho started\n", 0 },
  { "scripts/lib/data", '0', "data", 0 },
  { "scripts/again", '2', "lib/../start.sh", 0 },
  { "scripts/same", '1', "./scripts/lib/data", 0 },
  { "scripts/.git/config", '0', "no", 0 },
  { "image.qcow2", '0', "an image", 0 },
  { NULL },
};

static NfvoPackage *
load_good (const char *path)
{
  g_autoptr (GError) error = NULL;
  NfvoPackage *package = nfvo_package_load (path, &error);

  ck_assert_no_error (error);
  return package;
}

static void
assert_is_good (NfvoPackage *package)
{
  static const char *const wanted[] = { "again", "lib/data", "same", "start.sh" };

  ck_assert_str_eq (package->name, "p");
  ck_assert_str_eq (package->vendor, "v");
  ck_assert (g_str_has_suffix (package->descriptor_file, "/vnfd.json"));
  ck_assert_uint_eq (g_bytes_get_size (package->descriptor), strlen (VNFD));
  ck_assert_uint_eq (package->scripts->len, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    ck_assert_str_eq (((VnfmScript *)package->scripts->pdata[i])->name, wanted[i]);
  GBytes *again = nfvo_package_find_script (package, "again");
  ck_assert (g_bytes_equal (again, nfvo_package_find_script (package, "start.sh")));
  ck_assert_uint_eq (g_bytes_get_size (nfvo_package_find_script (package, "same")), 4);
  ck_assert_uint_eq (package->not_executable->len, 2);
  ck_assert_str_eq (package->not_executable->pdata[0], "lib/data");
  ck_assert_uint_eq (package->left_out->len, 1);
  ck_assert_str_eq (package->left_out->pdata[0], "image.qcow2");
}

/* ---- good ones */

START_TEST (plain_and_packed_look_the_same)
{
  g_autofree char *plain = write_tar ("p.tar", good);
  g_autoptr (GByteArray) tar = make_tar (good);
  end_tar (tar);
  g_autoptr (GByteArray) packed = pack (tar);
  g_autofree char *gz = write_file ("p.tar.gz", packed->data, packed->len);
  g_autofree char *nameless = write_file ("package", packed->data, packed->len);
  const char *const paths[] = { plain, gz, nameless };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    ck_assert (nfvo_package_is_package (paths[i]));
    g_autoptr (NfvoPackage) package = load_good (paths[i]);
    assert_is_good (package);
    ck_assert_uint_eq (package->notes->len, 1);
    ck_assert_str_eq (package->notes->pdata[0], ".git is left out");
  }
}
END_TEST

START_TEST (folder_around_it)
{
  static const Entry entries[] = { { "web/Metadata.yaml", '0', METADATA, 0 },
                                   { "web/vnfd.json", '0', VNFD, 0 },
                                   { "web/scripts/start.sh", 'x', "#!/bin/sh\n", 0 },
                                   { NULL } };
  g_autofree char *path = write_tar ("p.tar", entries);
  g_autoptr (NfvoPackage) package = load_good (path);

  ck_assert (nfvo_package_has_script (package, "start.sh"));
  ck_assert_uint_eq (package->notes->len, 1);
  ck_assert (strstr (package->notes->pdata[0], "below web/") != NULL);
}
END_TEST

/* tar -r appends the newer file. */
START_TEST (last_of_a_name_counts)
{
  static const Entry entries[] = { { "Metadata.yaml", '0', METADATA, 0 },   { "vnfd.json", '0', VNFD, 0 },
                                   { "scripts/start.sh", '0', "older", 0 }, { "scripts/start.sh", 'x', "new", 0 },
                                   { "./Metadata.yaml", '0', METADATA, 0 }, { NULL } };
  g_autofree char *path = write_tar ("p.tar", entries);
  g_autoptr (NfvoPackage) package = load_good (path);

  ck_assert_uint_eq (package->scripts->len, 1);
  ck_assert_uint_eq (g_bytes_get_size (nfvo_package_find_script (package, "start.sh")), 3);
}
END_TEST

START_TEST (name_outside_of_ascii)
{
  static const Entry entries[] = { { "Metadata.yaml", '0', METADATA, 0 },
                                   { "vnfd.json", '0', VNFD, 0 },
                                   { "scripts/gr\xC3\xBC\xC3\x9F"
                                     "e.sh",
                                     '0', "x", 0 },
                                   { NULL } };
  g_autofree char *path = write_tar ("p.tar", entries);
  g_autoptr (NfvoPackage) package = load_good (path);

  ck_assert (nfvo_package_has_script (package, "gr\xC3\xBC\xC3\x9F"
                                               "e.sh"));
}
END_TEST

START_TEST (missing_end_is_noted)
{
  g_autoptr (GByteArray) tar = make_tar (good);
  g_autofree char *path = write_file ("p.tar", tar->data, tar->len);
  g_autoptr (NfvoPackage) package = load_good (path);

  ck_assert_uint_eq (package->notes->len, 2);
  ck_assert (strstr (package->notes->pdata[1], "cut off") != NULL);
}
END_TEST

/* An NSD of ids, its packages as archives beside it; and a VNFD that is checked as an archive. */
START_TEST (services_find_archives)
{
  static const char nsd[] = "{\"name\":\"s\",\"vendor\":\"v\",\"version\":\"1\",\"vnfd\":[{\"id\":\"v/a/1\"}]}";
  g_autofree char *archive = write_tar ("p.tar", good);
  g_autofree char *descriptor = write_file ("nsd.json", (const guint8 *)nsd, strlen (nsd));
  g_autofree char *option = g_strconcat ("v/a/1=", archive, NULL);
  const char *const packages[] = { option, NULL };
  const NfvoLoadOptions named = { packages, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) beside = nfvo_service_load (folder, NULL, &error);
  ck_assert_no_error (error);
  g_autoptr (NfvoService) told = nfvo_service_load (descriptor, &named, &error);
  ck_assert_no_error (error);
  g_autoptr (NfvoService) alone = nfvo_service_load (archive, NULL, &error);
  ck_assert_no_error (error);
  NfvoService *const services[] = { beside, told, alone };

  for (guint i = 0; i < G_N_ELEMENTS (services); i++) {
    NfvoVnf *vnf = nfvo_service_find_vnf (services[i], "a");
    ck_assert_ptr_nonnull (vnf);
    ck_assert (!nfvo_service_has_errors (services[i]));
    assert_is_good (vnf->package);
  }
}
END_TEST

/* ---- bad ones */

typedef struct {
  const char *name;
  Entry entry; /* beside the good ones */
  VnfmError code;
  const char *words;
} Hostile;

static const Hostile hostile[] = {
  { "absolute path", { "/etc/passwd", '0', "x", 0 }, VNFM_ERROR_INVALID, "an absolute path" },
  { "path above", { "../evil", '0', "x", 0 }, VNFM_ERROR_INVALID, "leads out of the package" },
  { "path above, hidden", { "scripts/a/../../../evil", '0', "x", 0 }, VNFM_ERROR_INVALID, "leads out of the package" },
  { "path above at its end", { "scripts/..", '5', NULL, 0 }, VNFM_ERROR_INVALID, "leads out of the package" },
  { "no name", { "", '0', "x", 0 }, VNFM_ERROR_INVALID, "no name" },
  { "name of dots", { "././.", '0', "x", 0 }, VNFM_ERROR_INVALID, "no name" },
  { "line end in a name", { "scripts/a\nb", '0', "x", 0 }, VNFM_ERROR_INVALID, "control characters" },
  { "escape in a name", { "scripts/\033[2J", '0', "x", 0 }, VNFM_ERROR_INVALID, "control characters" },
  { "no UTF-8", { "scripts/\xFF", '0', "x", 0 }, VNFM_ERROR_INVALID, "UTF-8" },
  { "deep", { "scripts/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", '0', "x", 0 }, VNFM_ERROR_LIMIT, "nested too deep" },
  { "link out", { "scripts/l", '2', "/etc/passwd", 0 }, VNFM_ERROR_INVALID, "the link leads out" },
  { "link above", { "scripts/l", '2', "../../etc/passwd", 0 }, VNFM_ERROR_INVALID, "the link leads out" },
  { "link beside scripts", { "l", '2', "../x", 0 }, VNFM_ERROR_INVALID, "the link leads out" },
  { "hard link out", { "scripts/l", '1', "/etc/passwd", 0 }, VNFM_ERROR_INVALID, "the link leads out" },
  { "hard link above", { "scripts/l", '1', "scripts/../../x", 0 }, VNFM_ERROR_INVALID, "the link leads out" },
  { "link to nothing", { "scripts/l", '2', "missing", 0 }, VNFM_ERROR_INVALID, "leads to no file" },
  { "link to itself", { "scripts/l", '2', "l", 0 }, VNFM_ERROR_INVALID, "leads to no file" },
  { "link to a folder", { "scripts/l", '2', ".", 0 }, VNFM_ERROR_INVALID, "a link to a folder" },
  { "link to what is not read", { "scripts/l", '2', "../image.qcow2", 0 }, VNFM_ERROR_INVALID, "leads to no file" },
  { "metadata as a link out", { "Metadata.yaml", '2', "/etc/passwd", 0 }, VNFM_ERROR_INVALID, "the link leads out" },
  { "metadata as a folder", { "Metadata.yaml", '5', NULL, 0 }, VNFM_ERROR_INVALID, "a folder" },
  { "scripts as a link", { "scripts", '2', ".", 0 }, VNFM_ERROR_INVALID, "no folder" },
  { "scripts as a file", { "scripts", '0', "x", 0 }, VNFM_ERROR_INVALID, "no folder" },
  { "below a file", { "vnfd.json/x", '0', "x", 0 }, VNFM_ERROR_INVALID, "no folder" },
  { "device", { "scripts/d", '3', NULL, 0 }, VNFM_ERROR_INVALID, "a device" },
  { "FIFO", { "scripts/f", '6', NULL, 0 }, VNFM_ERROR_INVALID, "FIFO" },
  { "large script", { "scripts/l", '0', "x", NFVO_MAX_SCRIPT + 1 }, VNFM_ERROR_LIMIT, "larger than" },
  { "large metadata", { "Metadata.yaml", '0', "x", NFVO_MAX_METADATA + 1 }, VNFM_ERROR_LIMIT, "larger than" },
  { "large image", { "image", '0', "x", G_GUINT64_CONSTANT (8589934591) }, VNFM_ERROR_LIMIT, "more than" },
  { "longer than the file", { "scripts/l", '0', "x", 5000 }, VNFM_ERROR_INVALID, "damaged or cut off" },
};

static void
assert_refused (const char *path, VnfmError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoPackage) package = nfvo_package_load (path, &error);

  ck_assert_msg (package == NULL, "taken: %s", words);
  ck_assert_msg (g_error_matches (error, VNFM_ERROR, (int)code), "%s: code %d", error->message, error->code);
  ck_assert_msg (strstr (error->message, words) != NULL, "%s: not: %s", error->message, words);
  ck_assert_msg (g_str_has_prefix (error->message, path), "no path: %s", error->message);
}

START_TEST (hostile_entry_is_refused)
{
  const Hostile *row = &hostile[_i];
  g_autoptr (GByteArray) tar = make_tar (good);

  add_entry (tar, &row->entry);
  end_tar (tar);
  g_autoptr (GByteArray) packed = pack (tar);
  g_autofree char *plain = write_file ("p.tar", tar->data, tar->len);
  g_autofree char *gz = write_file ("p.tar.gz", packed->data, packed->len);
  assert_refused (plain, row->code, row->words);
  assert_refused (gz, row->code, row->words);
}
END_TEST

START_TEST (too_many_entries)
{
  g_autoptr (GByteArray) scripts = make_tar (good);
  g_autoptr (GByteArray) others = make_tar (good);

  for (guint i = 0; i <= NFVO_MAX_ENTRIES; i++) {
    g_autofree char *script = g_strdup_printf ("scripts/%u", i);
    g_autofree char *other = g_strdup_printf ("other/%u", i);
    const Entry of_script = { script, '0', NULL, 0 };
    const Entry of_other = { other, '0', NULL, 0 };
    if (i <= NFVO_MAX_FILES)
      add_entry (scripts, &of_script);
    add_entry (others, &of_other);
  }
  end_tar (scripts);
  end_tar (others);
  g_autofree char *first = write_file ("p.tar", scripts->data, scripts->len);
  g_autofree char *second = write_file ("q.tar", others->data, others->len);
  assert_refused (first, VNFM_ERROR_LIMIT, "more than 1000 files");
  assert_refused (second, VNFM_ERROR_LIMIT, "more than 4000 entries");
}
END_TEST

/* However it is cut: an error, or, at the end of an entry, what was there up to it; never a part of a file. */
START_TEST (cut_anywhere)
{
  g_autoptr (GByteArray) tar = make_tar (good);
  end_tar (tar);
  g_autoptr (GByteArray) packed = pack (tar);

  for (guint length = 1; length < tar->len; length += 100) {
    g_autofree char *path = write_file ("p.tar", tar->data, length);
    g_autoptr (GError) error = NULL;
    g_autoptr (NfvoPackage) package = nfvo_package_load (path, &error);
    for (guint i = 0; package != NULL && i < package->scripts->len; i++) {
      const VnfmScript *script = package->scripts->pdata[i];
      ck_assert_uint_eq (g_bytes_get_size (script->content),
                         strstr (script->name, "data") != NULL || strstr (script->name, "same") != NULL
                             ? 4
                             : strlen (good[4].content));
    }
    ck_assert (package != NULL || error != NULL);
  }
  for (guint length = 1; length < packed->len; length += 7) {
    g_autofree char *path = write_file ("p.tar.gz", packed->data, length);
    g_autoptr (GError) error = NULL;
    g_autoptr (NfvoPackage) package = nfvo_package_load (path, &error);
    ck_assert_msg (package == NULL, "taken with %u of %u bytes", length, packed->len);
    ck_assert (g_str_has_prefix (error->message, path));
  }
}
END_TEST

typedef struct {
  const char *name;
  const char *content;
  gsize length;
  VnfmError code;
  const char *words;
} Foreign;

static const Foreign foreign[] = {
  { "a.tar", "", 0, VNFM_ERROR_NOT_SUPPORTED, "an empty file" },
  { "a.tar", "just a text", 11, VNFM_ERROR_NOT_SUPPORTED, "no tar archive" },
  { "a.tar.gz", "PK\x03\x04 and more", 12, VNFM_ERROR_NOT_SUPPORTED, "a zip or CSAR archive" },
  { "a.tgz",
    "\xFD"
    "7zXZ",
    6, VNFM_ERROR_NOT_SUPPORTED, "packed with xz" },
  { "a.tar", "BZh91AY", 7, VNFM_ERROR_NOT_SUPPORTED, "packed with bzip2" },
  { "a.tar", "\x28\xB5\x2F\xFD...", 7, VNFM_ERROR_NOT_SUPPORTED, "packed with zstd" },
};

START_TEST (foreign_file_is_named)
{
  const Foreign *row = &foreign[_i];
  g_autofree char *path = write_file (row->name, (const guint8 *)row->content, row->length);

  assert_refused (path, row->code, row->words);
}
END_TEST

START_TEST (packed_text_is_no_archive)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  static const Entry none[] = { { NULL } };

  g_byte_array_append (text, (const guint8 *)"text", 4);
  g_autoptr (GByteArray) packed = pack (text);
  g_autofree char *path = write_file ("a.tar.gz", packed->data, packed->len);
  assert_refused (path, VNFM_ERROR_NOT_SUPPORTED, "no tar archive is inside");
  g_autofree char *empty = write_tar ("b.tar", none);
  assert_refused (empty, VNFM_ERROR_INVALID, "without files");
}
END_TEST

START_TEST (incomplete_packages)
{
  static const Entry bare[] = { { "vnfd.json", '0', VNFD, 0 }, { NULL } };
  static const Entry tosca[] = { { "TOSCA-Metadata/TOSCA.meta", '0', "x", 0 }, { "a.yaml", '0', "x", 0 }, { NULL } };
  static const Entry headless[] = { { "Metadata.yaml", '0', METADATA, 0 }, { NULL } };
  static const Entry two[] = {
    { "Metadata.yaml", '0', METADATA, 0 }, { "a.json", '0', VNFD, 0 }, { "b.json", '0', VNFD, 0 }, { NULL }
  };
  static const Entry broken[] = { { "Metadata.yaml", '0', "a: [", 0 }, { "vnfd.json", '0', VNFD, 0 }, { NULL } };
  static const struct {
    const Entry *entries;
    VnfmError code;
    const char *words;
  } rows[] = {
    { bare, VNFM_ERROR_NOT_FOUND, "no Metadata.yaml" },     { tosca, VNFM_ERROR_NOT_SUPPORTED, "TOSCA" },
    { headless, VNFM_ERROR_NOT_FOUND, "no vnfd.json" },     { two, VNFM_ERROR_INVALID, "which one is the VNFD" },
    { broken, VNFM_ERROR_INVALID, "Metadata.yaml: line " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = write_tar ("p.tar", rows[i].entries);
    assert_refused (path, rows[i].code, rows[i].words);
  }
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("archive");
  TCase *reading = tcase_create ("reading");
  TCase *refusing = tcase_create ("refusing");

  tcase_add_checked_fixture (reading, make_folder, remove_folder);
  tcase_add_test (reading, plain_and_packed_look_the_same);
  tcase_add_test (reading, folder_around_it);
  tcase_add_test (reading, last_of_a_name_counts);
  tcase_add_test (reading, name_outside_of_ascii);
  tcase_add_test (reading, missing_end_is_noted);
  tcase_add_test (reading, services_find_archives);
  suite_add_tcase (s, reading);
  tcase_add_checked_fixture (refusing, make_folder, remove_folder);
  tcase_add_loop_test (refusing, hostile_entry_is_refused, 0, G_N_ELEMENTS (hostile));
  tcase_add_test (refusing, too_many_entries);
  tcase_add_test (refusing, cut_anywhere);
  tcase_add_loop_test (refusing, foreign_file_is_named, 0, G_N_ELEMENTS (foreign));
  tcase_add_test (refusing, packed_text_is_no_archive);
  tcase_add_test (refusing, incomplete_packages);
  suite_add_tcase (s, refusing);
  return s;
}

VNFM_TEST_MAIN (suite)
