/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/run-folder.h"

G_BEGIN_DECLS

/**
 * NfvoLeftover:
 * @name: of the run that was killed
 * @folder: its folder, which is left
 * @marker: what its processes have in their environment
 * @processes: (element-type int): those that still run
 * @failure: (nullable): why it could not be cleared up
 * @lock: held, so that nobody else clears it up meanwhile
 *
 * What a killed run left behind. Namespace machines leave no processes, mounts or networks: the kernel takes them with
 * the run; a folder is all.
 */
typedef struct {
  char *name;
  char *folder;
  char *marker;
  GArray *processes;
  char *failure;
  int lock;
} NfvoLeftover;

/* Those of all killed runs below @base, locked. Returns: (element-type NfvoLeftover) (transfer full). */
GPtrArray *nfvo_leftovers_find (const char *base);
/* Ends the processes and removes the folders; what could not be done is in @failure of each. Never fails. */
void nfvo_leftovers_clear_async (GPtrArray *leftovers, VnfmClock *clock, GAsyncReadyCallback callback,
                                 gpointer user_data);
void nfvo_leftovers_clear_finish (GAsyncResult *result);

/* "vnfm-nfvo clean"; returns the exit status. */
int nfvo_clean_main (int argc, char **argv);

G_END_DECLS
