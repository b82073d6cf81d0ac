/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the steps of loading share: making parts of the model, lists of strings. */

#include "core/package/nsd.h"

G_BEGIN_DECLS

#define NFVO_MAX_VNFS         1000
#define NFVO_MAX_DEPENDENCIES 10000
#define NFVO_MAX_FINDINGS     1000
#define NFVO_MAX_NAME         100

NfvoService *nfvo_service_new (const char *file);
NfvoVnf *nfvo_vnf_new (void);
NfvoVdu *nfvo_vdu_new (const char *name);
NfvoVnfc *nfvo_vnfc_new (void);
NfvoEvent *nfvo_event_new (const char *name);
NfvoRequirement *nfvo_requirement_new (const char *source);
NfvoDependency *nfvo_dependency_new (const char *source, const char *target);
GPtrArray *nfvo_dependencies_list_new (void);

gboolean nfvo_texts_contain (GPtrArray *texts, const char *text);
void nfvo_texts_add_once (GPtrArray *texts, const char *text);
/* The strings of @array (nullable). */
void nfvo_texts_add_array (GPtrArray *texts, JsonArray *array);
/* "a, b, c". Returns: (transfer full). */
char *nfvo_texts_join (GPtrArray *texts);
gboolean nfvo_text_has_control (const char *text);
/* Control characters as U+FFFD: nothing that a file says reaches the terminal as a command. Returns: (transfer full).
 */
char *nfvo_text_printable (const char *text);

/* Tells what is odd about a VNFD as it was written, before it was made regular (nsd-oddities.c). */
void nfvo_service_tell_vnfd (NfvoService *self, const char *object, JsonObject *vnfd);
/* The same of the text as such: byte order mark, line ends, tabs, repeated names. */
void nfvo_service_tell_text (NfvoService *self, GBytes *text);

/* "file:line: ", or "". Returns: (transfer full). */
char *nfvo_finding_dup_place (const NfvoFinding *finding);
/* Whether scripts of @event are run. */
gboolean nfvo_event_is_run (VnfmEvent event);
/* The file of a script entry, which may have arguments. Returns: (transfer full). */
char *nfvo_script_dup_file (const char *script);
/* Whether it is one VNF without its service: what others provide cannot be known. */
gboolean nfvo_service_is_alone (NfvoService *self);

/* The steps of nfvo_service_check(). */
void nfvo_service_check_values (NfvoService *self);
void nfvo_service_check_scripts (NfvoService *self);

G_END_DECLS
