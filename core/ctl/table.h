/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Text for a terminal: columns as wide as what they show (in cells, not bytes), cut where the terminal ends. Pure. */

/* @shrinks: cut first where the line is too long. */
typedef struct {
  const char *title;
  gboolean right;
  gboolean shrinks;
} TableColumn;

typedef enum {
  TABLE_PLAIN,
  TABLE_BOLD,
  TABLE_RED,
  TABLE_GREEN,
  TABLE_YELLOW,
} TableColour;

/* @width: cells of a line; 0: as many as it takes. */
typedef struct {
  guint width;
  gboolean colour;
} TableStyle;

typedef struct _Table Table;

/* @columns: borrowed: static. */
Table *table_new (const TableColumn *columns, guint length);
void table_free (Table *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

void table_begin_row (Table *self);
/* The row's next cell. @text: (nullable): NULL is shown as "-". */
void table_add (Table *self, const char *text, TableColour colour);
guint table_get_length (Table *self);
/* Returns: (transfer full): lines, the titles first. */
char *table_format (Table *self, const TableStyle *style);

/* What comes from outside must not steer the terminal: control characters and broken UTF-8 are replaced; with @lines,
 * newlines and tabs stay. Returns: (transfer full). */
char *text_clean (const char *text, gboolean lines);
/* Cells that @text takes: wide characters two, combining ones none. */
guint text_width (const char *text);
/* Returns: (transfer full): @text, cut to @width cells; the last one is then an ellipsis. */
char *text_fit (const char *text, guint width);
/* @text in @colour. Returns: (transfer full). */
char *text_paint (const char *text, TableColour colour, gboolean really);

G_END_DECLS
