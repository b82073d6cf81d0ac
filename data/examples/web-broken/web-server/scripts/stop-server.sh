#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# TERMINATE: stops the server and waits for its end.
set -eu

file=$SCRIPTS_PATH/server.pid
[ -f "$file" ] || exit 0
server=$(cat "$file")
rm -f "$file"
kill "$server" 2> /dev/null || exit 0
tries=0
while kill -0 "$server" 2> /dev/null && [ "$tries" -lt 50 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
kill -KILL "$server" 2> /dev/null || true
echo "the server is stopped"
