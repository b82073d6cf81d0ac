/* SPDX-License-Identifier: Apache-2.0 */
/* The last step: what belongs together is tied together, as an NFVO does when it takes an NSD in: dependencies find
 * their VNFs, "requires" becomes dependencies, those of one pair become one, circles are marked. Then the scripts are
 * held against events, dependencies and package. */
#include "config.h"

#include "core/package/nsd-private.h"

#include <string.h>

typedef struct {
  NfvoService *service;
  GHashTable *by_name; /* name -> NfvoVnf */
  GHashTable *by_type; /* type -> NfvoVnf, the first of that type */
  GHashTable *pairs;   /* "target\nsource" -> NfvoDependency */
  GPtrArray *linked;
} Linker;

static void
linker_init (Linker *self, NfvoService *service)
{
  self->service = service;
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_type = g_hash_table_new (g_str_hash, g_str_equal);
  self->pairs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->linked = nfvo_dependencies_list_new ();
  for (guint i = 0; i < service->vnfs->len; i++) {
    NfvoVnf *vnf = service->vnfs->pdata[i];
    if (g_hash_table_contains (self->by_name, vnf->name))
      nfvo_service_tell (service, NFVO_ERROR, "two VNFs of one name", NULL, "two VNFs are called \"%s\"", vnf->name);
    else
      g_hash_table_insert (self->by_name, vnf->name, vnf);
    if (vnf->type != NULL && !g_hash_table_contains (self->by_type, vnf->type))
      g_hash_table_insert (self->by_type, vnf->type, vnf);
  }
}

static void
linker_clear (Linker *self)
{
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->by_type);
  g_hash_table_unref (self->pairs);
  g_ptr_array_unref (self->linked);
}

/* ---- dependencies */

static guint
count_type (Linker *self, const char *type)
{
  guint n = 0;

  for (guint i = 0; i < self->service->vnfs->len; i++)
    n += g_strcmp0 (((NfvoVnf *)self->service->vnfs->pdata[i])->type, type) == 0;
  return n;
}

/* By its name, else by its type where that is unmistakable, else by the id of a reference. */
static NfvoVnf *
resolve (Linker *self, const char *name, const char *where)
{
  NfvoVnf *vnf = g_hash_table_lookup (self->by_name, name);

  if (vnf != NULL)
    return vnf;
  for (guint i = 0; i < self->service->vnfs->len; i++) {
    vnf = self->service->vnfs->pdata[i];
    if (g_strcmp0 (vnf->reference, name) == 0)
      return vnf;
  }
  vnf = g_hash_table_lookup (self->by_type, name);
  if (vnf == NULL)
    return NULL;
  if (count_type (self, name) > 1) {
    nfvo_service_tell (self->service, NFVO_ERROR, "dependency on an ambiguous type", NULL,
                       "%s names the type \"%s\", which several VNFs have", where, name);
    return NULL;
  }
  nfvo_service_tell (self->service, NFVO_HINT, "dependency names a type not a name", NULL,
                     "%s names \"%s\", the type of VNF %s (an NFVO wants the name)", where, name, vnf->name);
  return vnf;
}

static void
link_pair (Linker *self, const char *source, const char *target, GPtrArray *parameters)
{
  g_autofree char *key = g_strconcat (target, "\n", source, NULL);
  NfvoDependency *dependency = g_hash_table_lookup (self->pairs, key);

  if (dependency == NULL) {
    dependency = nfvo_dependency_new (source, target);
    g_ptr_array_add (self->linked, dependency);
    g_hash_table_insert (self->pairs, g_steal_pointer (&key), dependency);
  }
  for (guint i = 0; i < parameters->len; i++)
    nfvo_texts_add_once (dependency->parameters, parameters->pdata[i]);
}

static void
link_stated (Linker *self)
{
  GPtrArray *stated = self->service->dependencies;

  for (guint i = 0; i < stated->len; i++) {
    const NfvoDependency *dependency = stated->pdata[i];
    NfvoVnf *source = resolve (self, dependency->source, "vnf_dependency");
    NfvoVnf *target = resolve (self, dependency->target, "vnf_dependency");
    if (source != NULL && target != NULL)
      link_pair (self, source->name, target->name, dependency->parameters);
    else
      nfvo_service_tell (self->service, NFVO_ERROR, "dependency on an unknown VNF", NULL,
                         "the dependency of \"%s\" on \"%s\": there is no VNF \"%s\"", dependency->target,
                         dependency->source, source == NULL ? dependency->source : dependency->target);
  }
}

/* An NFVO makes dependencies of "requires" beside those that are stated, and ignores one without parameters. */
static void
link_required (Linker *self, NfvoVnf *vnf)
{
  gboolean alone = nfvo_service_is_alone (self->service);
  g_autofree char *object = g_strdup_printf ("VNF %s", vnf->name);

  for (guint i = 0; i < vnf->requires->len; i++) {
    const NfvoRequirement *requirement = vnf->requires->pdata[i];
    if (requirement->parameters->len == 0)
      continue;
    NfvoVnf *source = resolve (self, requirement->source, "requires");
    if (source != NULL)
      link_pair (self, source->name, vnf->name, requirement->parameters);
    else
      nfvo_service_tell (self->service, alone ? NFVO_HINT : NFVO_ERROR, "requires an unknown VNF", object,
                         "it requires values of \"%s\", and there is no such VNF", requirement->source);
  }
}

/* ---- circles */

/* The targets of each VNF, by index. */
static GPtrArray *
list_targets (Linker *self)
{
  GPtrArray *targets = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GHashTable) indices = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->service->vnfs->len; i++) {
    g_hash_table_insert (indices, ((NfvoVnf *)self->service->vnfs->pdata[i])->name, GUINT_TO_POINTER (i));
    g_ptr_array_add (targets, g_ptr_array_new ());
  }
  for (guint i = 0; i < self->linked->len; i++) {
    const NfvoDependency *dependency = self->linked->pdata[i];
    guint source = GPOINTER_TO_UINT (g_hash_table_lookup (indices, dependency->source));
    g_ptr_array_add (targets->pdata[source], g_hash_table_lookup (indices, dependency->target));
  }
  return targets;
}

/* The shortest way from @start back to it. @before: of each VNF the one it was reached from. */
static gboolean
find_way_back (GPtrArray *targets, guint start, guint *before)
{
  g_autoptr (GArray) todo = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree gboolean *seen = g_new0 (gboolean, targets->len);

  g_array_append_val (todo, start);
  for (guint i = 0; i < todo->len; i++) {
    guint from = g_array_index (todo, guint, i);
    GPtrArray *next = targets->pdata[from];
    for (guint j = 0; j < next->len; j++) {
      guint target = GPOINTER_TO_UINT (next->pdata[j]);
      if (!seen[target])
        before[target] = from;
      if (target == start)
        return TRUE;
      if (!seen[target])
        g_array_append_val (todo, target);
      seen[target] = TRUE;
    }
  }
  return FALSE;
}

/* "a -> b -> a", an arrow leading from who has a value to who gets it. */
static void
tell_circle (Linker *self, guint start, const guint *before, gboolean *told)
{
  GPtrArray *vnfs = self->service->vnfs;
  g_autoptr (GString) text = g_string_new (((NfvoVnf *)vnfs->pdata[start])->name);
  guint n = 0;

  for (guint at = before[start];; at = before[at]) {
    g_autofree char *step = g_strconcat (((NfvoVnf *)vnfs->pdata[at])->name, " -> ", NULL);
    g_string_prepend (text, step);
    told[at] = TRUE;
    n++;
    if (at == start)
      break;
  }
  if (n == 1)
    nfvo_service_tell (self->service, NFVO_WARNING, "dependency on itself", NULL, "a VNF depends on itself: %s",
                       text->str);
  else
    nfvo_service_tell (self->service, NFVO_WARNING, "mutual (cyclic) dependency", NULL,
                       "VNFs depend on each other in a circle: %s (an NFVO that starts in order refuses that)",
                       text->str);
}

static void
mark_circles (Linker *self)
{
  g_autoptr (GPtrArray) targets = list_targets (self);
  g_autofree guint *before = g_new0 (guint, targets->len);
  g_autofree gboolean *told = g_new0 (gboolean, targets->len);

  for (guint i = 0; i < targets->len; i++) {
    NfvoVnf *vnf = self->service->vnfs->pdata[i];
    vnf->cyclic = find_way_back (targets, i, before);
    if (vnf->cyclic && vnf->vnfd != NULL)
      json_object_set_boolean_member (vnf->vnfd, "cyclicDependency", TRUE);
    if (vnf->cyclic && !told[i])
      tell_circle (self, i, before, told);
  }
}

/* ---- scripts */

char *
nfvo_script_dup_file (const char *script)
{
  return g_strndup (script, strcspn (script, " \t"));
}

static gboolean
has_prefix (const char *script, const char *type)
{
  gsize length = strlen (type);

  return strncmp (script, type, length) == 0 && script[length] == '_';
}

/* Of the sources of @vnf, or of all others, the VNF with the longest type that @script begins with. */
static NfvoVnf *
find_provider (Linker *self, NfvoVnf *vnf, const char *script, gboolean sources_only)
{
  NfvoVnf *found = NULL;

  for (guint i = 0; i < self->service->vnfs->len; i++) {
    NfvoVnf *other = self->service->vnfs->pdata[i];
    g_autofree char *key = g_strconcat (vnf->name, "\n", other->name, NULL);
    if (other->type == NULL || !has_prefix (script, other->type) || (!sources_only && other == vnf) ||
        (sources_only && !g_hash_table_contains (self->pairs, key)))
      continue;
    if (found == NULL || strlen (other->type) > strlen (found->type))
      found = other;
  }
  return found;
}

static void
check_configure_script (Linker *self, NfvoVnf *vnf, const char *script, const char *object)
{
  NfvoVnf *foreign = find_provider (self, vnf, script, FALSE);
  gboolean alone = nfvo_service_is_alone (self->service);
  g_autofree char *flag = g_strdup_printf ("foreign-type prefix script: %s", script);

  if (foreign != NULL)
    nfvo_service_tell (self->service, NFVO_HINT, flag, object, "%s gets the values of VNF %s", script, foreign->name);
  if (alone || find_provider (self, vnf, script, TRUE) != NULL || strchr (script, '_') == NULL)
    return;
  if (foreign != NULL)
    nfvo_service_tell (self->service, NFVO_WARNING, "configure script without a dependency", object,
                       "%s is for values of VNF %s, but %s does not depend on it", script, foreign->name, vnf->name);
  else
    nfvo_service_tell (self->service, NFVO_WARNING, "configure script that nobody provides for", object,
                       "%s begins with the type of no VNF that %s depends on: it runs once, without foreign values",
                       script, vnf->name);
}

static void
check_script_name (Linker *self, const char *script, const char *object)
{
  g_autofree char *file = nfvo_script_dup_file (script);
  g_auto (GStrv) parts = g_strsplit (file, "/", -1);

  if (file[0] == '\0' || file[0] == '/' || nfvo_text_has_control (script) ||
      g_strv_contains ((const char *const *)parts, ".."))
    nfvo_service_tell (self->service, NFVO_ERROR, "impossible script", object,
                       "the script \"%s\" is no path inside the package", script);
}

/* These run in every life of the service, so that a script that is missing ends it; others may never run. */
static gboolean
is_certain (VnfmEvent event)
{
  return event == VNFM_EVENT_INSTANTIATE || event == VNFM_EVENT_CONFIGURE || event == VNFM_EVENT_START;
}

static void
check_script_file (Linker *self, NfvoVnf *vnf, const NfvoEvent *event, const char *script, const char *object)
{
  g_autofree char *file = nfvo_script_dup_file (script);

  if (vnf->package != NULL && vnf->scripts_link == NULL && !nfvo_package_has_script (vnf->package, file))
    nfvo_service_tell (self->service, is_certain (event->event) ? NFVO_ERROR : NFVO_WARNING,
                       "script not in the package", object, "%s: %s is not in %s", event->name, file,
                       vnf->package->path);
}

gboolean
nfvo_event_is_run (VnfmEvent event)
{
  static const VnfmEvent events[] = { VNFM_EVENT_INSTANTIATE, VNFM_EVENT_CONFIGURE, VNFM_EVENT_START,
                                      VNFM_EVENT_STOP,        VNFM_EVENT_TERMINATE, VNFM_EVENT_HEAL,
                                      VNFM_EVENT_SCALE_IN,    VNFM_EVENT_UPDATE,    VNFM_EVENT_ERROR };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    if (events[i] == event)
      return TRUE;
  }
  return FALSE;
}

static void
check_event (Linker *self, NfvoVnf *vnf, const NfvoEvent *event, const char *object)
{
  g_autofree char *unknown = g_strdup_printf ("unknown event name '%s'", event->name);
  g_autofree char *underscore = g_strdup_printf ("underscore in %s script", event->name);

  if (event->event == VNFM_EVENT_NONE)
    nfvo_service_tell (self->service, NFVO_WARNING, unknown, object,
                       "there is no event \"%s\": its scripts are never run (an NFVO refuses the descriptor)",
                       event->name);
  else if (!nfvo_event_is_run (event->event))
    nfvo_service_tell (self->service, NFVO_HINT, "event that runs no scripts", object,
                       "%s runs no scripts: what is listed there is taken for prose", event->name);
  for (guint i = 0; i < event->scripts->len; i++) {
    const char *script = event->scripts->pdata[i];
    g_autofree char *file = nfvo_script_dup_file (script);
    if (event->event == VNFM_EVENT_CONFIGURE)
      check_configure_script (self, vnf, script, object);
    else if (strchr (file, '_') != NULL)
      nfvo_service_tell (self->service, NFVO_HINT, underscore, object,
                         "%s of %s has an underscore: it is no prefix there", file, event->name);
    if (!nfvo_event_is_run (event->event))
      continue;
    check_script_name (self, script, object);
    check_script_file (self, vnf, event, script, object);
  }
}

static void
check_repeated_events (Linker *self, NfvoVnf *vnf, const char *object)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < vnf->events->len; i++) {
    const NfvoEvent *event = vnf->events->pdata[i];
    if (event->event != VNFM_EVENT_NONE && !g_hash_table_add (seen, GINT_TO_POINTER (event->event)))
      nfvo_service_tell (self->service, NFVO_WARNING, "event listed twice", object,
                         "%s is listed twice: only the scripts of the first run", event->name);
  }
}

static guint
count_scripts (NfvoVnf *vnf)
{
  guint n = 0;

  for (guint i = 0; i < vnf->events->len; i++) {
    const NfvoEvent *event = vnf->events->pdata[i];
    n += nfvo_event_is_run (event->event) ? event->scripts->len : 0;
  }
  return n;
}

/* ---- a VNF as a whole */

static void
check_connection (Linker *self, NfvoVnf *vnf, const char *vdu, const char *network, const char *object)
{
  if (network == NULL) {
    nfvo_service_tell (self->service, NFVO_ERROR, "connection point without a network", object,
                       "VDU %s: a connection point has no virtual_link_reference", vdu);
    return;
  }
  if (nfvo_text_has_control (network))
    nfvo_service_tell (self->service, NFVO_ERROR, "impossible name", object,
                       "VDU %s: a network's name holds control characters", vdu);
  else if (!nfvo_texts_contain (vnf->networks, network))
    nfvo_service_tell (self->service, NFVO_WARNING, "network that is no virtual link", object,
                       "VDU %s is connected to %s, which is no virtual link of the VNF: added", vdu, network);
  nfvo_texts_add_once (vnf->networks, network);
  nfvo_texts_add_once (self->service->networks, network);
}

static void
check_connections (Linker *self, NfvoVnf *vnf, const char *object)
{
  for (guint i = 0; i < vnf->vdus->len; i++) {
    const NfvoVdu *vdu = vnf->vdus->pdata[i];
    for (guint j = 0; j < vdu->vnfcs->len; j++) {
      GPtrArray *points = ((NfvoVnfc *)vdu->vnfcs->pdata[j])->connection_points;
      for (guint k = 0; k < points->len; k++)
        check_connection (self, vnf, vdu->name, ((NfvoConnectionPoint *)points->pdata[k])->network, object);
    }
  }
}

static void
check_vnf (Linker *self, NfvoVnf *vnf)
{
  g_autofree char *object = g_strdup_printf ("VNF %s", vnf->name);

  if (vnf->vnfd == NULL) {
    nfvo_service_tell (self->service, NFVO_ERROR, "vnfd not found", object,
                       "no package has this VNFD: name it with --package %s=DIR", vnf->reference);
    return;
  }
  if (!g_str_equal (vnf->endpoint, "generic"))
    nfvo_service_tell (self->service, NFVO_WARNING, "endpoint is not generic", object,
                       "its endpoint is \"%s\", not generic: it is sent to vnfmd all the same", vnf->endpoint);
  check_connections (self, vnf, object);
  check_repeated_events (self, vnf, object);
  for (guint i = 0; i < vnf->events->len; i++)
    check_event (self, vnf, vnf->events->pdata[i], object);
  guint n = count_scripts (vnf);
  if (vnf->package == NULL && vnf->scripts_link == NULL && n > 0)
    nfvo_service_tell (self->service, NFVO_WARNING, "vnf without a package", object,
                       "its scripts (%u) are in no known package: name one with --package %s=DIR, or --scripts DIR", n,
                       vnf->name);
}

void
nfvo_service_link (NfvoService *self)
{
  Linker linker;

  linker_init (&linker, self);
  link_stated (&linker);
  for (guint i = 0; i < self->vnfs->len; i++)
    link_required (&linker, self->vnfs->pdata[i]);
  mark_circles (&linker);
  for (guint i = 0; i < self->vnfs->len; i++)
    check_vnf (&linker, self->vnfs->pdata[i]);
  g_ptr_array_unref (self->dependencies);
  self->dependencies = g_ptr_array_ref (linker.linked);
  linker_clear (&linker);
}

gboolean
nfvo_service_is_alone (NfvoService *self)
{
  return g_str_equal (self->kind, "VNFD") || g_str_equal (self->kind, "VNFR");
}

void
nfvo_service_check (NfvoService *self)
{
  nfvo_service_check_values (self);
  nfvo_service_check_scripts (self);
}
