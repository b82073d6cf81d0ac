/* SPDX-License-Identifier: Apache-2.0 */
/* A map from name to value that keeps the order of first appearance. What is set later wins, an empty value wins over
 * nothing. Where two names become the same shell-safe one, so does the later. */
#include "config.h"

#include <vnfm/vnfm-environment.h>

#include <string.h>

struct _VnfmEnvironment {
  gatomicrefcount references;
  /* Names in order of appearance; owned by @values. */
  GPtrArray *names;
  GHashTable *values;
};

G_DEFINE_BOXED_TYPE (VnfmEnvironment, vnfm_environment, vnfm_environment_ref, vnfm_environment_unref)

VnfmEnvironment *
vnfm_environment_new (void)
{
  VnfmEnvironment *self = g_new0 (VnfmEnvironment, 1);

  g_atomic_ref_count_init (&self->references);
  self->names = g_ptr_array_new ();
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

VnfmEnvironment *
vnfm_environment_ref (VnfmEnvironment *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
vnfm_environment_unref (VnfmEnvironment *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->names);
  g_hash_table_unref (self->values);
  g_free (self);
}

static gboolean
is_safe (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* By character, not by byte: one "_" for a letter outside of ASCII. */
char *
vnfm_environment_safe_name (const char *name)
{
  GString *safe = g_string_sized_new (strlen (name));

  for (const char *p = name; *p != '\0'; p++) {
    if (is_safe (*p))
      g_string_append_c (safe, *p);
    else if (((guchar)*p & 0xC0) != 0x80)
      g_string_append_c (safe, '_');
  }
  return g_string_free (safe, FALSE);
}

static void
set_exactly (VnfmEnvironment *self, const char *name, const char *value)
{
  if (g_hash_table_contains (self->values, name)) {
    if (value[0] != '\0')
      g_hash_table_insert (self->values, g_strdup (name), g_strdup (value));
    return;
  }
  char *owned = g_strdup (name);
  g_ptr_array_add (self->names, owned);
  g_hash_table_insert (self->values, owned, g_strdup (value));
}

/* Sets @safe, and @exact beside it where that is another name and one that an environment can hold. */
static void
set_both (VnfmEnvironment *self, const char *safe, const char *exact, const char *value)
{
  set_exactly (self, safe, value);
  if (strcmp (safe, exact) != 0 && strchr (exact, '=') == NULL)
    set_exactly (self, exact, value);
}

void
vnfm_environment_set (VnfmEnvironment *self, const char *name, const char *value)
{
  if (value == NULL || name == NULL || name[0] == '\0')
    return;
  g_autofree char *safe = vnfm_environment_safe_name (name);
  set_both (self, safe, name, value);
}

void
vnfm_environment_set_foreign (VnfmEnvironment *self, const char *type, const char *parameter, const char *value)
{
  if (value == NULL)
    return;
  g_autofree char *joined = g_strconcat (type, "_", parameter, NULL);
  g_autofree char *safe = vnfm_environment_safe_name (joined);
  g_autofree char *exact = g_strconcat (type, ".", parameter, NULL);
  set_both (self, safe, exact, value);
}

/* ---- where values come from */

/* Those without a value are declared, not set. */
static void
add_configuration (VnfmEnvironment *self, JsonObject *record, const char *member)
{
  JsonArray *parameters = vnfm_json_get_array (vnfm_json_get_object (record, member), "configurationParameters");
  guint n = parameters != NULL ? json_array_get_length (parameters) : 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *parameter = vnfm_json_element_object (parameters, i);
    g_autofree char *value = vnfm_json_dup_text (parameter, "value");
    vnfm_environment_set (self, vnfm_json_get_string (parameter, "confKey"), value);
  }
}

VnfmEnvironment *
vnfm_environment_new_for_vnfc (VnfmRecord *record, VnfmVnfc *vnfc)
{
  VnfmEnvironment *self = vnfm_environment_new ();

  add_configuration (self, vnfm_record_get_object (record), "provides");
  add_configuration (self, vnfm_record_get_object (record), "configurations");
  for (guint i = 0; i < vnfc->ips->len; i++) {
    const VnfmAddress *ip = vnfc->ips->pdata[i];
    vnfm_environment_set (self, ip->network, ip->address);
  }
  for (guint i = 0; i < vnfc->floating_ips->len; i++) {
    const VnfmAddress *ip = vnfc->floating_ips->pdata[i];
    g_autofree char *name = g_strconcat (ip->network, "_floatingIp", NULL);
    vnfm_environment_set (self, name, ip->address);
  }
  vnfm_environment_set (self, "hostname", vnfc->hostname);
  return self;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (a, b);
}

void
vnfm_environment_add_dependency (VnfmEnvironment *self, VnfmDependency *dependency, const char *type,
                                 const char *instance)
{
  g_autoptr (GHashTable) parameters = vnfm_dependency_dup_parameters (dependency, type, instance);
  GList *names = g_list_sort (g_hash_table_get_keys (parameters), compare_names);

  for (GList *name = names; name != NULL; name = name->next)
    vnfm_environment_set_foreign (self, type, name->data, g_hash_table_lookup (parameters, name->data));
  g_list_free (names);
}

/* ---- handing over */

const char *
vnfm_environment_get (VnfmEnvironment *self, const char *name)
{
  return g_hash_table_lookup (self->values, name);
}

static gboolean
is_safe_name (const char *name)
{
  while (is_safe (*name))
    name++;
  return *name == '\0';
}

JsonObject *
vnfm_environment_to_json (VnfmEnvironment *self, gboolean exact)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < self->names->len; i++) {
    const char *name = self->names->pdata[i];
    if (exact || is_safe_name (name))
      json_object_set_string_member (object, name, g_hash_table_lookup (self->values, name));
  }
  return object;
}
