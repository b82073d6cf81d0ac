/* SPDX-License-Identifier: Apache-2.0 */
/* Layers of key-files, from the profile to the command line, and how the outcome is printed. Which keys there are is
 * the caller's knowledge: it declares them and has them checked. */
#include "config.h"

#include "core/host/configuration.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <vnfm/vnfm-json.h>

void
host_options_clear (HostOptions *options)
{
  g_clear_pointer (&options->profile, g_free);
  g_clear_pointer (&options->config, g_free);
  g_clear_pointer (&options->set, g_strfreev);
  g_clear_pointer (&options->plugin_dirs, g_strfreev);
  g_clear_pointer (&options->state_dir, g_free);
}

void
host_options_add (HostOptions *options, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "profile", 'p', 0, G_OPTION_ARG_STRING, &options->profile, "Configuration profile: its name or its path",
      "NAME" },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config, "Read FILE instead of those in " VNFM_SYSCONFDIR,
      "FILE" },
    { "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options->set, "Set one key; may be given again", "GROUP.KEY=VALUE" },
    { "plugin-dir", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->plugin_dirs, "Look for plugins in DIR first", "DIR" },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->state_dir, "Folder of the journal", "DIR" },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

/* Below the tree's own folders: one may install into a folder of the build tree. */
gboolean
host_is_uninstalled (void)
{
  static const char *const folders[] = { "core", "tests" };
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  char *tree = realpath (VNFM_BUILDDIR, NULL);
  gboolean uninstalled = FALSE;

  for (guint i = 0; program != NULL && tree != NULL && i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *prefix = g_strdup_printf ("%s/%s/", tree, folders[i]);
    uninstalled |= g_str_has_prefix (program, prefix);
  }
  free (tree);
  return uninstalled;
}

static char *
find_profile (const char *name, const HostFolders *folders, GError **error)
{
  g_autofree char *file = g_strconcat (name, ".conf", NULL);
  g_autoptr (GString) searched = g_string_new (NULL);

  if (strchr (name, '/') != NULL)
    return g_strdup (name);
  for (guint i = 0; folders->profiles[i] != NULL; i++) {
    g_autofree char *path = g_build_filename (folders->profiles[i], file, NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
    g_string_append_printf (searched, "%s%s", i > 0 ? " or " : "", folders->profiles[i]);
  }
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "there is no profile %s in %s", name, searched->str);
  return NULL;
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* Drop-ins in order of their names. A missing folder has none; one that cannot be read may have some. */
static gboolean
load_drop_ins (VnfmProfile *profile, const char *folder, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &cause);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL && !g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_CONFIG, cause->message);
    return FALSE;
  }
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".conf") && *name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
    if (!vnfm_profile_load_file (profile, path, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
load_site (VnfmProfile *profile, const char *folder, GError **error)
{
  g_autofree char *file = g_build_filename (folder, "vnfmd.conf", NULL);
  g_autofree char *drop_ins = g_build_filename (folder, "conf.d", NULL);
  GStatBuf status;

  /* Only what is surely not there is left out: else a manager would run without what the operator wrote. */
  if ((g_lstat (file, &status) == 0 || errno != ENOENT) && !vnfm_profile_load_file (profile, file, error))
    return FALSE;
  return load_drop_ins (profile, drop_ins, error);
}

/* GROUP.KEY=VALUE; a group may contain dots itself. */
static gboolean
set_one (VnfmProfile *profile, const char *text, GError **error)
{
  const char *equals = strchr (text, '=');
  const char *dot = equals != NULL ? g_strrstr_len (text, equals - text, ".") : NULL;

  if (dot == NULL || dot == text || dot + 1 == equals) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "--set %s: not GROUP.KEY=VALUE", text);
    return FALSE;
  }
  g_autofree char *group = g_strndup (text, (gsize)(dot - text));
  g_autofree char *name = g_strndup (dot + 1, (gsize)(equals - dot - 1));
  vnfm_profile_set (profile, group, name, equals + 1, "--set");
  return TRUE;
}

gboolean
host_configuration_load_from (VnfmProfile *profile, const HostOptions *options, const char *fallback,
                              const HostFolders *folders, GError **error)
{
  g_autofree char *path = find_profile (options->profile != NULL ? options->profile : fallback, folders, error);

  if (path == NULL || !vnfm_profile_load_file (profile, path, error))
    return FALSE;
  if (options->config != NULL && !vnfm_profile_load_file (profile, options->config, error))
    return FALSE;
  if (options->config == NULL && folders->site != NULL && !load_site (profile, folders->site, error))
    return FALSE;
  for (guint i = 0; options->set != NULL && options->set[i] != NULL; i++)
    if (!set_one (profile, options->set[i], error))
      return FALSE;
  if (options->state_dir != NULL) {
    g_autofree char *state_dir = g_canonicalize_filename (options->state_dir, NULL);
    vnfm_profile_set (profile, "vnfmd", "state-dir", state_dir, "--state-dir");
  }
  return TRUE;
}

gboolean
host_configuration_load (VnfmProfile *profile, const HostOptions *options, const char *fallback, GError **error)
{
  static const HostFolders installed = { { VNFM_SYSCONFDIR "/profiles", VNFM_PROFILEDIR }, VNFM_SYSCONFDIR };
  static const HostFolders uninstalled = { { VNFM_SRCDIR "/data/profiles", VNFM_SYSCONFDIR "/profiles" }, NULL };

  return host_configuration_load_from (profile, options, fallback, host_is_uninstalled () ? &uninstalled : &installed,
                                       error);
}

/* ---- printing */

typedef struct {
  GString *out;
  const char *group;
} Printing;

static void
print_key (const VnfmKey *key, const char *value, const char *origin, gpointer user_data)
{
  Printing *printing = user_data;

  if (g_strcmp0 (printing->group, key->group) != 0)
    g_string_append_printf (printing->out, "%s[%s]\n", printing->group != NULL ? "\n" : "", key->group);
  printing->group = key->group;
  g_string_append_printf (printing->out, "# %s (%s)\n", key->help, origin);
  g_string_append_printf (printing->out, value != NULL ? "%s=%s\n" : "#%s=%s\n", key->name, value != NULL ? value : "");
}

static void
print_json (const VnfmKey *key, const char *value, const char *origin, gpointer user_data)
{
  GString *out = user_data;

  g_string_append (out, out->len > 1 ? ",\n {\"group\":" : "\n {\"group\":");
  vnfm_json_append_string (out, key->group);
  g_string_append (out, ",\"key\":");
  vnfm_json_append_string (out, key->name);
  g_string_append (out, ",\"value\":");
  if (value != NULL)
    vnfm_json_append_string (out, value);
  else
    g_string_append (out, "null");
  g_string_append (out, ",\"origin\":");
  vnfm_json_append_string (out, origin);
  g_string_append_c (out, '}');
}

void
host_configuration_print (VnfmProfile *profile, gboolean json)
{
  g_autoptr (GString) out = g_string_new (json ? "[" : NULL);

  if (json) {
    vnfm_profile_foreach (profile, print_json, out);
    g_string_append (out, "\n]\n");
  } else {
    Printing printing = { out, NULL };
    vnfm_profile_foreach (profile, print_key, &printing);
  }
  g_print ("%s", out->str);
}
