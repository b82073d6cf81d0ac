#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# START: fails on purpose: it asks for a page that the server does not have.
set -eu

url=$(cat "$SCRIPTS_PATH/url")
echo "asking for a page that is not there"
python3 "$SCRIPTS_PATH/lib/fetch.py" "${url%/*}/no-such-page.html"
