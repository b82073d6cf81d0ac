/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-error.h>

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * VnfmKeyType:
 * @VNFM_KEY_STRING: any text
 * @VNFM_KEY_INT: a decimal integer
 * @VNFM_KEY_BOOLEAN: true, false, yes, no, on, off, 1, 0
 * @VNFM_KEY_DURATION: "500" (seconds), "250ms", "30s", "5m", "2h"; read in microseconds
 * @VNFM_KEY_SIZE: "4096", "64K", "16M", "1G"; read in bytes
 * @VNFM_KEY_LIST: strings separated by "," or ";", blanks around each dropped
 * @VNFM_KEY_PATH: a file or folder; absolute
 * @VNFM_KEY_CHOICE: one of @choices of the key
 */
typedef enum {
  VNFM_KEY_STRING,
  VNFM_KEY_INT,
  VNFM_KEY_BOOLEAN,
  VNFM_KEY_DURATION,
  VNFM_KEY_SIZE,
  VNFM_KEY_LIST,
  VNFM_KEY_PATH,
  VNFM_KEY_CHOICE,
} VnfmKeyType;

/**
 * VnfmKeyFlags:
 * @VNFM_KEY_SECRET: masked wherever it is printed; KEY-file=PATH is accepted beside KEY
 * @VNFM_KEY_OPERATION: an operation keeps the value it began with (design: "frozen copy")
 */
typedef enum {
  VNFM_KEY_NONE = 0,
  VNFM_KEY_SECRET = 1 << 0,
  VNFM_KEY_OPERATION = 1 << 1,
} VnfmKeyFlags;

/**
 * VnfmKey:
 * @group: group of the key-file
 * @name: key
 * @type: how it is checked and read
 * @fallback: (nullable): the default, as it would be written; NULL: unset
 * @help: one line
 * @flags: see #VnfmKeyFlags
 * @choices: (nullable): for VNFM_KEY_CHOICE, separated by "|"
 *
 * A declared key. Tables of them end with a zeroed element.
 */
typedef struct {
  const char *group;
  const char *name;
  VnfmKeyType type;
  const char *fallback;
  const char *help;
  VnfmKeyFlags flags;
  const char *choices;
} VnfmKey;

/**
 * VnfmProfile:
 *
 * The effective configuration: declared keys, and layers of values, the later winning, each value remembering the file
 * and line it came from. Getters take declared keys only (anything else is a programming error); a value's syntax is
 * checked by vnfm_profile_check(), so getters cannot fail and yield the default for what did not pass.
 */
#define VNFM_TYPE_PROFILE (vnfm_profile_get_type ())
G_DECLARE_FINAL_TYPE (VnfmProfile, vnfm_profile, VNFM, PROFILE, GObject)

VnfmProfile *vnfm_profile_new (void);
/* Adds the keys of a table of static lifetime. */
void vnfm_profile_declare (VnfmProfile *self, const VnfmKey *keys);
/* Values of @group are not checked but warned about once (the group of a plugin that did not load). */
void vnfm_profile_tolerate (VnfmProfile *self, const char *group, const char *reason);
/* Adds a layer. A file that others can read and that holds a SECRET key is an error (found by vnfm_profile_check()).
 * Errors: VNFM_ERROR_CONFIG (syntax, with file and line), VNFM_ERROR_NOT_FOUND (no such file). */
gboolean vnfm_profile_load_file (VnfmProfile *self, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Adds one value on top; @origin as shown by --print-config ("--set"). */
void vnfm_profile_set (VnfmProfile *self, const char *group, const char *name, const char *value, const char *origin);
/* All that is wrong: undeclared keys and unreadable values with file and line, secrets in files that others can read or
 * that cannot be read.
 * @warnings: (out) (optional) (element-type utf8) (transfer full).
 * Returns: FALSE with VNFM_ERROR_CONFIG; the message has a line for each finding. */
gboolean vnfm_profile_check (VnfmProfile *self, GPtrArray **warnings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Nullable where the key has no default; borrowed until the value is set anew. For a SECRET, the content of KEY-file
 * (trailing newlines dropped) if that is given after any KEY, or of the systemd credential GROUP.KEY if neither is. */
const char *vnfm_profile_get_string (VnfmProfile *self, const char *group, const char *name);
gint64 vnfm_profile_get_int (VnfmProfile *self, const char *group, const char *name);
gboolean vnfm_profile_get_boolean (VnfmProfile *self, const char *group, const char *name);
/* Microseconds. */
gint64 vnfm_profile_get_duration (VnfmProfile *self, const char *group, const char *name);
/* Bytes. */
gint64 vnfm_profile_get_size (VnfmProfile *self, const char *group, const char *name);
/* Returns: (transfer full): never NULL. */
GStrv vnfm_profile_get_list (VnfmProfile *self, const char *group, const char *name);

/* Each declared key in order of declaration; @value is NULL where unset and "********" for a secret that is set;
 * @origin is "FILE:LINE", "--set", "default", "credential" or as given to vnfm_profile_set(). */
typedef void (*VnfmProfileFunc) (const VnfmKey *key, const char *value, const char *origin, gpointer user_data);
void vnfm_profile_foreach (VnfmProfile *self, VnfmProfileFunc func, gpointer user_data);

/* The values of all OPERATION keys but secrets as JSON text (null: unset), and a profile that has them on top of
 * today's other values. */
GBytes *vnfm_profile_freeze (VnfmProfile *self);
VnfmProfile *vnfm_profile_thaw (VnfmProfile *self, GBytes *frozen, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
