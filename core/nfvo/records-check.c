/* SPDX-License-Identifier: Apache-2.0 */
/* What an NFVO checks before it saves anything: is it of a service it knows, is it complete, is it the newest. */
#include "config.h"

#include "core/nfvo/records-private.h"

#include "core/package/entity.h"

/* ---- the optimistic lock */

typedef struct {
  GHashTable *versions; /* id -> version + 1 */
  GError *error;
} Lock;

static void
learn_version (JsonObject *entity, const char *member, gpointer user_data)
{
  Lock *lock = user_data;
  const char *id = vnfm_json_get_string (entity, "id");

  if (id != NULL)
    g_hash_table_insert (lock->versions, g_strdup (id),
                         GINT_TO_POINTER ((int)vnfm_json_get_int (entity, "hbVersion", 0) + 1));
}

static void
check_version (JsonObject *entity, const char *member, gpointer user_data)
{
  static const char *const needed[] = { "vnfr", "vdu", "vnfc_instance", NULL };
  Lock *lock = user_data;
  const char *id = vnfm_json_get_string (entity, "id");
  gint64 version = vnfm_json_get_int (entity, "hbVersion", 0);
  int known = id != NULL ? GPOINTER_TO_INT (g_hash_table_lookup (lock->versions, id)) : 0;

  if (lock->error != NULL)
    return;
  if (known == 0 && g_strv_contains (needed, member))
    lock->error = g_error_new (VNFM_ERROR, VNFM_ERROR_INVALID, "%s %s is not in the NFVO's database", member,
                               id != NULL ? id : "without an id");
  else if (known != 0 && version != known - 1)
    lock->error =
        g_error_new (VNFM_ERROR, VNFM_ERROR_INVALID, "stale %s %s: hbVersion is %" G_GINT64_FORMAT ", the NFVO's is %d",
                     member, id, version, known - 1);
  else if (known == 0 && id != NULL)
    json_object_remove_member (entity, "id"); /* replaced when it is stored */
}

gboolean
records_check_lock (JsonObject *stored, JsonObject *vnfr, GError **error)
{
  Lock lock = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), NULL };

  nfvo_entity_foreach (stored, "vnfr", learn_version, &lock);
  nfvo_entity_foreach (vnfr, "vnfr", check_version, &lock);
  g_hash_table_unref (lock.versions);
  if (lock.error != NULL)
    g_propagate_error (error, lock.error);
  return lock.error == NULL;
}

gboolean
records_check_service (NfvoRecords *self, JsonObject *vnfr, GError **error)
{
  const char *nsr_id = vnfm_json_get_string (vnfr, "parent_ns_id");

  if (vnfm_json_get_string (vnfr, "name") == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR has no name");
    return FALSE;
  }
  if (g_strcmp0 (nsr_id, self->nsr_id) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "no network service %s", nsr_id != NULL ? nsr_id : "(none)");
    return FALSE;
  }
  if (vnfm_json_get_array (vnfr, "vdu") == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR has no array vdu");
    return FALSE;
  }
  return TRUE;
}

static gboolean
need_arrays (JsonObject *object, const char *const *names, const char *where, GError **error)
{
  for (guint i = 0; names[i] != NULL; i++) {
    if (vnfm_json_get_array (object, names[i]) == NULL) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "%s has no array %s", where, names[i]);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
records_check_grant (NfvoRecords *self, JsonObject *vnfr, GError **error)
{
  static const char *const of_vnfr[] = { "vdu", "lifecycle_event_history", "vnf_address", NULL };
  static const char *const of_vdu[] = { "vm_image", "vimInstanceName", "vnfc", "vnfc_instance", NULL };
  static const char *const of_vnfc[] = { "connection_point", NULL };
  JsonArray *vdus;

  if (!records_check_service (self, vnfr, error) || !need_arrays (vnfr, of_vnfr, "the VNFR", error))
    return FALSE;
  if (vnfm_json_get_string (vnfr, "descriptor_reference") == NULL || vnfm_json_get_string (vnfr, "endpoint") == NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR has no descriptor_reference or endpoint");
    return FALSE;
  }
  if (vnfm_json_get_string (vnfr, "id") != NULL) {
    g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the VNFR of a GRANT_OPERATION has an id already");
    return FALSE;
  }
  vdus = vnfm_json_get_array (vnfr, "vdu");
  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    JsonObject *vdu = vnfm_json_element_object (vdus, i);
    JsonArray *vnfcs = vnfm_json_get_array (vdu, "vnfc");
    if (vnfm_json_get_string (vdu, "id") != NULL) {
      g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a VDU of a GRANT_OPERATION has an id already");
      return FALSE;
    }
    if (!need_arrays (vdu, of_vdu, "a VDU", error))
      return FALSE;
    for (guint j = 0; j < json_array_get_length (vnfcs); j++)
      if (!need_arrays (vnfm_json_element_object (vnfcs, j), of_vnfc, "a VNFC", error))
        return FALSE;
  }
  return TRUE;
}

gboolean
records_check_vims (NfvoRecords *self, JsonObject *question, JsonObject *vnfr, GError **error)
{
  JsonObject *vims = vnfm_json_get_object (question, "vimInstances");
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");

  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    const char *id = vnfm_json_get_string (vnfm_json_element_object (vdus, i), "id");
    JsonObject *vim = id != NULL ? vnfm_json_get_object (vims, id) : NULL;
    const char *vim_id = vnfm_json_get_string (vim, "id");
    if (vim == NULL || vnfm_json_get_string (vim, "type") == NULL ||
        g_strcmp0 (vim_id, vnfm_json_get_string (self->vim, "id")) != 0) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VDU %s has no VIM of this NFVO in vimInstances",
                   id != NULL ? id : "without an id");
      return FALSE;
    }
  }
  return TRUE;
}

/* An instance that INSTANTIATE hands back must be usable as a source of dependencies. */
gboolean
records_check_instances (JsonObject *vnfr, GError **error)
{
  static const char *const needed[] = { "ips", "floatingIps", NULL };
  JsonArray *vdus = vnfm_json_get_array (vnfr, "vdu");

  for (guint i = 0; i < json_array_get_length (vdus); i++) {
    JsonArray *instances = vnfm_json_get_array (vnfm_json_element_object (vdus, i), "vnfc_instance");
    if (instances == NULL) {
      g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a VDU has no array vnfc_instance");
      return FALSE;
    }
    for (guint j = 0; j < json_array_get_length (instances); j++)
      if (!need_arrays (vnfm_json_element_object (instances, j), needed, "a VNFC instance", error))
        return FALSE;
  }
  return TRUE;
}
