/* SPDX-License-Identifier: Apache-2.0 */
/* What descriptors in the wild have that a strict reader would stumble over. Each kind has fixed words of its own, so
 * that a test, or a person who compares files, can look for them. */
#include "config.h"

#include "core/package/nsd-private.h"

#include <string.h>

typedef struct {
  NfvoService *service;
  const char *object;
} Teller;

static void G_GNUC_PRINTF (3, 4) note (const Teller *teller, const char *flag, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  nfvo_service_tell (teller->service, NFVO_HINT, flag, teller->object, "%s", text);
}

static gboolean
is_absent (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

/* -1: not a list. */
static int
list_length (JsonObject *object, const char *name)
{
  JsonArray *array = vnfm_json_get_array (object, name);

  return array != NULL ? (int)json_array_get_length (array) : -1;
}

/* ---- VNFDs */

static void
tell_vnfc (const Teller *teller, JsonObject *vnfc)
{
  JsonArray *points = vnfm_json_get_array (vnfc, "connection_point");
  int n = list_length (vnfc, "connection_point");

  if (n > 1)
    note (teller, "several connection points", "a VNFC has %d connection points", n);
  for (int i = 0; i < n; i++) {
    JsonObject *point = vnfm_json_element_object (points, (guint)i);
    if (point != NULL && json_object_has_member (point, "interfaceId"))
      note (teller, "interfaceId", "connection points have an interfaceId: passed on");
  }
}

static void
tell_vim_names (const Teller *teller, JsonObject *vdu)
{
  if (is_absent (vdu, "vimInstanceName"))
    note (teller, "vdu without vimInstanceName", "a VDU has no vimInstanceName: any VIM will do");
  else if (list_length (vdu, "vimInstanceName") == 0)
    note (teller, "vimInstanceName empty list", "vimInstanceName is an empty list: any VIM will do");
  else if (g_strcmp0 (vnfm_json_get_string (vdu, "vimInstanceName"), "") == 0)
    note (teller, "vimInstanceName empty string", "vimInstanceName is an empty string: any VIM will do");
}

static void
tell_vdu (const Teller *teller, JsonObject *vdu)
{
  JsonArray *vnfcs = vnfm_json_get_array (vdu, "vnfc");
  int n = list_length (vdu, "vnfc");

  tell_vim_names (teller, vdu);
  if (list_length (vdu, "vm_image") == 0)
    note (teller, "vm_image empty list", "vm_image is an empty list: the package's images are meant");
  else if (is_absent (vdu, "vm_image"))
    note (teller, "vdu without vm_image", "a VDU has no vm_image: the package's images are meant");
  if (n > 1)
    note (teller, "several VNFCs in a VDU", "a VDU has %d VNFCs", n);
  if (n <= 0 && vnfm_json_get_object (vdu, "vnfc") == NULL)
    nfvo_service_tell (teller->service, NFVO_WARNING, "vdu without vnfc", teller->object,
                       "a VDU has no VNFC, so no machine");
  if (list_length (vdu, "fault_management_policy") > 0)
    note (teller, "fault_management_policy", "a VDU has a fault management policy: passed on, nobody here acts on it");
  if (list_length (vdu, "monitoring_parameter") > 0)
    note (teller, "vdu.monitoring_parameter", "a VDU has monitoring parameters: passed on, nobody here measures them");
  for (int i = 0; i < n; i++) {
    JsonObject *vnfc = vnfm_json_element_object (vnfcs, (guint)i);
    if (vnfc != NULL)
      tell_vnfc (teller, vnfc);
  }
}

static void
tell_links (const Teller *teller, JsonArray *links)
{
  guint n = links != NULL ? json_array_get_length (links) : 0;

  for (guint i = 0; i < n; i++) {
    const char *name = vnfm_json_get_string (vnfm_json_element_object (links, i), "name");
    g_autofree char *flag = NULL;
    if (name == NULL || strchr (name, '-') == NULL)
      continue;
    flag = g_strdup_printf ("network name with hyphen: %s", name);
    g_autofree char *variable = g_strdelimit (g_strdup (name), "-", '_');
    note (teller, flag, "the network %s has a hyphen: scripts read $%s", name, variable);
  }
}

static void
tell_missing (const Teller *teller, JsonObject *vnfd)
{
  static const char *const names[] = { "configurations", "deployment_flavour", "lifecycle_event", NULL };

  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *missing = g_strdup_printf ("missing vnfd.%s", names[i]);
    g_autofree char *empty = g_strdup_printf ("empty vnfd.%s", names[i]);
    if (is_absent (vnfd, names[i]))
      note (teller, missing, "there is no %s: read as empty", names[i]);
    else if (list_length (vnfd, names[i]) == 0)
      note (teller, empty, "%s is an empty list", names[i]);
  }
  if (vnfm_json_get_string (vnfd, "type") == NULL)
    note (teller, "vnfd without type", "there is no type: the name is taken");
}

void
nfvo_service_tell_vnfd (NfvoService *self, const char *object, JsonObject *vnfd)
{
  const Teller teller = { self, object };
  const char *name = vnfm_json_get_string (vnfd, "name");
  const char *type = vnfm_json_get_string (vnfd, "type");
  JsonArray *vdus = vnfm_json_get_array (vnfd, "vdu");
  int n = list_length (vnfd, "vdu");

  if (name != NULL && type != NULL && !g_str_equal (name, type))
    note (&teller, "type differs from name", "its type is %s: scripts of others are prefixed with that", type);
  tell_missing (&teller, vnfd);
  tell_links (&teller, vnfm_json_get_array (vnfd, "virtual_link"));
  for (int i = 0; i < n; i++) {
    JsonObject *vdu = vnfm_json_element_object (vdus, (guint)i);
    if (vdu != NULL)
      tell_vdu (&teller, vdu);
  }
}

/* ---- the text */

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
tell_repeated (const Teller *teller, const char *text, gsize length)
{
  g_autoptr (GArray) repeated = vnfm_json_find_repeated (text, length, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; repeated != NULL && i < repeated->len && names->len < NFVO_MAX_FINDINGS; i++)
    nfvo_texts_add_once (names, g_array_index (repeated, VnfmJsonSpan, i).name);
  if (names->len == 0)
    return;
  g_ptr_array_sort (names, compare_texts);
  g_autofree char *joined = nfvo_texts_join (names);
  g_autofree char *flag = g_strdup_printf ("duplicate JSON keys: %s", joined);
  note (teller, flag, "an object has a key twice (%s): the last one counts", joined);
}

void
nfvo_service_tell_text (NfvoService *self, GBytes *bytes)
{
  const Teller teller = { self, NULL };
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (length >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0)
    note (&teller, "UTF-8 byte order mark", "the file begins with a byte order mark");
  if (length > 0 && memchr (text, '\r', length) != NULL)
    note (&teller, "CRLF line ends", "lines end in CR LF");
  if (length > 0 && memchr (text, '\t', length) != NULL)
    note (&teller, "tabs", "the file is indented with tabs");
  tell_repeated (&teller, text, length);
}
