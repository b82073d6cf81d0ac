/* SPDX-License-Identifier: Apache-2.0 */
/* From here into the cloud: by exec, so that who called keeps the process that it knows. */
#include "config.h"

#include "core/nfvo/machines/cloud.h"

#include "core/nfvo/daemon.h"
#include "core/nfvo/machines/helper-link.h"

#include <errno.h>
#include <unistd.h>

#define HELPER "vnfm-machine"

/* sudo does not hand these on. */
static const char *const kept[] = {
  "PATH", "XDG_RUNTIME_DIR", "TMPDIR", "TERM", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VNFM_LOG", "G_MESSAGES_DEBUG",
};

gboolean
nfvo_cloud_is_around (void)
{
  return nfvo_helper_link_is_there ();
}

/* A call that does nothing tells whether one that does something will be asked for a password. */
static gboolean
sudo_works (const char *sudo, const char *helper)
{
  const char *const command[] = { sudo, "-n", helper, "--help", NULL };
  int status;

  return g_spawn_sync (NULL, (char **)command, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                       NULL, NULL, NULL, &status, NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

/* Adds the words that run the helper as root. */
static gboolean
begin_command (GStrvBuilder *command, GError **error)
{
  g_autofree char *helper = nfvo_find_program (HELPER, "core/nfvo/machines/helper/" HELPER, error);
  g_autofree char *sudo = NULL;

  if (helper == NULL)
    return FALSE;
  if (geteuid () != 0) {
    sudo = g_find_program_in_path ("sudo");
    if (sudo == NULL || !sudo_works (sudo, helper)) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED,
                   "only root makes them; call vnfm-nfvo as root, or let sudo run %s without a password", helper);
      return FALSE;
    }
    g_strv_builder_add_many (command, sudo, "-n", NULL);
  } else {
    /* Who became root before is root, whatever it was by. */
    g_unsetenv ("SUDO_UID");
    g_unsetenv ("SUDO_GID");
  }
  g_strv_builder_add (command, helper);
  return TRUE;
}

static void
execute (GStrvBuilder *builder, GError **error)
{
  g_auto (GStrv) command = g_strv_builder_end (builder);

  execv (command[0], command);
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "cannot run %s: %s", command[0], g_strerror (errno));
}

static void
add_option (GStrvBuilder *command, const char *option, const char *value)
{
  if (value != NULL)
    g_strv_builder_add_many (command, option, value, NULL);
}

static void
add_environment (GStrvBuilder *command)
{
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    const char *value = g_getenv (kept[i]);
    g_autofree char *setting = g_strconcat (kept[i], "=", value, NULL);
    if (value != NULL)
      g_strv_builder_add_many (command, "--env", setting, NULL);
  }
}

void
nfvo_cloud_enter (const NfvoRunOptions *options, GStrv arguments, GError **error)
{
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();
  g_autofree char *self = g_file_read_link ("/proc/self/exe", error);

  if (self == NULL || !begin_command (command, error))
    return;
  g_strv_builder_add (command, "cloud");
  add_option (command, "--root", options->root);
  add_option (command, "--base", options->base);
  add_option (command, "--size", options->disk);
  if (geteuid () != 0)
    add_environment (command);
  g_strv_builder_add_many (command, "--", self, NULL);
  g_strv_builder_addv (command, (const char **)arguments);
  execute (command, error);
}

void
nfvo_cloud_enter_machine (int pid, GStrv words, GError **error)
{
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();
  g_autofree char *number = g_strdup_printf ("%d", pid);

  if (!begin_command (command, error))
    return;
  g_strv_builder_add_many (command, "enter", number, "--", NULL);
  if (words != NULL)
    g_strv_builder_addv (command, (const char **)words);
  execute (command, error);
}
