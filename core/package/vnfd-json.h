/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/package/nsd.h"

G_BEGIN_DECLS

/* A VNFD (or, read as one, a VNFR) as people write it, made into what an NFVO holds: all lists are there, strings are
 * strings and lists are lists, names are filled in, what nobody knows is gone. Entities have hbVersion 0, shared and
 * metadata, and no ids. What had to be changed or left out is told to @service.
 * @object: what to call the VNF. Pure. Returns: (transfer full). */
JsonObject *nfvo_vnfd_normalise (NfvoService *service, const char *object, JsonObject *vnfd);

G_END_DECLS
