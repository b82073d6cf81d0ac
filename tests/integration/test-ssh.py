#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ems-ssh with real OpenSSH in namespace machines, and on loopback where vnfmd is killed. Needs root. Speaks TAP."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("test_run", os.path.join(HERE, "test-run.py"))
common = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(common)

PATIENCE = 60
expect, expect_status, expect_failure = common.expect, common.expect_status, common.expect_failure
USER_DATA = os.path.join(common.SOURCE, "data/user-data-ssh.sh")

# In a machine: ends the processes of sshd that serve connections; all but the one that listens.
CUT = r"""
for comm in /proc/[0-9]*/comm; do
  pid=${comm#/proc/}
  pid=${pid%/comm}
  if [ "$(cat "$comm")" = sshd ] && [ "$pid" != "$(cat /run/sshd.pid)" ]; then
    kill -KILL "$pid"
  fi
done 2> /dev/null
"""


class Service(common.Service):
    """One whose machines are namespaces without an agent."""

    def only(self, script, vnfcs=1):
        """A VNF whose one script is this."""
        self.write({"install.sh": script}, [common.vnfd("one", "one", {"INSTANTIATE": ["install.sh"]}, vnfcs)], [])

    def start(self, *arguments, **options):
        return super().start("--machines", "namespace", "--profile", "ssh", *arguments, **options)

    def run(self, *arguments, **options):
        """Of scripts without an agent vnfmd's log of scripts tells: result.scripts, its text for each machine."""
        result = super().run("--keep-files", *arguments, **options)
        result.scripts = []
        base = os.path.join(self.runtime, "vnfm-nfvo")
        for folder, _, names in os.walk(base):
            if os.path.basename(os.path.dirname(folder)) == "scripts-log":
                for name in names:
                    with open(os.path.join(folder, name)) as f:
                        result.scripts.append(f.read())
        for run in os.listdir(base) if os.path.isdir(base) else []:
            shutil.rmtree(os.path.join(base, run), ignore_errors=True)
        return result

    def user_data(self, change):
        """A template of the service's own. Returns the option that names it."""
        path = os.path.join(self.folder, "user-data.sh")
        with open(USER_DATA) as f:
            text = f.read()
        with open(path, "w") as f:
            f.write(change(text))
        return "--set=ssh.user-data=" + path


def replace(text, old, new):
    assert text.count(old) == 1, old
    return text.replace(old, new)


def expect_script(result, name, status, output):
    """It is told once, with this output."""
    wanted = "%s, status %d:\n%s" % (name, status, output)
    told = "".join(result.scripts)
    expect(told.count(" %s, status " % name) == 1 and wanted in told, result, "%r is not what is told: %s" % (wanted, told))


# ---- tests

def test_whole_life(service):
    """a service becomes ACTIVE over SSH and is released"""
    service.write({"server_configure.sh": "#!/bin/sh\necho $server_private > /root/server; pwd; pgrep -x vnfm-ems || :\n",
                   "start-client.sh": "#!/bin/sh\necho the server is at $(cat /root/server)\n"})
    result = service.run()
    expect_status(result, 0)
    expect_script(result, "server_configure.sh", 0, "/\n")
    expect_script(result, "start-client.sh", 0, "the server is at 10.")
    for script, lifecycle in (("server_configure.sh", "CONFIGURE"), ("start-client.sh", "START")):
        told = result.of("script", script=script, lifecycle=lifecycle, status=0)
        expect(len(told) == 1 and told[0]["output"] and told[0]["machine"], result, "%s is not shown" % script)


def test_cut_in_mid_script(service):
    """the connection is cut while a script runs: it runs on, once, and its outcome is picked up"""
    service.only("#!/bin/sh\necho run >> /root/runs; echo before\n" + CUT +
                 "echo after; cat /root/runs\n")
    result = service.run()
    expect_status(result, 0)
    expect_script(result, "install.sh", 0, "before\nafter\nrun\n")


def test_changed_host_key(service):
    """a machine that shows another host key than before is refused"""
    service.only("#!/bin/sh\nrm /etc/ssh/ssh_host_*; ssh-keygen -A > /dev/null\n"
                 "kill $(cat /run/sshd.pid)\nwhile [ -e /run/sshd.pid ]; do sleep 0.05; done\n/usr/sbin/sshd\n" + CUT +
                 "while :; do sleep 1000; done\n")
    result = service.run()
    expect_failure(result, 1, "host key has changed")


def test_wrong_key(service):
    """a machine that does not know the manager's key: the ERROR says who may not log in"""
    option = service.user_data(lambda text: replace(text, "export SSH_AUTHORIZED_KEY=\n", "SSH_AUTHORIZED_KEY=''\n"))
    service.only("#!/bin/sh\n")
    result = service.run(option, "--set=vnfmd.start-timeout=4s")
    expect_failure(result, 1, "the login as \"root\"", "refused")


def test_silent_server(service):
    """a server that accepts and says nothing is given up, and tried again"""
    silent = ("/usr/bin/python3 -c 'import socket; s = socket.create_server((\"\", 22)); c = s.accept()[0]; c.recv(1000)\n"
              "while c.recv(1000): pass'\n  vnfm_start_server")
    option = service.user_data(lambda text: replace(text, "\n  vnfm_start_server\n}", "\n  " + silent + "\n}"))
    service.only("#!/bin/sh\necho here\n")
    result = service.run(option, "--set=ssh.connect-timeout=1s")
    expect_status(result, 0)
    expect_script(result, "install.sh", 0, "here\n")


def test_full_disk(service):
    """a script fills the disk: its outcome is known; the next one is not begun, and the ERROR says why"""
    service.write({"fill.sh": "#!/bin/sh\ndd if=/dev/zero of=/root/big bs=64k 2> /dev/null\n"
                              "dd if=/dev/zero of=/root/small bs=1 2> /dev/null; exit 0\n",
                   "after.sh": "#!/bin/sh\necho ran\n"},
                  [common.vnfd("one", "one", {"INSTANTIATE": ["fill.sh", "after.sh"]})], [])
    result = service.run("--disk", "16m")
    expect_failure(result, 1, "after.sh", "No space left on device")


def test_many_machines(service):
    """50 machines in one service"""
    service.only("#!/bin/sh\nhostname\n", 50)
    result = service.run()
    expect_status(result, 0)
    names = {told.split("status 0:\n", 1)[1] for told in result.scripts}
    expect(len(names) == 50, result, "%d machines ran it" % len(names))


# ---- vnfmd is killed

class Server:
    """An OpenSSH server for all addresses of loopback; the machines are processes."""

    def __init__(self, service):
        folder = os.path.join(service.folder, "sshd")
        os.mkdir(folder, 0o700)
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(folder, name)], check=True)
        with socket.socket() as s:
            s.bind(("", 0))
            self.port = s.getsockname()[1]
        os.makedirs("/run/sshd", exist_ok=True)
        self.key = os.path.join(folder, "user")
        config = os.path.join(folder, "config")
        with open(config, "w") as f:
            f.write("Port %d\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\nPidFile none\nStrictModes no\nUsePAM no\n"
                    "PermitRootLogin yes\n" % (self.port, folder, folder))
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", config], stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if line.startswith("Server listening"):
                break

    def stop(self):
        self.process.kill()
        self.process.communicate()


class Daemon:
    """A vnfmd that no run started, at a port that it keeps."""

    def __init__(self, service, server):
        self.service = service
        self.state = os.path.join(service.folder, "vnfmd")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % s.getsockname()[1]
        values = {"stomp.listen": self.address, "vnfmd.control-socket": service.folder + "/control",
                  "ssh.port": server.port, "ssh.identity": server.key, "ssh.script-root": service.folder + "/root",
                  "ssh.spool-dir": service.folder + "/spool", "ssh.address": "private"}
        self.command = [os.path.join(common.BUILD, "core/daemon/vnfmd"), "--profile", "ssh", "--state-dir", self.state]
        for name, value in values.items():
            self.command += ["--set", "%s=%s" % (name, value)]
        self.passcode_file = os.path.join(self.state, "stomp.passcode")

    def start(self):
        notify = os.path.join(self.service.folder, "notify")
        if os.path.exists(notify):
            os.unlink(notify)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(notify)
            listener.settimeout(PATIENCE)
            self.process = subprocess.Popen(self.command, env={**self.service.environment(), "NOTIFY_SOCKET": notify},
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while b"READY=1" not in listener.recv(4096).split(b"\n"):
                pass

    def kill(self):
        self.process.kill()
        self.process.wait()


def wait_for_file(path):
    end = time.monotonic() + PATIENCE
    while not os.path.exists(path):
        if time.monotonic() > end:
            raise AssertionError("not within %d s: %s" % (PATIENCE, path))
        time.sleep(0.02)


def test_killed_vnfmd(service):
    """vnfmd is killed while a script runs: after its start the script's outcome is picked up, and it ran once"""
    folder = service.folder
    service.only("#!/bin/sh\necho run >> %s/runs; touch %s/begun\nwhile ! [ -e %s/go-on ]; do sleep 0.05; done\n"
                 "cat %s/runs\n" % (folder, folder, folder, folder))
    server = Server(service)
    daemon = Daemon(service, server)
    try:
        daemon.start()
        process = common.Service.start(service, "--connect", daemon.address, "--passcode-file", daemon.passcode_file)
        wait_for_file(folder + "/begun")
        daemon.kill()
        with open(folder + "/go-on", "w"):
            pass
        daemon.start()
        result = common.Result(process, service)
    finally:
        daemon.kill()
        server.stop()
    expect_status(result, 0)
    with open(folder + "/runs") as f:
        expect(f.read() == "run\n", result, "it ran more than once")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]


def main():
    return common.play(TESTS, Service)


if __name__ == "__main__":
    sys.exit(main())
