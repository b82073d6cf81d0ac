/* SPDX-License-Identifier: Apache-2.0 */
/* A sound EMS back-end beside the real ones: its machines are always ready, and its scripts succeed by themselves. */
#include "config.h"

#include <vnfm/vnfm.h>

typedef struct {
  VnfmEms parent_instance;
} ReadyEms;
typedef VnfmEmsClass ReadyEmsClass;
static GType ready_ems_get_type (void);
G_DEFINE_TYPE (ReadyEms, ready_ems, VNFM_TYPE_EMS)

static void
succeed (VnfmEms *ems, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (ems, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static void
ready_ems_await_async (VnfmEms *ems, G_GNUC_UNUSED VnfmVnfc *vnfc, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  succeed (ems, cancellable, callback, user_data);
}

static void
ready_ems_put_script_async (VnfmEms *ems, G_GNUC_UNUSED VnfmVnfc *vnfc, G_GNUC_UNUSED VnfmScript *script,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  succeed (ems, cancellable, callback, user_data);
}

static gboolean
ready_ems_finish (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, ems), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
ready_ems_execute_async (VnfmEms *ems, G_GNUC_UNUSED VnfmVnfc *vnfc, G_GNUC_UNUSED const VnfmExecution *execution,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (ems, cancellable, callback, user_data);

  g_task_return_pointer (task, vnfm_script_result_new (0, "by itself\n", ""), (GDestroyNotify)vnfm_script_result_free);
}

static VnfmScriptResult *
ready_ems_execute_finish (VnfmEms *ems, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, ems), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static char *
ready_ems_describe (G_GNUC_UNUSED VnfmEms *ems, G_GNUC_UNUSED VnfmVnfc *vnfc)
{
  return g_strdup ("always ready");
}

static void
ready_ems_class_init (ReadyEmsClass *klass)
{
  klass->await_async = ready_ems_await_async;
  klass->await_finish = ready_ems_finish;
  klass->put_script_async = ready_ems_put_script_async;
  klass->put_script_finish = ready_ems_finish;
  klass->execute_async = ready_ems_execute_async;
  klass->execute_finish = ready_ems_execute_finish;
  klass->describe = ready_ems_describe;
}

static void
ready_ems_init (G_GNUC_UNUSED ReadyEms *self)
{
}

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (G_GNUC_UNUSED GError **error)
{
  static const VnfmPluginInfo info = { .kind = VNFM_PLUGIN_EMS,
                                       .name = "ready",
                                       .version = "1.0",
                                       .summary = "an EMS back-end whose machines are always ready",
                                       .get_type = ready_ems_get_type };
  return &info;
}
