#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# START: fetches the page and prints it.
set -eu

page=$(python3 "$SCRIPTS_PATH/lib/fetch.py" "$(cat "$SCRIPTS_PATH/url")")
echo "fetched: $page"
