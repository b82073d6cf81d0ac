#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real services in namespace machines: descriptors, packages and scripts that others wrote, as they wrote them.

Scripts that a descriptor names and that are not in the material come from scenarios/scripts (README.md tells which).
Services run side by side, each with a vnfmd and a network of its own. Speaks TAP; a table of times at the end."""

import concurrent.futures
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.environ.get("VNFM_BUILDDIR") or os.getcwd()
SOURCE = os.environ.get("VNFM_SRCDIR") or BUILD
MATERIAL = os.environ.get("VNFM_MATERIAL") or os.path.join(SOURCE, "../shared/material")
PROGRAM = os.path.join(BUILD, "core/nfvo/vnfm-nfvo")
HERE = os.path.join(SOURCE, "tests/integration/scenarios")
IMAGE = os.path.join(BUILD, "tests/integration/base.img")

NSDS = os.path.join(MATERIAL, "openbaton+integration-tests/src/main/resources/network-service-descriptors")
ACCEPTANCE = os.path.join(MATERIAL, "openbaton+integration-tests/src/main/resources/scripts")
PUBLIC_SCRIPTS = os.path.join(MATERIAL, "SoftFIRE-TUB+public-scripts")
SIPP = os.path.join(MATERIAL, "openbaton+vnf-samples/sipp/dummy")
BIND9 = os.path.join(MATERIAL, "openbaton+openimscore-packages/bind9")
SAMPLE = os.path.join(MATERIAL, "openbaton+NFVO/etc/descriptors/network_service_descriptors",
                      "sample-network-service-descriptor.json")

PACKAGES = ("sip-tester screen sudo procps ncat nmap tmux iperf net-tools bind9 bind9-dnsutils openssh-server python3 "
            "iputils-ping").split()
AT_ONCE = 4
PATIENCE = 240
REALM = "epc.mnc001.mcc001.3gppnetwork.org"

# What a name in a descriptor gets from scenarios/scripts.
SUBSTITUTES = {
    "bring_interfaces_up.sh": "bring_interfaces_up.sh",
    "test-install.sh": "test-install.sh",
    "server_configure.sh": "server_configure.sh",
    "failing_script.sh": "failing_script.sh",
    "server_configure_fail.sh": "failing_script.sh",
    "ncatserver_configure.sh": "send-address.sh",
    **{name: "print-addresses.sh" for name in ("instantiate.sh", "start.sh", "install.sh", "start-srv.sh",
                                               "server_start-clt.sh")},
    **{"peer%d_configure_%s.sh" % (n, net): "send-address.sh" for n in range(1, 6) for net in ("private", "private2")},
    **{"dummy%d_configure.sh" % n: "print-variables.sh" for n in range(1, 12)},
}


class Failed(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failed(what)


def as_root(command):
    return command if os.geteuid() == 0 else ["sudo", "-n", *command]


def nsd_path(name):
    return os.path.join(NSDS, "NetworkServiceDescriptor%s.json" % name)


def load(path):
    with open(path, encoding="utf-8-sig") as f:
        return json.load(f)


def load_nsd(name):
    return load(nsd_path(name))


def scripts_of(nsd):
    return {script for vnf in nsd["vnfd"] for event in vnf.get("lifecycle_event", [])
            for script in event["lifecycle_events"]}


# ---- one run of vnfm-nfvo

class Run:
    """A service that runs, in a folder of its own. Used as a context: ends whatever is still there."""

    def __init__(self, profile=None):
        self.folder = tempfile.mkdtemp(prefix="vnfm-scenario-")
        self.runtime = os.path.join(self.folder, "rt")
        os.mkdir(self.runtime, 0o700)
        self.profile = profile
        self.process = None
        self.events = []
        self.machines = {}
        self.times = {}
        self.begin = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self):
        return {**os.environ, "XDG_RUNTIME_DIR": self.runtime, "G_DEBUG": ""}

    def collect_scripts(self, nsd):
        """Each script that the descriptor names, from the material or from our substitutes."""
        folder = os.path.join(self.folder, "scripts")
        os.mkdir(folder)
        for script in scripts_of(nsd):
            name = script.split()[0]
            places = [os.path.join(PUBLIC_SCRIPTS, name)]
            if name in SUBSTITUTES:
                places.append(os.path.join(HERE, "scripts", SUBSTITUTES[name]))
            found = [p for p in places if os.path.isfile(p)]
            expect(len(found) == 1, "%s: %d scripts of that name, not 1" % (name, len(found)))
            shutil.copy(found[0], os.path.join(folder, name))
        return folder

    def write_nsd(self, nsd):
        path = os.path.join(self.folder, "nsd.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(nsd, f)
        return path

    def start(self, descriptor, *arguments):
        command = [PROGRAM, "run", descriptor, "--machines=namespace", "--base", IMAGE, "--json", "--show-output",
                   *arguments]
        if self.profile:
            command += ["--profile", self.profile]
        self.err = open(os.path.join(self.folder, "stderr"), "w+", errors="replace")
        self.process = subprocess.Popen(command, env=self.environment(), stdout=subprocess.PIPE, stderr=self.err,
                                        text=True, errors="replace")
        self.guard = threading.Timer(PATIENCE, self.process.kill)
        self.guard.start()

    def read_until(self, condition):
        """Reads events until one fits. Returns: it, or None at the end."""
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            self.events.append(event)
            if event["event"] == "note" and event["text"].startswith("machine "):
                self.take_machine(event["vnf"], event["text"].split())
            if condition(event):
                return event
        return None

    def take_machine(self, vnf, words):
        addresses = dict(word.split("=", 1) for word in words[2:] if "=" in word)
        self.machines.setdefault(vnf, []).append((words[1], addresses))

    def up(self, descriptor, *arguments):
        """Starts the service and waits until it is ACTIVE and its machines are told."""
        self.start(descriptor, "--keep", *arguments)
        if self.read_until(lambda e: e["event"] == "note" and e["text"] == "the service is ACTIVE") is None:
            self.guard.cancel()
            raise Failed("not ACTIVE: " + self.tell())
        self.times["ACTIVE"] = time.monotonic() - self.begin
        if self.read_until(lambda e: e["event"] == "note" and e["text"].startswith("it stays up")) is None:
            raise Failed("it does not stay up: " + self.tell())
        self.check_back_end()

    def check_back_end(self):
        """An agent in each machine, or none in any."""
        for hostname, _ in (machine for machines in self.machines.values() for machine in machines):
            agents = self.enter(hostname, "pgrep", "-x", "vnfm-ems").stdout.split()
            expect(len(agents) == (0 if self.profile == "ssh" else 1), "agents on %s: %s" % (hostname, agents))

    def down(self, status=0):
        """Releases the service, and insists on the exit status."""
        if self.process.poll() is None and "ACTIVE" in self.times:
            self.process.send_signal(signal.SIGINT)
        self.read_until(lambda e: False)
        self.process.wait()
        self.guard.cancel()
        expect(self.process.returncode == status,
               "status %s, not %s: %s" % (self.process.returncode, status, self.tell()))
        left = glob.glob(os.path.join(self.runtime, "vnfm-nfvo", "*"))
        expect(not left, "left behind: %s" % left)

    def tell(self):
        self.err.flush()
        with open(self.err.name, errors="replace") as f:
            err = f.read()
        events = [json.dumps(e) for e in self.events if e["event"] not in ("phase",)]
        return "\n".join(events[-25:])[-6000:] + "\n" + err[-3000:]

    def scripts(self, **members):
        return [e for e in self.events if e["event"] == "script" and all(e.get(k) == v for k, v in members.items())]

    def failure(self):
        results = [e for e in self.events if e["event"] == "result"]
        return results[-1].get("failure", "") if results else ""

    def machine(self, vnf, number=0):
        expect(len(self.machines.get(vnf, [])) > number, "no machine of %s: %s" % (vnf, self.machines))
        return self.machines[vnf][number]

    def enter(self, hostname, *command, stdin=None):
        result = subprocess.run(as_root(["env", "XDG_RUNTIME_DIR=" + self.runtime, PROGRAM, "enter", hostname,
                                         *command]),
                                env=self.environment(), input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, errors="replace", timeout=120)
        return result

    def accept(self, hostname, script, status=0, **variables):
        """Runs an acceptance script in a machine as upstream does: copied to /home/ubuntu and called there."""
        with open(os.path.join(ACCEPTANCE, script)) as f:
            text = f.read()
        result = self.enter(hostname, "env", "HOME=/home/ubuntu", *["%s=%s" % v for v in variables.items()], "sh", "-c",
                            'cd /home/ubuntu && cat > "$0" && exec bash "./$0"', script, stdin=text)
        expect(result.returncode == status, "%s on %s: status %s\n%s%s" % (script, hostname, result.returncode,
                                                                           result.stdout, result.stderr))


def wait_in(run, hostname, condition):
    """Waits in a machine until a shell command succeeds; its output when it did."""
    result = run.enter(hostname, "timeout", "60", "sh", "-c", "until %s; do sleep 0.2; done" % condition)
    expect(result.returncode == 0, "%s: never true on %s: %s%s" % (condition, hostname, result.stdout, result.stderr))
    return result.stdout


# ---- scenarios

def sipp(run):
    run.up(os.path.join(SIPP, "nsd.json"), "--package", SIPP)
    client, server = run.machine("sipp-client")[0], run.machine("sipp-server")[0]
    run.accept(server, "sipp-running.sh")
    run.accept(client, "sipp-running.sh")
    count = "cat /*_messages.log 2> /dev/null | grep -c '^SIP/2.0 200 OK'"
    wait_in(run, client, 'test "$(%s)" -ge 100' % count)
    oks = int(run.enter(client, "sh", "-c", count).stdout)
    expect(oks >= 100, "only %d 200 OKs" % oks)
    run.down()
    return "%d 200 OKs" % oks


def ncat_complex(run):
    nsd = load_nsd("-ncat-complex")
    run.up(nsd_path("-ncat-complex"), "--scripts", run.collect_scripts(nsd))
    variables = {}
    for number in range(1, 6):
        for network, address in run.machine("ncatpeer%d" % number)[1].items():
            if not network.endswith("_floatingIp"):
                variables["peer%d_%s_ip" % (number, network)] = address
    accepted = 0
    for number in range(1, 6):
        hostname = run.machine("ncatpeer%d" % number)[0]
        run.accept(hostname, "ncat-running.sh")
        for side in ("srv", "clt"):
            run.accept(hostname, "peer%d-%s-test.sh" % (number, side), **variables)
            accepted += 1
    run.down()
    expect(accepted == 10, "only %d acceptance scripts" % accepted)
    return "10 acceptance scripts"


def ncat_scaling(run):
    """The descriptor starts one of each and is scaled by hand; here it starts with two."""
    nsd = load_nsd("-ncat-scaling")
    for vnf in nsd["vnfd"]:
        vnfcs = vnf["vdu"][0]["vnfc"]
        expect(len(vnfcs) == 1, "the descriptor has %d VNFCs now" % len(vnfcs))
        vnfcs.append(json.loads(json.dumps(vnfcs[0])))
    run.up(run.write_nsd(nsd), "--scripts", run.collect_scripts(nsd))
    accepted = 0
    for server in (0, 1):
        hostname = run.machine("ncatserver", server)[0]
        run.accept(hostname, "ncat-running.sh")
        for client in (0, 1):
            run.accept(hostname, "scaling-srv-test.sh", ncatclient_ip=run.machine("ncatclient", client)[1]["private"])
            accepted += 1
    run.down()
    return "%d acceptance scripts" % accepted


def many_dependencies(run):
    nsd = load_nsd("-with-many-dependencies")
    wanted = sorted((vnf["name"], script) for vnf in nsd["vnfd"] for event in vnf["lifecycle_event"]
                    for script in event["lifecycle_events"])
    run.up(nsd_path("-with-many-dependencies"), "--scripts", run.collect_scripts(nsd))
    # Nothing runs there: these would pass everywhere if they passed here.
    for script in ("sipp-running.sh", "ncat-running.sh", "iperf-running.sh"):
        run.accept(run.machine("vnf-dummy-1")[0], script, status=1)
    run.down()
    ran = sorted((e["vnf"], e["script"]) for e in run.scripts(lifecycle="CONFIGURE", status=0))
    expect(ran == wanted, "ran %s, not %s" % (ran, wanted))
    expect(len(run.machines) == 11, "%d VNFs" % len(run.machines))
    return "11 VNFs, %d CONFIGURE scripts" % len(ran)


def printing(path):
    """Scripts that only print: that each runs where it belongs, and knows what it has to."""
    def scenario(run):
        nsd = load(path)
        run.up(path, "--scripts", run.collect_scripts(nsd))
        run.down()
        wanted = sorted((machine, event["event"], script)
                        for vnf in nsd["vnfd"] for machine, _ in run.machines[vnf["name"]]
                        for event in vnf["lifecycle_event"] for script in event["lifecycle_events"])
        ran = run.scripts(status=0)
        expect(sorted((e["machine"], e["lifecycle"], e["script"]) for e in ran) == wanted,
               "ran %s, not %s" % (ran, wanted))
        addresses = {machine: told["private"] for machines in run.machines.values() for machine, told in machines}
        server = next(run.machine(vnf)[1]["private"] for vnf in run.machines if "server" in vnf.lower())
        for event in ran:
            known = "private=%s\n" % addresses[event["machine"]]
            if event["lifecycle"] == "CONFIGURE":
                known += "server_private=%s\n" % server
            expect(event["output"] == known, "%s knows %s, not %s" % (event["script"], event["output"], known))
        return "%d scripts" % len(ran)
    return scenario


def iperf(run):
    nsd = load_nsd("-iperf-real")
    run.up(nsd_path("-iperf-real"), "--scripts", run.collect_scripts(nsd))
    server, addresses = run.machine("iperf-server")
    for number in (0, 1):
        client = run.machine("iperf-client", number)[0]
        wait_in(run, client, "netstat -nt | grep -q ':5001 *ESTABLISHED'")
        run.accept(client, "iperf-running.sh")
        run.accept(client, "iperf-clt-connection.sh", server_ip=addresses["private"])
    run.accept(server, "iperf-running.sh")
    run.accept(server, "iperf-srv-connection.sh")
    run.down()
    return "6 acceptance scripts"


def bind9(run):
    run.up(os.path.join(HERE, "dns/nsd.json"), "--package", BIND9)
    server = run.machine("bind9")[1]
    hostname = run.machine("icscf")[0]
    names = {"ns." + REALM: server["mgmt_floatingIp"]}
    for vnf in ("fhoss", "icscf", "scscf", "pcscf"):
        names["%s.%s" % (vnf, REALM)] = run.machine(vnf)[1]["mgmt_floatingIp"]
    for name, address in names.items():
        question = ["dig", "+short", "+tries=5", "+time=2", "@" + server["mgmt"], name, "A"]
        answer = run.enter(hostname, *question).stdout.split()
        expect(answer == [address], "%s is %s, not %s" % (name, answer, address))
    service = run.enter(hostname, "dig", "+short", "@" + server["mgmt_floatingIp"], "_sip._udp." + REALM, "SRV").stdout
    expect(service.split() == ["1", "0", "5060", REALM + "."], "the SRV record is %s" % service)
    run.down()
    return "%d names, 1 service" % len(names)


def failing(event, script):
    def scenario(run):
        nsd = load_nsd("_fail_in_" + event)
        run.start(nsd_path("_fail_in_" + event), "--scripts", run.collect_scripts(nsd))
        run.down(status=1)
        failure = run.failure()
        told = re.findall(r"script (\S+) on (iperf-client-\d+) ended with status 1: failing as it should on (\S+)",
                          failure.replace(";", ""))
        expect(len(told) == 2 and told[0][1] != told[1][1], "both machines are not told: " + failure)
        for name, machine, heard in told:
            expect(name == script and heard == machine, "%s, %s, %s in: %s" % (name, machine, heard, failure))
        if run.profile != "ssh":  # what scripts printed is read from the agents' files
            runs = run.scripts(script=script, lifecycle=event.upper(), vnf="iperf-client", status=1)
            expect(sorted(e["machine"] for e in runs) == sorted(t[1] for t in told), "ran %s" % runs)
        active = any(e["event"] == "note" and e["text"] == "the service is ACTIVE" for e in run.events)
        expect(active == (event == "terminate"), "ACTIVE: %s" % active)
        return failure
    scenario.__name__ = "fail_in_" + event
    return scenario


def wrong_event(run):
    nsd = load_nsd("-wrong-lifecycle-name")
    checked = subprocess.run([PROGRAM, "check", "--strict", nsd_path("-wrong-lifecycle-name")], stdout=subprocess.PIPE,
                             text=True)
    expect(checked.returncode == 1 and '"NOTDEFINED"' in checked.stdout, "check: " + checked.stdout)
    run.up(nsd_path("-wrong-lifecycle-name"), "--scripts", run.collect_scripts(nsd))
    run.down()
    told = [e["text"] for e in run.events if e["event"] == "note" and "NOTDEFINED" in e["text"]]
    expect(len(told) == 1 and told[0].startswith("warning:"), "told: %s" % told)
    ran = [e["script"] for e in run.scripts()]
    expect(ran == ["test-install.sh"], "ran %s" % ran)
    return told[0]


# What takes longest first.
SCENARIOS = [
    ("SIPp", sipp, None),
    ("ncat, 5 peers, 2 networks", ncat_complex, None),
    ("SIPp", sipp, "ssh"),
    ("ncat, 5 peers, 2 networks", ncat_complex, "ssh"),
    ("ncat, 2 servers, 2 clients", ncat_scaling, "ssh"),
    ("bind9", bind9, "ssh"),
    ("many dependencies", many_dependencies, None),
    ("ncat, 2 servers, 2 clients", ncat_scaling, None),
    ("iperf", iperf, None),
    ("bind9", bind9, None),
    ("fails in INSTANTIATE", failing("instantiate", "failing_script.sh"), None),
    ("fails in CONFIGURE", failing("configure", "server_configure_fail.sh"), "ssh"),
    ("fails in CONFIGURE", failing("configure", "server_configure_fail.sh"), None),
    ("fails in START", failing("start", "failing_script.sh"), None),
    ("fails in TERMINATE", failing("terminate", "failing_script.sh"), None),
    ("dummies", printing(nsd_path("-iperf-dummy")), None),
    ("dummies, requires and provides", printing(nsd_path("-iperf-dummy-requires-provides")), None),
    ("the NFVO's sample", printing(SAMPLE), None),
    ("an event that does not exist", wrong_event, None),
]


# ---- the whole

def play(scenario, profile):
    begin = time.monotonic()
    with Run(profile) as run:
        try:
            note, error = scenario(run), None
        except Exception as problem:  # whatever it is, the scenario has failed
            note, error = None, "%s: %s" % (type(problem).__name__, problem)
            if not isinstance(problem, Failed):
                error += "\n" + (run.tell() if run.process else "")
    return note, error, run.times.get("ACTIVE"), time.monotonic() - begin


def make_image():
    result = subprocess.run(as_root([PROGRAM, "base", "--packages", ",".join(PACKAGES), "--overlay",
                                     os.path.join(HERE, "overlay"), "--output", IMAGE]),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print("\n".join("# " + line for line in result.stdout.splitlines()), flush=True)
    return result.returncode == 0


def show_table(rows):
    print("# %-38s %8s %7s  %s" % ("scenario", "ACTIVE s", "all s", "what was seen"))
    for title, (note, error, active, seconds) in rows:
        print("# %-38s %8s %7.1f  %s" % (title, "%.1f" % active if active else "-", seconds,
                                         (note if error is None else "FAILED").splitlines()[0][:100]))


def main():
    wanted = sys.argv[1:]
    scenarios = [(title + (", over SSH" if profile == "ssh" else ""), scenario, profile)
                 for title, scenario, profile in SCENARIOS]
    scenarios = [s for s in scenarios if not wanted or any(w in s[0] for w in wanted)]
    if not os.path.isdir(MATERIAL):
        if os.environ.get("CI") == "true":
            print("Bail out! VNFM_MATERIAL is not there")
            return 1
        print("1..0 # SKIP VNFM_MATERIAL is not there")
        return 0
    begin = time.monotonic()
    print("1..%d" % (len(scenarios) + 1), flush=True)
    made = make_image()
    print("%s 1 - the base image (%.1f s)" % ("ok" if made else "not ok", time.monotonic() - begin), flush=True)
    if not made:
        print("Bail out! no base image")
        return 1
    failed, rows = 0, []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = pool.map(lambda s: play(s[1], s[2]), scenarios)
        for number, ((title, _, _), result) in enumerate(zip(scenarios, results), 2):
            error = result[1]
            rows.append((title, result))
            failed += error is not None
            print("%s %d - %s (%.1f s)" % ("ok" if error is None else "not ok", number, title, result[3]))
            if error is not None:
                print("\n".join("# " + line for line in error.splitlines()))
            sys.stdout.flush()
    show_table(rows)
    print("# all: %.1f s" % (time.monotonic() - begin))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
