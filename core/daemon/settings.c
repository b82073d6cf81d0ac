/* SPDX-License-Identifier: Apache-2.0 */
/* Which keys there are depends on which plugins are loaded, and which plugins are loaded depends on keys: so the layers
 * are read first, then the plugins that they name are loaded and their keys declared, then all is checked. */
#include "config.h"

#include "core/daemon/settings.h"

#include "core/daemon/local-api.h"
#include "core/daemon/wiring.h"
#include "core/host/log.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <vnfm/vnfm.h>

#define DEFAULT_PROFILE "local"

static const VnfmKey daemon_keys[] = {
  { "vnfmd", "endpoint", VNFM_KEY_STRING, "generic", "name under which the NFVO knows this manager", VNFM_KEY_NONE,
    NULL },
  { "vnfmd", "state-dir", VNFM_KEY_PATH, VNFM_LOCALSTATEDIR "/lib/vnfmd", "folder of the journal and of secrets",
    VNFM_KEY_NONE, NULL },
  {},
};

/* [handler.NAME] and [ems.NAME]: the wiring's keys for each handler and each back-end that the profile names. Tables of
 * keys live for ever, so they are kept where they can be found: lost memory is a leak. */
static void
declare_role (VnfmProfile *profile, VnfmPluginKind kind, const char *name)
{
  static GPtrArray *tables;
  g_autofree char *group = wiring_dup_group (kind, name);
  const char *interned = g_intern_string (group);
  VnfmKey *keys = g_new0 (VnfmKey, 3);

  keys[0] =
      (VnfmKey){ interned,      "types", VNFM_KEY_LIST, NULL, "VNF types it works for; none: all that are not taken",
                 VNFM_KEY_NONE, NULL };
  if (kind == VNFM_PLUGIN_HANDLER)
    keys[1] = (VnfmKey){
      interned,      "mode",          VNFM_KEY_CHOICE, "beside", "work beside the other handlers or instead of them",
      VNFM_KEY_NONE, "beside|instead"
    };
  if (tables == NULL)
    tables = g_ptr_array_new ();
  g_ptr_array_add (tables, keys);
  vnfm_profile_declare (profile, keys);
}

/* A plugin that does not load is told of when it is needed; its group is then no mistake. */
static void
declare_plugin (HostPlugins *plugins, VnfmProfile *profile, VnfmPluginKind kind, const char *name)
{
  g_autoptr (GError) error = NULL;
  const VnfmPluginInfo *info = host_plugins_load (plugins, kind, name, &error);

  if (info != NULL)
    vnfm_profile_declare (profile, info->keys);
  else
    vnfm_profile_tolerate (profile, name, error->message);
}

/* Those of which there may be several, each for some VNF types. */
static void
declare_roles (HostPlugins *plugins, VnfmProfile *profile, VnfmPluginKind kind, const char *key)
{
  g_auto (GStrv) names = vnfm_profile_get_list (profile, "vnfmd", key);

  for (guint i = 0; names[i] != NULL; i++) {
    declare_role (profile, kind, names[i]);
    declare_plugin (plugins, profile, kind, names[i]);
  }
}

static void
declare_plugins (HostPlugins *plugins, VnfmProfile *profile)
{
  static const struct {
    VnfmPluginKind kind;
    const char *key;
  } rows[] = {
    { VNFM_PLUGIN_STORE, "store" },
    { VNFM_PLUGIN_TRANSPORT, "nfvo-transport" },
    { VNFM_PLUGIN_TRANSPORT, "ems-transport" },
    { VNFM_PLUGIN_NEGOTIATOR, "negotiator" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    declare_plugin (plugins, profile, rows[i].kind, vnfm_profile_get_string (profile, "vnfmd", rows[i].key));
  declare_roles (plugins, profile, VNFM_PLUGIN_EMS, "ems");
  declare_roles (plugins, profile, VNFM_PLUGIN_HANDLER, "handlers");
}

/* Groups of plugins that are there but not named: no mistake either. */
static void
tolerate_unused (HostPlugins *plugins, VnfmProfile *profile)
{
  host_plugins_scan (plugins, FALSE);
  g_autoptr (GPtrArray) all = host_plugins_get_all (plugins);
  for (guint i = 0; i < all->len; i++) {
    const HostPlugin *plugin = g_ptr_array_index (all, i);
    if (plugin->state == HOST_PLUGIN_AVAILABLE)
      vnfm_profile_tolerate (profile, plugin->name, "no key of [vnfmd] names this plugin");
  }
}

static void
mask_secret (const VnfmKey *key, const char *value, const char *origin, gpointer profile)
{
  if ((key->flags & VNFM_KEY_SECRET) != 0 && value != NULL)
    host_log_mask (vnfm_profile_get_string (profile, key->group, key->name));
}

VnfmProfile *
settings_load (HostPlugins *plugins, const HostOptions *options, GPtrArray **warnings, GError **error)
{
  g_autoptr (VnfmProfile) profile = vnfm_profile_new ();

  vnfm_profile_declare (profile, daemon_keys);
  vnfm_profile_declare (profile, local_api_keys);
  vnfm_profile_declare (profile, wiring_keys);
  vnfm_profile_declare (profile, vnfm_engine_keys);
  vnfm_profile_declare (profile, vnfm_transport_keys);
  if (!host_configuration_load (profile, options, DEFAULT_PROFILE, error))
    return NULL;
  declare_plugins (plugins, profile);
  tolerate_unused (plugins, profile);
  if (!vnfm_profile_check (profile, warnings, error) || !wiring_check (profile, error))
    return NULL;
  vnfm_profile_foreach (profile, mask_secret, profile);
  return g_steal_pointer (&profile);
}

gboolean
settings_make_state_dir (VnfmContext *context, GError **error)
{
  const char *path = vnfm_profile_get_string (vnfm_context_get_profile (context), "vnfmd", "state-dir");
  struct stat status;

  if (g_mkdir_with_parents (path, 0700) != 0 || g_stat (path, &status) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "state directory %s: %s", path, g_strerror (errno));
    return FALSE;
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG,
                 "state directory %s: it holds secrets, and others can enter it (chmod 700)", path);
    return FALSE;
  }
  vnfm_context_set_state_dir (context, path);
  return TRUE;
}
