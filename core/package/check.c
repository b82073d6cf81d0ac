/* SPDX-License-Identifier: Apache-2.0 */
/* "vnfm-nfvo check": reads each file as "run" would, and says what it understood. Counting and JSON here, the text for
 * people in check-text.c. */
#include "config.h"

#include "core/package/check.h"

#include "core/package/nsd-private.h"

#include <stdio.h>

/* ---- counting */

static void
count_key (GHashTable *counts, const char *key)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, key));

  g_hash_table_insert (counts, g_strdup (key), GUINT_TO_POINTER (n + 1));
}

static guint
list_length (JsonObject *object, const char *name)
{
  JsonArray *array = vnfm_json_get_array (object, name);

  return array != NULL ? json_array_get_length (array) : 0;
}

static void
count_vdus (NfvoCounts *self, NfvoVnf *vnf)
{
  JsonArray *vdus = vnfm_json_get_array (vnf->vnfd, "vdu");

  self->vdus += vnf->vdus->len;
  for (guint i = 0; i < vnf->vdus->len; i++) {
    GPtrArray *vnfcs = ((NfvoVdu *)vnf->vdus->pdata[i])->vnfcs;
    self->fault_policies += list_length (json_array_get_object_element (vdus, i), "fault_management_policy");
    self->vnfcs += vnfcs->len;
    for (guint j = 0; j < vnfcs->len; j++) {
      GPtrArray *points = ((NfvoVnfc *)vnfcs->pdata[j])->connection_points;
      self->connection_points += points->len;
      for (guint k = 0; k < points->len; k++)
        self->floating_ips += ((NfvoConnectionPoint *)points->pdata[k])->floating_ip != NULL;
    }
  }
}

void
nfvo_counts_init (NfvoCounts *self, NfvoService *service, gboolean with_references)
{
  *self = (NfvoCounts){ .vnfs = service->vnfs->len };
  self->dependencies = with_references ? service->dependencies->len : service->stated_dependencies;
  self->events = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->endpoints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < service->vnfs->len; i++) {
    NfvoVnf *vnf = service->vnfs->pdata[i];
    if (vnf->vnfd == NULL || (vnf->reference != NULL && !with_references))
      continue;
    count_vdus (self, vnf);
    self->configuration_parameters += vnf->configurations->len;
    self->autoscale_policies += list_length (vnf->vnfd, "auto_scale_policy");
    count_key (self->endpoints, vnf->endpoint);
    for (guint j = 0; j < vnf->events->len; j++) {
      const NfvoEvent *event = vnf->events->pdata[j];
      count_key (self->events, event->name);
      self->scripts += event->scripts->len;
    }
  }
}

void
nfvo_counts_clear (NfvoCounts *self)
{
  g_clear_pointer (&self->events, g_hash_table_unref);
  g_clear_pointer (&self->endpoints, g_hash_table_unref);
}

/* ---- JSON */

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

static JsonObject *
counts_to_object (GHashTable *counts)
{
  JsonObject *object = json_object_new ();
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc)g_strcmp0);

  for (GList *l = keys; l != NULL; l = l->next)
    json_object_set_int_member (object, l->data, GPOINTER_TO_UINT (g_hash_table_lookup (counts, l->data)));
  return object;
}

/* [event, script] for each script. */
static JsonArray *
scripts_to_array (NfvoService *service, gboolean with_references)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < service->vnfs->len; i++) {
    const NfvoVnf *vnf = service->vnfs->pdata[i];
    for (guint j = 0; j < vnf->events->len && (with_references || vnf->reference == NULL); j++) {
      const NfvoEvent *event = vnf->events->pdata[j];
      for (guint k = 0; k < event->scripts->len; k++) {
        JsonArray *pair = json_array_new ();
        json_array_add_string_element (pair, event->name);
        json_array_add_string_element (pair, event->scripts->pdata[k]);
        json_array_add_array_element (array, pair);
      }
    }
  }
  return array;
}

static void
add_counts (JsonObject *object, NfvoService *service, gboolean with_references)
{
  g_auto (NfvoCounts) counts;

  nfvo_counts_init (&counts, service, with_references);
  json_object_set_int_member (object, "vnfs", counts.vnfs);
  json_object_set_int_member (object, "vdus", counts.vdus);
  json_object_set_int_member (object, "vnfcs", counts.vnfcs);
  json_object_set_int_member (object, "connection_points", counts.connection_points);
  json_object_set_int_member (object, "dependencies", counts.dependencies);
  json_object_set_int_member (object, "configuration_parameters", counts.configuration_parameters);
  json_object_set_int_member (object, "floating_ips", counts.floating_ips);
  json_object_set_object_member (object, "events", counts_to_object (counts.events));
  json_object_set_array_member (object, "scripts", scripts_to_array (service, with_references));
  json_object_set_object_member (object, "endpoints", counts_to_object (counts.endpoints));
  json_object_set_int_member (object, "fault_policies", counts.fault_policies);
  json_object_set_int_member (object, "autoscale_policies", counts.autoscale_policies);
}

static const char *
level_nick (NfvoLevel level)
{
  static const char *const nicks[] = { "hint", "warning", "error" };

  return nicks[level];
}

static void
add_findings (JsonObject *object, NfvoService *service)
{
  JsonArray *flags = json_array_new ();
  JsonArray *findings = json_array_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < service->findings->len; i++) {
    const NfvoFinding *finding = service->findings->pdata[i];
    JsonObject *told = json_object_new ();
    json_object_set_string_member (told, "level", level_nick (finding->level));
    json_object_set_string_member (told, "flag", finding->flag);
    set_text (told, "object", finding->object);
    set_text (told, "file", finding->file);
    if (finding->line > 0)
      json_object_set_int_member (told, "line", finding->line);
    json_object_set_string_member (told, "text", finding->text);
    json_array_add_object_element (findings, told);
    nfvo_texts_add_once (names, finding->flag);
  }
  for (guint i = 0; i < names->len; i++)
    json_array_add_string_element (flags, names->pdata[i]);
  json_object_set_array_member (object, "flags", flags);
  json_object_set_array_member (object, "findings", findings);
}

static JsonArray *
dependencies_to_array (NfvoService *service)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < service->dependencies->len; i++) {
    const NfvoDependency *dependency = service->dependencies->pdata[i];
    JsonObject *object = json_object_new ();
    JsonArray *parameters = json_array_new ();
    for (guint j = 0; j < dependency->parameters->len; j++)
      json_array_add_string_element (parameters, dependency->parameters->pdata[j]);
    json_object_set_string_member (object, "source", dependency->source);
    json_object_set_string_member (object, "target", dependency->target);
    json_object_set_array_member (object, "parameters", parameters);
    json_array_add_object_element (array, object);
  }
  return array;
}

/* Where the file names VNFDs by id, what they add. */
static void
add_understood (JsonObject *object, NfvoService *service)
{
  JsonObject *understood = json_object_new ();

  add_counts (understood, service, TRUE);
  json_object_set_array_member (understood, "dependency_list", dependencies_to_array (service));
  json_object_set_object_member (object, "understood", understood);
}

JsonObject *
nfvo_check_to_json (NfvoService *service)
{
  JsonObject *object = json_object_new ();
  g_autofree char *path = nfvo_text_printable (service->file);

  json_object_set_string_member (object, "path", path);
  json_object_set_string_member (object, "kind", service->kind);
  set_text (object, "name", service->name);
  set_text (object, "vendor", service->vendor);
  set_text (object, "version", service->version);
  json_object_set_boolean_member (object, "good", !nfvo_service_has_errors (service));
  add_counts (object, service, FALSE);
  add_understood (object, service);
  add_findings (object, service);
  return object;
}

/* ---- the command */

typedef struct {
  char **packages;
  char *scripts;
  gboolean json;
  gboolean strict;
  char **files;
} Options;

static void
options_clear (Options *self)
{
  g_strfreev (self->packages);
  g_free (self->scripts);
  g_strfreev (self->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *self, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "package", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->packages,
      "A VNF package, a folder of packages, or the package of the VNFD (or VNF) ID; may be repeated", "[ID=]PATH" },
    { "scripts", 0, 0, G_OPTION_ARG_FILENAME, &self->scripts, "Scripts of the VNFs that have no package", "DIR" },
    { "strict", 0, 0, G_OPTION_ARG_NONE, &self->strict, "Warnings count as errors", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, "Print JSON", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files, NULL, NULL },
    { 0 },
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("PATH... - say what a descriptor or package means, and what is wrong with it");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("vnfm-nfvo check: %s\n", error->message);
    return FALSE;
  }
  if (self->files == NULL) {
    g_printerr ("vnfm-nfvo check: name a descriptor, or the folder of a service or a package\n");
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_bad (NfvoService *service, gboolean strict)
{
  for (guint i = 0; i < service->findings->len; i++) {
    NfvoLevel level = ((NfvoFinding *)service->findings->pdata[i])->level;
    if (level == NFVO_ERROR || (strict && level == NFVO_WARNING))
      return TRUE;
  }
  return FALSE;
}

static JsonObject *
failure_to_json (const char *path, const GError *error)
{
  JsonObject *object = json_object_new ();
  g_autofree char *shown = nfvo_text_printable (path);
  g_autofree char *message = nfvo_text_printable (error->message);

  json_object_set_string_member (object, "path", shown);
  json_object_set_boolean_member (object, "good", FALSE);
  json_object_set_string_member (object, "error", message);
  json_object_set_string_member (object, "code", vnfm_error_code_get_nick (error->code));
  return object;
}

/* Returns: whether the file is good. */
static gboolean
check_file (const char *path, const NfvoLoadOptions *load, gboolean json, gboolean strict, JsonArray *results)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NfvoService) service = nfvo_service_load (path, load, &error);
  g_autofree char *text = NULL;

  if (service == NULL && json) {
    json_array_add_object_element (results, failure_to_json (path, error));
  } else if (service == NULL) {
    text = nfvo_text_printable (error->message);
    g_print ("error: %s\n", text);
  } else if (json) {
    json_array_add_object_element (results, nfvo_check_to_json (service));
  } else {
    text = nfvo_check_to_text (service);
    g_print ("%s", text);
  }
  return service != NULL && !is_bad (service, strict);
}

int
nfvo_check_files (char **files, const NfvoLoadOptions *load, gboolean json, gboolean strict)
{
  g_autoptr (JsonArray) results = json_array_new ();
  gboolean good = TRUE;

  for (guint i = 0; files[i] != NULL; i++) {
    if (i > 0 && !json)
      g_print ("\n");
    good = check_file (files[i], load, json, strict, results) && good;
  }
  if (json) {
    g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), results);
    g_autofree char *text = json_to_string (node, TRUE);
    puts (text); /* JSON is UTF-8, whatever the locale */
  }
  return good ? 0 : 1;
}

int
nfvo_check_main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };

  if (!parse_options (&options, argc, argv))
    return 2;
  const NfvoLoadOptions load = { (const char *const *)options.packages, options.scripts };
  return nfvo_check_files (options.files, &load, options.json, options.strict);
}
