#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Connects to the iperf server and stays connected, slowly: acceptance scripts look for the connection.
if [ -z "$server_private" ]; then
  echo "server_private is not set" >&2
  exit 1
fi
# The server may be starting still.
for i in {1..150}; do
  if (: < "/dev/tcp/$server_private/5001") 2> /dev/null; then
    screen -d -m -S client iperf -c "$server_private" -b 1m -l 8K -t 3600
    exit
  fi
  sleep 0.2
done
echo "no iperf server at $server_private" >&2
exit 1
