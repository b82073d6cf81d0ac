/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/script-root.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * EmsInvocation:
 * @argv: (nullable): what to run; argv[0] is an absolute path
 * @environment: (nullable): its environment, if it is not that of a script
 * @note: (nullable): what the reader of the script's stderr should know, a line
 * @status: without @argv: the exit status that says so, 126 or 127, with @note
 *
 * How the payload of an EXECUTE or a CLONE_SCRIPTS is run.
 */
typedef struct {
  GStrv argv;
  GStrv environment;
  char *note;
  int status;
} EmsInvocation;

void ems_invocation_clear (EmsInvocation *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EmsInvocation, ems_invocation_clear)

/* @status: 126 or 127; the rest becomes the note. */
void ems_invocation_refuse (EmsInvocation *self, int status, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* @payload: name, blank, arguments; @copy_folder: where a corrected copy goes if one is needed. What cannot be run is
 * an invocation without argv. */
void ems_invocation_resolve (EmsInvocation *self, EmsScriptRoot *root, const char *payload, const char *copy_folder);

/* Of @own, what one of @patterns ("LC_*") names; and what a script may count on if it is not there.
 * Returns: (transfer full): "NAME=value" strings. */
GStrv ems_environment_base (const char *const *own, const char *const *patterns);
/* @base, with @wanted (nullable, an object of strings) on top, names passed as they are; but for those whose value a
 * shell or the loader would run.
 * Returns: (transfer full). */
GStrv ems_environment_build (const char *const *base, JsonObject *wanted, const char *scripts_path,
                             const char *provides_path);

G_END_DECLS
