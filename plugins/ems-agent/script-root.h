/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EmsScriptRoot:
 *
 * The one folder that scripts are stored in and run from.
 */
typedef struct _EmsScriptRoot EmsScriptRoot;

/* @path need not exist yet. */
EmsScriptRoot *ems_script_root_new (const char *path);
void ems_script_root_free (EmsScriptRoot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsScriptRoot, ems_script_root_free)
const char *ems_script_root_get_path (EmsScriptRoot *self);

/* Opens the folder that @script_path (nullable) means, making what is missing.
 * Returns: a file descriptor; -1: VNFM_ERROR_DENIED, VNFM_ERROR_STORE. */
int ems_script_root_open (EmsScriptRoot *self, const char *script_path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stores @content as the file @name below what the wire calls @script_path (nullable), all at once: whoever reads the
 * old file meanwhile goes on reading the old one. Folders are made. @executable: a new file and an old one become
 * executable; else an old file keeps its mode.
 * Errors: VNFM_ERROR_DENIED (the name leads out), VNFM_ERROR_INVALID (no name), VNFM_ERROR_STORE. */
gboolean ems_script_root_write (EmsScriptRoot *self, const char *script_path, const char *name, GBytes *content,
                                gboolean executable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where the script @name is. Returns: (transfer full): an absolute path, symlinks resolved only to see that they stay
 * inside. Errors: VNFM_ERROR_DENIED (it leads out), VNFM_ERROR_NOT_FOUND (nothing there, or no regular file). */
char *ems_script_root_find (EmsScriptRoot *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The names in the folder that @script_path (nullable) means, sorted, a line each. Never NULL. */
char *ems_script_root_list (EmsScriptRoot *self, const char *script_path);

G_END_DECLS
