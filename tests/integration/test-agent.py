#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real vnfm-ems at a real STOMP broker; this script plays the manager."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

BUILD = os.environ["VNFM_BUILDDIR"]
PATIENCE = 30
HOST = "vnf-1"
ANSWERS = "/queue/vnfm.generic.answers"
COMMANDS = f"/queue/vnfm.{HOST}.actions"
REGISTRATION = "/queue/ems.generic.register"


def wait_until(condition, what):
    """Until another process has done what nothing tells us of."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE} s in vain: {what}")
        time.sleep(0.01)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Broker:
    def __init__(self, folder, port):
        self.log = open(os.path.join(folder, "broker.log"), "ab")
        program = os.path.join(BUILD, "tests/support/stomp-broker")
        self.process = subprocess.Popen([program, str(port)], stdin=subprocess.PIPE, stdout=self.log, stderr=self.log)

        def listens():
            if self.process.poll() is not None:
                raise AssertionError("the broker did not start, see broker.log")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return True
            except ConnectionRefusedError:
                return False

        wait_until(listens, "the broker listens")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Manager:
    """What the manager's side says in STOMP 1.2."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.settimeout(PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.kept = []
        self.send("CONNECT", {"accept-version": "1.2", "host": "/", "login": "vnfmd", "passcode": "test"})
        command, _, body = self.receive()
        assert command == "CONNECTED", (command, body)
        for n, queue in enumerate((ANSWERS, REGISTRATION)):
            self.send("SUBSCRIBE", {"id": str(n), "destination": queue, "ack": "client-individual"})

    def send(self, command, headers, body=b""):
        head = command + "\n" + "".join(f"{k}:{v}\n" for k, v in headers.items())
        if body:
            head += f"content-length:{len(body)}\n"
        self.socket.sendall(head.encode() + b"\n" + body + b"\0")

    def receive(self):
        while True:
            self.rest = self.rest.lstrip(b"\n")
            end = self.rest.find(b"\n\n")
            if end >= 0:
                lines = self.rest[:end].decode().split("\n")
                headers = {}
                for line in lines[1:]:
                    name, value = line.split(":", 1)
                    headers.setdefault(name, value.replace("\\c", ":").replace("\\n", "\n").replace("\\\\", "\\"))
                start = end + 2
                if "content-length" in headers:
                    stop = start + int(headers["content-length"])
                else:
                    stop = self.rest.find(b"\0", start)
                if stop >= start and len(self.rest) > stop:
                    body = self.rest[start:stop]
                    self.rest = self.rest[stop + 1:]
                    return lines[0], headers, body
            data = self.socket.recv(65536)
            if not data:
                raise AssertionError("the broker closed the connection")
            self.rest += data

    def next(self, queue, acknowledge=True):
        """The next message of a queue; those of others wait."""
        while True:
            for n, (headers, body) in enumerate(self.kept):
                if headers["destination"] == queue:
                    del self.kept[n]
                    if acknowledge:
                        self.send("ACK", {"id": headers["ack"]})
                    return headers, json.loads(body)
            command, headers, body = self.receive()
            assert command == "MESSAGE", (command, headers, body)
            self.kept.append((headers, body))

    def command(self, body, correlation="c"):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send("SEND", {"destination": COMMANDS, "reply-to": ANSWERS, "correlation-id": correlation}, body)

    def answer(self):
        """The next answer that is no live output."""
        while True:
            headers, body = self.next(ANSWERS)
            if "status" in body:
                return headers, body

    def ask(self, body, correlation="c"):
        self.command(body, correlation)
        headers, answer = self.answer()
        assert headers["correlation-id"] == correlation, headers
        return answer

    def registration(self):
        return self.next(REGISTRATION)[1]

    def close(self):
        self.socket.close()


class World:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="vnfm-ems-")
        self.port = free_port()
        self.agents = []
        self.log = open(os.path.join(self.folder, "agent.log"), "ab")
        self.config = os.path.join(self.folder, "vnfm-ems.conf")
        with open(self.config, "w", encoding="utf-8") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(f"[ems]\nhostname={HOST}\ntoken=the-token\nscript-root={self.folder}/scripts\n"
                    f"state-dir={self.folder}/state\nworking-directory={self.folder}\nkill-grace=500ms\n"
                    f"[stomp]\nhost=127.0.0.1\nport={self.port}\nlogin=ems\npasscode=test\n"
                    "[transport]\nreconnect-min=50ms\nreconnect-max=200ms\n")
        self.broker = Broker(self.folder, self.port)
        self.manager = Manager(self.port)

    def path(self, name):
        return os.path.join(self.folder, name)

    def start_agent(self):
        program = os.path.join(BUILD, "plugins/ems-agent/vnfm-ems")
        pid_file = self.path("agent.pid")
        process = subprocess.Popen([program, "--config", self.config, "--pid-file", pid_file, "-v"],
                                   stdout=self.log, stderr=self.log, env={**os.environ, "VNFM_MACHINE": self.folder})
        self.agents.append(process)

        def wrote_pid_file():
            assert process.poll() is None, f"the agent ended with status {process.returncode}"
            return os.path.exists(pid_file)

        wait_until(wrote_pid_file, "the agent's pid file")
        registration = self.manager.registration()
        with open(pid_file, encoding="ascii") as f:
            assert int(f.read()) == process.pid
        return registration

    def save(self, name, text):
        answer = self.manager.ask({"action": "SAVE_SCRIPTS", "payload": base64.b64encode(text.encode()).decode(),
                                   "name": name, "script-path": "/opt/openbaton/scripts"})
        assert answer["status"] == 0, answer

    def read(self, name):
        wait_until(lambda: os.path.exists(self.path(name)) and os.path.getsize(self.path(name)) > 0, name)
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()

    def end(self):
        for process in self.agents:
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE)
        self.manager.close()
        self.broker.stop()
        self.log.close()
        # What the scripts left behind carries the folder's name in its environment.
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as f:
                    if f"VNFM_MACHINE={self.folder}".encode() in f.read().split(b"\0"):
                        os.kill(int(pid), signal.SIGKILL)
            except (OSError, ProcessLookupError):
                pass


def test_registration(w):
    first = w.start_agent()
    assert first["hostname"] == HOST and first["token"] == "the-token", first
    assert first["agent"].startswith("vnfm-ems/"), first
    assert first["capabilities"] == ["step", "timeout", "cancel", "stream", "exact-env", "provides", "capped"], first
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as f:
        assert first["boot"] == f.read().strip(), first
    w.agents[0].terminate()
    assert w.agents[0].wait(PATIENCE) == 0
    assert not os.path.exists(w.path("agent.pid"))
    second = w.start_agent()
    assert second["run"] != first["run"] and second["boot"] == first["boot"], second


def test_commands_of_the_java_vnfm(w):
    w.start_agent()
    w.save("install.sh", "#!/bin/bash\necho \"$hostname has $private\" $SCRIPTS_PATH\necho oops >&2\nexit 3\n")
    answer = w.manager.ask({"action": "EXECUTE", "payload": "install.sh",
                            "env": {"private": "10.2.0.12", "hostname": HOST}})
    assert answer == {"status": 3, "output": f"{HOST} has 10.2.0.12 {w.folder}/scripts\n", "err": "oops\n"}, answer
    answer = w.manager.ask({"action": "EXECUTE", "payload": "missing.sh", "env": {}})
    assert answer["status"] == 127 and "missing.sh" in answer["err"], answer
    for body, expected in ((b"None", "cannot be read"), (b"[]", "JSON object"), ({"action": "DANCE"}, "unknown action DANCE"),
                           ({"action": "EXECUTE"}, "payload"), ({"action": "CLONE_SCRIPTS", "payload": "x"}, "unknown")):
        answer = w.manager.ask(body)
        assert answer["status"] == 1 and expected in answer["err"] and answer["output"] == "", answer


def test_extensions(w):
    w.start_agent()
    w.save("ext.py", "import os, sys, time\nprint('one', flush=True)\ntime.sleep(0.5)\nprint(os.environ['server.private'])\n"
                     "open(os.environ['VNFM_PROVIDES'], 'w').write('url=http://x\\n')\nprint('x' * 500000)\n")
    w.manager.command({"action": "EXECUTE", "payload": "ext.py", "env": {"server.private": "10.0.0.1"}, "step": "op/1:x",
                       "timeout": 60, "stream": True, "max-output": 1000}, "op/1:x")
    headers, live = w.manager.next(ANSWERS)
    assert live == {"step": "op/1:x", "stream": "stdout", "offset": 0, "text": "one\n"}, live
    assert "correlation-id" not in headers, headers
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "op/1:x", headers
    assert answer["status"] == 0 and answer["step"] == "op/1:x", answer
    assert answer["provides"] == {"url": "http://x"}, answer
    assert answer["output"].startswith("one\n10.0.0.1\nxxx") and len(answer["output"]) < 1100, answer
    assert answer["truncated"] == 4 + 9 + 500001 - 1000, answer
    assert answer["started"] < answer["ended"], answer
    state = w.manager.ask({"action": "STATUS", "step": "op/1:x"})
    assert state == {**answer, "state": "done"}, state

    w.save("hang.sh", "echo $$ > pid\nsleep 1000\n")
    answer = w.manager.ask({"action": "EXECUTE", "payload": "hang.sh", "step": "limit", "timeout": 0.3})
    assert answer["status"] == -15 and "time limit" in answer["err"], answer
    os.unlink(w.path("pid"))
    w.manager.command({"action": "EXECUTE", "payload": "hang.sh", "step": "cancel"}, "run")
    w.read("pid")
    assert w.manager.ask({"action": "STATUS", "step": "cancel"}, "q")["state"] == "running"
    w.manager.command({"action": "CANCEL", "step": "cancel"}, "stop")
    answers = dict((h["correlation-id"], a) for h, a in (w.manager.answer(), w.manager.answer()))
    assert answers["stop"]["status"] == 0 and answers["run"]["status"] == -15, answers


def test_killed_in_mid_script(w):
    w.start_agent()
    w.save("slow.sh", "echo $$ >> ran\necho before\nwhile [ ! -e go ]; do sleep 0.01; done\necho after\nexit 7\n")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh", "step": "s"}, "s")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh"}, "without a step")
    wait_until(lambda: w.read("ran").count("\n") == 2, "both run")
    w.agents[0].kill()
    w.agents[0].wait()
    w.start_agent()
    # A manager that does not know what became of it asks again.
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh", "step": "s"}, "s")
    assert w.manager.ask({"action": "STATUS", "step": "s"}, "q")["state"] == "running"
    open(w.path("go"), "w", encoding="ascii").close()
    answers = dict((h["correlation-id"], a) for h, a in (w.manager.answer(), w.manager.answer()))
    for answer in answers.values():
        assert answer["status"] == 7 and answer["output"] == "before\nafter\n", answer
    assert set(answers) == {"s", "without a step"}, answers
    assert w.read("ran").count("\n") == 2


def test_ended_while_the_agent_was_dead(w):
    w.start_agent()
    w.save("slow.sh", "echo $$ >> ran\nwhile [ ! -e go ]; do sleep 0.01; done\necho > went\nexit 7\n")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh", "step": "s"}, "s")
    pid = int(w.read("ran"))
    w.agents[0].kill()
    w.agents[0].wait()
    open(w.path("go"), "w", encoding="ascii").close()
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the script ends")
    w.start_agent()
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "s" and answer["status"] == 7, answer
    assert w.read("ran").count("\n") == 1


def test_broker_gone_and_back(w):
    w.start_agent()
    w.save("slow.sh", "echo $$ >> ran\nwhile [ ! -e go ]; do sleep 0.01; done\necho done\n")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh", "step": "s"}, "s")
    pid = int(w.read("ran"))
    w.manager.close()
    w.broker.stop()
    open(w.path("go"), "w", encoding="ascii").close()
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the script ends")
    wait_until(lambda: os.listdir(w.path("state/outbox")), "the answer waits")
    w.broker = Broker(w.folder, w.port)
    w.manager = Manager(w.port)
    assert w.manager.registration()["hostname"] == HOST
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "s" and answer["output"] == "done\n", answer
    first = headers.get("vnfm-message-id")
    assert first, headers
    wait_until(lambda: not os.listdir(w.path("state/outbox")), "the receipt arrives")
    assert w.read("ran").count("\n") == 1


def test_unconfirmed_answer_is_sent_again(w):
    w.start_agent()
    w.save("a.sh", "echo x >> ran\n")
    w.manager.command({"action": "EXECUTE", "payload": "a.sh", "step": "s"}, "s")
    headers, _ = w.manager.next(ANSWERS, acknowledge=False)
    assert os.listdir(w.path("state/outbox")), "kept until it is confirmed"
    w.agents[0].kill()
    w.agents[0].wait()
    w.start_agent()
    # It has the same message id, so the broker keeps one of the two, and who sends last hears that it has arrived.
    assert os.listdir(w.path("state/outbox")), "kept until it is confirmed"
    w.manager.ask({"action": "NONSENSE"})  # answered after the outbox was sent
    w.manager.send("ACK", {"id": headers["ack"]})
    wait_until(lambda: not os.listdir(w.path("state/outbox")), "the receipt arrives")
    # A manager that dies before it acknowledges is given it again.
    w.manager.command({"action": "EXECUTE", "payload": "a.sh", "step": "s"}, "s")
    headers, _ = w.manager.next(ANSWERS, acknowledge=False)
    w.manager.close()
    w.manager = Manager(w.port)
    again, answer = w.manager.next(ANSWERS)
    assert again["vnfm-message-id"] == headers["vnfm-message-id"], (headers, again)
    assert answer["status"] == 0 and answer["step"] == "s", answer
    wait_until(lambda: not os.listdir(w.path("state/outbox")), "the receipt arrives")
    assert w.read("ran") == "x\n"


def test_a_daemon_does_not_hold_the_connection(w):
    w.start_agent()
    w.save("daemon.sh", "(trap '' HUP; while :; do echo alive; sleep 0.05; done) &\necho $! > pid\necho started\n")
    answer = w.manager.ask({"action": "EXECUTE", "payload": "daemon.sh", "env": {}})
    assert answer["status"] == 0 and "started\n" in answer["output"], answer
    pid = int(w.read("pid"))
    links = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
    assert not any(link.startswith("socket:") for link in links), links
    w.agents[0].kill()
    w.agents[0].wait()
    os.kill(pid, 0)
    w.start_agent()
    os.kill(pid, 0)


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        world = None
        try:
            world = World()
            test(world)
            print(f"ok {number} - {name}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = True
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            if world is not None:
                for log in ("agent.log", "broker.log"):
                    with open(world.path(log), encoding="utf-8", errors="replace") as f:
                        for line in f.read().splitlines()[-40:]:
                            print(f"# {log}: {line}", flush=True)
        finally:
            if world is not None:
                world.end()
                shutil.rmtree(world.folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


main()
