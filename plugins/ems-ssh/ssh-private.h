/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of the connection half share: the structs behind ssh-settings.h and ssh-link.h, and the parts of a
 * connection. Nothing else of the room includes it. */

#include "plugins/ems-ssh/ssh-auth.h"
#include "plugins/ems-ssh/ssh-link.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

G_BEGIN_DECLS

typedef struct _SshCommand SshCommand;
typedef struct _SshTunnel SshTunnel;

struct _SshSettings {
  VnfmClock *clock;
  VnfmPoll *poll; /* of all connections */
  char *user;
  guint16 port;
  SshCredentials credentials;
  SshHostKeys host_keys;
  char *known_hosts; /* nullable: no file */
  gint64 connect_timeout;
  gint64 keepalive;
  guint keepalive_count;
  guint max_sessions;
  guint max_connections;
  guint max_opening;
  gint64 idle_timeout;

  SshTarget *jump;    /* nullable */
  SshLink *jump_link; /* weak; nullable: the connection to it */
  gboolean jump_opening;
  GPtrArray *jump_waiting; /* of GTask: who waits for it */
};

typedef enum {
  SSH_LINK_REACHING, /* no socket yet */
  SSH_LINK_KEYS,     /* banner and key exchange */
  SSH_LINK_LOGIN,
  SSH_LINK_OPEN,
  SSH_LINK_CLOSED,
} SshLinkState;

struct _SshLink {
  GObject parent_instance;

  SshSettings *settings;
  SshTarget *target;
  char *label; /* name, address and port, for messages */
  SshLinkState state;
  GError *reason; /* why it is closed */
  gboolean told;  /* that it is closed */

  ssh_session session;
  ssh_event event;  /* drives an open session; before, its own calls do */
  int fd;           /* our own descriptor of the socket: libssh closes the one it was given whenever it likes */
  int given_fd;     /* libssh's, as long as it has not taken it; else -1 */
  VnfmWatch *watch; /* of @fd */
  VnfmTimer *wake;  /* there is something to do */
  VnfmTimer *timer; /* of the opening, then of the keepalive */
  SshLink *via;     /* nullable: the jump host's */

  GTask *opening; /* nullable: until it is open or closed */
  gulong cancelled_handler;
  GCancellable *attempt; /* ends the resolving and connecting */
  SshAuth auth;

  GQueue commands;     /* SshCommand: waiting and running, in order of arrival */
  GQueue lively;       /* SshCommand: with output to show */
  GQueue done;         /* SshCommand: to be completed */
  GQueue orphans;      /* ssh_channel: given up before the server had opened them */
  guint sessions;      /* channels of commands, the orphans among them */
  guint max_sessions;  /* of the settings, or what the server was seen to take */
  VnfmTimer *patience; /* nullable: the server took no session, with none of ours open: another try is due */
  gint64 denied_since; /* 0: the last one was opened */
  GPtrArray *tunnels;  /* of SshTunnel */

  struct ssh_counter_struct counter; /* kept by libssh: what it has read */
  gint64 last_input;
  guint questions; /* keepalives since */
  gboolean asked;  /* a keepalive was ever sent */
};

/* ssh-link.c */
/* Does what can be done now, then calls whoever waits for it. Callbacks may close the link, never free it. */
void ssh_link_drive (SshLink *self);
/* Drives it from the main loop, in a moment. */
void ssh_link_wake (SshLink *self);
/* Ends the connection for @reason (transfer full); commands and waiters are completed by the next drive. */
void ssh_link_end (SshLink *self, GError *reason);
/* The socket is there: @fd (transfer full); the session has a copy. */
void ssh_link_take_socket (SshLink *self, int fd);
void ssh_link_start_keepalive (SshLink *self);

/* ssh-open.c */
/* One step of the opening after another until it has to wait. Returns FALSE with @error if it failed. */
gboolean ssh_open_step (SshLink *self, GError **error);

/* ssh-jump.c: the connection to the jump host, shared by all that go through it. */
void ssh_jump_get_async (SshSettings *settings, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
SshLink *ssh_jump_get_finish (GAsyncResult *result, GError **error);

/* ssh-tunnel.c: a forwarded channel with a socket at this end. */
void ssh_tunnel_open_async (SshLink *link, const char *host, guint16 port, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): the descriptor, or -1. */
int ssh_tunnel_open_finish (GAsyncResult *result, GError **error);
/* For the link: moves bytes both ways; FALSE: the tunnel is over. */
gboolean ssh_tunnel_advance (SshTunnel *self);
void ssh_tunnel_free (SshTunnel *self);

/* ssh-command.c */
/* Moves the command on; may put it into the link's queues of what is to be told. */
void ssh_command_advance (SshCommand *self);
/* Something for the socket is at hand and would be taken. */
gboolean ssh_command_wants_write (SshCommand *self);
/* The link is over. */
void ssh_command_abort (SshCommand *self, const GError *reason);
void ssh_command_show (SshCommand *self);
/* Calls back and frees it. */
void ssh_command_complete (SshCommand *self);

G_END_DECLS
