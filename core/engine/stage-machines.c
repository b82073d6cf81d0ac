/* SPDX-License-Identifier: Apache-2.0 */
/* The machines: await them, deliver the package's files to them. Both go on side by side for all VNFCs. */
#include "config.h"

#include "core/engine/operation-private.h"
#include "core/engine/stages.h"

/* Some of the VNFCs still work on it; the first error is the stage's. */
typedef struct {
  guint pending;
  GError *error;
  GPtrArray *scripts; /* deliver */
  char *url;          /* deliver: of a git repository, nullable */
} Fan;

static void
fan_free (Fan *fan)
{
  g_clear_error (&fan->error);
  g_clear_pointer (&fan->scripts, g_ptr_array_unref);
  g_free (fan->url);
  g_free (fan);
}

/* One VNFC of it. */
typedef struct {
  GTask *task;
  VnfmVnfc *vnfc;
  guint next; /* script */
} Branch;

static Branch *
branch_new (GTask *task, VnfmVnfc *vnfc)
{
  Branch *branch = g_new0 (Branch, 1);

  branch->task = g_object_ref (task);
  branch->vnfc = vnfm_vnfc_ref (vnfc);
  ((Fan *)g_task_get_task_data (task))->pending++;
  return branch;
}

static void
fan_finish (GTask *task)
{
  Fan *fan = g_task_get_task_data (task);

  if (fan->error != NULL)
    g_task_return_error (task, g_steal_pointer (&fan->error));
  else
    g_task_return_boolean (task, TRUE);
}

/* Takes @branch and, if it is not NULL, @error. */
static void
branch_end (Branch *branch, GError *error)
{
  g_autoptr (GTask) task = branch->task;
  Fan *fan = g_task_get_task_data (task);

  if (error != NULL && fan->error == NULL)
    fan->error = error;
  else
    g_clear_error (&error);
  vnfm_vnfc_unref (branch->vnfc);
  g_free (branch);
  if (--fan->pending == 0)
    fan_finish (task);
}

/* ---- await */

static void
machine_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Branch *branch = user_data;
  EngineOperation *self = g_task_get_source_object (branch->task);
  GError *error = NULL;

  if (vnfm_ems_await_finish (VNFM_EMS (source), result, &error)) {
    if (self->awaited != NULL)
      g_ptr_array_remove (self->awaited, branch->vnfc);
    g_info ("%s: machine %s is ready", engine_operation_get_title (self), branch->vnfc->hostname);
  } else
    g_prefix_error (&error, "machine %s: ", branch->vnfc->hostname);
  branch_end (branch, error);
}

void
stage_await (EngineOperation *self, GTask *task)
{
  GPtrArray *vnfcs = vnfm_operation_get_vnfcs (VNFM_OPERATION (self));
  VnfmEms *ems = vnfm_operation_get_ems (VNFM_OPERATION (self));
  Fan *fan = g_new0 (Fan, 1);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, fan, (GDestroyNotify)fan_free);
  self->awaited = g_ptr_array_new_with_free_func ((GDestroyNotify)vnfm_vnfc_unref);
  for (guint i = 0; i < vnfcs->len; i++)
    g_ptr_array_add (self->awaited, vnfm_vnfc_ref (g_ptr_array_index (vnfcs, i)));
  engine_operation_rest (self);

  fan->pending = 1; /* until all are asked */
  g_autoptr (GPtrArray) asked = g_ptr_array_ref (vnfcs);
  for (guint i = 0; i < asked->len; i++) {
    VnfmVnfc *vnfc = g_ptr_array_index (asked, i);
    vnfm_ems_await_async (ems, vnfc, self->cancellable, machine_ready, branch_new (task, vnfc));
  }
  if (--fan->pending == 0)
    fan_finish (task);
  g_object_unref (task);
}

/* ---- deliver */

static void deliver_next (Branch *branch);

/* For the operator. @what: NULL: nothing more goes to this machine. */
static void
tell_delivery (EngineOperation *self, Branch *branch, const char *what)
{
  g_autofree char *id = g_strconcat ("deliver/", vnfm_vnfc_get_key (branch->vnfc), NULL);

  engine_operation_forget_running (self, id);
  if (what != NULL)
    engine_operation_set_running (self, id, branch->vnfc, what);
}

static void
file_delivered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Branch *branch = user_data;
  Fan *fan = g_task_get_task_data (branch->task);
  VnfmScript *script = g_ptr_array_index (fan->scripts, branch->next);
  GError *error = NULL;

  tell_delivery (g_task_get_source_object (branch->task), branch, NULL);
  if (!vnfm_ems_put_script_finish (VNFM_EMS (source), result, &error)) {
    g_prefix_error (&error, "file %s to %s: ", script->name, branch->vnfc->hostname);
    branch_end (branch, error);
    return;
  }
  branch->next++;
  deliver_next (branch);
}

static void
deliver_next (Branch *branch)
{
  EngineOperation *self = g_task_get_source_object (branch->task);
  Fan *fan = g_task_get_task_data (branch->task);

  if (branch->next < fan->scripts->len && fan->error == NULL) {
    VnfmScript *script = g_ptr_array_index (fan->scripts, branch->next);
    g_autofree char *what = g_strdup_printf ("file %s (%u of %u)", script->name, branch->next + 1, fan->scripts->len);
    tell_delivery (self, branch, what);
    vnfm_ems_put_script_async (vnfm_operation_get_ems (VNFM_OPERATION (self)), branch->vnfc, script, self->cancellable,
                               file_delivered, branch);
  } else
    branch_end (branch, NULL);
}

/* The URL may hold a password, and what failed may repeat it. */
static GError *
tell_repository (GError *error, const char *url, const VnfmVnfc *vnfc)
{
  g_autoptr (GError) whole = error;
  g_autofree char *shown = vnfm_ems_hide_password (url, url);
  g_autofree char *text = vnfm_ems_hide_password (url, whole->message);

  return g_error_new (whole->domain, whole->code, "repository %s on %s: %s", shown, vnfc->hostname, text);
}

static void
repository_cloned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Branch *branch = user_data;
  Fan *fan = g_task_get_task_data (branch->task);
  GError *error = NULL;

  tell_delivery (g_task_get_source_object (branch->task), branch, NULL);
  if (!vnfm_ems_clone_scripts_finish (VNFM_EMS (source), result, &error))
    error = tell_repository (error, fan->url, branch->vnfc);
  branch_end (branch, error);
}

static void
deliver (EngineOperation *self, GTask *task)
{
  GPtrArray *vnfcs = vnfm_operation_get_vnfcs (VNFM_OPERATION (self));
  VnfmEms *ems = vnfm_operation_get_ems (VNFM_OPERATION (self));
  Fan *fan = g_task_get_task_data (task);

  fan->pending = 1; /* until all have begun */
  for (guint i = 0; i < vnfcs->len; i++) {
    Branch *branch = branch_new (task, g_ptr_array_index (vnfcs, i));
    if (fan->url != NULL) {
      g_autofree char *shown = vnfm_ems_hide_password (fan->url, fan->url);
      g_autofree char *what = g_strdup_printf ("git clone of %s", shown);
      tell_delivery (self, branch, what);
      vnfm_ems_clone_scripts_async (ems, branch->vnfc, fan->url, self->cancellable, repository_cloned, branch);
    } else
      deliver_next (branch);
  }
  if (--fan->pending == 0)
    fan_finish (task);
}

static void
have_package (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EngineOperation *self = ENGINE_OPERATION (source);
  g_autoptr (GTask) task = user_data;
  Fan *fan = g_task_get_task_data (task);
  GError *error = NULL;

  if (!engine_operation_need_message_finish (self, result, &error) ||
      (fan->scripts = vnfm_message_dup_scripts (self->message, &fan->url, &error)) == NULL) {
    g_prefix_error (&error, "the VNF package: ");
    g_task_return_error (task, error);
    return;
  }
  deliver (self, task);
}

/* Files may be delivered again: writing them twice is the same as once. */
void
stage_deliver (EngineOperation *self, GTask *task)
{
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_new0 (Fan, 1), (GDestroyNotify)fan_free);
  engine_operation_need_message_async (self, have_package, task);
}
