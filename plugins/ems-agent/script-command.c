/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/script-command.h"

#include <vnfm/vnfm-error.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* From the text of an EXECUTE to what execve() is given. protocol/openbaton.md, E.2, with E.5 mended:
 *
 *   file                                                 run as
 *   ELF and executable                                   itself
 *   first line "#!", executable or *.py                  its interpreter, as the kernel would
 *   *.py                                                 python3
 *   anything else                                        bash, or sh where there is no bash
 *
 * A script with CRLF line ends fails in ways that nobody understands ("bad interpreter", "$'\r': command not found"):
 * a corrected copy of the same base name is run in its place, and the script's stderr says so. */

#define MAX_HEAD      256
#define MAX_CORRECTED (16 << 20)
/* A name of a script, with folders and blanks. */
#define MAX_NAME 1024

void
ems_invocation_clear (EmsInvocation *self)
{
  g_clear_pointer (&self->argv, g_strfreev);
  g_clear_pointer (&self->environment, g_strfreev);
  g_clear_pointer (&self->note, g_free);
}

void
ems_invocation_refuse (EmsInvocation *self, int status, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_free (self->note);
  self->note = g_strdup_printf ("vnfm-ems: %s\n", text);
  self->status = status;
}

/* Which file the payload means. Names may hold blanks: the longest beginning that is a file wins.
 * @arguments: what follows it, borrowed from @payload. Returns: (transfer full) (nullable): its path. */
static char *
find_file (EmsScriptRoot *root, const char *payload, const char **arguments, GError **error)
{
  g_autofree char *name = g_strndup (payload, MAX_NAME);
  g_autoptr (GError) denied = NULL;

  /* Longer names there are none, but arguments without bound: not through a word. */
  if (strlen (payload) > MAX_NAME) {
    for (gsize length = MAX_NAME; length > 0 && !g_ascii_isspace (payload[length]); length--)
      name[length - 1] = '\0';
  }
  g_strchomp (name);
  for (;;) {
    g_autoptr (GError) cause = NULL;
    g_autofree char *path = ems_script_root_find (root, name, &cause);
    if (path != NULL) {
      *arguments = payload + strlen (name);
      return g_steal_pointer (&path);
    }
    if (denied == NULL && g_error_matches (cause, VNFM_ERROR, VNFM_ERROR_DENIED))
      denied = g_error_copy (cause);
    gsize length = strlen (name);
    while (length > 0 && !g_ascii_isspace (name[length - 1]))
      length--;
    if (length == 0) {
      /* The shortest beginning is the name that a reader sees; but what would have led out is what matters. */
      g_propagate_error (error, denied != NULL ? g_steal_pointer (&denied) : g_steal_pointer (&cause));
      return NULL;
    }
    name[length] = '\0';
    g_strchomp (name);
  }
}

static gssize
read_head (const char *path, char *head)
{
  FILE *file = g_fopen (path, "re");
  gssize length = -1;

  if (file != NULL) {
    length = (gssize)fread (head, 1, MAX_HEAD - 1, file);
    if (ferror (file))
      length = -1;
    fclose (file);
  }
  if (length >= 0)
    head[length] = '\0';
  return length;
}

static gboolean
has_crlf (const char *head, gsize length)
{
  const char *end = memchr (head, '\n', length);

  return end != NULL && end > head && end[-1] == '\r' && memchr (head, '\0', length) == NULL;
}

/* Returns: (transfer full) (nullable): path of the corrected copy; else refuses. */
static char *
correct_line_ends (EmsInvocation *self, const char *path, const char *folder)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *copy = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  gsize kept = 0;

  if (!g_file_get_contents (path, &text, &length, &error)) {
    ems_invocation_refuse (self, 126, "%s", error->message);
    return NULL;
  }
  if (length > MAX_CORRECTED) {
    ems_invocation_refuse (self, 126,
                           "script \"%s\" has CRLF line ends and is too large to be corrected: store it with LF", name);
    return NULL;
  }
  for (gsize i = 0; i < length; i++) {
    if (text[i] != '\r' || i + 1 == length || text[i + 1] != '\n')
      text[kept++] = text[i];
  }
  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      !g_file_set_contents_full (copy, text, (gssize)kept, G_FILE_SET_CONTENTS_NONE, 0755, &error)) {
    ems_invocation_refuse (self, 126, "script \"%s\" has CRLF line ends and no corrected copy could be written to %s",
                           name, folder);
    return NULL;
  }
  g_free (self->note);
  self->note = g_strdup_printf ("vnfm-ems: %s has CRLF line ends: a copy with LF is run\n", name);
  return g_steal_pointer (&copy);
}

/* "#!/usr/bin/env python" -> words, as the kernel sees it: the interpreter, and the rest as one word. */
static GStrv
split_shebang (char *head)
{
  char *line = head + 2;

  line[strcspn (line, "\r\n")] = '\0';
  g_strstrip (line);
  char *rest = line + strcspn (line, " \t");
  if (*rest != '\0')
    *rest++ = '\0';
  rest = g_strchug (rest);
  const char *words[] = { line, *rest != '\0' ? rest : NULL, NULL };
  return *line != '\0' ? g_strdupv ((char **)words) : NULL;
}

static void
choose_interpreter (EmsInvocation *self, GStrvBuilder *words, const char *path, char *head, gsize length)
{
  gboolean executable = access (path, X_OK) == 0;
  gboolean python = g_str_has_suffix (path, ".py");
  gboolean elf = length >= 4 && memcmp (head, "\177ELF", 4) == 0;
  g_auto (GStrv) shebang = length > 2 && head[0] == '#' && head[1] == '!' ? split_shebang (head) : NULL;

  if (elf && executable)
    return;
  if (shebang != NULL && (executable || python)) {
    if (access (shebang[0], X_OK) != 0)
      ems_invocation_refuse (self, 127, "the interpreter \"%s\" of script %s is not there", shebang[0], path);
    g_strv_builder_addv (words, (const char **)shebang);
    return;
  }
  g_autofree char *program = python ? g_find_program_in_path ("python3")
                                    : g_strdup (access ("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh");
  if (program == NULL)
    ems_invocation_refuse (self, 127, "no python3 here to run %s", path);
  else
    g_strv_builder_add (words, program);
}

void
ems_invocation_resolve (EmsInvocation *self, EmsScriptRoot *root, const char *payload, const char *copy_folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  const char *arguments = NULL;
  char head[MAX_HEAD];

  memset (self, 0, sizeof *self);
  g_autofree char *path = find_file (root, payload, &arguments, &error);
  if (path == NULL) {
    ems_invocation_refuse (self, error->code == VNFM_ERROR_DENIED ? 126 : 127, "%s", error->message);
    return;
  }
  gssize length = read_head (path, head);
  if (length < 0) {
    ems_invocation_refuse (self, 126, "cannot read script %s", path);
    return;
  }
  if (has_crlf (head, (gsize)length)) {
    g_autofree char *copy = correct_line_ends (self, path, copy_folder);
    if (copy == NULL)
      return;
    g_free (path);
    path = g_steal_pointer (&copy);
  }

  choose_interpreter (self, words, path, head, (gsize)length);
  if (self->status != 0)
    return;
  g_strv_builder_add (words, path);
  g_auto (GStrv) split = g_strsplit_set (arguments, " \t\r\n\v\f", -1);
  for (char **word = split; *word != NULL; word++) {
    if (**word != '\0')
      g_strv_builder_add (words, *word);
  }
  self->argv = g_strv_builder_end (words);
}

/* Environments. */

static const char *const fallbacks[][2] = {
  { "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
  { "LANG", "C.UTF-8" },
};

GStrv
ems_environment_base (const char *const *own, const char *const *patterns)
{
  g_autoptr (GStrvBuilder) base = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (fallbacks); i++) {
    if (g_environ_getenv ((char **)own, fallbacks[i][0]) == NULL) {
      g_autofree char *entry = g_strconcat (fallbacks[i][0], "=", fallbacks[i][1], NULL);
      g_strv_builder_add (base, entry);
    }
  }
  if (g_environ_getenv ((char **)own, "HOME") == NULL) {
    g_autofree char *entry = g_strconcat ("HOME=", g_get_home_dir (), NULL);
    g_strv_builder_add (base, entry);
  }
  for (const char *const *entry = own; *entry != NULL; entry++) {
    const char *equals = strchr (*entry, '=');
    if (equals == NULL)
      continue;
    g_autofree char *name = g_strndup (*entry, (gsize)(equals - *entry));
    for (guint i = 0; patterns[i] != NULL; i++) {
      if (g_pattern_match_simple (patterns[i], name)) {
        g_strv_builder_add (base, *entry);
        break;
      }
    }
  }
  return g_strv_builder_end (base);
}

static void
put (GHashTable *values, const char *name, const char *value)
{
  g_hash_table_replace (values, g_strdup (name), g_strconcat (name, "=", value, NULL));
}

/* Variables whose value is code to the shell or the loader. Values come from descriptors and from other VNFs, names
 * partly too ("BASH" provides "ENV"): no script needs these from there. */
static gboolean
is_code (const char *name)
{
  static const char *const names[] = { "BASH_ENV",       "BASHOPTS",   "SHELLOPTS", "PS4",
                                       "PROMPT_COMMAND", "LD_PRELOAD", "LD_AUDIT",  "PYTHONSTARTUP" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (name, names[i]))
      return TRUE;
  }
  return g_str_has_prefix (name, "BASH_FUNC_");
}

GStrv
ems_environment_build (const char *const *base, JsonObject *wanted, const char *scripts_path, const char *provides_path)
{
  /* Not g_environ_setenv(): that is quadratic. */
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GStrvBuilder) entries = g_strv_builder_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  for (guint i = 0; base[i] != NULL; i++) {
    const char *equals = strchr (base[i], '=');
    g_autofree char *key = g_strndup (base[i], (gsize)(equals - base[i]));
    put (values, key, equals + 1);
  }
  put (values, "SCRIPTS_PATH", scripts_path);
  if (wanted != NULL) {
    json_object_iter_init_ordered (&iter, wanted);
    while (json_object_iter_next_ordered (&iter, &name, &value)) {
      /* A name that is empty or holds "=" cannot be told to a program. */
      if (*name != '\0' && strchr (name, '=') == NULL && !is_code (name) &&
          json_node_get_value_type (value) == G_TYPE_STRING)
        put (values, name, json_node_get_string (value));
    }
  }
  put (values, "VNFM_PROVIDES", provides_path);

  GHashTableIter entry;
  gpointer text;
  g_hash_table_iter_init (&entry, values);
  while (g_hash_table_iter_next (&entry, NULL, &text))
    g_strv_builder_add (entries, text);
  return g_strv_builder_end (entries);
}
