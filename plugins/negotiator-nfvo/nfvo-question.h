/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-enums.h>
#include <vnfm/vnfm-transport.h>

G_BEGIN_DECLS

/**
 * NfvoDesk:
 * @transport: to the NFVO
 * @open: step id -> #NfvoQuestion: put, or about to be, and not answered
 * @early: step id -> #VnfmEnvelope: answers that came before a restarted operation asked for them
 *
 * What all questions share.
 */
typedef struct {
  VnfmTransport *transport;
  VnfmClock *clock;
  GHashTable *open;
  GHashTable *early;
} NfvoDesk;

/**
 * NfvoQuestion:
 *
 * One question to the NFVO, from the call to its answer: see the drawing in nfvo-question.c.
 */
typedef struct _NfvoQuestion NfvoQuestion;

/* Puts a question; @task returns a #VnfmResources. @body: (nullable): NULL: it was put before a restart, and only its
 * answer is awaited. */
void nfvo_question_start (NfvoDesk *desk, GTask *task, VnfmAction action, const char *id, GBytes *body);
NfvoQuestion *nfvo_question_ref (NfvoQuestion *self);
void nfvo_question_unref (NfvoQuestion *self);
/* An answer came; settles the envelope, or hands it to the caller with the resources. */
void nfvo_question_answer (NfvoQuestion *self, VnfmEnvelope *envelope);
/* The transport is up. */
void nfvo_question_wake (NfvoQuestion *self);
/* It ends with VNFM_ERROR_CANCELLED. */
void nfvo_question_abandon (NfvoQuestion *self, const char *why);

G_END_DECLS
