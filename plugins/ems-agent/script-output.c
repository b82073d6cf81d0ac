/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/script-output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* A script's stdout and stderr are files and no pipes, so that a daemon that it leaves behind blocks nobody and dies of
 * nothing. They may grow without bound, what is kept of them may not: the answer holds the first and the last half of
 * the limit, and while the script runs the middle is punched out of the file (the size stays, the blocks go). Nothing
 * of it is held in memory. */

#define CHUNK (16 * 1024)
/* A hole is worth a system call from here on. */
#define MIN_HOLE (1024 * 1024)
#define PAGE     4096

char *
ems_text_clean (const char *bytes, gsize length)
{
  return g_utf8_make_valid (bytes, (gssize)length);
}

/* How many of the last bytes are the beginning of a character whose rest has not been written yet. */
static gsize
count_unfinished (const char *bytes, gsize length)
{
  for (gsize back = 1; back <= 3 && back <= length; back++) {
    guchar c = (guchar)bytes[length - back];
    if ((c & 0xc0) == 0x80)
      continue;
    gsize wanted = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    return wanted > back ? back : 0;
  }
  return 0;
}

static gsize
read_at (int file, char *buffer, gsize length, gint64 offset)
{
  gsize got = 0;

  while (got < length) {
    gssize n = pread (file, buffer + got, length - got, offset + (gint64)got);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    got += (gsize)n;
  }
  return got;
}

static void
append_part (GString *out, int file, gint64 offset, gint64 length, gboolean head)
{
  g_autofree char *buffer = g_malloc ((gsize)length + 1);
  gsize got = read_at (file, buffer, (gsize)length, offset);
  gsize skip = 0;

  /* The cut may go through a character. */
  if (head)
    got -= count_unfinished (buffer, got);
  else
    while (skip < got && skip < 3 && ((guchar)buffer[skip] & 0xc0) == 0x80)
      skip++;
  g_autofree char *text = ems_text_clean (buffer + skip, got - skip);
  g_string_append (out, text);
}

char *
ems_output_read (const char *path, gint64 max, gint64 *left_out)
{
  int file = open (path, O_RDONLY | O_CLOEXEC);
  struct stat status;

  if (file < 0 || fstat (file, &status) != 0) {
    if (file >= 0)
      close (file);
    return g_strdup ("");
  }

  gint64 size = status.st_size;
  if (max <= 0 || size <= max) {
    g_autofree char *buffer = g_malloc ((gsize)size + 1);
    gsize got = read_at (file, buffer, (gsize)size, 0);
    close (file);
    return ems_text_clean (buffer, got);
  }
  gint64 head = max / 2;
  gint64 tail = max - head;
  GString *out = g_string_new (NULL);
  append_part (out, file, 0, head, TRUE);
  g_string_append_printf (out, "\n[vnfm-ems: %" G_GINT64_FORMAT " bytes left out]\n", size - max);
  append_part (out, file, size - tail, tail, FALSE);
  close (file);
  *left_out += size - max;
  return g_string_free (out, FALSE);
}

/* One file of a running script. */

void
ems_tail_clear (EmsTail *self)
{
  g_clear_pointer (&self->path, g_free);
}

gint64
ems_tail_get_size (EmsTail *self)
{
  struct stat status;

  return stat (self->path, &status) == 0 ? status.st_size : 0;
}

char *
ems_tail_read (EmsTail *self, gint64 max, gboolean final, gint64 *offset)
{
  gint64 size = ems_tail_get_size (self);

  /* "echo > /dev/stderr" begins the file anew. */
  if (size < self->seen)
    self->seen = 0;
  gint64 wanted = MIN (MIN (size, max) - self->seen, CHUNK);
  int file = wanted > 0 ? open (self->path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0)
    return NULL;

  char buffer[CHUNK];
  gsize got = read_at (file, buffer, (gsize)wanted, self->seen);
  close (file);
  if (!final)
    got -= count_unfinished (buffer, got);
  if (got == 0)
    return NULL;
  *offset = self->seen;
  self->seen += (gint64)got;
  return ems_text_clean (buffer, got);
}

void
ems_tail_free_middle (EmsTail *self, gint64 max)
{
  gint64 size = ems_tail_get_size (self);
  gint64 begin = MAX (self->freed, (max / 2 + PAGE - 1) / PAGE * PAGE);
  gint64 end = (size - (max - max / 2)) / PAGE * PAGE;

  if (max <= 0 || end - begin < MIN_HOLE)
    return;
  int file = open (self->path, O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return;
  if (fallocate (file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, begin, end - begin) == 0)
    self->freed = end;
  else
    g_debug ("%s: its middle cannot be freed: %s", self->path, g_strerror (errno));
  close (file);
}

/* Which files grow. */

struct _EmsOutputWatch {
  int inotify;       /* -1: blind */
  GHashTable *paths; /* watch descriptor -> path */
  GSource *source;   /* (nullable): not while the owner has not yet looked */
  EmsOutputWatchFunc func;
  gpointer user_data;
};

static gboolean
something_grew (int file, GIOCondition condition, gpointer user_data)
{
  EmsOutputWatch *self = user_data;

  /* Further events may pile up, or rather fold into one, until the owner takes them. */
  g_clear_pointer (&self->source, g_source_unref);
  self->func (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
start_listening (EmsOutputWatch *self)
{
  if (self->inotify < 0 || self->source != NULL)
    return;
  self->source = g_unix_fd_source_new (self->inotify, G_IO_IN);
  g_source_set_callback (self->source, (GSourceFunc)(void (*) (void))something_grew, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

EmsOutputWatch *
ems_output_watch_new (EmsOutputWatchFunc func, gpointer user_data)
{
  EmsOutputWatch *self = g_new0 (EmsOutputWatch, 1);

  self->inotify = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  self->paths = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->func = func;
  self->user_data = user_data;
  start_listening (self);
  return self;
}

void
ems_output_watch_free (EmsOutputWatch *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->inotify >= 0)
    close (self->inotify);
  g_hash_table_unref (self->paths);
  g_free (self);
}

gboolean
ems_output_watch_is_blind (EmsOutputWatch *self)
{
  return self->inotify < 0;
}

gboolean
ems_output_watch_add (EmsOutputWatch *self, const char *path)
{
  int descriptor = self->inotify >= 0 ? inotify_add_watch (self->inotify, path, IN_MODIFY) : -1;

  if (descriptor < 0)
    return FALSE;
  g_hash_table_replace (self->paths, GINT_TO_POINTER (descriptor), g_strdup (path));
  return TRUE;
}

GHashTable *
ems_output_watch_take (EmsOutputWatch *self)
{
  GHashTable *grown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char buffer[4096] __attribute__ ((aligned (8)));
  gssize length;

  while (self->inotify >= 0 && (length = read (self->inotify, buffer, sizeof buffer)) > 0) {
    for (char *at = buffer; at < buffer + length;) {
      const struct inotify_event *event = (const struct inotify_event *)(void *)at;
      const char *path = g_hash_table_lookup (self->paths, GINT_TO_POINTER (event->wd));
      if (path != NULL && (event->mask & IN_MODIFY) != 0)
        g_hash_table_add (grown, g_strdup (path));
      /* The file is gone. */
      if ((event->mask & IN_IGNORED) != 0)
        g_hash_table_remove (self->paths, GINT_TO_POINTER (event->wd));
      at += sizeof *event + event->len;
    }
  }
  start_listening (self);
  return grown;
}
