#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
echo "this is what it printed"
echo "failing as it should on $(hostname)" >&2
exit 1
