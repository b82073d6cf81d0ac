/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "core/ctl/table.h"

#include <string.h>

#define GAP         2
#define NARROWEST   8
#define ELLIPSIS    "\xe2\x80\xa6"
#define REPLACEMENT "\xef\xbf\xbd"

typedef struct {
  char *text;
  guint width;
  TableColour colour;
} Cell;

struct _Table {
  const TableColumn *columns;
  guint n_columns;
  GPtrArray *rows; /* of GArray of Cell */
};

/* ---- texts */

/* Formatting characters can turn a line around as well. */
static gboolean
steers (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
         type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

char *
text_clean (const char *text, gboolean lines)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if (c == '\n' || c == '\t')
      g_string_append_c (out, lines ? (char)c : ' ');
    else if (steers (c))
      g_string_append (out, REPLACEMENT);
    else
      g_string_append_unichar (out, c);
  }
  return g_string_free (out, FALSE);
}

static guint
char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

guint
text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += char_width (g_utf8_get_char (p));
  return width;
}

char *
text_fit (const char *text, guint width)
{
  const char *p = text;
  guint used = 0;

  if (text_width (text) <= width)
    return g_strdup (text);
  if (width == 0)
    return g_strdup ("");
  while (used + char_width (g_utf8_get_char (p)) <= width - 1) {
    used += char_width (g_utf8_get_char (p));
    p = g_utf8_next_char (p);
  }
  g_autofree char *begin = g_strndup (text, (gsize)(p - text));
  return g_strconcat (begin, ELLIPSIS, NULL);
}

char *
text_paint (const char *text, TableColour colour, gboolean really)
{
  static const char *const codes[] = { "", "1", "31", "32", "33" };

  if (!really || colour == TABLE_PLAIN)
    return g_strdup (text);
  return g_strconcat ("\033[", codes[colour], "m", text, "\033[0m", NULL);
}

/* ---- the table */

static void
clear_cell (gpointer data)
{
  g_free (((Cell *)data)->text);
}

Table *
table_new (const TableColumn *columns, guint length)
{
  Table *self = g_new0 (Table, 1);

  self->columns = columns;
  self->n_columns = length;
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  return self;
}

void
table_free (Table *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self);
}

void
table_begin_row (Table *self)
{
  GArray *row = g_array_new (FALSE, TRUE, sizeof (Cell));

  g_array_set_clear_func (row, clear_cell);
  g_ptr_array_add (self->rows, row);
}

void
table_add (Table *self, const char *text, TableColour colour)
{
  g_return_if_fail (self->rows->len > 0);

  GArray *row = self->rows->pdata[self->rows->len - 1];
  g_return_if_fail (row->len < self->n_columns);

  Cell cell = { .text = text_clean (text != NULL && *text != '\0' ? text : "-", FALSE), .colour = colour };
  cell.width = text_width (cell.text);
  g_array_append_val (row, cell);
}

guint
table_get_length (Table *self)
{
  return self->rows->len;
}

/* Takes what is too much from the widest column that shrinks, cell by cell, so that they end up alike. */
static void
shrink (Table *self, guint *widths, guint width)
{
  guint total = GAP * (self->n_columns - 1);

  for (guint i = 0; i < self->n_columns; i++)
    total += widths[i];
  while (total > width) {
    guint widest = self->n_columns;
    for (guint i = 0; i < self->n_columns; i++)
      if (self->columns[i].shrinks && widths[i] > NARROWEST &&
          (widest == self->n_columns || widths[i] > widths[widest]))
        widest = i;
    if (widest == self->n_columns)
      return;
    widths[widest]--;
    total--;
  }
}

static void
append_blanks (GString *out, guint count)
{
  for (; count > 0; count--)
    g_string_append_c (out, ' ');
}

static void
append_cell (GString *out, const char *text, TableColour colour, gboolean right, guint width, const TableStyle *style)
{
  g_autofree char *fitted = text_fit (text, width);
  g_autofree char *painted = text_paint (fitted, colour, style->colour);
  guint blanks = width - text_width (fitted);

  append_blanks (out, right ? blanks : 0);
  g_string_append (out, painted);
  append_blanks (out, right ? 0 : blanks);
}

static void
end_line (GString *out)
{
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

char *
table_format (Table *self, const TableStyle *style)
{
  g_autofree guint *widths = g_new0 (guint, self->n_columns);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->n_columns; i++)
    widths[i] = text_width (self->columns[i].title);
  for (guint r = 0; r < self->rows->len; r++) {
    GArray *row = self->rows->pdata[r];
    for (guint i = 0; i < row->len; i++)
      widths[i] = MAX (widths[i], g_array_index (row, Cell, i).width);
  }
  if (style->width > 0)
    shrink (self, widths, style->width);
  for (guint i = 0; i < self->n_columns; i++) {
    append_blanks (out, i > 0 ? GAP : 0);
    append_cell (out, self->columns[i].title, TABLE_BOLD, self->columns[i].right, widths[i], style);
  }
  end_line (out);
  for (guint r = 0; r < self->rows->len; r++) {
    GArray *row = self->rows->pdata[r];
    for (guint i = 0; i < row->len; i++) {
      Cell *cell = &g_array_index (row, Cell, i);
      append_blanks (out, i > 0 ? GAP : 0);
      append_cell (out, cell->text, cell->colour, self->columns[i].right, widths[i], style);
    }
    end_line (out);
  }
  return g_string_free (out, FALSE);
}
