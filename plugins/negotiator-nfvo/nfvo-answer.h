/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-negotiator.h>

G_BEGIN_DECLS

/* Reads the NFVO's answer to the question @asked (GRANT_OPERATION, ALLOCATE_RESOURCES or SCALING): the VNFR, ERROR
 * (a refusal), or null (withdrawn). protocol/openbaton.md, B.3 and B.4. Errors: VNFM_ERROR_INVALID. */
VnfmResources *nfvo_answer_read (GBytes *body, VnfmAction asked, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Could it be an answer to one of our questions at all? Agents' answers come the same way. */
gboolean nfvo_answer_is_one (GBytes *body);

G_END_DECLS
