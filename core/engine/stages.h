/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/engine/flows.h"

G_BEGIN_DECLS

/* The stages that flows.c names. Each takes @task and returns TRUE or an error on it. */
void stage_create (EngineOperation *operation, GTask *task);
void stage_grant (EngineOperation *operation, GTask *task);
void stage_allocate (EngineOperation *operation, GTask *task);
void stage_await (EngineOperation *operation, GTask *task);
void stage_deliver (EngineOperation *operation, GTask *task);
void stage_event (EngineOperation *operation, GTask *task);
void stage_forget (EngineOperation *operation, GTask *task);
void stage_fail_question (EngineOperation *operation, GTask *task);
void stage_read_logs (EngineOperation *operation, GTask *task);
void stage_refuse (EngineOperation *operation, GTask *task);

/* Guards. */
gboolean when_no_vnfr_given (EngineOperation *operation);
gboolean when_machines_are_wanted (EngineOperation *operation);
gboolean when_no_question_was_open (EngineOperation *operation);

G_END_DECLS
