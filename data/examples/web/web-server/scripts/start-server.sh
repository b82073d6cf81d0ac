#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# INSTANTIATE, last: starts the server. It must be up before this VNF is INITIALIZED, because those that require its
# values are configured and started from then on; START of this VNF may come later than theirs.
set -eu

# A daemon keeps nothing of the script's: neither its output nor its session.
setsid python3 -m http.server --bind "$private" --directory "$SCRIPTS_PATH/site" "$port" \
  < /dev/null > "$SCRIPTS_PATH/server.log" 2>&1 &
server=$!
echo "$server" > "$SCRIPTS_PATH/server.pid"

tries=0
until python3 "$SCRIPTS_PATH/lib/answers.py" "$private" "$port"; do
  tries=$((tries + 1))
  if ! kill -0 "$server" 2> /dev/null || [ "$tries" -ge 100 ]; then
    echo "the server does not answer at $private:$port: $(tail -n 1 "$SCRIPTS_PATH/server.log")" >&2
    exit 1
  fi
  sleep 0.1
done
echo "serving at $private:$port"
