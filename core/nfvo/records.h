/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm.h>

G_BEGIN_DECLS

/**
 * NfvoRecords:
 *
 * The database of an NFVO for one network service: the NSR's id, its one VIM and virtual links, and the VNFRs, each
 * entity with its id and hbVersion. What a manager sends is saved under the NFVO's optimistic lock: an entity whose
 * hbVersion is not the one that was handed out last is an error, and the record stays as it was
 * (protocol/openbaton.md, 0.2 items 8 to 10). No I/O.
 */
typedef struct _NfvoRecords NfvoRecords;

#define NFVO_VIM_NAME "vnfm-nfvo"

NfvoRecords *nfvo_records_new (VnfmClock *clock);
void nfvo_records_free (NfvoRecords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoRecords, nfvo_records_free)

const char *nfvo_records_get_nsr_id (NfvoRecords *self);
/* The VIM object, of type "test", as messages carry it. Borrowed. */
JsonObject *nfvo_records_get_vim (NfvoRecords *self);
/* Makes the VirtualLinkRecord of a network if there is none. */
void nfvo_records_add_link (NfvoRecords *self, const char *name);
/* The VirtualLinkRecords. Borrowed. */
JsonArray *nfvo_records_get_links (NfvoRecords *self);

/* The stored VNFR of a VNF. Returns: (nullable): borrowed, valid until it is saved again. */
JsonObject *nfvo_records_get_record (NfvoRecords *self, const char *vnf);
/* "NULL", "INITIALIZED", "INACTIVE", "ACTIVE", "ERROR", "TERMINATED"; NULL while there is no VNFR. */
const char *nfvo_records_get_status (NfvoRecords *self, const char *vnf);

/**
 * NfvoComponent:
 * @vdu: the VDU's entity, borrowed
 * @vnfc: the VNFComponent's entity, borrowed
 *
 * A VNFC of a VNFR that wants a machine.
 */
typedef struct {
  JsonObject *vdu;
  JsonObject *vnfc;
} NfvoComponent;

/**
 * NfvoAddress:
 * @network: the virtual link
 * @ip: its address there
 * @floating_ip: (nullable): where a floating one was asked for
 */
typedef struct {
  char *network;
  char *ip;
  char *floating_ip;
} NfvoAddress;

NfvoAddress *nfvo_address_new (const char *network, const char *ip, const char *floating_ip);
void nfvo_address_free (NfvoAddress *address);

/* GRANT_OPERATION: stores the new @vnfr (takes no reference of it but keeps the tree) and gives ids. Errors:
 * VNFM_ERROR_INVALID (a member that the NFVO needs is missing, ids are there already), VNFM_ERROR_NOT_FOUND (NSR). */
JsonObject *nfvo_records_grant (NfvoRecords *self, JsonObject *vnfr, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* ALLOCATE_RESOURCES, in two halves, because machines take time. First the question is checked and saved... */
JsonObject *nfvo_records_begin_allocation (NfvoRecords *self, JsonObject *question,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* ...its VNFCs without an instance are listed (element-type NfvoComponent)... */
GArray *nfvo_records_list_components (JsonObject *vnfr);
/* ...each gets its instance (@addresses: (element-type NfvoAddress))... */
void nfvo_records_add_instance (NfvoRecords *self, JsonObject *vnfr, const NfvoComponent *component,
                                const char *hostname, const char *vc_id, const char *state, GPtrArray *addresses);
/* ...and the record is as it is answered; @failure: (nullable): the history tells it. */
void nfvo_records_end_allocation (NfvoRecords *self, JsonObject *vnfr, const char *failure);

/* Saves the VNFR of a result (INSTANTIATE, MODIFY, START, RELEASE_RESOURCES, ERROR); @message: of an ERROR.
 * Returns: the stored VNFR, borrowed. Errors: VNFM_ERROR_INVALID: stale, of another service, or not complete. */
JsonObject *nfvo_records_save (NfvoRecords *self, JsonObject *vnfr, VnfmAction action, const char *message,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
