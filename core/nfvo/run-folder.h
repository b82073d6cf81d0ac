/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * NfvoRunFolder:
 *
 * The private folder of one run, mode 0700, with a lock that lives as long as the process:
 *
 *     BASE/NAME/lock  console and files of machines/HOSTNAME/  vnfmd/  vnfmd.log
 *
 * Every process of the run is started with VNFM_RUN=NAME in its environment. A folder whose lock is free belongs to a
 * run that was killed; leftovers.h is about those.
 */
typedef struct _NfvoRunFolder NfvoRunFolder;

/* @base: (nullable): default "vnfm-nfvo" in $XDG_RUNTIME_DIR, else "vnfm-nfvo-UID" in the folder for temporary files.
 * Errors: VNFM_ERROR_STORE; VNFM_ERROR_DENIED: the base folder is somebody else's or open to others. */
NfvoRunFolder *nfvo_run_folder_new (const char *base, VnfmClock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Unlocks; the folder stays. */
void nfvo_run_folder_free (NfvoRunFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoRunFolder, nfvo_run_folder_free)

const char *nfvo_run_folder_get_path (NfvoRunFolder *self);
/* "VNFM_RUN=NAME". */
const char *nfvo_run_folder_get_marker (NfvoRunFolder *self);
/* Returns: (transfer full). */
char *nfvo_run_folder_dup_path (NfvoRunFolder *self, const char *name);
/* Ends what carries the marker and, if @remove, removes the folder. */
void nfvo_run_folder_clear_async (NfvoRunFolder *self, gboolean remove, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean nfvo_run_folder_clear_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- those of others */

/* Where the folders are. @base: (nullable): the default. Returns: (transfer full). */
char *nfvo_run_folder_dup_base (const char *base);
/* Names of the runs below @base, killed ones included. Returns: (element-type utf8) (transfer full). */
GPtrArray *nfvo_run_folder_list (const char *base);
/* Returns: a descriptor that holds the lock of @folder, or -1: its run lives. */
int nfvo_run_folder_lock (const char *folder);
/* As nfvo_run_folder_clear_async(), finished by the same; @path: (nullable): what is removed. */
void nfvo_run_folder_clear_other_async (const char *marker, const char *path, VnfmClock *clock,
                                        GAsyncReadyCallback callback, gpointer user_data);

/* Removes @path and all below it, whatever its modes; follows no link. */
gboolean nfvo_remove_tree (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
