/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the plugins of the zoo have in common: each is a handler that does nothing, sound but for the one fault that its
 * file is named after. */

#include <vnfm/vnfm.h>

/* A type of its own for each module: types are known to the whole process. */
#define ZOO_DEFINE_HANDLER(TypeName, type_name)               \
  typedef struct {                                            \
    VnfmHandler parent_instance;                              \
  } TypeName;                                                 \
  typedef VnfmHandlerClass TypeName##Class;                   \
  static GType type_name##_get_type (void);                   \
  G_DEFINE_TYPE (TypeName, type_name, VNFM_TYPE_HANDLER)      \
  static void type_name##_init (G_GNUC_UNUSED TypeName *self) \
  {                                                           \
  }

/* The entry point of a handler that loads. */
#define ZOO_DEFINE_ENTRY(name_, keys_, get_type_)                        \
  const VnfmPluginInfo *vnfm_plugin_entry (G_GNUC_UNUSED GError **error) \
  {                                                                      \
    static const VnfmPluginInfo info = { .kind = VNFM_PLUGIN_HANDLER,    \
                                         .name = name_,                  \
                                         .version = "1.2",               \
                                         .summary = "one of the zoo",    \
                                         .keys = keys_,                  \
                                         .get_type = get_type_ };        \
    return &info;                                                        \
  }

/* For those of another ABI than today's. */
#define ZOO_DECLARE_ABI(major, minor)                                          \
  VNFM_PLUGIN_EXPORT extern const int vnfm_plugin_abi_major;                   \
  VNFM_PLUGIN_EXPORT extern const int vnfm_plugin_abi_minor;                   \
  VNFM_PLUGIN_EXPORT const VnfmPluginInfo *vnfm_plugin_entry (GError **error); \
  const int vnfm_plugin_abi_major = major;                                     \
  const int vnfm_plugin_abi_minor = minor
