/* SPDX-License-Identifier: Apache-2.0 */
/* The module's entry point. */
#include "config.h"

#include "plugins/store-sqlite/sqlite-store.h"

#include <sqlite3.h>
#include <vnfm/vnfm-plugin.h>

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (GError **error)
{
  static const VnfmPluginInfo info = {
    .kind = VNFM_PLUGIN_STORE,
    .name = "sqlite",
    .version = PACKAGE_VERSION,
    .summary = "keeps the journal in an SQLite file",
    .keys = sqlite_store_keys,
    .get_type = sqlite_store_get_type,
  };

  /* The connection is made in one thread and used in another. */
  if (!sqlite3_threadsafe ()) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_PLUGIN, "this SQLite was built without threads");
    return NULL;
  }
  return &info;
}
