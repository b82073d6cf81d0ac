/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/test-sshd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

char *
test_ssh_keygen (const char *folder, const char *name, const char *passphrase)
{
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);
  const char *argv[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", path, NULL };
  int status = -1;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  ck_assert_no_error (error);
  ck_assert_int_eq (status, 0);
  return path;
}

char *
test_ssh_public (const char *path)
{
  g_autofree char *name = g_strconcat (path, ".pub", NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (name, &text, NULL, &error);
  ck_assert_no_error (error);
  return g_strchomp (text);
}

guint16
test_free_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, sizeof address), 0);
  ck_assert_int_eq (getsockname (fd, (struct sockaddr *)&address, &length), 0);
  close (fd);
  return ntohs (address.sin_port);
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GPid
test_daemon_start (char **argv, int *stderr_fd)
{
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_spawn_async_with_pipes (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, die_with_parent,
                            NULL, &pid, NULL, NULL, stderr_fd, &error);
  ck_assert_no_error (error);
  return pid;
}

void
test_daemon_stop (GPid pid)
{
  kill (pid, SIGKILL);
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
}

static gboolean
log_readable (int fd, GIOCondition condition, gpointer data)
{
  TestSshd *self = data;
  char text[4096];
  ssize_t count = read (fd, text, sizeof text);

  if (count <= 0)
    return G_SOURCE_REMOVE;
  g_string_append_len (self->log, text, count);
  return G_SOURCE_CONTINUE;
}

static gboolean
listens (gpointer data)
{
  TestSshd *self = data;

  ck_assert_msg (waitpid (self->pid, NULL, WNOHANG) == 0, "sshd has ended: %s", self->log->str);
  return strstr (self->log->str, "Server listening on") != NULL;
}

/* By its full path, as it insists on, wherever that is. */
static char *
find_sshd (void)
{
  char *path = g_find_program_in_path ("sshd");

  return path != NULL ? path : g_strdup ("/usr/sbin/sshd");
}

TestSshd *
test_sshd_start (const char *folder, const char *host_key, const char *authorized, const char *extra, guint16 port)
{
  TestSshd *self = g_new0 (TestSshd, 1);
  g_autofree char *authorized_file = authorized != NULL ? g_strconcat (authorized, ".pub", NULL) : g_strdup ("none");
  g_autoptr (GError) error = NULL;

  self->port = port != 0 ? port : test_free_port ();
  self->log = g_string_new (NULL);
  self->config = g_strdup_printf ("%s/sshd-%u.conf", folder, self->port);
  /* sshd wants its empty folder where it runs as root. */
  if (getuid () == 0)
    g_mkdir ("/run/sshd", 0755);
  g_autofree char *text = g_strdup_printf ("%s"
                                           "Port %u\n"
                                           "ListenAddress 127.0.0.1\n"
                                           "HostKey %s\n"
                                           "AuthorizedKeysFile %s\n"
                                           "PidFile none\n"
                                           "StrictModes no\n"
                                           "UsePAM no\n"
                                           "UseDNS no\n"
                                           "PermitRootLogin yes\n"
                                           "PasswordAuthentication no\n"
                                           "KbdInteractiveAuthentication no\n"
                                           "MaxStartups 1000\n",
                                           extra != NULL ? extra : "", self->port, host_key, authorized_file);
  g_file_set_contents (self->config, text, -1, &error);
  ck_assert_no_error (error);
  g_autofree char *program = find_sshd ();
  char *argv[] = { program, (char *)"-D", (char *)"-e", (char *)"-f", self->config, NULL };
  self->pid = test_daemon_start (argv, &self->stderr_fd);
  self->reader = g_unix_fd_source_new (self->stderr_fd, G_IO_IN | G_IO_HUP);
  g_source_set_callback (self->reader, G_SOURCE_FUNC (log_readable), self, NULL);
  g_source_attach (self->reader, NULL);
  vnfm_test_wait_until (listens, self);
  return self;
}

void
test_sshd_stop (TestSshd *self)
{
  test_daemon_stop (self->pid);
  g_source_destroy (self->reader);
  g_source_unref (self->reader);
  close (self->stderr_fd);
  g_string_free (self->log, TRUE);
  g_free (self->config);
  g_free (self);
}
