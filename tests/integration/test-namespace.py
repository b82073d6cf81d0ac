#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vnfm-nfvo run --machines=namespace: real roots, networks and processes. Needs root. Speaks TAP."""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("test_run", os.path.join(HERE, "test-run.py"))
common = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(common)

PROGRAM = common.PROGRAM
HELPER = os.path.join(common.BUILD, "core/nfvo/machines/helper/vnfm-machine")
PATIENCE = 30
expect, expect_status, expect_failure = common.expect, common.expect_status, common.expect_failure


def vnfd(name, points, events=None, vnfcs=1):
    """points: (network, whether floating)"""
    document = common.vnfd(name, name, events or {"INSTANTIATE": ["hello.sh"]})
    document["virtual_link"] = [{"name": network} for network, _ in points]
    document["vdu"][0]["scale_in_out"] = vnfcs
    document["vdu"][0]["vnfc"] = [{"connection_point": [
        {"virtual_link_reference": network, **({"floatingIp": "random"} if floating else {})}
        for network, floating in points]} for _ in range(vnfcs)]
    return document


class Service(common.Service):
    """One whose machines are namespaces."""

    def __init__(self):
        super().__init__()
        self.up = []
        self.write({"hello.sh": "#!/bin/sh\necho hello from $(hostname)\n"}, [vnfd("one", [("red", False)])], [])

    def start(self, *arguments, **options):
        return super().start("--machines", "namespace", *arguments, **options)

    def keep(self, *arguments):
        """A run that is up."""
        process = self.start("--keep", *arguments)
        self.up.append(process)
        common.wait_for(process, common.is_up)
        return process

    def end(self, process):
        process.send_signal(signal.SIGINT)
        result = common.Result(process, self)
        expect_status(result, 0)
        return result

    def machine_files(self, vnf, name):
        """Path of a file of the VNF's only machine."""
        base = os.path.join(self.runtime, "vnfm-nfvo")
        found = [os.path.join(base, run, "machines", host, name)
                 for run in os.listdir(base) if os.path.isdir(os.path.join(base, run, "machines"))
                 for host in os.listdir(os.path.join(base, run, "machines"))
                 if re.fullmatch(re.escape(vnf) + r"-\d+", host)]
        expect(len(found) == 1, None, "machines of %s: %s" % (vnf, found))
        return found[0]

    def pid(self, vnf):
        with open(self.machine_files(vnf, "pid")) as f:
            return int(f.read())

    def enter(self, vnf, command, status=0):
        result = subprocess.run([PROGRAM, "enter", vnf, "sh", "-c", command], env=self.environment(), timeout=PATIENCE,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        expect(result.returncode == status, None, "\"%s\" in %s: status %s: %s" % (command, vnf, result.returncode,
                                                                                   result.stdout))
        return result.stdout

    def addresses(self, vnf):
        """{interface: {"inet": address, "inet6": address}}, as the machine sees them."""
        found = {}
        for link in json.loads(self.enter(vnf, "ip -json address show scope global")):
            of_link = {a["family"]: a["local"] for a in link.get("addr_info", []) if a}
            if of_link:
                found[link["ifname"]] = of_link
        return found

    def close(self):
        for process in self.up:
            if process.poll() is None:
                process.kill()
                process.communicate()
        super().close()


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        return [int(word) for word in f.read().split()]


def program_of(process):
    """vnfm-nfvo itself, beside the helper that was called in its place."""
    for child in children(process.pid):
        with open("/proc/%d/comm" % child) as f:
            if f.read().strip() == "vnfm-nfvo":
                return child
    raise AssertionError("vnfm-nfvo does not run in the cloud")


def namespaces(pid):
    return {os.readlink("/proc/%d/ns/%s" % (pid, kind)) for kind in ("net", "mnt", "pid", "uts", "ipc")}


def users(wanted):
    """Processes in one of these namespaces."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if namespaces(int(pid)) & wanted:
                found.append(int(pid))
        except OSError:
            pass
    return found


def private_namespaces(process, service, vnfs):
    """All that the run made, without what it shares with this test."""
    found = namespaces(program_of(process))
    for vnf in vnfs:
        found |= namespaces(service.pid(vnf))
    return found - namespaces(os.getpid())


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not within %d s: %s" % (PATIENCE, what))
        time.sleep(0.02)


def ping(address):
    return "ping -%s -n -c 1 -W 5 %s" % ("6" if ":" in address else "4", address)


def in_cloud(process, command):
    """Runs where vnfmd is."""
    result = subprocess.run(["nsenter", "-t", str(program_of(process)), "-n", "sh", "-c", command], timeout=PATIENCE,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    expect(result.returncode == 0, None, "\"%s\" in the cloud: %s" % (command, result.stdout))
    return result.stdout


# ---- tests

def test_whole_life(service):
    """a service becomes ACTIVE in namespace machines and is released"""
    service.write(vnfds=[common.vnfd("srv", "server", common.SERVER, configuration={"greeting": "hello"}),
                         common.vnfd("cli", "client", common.CLIENT)],
                  dependencies=[{"source": "srv", "target": "cli", "parameters": ["private", "greeting"]}],
                  scripts={"server_configure.sh": "#!/bin/sh\nset -e\necho $server_private > /root/server\n"
                                                  "ping -c 1 -W 5 $server_private\n",
                           "start-client.sh": "#!/bin/sh\necho the server is at $(cat /root/server)\n"})
    result = service.run()
    expect_status(result, 0)
    expect("the server is at 10." in result.script("start-client.sh")[0]["output"], result, "no address")
    expect("1 received" in result.script("server_configure.sh")[0]["output"], result, "the server does not answer")


def test_networks(service):
    """several networks: IPv4 and IPv6 between machines, floating addresses from everywhere, a default route"""
    service.write(vnfds=[vnfd("one", [("red", False), ("blue", True)]), vnfd("two", [("blue", False)]),
                         vnfd("three", [])], dependencies=[])
    process = service.keep()
    one, two, three = (service.addresses(vnf) for vnf in ("one", "two", "three"))
    expect(set(one) == {"eth0", "eth1", "lo"} and set(two) == {"eth0"} and set(three) == {"eth0"}, None,
           "interfaces: %s %s %s" % (one, two, three))
    floating = one["lo"]["inet"]
    told = service.enter("one", "cat /etc/hosts")
    expect(one["eth0"]["inet"] in told and one["eth0"]["inet6"] in told, None, "hosts: " + told)
    service.enter("two", ping(one["eth1"]["inet"]))
    service.enter("two", ping(one["eth1"]["inet6"]))
    service.enter("one", ping(two["eth0"]["inet"]))
    service.enter("one", ping(two["eth0"]["inet6"]))
    for vnf in ("one", "two", "three"):
        service.enter(vnf, ping(floating))
        service.enter(vnf, ping("10.1.0.1"))
    service.enter("three", ping(two["eth0"]["inet"]))  # by way of the cloud
    service.enter("three", ping(two["eth0"]["inet6"]))
    in_cloud(process, ping(floating))
    in_cloud(process, ping(one["eth0"]["inet6"]))
    expect(floating not in service.enter("one", "hostname -I"), None, "the floating address is among the machine's own")
    service.end(process)


def test_identity(service):
    """each machine is one of its own: name, boot, processes, folders, nothing of this host's identity"""
    service.write(vnfds=[vnfd("one", [("red", False)]), vnfd("two", [("red", False)])], dependencies=[])
    with open("/proc/sys/kernel/random/boot_id") as f:
        boots = {f.read().strip()}
    process = service.keep()
    for vnf in ("one", "two"):
        boots.add(service.enter(vnf, "cat /proc/sys/kernel/random/boot_id").strip())
        name = service.enter(vnf, "hostname").strip()
        expect(re.fullmatch(vnf + r"-\d+", name), None, "name: " + name)
        expect(service.enter(vnf, "cat /etc/hostname").strip() == name, None, "/etc/hostname differs")
        expect(service.enter(vnf, "getent ahostsv4 $(hostname)").startswith(service.addresses(vnf)["eth0"]["inet"]), None,
               "the name is not that of its address")
        expect(service.enter(vnf, "cat /etc/resolv.conf") == "", None, "resolv.conf is not empty")
        expect(service.enter(vnf, "stat -c %a /run/screen").strip() == "1777", None, "mode of /run/screen")
        expect(service.enter(vnf, "ls /home").split() == ["ubuntu"], None, "/home is not fresh")
        expect(service.enter(vnf, "ls -A /tmp") == "", None, "/tmp is not fresh")
        service.enter(vnf, "ls /etc/ssh/ssh_host_*_key", status=2)
        expect(service.enter(vnf, "cat /proc/1/comm").strip() == "vnfm-init", None, "PID 1 is not the machine's")
        expect(service.enter(vnf, "tr -d '\\0' < /proc/1/environ") == "", None, "the caller's environment is seen")
    expect(len(boots) == 3, None, "boot ids: %s" % boots)
    expect(len({service.enter(vnf, "cat /etc/machine-id") for vnf in ("one", "two")}) == 2, None, "machine ids")
    service.end(process)


def test_terminals(service):
    """terminals of the machine's own: script, screen; what is written to the console is in a file outside"""
    process = service.keep()
    expect("/dev/pts/" in service.enter("one", "script -qec tty /dev/null"), None, "script got no terminal")
    expect("(Detached)" in service.enter("one", "screen -dmS background sleep 100; screen -ls"), None, "no screen")
    service.enter("one", "echo out of the machine > /dev/console; echo 'a second line' > /dev/console")
    path = service.machine_files("one", "console")

    def copied():
        with open(path) as f:
            return f.read().endswith("out of the machine\na second line\n")
    wait_until(copied, "the console's text in " + path)
    service.end(process)


def test_limits(service):
    """root in a machine cannot reach this host's devices, clock, mounts or kernel, nor write without end"""
    process = service.keep("--disk", "16m")
    # Each would do no harm if it were possible.
    for command in ("mount -t tmpfs none /mnt", "mknod /tmp/disk b 8 0", "mknod /dev/disk b 8 0", "date -s \"$(date)\"",
                    "cat /proc/sys/kernel/core_pattern > /proc/sys/kernel/core_pattern",
                    "cat /proc/sys/vm/swappiness > /proc/sys/vm/swappiness",
                    "dd if=/dev/zero of=/root/big bs=1M count=32"):
        service.enter("one", command + " && exit 0 || exit 9", status=9)
    service.enter("one", "sysctl -q -w net.ipv4.ip_forward=1")
    service.enter("one", "chroot / true && su -s /bin/sh -c true nobody && rm /root/big")
    service.end(process)


def test_enter(service):
    """enter: by host name or by the VNF's name; the command's status; what is not there is told with what is"""
    service.write(vnfds=[vnfd("one", [("red", False)]), vnfd("two", [("red", False)], vnfcs=2)], dependencies=[])
    process = service.keep()
    name = service.enter("one", "hostname").strip()
    expect(service.enter(name, "echo $HOME:$(pwd)").strip() == "/root:/", None, "environment")
    service.enter("one", "exit 7", status=7)
    expect("several" in service.enter("two", "true", status=1), None, "two machines are one name")
    expect(name in service.enter("three", "true", status=1), None, "it is not told what there is")
    service.end(process)
    expect("none" in service.enter(name, "true", status=1), None, "a machine that is gone was entered")


def test_base_and_root(service):
    """a base image is laid over the root; another root, with file systems of its own below"""
    content = os.path.join(service.folder, "content")
    image = os.path.join(service.folder, "base.img")
    os.makedirs(os.path.join(content, "usr/share/extra"))
    with open(os.path.join(content, "usr/share/extra/file"), "w") as f:
        f.write("from the image\n")
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", content, image, "16m"], check=True, stdout=subprocess.DEVNULL)
    process = service.keep("--base", image)
    expect(service.enter("one", "cat /usr/share/extra/file") == "from the image\n", None, "the image is not there")
    service.end(process)

    root = os.path.join(service.folder, "a root, with: signs")
    os.mkdir(root)
    wrapper = os.path.join(service.folder, "wrapper")
    with open(wrapper, "w") as f:
        f.write("#!/bin/sh\nset -e\nmount --bind / '%s'\nmount -t tmpfs none '%s/srv'\necho other > '%s/srv/file'\n"
                "exec \"$@\"\n" % (root, root, root))
    os.chmod(wrapper, 0o755)
    service.write({"hello.sh": "#!/bin/sh\ncat /srv/file && echo mine > /srv/own\n"},
                  [vnfd("one", [("red", False)])], [])
    process = subprocess.Popen(["unshare", "-m", wrapper, PROGRAM, "run", service.nsd, "--scripts", service.scripts,
                                "--json", "--machines", "namespace", "--base", image, "--root", root],
                               env=service.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    result = common.Result(process, service)
    expect_status(result, 0)
    expect(result.script("hello.sh")[0]["output"] == "other\n", result, "the second file system is not there")


def test_failing_user_data(service):
    """user data that fails is told, and what it printed"""
    path = os.path.join(service.folder, "user-data.sh")
    with open(path, "w") as f:
        f.write("#!/bin/sh\necho this is on purpose >&2\nexit 3\n")
    result = service.run("--set", "agent.user-data=" + path, "--timeout", "2")
    expect_status(result, 124)
    told = "".join(e.get("text", "") for e in result.events)
    expect("its user data ended with status 3" in told and "this is on purpose" in told, result, "it is not told")


def test_ending_machine(service):
    """a machine that ends by itself is told"""
    process = service.keep()
    os.kill(service.pid("one"), signal.SIGKILL)
    common.wait_for(process, lambda e: "it ended" in e.get("text", ""))
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    result = common.Result(process, service)
    common.expect_clean(service, result)


def test_interrupt(service):
    """SIGINT in mid-script releases the service"""
    service.write({"hello.sh": "#!/bin/sh\nsetsid sleep 1000 &\nsleep 1000\n"}, [vnfd("one", [("red", False)])], [])
    process = service.start()
    common.wait_for(process, lambda e: e["event"] == "state" and "boot" in e.get("activity", ""))
    process.send_signal(signal.SIGINT)
    expect_status(common.Result(process, service), 130)


def test_killed_program(service):
    """a killed vnfm-nfvo: no process, no namespace is left; clean removes the folder"""
    process = service.keep()
    made = private_namespaces(process, service, ["one"])
    expect(len(made) >= 7, None, "too few namespaces: %s" % made)
    os.kill(program_of(process), signal.SIGKILL)
    process.communicate()
    expect(process.returncode == 128 + signal.SIGKILL, None, "status %s" % process.returncode)
    wait_until(lambda: not users(made), "the end of all processes of the run")
    expect(not service.processes(), None, "processes are left: %s" % service.processes())
    clean = [PROGRAM, "clean", "--json"]
    dry = json.loads(subprocess.check_output(clean + ["--dry-run"], env=service.environment()))
    expect(len(dry) == 1 and not dry[0]["cleared"] and os.path.isdir(dry[0]["folder"]), None, "dry run: %s" % dry)
    done = json.loads(subprocess.check_output(clean, env=service.environment()))
    expect(len(done) == 1 and done[0]["cleared"] and not os.path.exists(done[0]["folder"]), None, "clean: %s" % done)
    expect(subprocess.check_output(clean, env=service.environment(), text=True).split() == ["[", "]"] or
           json.loads(subprocess.check_output(clean, env=service.environment())) == [], None, "something is left")


def test_killed_helper(service):
    """a killed helper: the machines end at once, vnfm-nfvo says so and clears up"""
    process = service.keep()
    made = private_namespaces(process, service, ["one"])
    process.kill()
    out, _ = process.communicate()  # ends when the program beside it has ended
    wait_until(lambda: not users(made), "the end of all processes of the run")
    expect("vnfm-machine is gone" in out, None, "it is not told: " + out[-2000:])
    common.expect_clean(service)


def test_killed_both(service):
    """both killed at once: nothing is left but the folder"""
    process = service.keep()
    made = private_namespaces(process, service, ["one"])
    program = program_of(process)
    process.kill()
    os.kill(program, signal.SIGKILL)
    process.communicate()
    wait_until(lambda: not users(made), "the end of all processes of the run")
    subprocess.run([PROGRAM, "clean"], env=service.environment(), check=True, stdout=subprocess.DEVNULL)
    common.expect_clean(service)


def test_two_at_once(service):
    """two runs at once have the same addresses and do not meet"""
    first = service.keep()
    before = service.addresses("one")
    second = Service()
    try:
        process = second.keep()
        expect(second.addresses("one") == before, None, "addresses differ: the test tests nothing")
        expect(service.enter("one", "hostname") != second.enter("one", "hostname"), None, "they are one machine")
        second.enter("one", "echo second > /root/who")
        service.enter("one", "test -e /root/who", status=1)
        second.end(process)
    finally:
        second.close()
    service.enter("one", ping(before["eth0"]["inet"]))
    service.end(first)


def test_side_by_side(service):
    """twenty machines of one service, started side by side"""
    service.write(vnfds=[vnfd("one", [("red", False), ("blue", True)], vnfcs=20)], dependencies=[])
    result = service.run()
    expect_status(result, 0)
    expect(len({s["machine"] for s in result.script("hello.sh")}) == 20, result, "not twenty machines")


def test_calling_user(service):
    """through sudo: the program runs as the user who called, and shows what the scripts printed"""
    os.chown(service.runtime, 65534, 65534)
    os.chmod(service.folder, 0o755)
    environment = {**service.environment(), "SUDO_UID": "65534", "SUDO_GID": "65534"}
    libraries = os.path.join(common.BUILD, "core/sdk/.libs")
    program = os.path.join(common.BUILD, "core/nfvo/.libs/vnfm-nfvo")
    if not os.path.exists(program):
        program = PROGRAM

    def start(*arguments):
        process = subprocess.Popen([HELPER, "cloud", "--env", "LD_LIBRARY_PATH=" + libraries, "--env",
                                    "XDG_RUNTIME_DIR=" + service.runtime, "--", program, "run", service.nsd,
                                    "--scripts", service.scripts, "--json", "--machines=namespace", *arguments],
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        service.up.append(process)
        return process
    process = start("--keep")
    common.wait_for(process, common.is_up)
    expect(os.stat("/proc/%d" % program_of(process)).st_uid == 65534, None, "the program runs as root")
    owners = {os.lstat(os.path.join(folder, name)).st_uid
              for folder, folders, files in os.walk(service.runtime) for name in folders + files}
    expect(owners == {65534}, None, "files of others are in the user's folder: %s" % owners)
    process.send_signal(signal.SIGINT)
    expect_status(common.Result(process, service), 0)
    result = common.Result(start(), service)
    expect_status(result, 0)
    expect(result.script("hello.sh")[0]["output"].startswith("hello from one-"), result, "the output is not shown")


def refusal(service, command, *words, status=1):
    result = subprocess.run(command + [PROGRAM, "run", service.nsd, "--scripts", service.scripts,
                                       "--machines=namespace"],
                            env=service.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    expect(result.returncode == status, None, "status %d: %s" % (result.returncode, result.stderr))
    expect(len(result.stderr.splitlines()) == 1, None, "more than a line: " + result.stderr)
    for word in words:
        expect(word in result.stderr, None, "\"%s\" is not in: %s" % (word, result.stderr))
    common.expect_clean(service)


def test_refusals(service):
    """where it cannot be done, one line says why and what to do, and nothing was started"""
    empty = os.path.join(service.folder, "empty")
    some = os.path.join(service.folder, "some")
    for folder in (empty, some):
        os.mkdir(folder)
    os.chmod(service.folder, 0o755)
    for name in ("sh", "sed", "ls", "dirname", "basename", "cat"):  # what the wrappers of a build tree call
        for folder in (empty, some):
            os.symlink(subprocess.check_output(["sh", "-c", "command -v " + name], text=True).strip(),
                       os.path.join(folder, name))
    sudo = os.path.join(some, "sudo")
    with open(sudo, "w") as f:
        f.write("#!/bin/sh\necho a password is required >&2\nexit 1\n")
    os.chmod(sudo, 0o755)
    user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env"]
    refusal(service, user + ["PATH=" + empty], "only root", "call vnfm-nfvo as root")
    refusal(service, user + ["PATH=" + some], "only root", "sudo", "without a password")
    refusal(service, ["env", "PATH=" + empty], "ip is not there", "install iproute2")
    no_admin = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]
    refusal(service, no_admin, "does not allow", "mount namespace")
    expect_usage(service, ["--connect", "127.0.0.1:1"], "--connect")
    expect_usage(service, ["--disk", "much"], "no size")
    expect_told(service, ["--root", os.path.join(service.folder, "nowhere")], "nowhere")
    expect_told(service, ["--base", os.path.join(service.folder, "nothing.img")], "nothing.img")
    expect_told(service, ["--base", service.nsd], "ext4")


def expect_usage(service, arguments, word):
    result = service.run(*arguments)
    expect(word in result.err, result, "\"%s\" is not told" % word)
    expect_status(result, 2)


def expect_told(service, arguments, word):
    result = service.run(*arguments)
    expect(word in result.err and len(result.err.splitlines()) == 1, result, "\"%s\" is not told in a line" % word)
    expect_status(result, 1)


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_") and callable(v)]


def become_root():
    """By sudo, as bootstrap does; without it the first test says what is missing."""
    if os.geteuid() != 0 and shutil.which("sudo"):
        variables = ["%s=%s" % (k, v) for k, v in os.environ.items() if k.startswith("VNFM_")]
        os.execvp("sudo", ["sudo", "-n", "env", *variables, sys.executable, *sys.argv])


def main():
    become_root()
    return common.play(TESTS, Service)


if __name__ == "__main__":
    sys.exit(main())
