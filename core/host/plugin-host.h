/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-extension.h>
#include <vnfm/vnfm-plugin.h>

G_BEGIN_DECLS

/**
 * HostPluginState:
 * @HOST_PLUGIN_AVAILABLE: found, not loaded
 * @HOST_PLUGIN_LOADED: its code is in, its keys are known
 * @HOST_PLUGIN_DISABLED: it cannot be used; its reason says why
 */
typedef enum {
  HOST_PLUGIN_AVAILABLE,
  HOST_PLUGIN_LOADED,
  HOST_PLUGIN_DISABLED,
} HostPluginState;

const char *host_plugin_state_get_nick (HostPluginState state);

/**
 * HostPlugin:
 * @kind: from the file's name
 * @name: from the file's name
 * @path: (nullable): where it was found
 * @info: (nullable): what the plugin says of itself, once it is loaded
 * @state: see #HostPluginState
 * @reason: (nullable): why it is disabled
 */
typedef struct {
  VnfmPluginKind kind;
  char *name;
  char *path;
  const VnfmPluginInfo *info;
  HostPluginState state;
  char *reason;
} HostPlugin;

/**
 * HostPlugins:
 *
 * Finds, checks and loads plugins. A file KIND-NAME.so is taken from the first folder that has it: those given, the
 * build tree (where the program runs from it), the installation's, /usr/local/lib/vnfmd/plugins. A plugin that is
 * missing, broken, of another ABI, writable by others, or that fails to start disables itself, not the program, and its
 * reason is kept. What was loaded stays loaded.
 */
#define HOST_TYPE_PLUGINS (host_plugins_get_type ())
G_DECLARE_FINAL_TYPE (HostPlugins, host_plugins, HOST, PLUGINS, GObject)

HostPlugins *host_plugins_new (const char *const *folders);

/* Loads the plugin, if it is not loaded yet. Errors: VNFM_ERROR_PLUGIN with the reason. */
const VnfmPluginInfo *host_plugins_load (HostPlugins *self, VnfmPluginKind kind, const char *name,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Loads it and makes its extension, inert. Returns: (transfer full). */
VnfmExtension *host_plugins_create (HostPlugins *self, VnfmPluginKind kind, const char *name, VnfmContext *context,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Starts an extension that was made here; a failure disables its plugin. */
gboolean host_plugins_start (HostPlugins *self, VnfmExtension *extension, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether all that was asked for so far can be used. Errors: VNFM_ERROR_PLUGIN with a line for each that cannot. */
gboolean host_plugins_check (HostPlugins *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Looks through all folders, so that host_plugins_get_all() knows what could be loaded; with @load, loads it. */
void host_plugins_scan (HostPlugins *self, gboolean load);
/* In order of kind and name. Returns: (transfer container) (element-type HostPlugin). */
GPtrArray *host_plugins_get_all (HostPlugins *self);
/* A table of kind, name, version, state and reason, or JSON. */
void host_plugins_print (HostPlugins *self, gboolean json);

G_END_DECLS
