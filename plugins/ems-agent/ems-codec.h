/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-script-result.h>

G_BEGIN_DECLS

/* What manager and agent say to each other: structs <-> JSON, no I/O. protocol/openbaton.md, E (what the Java VNFM and
 * the Python EMS say) and protocol/ems-extensions.md (what only vnfmd and vnfm-ems say). Both sides read leniently and
 * write exactly; a member that is not set is not written, so that an old peer sees what it always saw. */

/* Where scripts are kept, on the wire: the default of "script-path". */
#define EMS_SCRIPT_PATH "/opt/openbaton/scripts"

/**
 * EmsCapability:
 *
 * What an agent can do beyond the Python EMS; sent in its registration.
 */
typedef enum {
  EMS_CAPABILITY_STEP = 1 << 0,
  EMS_CAPABILITY_TIMEOUT = 1 << 1,
  EMS_CAPABILITY_CANCEL = 1 << 2,
  EMS_CAPABILITY_STREAM = 1 << 3,
  EMS_CAPABILITY_EXACT_ENV = 1 << 4,
  EMS_CAPABILITY_PROVIDES = 1 << 5,
  EMS_CAPABILITY_CAPPED = 1 << 6,
} EmsCapability;

/* All that vnfm-ems of this version can do. */
#define EMS_CAPABILITIES_ALL ((EmsCapability)((1 << 7) - 1))

/**
 * EmsRegistration:
 * @hostname: of the agent's key-file, never NULL
 * @token: (nullable): one per VNFR, out of the user data
 * @agent: (nullable): "vnfm-ems/VERSION"; NULL for the Python EMS
 * @capabilities: 0 for the Python EMS; names that are not known are dropped
 * @boot: (nullable): changes with each boot of the machine
 * @run: (nullable): changes with each start of the agent
 */
typedef struct {
  char *hostname;
  char *token;
  char *agent;
  EmsCapability capabilities;
  char *boot;
  char *run;
} EmsRegistration;

EmsRegistration *ems_registration_new (const char *hostname);
void ems_registration_free (EmsRegistration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsRegistration, ems_registration_free)
GBytes *ems_registration_encode (const EmsRegistration *self);
/* Errors: VNFM_ERROR_INVALID (no JSON object, no hostname). */
EmsRegistration *ems_registration_decode (GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * EmsAction:
 * @EMS_ACTION_NONE: no or an unknown action
 */
typedef enum {
  EMS_ACTION_NONE,
  EMS_ACTION_SAVE_SCRIPTS,
  EMS_ACTION_SCRIPTS_UPDATE,
  EMS_ACTION_CLONE_SCRIPTS,
  EMS_ACTION_SAVE_VNFR_DEPENDENCY,
  EMS_ACTION_EXECUTE,
  EMS_ACTION_STATUS,
  EMS_ACTION_CANCEL,
} EmsAction;

/* "SAVE_SCRIPTS"; NULL for EMS_ACTION_NONE. */
const char *ems_action_get_nick (EmsAction action);

/**
 * EmsCommand:
 * @action: what to do
 * @action_name: (nullable): the action as it was written; only set by decoding
 * @content: (nullable): SAVE_SCRIPTS, SCRIPTS_UPDATE: the file's bytes (base64 in the member "payload")
 * @payload: (nullable): EXECUTE: name, blank, arguments; CLONE_SCRIPTS: URL; SAVE_VNFR_DEPENDENCY: JSON text
 * @name: (nullable): SAVE_SCRIPTS, SCRIPTS_UPDATE: the file's name below the script path, may contain "/"
 * @script_path: (nullable): NULL: not said
 * @environment: (nullable): EXECUTE: an object of strings; other scalars become strings and null members vanish when
 *   decoded
 * @step: (nullable): id of the step (capability step); for STATUS and CANCEL the one they ask about
 * @timeout: microseconds, 0: none (capability timeout; seconds on the wire, with a fraction if need be)
 * @max_output: bytes of stdout and of stderr each, 0: the agent's own limit (capability capped)
 * @stream: live output is wanted (capability stream)
 */
typedef struct {
  EmsAction action;
  char *action_name;
  GBytes *content;
  char *payload;
  char *name;
  char *script_path;
  JsonObject *environment;
  char *step;
  gint64 timeout;
  gint64 max_output;
  gboolean stream;
} EmsCommand;

/* The fields are set by the caller afterwards; the command owns them. */
EmsCommand *ems_command_new (EmsAction action);
void ems_command_free (EmsCommand *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsCommand, ems_command_free)
GBytes *ems_command_encode (const EmsCommand *self);
/* An unknown action is no error (EMS_ACTION_NONE). Errors: VNFM_ERROR_INVALID: no JSON object, no action, a member that
 * the action needs is missing or of the wrong kind, bad base64; the message names it. */
EmsCommand *ems_command_decode (GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * EmsState:
 * @EMS_STATE_NONE: the answer does not say
 * @EMS_STATE_UNKNOWN: no step of this id was ever begun here
 * @EMS_STATE_RUNNING: it runs
 * @EMS_STATE_DONE: it has ended; the answer is its whole answer
 * @EMS_STATE_DIED: it was begun and ended without an outcome (reboot, supervisor killed)
 */
typedef enum {
  EMS_STATE_NONE,
  EMS_STATE_UNKNOWN,
  EMS_STATE_RUNNING,
  EMS_STATE_DONE,
  EMS_STATE_DIED,
} EmsState;

/* "unknown", ...; NULL for EMS_STATE_NONE. */
const char *ems_state_get_nick (EmsState state);

/**
 * EmsAnswer:
 * @step: (nullable): the command's step
 * @state: in the answer to a STATUS; and EMS_STATE_DIED in the late answer of an EXECUTE that died (its status is then
 *   not 0 and its err says why)
 * @result: status, output, err, started, ended, provides, truncated; never NULL. "known" is FALSE after decoding an
 *   answer whose state is unknown, running or died
 * @machine: (nullable): in the answer to a STATUS: "time" (RFC 3339), "script-root", "script-root-free",
 * "state-dir-free" (bytes), "script-root-error"; a manager may do without, and does not look at what it does not know
 */
typedef struct {
  char *step;
  EmsState state;
  VnfmScriptResult *result;
  JsonObject *machine;
} EmsAnswer;

/* Takes @result. */
EmsAnswer *ems_answer_new (VnfmScriptResult *result, const char *step);
void ems_answer_free (EmsAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsAnswer, ems_answer_free)
GBytes *ems_answer_encode (const EmsAnswer *self);

/**
 * EmsOutput:
 * @step: never NULL
 * @stream: "stdout" or "stderr" (static)
 * @offset: of the first byte of @text in what the script wrote there
 * @text: UTF-8
 *
 * Live lines of a running script (capability stream).
 */
typedef struct {
  char *step;
  const char *stream;
  gint64 offset;
  char *text;
} EmsOutput;

EmsOutput *ems_output_new (const char *step, const char *stream, gint64 offset, const char *text);
void ems_output_free (EmsOutput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsOutput, ems_output_free)
GBytes *ems_output_encode (const EmsOutput *self);

/* Reads what an agent sends to a reply address: exactly one of @answer and @output is set (transfer full).
 * Errors: VNFM_ERROR_INVALID: "None" of the Python EMS and whatever else is no JSON object. */
gboolean ems_reply_decode (GBytes *body, EmsAnswer **answer, EmsOutput **output,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
