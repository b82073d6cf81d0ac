/* SPDX-License-Identifier: Apache-2.0 */
/* From a VNFC's record to the address of its machine. Pure. What the record says comes from outside: only what is an IP
 * address counts ("random" and the like stand there until the machine has one), and of host names only what DNS allows.
 */
#include "config.h"

#include "plugins/ems-ssh/ssh-address.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_NAME 253

static gboolean
is_address (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL && !g_inet_address_get_is_any (address) && !g_inet_address_get_is_multicast (address);
}

static gboolean
is_host_name (const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (name[i]) && strchr ("-._", name[i]) == NULL)
      return FALSE;
  }
  return length > 0 && length <= MAX_NAME && name[0] != '-' && name[0] != '.';
}

/* @network: NULL for any. Returns: (nullable): borrowed. */
static const char *
find (GPtrArray *addresses, const char *network)
{
  for (guint i = 0; i < addresses->len; i++) {
    const VnfmAddress *entry = addresses->pdata[i];
    if ((network == NULL || g_str_equal (entry->network, network)) && is_address (entry->address))
      return entry->address;
  }
  return NULL;
}

static const char *
apply (const char *rule, const VnfmVnfc *vnfc)
{
  if (g_str_equal (rule, "floating"))
    return find (vnfc->floating_ips, NULL);
  if (g_str_has_prefix (rule, "floating:"))
    return find (vnfc->floating_ips, rule + strlen ("floating:"));
  if (g_str_equal (rule, "any"))
    return find (vnfc->ips, NULL);
  if (g_str_equal (rule, "hostname"))
    return is_host_name (vnfc->hostname) ? vnfc->hostname : NULL;
  if (g_str_has_prefix (rule, "network:"))
    rule += strlen ("network:");
  return find (vnfc->ips, rule);
}

static void
append_addresses (GString *out, const char *kind, GPtrArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++) {
    const VnfmAddress *entry = addresses->pdata[i];
    g_string_append_printf (out, "%s%s%s %s", out->len > 0 ? ", " : "", kind, entry->network, entry->address);
  }
}

char *
ssh_address_choose (const char *const *rules, const VnfmVnfc *vnfc, char **why)
{
  for (guint i = 0; rules[i] != NULL; i++) {
    const char *address = apply (rules[i], vnfc);
    if (address != NULL)
      return g_strdup (address);
  }

  if (why != NULL) {
    g_autofree char *wanted = g_strjoinv (", ", (char **)rules);
    g_autoptr (GString) there = g_string_new (NULL);
    append_addresses (there, "", vnfc->ips);
    append_addresses (there, "floating ", vnfc->floating_ips);
    *why = g_strdup_printf ("the rule \"%s\" yields none, its record has %s", wanted,
                            there->len > 0 ? there->str : "none");
  }
  return NULL;
}
