# SPDX-License-Identifier: Apache-2.0
"""A real vnfm-ems at a real STOMP broker; the test plays the manager."""

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
    def __init__(self, folder, port, *keys):
        self.log = open(os.path.join(folder, "broker.log"), "ab")
        program = os.path.join(BUILD, "tests/support/stomp-broker")
        self.process = subprocess.Popen([program, str(port), *keys], stdin=subprocess.PIPE, stdout=self.log, stderr=self.log)

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
    def __init__(self, keys=""):
        """keys: further lines of the group [ems]."""
        self.folder = tempfile.mkdtemp(prefix="vnfm-ems-")
        self.port = free_port()
        self.agents = []
        self.log = open(os.path.join(self.folder, "agent.log"), "ab")
        self.config = os.path.join(self.folder, "vnfm-ems.conf")
        with open(self.config, "w", encoding="utf-8") as f:
            os.fchmod(f.fileno(), 0o600)
            f.write(f"[ems]\nhostname={HOST}\ntoken=the-token\nscript-root={self.folder}/scripts\n"
                    f"state-dir={self.folder}/state\nworking-directory={self.folder}\nkill-grace=500ms\nconsole={self.folder}/console\n{keys}"
                    f"[stomp]\nhost=127.0.0.1\nport={self.port}\nlogin=ems\npasscode=test\n"
                    "[transport]\nreconnect-min=50ms\nreconnect-max=200ms\n")
        with open(self.path("console"), "w", encoding="ascii"):
            pass
        self.broker = Broker(self.folder, self.port)
        self.manager = Manager(self.port)

    def path(self, name):
        return os.path.join(self.folder, name)

    def start_agent(self, prefix=()):
        """prefix: a command that becomes the agent."""
        program = os.path.join(BUILD, "plugins/ems-agent/vnfm-ems")
        pid_file = self.path("agent.pid")
        process = subprocess.Popen([*prefix, program, "--config", self.config, "--pid-file", pid_file, "-v"],
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

    def set_keys(self, *pairs):
        """Replaces text in the key-file: [ems] hostname=... and what follows."""
        with open(self.config, encoding="utf-8") as f:
            text = f.read()
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(text)

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
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
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


def run_tests(names):
    """names: of the test's module; a test's attribute "keys" goes to its agent's key-file."""
    tests = [(name, test) for name, test in names.items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        world = None
        try:
            world = World(getattr(test, "keys", ""))
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

