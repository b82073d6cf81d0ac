/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/vnfm-test.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_SECONDS 30

int
vnfm_test_run (Suite *suite)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);

  SRunner *runner = srunner_create (suite);
  srunner_set_tap (runner, "-");
  srunner_run_all (runner, CK_SILENT);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const char *
input_folder (const char *variable)
{
  const char *folder = g_getenv (variable);

  ck_assert_msg (folder != NULL, "%s is not set", variable);
  return folder;
}

const char *
vnfm_test_material (void)
{
  return input_folder ("VNFM_MATERIAL");
}

const char *
vnfm_test_captured (void)
{
  return input_folder ("VNFM_CAPTURED");
}

/* In CI the material must be there: then a test that misses it fails instead of vanishing. */
gboolean
vnfm_test_have_material (void)
{
  const char *material = g_getenv ("VNFM_MATERIAL");
  const char *captured = g_getenv ("VNFM_CAPTURED");

  if (g_strcmp0 (g_getenv ("CI"), "true") == 0)
    return TRUE;
  if (material != NULL && captured != NULL && g_file_test (material, G_FILE_TEST_IS_DIR) &&
      g_file_test (captured, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_printerr ("# VNFM_MATERIAL or VNFM_CAPTURED is not there: tests that read it are left out\n");
  return FALSE;
}

GBytes *
vnfm_test_read_file (const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *contents = NULL;
  gsize length = 0;

  g_file_get_contents (path, &contents, &length, &error);
  ck_assert_no_error (error);
  return g_bytes_new_take (contents, length);
}

GBytes *
vnfm_test_captured_body (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = vnfm_test_read_file (vnfm_test_captured (), name);
  g_autoptr (JsonParser) parser = json_parser_new ();

  json_parser_load_from_data (parser, g_bytes_get_data (file, NULL), (gssize)g_bytes_get_size (file), &error);
  ck_assert_no_error (error);
  JsonObject *message = json_node_get_object (json_parser_get_root (parser));
  JsonNode *body = json_object_get_member (message, "body");
  ck_assert_msg (body != NULL, "%s has no body", name);
  if (JSON_NODE_HOLDS_VALUE (body) && json_node_get_value_type (body) == G_TYPE_STRING) {
    char *text = json_node_dup_string (body);
    return g_bytes_new_take (text, strlen (text));
  }
  char *text = json_to_string (body, FALSE);
  return g_bytes_new_take (text, strlen (text));
}

char *
vnfm_test_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("vnfm-test-XXXXXX", &error);

  ck_assert_no_error (error);
  return path;
}

void
vnfm_test_remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
      vnfm_test_remove_folder (child);
    else
      g_remove (child);
  }
  g_rmdir (path);
}

static struct {
  GString *text;
  guint handler;
  GLogLevelFlags fatal;
} warnings;

static void
keep_warning (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  g_string_append_printf (warnings.text, "%s\n", message);
}

void
vnfm_test_warnings_begin (void)
{
  warnings.text = g_string_new (NULL);
  warnings.fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  warnings.handler = g_log_set_handler ("vnfm", G_LOG_LEVEL_WARNING, keep_warning, NULL);
}

char *
vnfm_test_warnings_end (void)
{
  g_log_remove_handler ("vnfm", warnings.handler);
  g_log_set_always_fatal (warnings.fatal);
  return g_string_free (g_steal_pointer (&warnings.text), FALSE);
}

void
vnfm_test_got_result (GObject *source, GAsyncResult *result, gpointer call)
{
  ((VnfmTestCall *)call)->result = g_object_ref (result);
}

static gboolean
has_result (gpointer call)
{
  return ((VnfmTestCall *)call)->result != NULL;
}

GAsyncResult *
vnfm_test_wait (VnfmTestCall *call)
{
  vnfm_test_wait_until (has_result, call);
  return g_steal_pointer (&call->result);
}

static gboolean
patience_ends (gpointer over)
{
  *(gboolean *)over = TRUE;
  return G_SOURCE_REMOVE;
}

void
vnfm_test_wait_until (gboolean (*condition) (gpointer data), gpointer data)
{
  GMainContext *context = g_main_context_get_thread_default ();
  gboolean over = FALSE;
  g_autoptr (GSource) patience = g_timeout_source_new_seconds (PATIENCE_SECONDS);

  g_source_set_callback (patience, patience_ends, &over, NULL);
  g_source_attach (patience, context);
  while (!condition (data)) {
    ck_assert_msg (!over, "waited %d seconds in vain", PATIENCE_SECONDS);
    g_main_context_iteration (context, TRUE);
  }
  g_source_destroy (patience);
}
