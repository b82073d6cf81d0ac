/* SPDX-License-Identifier: Apache-2.0 */
/* Looks into the scripts that events name: their form, and the variables they read, held against those that the VNFM
 * and the agent set (protocol/openbaton.md, D.0, D.2, D.5, D.6). */
#include "config.h"

#include "core/package/nsd-private.h"
#include "core/package/script-scan.h"

#include <string.h>

#define MAX_SCANNED (1024 * 1024)
#define MAX_SOURCES 8

typedef struct {
  NfvoService *service;
  NfvoVnf *vnf;
  char *object;
  GHashTable *told; /* "script\nvariable", and the scripts whose form was looked at */
} Checker;

/* One run of a script: for which event, and with whose values. @source: (nullable) */
typedef struct {
  const NfvoEvent *event;
  const char *file;
  const NfvoVnf *source;
  GHashTable *given;
} Run;

/* ---- what is given */

/* Of every process, of a shell, of the agent (plugins/ems-agent/script-command.c). */
static gboolean
is_common (const char *name)
{
  static const char *const names[] = {
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "SHELL",
    "PWD",
    "OLDPWD",
    "TERM",
    "LANG",
    "LANGUAGE",
    "TZ",
    "MAIL",
    "TMPDIR",
    "EDITOR",
    "PAGER",
    "DISPLAY",
    "HOSTNAME",
    "HOSTTYPE",
    "MACHTYPE",
    "OSTYPE",
    "UID",
    "EUID",
    "PPID",
    "GROUPS",
    "IFS",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "SHLVL",
    "SHELLOPTS",
    "FUNCNAME",
    "PIPESTATUS",
    "OPTARG",
    "OPTIND",
    "OPTERR",
    "REPLY",
    "COLUMNS",
    "LINES",
    "DIRSTACK",
    "MAPFILE",
    "EPOCHSECONDS",
    "EPOCHREALTIME",
    "COPROC",
    "PS1",
    "PS2",
    "PS4",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "http_proxy",
    "https_proxy",
    "ftp_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "DEBIAN_FRONTEND",
    "SCRIPTS_PATH",
    "VNFM_PROVIDES",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    NULL,
  };
  static const char *const prefixes[] = { "LC_", "BASH", "SUDO_", "XDG_", "SSH_", NULL };

  for (guint i = 0; prefixes[i] != NULL; i++) {
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  }
  return g_strv_contains (names, name);
}

static void
give (GHashTable *given, const char *prefix, const char *name, const char *suffix)
{
  g_autofree char *whole = g_strconcat (prefix, name, suffix, NULL);

  g_hash_table_add (given, vnfm_environment_safe_name (whole));
}

static void
give_addresses (GHashTable *given, const NfvoVnf *vnf, const char *prefix)
{
  for (guint i = 0; i < vnf->vdus->len; i++) {
    const NfvoVdu *vdu = vnf->vdus->pdata[i];
    for (guint j = 0; j < vdu->vnfcs->len; j++) {
      GPtrArray *points = ((NfvoVnfc *)vdu->vnfcs->pdata[j])->connection_points;
      for (guint k = 0; k < points->len; k++) {
        const NfvoConnectionPoint *point = points->pdata[k];
        if (point->network == NULL)
          continue;
        give (given, prefix, point->network, "");
        if (point->floating_ip != NULL)
          give (given, prefix, point->network, "_floatingIp");
      }
    }
  }
  give (given, prefix, "hostname", "");
}

static void
give_foreign (GHashTable *given, NfvoService *service, const NfvoVnf *vnf, const NfvoVnf *source)
{
  g_autofree char *prefix = g_strconcat (source->type, "_", NULL);

  for (guint i = 0; i < service->dependencies->len; i++) {
    const NfvoDependency *dependency = service->dependencies->pdata[i];
    const NfvoVnf *from = nfvo_service_find_vnf (service, dependency->source);
    if (!g_str_equal (dependency->target, vnf->name) || from == NULL || g_strcmp0 (from->type, source->type) != 0)
      continue;
    for (guint j = 0; j < dependency->parameters->len; j++)
      give (given, prefix, dependency->parameters->pdata[j], "");
  }
}

/* Returns: (transfer full): set of shell-safe names. */
static GHashTable *
list_given (NfvoService *service, const NfvoVnf *vnf, const NfvoEvent *event, const NfvoVnf *source)
{
  GHashTable *given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < vnf->provides->len; i++)
    give (given, "", vnf->provides->pdata[i], "");
  for (guint i = 0; i < vnf->configurations->len; i++) {
    const NfvoParameter *parameter = vnf->configurations->pdata[i];
    if (parameter->value != NULL)
      give (given, "", parameter->key, "");
  }
  give_addresses (given, vnf, "");
  if (event->event == VNFM_EVENT_HEAL)
    give (given, "", "cause", "");
  if (event->event == VNFM_EVENT_SCALE_IN)
    give_addresses (given, vnf, "removing_");
  if (source != NULL)
    give_foreign (given, service, vnf, source);
  return given;
}

/* The source with the longest type that the script's name begins with, as handler-scripts picks it. */
static const NfvoVnf *
find_source (NfvoService *service, const NfvoVnf *vnf, const NfvoEvent *event, const char *file)
{
  const NfvoVnf *found = NULL;

  for (guint i = 0; event->event == VNFM_EVENT_CONFIGURE && i < service->dependencies->len; i++) {
    const NfvoDependency *dependency = service->dependencies->pdata[i];
    const NfvoVnf *source = nfvo_service_find_vnf (service, dependency->source);
    gsize length = source != NULL && source->type != NULL ? strlen (source->type) : 0;
    if (length > 0 && g_str_equal (dependency->target, vnf->name) && strncmp (file, source->type, length) == 0 &&
        file[length] == '_' && (found == NULL || length > strlen (found->type)))
      found = source;
  }
  return found;
}

/* ---- why a variable is not set */

/* Of a VNF without its service the sources are unknown: a CONFIGURE script's name says what it is given. */
static gboolean
may_be_foreign (const Checker *self, const Run *run, const char *name)
{
  g_autofree char *file = vnfm_environment_safe_name (run->file);

  if (!nfvo_service_is_alone (self->service) || run->event->event != VNFM_EVENT_CONFIGURE)
    return FALSE;
  for (const char *p = strchr (name, '_'); p != NULL; p = strchr (p + 1, '_')) {
    if (p > name && strncmp (name, file, (gsize)(p - name) + 1) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_source_of (NfvoService *service, const NfvoVnf *source, const NfvoVnf *target)
{
  for (guint i = 0; i < service->dependencies->len; i++) {
    const NfvoDependency *dependency = service->dependencies->pdata[i];
    if (g_str_equal (dependency->source, source->name) && g_str_equal (dependency->target, target->name))
      return TRUE;
  }
  return FALSE;
}

/* The VNF with the longest type that @name begins with. @rest: (out): what follows. */
static const NfvoVnf *
find_by_variable (NfvoService *service, const char *name, const char **rest)
{
  const NfvoVnf *found = NULL;
  gsize longest = 0;

  for (guint i = 0; i < service->vnfs->len; i++) {
    const NfvoVnf *vnf = service->vnfs->pdata[i];
    g_autofree char *safe = vnf->type != NULL ? vnfm_environment_safe_name (vnf->type) : g_strdup ("");
    gsize length = strlen (safe);
    if (length > longest && strncmp (name, safe, length) == 0 && name[length] == '_') {
      found = vnf;
      longest = length;
    }
  }
  *rest = name + longest + 1;
  return found;
}

/* Returns: (transfer full): ": why", or "". */
static char *
explain (const Checker *self, const Run *run, const char *name)
{
  const char *rest;
  const NfvoVnf *other = find_by_variable (self->service, name, &rest);

  for (guint i = 0; i < self->vnf->configurations->len; i++) {
    const NfvoParameter *parameter = self->vnf->configurations->pdata[i];
    g_autofree char *safe = vnfm_environment_safe_name (parameter->key);
    if (g_str_equal (safe, name))
      return g_strdup (": configurations name it without a value");
  }
  if (g_str_has_suffix (name, "_floatingIp")) {
    g_autofree char *network = g_strndup (name, strlen (name) - strlen ("_floatingIp"));
    if (g_hash_table_contains (run->given, network))
      return g_strdup (": no connection point there asks for a floating address");
  }
  if (other == NULL || other == self->vnf)
    return g_strdup ("");
  if (!is_source_of (self->service, other, self->vnf))
    return g_strdup_printf (": it does not depend on VNF %s", other->name);
  if (run->event->event != VNFM_EVENT_CONFIGURE)
    return g_strdup_printf (": only CONFIGURE scripts get values of other VNFs, not those of %s", run->event->name);
  if (run->source == NULL || g_strcmp0 (run->source->type, other->type) != 0)
    return g_strdup_printf (": only scripts that begin with %s_ get the values of VNF %s", other->type, other->name);
  return g_strdup_printf (": its dependency on VNF %s does not ask for \"%s\"", other->name, rest);
}

/* ---- scanning */

/* What a script sources, if that is in the package: "$SCRIPTS_PATH/lib/x.sh" is lib/x.sh, else x.sh. Returns: (transfer
 * full) (nullable). */
static char *
find_sourced (NfvoPackage *package, const char *word)
{
  g_autofree char *plain = g_strdup (word);
  g_auto (GStrv) parts = NULL;
  char *q = plain;

  for (const char *p = word; *p != '\0'; p++) {
    if (*p != '"' && *p != '\'')
      *q++ = *p;
  }
  *q = '\0';
  parts = g_strsplit (plain, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *rest = g_strjoinv ("/", parts + i);
    if (nfvo_package_has_script (package, rest))
      return g_steal_pointer (&rest);
  }
  return NULL;
}

static void
scan_text (NfvoScan *scan, const char *name, GBytes *content)
{
  gsize length;
  const char *text = g_bytes_get_data (content, &length);

  if (length == 0 || length > MAX_SCANNED)
    return;
  switch (nfvo_script_guess_language (name, text, length)) {
  case NFVO_SCRIPT_SHELL:
    nfvo_scan_shell (scan, text, length);
    break;
  case NFVO_SCRIPT_PYTHON:
    nfvo_scan_python (scan, text, length);
    break;
  case NFVO_SCRIPT_OTHER:
    break;
  }
}

/* Adds what the files assign that @scan reads in. Returns: FALSE if one of them is not in the package: what it sets
 * nobody knows. */
static gboolean
add_sourced (NfvoScan *scan, NfvoPackage *package)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (NfvoScan) all = nfvo_scan_new ();

  for (guint i = 0; i < scan->sources->len; i++)
    g_ptr_array_add (all->sources, g_strdup (scan->sources->pdata[i]));
  for (guint i = 0; i < all->sources->len; i++) {
    g_autofree char *name = find_sourced (package, all->sources->pdata[i]);
    if (name == NULL || g_hash_table_size (seen) > MAX_SOURCES)
      return FALSE;
    if (g_hash_table_contains (seen, name))
      continue;
    scan_text (all, name, nfvo_package_find_script (package, name));
    g_hash_table_add (seen, g_steal_pointer (&name));
  }
  GHashTableIter iter;
  const char *known;
  g_hash_table_iter_init (&iter, all->known);
  while (g_hash_table_iter_next (&iter, (gpointer *)&known, NULL))
    nfvo_scan_add_known (scan, known, strlen (known));
  return TRUE;
}

static void
tell_variable (Checker *self, const Run *run, const NfvoReading *reading)
{
  g_autofree char *key = g_strconcat (run->file, "\n", reading->name, NULL);

  if (is_common (reading->name) || g_hash_table_contains (run->given, reading->name) ||
      may_be_foreign (self, run, reading->name) || !g_hash_table_add (self->told, g_steal_pointer (&key)))
    return;
  g_autofree char *reason = explain (self, run, reading->name);
  g_autofree char *path = nfvo_package_dup_script_path (self->vnf->package, run->file);
  nfvo_service_tell_at (self->service, NFVO_HINT, "variable that nobody sets", self->object, path, reading->line,
                        "it reads $%s, which nobody sets%s", reading->name, reason);
}

static void
check_variables (Checker *self, Run *run, GBytes *content)
{
  g_autoptr (NfvoScan) scan = nfvo_scan_new ();

  scan_text (scan, run->file, content);
  if (scan->readings->len == 0 || !add_sourced (scan, self->vnf->package))
    return;
  run->source = find_source (self->service, self->vnf, run->event, run->file);
  run->given = list_given (self->service, self->vnf, run->event, run->source);
  for (guint i = 0; i < scan->readings->len; i++) {
    const NfvoReading *reading = scan->readings->pdata[i];
    if (!g_hash_table_contains (scan->known, reading->name))
      tell_variable (self, run, reading);
  }
  g_clear_pointer (&run->given, g_hash_table_unref);
}

/* ---- form */

static void
check_form (Checker *self, const char *file, GBytes *content)
{
  g_autofree char *path = nfvo_package_dup_script_path (self->vnf->package, file);
  gsize length;
  const char *text = g_bytes_get_data (content, &length);
  const char *end = length > 0 ? memchr (text, '\n', length) : NULL;

  if (!g_hash_table_add (self->told, g_strdup (file)))
    return;
  if (length == 0)
    nfvo_service_tell_at (self->service, NFVO_HINT, "empty script", self->object, path, 0, "the script is empty");
  else if (end != NULL && end > text && end[-1] == '\r')
    nfvo_service_tell_at (self->service, NFVO_HINT, "script with CRLF", self->object, path, 1,
                          "lines end in CR LF: few interpreters take that");
  if (length > 0 && (length < 2 || memcmp (text, "#!", 2) != 0) && !g_str_has_suffix (file, ".py"))
    nfvo_service_tell_at (self->service, NFVO_HINT, "script without #!", self->object, path, 1,
                          "it does not begin with #!: a shell runs it");
}

/* The agent makes them executable; a person who tries one by hand stumbles over it. */
static void
check_modes (Checker *self, GPtrArray *named)
{
  g_autoptr (GPtrArray) plain = g_ptr_array_new ();

  for (guint i = 0; i < named->len; i++) {
    if (nfvo_texts_contain (self->vnf->package->not_executable, named->pdata[i]))
      g_ptr_array_add (plain, named->pdata[i]);
  }
  if (plain->len == 0)
    return;
  g_autofree char *joined = nfvo_texts_join (plain);
  nfvo_service_tell (self->service, NFVO_HINT, "script not executable", self->object,
                     "not executable in the package (the agent makes them so): %s", joined);
}

static void
check_left_out (Checker *self)
{
  g_autofree char *joined = nfvo_texts_join (self->vnf->package->left_out);

  if (joined[0] != '\0')
    nfvo_service_tell (self->service, NFVO_HINT, "files that are not delivered", self->object,
                       "only scripts/ is delivered to the machines, not %s", joined);
}

static void
check_vnf (NfvoService *service, NfvoVnf *vnf)
{
  Checker checker = { .service = service, .vnf = vnf };
  g_autoptr (GPtrArray) named = g_ptr_array_new_with_free_func (g_free);

  if (vnf->package == NULL || vnf->scripts_link != NULL)
    return;
  checker.object = g_strdup_printf ("VNF %s", vnf->name);
  checker.told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < vnf->events->len; i++) {
    const NfvoEvent *event = vnf->events->pdata[i];
    for (guint j = 0; nfvo_event_is_run (event->event) && j < event->scripts->len; j++) {
      g_autofree char *file = nfvo_script_dup_file (event->scripts->pdata[j]);
      GBytes *content = nfvo_package_find_script (vnf->package, file);
      Run run = { .event = event, .file = file };
      if (content == NULL)
        continue;
      nfvo_texts_add_once (named, file);
      check_form (&checker, file, content);
      check_variables (&checker, &run, content);
    }
  }
  check_modes (&checker, named);
  check_left_out (&checker);
  g_hash_table_unref (checker.told);
  g_free (checker.object);
}

void
nfvo_service_check_scripts (NfvoService *self)
{
  for (guint i = 0; i < self->vnfs->len; i++)
    check_vnf (self, self->vnfs->pdata[i]);
}
