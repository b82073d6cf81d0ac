/* SPDX-License-Identifier: Apache-2.0 */
/* The effective configuration: declared keys, and values in layers of which the later wins. GKeyFile reads the files
 * but knows no lines, so a second look at the text finds where each value stands. */
#include "config.h"

#include "vnfm-profile-values.h"

#include <vnfm/vnfm-json.h>
#include <vnfm/vnfm-profile.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE    (1024 * 1024)
#define FILE_SUFFIX "-file"

typedef struct {
  char *group;
  char *name;
  char *text;
  char *origin;
  guint number;            /* the later, the higher */
  gboolean open_to_others; /* the file it came from can be read by group or others */
} Value;

struct _VnfmProfile {
  GObject parent_instance;

  GPtrArray *keys;       /* of const VnfmKey, in order of declaration */
  GHashTable *declared;  /* "group name" -> const VnfmKey */
  GPtrArray *values;     /* of Value, as they were set */
  GHashTable *effective; /* "group name" -> Value, the last one */
  GHashTable *tolerated; /* group -> reason */
  GHashTable *secrets;   /* "group name" -> text read from a file or credential */
};

G_DEFINE_FINAL_TYPE (VnfmProfile, vnfm_profile, G_TYPE_OBJECT)

static void
value_free (Value *value)
{
  g_free (value->group);
  g_free (value->name);
  g_free (value->text);
  g_free (value->origin);
  g_free (value);
}

static void
vnfm_profile_finalize (GObject *object)
{
  VnfmProfile *self = VNFM_PROFILE (object);

  g_ptr_array_unref (self->keys);
  g_hash_table_unref (self->declared);
  g_hash_table_unref (self->effective);
  g_ptr_array_unref (self->values);
  g_hash_table_unref (self->tolerated);
  g_hash_table_unref (self->secrets);
  G_OBJECT_CLASS (vnfm_profile_parent_class)->finalize (object);
}

static void
vnfm_profile_class_init (VnfmProfileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vnfm_profile_finalize;
}

static void
vnfm_profile_init (VnfmProfile *self)
{
  self->keys = g_ptr_array_new ();
  self->declared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->values = g_ptr_array_new_with_free_func ((GDestroyNotify)value_free);
  self->effective = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->tolerated = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

VnfmProfile *
vnfm_profile_new (void)
{
  return g_object_new (VNFM_TYPE_PROFILE, NULL);
}

static char *
join (const char *group, const char *name)
{
  return g_strconcat (group, "\n", name, NULL);
}

void
vnfm_profile_declare (VnfmProfile *self, const VnfmKey *keys)
{
  g_return_if_fail (VNFM_IS_PROFILE (self));

  for (; keys != NULL && keys->group != NULL; keys++) {
    char *key = join (keys->group, keys->name);
    if (g_hash_table_contains (self->declared, key)) {
      g_free (key);
      continue;
    }
    g_hash_table_insert (self->declared, key, (gpointer)keys);
    g_ptr_array_add (self->keys, (gpointer)keys);
  }
}

void
vnfm_profile_tolerate (VnfmProfile *self, const char *group, const char *reason)
{
  g_return_if_fail (VNFM_IS_PROFILE (self));
  g_hash_table_replace (self->tolerated, g_strdup (group), g_strdup (reason));
}

/* ---- layers */

static void
add_value (VnfmProfile *self, const char *group, const char *name, const char *text, const char *origin,
           gboolean open_to_others)
{
  Value *value = g_new (Value, 1);

  *value = (Value){ g_strdup (group),  g_strdup (name),   g_strdup (text),
                    g_strdup (origin), self->values->len, open_to_others };
  g_ptr_array_add (self->values, value);
  g_hash_table_replace (self->effective, join (group, name), value);
  g_autofree char *key = join (group, name);
  g_hash_table_remove (self->secrets, key);
  if (g_str_has_suffix (key, FILE_SUFFIX)) {
    key[strlen (key) - strlen (FILE_SUFFIX)] = '\0';
    g_hash_table_remove (self->secrets, key);
  }
}

void
vnfm_profile_set (VnfmProfile *self, const char *group, const char *name, const char *text, const char *origin)
{
  g_return_if_fail (VNFM_IS_PROFILE (self));
  g_return_if_fail (group != NULL && name != NULL && text != NULL && origin != NULL);
  add_value (self, group, name, text, origin, FALSE);
}

/* The file's text with Windows line ends made plain, so that no value ends in one. */
static char *
read_text (const char *path, gboolean *open_to_others, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  struct stat status;

  if (stat (path, &status) != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "%s: %s", path, g_strerror (errno));
    return NULL;
  }
  if (!S_ISREG (status.st_mode)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_NOT_FOUND, "%s: no regular file", path);
    return NULL;
  }
  if (status.st_size > MAX_FILE) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "%s: larger than a key-file may be (%d bytes)", path, MAX_FILE);
    return NULL;
  }
  if (!g_file_get_contents (path, &text, &length, &cause)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s", cause->message);
    return NULL;
  }
  if (!g_utf8_validate (text, (gssize)length, NULL)) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s: not UTF-8 text", path);
    return NULL;
  }
  *open_to_others = (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
  if (length > 0 && text[length - 1] == '\r')
    text[length - 1] = '\0';
  g_auto (GStrv) parts = g_strsplit (text, "\r\n", -1);
  return g_strjoinv ("\n", parts);
}

gboolean
vnfm_profile_load_file (VnfmProfile *self, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  gboolean open_to_others = FALSE;

  g_return_val_if_fail (VNFM_IS_PROFILE (self), FALSE);

  g_autofree char *text = read_text (path, &open_to_others, error);
  if (text == NULL)
    return FALSE;
  if (!g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL)) {
    /* Not what GLib says of it: that has the whole line, which may be a secret's. */
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s:%u: neither [group] nor key=value", path,
                 profile_find_bad_line (text));
    return FALSE;
  }
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_autoptr (GHashTable) lines = profile_index_lines (text);
  for (guint i = 0; groups[i] != NULL; i++) {
    g_auto (GStrv) names = g_key_file_get_keys (file, groups[i], NULL, NULL);
    for (guint j = 0; names != NULL && names[j] != NULL; j++) {
      g_autofree char *key = join (groups[i], names[j]);
      g_autofree char *origin = g_strdup_printf ("%s:%u", path, GPOINTER_TO_UINT (g_hash_table_lookup (lines, key)));
      g_autofree char *value = g_key_file_get_string (file, groups[i], names[j], &cause);
      if (value == NULL) {
        g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "%s: %s", origin, cause->message);
        return FALSE;
      }
      add_value (self, groups[i], names[j], value, origin, open_to_others);
    }
  }
  return TRUE;
}

/* ---- checking */

static const VnfmKey *
find_key (VnfmProfile *self, const char *group, const char *name)
{
  g_autofree char *key = join (group, name);

  return g_hash_table_lookup (self->declared, key);
}

static const Value *
find_value (VnfmProfile *self, const char *group, const char *name)
{
  g_autofree char *key = join (group, name);

  return g_hash_table_lookup (self->effective, key);
}

/* KEY-file stands for a SECRET key. */
static const VnfmKey *
find_secret_of_file (VnfmProfile *self, const char *group, const char *name)
{
  if (!g_str_has_suffix (name, FILE_SUFFIX))
    return NULL;
  g_autofree char *bare = g_strndup (name, strlen (name) - strlen (FILE_SUFFIX));
  const VnfmKey *key = find_key (self, group, bare);
  return key != NULL && (key->flags & VNFM_KEY_SECRET) != 0 ? key : NULL;
}

/* What the key has: its own value, or for a secret the one that names its file, whichever is later. */
static const Value *
find_value_or_file (VnfmProfile *self, const VnfmKey *key, gboolean *is_file)
{
  const Value *value = find_value (self, key->group, key->name);

  *is_file = FALSE;
  if ((key->flags & VNFM_KEY_SECRET) == 0)
    return value;
  g_autofree char *name = g_strconcat (key->name, FILE_SUFFIX, NULL);
  const Value *file = find_value (self, key->group, name);
  if (file == NULL || (value != NULL && value->number > file->number))
    return value;
  *is_file = TRUE;
  return file;
}

static char *
read_secret (const char *path, gboolean *open_to_others, GError **error)
{
  char *text = read_text (path, open_to_others, error);
  gsize length = text != NULL ? strlen (text) : 0;

  while (length > 0 && text[length - 1] == '\n')
    text[--length] = '\0';
  return text;
}

static void
append_unknown (VnfmProfile *self, GString *findings, const Value *value)
{
  const char *nearest = NULL;
  guint best = 3;
  gboolean group_known = FALSE;

  for (guint i = 0; i < self->keys->len; i++) {
    const VnfmKey *key = g_ptr_array_index (self->keys, i);
    if (strcmp (key->group, value->group) != 0)
      continue;
    group_known = TRUE;
    guint distance = profile_distance (key->name, value->name);
    if (distance < best) {
      best = distance;
      nearest = key->name;
    }
  }
  if (!group_known)
    g_string_append_printf (findings, "%s: there is no group [%s]\n", value->origin, value->group);
  else if (nearest != NULL)
    g_string_append_printf (findings, "%s: there is no key %s in [%s]; did you mean %s?\n", value->origin, value->name,
                            value->group, nearest);
  else
    g_string_append_printf (findings, "%s: there is no key %s in [%s]\n", value->origin, value->name, value->group);
}

/* The file that holds a secret, if it is the one that counts. */
static void
check_secret_file (VnfmProfile *self, const VnfmKey *key, const Value *value, GString *findings)
{
  g_autoptr (GError) error = NULL;
  gboolean is_file = FALSE;
  gboolean open_to_others = FALSE;

  if (find_value_or_file (self, key, &is_file) != value)
    return;
  g_autofree char *text = g_path_is_absolute (value->text) ? read_secret (value->text, &open_to_others, &error) : NULL;
  if (text == NULL && error == NULL)
    g_set_error (&error, VNFM_ERROR, VNFM_ERROR_CONFIG, "\"%s\" is not an absolute path", value->text);
  if (open_to_others)
    g_set_error (&error, VNFM_ERROR, VNFM_ERROR_CONFIG, "others can read %s (chmod 600)", value->text);
  if (error == NULL)
    profile_parse (key, text, NULL, &error);
  if (error != NULL)
    g_string_append_printf (findings, "%s: [%s] %s: %s\n", value->origin, value->group, value->name, error->message);
}

static void
check_value (VnfmProfile *self, const Value *value, GString *findings, GPtrArray *warnings, GHashTable *told)
{
  const VnfmKey *key = find_key (self, value->group, value->name);
  const char *reason = g_hash_table_lookup (self->tolerated, value->group);
  g_autoptr (GError) error = NULL;
  const VnfmKey *secret = key == NULL ? find_secret_of_file (self, value->group, value->name) : NULL;

  if (secret != NULL) {
    check_secret_file (self, secret, value, findings);
    return;
  }
  if (key == NULL && reason != NULL) {
    if (g_hash_table_add (told, g_strdup (value->group)) && warnings != NULL)
      g_ptr_array_add (warnings, g_strdup_printf ("%s: [%s] is not used: %s", value->origin, value->group, reason));
    return;
  }
  if (key == NULL) {
    append_unknown (self, findings, value);
    return;
  }
  if (!profile_parse (key, value->text, NULL, &error))
    g_string_append_printf (findings, "%s: [%s] %s: %s\n", value->origin, value->group, value->name, error->message);
  if ((key->flags & VNFM_KEY_SECRET) != 0 && value->open_to_others)
    g_string_append_printf (findings, "%s: [%s] %s is a secret, and others can read the file (chmod 600)\n",
                            value->origin, value->group, value->name);
}

gboolean
vnfm_profile_check (VnfmProfile *self, GPtrArray **warnings, GError **error)
{
  g_autoptr (GPtrArray) found_warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) findings = g_string_new (NULL);

  g_return_val_if_fail (VNFM_IS_PROFILE (self), FALSE);

  for (guint i = 0; i < self->values->len; i++)
    check_value (self, g_ptr_array_index (self->values, i), findings, found_warnings, told);
  if (warnings != NULL)
    *warnings = g_steal_pointer (&found_warnings);
  if (findings->len == 0)
    return TRUE;
  g_string_truncate (findings, findings->len - 1);
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_CONFIG, findings->str);
  return FALSE;
}

/* ---- getters */

/* Text that is kept elsewhere; read once. Returns: (nullable): borrowed. */
static const char *
look_up_secret (VnfmProfile *self, const VnfmKey *key, const char *path)
{
  g_autofree char *joined = join (key->group, key->name);
  const char *known = g_hash_table_lookup (self->secrets, joined);
  g_autoptr (GError) error = NULL;
  gboolean open_to_others = FALSE;

  if (known != NULL)
    return known;
  char *text = read_secret (path, &open_to_others, &error);
  if (text == NULL) {
    g_warning ("[%s] %s: %s", key->group, key->name, error->message);
    return NULL;
  }
  g_hash_table_insert (self->secrets, g_steal_pointer (&joined), text);
  return text;
}

/* Returns: (transfer full) (nullable): the file of systemd's credential GROUP.KEY. */
static char *
find_credential (const VnfmKey *key)
{
  const char *folder = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *name = g_strconcat (key->group, ".", key->name, NULL);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

/* @origin: (out) (optional): borrowed. */
static const char *
find_text (VnfmProfile *self, const VnfmKey *key, const char **origin)
{
  gboolean is_file = FALSE;
  const Value *value = find_value_or_file (self, key, &is_file);
  g_autofree char *credential = value == NULL && (key->flags & VNFM_KEY_SECRET) != 0 ? find_credential (key) : NULL;
  const char *text = NULL;

  if (credential != NULL)
    text = look_up_secret (self, key, credential);
  else if (value != NULL)
    text = is_file ? look_up_secret (self, key, value->text) : value->text;
  if (origin != NULL)
    *origin = credential != NULL ? "credential" : value != NULL ? value->origin : "default";
  return text != NULL && profile_parse (key, text, NULL, NULL) ? text : key->fallback;
}

static const VnfmKey *
need_key (VnfmProfile *self, const char *group, const char *name)
{
  const VnfmKey *key = find_key (self, group, name);

  if (key == NULL)
    g_critical ("nobody declared [%s] %s", group, name);
  return key;
}

const char *
vnfm_profile_get_string (VnfmProfile *self, const char *group, const char *name)
{
  g_return_val_if_fail (VNFM_IS_PROFILE (self), NULL);

  const VnfmKey *key = need_key (self, group, name);
  return key != NULL ? find_text (self, key, NULL) : NULL;
}

static gint64
get_number (VnfmProfile *self, const char *group, const char *name)
{
  const VnfmKey *key = need_key (self, group, name);
  const char *text = key != NULL ? find_text (self, key, NULL) : NULL;
  gint64 number = 0;

  if (text != NULL)
    profile_parse (key, text, &number, NULL);
  return number;
}

gint64
vnfm_profile_get_int (VnfmProfile *self, const char *group, const char *name)
{
  g_return_val_if_fail (VNFM_IS_PROFILE (self), 0);
  return get_number (self, group, name);
}

gboolean
vnfm_profile_get_boolean (VnfmProfile *self, const char *group, const char *name)
{
  g_return_val_if_fail (VNFM_IS_PROFILE (self), FALSE);
  return get_number (self, group, name) != 0;
}

gint64
vnfm_profile_get_duration (VnfmProfile *self, const char *group, const char *name)
{
  g_return_val_if_fail (VNFM_IS_PROFILE (self), 0);
  return get_number (self, group, name);
}

gint64
vnfm_profile_get_size (VnfmProfile *self, const char *group, const char *name)
{
  g_return_val_if_fail (VNFM_IS_PROFILE (self), 0);
  return get_number (self, group, name);
}

GStrv
vnfm_profile_get_list (VnfmProfile *self, const char *group, const char *name)
{
  const char *text = vnfm_profile_get_string (self, group, name);

  return profile_split_list (text != NULL ? text : "");
}

void
vnfm_profile_foreach (VnfmProfile *self, VnfmProfileFunc func, gpointer user_data)
{
  g_return_if_fail (VNFM_IS_PROFILE (self));

  for (guint i = 0; i < self->keys->len; i++) {
    const VnfmKey *key = g_ptr_array_index (self->keys, i);
    const char *origin = NULL;
    const char *text = find_text (self, key, &origin);

    if (text != NULL && (key->flags & VNFM_KEY_SECRET) != 0)
      text = "********";
    func (key, text, origin, user_data);
  }
}

/* ---- what an operation keeps */

GBytes *
vnfm_profile_freeze (VnfmProfile *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  g_return_val_if_fail (VNFM_IS_PROFILE (self), NULL);

  for (guint i = 0; i < self->keys->len; i++) {
    const VnfmKey *key = g_ptr_array_index (self->keys, i);
    g_autofree char *name = g_strconcat (key->group, "/", key->name, NULL);
    if ((key->flags & (VNFM_KEY_OPERATION | VNFM_KEY_SECRET)) != VNFM_KEY_OPERATION)
      continue;
    const char *text = find_text (self, key, NULL);
    if (text != NULL)
      json_object_set_string_member (object, name, text);
    else
      json_object_set_null_member (object, name);
  }
  return vnfm_json_write_object (object);
}

static void
thaw_member (JsonObject *object, const char *name, JsonNode *node, gpointer user_data)
{
  const char *slash = strrchr (name, '/');
  g_autofree char *group = slash != NULL ? g_strndup (name, (gsize)(slash - name)) : NULL;
  const char *text = vnfm_json_get_string (object, name);
  VnfmProfile *self = user_data;

  if (group == NULL)
    return;
  if (text != NULL) {
    vnfm_profile_set (self, group, slash + 1, text, "the operation's beginning");
  } else if (JSON_NODE_HOLDS_NULL (node)) {
    g_autofree char *key = join (group, slash + 1);
    g_hash_table_remove (self->effective, key);
  }
}

VnfmProfile *
vnfm_profile_thaw (VnfmProfile *self, GBytes *frozen, GError **error)
{
  g_autoptr (JsonNode) root = vnfm_json_parse (frozen, error);

  g_return_val_if_fail (VNFM_IS_PROFILE (self), NULL);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    if (root != NULL)
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "frozen settings are no JSON object");
    g_prefix_error (error, "the settings it began with: ");
    return NULL;
  }
  VnfmProfile *copy = vnfm_profile_new ();
  for (guint i = 0; i < self->keys->len; i++) {
    const VnfmKey *key = g_ptr_array_index (self->keys, i);
    g_ptr_array_add (copy->keys, (gpointer)key);
    g_hash_table_insert (copy->declared, join (key->group, key->name), (gpointer)key);
  }
  for (guint i = 0; i < self->values->len; i++) {
    const Value *value = g_ptr_array_index (self->values, i);
    add_value (copy, value->group, value->name, value->text, value->origin, value->open_to_others);
  }
  json_object_foreach_member (json_node_get_object (root), thaw_member, copy);
  return copy;
}
