/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/machines/base.h"

G_BEGIN_DECLS

/* Of the build of a base image; for base-build.c and base-root.c. */
typedef struct {
  char *folder; /* a tmpfs of our own: what follows is mounted in it */
  char *image;
  char *upper;
  char *work;
  char *root;
} NfvoBasePlaces;

/* Sets @error from errno: "cannot WHAT PATH: ...". Returns: FALSE. */
gboolean nfvo_base_failed (GError **error, const char *what, const char *path);

/* Makes places->root a system that apt-get can work in: the overlay, with what must not be the host's. */
gboolean nfvo_base_root_mount (const NfvoBaseOrder *order, const NfvoBasePlaces *places, GError **error);
/* A GSpawnChildSetupFunc; @places is a #NfvoBasePlaces. */
void nfvo_base_root_enter (gpointer places);
/* Leaves what was put there for apt-get's sake out of the layer. */
gboolean nfvo_base_root_unmount (const NfvoBasePlaces *places, GError **error);

G_END_DECLS
