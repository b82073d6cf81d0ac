/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/findings.h"

#include <vnfm/vnfm-json.h>
#include <vnfm/vnfm-profile.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What "vnfm-ems --check" finds, as a list; and the part of it that is this machine's own: clock, names, programs,
 * folders, disk. Nothing is changed. */

#define LITTLE_SPACE (64 * G_GUINT64_CONSTANT (1048576))
#define NO_SPACE     (4 * G_GUINT64_CONSTANT (1048576))
#define FEW_FILES    1000

/* This program was not there before 2024, and will not be there in 2100. */
#define FIRST_TIME (G_GINT64_CONSTANT (1704067200) * G_USEC_PER_SEC)
#define LAST_TIME  (G_GINT64_CONSTANT (4102444800) * G_USEC_PER_SEC)

static const char *const state_names[] = { "ok", "note", "failed", "skipped" };

static void
finding_free (gpointer data)
{
  EmsFinding *finding = data;

  g_free (finding->text);
  g_free (finding->advice);
  g_free (finding);
}

GPtrArray *
ems_findings_new (void)
{
  return g_ptr_array_new_with_free_func (finding_free);
}

void
ems_findings_add (GPtrArray *self, EmsFindingState state, const char *subject, char *text, char *advice)
{
  EmsFinding *finding = g_new (EmsFinding, 1);

  *finding = (EmsFinding){ state, subject, text, advice };
  g_ptr_array_add (self, finding);
}

gboolean
ems_findings_are_good (GPtrArray *self)
{
  for (guint i = 0; i < self->len; i++) {
    if (((EmsFinding *)g_ptr_array_index (self, i))->state == EMS_FINDING_FAILED)
      return FALSE;
  }
  return TRUE;
}

char *
ems_findings_to_text (GPtrArray *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->len; i++) {
    const EmsFinding *finding = g_ptr_array_index (self, i);
    g_string_append_printf (out, "%-8s %-14s %s\n", state_names[finding->state], finding->subject, finding->text);
    if (finding->advice != NULL)
      g_string_append_printf (out, "%-8s %-14s what to do: %s\n", "", "", finding->advice);
  }
  return g_string_free (out, FALSE);
}

char *
ems_findings_to_json (GPtrArray *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *checks = json_array_new ();

  json_object_set_boolean_member (object, "good", ems_findings_are_good (self));
  for (guint i = 0; i < self->len; i++) {
    const EmsFinding *finding = g_ptr_array_index (self, i);
    JsonObject *check = json_object_new ();
    json_object_set_string_member (check, "subject", finding->subject);
    json_object_set_string_member (check, "state", state_names[finding->state]);
    json_object_set_string_member (check, "text", finding->text);
    if (finding->advice != NULL)
      json_object_set_string_member (check, "advice", finding->advice);
    json_array_add_object_element (checks, check);
  }
  json_object_set_array_member (object, "checks", checks);
  g_autoptr (GBytes) text = vnfm_json_write_object (object);
  return g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

/* The machine. */

static void
look_at_name (GPtrArray *self, VnfmProfile *profile)
{
  const char *name = vnfm_profile_get_string (profile, "ems", "hostname");
  char own[256] = "";

  if (gethostname (own, sizeof own - 1) != 0 || g_ascii_strcasecmp (own, name) == 0)
    ems_findings_add (self, EMS_FINDING_OK, "host-name", g_strdup (name), NULL);
  else
    ems_findings_add (
        self, EMS_FINDING_NOTE, "host-name", g_strdup_printf ("the agent calls itself %s, this machine %s", name, own),
        g_strdup ("nothing, if the manager's VNFC instance has the agent's name (vnfmctl show tells it)"));
}

static void
look_at_token (GPtrArray *self, VnfmProfile *profile)
{
  const char *token = vnfm_profile_get_string (profile, "ems", "token");

  if (token != NULL && *token != '\0')
    ems_findings_add (self, EMS_FINDING_OK, "token", g_strdup ("there is one"), NULL);
  else
    ems_findings_add (self, EMS_FINDING_NOTE, "token", g_strdup ("there is none"),
                      g_strdup ("nothing, if the manager accepts agents without one ([agent] token=optional)"));
}

static void
look_at_clock (GPtrArray *self, gint64 wall_time)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (wall_time / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format_iso8601 (now);
  gboolean plausible = wall_time >= FIRST_TIME && wall_time < LAST_TIME;

  ems_findings_add (self, plausible ? EMS_FINDING_OK : EMS_FINDING_FAILED, "clock", g_steal_pointer (&text),
                    plausible ? NULL
                              : g_strdup ("set the clock (chrony, systemd-timesyncd): records of scripts, and "
                                          "whatever the scripts do with certificates, need it"));
}

static void
look_at_programs (GPtrArray *self)
{
  g_autofree char *python = g_find_program_in_path ("python3");
  g_autofree char *git = g_find_program_in_path ("git");

  if (access ("/bin/bash", X_OK) == 0)
    ems_findings_add (self, EMS_FINDING_OK, "bash", g_strdup ("/bin/bash"), NULL);
  else
    ems_findings_add (self, EMS_FINDING_FAILED, "bash", g_strdup ("no /bin/bash: scripts are run by /bin/sh"),
                      g_strdup ("install bash: packages of VNFs count on it"));
  ems_findings_add (self, python != NULL ? EMS_FINDING_OK : EMS_FINDING_NOTE, "python3",
                    g_strdup (python != NULL ? python : "not there"),
                    python != NULL ? NULL : g_strdup ("nothing, if no script of the package ends in .py"));
  ems_findings_add (self, git != NULL ? EMS_FINDING_OK : EMS_FINDING_NOTE, "git",
                    g_strdup (git != NULL ? git : "not there"),
                    git != NULL ? NULL : g_strdup ("nothing, if the package has no scripts-link"));
}

/* @path, or what of it is there: the agent makes the rest. */
static char *
find_existing (const char *path)
{
  char *found = g_strdup (path);

  while (access (found, F_OK) != 0 && errno == ENOENT && !g_str_equal (found, "/") && !g_str_equal (found, ".")) {
    char *parent = g_path_get_dirname (found);
    g_free (found);
    found = parent;
  }
  return found;
}

/* Returns: 0, or an errno: a file can be made and filled. */
static int
try_to_write (const char *folder)
{
  g_autofree char *path = g_strdup_printf ("%s/.vnfm-ems-check-%d", folder, (int)getpid ());
  static const char block[4096];
  int file = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  int code = file >= 0 ? 0 : errno;

  if (file < 0)
    return code;
  gssize written = write (file, block, sizeof block);
  if (written != (gssize)sizeof block)
    code = written < 0 ? errno : ENOSPC;
  close (file);
  unlink (path);
  return code;
}

static const char *
advise_on_folder (int code)
{
  switch (code) {
  case EROFS:
    return "mount it for writing, or name another folder in the key-file";
  case ENOSPC:
  case EDQUOT:
    return "free some space: the disk is full";
  case EACCES:
  case EPERM:
    return "run the agent as root, or let its folders belong to its user";
  default:
    return "name another folder in the key-file, or make this one usable";
  }
}

static void
look_at_folder (GPtrArray *self, const char *subject, const char *path)
{
  g_autofree char *existing = find_existing (path);
  int code = try_to_write (existing);

  if (code == 0)
    ems_findings_add (self, EMS_FINDING_OK, subject, g_strdup_printf ("%s can be written to", path), NULL);
  else
    ems_findings_add (self, EMS_FINDING_FAILED, subject,
                      g_strdup_printf ("%s cannot be written to: %s", existing, g_strerror (code)),
                      g_strdup (advise_on_folder (code)));
}

static void
look_at_disk (GPtrArray *self, const char *path)
{
  g_autofree char *existing = find_existing (path);
  struct statvfs status;

  if (statvfs (existing, &status) != 0) {
    ems_findings_add (self, EMS_FINDING_SKIPPED, "disk", g_strdup_printf ("%s: %s", existing, g_strerror (errno)),
                      NULL);
    return;
  }
  guint64 space = (guint64)status.f_bavail * status.f_frsize;
  g_autofree char *size = g_format_size_full (space, G_FORMAT_SIZE_IEC_UNITS);
  /* No total: a file system that does not count files. */
  gboolean few = status.f_files > 0 && status.f_favail < FEW_FILES;
  EmsFindingState state = space < NO_SPACE || (few && status.f_favail == 0) ? EMS_FINDING_FAILED
                          : space < LITTLE_SPACE || few                     ? EMS_FINDING_NOTE
                                                                            : EMS_FINDING_OK;
  char *text =
      few ? g_strdup_printf ("%s and %" G_GUINT64_FORMAT " files left for %s", size, (guint64)status.f_favail, path)
          : g_strdup_printf ("%s left for %s", size, path);

  ems_findings_add (
      self, state, "disk", text,
      state == EMS_FINDING_OK ? NULL : g_strdup ("free some space: a script that cannot be recorded is not run"));
}

void
ems_findings_look_at_machine (GPtrArray *self, VnfmProfile *profile, gint64 wall_time)
{
  look_at_name (self, profile);
  look_at_token (self, profile);
  look_at_clock (self, wall_time);
  look_at_programs (self);
  look_at_folder (self, "script-root", vnfm_profile_get_string (profile, "ems", "script-root"));
  look_at_folder (self, "state-dir", vnfm_profile_get_string (profile, "ems", "state-dir"));
  look_at_disk (self, vnfm_profile_get_string (profile, "ems", "state-dir"));
}
