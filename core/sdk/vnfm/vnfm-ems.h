/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-environment.h>
#include <vnfm/vnfm-extension.h>
#include <vnfm/vnfm-script-result.h>
#include <vnfm/vnfm-message.h>
#include <vnfm/vnfm-vnfc.h>

G_BEGIN_DECLS

/**
 * VnfmExecution:
 * @step_id: id of the step; the machine keeps its outcome under it
 * @attach: the step was begun before (a restart lies between): join a run in progress or its outcome, begin it only
 *   where it is certain that it was not begun
 * @script: name, blank, arguments: as in the descriptor
 * @environment: what the script sees
 * @time_limit: microseconds, 0 for none
 * @max_output: bytes of stdout and of stderr each, 0 for none
 *
 * One script on one VNFC. Borrowed during the call.
 */
typedef struct {
  const char *step_id;
  gboolean attach;
  const char *script;
  VnfmEnvironment *environment;
  gint64 time_limit;
  gint64 max_output;
} VnfmExecution;

/**
 * VnfmEms:
 *
 * How commands reach a VNFC's machine: over an agent inside it, or over SSH.
 *
 * Signals: "registered" (host name), "lost" (host name), "output" (step id, stream "stdout" or "stderr", gint64 offset,
 * text): live lines of a running script, best effort.
 */
#define VNFM_TYPE_EMS (vnfm_ems_get_type ())
G_DECLARE_DERIVABLE_TYPE (VnfmEms, vnfm_ems, VNFM, EMS, VnfmExtension)

/**
 * VnfmEmsClass:
 * @await_async: completes when commands to the machine can be carried out; no limit of its own (cancel it)
 * @put_script_async: stores a file under the machine's script root, executable; idempotent
 * @update_script_async: replaces its content, keeping the mode
 * @clone_scripts_async: git clone of @url into the script root
 * @put_dependency_async: stores the dependency's JSON text as the ob_parameters files
 * @execute_async: see #VnfmExecution. A script that ran and failed is a result, not an error. Cancelling kills the
 *   script's process group on the machine and completes with what came of it
 * @execute_finish: Returns: (transfer full): errors: VNFM_ERROR_UNREACHABLE (it was certainly not begun), other
 * @cancel_async: kills the run of @step_id, if any
 * @forget: the VNFR's machines are released: drop what is known of them
 * @add_variables: (nullable): adds what the user data of the VNFR's machines needs to reach back (BROKER_URI, TOKEN,
 *   ...) to @variables (element-type utf8 utf8)
 * @get_user_data: (nullable): the template of the user data that makes a new machine reachable, as text: lines "export
 *   NAME=" get the values of @add_variables. NULL: its machines need none
 * @describe: what is known of the machine, one line for the operator: "agent never seen", "agent lost since T", ...
 * @advise: (nullable): what the operator can do about what @describe says, one line; NULL: nothing is wrong
 * @dup_vnfcs: (nullable): the machines that are known of a VNFR, for when nothing is under way for it: (element-type
 *   VnfmVnfc) (transfer full): perhaps with no more than their names
 * @probe_async: (nullable): asks the machine something harmless, at once; who asks sets the limit by cancelling
 * @probe_finish: Returns: (transfer full): facts, each if it is known: "round-trip" (microseconds), "time" (RFC 3339:
 * the machine's clock), "script-root", "script-root-free" and "state-dir-free" (bytes), "script-root-error" (text)
 */
struct _VnfmEmsClass {
  VnfmExtensionClass parent_class;

  void (*await_async) (VnfmEms *self, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*await_finish) (VnfmEms *self, GAsyncResult *result, GError **error);
  void (*put_script_async) (VnfmEms *self, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*put_script_finish) (VnfmEms *self, GAsyncResult *result, GError **error);
  void (*update_script_async) (VnfmEms *self, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*update_script_finish) (VnfmEms *self, GAsyncResult *result, GError **error);
  void (*clone_scripts_async) (VnfmEms *self, VnfmVnfc *vnfc, const char *url, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*clone_scripts_finish) (VnfmEms *self, GAsyncResult *result, GError **error);
  void (*put_dependency_async) (VnfmEms *self, VnfmVnfc *vnfc, VnfmDependency *dependency, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*put_dependency_finish) (VnfmEms *self, GAsyncResult *result, GError **error);
  void (*execute_async) (VnfmEms *self, VnfmVnfc *vnfc, const VnfmExecution *execution, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
  VnfmScriptResult *(*execute_finish) (VnfmEms *self, GAsyncResult *result, GError **error);
  void (*cancel_async) (VnfmEms *self, VnfmVnfc *vnfc, const char *step_id, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*cancel_finish) (VnfmEms *self, GAsyncResult *result, GError **error);
  void (*forget) (VnfmEms *self, VnfmVnfc *vnfc);
  void (*add_variables) (VnfmEms *self, VnfmRecord *record, GHashTable *variables);
  char *(*describe) (VnfmEms *self, VnfmVnfc *vnfc);
  const char *(*get_user_data) (VnfmEms *self);
  char *(*advise) (VnfmEms *self, VnfmVnfc *vnfc);
  GPtrArray *(*dup_vnfcs) (VnfmEms *self, const char *vnfr_id);
  void (*probe_async) (VnfmEms *self, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data);
  JsonObject *(*probe_finish) (VnfmEms *self, GAsyncResult *result, GError **error);

  gpointer reserved[7];
};

void vnfm_ems_await_async (VnfmEms *self, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean vnfm_ems_await_finish (VnfmEms *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_ems_put_script_async (VnfmEms *self, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_ems_put_script_finish (VnfmEms *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_ems_update_script_async (VnfmEms *self, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_ems_update_script_finish (VnfmEms *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_ems_clone_scripts_async (VnfmEms *self, VnfmVnfc *vnfc, const char *url, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_ems_clone_scripts_finish (VnfmEms *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_ems_put_dependency_async (VnfmEms *self, VnfmVnfc *vnfc, VnfmDependency *dependency,
                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_ems_put_dependency_finish (VnfmEms *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_ems_execute_async (VnfmEms *self, VnfmVnfc *vnfc, const VnfmExecution *execution, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
VnfmScriptResult *vnfm_ems_execute_finish (VnfmEms *self, GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_ems_cancel_async (VnfmEms *self, VnfmVnfc *vnfc, const char *step_id, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
gboolean vnfm_ems_cancel_finish (VnfmEms *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vnfm_ems_forget (VnfmEms *self, VnfmVnfc *vnfc);
void vnfm_ems_add_variables (VnfmEms *self, VnfmRecord *record, GHashTable *variables);
char *vnfm_ems_describe (VnfmEms *self, VnfmVnfc *vnfc);
/* Returns: (transfer full) (nullable). */
char *vnfm_ems_advise (VnfmEms *self, VnfmVnfc *vnfc);
/* Returns: (element-type VnfmVnfc) (transfer full): never NULL. */
GPtrArray *vnfm_ems_dup_vnfcs (VnfmEms *self, const char *vnfr_id);
void vnfm_ems_probe_async (VnfmEms *self, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
JsonObject *vnfm_ems_probe_finish (VnfmEms *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Borrowed (nullable). */
const char *vnfm_ems_get_user_data (VnfmEms *self);
/* For back-ends: reads a template of user data. @name: a path, or the name of one that comes with vnfmd.
 * Returns: (transfer full). Errors: VNFM_ERROR_CONFIG. */
char *vnfm_ems_read_user_data (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Replaces the password of @url, if it has one, wherever it stands in @text: for what is logged or told. Returns:
 * (transfer full). */
char *vnfm_ems_hide_password (const char *url, const char *text);

/* For subclasses: emit the signals. */
void vnfm_ems_emit_registered (VnfmEms *self, const char *hostname);
void vnfm_ems_emit_lost (VnfmEms *self, const char *hostname);
void vnfm_ems_emit_output (VnfmEms *self, const char *step_id, const char *stream, gint64 offset, const char *text);

G_END_DECLS
