/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-operation.h>

/* What the request of an event adds to every script's environment. Zero it, read it, clear it. */
typedef struct {
  char *cause;       /* HEAL: why; nullable */
  VnfmVnfc *removed; /* SCALE_IN: the instance that goes away; nullable */
} ScriptInputs;

/* @request: (nullable). What cannot be read of it is left out. */
void script_inputs_read (ScriptInputs *self, VnfmEvent event, VnfmMessage *request);
void script_inputs_clear (ScriptInputs *self);

/* The environment of a script on @vnfc. @type: (nullable): the source type that the script belongs to; @instance:
 * (nullable): the one of its instances that this run is about. */
VnfmEnvironment *script_environment_new (VnfmRecord *record, VnfmVnfc *vnfc, const ScriptInputs *inputs,
                                         VnfmDependency *dependency, const char *type, const char *instance);
