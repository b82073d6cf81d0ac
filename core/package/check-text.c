/* SPDX-License-Identifier: Apache-2.0 */
/* A service as a person wants to see it: who is in it, who needs what of whom, which script runs when, what is odd. */
#include "config.h"

#include "core/package/check.h"

#include "core/package/nsd-private.h"

#include <string.h>

#define N_COLUMNS 10

static const char *const head[N_COLUMNS] = { "VNF",    "type",       "endpoint", "VDUs",  "VNFCs",
                                             "points", "parameters", "scripts",  "files", "scripts from" };

/* Columns of a table, as wide as their widest cell. */
typedef struct {
  GPtrArray *cells;
  guint widths[N_COLUMNS];
} Table;

static guint
width_of (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static void
add_cell (Table *self, const char *text)
{
  guint column = self->cells->len % N_COLUMNS;
  char *cell = nfvo_text_printable (text != NULL && text[0] != '\0' ? text : "-");

  self->widths[column] = MAX (self->widths[column], width_of (cell));
  g_ptr_array_add (self->cells, cell);
}

static void
add_number (Table *self, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);

  add_cell (self, text);
}

static void
print_table (Table *self, GString *out)
{
  for (guint i = 0; i < self->cells->len; i++) {
    guint column = i % N_COLUMNS;
    const char *cell = self->cells->pdata[i];
    g_string_append_printf (out, "  %s", cell);
    if (column == N_COLUMNS - 1)
      g_string_append_c (out, '\n');
    else
      g_string_append_printf (out, "%*s", (int)(self->widths[column] - width_of (cell)), "");
  }
}

static const char *
origin_of (const NfvoVnf *vnf)
{
  if (vnf->scripts_link != NULL)
    return vnf->scripts_link;
  return vnf->package != NULL ? vnf->package->path : NULL;
}

static void
add_row (Table *self, const NfvoVnf *vnf)
{
  guint vnfcs = 0;
  guint points = 0;
  guint scripts = 0;

  for (guint i = 0; i < vnf->vdus->len; i++) {
    const NfvoVdu *vdu = vnf->vdus->pdata[i];
    vnfcs += vdu->vnfcs->len;
    for (guint j = 0; j < vdu->vnfcs->len; j++)
      points += ((NfvoVnfc *)vdu->vnfcs->pdata[j])->connection_points->len;
  }
  for (guint i = 0; i < vnf->events->len; i++)
    scripts += ((NfvoEvent *)vnf->events->pdata[i])->scripts->len;
  add_cell (self, vnf->name);
  add_cell (self, vnf->type);
  add_cell (self, vnf->endpoint);
  add_number (self, vnf->vdus->len);
  add_number (self, vnfcs);
  add_number (self, points);
  add_number (self, vnf->configurations->len);
  add_number (self, scripts);
  add_number (self, vnf->package != NULL && vnf->scripts_link == NULL ? vnf->package->scripts->len : 0);
  add_cell (self, origin_of (vnf));
}

/* ---- what stands under the table */

static void G_GNUC_PRINTF (2, 3) append_line (GString *out, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = nfvo_text_printable (text);
  g_string_append_printf (out, "%s\n", shown);
}

/* Values may be secrets: the keys only. */
static void
append_parameters (GString *out, const NfvoVnf *vnf)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();

  for (guint i = 0; i < vnf->configurations->len; i++)
    g_ptr_array_add (keys, ((NfvoParameter *)vnf->configurations->pdata[i])->key);
  if (keys->len > 0) {
    g_autofree char *joined = nfvo_texts_join (keys);
    append_line (out, "    parameters   %s", joined);
  }
  if (vnf->provides->len > 0) {
    g_autofree char *joined = nfvo_texts_join (vnf->provides);
    append_line (out, "    provides     %s", joined);
  }
}

static void
append_vnf (GString *out, const NfvoVnf *vnf)
{
  append_line (out, "  %s", vnf->name);
  if (vnf->networks->len > 0) {
    g_autofree char *networks = nfvo_texts_join (vnf->networks);
    append_line (out, "    networks     %s", networks);
  }
  append_parameters (out, vnf);
  for (guint i = 0; i < vnf->events->len; i++) {
    const NfvoEvent *event = vnf->events->pdata[i];
    g_autofree char *scripts = nfvo_texts_join (event->scripts);
    append_line (out, "    %-12s %s", event->name, event->scripts->len > 0 ? scripts : "-");
  }
}

static void
append_dependencies (GString *out, NfvoService *service)
{
  if (service->dependencies->len > 0)
    g_string_append (out, "  dependencies\n");
  for (guint i = 0; i < service->dependencies->len; i++) {
    const NfvoDependency *dependency = service->dependencies->pdata[i];
    g_autofree char *parameters = nfvo_texts_join (dependency->parameters);
    append_line (out, "    %s needs of %s: %s", dependency->target, dependency->source, parameters);
  }
}

/* ---- findings */

static gboolean
says_the_same (const NfvoFinding *a, const NfvoFinding *b)
{
  return a->level == b->level && a->file == NULL && b->file == NULL && g_str_equal (a->text, b->text);
}

/* What is found at several objects is told once, with the objects. Returns: (transfer full) (nullable): "VNF a, VNF b";
 * NULL: it is of one, or an earlier finding said it. */
static char *
list_objects (NfvoService *service, guint index, gboolean *told)
{
  const NfvoFinding *finding = service->findings->pdata[index];
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_free);

  *told = FALSE;
  for (guint i = 0; i < service->findings->len; i++) {
    const NfvoFinding *other = service->findings->pdata[i];
    if (other->object == NULL || !says_the_same (finding, other))
      continue;
    *told = *told || (i < index && g_strcmp0 (other->object, finding->object) != 0);
    nfvo_texts_add_once (objects, other->object);
  }
  return objects->len > 1 ? nfvo_texts_join (objects) : NULL;
}

/* Whether it is of the VNF of this name, or of a part of it ("VNF a, VDU 1"). */
static gboolean
is_of_vnf (const NfvoFinding *finding, const char *name)
{
  g_autofree char *shown = nfvo_text_printable (name);
  g_autofree char *object = g_strconcat ("VNF ", shown, NULL);
  gsize length = strlen (object);

  return finding->object != NULL && strncmp (finding->object, object, length) == 0 &&
         (finding->object[length] == '\0' || finding->object[length] == ',');
}

static void
append_finding (GString *out, const NfvoFinding *finding, const char *objects, const char *indent)
{
  static const char *const words[] = { "hint", "warning", "error" };
  g_autofree char *place = nfvo_finding_dup_place (finding);

  append_line (out, "%s%s: %s%s%s%s", indent, words[finding->level], objects, objects[0] != '\0' ? ": " : "", place,
               finding->text);
}

/* The worst first. */
static void
append_findings_of (GString *out, NfvoService *service, const NfvoVnf *vnf)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  gboolean told;

  for (int level = NFVO_ERROR; level >= NFVO_HINT; level--) {
    for (guint i = 0; i < service->findings->len; i++) {
      const NfvoFinding *finding = service->findings->pdata[i];
      g_autofree char *several = list_objects (service, i, &told);
      if ((int)finding->level == level && several == NULL && is_of_vnf (finding, vnf->name))
        append_finding (lines, finding, strchr (finding->object, ',') != NULL ? finding->object : "", "    ");
    }
  }
  if (lines->len > 0) {
    append_line (out, "  VNF %s", vnf->name);
    g_string_append_len (out, lines->str, (gssize)lines->len);
  }
}

static gboolean
is_of_any_vnf (NfvoService *service, const NfvoFinding *finding)
{
  for (guint i = 0; i < service->vnfs->len; i++) {
    if (is_of_vnf (finding, ((NfvoVnf *)service->vnfs->pdata[i])->name))
      return TRUE;
  }
  return FALSE;
}

/* Of the service as a whole, and of several VNFs. */
static void
append_common_findings (GString *out, NfvoService *service)
{
  gboolean told;

  for (int level = NFVO_ERROR; level >= NFVO_HINT; level--) {
    for (guint i = 0; i < service->findings->len; i++) {
      const NfvoFinding *finding = service->findings->pdata[i];
      g_autofree char *several = list_objects (service, i, &told);
      if ((int)finding->level != level || (several != NULL && told))
        continue;
      if (several != NULL)
        append_finding (out, finding, several, "  ");
      else if (!is_of_any_vnf (service, finding))
        append_finding (out, finding, finding->object != NULL ? finding->object : "", "  ");
    }
  }
}

static guint
count_level (NfvoService *service, NfvoLevel level)
{
  guint n = 0;

  for (guint i = 0; i < service->findings->len; i++)
    n += ((NfvoFinding *)service->findings->pdata[i])->level == level;
  return n;
}

char *
nfvo_check_to_text (NfvoService *service)
{
  GString *out = g_string_new (NULL);
  Table table = { .cells = g_ptr_array_new_with_free_func (g_free) };

  append_line (out, "%s: %s \"%s\", vendor %s, version %s", service->file, service->kind, service->name,
               service->vendor != NULL ? service->vendor : "-", service->version != NULL ? service->version : "-");
  for (guint i = 0; i < N_COLUMNS; i++)
    add_cell (&table, head[i]);
  for (guint i = 0; i < service->vnfs->len; i++)
    add_row (&table, service->vnfs->pdata[i]);
  print_table (&table, out);
  g_ptr_array_unref (table.cells);
  for (guint i = 0; i < service->vnfs->len; i++)
    append_vnf (out, service->vnfs->pdata[i]);
  append_dependencies (out, service);
  append_common_findings (out, service);
  for (guint i = 0; i < service->vnfs->len; i++)
    append_findings_of (out, service, service->vnfs->pdata[i]);
  guint errors = count_level (service, NFVO_ERROR);
  append_line (out, "  %s: %u errors, %u warnings, %u hints", errors == 0 ? "good" : "cannot be run", errors,
               count_level (service, NFVO_WARNING), count_level (service, NFVO_HINT));
  return g_string_free (out, FALSE);
}
