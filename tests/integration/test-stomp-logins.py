#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hostile agent of one VNF against another VNF, at a real vnfmd: it has its own credentials, and tries the rest."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

BUILD = os.environ["VNFM_BUILDDIR"]
VNFMD = os.path.join(BUILD, "core/daemon/vnfmd")
VNFMCTL = os.path.join(BUILD, "core/ctl/vnfmctl")
PATIENCE = 30
REGISTER = "ems.generic.register"
ANSWERS = "vnfm.generic.answers"


def repeat(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"tried for {PATIENCE} s in vain: {what}"


class Daemon:
    def __init__(self, state, *sets):
        self.state = state
        path = os.path.join(state, "notify")
        if os.path.exists(path):
            os.unlink(path)
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(path)
        notify.settimeout(PATIENCE)
        self.control = os.path.join(state, "control")
        words = [VNFMD, "--state-dir", state]
        for text in ("stomp.listen=127.0.0.1:0", "vnfmd.control-socket=" + self.control, *sets):
            words += ["--set", text]
        with open(os.path.join(state, "log"), "ab") as log:
            self.process = subprocess.Popen(words, stderr=log, stdout=log, env={**os.environ, "NOTIFY_SOCKET": path})
        assert notify.recv(100).startswith(b"READY=1")
        with open(os.path.join(state, "stomp.address"), encoding="utf-8") as f:
            host, port = f.read().strip().rsplit(":", 1)
        self.address = (host, int(port))
        with open(os.path.join(state, "stomp.passcode"), encoding="utf-8") as f:
            self.own = ("vnfmd", f.read().strip())

    def log(self):
        with open(os.path.join(self.state, "log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def ctl(self, *words):
        done = subprocess.run([VNFMCTL, "--socket", self.control, "--json", *words], capture_output=True, text=True,
                              timeout=PATIENCE, check=True)
        return done.stdout

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0


class Peer:
    def __init__(self, daemon, credentials):
        self.socket = socket.create_connection(daemon.address, PATIENCE)
        self.rest = b""
        self.say("CONNECT", {"accept-version": "1.2", "login": credentials[0], "passcode": credentials[1]})
        self.greeting = self.hear()

    def say(self, verb, headers, body=b""):
        lines = [verb] + [f"{k}:{v}" if verb == "CONNECT" else f"{k}:" + v.replace(":", "\\c")
                          for k, v in headers.items()]
        self.socket.sendall("\n".join(lines).encode() + f"\ncontent-length:{len(body)}\n\n".encode() + body + b"\0")

    def hear(self):
        """The next frame, or None when the connection ends."""
        while True:
            self.rest = self.rest.lstrip(b"\n")
            head, found, tail = self.rest.partition(b"\n\n")
            if found:
                lines = head.decode().split("\n")
                headers = dict(line.split(":", 1) for line in lines[1:])
                end = int(headers["content-length"]) if "content-length" in headers else tail.find(b"\0")
                if 0 <= end < len(tail):
                    self.rest = tail[end + 1:]
                    headers = {k: v.replace("\\c", ":").replace("\\n", "\n") for k, v in headers.items()}
                    return lines[0], headers, tail[:end]
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            self.rest += data

    def subscribe(self, queue):
        self.say("SUBSCRIBE", {"id": queue, "destination": "/queue/" + queue, "ack": "client-individual",
                               "receipt": "subscribed"})

    def send(self, queue, body, headers=None):
        """Returns the receipt's headers."""
        self.say("SEND", {"destination": "/queue/" + queue, "receipt": "sent", **(headers or {})},
                 json.dumps(body).encode())
        frame = self.hear()
        assert frame[0] == "RECEIPT" and frame[1]["receipt-id"] == "sent", frame
        return frame[1]

    def take(self):
        frame = self.hear()
        while frame is not None and frame[0] == "RECEIPT":
            frame = self.hear()
        assert frame is not None and frame[0] == "MESSAGE", frame
        self.say("ACK", {"id": frame[1]["ack"]})
        return frame[1], json.loads(frame[2])

    def expect_end(self, words):
        frame = self.hear()
        while frame is not None and frame[0] == "RECEIPT":
            frame = self.hear()
        assert frame is not None and frame[0] == "ERROR" and words in frame[1]["message"], (frame, words)
        assert self.hear() is None
        self.socket.close()


class Nfvo(Peer):
    def __init__(self, daemon):
        super().__init__(daemon, daemon.own)
        assert self.greeting[0] == "CONNECTED"
        self.subscribe("vnfm.nfvo.actions.reply")
        self.subscribe("nfvo.answers")

    def ask(self, body, ident):
        self.say("SEND", {"destination": "/queue/generic", "reply-to": "/queue/nfvo.answers", "correlation-id": ident},
                 json.dumps(body).encode())

    def answer(self, question, body):
        self.say("SEND", {"destination": question["reply-to"], "correlation-id": question["correlation-id"]},
                 json.dumps(body).encode())


class Vnf:
    """One VNF with one machine, as far as ALLOCATE: its credentials are known, its machine is not."""

    def __init__(self, nfvo, name, trouble=lambda question: None):
        self.nfvo, self.name, self.host = nfvo, name, name + "-1"
        nfvo.ask({
            "vnfd": {"id": "d" + name, "name": name, "type": name,
                     "lifecycle_event": [{"event": "INSTANTIATE", "lifecycle_events": ["install.sh"]}],
                     "vdu": [{"id": "v", "vnfc": [{"id": "c", "connection_point": []}]}]},
            "vimInstances": {"v": [{"id": "i", "name": "vim", "type": "test"}]}, "vlrs": [], "keys": [],
            "extension": {"nsr-id": "n"}, "action": "INSTANTIATE"}, name)
        question, body = nfvo.take()
        assert body["action"] == "GRANT_OPERATION", body
        trouble(question)
        self.record = body["virtualNetworkFunctionRecord"]
        self.record["id"] = "vnfr-" + name
        nfvo.answer(question, {"grantAllowed": True, "vduVim": {}, "virtualNetworkFunctionRecord": self.record,
                               "action": "GRANT_OPERATION"})
        self.question, body = nfvo.take()
        assert body["action"] == "ALLOCATE_RESOURCES", body
        exports = dict(re.findall(r"^export ([A-Z_]+)=(.*)$", body["userdata"], re.MULTILINE))
        login, passcode, self.token = (shlex.split(exports[key])[0] for key in ("LOGIN", "PASSCODE", "TOKEN"))
        self.credentials = (login, passcode)

    def allocate(self):
        self.record["vdu"][0]["vnfc_instance"] = [{
            "id": "vnfc-" + self.name, "vim_id": "i", "vc_id": "vc", "hostname": self.host, "state": "ACTIVE",
            "vnfComponent": {"id": "c", "connection_point": []}, "floatingIps": [], "ips": [], "connection_point": []}]
        self.nfvo.answer(self.question, {"vnfr": self.record, "action": "ALLOCATE_RESOURCES"})

    def come_in(self, daemon):
        peer = Peer(daemon, self.credentials)
        assert peer.greeting[0] == "CONNECTED", peer.greeting
        return peer

    def be_agent(self, daemon, host=None):
        """Reads the host's commands and registers as its agent."""
        peer = self.come_in(daemon)
        peer.subscribe(f"vnfm.{host or self.host}.actions")
        assert peer.hear()[0] == "RECEIPT"
        self.register(peer, host)
        return peer

    def register(self, peer, host=None):
        peer.send(REGISTER, {"hostname": host or self.host, "token": self.token, "agent": "x", "boot": "b", "run": "r",
                             "capabilities": ["step"]})

    def instantiated(self):
        headers, body = self.nfvo.take()
        assert headers["correlation-id"] == self.name, headers
        return body


def take_execute(agent):
    headers, body = agent.take()
    assert body["action"] == "EXECUTE" and body["payload"].startswith("install.sh"), body
    return headers["correlation-id"]


def answer_execute(agent, step, status):
    agent.send(ANSWERS, {"step": step, "status": status, "output": "", "err": "", "started": "2020-01-01T00:00:00.000Z",
                         "ended": "2020-01-01T00:00:00.000Z"}, {"correlation-id": step})


def bring_up(daemon, nfvo, name):
    vnf = Vnf(nfvo, name)
    vnf.allocate()
    agent = vnf.be_agent(daemon)
    answer_execute(agent, take_execute(agent), 0)
    assert vnf.instantiated()["action"] == "INSTANTIATE"
    return vnf, agent


def test_own_queue_and_nothing_else(state):
    daemon = Daemon(state)
    nfvo = Nfvo(daemon)
    a, _ = bring_up(daemon, nfvo, "a")
    assert a.credentials[0] == "ems.vnfr-a" and a.credentials != daemon.own
    b, agent = bring_up(daemon, nfvo, "b")
    for queue in ("generic", ANSWERS, REGISTER, "vnfm.nfvo.actions", "vnfm.nfvo.actions.reply", "nfvo.answers",
                  "nfvo.manager.handling", "vnfm.b-1.actions", "vnfm.%62-1.actions", "vnfm.%6Efvo.actionss", "new"):
        peer = a.come_in(daemon)
        peer.subscribe(queue)
        peer.expect_end(f"ems.vnfr-a may not read /queue/{queue}")
    for queue in ("generic", "vnfm.nfvo.actions", "vnfm.nfvo.actions.reply", "nfvo.answers", "nfvo.manager.handling",
                  "vnfm.b-1.actions", "vnfm.a-1.actions", "new"):
        peer = a.come_in(daemon)
        peer.say("SEND", {"destination": "/queue/" + queue}, b"{}")
        peer.expect_end(f"ems.vnfr-a may not write to /queue/{queue}")
    for credentials in ((b.credentials[0], a.credentials[1]), ("vnfmd", a.credentials[1]), ("ems.", a.credentials[1]),
                        (a.credentials[0], daemon.own[1]), ("ems.vnfr-c", a.credentials[1]), (b.credentials[0], "")):
        frame = Peer(daemon, credentials).greeting
        assert frame[0] == "ERROR" and frame[1]["message"] == "login or passcode is wrong", (credentials, frame)
    assert "(ems.vnfr-b) is ended: login or passcode is wrong" in daemon.log()
    assert a.credentials[1] not in daemon.log()
    agent.send(REGISTER, {"hostname": "b-1", "token": b.token})  # its connection is as it was
    daemon.stop()


def test_squatter_gets_nothing_and_keeps_nothing_from_others(state):
    daemon = Daemon(state)
    nfvo = Nfvo(daemon)
    a, _ = bring_up(daemon, nfvo, "a")
    b = Vnf(nfvo, "b")  # nobody knows yet that b-1 is its machine
    squatter = a.be_agent(daemon, "b-1")
    agent = b.be_agent(daemon)
    a.register(squatter, "b-1")  # pushes out what b's agent said
    b.allocate()
    squatter.expect_end("ems.vnfr-a may not read /queue/vnfm.b-1.actions")
    agent.expect_end("register again")
    agent = b.be_agent(daemon)
    step = take_execute(agent)

    hostile = a.come_in(daemon)
    a.register(hostile, "b-1")
    answer_execute(hostile, step, 1)  # a failure that is none
    hostile.say("SUBSCRIBE", {"id": "1", "destination": "/queue/vnfm.b-1.actions"})
    hostile.expect_end("may not read /queue/vnfm.b-1.actions")
    answer_execute(agent, step, 0)
    assert b.instantiated()["action"] == "INSTANTIATE"
    assert "came from ems.vnfr-a" in daemon.log()
    daemon.stop()


def test_it_cannot_answer_for_the_nfvo(state):
    daemon = Daemon(state)
    nfvo = Nfvo(daemon)
    a, agent = bring_up(daemon, nfvo, "a")
    b = Vnf(nfvo, "b", lambda question: agent.send(
        ANSWERS, {"grantAllowed": False, "vduVim": {}, "virtualNetworkFunctionRecord": {}, "action": "GRANT_OPERATION"},
        {"correlation-id": question["correlation-id"]}))
    assert b.record["id"] == "vnfr-b"
    daemon.stop()


def test_released_with_its_vnf(state):
    daemon = Daemon(state)
    nfvo = Nfvo(daemon)
    a, agent = bring_up(daemon, nfvo, "a")
    _, other = bring_up(daemon, nfvo, "b")
    idle = a.come_in(daemon)
    nfvo.ask({"action": "RELEASE_RESOURCES", "virtualNetworkFunctionRecord": a.record}, "release")
    headers, _ = nfvo.take()
    assert headers["correlation-id"] == "release", headers
    idle.expect_end("the VNFR is released")
    agent.expect_end("released")
    assert Peer(daemon, a.credentials).greeting[0] == "ERROR"
    other.send(REGISTER, {"hostname": "b-1"})  # without a token: its login says who it is
    daemon.stop()
    daemon = Daemon(state)
    # What is released is read while vnfmd is up: until then the login is right, and ended afterwards.
    repeat(lambda: Peer(daemon, a.credentials).greeting[0] == "ERROR", "it is refused after a restart, too")
    daemon.stop()


def test_what_the_operator_sees(state):
    daemon = Daemon(state)
    nfvo = Nfvo(daemon)
    b = Vnf(nfvo, "b")
    b.allocate()
    waiting = b.come_in(daemon)
    waiting.subscribe("vnfm.b-1.actions")
    assert waiting.hear()[0] == "RECEIPT"
    operation = json.loads(daemon.ctl("operations"))["operations"][0]["id"]

    def is_told():  # noted as soon as the machine is known
        assert Peer(daemon, (b.credentials[0], "guess")).greeting[0] == "ERROR"
        return "wrong credentials" in daemon.ctl("show", operation)

    repeat(is_told, "vnfmctl show tells of it")
    assert "(from 127.0.0.1:" in daemon.ctl("show", operation)
    daemon.stop()


def test_shared_login(state):
    daemon = Daemon(state, "agent.login=shared")
    nfvo = Nfvo(daemon)
    a, _ = bring_up(daemon, nfvo, "a")
    assert a.credentials == daemon.own
    daemon.stop()


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
                with open(log, encoding="utf-8", errors="replace") as f:
                    sys.stderr.write(f.read()[-4000:])
        finally:
            shutil.rmtree(state)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
