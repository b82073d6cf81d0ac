/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Private to libvnfm: copies of the NFVO's entities by a table of their members, with neither ids nor what is unknown.
 */

#include <json-glib/json-glib.h>

/* How a member is read, leniently, and what it is where the source has none.
 * COPY_TEXT: a string, left out; COPY_INT: 0; COPY_BOOLEAN: false; COPY_NUMBER: as it stands, 0;
 * COPY_TEXTS: an array of strings (or the one string), []; COPY_MAP: an object of strings, left out if it is empty. */
typedef enum {
  COPY_TEXT,
  COPY_INT,
  COPY_BOOLEAN,
  COPY_NUMBER,
  COPY_TEXTS,
  COPY_MAP,
} CopyKind;

typedef struct {
  const char *name;
  CopyKind kind;
} CopyField;

/* Adds to @to what has no place in the table. */
typedef void (*CopyMore) (JsonObject *to, JsonObject *from, gpointer user_data);

/* An entity that was never stored: hbVersion 0, shared false. */
JsonObject *json_new_entity (void);
/* @fields end with a NULL name; @from may be NULL. */
JsonObject *json_copy_entity (JsonObject *from, const CopyField *fields);
/* Copies each object of @from (nullable). @more: (nullable). */
JsonArray *json_copy_entities (JsonArray *from, const CopyField *fields, CopyMore more, gpointer user_data);
/* The strings of an array, or the one string, as an array. */
JsonArray *json_copy_texts (JsonObject *from, const char *name);
JsonObject *json_copy_map (JsonObject *from, const char *name);
