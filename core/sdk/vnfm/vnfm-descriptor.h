/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-message.h>
#include <vnfm/vnfm-record.h>

G_BEGIN_DECLS

/* VNFD -> VNFR: the mapping of protocol/openbaton.md, C.2, for an INSTANTIATE without "vnfr" (members vnfd, vnfdf,
 * vlrs, vimInstances, extension). What is absent or null is read as empty, not as an error; what cannot be meant
 * (no VDU, a VDU without a VIM, an unknown flavour of an OpenStack VIM) is VNFM_ERROR_INVALID and names the object.
 * Returns: (transfer full): the VNFR that GRANT_OPERATION carries: no ids of its own. */
VnfmRecord *vnfm_descriptor_to_record (VnfmMessage *instantiate, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The least an NFVO needs to book an ERROR on, where the VNFR could not be made: name, type, endpoint, parent_ns_id,
 * empty vdu and history (protocol/openbaton.md, B.5). Never fails: what is unknown is left out,
 * a VNF without any name is called "unnamed". */
VnfmRecord *vnfm_descriptor_to_minimal_record (VnfmMessage *instantiate);

G_END_DECLS
