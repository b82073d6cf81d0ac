/* SPDX-License-Identifier: Apache-2.0 */
/* Claims blocks at random, so that what a killed run left behind is met rarely. */
#include "config.h"

#include "core/nfvo/machines/loopback.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ATTEMPTS       1000
#define LAST_OF_BLOCK  254
#define FIRST_OF_BLOCK 1

struct _NfvoLoopback {
  VnfmClock *clock;
  GArray *claims; /* int: a socket for each block */
  guint8 a;
  guint8 b;
  guint next; /* in the last block */
};

static void
close_claim (gpointer claim)
{
  close (*(int *)claim);
}

NfvoLoopback *
nfvo_loopback_new (VnfmClock *clock)
{
  NfvoLoopback *self = g_new0 (NfvoLoopback, 1);

  self->clock = g_object_ref (clock);
  self->claims = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_set_clear_func (self->claims, close_claim);
  self->next = LAST_OF_BLOCK + 1;
  return self;
}

void
nfvo_loopback_free (NfvoLoopback *self)
{
  g_array_unref (self->claims);
  g_object_unref (self->clock);
  g_free (self);
}

/* Returns: the socket, or -1 with errno. */
static int
claim_block (guint8 a, guint8 b)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int length = g_snprintf (address.sun_path + 1, sizeof address.sun_path - 1, "vnfm-nfvo/127.%u.%u", a, b);
  socklen_t size = (socklen_t)(offsetof (struct sockaddr_un, sun_path) + 1 + (gsize)length);
  int claim = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int saved;

  if (claim < 0 || bind (claim, (struct sockaddr *)&address, size) == 0)
    return claim;
  saved = errno;
  close (claim);
  errno = saved;
  return -1;
}

static gboolean
next_block (NfvoLoopback *self, GError **error)
{
  for (guint i = 0; i < ATTEMPTS; i++) {
    guint8 bytes[2];
    int claim;
    vnfm_clock_fill_random (self->clock, bytes, sizeof bytes);
    if (bytes[0] == 0 || bytes[0] == 255) /* 127.0.0.1 and its like are everybody's */
      continue;
    claim = claim_block (bytes[0], bytes[1]);
    if (claim >= 0) {
      g_array_append_val (self->claims, claim);
      self->a = bytes[0];
      self->b = bytes[1];
      self->next = FIRST_OF_BLOCK;
      return TRUE;
    }
    if (errno != EADDRINUSE) {
      g_set_error (error, VNFM_ERROR, VNFM_ERROR_FAILED, "cannot claim loopback addresses: %s", g_strerror (errno));
      return FALSE;
    }
  }
  g_set_error_literal (error, VNFM_ERROR, VNFM_ERROR_LIMIT, "no block of loopback addresses is free");
  return FALSE;
}

char *
nfvo_loopback_claim (NfvoLoopback *self, GError **error)
{
  if (self->next > LAST_OF_BLOCK && !next_block (self, error))
    return NULL;
  return g_strdup_printf ("127.%u.%u.%u", self->a, self->b, self->next++);
}
