/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of commands. Pure. Whatever comes from outside is one quoted word; what is secret or long is the command's
 * input, because arguments can be seen by everybody on the machine. */
#include "config.h"

#include "plugins/ems-ssh/ssh-spool.h"

#include "plugins/ems-ssh/remote.h"

#include <vnfm/vnfm-error.h>

#include <string.h>

#define KEY_LENGTH 40 /* of a SHA-256 in hexadecimal */

struct _SshSpool {
  char *folder;
  char *root;
  char *helper; /* remote.sh on the machines */
  gboolean sudo;
};

/* Stores its input as $2, in the folder $1 that is nobody else's, and runs it. */
static const char installer[] =
    "umask 077\n"
    "mkdir -p \"$1\" || exit 1\n"
    "if ! [ -O \"$1\" ]; then echo \"vnfm-ssh: $1 belongs to somebody else\" >&2; exit 77; fi\n"
    "chmod 700 \"$1\" && cat > \"$2.$$\" && mv -f \"$2.$$\" \"$2\" || { rm -f \"$2.$$\"; exit 1; }\n"
    "exec sh \"$2\" prepare \"$3\" \"$4\"";

GBytes *
ssh_spool_get_helper (void)
{
  static GBytes *bytes;

  if (bytes == NULL)
    bytes = g_bytes_new_static (ssh_remote_text, strlen (ssh_remote_text));
  return bytes;
}

SshSpool *
ssh_spool_new (const char *folder, const char *root, gboolean sudo)
{
  SshSpool *self = g_new0 (SshSpool, 1);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, ssh_spool_get_helper ());

  self->folder = g_strdup (folder);
  self->root = g_strdup (root);
  self->helper = g_strdup_printf ("%s/remote-%.16s", folder, hash);
  self->sudo = sudo;
  return self;
}

void
ssh_spool_free (SshSpool *self)
{
  g_free (self->folder);
  g_free (self->root);
  g_free (self->helper);
  g_free (self);
}

char *
ssh_spool_quote (const char *text)
{
  GString *quoted = g_string_new ("'");

  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '\'')
      g_string_append (quoted, "'\\''");
    else
      g_string_append_c (quoted, *c);
  }
  g_string_append_c (quoted, '\'');
  return g_string_free (quoted, FALSE);
}

static void
add_word (GString *command, const char *word)
{
  g_autofree char *quoted = ssh_spool_quote (word);

  if (command->len > 0)
    g_string_append_c (command, ' ');
  g_string_append (command, quoted);
}

static void
add_number (GString *command, gint64 number)
{
  g_string_append_printf (command, " %" G_GINT64_FORMAT, number);
}

static GString *
begin_command (SshSpool *self)
{
  return g_string_new (self->sudo ? "exec sudo -n -H sh" : "exec sh");
}

static GString *
begin_call (SshSpool *self, const char *verb)
{
  GString *command = begin_command (self);

  add_word (command, self->helper);
  add_word (command, verb);
  return command;
}

/* Names of folders. An id that is no plain name is told by its hash. */

static char *
hash_name (const char *text)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strndup (hash, KEY_LENGTH);
}

static char *
vnfr_folder (const char *vnfr_id)
{
  const char *id = vnfr_id != NULL ? vnfr_id : "";

  for (const char *c = id; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && *c != '-')
      return hash_name (id);
  }
  return *id != '\0' && *id != '-' && strlen (id) <= 64 ? g_strdup (id) : hash_name (id);
}

/* Commands. */

char *
ssh_spool_prepare (SshSpool *self, const char *nonce, guint keep_days)
{
  GString *command = begin_command (self);

  g_string_append (command, " -c");
  add_word (command, installer);
  add_word (command, "sh");
  add_word (command, self->folder);
  add_word (command, self->helper);
  add_word (command, nonce);
  add_number (command, keep_days);
  return g_string_free (command, FALSE);
}

char *
ssh_spool_put (SshSpool *self, const char *name, gsize size, gboolean executable)
{
  GString *command = begin_call (self, "put");

  add_word (command, executable ? "put" : "update");
  add_number (command, (gint64)size);
  add_word (command, self->root);
  add_word (command, name);
  return g_string_free (command, FALSE);
}

char *
ssh_spool_clone (SshSpool *self, const char *url, const char *protocols)
{
  GString *command = begin_call (self, "clone");

  add_word (command, protocols);
  add_word (command, self->root);
  add_word (command, url);
  return g_string_free (command, FALSE);
}

static void
add_step (GString *command, const char *vnfr_id, const char *step_id)
{
  g_autofree char *vnfr = vnfr_folder (vnfr_id);
  g_autofree char *key = hash_name (step_id);

  add_word (command, vnfr);
  add_word (command, key);
  add_word (command, step_id);
}

char *
ssh_spool_cancel (SshSpool *self, const char *vnfr_id, const char *step_id)
{
  GString *command = begin_call (self, "cancel");

  add_step (command, vnfr_id, step_id);
  return g_string_free (command, FALSE);
}

char *
ssh_spool_forget (SshSpool *self, const char *vnfr_id)
{
  GString *command = begin_call (self, "forget");
  g_autofree char *vnfr = vnfr_folder (vnfr_id);

  add_word (command, vnfr);
  return g_string_free (command, FALSE);
}

/* Shells sleep for seconds; a limit that is reached early would be a lie. */
static gint64
round_up (gint64 duration)
{
  return duration <= 0 ? 0 : (duration + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
}

char *
ssh_spool_step (SshSpool *self, const SshStepCall *call, const char *working_directory)
{
  GString *command = begin_call (self, "step");

  add_word (command, call->nonce);
  add_step (command, call->vnfr_id, call->execution->step_id);
  add_number (command, (gint64)call->environment_size);
  add_number (command, round_up (call->execution->time_limit));
  add_number (command, round_up (call->grace));
  add_number (command, call->half);
  add_number (command, call->out_at);
  add_number (command, call->err_at);
  add_word (command, self->root);
  add_word (command, working_directory);
  add_word (command, call->execution->script);
  return g_string_free (command, FALSE);
}

/* Environments. */

static void
add_variable (GString *out, const char *name, const char *value)
{
  const char *parts[] = { name, "=", value };

  /* A name that is empty or holds "=" cannot be told to a program. */
  if (*name == '\0' || strchr (name, '=') != NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    for (const char *c = parts[i]; *c != '\0'; c++) {
      if (*c == '\n')
        g_string_append (out, "\\n");
      else if (*c == '\\')
        g_string_append (out, "\\\\");
      else
        g_string_append_c (out, *c);
    }
  }
  g_string_append_c (out, '\n');
}

GBytes *
ssh_spool_encode_environment (SshSpool *self, const char *vnfr_id, const char *step_id, VnfmEnvironment *environment)
{
  g_autoptr (JsonObject) values = vnfm_environment_to_json (environment, TRUE);
  g_autofree char *vnfr = vnfr_folder (vnfr_id);
  g_autofree char *key = hash_name (step_id);
  g_autofree char *provides = g_strdup_printf ("%s/%s/%s/provides", self->folder, vnfr, key);
  GString *out = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  add_variable (out, "SCRIPTS_PATH", self->root);
  json_object_iter_init_ordered (&iter, values);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    add_variable (out, name, json_node_get_string (value));
  add_variable (out, "VNFM_PROVIDES", provides);
  return g_string_free_to_bytes (out);
}

/* Names. */

char *
ssh_spool_clean_name (const char *name, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  guint n = 0;

  if (*name == '/') {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "\"%s\" is an absolute path", name);
    return NULL;
  }
  for (char **part = parts; *part != NULL; part++) {
    if (g_str_equal (*part, "..")) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED, "\"%s\" leads out of the script root", name);
      return NULL;
    }
    if (**part == '\0' || g_str_equal (*part, "."))
      continue;
    g_strv_builder_add (kept, *part);
    n++;
  }
  if (n == 0 || g_str_has_suffix (name, "/")) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "\"%s\" names no file", name);
    return NULL;
  }
  g_auto (GStrv) clean = g_strv_builder_end (kept);
  return g_strjoinv ("/", clean);
}
