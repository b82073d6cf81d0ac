/* SPDX-License-Identifier: Apache-2.0 */
/* The plugin "scripts": connects the events that have scripts of their own to script-run.c. ALLOCATE, RELEASE and
 * GRANTED hold prose in descriptors and are never executed. */
#include "config.h"

#include "plugins/handler-scripts/script-run.h"

#include <vnfm/vnfm-handler.h>
#include <vnfm/vnfm-plugin.h>

static const VnfmEvent events[] = {
  VNFM_EVENT_INSTANTIATE, VNFM_EVENT_CONFIGURE, VNFM_EVENT_START,  VNFM_EVENT_STOP,     VNFM_EVENT_TERMINATE,
  VNFM_EVENT_ERROR,       VNFM_EVENT_HEAL,      VNFM_EVENT_UPDATE, VNFM_EVENT_SCALE_IN,
};

static const VnfmKey keys[] = {
  { "scripts", "parallel", VNFM_KEY_INT, "8", "VNFCs of a VNF that run a script at the same time", VNFM_KEY_OPERATION,
    NULL },
  { "scripts", "time-limit", VNFM_KEY_DURATION, "30m", "how long a script may run; 0: for ever", VNFM_KEY_OPERATION,
    NULL },
  { "scripts", "max-output", VNFM_KEY_SIZE, "1M", "what is kept of a script's output and errors, each; 0: all",
    VNFM_KEY_OPERATION, NULL },
  { 0 },
};

#define VNFM_TYPE_SCRIPTS_HANDLER (vnfm_scripts_handler_get_type ())
G_DECLARE_FINAL_TYPE (VnfmScriptsHandler, vnfm_scripts_handler, VNFM, SCRIPTS_HANDLER, VnfmHandler)

struct _VnfmScriptsHandler {
  VnfmHandler parent_instance;

  VnfmLifecycle *lifecycle;
  GArray *connections; /* gulong */
};

G_DEFINE_FINAL_TYPE (VnfmScriptsHandler, vnfm_scripts_handler, VNFM_TYPE_HANDLER)

static void
on_event (G_GNUC_UNUSED VnfmLifecycle *lifecycle, VnfmOperation *operation, G_GNUC_UNUSED gpointer user_data)
{
  script_run_begin (operation);
}

static void
vnfm_scripts_handler_detach (VnfmHandler *handler)
{
  VnfmScriptsHandler *self = VNFM_SCRIPTS_HANDLER (handler);

  for (guint i = 0; i < self->connections->len; i++)
    g_signal_handler_disconnect (self->lifecycle, g_array_index (self->connections, gulong, i));
  g_array_set_size (self->connections, 0);
  g_clear_object (&self->lifecycle);
}

static void
vnfm_scripts_handler_attach (VnfmHandler *handler, VnfmLifecycle *lifecycle, VnfmTypeSet *types)
{
  VnfmScriptsHandler *self = VNFM_SCRIPTS_HANDLER (handler);

  vnfm_scripts_handler_detach (handler);
  self->lifecycle = g_object_ref (lifecycle);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    const char *signal = vnfm_lifecycle_get_signal_name (VNFM_PHASE_ON, events[i]);
    g_autoptr (GArray) ids = vnfm_lifecycle_connect_types (lifecycle, signal, types, on_event, self);
    g_array_append_vals (self->connections, ids->data, ids->len);
  }
}

static void
vnfm_scripts_handler_finalize (GObject *object)
{
  VnfmScriptsHandler *self = VNFM_SCRIPTS_HANDLER (object);

  vnfm_scripts_handler_detach (VNFM_HANDLER (self));
  g_array_unref (self->connections);
  G_OBJECT_CLASS (vnfm_scripts_handler_parent_class)->finalize (object);
}

static void
vnfm_scripts_handler_class_init (VnfmScriptsHandlerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vnfm_scripts_handler_finalize;
  VNFM_HANDLER_CLASS (klass)->attach = vnfm_scripts_handler_attach;
  VNFM_HANDLER_CLASS (klass)->detach = vnfm_scripts_handler_detach;
}

static void
vnfm_scripts_handler_init (VnfmScriptsHandler *self)
{
  self->connections = g_array_new (FALSE, FALSE, sizeof (gulong));
}

VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (G_GNUC_UNUSED GError **error)
{
  static const VnfmPluginInfo info = {
    .kind = VNFM_PLUGIN_HANDLER,
    .name = "scripts",
    .version = PACKAGE_VERSION,
    .summary = "runs the scripts of the VNF package",
    .keys = keys,
    .get_type = vnfm_scripts_handler_get_type,
  };

  return &info;
}
