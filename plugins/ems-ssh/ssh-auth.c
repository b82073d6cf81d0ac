/* SPDX-License-Identifier: Apache-2.0 */
/* The login: one method after another, each asked again until it has its answer.
 *
 *   NONE (tells what the server takes) -> KEY -> AGENT -> PASSWORD -> INTERACTIVE -> refused
 *
 * Methods that are not configured or that the server does not take are left out; any of them may end in success. */
#include "config.h"

#include "plugins/ems-ssh/ssh-auth.h"

#include "plugins/ems-ssh/ssh-host-key.h"

#include <string.h>
#include <vnfm/vnfm-error.h>

typedef enum {
  STEP_NONE,
  STEP_KEY,
  STEP_AGENT,
  STEP_PASSWORD,
  STEP_INTERACTIVE,
  STEP_END,
} Step;

void
ssh_credentials_clear (SshCredentials *self)
{
  g_clear_pointer (&self->identity, g_free);
  g_clear_pointer (&self->key, ssh_key_free);
  g_clear_pointer (&self->agent, g_free);
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_clear_pointer (&self->password, g_free);
}

void
ssh_auth_clear (SshAuth *self)
{
  if (self->tried != NULL)
    g_string_free (self->tried, TRUE);
  *self = (SshAuth){ 0 };
}

/* Whether @step can be tried at all. */
static gboolean
applies (Step step, const SshCredentials *credentials, int methods)
{
  switch (step) {
  case STEP_KEY:
    return credentials->key != NULL && (methods & SSH_AUTH_METHOD_PUBLICKEY) != 0;
  case STEP_AGENT:
    return credentials->agent != NULL && (methods & SSH_AUTH_METHOD_PUBLICKEY) != 0;
  case STEP_PASSWORD:
    return credentials->password != NULL && (methods & SSH_AUTH_METHOD_PASSWORD) != 0;
  case STEP_INTERACTIVE:
    return credentials->password != NULL && (methods & SSH_AUTH_METHOD_INTERACTIVE) != 0;
  case STEP_NONE:
  case STEP_END:
    break;
  }
  return step == STEP_NONE;
}

/* Every question that hides its answer is one for the password; it is given once. */
static int
interactive (SshAuth *self, ssh_session session, const char *password)
{
  int rc;

  while ((rc = ssh_userauth_kbdint (session, NULL, NULL)) == SSH_AUTH_INFO) {
    int count = ssh_userauth_kbdint_getnprompts (session);
    for (int i = 0; i < count; i++) {
      char echo = 0;
      ssh_userauth_kbdint_getprompt (session, (unsigned int)i, &echo);
      if (self->answered || echo)
        return SSH_AUTH_DENIED;
      ssh_userauth_kbdint_setanswer (session, (unsigned int)i, password);
      self->answered = TRUE;
    }
  }
  return rc;
}

static int
try_step (SshAuth *self, ssh_session session, const SshCredentials *credentials)
{
  switch ((Step)self->step) {
  case STEP_NONE:
    return ssh_userauth_none (session, NULL);
  case STEP_KEY:
    return ssh_userauth_publickey (session, NULL, credentials->key);
  case STEP_AGENT:
    return ssh_userauth_agent (session, NULL);
  case STEP_PASSWORD:
    return ssh_userauth_password (session, NULL, credentials->password);
  case STEP_INTERACTIVE:
    return interactive (self, session, credentials->password);
  case STEP_END:
    break;
  }
  return SSH_AUTH_DENIED;
}

static void
note_refusal (SshAuth *self, const SshCredentials *credentials)
{
  if (self->tried == NULL)
    self->tried = g_string_new (NULL);
  else if (self->tried->len > 0)
    g_string_append (self->tried, ", ");
  switch ((Step)self->step) {
  case STEP_KEY: {
    g_autofree char *print = ssh_host_key_fingerprint (credentials->key);
    g_string_append_printf (self->tried, "the key %s (%s)", credentials->identity, print);
    break;
  }
  case STEP_AGENT:
    g_string_append_printf (self->tried, "the keys of the agent at %s", credentials->agent);
    break;
  case STEP_PASSWORD:
  case STEP_INTERACTIVE:
    g_string_append (self->tried, "the password");
    break;
  case STEP_NONE:
  case STEP_END:
    break;
  }
}

static char *
method_names (int methods)
{
  static const struct {
    int bit;
    const char *name;
  } names[] = {
    { SSH_AUTH_METHOD_PUBLICKEY, "publickey" },
    { SSH_AUTH_METHOD_PASSWORD, "password" },
    { SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive" },
    { SSH_AUTH_METHOD_HOSTBASED, "hostbased" },
    { SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic" },
  };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if ((methods & names[i].bit) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", names[i].name);
  return g_string_free (text, FALSE);
}

static void
set_refused (SshAuth *self, ssh_session session, const char *user, const char *cause, GError **error)
{
  g_autofree char *methods = method_names (ssh_userauth_list (session, NULL));
  gboolean tried = self->tried != NULL && self->tried->len > 0;

  if (tried)
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED,
                 "the login as \"%s\" with %s was refused%s%s; it takes %s: is the public key in the user's "
                 "authorized_keys, and the user the right one",
                 user, self->tried->str, cause != NULL ? ": " : "", cause != NULL ? cause : "", methods);
  else
    g_set_error (error, VNFM_ERROR, VNFM_ERROR_DENIED,
                 "no login as \"%s\" is possible: it takes %s only; see identity, agent and password in [ssh]", user,
                 *methods != '\0' ? methods : "nothing that is known here");
}

int
ssh_auth_step (SshAuth *self, ssh_session session, const SshCredentials *credentials, const char *user, GError **error)
{
  for (;;) {
    int rc = try_step (self, session, credentials);

    if (rc == SSH_AUTH_SUCCESS)
      return SSH_OK;
    if (rc == SSH_AUTH_AGAIN)
      return SSH_AGAIN;
    if (rc == SSH_AUTH_ERROR) {
      const char *cause = ssh_get_error (session);
      /* The server hangs up on whoever has tried too often. */
      if (self->step > STEP_NONE && strstr (cause, "DISCONNECT") != NULL) {
        note_refusal (self, credentials);
        set_refused (self, session, user, cause, error);
      } else {
        g_set_error (error, VNFM_ERROR, VNFM_ERROR_UNREACHABLE, "the login was cut off: %s", cause);
      }
      return SSH_ERROR;
    }
    if (self->step != STEP_NONE)
      note_refusal (self, credentials);
    int methods = ssh_userauth_list (session, NULL);
    do
      self->step++;
    while (self->step < STEP_END && !applies (self->step, credentials, methods));
    if (self->step == STEP_END) {
      set_refused (self, session, user, NULL, error);
      return SSH_ERROR;
    }
  }
}
