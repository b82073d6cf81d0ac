/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/machines/protocol.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* vnfm-machine in parts. Everything here runs as root in a process of one thread; after clone() the child goes on with
 * the parent's memory. */

/**
 * HelperCloud:
 * @root: the lower root of all machines
 * @base_device: (nullable): loop device of the base image
 * @size: limit of what a machine may write, as tmpfs reads it ("2g")
 * @network: descriptor of the cloud's network namespace
 *
 * What all machines of a run have in common.
 */
typedef struct {
  char *root;
  char *base_device;
  char *size;
  int network;
} HelperCloud;

/* ---- cloud.c, enter.c: the commands */

/* "cloud": returns the exit status of what ran in it. */
int helper_cloud_main (int argc, char **argv);
/* "enter PID -- COMMAND": returns the command's exit status. */
int helper_enter_main (int argc, char **argv);

/* ---- server.c: answers requests on @socket until its end; ends all machines, then waits for @program. Returns: the
 * wait status of
 * @program. */
int helper_serve (const HelperCloud *cloud, int socket, pid_t program);

/* ---- spawn.c */

/* Starts @order as PID 1 of new namespaces. @number: unique in the run, names its interfaces. @status: gets the reading
 * end of a pipe: "ready\n", "failed TEXT\n", "user-data STATUS\n". Returns: its pidfd, or -1. */
int helper_spawn (const HelperCloud *cloud, const HelperOrder *order, guint number, pid_t *pid, int *status,
                  GError **error);

/* ---- init.c: PID 1 of a machine; @status: where to report. */
G_NORETURN void helper_init (const HelperCloud *cloud, const HelperOrder *order, guint number, int status);

/* ---- root.c */

/**
 * HelperFiles:
 * @console: what its console says
 * @log: bound to /var/log/vnfm-ems.log
 * @state: bound to /var/lib/vnfm-ems
 *
 * A machine's files outside: descriptors, -1 if not open.
 */
typedef struct {
  int console;
  int log;
  int state;
} HelperFiles;

/* Makes the machine's root of overlay and tmpfs, goes there, and leaves the old one. */
gboolean helper_root_enter (const HelperCloud *cloud, const HelperOrder *order, HelperFiles *files,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether this host can do it; leaves the calling process (a child) in a mount namespace of its own. */
gboolean helper_root_probe (const HelperCloud *cloud, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- places.c: what stands in the new root, once it is "/" */
gboolean helper_places_fill (const HelperOrder *order, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Bind-mounts the descriptor @source over @target, which is made where missing. */
gboolean helper_bind (int source, const char *target, gboolean read_only, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- idmap.c: bind-mounts the folder @source, which may be a user's, over @target as root's. Returns: FALSE: this
 * kernel or file system cannot. */
gboolean helper_bind_as_root (int source, const char *target) G_GNUC_WARN_UNUSED_RESULT;

/* ---- devices.c: /dev, its terminals and /dev/console. Returns: the master of the console, or -1. */
int helper_devices_make (GError **error);

/* ---- network.c; the texts are pure */

/* Input of "ip -batch" inside the machine; @cloud: how "ip" gets at the cloud's namespace. Returns: (transfer full). */
char *helper_network_inside (const HelperOrder *order, guint number, const char *cloud);
/* The same for the machine's side in the cloud. */
char *helper_network_outside (const HelperOrder *order, guint number);
char *helper_network_bridge (const char *name, const char *address4, const char *address6);
/* Runs "ip -batch" on @text. @network: descriptor of the namespace where it runs, -1: here. */
gboolean helper_network_run (const char *text, int network, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Loopback and forwarding of this network namespace. */
gboolean helper_network_open (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a machine's own network. */
gboolean helper_network_connect (const HelperCloud *cloud, const HelperOrder *order, guint number,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- capabilities.c: gives up what reaches beyond the machine, for good. */
gboolean helper_capabilities_drop (GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- image.c: a loop device for a read-only file system image; free again when nobody holds it. Returns: the
 * descriptor that holds it, or -1. */
int helper_image_attach (const char *file, char **device, GError **error);

/* ---- util.c */

/* Sets @error to "cannot WHAT PATH: errno's text". Returns: FALSE. */
gboolean helper_fail (GError **error, const char *what, const char *object);
gboolean helper_mount (const char *source, const char *target, const char *type, unsigned long flags,
                       const char *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean helper_write (const char *path, const char *text, mode_t mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Exit status as a shell tells it. */
int helper_exit_status (int wait_status);

G_END_DECLS
