/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/operation.h"

G_BEGIN_DECLS

/* What remains of finished operations: a summary each for the operator, and how to know their requests again. The
 * newest ones stay, in memory and in the journal (done/ID). */
typedef struct _Finished Finished;

Finished *finished_new (guint most);
void finished_free (Finished *self);

/* JSON text: id, action, vnf, type, nsr, vnfr, received, ended, outcome (ok, error, null), error, stages. */
GBytes *finished_summarise (EngineOperation *operation);
/* @message_id: (nullable); @content: key of reply address, correlation id and digest. Adds to @batch what the journal
 * has to keep and to drop for it. */
void finished_add (Finished *self, const char *id, const char *message_id, const char *content, GBytes *summary,
                   VnfmStoreBatch *batch);
/* @items: (element-type VnfmStoreItem): all of done/. What cannot be read is dropped with a warning: it answers no one.
 */
void finished_restore (Finished *self, GPtrArray *items, VnfmStoreBatch *batch);

/* Ids of operations. Returns: (nullable): borrowed. */
const char *finished_find_message (Finished *self, const char *message_id);
const char *finished_find_content (Finished *self, const char *content);
/* Newest first. Returns: (transfer container) (element-type GBytes). */
GPtrArray *finished_get_summaries (Finished *self);

G_END_DECLS
