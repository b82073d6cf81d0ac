/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What every unit test stands on: one check suite for one module, told as TAP. */

#include <check.h>
#include <gio/gio.h>

/* Runs @suite, prints TAP on stdout, returns the exit status for main(). Each test runs forked (CK_FORK=no under
 * valgrind); a GLib warning or critical that the test did not announce ends it. */
int vnfm_test_run (Suite *suite);

#define VNFM_TEST_MAIN(suite_function)        \
  int main (void)                             \
  {                                           \
    return vnfm_test_run (suite_function ()); \
  }

/* Folders of test input, from VNFM_MATERIAL and VNFM_CAPTURED. Absent: the test fails in CI (CI=true), elsewhere
 * too: a test that needs them is registered only where they are (vnfm_test_have_material()), and says so. */
const char *vnfm_test_material (void);
const char *vnfm_test_captured (void);
gboolean vnfm_test_have_material (void);
/* Reads a file; fails the test if it cannot. Returns: (transfer full). */
GBytes *vnfm_test_read_file (const char *folder, const char *name);
/* The "body" member of a file of captured traffic, as text. Returns: (transfer full). */
GBytes *vnfm_test_captured_body (const char *name);

/* A folder that is removed, with all in it, by vnfm_test_remove_folder(). Returns: (transfer full). */
char *vnfm_test_make_folder (void);
void vnfm_test_remove_folder (const char *path);

/* Between the two, warnings of the domain "vnfm" end no test but are kept.
 * Returns: (transfer full): the warnings, a line each. */
void vnfm_test_warnings_begin (void);
char *vnfm_test_warnings_end (void);

/* Runs an asynchronous call to its end: pass vnfm_test_got_result as the callback and a VnfmTestCall, zeroed, as its
 * data, then wait. Fails the test after 30 seconds. Returns: (transfer full). */
typedef struct {
  GAsyncResult *result;
} VnfmTestCall;
void vnfm_test_got_result (GObject *source, GAsyncResult *result, gpointer call);
GAsyncResult *vnfm_test_wait (VnfmTestCall *call);
/* Iterates the main context until @condition returns TRUE; fails the test after 30 seconds. */
void vnfm_test_wait_until (gboolean (*condition) (gpointer data), gpointer data);

#define ck_assert_no_error(error) \
  ck_assert_msg ((error) == NULL, "unexpected error: %s", (error) != NULL ? (error)->message : "")
#define ck_assert_error(error, domain_, code_)                                                  \
  ck_assert_msg (g_error_matches ((error), (domain_), (code_)), "expected %s, got: %s", #code_, \
                 (error) != NULL ? (error)->message : "no error")
