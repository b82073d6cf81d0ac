#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an operation waits for, and which link of the chain is broken: vnfmctl show and doctor, and the ERROR that the
NFVO gets, with a real vnfmd, real agents and machines that are processes. Speaks TAP."""

import concurrent.futures
import glob
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("VNFM_BUILDDIR") or os.getcwd()
SOURCE = os.environ.get("VNFM_SRCDIR") or BUILD
VNFMCTL = os.path.join(BUILD, "core/ctl/vnfmctl")
PATIENCE = 60


def load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), os.path.join(HERE, name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


run = load("test-run")
daemon = load("test-daemon")

# The template of the user data with a fault for each machine whose VNF is called so.
FAULTS = r"""
case $Hostname in
other*) Hostname=wrong-$Hostname ;;
similar*) TOKEN=none; Hostname=$Hostname.novalocal ;;
refused*) PASSCODE=wrong ;;
token*) TOKEN=wrong ;;
never*) vnfm_start_agent () { :; } ;;
esac
"""


def faulty_template(folder):
    with open(os.path.join(SOURCE, "data/user-data.sh")) as f:
        text = f.read()
    mark = "export Hostname\n"
    assert text.count(mark) == 1
    path = os.path.join(folder, "faulty.sh")
    with open(path, "w") as f:
        f.write(text.replace(mark, mark + FAULTS))
    return path


class Ctl:
    """vnfmctl at the socket of a run, or of a vnfmd."""

    def __init__(self, socket):
        self.socket = socket

    def __call__(self, *words):
        done = subprocess.run([VNFMCTL, "--socket", self.socket, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=PATIENCE)
        return done.returncode, done.stdout

    def json(self, *words):
        status, text = self("--json", *words)
        return json.loads(text) if text.startswith("{") else {"status": status, "text": text}

    def until(self, words, get, what):
        """Asks until all words are there: the state of the world outside decides when."""
        end = time.monotonic() + PATIENCE
        text = ""
        while time.monotonic() < end:
            text = get()
            if all(word in text for word in words):
                return text
            time.sleep(0.05)
        missing = [word for word in words if word not in text]
        raise AssertionError("%s: %s not in:\n%s" % (what, missing, text))

    def operation(self, vnf):
        for operation in self.json("operations").get("operations", []):
            if operation.get("vnf") == vnf:
                return operation["id"]
        return None

    def show(self, vnf, *words):
        """What vnfmctl show says of the VNF's newest open operation, once these words are in it."""
        def get():
            found = self.operation(vnf)
            return self("show", found)[1] if found else ""
        return self.until(words, get, "show " + vnf)

    def doctor(self, vnf, *words):
        words_of = [vnf] if vnf else []
        text = self.until(words, lambda: self("doctor", *words_of)[1], "doctor %s" % vnf)
        status = self("doctor", *words_of)[0]
        assert status == (0 if "nothing is broken" in text else 1), (status, text)
        return text


def ctl_of(service):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = glob.glob(os.path.join(service.runtime, "**", "control.sock"), recursive=True)
        if found:
            return Ctl(found[0])
        time.sleep(0.05)
    raise AssertionError("the run has no control socket")


def single(name, scripts=("install.sh",), vnfcs=1):
    return run.vnfd(name, name, {"INSTANTIATE": list(scripts)}, vnfcs=vnfcs)


def finish(service, process, *words):
    """The run ends by itself with a failure: what the NFVO was told has these words."""
    result = run.Result(process, service)
    for word in words:
        run.expect(word in result.failure(), result, "\"%s\" is not in the failure: %s" % (word, result.failure()))


def stop(service, process):
    process.send_signal(signal.SIGINT)
    return run.Result(process, service)


# ---- agents that do not come

def check_fault(service, vnf, shown, advice, *sets):
    """One machine's agent has a fault: it is told by show, by the log, by doctor and in the ERROR."""
    service.write(vnfds=[single(vnf)], dependencies=[])
    words = ["--set", "agent.user-data=" + faulty_template(service.folder), "--set", "vnfmd.start-timeout=12s",
             "--set", "vnfmd.remind-after=1s"]
    for text in sets:
        words += ["--set", text]
    process = service.start(*words)
    ctl = ctl_of(service)
    text = ctl.show(vnf, "waits for   machine %s-" % vnf, "(private 127.", "allocated ", *shown)
    assert "stage       await" in text, text
    waits = ctl.json("show", ctl.operation(vnf))["waits"]
    assert waits[0]["for"] == "machine" and waits[0]["host"].startswith(vnf + "-"), waits
    assert waits[0]["allocated"] and waits[0]["addresses"][0].startswith("private 127."), waits
    ctl.doctor(vnf, "failed  machine %s-" % vnf, "-> " + advice, "link is broken", *shown)
    logs = glob.glob(os.path.join(service.runtime, "**", "vnfmd.log"), recursive=True)
    ctl.until(["still under way: waits for machine %s-" % vnf], lambda: "".join(open(log).read() for log in logs), "log")
    finish(service, process, "start-timeout passed: waits for machine %s-" % vnf, "allocated at ", *shown)


def test_never(service):
    """an agent that never comes"""
    check_fault(service, "never", ["agent never seen since "], "look at the machine's console")


def test_other_name(service):
    """an agent that calls itself by another name, with the VNF's token"""
    check_fault(service, "other", ["agent never seen since ", "one with this VNF's token registered under another name: "
                                   "wrong-other-"], "set hostname=other-")


def test_similar_name(service):
    """an agent of a similar name"""
    check_fault(service, "similar", ["one of a similar name registered: similar-", ".novalocal at "],
                "set hostname=similar-", "agent.login=shared")


def test_wrong_token(service):
    """an agent with a wrong token"""
    check_fault(service, "token", ["agent seen with a wrong token at "], "its user data is of another VNFR",
                "agent.login=shared")


def test_refused(service):
    """an agent whose login the broker refuses"""
    check_fault(service, "refused", ["wrong credentials at "], "its user data is of another VNFR")


# ---- scripts that run, agents that go

def test_running(service):
    """a script that runs, with its last lines; then its agent is lost"""
    service.write({"slow.sh": "#!/bin/sh\necho begun\necho step one of many\nexec sleep 600\n"},
                  vnfds=[single("web", ["install.sh", "slow.sh"], vnfcs=2)], dependencies=[])
    process = service.start("--set", "scripts.parallel=2")
    ctl = ctl_of(service)
    text = ctl.show("web", "waits for   script slow.sh (2 of 2) on web-", ", since ", "EXECUTE slow.sh sent at ",
                    "            | begun\n            | step one of many\n")
    assert text.count("waits for   script slow.sh") == 2, text
    ctl.doctor("web", "operation", "script slow.sh (2 of 2) on web-", "answers within", "as ours", "MiB free",
               "nothing is broken")
    waits = ctl.json("show", ctl.operation("web"))["waits"]
    assert {w["for"] for w in waits} == {"step"} and waits[0]["output"] == "begun\nstep one of many\n", waits
    for path in glob.glob(os.path.join(service.runtime, "**", "machines", "*", "*.pid"), recursive=True):
        with open(path) as f:
            os.kill(int(f.read()), signal.SIGKILL)
    ctl.show("web", "agent lost since ", "| step one of many\n")
    ctl.doctor("web", "agent lost since ", "see whether the machine runs", "link")
    stop(service, process)


def test_doctor(service):
    """a service that is up: every link is ok; then its NFVO is gone"""
    process = service.start("--keep")
    run.wait_for(process, run.is_up)
    ctl = ctl_of(service)
    ctl.doctor(None, "ok      vnfmd", "ok      store", "ok      disk", "ok      broker", "built in, listens at 127.",
               "(nfvo-requests): vnfmd reads it", "(nfvo-questions): the NFVO reads it", "nothing is broken")
    text = ctl.doctor("srv", "ok      machine srv-", "registered at ", "answers within", "last operation", ": ok",
                      "nothing is broken")
    assert "cli-" not in text, text
    findings = ctl.json("doctor", "cli")
    assert findings["failed"] == 0 and findings["facts"]["vnf"]["machines"][0]["probe"]["round-trip"] > 0, findings
    by_id = ctl.json("doctor", findings["facts"]["vnf"]["vnfr"][:8])
    assert by_id["facts"]["vnf"]["vnf"] == "cli", by_id
    ctl.doctor("nonesuch", "no VNF nonesuch is known here")
    stop(service, process)
    status, text = ctl("doctor")
    assert status == 1 and "failed  vnfmd" in text, (status, text)


# ---- the NFVO, and operations that wait for each other

def test_question(service):
    """a question that the NFVO does not answer"""
    service.write(vnfds=[single("web")], dependencies=[])
    process = service.start("--silent-grant=web", "--set", "vnfmd.grant-timeout=12s")
    ctl = ctl_of(service)
    ctl.show("web", "waits for   the NFVO's answer to GRANT_OPERATION, asked ")
    ctl.doctor("web", "GRANT_OPERATION asked at ", "the NFVO has not answered")
    finish(service, process, "grant-timeout passed: GRANT_OPERATION asked at ", ", and the NFVO has not answered")


RECORD = {"id": "5a2e7f10-1111-4222-8333-444455556666", "name": "web", "type": "server", "parent_ns_id": "n",
          "lifecycle_event": [{"event": "START", "lifecycle_events": ["start.sh"]}],
          "vdu": [{"vnfc_instance": [{"id": "i", "hostname": "web-1",
                                      "ips": [{"netName": "private", "ip": "192.0.2.5"}],
                                      "floatingIps": [{"netName": "public", "ip": "198.51.100.7"}]}]}]}


def test_queue(service):
    """an operation behind another one of the same VNF, and a command that nobody takes"""
    state = tempfile.mkdtemp(dir=service.folder)
    vnfmd = daemon.Daemon(state)
    try:
        nfvo = daemon.Peer(vnfmd)
        nfvo.subscribe("answers")
        for number in (1, 2):
            nfvo.ask(json.dumps({"virtualNetworkFunctionRecord": RECORD, "action": "START"}).encode(), "m%d" % number)
        ctl = Ctl(os.path.join(state, "control"))
        text = ctl.until(["START of web (operation ", ", which came before"],
                         lambda: "".join(ctl("show", o["id"])[1] for o in ctl.json("operations").get("operations", [])),
                         "show")
        for word in ("script start.sh (1 of 1) on web-1 (private 192.0.2.5, floating public 198.51.100.7)",
                     "agent never seen since ", "EXECUTE start.sh not sent yet"):
            assert word in text, (word, text)
        ctl.doctor(RECORD["id"][:8], "failed  machine web-1", "private 192.0.2.5", "nobody reads it",
                   "no NFVO is connected")
        ctl.doctor(None, "-> vnfmctl doctor web")
    finally:
        vnfmd.stop()


# ---- back-ends by VNF type

def test_two_back_ends(service):
    """two VNF types with an EMS back-end each"""
    plugins = os.path.join(service.folder, "plugins")
    os.mkdir(plugins)
    with open(os.path.join(BUILD, "tests/support/plugins/.libs/ready-ems.so"), "rb") as source:
        with open(os.path.join(plugins, "ems-ready.so"), "wb") as target:
            target.write(source.read())
    os.chmod(os.path.join(plugins, "ems-ready.so"), 0o755)
    process = service.start("--keep", "--plugin-dir", plugins, "--set", "vnfmd.ems=agent,ready",
                            "--set", "ems.ready.types=server")
    run.wait_for(process, run.is_up)
    ctl = ctl_of(service)
    texts = {}
    for vnf in ("srv", "cli"):
        logs = os.path.join(os.path.dirname(ctl.socket), "**", "scripts-log", vnf, "*.log")
        texts[vnf] = "".join(open(path).read() for path in glob.glob(logs, recursive=True))
    assert "by itself" in texts["srv"] and "serving at" not in texts["srv"], texts
    assert "greeting is" in texts["cli"] and "by itself" not in texts["cli"], texts
    ctl.doctor("cli", "answers within", "nothing is broken")
    stop(service, process)


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]


def attempt(test):
    """Returns: why it failed, or None; and the seconds that it took."""
    service = run.Service()
    begin = time.monotonic()
    why = None
    try:
        test(service)
    except Exception as error:  # whatever it is, the test has failed
        why = "%s: %s" % (type(error).__name__, error)
    finally:
        service.close()
    return why, time.monotonic() - begin


def main():
    wanted = sys.argv[1:]
    tests = [t for t in TESTS if not wanted or t.__name__ in wanted]
    failed = 0
    print("1..%d" % len(tests), flush=True)
    # Side by side: most of them wait for a time limit.
    with concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
        results = pool.map(attempt, tests)
        for number, (test, (why, seconds)) in enumerate(zip(tests, results), 1):
            print("%sok %d - %s (%.1f s)" % ("not " if why else "", number, test.__doc__, seconds), flush=True)
            if why:
                failed += 1
                print("\n".join("# " + line for line in why.splitlines()), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
