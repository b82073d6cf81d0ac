/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/script-clone.h"

#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-error.h>

#include <string.h>

/* What a CLONE_SCRIPTS runs. No shell reads the URL, and git neither asks, runs hooks, nor uses another transport than
 * the allowed ones:
 *
 *   URL in the map: to a git repository     git clone file://FOLDER
 *                   to another folder       cp
 *   SCHEME://..., USER@HOST:PATH            git clone, if the scheme is allowed
 *   anything else (a path, "ext::...")      refused
 */

struct _EmsCloneRules {
  GStrv schemes;
  GHashTable *map; /* bare URL -> folder */
};

/* "https://h/a.git/" and "https://h/a" mean the same. */
static char *
bare_url (const char *url)
{
  char *bare = g_strdup (url);
  gsize length = strlen (bare);

  while (length > 0 && bare[length - 1] == '/')
    bare[--length] = '\0';
  if (g_str_has_suffix (bare, ".git"))
    bare[length - 4] = '\0';
  return bare;
}

EmsCloneRules *
ems_clone_rules_new (const char *const *schemes, const char *const *map, GError **error)
{
  g_autoptr (EmsCloneRules) self = g_new0 (EmsCloneRules, 1);

  self->schemes = g_strdupv ((char **)schemes);
  self->map = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; map[i] != NULL; i++) {
    const char *equals = strrchr (map[i], '=');
    if (equals == NULL || equals == map[i] || equals[1] != '/') {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "[ems] clone-map: \"%s\" is not URL=FOLDER", map[i]);
      return NULL;
    }
    g_autofree char *url = g_strndup (map[i], (gsize)(equals - map[i]));
    g_hash_table_replace (self->map, bare_url (url), g_strdup (equals + 1));
  }
  return g_steal_pointer (&self);
}

void
ems_clone_rules_free (EmsCloneRules *self)
{
  g_strfreev (self->schemes);
  g_clear_pointer (&self->map, g_hash_table_unref);
  g_free (self);
}

/* "https" of "https://...", "ssh" of "user@host:path". Returns: (transfer full) (nullable): NULL for anything else. */
static char *
dup_scheme (const char *url)
{
  const char *end = strstr (url, "://");
  gsize length = strspn (url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
  const char *host = url + strcspn (url, "@:/");

  if (end != NULL && end > url && url + length == end) {
    g_autofree char *scheme = g_strndup (url, length);
    return g_ascii_strdown (scheme, -1);
  }
  if (end == NULL && *host == '@' && host > url) {
    const char *colon = host + 1 + strcspn (host + 1, ":/@");
    return *colon == ':' && colon > host + 1 && colon[1] != ':' && colon[1] != '\0' ? g_strdup ("ssh") : NULL;
  }
  return NULL;
}

/* What would be read as an option by git or ssh, or cannot be part of a URL. */
static gboolean
is_dangerous (const char *url)
{
  const char *authority = strstr (url, "://");
  const char *at = strrchr (url, '@');

  for (const char *c = url; *c != '\0'; c++) {
    if (g_ascii_isspace (*c) || g_ascii_iscntrl (*c))
      return TRUE;
  }
  return *url == '-' || (authority != NULL && authority[3] == '-') || (at != NULL && at[1] == '-');
}

static gboolean
is_repository (const char *folder)
{
  g_autofree char *git = g_build_filename (folder, ".git", NULL);
  g_autofree char *head = g_build_filename (folder, "HEAD", NULL);
  g_autofree char *objects = g_build_filename (folder, "objects", NULL);

  return g_file_test (git, G_FILE_TEST_EXISTS) ||
         (g_file_test (head, G_FILE_TEST_IS_REGULAR) && g_file_test (objects, G_FILE_TEST_IS_DIR));
}

static void
use_copy (EmsInvocation *self, const char *folder, const char *target)
{
  g_autofree char *program = g_find_program_in_path ("cp");
  g_autofree char *content = g_build_filename (folder, ".", NULL);

  if (program == NULL) {
    ems_invocation_refuse (self, 127, "no \"cp\" on this machine");
    return;
  }
  const char *argv[] = { program, "-R", "-P", "--", content, target, NULL };
  self->argv = g_strdupv ((char **)argv);
}

/* git's own settings of this machine count only where they are the system's. */
static gboolean
write_config (const char *path, gboolean local)
{
  /* A repository that the map names may belong to anybody. */
  return g_file_set_contents (path, local ? "[safe]\n\tdirectory = *\n" : "", -1, NULL);
}

static void
use_git (EmsInvocation *self, const char *url, const char *target, const char *allowed, const char *config,
         const char *const *base)
{
  g_autofree char *program = g_find_program_in_path ("git");

  if (program == NULL) {
    ems_invocation_refuse (self, 127,
                           "no git on this machine to fetch scripts: install it into the image, or let \"clone-map\" "
                           "name a local folder");
    return;
  }
  if (!write_config (config, g_str_equal (allowed, "file"))) {
    ems_invocation_refuse (self, 1, "cannot write %s", config);
    return;
  }
  const char *argv[] = { program,
                         "-c",
                         "core.hooksPath=/dev/null",
                         "-c",
                         "core.autocrlf=false",
                         "clone",
                         "--quiet",
                         "--depth=1",
                         "--no-tags",
                         "--single-branch",
                         "--template=",
                         "--",
                         url,
                         target,
                         NULL };
  const char *const settings[][2] = {
    { "GIT_TERMINAL_PROMPT", "0" },  { "GIT_ASKPASS", "/bin/false" },
    { "SSH_ASKPASS", "/bin/false" }, { "GIT_SSH_COMMAND", "ssh -oBatchMode=yes" },
    { "GIT_CONFIG_GLOBAL", config }, { "GIT_ALLOW_PROTOCOL", allowed },
    { "GIT_LFS_SKIP_SMUDGE", "1" },  { "LC_ALL", "C.UTF-8" },
  };
  self->argv = g_strdupv ((char **)argv);
  self->environment = g_strdupv ((char **)base);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    self->environment = g_environ_setenv (self->environment, settings[i][0], settings[i][1], TRUE);
}

void
ems_clone_resolve (EmsInvocation *self, EmsCloneRules *rules, const char *url, const char *target, const char *config,
                   const char *const *base)
{
  g_autofree char *bare = bare_url (url);
  const char *folder = g_hash_table_lookup (rules->map, bare);
  g_autofree char *scheme = dup_scheme (url);
  g_autofree char *shown = vnfm_ems_hide_password (url, url);

  memset (self, 0, sizeof *self);
  if (folder != NULL && is_repository (folder)) {
    g_autofree char *local = g_strconcat ("file://", folder, NULL);
    use_git (self, local, target, "file", config, base);
  } else if (folder != NULL) {
    use_copy (self, folder, target);
  } else if (is_dangerous (url) || scheme == NULL) {
    ems_invocation_refuse (self, 126, "\"%s\" is no URL of a repository", shown);
  } else if (!g_strv_contains ((const char *const *)rules->schemes, scheme)) {
    g_autofree char *allowed = g_strjoinv (", ", rules->schemes);
    ems_invocation_refuse (self, 126, "scripts are not fetched by \"%s\", only by: %s", scheme, allowed);
  } else {
    g_autofree char *allowed = g_strjoinv (":", rules->schemes);
    use_git (self, url, target, allowed, config, base);
  }
}
