/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "plugins/ems-agent/script-command.h"

G_BEGIN_DECLS

/**
 * EmsCloneRules:
 *
 * From where scripts may be fetched: schemes of URLs, and local folders that stand for URLs.
 */
typedef struct _EmsCloneRules EmsCloneRules;

/* @map: "URL=FOLDER" each. Errors: VNFM_ERROR_CONFIG: an entry is none, or its folder no absolute path. */
EmsCloneRules *ems_clone_rules_new (const char *const *schemes, const char *const *map,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ems_clone_rules_free (EmsCloneRules *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EmsCloneRules, ems_clone_rules_free)

/* What fetches @url into the folder @target, which is made by it; @config is a file that is written for git.
 * A refusal is told in @self, as by ems_invocation_resolve(). */
void ems_clone_resolve (EmsInvocation *self, EmsCloneRules *rules, const char *url, const char *target,
                        const char *config, const char *const *base);

G_END_DECLS
