/* SPDX-License-Identifier: Apache-2.0 */
/* One module: what is looked at before its code may run, and what its code must bring. */
#include "config.h"

#include "core/host/plugin-file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whoever can write it can run code as us. */
static gboolean
check_owner (const char *path, gboolean folder, GError **error)
{
  const char *what = folder ? "its folder" : "it";
  struct stat status;

  if (stat (path, &status) != 0)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "%s cannot be looked at: %s", what, g_strerror (errno));
  else if (folder ? !S_ISDIR (status.st_mode) : !S_ISREG (status.st_mode))
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "%s is no %s", what, folder ? "folder" : "regular file");
  else if (status.st_uid != 0 && status.st_uid != geteuid ())
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "%s belongs to user %u, neither root nor this user", what,
                 (unsigned)status.st_uid);
  else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "%s can be written by others (mode %03o)", what,
                 (unsigned)status.st_mode & 0777);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_abi (GModule *module, GError **error)
{
  gpointer major = NULL;
  gpointer minor = NULL;

  if (!g_module_symbol (module, "vnfm_plugin_abi_major", &major) ||
      !g_module_symbol (module, "vnfm_plugin_abi_minor", &minor)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "it is no plugin of this program: it names no ABI");
    return FALSE;
  }
  int has_major = *(const int *)major;
  int has_minor = *(const int *)minor;
  if (has_major == VNFM_ABI_MAJOR && has_minor <= VNFM_ABI_MINOR)
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "it was built for ABI %d.%d, and this is %d.%d", has_major,
               has_minor, VNFM_ABI_MAJOR, VNFM_ABI_MINOR);
  return FALSE;
}

const VnfmPluginInfo *
plugin_file_load (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  gpointer entry = NULL;

  if (!check_owner (path, FALSE, error) || !check_owner (folder, TRUE, error))
    return NULL;
  GModule *module = g_module_open (path, G_MODULE_BIND_LOCAL);
  if (module == NULL) {
    const char *cause = g_module_error ();
    gsize length = strlen (path);
    /* The loader may tell the path, which the caller tells too. */
    if (strncmp (cause, path, length) == 0 && g_str_has_prefix (cause + length, ": "))
      cause += length + strlen (": ");
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "it cannot be loaded: %s", cause);
    return NULL;
  }
  /* Types and quarks that it registers cannot be taken back: it stays, used or not. */
  g_module_make_resident (module);
  if (!check_abi (module, error))
    return NULL;
  if (!g_module_symbol (module, "vnfm_plugin_entry", &entry)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "it has no entry point");
    return NULL;
  }
  g_autoptr (GError) cause = NULL;
  const VnfmPluginInfo *info = ((VnfmPluginEntryFunc)entry) (&cause);
  if (info != NULL)
    return info;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "it says that it cannot be used here: %s",
               cause != NULL ? cause->message : "no reason given");
  return NULL;
}
