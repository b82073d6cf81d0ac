#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real vnfmd at its real socket: start, refusals, hostile peers, and a kill in the middle of a question."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback

BUILD = os.environ["VNFM_BUILDDIR"]
VNFMD = os.path.join(BUILD, "core/daemon/vnfmd")
PATIENCE = 20


class Daemon:
    """One vnfmd with a state directory of its own; readiness by the notify socket."""

    def __init__(self, state, *sets):
        self.state = state
        path = os.path.join(state, "notify")
        if os.path.exists(path):
            os.unlink(path)
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(path)
        notify.settimeout(PATIENCE)
        self.log = open(os.path.join(state, "log"), "ab")
        self.process = subprocess.Popen(
            command(state, *sets), stderr=self.log, stdout=self.log, env={**os.environ, "NOTIFY_SOCKET": path})
        assert notify.recv(100).startswith(b"READY=1")
        with open(os.path.join(state, "stomp.address")) as f:
            host, port = f.read().strip().rsplit(":", 1)
        self.address = (host, int(port))
        with open(os.path.join(state, "stomp.passcode")) as f:
            self.passcode = f.read().strip()

    def stop(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        status = self.process.wait(PATIENCE)
        self.log.close()
        return status


def command(state, *sets):
    words = [VNFMD, "--state-dir", state]
    for text in ("stomp.listen=127.0.0.1:0", "vnfmd.control-socket=" + os.path.join(state, "control"), *sets):
        words += ["--set", text]
    return words


class Peer:
    """A STOMP peer that says exactly what it is told."""

    def __init__(self, daemon, login=True):
        self.socket = socket.create_connection(daemon.address, PATIENCE)
        self.rest = b""
        if login:
            self.say("CONNECT", {"accept-version": "1.2", "host": "x", "login": "vnfmd", "passcode": daemon.passcode})
            assert self.hear()[0] == "CONNECTED"

    def raw(self, data):
        self.socket.sendall(data)

    def say(self, verb, headers, body=b""):
        lines = [verb] + [f"{k}:{v.replace(':', chr(92) + 'c') if verb != 'CONNECT' else v}" for k, v in headers.items()]
        if body:
            lines.append(f"content-length:{len(body)}")
        self.raw("\n".join(lines).encode() + b"\n\n" + body + b"\0")

    def hear(self):
        """The next frame, or None when the connection ends."""
        while True:
            self.rest = self.rest.lstrip(b"\n")
            head, found, tail = self.rest.partition(b"\n\n")
            if found:
                lines = head.decode().split("\n")
                headers = dict(line.split(":", 1) for line in lines[1:])
                length = int(headers.get("content-length", -1))
                end = length if length >= 0 else tail.find(b"\0")
                if end >= 0 and len(tail) > end:
                    self.rest = tail[end + 1:]
                    unescape = lambda text: text.replace("\\c", ":").replace("\\n", "\n").replace("\\\\", "\\")
                    return lines[0], {k: unescape(v) for k, v in headers.items()}, tail[:end]
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:  # it ended while more of ours was on its way
                data = b""
            if not data:
                return None
            self.rest += data

    def subscribe(self, queue):
        self.say("SUBSCRIBE", {"id": queue, "destination": "/queue/" + queue, "ack": "client-individual"})

    def take(self):
        verb, headers, body = self.hear()
        while verb == "RECEIPT":
            verb, headers, body = self.hear()
        assert verb == "MESSAGE", (verb, headers)
        self.say("ACK", {"id": headers["ack"]})
        return headers, body

    def ask(self, body, ident):
        self.say("SEND", {"destination": "/queue/generic", "reply-to": "/queue/answers", "correlation-id": ident,
                          "vnfm-message-id": ident, "receipt": ident}, body)


INSTANTIATE = json.dumps({
    "vnfd": {"id": "d", "name": "web", "type": "server", "lifecycle_event": [],
             "vdu": [{"id": "v", "vnfc": [{"connection_point": []}]}]},
    "vimInstances": {"v": [{"id": "i", "name": "vim", "type": "test"}]}, "vlrs": [], "keys": [],
    "extension": {"nsr-id": "n"}, "action": "INSTANTIATE"}).encode()


def refused(words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1, done
    return done.stderr.strip().split("\n")


def test_needed_plugin_is_gone(state):
    lines = refused(command(state, "vnfmd.ems=nosuch"))
    assert len(lines) == 1 and "ems-nosuch" in lines[0] and "not installed" in lines[0], lines


def test_wrong_key_is_named(state):
    lines = refused(command(state, "stomp.listn=x"))
    assert len(lines) == 1 and "listn" in lines[0] and "listen" in lines[0], lines


def test_port_of_another_process(state):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = "127.0.0.1:%d" % other.getsockname()[1]
        lines = refused(command(state, "stomp.listen=" + address))
    assert len(lines) == 1 and address in lines[0] and "another process" in lines[0], lines


def test_one_owner(state):
    daemon = Daemon(state)
    lines = refused(command(state))
    assert any("lock" in line or "another" in line or str(daemon.process.pid) in line for line in lines), lines
    assert daemon.stop() == 0


def test_hostile_peers_harm_nobody(state):
    daemon = Daemon(state, "stomp.max-message=64K")
    good = Peer(daemon)
    good.subscribe("answers")
    rows = [(b"FLY\n\n\0", False), (b"CONNECT\naccept-version:1.0\n\n\0", False),
            (b"CONNECT\naccept-version:1.2\nlogin:vnfmd\npasscode:wrong\n\n\0", False), (b"\xff\xfe\0\0", False),
            (b"SEND\ndestination:/queue/generic\ncontent-length:99999999\nreceipt:big\n\nxx", True),
            (b"SEND\n" + b"a:b\n" * 500 + b"\n\0", True), (b"SEND\nx:" + b"y" * 200000 + b"\n\n\0", True),
            (b"BEGIN\ntransaction:t\n\n\0", True), (b"ACK\nid:77\n\n\0", True), (b"SEND\n\nx\0", True)]
    for data, login in rows:
        peer = Peer(daemon, login)
        peer.raw(data)
        frame = peer.hear()
        assert frame is not None and frame[0] == "ERROR" and frame[1]["message"], (data[:40], frame)
        assert peer.hear() is None
    good.ask(b"this is not JSON", "bad")
    headers, body = good.take()
    assert headers["correlation-id"] == "bad" and json.loads(body)["action"] == "ERROR", body
    good.ask(b'{"action":"FLY"}', "worse")
    headers, body = good.take()
    assert "FLY" in json.loads(body)["exception"]["detailMessage"]
    assert daemon.stop() == 0


def test_commands_that_nobody_reads_are_refused(state):
    daemon = Daemon(state)
    peer = Peer(daemon)
    peer.say("SEND", {"destination": "/queue/vnfm.web-1.actions", "receipt": "r"}, b"{}")
    verb, headers, _ = peer.hear()
    assert verb == "RECEIPT" and headers["vnfm-refused"].startswith("not-found"), (verb, headers)
    assert daemon.stop() == 0


def test_killed_in_the_middle_of_a_question(state):
    daemon = Daemon(state)
    nfvo = Peer(daemon)
    nfvo.subscribe("answers")
    nfvo.subscribe("vnfm.nfvo.actions.reply")
    nfvo.ask(INSTANTIATE, "m1")
    question, body = nfvo.take()
    assert json.loads(body)["action"] == "GRANT_OPERATION"
    daemon.stop(signal.SIGKILL)

    daemon = Daemon(state)
    nfvo = Peer(daemon)
    nfvo.subscribe("answers")
    nfvo.subscribe("vnfm.nfvo.actions.reply")
    nfvo.ask(INSTANTIATE, "m1")  # sent again: there was no receipt for the kill to respect
    record = json.loads(body)["virtualNetworkFunctionRecord"]
    record["id"] = "r1"
    answer = {"grantAllowed": True, "vduVim": {}, "virtualNetworkFunctionRecord": record, "action": "GRANT_OPERATION"}
    nfvo.say("SEND", {"destination": question["reply-to"], "correlation-id": question["correlation-id"]},
             json.dumps(answer).encode())
    second, body = nfvo.take()
    assert json.loads(body)["action"] == "ALLOCATE_RESOURCES", body
    assert second["correlation-id"] != question["correlation-id"]
    nfvo.say("SEND", {"destination": second["reply-to"], "correlation-id": second["correlation-id"]},
             json.dumps({"vnfr": record, "message": "no room", "action": "ERROR"}).encode())
    headers, body = nfvo.take()
    assert headers["correlation-id"] == "m1" and "no room" in body.decode(), body
    assert daemon.stop() == 0


def main():
    tests = [(name, test) for name, test in sorted(globals().items()) if name.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        state = tempfile.mkdtemp(prefix="vnfmd-test-")
        try:
            test(state)
            print(f"ok {number} - {name[5:].replace('_', ' ')}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {name[5:].replace('_', ' ')}", flush=True)
            traceback.print_exc()
            log = os.path.join(state, "log")
            if os.path.exists(log):
                sys.stderr.write(open(log, errors="replace").read()[-4000:])
        finally:
            shutil.rmtree(state)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
