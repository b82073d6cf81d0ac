/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <vnfm/vnfm-operation.h>

/* Runs the scripts of the operation's event over its VNFCs. To be called within the emission: takes a deferral, unless
 * the event has no scripts, and settles it when all is done. */
void script_run_begin (VnfmOperation *operation);
