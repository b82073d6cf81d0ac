/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/daemon.h"
#include "core/nfvo/deployment.h"

#include "core/host/plugin-host.h"

G_BEGIN_DECLS

/* Exit statuses of "vnfm-nfvo run". */
#define NFVO_EXIT_OK          0
#define NFVO_EXIT_FAILED      1
#define NFVO_EXIT_USAGE       2
#define NFVO_EXIT_MANAGER     3 /* vnfmd could not be started or reached */
#define NFVO_EXIT_TIMEOUT     124
#define NFVO_EXIT_INTERRUPTED 130

/**
 * NfvoRunOptions:
 *
 * The command line of "vnfm-nfvo run"; durations in microseconds. See run-options.c for what each is.
 */
typedef struct {
  char *descriptor;
  GStrv packages;
  char *scripts;
  gboolean namespaces; /* machines are namespaces, not processes */
  char *root;
  char *base;
  char *disk;
  gboolean keep;
  gint64 keep_for; /* 0: until interrupted */
  gboolean json;
  gboolean show_output;
  gboolean keep_files;
  gboolean verbose;
  char *connect; /* NULL: an own vnfmd */
  char *login;
  char *passcode_file;
  char *profile;
  GStrv settings;
  GStrv plugin_dirs;
  gint64 timeout;
  char *state_dir;
  NfvoDeploymentOptions deployment;
} NfvoRunOptions;

/* Errors: G_OPTION_ERROR or VNFM_ERROR_CONFIG: wrong usage. --help exits. */
gboolean nfvo_run_options_parse (NfvoRunOptions *self, int argc, char **argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void nfvo_run_options_clear (NfvoRunOptions *self);

/* "vnfm-nfvo run"; returns the exit status. */
int nfvo_run_main (int argc, char **argv);

G_END_DECLS
