/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-json.h>

G_BEGIN_DECLS

/**
 * VnfmAddress:
 * @network: name of the virtual link (netName)
 * @address: textual IP address
 */
typedef struct {
  char *network;
  char *address;
} VnfmAddress;

/**
 * VnfmVnfc:
 * @id: the instance's id (NULL before the NFVO gave one)
 * @vnfr_id: id of the VNFR it belongs to (NULL before GRANT)
 * @hostname: its machine's name; the name its agent registers with
 * @state: free text (ACTIVE, STANDBY, error, ...), nullable
 * @component_id: id of the VNFComponent it is an instance of, nullable
 * @ips: (element-type VnfmAddress): never NULL
 * @floating_ips: (element-type VnfmAddress): never NULL
 * @host_keys: (nullable): SSH host keys of its machine, "TYPE BASE64 [COMMENT]" each: the lines of
 * %VNFM_METADATA_HOST_KEYS in the metadata of the VNFC instance, or else in that of its VNFR, of which any machine of
 * the VNFR may have one
 *
 * One VNFC instance, which is one machine: all that an EMS needs to know to reach it. Immutable, reference counted.
 * protocol/openbaton.md, C.1 (VNFCInstance).
 */
typedef struct {
  char *id;
  char *vnfr_id;
  char *hostname;
  char *state;
  char *component_id;
  GPtrArray *ips;
  GPtrArray *floating_ips;
  GStrv host_keys;
} VnfmVnfc;

#define VNFM_METADATA_HOST_KEYS "ssh-host-keys"

#define VNFM_TYPE_VNFC (vnfm_vnfc_get_type ())
GType vnfm_vnfc_get_type (void);
/* @instance: the JSON of a VNFCInstance. Errors: VNFM_ERROR_INVALID (no hostname). */
VnfmVnfc *vnfm_vnfc_new_from_json (JsonObject *instance, const char *vnfr_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For vnfm-record.c, before anybody else has it: the host keys of the VNFR, where it has none of its own. @record: the
 * VNFR's JSON. */
void vnfm_vnfc_default_host_keys (VnfmVnfc *self, JsonObject *record);
VnfmVnfc *vnfm_vnfc_ref (VnfmVnfc *self);
void vnfm_vnfc_unref (VnfmVnfc *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmVnfc, vnfm_vnfc_unref)
/* What a step's id and a log line call it: the id, or the host name while there is none. */
const char *vnfm_vnfc_get_key (const VnfmVnfc *self);

G_END_DECLS
