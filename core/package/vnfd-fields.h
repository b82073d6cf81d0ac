/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a member is read, and what stands where the source has none. */
typedef enum {
  NFVO_FIELD_TEXT,     /* a string or number; left out */
  NFVO_FIELD_INT,      /* also as a string; 0 */
  NFVO_FIELD_BOOLEAN,  /* false */
  NFVO_FIELD_NUMBER,   /* as it stands; left out */
  NFVO_FIELD_TEXTS,    /* strings, also a single one; [] */
  NFVO_FIELD_ENTITY,   /* left out */
  NFVO_FIELD_ENTITIES, /* also a single one; [] */
  NFVO_FIELD_AS_IT_IS, /* a list that nobody here looks into; [] */
  NFVO_FIELD_IGNORED,  /* known, and of no use in a descriptor */
  NFVO_FIELD_SPECIAL,  /* known, and read by a function of its own */
} NfvoFieldKind;

typedef struct NfvoField {
  const char *name;
  NfvoFieldKind kind;
  const struct NfvoField *fields;
} NfvoField;

extern const NfvoField nfvo_base_fields[];    /* what every entity may have */
extern const NfvoField nfvo_vnfd_fields[];    /* of a VNFD and of a VNFR */
extern const NfvoField nfvo_flavour_fields[]; /* of a VNFDeploymentFlavour */

G_END_DECLS
