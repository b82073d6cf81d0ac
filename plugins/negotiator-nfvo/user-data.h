/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The user data of a VNF's machines: a template whose lines "export NAME=" get their values, and the package's own
 * script behind it (protocol/openbaton.md, D.1 3 and 4). Pure. */

/* @variables: (element-type utf8 utf8): values by name; a line "export NAME=" whose name is not among them stays, as do
 * lines that have a value already and the line "export #Hostname=", which the NFVO fills in for each machine.
 * @own: (nullable): appended; a byte order mark at its beginning is dropped. Returns: (transfer full). */
char *user_data_compose (const char *template_text, GHashTable *variables, GBytes *own);
/* @value as one word of a POSIX shell: as it is where that is safe, otherwise quoted. Returns: (transfer full). */
char *user_data_quote (const char *value);

G_END_DECLS
