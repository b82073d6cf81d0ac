/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * NfvoBaseOrder:
 * @packages: (nullable): names for apt-get install
 * @output: the image
 * @root: the folder it is a layer over; absolute
 * @overlay: (nullable): a folder whose files are put into the image
 * @verbose: show what apt prints while it prints it
 *
 * What a base image is made from.
 *
 * A base image is an ext4 file system in a sparse file. Its root folder is the upper layer of an overlay over @root, so
 * that, mounted read-only and laid over the same @root, it shows @root with the packages installed. Its file system's
 * UUID tells what it was made from.
 */
typedef struct {
  GStrv packages;
  char *output;
  char *root;
  char *overlay;
  gboolean verbose;
} NfvoBaseOrder;

void nfvo_base_order_clear (NfvoBaseOrder *order);

/* What tells images apart that were made from something else: the packages, dpkg's status file in the root, the root's
 * path and the overlay's files. Returns: a UUID, or NULL with VNFM_ERROR_STORE or VNFM_ERROR_LIMIT. */
char *nfvo_base_dup_identity (const NfvoBaseOrder *order, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The UUID of the ext4 file system in @image, or NULL: there is none, or it is not one of ours. */
char *nfvo_base_read_identity (const char *image);

/* Makes @image. @place: an empty folder to mount things in; nobody else sees them. Moves this process into a mount
 * namespace of its own: it has nothing else to do afterwards than to end. Errors: VNFM_ERROR_DENIED, _NOT_SUPPORTED,
 * _STORE, _FAILED. */
gboolean nfvo_base_build (const NfvoBaseOrder *order, const char *identity, const char *image, const char *place,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "vnfm-nfvo base"; returns the exit status. */
int nfvo_base_main (int argc, char **argv);

G_END_DECLS
