/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-profile.h>

#include <gmodule.h>

G_BEGIN_DECLS

/* ABI of libvnfm: a plugin loads where the major is the same and its minor not newer. */
#define VNFM_ABI_MAJOR 1
#define VNFM_ABI_MINOR 0

typedef enum {
  VNFM_PLUGIN_TRANSPORT,
  VNFM_PLUGIN_EMS,
  VNFM_PLUGIN_NEGOTIATOR,
  VNFM_PLUGIN_STORE,
  VNFM_PLUGIN_HANDLER,
} VnfmPluginKind;

#define VNFM_TYPE_PLUGIN_KIND (vnfm_plugin_kind_get_type ())
GType vnfm_plugin_kind_get_type (void);
const char *vnfm_plugin_kind_get_nick (VnfmPluginKind kind);

/**
 * VnfmPluginInfo:
 * @kind: which extension point it serves
 * @name: what a profile calls it: "stomp"; the module's file is KIND-NAME.so
 * @version: the plugin's own
 * @summary: one line
 * @keys: (nullable): the keys it declares; the group is @name, further groups begin with @name and a dot
 * @get_type: type of the extension object, a subclass of the kind's class
 */
typedef struct {
  VnfmPluginKind kind;
  const char *name;
  const char *version;
  const char *summary;
  const VnfmKey *keys;
  GType (*get_type) (void);
  gpointer reserved[4];
} VnfmPluginInfo;

/* The three symbols a module exports. The entry point is called once, after the ABI was found good; it returns static
 * data, or NULL and why the plugin cannot be used here. */
#define VNFM_PLUGIN_EXPORT G_MODULE_EXPORT
#define VNFM_PLUGIN_DECLARE_ABI                                                \
  VNFM_PLUGIN_EXPORT extern const int vnfm_plugin_abi_major;                   \
  VNFM_PLUGIN_EXPORT extern const int vnfm_plugin_abi_minor;                   \
  VNFM_PLUGIN_EXPORT const VnfmPluginInfo *vnfm_plugin_entry (GError **error); \
  const int vnfm_plugin_abi_major = VNFM_ABI_MAJOR;                            \
  const int vnfm_plugin_abi_minor = VNFM_ABI_MINOR

typedef const VnfmPluginInfo *(*VnfmPluginEntryFunc) (GError **error);

G_END_DECLS
