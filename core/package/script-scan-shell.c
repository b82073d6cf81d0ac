/* SPDX-License-Identifier: Apache-2.0 */
/* A shell script, character by character, with a stack of what is open:
 *
 *   COMMANDS          words; "#" begins a comment
 *     "   -> QUOTED   $ counts, ' does not
 *     $(  -> COMMANDS until its )
 *     `   -> COMMANDS until the next `
 *     ((  -> NUMBERS  names that are assigned
 *     ${  -> BRACES   until }
 *     <<X -> TEXT     after the line: a here-document, scanned on its own
 *
 * Of a command only its first words count: they tell whether names are assigned (for, read, local, ...), or a file is
 * read in. */
#include "config.h"

#include "core/package/script-scan.h"

#include <string.h>

#define MAX_OPEN   64
#define MAX_NESTED 8

typedef enum {
  COMMANDS,
  QUOTED,
  NUMBERS,
  BRACES,
  TEXT,
} OpenKind;

/* What the words of the command at hand mean. */
typedef enum {
  MODE_FIRST, /* the command's name, or an assignment before it */
  MODE_NONE,
  MODE_NAMES,  /* each word that is a name is assigned: read, local */
  MODE_EXPORT, /* only NAME=value */
  MODE_ONE,    /* the next word: for, printf -v */
  MODE_SECOND, /* the one after the next: getopts */
  MODE_PRINTF,
  MODE_SOURCE,
} Mode;

/* @closing: what ends it; @depth: parentheses within; @mode: of the command that it stands in. */
typedef struct {
  OpenKind kind;
  char closing;
  guint depth;
  Mode mode;
} Open;

typedef struct {
  char *delimiter;
  gboolean tabs;  /* <<-: leading tabs are dropped */
  gboolean plain; /* quoted: no $ counts */
} HereDocument;

typedef struct {
  NfvoScan *scan;
  const char *p;
  const char *end;
  guint line;
  guint nested;
  Open open[MAX_OPEN];
  guint n_open;
  GString *word;
  Mode mode;
  gboolean tolerant; /* behind -z, -n, ! */
  GPtrArray *documents;
} Scanner;

static void
here_document_free (gpointer data)
{
  HereDocument *document = data;

  g_free (document->delimiter);
  g_free (document);
}

static gboolean
is_first (char c)
{
  return g_ascii_isalpha (c) || c == '_';
}

static gsize
name_length (const char *p, const char *end)
{
  const char *q = p;

  if (q == end || !is_first (*q))
    return 0;
  while (q < end && (g_ascii_isalnum (*q) || *q == '_'))
    q++;
  return (gsize)(q - p);
}

static char
peek (const Scanner *self, gsize offset)
{
  return self->p + offset < self->end ? self->p[offset] : '\0';
}

static void
advance (Scanner *self, gsize n)
{
  for (; n > 0 && self->p < self->end; n--)
    self->line += *self->p++ == '\n';
}

static Open *
top (Scanner *self)
{
  return &self->open[self->n_open - 1];
}

/* Whatever nests deeper than any script does is not followed: the rest is passed over. */
static void
push (Scanner *self, OpenKind kind, char closing)
{
  if (self->n_open == MAX_OPEN)
    self->p = self->end;
  else
    self->open[self->n_open++] = (Open){ kind, closing, 0, self->mode };
}

static void
pop (Scanner *self)
{
  if (self->n_open > 1)
    self->n_open--;
}

/* ---- words */

static void
add_names (Scanner *self, const char *word, gboolean with_value_only)
{
  gsize length = name_length (word, word + strlen (word));
  char after = word[length];

  if (length > 0 && (after == '=' || after == '[' || (after == '+' && word[length + 1] == '=') ||
                     (after == '\0' && !with_value_only)))
    nfvo_scan_add_known (self->scan, word, length);
}

static gboolean
is_assignment (const char *word)
{
  gsize length = name_length (word, word + strlen (word));
  const char *after = word + length;

  if (length > 0 && *after == '[')
    after = strchr (after, ']') != NULL ? strchr (after, ']') + 1 : after;
  return length > 0 && (*after == '=' || (after[0] == '+' && after[1] == '='));
}

static Mode
mode_of (const char *command)
{
  static const struct {
    const char *name;
    Mode mode;
  } commands[] = {
    { "for", MODE_ONE },         { "select", MODE_ONE },    { "read", MODE_NAMES },     { "local", MODE_NAMES },
    { "declare", MODE_NAMES },   { "typeset", MODE_NAMES }, { "readonly", MODE_NAMES }, { "mapfile", MODE_NAMES },
    { "readarray", MODE_NAMES }, { "let", MODE_EXPORT },    { "export", MODE_EXPORT },  { "getopts", MODE_SECOND },
    { "printf", MODE_PRINTF },   { ".", MODE_SOURCE },      { "source", MODE_SOURCE },  { "if", MODE_FIRST },
    { "then", MODE_FIRST },      { "else", MODE_FIRST },    { "elif", MODE_FIRST },     { "while", MODE_FIRST },
    { "until", MODE_FIRST },     { "do", MODE_FIRST },      { "!", MODE_FIRST },        { "{", MODE_FIRST },
    { "time", MODE_FIRST },      { "sudo", MODE_FIRST },    { "env", MODE_FIRST },      { "exec", MODE_FIRST },
    { "command", MODE_FIRST },   { "builtin", MODE_FIRST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (command, commands[i].name))
      return commands[i].mode;
  }
  return MODE_NONE;
}

static void
take_word (Scanner *self, const char *word)
{
  switch (self->mode) {
  case MODE_FIRST:
    if (is_assignment (word))
      add_names (self, word, TRUE);
    else if (word[0] != '-')
      self->mode = mode_of (word);
    break;
  case MODE_NAMES:
  case MODE_EXPORT:
    add_names (self, word[0] == '"' || word[0] == '\'' ? word + 1 : word, self->mode == MODE_EXPORT);
    break;
  case MODE_ONE:
    add_names (self, word, FALSE);
    self->mode = MODE_NONE;
    break;
  case MODE_SECOND:
    self->mode = MODE_ONE;
    break;
  case MODE_PRINTF:
    self->mode = g_str_equal (word, "-v") ? MODE_ONE : MODE_NONE;
    break;
  case MODE_SOURCE:
    g_ptr_array_add (self->scan->sources, g_strdup (word));
    self->mode = MODE_NONE;
    break;
  case MODE_NONE:
    break;
  }
}

static void
end_word (Scanner *self)
{
  const char *word = self->word->str;

  if (self->word->len == 0)
    return;
  take_word (self, word);
  self->tolerant = g_str_equal (word, "-z") || g_str_equal (word, "-n") || g_str_equal (word, "!");
  g_string_truncate (self->word, 0);
}

static void
end_command (Scanner *self)
{
  end_word (self);
  self->mode = MODE_FIRST;
  self->tolerant = FALSE;
}

/* A substitution within a word: its commands begin afresh. */
static void
begin_substitution (Scanner *self, char closing)
{
  if (self->mode == MODE_FIRST || self->mode == MODE_NAMES || self->mode == MODE_EXPORT)
    add_names (self, self->word->str, TRUE);
  push (self, COMMANDS, closing);
  g_string_truncate (self->word, 0);
  self->mode = MODE_FIRST;
}

/* The word goes on behind it. */
static void
end_substitution (Scanner *self)
{
  end_command (self);
  self->mode = top (self)->mode;
  pop (self);
  g_string_append (self->word, "$()");
}

/* ---- variables */

static void
read_variable (Scanner *self, const char *name, gsize length, gboolean has_default)
{
  if (has_default || self->tolerant)
    nfvo_scan_add_known (self->scan, name, length);
  else
    nfvo_scan_add_reading (self->scan, name, length, self->line);
}

/* At "${". */
static void
begin_braces (Scanner *self)
{
  gsize prefix = 2;

  if ((peek (self, 2) == '#' || peek (self, 2) == '!') && is_first (peek (self, 3)))
    prefix = 3;
  const char *name = self->p + prefix;
  gsize length = name < self->end ? name_length (name, self->end) : 0;
  const char *after = name + length;
  if (length > 0 && after < self->end && *after == '[')
    after = memchr (after, ']', (gsize)(self->end - after)) != NULL
                ? (const char *)memchr (after, ']', (gsize)(self->end - after)) + 1
                : after;
  if (length > 0) {
    char c = after < self->end ? *after : '\0';
    char d = c == ':' && after + 1 < self->end ? after[1] : c;
    read_variable (self, name, length, d == '-' || d == '=' || d == '+');
  }
  g_string_append (self->word, "${");
  advance (self, prefix + length);
  push (self, BRACES, '}');
}

/* At "$", where it counts. */
static void
take_dollar (Scanner *self)
{
  char next = peek (self, 1);
  gsize length = name_length (self->p + 1, self->end);

  if (next == '{') {
    begin_braces (self);
  } else if (next == '(' && peek (self, 2) == '(') {
    g_string_append (self->word, "$((");
    advance (self, 3);
    push (self, NUMBERS, ')');
  } else if (next == '(') {
    advance (self, 2);
    begin_substitution (self, ')');
  } else if (length > 0) {
    read_variable (self, self->p + 1, length, FALSE);
    g_string_append_len (self->word, self->p, (gssize)length + 1);
    advance (self, length + 1);
  } else {
    g_string_append_c (self->word, '$');
    advance (self, next == '\'' || next == '"' || next == '\0' ? 1 : 2);
  }
}

/* ---- here-documents */

/* At "<<". */
static void
begin_document (Scanner *self)
{
  HereDocument *document = g_new0 (HereDocument, 1);
  g_autoptr (GString) delimiter = g_string_new (NULL);

  advance (self, 2);
  document->tabs = peek (self, 0) == '-';
  advance (self, document->tabs ? 1 : 0);
  while (peek (self, 0) == ' ' || peek (self, 0) == '\t')
    advance (self, 1);
  for (char c = peek (self, 0); c != '\0' && strchr (" \t\n;|&<>()", c) == NULL; c = peek (self, 0)) {
    if (c == '\'' || c == '"' || c == '\\')
      document->plain = TRUE;
    else
      g_string_append_c (delimiter, c);
    advance (self, 1);
  }
  document->delimiter = g_string_free (g_steal_pointer (&delimiter), FALSE);
  g_ptr_array_add (self->documents, document);
}

static void scan_part (NfvoScan *scan, const char *begin, const char *end, guint line, OpenKind kind, guint nested);

static void
pass_document (Scanner *self, const HereDocument *document)
{
  const char *begin = self->p;
  guint line = self->line;
  gsize length = strlen (document->delimiter);

  while (self->p < self->end) {
    const char *stop = memchr (self->p, '\n', (gsize)(self->end - self->p));
    const char *text = self->p;
    stop = stop != NULL ? stop : self->end;
    while (document->tabs && text < stop && *text == '\t')
      text++;
    gsize rest = (gsize)(stop - text);
    gboolean is_end = (rest == length || (rest == length + 1 && text[length] == '\r')) &&
                      strncmp (text, document->delimiter, length) == 0;
    if (is_end && !document->plain)
      scan_part (self->scan, begin, self->p, line, TEXT, self->nested + 1);
    advance (self, (gsize)(stop - self->p) + 1);
    if (is_end)
      return;
  }
}

static void
take_line_end (Scanner *self)
{
  end_command (self);
  advance (self, 1);
  g_autoptr (GPtrArray) documents = g_steal_pointer (&self->documents);
  self->documents = g_ptr_array_new_with_free_func (here_document_free);
  for (guint i = 0; i < documents->len; i++)
    pass_document (self, documents->pdata[i]);
}

/* ---- what is open */

static void
pass_single_quotes (Scanner *self, gboolean escapes)
{
  g_string_append_c (self->word, '\'');
  advance (self, 1);
  while (self->p < self->end && *self->p != '\'')
    advance (self, escapes && *self->p == '\\' ? 2 : 1);
  advance (self, 1);
}

/* A "`" ends what the last one began, whatever was left open in between. */
static void
take_backtick (Scanner *self)
{
  advance (self, 1);
  for (guint i = self->n_open; i > 1; i--) {
    if (self->open[i - 1].closing == '`') {
      self->n_open = i;
      end_substitution (self);
      return;
    }
  }
  begin_substitution (self, '`');
}

static void
take_close (Scanner *self)
{
  advance (self, 1);
  if (top (self)->closing == ')' && top (self)->depth == 0) {
    end_substitution (self);
    return;
  }
  end_command (self);
  if (top (self)->closing == ')')
    top (self)->depth--;
}

static void
take_open (Scanner *self)
{
  gboolean numbers =
      peek (self, 1) == '(' && (self->mode == MODE_FIRST || self->mode == MODE_ONE) && self->word->len == 0;

  end_command (self);
  if (numbers) {
    advance (self, 2);
    push (self, NUMBERS, ')');
    return;
  }
  if (top (self)->closing == ')')
    top (self)->depth++;
  advance (self, 1);
}

static void
step_in_commands (Scanner *self)
{
  char c = *self->p;

  if (c == '\n') {
    take_line_end (self);
  } else if (c == ' ' || c == '\t' || c == '\r') {
    end_word (self);
    advance (self, 1);
  } else if (c == '#' && self->word->len == 0) {
    while (self->p < self->end && *self->p != '\n')
      self->p++;
  } else if (c == '\'') {
    pass_single_quotes (self, self->word->len > 0 && self->word->str[self->word->len - 1] == '$');
  } else if (c == '"') {
    g_string_append_c (self->word, c);
    advance (self, 1);
    push (self, QUOTED, '"');
  } else if (c == '(') {
    take_open (self);
  } else if (c == ')') {
    take_close (self);
  } else if (c == ';' || c == '|' || c == '&') {
    end_command (self);
    advance (self, 1);
  } else if (c == '<' && peek (self, 1) == '<' && peek (self, 2) != '<') {
    end_word (self);
    begin_document (self);
  } else if (c == '<' || c == '>') {
    end_word (self);
    advance (self, c == '<' && peek (self, 1) == '<' ? 3 : 1);
  } else {
    g_string_append_c (self->word, c);
    advance (self, 1);
  }
}

static void
step_in_numbers (Scanner *self)
{
  gsize length = name_length (self->p, self->end);
  char c = *self->p;

  if (length > 0) {
    const char *after = self->p + length;
    while (after < self->end && *after == ' ')
      after++;
    gsize rest = (gsize)(self->end - after);
    gboolean steps = rest >= 2 && (strncmp (after, "++", 2) == 0 || strncmp (after, "--", 2) == 0);
    gboolean adds = rest >= 2 && strchr ("+-*/%", after[0]) != NULL && after[1] == '=';
    if (steps || adds || (rest >= 2 && after[0] == '=' && after[1] != '='))
      nfvo_scan_add_known (self->scan, self->p, length);
    advance (self, length);
    return;
  }
  advance (self, 1);
  if (c == '(')
    top (self)->depth++;
  else if (c == ')' && top (self)->depth > 0)
    top (self)->depth--;
  else if (c == ')') {
    advance (self, peek (self, 0) == ')' ? 1 : 0);
    pop (self);
  }
}

/* QUOTED, BRACES and TEXT: all but what closes it and what nests is text. */
static void
step_in_text (Scanner *self)
{
  char c = *self->p;
  gboolean within_quotes = self->n_open > 1 && self->open[self->n_open - 2].kind != COMMANDS;

  if (c == top (self)->closing && c != '\0') {
    g_string_append_c (self->word, c);
    advance (self, 1);
    pop (self);
  } else if (c == '"' && top (self)->kind == BRACES) {
    advance (self, 1);
    push (self, QUOTED, '"');
  } else if (c == '\'' && top (self)->kind == BRACES && !within_quotes) {
    pass_single_quotes (self, FALSE);
  } else {
    g_string_append_c (self->word, c);
    advance (self, 1);
  }
}

static void
step (Scanner *self)
{
  if (*self->p == '\\') {
    gboolean joins = peek (self, 1) == '\n';
    if (!joins)
      g_string_append_len (self->word, self->p, MIN (2, self->end - self->p));
    advance (self, 2);
  } else if (*self->p == '$') {
    take_dollar (self);
  } else if (*self->p == '`') {
    take_backtick (self);
  } else if (top (self)->kind == COMMANDS) {
    step_in_commands (self);
  } else if (top (self)->kind == NUMBERS) {
    step_in_numbers (self);
  } else {
    step_in_text (self);
  }
}

static void
scan_part (NfvoScan *scan, const char *begin, const char *end, guint line, OpenKind kind, guint nested)
{
  Scanner scanner = { .scan = scan, .p = begin, .end = end, .line = line, .nested = nested };

  if (nested > MAX_NESTED)
    return;
  scanner.word = g_string_new (NULL);
  scanner.documents = g_ptr_array_new_with_free_func (here_document_free);
  push (&scanner, kind, '\0');
  while (scanner.p < scanner.end)
    step (&scanner);
  end_command (&scanner);
  g_string_free (scanner.word, TRUE);
  g_ptr_array_unref (scanner.documents);
}

void
nfvo_scan_shell (NfvoScan *self, const char *text, gsize length)
{
  scan_part (self, text, text + length, 1, COMMANDS, 0);
}
