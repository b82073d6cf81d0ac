#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# INSTANTIATE, second: makes the page from the configuration value "greeting", and tells others where it is.
set -eu

site=$SCRIPTS_PATH/site
page=/welcome-$hostname.html
mkdir -p "$site"
printf '%s\n' "$greeting, served by $hostname" > "$site$page"

# What stands here becomes the value "page" that this VNF provides, and "server_page" for who requires it.
echo "page=$page" >> "$VNFM_PROVIDES"
echo "the page is $page"
