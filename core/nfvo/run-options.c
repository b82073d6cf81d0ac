/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/nfvo/run.h"

#define DEFAULT_TIMEOUT  600
#define RELEASE_PATIENCE (30 * G_TIME_SPAN_SECOND)

/* What GOption fills in, before it becomes NfvoRunOptions. */
typedef struct {
  char *machines;
  char *order;
  double keep_for;
  double timeout;
  double delay_allocate;
  GStrv arguments;
} Raw;

static void
raw_clear (Raw *raw)
{
  g_free (raw->machines);
  g_free (raw->order);
  g_strfreev (raw->arguments);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

static GOptionContext *
make_context (NfvoRunOptions *self, Raw *raw)
{
  const GOptionEntry entries[] = {
    { "package", 'p', 0, G_OPTION_ARG_FILENAME_ARRAY, &self->packages,
      "a package, a folder of packages, or the package of one VNF", "[ID=]PATH" },
    { "scripts", 's', 0, G_OPTION_ARG_FILENAME, &self->scripts, "scripts of the VNFs that have no package", "DIR" },
    { "machines", 'm', 0, G_OPTION_ARG_STRING, &raw->machines, "kind of the machines: process, namespace", "KIND" },
    { "base", 0, 0, G_OPTION_ARG_FILENAME, &self->base, "namespace: image with packages, laid over the root", "FILE" },
    { "root", 0, 0, G_OPTION_ARG_FILENAME, &self->root, "namespace: what machines are made of (/)", "DIR" },
    { "disk", 0, 0, G_OPTION_ARG_STRING, &self->disk, "namespace: limit of what a machine writes (2g)", "SIZE" },
    { "keep", 'k', 0, G_OPTION_ARG_NONE, &self->keep, "keep the service up until Ctrl-C", NULL },
    { "keep-for", 0, 0, G_OPTION_ARG_DOUBLE, &raw->keep_for, "keep the service up for a while", "SECONDS" },
    { "timeout", 't', 0, G_OPTION_ARG_DOUBLE, &raw->timeout, "until all must be ACTIVE (600; 0: no limit)", "SECONDS" },
    { "order", 0, 0, G_OPTION_ARG_STRING, &raw->order, "start VNFs ordered, or unordered (default)", "ORDER" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->json, "a JSON object for each event", NULL },
    { "show-output", 'o', 0, G_OPTION_ARG_NONE, &self->show_output, "show all that scripts print", NULL },
    { "keep-files", 0, 0, G_OPTION_ARG_NONE, &self->keep_files, "leave the folder of the run", NULL },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &self->state_dir, "where the folder of the run is made", "DIR" },
    { "connect", 'c', 0, G_OPTION_ARG_STRING, &self->connect, "use the vnfmd whose broker listens there", "HOST:PORT" },
    { "login", 0, 0, G_OPTION_ARG_STRING, &self->login, "login at that broker", "NAME" },
    { "passcode-file", 0, 0, G_OPTION_ARG_FILENAME, &self->passcode_file, "file with its passcode", "FILE" },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &self->profile, "profile of vnfmd (local)", "NAME" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->settings, "passed to the own vnfmd", "GROUP.KEY=VALUE" },
    { "plugin-dir", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->plugin_dirs, "folder of plugins, also passed on", "DIR" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->verbose, "tell each step", NULL },
    { "refuse-grant", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->deployment.refuse_grant,
      "test aid: refuse the grant of a VNF", "VNF" },
    { "refuse-allocate", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->deployment.refuse_allocate,
      "test aid: refuse the machines of a VNF", "VNF" },
    { "silent-grant", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->deployment.silent_grant,
      "test aid: never answer the grant of a VNF", "VNF" },
    { "delay-allocate", 0, 0, G_OPTION_ARG_DOUBLE, &raw->delay_allocate,
      "test aid: hold the answer back while machines boot", "SECONDS" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->arguments, NULL, "NSD" },
    G_OPTION_ENTRY_NULL,
  };
  GOptionContext *context = g_option_context_new ("- play the whole life of a network service");

  g_option_context_add_main_entries (context, entries, NULL);
  return context;
}

static gboolean
bad (GError **error, const char *text)
{
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_CONFIG, text);
  return FALSE;
}

static gboolean
take (NfvoRunOptions *self, Raw *raw, GError **error)
{
  if (raw->arguments == NULL || g_strv_length (raw->arguments) != 1)
    return bad (error, "name one NSD");
  self->namespaces = g_strcmp0 (raw->machines, "namespace") == 0;
  if (raw->machines != NULL && !self->namespaces && !g_str_equal (raw->machines, "process"))
    return bad (error, "--machines: \"process\" or \"namespace\"");
  if (!self->namespaces && (self->base != NULL || self->root != NULL || self->disk != NULL))
    return bad (error, "--base, --root and --disk go with --machines=namespace");
  if (self->namespaces && self->connect != NULL)
    return bad (error, "--connect: namespace machines have a network of their own, where only an own vnfmd is");
  if (raw->order != NULL && !g_str_equal (raw->order, "ordered") && !g_str_equal (raw->order, "unordered"))
    return bad (error, "--order: \"ordered\" or \"unordered\"");
  if (raw->keep_for < 0 || raw->timeout < 0 || raw->delay_allocate < 0)
    return bad (error, "a time is negative");
  if (self->connect != NULL && self->settings != NULL)
    return bad (error, "--set is for an own vnfmd, --connect uses another one");
  if (self->passcode_file != NULL && self->connect == NULL)
    return bad (error, "--passcode-file goes with --connect");
  self->descriptor = g_strdup (raw->arguments[0]);
  self->keep |= raw->keep_for > 0;
  self->keep_for = (gint64)(raw->keep_for * G_TIME_SPAN_SECOND);
  self->timeout = (gint64)(raw->timeout * G_TIME_SPAN_SECOND);
  self->deployment.ordered = g_strcmp0 (raw->order, "ordered") == 0;
  self->deployment.delay_allocate = (gint64)(raw->delay_allocate * G_TIME_SPAN_SECOND);
  self->deployment.release_patience = RELEASE_PATIENCE;
  if (self->profile == NULL)
    self->profile = g_strdup ("local");
  return TRUE;
}

gboolean
nfvo_run_options_parse (NfvoRunOptions *self, int argc, char **argv, GError **error)
{
  g_auto (Raw) raw = { .timeout = DEFAULT_TIMEOUT };
  g_autoptr (GOptionContext) context = make_context (self, &raw);

  return g_option_context_parse (context, &argc, &argv, error) && take (self, &raw, error);
}

void
nfvo_run_options_clear (NfvoRunOptions *self)
{
  g_free (self->descriptor);
  g_strfreev (self->packages);
  g_free (self->scripts);
  g_free (self->root);
  g_free (self->base);
  g_free (self->disk);
  g_free (self->connect);
  g_free (self->login);
  g_free (self->passcode_file);
  g_free (self->profile);
  g_strfreev (self->settings);
  g_strfreev (self->plugin_dirs);
  g_free (self->state_dir);
  g_strfreev (self->deployment.refuse_grant);
  g_strfreev (self->deployment.refuse_allocate);
  g_strfreev (self->deployment.silent_grant);
}
