/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "core/ctl/doctor.h"
#include "core/ctl/table.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What each command prints of what vnfmd answered. Pure: from JSON to text. @now: for ages and days.
 * Returns: (transfer full). */
typedef char *CommandFormat (JsonObject *answer, GDateTime *now, const TableStyle *style);

CommandFormat format_status;
CommandFormat format_operations;
CommandFormat format_operation;
CommandFormat format_vnfs;
CommandFormat format_plugins;

/* @findings: (element-type DoctorFinding). Returns: (transfer full). */
char *format_findings (GPtrArray *findings, const TableStyle *style);

G_END_DECLS
