/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* libvnfm: all that a plugin of vnfmd may include and link. */

#include <vnfm/vnfm-clock.h>
#include <vnfm/vnfm-context.h>
#include <vnfm/vnfm-dependency.h>
#include <vnfm/vnfm-descriptor.h>
#include <vnfm/vnfm-ems.h>
#include <vnfm/vnfm-enums.h>
#include <vnfm/vnfm-envelope.h>
#include <vnfm/vnfm-environment.h>
#include <vnfm/vnfm-error.h>
#include <vnfm/vnfm-extension.h>
#include <vnfm/vnfm-handler.h>
#include <vnfm/vnfm-json.h>
#include <vnfm/vnfm-lifecycle.h>
#include <vnfm/vnfm-message.h>
#include <vnfm/vnfm-negotiator.h>
#include <vnfm/vnfm-operation.h>
#include <vnfm/vnfm-parameter-files.h>
#include <vnfm/vnfm-plugin.h>
#include <vnfm/vnfm-poll.h>
#include <vnfm/vnfm-profile.h>
#include <vnfm/vnfm-record.h>
#include <vnfm/vnfm-script-result.h>
#include <vnfm/vnfm-store.h>
#include <vnfm/vnfm-transport.h>
#include <vnfm/vnfm-type-set.h>
#include <vnfm/vnfm-vnfc.h>
