/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether @name may be what the machine calls itself that is expected as @expected: the same but for a domain, upper
 * and lower case, signs that are no letters or digits, or a typing error. Two of a row ("web-1", "web-2") are not
 * similar. Pure. */
gboolean agent_name_is_similar (const char *expected, const char *name);

G_END_DECLS
