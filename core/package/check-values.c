/* SPDX-License-Identifier: Apache-2.0 */
/* What dependencies ask for, held against what their sources have: a value that nobody provides reaches the scripts
 * empty, or not at all, and nothing else says so. */
#include "config.h"

#include "core/package/nsd-private.h"

#include <string.h>

static const NfvoParameter *
find_configuration (const NfvoVnf *vnf, const char *key)
{
  for (guint i = 0; i < vnf->configurations->len; i++) {
    const NfvoParameter *parameter = vnf->configurations->pdata[i];
    if (g_str_equal (parameter->key, key))
      return parameter;
  }
  return NULL;
}

/* @floating: the network's floating address is meant, else its own. */
static gboolean
has_address (const NfvoVnf *vnf, const char *network, gsize length, gboolean floating)
{
  for (guint i = 0; i < vnf->vdus->len; i++) {
    const NfvoVdu *vdu = vnf->vdus->pdata[i];
    for (guint j = 0; j < vdu->vnfcs->len; j++) {
      GPtrArray *points = ((NfvoVnfc *)vdu->vnfcs->pdata[j])->connection_points;
      for (guint k = 0; k < points->len; k++) {
        const NfvoConnectionPoint *point = points->pdata[k];
        if (point->network != NULL && strlen (point->network) == length &&
            strncmp (point->network, network, length) == 0 && (!floating || point->floating_ip != NULL))
          return TRUE;
      }
    }
  }
  return FALSE;
}

/* Returns: (nullable): why @vnf has no value called @key; NULL: it has. */
static const char *
why_not (const NfvoVnf *vnf, const char *key)
{
  const NfvoParameter *configuration = find_configuration (vnf, key);
  const char *floating = g_str_has_suffix (key, "_floatingIp") ? key + strlen (key) - strlen ("_floatingIp") : NULL;

  if ((configuration != NULL && configuration->value != NULL) || nfvo_texts_contain (vnf->provides, key) ||
      g_str_equal (key, "hostname") || has_address (vnf, key, strlen (key), FALSE))
    return NULL;
  if (floating != NULL && has_address (vnf, key, (gsize)(floating - key), TRUE))
    return NULL;
  if (floating != NULL && has_address (vnf, key, (gsize)(floating - key), FALSE))
    return "none of its connection points there asks for a floating address";
  if (configuration != NULL)
    return "its configurations name it without a value";
  return "it is neither in its provides nor its configurations, and no network of it";
}

static void
check_dependency (NfvoService *self, const NfvoDependency *dependency)
{
  const NfvoVnf *source = nfvo_service_find_vnf (self, dependency->source);
  g_autofree char *object = g_strdup_printf ("VNF %s", dependency->target);

  if (source == NULL || source->vnfd == NULL)
    return;
  for (guint i = 0; i < dependency->parameters->len; i++) {
    const char *key = dependency->parameters->pdata[i];
    const char *reason = why_not (source, key);
    if (reason != NULL)
      nfvo_service_tell (self, NFVO_WARNING, "value that nobody provides", object,
                         "it asks VNF %s for \"%s\", which has no such value: %s", source->name, key, reason);
  }
}

/* ---- provides */

static gboolean
writes_provides (const NfvoVnf *vnf)
{
  for (guint i = 0; i < vnf->package->scripts->len; i++) {
    gsize length;
    const char *text = g_bytes_get_data (((VnfmScript *)vnf->package->scripts->pdata[i])->content, &length);
    if (length > 0 && memmem (text, length, "VNFM_PROVIDES", strlen ("VNFM_PROVIDES")) != NULL)
      return TRUE;
  }
  return FALSE;
}

static void
check_provides (NfvoService *self, const NfvoVnf *vnf)
{
  g_autoptr (GPtrArray) unset = g_ptr_array_new ();

  if (vnf->package == NULL || vnf->scripts_link != NULL || writes_provides (vnf))
    return;
  for (guint i = 0; i < vnf->provides->len; i++) {
    const char *key = vnf->provides->pdata[i];
    const NfvoParameter *configuration = find_configuration (vnf, key);
    gboolean is_known = g_str_equal (key, "hostname") || has_address (vnf, key, strlen (key), FALSE);
    if (!is_known && (configuration == NULL || configuration->value == NULL))
      g_ptr_array_add (unset, (gpointer)key);
  }
  if (unset->len == 0)
    return;
  g_autofree char *object = g_strdup_printf ("VNF %s", vnf->name);
  g_autofree char *joined = nfvo_texts_join (unset);
  nfvo_service_tell (self, NFVO_HINT, "provides without a value", object,
                     "it provides %s, but none of its scripts writes to $VNFM_PROVIDES", joined);
}

void
nfvo_service_check_values (NfvoService *self)
{
  for (guint i = 0; i < self->dependencies->len; i++)
    check_dependency (self, self->dependencies->pdata[i]);
  for (guint i = 0; i < self->vnfs->len; i++)
    check_provides (self, self->vnfs->pdata[i]);
}
