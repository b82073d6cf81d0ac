/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Small files that must survive: shared by the records of steps and the outbox. */

/* Replaces @name in @folder all at once (temporary file, rename), readable by its owner only. @durable: it is on the
 * disk when this returns TRUE; else it survives the death of this process only. Errors: VNFM_ERROR_STORE. */
gboolean ems_file_replace (const char *folder, const char *name, GBytes *content, gboolean durable,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Errors: VNFM_ERROR_NOT_FOUND, VNFM_ERROR_STORE. */
GBytes *ems_file_read (const char *folder, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes a folder of mode 0700 (parents: 0755). Errors: VNFM_ERROR_STORE. */
gboolean ems_folder_make (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Puts a folder's entries on the disk. */
gboolean ems_folder_sync (const char *path);
/* Removes a folder with all in it; symlinks are not followed. */
void ems_folder_remove (const char *path);

G_END_DECLS
