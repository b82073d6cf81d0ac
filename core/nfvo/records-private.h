/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/nfvo/records.h"

G_BEGIN_DECLS

/* Shared by records.c (saving), records-check.c and records-allocate.c. */

struct _NfvoRecords {
  VnfmClock *clock;
  char *nsr_id;
  char *ns_descriptor_id;
  char *project_id;
  JsonObject *vim;
  JsonArray *links;
  GHashTable *records; /* VNF name -> JsonObject */
};

/* records.c */
void records_add_history (NfvoRecords *self, JsonObject *vnfr, const char *event, const char *description);
/* What every task of the NFVO does to a VNFR; @message: (nullable): of an error. */
void records_note_outcome (NfvoRecords *self, JsonObject *vnfr, VnfmAction action, const char *message);
/* Counts a save; @read_back: the record comes from the database from now on. */
void records_bump (NfvoRecords *self, JsonObject *vnfr, gboolean read_back);
void records_remember (NfvoRecords *self, JsonObject *vnfr);

/* records-check.c */
gboolean records_check_service (NfvoRecords *self, JsonObject *vnfr, GError **error);
gboolean records_check_lock (JsonObject *stored, JsonObject *vnfr, GError **error);
gboolean records_check_grant (NfvoRecords *self, JsonObject *vnfr, GError **error);
gboolean records_check_vims (NfvoRecords *self, JsonObject *question, JsonObject *vnfr, GError **error);
/* An instance that INSTANTIATE hands back must be usable as a source of dependencies. */
gboolean records_check_instances (JsonObject *vnfr, GError **error);

G_END_DECLS
