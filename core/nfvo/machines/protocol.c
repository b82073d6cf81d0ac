/* SPDX-License-Identifier: Apache-2.0 */
/* The messages between vnfm-nfvo and its helper: packing, unpacking and checking. Pure. */
#include "config.h"

#include "core/nfvo/machines/protocol.h"

#include <string.h>

#define MESSAGE_TYPE  "(usv)"
#define MAX_NAME      64
#define MAX_INTERFACE 15 /* IFNAMSIZ without the 0 */

struct _HelperReader {
  GByteArray *pending;
  gsize begin; /* of what was not given out yet */
};

/* ---- orders */

static void
nic_free (HelperNic *nic)
{
  g_free (nic->bridge);
  g_free (nic->address4);
  g_free (nic->address6);
  g_free (nic->gateway4);
  g_free (nic->gateway6);
  g_free (nic->floating);
  g_free (nic);
}

HelperOrder *
helper_order_new (const char *id, const char *hostname, const char *folder, const char *user_data)
{
  HelperOrder *self = g_new0 (HelperOrder, 1);

  self->id = g_strdup (id);
  self->hostname = g_strdup (hostname);
  self->folder = g_strdup (folder);
  self->user_data = g_strdup (user_data);
  self->nics = g_ptr_array_new_with_free_func ((GDestroyNotify)nic_free);
  return self;
}

void
helper_order_add_nic (HelperOrder *self, const char *bridge, const char *address4, const char *address6,
                      const char *gateway4, const char *gateway6, const char *floating)
{
  HelperNic *nic = g_new0 (HelperNic, 1);

  nic->bridge = g_strdup (bridge);
  nic->address4 = g_strdup (address4);
  nic->address6 = g_strdup (address6);
  nic->gateway4 = g_strdup (gateway4);
  nic->gateway6 = g_strdup (gateway6);
  nic->floating = g_strdup (floating);
  g_ptr_array_add (self->nics, nic);
}

void
helper_order_free (HelperOrder *self)
{
  g_free (self->id);
  g_free (self->hostname);
  g_free (self->folder);
  g_free (self->user_data);
  g_strfreev (self->environment);
  g_strfreev (self->binds);
  g_ptr_array_unref (self->nics);
  g_free (self);
}

static GVariant *
pack_strings (GStrv strings)
{
  static const char *const none[] = { NULL };

  return g_variant_new_strv (strings != NULL ? (const char *const *)strings : none, -1);
}

GVariant *
helper_order_pack (const HelperOrder *self)
{
  GVariantBuilder nics;

  g_variant_builder_init (&nics, G_VARIANT_TYPE ("a(ssssss)"));
  for (guint i = 0; i < self->nics->len; i++) {
    const HelperNic *nic = g_ptr_array_index (self->nics, i);
    g_variant_builder_add (&nics, "(ssssss)", nic->bridge, nic->address4, nic->address6, nic->gateway4, nic->gateway6,
                           nic->floating);
  }
  return g_variant_new ("(ssss@as@asa(ssssss))", self->id, self->hostname, self->folder, self->user_data,
                        pack_strings (self->environment), pack_strings (self->binds), &nics);
}

/* ---- checks: these texts become arguments of commands and names of files */

static gboolean
consists_of (const char *text, const char *characters, gsize limit)
{
  gsize length = strlen (text);

  return length > 0 && length <= limit && strspn (text, characters) == length;
}

static gboolean
is_hostname (const char *text)
{
  return consists_of (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._", MAX_NAME) && text[0] != '-' &&
         text[0] != '.';
}

static gboolean
is_bridge (const char *text)
{
  return consists_of (text, G_CSET_a_2_z G_CSET_DIGITS, MAX_INTERFACE);
}

static gboolean
is_address (const char *text, GSocketFamily family, gboolean with_length)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  g_autoptr (GInetAddress) address = NULL;
  guint64 length;

  if (parts[0] == NULL || (parts[1] != NULL) != with_length)
    return FALSE;
  address = g_inet_address_new_from_string (parts[0]);
  return address != NULL && g_inet_address_get_family (address) == family &&
         strspn (parts[0], "0123456789abcdefABCDEF.:") == strlen (parts[0]) &&
         (!with_length || g_ascii_string_to_unsigned (parts[1], 10, 0, 128, &length, NULL));
}

static gboolean
is_address_or_empty (const char *text, GSocketFamily family)
{
  return text[0] == '\0' || is_address (text, family, FALSE);
}

static gboolean
is_path (const char *text)
{
  g_autofree char *canonical = NULL;

  if (!g_path_is_absolute (text))
    return FALSE;
  canonical = g_canonicalize_filename (text, NULL);
  return g_str_equal (text, canonical) && text[1] != '\0';
}

static gboolean
wrong (GError **error, const char *what, const char *value)
{
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "\"%s\" is no %s", value, what);
  return FALSE;
}

static gboolean
check_nic (const HelperNic *nic, GError **error)
{
  if (!is_bridge (nic->bridge))
    return wrong (error, "bridge", nic->bridge);
  if (!is_address (nic->address4, G_SOCKET_FAMILY_IPV4, TRUE))
    return wrong (error, "IPv4 address with a length", nic->address4);
  if (!is_address (nic->address6, G_SOCKET_FAMILY_IPV6, TRUE))
    return wrong (error, "IPv6 address with a length", nic->address6);
  if (!is_address_or_empty (nic->gateway4, G_SOCKET_FAMILY_IPV4))
    return wrong (error, "IPv4 gateway", nic->gateway4);
  if (!is_address_or_empty (nic->gateway6, G_SOCKET_FAMILY_IPV6))
    return wrong (error, "IPv6 gateway", nic->gateway6);
  if (!is_address_or_empty (nic->floating, G_SOCKET_FAMILY_IPV4))
    return wrong (error, "floating address", nic->floating);
  return TRUE;
}

static gboolean
check_order (const HelperOrder *self, GError **error)
{
  if (!g_uuid_string_is_valid (self->id))
    return wrong (error, "UUID", self->id);
  if (!is_hostname (self->hostname))
    return wrong (error, "host name", self->hostname);
  if (!is_path (self->folder))
    return wrong (error, "absolute path", self->folder);
  for (guint i = 0; self->binds[i] != NULL; i++)
    if (!is_path (self->binds[i]))
      return wrong (error, "absolute path", self->binds[i]);
  for (guint i = 0; i < self->nics->len; i++)
    if (!check_nic (g_ptr_array_index (self->nics, i), error))
      return FALSE;
  if (self->nics->len <= HELPER_MAX_NICS)
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "a machine has at most %d interfaces", HELPER_MAX_NICS);
  return FALSE;
}

static gboolean
has_type (GVariant *body, const char *type, GError **error)
{
  if (g_variant_is_of_type (body, G_VARIANT_TYPE (type)))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a message of type %s came where %s belongs",
               g_variant_get_type_string (body), type);
  return FALSE;
}

HelperOrder *
helper_order_unpack (GVariant *body, GError **error)
{
  g_autoptr (HelperOrder) self = NULL;
  g_autoptr (GVariantIter) nics = NULL;
  const char *id, *hostname, *folder, *user_data;
  const char *bridge, *address4, *address6, *gateway4, *gateway6, *floating;
  g_auto (GStrv) environment = NULL;
  g_auto (GStrv) binds = NULL;

  if (!has_type (body, HELPER_START_TYPE, error))
    return NULL;
  g_variant_get (body, "(&s&s&s&s^as^asa(ssssss))", &id, &hostname, &folder, &user_data, &environment, &binds, &nics);
  self = helper_order_new (id, hostname, folder, user_data);
  self->environment = g_steal_pointer (&environment);
  self->binds = g_steal_pointer (&binds);
  while (g_variant_iter_next (nics, "(&s&s&s&s&s&s)", &bridge, &address4, &address6, &gateway4, &gateway6, &floating))
    helper_order_add_nic (self, bridge, address4, address6, gateway4, gateway6, floating);
  return check_order (self, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
helper_bridge_unpack (GVariant *body, char **name, char **address4, char **address6, GError **error)
{
  const char *parts[3];

  if (!has_type (body, HELPER_BRIDGE_TYPE, error))
    return FALSE;
  g_variant_get (body, "(&s&s&s)", &parts[0], &parts[1], &parts[2]);
  if (!is_bridge (parts[0]))
    return wrong (error, "bridge", parts[0]);
  if (!is_address (parts[1], G_SOCKET_FAMILY_IPV4, TRUE))
    return wrong (error, "IPv4 address with a length", parts[1]);
  if (!is_address (parts[2], G_SOCKET_FAMILY_IPV6, TRUE))
    return wrong (error, "IPv6 address with a length", parts[2]);
  *name = g_strdup (parts[0]);
  *address4 = g_strdup (parts[1]);
  *address6 = g_strdup (parts[2]);
  return TRUE;
}

/* ---- messages */

GBytes *
helper_message_pack (guint32 serial, const char *verb, GVariant *body)
{
  g_autoptr (GVariant) message = g_variant_ref_sink (g_variant_new (MESSAGE_TYPE, serial, verb, body));
  guint32 length = (guint32)g_variant_get_size (message);
  GByteArray *bytes = g_byte_array_sized_new (length + sizeof length);

  g_byte_array_append (bytes, (const guint8 *)&length, sizeof length);
  g_byte_array_append (bytes, g_variant_get_data (message), length);
  return g_byte_array_free_to_bytes (bytes);
}

HelperReader *
helper_reader_new (void)
{
  HelperReader *self = g_new0 (HelperReader, 1);

  self->pending = g_byte_array_new ();
  return self;
}

void
helper_reader_free (HelperReader *self)
{
  g_byte_array_unref (self->pending);
  g_free (self);
}

void
helper_reader_feed (HelperReader *self, const void *data, gsize length)
{
  if (self->begin > 0) {
    g_byte_array_remove_range (self->pending, 0, (guint)self->begin);
    self->begin = 0;
  }
  g_byte_array_append (self->pending, data, (guint)length);
}

GVariant *
helper_reader_next (HelperReader *self, GError **error)
{
  gsize available = self->pending->len - self->begin;
  guint32 length;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) message = NULL;

  if (available < sizeof length)
    return NULL;
  memcpy (&length, self->pending->data + self->begin, sizeof length);
  if (length > HELPER_MAX_MESSAGE) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "a message of %u bytes is too long", length);
    return NULL;
  }
  if (available - sizeof length < length)
    return NULL;
  /* A copy, because a GVariant wants its data aligned. */
  bytes = g_bytes_new (self->pending->data + self->begin + sizeof length, length);
  self->begin += sizeof length + length;
  message = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (MESSAGE_TYPE), bytes, FALSE));
  if (g_variant_is_normal_form (message))
    return g_steal_pointer (&message);
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_INVALID, "a message cannot be read");
  return NULL;
}
