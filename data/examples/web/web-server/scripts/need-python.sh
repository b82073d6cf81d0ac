#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# INSTANTIATE, first: makes sure of what the others need. A real package would install it here.
command -v python3 > /dev/null && exit 0
echo "python3 is not there" >&2
exit 1
