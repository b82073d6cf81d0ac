/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/package/package.h"

G_BEGIN_DECLS

#define NFVO_MAX_DEPTH 16

NfvoPackage *nfvo_package_new (const char *path, const char *name);
/* Adds a file of scripts/. Errors: VNFM_ERROR_LIMIT. */
gboolean nfvo_package_add_script (NfvoPackage *self, const char *name, GBytes *content, gboolean executable,
                                  GError **error);
/* @path: for messages. */
gboolean nfvo_package_take_metadata (NfvoPackage *self, const char *path, GBytes *text, GError **error);
/* The entry of @names that is a Metadata.yaml, in whatever case. Returns: (nullable): borrowed. */
const char *nfvo_package_find_metadata (GPtrArray *names);
/* vnfd.json, or the only *.json. Returns: (nullable): borrowed. */
const char *nfvo_package_choose_descriptor (NfvoPackage *self, GPtrArray *names, GError **error);
void nfvo_package_note_left_out (NfvoPackage *self, GPtrArray *names, const char *metadata, const char *descriptor);
gboolean nfvo_package_is_good_name (const char *name);

gboolean nfvo_package_is_folder (const char *path);
NfvoPackage *nfvo_package_load_folder (const char *path, GError **error);
/* By its first bytes. */
gboolean nfvo_package_is_archive (const char *path);
NfvoPackage *nfvo_package_load_archive (const char *path, GError **error);

G_END_DECLS
