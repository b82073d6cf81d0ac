#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# CONFIGURE: runs once for each machine of a VNF of the type "server" that this one depends on; what it requires of it
# has the names server_...: its address on the network "private", its configuration value "port", and "page", which the
# server's own script provided.
set -eu

echo "http://$server_private:$server_port$server_page" > "$SCRIPTS_PATH/url"
echo "the server's page is $(cat "$SCRIPTS_PATH/url")"
