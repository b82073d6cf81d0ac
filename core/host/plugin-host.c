/* SPDX-License-Identifier: Apache-2.0 */
/* Plugins by kind and name, and what became of each:
 *
 *   available --load--> loaded --start fails--> disabled
 *       \------------load fails---------------->/
 *
 * A disabled plugin stays disabled, with the reason of the first failure. */
#include "config.h"

#include "core/host/plugin-host.h"

#include "core/host/configuration.h"
#include "core/host/plugin-file.h"

#include <string.h>
#include <vnfm/vnfm.h>

#define LOCAL_PLUGINS "/usr/local/lib/vnfmd/plugins"

struct _HostPlugins {
  GObject parent_instance;

  GPtrArray *folders;  /* of char */
  GHashTable *plugins; /* "KIND-NAME" -> HostPlugin */
};

G_DEFINE_FINAL_TYPE (HostPlugins, host_plugins, G_TYPE_OBJECT)

const char *
host_plugin_state_get_nick (HostPluginState state)
{
  static const char *const nicks[] = { "available", "loaded", "disabled" };

  return nicks[state];
}

static void
host_plugin_free (HostPlugin *plugin)
{
  g_free (plugin->name);
  g_free (plugin->path);
  g_free (plugin->reason);
  g_free (plugin);
}

static void
host_plugins_finalize (GObject *object)
{
  HostPlugins *self = HOST_PLUGINS (object);

  g_ptr_array_unref (self->folders);
  g_hash_table_unref (self->plugins);
  G_OBJECT_CLASS (host_plugins_parent_class)->finalize (object);
}

static void
host_plugins_class_init (HostPluginsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = host_plugins_finalize;
}

static void
host_plugins_init (HostPlugins *self)
{
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->plugins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)host_plugin_free);
}

static gint
by_path (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* libtool keeps each module in a folder of its own while it is not installed. */
static void
add_build_tree (HostPlugins *self)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  g_autoptr (GDir) dir = g_dir_open (VNFM_BUILDDIR "/plugins", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (folders, g_build_filename (VNFM_BUILDDIR "/plugins", name, ".libs", NULL));
  g_ptr_array_sort (folders, by_path);
  g_ptr_array_extend_and_steal (self->folders, g_steal_pointer (&folders));
}

HostPlugins *
host_plugins_new (const char *const *folders)
{
  HostPlugins *self = g_object_new (HOST_TYPE_PLUGINS, NULL);

  for (guint i = 0; folders != NULL && folders[i] != NULL; i++)
    g_ptr_array_add (self->folders, g_canonicalize_filename (folders[i], NULL));
  if (host_is_uninstalled ())
    add_build_tree (self);
  g_ptr_array_add (self->folders, g_strdup (VNFM_PLUGINDIR));
  g_ptr_array_add (self->folders, g_strdup (LOCAL_PLUGINS));
  return self;
}

/* ---- loading */

static GType
base_type (VnfmPluginKind kind)
{
  switch (kind) {
  case VNFM_PLUGIN_TRANSPORT:
    return VNFM_TYPE_TRANSPORT;
  case VNFM_PLUGIN_EMS:
    return VNFM_TYPE_EMS;
  case VNFM_PLUGIN_NEGOTIATOR:
    return VNFM_TYPE_NEGOTIATOR;
  case VNFM_PLUGIN_STORE:
    return VNFM_TYPE_STORE;
  case VNFM_PLUGIN_HANDLER:
  default:
    return VNFM_TYPE_HANDLER;
  }
}

/* Returns: (nullable): what is wrong with the declaration of a key. */
static const char *
find_wrong_key (const VnfmPluginInfo *info, const VnfmKey *key)
{
  gsize length = strlen (info->name);

  if (strncmp (key->group, info->name, length) != 0 || (key->group[length] != '\0' && key->group[length] != '.'))
    return "it declares a key in a group that is not its own";
  if (key->name == NULL || key->help == NULL || (key->type == VNFM_KEY_CHOICE && key->choices == NULL))
    return "it declares a key without a name, a line of help or its choices";
  return NULL;
}

/* A default is a value like those that are written, and held to the same. */
static gboolean
check_defaults (const VnfmKey *keys, GError **error)
{
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();

  vnfm_profile_declare (profile, keys);
  for (; keys != NULL && keys->group != NULL; keys++)
    if (keys->fallback != NULL)
      vnfm_profile_set (profile, keys->group, keys->name, keys->fallback, "a default of its own is wrong");
  return vnfm_profile_check (profile, NULL, error);
}

/* What a plugin says of itself must be what its file's name promised. */
static gboolean
check_info (const HostPlugin *plugin, const VnfmPluginInfo *info, GError **error)
{
  const char *wrong = NULL;

  if (info->kind != plugin->kind || g_strcmp0 (info->name, plugin->name) != 0)
    wrong = "it says that it is another plugin than its file's name";
  else if (info->version == NULL || info->get_type == NULL)
    wrong = "it has no version or no type";
  else if (!g_type_is_a (info->get_type (), base_type (info->kind)))
    wrong = "it brings an object of another kind";
  else if (G_TYPE_IS_ABSTRACT (info->get_type ()))
    wrong = "it brings a type of which there are no objects";
  for (const VnfmKey *key = info->keys; wrong == NULL && key != NULL && key->group != NULL; key++)
    wrong = find_wrong_key (info, key);
  if (wrong == NULL)
    return check_defaults (info->keys, error);
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, wrong);
  return FALSE;
}

static HostPlugin *
get_plugin (HostPlugins *self, VnfmPluginKind kind, const char *name)
{
  g_autofree char *key = g_strconcat (vnfm_plugin_kind_get_nick (kind), "-", name, NULL);
  HostPlugin *plugin = g_hash_table_lookup (self->plugins, key);

  if (plugin == NULL) {
    plugin = g_new0 (HostPlugin, 1);
    plugin->kind = kind;
    plugin->name = g_strdup (name);
    g_hash_table_insert (self->plugins, g_steal_pointer (&key), plugin);
  }
  return plugin;
}

static gboolean
find_file (HostPlugins *self, HostPlugin *plugin)
{
  g_autofree char *file = g_strconcat (vnfm_plugin_kind_get_nick (plugin->kind), "-", plugin->name, ".so", NULL);

  for (guint i = 0; i < self->folders->len && plugin->path == NULL; i++) {
    g_autofree char *path = g_build_filename (g_ptr_array_index (self->folders, i), file, NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      plugin->path = g_steal_pointer (&path);
  }
  return plugin->path != NULL;
}

static void
disable (HostPlugin *plugin, const char *reason)
{
  plugin->state = HOST_PLUGIN_DISABLED;
  g_free (plugin->reason);
  plugin->reason = g_strdup (reason);
  g_info ("plugin %s-%s is disabled: %s", vnfm_plugin_kind_get_nick (plugin->kind), plugin->name, reason);
}

static void
load (HostPlugins *self, HostPlugin *plugin)
{
  g_autoptr (GError) error = NULL;

  if (plugin->state != HOST_PLUGIN_AVAILABLE)
    return;
  if (!find_file (self, plugin)) {
    disable (plugin, "it is not installed");
    return;
  }
  plugin->info = plugin_file_load (plugin->path, &error);
  if (plugin->info != NULL && check_info (plugin, plugin->info, &error)) {
    plugin->state = HOST_PLUGIN_LOADED;
    g_info ("plugin %s-%s %s is loaded from %s", vnfm_plugin_kind_get_nick (plugin->kind), plugin->name,
            plugin->info->version, plugin->path);
    return;
  }
  plugin->info = NULL;
  g_prefix_error (&error, "%s: ", plugin->path);
  disable (plugin, error->message);
}

/* A name becomes part of a file's name. */
static gboolean
is_name (const char *name)
{
  if (name == NULL || *name == '\0')
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return FALSE;
  return TRUE;
}

const VnfmPluginInfo *
host_plugins_load (HostPlugins *self, VnfmPluginKind kind, const char *name, GError **error)
{
  g_return_val_if_fail (HOST_IS_PLUGINS (self), NULL);

  if (!is_name (name)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "\"%s\" is no name of a plugin", name != NULL ? name : "");
    return NULL;
  }
  HostPlugin *plugin = get_plugin (self, kind, name);
  load (self, plugin);
  if (plugin->state != HOST_PLUGIN_LOADED) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, plugin->reason);
    return NULL;
  }
  return plugin->info;
}

VnfmExtension *
host_plugins_create (HostPlugins *self, VnfmPluginKind kind, const char *name, VnfmContext *context, GError **error)
{
  const VnfmPluginInfo *info = host_plugins_load (self, kind, name, error);

  if (info == NULL)
    return NULL;
  VnfmExtension *extension = g_object_new (info->get_type (), "context", context, NULL);
  g_object_set_data (G_OBJECT (extension), "host-plugin", get_plugin (self, kind, name));
  return extension;
}

gboolean
host_plugins_start (HostPlugins *self, VnfmExtension *extension, GError **error)
{
  HostPlugin *plugin = g_object_get_data (G_OBJECT (extension), "host-plugin");
  g_autoptr (GError) cause = NULL;

  g_return_val_if_fail (plugin != NULL, FALSE);

  if (vnfm_extension_start (extension, &cause))
    return TRUE;
  if (cause == NULL)
    cause = g_error_new (VNFM_ERROR, VNFM_ERROR_PLUGIN, "it did not start and gave no reason");
  disable (plugin, cause->message);
  g_propagate_prefixed_error (error, g_steal_pointer (&cause),
                              "plugin %s-%s did not start: ", vnfm_plugin_kind_get_nick (plugin->kind), plugin->name);
  return FALSE;
}

gboolean
host_plugins_check (HostPlugins *self, GError **error)
{
  g_autoptr (GPtrArray) all = host_plugins_get_all (self);
  g_autoptr (GString) findings = g_string_new (NULL);

  for (guint i = 0; i < all->len; i++) {
    const HostPlugin *plugin = g_ptr_array_index (all, i);
    if (plugin->state == HOST_PLUGIN_DISABLED)
      g_string_append_printf (findings, "%splugin %s-%s: %s", findings->len > 0 ? "\n" : "",
                              vnfm_plugin_kind_get_nick (plugin->kind), plugin->name, plugin->reason);
  }
  if (findings->len == 0)
    return TRUE;
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, findings->str);
  return FALSE;
}

/* ---- looking around */

static void
scan_folder (HostPlugins *self, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (file, ".so"))
      continue;
    for (int kind = VNFM_PLUGIN_TRANSPORT; kind <= VNFM_PLUGIN_HANDLER; kind++) {
      const char *nick = vnfm_plugin_kind_get_nick (kind);
      gsize length = strlen (nick);
      if (strncmp (file, nick, length) != 0 || file[length] != '-')
        continue;
      g_autofree char *name = g_strndup (file + length + 1, strlen (file) - length - 1 - strlen (".so"));
      if (is_name (name))
        find_file (self, get_plugin (self, kind, name));
    }
  }
}

void
host_plugins_scan (HostPlugins *self, gboolean with_load)
{
  g_return_if_fail (HOST_IS_PLUGINS (self));

  for (guint i = 0; i < self->folders->len; i++)
    scan_folder (self, g_ptr_array_index (self->folders, i));
  if (!with_load)
    return;
  g_autoptr (GPtrArray) all = host_plugins_get_all (self);
  for (guint i = 0; i < all->len; i++)
    load (self, g_ptr_array_index (all, i));
}

static gint
by_kind_and_name (gconstpointer a, gconstpointer b)
{
  const HostPlugin *first = *(HostPlugin *const *)a;
  const HostPlugin *second = *(HostPlugin *const *)b;

  return first->kind != second->kind ? (first->kind > second->kind) - (first->kind < second->kind)
                                     : strcmp (first->name, second->name);
}

GPtrArray *
host_plugins_get_all (HostPlugins *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer plugin;

  g_return_val_if_fail (HOST_IS_PLUGINS (self), NULL);

  g_hash_table_iter_init (&iter, self->plugins);
  while (g_hash_table_iter_next (&iter, NULL, &plugin))
    g_ptr_array_add (all, plugin);
  g_ptr_array_sort (all, by_kind_and_name);
  return g_steal_pointer (&all);
}

static void
append_json (GString *out, const HostPlugin *plugin)
{
  const char *const members[][2] = {
    { "kind", vnfm_plugin_kind_get_nick (plugin->kind) },
    { "name", plugin->name },
    { "version", plugin->info != NULL ? plugin->info->version : NULL },
    { "state", host_plugin_state_get_nick (plugin->state) },
    { "reason", plugin->reason },
    { "summary", plugin->info != NULL ? plugin->info->summary : NULL },
    { "path", plugin->path },
  };
  gboolean first = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    if (members[i][1] == NULL)
      continue;
    g_string_append_printf (out, "%s\"%s\":", first ? "{" : ",", members[i][0]);
    vnfm_json_append_string (out, members[i][1]);
    first = FALSE;
  }
  g_string_append_c (out, '}');
}

void
host_plugins_print (HostPlugins *self, gboolean json)
{
  g_autoptr (GPtrArray) all = host_plugins_get_all (self);
  g_autoptr (GString) out = g_string_new (json ? "[" : NULL);

  if (!json)
    g_string_append_printf (out, "%-11s %-10s %-9s %-9s %s\n", "KIND", "NAME", "VERSION", "STATE", "REASON");
  for (guint i = 0; i < all->len; i++) {
    const HostPlugin *plugin = g_ptr_array_index (all, i);
    if (json) {
      g_string_append (out, i > 0 ? ",\n " : "\n ");
      append_json (out, plugin);
    } else {
      g_string_append_printf (out, "%-11s %-10s %-9s %-9s %s\n", vnfm_plugin_kind_get_nick (plugin->kind), plugin->name,
                              plugin->info != NULL ? plugin->info->version : "-",
                              host_plugin_state_get_nick (plugin->state),
                              plugin->reason != NULL ? plugin->reason : "-");
    }
  }
  g_print ("%s%s", out->str, json ? "\n]\n" : "");
}
