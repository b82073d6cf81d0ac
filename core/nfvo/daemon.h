/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/run-folder.h"

G_BEGIN_DECLS

/**
 * NfvoDaemonOptions:
 * @program: vnfmd
 * @profile: profile's name or path
 * @machine_settings: (nullable): "group.key=value" that the machines want
 * @settings: (nullable): "group.key=value", passed on; they win
 * @plugin_dirs: (nullable): passed on
 */
typedef struct {
  const char *program;
  const char *profile;
  const char *const *machine_settings;
  const char *const *settings;
  const char *const *plugin_dirs;
} NfvoDaemonOptions;

/**
 * NfvoDaemon:
 *
 * A vnfmd of one's own: with a private state folder and its broker on a free port of the loopback, or where the
 * machines want it.
 *
 * Signals: "ended" (text): it ended although nobody asked it to.
 */
#define NFVO_TYPE_DAEMON (nfvo_daemon_get_type ())
G_DECLARE_FINAL_TYPE (NfvoDaemon, nfvo_daemon, NFVO, DAEMON, GObject)

NfvoDaemon *nfvo_daemon_new (NfvoRunFolder *folder, VnfmClock *clock);
/* Completes when it is ready. Errors: it cannot be started, ended early (with the last lines of its log), or was not
 * ready within @patience microseconds. */
void nfvo_daemon_start_async (NfvoDaemon *self, const NfvoDaemonOptions *options, gint64 patience,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean nfvo_daemon_start_finish (NfvoDaemon *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SIGTERM, and SIGKILL if it does not go. Never fails; fine when it does not run. */
void nfvo_daemon_stop_async (NfvoDaemon *self, GAsyncReadyCallback callback, gpointer user_data);
void nfvo_daemon_stop_finish (NfvoDaemon *self, GAsyncResult *result);

/* Once started. */
const char *nfvo_daemon_get_host (NfvoDaemon *self);
guint nfvo_daemon_get_port (NfvoDaemon *self);
const char *nfvo_daemon_get_passcode_file (NfvoDaemon *self);
const char *nfvo_daemon_get_log_file (NfvoDaemon *self);
int nfvo_daemon_get_pid (NfvoDaemon *self);
/* How long it took to be ready, microseconds. */
gint64 nfvo_daemon_get_start_time (NfvoDaemon *self);

/* Finds a program of this project: beside this program, elsewhere in the build tree (@in_tree: its path there), or in
 * PATH. Returns: (transfer full): its path. Errors: VNFM_ERROR_NOT_FOUND. */
char *nfvo_find_program (const char *name, const char *in_tree, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "HOST:PORT", "[V6]:PORT". Errors: VNFM_ERROR_INVALID. */
gboolean nfvo_parse_address (const char *text, char **host, guint *port, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
