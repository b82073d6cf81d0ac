/* SPDX-License-Identifier: Apache-2.0 */
/* A handler to copy. With mode=beside it writes a line to a file after each CONFIGURE of its VNF types; with
 * mode=instead no other handler works for them, no script runs, and a line is written for each event.
 *
 *   emission of a signal -> on_...() -> deferral -> file is opened -> line is written -> deferral is settled
 *
 * The manager waits for the deferral before it goes on, and does other VNFs' work meanwhile: never block in a handler.
 */
#include <string.h>
#include <vnfm/vnfm.h>

#define PATIENCE (10 * G_TIME_SPAN_SECOND)

/* Every key has a type, a default (NULL: none) and a line of help; the group is the plugin's name. vnfmd checks the
 * values, and "vnfmd --print-config" shows them. */
static const VnfmKey keys[] = {
  { "example", "file", VNFM_KEY_PATH, NULL, "where the lines are written", VNFM_KEY_NONE, NULL },
  {},
};

/* What it does itself where it stands instead of the handler of scripts. */
static const VnfmEvent replaced[] = {
  VNFM_EVENT_INSTANTIATE, VNFM_EVENT_CONFIGURE, VNFM_EVENT_START,  VNFM_EVENT_STOP,     VNFM_EVENT_TERMINATE,
  VNFM_EVENT_ERROR,       VNFM_EVENT_HEAL,      VNFM_EVENT_UPDATE, VNFM_EVENT_SCALE_IN,
};

G_DECLARE_FINAL_TYPE (ExampleHandler, example_handler, EXAMPLE, HANDLER, VnfmHandler)

struct _ExampleHandler {
  VnfmHandler parent_instance;

  VnfmLifecycle *lifecycle; /* while attached */
  GArray *connections;      /* of gulong */
};

G_DEFINE_FINAL_TYPE (ExampleHandler, example_handler, VNFM_TYPE_HANDLER)

/* What is on its way: the line, and the promise to say when it is written. */
typedef struct {
  VnfmDeferral *deferral;
  char *text;
} Line;

/* Settles the deferral, once: without an error the event goes on, with one the operation fails and the NFVO is told. */
static void
line_end (Line *line, GError *error)
{
  if (error == NULL) {
    vnfm_deferral_complete (line->deferral);
  } else {
    g_prefix_error (&error, "handler example: ");
    vnfm_deferral_fail (line->deferral, error);
  }
  g_free (line->text);
  g_free (line);
}

static void
written (GObject *stream, GAsyncResult *result, gpointer line)
{
  GError *error = NULL;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, &error);
  line_end (line, error);
}

static void
opened (GObject *file, GAsyncResult *result, gpointer data)
{
  Line *line = data;
  GError *error = NULL;
  g_autoptr (GFileOutputStream) stream = g_file_append_to_finish (G_FILE (file), result, &error);

  if (stream == NULL)
    line_end (line, error);
  else
    g_output_stream_write_all_async (G_OUTPUT_STREAM (stream), line->text, strlen (line->text), G_PRIORITY_DEFAULT,
                                     NULL, written, line);
}

static void
write_line (ExampleHandler *self, VnfmOperation *operation, VnfmPhase phase)
{
  VnfmProfile *profile = vnfm_extension_get_profile (VNFM_EXTENSION (self));
  VnfmRecord *record = vnfm_operation_get_record (operation);
  g_autoptr (GFile) file = g_file_new_for_path (vnfm_profile_get_string (profile, "example", "file"));
  Line *line = g_new (Line, 1);

  line->text = g_strdup_printf (
      "%s %s %s %s\n", vnfm_lifecycle_get_signal_name (phase, vnfm_operation_get_event (operation)),
      vnfm_record_get_vnf_type (record), vnfm_record_get_name (record), vnfm_operation_get_id (operation));
  line->deferral = vnfm_operation_defer (operation, "the example's line", PATIENCE);
  g_file_append_to_async (file, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT, vnfm_operation_get_cancellable (operation),
                          opened, line);
}

static void
on_after (VnfmLifecycle *lifecycle, VnfmOperation *operation, gpointer self)
{
  write_line (self, operation, VNFM_PHASE_AFTER);
}

static void
on_event (VnfmLifecycle *lifecycle, VnfmOperation *operation, gpointer self)
{
  write_line (self, operation, VNFM_PHASE_ON);
}

static void
connect_to (ExampleHandler *self, VnfmPhase phase, VnfmEvent event, VnfmTypeSet *types, VnfmLifecycleFunc func)
{
  const char *signal = vnfm_lifecycle_get_signal_name (phase, event);
  g_autoptr (GArray) ids = vnfm_lifecycle_connect_types (self->lifecycle, signal, types, func, self);

  g_array_append_vals (self->connections, ids->data, ids->len);
}

static void
example_handler_detach (VnfmHandler *handler)
{
  ExampleHandler *self = EXAMPLE_HANDLER (handler);

  for (guint i = 0; i < self->connections->len; i++)
    g_signal_handler_disconnect (self->lifecycle, g_array_index (self->connections, gulong, i));
  g_array_set_size (self->connections, 0);
  g_clear_object (&self->lifecycle);
}

/* vnfmd itself declares [handler.NAME] mode and types for each handler. */
static gboolean
works_instead (ExampleHandler *self)
{
  VnfmProfile *profile = vnfm_extension_get_profile (VNFM_EXTENSION (self));

  return strcmp (vnfm_profile_get_string (profile, "handler.example", "mode"), "instead") == 0;
}

/* @types: those that [handler.example] mode= and types= leave to this handler; connect for these and no others. */
static void
example_handler_attach (VnfmHandler *handler, VnfmLifecycle *lifecycle, VnfmTypeSet *types)
{
  ExampleHandler *self = EXAMPLE_HANDLER (handler);

  example_handler_detach (handler);
  self->lifecycle = g_object_ref (lifecycle);
  connect_to (self, VNFM_PHASE_AFTER, VNFM_EVENT_CONFIGURE, types, on_after);
  for (guint i = 0; works_instead (self) && i < G_N_ELEMENTS (replaced); i++)
    connect_to (self, VNFM_PHASE_ON, replaced[i], types, on_event);
}

/* What cannot work says so before the first VNF comes: vnfmd tells the reason and does not start. */
static gboolean
example_handler_start (VnfmExtension *extension, GError **error)
{
  if (vnfm_profile_get_string (vnfm_extension_get_profile (extension), "example", "file") != NULL)
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "[example] file is not set");
  return FALSE;
}

static void
example_handler_finalize (GObject *object)
{
  ExampleHandler *self = EXAMPLE_HANDLER (object);

  example_handler_detach (VNFM_HANDLER (self));
  g_array_unref (self->connections);
  G_OBJECT_CLASS (example_handler_parent_class)->finalize (object);
}

static void
example_handler_class_init (ExampleHandlerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = example_handler_finalize;
  VNFM_EXTENSION_CLASS (klass)->start = example_handler_start;
  VNFM_HANDLER_CLASS (klass)->attach = example_handler_attach;
  VNFM_HANDLER_CLASS (klass)->detach = example_handler_detach;
}

static void
example_handler_init (ExampleHandler *self)
{
  self->connections = g_array_new (FALSE, FALSE, sizeof (gulong));
}

/* All that a plugin exports. The file must be called KIND-NAME.so: handler-example.so. */
VNFM_PLUGIN_DECLARE_ABI;

const VnfmPluginInfo *
vnfm_plugin_entry (GError **error)
{
  static const VnfmPluginInfo info = {
    .kind = VNFM_PLUGIN_HANDLER,
    .name = "example",
    .version = "1.0",
    .summary = "writes a line for events; a handler to copy",
    .keys = keys,
    .get_type = example_handler_get_type,
  };

  return &info;
}
