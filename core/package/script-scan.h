/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A plain look at a script's text: which variables it wants of others. It does not run anything, and it can be wrong
 * (eval, names that are put together): what follows from it is a hint. */

typedef enum {
  NFVO_SCRIPT_OTHER, /* not looked into */
  NFVO_SCRIPT_SHELL,
  NFVO_SCRIPT_PYTHON,
} NfvoLanguage;

/* @line: of the first reading, from 1 */
typedef struct {
  char *name;
  guint line;
} NfvoReading;

/**
 * NfvoScan:
 * @readings: (element-type NfvoReading): variables read without a default, in order
 * @known: (element-type utf8): set of those it assigns itself, tests for being set, or has a default for
 * @sources: (element-type utf8): the files that it reads in ("." and "source"), as they are written there
 */
typedef struct {
  GPtrArray *readings;
  GHashTable *known;
  GPtrArray *sources;
} NfvoScan;

/* By the first line, else by the ending; text without either is for the shell, as the agent runs it. */
NfvoLanguage nfvo_script_guess_language (const char *name, const char *text, gsize length);

NfvoScan *nfvo_scan_new (void);
void nfvo_scan_free (NfvoScan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NfvoScan, nfvo_scan_free)
void nfvo_scan_add_reading (NfvoScan *self, const char *name, gsize length, guint line);
void nfvo_scan_add_known (NfvoScan *self, const char *name, gsize length);

/* sh, bash and their like: quotes, comments, here-documents, substitutions. */
void nfvo_scan_shell (NfvoScan *self, const char *text, gsize length);
/* os.environ and os.getenv. */
void nfvo_scan_python (NfvoScan *self, const char *text, gsize length);

G_END_DECLS
