# SPDX-License-Identifier: Apache-2.0
"""Helper of start-server.sh: whether something listens at an address. All files below scripts/ are delivered."""
import socket
import sys

sys.exit(socket.socket().connect_ex((sys.argv[1], int(sys.argv[2]))) != 0)
