/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-enums.h>
#include <vnfm/vnfm-json.h>

G_BEGIN_DECLS

/**
 * VnfmScript:
 * @name: as in the package; may contain "/" (scripts in sub-directories), never arguments
 * @content: the bytes
 *
 * A file of a VNF package.
 */
typedef struct {
  char *name;
  GBytes *content;
} VnfmScript;

#define VNFM_TYPE_SCRIPT (vnfm_script_get_type ())
GType vnfm_script_get_type (void);
VnfmScript *vnfm_script_new (const char *name, GBytes *content);
VnfmScript *vnfm_script_copy (const VnfmScript *script);
void vnfm_script_free (VnfmScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmScript, vnfm_script_free)

/**
 * VnfmMessage:
 *
 * One NFVO message: a flat JSON object with the discriminator "action" (protocol/openbaton.md, B.0). Immutable,
 * reference counted. Decoding finds where each member stands and parses none; members are handed out as slices of the
 * received bytes, and a member that is only passed on is never parsed.
 */
typedef struct _VnfmMessage VnfmMessage;

#define VNFM_TYPE_MESSAGE (vnfm_message_get_type ())
GType vnfm_message_get_type (void);
/* Errors: VNFM_ERROR_INVALID. An absent or unknown action is no error: vnfm_message_get_action() is then
 * VNFM_ACTION_NONE, and vnfm_message_get_action_name() what was written (NULL if absent). */
VnfmMessage *vnfm_message_decode (GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;
VnfmMessage *vnfm_message_ref (VnfmMessage *self);
void vnfm_message_unref (VnfmMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VnfmMessage, vnfm_message_unref)

VnfmAction vnfm_message_get_action (VnfmMessage *self);
const char *vnfm_message_get_action_name (VnfmMessage *self);
GBytes *vnfm_message_get_body (VnfmMessage *self);
/* Returns: (transfer full) (nullable): the member's JSON text, sharing the body's memory; NULL if absent or null. */
GBytes *vnfm_message_dup_member (VnfmMessage *self, const char *name);
/* Returns: (transfer full) (nullable): a string member, unescaped; NULL if absent or no string. */
char *vnfm_message_dup_string (VnfmMessage *self, const char *name);
/* Returns: (transfer full) (nullable): the VNFR's text, be it "vnfr" or "virtualNetworkFunctionRecord" (B.4). */
GBytes *vnfm_message_dup_record_text (VnfmMessage *self);
/* Returns: (transfer full) (nullable): the dependency's text, be it "vnfrd", "dependency" or "vnfrDependency" (B.4). */
GBytes *vnfm_message_dup_dependency_text (VnfmMessage *self);
/* The files of "vnfPackage" (or the one of "script"), payloads decoded; empty if there are none.
 * @scripts_link: (out) (transfer full) (nullable) (optional): the package's git URL.
 * Returns: (element-type VnfmScript) (transfer full); NULL with VNFM_ERROR_INVALID if the package cannot be read, which
 * includes a name that leads out of it and a script without a payload. */
GPtrArray *vnfm_message_dup_scripts (VnfmMessage *self, char **scripts_link, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Composes a message: pairs of member name and JSON text (GBytes *, a NULL text leaves the member out), ended by NULL;
 * "action" goes last, as Gson writes it; VNFM_ACTION_NONE leaves it out. */
GBytes *vnfm_message_compose (VnfmAction action, ...) G_GNUC_NULL_TERMINATED;
/* JSON text of a string, for vnfm_message_compose(). Returns: (transfer full) (nullable): NULL for NULL. */
GBytes *vnfm_message_string (const char *value);

G_END_DECLS
