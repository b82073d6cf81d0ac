#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Stands for peerN_configure_private.sh, peerN_configure_private2.sh and ncatserver_configure.sh, and knows by its own
# name for which: sends this machine's addresses to each address of that VNF (one run for each of its instances), and
# writes down whom it reached.
name=${0##*/}
name=${name%.sh}
type=${name%%_*}
network=${name#*_configure}
network=${network#_}
network=${network:-private}
variable=${type}_$network
server=${!variable}

if [ -z "$server" ]; then
  echo "$variable is not set" >&2
  exit 1
fi
# The server may be starting still.
for i in {1..150}; do
  if hostname -I | ncat --send-only -w 2 "$server" 9876; then
    echo "${type^} at $server" >> /home/ubuntu/sent
    echo "sent $(hostname -I)to $type at $server"
    exit 0
  fi
  sleep 0.2
done
echo "$type at $server does not listen" >&2
exit 1
