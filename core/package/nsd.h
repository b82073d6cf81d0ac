/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/package/package.h"

G_BEGIN_DECLS

/* A network service as an NFVO understands its descriptor. Read in three steps: nsd-parse.c makes it of one JSON text,
 * nsd-load.c finds the packages that it names, nsd-link.c ties VNFs, dependencies and scripts together and says what is
 * odd. Whoever wants a service calls nfvo_service_load(). */

/**
 * NfvoLevel:
 * @NFVO_HINT: an oddity, read all the same
 * @NFVO_WARNING: it will probably not do what its author wants
 * @NFVO_ERROR: it cannot be meant; a service with one is not run
 */
typedef enum {
  NFVO_HINT,
  NFVO_WARNING,
  NFVO_ERROR,
} NfvoLevel;

/**
 * NfvoFinding:
 * @flag: a few fixed words for the sort of finding, the same for all of its sort ("vm_image empty list")
 * @object: (nullable): what it is about ("VNF web, VDU 1"); NULL: the whole file
 * @file: (nullable): where it stands, if that is not plain from @object
 * @line: in @file, from 1; 0: the whole of it
 * @text: what was found, and what was made of it
 */
typedef struct {
  NfvoLevel level;
  char *flag;
  char *object;
  char *file;
  guint line;
  char *text;
} NfvoFinding;

/**
 * NfvoConnectionPoint:
 * @network: name of the virtual link
 * @floating_ip: (nullable): "random" or the address that is asked for; NULL: none
 */
typedef struct {
  char *network;
  char *floating_ip;
} NfvoConnectionPoint;

/* One VNFC: one machine. @connection_points: (element-type NfvoConnectionPoint) */
typedef struct {
  GPtrArray *connection_points;
} NfvoVnfc;

/**
 * NfvoVdu:
 * @images: (element-type utf8): of the descriptor, or those of the package; may be empty
 * @vims: (element-type utf8): vimInstanceName; empty means any
 * @vnfcs: (element-type NfvoVnfc)
 */
typedef struct {
  char *name;
  GPtrArray *images;
  GPtrArray *vims;
  GPtrArray *vnfcs;
} NfvoVdu;

/**
 * NfvoEvent:
 * @name: as in the descriptor
 * @event: VNFM_EVENT_NONE if there is no such event
 * @scripts: (element-type utf8): in order, arguments included
 */
typedef struct {
  char *name;
  VnfmEvent event;
  GPtrArray *scripts;
} NfvoEvent;

/* A configuration parameter. @value: (nullable) */
typedef struct {
  char *key;
  char *value;
} NfvoParameter;

/* An entry of a VNFD's "requires". @source: name (or type) of a VNF; @parameters: (element-type utf8) */
typedef struct {
  char *source;
  GPtrArray *parameters;
} NfvoRequirement;

/**
 * NfvoVnf:
 * @reference: (nullable): the id by which the NSD names the VNFD; NULL: the VNFD stands in the NSD itself
 * @name: unique in the service; of a reference that was not found, the reference
 * @endpoint: the VNFM that is meant; the type where the descriptor names none
 * @vnfd: (nullable): the VNFD as an NFVO holds it, without ids; NULL: a reference that was not found
 * @networks: (element-type utf8): its virtual links
 * @vdus: (element-type NfvoVdu)
 * @events: (element-type NfvoEvent)
 * @configurations: (element-type NfvoParameter)
 * @requires: (element-type NfvoRequirement)
 * @provides: (element-type utf8)
 * @package: (nullable): its files; NULL: none were found (also where @scripts_link says that git has them)
 * @scripts_link: (nullable): git URL of the scripts, not fetched
 * @cyclic: it takes part in a circle of dependencies
 *
 * No list is ever NULL.
 */
typedef struct {
  char *reference;
  char *name;
  char *type;
  char *vendor;
  char *version;
  char *endpoint;
  JsonObject *vnfd;
  GPtrArray *networks;
  GPtrArray *vdus;
  GPtrArray *events;
  GPtrArray *configurations;
  GPtrArray *requires;
  GPtrArray *provides;
  NfvoPackage *package;
  char *scripts_link;
  gboolean cyclic;
} NfvoVnf;

/**
 * NfvoDependency:
 * @source: name of the VNF whose values are wanted
 * @target: name of the VNF that gets them
 * @parameters: (element-type utf8)
 *
 * At most one for a pair. Source and target are VNFs of the service (others are an error among the findings), and may
 * be the same.
 */
typedef struct {
  char *source;
  char *target;
  GPtrArray *parameters;
} NfvoDependency;

/**
 * NfvoService:
 * @file: where it was read from
 * @kind: "NSD", "VNFD", "NSR", "VNFR" or "event" (an NFVO's notification around a record)
 * @networks: (element-type utf8): names of the virtual links, those of the VNFs included
 * @vnfs: (element-type NfvoVnf): in the order of the file
 * @dependencies: (element-type NfvoDependency): stated ones and those that follow from "requires"
 * @stated_dependencies: how many entries vnf_dependency has
 * @findings: (element-type NfvoFinding): in the order in which they were found
 */
typedef struct {
  char *file;
  const char *kind;
  char *name;
  char *vendor;
  char *version;
  GPtrArray *networks;
  GPtrArray *vnfs;
  GPtrArray *dependencies;
  guint stated_dependencies;
  GPtrArray *findings;
} NfvoService;

/**
 * NfvoLoadOptions:
 * @packages: (nullable): "PATH" (a package, or a folder of packages) or "ID=PATH", ID being the id by which the NSD
 * names a VNFD, or a VNF's name
 * @scripts: (nullable): folder of the scripts of all VNFs that have no package
 */
typedef struct {
  const char *const *packages;
  const char *scripts;
} NfvoLoadOptions;

/* Reads a descriptor, or the folder of a service or a package, and the packages that it needs.
 * Errors: what makes the file unreadable as a whole, prefixed with its name: VNFM_ERROR_STORE, VNFM_ERROR_LIMIT,
 * VNFM_ERROR_INVALID (JSON, with line and column; not a descriptor), VNFM_ERROR_NOT_SUPPORTED (TOSCA, other archives
 * than tar). All else is among the findings: ask nfvo_service_has_errors(). */
NfvoService *nfvo_service_load (const char *path, const NfvoLoadOptions *options,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void nfvo_service_free (NfvoService *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoService, nfvo_service_free)

gboolean nfvo_service_has_errors (NfvoService *self);
/* Returns: (nullable): borrowed. */
NfvoVnf *nfvo_service_find_vnf (NfvoService *self, const char *name);
/* One line: "VNF web, VDU 1: file:line: text". Returns: (transfer full). */
char *nfvo_finding_describe (const NfvoFinding *finding);

/* ---- the steps of loading, for nsd-load.c and tests */

/* @file: for messages. Pure. Errors: as nfvo_service_load(). */
NfvoService *nfvo_service_parse (const char *file, GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes the VNF of a reference whose VNFD was found. Pure; what is wrong is among the findings of @self. */
void nfvo_service_fill_vnf (NfvoService *self, NfvoVnf *vnf, JsonObject *vnfd);
/* Resolves dependencies, adds those of "requires", checks names, events and scripts. Pure. */
void nfvo_service_link (NfvoService *self);
/* Last step: looks into the scripts, and at what dependencies ask for (check-*.c). Pure. */
void nfvo_service_check (NfvoService *self);
void nfvo_service_tell (NfvoService *self, NfvoLevel level, const char *flag, const char *object, const char *format,
                        ...) G_GNUC_PRINTF (5, 6);
void nfvo_service_tell_at (NfvoService *self, NfvoLevel level, const char *flag, const char *object, const char *file,
                           guint line, const char *format, ...) G_GNUC_PRINTF (7, 8);
void nfvo_vnf_free (NfvoVnf *vnf);

G_END_DECLS
