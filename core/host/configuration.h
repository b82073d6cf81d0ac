/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-profile.h>

G_BEGIN_DECLS

/**
 * HostOptions:
 * @profile: (nullable): name of a profile, or the path of one
 * @config: (nullable): file that stands in for those in /etc/vnfmd
 * @set: (nullable): "group.key=value"
 * @plugin_dirs: (nullable): folders of plugins, searched first
 * @state_dir: (nullable): short for --set vnfmd.state-dir=
 *
 * What the command line says of the configuration.
 */
typedef struct {
  char *profile;
  char *config;
  GStrv set;
  GStrv plugin_dirs;
  char *state_dir;
} HostOptions;

void host_options_clear (HostOptions *options);
/* Makes the options known to @context. */
void host_options_add (HostOptions *options, GOptionContext *context);

/* Loads the layers, later wins: the profile, /etc/vnfmd/vnfmd.conf and /etc/vnfmd/conf.d/NAME.conf in order of name (or
 * @config instead of both), --set. @fallback: the profile to take where none is named. A program that runs from its
 * build tree takes profiles from there first, and nothing else from /etc/vnfmd.
 * Errors: VNFM_ERROR_CONFIG, or as vnfm_profile_load_file() has them. */
gboolean host_configuration_load (VnfmProfile *profile, const HostOptions *options, const char *fallback,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * HostFolders:
 * @profiles: where profiles are looked for, in this order; ends with NULL
 * @site: (nullable): folder of vnfmd.conf and conf.d
 */
typedef struct {
  const char *profiles[3];
  const char *site;
} HostFolders;

/* The same, with other folders than those of the installation. */
gboolean host_configuration_load_from (VnfmProfile *profile, const HostOptions *options, const char *fallback,
                                       const HostFolders *folders, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every declared key with its value and where that came from, as a key-file with comments, or as JSON. */
void host_configuration_print (VnfmProfile *profile, gboolean json);

/* TRUE where the program runs from its build tree: plugins, profiles and templates are then taken from there. */
gboolean host_is_uninstalled (void);

G_END_DECLS
