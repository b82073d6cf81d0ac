/* SPDX-License-Identifier: Apache-2.0 */
/* How commands reach a machine. A back-end implements what it can; what it leaves out fails with
 * VNFM_ERROR_NOT_SUPPORTED, so that callers need not ask first. */
#include "config.h"

#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-error.h>

#include <string.h>

#define USER_DATA_MAX (256 * 1024)

G_DEFINE_ABSTRACT_TYPE (VnfmEms, vnfm_ems, VNFM_TYPE_EXTENSION)

enum { REGISTERED, LOST, OUTPUT, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
vnfm_ems_class_init (VnfmEmsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  signals[REGISTERED] =
      g_signal_new ("registered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[LOST] = g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OUTPUT] = g_signal_new ("output", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_STRING,
                                  G_TYPE_STRING, G_TYPE_INT64, G_TYPE_STRING);
}

static void
vnfm_ems_init (VnfmEms *self)
{
}

static void
report_unsupported (VnfmEms *self, gpointer tag, const char *what, GAsyncReadyCallback callback, gpointer user_data)
{
  g_task_report_new_error (self, callback, user_data, tag, VNFM_ERROR, VNFM_ERROR_NOT_SUPPORTED, "%s cannot %s",
                           G_OBJECT_TYPE_NAME (self), what);
}

void
vnfm_ems_await_async (VnfmEms *self, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->await_async != NULL)
    klass->await_async (self, vnfc, cancellable, callback, user_data);
  else
    report_unsupported (self, vnfm_ems_await_async, "await a machine", callback, user_data);
}

gboolean
vnfm_ems_await_finish (VnfmEms *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), FALSE);

  if (g_async_result_is_tagged (result, vnfm_ems_await_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return VNFM_EMS_GET_CLASS (self)->await_finish (self, result, error);
}

void
vnfm_ems_put_script_async (VnfmEms *self, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->put_script_async != NULL)
    klass->put_script_async (self, vnfc, script, cancellable, callback, user_data);
  else
    report_unsupported (self, vnfm_ems_put_script_async, "deliver a file", callback, user_data);
}

gboolean
vnfm_ems_put_script_finish (VnfmEms *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), FALSE);

  if (g_async_result_is_tagged (result, vnfm_ems_put_script_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return VNFM_EMS_GET_CLASS (self)->put_script_finish (self, result, error);
}

void
vnfm_ems_update_script_async (VnfmEms *self, VnfmVnfc *vnfc, VnfmScript *script, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->update_script_async != NULL)
    klass->update_script_async (self, vnfc, script, cancellable, callback, user_data);
  else
    report_unsupported (self, vnfm_ems_update_script_async, "update a script", callback, user_data);
}

gboolean
vnfm_ems_update_script_finish (VnfmEms *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), FALSE);

  if (g_async_result_is_tagged (result, vnfm_ems_update_script_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return VNFM_EMS_GET_CLASS (self)->update_script_finish (self, result, error);
}

void
vnfm_ems_clone_scripts_async (VnfmEms *self, VnfmVnfc *vnfc, const char *url, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->clone_scripts_async != NULL)
    klass->clone_scripts_async (self, vnfc, url, cancellable, callback, user_data);
  else
    report_unsupported (self, vnfm_ems_clone_scripts_async, "clone a repository", callback, user_data);
}

gboolean
vnfm_ems_clone_scripts_finish (VnfmEms *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), FALSE);

  if (g_async_result_is_tagged (result, vnfm_ems_clone_scripts_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return VNFM_EMS_GET_CLASS (self)->clone_scripts_finish (self, result, error);
}

void
vnfm_ems_put_dependency_async (VnfmEms *self, VnfmVnfc *vnfc, VnfmDependency *dependency, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->put_dependency_async != NULL)
    klass->put_dependency_async (self, vnfc, dependency, cancellable, callback, user_data);
  else
    report_unsupported (self, vnfm_ems_put_dependency_async, "deliver a dependency", callback, user_data);
}

gboolean
vnfm_ems_put_dependency_finish (VnfmEms *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), FALSE);

  if (g_async_result_is_tagged (result, vnfm_ems_put_dependency_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return VNFM_EMS_GET_CLASS (self)->put_dependency_finish (self, result, error);
}

void
vnfm_ems_execute_async (VnfmEms *self, VnfmVnfc *vnfc, const VnfmExecution *execution, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->execute_async != NULL)
    klass->execute_async (self, vnfc, execution, cancellable, callback, user_data);
  else
    report_unsupported (self, vnfm_ems_execute_async, "execute a script", callback, user_data);
}

VnfmScriptResult *
vnfm_ems_execute_finish (VnfmEms *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), NULL);

  if (g_async_result_is_tagged (result, vnfm_ems_execute_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  return VNFM_EMS_GET_CLASS (self)->execute_finish (self, result, error);
}

void
vnfm_ems_cancel_async (VnfmEms *self, VnfmVnfc *vnfc, const char *step_id, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->cancel_async != NULL)
    klass->cancel_async (self, vnfc, step_id, cancellable, callback, user_data);
  else
    report_unsupported (self, vnfm_ems_cancel_async, "cancel a script", callback, user_data);
}

gboolean
vnfm_ems_cancel_finish (VnfmEms *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), FALSE);

  if (g_async_result_is_tagged (result, vnfm_ems_cancel_async))
    return g_task_propagate_boolean (G_TASK (result), error);
  return VNFM_EMS_GET_CLASS (self)->cancel_finish (self, result, error);
}

void
vnfm_ems_forget (VnfmEms *self, VnfmVnfc *vnfc)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->forget != NULL)
    klass->forget (self, vnfc);
}

void
vnfm_ems_add_variables (VnfmEms *self, VnfmRecord *record, GHashTable *variables)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->add_variables != NULL)
    klass->add_variables (self, record, variables);
}

char *
vnfm_ems_describe (VnfmEms *self, VnfmVnfc *vnfc)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), NULL);

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  return klass->describe != NULL ? klass->describe (self, vnfc) : g_strdup ("nothing is known");
}

char *
vnfm_ems_advise (VnfmEms *self, VnfmVnfc *vnfc)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), NULL);

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  return klass->advise != NULL ? klass->advise (self, vnfc) : NULL;
}

GPtrArray *
vnfm_ems_dup_vnfcs (VnfmEms *self, const char *vnfr_id)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), NULL);

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  return klass->dup_vnfcs != NULL ? klass->dup_vnfcs (self, vnfr_id) : g_ptr_array_new ();
}

void
vnfm_ems_probe_async (VnfmEms *self, VnfmVnfc *vnfc, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (VNFM_IS_EMS (self));

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  if (klass->probe_async != NULL)
    klass->probe_async (self, vnfc, cancellable, callback, user_data);
  else
    report_unsupported (self, vnfm_ems_probe_async, "probe a machine", callback, user_data);
}

JsonObject *
vnfm_ems_probe_finish (VnfmEms *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), NULL);

  if (g_async_result_is_tagged (result, vnfm_ems_probe_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  return VNFM_EMS_GET_CLASS (self)->probe_finish (self, result, error);
}

char *
vnfm_ems_hide_password (const char *url, const char *text)
{
  const char *user = strstr (url, "://");
  const char *end = user != NULL ? user + 3 + strcspn (user + 3, "/") : NULL;
  const char *at = end != NULL ? g_strrstr_len (user + 3, end - user - 3, "@") : NULL;
  const char *colon = at != NULL ? memchr (user + 3, ':', (gsize)(at - user - 3)) : NULL;

  if (colon == NULL || colon + 1 == at)
    return g_strdup (text);
  g_autofree char *password = g_strndup (colon, (gsize)(at - colon + 1));
  g_auto (GStrv) parts = g_strsplit (text, password, -1);
  return g_strjoinv (":***@", parts);
}

const char *
vnfm_ems_get_user_data (VnfmEms *self)
{
  g_return_val_if_fail (VNFM_IS_EMS (self), NULL);

  VnfmEmsClass *klass = VNFM_EMS_GET_CLASS (self);
  return klass->get_user_data != NULL ? klass->get_user_data (self) : NULL;
}

/* The source tree's where the program runs from its build tree, so that a template that was once installed elsewhere
 * does not stand in for it. */
static char *
find_user_data (const char *name)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  if (g_path_is_absolute (name))
    return g_strdup (name);
  if (program != NULL && g_str_has_prefix (program, VNFM_BUILDDIR "/"))
    return g_build_filename (VNFM_SRCDIR, "data", name, NULL);
  return g_build_filename (VNFM_DATADIR, name, NULL);
}

char *
vnfm_ems_read_user_data (const char *name, GError **error)
{
  g_return_val_if_fail (name != NULL, NULL);

  g_autofree char *path = find_user_data (name);
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, &local)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "the template of the user data: %s", local->message);
    return NULL;
  }
  if (length > USER_DATA_MAX || strlen (text) != length || !g_utf8_validate (text, -1, NULL)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "the template of the user data %s is %s", path,
                 length > USER_DATA_MAX ? "too long" : "no text");
    return NULL;
  }
  return g_steal_pointer (&text);
}

void
vnfm_ems_emit_registered (VnfmEms *self, const char *hostname)
{
  g_return_if_fail (VNFM_IS_EMS (self));
  g_signal_emit (self, signals[REGISTERED], 0, hostname);
}

void
vnfm_ems_emit_lost (VnfmEms *self, const char *hostname)
{
  g_return_if_fail (VNFM_IS_EMS (self));
  g_signal_emit (self, signals[LOST], 0, hostname);
}

void
vnfm_ems_emit_output (VnfmEms *self, const char *step_id, const char *stream, gint64 offset, const char *text)
{
  g_return_if_fail (VNFM_IS_EMS (self));
  g_signal_emit (self, signals[OUTPUT], 0, step_id, stream, offset, text);
}
