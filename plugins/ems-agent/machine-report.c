/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/machine-report.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vnfm/vnfm-clock.h>

/* A folder that is made when it is needed has the room of the one that it will be in. Returns: (transfer full). */
static char *
find_existing (const char *path)
{
  char *found = g_strdup (path);

  while (access (found, F_OK) != 0 && errno == ENOENT && strcmp (found, "/") != 0 && strcmp (found, ".") != 0) {
    char *parent = g_path_get_dirname (found);
    g_free (found);
    found = parent;
  }
  return found;
}

static void
set_free (JsonObject *report, const char *name, const char *folder)
{
  struct statvfs status;

  if (statvfs (folder, &status) == 0)
    json_object_set_int_member (report, name, (gint64)(status.f_bavail * status.f_frsize));
}

JsonObject *
ems_machine_report (const char *script_root, const char *state_dir, gint64 now)
{
  JsonObject *report = json_object_new ();
  g_autofree char *scripts = find_existing (script_root);
  g_autofree char *state = find_existing (state_dir);
  g_autofree char *time = vnfm_clock_format (now);

  json_object_set_string_member (report, "time", time);
  json_object_set_string_member (report, "script-root", script_root);
  set_free (report, "script-root-free", scripts);
  set_free (report, "state-dir-free", state);
  if (access (scripts, W_OK | X_OK) != 0)
    json_object_set_string_member (report, "script-root-error", g_strerror (errno));
  return report;
}
