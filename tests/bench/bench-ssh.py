#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Machines instantiated per second over SSH, with two scripts each: vnfmd beside ssh(1) with ControlMaster.

All machines are addresses of the loopback in a network namespace of its own, with one OpenSSH server behind them, so
that what is compared is the work of the two clients and of the same server. ssh(1) does for each machine: open a
master, store two scripts, run two scripts, close. vnfmd does that and keeps its records. Needs root, like the server.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime

SCRIPT = "#!/bin/sh\nexit 0\n"
MASTER = r"""
set -e
options="-F none -i $KEY -p $PORT -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -S $DIR/m-$1"
ssh -fNM $options root@$1
for name in one.sh two.sh; do
  ssh $options root@$1 "mkdir -p $DIR/root-$1 && cat > $DIR/root-$1/$name && chmod 755 $DIR/root-$1/$name" < $DIR/scripts/$name
done
for name in one.sh two.sh; do
  ssh $options root@$1 "$DIR/root-$1/$name" < /dev/null
done
ssh -q $options -O exit root@$1 2> /dev/null
"""


def start_server(folder, port, address="0.0.0.0"):
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{name}"], check=True)
    os.makedirs("/run/sshd", exist_ok=True)
    with open(f"{folder}/config", "w", encoding="utf-8") as f:
        f.write(f"Port {port}\nListenAddress {address}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\nPidFile none\n"
                "StrictModes no\nUsePAM no\nPermitRootLogin yes\nMaxStartups 10000\nUseDNS no\n"
                # What root's shell reads at a login is not to be measured: bash leaves it out where it is not the first.
                "SetEnv SHLVL=2\n")
    server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", f"{folder}/config"], stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        if line.startswith("Server listening"):
            return server
    sys.exit("bench-ssh: sshd does not start")


def write_service(folder, machines):
    os.makedirs(f"{folder}/scripts")
    for name in ("one.sh", "two.sh"):
        with open(f"{folder}/scripts/{name}", "w", encoding="utf-8") as f:
            f.write(SCRIPT)
    vnfc = [{"connection_point": [{"virtual_link_reference": "private"}]} for _ in range(machines)]
    vnfd = {"name": "many", "vendor": "bench", "version": "1", "type": "many", "endpoint": "generic",
            "vdu": [{"vm_image": ["any"], "scale_in_out": machines, "vnfc": vnfc}],
            "virtual_link": [{"name": "private"}], "deployment_flavour": [{"flavour_key": "any"}],
            "lifecycle_event": [{"event": "INSTANTIATE", "lifecycle_events": ["one.sh", "two.sh"]}]}
    with open(f"{folder}/nsd.json", "w", encoding="utf-8") as f:
        json.dump({"name": "bench", "vendor": "bench", "version": "1", "vnfd": [vnfd],
                   "vld": [{"name": "private"}]}, f)


def anonymous_kb(parent):
    """Of the vnfmd that this vnfm-nfvo has started."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/status", encoding="utf-8") as f:
                status = dict(line.split(":\t", 1) for line in f if ":\t" in line)
        except OSError:
            continue
        if status["Name"].strip() == "vnfmd" and int(status["PPid"]) == parent:
            return int(status["RssAnon"].split()[0])
    return 0


def run_vnfmd(program, folder, port):
    """Returns seconds from the machines' allocation to ACTIVE, and the growth of anonymous memory meanwhile."""
    sets = {"ssh.port": port, "ssh.identity": f"{folder}/user", "ssh.script-root": f"{folder}/root",
            "ssh.spool-dir": f"{folder}/spool", "ssh.address": "private"}
    command = [program, "run", "--json", "--keep-for", "1", "--profile", "ssh", "--scripts", f"{folder}/scripts",
               "--state-dir", f"{folder}/state"]
    for name, value in sets.items():
        command += ["--set", f"{name}={value}"]
    run = subprocess.Popen(command + [f"{folder}/nsd.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    begin = end = idle = busy = None
    for line in run.stdout:
        event = json.loads(line)
        at = datetime.strptime(event["time"], "%Y-%m-%dT%H:%M:%S.%fZ").timestamp()
        if begin is None and "is ready" in event.get("text", ""):
            idle = anonymous_kb(run.pid)
        elif event.get("activity") == "its machines boot":
            begin = at
        elif event.get("text") == "the service is ACTIVE":
            end = at
            busy = anonymous_kb(run.pid)
        elif event.get("event") == "result" and not event["ok"]:
            sys.exit(f"bench-ssh: the run failed: {event}\n{run.stderr.read()[-2000:]}")
    run.wait()
    if end is None:
        sys.exit(f"bench-ssh: the run failed: {run.stderr.read()[-2000:]}")
    return end - begin, busy - idle


def run_masters(folder, port, machines, parallel):
    with open(f"{folder}/master.sh", "w", encoding="utf-8") as f:
        f.write(MASTER)
    addresses = "\n".join(f"127.9.{i // 250}.{i % 250 + 1}" for i in range(machines))
    begin = time.monotonic()
    subprocess.run(["xargs", "-P", str(parallel), "-n", "1", "sh", f"{folder}/master.sh"], input=addresses, text=True,
                   check=True, env={**os.environ, "DIR": folder, "PORT": str(port), "KEY": f"{folder}/user"})
    return time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=50)
    parser.add_argument("--port", type=int, default=2222, help=argparse.SUPPRESS)
    parser.add_argument("program", help="vnfm-nfvo")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench-ssh: needs root")
    if "VNFM_BENCH_INSIDE" not in os.environ:
        os.execvpe("unshare", ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable,
                               *sys.argv], {**os.environ, "VNFM_BENCH_INSIDE": "1"})
    folder = tempfile.mkdtemp(prefix="vnfm-bench-")
    server = None
    try:
        server = start_server(folder, arguments.port)
        write_service(folder, arguments.machines)
        masters = {n: run_masters(folder, arguments.port, arguments.machines, n) for n in (4, 16)}
        took, grown = run_vnfmd(arguments.program, folder, arguments.port)
    finally:
        if server:
            server.kill()
            server.communicate()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"SSH: {arguments.machines} machines, two scripts each")
    for parallel, seconds in masters.items():
        print(f"  ssh with ControlMaster, {parallel:2} at once {seconds:8.2f} s {arguments.machines / seconds:8.1f} machines/s")
    print(f"  vnfmd, one process                {took:8.2f} s {arguments.machines / took:8.1f} machines/s")
    print(f"  anonymous memory of vnfmd grew by {grown / arguments.machines:8.1f} KB for each machine, connection open")


if __name__ == "__main__":
    main()
