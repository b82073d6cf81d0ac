/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-vnfc.h>

G_BEGIN_DECLS

/* Under which address a VNFC's machine is reached: the first of @rules that yields one.
 *
 *   floating      its first floating address
 *   floating:NET  its floating address in the network NET
 *   any           its first address in any network
 *   hostname      its host name
 *   network:NET   its address in the network NET
 *   NET           likewise, for a name that is none of the words above
 *
 * @why: (out) (transfer full): if there is none: what was looked for and what there is.
 * Returns: (transfer full) (nullable). */
char *ssh_address_choose (const char *const *rules, const VnfmVnfc *vnfc, char **why);

G_END_DECLS
