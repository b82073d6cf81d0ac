/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-store.h>

G_BEGIN_DECLS

/* The journal: what the engine writes into the store's space "journal", and when. The store keeps commits in order, so
 * a note that only tells of something finished may ride with the next commit: it is lost only together with what
 * follows.
 *
 *   op/ID             the operation: where its request came from, the configuration it began with
 *   op/ID/request     the request's body, byte for byte
 *   op/ID/step/NAME   a step: begun, or ended with its outcome
 *   op/ID/answer      the answer, once it is decided
 *   done/ID           what remains of a finished operation
 */
#define JOURNAL_SPACE "journal"

typedef struct _Journal Journal;

Journal *journal_new (VnfmStore *store, VnfmClock *clock);
void journal_free (Journal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Journal, journal_free)

/* Writes @value at KIND/@id or, with a @part, KIND/@id/@part, and completes when it, and all noted before, is safe. */
void journal_put_async (Journal *self, const char *kind, const char *id, const char *part, GBytes *value,
                        GAsyncReadyCallback callback, gpointer user_data);
gboolean journal_put_finish (Journal *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A batch to be filled by hand, with all that was noted in front. */
VnfmStoreBatch *journal_begin (Journal *self);
void journal_commit_async (Journal *self, VnfmStoreBatch *batch, GAsyncReadyCallback callback, gpointer user_data);
gboolean journal_commit_finish (Journal *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The batch of notes: what is added to it goes with the next commit, or shortly. */
VnfmStoreBatch *journal_get_notes (Journal *self);

/* Everything under KIND/ or, with an @id, everything of that operation. Returns: (element-type VnfmStoreItem). */
void journal_load_async (Journal *self, const char *kind, const char *id, GAsyncReadyCallback callback,
                         gpointer user_data);
GPtrArray *journal_load_finish (Journal *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "op/ID" or "op/ID/PART". Returns: (transfer full). */
char *journal_key (const char *kind, const char *id, const char *part);

G_END_DECLS
