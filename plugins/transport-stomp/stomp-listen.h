/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A socket that listens. @text: "ADDRESS:PORT", "[ADDRESS]:PORT"; port 0: any. An address that this machine does not
 * have yet is no error: peers reach the socket when it has. Errors: VNFM_ERROR_CONFIG (no address), VNFM_ERROR_FAILED
 * (the port is in use, ...). Returns: (transfer full). */
GSocket *stomp_listen (const char *text, GError **error);
/* Where it listens really: "127.0.0.1:61613", "[::1]:61613". Returns: (transfer full). */
char *stomp_listen_describe (GSocket *socket);

G_END_DECLS
