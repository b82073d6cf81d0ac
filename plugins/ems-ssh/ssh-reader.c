/* SPDX-License-Identifier: Apache-2.0 */
/* What remote.sh prints, taken apart. Pure.
 *
 *   stdout:  what a login prints, MARK{ output MARK} facts, empty line, provides
 *   stderr:  what a login prints, MARK{ output MARK}
 *
 *   NOISE --MARK{--> OUTPUT --MARK}--> AFTER
 *
 * A mark may come in pieces: bytes that may be the beginning of one wait for the next piece. Output is at first told as
 * it comes, up to the wanted half; what is known survives the connection, so the next call need not tell it again. When
 * the script has ended, the rest follows: all, or only the last half.
 *
 * A machine may be hostile: nothing here grows without a limit. */
#include "config.h"

#include "plugins/ems-ssh/ssh-reader.h"

#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-error.h>

#include <string.h>

#define MAX_OUTPUT   (64 << 20) /* where all is wanted */
#define MAX_PROVIDES (256 << 10)
#define MAX_NAMES    1000
#define MAX_FACTS    4096

typedef enum { NOISE, OUTPUT, AFTER } Place;

typedef struct {
  const char *name;
  Place place;
  GByteArray *pending; /* may hold the beginning of a mark */
  GByteArray *output;
  gint64 told; /* bytes that the function got */
} Stream;

struct _SshReader {
  gint64 half;
  gint64 max;
  SshReaderFunc func;
  gpointer user_data;
  char *opening; /* marks */
  char *closing;
  Stream streams[2];
  GByteArray *after;
  GHashTable *facts; /* NULL until they are complete */
  gsize facts_end;
};

SshReader *
ssh_reader_new (gint64 half, SshReaderFunc func, gpointer user_data)
{
  static const char *const names[] = { "stdout", "stderr" };
  SshReader *self = g_new0 (SshReader, 1);

  self->half = half;
  self->max = half > 0 ? MIN (2 * half, MAX_OUTPUT) : MAX_OUTPUT;
  self->func = func;
  self->user_data = user_data;
  self->after = g_byte_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    self->streams[i].name = names[i];
    self->streams[i].pending = g_byte_array_new ();
    self->streams[i].output = g_byte_array_new ();
  }
  return self;
}

void
ssh_reader_free (SshReader *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->streams); i++) {
    g_byte_array_unref (self->streams[i].pending);
    g_byte_array_unref (self->streams[i].output);
  }
  g_byte_array_unref (self->after);
  g_clear_pointer (&self->facts, g_hash_table_unref);
  g_free (self->opening);
  g_free (self->closing);
  g_free (self);
}

void
ssh_reader_begin (SshReader *self, const char *nonce)
{
  g_free (self->opening);
  g_free (self->closing);
  self->opening = g_strdup_printf ("\036%s{\n", nonce);
  self->closing = g_strdup_printf ("\036%s}\n", nonce);
  for (guint i = 0; i < G_N_ELEMENTS (self->streams); i++) {
    self->streams[i].place = NOISE;
    g_byte_array_set_size (self->streams[i].pending, 0);
    /* The last half is told as a whole or not at all. */
    g_byte_array_set_size (self->streams[i].output, (guint)ssh_reader_get_known (self, i == 1));
  }
  g_byte_array_set_size (self->after, 0);
  g_clear_pointer (&self->facts, g_hash_table_unref);
}

/* Live output. */

/* How many of the last bytes are the beginning of a character whose rest has not come yet. */
static gsize
count_unfinished (const guint8 *bytes, gsize length)
{
  for (gsize back = 1; back <= 3 && back <= length; back++) {
    guint8 c = bytes[length - back];
    if ((c & 0xc0) == 0x80)
      continue;
    gsize wanted = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    return wanted > back ? back : 0;
  }
  return 0;
}

/* What came behind the first half is no live output, and its offset is not known here. */
static void
tell (SshReader *self, Stream *stream)
{
  gint64 known = stream->output->len;
  const guint8 *bytes = stream->output->data + stream->told;

  if (self->half > 0)
    known = MIN (known, self->half);
  if (self->func == NULL || known <= stream->told)
    return;
  gsize length = (gsize)(known - stream->told);
  length -= count_unfinished (bytes, length);
  if (length == 0)
    return;
  gint64 offset = stream->told;
  g_autofree char *text = g_utf8_make_valid ((const char *)bytes, (gssize)length);
  stream->told += (gint64)length;
  self->func (stream->name, offset, text, self->user_data);
}

static void
add_output (SshReader *self, Stream *stream, const guint8 *data, gsize length)
{
  gint64 room = self->max - (gint64)stream->output->len;

  if (length > 0 && room > 0)
    g_byte_array_append (stream->output, data, (guint)MIN ((gint64)length, room));
  tell (self, stream);
}

/* Behind the marks. */

static void
parse_facts (SshReader *self)
{
  const char *text = (const char *)self->after->data;
  const char *end = self->after->len > 0 ? g_strstr_len (text, (gssize)self->after->len, "\n\n") : NULL;

  if (self->facts != NULL || end == NULL || memchr (text, '\0', (gsize)(end - text)) != NULL)
    return;
  g_autofree char *block = g_strndup (text, (gsize)(end - text));
  g_auto (GStrv) lines = g_strsplit (block, "\n", -1);
  self->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->facts_end = (gsize)(end - text) + 2;
  for (char **line = lines; *line != NULL; line++) {
    char *blank = strchr (*line, ' ');
    if (blank == NULL)
      continue;
    *blank = '\0';
    g_hash_table_replace (self->facts, g_strdup (*line), g_strdup (blank + 1));
  }
}

static void
add_after (SshReader *self, const guint8 *data, gsize length)
{
  gsize room = MAX_FACTS + MAX_PROVIDES + 2 - MIN (self->after->len, MAX_FACTS + MAX_PROVIDES + 2);

  if (length > 0 && room > 0)
    g_byte_array_append (self->after, data, (guint)MIN (length, room));
  parse_facts (self);
}

/* Marks. */

/* Where @mark stands in @data. Returns: @length less what may be its beginning if it does not; @found says which. */
static gsize
find_mark (const guint8 *data, gsize length, const char *mark, gboolean *found)
{
  gsize mark_length = strlen (mark);

  *found = FALSE;
  for (gsize at = 0; at < length; at++) {
    const guint8 *start = memchr (data + at, mark[0], length - at);
    if (start == NULL)
      break;
    at = (gsize)(start - data);
    if (memcmp (start, mark, MIN (mark_length, length - at)) != 0)
      continue;
    *found = length - at >= mark_length;
    return at;
  }
  return length;
}

/* Takes what it can from the pending bytes. Returns: FALSE when it needs more. */
static gboolean
advance (SshReader *self, Stream *stream)
{
  GByteArray *pending = stream->pending;
  const char *mark = stream->place == NOISE ? self->opening : self->closing;
  gboolean found = FALSE;

  if (stream->place == AFTER) {
    if (stream == &self->streams[0])
      add_after (self, pending->data, pending->len);
    g_byte_array_set_size (pending, 0);
    return FALSE;
  }
  gsize at = find_mark (pending->data, pending->len, mark, &found);
  if (stream->place == OUTPUT)
    add_output (self, stream, pending->data, at);
  gsize taken = found ? at + strlen (mark) : at;
  if (taken > 0)
    g_byte_array_remove_range (pending, 0, (guint)taken);
  if (found)
    stream->place++;
  return found;
}

void
ssh_reader_feed (SshReader *self, gboolean is_stderr, const guint8 *data, gsize length)
{
  Stream *stream = &self->streams[is_stderr ? 1 : 0];

  if (length == 0)
    return;
  g_byte_array_append (stream->pending, data, (guint)length);
  while (advance (self, stream))
    ;
}

gint64
ssh_reader_get_known (SshReader *self, gboolean is_stderr)
{
  gint64 known = self->streams[is_stderr ? 1 : 0].output->len;

  return self->half > 0 ? MIN (known, self->half) : known;
}

gboolean
ssh_reader_has_begun (SshReader *self)
{
  return self->streams[0].place != NOISE;
}

gboolean
ssh_reader_is_complete (SshReader *self)
{
  return self->facts != NULL;
}

const char *
ssh_reader_get_fact (SshReader *self, const char *name)
{
  return self->facts != NULL ? g_hash_table_lookup (self->facts, name) : NULL;
}

/* Results. */

static gboolean
read_number (SshReader *self, const char *name, gint64 min, gint64 max, gint64 *number, GError **error)
{
  const char *text = ssh_reader_get_fact (self, name);

  if (text != NULL && g_ascii_string_to_signed (text, 10, min, max, number, NULL))
    return TRUE;
  g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the machine tells no %s of the step", name);
  return FALSE;
}

/* "1795534530.123135415" -> RFC 3339. Where date(1) knows no fractions there is none. Returns: (nullable). */
static char *
read_time (SshReader *self, const char *name)
{
  const char *text = ssh_reader_get_fact (self, name);
  char *end = NULL;
  gint64 seconds = text != NULL ? g_ascii_strtoll (text, &end, 10) : 0;

  if (seconds <= 0 || seconds > G_MAXINT64 / G_USEC_PER_SEC / 2)
    return NULL;
  gint64 fraction = 0;
  gint64 weight = G_USEC_PER_SEC / 10;
  for (const char *c = *end == '.' ? end + 1 : end; g_ascii_isdigit (*c) && weight > 0; c++, weight /= 10)
    fraction += (*c - '0') * weight;
  return vnfm_clock_format (seconds * G_USEC_PER_SEC + fraction);
}

/* @size: bytes that the script wrote. */
static char *
make_text (SshReader *self, Stream *stream, gint64 size, gint64 *left_out)
{
  const guint8 *bytes = stream->output->data;
  gsize length = stream->output->len;
  gint64 missing = size - (gint64)length;

  if (missing <= 0)
    return length > 0 ? g_utf8_make_valid ((const char *)bytes, (gssize)length) : g_strdup ("");
  *left_out += missing;
  gsize head = self->half > 0 ? MIN ((gsize)self->half, length) : length;
  g_autofree char *first = g_utf8_make_valid ((const char *)bytes, (gssize)head);
  g_autofree char *last = g_utf8_make_valid ((const char *)bytes + head, (gssize)(length - head));
  return g_strdup_printf ("%s\n[vnfm-ssh: %" G_GINT64_FORMAT " bytes left out]\n%s", first, missing, last);
}

/* The lines name=value that the script wrote to $VNFM_PROVIDES. */
static GHashTable *
read_provides (SshReader *self)
{
  gsize length = self->after->len - self->facts_end;
  const char *text = (const char *)self->after->data + self->facts_end;

  if (length == 0)
    return NULL;
  if (length > MAX_PROVIDES) {
    g_warning ("what a script wrote to $VNFM_PROVIDES is too long and not taken");
    return NULL;
  }
  g_autoptr (GHashTable) provides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)length);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    char *equals = strchr (*line, '=');
    if (equals != NULL)
      *equals++ = '\0';
    char *name = g_strstrip (*line);
    if (equals != NULL && *name != '\0' && g_hash_table_size (provides) < MAX_NAMES) {
      gsize end = strlen (equals);
      if (end > 0 && equals[end - 1] == '\r')
        equals[end - 1] = '\0';
      g_hash_table_replace (provides, g_strdup (name), g_strdup (equals));
    } else if (*name != '\0') {
      g_warning ("\"%s\" in $VNFM_PROVIDES is not taken: no name=value, or too many", name);
    }
  }
  return g_hash_table_size (provides) > 0 ? g_steal_pointer (&provides) : NULL;
}

/* Returns: (transfer full) (nullable): a line for the script's stderr: why it ended. */
static char *
explain (SshReader *self, int status, gboolean known, gint64 time_limit)
{
  const char *reason = ssh_reader_get_fact (self, "reason");
  const char *signal_name = status == -9 ? "SIGKILL" : "SIGTERM";

  if (!known && g_strcmp0 (ssh_reader_get_fact (self, "boot"), "other") == 0)
    return g_strdup ("the machine was started anew while it ran: what became of it is not known");
  if (!known)
    return g_strdup ("the process that watched over it was killed: what became of the script is not known");
  if (g_strcmp0 (reason, "c") == 0)
    return g_strdup_printf ("cancelled: its process group was killed (%s)", signal_name);
  if (g_strcmp0 (reason, "t") == 0)
    return g_strdup_printf ("time limit of %g s reached: its process group was killed (%s)",
                            (double)time_limit / G_USEC_PER_SEC, signal_name);
  return NULL;
}

static void
add_line (char **text, const char *line)
{
  gboolean separated = **text == '\0' || g_str_has_suffix (*text, "\n");
  char *joined = g_strconcat (*text, separated ? "" : "\n", "vnfm-ssh: ", line, "\n", NULL);

  g_free (*text);
  *text = joined;
}

VnfmScriptResult *
ssh_reader_make_result (SshReader *self, gint64 time_limit, GError **error)
{
  gint64 status = 0, out_size = 0, err_size = 0;
  const char *state = ssh_reader_get_fact (self, "state");
  gboolean known = g_strcmp0 (state, "done") == 0;

  if (!known && g_strcmp0 (state, "died") != 0) {
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_INVALID, "the machine tells no state of the step");
    return NULL;
  }
  if (!read_number (self, "status", -128, 255, &status, error) ||
      !read_number (self, "out-size", 0, G_MAXINT64, &out_size, error) ||
      !read_number (self, "err-size", 0, G_MAXINT64, &err_size, error))
    return NULL;

  VnfmScriptResult *result = vnfm_script_result_new ((int)status, NULL, NULL);
  result->known = known;
  g_free (result->output);
  g_free (result->err);
  result->output = make_text (self, &self->streams[0], out_size, &result->truncated);
  result->err = make_text (self, &self->streams[1], err_size, &result->truncated);
  result->started = read_time (self, "started");
  result->ended = known ? read_time (self, "ended") : NULL;
  result->provides = read_provides (self);
  g_autofree char *why = explain (self, (int)status, known, time_limit);
  if (why != NULL)
    add_line (&result->err, why);
  return result;
}
