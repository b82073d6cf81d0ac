/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <vnfm/vnfm-vnfc.h>

#include <vnfm/vnfm-error.h>

#define MAX_HOST_KEYS 1000

typedef struct {
  gatomicrefcount references;
  VnfmVnfc vnfc;
} Counted;

G_DEFINE_BOXED_TYPE (VnfmVnfc, vnfm_vnfc, vnfm_vnfc_ref, vnfm_vnfc_unref)

static Counted *
counted (VnfmVnfc *self)
{
  return (Counted *)((char *)self - G_STRUCT_OFFSET (Counted, vnfc));
}

static void
address_free (gpointer data)
{
  VnfmAddress *address = data;

  g_free (address->network);
  g_free (address->address);
  g_free (address);
}

/* Entries without a network's name say nothing; those without an address neither. */
static GPtrArray *
read_addresses (JsonArray *array)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (address_free);
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *object = vnfm_json_element_object (array, i);
    const char *network = vnfm_json_get_string (object, "netName");
    const char *ip = vnfm_json_get_string (object, "ip");
    if (network == NULL || ip == NULL)
      continue;
    VnfmAddress *address = g_new0 (VnfmAddress, 1);
    address->network = g_strdup (network);
    address->address = g_strdup (ip);
    g_ptr_array_add (addresses, address);
  }
  return addresses;
}

/* @holder: a VNFC instance, a VNFR. Returns: (transfer full) (nullable). */
static GStrv
read_host_keys (JsonObject *holder)
{
  const char *text = vnfm_json_get_string (vnfm_json_get_object (holder, "metadata"), VNFM_METADATA_HOST_KEYS);
  g_autofree char *lines = g_strstrip (g_strdup (text != NULL ? text : ""));

  return lines[0] != '\0' ? g_strsplit (lines, "\n", MAX_HOST_KEYS) : NULL;
}

void
vnfm_vnfc_default_host_keys (VnfmVnfc *self, JsonObject *record)
{
  if (self->host_keys == NULL)
    self->host_keys = read_host_keys (record);
}

VnfmVnfc *
vnfm_vnfc_new_from_json (JsonObject *instance, const char *vnfr_id, GError **error)
{
  const char *hostname = vnfm_json_get_string (instance, "hostname");
  const char *id = vnfm_json_get_string (instance, "id");

  if (hostname == NULL || hostname[0] == '\0') {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "VNFC instance %s has no hostname",
                 id != NULL ? id : "without id");
    return NULL;
  }
  Counted *self = g_new0 (Counted, 1);
  g_atomic_ref_count_init (&self->references);
  self->vnfc.id = g_strdup (id);
  self->vnfc.vnfr_id = g_strdup (vnfr_id);
  self->vnfc.hostname = g_strdup (hostname);
  self->vnfc.state = g_strdup (vnfm_json_get_string (instance, "state"));
  self->vnfc.component_id = g_strdup (vnfm_json_get_string (vnfm_json_get_object (instance, "vnfComponent"), "id"));
  self->vnfc.ips = read_addresses (vnfm_json_get_array (instance, "ips"));
  self->vnfc.floating_ips = read_addresses (vnfm_json_get_array (instance, "floatingIps"));
  self->vnfc.host_keys = read_host_keys (instance);
  return &self->vnfc;
}

VnfmVnfc *
vnfm_vnfc_ref (VnfmVnfc *self)
{
  g_atomic_ref_count_inc (&counted (self)->references);
  return self;
}

void
vnfm_vnfc_unref (VnfmVnfc *self)
{
  if (!g_atomic_ref_count_dec (&counted (self)->references))
    return;
  g_free (self->id);
  g_free (self->vnfr_id);
  g_free (self->hostname);
  g_free (self->state);
  g_free (self->component_id);
  g_ptr_array_unref (self->ips);
  g_ptr_array_unref (self->floating_ips);
  g_strfreev (self->host_keys);
  g_free (counted (self));
}

const char *
vnfm_vnfc_get_key (const VnfmVnfc *self)
{
  return self->id != NULL ? self->id : self->hostname;
}
