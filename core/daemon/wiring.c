/* SPDX-License-Identifier: Apache-2.0 */
/* How the manager is put together, from top to bottom: the store, the transports of the two legs, the negotiator, the
 * EMS back-ends, the engine, the handlers. Each is an extension that a plugin brings; the profile names them. What
 * connects them are the engine's calls downwards and signals upwards:
 *
 *   transport  "delivery::nfvo-requests"    -> northbound -> engine
 *   transport  "delivery::answers"          -> negotiator, EMS back-end
 *   transport  "delivery::ems-registration" -> EMS back-end
 *   EMS        "output"                     -> engine (live lines of scripts)
 *   lifecycle  "before-X", "X", "after-X"   -> handlers, each for its VNF types
 *
 * A new handler needs no line here: it is named in [vnfmd] handlers=, and its group [handler.NAME] says for which types
 * it works, beside the others or instead of them. So with back-ends: [vnfmd] ems= and [ems.NAME]. */
#include "config.h"

#include "core/daemon/wiring.h"
#include "core/engine/northbound.h"

struct _Wiring {
  HostPlugins *plugins;
  VnfmContext *context;
  VnfmNegotiator *negotiator;
  GPtrArray *back_ends; /* of VnfmEms: the first serves the types that no other has */
  VnfmEngine *engine;
  GPtrArray *handlers; /* of VnfmHandler */
};

const VnfmKey wiring_keys[] = {
  { "vnfmd", "store", VNFM_KEY_STRING, "sqlite", "store plugin", VNFM_KEY_NONE, NULL },
  { "vnfmd", "nfvo-transport", VNFM_KEY_STRING, "stomp", "transport plugin towards the NFVO", VNFM_KEY_NONE, NULL },
  { "vnfmd", "ems-transport", VNFM_KEY_STRING, "stomp", "transport plugin towards the agents", VNFM_KEY_NONE, NULL },
  { "vnfmd", "negotiator", VNFM_KEY_STRING, "nfvo", "negotiator plugin", VNFM_KEY_NONE, NULL },
  { "vnfmd", "ems", VNFM_KEY_LIST, "agent", "EMS back-end plugins", VNFM_KEY_NONE, NULL },
  { "vnfmd", "handlers", VNFM_KEY_LIST, "scripts", "handler plugins", VNFM_KEY_NONE, NULL },
  {},
};

/* ---- handlers and back-ends: for which types each works
 *
 * Each has a group that names its types. A back-end always works instead of the others, a handler if it says so. The
 * first back-end serves the types that no other has taken, as handlers without types of their own do. */

char *
wiring_dup_group (VnfmPluginKind kind, const char *name)
{
  return g_strconcat (vnfm_plugin_kind_get_nick (kind), ".", name, NULL);
}

static gboolean
works_instead (VnfmProfile *profile, VnfmPluginKind kind, const char *name)
{
  g_autofree char *group = wiring_dup_group (kind, name);

  return kind == VNFM_PLUGIN_EMS || g_strcmp0 (vnfm_profile_get_string (profile, group, "mode"), "instead") == 0;
}

static GStrv
get_types (VnfmProfile *profile, VnfmPluginKind kind, const char *name)
{
  g_autofree char *group = wiring_dup_group (kind, name);

  return vnfm_profile_get_list (profile, group, "types");
}

/* The types that others than @name have taken for themselves. */
static GStrv
collect_taken_types (VnfmProfile *profile, VnfmPluginKind kind, GStrv names, const char *name)
{
  g_autoptr (GStrvBuilder) taken = g_strv_builder_new ();

  for (guint i = 0; names[i] != NULL; i++) {
    if (g_strcmp0 (names[i], name) == 0 || !works_instead (profile, kind, names[i]))
      continue;
    g_auto (GStrv) types = get_types (profile, kind, names[i]);
    g_strv_builder_addv (taken, (const char **)types);
  }
  return g_strv_builder_end (taken);
}

/* Its own types, or, without any, all that no other has taken. */
static VnfmTypeSet *
compute_types (VnfmProfile *profile, VnfmPluginKind kind, GStrv names, const char *name)
{
  g_auto (GStrv) own = get_types (profile, kind, name);

  if (own[0] != NULL)
    return vnfm_type_set_new_of ((const char *const *)own);
  g_auto (GStrv) taken = collect_taken_types (profile, kind, names, name);
  return vnfm_type_set_new_all_but ((const char *const *)taken);
}

/* One back-end's share: the first has the rest, each other some types of its own, and no two the same.
 * @owners: type -> name of the back-end. */
static gboolean
check_back_end (VnfmProfile *profile, GHashTable *owners, const char *name, gboolean first, GError **error)
{
  g_auto (GStrv) types = get_types (profile, VNFM_PLUGIN_EMS, name);

  if (first != (types[0] == NULL)) {
    if (first)
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG,
                   "[ems.%s] types: the first of [vnfmd] ems serves all types that no other names, and names none",
                   name);
    else
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG,
                   "[ems.%s] types: it names no VNF types, and only the first of [vnfmd] ems may serve the rest", name);
    return FALSE;
  }
  for (guint i = 0; types[i] != NULL; i++) {
    const char *owner = g_hash_table_lookup (owners, types[i]);
    if (owner != NULL) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "[ems.%s] types: %s is named twice, before in [ems.%s]", name,
                   types[i], owner);
      return FALSE;
    }
    g_hash_table_insert (owners, g_strdup (types[i]), (gpointer)name);
  }
  return TRUE;
}

gboolean
wiring_check (VnfmProfile *profile, GError **error)
{
  g_auto (GStrv) names = vnfm_profile_get_list (profile, "vnfmd", "ems");
  g_autoptr (GHashTable) owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (names[0] == NULL) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "[vnfmd] ems: it names no EMS back-end");
    return FALSE;
  }
  for (guint i = 0; names[i] != NULL; i++) {
    for (guint j = 0; j < i; j++)
      if (g_str_equal (names[i], names[j])) {
        g_set_error (error, VNFM_ERROR, VNFM_ERROR_CONFIG, "[vnfmd] ems: %s is named twice", names[i]);
        return FALSE;
      }
    if (!check_back_end (profile, owners, names[i], i == 0, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- making the parts */

static gpointer
create (Wiring *self, VnfmPluginKind kind, const char *key, const char *name, GError **error)
{
  VnfmExtension *extension = host_plugins_create (self->plugins, kind, name, self->context, error);

  if (extension == NULL)
    g_prefix_error (error, "the profile needs %s-%s ([vnfmd] %s): ", vnfm_plugin_kind_get_nick (kind), name, key);
  return extension;
}

static gpointer
need (Wiring *self, VnfmPluginKind kind, const char *key, GError **error)
{
  return create (self, kind, key, vnfm_profile_get_string (vnfm_context_get_profile (self->context), "vnfmd", key),
                 error);
}

/* One transport object serves both legs where the profile names the same plugin for both. */
static gboolean
make_transports (Wiring *self, GError **error)
{
  VnfmProfile *profile = vnfm_context_get_profile (self->context);
  const char *nfvo = vnfm_profile_get_string (profile, "vnfmd", "nfvo-transport");
  const char *ems = vnfm_profile_get_string (profile, "vnfmd", "ems-transport");
  g_autoptr (VnfmTransport) nfvo_leg = need (self, VNFM_PLUGIN_TRANSPORT, "nfvo-transport", error);
  g_autoptr (VnfmTransport) ems_leg = NULL;

  if (nfvo_leg == NULL)
    return FALSE;
  if (g_strcmp0 (nfvo, ems) == 0)
    ems_leg = g_object_ref (nfvo_leg);
  else if ((ems_leg = need (self, VNFM_PLUGIN_TRANSPORT, "ems-transport", error)) == NULL)
    return FALSE;
  vnfm_context_set_nfvo_transport (self->context, nfvo_leg);
  vnfm_context_set_ems_transport (self->context, ems_leg);
  return TRUE;
}

static gboolean
make_back_ends (Wiring *self, GError **error)
{
  g_auto (GStrv) names = vnfm_profile_get_list (vnfm_context_get_profile (self->context), "vnfmd", "ems");

  for (guint i = 0; names[i] != NULL; i++) {
    VnfmExtension *ems = create (self, VNFM_PLUGIN_EMS, "ems", names[i], error);
    if (ems == NULL)
      return FALSE;
    g_ptr_array_add (self->back_ends, ems);
  }
  return TRUE;
}

/* The first is the engine's already. */
static void
add_back_ends (Wiring *self)
{
  VnfmProfile *profile = vnfm_context_get_profile (self->context);
  g_auto (GStrv) names = vnfm_profile_get_list (profile, "vnfmd", "ems");

  for (guint i = 1; i < self->back_ends->len; i++) {
    g_autoptr (VnfmTypeSet) types = compute_types (profile, VNFM_PLUGIN_EMS, names, names[i]);
    vnfm_engine_add_ems (self->engine, g_ptr_array_index (self->back_ends, i), types);
  }
}

static gboolean
make_parts (Wiring *self, GError **error)
{
  g_autoptr (VnfmStore) store = need (self, VNFM_PLUGIN_STORE, "store", error);

  if (store == NULL)
    return FALSE;
  vnfm_context_set_store (self->context, store);
  if (!make_transports (self, error) ||
      (self->negotiator = need (self, VNFM_PLUGIN_NEGOTIATOR, "negotiator", error)) == NULL ||
      !make_back_ends (self, error))
    return FALSE;
  self->engine = vnfm_engine_new (self->context, self->negotiator, g_ptr_array_index (self->back_ends, 0));
  add_back_ends (self);
  return TRUE;
}

/* ---- the whole */

static gboolean
attach_handlers (Wiring *self, GError **error)
{
  VnfmProfile *profile = vnfm_context_get_profile (self->context);
  g_auto (GStrv) names = vnfm_profile_get_list (profile, "vnfmd", "handlers");

  for (guint i = 0; names[i] != NULL; i++) {
    g_autoptr (VnfmTypeSet) types = compute_types (profile, VNFM_PLUGIN_HANDLER, names, names[i]);
    VnfmExtension *handler = create (self, VNFM_PLUGIN_HANDLER, "handlers", names[i], error);

    if (handler == NULL)
      return FALSE;
    g_ptr_array_add (self->handlers, handler);
    vnfm_handler_attach (VNFM_HANDLER (handler), vnfm_engine_get_lifecycle (self->engine), types);
  }
  return TRUE;
}

Wiring *
wiring_new (HostPlugins *plugins, VnfmContext *context, GError **error)
{
  g_autoptr (Wiring) self = g_new0 (Wiring, 1);

  self->plugins = g_object_ref (plugins);
  self->context = g_object_ref (context);
  self->back_ends = g_ptr_array_new_with_free_func (g_object_unref);
  self->handlers = g_ptr_array_new_with_free_func (g_object_unref);
  if (!make_parts (self, error) || !attach_handlers (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
wiring_free (Wiring *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->handlers);
  if (self->engine != NULL)
    g_object_run_dispose (G_OBJECT (self->engine));
  g_clear_object (&self->engine);
  g_ptr_array_unref (self->back_ends);
  g_clear_object (&self->negotiator);
  g_object_run_dispose (G_OBJECT (self->context));
  g_object_unref (self->context);
  g_object_unref (self->plugins);
  g_free (self);
}

/* ---- opening and closing */

/* In this order: who listens must be there before who speaks. */
static gboolean
start_parts (Wiring *self, GError **error)
{
  VnfmTransport *nfvo = vnfm_context_get_nfvo_transport (self->context);
  VnfmTransport *ems = vnfm_context_get_ems_transport (self->context);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  g_ptr_array_add (parts, vnfm_context_get_store (self->context));
  g_ptr_array_add (parts, nfvo);
  if (ems != nfvo)
    g_ptr_array_add (parts, ems);
  for (guint i = 0; i < self->back_ends->len; i++)
    g_ptr_array_add (parts, g_ptr_array_index (self->back_ends, i));
  g_ptr_array_add (parts, self->negotiator);
  for (guint i = 0; i < self->handlers->len; i++)
    g_ptr_array_add (parts, g_ptr_array_index (self->handlers, i));

  for (guint i = 0; i < parts->len; i++)
    if (!host_plugins_start (self->plugins, g_ptr_array_index (parts, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
is_open (Wiring *self)
{
  return vnfm_transport_get_state (vnfm_context_get_nfvo_transport (self->context)) == VNFM_TRANSPORT_CONNECTED &&
         vnfm_transport_get_state (vnfm_context_get_ems_transport (self->context)) == VNFM_TRANSPORT_CONNECTED;
}

static void
transport_changed (VnfmTransport *transport, GParamSpec *pspec, gpointer user_data)
{
  GTask *task = user_data;
  Wiring *self = g_task_get_task_data (task);

  if (g_task_get_completed (task) || !is_open (self))
    return;
  g_signal_handlers_disconnect_by_data (vnfm_context_get_nfvo_transport (self->context), task);
  g_signal_handlers_disconnect_by_data (vnfm_context_get_ems_transport (self->context), task);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
recovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Wiring *self = g_task_get_task_data (task);
  VnfmTransport *nfvo = vnfm_context_get_nfvo_transport (self->context);
  VnfmTransport *ems = vnfm_context_get_ems_transport (self->context);
  GError *error = NULL;

  if (!vnfm_engine_recover_finish (self->engine, result, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  northbound_open (self->engine);
  g_signal_connect (nfvo, "notify::state", G_CALLBACK (transport_changed), task);
  if (ems != nfvo)
    g_signal_connect (ems, "notify::state", G_CALLBACK (transport_changed), task);
  vnfm_transport_open (nfvo);
  if (ems != nfvo)
    vnfm_transport_open (ems);
}

void
wiring_open_async (Wiring *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  GError *error = NULL;

  g_task_set_task_data (task, self, NULL);
  if (!start_parts (self, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  vnfm_engine_recover_async (self->engine, recovered, task);
}

gboolean
wiring_open_finish (Wiring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stop_parts (Wiring *self)
{
  for (guint i = 0; i < self->handlers->len; i++)
    vnfm_extension_stop (g_ptr_array_index (self->handlers, i));
  vnfm_extension_stop (VNFM_EXTENSION (self->negotiator));
  for (guint i = 0; i < self->back_ends->len; i++)
    vnfm_extension_stop (g_ptr_array_index (self->back_ends, i));
}

static void
ems_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Wiring *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!vnfm_transport_close_finish (VNFM_TRANSPORT (source), result, &error)) {
    g_info ("transport towards the agents: %s", error->message);
    g_clear_error (&error);
  }
  stop_parts (self);
  g_task_return_boolean (task, TRUE);
}

static void
nfvo_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Wiring *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!vnfm_transport_close_finish (VNFM_TRANSPORT (source), result, &error))
    g_info ("transport towards the NFVO: %s", error->message);
  vnfm_transport_close_async (vnfm_context_get_ems_transport (self->context), NULL, ems_closed, task);
}

void
wiring_close_async (Wiring *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, self, NULL);
  vnfm_transport_close_async (vnfm_context_get_nfvo_transport (self->context), NULL, nfvo_closed, task);
}

gboolean
wiring_close_finish (Wiring *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

VnfmEngine *
wiring_get_engine (Wiring *self)
{
  return self->engine;
}

HostPlugins *
wiring_get_plugins (Wiring *self)
{
  return self->plugins;
}
