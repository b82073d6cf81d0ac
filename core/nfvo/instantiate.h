/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/package/nsd.h"

G_BEGIN_DECLS

/* What the messages carry of a VNF; each call makes new ids, as onboarding does. */

/* The VNFD as the NFVO sends it. @vnf must have one. Returns: (transfer full). */
JsonObject *nfvo_vnf_dup_vnfd_json (NfvoVnf *vnf, VnfmClock *clock);
/* "vnfdf" for @vnfd: its first flavour, or one made of its last VDU's computation_requirement. Returns: (transfer
 * full).
 */
JsonObject *nfvo_vnfd_dup_flavour (JsonObject *vnfd, VnfmClock *clock);
/* "vnfPackage", its id being the vnfPackageLocation of @vnfd: the package with all its files as arrays of signed bytes,
 * or one with only a link. Returns: (transfer full) (nullable): JSON text; NULL: the VNF has no package. */
GBytes *nfvo_vnf_dup_package_text (NfvoVnf *vnf, JsonObject *vnfd, VnfmClock *clock);
/* A whole INSTANTIATE for @vnf. @links: its virtual link records; @vim: the VIM for each of its VDUs; @extension: with
 * nsr-id. Returns: (transfer full): the message's body. */
GBytes *nfvo_vnf_dup_instantiate (NfvoVnf *vnf, JsonArray *links, JsonObject *vim, JsonObject *extension,
                                  VnfmClock *clock);

G_END_DECLS
