/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Resolves a group's name. Errors: VNFM_ERROR_CONFIG. */
gboolean local_socket_find_group (const char *name, gid_t *group, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A listening UNIX socket at @path, mode 0660, of @group unless that is -1. A socket that nobody listens on any more is
 * removed first. Errors: VNFM_ERROR_CONFIG, VNFM_ERROR_FAILED. */
GSocket *local_socket_listen (const char *path, gid_t group, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who is at the other end: root, the user that runs this program, or a member of @group unless that is -1. */
gboolean local_socket_may_ask (GSocket *connection, gid_t group);

G_END_DECLS
