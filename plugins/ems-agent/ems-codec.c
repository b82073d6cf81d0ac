/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "plugins/ems-agent/ems-codec.h"
