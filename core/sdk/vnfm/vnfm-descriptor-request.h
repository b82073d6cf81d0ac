/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Private to libvnfm: an INSTANTIATE as the mapping VNFD -> VNFR sees it. */

#include <vnfm/vnfm-message.h>

/* The parts of the request, parsed; NULL where absent or of another type. */
typedef struct {
  JsonNode *nodes[5];
  JsonObject *vnfd;
  JsonObject *flavour;
  JsonArray *vlrs;
  JsonObject *vims;
  JsonObject *extension;
  char *instance_name;
} DescriptorRequest;

void descriptor_request_read (DescriptorRequest *self, VnfmMessage *message);
void descriptor_request_clear (DescriptorRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DescriptorRequest, descriptor_request_clear)

/* VNFM_ERROR_INVALID for what cannot be meant: no VNFD, no name, no VDU, a VDU without a VIM, an unknown flavour. */
gboolean descriptor_request_check (DescriptorRequest *self, GError **error);
/* Returns: (nullable): the VIMs offered for a VDU; the map's keys are its ids, some NFVOs use the names. */
JsonArray *descriptor_request_find_vims (DescriptorRequest *self, JsonObject *vdu);
