#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many agents' connections on the built-in broker: memory of vnfmd for each, and one command to all of them.

The agents are bare sockets of this one process, which shares the processor with vnfmd: the time of the fan-out is an
upper bound. It ends when the last agent has acknowledged its command and the sender has the last receipt."""

import argparse
import os
import re
import resource
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time

COMMAND = b'{"action":"EXECUTE","payload":"true.sh","env":{"private":"10.0.0.1","hostname":"some-machine-1"}}'


def frame(verb, headers, body=b""):
    lines = [verb] + [f"{name}:{value}" for name, value in headers.items()]
    return "\n".join(lines).encode() + b"\n\n" + body + b"\0"


class Daemon:
    def __init__(self, program, folder):
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(f"{folder}/notify")
        command = [program, "--profile", "local", "--state-dir", folder]
        for word in ("stomp.listen=127.0.0.1:0", f"vnfmd.control-socket={folder}/control", "stomp.heartbeat=0"):
            command += ["--set", word]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "NOTIFY_SOCKET": f"{folder}/notify"})
        notify.settimeout(20)
        notify.recv(100)
        with open(f"{folder}/stomp.address", encoding="utf-8") as f:
            host, port = f.read().strip().rsplit(":", 1)
        with open(f"{folder}/stomp.passcode", encoding="utf-8") as f:
            self.passcode = f.read().strip()
        self.address = (host, int(port))

    def connect(self):
        peer = socket.create_connection(self.address)
        peer.sendall(frame("CONNECT", {"accept-version": "1.2", "login": "vnfmd", "passcode": self.passcode}))
        if not peer.recv(4096).startswith(b"CONNECTED"):
            sys.exit("bench-broker: the login failed")
        return peer

    def anonymous_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as f:
            return int(re.search(r"RssAnon:\s+(\d+)", f.read())[1])


def connect_agents(daemon, count):
    agents = []
    for number in range(count):
        peer = daemon.connect()
        peer.sendall(frame("SUBSCRIBE", {"id": "1", "destination": f"/queue/vnfm.h{number}.actions",
                                         "ack": "client-individual", "receipt": "s"}))
        if not peer.recv(4096).startswith(b"RECEIPT"):
            sys.exit("bench-broker: a subscription failed")
        peer.setblocking(False)
        agents.append(peer)
    return agents


def fan_out(daemon, agents):
    sender = daemon.connect()
    selector = selectors.DefaultSelector()
    for agent in agents:
        selector.register(agent, selectors.EVENT_READ)
    begin = time.monotonic()
    sender.sendall(b"".join(frame("SEND", {"destination": f"/queue/vnfm.h{n}.actions", "receipt": f"r{n}",
                                           "content-length": len(COMMAND)}, COMMAND) for n in range(len(agents))))
    sender.setblocking(False)
    selector.register(sender, selectors.EVENT_READ)
    receipts = 0
    while receipts < len(agents):
        for key, _ in selector.select(30):
            text = key.fileobj.recv(1 << 20)
            if key.fileobj is sender:
                if b"ERROR" in text or b"vnfm-refused" in text:
                    sys.exit(f"bench-broker: refused: {text[:300]}")
                receipts += text.count(b"RECEIPT\n")
            else:
                ident = re.search(rb"\nack:([^\n]*)\n", text)[1].decode()
                key.fileobj.sendall(frame("ACK", {"id": ident}))
    return time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("program", help="vnfmd")
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = tempfile.mkdtemp(prefix="vnfm-bench-")
    daemon = Daemon(arguments.program, folder)
    try:
        before = daemon.anonymous_kb()
        agents = connect_agents(daemon, arguments.agents)
        grown = daemon.anonymous_kb() - before
        times = sorted(fan_out(daemon, agents) for _ in range(5))
    finally:
        daemon.process.terminate()
        daemon.process.wait()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"built-in broker, {arguments.agents} agents")
    print(f"  anonymous memory for each  {grown / arguments.agents:6.1f} KB")
    print(f"  one command to all         {1000 * times[2]:6.0f} ms (median of 5)")


if __name__ == "__main__":
    main()
