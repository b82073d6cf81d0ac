/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A real OpenSSH server on loopback, with its own host key and configuration, for the user that runs the test. */

#include "tests/support/vnfm-test.h"

typedef struct {
  GPid pid;
  guint16 port;
  GString *log; /* what it wrote to stderr */
  char *config;
  int stderr_fd;
  GSource *reader;
} TestSshd;

/* Makes a key pair in @folder. @passphrase: "" for none. Returns: (transfer full): path of the private one. */
char *test_ssh_keygen (const char *folder, const char *name, const char *passphrase);
/* The public half: "TYPE BASE64 COMMENT". Returns: (transfer full). */
char *test_ssh_public (const char *path);

/* Starts it and waits until it listens. @host_key: path; @authorized: (nullable): path of a private key whose public
 * half may log in; @extra: (nullable): more lines for the configuration; @port: 0: any that is free. */
TestSshd *test_sshd_start (const char *folder, const char *host_key, const char *authorized, const char *extra,
                           guint16 port);
void test_sshd_stop (TestSshd *self);

/* A program that runs until test_daemon_stop(); dies with the test. */
GPid test_daemon_start (char **argv, int *stderr_fd);
void test_daemon_stop (GPid pid);

/* A port of loopback that nobody uses. */
guint16 test_free_port (void);
