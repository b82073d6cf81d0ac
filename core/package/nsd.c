/* SPDX-License-Identifier: Apache-2.0 */
/* The model itself: made empty, filled by the steps of loading, told about, freed. */
#include "config.h"

#include "core/package/nsd.h"

#include "core/package/nsd-private.h"

static GPtrArray *
new_texts (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static void
finding_free (gpointer data)
{
  NfvoFinding *finding = data;

  g_free (finding->flag);
  g_free (finding->object);
  g_free (finding->file);
  g_free (finding->text);
  g_free (finding);
}

static void
connection_point_free (gpointer data)
{
  NfvoConnectionPoint *point = data;

  g_free (point->network);
  g_free (point->floating_ip);
  g_free (point);
}

static void
vnfc_free (gpointer data)
{
  NfvoVnfc *vnfc = data;

  g_ptr_array_unref (vnfc->connection_points);
  g_free (vnfc);
}

NfvoVnfc *
nfvo_vnfc_new (void)
{
  NfvoVnfc *vnfc = g_new0 (NfvoVnfc, 1);

  vnfc->connection_points = g_ptr_array_new_with_free_func (connection_point_free);
  return vnfc;
}

static void
vdu_free (gpointer data)
{
  NfvoVdu *vdu = data;

  g_free (vdu->name);
  g_ptr_array_unref (vdu->images);
  g_ptr_array_unref (vdu->vims);
  g_ptr_array_unref (vdu->vnfcs);
  g_free (vdu);
}

NfvoVdu *
nfvo_vdu_new (const char *name)
{
  NfvoVdu *vdu = g_new0 (NfvoVdu, 1);

  vdu->name = g_strdup (name);
  vdu->images = new_texts ();
  vdu->vims = new_texts ();
  vdu->vnfcs = g_ptr_array_new_with_free_func (vnfc_free);
  return vdu;
}

static void
event_free (gpointer data)
{
  NfvoEvent *event = data;

  g_free (event->name);
  g_ptr_array_unref (event->scripts);
  g_free (event);
}

NfvoEvent *
nfvo_event_new (const char *name)
{
  NfvoEvent *event = g_new0 (NfvoEvent, 1);

  event->name = g_strdup (name);
  event->event = vnfm_event_from_nick (name);
  event->scripts = new_texts ();
  return event;
}

static void
parameter_free (gpointer data)
{
  NfvoParameter *parameter = data;

  g_free (parameter->key);
  g_free (parameter->value);
  g_free (parameter);
}

static void
requirement_free (gpointer data)
{
  NfvoRequirement *requirement = data;

  g_free (requirement->source);
  g_ptr_array_unref (requirement->parameters);
  g_free (requirement);
}

NfvoRequirement *
nfvo_requirement_new (const char *source)
{
  NfvoRequirement *requirement = g_new0 (NfvoRequirement, 1);

  requirement->source = g_strdup (source);
  requirement->parameters = new_texts ();
  return requirement;
}

NfvoVnf *
nfvo_vnf_new (void)
{
  NfvoVnf *vnf = g_new0 (NfvoVnf, 1);

  vnf->networks = new_texts ();
  vnf->vdus = g_ptr_array_new_with_free_func (vdu_free);
  vnf->events = g_ptr_array_new_with_free_func (event_free);
  vnf->configurations = g_ptr_array_new_with_free_func (parameter_free);
  vnf->requires = g_ptr_array_new_with_free_func (requirement_free);
  vnf->provides = new_texts ();
  return vnf;
}

void
nfvo_vnf_free (NfvoVnf *vnf)
{
  g_free (vnf->reference);
  g_free (vnf->name);
  g_free (vnf->type);
  g_free (vnf->vendor);
  g_free (vnf->version);
  g_free (vnf->endpoint);
  g_clear_pointer (&vnf->vnfd, json_object_unref);
  g_ptr_array_unref (vnf->networks);
  g_ptr_array_unref (vnf->vdus);
  g_ptr_array_unref (vnf->events);
  g_ptr_array_unref (vnf->configurations);
  g_ptr_array_unref (vnf->requires);
  g_ptr_array_unref (vnf->provides);
  g_clear_pointer (&vnf->package, nfvo_package_unref);
  g_free (vnf->scripts_link);
  g_free (vnf);
}

static void
dependency_free (gpointer data)
{
  NfvoDependency *dependency = data;

  g_free (dependency->source);
  g_free (dependency->target);
  g_ptr_array_unref (dependency->parameters);
  g_free (dependency);
}

NfvoDependency *
nfvo_dependency_new (const char *source, const char *target)
{
  NfvoDependency *dependency = g_new0 (NfvoDependency, 1);

  dependency->source = g_strdup (source);
  dependency->target = g_strdup (target);
  dependency->parameters = new_texts ();
  return dependency;
}

GPtrArray *
nfvo_dependencies_list_new (void)
{
  return g_ptr_array_new_with_free_func (dependency_free);
}

NfvoService *
nfvo_service_new (const char *file)
{
  NfvoService *self = g_new0 (NfvoService, 1);

  self->file = g_strdup (file);
  self->networks = new_texts ();
  self->vnfs = g_ptr_array_new_with_free_func ((GDestroyNotify)nfvo_vnf_free);
  self->dependencies = nfvo_dependencies_list_new ();
  self->findings = g_ptr_array_new_with_free_func (finding_free);
  return self;
}

void
nfvo_service_free (NfvoService *self)
{
  g_free (self->file);
  g_free (self->name);
  g_free (self->vendor);
  g_free (self->version);
  g_ptr_array_unref (self->networks);
  g_ptr_array_unref (self->vnfs);
  g_ptr_array_unref (self->dependencies);
  g_ptr_array_unref (self->findings);
  g_free (self);
}

/* ---- texts */

gboolean
nfvo_texts_contain (GPtrArray *texts, const char *text)
{
  return g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}

void
nfvo_texts_add_once (GPtrArray *texts, const char *text)
{
  if (!nfvo_texts_contain (texts, text))
    g_ptr_array_add (texts, g_strdup (text));
}

void
nfvo_texts_add_array (GPtrArray *texts, JsonArray *array)
{
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++) {
    JsonNode *node = json_array_get_element (array, i);
    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
      nfvo_texts_add_once (texts, json_node_get_string (node));
  }
}

char *
nfvo_texts_join (GPtrArray *texts)
{
  GString *joined = g_string_new (NULL);

  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (joined, "%s%s", i > 0 ? ", " : "", (const char *)texts->pdata[i]);
  return g_string_free (joined, FALSE);
}

gboolean
nfvo_text_has_control (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;
  }
  return FALSE;
}

char *
nfvo_text_printable (const char *text)
{
  GString *out = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    g_string_append_unichar (out, g_unichar_iscntrl (c) ? 0xFFFD : c);
  }
  return g_string_free (out, FALSE);
}

/* ---- findings */

static gboolean
is_told (NfvoService *self, const NfvoFinding *new)
{
  for (guint i = 0; i < self->findings->len; i++) {
    const NfvoFinding *old = self->findings->pdata[i];
    if (g_str_equal (old->flag, new->flag) && g_strcmp0 (old->object, new->object) == 0 &&
        g_strcmp0 (old->file, new->file) == 0 && old->line == new->line && g_str_equal (old->text, new->text))
      return TRUE;
  }
  return FALSE;
}

static void
tell (NfvoService *self, NfvoLevel level, const char *flag, const char *object, const char *file, guint line,
      const char *text)
{
  NfvoFinding *finding = g_new0 (NfvoFinding, 1);

  finding->level = level;
  finding->flag = nfvo_text_printable (flag);
  finding->object = object != NULL ? nfvo_text_printable (object) : NULL;
  finding->file = file != NULL ? nfvo_text_printable (file) : NULL;
  finding->line = line;
  finding->text = nfvo_text_printable (text);
  /* A file full of oddities is as odd with the first thousand; errors are never left out. */
  if ((self->findings->len >= NFVO_MAX_FINDINGS && level != NFVO_ERROR) || is_told (self, finding))
    finding_free (finding);
  else
    g_ptr_array_add (self->findings, finding);
}

void
nfvo_service_tell (NfvoService *self, NfvoLevel level, const char *flag, const char *object, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tell (self, level, flag, object, NULL, 0, text);
}

void
nfvo_service_tell_at (NfvoService *self, NfvoLevel level, const char *flag, const char *object, const char *file,
                      guint line, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tell (self, level, flag, object, file, line, text);
}

char *
nfvo_finding_dup_place (const NfvoFinding *finding)
{
  if (finding->file == NULL)
    return g_strdup ("");
  return finding->line > 0 ? g_strdup_printf ("%s:%u: ", finding->file, finding->line)
                           : g_strdup_printf ("%s: ", finding->file);
}

char *
nfvo_finding_describe (const NfvoFinding *finding)
{
  g_autofree char *place = nfvo_finding_dup_place (finding);

  return g_strconcat (finding->object != NULL ? finding->object : "", finding->object != NULL ? ": " : "", place,
                      finding->text, NULL);
}

gboolean
nfvo_service_has_errors (NfvoService *self)
{
  for (guint i = 0; i < self->findings->len; i++) {
    if (((NfvoFinding *)self->findings->pdata[i])->level == NFVO_ERROR)
      return TRUE;
  }
  return FALSE;
}

NfvoVnf *
nfvo_service_find_vnf (NfvoService *self, const char *name)
{
  for (guint i = 0; i < self->vnfs->len; i++) {
    NfvoVnf *vnf = self->vnfs->pdata[i];
    if (g_strcmp0 (vnf->name, name) == 0)
      return vnf;
  }
  return NULL;
}
