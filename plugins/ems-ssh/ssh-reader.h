/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-script-result.h>

G_BEGIN_DECLS

/**
 * SshReader:
 *
 * Reads what remote.sh prints: output between marks, and what came of it behind them. One reader reads one step, over
 * as many connections as that takes.
 */
typedef struct _SshReader SshReader;

/* Text of a running script; @offset: of its first byte. */
typedef void (*SshReaderFunc) (const char *stream, gint64 offset, const char *text, gpointer user_data);

/* @half: bytes of the first and of the last part of each output that are wanted; 0: all, up to a limit.
 * @func: (nullable). */
SshReader *ssh_reader_new (gint64 half, SshReaderFunc func, gpointer user_data);
void ssh_reader_free (SshReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SshReader, ssh_reader_free)

/* A new call begins, whose marks hold @nonce. Output that is known stays known. */
void ssh_reader_begin (SshReader *self, const char *nonce);
void ssh_reader_feed (SshReader *self, gboolean is_stderr, const guint8 *data, gsize length);

/* Bytes of the output that are known: where the next call goes on. */
gint64 ssh_reader_get_known (SshReader *self, gboolean is_stderr);
/* The call got as far as remote.sh. */
gboolean ssh_reader_has_begun (SshReader *self);
/* What stands behind the marks is complete. */
gboolean ssh_reader_is_complete (SshReader *self);
/* A line "NAME VALUE" of it. Returns: (nullable): borrowed. */
const char *ssh_reader_get_fact (SshReader *self, const char *name);
/* Errors: VNFM_ERROR_INVALID (it is not what remote.sh prints). @time_limit: microseconds, for words. */
VnfmScriptResult *ssh_reader_make_result (SshReader *self, gint64 time_limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
