/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/package/nsd.h"

G_BEGIN_DECLS

/**
 * NfvoCounts:
 * @events: (element-type utf8 guint): lifecycle events by name
 * @endpoints: (element-type utf8 guint): VNFs by endpoint
 *
 * How much there is of what. "events" and "scripts" are counted as the file lists them, be they known or not.
 */
typedef struct {
  guint vnfs;
  guint vdus;
  guint vnfcs;
  guint connection_points;
  guint dependencies;
  guint configuration_parameters;
  guint floating_ips;
  guint fault_policies;
  guint autoscale_policies;
  guint scripts;
  GHashTable *events;
  GHashTable *endpoints;
} NfvoCounts;

/* @with_references: also what stands in the packages of VNFDs that are named by id; else only what the file has, and
 * the dependencies that it states. */
void nfvo_counts_init (NfvoCounts *self, NfvoService *service, gboolean with_references);
void nfvo_counts_clear (NfvoCounts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NfvoCounts, nfvo_counts_clear)

/* What "check --json" prints for a file. Returns: (transfer full). */
JsonObject *nfvo_check_to_json (NfvoService *service);
/* What "check" prints for a file. Returns: (transfer full). */
char *nfvo_check_to_text (NfvoService *service);
/* Checks @files and prints what is found, @strict: warnings count as errors. Returns: the exit status, 0 or 1. */
int nfvo_check_files (char **files, const NfvoLoadOptions *load, gboolean json, gboolean strict);
/* "vnfm-nfvo check"; returns the exit status. */
int nfvo_check_main (int argc, char **argv);

G_END_DECLS
