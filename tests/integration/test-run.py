#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vnfm-nfvo run, with a real vnfmd and real agents in machines that are processes. Speaks TAP."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("VNFM_BUILDDIR") or os.getcwd()
SOURCE = os.environ.get("VNFM_SRCDIR") or BUILD
PROGRAM = os.path.join(BUILD, "core/nfvo/vnfm-nfvo")
MATERIAL = os.environ.get("VNFM_MATERIAL") or os.path.join(SOURCE, "../shared/material")
PATIENCE = 120


# ---- a small service

def vnfd(name, vnf_type, events, vnfcs=1, configuration=None):
    return {
        "name": name, "type": vnf_type, "vendor": "test", "version": "1.0", "endpoint": "generic",
        "configurations": {"name": name, "configurationParameters":
                           [{"confKey": k, "value": v} for k, v in (configuration or {}).items()]},
        "lifecycle_event": [{"event": e, "lifecycle_events": s} for e, s in events.items()],
        "virtual_link": [{"name": "private"}],
        "vdu": [{"vm_image": ["any"], "scale_in_out": vnfcs, "vimInstanceName": [],
                 "vnfc": [{"connection_point": [{"virtual_link_reference": "private", "floatingIp": "random"}]}
                          for _ in range(vnfcs)]}],
        "deployment_flavour": [{"flavour_key": "m1.small"}],
    }


SERVER = {"INSTANTIATE": ["install.sh"], "START": ["start-server.sh"], "TERMINATE": ["stop.sh"]}
CLIENT = {"INSTANTIATE": ["install.sh"], "CONFIGURE": ["server_configure.sh"], "START": ["start-client.sh"]}
SCRIPTS = {
    "install.sh": "#!/bin/sh\necho installing on $hostname\n",
    "start-server.sh": "#!/bin/sh\necho serving at $private with greeting=$greeting\n",
    "stop.sh": "#!/bin/sh\necho stopping\n",
    "server_configure.sh": "#!/bin/sh\necho $server_private > server; echo greeting is $server_greeting\n",
    "start-client.sh": "#!/bin/sh\necho the server is at $(cat server)\n",
}


class Service:
    """Files of a service, and a place for its runs that is looked through afterwards."""

    def __init__(self, scripts=None, vnfds=None, dependencies=None):
        self.folder = tempfile.mkdtemp(prefix="vnfm-run-")
        self.runtime = os.path.join(self.folder, "rt")
        self.scripts = os.path.join(self.folder, "scripts")
        self.nsd = os.path.join(self.folder, "nsd.json")
        os.mkdir(self.runtime, 0o700)
        os.mkdir(self.scripts)
        self.write(scripts, vnfds, dependencies)

    def write(self, scripts=None, vnfds=None, dependencies=None):
        for name, text in {**SCRIPTS, **(scripts or {})}.items():
            path = os.path.join(self.scripts, name)
            if text is not None:
                with open(path, "w") as f:
                    f.write(text)
            elif os.path.exists(path):
                os.unlink(path)
        vnfds = vnfds or [vnfd("srv", "server", SERVER, configuration={"greeting": "hello"}),
                          vnfd("cli", "client", CLIENT)]
        if dependencies is None:
            dependencies = [{"source": "srv", "target": "cli", "parameters": ["private", "greeting"]}]
        with open(self.nsd, "w") as f:
            json.dump({"name": "small", "vendor": "test", "version": "1", "vld": [{"name": "private"}],
                       "vnfd": vnfds, "vnf_dependency": dependencies}, f)

    def environment(self):
        return {**os.environ, "XDG_RUNTIME_DIR": self.runtime, "G_DEBUG": ""}

    def start(self, *arguments, nsd=None, scripts=True, as_json=True):
        command = [PROGRAM, "run", nsd or self.nsd]
        command += ["--scripts", self.scripts] if scripts else []
        command += ["--json"] if as_json else []
        return subprocess.Popen(command + list(arguments), env=self.environment(), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, errors="replace")

    def run(self, *arguments, **options):
        return Result(self.start(*arguments, **options), self)

    def processes(self):
        """Every process that was started by a run of this service: all inherit the runtime folder's name."""
        mark = ("XDG_RUNTIME_DIR=" + self.runtime).encode()
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/environ" % pid, "rb") as f:
                    if mark in f.read().split(b"\0"):
                        found.append(int(pid))
            except OSError:
                pass
        return found

    def leftovers(self):
        """What a run left behind: processes and folders."""
        base = os.path.join(self.runtime, "vnfm-nfvo")
        folders = os.listdir(base) if os.path.isdir(base) else []
        return self.processes() + folders

    def close(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)


class Result:
    def __init__(self, process, service):
        begin = time.monotonic()
        try:
            self.out, self.err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            self.out, self.err = process.communicate()
        self.seconds = time.monotonic() - begin
        self.status = process.returncode
        self.service = service
        self.events = []
        for line in self.out.splitlines():
            try:
                self.events.append(json.loads(line))
            except ValueError:
                pass

    def of(self, event, **members):
        return [e for e in self.events
                if e["event"] == event and all(e.get(k) == v for k, v in members.items())]

    def states(self, vnf):
        return [e["state"] for e in self.of("state", vnf=vnf) if "activity" not in e]

    def failure(self):
        results = self.of("result")
        return results[-1].get("failure", "") if results else ""

    def script(self, name):
        return self.of("script", script=name)

    def dump(self):
        return (self.out[-6000:] + "\n" + self.err[-3000:])


def expect(condition, result, what):
    if not condition:
        raise AssertionError(what + "\n" + (result.dump() if result else ""))


def expect_clean(service, result=None):
    left = service.leftovers()
    expect(not left, result, "left behind: %s" % left)


def expect_status(result, status):
    expect(result.status == status, result, "status %s, expected %s" % (result.status, status))
    expect_clean(result.service, result)


def expect_failure(result, status, *words):
    for word in words:
        expect(word in result.failure(), result, "\"%s\" is not in the failure: %s" % (word, result.failure()))
    expect_status(result, status)


def wait_for(process, condition):
    """Reads events until one fits."""
    for line in process.stdout:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if condition(event):
            return event
    raise AssertionError("the run ended before: " + process.stderr.read())


def is_up(event):
    return event["event"] == "note" and "ACTIVE" in event["text"]


def is_starting(event):
    return event["event"] == "state" and event.get("vnf") == "cli" and event["state"] == "starting"


# ---- tests

def test_whole_life(service):
    """a service becomes ACTIVE and is released"""
    result = service.run()
    expect_status(result, 0)
    expect(result.states("srv") == ["instantiating", "initialized", "starting", "active", "releasing", "released"],
           result, "states of srv: %s" % result.states("srv"))
    expect(result.states("cli") == ["instantiating", "initialized", "configuring", "inactive", "starting", "active",
                                    "releasing", "released"],
           result, "states of cli: %s" % result.states("cli"))
    expect("greeting is hello" in result.script("server_configure.sh")[0]["output"], result, "no greeting")
    expect("the server is at 127." in result.script("start-client.sh")[0]["output"], result, "no address")
    expect(result.script("stop.sh")[0]["lifecycle"] == "TERMINATE", result, "TERMINATE did not run")
    expect(all(s["status"] == 0 for s in result.of("script")), result, "a script failed")


def test_example(service):
    """data/examples/web shows the page that its client fetched"""
    result = service.run(nsd=os.path.join(SOURCE, "data/examples/web/nsd.json"), scripts=False, as_json=False)
    expect_status(result, 0)
    expect("fetched: " in result.out and "served by web-server-" in result.out, result, "no page was shown")
    expect("became ACTIVE" in result.out and "instantiate" in result.out, result, "no result or no timeline")


def test_broken_example(service):
    """data/examples/web-broken tells which script on which machine said what"""
    result = service.run(nsd=os.path.join(SOURCE, "data/examples/web-broken/nsd.json"), scripts=False, as_json=False)
    expect_status(result, 1)
    expect("FAILED: VNF web-" in result.out and "script " in result.out, result, "the failure is not told")


def test_instances(service):
    """each VNFC instance has its machine, its name and its address"""
    service.write(vnfds=[vnfd("srv", "server", SERVER, vnfcs=3), vnfd("cli", "client", CLIENT)])
    result = service.run()
    expect_status(result, 0)
    runs = result.script("start-server.sh")
    expect(len({r["machine"] for r in runs}) == 3, result, "not three machines")
    expect(len({r["output"] for r in runs}) == 3, result, "not three addresses")
    expect(len(result.script("server_configure.sh")) == 3, result, "CONFIGURE not once for each source instance")


def check_failing(service, script, event, vnf):
    service.write({script: "#!/bin/sh\necho some output\necho this is on purpose >&2\nexit 3\n"})
    result = service.run()
    expect_failure(result, 1, "script " + script, vnf + "-", "status 3", "this is on purpose")
    told = result.script(script)[0]
    expect(told["lifecycle"] == event and told["status"] == 3 and "on purpose" in told["err"], result,
           "the script's end is not told")
    expect(result.states("srv")[-1] == "released" and result.states("cli")[-1] == "released", result,
           "the rest was not released")


def test_failing_instantiate(service):
    """a failing INSTANTIATE script: script, machine and stderr are told"""
    check_failing(service, "install.sh", "INSTANTIATE", "")


def test_failing_configure(service):
    """a failing CONFIGURE script: the same"""
    check_failing(service, "server_configure.sh", "CONFIGURE", "cli")


def test_failing_start(service):
    """a failing START script: the same"""
    check_failing(service, "start-client.sh", "START", "cli")


def test_failing_terminate(service):
    """a failing TERMINATE script: the same, and the machines go all the same"""
    check_failing(service, "stop.sh", "TERMINATE", "srv")


def test_refused_grant(service):
    """a refused grant is told and starts no machine"""
    result = service.run("--refuse-grant", "srv")
    expect_failure(result, 1, "srv", "Not enough resources")
    expect(not [s for s in result.of("script") if s["vnf"] == "srv"], result, "a machine of srv ran")


def test_refused_allocate(service):
    """a refused allocation is told and starts no machine"""
    expect_failure(service.run("--refuse-allocate", "srv"), 1, "srv", "No valid host was found")


def test_silent_grant(service):
    """a grant that is never answered ends at the manager's time limit"""
    result = service.run("--silent-grant", "srv", "--set", "vnfmd.grant-timeout=1s")
    expect_failure(result, 1, "srv")
    expect(result.seconds < 20, result, "it took %.0f s" % result.seconds)


def test_delayed_allocate(service):
    """agents that are quicker than the allocation's answer are not lost"""
    expect_status(service.run("--delay-allocate", "1.5"), 0)


def test_ordered(service):
    """an ordered start begins with the sources"""
    result = service.run("--order", "ordered")
    expect_status(result, 0)
    started = [e["vnf"] for e in result.of("state", state="starting")]
    expect(started == ["srv", "cli"], result, "order: %s" % started)


def test_missing_script(service):
    """a script that the package lacks is told by name"""
    service.write({"start-client.sh": None})
    result = service.run()
    expect("start-client.sh" in result.out + result.err, result, "it is not named")
    expect_status(result, 1)


def test_hanging_script(service):
    """a hanging script ends at its time limit, and what it started with it"""
    service.write({"start-client.sh": "#!/bin/sh\necho before\nsleep 1000 &\nsleep 1000\n"})
    result = service.run("--set", "scripts.time-limit=2s")
    expect_failure(result, 1, "script start-client.sh", "cli-")
    expect(result.seconds < 40, result, "it took %.0f s" % result.seconds)


def test_much_output(service):
    """100 MB of output are no harm"""
    service.write({"start-client.sh": "#!/bin/sh\nyes 0123456789 | head -c 100000000\necho the end\n"})
    result = service.run()
    expect_status(result, 0)
    expect(len(result.out) < 20000000, result, "%d bytes were shown" % len(result.out))


def test_script_kills_its_parent(service):
    """a script that kills its parent is told; the other VNF is not harmed"""
    service.write({"start-client.sh": "#!/bin/sh\nkill -9 $PPID\nsleep 1\necho still here\n"})
    result = service.run("--timeout", "30")
    expect("active" in result.states("srv"), result, "srv was harmed")
    expect_failure(result, 1, "start-client.sh")


def test_daemon_with_open_output(service):
    """a daemon that keeps its output open neither blocks its script nor outlives its machine"""
    service.write({"start-server.sh": "#!/bin/sh\nsetsid sleep 1000 &\necho started\n"})
    result = service.run()
    expect_status(result, 0)
    expect(result.script("start-server.sh")[0]["seconds"] < 10, result, "the script was blocked")


def test_interrupt(service):
    """SIGINT in the middle releases the service and leaves nothing behind"""
    service.write({"start-client.sh": "#!/bin/sh\nsetsid sleep 1000 &\nsleep 1000\n"})
    process = service.start()
    wait_for(process, is_starting)
    process.send_signal(signal.SIGINT)
    expect_status(Result(process, service), 130)


def test_interrupt_twice(service):
    """SIGTERM twice ends the machines although their scripts do not end"""
    service.write({"stop.sh": "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n"})
    process = service.start("--keep")
    wait_for(process, is_up)
    process.send_signal(signal.SIGTERM)
    wait_for(process, lambda e: e["event"] == "state" and e.get("vnf") == "cli" and e["state"] == "released")
    process.send_signal(signal.SIGTERM)
    result = Result(process, service)
    expect(result.seconds < 20, result, "it took %.0f s" % result.seconds)
    expect_status(result, 130)


def test_keep_for(service):
    """a service is kept up for a while"""
    result = service.run("--keep-for", "1")
    expect_status(result, 0)
    expect([e for e in result.of("note") if "machine srv-" in e["text"] and "private=127." in e["text"]], result,
           "its machines are not told")


def test_timeout(service):
    """a service that does not become ACTIVE in time: status 124, and where it stood"""
    service.write({"start-client.sh": "#!/bin/sh\nsleep 1000\n"})
    expect_failure(service.run("--timeout", "4"), 124, "cli is starting")


def test_killed_run_is_swept(service):
    """what a killed run leaves behind is cleared up by the next one"""
    process = service.start("--keep")
    wait_for(process, is_up)
    process.kill()
    process.communicate()
    expect(service.leftovers(), None, "the killed run left nothing: this test tests nothing")
    expect_status(service.run(), 0)


def test_runs_side_by_side(service):
    """two runs at once do not disturb each other"""
    first, second = service.start(), service.start()
    results = [Result(first, service), Result(second, service)]
    for result in results:
        expect_status(result, 0)


def test_usage(service):
    """wrong usage: status 2"""
    for arguments in (["--nonsense"], ["--machines", "cloud"], ["--timeout", "-1"], ["--passcode-file", "x"]):
        expect_status(service.run(*arguments), 2)


def test_daemon_that_cannot_start(service):
    """vnfmd that cannot start: status 3, and what it said"""
    expect_failure(service.run("--set", "vnfmd.nonsense=1"), 3, "nonsense")


def test_nobody_listens(service):
    """no vnfmd at that address: status 3"""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % s.getsockname()[1]
    expect_failure(service.run("--connect", address), 3, address)


def test_unreadable_nsd(service):
    """an NSD that is no JSON is told with its line"""
    with open(service.nsd, "w") as f:
        f.write("{\n  \"name\": \n}")
    result = service.run()
    expect("nsd.json" in result.err and "line" in result.err, result, "where is not told")
    expect_status(result, 1)


def check_upstream(service, name):
    nsd = os.path.join(MATERIAL, "openbaton+integration-tests/src/main/resources/network-service-descriptors", name)
    with open(nsd, encoding="utf-8-sig") as f:
        descriptor = json.load(f)
    scripts = {s.split()[0] for v in descriptor["vnfd"] for e in v["lifecycle_event"] for s in e["lifecycle_events"]}
    service.write({s: "#!/bin/sh\nenv | grep 127 | sort\n" for s in scripts})
    result = service.run(nsd=nsd)
    expect_status(result, 0)
    for v in descriptor["vnfd"]:
        expect("active" in result.states(v["name"]), result, "%s did not become ACTIVE" % v["name"])
    return result


def test_upstream_many_dependencies(service):
    """upstream's service of 11 VNFs that depend on each other"""
    check_upstream(service, "NetworkServiceDescriptor-with-many-dependencies.json")


def test_upstream_ncat_complex(service):
    """upstream's ncat-complex: circles of dependencies, two networks; each target sees its sources' addresses"""
    result = check_upstream(service, "NetworkServiceDescriptor-ncat-complex.json")
    told = "".join(r["output"] for r in result.script("peer3_configure_private2.sh"))
    expect("peer3_private2=127." in told, result, "no address of peer3: %s" % told)


class Daemon:
    """A vnfmd that no run started."""

    def __init__(self, service):
        self.state = os.path.join(service.folder, "vnfmd")
        notify = os.path.join(service.folder, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(notify)
            listener.settimeout(30)
            self.process = subprocess.Popen(
                [os.path.join(BUILD, "core/daemon/vnfmd"), "--profile", "local", "--state-dir", self.state,
                 "--set", "stomp.listen=127.0.0.1:0", "--set", "vnfmd.control-socket=%s/control" % service.folder],
                env={**service.environment(), "NOTIFY_SOCKET": notify}, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            while b"READY=1" not in listener.recv(4096).split(b"\n"):
                pass
        with open(os.path.join(self.state, "stomp.address")) as f:
            self.address = f.read().strip()
        self.passcode_file = os.path.join(self.state, "stomp.passcode")

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def test_another_vnfmd(service):
    """--connect uses a vnfmd that runs already, more than once"""
    daemon = Daemon(service)
    results = [service.run("--connect", daemon.address, "--passcode-file", daemon.passcode_file) for _ in range(2)]
    wrong = os.path.join(service.folder, "wrong")
    with open(wrong, "w") as f:
        f.write("not the passcode\n")
    os.chmod(wrong, 0o600)
    refused = service.run("--connect", daemon.address, "--passcode-file", wrong)
    daemon.stop()
    for result in results:
        expect_status(result, 0)
    expect_failure(refused, 3, daemon.address)


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]


def play(tests, make_service):
    """Runs those that the command line names, or all, each with a service of its own, and tells TAP."""
    wanted = sys.argv[1:]
    tests = [t for t in tests if not wanted or t.__name__ in wanted]
    failed = 0
    print("1..%d" % len(tests), flush=True)
    for number, test in enumerate(tests, 1):
        service = make_service()
        begin = time.monotonic()
        try:
            test(service)
            print("ok %d - %s (%.1f s)" % (number, test.__doc__, time.monotonic() - begin), flush=True)
        except Exception as error:  # whatever it is, the test has failed
            failed += 1
            print("not ok %d - %s" % (number, test.__doc__))
            text = "%s: %s" % (type(error).__name__, error)
            print("\n".join("# " + line for line in text.splitlines()), flush=True)
        finally:
            service.close()
    return 1 if failed else 0


def main():
    tests = TESTS
    if not os.path.isdir(MATERIAL) and os.environ.get("CI") != "true":
        print("# VNFM_MATERIAL is not there: upstream's services are left out")
        tests = [t for t in tests if "upstream" not in t.__name__]
    return play(tests, Service)


if __name__ == "__main__":
    sys.exit(main())
